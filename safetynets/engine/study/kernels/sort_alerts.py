"""The alerts of a parameter set, sorted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.study.kernels.follow import (
    BOUNDED,
    END_S,
    FIRST_CONFLICT_S,
    SEVERE,
    START_S,
    TIME_TO_VIOLATION_S,
    TRACK,
)
from safetynets.kernel_cache import njit, part

Floats = NDArray[np.float64]

SOURCE = BOUNDED
"""Column that says which net and group found an alert, in place of one that is not asked for any more."""


class Columns(NamedTuple):
    """The alerts of one set, as of `JudgedAlerts`; `source` says which net and group found them."""

    source: NDArray[np.int64]
    track: NDArray[np.int32]
    first_conflict_s: Floats
    start_s: Floats
    end_s: Floats
    time_to_violation_s: Floats
    severe: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def sort_alerts(alerts: Floats, by_start: NDArray[np.int64], rank: NDArray[np.int64]) -> Columns:
    """The columns of the alerts of a set, in the order of start, net, track and group.

    `by_start` is their order by start in which any of those that start at once may come first; it is changed in place.
    `rank[source]` is the rank of the net. Sources of one net are in the order of their groups.
    """
    _settle(alerts, by_start, rank)
    count = len(alerts)
    columns = Columns(
        np.empty(count, np.int64),
        np.empty(count, np.int32),
        np.empty(count),
        np.empty(count),
        np.empty(count),
        np.empty(count),
        np.empty(count, np.bool_),
    )
    for j in range(count):
        a = by_start[j]
        columns.source[j], columns.track[j] = int(alerts[a, SOURCE]), int(alerts[a, TRACK])
        columns.first_conflict_s[j], columns.start_s[j] = alerts[a, FIRST_CONFLICT_S], alerts[a, START_S]
        columns.end_s[j], columns.time_to_violation_s[j] = alerts[a, END_S], alerts[a, TIME_TO_VIOLATION_S]
        columns.severe[j] = alerts[a, SEVERE] != 0.0
    return columns


@part(_nrt=True)
def _settle(alerts: Floats, by_start: NDArray[np.int64], rank: NDArray[np.int64]) -> None:
    """Put alerts that start at once in the order of net, track and group."""
    for j in range(1, len(by_start)):
        moved, at = by_start[j], j
        while at > 0 and _comes_before(alerts, moved, by_start[at - 1], rank):
            by_start[at] = by_start[at - 1]
            at -= 1
        by_start[at] = moved


@part(_nrt=True)
def _comes_before(alerts: Floats, a: int, b: int, rank: NDArray[np.int64]) -> bool:
    """Whether alert a, which starts with b, comes before it; never where they do not start at once."""
    if alerts[a, START_S] != alerts[b, START_S]:
        return False
    rank_a, rank_b = rank[int(alerts[a, SOURCE])], rank[int(alerts[b, SOURCE])]
    if rank_a != rank_b:
        return bool(rank_a < rank_b)
    if alerts[a, TRACK] != alerts[b, TRACK]:
        return bool(alerts[a, TRACK] < alerts[b, TRACK])
    return bool(alerts[a, SOURCE] < alerts[b, SOURCE])
