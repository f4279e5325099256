"""Which of the alerts of a set the controller sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.kernel_cache import njit

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def shown_off_the_approach(
    track: NDArray[np.int32],
    start_s: Floats,
    end_s: Floats,
    first_span: NDArray[np.int64],
    span_s: Floats,
    shown: NDArray[np.bool_],
) -> None:
    """Whether an alert lasts at some moment at which its aircraft is joined to no approach.

    The spans joined of track k are `first_span[k]` to `first_span[k + 1]`, ascending.
    """
    for a in range(len(track)):
        time_s = start_s[a]
        for j in range(first_span[track[a]], first_span[track[a] + 1]):
            if span_s[j, 0] <= time_s < span_s[j, 1]:
                time_s = span_s[j, 1]
        shown[a] = time_s < (np.inf if np.isnan(end_s[a]) else end_s[a])


@njit(cache=True, nogil=True)
def shown_one_at_a_time(
    order: NDArray[np.int64], track: NDArray[np.int32], start_s: Floats, end_s: Floats, shown: NDArray[np.bool_]
) -> None:
    """Whether an alert outlasts the one that speaks about its aircraft; `order` is by track, then start."""
    speaking_track, until_s = -1, -np.inf
    for a in order:
        if track[a] != speaking_track:
            speaking_track, until_s = track[a], -np.inf
        own_end_s = np.inf if np.isnan(end_s[a]) else end_s[a]
        shown[a] = max(start_s[a], until_s) < own_end_s
        if shown[a]:
            until_s = own_end_s
