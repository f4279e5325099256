"""Shapes painted on blocks square by square touch the blocks that they touch one by one."""

import numpy as np
import pytest
import shapely

from safetynets.engine.blocks import SQUARES, Canvas
from safetynets.engine.layers import FLOOR, SLACK_M

AREA = shapely.Polygon([(-4_000, -31_000), (33_000, -9_000), (21_000, 38_000), (-29_000, 17_000)])
SHAPES = {
    "an area": AREA,
    "an area with a hole": AREA.difference(shapely.Point(4_000, 3_000).buffer(9_000)),
    "two areas": AREA.union(shapely.box(37_100, -40_200, 43_050, -33_300)),
    "a circle": (5_100.0, -7_300.0, 8_000.0),
    "a point": (5_100.0, -7_300.0, 0.0),
}


@pytest.mark.parametrize("block_m", [1000.0, 333.3])
@pytest.mark.parametrize("name", SHAPES)
def test_the_blocks_that_a_shape_touches_are_raised_and_no_others(name, block_m):
    shape, side = SHAPES[name], int(100_000 / block_m)
    canvas = Canvas(-50_000.0, -50_000.0, block_m, side, side)
    canvas.paint(FLOOR, shape, 4_000.0)
    west_m, south_m = (-50_000.0 + block_m * np.arange(side) for _ in "xy")
    blocks = shapely.box(west_m, south_m[:, np.newaxis], west_m + block_m, south_m[:, np.newaxis] + block_m)
    outline, radius_m = (shapely.Point(shape[:2]), shape[2]) if isinstance(shape, tuple) else (shape, 0.0)
    touched = shapely.distance(blocks, outline) <= radius_m + SLACK_M
    np.testing.assert_array_equal(canvas.top_ft[FLOOR], np.where(touched, 4_000.0, -np.inf))
    assert name == "a point" or touched.sum() > SQUARES[1] ** 2 / 2
