"""The time of a record: the time of day it has, and the day that it has not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.kernel_cache import njit
from safetynets.recordings.containers import DATED, stated_date
from safetynets.units import S_PER_DAY

Floats = NDArray[np.float64]

TRUNCATED_S = 512.0
"""Category 001 sends the time of day modulo this."""

NEAR_S = 60.0
GAP_S = 7_200.0
AGREEING = 6
"""A record further than `NEAR_S` from the clock moves it once so many in a row are, each at most `GAP_S` after the one
before and `NEAR_S` before it (simulator defaults)."""

BELIEVED, CLAIMED, ROW, SETTLED = range(4)


def first_day(kind: str, head: bytes, given: date | None, file: Path) -> date | None:
    """The day of the first record of a container: as given, or as an RFF file says it; a capture needs none.

    Raises
    ------
    TracksError
        Where none of these tells it.
    """
    day = given or (stated_date(head) if kind == "rff" else None)
    if day is None and kind not in DATED:
        raise TracksError(
            "ASTERIX has the time of day of each record, and this container no date",
            file=file,
            mend="say --date YYYY-MM-DD, the day (UTC) of its first record",
        )
    return day


class Clock:
    """Finds the day of each record, in the order of the file: by the capture, or by counting midnights from a date.

    Midnights are counted by a clock that follows the records. One that says another time gets the day that brings it
    nearest, but moves the clock only when several in a row agree, so that octets that only look like a record do not
    make it another day. At the start, until several have agreed, the clock follows every record.
    """

    def __init__(self, day: date | None) -> None:
        self._midnight_s = None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        self._state = np.array([np.nan, np.nan, 0.0, 0.0])

    def time_s(self, time_of_day_s: Floats, captured_s: Floats) -> Floats:
        """Seconds since 1970 of records with this time of day, captured then (NaN: not known).

        A record is of the day that brings it nearest to its capture; without one, nearest to the clock, the first being
        of the given date. So records may be late over midnight, or ahead of it. NaN where neither is known.
        """
        dated = time_of_day_s + S_PER_DAY * np.round((captured_s - time_of_day_s) / S_PER_DAY)
        if self._midnight_s is None or not len(time_of_day_s):
            return dated
        counted = np.empty(len(time_of_day_s))
        _count_midnights(time_of_day_s, self._state, counted)
        return np.where(np.isfinite(dated), dated, self._midnight_s + counted)


@njit(cache=True, nogil=True)
def _count_midnights(time_of_day_s: Floats, state: Floats, counted_s: Floats) -> None:
    """Write the seconds since the first midnight of each record, and move the clock; NaN for a record without time."""
    for i in range(len(time_of_day_s)):
        time_s = time_of_day_s[i]
        counted_s[i] = time_s
        if np.isnan(time_s):
            continue
        believed_s = time_s if np.isnan(state[BELIEVED]) else state[BELIEVED]
        time_s += S_PER_DAY * np.round((believed_s - time_s) / S_PER_DAY)
        near = abs(time_s - believed_s) <= NEAR_S
        if state[SETTLED] == 0.0:
            state[ROW] = state[ROW] + 1.0 if near else 1.0
            state[SETTLED] = 1.0 if state[ROW] >= AGREEING else 0.0
            state[BELIEVED] = time_s
        elif near:
            state[BELIEVED], state[ROW] = time_s, 0.0
        else:
            agrees = state[ROW] > 0.0 and -NEAR_S <= time_s - state[CLAIMED] <= GAP_S
            state[ROW], state[CLAIMED] = state[ROW] + 1.0 if agrees else 1.0, time_s
            if state[ROW] >= AGREEING:
                state[BELIEVED], state[ROW] = time_s, 0.0
        counted_s[i] = time_s


def time_of_day_s(time_s: Floats) -> Floats:
    """Time of day in whole steps of 1/128 s; what rounds to midnight is of the next day.

    >>> time_of_day_s(np.array([86_399.999, 86_400.5])).tolist()
    [0.0, 0.5]
    """
    return np.round(time_s % S_PER_DAY * 128.0) % (S_PER_DAY * 128.0) / 128.0


def completed_s(truncated_s: Floats, near_s: Floats) -> Floats:
    """The time of day that is this modulo 512 s and nearest to another time (of day, or since 1970), over midnight too.

    >>> completed_s(np.array([3.0, 383.0]), np.array([515.0, 86_402.0])).tolist()
    [515.0, 86399.0]
    """
    best_s = np.full(len(truncated_s), np.nan)
    apart_s = np.full(len(truncated_s), np.inf)
    for days in (-1, 0, 1):
        wanted_s = near_s % S_PER_DAY - days * S_PER_DAY
        most = np.floor((np.nextafter(S_PER_DAY, 0) - truncated_s) / TRUNCATED_S)
        one_s = truncated_s + TRUNCATED_S * np.clip(np.round((wanted_s - truncated_s) / TRUNCATED_S), 0, most)
        nearer = np.abs(one_s - wanted_s) < apart_s
        best_s[nearer], apart_s[nearer] = one_s[nearer], np.abs(one_s - wanted_s)[nearer]
    return best_s
