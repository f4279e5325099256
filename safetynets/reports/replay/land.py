"""The terrain under the moving map: one byte a cell, as bright as the land is high and lit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from safetynets.reports.relief import hillshade
from safetynets.reports.replay import colours
from safetynets.sites.geometry import Terrain

Floats = NDArray[np.float64]

_LEVELS = 64
_PIXELS = 720
"""About how many pixels there are along the longer side."""
_SMOOTHED_OVER_M = 600.0
"""More than in the figures, for this picture can be enlarged.

Cells hold the highest source cell that touches them, which makes steps; the light would show the steps.
"""
_LEVEL_GROUND = float(np.sin(np.radians(45.0)))
"""How brightly level ground is lit."""
_RELIEF = 0.75
"""How much of the picture is light and shade, in shares of the scale."""


@dataclass(frozen=True, eq=False)
class Land:
    """A picture of the terrain: `levels[row, column]` from the south-west corner, 0 where there is no data."""

    levels: NDArray[np.uint8]
    x_m: float
    y_m: float
    width_m: float
    height_m: float


def palette() -> list[str]:
    """The colour of each level: the background for 0, then from low and dark to high and lit."""
    ramp = LinearSegmentedColormap.from_list("land", colours.LAND)(np.linspace(0.0, 1.0, _LEVELS - 1))
    return [colours.BACKGROUND, *(to_hex(colour) for colour in ramp)]


def land_picture(terrain: Terrain | None, bounds_m: tuple[float, float, float, float]) -> Land | None:
    """The terrain within bounds (left, bottom, right, top) on the plane; None where there is no data at all.

    A picture finer than the terrain shows a smooth surface through its cells, a coarser one the highest of each few.
    """
    if terrain is None:
        return None
    rows, columns = (
        _window(origin_m, terrain.cell_m, low_m, high_m, count)
        for origin_m, low_m, high_m, count in (
            (terrain.y0_m, bounds_m[1], bounds_m[3], terrain.elevation_ft.shape[0]),
            (terrain.x0_m, bounds_m[0], bounds_m[2], terrain.elevation_ft.shape[1]),
        )
    )
    cells = terrain.elevation_ft[rows, columns]
    if cells.size == 0 or not np.isfinite(cells).any():
        return None
    merged = -(-max(cells.shape) // _PIXELS)
    elevation_ft = _highest(cells, merged)
    cell_m = terrain.cell_m * merged
    return Land(
        levels=_levels(elevation_ft, cell_m, max(1, _PIXELS // max(elevation_ft.shape))),
        x_m=terrain.x0_m + columns.start * terrain.cell_m,
        y_m=terrain.y0_m + rows.start * terrain.cell_m,
        width_m=elevation_ft.shape[1] * cell_m,
        height_m=elevation_ft.shape[0] * cell_m,
    )


def _window(origin_m: float, cell_m: float, low_m: float, high_m: float, count: int) -> slice:
    first = int(np.clip((low_m - origin_m) // cell_m, 0, count))
    return slice(first, int(np.clip((high_m - origin_m) // cell_m + 1, first, count)))


def _highest(cells: Floats, merged: int) -> Floats:
    """The highest of each square of `merged` by `merged` cells; NaN where none of them is known."""
    rows, columns = (-(-size // merged) for size in cells.shape)
    whole = np.full((rows * merged, columns * merged), -np.inf)
    whole[: cells.shape[0], : cells.shape[1]] = np.where(np.isfinite(cells), cells, -np.inf)
    highest: Floats = whole.reshape(rows, merged, columns, merged).max(axis=(1, 3))
    return np.where(np.isfinite(highest), highest, np.nan)


def _levels(elevation_ft: Floats, cell_m: float, finer: int) -> NDArray[np.uint8]:
    """One level for each of `finer` by `finer` pixels of a cell."""
    known = np.isfinite(elevation_ft)
    lowest, highest = float(elevation_ft[known].min()), float(elevation_ft[known].max())
    smooth_ft = gaussian_filter(np.where(known, elevation_ft, lowest), _SMOOTHED_OVER_M / cell_m, mode="nearest")
    fine_ft = zoom(smooth_ft, finer, order=1, mode="nearest", grid_mode=True)
    height = (fine_ft - lowest) / max(highest - lowest, 1000.0)
    lit = hillshade(fine_ft, cell_m / finer) - _LEVEL_GROUND
    light = np.clip(0.22 + 0.38 * np.clip(height, 0.0, 1.0) + _RELIEF * lit, 0.0, 1.0)
    fine_known = np.kron(known, np.ones((finer, finer), dtype=bool))
    return np.where(fine_known, 1 + np.round(light * (_LEVELS - 2)), 0).astype(np.uint8)
