"""A descent to a cleared level, flown on to the end of the look-ahead: what it meets after levelling off."""

from __future__ import annotations

import pytest

from safetynets.engine.monitor import judge
from safetynets.engine.net import Net
from safetynets.engine.reasons import Kind
from safetynets.nets.apw import NET as APW
from safetynets.nets.msaw import NET as MSAW
from safetynets.sites.geometry import Limit
from tests.nets.flights import flight
from tests.nets.situations import minimum, parameters, site, square, volume

LOOK_AHEAD = {"look_ahead_s": 60.0, "use_cleared_level": True, "minimum_track_age_s": 0.0}


def first_plot_of(net: Net, **parts):
    """What a net finds at the first plot: 5,000 ft at 100 m/s, 1,500 ft/min down to a cleared 4,000 ft after 40 s."""
    descent = flight(altitude_ft=5000.0, vx_mps=100.0, vertical_rate_fpm=-1500.0, cleared_altitude_ft=4000.0)
    here = site(parameters=parameters(msaw=LOOK_AHEAD, apw=LOOK_AHEAD), **parts)
    found = next(found for found in judge(descent, here).conflicts if found.net is net)
    return found.time_to_violation_s[0]


def test_a_sector_that_is_reached_level_is_met_where_the_level_flight_enters_it():
    low = minimum(1000.0, square(-9e4, -9e4, 9e4, 9e4), "low")
    high = minimum(4500.0, square(5000.0, -9e4, 9e4, 9e4), "high")
    # Its edge is 5 km ahead: 50 s, the last 10 of them level.
    assert first_plot_of(MSAW, minimum_altitudes=(low, high)) == pytest.approx(50.0, abs=1e-9)


def test_a_volume_that_is_reached_level_is_met_where_the_level_flight_enters_it():
    restricted = volume(square(5500.0, -9e4, 9e4, 9e4), floor=Limit(3900.0, False), ceiling=Limit(4100.0, False))
    assert first_plot_of(APW, volumes=(restricted,)) == pytest.approx(55.0, abs=1e-9)


def test_a_volume_below_the_cleared_level_is_not_met():
    below = volume(square(0.0, -9e4, 9e4, 9e4), floor=Limit(2000.0, False), ceiling=Limit(3900.0, False))
    assert first_plot_of(APW, volumes=(below,)) == float("inf")


def test_just_above_a_minimum_it_is_told_and_nothing_is_violated():
    level = flight(altitude_ft=4010.0, vx_mps=100.0)
    here = site(
        minimum_altitudes=(minimum(4000.0, square(-9e4, -9e4, 9e4, 9e4)),), parameters=parameters(msaw=LOOK_AHEAD)
    )
    found = next(found for found in judge(level, here).conflicts if found.net is MSAW)
    assert (found.minimum_ft[0], found.time_to_violation_s[0]) == (4000.0, float("inf"))
    assert Kind(int(found.kind[0])) is Kind.NONE
