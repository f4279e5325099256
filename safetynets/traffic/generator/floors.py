"""How low a route may be flown: above the terrain around it and above the minimum altitudes it comes near."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Site
from safetynets.units import nm_to_m

Floats = NDArray[np.float64]
PointM = tuple[float, float]


class Floors:
    """The lowest altitudes (ft) at which routes over a site may be flown.

    Every cell of the terrain has the highest terrain within `buffer_nm` (in a square, so rather more than less) plus
    `clearance_ft`, and no less than the minimum altitudes within that distance unless `minimum_altitudes` is False.

    Raises
    ------
    ScenarioError
        For a site without terrain.
    """

    def __init__(self, site: Site, clearance_ft: float, buffer_nm: float, minimum_altitudes: bool = True) -> None:
        if site.terrain is None:
            raise ScenarioError(
                "the site has no terrain", where=site.name, mend="add a [terrain] table to its site.toml"
            )
        self._terrain = site.terrain
        floor_ft = np.nan_to_num(site.terrain.elevation_ft, nan=-np.inf) + clearance_ft
        if minimum_altitudes:
            rows, columns = floor_ft.shape
            x_m = site.terrain.x0_m + site.terrain.cell_m * (np.arange(columns) + 0.5)
            y_m = site.terrain.y0_m + site.terrain.cell_m * (np.arange(rows) + 0.5)
            for minimum in site.minimum_altitudes:
                touched = minimum.area.buffer(site.terrain.cell_m)
                inside = shapely.contains_xy(touched, x_m[None, :].repeat(rows, 0), y_m[:, None].repeat(columns, 1))
                floor_ft[inside] = np.maximum(floor_ft[inside], minimum.minimum_ft)
        reach = 2 * round(nm_to_m(buffer_nm) / site.terrain.cell_m) + 1
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
