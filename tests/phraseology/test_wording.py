"""Wordings in the notation of PANS-ATM: slots filled, options left out, stops and spaces tidied."""

import pytest

from safetynets.phraseology import written
from safetynets.phraseology.situation import Part
from safetynets.phraseology.wording import WordingError, fill, parse, slots

ICAO_12_6_1_1 = "QNH IS (number) [(units)]. [THE MINIMUM FLIGHT ALTITUDE IS (altitude)]."


def filled(wording: str, **values: str | None) -> str:
    known = {slot: values.get(slot) for slot in slots(parse(wording))}
    parts = fill(parse(wording), {slot: text and (Part(text, slot, "other"),) for slot, text in known.items()})
    return "".join(part.text for part in parts)


@pytest.mark.parametrize(
    ("wording", "values", "text"),
    [
        (ICAO_12_6_1_1, {"number": "1006"}, "QNH IS 1006."),
        (ICAO_12_6_1_1, {"number": "1006", "units": "HECTOPASCALS"}, "QNH IS 1006 HECTOPASCALS."),
        (
            ICAO_12_6_1_1,
            {"number": "1006", "altitude": "1450 FEET"},
            "QNH IS 1006. THE MINIMUM FLIGHT ALTITUDE IS 1450 FEET.",
        ),
        ("QNH (number) [(units)] NOW", {"number": "1006"}, "QNH 1006 NOW"),
        ("GO AROUND[, QNH (number)].", {}, "GO AROUND."),
        ("GO AROUND, [QNH (number)].", {}, "GO AROUND."),
        ("GO AROUND. [QNH (number)], NOW", {}, "GO AROUND. NOW"),
        ("[QNH (number)] NOW ", {}, "NOW"),
        ("NO OPTION", {}, "NO OPTION"),
    ],
)
def test_options_leave_no_trace_when_left_out(wording: str, values: dict[str, str], text: str) -> None:
    assert filled(wording, **values) == text


def test_a_known_slot_may_still_be_left_out_with_its_option() -> None:
    pieces = parse("QNH (number) [(units)].")
    values = {"number": (Part("1006", "number", "QNH"),), "units": (Part("HECTOPASCALS", "units", "QNH"),)}
    assert "".join(part.text for part in fill(pieces, values, left_out=["units"])) == "QNH 1006."


def test_an_unknown_slot_outside_an_option_cannot_be_filled() -> None:
    with pytest.raises(KeyError, match="number"):
        filled("QNH (number).")


@pytest.mark.parametrize("wording", ["(number", "number)", "[QNH", "QNH]", "[A [B]]", "((number))"])
def test_brackets_without_a_partner_are_refused(wording: str) -> None:
    with pytest.raises(WordingError):
        parse(wording)


def test_alert_and_action_words_carry_their_roles() -> None:
    parts = fill(
        parse(
            "(aircraft call sign) TERRAIN ALERT, CLIMB TO (safe level) NOW.",
            alert="TERRAIN ALERT",
            action="CLIMB TO (safe level) NOW",
        ),
        {
            "aircraft call sign": (Part("SWR123", "aircraft call sign", "call sign"),),
            "safe level": (Part("7000 FEET", "safe level", "instruction"),),
        },
    )
    assert [(part.text, part.role) for part in parts if part.role != "other"] == [
        ("SWR123", "call sign"),
        ("TERRAIN ALERT", "alert"),
        ("CLIMB TO ", "instruction"),
        ("7000 FEET", "instruction"),
        (" NOW", "instruction"),
    ]


def test_minimum_altitudes_are_never_written_lower_than_they_are() -> None:
    assert written.altitude(1449.2) == "1450 FEET"
    assert written.safe_level(1401.0) == "1500 FEET"
    assert written.safe_level(1400.0) == "1400 FEET"


def test_noise_of_a_conversion_does_not_move_a_whole_number() -> None:
    assert written.qnh(1012.9999999) == "1013"
    assert written.altitude(1450.0000001) == "1450 FEET"
