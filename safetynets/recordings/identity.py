"""Which plot belongs to which track, and which SSR code a track has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Words = NDArray[np.object_]


def with_callsign(time_s: Floats, icao24: Codes, callsign: Codes, max_gap_s: float) -> Codes:
    """Call signs (0 is none) with the gaps filled from the last plot of the same aircraft, or else from the next.

    Neither may be more than `max_gap_s` away.

    >>> time_s, icao24 = np.array([0.0, 1.0, 2.0]), np.array([7, 7, 7], dtype=np.int32)
    >>> with_callsign(time_s, icao24, np.array([0, 5, 0], dtype=np.int32), 600.0).tolist()
    [5, 5, 5]
    """
    if not ((callsign == 0) & (icao24 != 0)).any():
        return callsign
    order = np.lexsort((time_s, icao24))
    filled = callsign[order]
    for direction in (slice(None), slice(None, None, -1)):
        words, address, time = filled[direction], icao24[order][direction], time_s[order][direction]
        source = np.maximum.accumulate(np.where(words != 0, np.arange(len(words)), 0))
        near = (address != 0) & (address[source] == address) & (np.abs(time - time[source]) <= max_gap_s)
        filled[direction] = np.where((words == 0) & near, words[source], words)
    result = np.empty_like(callsign)
    result[order] = filled
    return result


def new_tracks(time_s: Floats, icao24: Codes, callsign: Codes, max_gap_s: float) -> NDArray[np.bool_]:
    """Whether a plot begins a track, of plots in the order of (icao24, callsign, time).

    >>> same = np.zeros(3, dtype=np.int32)
    >>> new_tracks(np.array([0.0, 4.0, 700.0]), same, same, 600.0).tolist()
    [True, False, True]
    """
    begins = np.ones(len(time_s), dtype=bool)
    begins[1:] = (np.diff(icao24) != 0) | (np.diff(callsign) != 0) | (np.diff(time_s) > max_gap_s)
    return begins


def ssr_codes(track: Codes, words: Words, code: Codes) -> tuple[Words, int]:
    """The SSR code that most plots of each track carry (0 is none; of equals the first in order), and how many change.

    >>> track, code = np.array([0, 0, 0], dtype=np.int32), np.array([1, 2, 2], dtype=np.int32)
    >>> ssr_codes(track, np.array(["", "1000", "7000"], dtype=object), code)
    (array(['7000'], dtype=object), 1)
    """
    sent = code != 0
    pair, plots = np.unique(track[sent].astype(np.int64) * len(words) + code[sent], return_counts=True)
    owner, code_of_pair = pair // len(words), pair % len(words)
    result = np.full(int(track[-1]) + 1, "", dtype=object)
    rising = np.lexsort((-code_of_pair, plots))
    result[owner[rising]] = words[code_of_pair[rising]]
    return result, int((np.unique(owner, return_counts=True)[1] > 1).sum())
