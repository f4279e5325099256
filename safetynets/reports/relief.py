"""The terrain as a picture: tinted by elevation and lit from the north-west."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LightSource, LinearSegmentedColormap, Normalize
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from safetynets.sites.geometry import Terrain
from safetynets.units import ft_to_m

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

TINT = LinearSegmentedColormap.from_list(
    "terrain", ["#dfe8dc", "#e9e8d6", "#e8dcc3", "#dcc9ac", "#cdb89f", "#d8cfc6", "#f6f4f2"]
)
NO_DATA = "#f3f3f3"
_SMOOTHED_OVER_M = 300.0
"""Cells hold the highest source cell that touches them, which makes steps; the light would show the steps."""


def draw_relief(axes: Axes, terrain: Terrain | None) -> Normalize | None:
    """Draw the part of the terrain that lies within the limits of the axes (m on the plane); returns its scale (ft).

    Where there is no data nothing is drawn; None when there is none at all.
    """
    axes.set_facecolor(NO_DATA)
    if terrain is None:
        return None
    rows, columns, extent = _window(axes, terrain)
    elevation_ft = terrain.elevation_ft[rows, columns]
    known = np.isfinite(elevation_ft)
    if not known.any():
        return None
    lowest = float(elevation_ft[known].min())
    scale = Normalize(lowest, max(float(elevation_ft[known].max()), lowest + 1000.0))
    smooth_ft = gaussian_filter(
        np.where(known, elevation_ft, lowest), _SMOOTHED_OVER_M / terrain.cell_m, mode="nearest"
    )
    shade = hillshade(smooth_ft, terrain.cell_m)
    tinted = TINT(scale(smooth_ft))[..., :3]
    lit = np.clip(tinted * (0.62 + 0.52 * shade[..., np.newaxis]), 0.0, 1.0)
    limits = (axes.get_xlim(), axes.get_ylim())
    axes.imshow(
        np.dstack([lit, known.astype(np.float64)]), origin="lower", extent=extent, interpolation="bilinear", zorder=0
    )
    axes.set(xlim=limits[0], ylim=limits[1])
    return scale


def hillshade(elevation_ft: Floats, cell_m: float) -> Floats:
    """How brightly each cell is lit from the north-west, 0 to 1; the first row is the southernmost."""
    height_m = ft_to_m(elevation_ft)
    light = LightSource(azdeg=315, altdeg=45)
    return light.hillshade(height_m, vert_exag=_exaggeration(height_m, cell_m), dx=cell_m, dy=-cell_m)


def _window(axes: Axes, terrain: Terrain) -> tuple[slice, slice, tuple[float, float, float, float]]:
    """Rows and columns that the axes show, one cell to spare, and their extent (m)."""
    spans = []
    for origin_m, limits_m, count in (
        (terrain.y0_m, axes.get_ylim(), terrain.elevation_ft.shape[0]),
        (terrain.x0_m, axes.get_xlim(), terrain.elevation_ft.shape[1]),
    ):
        first = int(np.clip((limits_m[0] - origin_m) // terrain.cell_m - 1, 0, count - 1))
        last = int(np.clip((limits_m[1] - origin_m) // terrain.cell_m + 2, first + 1, count))
        spans.append((slice(first, last), origin_m + first * terrain.cell_m, origin_m + last * terrain.cell_m))
    (rows, bottom, top), (columns, left, right) = spans
    return rows, columns, (left, right, bottom, top)


def _exaggeration(height_m: Floats, cell_m: float) -> float:
    """How much steeper the light takes the land to be: plains show their shape and the Alps do not go black."""
    if min(height_m.shape) < 2:
        return 1.0
    row_slope, column_slope = np.gradient(height_m, cell_m)
    typical = float(np.percentile(np.hypot(row_slope, column_slope), 90))
    return float(np.clip(0.5 / max(typical, 1e-6), 1.0, 30.0))
