"""From when on the controller sees an alert, when several nets speak about one aircraft."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.kernel_cache import njit

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@njit(cache=True, nogil=True)
def hide_in_spans(
    rows: Rows, track: NDArray[np.int32], span_track: NDArray[np.int32], span_s: Floats, shown_s: Floats
) -> None:
    """Move the moments from which some alerts are shown behind the spans of time of their tracks that hold them.

    Spans (from, to) are in the order of track and time.
    """
    for a in rows:
        j = np.searchsorted(span_track, track[a])
        while j < len(span_track) and span_track[j] == track[a]:
            if span_s[j, 0] <= shown_s[a] < span_s[j, 1]:
                shown_s[a] = span_s[j, 1]
            j += 1


@njit(cache=True, nogil=True)
def show_one_at_a_time(rows: Rows, track: NDArray[np.int32], ends_s: Floats, shown_s: Floats, behind: Rows) -> None:
    """Move the moments from which some alerts are shown behind the end of the one that speaks about their track.

    `rows` are in the order of track and start; `behind` gets the row of the one that speaks then.
    """
    speaking = np.int64(-1)
    for a in rows:
        if speaking < 0 or track[speaking] != track[a]:
            speaking = a
        behind[a] = speaking
        if speaking != a:
            shown_s[a] = max(shown_s[a], ends_s[speaking])
        if shown_s[a] < ends_s[a]:
            speaking = a
