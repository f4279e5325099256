"""What a crew answers: correct read-backs are generated and accepted, every error is named."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetynets.phraseology import (
    Call,
    Situation,
    Traffic,
    correct_readbacks,
    expected_items,
    load_rule_set,
    parse_readback,
    rule_set_names,
    say,
)
from safetynets.phraseology.readback_grammar import parse

SITUATION = Situation(
    net="MSAW",
    kind="below",
    severity="warning",
    callsign="SWR123",
    vectored=False,
    on_final=False,
    visual=False,
    qnh_hpa=1001.0,
    minimum_flight_altitude_ft=7000.0,
    area="sector 1",
    purpose="danger",
    traffic=Traffic(clock=2, distance_nm=5, turn="left", heading_deg=270),
)
ICAO = load_rule_set("icao")
CHECK = say(SITUATION, ICAO)
CLIMB = say(dataclasses.replace(SITUATION, vectored=True), ICAO)
TURN = say(dataclasses.replace(SITUATION, vectored=True, suggested_action="TURN RIGHT IMMEDIATELY HEADING 270"), ICAO)
GO_AROUND = say(dataclasses.replace(SITUATION, net="APM"), load_rule_set("proposed-apm-directive"))


def errors(answer: str, call: Call) -> list[str]:
    return [str(error) for error in parse_readback(answer, call).errors]


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (CHECK, "QNH one zero zero one, checking, Swiss one two three"),
        (CHECK, "Checking altitude, QNH 1001, SWR123"),
        (CHECK, "Wilco, QNH one zero zero one, Swiss one two three"),
        (CHECK, "Checking, one zero zero one, Swiss 123"),
        (CLIMB, "Climbing seven thousand feet, Swiss one two three"),
        (CLIMB, "Climb immediately to 7000 feet, SWR123"),
        (CLIMB, "Swiss one two three, climbing to seven tousand"),
        (TURN, "Turning right heading two seven zero, Swiss one two three"),
        (GO_AROUND, "Going around, Swiss one two three"),
    ],
)
def test_a_correct_answer_is_accepted(call: Call, answer: str) -> None:
    assert errors(answer, call) == []


@pytest.mark.parametrize(
    ("call", "answer", "named"),
    [
        (
            CHECK,
            "QNH one zero one one, checking, Swiss one two three",
            "wrong value in QNH: expected 1001, heard 1011",
        ),
        (CHECK, "QNH 1010, checking, SWR123", "transposed digits in QNH: expected 1001, heard 1010"),
        (CHECK, "Checking, Swiss one two three", "missing QNH: expected 1001"),
        (CHECK, "Roger, Swiss one two three", "missing QNH: expected 1001"),
        (CHECK, "QNH 1001, SWR123", "missing instruction: expected CHECK ALTITUDE"),
        (CHECK, "Checking, QNH 1001", "missing call sign: expected SWR123"),
        (
            CHECK,
            "Checking, QNH 1001, Swiss one two four",
            "wrong value in call sign: expected SWISS ONE TWO THREE, heard SWISS ONE TWO FOUR",
        ),
        (
            CHECK,
            "Checking, QNH 1001, Swiss one three two",
            "transposed digits in call sign: expected SWISS ONE TWO THREE, heard SWISS ONE THREE TWO",
        ),
        (CHECK, "Say again, Swiss one two three", "the crew says SAY AGAIN"),
        (CLIMB, "Unable, Swiss one two three", "the crew says UNABLE"),
        (CLIMB, "Climbing, Swiss one two three", "missing level: expected 7000"),
        (CLIMB, "Wilco, Swiss one two three", "missing level: expected 7000"),
        (CLIMB, "Climbing eight thousand feet, SWR123", "wrong value in level: expected 7000, heard 8000"),
        (CLIMB, "Descending 7000 feet, SWR123", "wrong value in instruction: expected CLIMB, heard DESCEND"),
        (TURN, "Turning left heading 270, SWR123", "wrong value in instruction: expected TURN RIGHT, heard TURN LEFT"),
        (TURN, "Turning right heading 720, SWR123", "transposed digits in heading: expected 270, heard 720"),
        (GO_AROUND, "Roger, Swiss one two three", "missing instruction: expected GO AROUND"),
        (GO_AROUND, "Going around blimey, SWR123", "not understood: BLIMEY"),
    ],
)
def test_an_error_is_named(call: Call, answer: str, named: str) -> None:
    assert named in errors(answer, call)


def test_say_again_and_unable_are_not_blamed_for_what_is_missing() -> None:
    assert errors("Say again, Swiss one two three", CHECK) == ["the crew says SAY AGAIN"]
    assert errors("Unable, Swiss one two three", CLIMB) == ["the crew says UNABLE"]


def test_an_impossible_qnh_is_a_wrong_qnh_and_no_crash() -> None:
    assert errors("Checking, QNH 9999, SWR123", CHECK) == ["wrong value in QNH: expected 1001, heard 9999"]


def test_silence_misses_everything() -> None:
    kinds = {(error.kind, error.item) for error in parse_readback("", CHECK).errors}
    assert kinds == {("missing", "instruction"), ("missing", "QNH"), ("missing", "call sign")}


def test_a_registration_is_recognised_without_its_hyphen() -> None:
    call = say(dataclasses.replace(SITUATION, callsign="GUZLO"), ICAO)
    assert errors("Checking, QNH 1001, GUZLO", call) == []
    assert errors("Checking, QNH 1001, golf uniform zulu lima oscar", call) == []


def test_inches_are_read_back_with_or_without_the_decimal() -> None:
    call = say(dataclasses.replace(SITUATION, qnh_hpa=1013.25, qnh_unit="inHg"), ICAO)
    assert errors("Checking, QNH two nine decimal nine two, SWR123", call) == []
    assert errors("Checking, QNH two niner niner two, SWR123", call) == []
    assert "heard 2929" in errors("Checking, QNH two nine two nine, SWR123", call)[0]


def every_call() -> list[Call]:
    calls = []
    for name in rule_set_names():
        rule_set = load_rule_set(name)
        calls += [say(SITUATION, rule_set, rule=rule.name) for rule in rule_set.rules]
    return calls


@pytest.mark.requirement("REQ-READBACK")
@pytest.mark.parametrize("call", every_call(), ids=lambda call: f"{call.rule_set}:{call.rule}")
def test_every_generated_readback_of_every_shipped_call_is_correct(call: Call) -> None:
    answers = correct_readbacks(call)
    assert bool(answers) == bool(expected_items(call))
    for answer in answers:
        assert errors(answer, call) == [], answer


@pytest.mark.parametrize("call", every_call(), ids=lambda call: f"{call.rule_set}:{call.rule}")
def test_every_instruction_of_the_shipped_sets_is_understood_by_the_grammar(call: Call) -> None:
    if "instruction" in call.readback:
        assert any(item.kind in ("check", "climb", "turn", "go around", "stop") for item in expected_items(call))


@given(heard=st.integers(900, 1050), given_hpa=st.integers(900, 1050))
def test_a_qnh_is_right_only_when_it_is_the_one_given(heard: int, given_hpa: int) -> None:
    call = say(dataclasses.replace(SITUATION, qnh_hpa=float(given_hpa)), ICAO)
    found = parse_readback(f"Checking altitude, QNH {heard}, SWR123", call)
    assert found.is_correct == (heard == given_hpa)
    if not found.is_correct:
        same_digits = sorted(str(heard)) == sorted(str(given_hpa))
        assert found.errors[0].kind == ("transposed digits" if same_digits else "wrong")


WORDS = [
    *(
        "QNH",
        "IS",
        "ONE",
        "ZERO",
        "NINER",
        "THOUSAND",
        "HUNDRED",
        "DECIMAL",
        "FEET",
        "CLIMBING",
        "TO",
        "TURNING",
        "LEFT",
    ),
    *("HEADING", "CHECKING", "ALTITUDE", "AND", "GOING", "AROUND", "SAY", "AGAIN", "SWISS", "HOTEL", "BRAVO", "FLIGHT"),
    *("LEVEL", "1001", "7000", "29.92", "SWR123", "27R", "RED", "NOSE", "TWELVE", "um", "!", "0", "118.3", "HB-ABC"),
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_any_answer_is_taken_apart_without_a_crash(answer: str) -> None:
    parse_readback(answer, CHECK)


def test_checking_the_altimeter_is_not_taken_for_checking_its_setting():
    for said, heard in (("CHECKING ALTIMETER", "ALTIMETER"), ("CHECKING ALTIMETER SETTING", "ALTIMETER SETTING")):
        assert [(item.kind, item.value) for item in parse(said)[0]] == [("check", heard)]
    assert [item.value for item in parse("CHECKING POSITION AND ALTITUDE")[0]] == ["POSITION AND ALTITUDE"]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("Wilco, QNH one zero zero one, Gulfstream eight five victor tango", True),
        ("Wilco, QNH 1001, Gulfstream 85VT", True),
        ("Wilco, QNH 1001, Gulfstream eight five victor golf", False),
    ],
)
def test_a_call_sign_that_begins_with_the_type_is_heard_whole(answer: str, right: bool) -> None:
    call = say(dataclasses.replace(SITUATION, callsign="GULFSTREAM 85VT"), ICAO)
    assert (errors(answer, call) == []) is right
