"""Spans of one flight in which something is so: the raw material of situations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spans:
    """One row a span: its rows `first` to `last` (both within) in what it was made from, its track and times."""

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    track: NDArray[np.int32]
    from_s: Floats
    to_s: Floats

    def __len__(self) -> int:
        return len(self.first)


def spans_of(is_so: NDArray[np.bool_], track: NDArray[np.int32], time_s: Floats, join_s: float) -> Spans:
    """The spans in which something is so, rows in the order of (track, time); gaps of at most `join_s` do not part one.

    >>> found = spans_of(np.array([1, 0, 1, 0], bool), np.zeros(4, np.int32), np.array([0.0, 4.0, 8.0, 12.0]), 8.0)
    >>> found.from_s.tolist(), found.to_s.tolist()
    ([0.0], [8.0])
    """
    rows = np.flatnonzero(is_so)
    parts = (np.diff(track[rows]) != 0) | (np.diff(time_s[rows]) > join_s)
    begins = np.concatenate(([True], parts)) if len(rows) else np.zeros(0, dtype=np.bool_)
    ends = np.concatenate((parts, [True])) if len(rows) else begins
    first, last = rows[begins], rows[ends]
    return Spans(first, last, track[first], time_s[first], time_s[last])
