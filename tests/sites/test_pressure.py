"""Which QNH is valid: the smallest region that holds the place, the value of the time, and none before the first."""

import dataclasses
import math

import numpy as np
import pytest
from shapely import box

from safetynets.sites.geometry import PressureRegion
from safetynets.sites.pressure import qnh_at, region_at, transition_altitude_ft
from safetynets.traffic import fly
from tests.traffic.sites import site
from tests.traffic.test_scripted_flights import flight

EVERYWHERE = PressureRegion("all", None, ((0.0, 1030.0), (3600.0, 1031.0)), 5000.0, 60.0, "test")
NEAR = PressureRegion("near", box(-9e4, -9e4, 9e4, 9e4), ((1800.0, 1000.0),), 7000.0, 80.0, "test")


def with_regions(*regions):
    return dataclasses.replace(site(), pressure_regions=regions)


@pytest.mark.parametrize("where", [with_regions(EVERYWHERE, NEAR), with_regions(NEAR, EVERYWHERE)])
def test_the_smallest_region_applies_in_either_order(where):
    region = region_at(where, [0.0, 9e4, 2e5], [0.0, 0.0, 0.0])
    assert [where.pressure_regions[index].name for index in region] == ["near", "near", "all"]
    assert transition_altitude_ft(where, region).tolist() == [7000.0, 7000.0, 5000.0]
    assert fly([flight([], fly_on_s=5.0)], where, 1.0, 1800.0).baro_setting_hpa.tolist() == [1000.0] * 6


def test_the_qnh_is_that_of_the_time_and_unknown_before_the_first():
    where = with_regions(EVERYWHERE, NEAR)
    region = region_at(where, [2e5] * 4, 0.0)
    assert qnh_at(where, region, [-1.0, 0.0, 3599.0, 3600.0]) == pytest.approx([np.nan, 1030, 1030, 1031], nan_ok=True)
    # The smaller region hides the larger one even where it knows nothing itself.
    assert math.isnan(qnh_at(where, region_at(where, 0.0, 0.0), 1799.0))


def test_an_unknown_place_is_in_no_region():
    where = with_regions(EVERYWHERE)
    region = region_at(where, [np.nan, 0.0], [0.0, 0.0])
    assert region.tolist() == [-1, 0]
    assert math.isnan(qnh_at(where, region, 10.0)[0])
    assert transition_altitude_ft(where, region)[0] == math.inf


def test_a_site_without_pressure_regions_knows_no_qnh():
    region = region_at(with_regions(), 0.0, 0.0)
    assert math.isnan(qnh_at(with_regions(), region, 10.0))
    assert float(transition_altitude_ft(with_regions(), region)) == math.inf
