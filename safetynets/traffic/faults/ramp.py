"""The smooth ways in which a fault comes and goes, so that the result still looks flown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.units import S_PER_MIN

Floats = NDArray[np.float64]

STEEPEST = 1.875
"""Greatest slope of the smooth step, times its length."""
DRIFT_FPM = 300.0
"""Rate at which a flight drifts into a displacement (simulator default)."""
SIDEWAYS_MPS = 25.0
"""Speed at which a flight moves sideways into a displacement: 19 degrees of course at 150 kt (simulator default)."""
SHORTEST_S = 30.0
CORNER_S = 20.0
"""Time over which a corner of the vertical profile is flown round: 1,500 ft/min is arrested at 0.08 g."""


def smooth_step(time_s: Floats, start_s: float, length_s: float) -> tuple[Floats, Floats]:
    """From 0 before `start_s` to 1 after `length_s`, and its rate of change (1/s); twice continuously differentiable.

    >>> value, rate_per_s = smooth_step(np.array([0.0, 30.0, 60.0]), 0.0, 60.0)
    >>> value.tolist(), rate_per_s.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.03125, 0.0])
    """
    u = np.clip((time_s - start_s) / length_s, 0.0, 1.0)
    return u**3 * (10.0 - 15.0 * u + 6.0 * u**2), 30.0 * u**2 * (1.0 - u) ** 2 / length_s


def ramp_length_s(displacement_ft: float, rate_fpm: float = DRIFT_FPM) -> float:
    """How long (s) a ramp of this many feet takes at no more than this rate.

    >>> ramp_length_s(-320.0, 600.0)
    60.0
    """
    return max(SHORTEST_S, STEEPEST * abs(displacement_ft) / rate_fpm * S_PER_MIN)


def sideways_length_s(displacement_m: float) -> float:
    """How long (s) a lateral ramp takes at no more than `SIDEWAYS_MPS`.

    >>> sideways_length_s(1600.0)
    120.0
    """
    return max(SHORTEST_S, STEEPEST * abs(displacement_m) / SIDEWAYS_MPS)


def rounded_off(time_s: Floats, values: Floats) -> tuple[Floats, Floats]:
    """A curve with its corners flown round, and its rate of change (1/s).

    The curve is averaged over `CORNER_S` with the weights of a raised cosine, on a grid of one second.
    """
    if len(time_s) < 2:
        return values, np.zeros_like(values)
    half = round(CORNER_S / 2.0)
    grid_s = np.arange(time_s[0] - half, time_s[-1] + half + 1.0)
    weights = 1.0 + np.cos(np.pi * np.arange(-half, half + 1) / (half + 1))
    on_grid = np.convolve(np.interp(grid_s, time_s, values), weights / weights.sum(), mode="same")
    inner = slice(half, -half)
    smooth = np.interp(time_s, grid_s[inner], on_grid[inner])
    rate_per_s = np.interp(time_s, grid_s[inner], np.gradient(on_grid)[inner])
    return smooth, rate_per_s
