"""Terrain on the site's plane: every cell as high as the highest source sample that touches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from safetynets.geodesy import Plane
from safetynets.sites.geometry import Terrain
from safetynets.sites.height_files import TURN_DEG, Heights
from safetynets.units import m_to_ft, nm_to_m

Floats = NDArray[np.float64]

HALF_TURN_DEG = TURN_DEG / 2
BOW_ALLOWANCE = 0.01
"""Share by which the outline of a cell is widened in source coordinates: its edges bow by less than 0.01 % of their
length (250 m on the plane bow by 2 mm at 60 degrees latitude), and rounding is far less."""


def terrain_on_plane(sources: Sequence[Heights], plane: Plane, extent_nm: float, cell_m: float) -> Terrain:
    """The terrain grid of a site from its height sources, the finest first.

    Every cell takes the highest sample that touches it, so no cell is lower than any sample inside it. A cell that a
    finer source covers only in part, or with filled voids, takes the coarser sources as well; a cell that none
    covers is NaN.
    """
    half = int(np.ceil(nm_to_m(extent_nm) / cell_m))
    edges_m = np.arange(-half, half + 1, dtype=np.float64) * cell_m
    shape = (2 * half, 2 * half)
    elevation_m = np.full(shape, np.nan)
    open_cells = np.ones(shape, dtype=bool)
    for heights in sources:
        highest_m, complete = _highest_touching(heights, plane, edges_m, open_cells)
        elevation_m[open_cells] = np.fmax(elevation_m[open_cells], highest_m)
        open_cells[open_cells] = ~complete
    elevation_ft = m_to_ft(elevation_m)
    elevation_ft.flags.writeable = False
    notes = tuple(note for heights in sources for note in heights.notes)
    missing = int(np.isnan(elevation_m).sum())
    if missing:
        notes += (f"{missing:,} of {elevation_m.size:,} cells have no height data",)
    return Terrain(float(edges_m[0]), float(edges_m[0]), cell_m, elevation_ft, notes)


def _highest_touching(
    heights: Heights, plane: Plane, edges_m: Floats, wanted: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """For each wanted cell the highest sample (m) that touches it, and whether measured samples cover all of it."""
    transformer = Transformer.from_crs(plane.crs, heights.crs, always_xy=True)
    u, v = transformer.transform(*np.meshgrid(edges_m, edges_m))
    if not heights.crs.is_geographic:
        return _touching(heights, u, v, wanted)
    # Longitudes run on through 180 degrees, as the grid of the heights may: on either side of it, or on both.
    west_deg = plane.longitude_deg - HALF_TURN_DEG
    u = np.mod(u - west_deg, TURN_DEG) + west_deg
    highest_m, complete = _touching(heights, u, v, wanted)
    for turn_deg in (-TURN_DEG, TURN_DEG):
        if u.max() + turn_deg >= heights.u0 and u.min() + turn_deg <= heights.u0 + heights.width_in_u:
            beyond_m, beyond = _touching(heights, u + turn_deg, v, wanted)
            highest_m, complete = np.fmax(highest_m, beyond_m), complete | beyond
    return highest_m, complete


def _touching(heights: Heights, u: Floats, v: Floats, wanted: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """As `_highest_touching`, for cells whose corners lie at `u` and `v` of the heights' coordinates."""
    columns = _index_range((_of_corners(u, wanted) - heights.u0) / heights.du)
    rows = _index_range((heights.v0 - _of_corners(v, wanted)) / heights.dv)
    height, width = heights.elevation_m.shape
    complete = (rows[0] >= 0) & (columns[0] >= 0) & (rows[1] < height) & (columns[1] < width)
    touched = (rows[1] >= 0) & (columns[1] >= 0) & (rows[0] < height) & (columns[0] < width)
    highest_m, picks = np.full(touched.shape, np.nan), np.flatnonzero(touched)
    first_row, last_row = np.maximum(rows[0][picks], 0), np.minimum(rows[1][picks], height - 1)
    first_column, last_column = np.maximum(columns[0][picks], 0), np.minimum(columns[1][picks], width - 1)
    if len(picks):
        for down in range(int((last_row - first_row).max()) + 1):
            row = np.minimum(first_row + down, last_row)
            for right in range(int((last_column - first_column).max()) + 1):
                column = np.minimum(first_column + right, last_column)
                highest_m[picks] = np.fmax(highest_m[picks], heights.elevation_m[row, column])
                complete[picks] &= heights.measured[row, column]
    return highest_m, complete


def _of_corners(values: Floats, wanted: NDArray[np.bool_]) -> Floats:
    """The values at the four corners of each wanted cell, one row a corner."""
    return np.stack([values[a : a - 1 or None, b : b - 1 or None][wanted] for a in (0, 1) for b in (0, 1)])


def _index_range(corners: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last sample that the outline of a cell touches, the outline widened by `BOW_ALLOWANCE`."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    allowance = BOW_ALLOWANCE * (high - low)
    return np.floor(low - allowance).astype(np.int64), np.floor(high + allowance).astype(np.int64)


@lru_cache(maxsize=2)
def highest_within(terrain: Terrain, buffer_m: float) -> Terrain:
    """Terrain in which each cell takes the highest of all cells whose square lies nearer than `buffer_m` to it.

    Squares that touch are at distance zero, so any positive buffer reaches the eight neighbours; zero changes nothing.
    A cell without data stays NaN, and neighbours without data do not count.

    >>> ridge = Terrain(0.0, 0.0, 100.0, np.array([[0.0, 0.0, 900.0]]), ())
    >>> highest_within(ridge, 50.0).elevation_ft
    array([[  0., 900., 900.]])
    """
    from scipy import ndimage

    if buffer_m <= 0:
        return terrain
    known = np.isfinite(terrain.elevation_ft)
    heights = np.where(known, terrain.elevation_ft, -np.inf)
    highest = heights.copy()
    reach = int(np.ceil(buffer_m / terrain.cell_m))
    for down in range(-reach, reach + 1):
        gap_down_m = max(abs(down) - 1, 0) * terrain.cell_m
        if gap_down_m >= buffer_m or abs(down) >= len(heights):
            continue
        gap_right_m = np.sqrt(buffer_m**2 - gap_down_m**2)
        right = int(np.ceil(gap_right_m / terrain.cell_m))
        along = ndimage.maximum_filter1d(heights, 2 * right + 1, axis=1, mode="constant", cval=-np.inf)
        target, source = (
            (slice(0, len(heights) - down), slice(down, None)) if down >= 0 else (slice(-down, None), slice(0, down))
        )
        np.maximum(highest[target], along[source], out=highest[target])
    highest[~known] = np.nan
    highest.flags.writeable = False
    return replace(terrain, elevation_ft=highest)
