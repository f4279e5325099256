"""From conflicts of single plots to the events of an alert: one `advance` a plot, memory per track."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import entry, inlined, int64, separate
from safetynets.engine.kernels.verdict import JUDGED

Floats = NDArray[np.float64]

START, REANNOUNCED, WORSE, RENAMED, CLEARED, NOT_JUDGED, LOST, STILL = range(8)
"""What happens to an alert, from CLEARED on how it ends.

WORSE is a rise of severity, RENAMED a change of phase: it is about another approach now. NOT_JUDGED is an end at a plot
that a rule excludes, or after plots that could not be judged for too long; STILL is active at the end.
"""

EVENTS_PER_PLOT = 4
"""At most: the old alert is lost, a new one starts; or an active one is renamed, announced again, worsens and ends."""


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
    not_assessable_s: float
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
    phase: NDArray[np.int64]
    clear: NDArray[np.int64]
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
    phase: int
    clear: int
    current_hits: int
    predicted_hits: int


class Events(NamedTuple):
    """Events in order: the row of the plot that caused it (-1 for none), its track and `Reason`, what, and when."""

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    reason: NDArray[np.int8]
    what: NDArray[np.int8]
    time_s: Floats
    first_conflict_s: Floats
    worst_margin_ft: Floats


@inlined
def count_of(hits: int, n: int) -> int:
    """How many of the last n bits are set."""
    count = 0
    for bit in range(n):
        count += (hits >> bit) & 1
    return count


@inlined
def at_rest() -> OneTrack:
    """The memory of a track before its first plot."""
    return OneTrack(False, False, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, 0, 0, 0)


@inlined
def of_track(memory: Memory, k: int) -> OneTrack:
    """What is remembered of track k."""
    return OneTrack(
        memory.active[k],
        memory.severe[k],
        memory.start_s[k],
        memory.first_conflict_s[k],
        memory.last_plot_s[k],
        memory.last_judged_s[k],
        memory.announced_s[k],
        memory.worst_margin_ft[k],
        memory.phase[k],
        memory.clear[k],
        memory.current_hits[k],
        memory.predicted_hits[k],
    )


@inlined
def remember(memory: Memory, k: int, one: OneTrack) -> None:
    """Put down what is remembered of track k."""
    memory.active[k], memory.severe[k], memory.start_s[k] = one.active, one.severe, one.start_s
    memory.first_conflict_s[k], memory.last_plot_s[k] = one.first_conflict_s, one.last_plot_s
    memory.last_judged_s[k], memory.announced_s[k] = one.last_judged_s, one.announced_s
    memory.worst_margin_ft[k], memory.phase[k], memory.clear[k] = one.worst_margin_ft, one.phase, one.clear
    memory.current_hits[k], memory.predicted_hits[k] = one.current_hits, one.predicted_hits


@inlined
def lost_when_s(last_plot_s: float, start_s: float, rules: Rules) -> float:
    """When an active alert ends if no plot of its track comes any more."""
    return max(last_plot_s + rules.track_lost_s, start_s + rules.minimum_duration_s)


@inlined
def rests(active: bool, predicted_hits: int, rules: Rules) -> bool:
    """Whether a track has no alert and no conflict that still counts: then only a predicted hit changes anything."""
    return not active and count_of(predicted_hits, max(rules.current_n, rules.predicted_n)) == 0


@separate
def note(
    events: Events,
    count: int,
    row: int,
    k: int,
    reason: int,
    time_s: float,
    before: OneTrack,
    after: OneTrack,
    happened: int,
    rules: Rules,
) -> int:
    """Write what happened at a plot (of `advance`) from `count` on, and return how many events there are then."""
    for what in (LOST, NOT_JUDGED, START, RENAMED, WORSE, REANNOUNCED, CLEARED):
        if happened >> what & 1:
            events.row[count], events.track[count], events.reason[count] = row, k, reason
            events.what[count], events.time_s[count] = what, time_s
            events.first_conflict_s[count] = before.first_conflict_s
            events.worst_margin_ft[count] = after.worst_margin_ft
            if what == LOST:
                events.time_s[count] = lost_when_s(before.last_plot_s, before.start_s, rules)
                events.worst_margin_ft[count] = before.worst_margin_ft
            elif what == START:
                events.first_conflict_s[count] = after.first_conflict_s
            count += 1
    return count


@separate
def note_end(events: Events, count: int, k: int, one: OneTrack, now_s: float, rules: Rules) -> int:
    """Write that the active alert of track k was lost by now, or that it still is there."""
    lost_s = lost_when_s(one.last_plot_s, one.start_s, rules)
    events.row[count], events.track[count], events.reason[count] = -1, k, JUDGED
    events.what[count], events.time_s[count] = (LOST, lost_s) if lost_s <= now_s else (STILL, np.nan)
    events.first_conflict_s[count], events.worst_margin_ft[count] = one.first_conflict_s, one.worst_margin_ft
    return count + 1


@entry
def end(memory: Memory, now_s: float, rules: Rules, events: Events) -> int:
    """Write how the active alerts of all tracks end by now, forget those that were lost, and return how many."""
    count = int64(0)
    for k in range(len(memory.active)):
        if memory.active[k]:
            count = note_end(events, count, k, of_track(memory, k), now_s, rules)
            if events.what[count - 1] == LOST:
                memory.active[k], memory.severe[k] = False, False
                memory.clear[k], memory.current_hits[k], memory.predicted_hits[k] = 0, 0, 0
                memory.first_conflict_s[k] = np.nan
    return count


@separate
def advance(
    before: OneTrack,
    time_s: float,
    assessable: bool,
    excluded: bool,
    violation_s: float,
    hold_violation_s: float,
    margin_ft: float,
    severe: bool,
    phase: int,
    rules: Rules,
) -> tuple[OneTrack, int]:
    """The memory of a track after one more plot, and what happened to its alert: bit `START` for a start, and so on.

    A margin that has no meaning (NaN) never is the worst. When a plot in conflict is in another phase than that of the
    alert, the alert is renamed, and announced again. Plots that are not assessable hold an active alert for
    `not_assessable_s`.
    """
    if np.isnan(margin_ft):
        margin_ft = np.inf
    active, severe_before, start_s, first_conflict_s = (
        before.active,
        before.severe,
        before.start_s,
        before.first_conflict_s,
    )
    last_judged_s, announced_s, worst_margin_ft = before.last_judged_s, before.announced_s, before.worst_margin_ft
    clear, current_hits, predicted_hits = before.clear, before.current_hits, before.predicted_hits
    alert_phase = before.phase
    happened = 0
    ended = active and time_s >= lost_when_s(before.last_plot_s, start_s, rules)
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
            happened |= 1 << NOT_JUDGED
        else:
            clear = 0
            if not active:
                current_hits, predicted_hits, first_conflict_s = 0, 0, np.nan
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
                worst_margin_ft, clear, alert_phase = margin_ft, 0, phase
        else:
            worst_margin_ft = min(worst_margin_ft, margin_ft)
            if predicted and severe and not severe_before:
                severe_before = True
                happened |= 1 << WORSE
            if predicted and phase != alert_phase:
                alert_phase, announced_s = phase, violation_s
                happened |= 1 << RENAMED
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
    elif old_enough and time_s >= last_judged_s + rules.not_assessable_s:
        ended = True
        happened |= 1 << NOT_JUDGED
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
        alert_phase,
        clear,
        current_hits,
        predicted_hits,
    ), happened
