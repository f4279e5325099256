"""Airspace volumes: their limits, when they are active, and whether a point is inside."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined
from safetynets.engine.kernels.shapes import Shapes, contains

Floats = NDArray[np.float64]


class Volumes(NamedTuple):
    """Volumes, widened by their buffers where a net wants them so.

    A limit is an altitude (ft on the QNH), or a pressure altitude where `*_is_level`. Volume i is active in the periods
    `first_period[i]` to `first_period[i + 1]` of `active_s` (from, to; the end does not belong to a period).
    """

    shapes: Shapes
    floor_ft: Floats
    floor_is_level: NDArray[np.bool_]
    ceiling_ft: Floats
    ceiling_is_level: NDArray[np.bool_]
    first_period: NDArray[np.int64]
    active_s: Floats


@inlined
def vertical_limits_ft(volumes: Volumes, i: int, qnh_pressure_altitude_ft: float) -> tuple[float, float]:
    """Floor and ceiling of volume i as altitudes on the QNH."""
    floor_ft, ceiling_ft = volumes.floor_ft[i], volumes.ceiling_ft[i]
    if volumes.floor_is_level[i]:
        floor_ft -= qnh_pressure_altitude_ft
    if volumes.ceiling_is_level[i]:
        ceiling_ft -= qnh_pressure_altitude_ft
    return floor_ft, ceiling_ft


@inlined
def is_inside(
    volumes: Volumes,
    i: int,
    x_m: float,
    y_m: float,
    altitude_ft: float,
    floor_ft: float,
    ceiling_ft: float,
    time_s: float,
) -> bool:
    """Whether a point is inside volume i while it is active."""
    if not floor_ft <= altitude_ft <= ceiling_ft or not is_active(volumes, i, time_s):
        return False
    return contains(volumes.shapes, i, x_m, y_m)


@inlined
def is_active(volumes: Volumes, i: int, time_s: float) -> bool:
    """Whether volume i is active at a time."""
    active = False
    for p in range(volumes.first_period[i], volumes.first_period[i + 1]):
        active = active or volumes.active_s[p, 0] <= time_s < volumes.active_s[p, 1]
    return active
