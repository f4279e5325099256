"""Minimum-altitude polygons from a division into regions, and the proof, cell by cell, that none is too low."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.adaptation.floor_regions import Division
from safetynets.adaptation.required_floors import RequiredFloors
from safetynets.sites.geometry import Terrain
from safetynets.sites.terrain_polygons import TerrainPolygon, simplified_outwards, union_of_cells


def polygons_of(
    division: Division, floors: RequiredFloors, clearance_ft: float, tolerance_m: float
) -> tuple[TerrainPolygon, ...]:
    """The regions as polygons, lowest first, their edges simplified outwards by so much; 0 keeps those of the blocks.

    Where two overlap, the higher counts. The elevation of each is its floor less the clearance.
    """
    lattice = Terrain(floors.cells.x0_m, floors.cells.y0_m, floors.block_m, np.empty((0, 0)), ())
    found: list[TerrainPolygon] = []
    for number, floor in enumerate(division.floor.tolist()):
        blocks = union_of_cells(division.region == number, lattice)
        area = simplified_outwards(blocks, tolerance_m) if tolerance_m > 0 else blocks
        for part in sorted(shapely.get_parts(area), key=lambda part: part.bounds):
            floor_ft = floor * floors.step_ft
            name = f"minimum {len(found) + 1}: {floor_ft:g} ft"
            found.append(TerrainPolygon(name, floor_ft - clearance_ft, part))
    return tuple(found)


def cells_too_low(polygons: Sequence[TerrainPolygon], floors: RequiredFloors, clearance_ft: float) -> NDArray[np.bool_]:
    """The cells that are not wholly inside polygons at least as high as they require; there must be none.

    Every cell with height data is checked: with the lowest polygons that are high enough for it, its whole square must
    lie in their union with all higher ones.
    """
    required = floors.cells.elevation_ft
    heights = np.array(sorted({polygon.elevation_ft + clearance_ft for polygon in polygons}))
    level = np.searchsorted(heights, np.nan_to_num(required, nan=-np.inf))
    too_low = np.isfinite(required)
    corner = np.arange(max(required.shape)) * floors.cells.cell_m
    for number, height_ft in enumerate(heights.tolist()):
        row, column = np.nonzero(np.isfinite(required) & (level == number))
        high = shapely.union_all([one.area for one in polygons if one.elevation_ft + clearance_ft >= height_ft])
        shapely.prepare(high)
        x_m, y_m = floors.cells.x0_m + corner[column], floors.cells.y0_m + corner[row]
        squares = shapely.box(x_m, y_m, x_m + floors.cells.cell_m, y_m + floors.cells.cell_m)
        too_low[row, column] = ~shapely.covers(high, squares)
    return too_low
