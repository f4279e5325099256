"""Fronts, recommendations and sensitivities, against what is known beforehand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetynets.evaluation.metrics.intervals import with_wrong_labels
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.advice import advise
from safetynets.evaluation.study.designs import grid, latin_hypercube
from safetynets.evaluation.study.front import costs, dominators
from safetynets.evaluation.study.metrics import Condition
from safetynets.evaluation.study.recommend import recommend
from safetynets.evaluation.study.schema import Grid, LatinHypercube, RangeTable, Search
from safetynets.evaluation.study.sensitivity import one_at_a_time, sobol

RANGES = {key: Range(key, "number", low=0.0, high=1.0) for key in ("a", "b", "c")}
OBJECTIVES = ("nuisance_share", "missed_share")


def results(rows, **columns):
    table = pd.DataFrame(rows, columns=["a", *columns]) if columns else pd.DataFrame(rows)
    table.insert(0, "set", range(len(table)))
    return table


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_a_dominated_set_is_beaten_by_the_named_one_and_a_set_of_the_front_by_none(rows):
    cost = np.array(rows, dtype=float)
    found = dominators(cost)
    for number, by in enumerate(found):
        beats = [
            (cost[other] <= cost[number]).all() and (cost[other] < cost[number]).any() for other in range(len(cost))
        ]
        assert (by < 0) == (not any(beats))
        assert by < 0 or (beats[by] and found[by] < 0)


def test_a_longer_warning_time_is_better_and_an_unknown_value_is_the_worst():
    cost = costs([np.array([0.1, 0.1, np.nan]), np.array([20.0, 30.0, 40.0])], ("nuisance_share", "warning_time_p05_s"))
    assert dominators(cost).tolist() == [1, -1, -1]
    assert cost[2, 0] == np.inf


def judged(*rows):
    """A table of (a, nuisance share, missed share, missed)."""
    return results([dict(zip(("a", *OBJECTIVES, "missed"), row, strict=True)) for row in rows])


ONE = {"a": RANGES["a"]}
NOTHING_MISSED = [Condition.parse("missed = 0")]


def test_a_set_that_misses_is_not_recommended_however_few_its_nuisance_alerts():
    table = judged((0.0, 0.30, 0.0, 0), (0.5, 0.10, 0.0, 0), (1.0, 0.0, 0.1, 1))
    found = recommend(table, ONE, OBJECTIVES, NOTHING_MISSED)
    assert found.set == 1
    assert "2 of 3 parameter sets meet missed = 0" in found.reason
    assert "nuisance share 10 % (present 30 %)" in found.reason
    assert "a 0 → 0.5" in found.reason


def test_without_constraints_the_set_nearest_to_the_best_of_each_objective_is_recommended():
    table = judged((0.0, 0.40, 0.0, 0), (0.4, 0.10, 0.1, 1), (0.6, 0.05, 0.4, 4), (1.0, 0.0, 1.0, 10))
    assert recommend(table, ONE, OBJECTIVES, []).set == 1


def test_between_equals_the_one_nearest_to_the_present_is_recommended():
    table = judged((0.2, 0.4, 0.0, 0), (1.0, 0.1, 0.0, 0), (0.3, 0.1, 0.0, 0), (0.9, 0.1, 0.0, 0))
    assert recommend(table, ONE, OBJECTIVES, NOTHING_MISSED).set == 2


def test_a_present_set_that_is_the_best_is_kept():
    found = recommend(judged((0.2, 0.1, 0.0, 0), (1.0, 0.4, 0.0, 0)), ONE, OBJECTIVES, NOTHING_MISSED)
    assert found.set == 0
    assert found.reason.endswith("Keep it.")


def test_where_every_set_misses_none_is_recommended_and_the_least_missed_is_told():
    found = recommend(judged((0.2, 0.1, 0.2, 2), (1.0, 0.4, 0.5, 5)), ONE, OBJECTIVES, NOTHING_MISSED)
    assert found.set is None
    assert "missed = 0: met by 0, it goes from 2 to 5" in found.reason


def test_sobol_indices_of_a_full_grid_are_those_of_the_analysis_of_variance():
    tables = {key: RangeTable(low=0.0, high=1.0, steps=5) for key in ("a", "b")}
    ranges = {key: RANGES[key] for key in ("a", "b")}
    table = results(grid(ranges, tables))
    # Of 4a + 3b over equal steps the variances are as 16 to 9, and nothing is shared.
    table["missed_share"] = 4 * table["a"] + 3 * table["b"]
    found = sobol(table, ranges, ["missed_share"], Grid(method="grid"), range(len(table)))
    assert [row["first"] for row in found["rows"]] == pytest.approx([16 / 25, 9 / 25])
    assert [row["total"] for row in found["rows"]] == pytest.approx([16 / 25, 9 / 25])
    # Of the product of two centred parameters neither explains anything alone.
    table["missed_share"] = (table["a"] - 0.5) * (table["b"] - 0.5)
    found = sobol(table, ranges, ["missed_share"], Grid(method="grid"), range(len(table)))
    assert [(row["first"], row["total"]) for row in found["rows"]] == [pytest.approx((0.0, 1.0), abs=1e-12)] * 2


def hypercube(sets):
    design = LatinHypercube(method="latin-hypercube", sets=sets, seed=1)
    return design, results(latin_hypercube(RANGES, design))


def test_sobol_indices_of_a_hypercube_come_near_to_those_known_of_ishigamis_function():
    design, table = hypercube(800)
    a, b, c = ((2.0 * table[key] - 1.0) * np.pi for key in "abc")
    table["missed_share"] = np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)
    found = sobol(table, RANGES, ["missed_share"], design, range(len(table)))
    # Ishigami and Homma (1990), a = 7, b = 0.1; the surrogate explains some 95 %, so a tenth is all that can be asked.
    assert [row["first"] for row in found["rows"]] == pytest.approx([0.314, 0.442, 0.0], abs=0.1)
    assert [row["total"] for row in found["rows"]] == pytest.approx([0.558, 0.442, 0.244], abs=0.1)
    assert "surrogate that explains" in found["note"]
    for row in found["rows"]:
        assert row["first_low"] <= row["first"] <= row["first_high"]
        assert row["total_low"] <= row["total"] <= row["total_high"]
    assert sobol(table, RANGES, ["missed_share"], design, range(len(table))) == found, (
        "a study ends with the same bytes"
    )


def test_a_surrogate_that_explains_nothing_is_not_used_and_that_is_said():
    design, table = hypercube(150)
    table["missed_share"] = np.random.default_rng(1).random(len(table))
    found = sobol(table, RANGES, ["missed_share"], design, range(len(table)))
    assert found["rows"] == []
    assert "70 % are needed" in found["note"]


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (Search(method="search", sets=100, population=50), "cannot be told from it"),
        (LatinHypercube(method="latin-hypercube", sets=20), "too small"),
    ],
)
def test_where_the_design_does_not_allow_sobol_indices_it_is_said(design, said):
    _, table = hypercube(20)
    found = sobol(table, RANGES, ["missed_share"], design, range(20))
    assert found["rows"] == []
    assert said in found["note"]


def test_one_at_a_time_takes_only_sets_that_differ_in_that_parameter():
    table = results(
        [
            {"a": 0.5, "b": 0.5, "missed_share": 0.3},
            {"a": 0.0, "b": 0.5, "missed_share": 0.1},
            {"a": 1.0, "b": 0.5, "missed_share": 0.9},
            {"a": 0.0, "b": 0.0, "missed_share": 0.7},
        ]
    )
    rows = one_at_a_time(table, {key: RANGES[key] for key in "ab"}, ["missed_share"])["rows"]
    assert [(row["key"], row["value"], row["missed_share"], row["present"]) for row in rows] == [
        ("a", 0.0, 0.1, False),
        ("a", 0.5, 0.3, True),
        ("a", 1.0, 0.9, False),
        ("b", 0.5, 0.3, True),
    ]


def table_of(*rows):
    """A table of (a, nuisance share, nuisance low and high, alerts, missed)."""
    names = ("a", "nuisance_share", "nuisance_share_low", "nuisance_share_high", "alerts", "missed")
    table = results([dict(zip(names, row, strict=True)) for row in rows])
    return table.assign(necessary=50, void_alerts=0)


WIDE = {"a": (0.0, 10.0)}


def advice_on(table, recommended, conditions=(), days=1, bounds=WIDE):
    return advise(table, ONE, bounds, ["nuisance_share"], list(conditions), recommended, days=days)


def test_a_recommended_value_at_the_edge_of_its_range_is_said_and_the_next_range_lies_around_it():
    table = table_of((0.5, 0.4, 0.35, 0.45, 400, 0), (1.0, 0.1, 0.08, 0.12, 400, 0))
    found = advice_on(table, 1)
    assert found.sentences == ("a = 1 lies at the upper edge of its range (0 to 1): a better value may lie beyond it.",)
    assert found.next_ranges == {"a": (0.5, 1.5)}


def test_a_value_at_the_end_that_a_site_file_allows_is_no_reason_to_look_beyond():
    table = table_of((0.5, 0.4, 0.35, 0.45, 400, 0), (1.0, 0.1, 0.08, 0.12, 400, 0))
    found = advice_on(table, 1, bounds={"a": (0.0, 1.0)})
    assert found.sentences == ("a = 1 lies at the upper end that a site file allows (1).",)
    assert found.next_ranges == {"a": (0.5, 1.0)}


def test_a_value_within_its_range_has_a_closer_range_next_and_nothing_is_said():
    table = table_of((0.0, 0.4, 0.35, 0.45, 400, 0), (0.5, 0.1, 0.08, 0.12, 400, 0))
    found = advice_on(table, 1)
    assert found.sentences == ()
    assert found.next_ranges == {"a": (0.25, 0.75)}


def test_constraints_that_leave_next_to_nothing_name_the_one_that_costs_most():
    rows = [(0.5, 0.4, 0.35, 0.45, 400, 0), *((0.5, 0.3, 0.25, 0.29, 400, 3) for _ in range(49))]
    found = advice_on(table_of(*rows), 0, [Condition.parse("missed = 0"), Condition.parse("alerts <= 400")])
    assert found.sentences[0] == (
        "The constraints leave next to no choice: 1 of 50 sets meets the constraints. "
        "Without 'missed = 0' it would be 50."
    )


def test_where_no_set_meets_the_constraints_the_next_range_is_wider():
    rows = [(0.5, 0.4, 0.35, 0.45, 400, 3)] * 20
    found = advice_on(table_of(*rows), None, [Condition.parse("missed = 0")])
    assert found.sentences == (
        "The constraints leave nothing: 0 of 20 sets meet the constraints. Without 'missed = 0' it would be 20.",
    )
    assert found.next_ranges == {"a": (0.0, 1.25)}


def test_a_day_too_small_to_tell_says_about_how_many_would():
    """Ten and twelve of a hundred alerts: by the normal formula the difference needs 19 times as many."""
    table = table_of((0.5, 0.12, 0.07, 0.20, 100, 0), (0.45, 0.10, 0.055, 0.174, 100, 0))
    (said,) = advice_on(table, 1, days=2).sentences
    assert said.startswith(
        "The nuisance share of 10 % (5.5 % to 17 %) cannot be told from the present 12 % (7.0 % to 20 %)"
    )
    times = 1.96**2 * (0.12 * 0.88 + 0.10 * 0.90) / 100 / 0.02**2
    assert f"about {int(np.ceil(2 * times)):,} days like these would" in said


def test_wrong_labels_widen_an_interval_so_that_it_holds_the_true_share():
    """A true share of 30 %, and 5 % of the labels wrong: 32 % are counted."""
    counted = 0.3 * 0.95 + 0.7 * 0.05
    low, high = with_wrong_labels(counted - 1e-6, counted + 1e-6, 0.05)
    assert low <= 0.3 <= high
    assert with_wrong_labels(0.2, 0.4, 0.0) == (pytest.approx(0.2), pytest.approx(0.4))
