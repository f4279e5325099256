"""How long each call takes, against the table of phrase lengths that a working group can check by hand."""

import dataclasses

import pytest

from safetynets.phraseology import RATES, Situation, load_rule_set, measure, say
from safetynets.phraseology.measures import Rate, timing
from safetynets.phraseology.speech import SpokenWord

SITUATION = Situation(
    net="MSAW",
    kind="below",
    severity="warning",
    callsign="SWR123",
    vectored=False,
    on_final=False,
    visual=False,
    qnh_hpa=1006.0,
    minimum_flight_altitude_ft=None,
    area="sector 1",
    aerodrome="LFPG",
)
APM = {"net": "APM", "on_final": True}
TURN_AND_CLIMB = {"vectored": True, "suggested_action": "TURN RIGHT IMMEDIATELY, CLIMB TO 7000 FEET"}

# Words as spoken, with a call sign of four words, and seconds at 100, 150 and 180 words a minute.
PHRASE_LENGTHS = [
    ("icao", {}, 17, (10.2, 6.8, 5.7)),
    ("icao", {"minimum_flight_altitude_ft": 7000.0}, 25, (15.0, 10.0, 8.3)),
    ("icao", {"vectored": True, "minimum_flight_altitude_ft": 7000.0}, 12, (7.2, 4.8, 4.0)),
    ("france", TURN_AND_CLIMB, 14, (8.4, 5.6, 4.7)),
    ("france", {}, 16, (9.6, 6.4, 5.3)),
    ("faa", {"on_final": True, "callsign": "UAL123"}, 11, (6.6, 4.4, 3.7)),
    ("faa", {"callsign": "UAL123", "minimum_flight_altitude_ft": 7000.0}, 19, (11.4, 7.6, 6.3)),
    ("proposed-apm-directive", APM, 9, (5.4, 3.6, 3.0)),
    ("as-spoken", {}, 19, (11.4, 7.6, 6.3)),
]


@pytest.mark.parametrize(("rule_set", "changes", "words", "seconds"), PHRASE_LENGTHS)
def test_phrase_lengths_are_those_of_the_table(
    rule_set: str, changes: dict[str, object], words: int, seconds: tuple[float, float, float]
) -> None:
    measured = measure(say(dataclasses.replace(SITUATION, **changes), load_rule_set(rule_set)))
    assert measured.words == words
    rates = ("100 words/min", "150 words/min", "180 words/min")
    # The table is rounded to a tenth of a second.
    assert [measured.timings[rate].end_s for rate in rates] == pytest.approx(seconds, abs=0.06)


def test_syllable_rates_time_the_same_call_by_its_sounds() -> None:
    measured = measure(say(SITUATION, load_rule_set("icao")))
    # SWISS ONE TWO THREE 4, LOW ALTITUDE WARNING 6, CHECK YOUR ALTITUDE IMMEDIATELY 10, QNH IS 4, 1006 six
    assert measured.syllables == 4 + 6 + 10 + 4 + 6
    assert measured.timings["4.5 syllables/s"].end_s == pytest.approx(30 / 4.5)
    assert measured.timings["6.1 syllables/s"].end_s == pytest.approx(30 / 6.1)


def test_the_directive_reaches_its_action_in_three_seconds_and_icao_later() -> None:
    directive = measure(say(dataclasses.replace(SITUATION, **APM), load_rule_set("proposed-apm-directive")))
    icao = measure(say(dataclasses.replace(SITUATION, **APM), load_rule_set("icao")))
    at = "150 words/min"
    assert directive.timings[at].instruction_s == pytest.approx(2.8)  # call sign 4, alert 2, GO
    assert icao.timings[at].instruction_s == pytest.approx(3.2)  # call sign 4, alert 3, CHECK
    assert icao.timings[at].qnh_s == icao.timings[at].end_s == pytest.approx(6.8)
    assert directive.timings[at].qnh_s is None


def test_words_as_spoken_at_paris_hold_no_instruction_and_no_qnh() -> None:
    measured = measure(say(SITUATION, load_rule_set("as-spoken")))
    assert measured.timings["100 words/min"].instruction_s is None
    assert measured.timings["100 words/min"].qnh_s is None
    assert measured.timings["100 words/min"].alert_s == pytest.approx(9 * 0.6)  # call sign 4, I JUST HAD A, GROUND
    assert "OKAY" in measured.outside_icao


def test_icao_words_are_all_in_the_icao_vocabulary() -> None:
    assert measure(say(SITUATION, load_rule_set("icao"))).outside_icao == ()


def test_no_phraseology_takes_no_time() -> None:
    measured = measure(say(dataclasses.replace(SITUATION, net="APM", kind="left"), load_rule_set("icao")))
    assert (measured.words, measured.syllables, measured.readback_items) == (0, 0, 0)
    assert all(measured.timings[rate.name].end_s == 0 for rate in RATES)


def test_an_unknown_call_sign_is_not_spoken() -> None:
    call = say(dataclasses.replace(SITUATION, callsign=""), load_rule_set("icao"))
    assert call.text.startswith("(call sign unknown) LOW ALTITUDE WARNING")
    assert measure(call).words == 13


def test_a_word_counts_as_said_when_it_ends() -> None:
    spoken = [SpokenWord("TERRAIN", "alert"), SpokenWord("ALERT", "alert"), SpokenWord("CLIMB", "instruction")]
    said = timing(spoken, Rate("one a second", 60.0, "words/min", "test"))
    assert (said.alert_s, said.instruction_s, said.instruction_end_s, said.end_s) == (1.0, 3.0, 3.0, 3.0)


def test_every_rate_names_its_source() -> None:
    assert [rate.value for rate in RATES] == [100, 150, 180, 4.5, 6.1]
    assert all(rate.source for rate in RATES)
