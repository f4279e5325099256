"""`Picture`: the state of every plot in the terms the nets judge it in, feet on the QNH and metres on the plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """One row a plot, in the order of the tracks; NaN is unknown.

    Attributes
    ----------
    time_s, track
        UTC seconds since 1970, and the track number.
    x_m, y_m, vx_mps, vy_mps
        Position and velocity on the site's plane.
    altitude_ft, vertical_rate_fpm
        Altitude on the QNH of the pressure region, and its rate.
    qnh_hpa, qnh_pressure_altitude_ft
        The QNH used, and its pressure altitude PA(QNH): altitude = pressure altitude - PA(QNH).
    cleared_level_ft, selected_level_ft
        Cleared and selected level as altitudes on the QNH.
    turn_rate_radps
        Rate of turn, clockwise positive; 0 where it is not known.
    """

    time_s: Floats
    track: NDArray[np.int32]
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    altitude_ft: Floats
    vertical_rate_fpm: Floats
    qnh_hpa: Floats
    qnh_pressure_altitude_ft: Floats
    cleared_level_ft: Floats
    selected_level_ft: Floats
    turn_rate_radps: Floats

    def __len__(self) -> int:
        return len(self.time_s)
