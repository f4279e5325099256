"""How low a route may be flown: above the terrain around it and above the minimum altitudes it comes near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Site, Terrain
from safetynets.units import nm_to_m

Floats = NDArray[np.float64]
PointM = tuple[float, float]


OBSTACLE_CLEARANCE_FT = 1_000.0
"""Where only minimum altitudes are known, they are taken to clear the ground by this (simulator default)."""
CELL_M, FARTHEST_NM = 500.0, 60.0
"""The grid that stands for the terrain then: its cells, and how far it reaches from the site's centre."""


class Floors:
    """The lowest altitudes (ft) at which routes over a site may be flown.

    Every cell of the terrain has the highest terrain within `buffer_nm` (in a square, so rather more than less) plus
    `clearance_ft`, and no less than the minimum altitudes within that distance unless `minimum_altitudes` is False.

    Without terrain the ground is taken to lie `OBSTACLE_CLEARANCE_FT` below the minimum altitudes.

    Raises
    ------
    ScenarioError
        For a site with neither terrain nor minimum altitudes.
    """

    def __init__(self, site: Site, clearance_ft: float, buffer_nm: float, minimum_altitudes: bool = True) -> None:
        self._terrain = terrain = site.terrain if site.terrain is not None else _below_the_minima(site)
        floor_ft = np.nan_to_num(terrain.elevation_ft, nan=-np.inf) + clearance_ft
        if minimum_altitudes:
            floor_ft = np.maximum(floor_ft, _minima_ft(site, terrain))
        reach = 2 * round(nm_to_m(buffer_nm) / terrain.cell_m) + 1
        self._floor_ft: Floats = maximum_filter(floor_ft, size=reach, mode="nearest")

    def above(self, route_m: Sequence[PointM]) -> float:
        """The lowest altitude (ft) for a route of straight lines between plane positions; -inf off the terrain."""
        points_m = np.array(route_m, dtype=np.float64)
        cell_m = self._terrain.cell_m
        parts = [points_m[:1]]
        for start_m, end_m in pairwise(points_m):
            steps = int(np.hypot(*(end_m - start_m)) // cell_m) + 2
            parts.append(start_m + np.linspace(0.0, 1.0, steps)[:, None] * (end_m - start_m))
        x_m, y_m = np.concatenate(parts).T
        column = np.floor((x_m - self._terrain.x0_m) / cell_m).astype(np.intp)
        row = np.floor((y_m - self._terrain.y0_m) / cell_m).astype(np.intp)
        rows, columns = self._floor_ft.shape
        known = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        return float(self._floor_ft[row[known], column[known]].max(initial=-np.inf))


def _minima_ft(site: Site, terrain: Terrain) -> Floats:
    """The highest minimum altitude (ft) that each cell of a grid touches; -inf where there is none."""
    rows, columns = terrain.elevation_ft.shape
    x_m = terrain.x0_m + terrain.cell_m * (np.arange(columns) + 0.5)
    y_m = terrain.y0_m + terrain.cell_m * (np.arange(rows) + 0.5)
    minima_ft = np.full((rows, columns), -np.inf)
    for minimum in site.minimum_altitudes:
        touched = minimum.area.buffer(terrain.cell_m)
        inside = shapely.contains_xy(touched, x_m[None, :].repeat(rows, 0), y_m[:, None].repeat(columns, 1))
        minima_ft[inside] = np.maximum(minima_ft[inside], minimum.minimum_ft)
    return minima_ft


def _below_the_minima(site: Site) -> Terrain:
    """Ground for a site of which only minimum altitudes are known."""
    if not site.minimum_altitudes:
        raise ScenarioError(
            "the site has neither terrain nor minimum altitudes",
            where=site.name,
            mend="add a [terrain] table or [[minimum_altitudes]] to its site.toml",
        )
    farthest_m = nm_to_m(FARTHEST_NM)
    bounds_m = shapely.total_bounds([minimum.area for minimum in site.minimum_altitudes])
    west_m, south_m, east_m, north_m = np.clip(bounds_m, -farthest_m, farthest_m)
    shape = int((north_m - south_m) // CELL_M) + 1, int((east_m - west_m) // CELL_M) + 1
    grid = Terrain(float(west_m), float(south_m), CELL_M, np.zeros(shape), ())
    minima_ft = _minima_ft(site, grid)
    return replace(grid, elevation_ft=np.where(np.isfinite(minima_ft), minima_ft - OBSTACLE_CLEARANCE_FT, np.nan))
