"""Flights of a terminal area that stray: their truth follows from the path, and those of the final split are others."""

from datetime import date

import numpy as np
import pytest

from safetynets.evaluation.benchmark.final_faults import flight_astray
from safetynets.evaluation.benchmark.terminal import into_volume, strayed, towards_the_ground
from safetynets.evaluation.search.situation import flights_of
from safetynets.runs.changed_site import ALL_REGIONS
from safetynets.sites import load_site
from safetynets.traffic.generator import Request, generate_day, load_settings
from tests.nets import situations
from tests.nets.flights import UPDATE_S, flight

FLAT = situations.terrain([[100.0] * 20] * 20, cell_m=2000.0, x0_m=-20_000.0, y0_m=-20_000.0)
SECTOR = situations.minimum(4000.0, situations.square(0.0, -9e3, 9e3, 9e3))
QNH_HPA = 1013.25


def level(altitude_ft):
    """From the west into the sector, which it enters after 60 s at 100 m/s."""
    return flight(altitude_ft=altitude_ft, x_m=-6000.0, vx_mps=100.0, duration_s=120.0)


@pytest.mark.parametrize(
    ("altitude_ft", "truth", "event_s"),
    [(3749.0, "must", 60.0), (3760.0, "void", 120.0), (3880.0, "ordinary", 120.0)],
)
def test_so_far_below_a_minimum_altitude_a_flight_must_be_alerted(altitude_ft, truth, event_s):
    place = situations.site(minimum_altitudes=(SECTOR,), terrain=FLAT)
    assert towards_the_ground(level(6000.0), level(altitude_ft), place, QNH_HPA) == (truth, event_s)
    # A flight that is where it was has left no path, however low.
    assert towards_the_ground(level(altitude_ft), level(altitude_ft), place, QNH_HPA)[0] == "ordinary"


@pytest.mark.parametrize(("height_ft", "truth"), [(499.0, "must"), (600.0, "void"), (1001.0, "ordinary")])
def test_so_near_to_the_ground_a_flight_must_be_alerted(height_ft, truth):
    place = situations.site(terrain=FLAT)
    assert towards_the_ground(level(6000.0), level(100.0 + height_ft), place, QNH_HPA)[0] == truth


def test_a_flight_that_leaves_its_path_on_final_is_void_and_no_task_of_the_area():
    place = situations.site(terrain=FLAT, approaches=(situations.approach(),))
    low = flight(altitude_ft=900.0, y_m=-9000.0, vy_mps=70.0)
    assert towards_the_ground(flight(altitude_ft=2500.0, y_m=-9000.0, vy_mps=70.0), low, place, QNH_HPA)[0] == "void"


@pytest.mark.parametrize(("until_m", "truth"), [(3000.0, "must"), (399.0, "void"), (-1.0, "ordinary")])
def test_two_plots_inside_a_volume_must_be_alerted(until_m, truth):
    room = situations.volume(situations.square(0.0, -9e3, until_m, 9e3)) if until_m > 0 else None
    room = room or situations.volume(situations.square(50_000.0, -9e3, 60_000.0, 9e3))
    middle_ft = (room.floor.value_ft + room.ceiling.value_ft) / 2.0
    found, event_s = into_volume(level(middle_ft), room, QNH_HPA)
    assert found == truth
    if truth == "must":
        assert event_s == pytest.approx(60.0, abs=UPDATE_S)


@pytest.fixture(scope="module")
def zurich():
    day = (date(2024, 1, 1) - date(1970, 1, 1)).days
    made = generate_day(Request(load_settings("zurich"), day, day * 86_400.0, 20, 1, 0.0))
    site = load_site("zurich", {ALL_REGIONS: made.weather.qnh_hpa, "terrain.cell_m": 1000})
    return made, site


@pytest.mark.parametrize("final", [False, True])
def test_both_tasks_have_flights_and_the_same_ones_for_the_same_seed(zurich, final):
    made, site = zurich
    arguments = made.tracks, range(20), site, made.weather.qnh_hpa, 3
    one, again = (list(strayed(*arguments, np.random.default_rng(4), final=final)) for _ in range(2))
    assert [each.task for each in one] == ["terrain"] * 3 + ["airspace"] * 3
    assert [each.truth for each in one] == ["must", "must", "ordinary", "must", "must", "must"]
    for each, same in zip(one, again, strict=True):
        np.testing.assert_array_equal(each.tracks.x_m, same.tracks.x_m)
        assert each.tracks.time_s[0] <= each.begin_s <= each.event_s <= each.tracks.time_s[-1]


def test_a_flight_of_the_final_split_swings_out_and_back(zurich):
    made, site = zurich
    swung = 0
    for number in range(20):
        random = np.random.default_rng(number)
        before = flights_of(made.tracks, [number])
        found = flight_astray(before, site, site.volumes[0], made.weather.qnh_hpa, random)
        if found is None:
            continue
        after, name, start_s = found
        swung += 1
        assert name == "swings into a volume"
        aside_m = np.hypot(after.x_m - before.x_m, after.y_m - before.y_m)
        assert np.all(aside_m[after.time_s <= start_s] == 0.0)
        # The velocities are those of the path: integrated, they lead to where it goes.
        gained_m = np.cumsum((after.vx_mps - before.vx_mps)[:-1] * np.diff(after.time_s))
        assert gained_m == pytest.approx((after.x_m - before.x_m)[1:], abs=0.05 * aside_m.max() + 1.0)
    assert swung >= 3
