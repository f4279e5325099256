"""Numbers, levels, pressures and call signs as they are spoken: each case with the paragraph it comes from.

[S] is a source that was read in an open copy; [R-hi] is well known in the field and was not re-read.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetynets.errors import PhraseologyError
from safetynets.phraseology import spoken_numbers as numbers
from safetynets.phraseology import words_of
from safetynets.phraseology.callsigns import callsign, telephony
from safetynets.phraseology.lexicon import by_rule, known_words, phonemes, syllables
from safetynets.phraseology.readback_grammar import parse

DOC_9432_6_7_1 = "ICAO Doc 9432 (4th ed., 2007) 6.7.1 [S]"
DOC_9432_2_4 = "ICAO Doc 9432 (4th ed., 2007) 2.4.2-2.4.3 [S]"
ANNEX_10 = "ICAO Annex 10 Vol II 5.2.1.4 / SERA.14035 [R-hi]"
ANNEX_10_ALPHABET = "ICAO Annex 10 Vol II 5.2.1.3 [R-hi]"
ANNEX_10_CALL_SIGNS = "ICAO Annex 10 Vol II 5.2.1.7.2 [R-hi]"
FAA_NUMBERS = "FAA JO 7110.65 2-4-17 [R-hi]"
FAA_CALL_SIGNS = "FAA JO 7110.65 2-4-20 [R-hi]"

SPOKEN_TEXTS = [
    # Pressures
    ("QNH IS 1006", "ICAO", "QNH IS ONE ZERO ZERO SIX", DOC_9432_6_7_1),
    ("QNH 1000", "ICAO", "QNH ONE THOUSAND", ANNEX_10),
    ("QNH 1013", "ICAO", "QNH ONE ZERO ONE THREE", ANNEX_10),
    ("QNH 998", "ICAO", "QNH NINE NINE EIGHT", ANNEX_10),
    ("QNH 1001", "ICAO", "QNH ONE ZERO ZERO ONE", ANNEX_10),
    ("QNH 1010", "ICAO", "QNH ONE ZERO ONE ZERO", ANNEX_10),
    ("QFE 1000", "ICAO", "QFE ONE THOUSAND", ANNEX_10),
    ("Q_N_H IS 995", "ICAO", "QNH IS NINE NINE FIVE", ANNEX_10),
    ("QNH 1006 HECTOPASCALS", "ICAO", "QNH ONE ZERO ZERO SIX HECTOPASCALS", ANNEX_10),
    ("QNH 29.92", "ICAO", "QNH TWO NINE DECIMAL NINE TWO", ANNEX_10),
    ("ALTIMETER 29.92", "FAA", "ALTIMETER TWO NINE NINE TWO", FAA_NUMBERS),
    ("ALTIMETER 30.01", "FAA", "ALTIMETER THREE ZERO ZERO ONE", FAA_NUMBERS),
    ("QNH 1000", "FAA", "QNH ONE ZERO ZERO ZERO", FAA_NUMBERS),
    # Altitudes
    ("1450 FEET", "ICAO", "ONE FOUR FIVE ZERO FEET", DOC_9432_2_4),
    ("7000 FEET", "ICAO", "SEVEN THOUSAND FEET", ANNEX_10),
    ("7500 FEET", "ICAO", "SEVEN THOUSAND FIVE HUNDRED FEET", ANNEX_10),
    ("500 FEET", "ICAO", "FIVE HUNDRED FEET", DOC_9432_2_4),
    ("2300 FEET", "ICAO", "TWO THOUSAND THREE HUNDRED FEET", DOC_9432_2_4),
    ("10000 FEET", "ICAO", "ONE ZERO THOUSAND FEET", ANNEX_10),
    ("12000 FEET", "ICAO", "ONE TWO THOUSAND FEET", ANNEX_10),
    ("14500 FEET", "ICAO", "ONE FOUR THOUSAND FIVE HUNDRED FEET", ANNEX_10),
    ("1005 FEET", "ICAO", "ONE ZERO ZERO FIVE FEET", DOC_9432_2_4),
    ("50 FEET", "ICAO", "FIVE ZERO FEET", DOC_9432_2_4),
    ("1000 FEET", "ICAO", "ONE THOUSAND FEET", DOC_9432_2_4),
    ("12500 FEET", "FAA", "ONE TWO THOUSAND FIVE HUNDRED FEET", FAA_NUMBERS),
    # Flight levels
    ("FLIGHT LEVEL 100", "ICAO", "FLIGHT LEVEL ONE HUNDRED", ANNEX_10),
    ("FLIGHT LEVEL 200", "ICAO", "FLIGHT LEVEL TWO HUNDRED", ANNEX_10),
    ("CLIMB TO FLIGHT LEVEL 200", "ICAO", "CLIMB TO FLIGHT LEVEL TWO HUNDRED", ANNEX_10),
    ("FLIGHT LEVEL 180", "ICAO", "FLIGHT LEVEL ONE EIGHT ZERO", ANNEX_10),
    ("FLIGHT LEVEL 95", "ICAO", "FLIGHT LEVEL NINE FIVE", ANNEX_10),
    ("FLIGHT LEVEL 335", "ICAO", "FLIGHT LEVEL THREE THREE FIVE", ANNEX_10),
    ("FLIGHT LEVEL 200", "FAA", "FLIGHT LEVEL TWO ZERO ZERO", FAA_NUMBERS),
    # Headings
    ("HEADING 100", "ICAO", "HEADING ONE ZERO ZERO", ANNEX_10),
    ("HEADING 085", "ICAO", "HEADING ZERO EIGHT FIVE", ANNEX_10),
    ("HEADING 360", "ICAO", "HEADING THREE SIX ZERO", ANNEX_10),
    ("HEADING 0", "ICAO", "HEADING THREE SIX ZERO", ANNEX_10),
    ("HEADING 005", "ICAO", "HEADING ZERO ZERO FIVE", ANNEX_10),
    ("HEADING 270", "FAA", "HEADING TWO SEVEN ZERO", FAA_NUMBERS),
    # Frequencies
    ("118.3", "ICAO", "ONE ONE EIGHT DECIMAL THREE", ANNEX_10),
    ("118.300", "ICAO", "ONE ONE EIGHT DECIMAL THREE", ANNEX_10),
    ("118.000", "ICAO", "ONE ONE EIGHT DECIMAL ZERO", ANNEX_10),
    ("118.005", "ICAO", "ONE ONE EIGHT DECIMAL ZERO ZERO FIVE", ANNEX_10),
    ("121.125", "ICAO", "ONE TWO ONE DECIMAL ONE TWO FIVE", ANNEX_10),
    ("121.5", "FAA", "ONE TWO ONE POINT FIVE", FAA_NUMBERS),
    # Runways, codes, speeds
    ("RUNWAY 27R", "ICAO", "RUNWAY TWO SEVEN RIGHT", ANNEX_10),
    ("RUNWAY 04", "ICAO", "RUNWAY ZERO FOUR", ANNEX_10),
    ("RUNWAY 01", "ICAO", "RUNWAY ZERO ONE", ANNEX_10),
    ("RUNWAY 36", "ICAO", "RUNWAY THREE SIX", ANNEX_10),
    ("RUNWAY 16C", "ICAO", "RUNWAY ONE SIX CENTRE", ANNEX_10),
    ("RUNWAY 04", "FAA", "RUNWAY FOUR", FAA_NUMBERS),
    ("SQUAWK 7000", "ICAO", "SQUAWK SEVEN THOUSAND", ANNEX_10),
    ("SQUAWK 4261", "ICAO", "SQUAWK FOUR TWO SIX ONE", ANNEX_10),
    ("SQUAWK 1000", "FAA", "SQUAWK ONE ZERO ZERO ZERO", FAA_NUMBERS),
    ("SPEED 180 KNOTS", "ICAO", "SPEED ONE EIGHT ZERO KNOTS", ANNEX_10),
]

SPOKEN_CALL_SIGNS = [
    ("SWR123", "ICAO", "SWISS ONE TWO THREE", ANNEX_10_CALL_SIGNS),
    ("BAW100", "ICAO", "SPEEDBIRD ONE ZERO ZERO", ANNEX_10),
    ("AEE5ZH", "ICAO", "AEGEAN FIVE ZULU HOTEL", ANNEX_10_ALPHABET),
    ("DLH4TR", "ICAO", "LUFTHANSA FOUR TANGO ROMEO", ANNEX_10_ALPHABET),
    ("AFR010", "ICAO", "AIRFRANS ZERO ONE ZERO", ANNEX_10),
    ("NSZ4311", "ICAO", "RED NOSE FOUR THREE ONE ONE", ANNEX_10_CALL_SIGNS),
    ("GUZLO", "ICAO", "GOLF UNIFORM ZULU LIMA OSCAR", ANNEX_10_ALPHABET),
    ("HB-ABC", "ICAO", "HOTEL BRAVO ALFA BRAVO CHARLIE", ANNEX_10_ALPHABET),
    ("N60X", "ICAO", "NOVEMBER SIX ZERO X-RAY", ANNEX_10_ALPHABET),
    ("QQQ12", "ICAO", "QUEBEC QUEBEC QUEBEC ONE TWO", ANNEX_10_ALPHABET),
    ("UAL2512", "FAA", "UNITED TWENTY FIVE TWELVE", FAA_CALL_SIGNS),
    ("UAL123", "FAA", "UNITED ONE TWENTY THREE", FAA_CALL_SIGNS),
    ("UAL52", "FAA", "UNITED FIFTY TWO", FAA_CALL_SIGNS),
    ("AAL100", "FAA", "AMERICAN ONE HUNDRED", FAA_CALL_SIGNS),
    ("DAL1005", "FAA", "DELTA TEN ZERO FIVE", FAA_CALL_SIGNS),
    ("DAL9", "FAA", "DELTA NINE", FAA_CALL_SIGNS),
]


def test_the_table_holds_at_least_sixty_sourced_cases() -> None:
    cases = [*SPOKEN_TEXTS, *SPOKEN_CALL_SIGNS]
    assert len(cases) >= 60
    assert all(source.endswith(("[S]", "[R-hi]")) for *_, source in cases)


@pytest.mark.parametrize(("text", "speech", "spoken", "source"), SPOKEN_TEXTS)
def test_numbers_are_spoken_as_the_source_says(text: str, speech: str, spoken: str, source: str) -> None:
    assert " ".join(words_of(text, speech)) == spoken, source


@pytest.mark.parametrize(("written", "speech", "spoken", "source"), SPOKEN_CALL_SIGNS)
def test_call_signs_are_spoken_as_the_source_says(written: str, speech: str, spoken: str, source: str) -> None:
    assert " ".join(callsign(written, speech)) == spoken, source


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("THREE", "T R IY"),
        ("FOUR", "F OW ER"),
        ("FIVE", "F AY F"),
        ("NINE", "N AY N ER"),
        ("THOUSAND", "T AW Z AH N D"),
        ("DECIMAL", "D EY S IY M AH L"),
    ],
)
def test_numbers_have_the_pronunciation_of_annex_10(word: str, sounds: str) -> None:
    assert " ".join(phonemes(word)) == sounds


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("ALTITUDE", 3), ("IMMEDIATELY", 5), ("WARNING", 2), ("TERRAIN", 2), ("ALERT", 2), ("QNH", 3), ("NINE", 2)],
        *[("MINIMUM", 3), ("SEVEN", 2), ("APPROACH", 2), ("PROXIMITY", 4), ("HECTOPASCALS", 4), ("CLIMB", 1)],
    ],
)
def test_syllables_of_the_closed_vocabulary(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_spelling_rules_count_most_syllables_of_the_table_right() -> None:
    # Telephony names and place names fall to these rules: nine in ten within one syllable is what a duration can bear.
    words = [word for word in known_words() if word not in {"QNH", "QFE", "MVA", "NINE", "FOUR", "X-RAY"}]
    vowels = {word: sum(sound[0] in "AEIOU" for sound in by_rule(word)) for word in words}
    exact = sum(vowels[word] == syllables(word) for word in words)
    near = sum(abs(vowels[word] - syllables(word)) <= 1 for word in words)
    assert exact / len(words) > 0.85
    assert near / len(words) > 0.98


@pytest.mark.parametrize(
    ("speak", "value", "named"),
    [
        (numbers.heading, 370, "heading"),
        (numbers.heading, float("nan"), "heading"),
        (numbers.altitude, -100, "altitude"),
        (numbers.altitude, 1450.5, "altitude"),
        (numbers.pressure_hpa, 29.92, "pressure in hPa"),
        (numbers.pressure_inhg, 1013, "inches of mercury"),
        (numbers.flight_level, -1, "flight level"),
        (numbers.frequency, "108.10", "VHF frequency"),
        (numbers.runway, "37", "runway"),
        (numbers.runway, "00", "runway"),
        (numbers.ssr_code, "8000", "SSR code"),
        (numbers.digits, "12a", "number"),
        (callsign, "", "call sign"),
        (callsign, "SWR 123", "call sign"),
        (telephony, "SWX", "telephony designator"),
    ],
)
def test_what_cannot_be_spoken_is_refused_by_name(speak: object, value: object, named: str) -> None:
    with pytest.raises(PhraseologyError, match=named) as refusal:
        speak(value)  # type: ignore[operator]
    assert refusal.value.mend


def test_an_unknown_designator_is_refused_where_that_is_asked_for() -> None:
    with pytest.raises(PhraseologyError, match="write 'SWR'"):
        callsign("SWX123", unlisted="refuse")


@pytest.mark.parametrize(
    ("speak", "least", "most", "step"),
    [
        (numbers.altitude, 0, 99_999, 1),
        (numbers.flight_level, 0, 999, 1),
        (numbers.heading, 0, 360, 1),
        (numbers.pressure_hpa, 800, 1100, 1),
        (numbers.pressure_inhg, 24.0, 33.0, 0.01),
    ],
)
def test_the_least_and_the_greatest_number_are_spoken_and_the_next_is_refused(speak, least, most, step) -> None:
    for value in (least, most):
        assert speak(value)
    for value in (least - step, most + step):
        with pytest.raises(PhraseologyError):
            speak(value)


def test_every_flight_number_in_group_form_is_heard_as_it_was_said() -> None:
    """The groups are read back by a table of all numbers of one and two digits, written out another way."""
    ones = ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"]
    teens = "TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN SEVENTEEN EIGHTEEN NINETEEN"
    tens = ["TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY"]
    pairs = {f"1{one}": [word] for one, word in enumerate(teens.split())}
    for one, word in enumerate(ones):
        pairs |= {str(one): [word], f"0{one}": ["ZERO", word]}
        pairs |= {f"{ten}{one}": [name, word] if one else [name] for ten, name in enumerate(tens, 2)}
    for number in range(1, 10_000):
        text = str(number)
        groups = [text] if len(text) < 3 else [text[:-2], text[-2:]]
        wanted = [word for group in groups for word in pairs[group]]
        if len(groups) == 2 and groups[1] == "00":
            wanted = [*pairs[groups[0]], "HUNDRED"]
        assert list(numbers.group_form(text)) == wanted, text


@given(st.integers(1, 600))
def test_every_altitude_in_hundreds_is_heard_as_it_was_said(hundreds: int) -> None:
    spoken = " ".join((*numbers.altitude(hundreds * 100), "FEET"))
    ((item,), unknown) = parse(spoken)
    assert (item.kind, item.value, unknown) == ("level", str(hundreds * 100), ())


@given(st.integers(900, 1050))
def test_every_qnh_is_heard_as_it_was_said(qnh_hpa: int) -> None:
    ((item,), unknown) = parse(" ".join(("QNH", *numbers.pressure_hpa(qnh_hpa))))
    assert (item.kind, item.value, unknown) == ("QNH", str(qnh_hpa), ())


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("GULFSTREAM 85VT", "GULFSTREAM EIGHT FIVE VICTOR TANGO"),
        ("King Air N512F", "KING AIR NOVEMBER FIVE ONE TWO FOXTROT"),
        ("CESSNA F-ABCD", "CESSNA FOXTROT ALFA BRAVO CHARLIE DELTA"),
    ],
)
def test_the_type_before_a_registration_is_said_as_it_stands(written: str, spoken: str) -> None:
    assert " ".join(callsign(written, "FAA")) == spoken
    assert " ".join(callsign(written)) == spoken
