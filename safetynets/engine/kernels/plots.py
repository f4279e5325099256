"""All tracks as the kernels go through them, and where each of them begins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.track_state import Pressure, Received
from safetynets.kernel_cache import njit

Rows = NDArray[np.int64]

STEP = 64
"""So many plots are passed over at once where they are all of one track, and compared at once where they are not."""


class Plots(NamedTuple):
    """All subjects with plots: where each begins (and the end), its number, what was received, the QNH, and when."""

    start: Rows
    number: NDArray[np.int32]
    received: Received
    pressure: Pressure
    from_s: float
    now_s: float


@njit(cache=True, nogil=True)
def starts(
    track: NDArray[np.int32],
    time_s: NDArray[np.float64],
    first: int,
    end: int,
    start: Rows,
    number: NDArray[np.int32],
) -> tuple[int, float, float]:
    """Write which tracks begin where of the plots from `first` to before `end`, and return how many there are.

    Also returned are the first and the last time of these plots: (inf, -inf) without any. Tracks are in order, and
    the plots of each in the order of time.
    """
    if first >= end:
        return 0, np.inf, -np.inf
    count, present = 0, np.int32(-1) if first == 0 else track[first - 1]
    rest = first + (end - first) // STEP * STEP
    for step in range(first, rest, STEP):
        while present != track[step + STEP - 1]:
            same = np.int32(0)
            for i in range(step, step + STEP):
                same = np.int32(same + np.int32(track[i] <= present))
            start[count], present = step + same, track[step + same]
            number[count] = present
            count += 1
    for i in range(rest, end):
        if track[i] != present:
            start[count], present = i, track[i]
            number[count] = present
            count += 1
    from_s, to_s = time_s[first], time_s[end - 1]
    for k in range(count):
        from_s = min(from_s, time_s[start[k]])
        if start[k] > first:
            to_s = max(to_s, time_s[start[k] - 1])
    return count, from_s, to_s
