"""From conflicts of single plots to the events of an alert; one pass over the plots, memory per track."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

START, REANNOUNCED, WORSE, CLEARED, EXCLUDED, LOST = range(6)
"""What happens to an alert. WORSE is a rise of severity from caution to warning."""

EVENTS_PER_PLOT = 3
"""At most: the old alert is lost, a new one starts; or an active one is re-announced and worsens and ends."""


class Rules(NamedTuple):
    """The parameters of the lifecycle."""

    current_m: int
    current_n: int
    predicted_m: int
    predicted_n: int
    warning_time_s: float
    imminent_s: float
    max_gap_s: float
    hysteresis_s: float
    clear_n: int
    track_lost_s: float
    minimum_duration_s: float
    reannounce_ratio: float


class Memory(NamedTuple):
    """What is remembered of each track, changed in place.

    `current_hits` and `predicted_hits` hold one bit a judged plot, the last one lowest. `first_conflict_s` is the
    time of the first of the present run of conflicts; `worst_margin_ft` the least margin of the active alert.
    """

    active: NDArray[np.bool_]
    severe: NDArray[np.bool_]
    start_s: Floats
    first_conflict_s: Floats
    last_plot_s: Floats
    last_judged_s: Floats
    announced_s: Floats
    worst_margin_ft: Floats
    clear: NDArray[np.int32]
    current_hits: NDArray[np.int64]
    predicted_hits: NDArray[np.int64]


class Events(NamedTuple):
    """Events in order: the row of the plot that caused it (-1 for none), track, what, and when."""

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    what: NDArray[np.int8]
    time_s: Floats
    first_conflict_s: Floats
    worst_margin_ft: Floats


@njit(cache=True)
def _count(hits: int, n: int) -> int:
    """How many of the last n bits are set."""
    count = 0
    for bit in range(n):
        count += (hits >> bit) & 1
    return count


@njit(cache=True)
def lost_at_s(k: int, rules: Rules, memory: Memory) -> float:
    """When the active alert of track k ends if no plot of it is judged any more."""
    return max(memory.last_judged_s[k] + rules.track_lost_s, memory.start_s[k] + rules.minimum_duration_s)


@njit(cache=True)
def _write(events: Events, count: int, row: int, k: int, what: int, time_s: float, memory: Memory) -> int:
    events.row[count], events.track[count], events.what[count], events.time_s[count] = row, k, what, time_s
    events.first_conflict_s[count] = memory.first_conflict_s[k]
    events.worst_margin_ft[count] = memory.worst_margin_ft[k]
    return count + 1


@njit(cache=True)
def _forget_counts(k: int, memory: Memory) -> None:
    memory.clear[k] = 0
    memory.current_hits[k] = 0
    memory.predicted_hits[k] = 0
    memory.first_conflict_s[k] = np.nan


@njit(cache=True)
def end(k: int, memory: Memory) -> None:
    """Forget the alert of track k."""
    memory.active[k] = False
    memory.severe[k] = False
    _forget_counts(k, memory)


@njit(cache=True)
def follow(
    track: NDArray[np.int32],
    time_s: Floats,
    assessable: NDArray[np.bool_],
    excluded: NDArray[np.bool_],
    violation_s: Floats,
    hold_violation_s: Floats,
    margin_ft: Floats,
    severe: NDArray[np.bool_],
    rules: Rules,
    memory: Memory,
    events: Events,
) -> int:
    """Go through the plots in order, write what happens into `events` and return how many events there are."""
    count = 0
    for row in range(len(track)):
        k = track[row]
        if memory.active[k] and time_s[row] >= lost_at_s(k, rules, memory):
            count = _write(events, count, row, k, LOST, lost_at_s(k, rules, memory), memory)
            end(k, memory)
        if time_s[row] - memory.last_plot_s[k] > rules.max_gap_s:
            kept_s = memory.first_conflict_s[k]
            _forget_counts(k, memory)
            if memory.active[k]:
                memory.first_conflict_s[k] = kept_s
        memory.last_plot_s[k] = time_s[row]
        old_enough = memory.active[k] and time_s[row] >= memory.start_s[k] + rules.minimum_duration_s
        if excluded[row]:
            if memory.active[k]:
                if old_enough:
                    count = _write(events, count, row, k, EXCLUDED, time_s[row], memory)
                    end(k, memory)
            else:
                _forget_counts(k, memory)
        elif assessable[row]:
            count = _judged(
                row,
                k,
                time_s[row],
                violation_s[row],
                hold_violation_s[row],
                margin_ft[row],
                severe[row],
                old_enough,
                rules,
                memory,
                events,
                count,
            )
    return count


@njit(cache=True)
def _judged(
    row: int,
    k: int,
    time_s: float,
    violation_s: float,
    hold_violation_s: float,
    margin_ft: float,
    severe: bool,
    old_enough: bool,
    rules: Rules,
    memory: Memory,
    events: Events,
    count: int,
) -> int:
    memory.last_judged_s[k] = time_s
    predicted = violation_s <= rules.warning_time_s
    memory.current_hits[k] = (memory.current_hits[k] << 1 | (violation_s == 0.0)) & 0xFFFF
    memory.predicted_hits[k] = (memory.predicted_hits[k] << 1 | predicted) & 0xFFFF
    if not memory.active[k]:
        if predicted and np.isnan(memory.first_conflict_s[k]):
            memory.first_conflict_s[k] = time_s
        longest = max(rules.current_n, rules.predicted_n)
        if _count(memory.predicted_hits[k], longest) == 0:
            memory.first_conflict_s[k] = np.nan
        confirmed = (
            _count(memory.current_hits[k], rules.current_n) >= rules.current_m
            or _count(memory.predicted_hits[k], rules.predicted_n) >= rules.predicted_m
            or (rules.imminent_s > 0.0 and violation_s <= rules.imminent_s)
        )
        if not (predicted and confirmed):
            return count
        memory.active[k], memory.severe[k] = True, severe
        memory.start_s[k], memory.announced_s[k] = time_s, violation_s
        memory.worst_margin_ft[k], memory.clear[k] = margin_ft, 0
        return _write(events, count, row, k, START, time_s, memory)
    memory.worst_margin_ft[k] = min(memory.worst_margin_ft[k], margin_ft)
    if predicted and severe and not memory.severe[k]:
        memory.severe[k] = True
        count = _write(events, count, row, k, WORSE, time_s, memory)
    if (
        rules.reannounce_ratio > 0.0
        and violation_s < memory.announced_s[k]
        and violation_s <= rules.reannounce_ratio * memory.announced_s[k]
    ):
        memory.announced_s[k] = violation_s
        count = _write(events, count, row, k, REANNOUNCED, time_s, memory)
    clear = hold_violation_s > rules.warning_time_s + rules.hysteresis_s
    memory.clear[k] = memory.clear[k] + 1 if clear else 0
    if memory.clear[k] >= rules.clear_n and old_enough:
        count = _write(events, count, row, k, CLEARED, time_s, memory)
        end(k, memory)
    return count
