"""Phrases that could be mistaken for one another are found, and only those."""

import dataclasses

import pytest

from safetynets.phraseology import (
    Situation,
    load_rule_set,
    near_sounding,
    nearest_call,
    parse_rule_set,
    rule_set_names,
    sample_calls,
    say,
)
from safetynets.phraseology.sounds import NEAR, distance

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
)


def pairs(rule_set: str, **changes: object) -> set[frozenset[str]]:
    loaded = load_rule_set(rule_set)
    situation = dataclasses.replace(SITUATION, **changes)
    found = near_sounding([say(situation, loaded, rule=rule.name) for rule in loaded.rules])
    assert [near.distance for near in found] == sorted(near.distance for near in found)
    return {frozenset((near.first, near.second)) for near in found}


def apart(first: str, second: str) -> float:
    return distance(first.split(), second.split())


def test_terrain_alert_is_reported_beside_traffic_alert() -> None:
    # Lyon, 7 September 2010: "traffic alert" was said for "terrain alert", and the crew asked to repeat.
    for rule_set in ("icao", "france", "zurich", "proposed-apm-directive", "as-spoken"):
        assert frozenset(("TERRAIN ALERT", "TRAFFIC ALERT")) in pairs(rule_set)


def test_low_altitude_warning_is_not_near_terrain_alert() -> None:
    assert frozenset(("LOW ALTITUDE WARNING", "TERRAIN ALERT")) not in pairs("icao")
    assert apart("LOW ALTITUDE WARNING", "TERRAIN ALERT") > 0.7


def test_two_checks_of_one_proposal_sound_alike() -> None:
    assert frozenset(("CHECK YOUR ALTITUDE IMMEDIATELY", "CHECK YOUR POSITION IMMEDIATELY")) in pairs(
        "proposed-apm-path"
    )


def test_a_qnh_that_sounds_like_the_altitude_of_the_same_call_is_reported() -> None:
    alike = pairs("icao", qnh_hpa=1010.0, minimum_flight_altitude_ft=1011.0)
    assert frozenset(("ONE ZERO ONE ZERO", "ONE ZERO ONE ONE FEET")) in alike
    assert not any("FEET" in phrase for pair in pairs("icao") for phrase in pair)


def test_the_qnh_error_of_paris_2022_is_nearer_than_another_qnh() -> None:
    assert apart("ONE ZERO ZERO ONE", "ONE ZERO ONE ONE") < 0.3
    assert apart("ONE ZERO ZERO ONE", "NINE EIGHT EIGHT") > 0.6


@pytest.mark.parametrize(
    ("one", "other"), [("TERRAIN", "TRAFFIC"), ("FIVE", "NINE"), ("", "ALERT"), ("GO AROUND", "GO AROUND")]
)
def test_the_distance_is_symmetric_and_between_nothing_and_one(one: str, other: str) -> None:
    assert apart(one, other) == apart(other, one)
    assert 0 <= apart(one, other) <= 1
    assert (apart(one, other) == 0) == (one == other)


def test_fifteen_and_fifty_are_near_and_the_icao_digits_are_not() -> None:
    assert apart("FIFTEEN", "FIFTY") < NEAR
    assert apart("ONE FIVE", "FIVE ZERO") > NEAR


def test_the_nearest_call_is_the_one_that_differs_by_a_word() -> None:
    calls = {call.rule: call for call in sample_calls(load_rule_set("proposed-apm-path"))}
    nearest = nearest_call(calls["below-caution"], calls.values())
    assert nearest is not None
    assert nearest[0].rule == "below-warning"
    assert 0 < nearest[1] < 0.1
    assert nearest_call(calls["left"], [calls["left"]]) is None


def test_a_pair_is_reported_once() -> None:
    for name in rule_set_names():
        loaded = load_rule_set(name)
        found = near_sounding([say(SITUATION, loaded, rule=rule.name) for rule in loaded.rules])
        assert len({frozenset((near.first, near.second)) for near in found}) == len(found)


def test_a_qnh_said_with_the_same_words_as_the_altitude_is_reported() -> None:
    text = (
        'name = "x"\ntitle = "x"\nabout = "x"\nspeech = "FAA"\n[[rule]]\nname = "all"\nstatus = "proposed"\n'
        'source = "x"\ncontroller_action = "x"\nreadback = ["QNH"]\n'
        'text = "CHECK[, QNH (number)][, MINIMUM (altitude)]."\n'
    )
    same = dataclasses.replace(SITUATION, qnh_hpa=1010.0, minimum_flight_altitude_ft=1010.0)
    (near,) = near_sounding([say(same, parse_rule_set(text, "x.toml"))])
    assert (near.first, near.second, near.distance) == ("ONE ZERO ONE ZERO", "ONE ZERO ONE ZERO", 0.0)


@pytest.mark.parametrize(("one", "other", "expected"), [("BY", "BY", 0.0), ("TO", "DO", 0.125), ("LOW", "NO", 0.5)])
def test_the_distance_is_the_cost_over_the_longer(one: str, other: str, expected: float) -> None:
    # T and D are a voicing pair, 0.25 over two sounds; L and N share no kind, 1 over two sounds.
    assert apart(one, other) == pytest.approx(expected)
