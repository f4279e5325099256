"""The lowest altitude that terrain and obstacles allow, cell by cell and in blocks of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.sites.geometry import Site, Terrain
from safetynets.sites.terrain import highest_within

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RequiredFloors:
    """The floor that each terrain cell requires, in whole steps, and the highest in each block of cells.

    Attributes
    ----------
    cells
        The grid of floors (ft), NaN where there are no height data.
    block_cells
        Cells along one edge of a block.
    step_ft
        Floors are multiples of this.
    steps
        The floor of each block in steps, by row and column; -1 for a block without height data.
    """

    cells: Terrain
    block_cells: int
    step_ft: float
    steps: NDArray[np.int64]

    @property
    def block_m(self) -> float:
        """Edge of a block, m."""
        return self.block_cells * self.cells.cell_m

    def block_of(self, x_m: Floats, y_m: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Row and column of the block of each point, and whether there is one that requires a floor."""
        with np.errstate(invalid="ignore"):
            column = np.nan_to_num(np.floor((x_m - self.cells.x0_m) / self.block_m), nan=-1.0).astype(np.int64)
            row = np.nan_to_num(np.floor((y_m - self.cells.y0_m) / self.block_m), nan=-1.0).astype(np.int64)
        rows, columns = self.steps.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        inside[inside] = self.steps[row[inside], column[inside]] >= 0
        return row, column, inside


def required_floors(
    site: Site,
    *,
    lateral_m: float,
    clearance_ft: float,
    step_ft: float,
    block_m: float,
    area: shapely.Geometry | None = None,
) -> RequiredFloors:
    """What terrain and obstacles within `lateral_m`, and `clearance_ft` above them, require at a site with terrain.

    With an `area` only the cells that it touches require anything.
    """
    assert site.terrain is not None
    grid = highest_within(site.terrain, lateral_m)
    floor_ft = grid.elevation_ft + clearance_ft
    for obstacle in site.obstacles:
        near, cells = _cells_near(grid, obstacle.x_m, obstacle.y_m, obstacle.radius_m + lateral_m)
        point = shapely.Point(obstacle.x_m, obstacle.y_m)
        here = floor_ft[near]
        touched = shapely.dwithin(cells, point, obstacle.radius_m + lateral_m)
        here[touched] = np.fmax(here[touched], obstacle.top_ft + clearance_ft)
    if area is not None:
        shapely.prepare(area)
        _, cells = _cells_near(grid, 0.0, 0.0, np.inf)
        floor_ft[~shapely.intersects(area, cells)] = np.nan
    floor_ft = np.ceil(floor_ft / step_ft) * step_ft
    block_cells = max(1, round(block_m / grid.cell_m))
    padding = [(0, -length % block_cells) for length in floor_ft.shape]
    steps = np.nan_to_num(np.pad(floor_ft, padding, constant_values=np.nan) / step_ft, nan=-1.0).astype(np.int64)
    rows, columns = (length // block_cells for length in steps.shape)
    highest = steps.reshape(rows, block_cells, columns, block_cells).max(axis=(1, 3))
    return RequiredFloors(Terrain(grid.x0_m, grid.y0_m, grid.cell_m, floor_ft, ()), block_cells, step_ft, highest)


def _cells_near(grid: Terrain, x_m: float, y_m: float, reach_m: float) -> tuple[tuple[slice, slice], NDArray[Any]]:
    """The slices of a grid that hold every cell so near to a point, and the squares of these cells."""
    starts, slices = [], []
    origins_m = (grid.y0_m, grid.x0_m)
    for origin_m, centre_m, length in zip(origins_m, (y_m, x_m), grid.elevation_ft.shape, strict=True):
        first, end = 0, length
        if np.isfinite(reach_m):
            first = int(np.clip(np.floor((centre_m - reach_m - origin_m) / grid.cell_m) - 1, 0, length))
            end = int(np.clip(np.ceil((centre_m + reach_m - origin_m) / grid.cell_m) + 1, 0, length))
        slices.append(slice(first, end))
        starts.append(origin_m + np.arange(first, end) * grid.cell_m)
    south_m, west_m = np.meshgrid(*starts, indexing="ij")
    return (slices[0], slices[1]), shapely.box(west_m, south_m, west_m + grid.cell_m, south_m + grid.cell_m)
