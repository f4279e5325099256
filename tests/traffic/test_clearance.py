"""The true height above the ground, off the runways: what labels are made of."""

import math

import numpy as np
import pytest

from safetynets.sites.geometry import Terrain
from safetynets.traffic import Weather, clearances, fly, fly_truth
from tests.traffic.sites import flat_terrain, site
from tests.traffic.test_scripted_flights import flight


def level(**more):
    return flight([], {"altitude_ft": 4000.0}, fly_on_s=60.0, **more)


def test_a_level_flight_is_as_high_above_the_ground_as_it_is_higher():
    truth, _ = fly_truth([level()], site(terrain=flat_terrain(1500.0)), 0.0)
    (clearance,) = clearances(truth, site(terrain=flat_terrain(1500.0)))
    assert clearance.callsign == "EZS1"
    assert clearance.least_ft == pytest.approx(2500.0, abs=0.1)


def test_in_cold_air_the_same_altimeter_reading_is_nearer_to_the_ground():
    where = site(terrain=flat_terrain(1500.0))
    cold = Weather(temperature_c=-20.0, station_elevation_ft=1500.0)
    truth, _ = fly_truth([level()], where, 0.0, cold)
    (clearance,) = clearances(truth, where)
    assert truth.pressure_altitude_ft[0] == pytest.approx(4000.0, abs=0.1)
    # About 13 % of the 2,500 ft above the station: 0.4 % a degree, for 32 degrees below standard.
    assert clearance.least_ft == pytest.approx(2500.0 * (1.0 - 0.13), abs=15.0)


def test_without_a_geometric_altitude_the_altitude_on_the_qnh_counts():
    where = site(qnh_hpa=990.0, terrain=flat_terrain(1500.0))
    seen = fly([level()], where, 4.0, 0.0)
    blind = seen.with_columns(geometric_altitude_ft=np.full(len(seen), np.nan))
    (clearance,) = clearances(blind, where)
    assert clearance.least_ft == pytest.approx(2500.0, abs=0.1)


def test_the_runway_itself_is_no_danger():
    where = site(terrain=flat_terrain(1365.0))
    truth, (ending,) = fly_truth([flight([{"do": "intercept", "approach": "LSGG 22"}])], where, 0.0)
    (clearance,) = clearances(truth, where)
    assert ending.how == "landed"
    # Half a mile before the threshold the path is 50 ft + 159 ft up; nearer in, the ground is the runway's strip.
    assert clearance.least_ft == pytest.approx(209.0, abs=8.0)


def test_the_place_of_the_least_clearance_is_over_the_hill():
    grid = np.full((240, 240), 1200.0)
    grid[130, 140] = 3000.0
    hill = Terrain(-60_000.0, -60_000.0, 500.0, grid, ())
    where = site(terrain=hill)
    course_deg = math.degrees(math.atan2(10_250.0, 5_250.0))
    start = {"latitude_deg": 46.238, "longitude_deg": 6.109, "approach": None, "distance_nm": None}
    over = flight([], {**start, "course_deg": course_deg, "altitude_ft": 4000.0}, fly_on_s=200.0)
    truth, _ = fly_truth([over], where, 0.0)
    (clearance,) = clearances(truth, where)
    assert clearance.least_ft == pytest.approx(1000.0, abs=0.5)
    x_m, y_m = where.plane.to_plane(clearance.latitude_deg, clearance.longitude_deg)
    assert 10_000.0 <= x_m <= 10_500.0
    assert 5_000.0 <= y_m <= 5_500.0


def test_where_no_ground_is_known_no_clearance_is_claimed():
    truth, _ = fly_truth([level()], site(terrain=None), 0.0)
    (clearance,) = clearances(truth, site(terrain=None))
    assert math.isnan(clearance.least_ft)
