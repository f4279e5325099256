"""The limits of a site in coarse blocks: what a box of airspace could at most ask for, and over which of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.engine.layers import BELOW_PATH, CEILING, FLOOR, LEVELS, UNDER
from safetynets.engine.shapes import Circle, widened
from safetynets.sites.geometry import Area, Limit, Site, Volume

if TYPE_CHECKING:
    from safetynets.engine.kernels.blocks import Blocks, Lattice
    from safetynets.engine.kernels.terrain import Grid

Floats = NDArray[np.float64]

FINEST_M = 1000.0
MOST_BLOCKS = 400
"""Blocks are about this long, or so long that not more than this many lie side by side."""

FINEST_FLOOR_M = 250.0
MOST_FLOOR_BLOCKS = 1200
"""The same of the blocks that floors alone are looked up in."""

SQUARES = (64, 16, 4, 1)
"""Blocks a side that a shape is asked about together."""


class Canvas:
    """Blocks that shapes are painted on, each keeping the highest of what is painted over it."""

    def __init__(self, west_m: float, south_m: float, block_m: float, rows: int, columns: int) -> None:
        self.west_m, self.south_m, self.block_m = west_m, south_m, block_m
        self.top_ft = np.full((4, rows, columns), -np.inf)

    def paint(self, question: int, shape: Area | Circle, top_ft: float) -> None:
        """Raise the blocks that a shape touches."""
        from safetynets.engine.layers import SLACK_M

        x_m, y_m, radius_m = shape if isinstance(shape, tuple) else (0.0, 0.0, 0.0)
        outline = shapely.Point(x_m, y_m) if isinstance(shape, tuple) else shape
        margin_m = radius_m + SLACK_M
        west, south, east, north = outline.bounds
        rows = self._span(south - margin_m - self.south_m, north + margin_m - self.south_m)
        columns = self._span(west - margin_m - self.west_m, east + margin_m - self.west_m)
        touched = self._touched(outline, margin_m, rows, columns)
        part = self.top_ft[question, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        part[touched] = np.maximum(part[touched], top_ft)

    def _touched(
        self, outline: shapely.Geometry, margin_m: float, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which blocks come within a margin of an outline: whole squares of them at once where all do, or none."""
        shapely.prepare(outline)
        side = SQUARES[0]
        touched = np.zeros([-(-len(blocks) // side) * side for blocks in (rows, columns)], dtype=np.bool_)
        row, column = (place.ravel() for place in np.mgrid[: touched.shape[0] : side, : touched.shape[1] : side])
        for side, smaller in pairwise(SQUARES):
            squares, inner = self._boxes(rows[0] + row, columns[0] + column, side), np.arange(side)
            inside = shapely.contains_properly(outline, squares)
            touched[row[inside, None, None] + inner[:, None], column[inside, None, None] + inner] = True
            # A block is no nearer than its square; a millimetre is far more than what rounding makes of a distance.
            asked = shapely.dwithin(outline, squares, margin_m + 1e-3) & ~inside
            down, right = (place.ravel() for place in np.mgrid[0:side:smaller, 0:side:smaller])
            row, column = (row[asked, None] + down).ravel(), (column[asked, None] + right).ravel()
        touched[row, column] = shapely.dwithin(outline, self._boxes(rows[0] + row, columns[0] + column, 1), margin_m)
        return touched[: len(rows), : len(columns)]

    def _boxes(self, row: NDArray[np.int64], column: NDArray[np.int64], blocks: int) -> NDArray[np.object_]:
        """Squares of so many blocks a side, whose first block is given."""
        west_m, south_m, side_m = self.west_m + self.block_m * column, self.south_m + self.block_m * row, self.block_m
        boxes: NDArray[np.object_] = shapely.box(west_m, south_m, west_m + blocks * side_m, south_m + blocks * side_m)
        return boxes

    def _span(self, from_m: float, to_m: float) -> NDArray[np.int64]:
        return np.arange(int(np.floor(from_m / self.block_m)), int(np.floor(to_m / self.block_m)) + 1)


@dataclass(frozen=True)
class Limits:
    """The limits that are painted: altitudes in feet on the QNH.

    Attributes
    ----------
    paint_floors
        Paints the floors of a site on a canvas.
    regions
        Regions along approach paths, each with the highest altitude at which a violation is possible there.
    volumes
        Airspace volumes.
    """

    paint_floors: Callable[[Canvas, Site], None] | None = None
    regions: tuple[tuple[Area, float], ...] = ()
    volumes: tuple[Volume, ...] = ()


@lru_cache(maxsize=8)
def blocks_of(site: Site, limits: Limits, lowest_qnh_ft: float, highest_qnh_ft: float) -> Blocks:
    """The blocks of a site with these limits.

    A flight level is taken for the altitude, of those between the pressure altitudes of the lowest and the highest QNH,
    that lets more aircraft come near it.
    """
    from safetynets.engine.kernels.blocks import Blocks

    canvas = canvas_of(site, limits)
    for region, top_ft in limits.regions:
        canvas.paint(BELOW_PATH, region, top_ft)
    for volume in limits.volumes:
        shape, buffer_ft = widened(volume, volume.lateral_buffer_m), volume.vertical_buffer_ft
        canvas.paint(CEILING, shape, _altitude_ft(volume.ceiling, lowest_qnh_ft) + buffer_ft)
        canvas.paint(UNDER, shape, buffer_ft - _altitude_ft(volume.floor, highest_qnh_ft))
    # Floors are also looked up alone, in blocks as small as the cells of the terrain and boxes of one block length.
    fine = canvas_of(site, Limits(), FINEST_FLOOR_M, MOST_FLOOR_BLOCKS)
    if limits.paint_floors is not None:
        limits.paint_floors(canvas, site)
        limits.paint_floors(fine, site)
    lattice, entries = table(canvas, canvas.top_ft, outside_ft=-np.inf)
    fine_lattice, fine_entries = table(fine, fine.top_ft[[FLOOR]], outside_ft=-np.inf, levels=1)
    return Blocks(
        lattice=lattice,
        floor_ft=entries[:, FLOOR].copy(),
        below_path_ft=entries[:, BELOW_PATH].copy(),
        ceiling_ft=entries[:, CEILING].copy(),
        under_ft=entries[:, UNDER].copy(),
        fine_lattice=fine_lattice,
        fine_floor_ft=fine_entries[:, 0].copy(),
    )


def touched_by(lattice: Lattice, area: Area) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which blocks an area touches, and which lie wholly in it, by `place_of`; of place 0 nothing is known."""
    from safetynets.engine.layers import SLACK_M

    block_m = 1.0 / lattice.blocks_a_m
    west, south, east, north = area.bounds
    columns = _span((west - lattice.x0_m) / block_m - 1.0, (east - lattice.x0_m) / block_m + 1.0, lattice.columns)
    rows = _span((south - lattice.y0_m) / block_m - 1.0, (north - lattice.y0_m) / block_m + 1.0, lattice.rows)
    west_m, south_m = lattice.x0_m + columns * block_m - SLACK_M, lattice.y0_m + rows[:, np.newaxis] * block_m - SLACK_M
    length_m = block_m + 2.0 * SLACK_M
    blocks = shapely.box(west_m, south_m, west_m + length_m, south_m + length_m)
    shapely.prepare(area)
    found = []
    for answers, of_place_0 in (
        (shapely.intersects(area, blocks), True),
        (shapely.contains_properly(area, blocks), False),
    ):
        table = np.zeros((lattice.rows, lattice.columns), dtype=np.bool_)
        table[np.ix_(rows, columns)] = answers
        found.append(np.concatenate(([of_place_0], table.ravel())))
    return found[0], found[1]


def _span(from_block: float, to_block: float, count: int) -> NDArray[np.int64]:
    """Numbers of blocks from one to another, of those that there are."""
    return np.arange(max(0, int(np.floor(from_block))), min(count, int(np.ceil(to_block)) + 1))


def table(
    canvas: Canvas, top_ft: Floats, outside_ft: float, levels: int = LEVELS
) -> tuple[Lattice, NDArray[np.float32]]:
    """Where the blocks are, and the highest of each box of them; `outside_ft` is what lies around the canvas."""
    from safetynets.engine.kernels.blocks import Lattice

    empty = 2 ** (levels - 1) + 1
    top_ft = np.pad(top_ft, ((0, 0), (empty, 1), (empty, 1)), constant_values=outside_ft)
    boxes = [_highest_of(top_ft, 2**level + 1, outside_ft) for level in range(levels)]
    questions = len(top_ft)
    entries = np.stack(boxes).transpose(0, 2, 3, 1).reshape(-1, questions)
    unseen = np.array([[outside_ft] * questions, [np.inf] * questions])
    lattice = Lattice(
        x0_m=canvas.west_m - empty * canvas.block_m,
        y0_m=canvas.south_m - empty * canvas.block_m,
        blocks_a_m=1.0 / canvas.block_m,
        rows=top_ft.shape[1],
        columns=top_ft.shape[2],
    )
    return lattice, _rounded_up(np.concatenate((unseen, entries)))


def canvas_of(site: Site, limits: Limits, finest_m: float = FINEST_M, most_blocks: int = MOST_BLOCKS) -> Canvas:
    """Blocks that hold all that can be painted, on the lattice of the terrain."""
    west, south, east, north = (np.array(side) for side in zip(*_boxes(site, limits), strict=True))
    cell_m = 250.0 if site.terrain is None else site.terrain.cell_m
    x0_m, y0_m = (0.0, 0.0) if site.terrain is None else (site.terrain.x0_m, site.terrain.y0_m)
    longest_m = max(east.max() - west.min(), north.max() - south.min())
    block_m = cell_m * max(1.0, np.ceil(max(finest_m, longest_m / most_blocks) / cell_m))
    first_column, first_row = np.floor((west.min() - x0_m) / block_m) - 1, np.floor((south.min() - y0_m) / block_m) - 1
    columns = int(np.floor((east.max() - x0_m) / block_m) - first_column) + 2
    rows = int(np.floor((north.max() - y0_m) / block_m) - first_row) + 2
    return Canvas(x0_m + first_column * block_m, y0_m + first_row * block_m, float(block_m), rows, columns)


def _boxes(site: Site, limits: Limits) -> Iterator[tuple[float, float, float, float]]:
    yield 0.0, 0.0, 0.0, 0.0
    if site.terrain is not None:
        rows, columns = site.terrain.elevation_ft.shape
        x0_m, y0_m, cell_m = site.terrain.x0_m, site.terrain.y0_m, site.terrain.cell_m
        yield x0_m, y0_m, x0_m + columns * cell_m, y0_m + rows * cell_m
    for polygon in site.minimum_altitudes:
        yield polygon.area.bounds
    for region, _ in limits.regions:
        yield region.bounds
    circles = [(obstacle.x_m, obstacle.y_m, obstacle.radius_m) for obstacle in site.obstacles]
    for shape in (*circles, *(widened(volume, volume.lateral_buffer_m) for volume in limits.volumes)):
        if isinstance(shape, tuple):
            x_m, y_m, radius_m = shape
            yield x_m - radius_m, y_m - radius_m, x_m + radius_m, y_m + radius_m
        else:
            yield shape.bounds


def in_blocks(
    canvas: Canvas, grid: Grid, cells: NDArray[Any], together: np.ufunc
) -> tuple[tuple[slice, slice], NDArray[Any]]:
    """Cells of the terrain taken together by blocks, and where these blocks are on the canvas."""
    length = round(canvas.block_m / grid.cell_m)
    row, column = (
        round((start_m - corner_m) / canvas.block_m)
        for start_m, corner_m in ((grid.y0_m, canvas.south_m), (grid.x0_m, canvas.west_m))
    )
    rows, columns = (range(0, cell_count, length) for cell_count in cells.shape)
    blocks = together.reduceat(together.reduceat(cells, rows, axis=0), columns, axis=1)
    return np.s_[row : row + len(rows), column : column + len(columns)], blocks


def _altitude_ft(limit: Limit, qnh_ft: float) -> float:
    return limit.value_ft - qnh_ft if limit.is_flight_level else limit.value_ft


def _highest_of(top_ft: Floats, length: int, outside_ft: float) -> Floats:
    """For each block the highest of the square of so many blocks of which it is the south-western one."""
    from scipy import ndimage

    for axis in (1, 2):
        top_ft = ndimage.maximum_filter1d(
            top_ft, length, axis=axis, origin=-(length // 2), mode="constant", cval=outside_ft
        )
    return top_ft


def _rounded_up(values: Floats) -> NDArray[np.float32]:
    near = values.astype(np.float32)
    return np.where(near < values, np.nextafter(near, np.float32(np.inf)), near)
