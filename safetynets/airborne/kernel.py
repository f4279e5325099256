"""When a straight path first comes too near to the terrain, solved cell by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import entry
from safetynets.engine.kernels.terrain import DONE, Grid, first_below_s, next_cell, walk_of

Floats = NDArray[np.float64]


@entry
def write_times_below(
    grid: Grid,
    x_m: Floats,
    y_m: Floats,
    altitude_ft: Floats,
    vx_mps: Floats,
    vy_mps: Floats,
    rate_ftps: Floats,
    look_ahead_s: Floats,
    clearance_ft: Floats,
    found_s: Floats,
) -> None:
    """Write when each straight path is first lower than the terrain below it plus a clearance.

    Inf for never within the look-ahead, NaN where the path leaves the terrain data before.
    """
    for i in range(len(x_m)):
        found_s[i] = np.nan
        known = np.isfinite(x_m[i] + y_m[i] + altitude_ft[i] + vx_mps[i] + vy_mps[i] + rate_ftps[i])
        if not known or not np.isfinite(look_ahead_s[i] + clearance_ft[i]):
            continue
        found_s[i] = np.inf
        walk = walk_of(grid, x_m[i], y_m[i], vx_mps[i], vy_mps[i], look_ahead_s[i])
        while walk.tells != DONE:
            walk, from_s, to_s, elevation_ft = next_cell(grid, walk)
            if np.isnan(elevation_ft):
                found_s[i] = np.nan
                break
            t = first_below_s(altitude_ft[i], rate_ftps[i], from_s, to_s, elevation_ft + clearance_ft[i])
            if t < np.inf:
                found_s[i] = t
                break
