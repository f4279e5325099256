"""The blocks of the coarse filter: which of them an area touches, and which lie wholly in it."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon, box

from safetynets.engine.blocks import touched_by
from safetynets.engine.kernels.blocks import Lattice
from safetynets.engine.layers import SLACK_M

LATTICE = Lattice(x0_m=-3000.0, y0_m=2000.0, blocks_a_m=0.001, rows=12, columns=10)

AREAS = {
    "a triangle inside": Polygon([(-1500.0, 4500.0), (3500.0, 5500.0), (500.0, 11_500.0)]),
    "a square on the lines of the lattice": box(-2000.0, 4000.0, 3000.0, 9000.0),
    "a square with corners half a metre off the lines": box(-1999.5, 4000.5, 2999.5, 8999.5),
    "one that reaches beyond every side": box(-9000.0, -9000.0, 19_000.0, 19_000.0),
    "one outside": box(20_000.0, 20_000.0, 21_000.0, 21_000.0),
}


@pytest.mark.parametrize("name", AREAS)
def test_an_area_touches_the_blocks_that_come_within_a_metre_of_it_and_holds_those_a_metre_inside(name):
    area = AREAS[name]
    touches, within = touched_by(LATTICE, area)
    assert (touches[0], within[0]) == (True, False)  # nothing is known of what lies outside the blocks
    squares = [
        box(x_m - SLACK_M, y_m - SLACK_M, x_m + 1000.0 + SLACK_M, y_m + 1000.0 + SLACK_M)
        for y_m in LATTICE.y0_m + 1000.0 * np.arange(LATTICE.rows)
        for x_m in LATTICE.x0_m + 1000.0 * np.arange(LATTICE.columns)
    ]
    assert touches[1:].tolist() == [area.intersects(square) for square in squares]
    assert within[1:].tolist() == [area.contains_properly(square) for square in squares]
