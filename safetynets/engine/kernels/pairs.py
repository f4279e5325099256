"""Which aircraft are near each other: the plots of pairs, in the order of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import no_refcount
from safetynets.engine.kernels.track_state import Received
from safetynets.kernel_cache import njit

Rows = NDArray[np.int64]


@njit(cache=True, nogil=True)
def near_plots(
    in_time: Rows,
    received: Received,
    within_m: float,
    within_ft: float,
    within_s: float,
    last_row: Rows,
    first_row: Rows,
    second_row: Rows,
    at_row: Rows,
) -> int:
    """Write, at each plot (`at_row`), the rows of the last plots of the two aircraft of every pair that is near.

    `in_time` are all rows in the order of time. Near are two aircraft whose last plots are not more than `within_s`
    old, nor farther apart than the distances. `last_row` (-1 for none) is carried on. The first of a pair is the one
    with the lower track number. Returns how many there are; where there is no room only counts.
    """
    received = no_refcount(received)
    track, time_s, x_m, y_m = received.track, received.time_s, received.x_m, received.y_m
    flown_ft = received.pressure_altitude_ft
    active = np.empty(len(last_row), dtype=np.int32)
    actives = np.int64(0)
    for k in range(len(last_row)):
        if last_row[k] >= 0:
            active[actives] = k
            actives += 1
    count = np.int64(0)
    for i in in_time:
        k, now_s, kept, listed = track[i], time_s[i], np.int64(0), False
        last_row[k] = i
        for a in range(actives):
            other = active[a]
            j = last_row[other]
            if now_s - time_s[j] > within_s and other != k:
                last_row[other] = -1
                continue
            active[kept] = other
            kept += 1
            listed = listed or other == k
            if other == k or not abs(flown_ft[i] - flown_ft[j]) <= within_ft:
                continue
            dx, dy = x_m[i] - x_m[j], y_m[i] - y_m[j]
            if dx * dx + dy * dy <= within_m * within_m:
                if count < len(first_row):
                    first_row[count], second_row[count] = (i, j) if k < other else (j, i)
                    at_row[count] = i
                count += 1
        if not listed:
            active[kept] = k
            kept += 1
        actives = kept
    return int(count)
