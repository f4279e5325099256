"""Where each track begins, and from when to when there are plots."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Rows = NDArray[np.int64]

STEP = 64
"""So many plots are passed over at once where they are all of one track, and compared at once where they are not."""


@njit(cache=True, nogil=True)
def starts(track: NDArray[np.int32], start: Rows) -> int:
    """Write where each track with plots begins, and the end, and return how many there are; tracks are in order."""
    count, present, rest = 0, -1, len(track) // STEP * STEP
    for first in range(0, rest, STEP):
        while present != track[first + STEP - 1]:
            same = np.int32(0)
            for i in range(first, first + STEP):
                same = np.int32(same + np.int32(track[i] <= present))
            start[count], present = first + same, track[first + same]
            count += 1
    for i in range(rest, len(track)):
        if track[i] != present:
            start[count], present = i, track[i]
            count += 1
    start[count] = len(track)
    return count + 1


@njit(cache=True, nogil=True)
def time_span(time_s: NDArray[np.float64], start: Rows) -> tuple[float, float]:
    """First and last time, 0.0 where there are no plots; the plots of a track are in the order of time."""
    from_s, to_s = np.inf, -np.inf
    for k in range(len(start) - 1):
        from_s, to_s = min(from_s, time_s[start[k]]), max(to_s, time_s[start[k + 1] - 1])
    return (from_s, to_s) if len(start) > 1 else (0.0, 0.0)
