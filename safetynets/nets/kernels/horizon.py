"""What the sieve reads of the plots, and how far it looks from each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.kernels.closer import Pressure

Floats = NDArray[np.float64]

MSAW, APM, APW = 1, 2, 4
"""One bit a net."""


class Columns(NamedTuple):
    """The columns of the tracks that the sieve reads."""

    time_s: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    pressure_altitude_ft: Floats
    vertical_rate_fpm: Floats
    on_ground: NDArray[np.int8]
    visual: NDArray[np.int8]


class Horizon(NamedTuple):
    """How far the nets look, and between what an altitude lies of which only the pressure altitude is known.

    `nets` are those that have anything to judge, `never_visual` those that do not judge visual flights. `turns` says
    whether a path may leave the straight one.
    """

    nets: int
    msaw_s: float
    apm_s: float
    apw_s: float
    lowest_qnh_ft: float
    highest_qnh_ft: float
    turns: bool
    never_visual: int
    pressure: Pressure
