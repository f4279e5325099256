"""Ranges of a study: what they take, and what they say about what they do not take."""

from __future__ import annotations

import pytest

from safetynets.errors import StudyError
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of
from safetynets.sites import load_site


@pytest.fixture(scope="module")
def geneva():
    return load_site("geneva")


def test_the_ends_of_a_range_belong_to_it(geneva):
    clearance = range_of(geneva, "msaw.terrain_clearance_ft", low=100, high=900)
    assert clearance.kind == "number"
    assert clearance.holds(100)
    assert clearance.holds(900.0)
    assert not clearance.holds(900.1)


def test_whole_numbers_and_choices_are_drawn_evenly(geneva):
    confirm = range_of(geneva, "msaw.predicted_m", low=1, high=3)
    assert [confirm.value_at(share / 6) for share in range(6)] == [1, 1, 2, 2, 3, 3]
    kinds = range_of(geneva, "apm.kinds", choices=[["below"], ["below", "above"]])
    assert [kinds.value_at(share) for share in (0.0, 0.49, 0.5, 0.99)] == [("below",)] * 2 + [("below", "above")] * 2


def test_what_is_yes_or_no_needs_no_ends(geneva):
    assert range_of(geneva, "msaw.escape_test").choices == (False, True)


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("msaw.terain_clearance_ft", {"low": 1, "high": 2}, "write 'msaw.terrain_clearance_ft'"),
        ("mswa.look_ahead_s", {"low": 1, "high": 2}, "write 'msaw'"),
        ("volumes.nowhere.manual", {"choices": ["on"]}, "has no volumes|nothing is called 'nowhere'"),
        ("msaw.terrain_clearance_ft", {"low": -5, "high": 2}, "greater than or equal to 0, not -5"),
        ("msaw.terrain_clearance_ft", {"low": 9, "high": 2}, "low = 9 is above high = 2"),
        ("msaw.terrain_clearance_ft", {"low": 9}, "'high' is missing"),
        ("msaw.terrain_clearance_ft", {"low": 1, "high": 2, "choices": [1]}, "both choices and low"),
        ("msaw.terrain_clearance_ft", {"choices": []}, "nothing to choose from"),
        ("msaw.predicted_m", {"low": 1.5, "high": 2}, "valid integer, not 1.5"),
        ("arbitration.rule", {"low": 1, "high": 2}, "has no low and high"),
        ("arbitration.rule", {"choices": ["loudest"]}, "not 'loudest'"),
    ],
)
def test_an_impossible_range_is_refused_with_its_key(geneva, key, given, message):
    with pytest.raises(StudyError, match=message) as refusal:
        range_of(geneva, key, **given)
    assert refusal.value.where == key


@pytest.mark.parametrize("name", ["zurich", "paris"])
def test_a_site_with_other_values_is_the_one_loaded_with_these_overrides(name):
    values = {"msaw.look_ahead_s": 55, "apm.kinds": ["below", "left"], "approaches.*.half_width_m": 250.0}
    loaded, changed = load_site(name, values), site_with(load_site(name), values)
    assert changed.parameters == loaded.parameters
    assert [one.half_width_m for one in changed.approaches] == [one.half_width_m for one in loaded.approaches]


def test_a_volume_is_switched_by_name():
    zurich = load_site("zurich")
    switched = site_with(zurich, {"inhibit_volumes.Duebendorf.manual": "on"})
    loaded = load_site("zurich", {"inhibit_volumes.Duebendorf.manual": "on"})
    assert [one.schedule for one in switched.inhibit_volumes] == [one.schedule for one in loaded.inhibit_volumes]
    assert switched.volumes is zurich.volumes


def test_values_that_contradict_each_other_are_refused(geneva):
    with pytest.raises(StudyError, match=r"msaw.predicted_m: 5 of the last 3 plots can never be"):
        site_with(geneva, {"msaw.predicted_m": 5})
    name = geneva.approaches[0].name
    with pytest.raises(StudyError, match="is not farther out than"):
        site_with(geneva, {f"approaches.{name}.start_distance_nm": 1.0, f"approaches.{name}.end_distance_nm": 2.0})
