"""What the dashboard says of a setting is what a full run with it gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safetynets.dashboard.parameter_set import setting_text
from safetynets.dashboard.tuning import Tuning
from safetynets.engine.monitor import judge
from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.errors import StudyError
from safetynets.evaluation.metrics import Needed, NeededTimes
from safetynets.evaluation.parameter_sets import site_with


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"msaw.look_ahead_s": 60.0, "msaw.predicted_m": 1},
        {"msaw.terrain_clearance_ft": 0.0, "msaw.below_minimum_ft": 2000.0},
        {"msaw.terrain_clearance_ft": 3000.0, "msaw.look_ahead_s": 180.0},
        {"apm.kinds": ("below", "above", "left", "right")},
        {"arbitration.rule": "show_all"},
    ],
    ids=["as in the site", "near", "none of it", "the widest", "another choice", "show all"],
)
def test_a_setting_shows_the_alerts_of_a_full_run_with_it(tuning, values):
    verdict = tuning.judge(tuning.checked(values))
    full = judged_alerts(judge(tuning.day.tracks, site_with(tuning.day.site, values)).alerts)
    expected = full.select(full.shown)
    for column in ("net", "track", "start_s", "end_s", "first_conflict_s", "time_to_violation_s", "severe"):
        np.testing.assert_array_equal(getattr(verdict.judged, column), getattr(expected, column), err_msg=column)


def test_what_is_late_follows_the_warning_time_that_the_study_states(tuning):
    """Its one situation taken for necessary and foreseen two minutes ahead: late by the second that is not given."""
    found = tuning.day.situations
    serious = replace(found, category=np.array([1], dtype=np.int8), known_s=found.event_s - 120.0)
    given_s = float(found.event_s[0] - tuning.start.judged.start_s[0])
    for more_s, late in ((0.0, 0), (1.0, 1)):
        needed = NeededTimes(tuple(Needed(net.name, given_s + more_s, "stated", "made for a test") for net in nets()))
        strict = Tuning(replace(tuning.day, situations=serious, needed=needed))
        assert (strict.start.row["in_time_possible"], strict.start.row["late"]) == (1, late)
    assert setting_text("strict", strict, {}).count(f"time_s = {given_s + 1.0}") == len(nets())
    assert "[needed" not in setting_text("tuning", tuning, {})


def test_a_lost_alert_stays_in_the_table_and_is_called_lost(tuning):
    verdict = tuning.judge({"msaw.below_minimum_ft": 2000.0, "msaw.terrain_clearance_ft": 0.0})
    assert len(tuning.start.listed) > len(verdict.judged)
    assert [each.change for each in verdict.listed].count("lost") == len(tuning.start.listed) - len(verdict.judged)
    assert {each.change for each in tuning.start.listed} == {"same"}


def test_a_shorter_look_ahead_moves_the_alert_later(tuning):
    sooner = tuning.start.listed[0]
    later = next(each for each in tuning.judge({"msaw.look_ahead_s": 15.0}).listed if each.change == "moved")
    assert later.moved_s == later.start_s - sooner.start_s > 0.0


def test_why_is_told_with_the_values_of_the_setting(tuning):
    values = {"msaw.look_ahead_s": 60.0}
    alert = tuning.judge(values).listed[0]
    told = " ".join(tuning.why(values, alert))
    assert f"in {alert.time_to_violation_s:.1f} s" in told
    assert alert.net in told


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"msaw.look_ahead": 40.0}, "msaw.look_ahead: is not among the controls"),
        ({"msaw.look_ahead_s": 999.0}, "outside its range"),
        ({"msaw.current_m": 2}, "2 of the last 1 plots can never be"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_sentence(tuning, values, problem):
    with pytest.raises(StudyError, match=problem):
        tuning.checked(values)
