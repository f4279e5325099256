"""A study over two runways at once finds at each what a study of that runway alone finds."""

from itertools import product

import pytest

from safetynets.engine.monitor import judge
from safetynets.errors import SiteError, StudyError
from safetynets.evaluation.comparison.compare import different_values
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of
from safetynets.runs import run_scenario

LEFT, RIGHT = 'apm["LFPG 26L"].below_ft', 'apm["LFPG 27R"].below_ft'
LIMITS_FT = (60.0, 90.0, 150.0)


@pytest.fixture(scope="module")
def arrivals():
    return run_scenario("paris-wrong-qnh")


def by_runway(tracks, site):
    """Of each approach the alerts of the APM, as flight and start."""
    found = {"LFPG 26L": [], "LFPG 27R": []}
    for alert in judge(tracks, site).alerts:
        found.setdefault(alert.area, []).append((alert.track, alert.start_time_s))
    return found


def test_each_runway_alerts_by_its_own_limit_whatever_that_of_the_other_is(arrivals):
    tracks, site = arrivals.tracks, arrivals.site
    ranges = {key: range_of(site, key, low=50.0, high=200.0) for key in (LEFT, RIGHT)}
    sets = [{LEFT: left, RIGHT: right} for left, right in product(LIMITS_FT, LIMITS_FT)]
    alone = {
        key: [by_runway(tracks, site_with(site, {key: limit_ft})) for limit_ft in LIMITS_FT] for key in (LEFT, RIGHT)
    }
    judged = prepare(tracks, site, ranges).judge_many(sets)
    for values, alerts in zip(sets, judged, strict=True):
        left = alone[LEFT][LIMITS_FT.index(values[LEFT])]["LFPG 26L"]
        right = alone[RIGHT][LIMITS_FT.index(values[RIGHT])]["LFPG 27R"]
        both = by_runway(tracks, site_with(site, values))
        assert (both["LFPG 26L"], both["LFPG 27R"]) == (left, right)
        assert len(alerts) == sum(len(one) for one in both.values())
    counts = [len(one["LFPG 26L"]) for one in alone[LEFT]]
    assert counts[0] > counts[1] > counts[2]  # so that a limit matters at all


def test_a_comparison_says_at_which_runway_the_limit_differs(arrivals):
    before, after = arrivals.site, site_with(arrivals.site, {LEFT: 200.0})
    assert different_values(before, after) == {LEFT: (150.0, 200.0)}
    assert different_values(after, site_with(after, {LEFT: 90.0, RIGHT: 150.0})) == {LEFT: (200.0, 90.0)}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ('apm["LFPG 26Q"].below_ft', 100.0, "LFPG 26R"),
        ('apm["LFPG 26L"].below', 100.0, "below_ft"),
        ('apm["LFPG 26L"].below_ft', -1.0, "greater than or equal to 0"),
        ('apm["LFPG 26L"].join_angle_deg', 20.0, "before it is known"),
        ('apm["LFPG 26L"].current_m', 4, "can never be"),
    ],
)
def test_what_cannot_be_set_at_a_runway_is_refused_with_the_reason(arrivals, key, value, said):
    with pytest.raises((SiteError, StudyError), match=said):
        site_with(arrivals.site, {key: value})
