"""From conflicts of single plots to the events of an alert: one `step` a plot, memory per track.

`follow` takes every plot, `follow_sparse` only those between a predicted hit and the rest after it: a track at rest
is changed by nothing else.
"""

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


class Plots(NamedTuple):
    """What the lifecycle takes of each plot: whose it is, when, and what the net found."""

    track: NDArray[np.int32]
    time_s: Floats
    assessable: NDArray[np.bool_]
    excluded: NDArray[np.bool_]
    violation_s: Floats
    hold_violation_s: Floats
    margin_ft: Floats
    severe: NDArray[np.bool_]


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
def is_at_rest(k: int, rules: Rules, memory: Memory) -> bool:
    """Whether track k has no alert and no conflict that still counts: then only a predicted hit changes anything."""
    return not memory.active[k] and _count(memory.predicted_hits[k], max(rules.current_n, rules.predicted_n)) == 0


@njit(cache=True)
def follow(
    plots: Plots,
    rules: Rules,
    memory: Memory,
    events: Events,
) -> int:
    """Go through all plots in order, write what happens into `events` and return how many events there are."""
    count = 0
    for row in range(len(plots.track)):
        count = step(
            row,
            plots.track[row],
            plots.time_s[row],
            plots.assessable[row],
            plots.excluded[row],
            plots.violation_s[row],
            plots.hold_violation_s[row],
            plots.margin_ft[row],
            plots.severe[row],
            rules,
            memory,
            events,
            count,
        )
    return count


@njit(cache=True)
def follow_sparse(
    row: NDArray[np.int64],
    last: NDArray[np.bool_],
    plots: Plots,
    rules: Rules,
    memory: Memory,
    events: Events,
    broken_off: NDArray[np.bool_],
) -> int:
    """As `follow`, over some of the plots: from a predicted hit on until the track is at rest again.

    `row` are the ascending rows of these plots among all, `last` marks the last plot of a track; every plot with a
    predicted hit must be there. Where a plot is missing before the track is at rest, the one before it is marked in
    `broken_off`, and the events of that track do not count. Rows of events are indices into these plots.
    """
    count = 0
    for j in range(len(row)):
        k = plots.track[j]
        hit = plots.assessable[j] and plots.violation_s[j] <= rules.warning_time_s
        if not hit and is_at_rest(k, rules, memory):
            continue
        count = step(
            j,
            k,
            plots.time_s[j],
            plots.assessable[j],
            plots.excluded[j],
            plots.violation_s[j],
            plots.hold_violation_s[j],
            plots.margin_ft[j],
            plots.severe[j],
            rules,
            memory,
            events,
            count,
        )
        followed = last[j] or (j + 1 < len(row) and row[j + 1] == row[j] + 1)
        broken_off[j] = not followed and not is_at_rest(k, rules, memory)
    return count


@njit(cache=True)
def step(
    row: int,
    k: int,
    time_s: float,
    assessable: bool,
    excluded: bool,
    violation_s: float,
    hold_violation_s: float,
    margin_ft: float,
    severe: bool,
    rules: Rules,
    memory: Memory,
    events: Events,
    count: int,
) -> int:
    """What one plot of track k does to its memory; writes events from `count` on and returns how many there are."""
    if memory.active[k] and time_s >= lost_at_s(k, rules, memory):
        count = _write(events, count, row, k, LOST, lost_at_s(k, rules, memory), memory)
        end(k, memory)
    if time_s - memory.last_plot_s[k] > rules.max_gap_s:
        kept_s = memory.first_conflict_s[k]
        _forget_counts(k, memory)
        if memory.active[k]:
            memory.first_conflict_s[k] = kept_s
    memory.last_plot_s[k] = time_s
    old_enough = memory.active[k] and time_s >= memory.start_s[k] + rules.minimum_duration_s
    if excluded:
        if memory.active[k]:
            if old_enough:
                count = _write(events, count, row, k, EXCLUDED, time_s, memory)
                end(k, memory)
        else:
            _forget_counts(k, memory)
    elif assessable:
        count = _judged(
            row,
            k,
            time_s,
            violation_s,
            hold_violation_s,
            margin_ft,
            severe,
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
