"""The listening test: its design is balanced, and listeners of known behaviour are recovered by the analysis."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter

import numpy as np
import pytest

from safetynets.errors import PhraseologyError
from safetynets.evaluation.listening import measured as measuring
from safetynets.evaluation.listening.design import items_of, orders
from safetynets.evaluation.listening.results import (
    FORMAT,
    MEASURES,
    Answer,
    by_listener,
    differences,
    estimate,
    mean_of,
    read_results,
    summary,
)
from safetynets.phraseology import Situation, load_rule_set
from safetynets.response import load_assumptions

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


CHECK = {"asks": "check", "gives_qnh": True, "call_sign_first": True, "plain": False, "asked_s": 1.5}
ORDER = {"asks": "directive", "gives_qnh": False, "call_sign_first": True, "plain": False, "asked_s": 1.5}


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
                        **(ORDER if rule_set == "B" else CHECK),
                        act_s=slow_s - sooner_s + rng.normal(0.0, 0.9),
                        instruction_right=bool(rng.random() < 0.75 + keen + more),
                        qnh_right=bool(rng.random() < 0.8 + more),
                    )
                )
    return answers


def within_listeners(rng, tests, faster_s, better):
    """The differences A minus B of each measure in many tests at once, by the behaviour of `simulated`: tests x 40."""
    shape = (tests, LISTENERS, CALLS)
    keen = rng.normal(0.0, 0.06, (tests, LISTENERS, 1))
    understood = [(rng.random(shape) < 0.75 + keen + more).mean(axis=2) for more in (0.0, better)]
    qnh_wrong = [(rng.random(shape) >= 0.8 + more).mean(axis=2) for more in (0.0, better)]
    act_s = [rng.normal(0.0, 0.9, shape).mean(axis=2) - sooner_s for sooner_s in (0.0, faster_s)]
    return {
        "time to act, s": act_s[0] - act_s[1],
        "instruction understood": understood[0] - understood[1],
        "QNH wrong": qnh_wrong[0] - qnh_wrong[1],
    }


@pytest.mark.parametrize(("faster_s", "better"), [(0.6, 0.10), (0.0, 0.0)])
def test_the_intervals_of_40_listeners_hold_the_true_difference_in_95_of_100_tests(faster_s, better):
    """4,000 tests, not 100: of 100 intervals that each hold with 95 %, 89 to 99 do, whatever the analysis.

    The standard error of a share of 4,000 is 0.35 %. The interval of a normal quantity holds exactly 95 %; those of
    shares, corrected for continuity, hold at least that. The bootstrap of listeners held 94.5 %.
    """
    truth = {"time to act, s": faster_s, "instruction understood": -better, "QNH wrong": better}
    least = {"time to act, s": 0.95 - 3 * 0.0035, "instruction understood": 0.95, "QNH wrong": 0.95}
    for measure, found in within_listeners(np.random.default_rng(19), 4000, faster_s, better).items():
        step = 0.0 if measure == "time to act, s" else 1.0 / CALLS
        intervals = [estimate(one, step) for one in found]
        held = np.mean([one.low <= truth[measure] <= one.high for one in intervals])
        assert least[measure] <= held < 0.97, measure


def test_the_analysis_of_answers_is_that_of_the_differences_within_listeners():
    answers = simulated(np.random.default_rng(7))
    for measure in MEASURES:
        (found,) = differences(answers, measure)
        one, other = (by_listener([a for a in answers if a.rule_set == name], measure) for name in "AB")
        within = [one[listener] - other[listener] for listener in one]
        expected = estimate(within, 0.0 if measure == "time to act, s" else 1.0 / CALLS)
        assert found.estimate.value == pytest.approx(expected.value)
        assert (found.estimate.low, found.estimate.high) == pytest.approx((expected.low, expected.high))


def test_where_no_listener_errs_the_interval_is_no_point():
    answers = [answer for answer in simulated(np.random.default_rng(1)) if answer.instruction_right]
    found = mean_of(answers, "instruction understood")
    # 40 listeners without an error: with 97.5 % fewer than 1 - 0.025^(1/40) of listeners err.
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.912, abs=0.001)


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
            **CHECK,
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
        **CHECK,
        "act_s": None,
        "instruction_right": True,
        "qnh_right": False,
    }
    return json.dumps({"format": FORMAT, "test": test, "listener": listener, "answers": [{**answer, **changes}]})


def test_a_file_given_twice_counts_once(tmp_path):
    for name, listener in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(result(listener), encoding="utf-8")
    answers, test = read_results([tmp_path / name for name in "abc"])
    assert test == "t"
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


def test_what_listeners_showed_takes_the_place_of_simulator_defaults(tmp_path):
    answers = simulated(np.random.default_rng(2))
    found = {one.name: one for one in measuring.measured(answers)}
    # Words B are orders: act at 4.0 - 0.6 s on average, said by 1.5 s; a mean of 320 answers of 40 listeners.
    assert found["crew.decide_directive_s"].spread["mean"] == pytest.approx(1.9, abs=0.45)
    assert found["crew.decide_check_s"].spread["mean"] == pytest.approx(2.5, abs=0.45)
    assert found["crew.not_heard_probability"].spread["value"] == pytest.approx(0.20, abs=0.06)
    assert found["crew.acts_on_check_with_qnh_probability"].spread["value"] == 1.0
    assert "crew.acts_on_check_without_qnh_probability" not in found
    file = tmp_path / "results.json"
    told = {"format": measuring.SUMMARY, "test": "abc", "measured": [vars(one) for one in found.values()]}
    file.write_text(json.dumps(told), encoding="utf-8")
    assumptions = measuring.assume_from(load_assumptions(), file)
    one = assumptions["crew.decide_directive_s"]
    assert (one.tag, one.spread.mean) == ("measured", found[one.name].spread["mean"])
    assert one.source.startswith(f"40 listeners, {found[one.name].answers} answers in listening test abc")
    assert assumptions["crew.decide_information_s"].tag == "simulator default"
    # What is asked for on the command line goes before what was measured.
    assert assumptions.changed({"crew.decide_check_s": 8})["crew.decide_check_s"].tag == "given"


def test_too_few_answers_measure_no_assumption(tmp_path):
    answers = simulated(np.random.default_rng(2), listeners=3)
    assert measuring.measured(answers[:20]) == []
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"format": measuring.SUMMARY, "test": "abc", "measured": []}), encoding="utf-8")
    with pytest.raises(PhraseologyError, match="fewer than 30 answers of each kind; let more listeners"):
        measuring.assume_from(load_assumptions(), file)


@pytest.mark.parametrize(
    "measured",
    [
        [{"name": "crew.decide_chek_s", "spread": {"distribution": "constant", "value": 1}}],
        [{"name": "crew.decide_check_s", "spread": {"distribution": "gamma", "mean": -1, "cv": 1}}],
        "all",
        None,
    ],
)
def test_a_summary_that_cannot_be_used_is_refused_by_its_file(tmp_path, measured):
    file = tmp_path / "results.json"
    rows = [{**one, "listeners": 40, "answers": 99} for one in measured] if isinstance(measured, list) else measured
    file.write_text(json.dumps({"format": measuring.SUMMARY, "test": "abc", "measured": rows}), encoding="utf-8")
    with pytest.raises(PhraseologyError, match=r"results\.json: .*phraseology results FILES --out"):
        measuring.assume_from(load_assumptions(), file)
