"""The look-ahead of the MSAW as one would write it in numpy: every path sampled every second, all plots at once."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

STEP_S = 1.0
AT_ONCE = 20_000
"""Plots in a pass, so that the positions of a pass stay in the cache."""


def first_below_s(tracks: Tracks, site: Site, qnh_hpa: float) -> NDArray[np.float64]:
    """The first second at which each plot is below terrain or a minimum altitude; inf for none.

    It differs from the nets: seconds are sampled, where the nets solve; levels cleared or selected are not known; the
    minimum altitudes are cells of the terrain grid that they touch, where the nets take the polygons.
    """
    assert site.terrain is not None
    terrain, parameters = site.terrain, site.parameters.msaw
    floor_ft = terrain.elevation_ft + parameters.terrain_clearance_ft
    rows, columns = floor_ft.shape
    x_m = terrain.x0_m + terrain.cell_m * (np.arange(columns) + 0.5)
    y_m = terrain.y0_m + terrain.cell_m * (np.arange(rows)[:, np.newaxis] + 0.5)
    for polygon in site.minimum_altitudes:
        inside = shapely.intersects_xy(polygon.area, *np.broadcast_arrays(x_m, y_m))
        floor_ft = np.where(inside, np.fmax(floor_ft, polygon.minimum_ft - parameters.below_minimum_ft), floor_ft)
    altitude_ft = tracks.pressure_altitude_ft - pressure_altitude_ft(qnh_hpa)
    tau_s = np.arange(0.0, parameters.look_ahead_s + STEP_S, STEP_S)
    first_s = np.full(len(tracks), np.inf)
    for first in range(0, len(tracks), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        x = tracks.x_m[some, np.newaxis] + tracks.vx_mps[some, np.newaxis] * tau_s
        y = tracks.y_m[some, np.newaxis] + tracks.vy_mps[some, np.newaxis] * tau_s
        z = altitude_ft[some, np.newaxis] + tracks.vertical_rate_fpm[some, np.newaxis] / 60.0 * tau_s
        column = np.clip((x - terrain.x0_m) / terrain.cell_m, 0, columns - 1).astype(np.int64)
        row = np.clip((y - terrain.y0_m) / terrain.cell_m, 0, rows - 1).astype(np.int64)
        below = z < floor_ft[row, column]
        first_s[some] = np.where(below.any(axis=1), tau_s[below.argmax(axis=1)], np.inf)
    return first_s
