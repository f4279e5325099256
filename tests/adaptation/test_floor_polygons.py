"""Minimum-altitude polygons by optimisation: few, never too low, and out of the way of the traffic."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from safetynets.adaptation.floor_polygons import cells_too_low, polygons_of
from safetynets.adaptation.floor_regions import Weights, by_count, divisions, improved
from safetynets.adaptation.required_floors import required_floors
from safetynets.sites import load_site
from safetynets.sites.geometry import Obstacle, Terrain
from safetynets.units import nm_to_m


def weights(required, passing=None, lost=0.01) -> Weights:
    counts = np.zeros((*required.shape, int(required.max()) + 1), dtype=np.int64)
    for row, column, step, flights in passing or []:
        counts[row, column, step] += flights
    return Weights(counts, lost)


def cost(division, weights) -> float:
    return division.below + weights.lost * division.lost_steps


VALLEY = np.array(
    [
        [60, 60, 60, 60],
        [20, 20, 20, 60],
        [60, 60, 60, 60],
    ]
)


def test_a_valley_that_is_flown_keeps_its_own_low_polygon():
    flown = [(1, column, 30, 50) for column in range(3)]
    two = by_count(divisions(VALLEY, weights(VALLEY, flown), 2))[2]
    assert two.floor.tolist() == [20, 60]
    assert two.region[1].tolist() == [0, 0, 0, 1]
    assert two.below == 0


def test_one_polygon_over_the_valley_counts_every_flight_in_it():
    flown = [(1, column, 30, 50) for column in range(3)]
    one = by_count(divisions(VALLEY, weights(VALLEY, flown), 1))[1]
    assert (one.floor.tolist(), one.below, one.lost_steps) == ([60], 150, 3 * 40)


def test_a_flight_at_the_floor_is_not_below_it():
    assert by_count(divisions(VALLEY, weights(VALLEY, [(1, 0, 60, 9)]), 1))[1].below == 0
    assert by_count(divisions(VALLEY, weights(VALLEY, [(1, 0, 59, 9)]), 1))[1].below == 9


def test_improving_gives_the_high_block_of_a_low_region_to_its_high_neighbour():
    required = np.array([[20, 20, 60, 80, 80]])
    flown = weights(required, [(0, 0, 30, 5)])
    two = by_count(divisions(required, flown, 2))[2]
    wrong = replace(two, region=np.array([[0, 0, 0, 1, 1]]), floor=np.array([60, 80]), below=5, lost_steps=80)
    better = improved(wrong, required, flown)
    assert better.region.tolist() == [[0, 0, 1, 1, 1]]
    assert (better.floor.tolist(), better.below) == ([20, 80], 0)


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.int64, (3, 4), elements=st.integers(0, 4)), st.integers(0, 2**12 - 1))
def test_every_division_covers_every_block_in_connected_regions(required, flown):
    from scipy import ndimage

    passing = [(i // 4, i % 4, int(required.flat[i]), 3) for i in range(12) if flown >> i & 1]
    given_weights = weights(required, passing)
    for count, division in by_count(divisions(required, given_weights, 6)).items():
        better = improved(division, required, given_weights)
        assert better.count == count
        assert (better.floor[better.region] >= required).all()
        assert cost(better, given_weights) <= cost(division, given_weights)
        for number in range(count):
            assert ndimage.label(better.region == number)[1] == 1


@settings(max_examples=25, deadline=None)
@given(arrays.arrays(np.int64, (2, 3), elements=st.integers(0, 3)), st.integers(0, 63))
def test_two_regions_cost_at_most_half_more_than_the_best_of_all_divisions(required, flown):
    """Greedy is not proved best; on lattices small enough to try every division it stays near."""
    from scipy import ndimage

    passing = [(i // 3, i % 3, int(required.flat[i]), 2) for i in range(6) if flown >> i & 1]
    given_weights = weights(required, passing, lost=1.0)
    found = by_count(divisions(required, given_weights, 2))
    best = np.inf
    for labels in product((0, 1), repeat=6):
        region = np.array(labels).reshape(2, 3)
        parts = [region == number for number in (0, 1) if (region == number).any()]
        if any(ndimage.label(part)[1] != 1 for part in parts):
            continue
        total = 0.0
        for part in parts:
            floor = required[part].max()
            total += (floor - required[part]).sum() + given_weights.passing[part][:, :floor].sum()
        best = min(best, total)
    ours = min(cost(improved(one, required, given_weights), given_weights) for one in found.values())
    assert best <= ours <= 1.5 * best + 2.0


@pytest.fixture(scope="module")
def geneva():
    return load_site("geneva")


def floors_of(site, **changes):
    asked = {"lateral_m": 0.0, "clearance_ft": 1000.0, "step_ft": 100.0, "block_m": nm_to_m(2.0)}
    return required_floors(site, **(asked | changes))


def test_each_cell_requires_its_terrain_plus_the_clearance_rounded_up(geneva):
    floors = floors_of(geneva)
    known = np.isfinite(geneva.terrain.elevation_ft)
    above_ft = floors.cells.elevation_ft[known] - geneva.terrain.elevation_ft[known]
    assert above_ft.min() >= 1000.0
    assert above_ft.max() < 1100.0


def test_an_obstacle_raises_the_cells_that_it_comes_near(geneva):
    mast = Obstacle("mast", 10_000.0, 5_000.0, 50.0, 9_000.0, "made up", True)
    plain, raised = floors_of(geneva), floors_of(replace(geneva, obstacles=(mast,)), lateral_m=0.0)
    changed = np.argwhere(plain.cells.elevation_ft != raised.cells.elevation_ft)
    assert 1 <= len(changed) <= 4
    assert {float(raised.cells.elevation_ft[row, column]) for row, column in changed} == {10_000.0}


@pytest.mark.parametrize("tolerance_m", [0.0, 900.0])
def test_no_cell_of_geneva_lies_under_polygons_that_are_too_low(geneva, tolerance_m):
    floors = floors_of(geneva)
    division = by_count(divisions(floors.steps, weights(floors.steps), 5))[5]
    polygons = polygons_of(division, floors, 1000.0, tolerance_m)
    assert not cells_too_low(polygons, floors, 1000.0).any()


def test_the_proof_finds_a_polygon_that_is_too_low_and_one_that_is_missing(geneva):
    floors = floors_of(geneva)
    polygons = polygons_of(by_count(divisions(floors.steps, weights(floors.steps), 5))[5], floors, 1000.0, 0.0)
    lower = [replace(one, elevation_ft=one.elevation_ft - 100.0) if one is polygons[-1] else one for one in polygons]
    low = cells_too_low(lower, floors, 1000.0)
    assert low.any()
    assert (floors.cells.elevation_ft[low] == polygons[-1].elevation_ft + 1000.0).all()
    missing = cells_too_low(polygons[:-1], floors, 1000.0)
    assert missing.sum() > low.sum()


def test_blocks_without_height_data_belong_to_no_region():
    grid = Terrain(0.0, 0.0, 500.0, np.array([[100.0, np.nan], [np.nan, 900.0]]), ())
    site = replace(load_site("geneva"), terrain=grid, obstacles=(), minimum_altitudes=())
    floors = required_floors(site, lateral_m=0.0, clearance_ft=0.0, step_ft=100.0, block_m=500.0)
    assert floors.steps.tolist() == [[1, -1], [-1, 9]]
    found = divisions(floors.steps, weights(floors.steps), 2)
    assert [one.count for one in found] == [2], "two parts that touch nowhere cannot be one polygon"
