"""The smooth step by which a fault comes in, so that the result still looks flown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.units import S_PER_MIN

Floats = NDArray[np.float64]

STEEPEST = 1.875
"""Greatest slope of the smooth step, times its length."""
ORDINARY_FPM = 300.0
"""Rate at which a flight drifts into a displacement, unless asked otherwise (simulator default)."""
SHORTEST_S = 30.0


def smooth_step(time_s: Floats, start_s: float, length_s: float) -> tuple[Floats, Floats]:
    """From 0 before `start_s` to 1 after `length_s`, and its rate of change (1/s); twice continuously differentiable.

    >>> value, rate_per_s = smooth_step(np.array([0.0, 30.0, 60.0]), 0.0, 60.0)
    >>> value.tolist(), rate_per_s.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.03125, 0.0])
    """
    u = np.clip((time_s - start_s) / length_s, 0.0, 1.0)
    return u**3 * (10.0 - 15.0 * u + 6.0 * u**2), 30.0 * u**2 * (1.0 - u) ** 2 / length_s


def ramp_length_s(displacement_ft: float, rate_fpm: float = ORDINARY_FPM) -> float:
    """How long (s) a ramp of this many feet takes at no more than this rate.

    >>> ramp_length_s(-320.0, 600.0)
    60.0
    """
    return max(SHORTEST_S, STEEPEST * abs(displacement_ft) / rate_fpm * S_PER_MIN)
