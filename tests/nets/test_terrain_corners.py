"""A path that crosses exactly the corner of four terrain cells: cells are closed, and the two beside it count."""

from __future__ import annotations

import numpy as np
import pytest

from safetynets.engine.kernels.terrain import DONE, Grid, next_cell, walk_of
from safetynets.engine.monitor import judge
from safetynets.nets.msaw import NET as MSAW
from safetynets.nets.msaw.rule import surfaces
from tests.nets.flights import flight
from tests.nets.situations import minimum, parameters, site, square, terrain

CELL_M, CLEARANCE_FT = 500.0, 500.0


@pytest.mark.parametrize("high", [(4, 5), (5, 4)], ids=["to the right", "to the left"])
def test_a_high_cell_touched_at_its_corner_is_met_there(high):
    elevation_ft = np.zeros((20, 20))
    elevation_ft[high] = 3000.0
    asked = {"minimum_track_age_s": 0.0, "horizontal_buffer_m": 0.0, "terrain_clearance_ft": CLEARANCE_FT}
    here = site(terrain=terrain(elevation_ft, CELL_M), parameters=parameters(msaw=asked))
    # From the middle of cell (4, 4) to its north-eastern corner: 250 m each way at 50 m/s.
    diagonal = flight(altitude_ft=2000.0, x_m=2250.0, y_m=2250.0, vx_mps=50.0, vy_mps=50.0)
    found = next(found for found in judge(diagonal, here).conflicts if found.net is MSAW)
    assert found.time_to_violation_s[0] == 5.0
    assert found.minimum_ft[0] == 3000.0 + CLEARANCE_FT


@pytest.mark.parametrize(("vx_mps", "vy_mps", "highest_ft"), [(0.0, 0.0, 44.0), (0.0, 50.0, 54.0), (50.0, 0.0, 45.0)])
def test_on_an_edge_or_a_corner_the_cells_that_touch_it_count_and_no_others(vx_mps, vy_mps, highest_ft):
    """Over the corner of cells (3, 3) to (4, 4), and for 10 s along the edge from there; of the others some are higher.

    A cell is as high as its row and column say: row 5, column 4 is 54 ft.
    """
    rows, columns = np.mgrid[0:20, 0:20]
    grid = Grid(0.0, 0.0, CELL_M, 10.0 * rows + columns)
    walk, told_ft = walk_of(grid, 4 * CELL_M, 4 * CELL_M, vx_mps, vy_mps, 0.0 if highest_ft == 44.0 else 12.0), []
    while walk.tells != DONE:
        walk, _, _, elevation_ft = next_cell(grid, walk)
        told_ft.append(elevation_ft)
    assert max(told_ft) == highest_ft


def test_a_path_over_a_site_without_terrain_is_one_cell_without_data():
    """However long it is: in small cells it would be walked metre by metre, as it was."""
    grid = surfaces(site(minimum_altitudes=(minimum(3000.0, square(-5e4, -5e4, 5e4, 5e4)),)))[0].grid
    walk, told = walk_of(grid, -4e4, -4e4, 250.0, 120.0, 300.0), []
    while walk.tells != DONE:
        walk, from_s, to_s, elevation_ft = next_cell(grid, walk)
        told.append((from_s, to_s))
        assert np.isnan(elevation_ft)
    assert told == [(0.0, 0.0), (0.0, 300.0)]
