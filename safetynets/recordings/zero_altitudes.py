"""Altitudes of zero: sea level for an aircraft that flew there, else what a program writes where it knows none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.units import fpm_to_ftps, kt_to_mps

Floats = NDArray[np.float64]

REACH_FT = 500.0
FASTEST_FPM = 6000.0
"""A zero is believed when the aircraft could have flown to it, or from it: within these (simulator defaults)."""
FLYING_KT = 100.0
"""A track of zeros only, of which half are faster than this, is in flight (simulator default)."""


def without_zeros(
    time_s: Floats,
    track: NDArray[np.int32],
    altitude_ft: Floats,
    on_ground: NDArray[np.int8],
    velocity_mps: tuple[Floats, Floats],
) -> tuple[Floats, int]:
    """Altitudes, NaN where a zero in flight cannot be one, and how many those are; plots by (track, time).

    >>> time_s, track = np.arange(3.0), np.zeros(3, dtype=np.int32)
    >>> velocity_mps = np.full(3, 70.0), np.zeros(3)
    >>> without_zeros(time_s, track, np.array([3700.0, 0.0, 3690.0]), np.full(3, -1, np.int8), velocity_mps)
    (array([3700.,   nan, 3690.]), 1)
    """
    zero = altitude_ft == 0.0
    if not zero.any():
        return altitude_ft, 0
    zero &= on_ground != 1
    other = ~np.isnan(altitude_ft) & (altitude_ft != 0.0)
    rows = np.arange(len(altitude_ft))
    before = np.maximum.accumulate(np.where(other, rows, -1))
    after = np.minimum.accumulate(np.where(other, rows, len(rows))[::-1])[::-1]
    runs = np.flatnonzero(zero & ~np.r_[False, zero[:-1] & (track[1:] == track[:-1])])
    ends = np.flatnonzero(zero & ~np.r_[zero[1:] & (track[1:] == track[:-1]), False])
    believed = np.zeros(len(runs), dtype=bool)
    alone = np.ones(len(runs), dtype=bool)
    for place, neighbour in ((runs, before[runs]), (ends, after[ends])):
        there = (neighbour >= 0) & (neighbour < len(rows))
        there[there] = track[neighbour[there]] == track[place[there]]
        seconds = np.abs(time_s[place[there]] - time_s[neighbour[there]])
        reach_ft = REACH_FT + fpm_to_ftps(FASTEST_FPM) * seconds
        believed[there] |= np.abs(altitude_ft[neighbour[there]]) <= reach_ft
        alone &= ~there
    fast = np.hypot(*velocity_mps) > kt_to_mps(FLYING_KT)
    share = np.zeros(len(runs))
    for index in np.flatnonzero(alone):
        share[index] = fast[runs[index] : ends[index] + 1].mean()
    unknown = np.where(alone, share > 0.5, ~believed)
    marks = np.zeros(len(rows) + 1, dtype=np.int64)
    np.add.at(marks, runs[unknown], 1)
    np.add.at(marks, ends[unknown] + 1, -1)
    lost = zero & (np.cumsum(marks[:-1]) > 0)
    result = np.where(lost, np.nan, altitude_ft)
    return result, int(lost.sum())
