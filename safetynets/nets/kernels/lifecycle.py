"""From conflicts of single plots to the events of an alert: one `step` a plot, memory per track.

`follow` takes every plot, `follow_sparse` only those between a predicted hit and the rest after it: a track at rest
is changed by nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.borrowed import borrowed

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


class OneTrack(NamedTuple):
    """`Memory` of one track by itself."""

    active: bool
    severe: bool
    start_s: float
    first_conflict_s: float
    last_plot_s: float
    last_judged_s: float
    announced_s: float
    worst_margin_ft: float
    clear: int
    current_hits: int
    predicted_hits: int


class Events(NamedTuple):
    """Events in order: the row of the plot that caused it (-1 for none), track, what, and when."""

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    what: NDArray[np.int8]
    time_s: Floats
    first_conflict_s: Floats
    worst_margin_ft: Floats


@njit(cache=True)
def count_of(hits: int, n: int) -> int:
    """How many of the last n bits are set."""
    count = 0
    for bit in range(n):
        count += (hits >> bit) & 1
    return count


@njit(cache=True)
def lost_at_s(k: int, rules: Rules, memory: Memory) -> float:
    """When the active alert of track k ends if no plot of it is judged any more."""
    return lost_when_s(memory.last_judged_s[k], memory.start_s[k], rules)


@njit(cache=True)
def lost_when_s(last_judged_s: float, start_s: float, rules: Rules) -> float:
    """The same of an alert that started and was last judged at some times."""
    return max(last_judged_s + rules.track_lost_s, start_s + rules.minimum_duration_s)


@njit(cache=True)
def end(k: int, memory: Memory) -> None:
    """Forget the alert of track k."""
    memory.active[k], memory.severe[k] = False, False
    memory.clear[k], memory.current_hits[k], memory.predicted_hits[k] = 0, 0, 0
    memory.first_conflict_s[k] = np.nan


@njit(cache=True)
def is_at_rest(k: int, rules: Rules, memory: Memory) -> bool:
    """Whether track k has no alert and no conflict that still counts: then only a predicted hit changes anything."""
    return rests(memory.active[k], memory.predicted_hits[k], rules)


@njit(cache=True)
def rests(active: bool, predicted_hits: int, rules: Rules) -> bool:
    """The same of one track by itself."""
    return not active and count_of(predicted_hits, max(rules.current_n, rules.predicted_n)) == 0


@njit(cache=True)
def follow(
    plots: Plots,
    rules: Rules,
    memory: Memory,
    events: Events,
) -> int:
    """Go through all plots in order, write what happens into `events` and return how many events there are."""
    plots, memory, events = borrowed(plots), borrowed(memory), borrowed(events)
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


@njit(cache=True, nogil=True)
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
    plots, memory, events = borrowed(plots), borrowed(memory), borrowed(events)
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
    before = OneTrack(
        memory.active[k],
        memory.severe[k],
        memory.start_s[k],
        memory.first_conflict_s[k],
        memory.last_plot_s[k],
        memory.last_judged_s[k],
        memory.announced_s[k],
        memory.worst_margin_ft[k],
        memory.clear[k],
        memory.current_hits[k],
        memory.predicted_hits[k],
    )
    after, happened = advance(
        before, time_s, assessable, excluded, violation_s, hold_violation_s, margin_ft, severe, rules
    )
    memory.active[k], memory.severe[k], memory.start_s[k] = after.active, after.severe, after.start_s
    memory.first_conflict_s[k], memory.last_plot_s[k] = after.first_conflict_s, after.last_plot_s
    memory.last_judged_s[k], memory.announced_s[k] = after.last_judged_s, after.announced_s
    memory.worst_margin_ft[k], memory.clear[k] = after.worst_margin_ft, after.clear
    memory.current_hits[k], memory.predicted_hits[k] = after.current_hits, after.predicted_hits
    if happened == 0:
        return count
    for what in (LOST, EXCLUDED, START, WORSE, REANNOUNCED, CLEARED):
        if happened >> what & 1:
            events.row[count], events.track[count], events.what[count] = row, k, what
            events.time_s[count] = time_s
            events.first_conflict_s[count] = before.first_conflict_s
            events.worst_margin_ft[count] = after.worst_margin_ft
            if what == LOST:
                events.time_s[count] = lost_when_s(before.last_judged_s, before.start_s, rules)
                events.worst_margin_ft[count] = before.worst_margin_ft
            elif what == START:
                events.first_conflict_s[count] = after.first_conflict_s
            count += 1
    return count


@njit(cache=True)
def advance(
    before: OneTrack,
    time_s: float,
    assessable: bool,
    excluded: bool,
    violation_s: float,
    hold_violation_s: float,
    margin_ft: float,
    severe: bool,
    rules: Rules,
) -> tuple[OneTrack, int]:
    """The memory of a track after one more plot, and what happened to its alert: bit `START` for a start, and so on."""
    active, severe_before, start_s, first_conflict_s = (
        before.active,
        before.severe,
        before.start_s,
        before.first_conflict_s,
    )
    last_judged_s, announced_s, worst_margin_ft = before.last_judged_s, before.announced_s, before.worst_margin_ft
    clear, current_hits, predicted_hits = before.clear, before.current_hits, before.predicted_hits
    happened = 0
    ended = active and time_s >= lost_when_s(last_judged_s, start_s, rules)
    if ended:
        happened |= 1 << LOST
    if ended or time_s - before.last_plot_s > rules.max_gap_s:
        active = active and not ended
        severe_before = severe_before and active
        clear, current_hits, predicted_hits = 0, 0, 0
        if not active:
            first_conflict_s = np.nan
    old_enough = active and time_s >= start_s + rules.minimum_duration_s
    ended = False
    if excluded:
        ended = old_enough
        if ended:
            happened |= 1 << EXCLUDED
        elif not active:
            clear, current_hits, predicted_hits, first_conflict_s = 0, 0, 0, np.nan
    elif assessable:
        last_judged_s = time_s
        predicted = violation_s <= rules.warning_time_s
        current_hits = (current_hits << 1 | (violation_s == 0.0)) & 0xFFFF
        predicted_hits = (predicted_hits << 1 | predicted) & 0xFFFF
        if not active:
            if predicted and np.isnan(first_conflict_s):
                first_conflict_s = time_s
            if rests(active, predicted_hits, rules):
                first_conflict_s = np.nan
            confirmed = predicted and (
                count_of(current_hits, rules.current_n) >= rules.current_m
                or count_of(predicted_hits, rules.predicted_n) >= rules.predicted_m
                or (rules.imminent_s > 0.0 and violation_s <= rules.imminent_s)
            )
            if confirmed:
                happened |= 1 << START
                active, severe_before, start_s, announced_s = True, severe, time_s, violation_s
                worst_margin_ft, clear = margin_ft, 0
        else:
            worst_margin_ft = min(worst_margin_ft, margin_ft)
            if predicted and severe and not severe_before:
                severe_before = True
                happened |= 1 << WORSE
            if (
                rules.reannounce_ratio > 0.0
                and violation_s < announced_s
                and violation_s <= rules.reannounce_ratio * announced_s
            ):
                announced_s = violation_s
                happened |= 1 << REANNOUNCED
            clear = clear + 1 if hold_violation_s > rules.warning_time_s + rules.hysteresis_s else 0
            ended = clear >= rules.clear_n and old_enough
            if ended:
                happened |= 1 << CLEARED
    if ended:
        active, severe_before = False, False
        clear, current_hits, predicted_hits, first_conflict_s = 0, 0, 0, np.nan
    return OneTrack(
        active,
        severe_before,
        start_s,
        first_conflict_s,
        time_s,
        last_judged_s,
        announced_s,
        worst_margin_ft,
        clear,
        current_hits,
        predicted_hits,
    ), happened
