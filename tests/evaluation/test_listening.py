"""The listening test: its design is balanced, and listeners of known behaviour are recovered by the analysis."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter

import numpy as np
import pytest

from safetynets.errors import PhraseologyError
from safetynets.evaluation.listening.design import items_of, orders
from safetynets.evaluation.listening.results import (
    FORMAT,
    Answer,
    by_listener,
    differences,
    estimate,
    read_results,
    summary,
)
from safetynets.phraseology import Situation, load_rule_set

SITUATION = Situation(
    net="MSAW",
    kind="below",
    severity="warning",
    callsign="SWR123",
    vectored=True,
    on_final=False,
    visual=False,
    qnh_hpa=1013.0,
    minimum_flight_altitude_ft=7000.0,
    area="",
)
LISTENERS = 40
CALLS = 8
"""Of each rule set: two rates, two levels of noise, with and without other traffic."""


def items():
    return items_of([load_rule_set(name) for name in ("icao", "faa", "france")], SITUATION)


@pytest.mark.parametrize("count", [4, 7, 24])
def test_each_call_stands_in_each_place_and_follows_each_other_equally_often(count):
    rows = orders(count)
    assert all(sorted(row) == list(range(count)) for row in rows)
    places = Counter((place, call) for row in rows for place, call in enumerate(row))
    followers = Counter(pair for row in rows for pair in itertools.pairwise(row))
    assert set(places.values()) == {len(rows) // count}
    assert len(followers) == count * (count - 1)
    assert set(followers.values()) == {len(rows) // count}


def test_every_rule_set_is_heard_under_every_condition_in_every_voice():
    heard = items()
    conditions = Counter((one.rule_set, one.words_per_min, one.noise_db, one.overlap) for one in heard)
    assert (len(heard), set(conditions.values())) == (24, {1})
    voices = Counter((one.rule_set, one.voice) for one in heard)
    assert set(voices.values()) == {2}


def test_no_call_helps_with_another():
    heard = items()
    assert len({one.call.text for one in heard}) == len(heard)
    assert {one.qnh for one in heard if one.rule_set == "faa"} == {""}
    assert all(one.instruction for one in heard)


def test_a_rule_set_without_words_is_refused():
    with pytest.raises(PhraseologyError, match="faa has no words for the APW"):
        items_of([load_rule_set("faa")], Situation(**{**vars(SITUATION), "net": "APW", "kind": "inside"}))


def simulated(rng, listeners=LISTENERS, faster_s=0.6, better=0.10):
    """Listeners who differ from one another; with words B they act sooner and understand more often."""
    answers = []
    for listener in range(listeners):
        slow_s, keen = rng.normal(4.0, 0.8), rng.normal(0.0, 0.06)
        for rule_set, sooner_s, more in (("A", 0.0, 0.0), ("B", faster_s, better)):
            for call in range(CALLS):
                answers.append(
                    Answer(
                        listener=f"L{listener}",
                        item=f"{rule_set}{call}",
                        rule_set=rule_set,
                        words_per_min=120.0,
                        noise_db=-26.0,
                        overlap=bool(call % 2),
                        act_s=slow_s - sooner_s + rng.normal(0.0, 0.9),
                        instruction_right=bool(rng.random() < 0.75 + keen + more),
                        qnh_right=bool(rng.random() < 0.8 + more),
                    )
                )
    return answers


def holds(measure, truth, **behaviour):
    """In how many of 100 tests with 40 listeners the interval of a difference holds the true one."""
    count = 0
    for number in range(100):
        (found,) = differences(simulated(np.random.default_rng(number), **behaviour), measure)
        count += found.estimate.low <= truth <= found.estimate.high
    return count


# Of 100 intervals that each hold the truth with 95 %, fewer than 89 do with a probability below 1 %.
@pytest.mark.parametrize(
    ("measure", "truth"), [("time to act, s", 0.6), ("instruction understood", -0.10), ("QNH wrong", 0.10)]
)
def test_known_differences_are_within_their_intervals(measure, truth):
    assert holds(measure, truth) >= 89


@pytest.mark.parametrize("measure", ["time to act, s", "instruction understood"])
def test_where_there_is_no_difference_none_is_found(measure):
    assert holds(measure, 0.0, faster_s=0.0, better=0.0) >= 89


def test_a_difference_of_40_listeners_is_found_and_the_power_says_that_fewer_would_do():
    (found,) = differences(simulated(np.random.default_rng(1)), "time to act, s")
    assert found.estimate.low > 0.0
    assert 2 <= found.needed < LISTENERS


def test_calls_of_one_listener_are_not_independent():
    """Ten times the calls of the same listeners narrow an interval less than ten times the listeners."""
    rng = np.random.default_rng(3)
    mine = [float(value) for value in by_listener(simulated(rng), "time to act, s").values()]
    wide = estimate(mine)
    assert 0.8 / math.sqrt(LISTENERS) < (wide.high - wide.low) / 3.92 * 1.6 < 0.32


def test_what_does_not_apply_is_not_counted():
    answers = [
        Answer(
            listener=listener,
            item="C01",
            rule_set="faa",
            words_per_min=120.0,
            noise_db=-10.0,
            overlap=False,
            act_s=act_s,
            instruction_right=True,
            qnh_right=None,
        )
        for listener, act_s in (("a", math.nan), ("b", 3.0))
    ]
    row = summary(answers)[0]
    assert (row["by"], row["value"]) == ("rule set", "faa")
    assert row["would act"].value == 0.5
    assert (row["time to act, s"].value, row["time to act, s"].listeners) == (3.0, 1)
    assert row["QNH wrong"].words == "-"


def result(listener, test="t", **changes):
    answer = {
        "item": "C01",
        "rule_set": "icao",
        "words_per_min": 120,
        "noise_db": -10,
        "overlap": False,
        "act_s": None,
        "instruction_right": True,
        "qnh_right": False,
    }
    return json.dumps({"format": FORMAT, "test": test, "listener": listener, "answers": [{**answer, **changes}]})


def test_a_file_given_twice_counts_once(tmp_path):
    for name, listener in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(result(listener), encoding="utf-8")
    answers = read_results([tmp_path / name for name in "abc"])
    assert [answer.listener for answer in answers] == ["1", "2"]
    assert math.isnan(answers[0].act_s)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', result("1", act_s="soon")])
def test_what_is_no_result_is_refused_by_its_file(tmp_path, text):
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(PhraseologyError, match=r"x\.json: holds no results of a listening test"):
        read_results([tmp_path / "x.json"])


def test_results_of_two_tests_are_not_mixed(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(result(name, test=name), encoding="utf-8")
    with pytest.raises(PhraseologyError, match="are of another test"):
        read_results([tmp_path / "a", tmp_path / "b"])
