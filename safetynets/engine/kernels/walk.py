"""The walk over the plots of a set of subjects: state, eligibility, phase, verdict, lifecycle, in this order.

It stands once. Compiled with the kernel inputs of a net (`dispatch`) it judges every plot, or only what follows a
candidate until the subject is at rest again. A subject at rest is changed by a hit alone, so what comes before the next
candidate need not be judged.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import entry, inlined, int64
from safetynets.engine.kernels.dispatch import follow_phase, forget_phase, judge, passes_over, restart_row
from safetynets.engine.kernels.eligibility import Rules as Eligibility
from safetynets.engine.kernels.eligibility import reason_of
from safetynets.engine.kernels.lifecycle import (
    EVENTS_PER_PLOT,
    Events,
    Memory,
    OneTrack,
    Rules,
    advance,
    at_rest,
    note,
    note_end,
    of_track,
    remember,
    rests,
)
from safetynets.engine.kernels.plots import Plots
from safetynets.engine.kernels.track_state import (
    Carried,
    Levels,
    Prediction,
    Received,
    course_rad,
    levels_of,
    put_state,
)
from safetynets.engine.kernels.verdict import JUDGED, UNSETTLED_S, Verdict, Verdicts, is_excluded, nothing, write
from safetynets.kernel_cache import njit

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

FULL = -1
"""Returned where the log has no room left."""


class Log(NamedTuple):
    """What a walk writes: events, with the verdict, altitude, QNH and phase of their plots.

    Where every plot is judged these are those of every plot, one row a plot; else one row an event.
    """

    events: Events
    verdicts: Verdicts
    altitude_ft: Floats
    qnh_hpa: Floats
    phase: NDArray[np.int32]


@inlined
def _advance(
    one: OneTrack,
    i: int,
    verdict: Verdict,
    phase: int,
    received: Received,
    rules: Rules,
    events: Events,
    count: int,
) -> tuple[OneTrack, int]:
    """The memory of the subject after plot i, and how many events there are then."""
    time_s = received.time_s[i]
    after, happened = advance(
        one,
        time_s,
        verdict.reason == JUDGED,
        is_excluded(verdict.reason),
        verdict.time_to_violation_s,
        verdict.hold_time_to_violation_s,
        verdict.margin_ft,
        verdict.severe,
        phase,
        rules,
    )
    if happened != 0:
        k = int64(received.track[i])
        count = note(events, count, i, k, verdict.reason, time_s, one, after, happened, rules)
    return after, count


@inlined
def _write(log: Log, row: int, verdict: Verdict, levels: Levels, phase: int) -> None:
    write(log.verdicts, row, verdict)
    log.altitude_ft[row], log.qnh_hpa[row], log.phase[row] = levels.altitude_ft, levels.qnh_hpa, phase


@entry
def walk(
    candidates: Rows,
    every: bool,
    plots: Plots,
    eligibility: Eligibility,
    how: Prediction,
    inputs: Any,
    rules: Rules,
    carried: Carried,
    memory: Memory,
    state: Floats,
    log: Log,
) -> int:
    """Write what becomes of the alerts of the subjects that have candidates; returns how many events, or `FULL`.

    With `every` the candidates are the first rows of all subjects, every plot is judged, and `memory` and `carried`
    are carried on. Otherwise a subject is followed from each candidate until it is at rest, and what then becomes of
    an alert that still is active after the last plot is an event too.
    """
    start, received = plots.start, plots.received
    count, t, n, done = int64(0), int64(0), int64(-1), int64(-1)
    for hit in candidates:
        if hit <= done:
            continue
        if n < 0 or start[t + 1] <= hit:
            n += 1
            while start[t + 1] <= hit:
                t += 1
        if not every and passes_over(inputs, hit, n, received):
            continue
        k, first, end, i = int64(received.track[hit]), start[t], start[t + 1], hit
        one = at_rest()
        if every:
            one = of_track(memory, k)
        else:
            i = restart_row(inputs, hit, first, done, k, received)
            if i > done:
                forget_phase(inputs, k)
            i = max(i, done + 1)
        going = True
        while going:
            if count + EVENTS_PER_PLOT >= len(log.events.what):
                return FULL
            time_s, levels = received.time_s[i], levels_of(i, received, plots.pressure)
            age_s = time_s - carried.track_start_s[k]
            reason = reason_of(i, age_s, levels.qnh_pressure_altitude_ft, received, eligibility)
            put_state(state, i, first, k, levels, received, carried, how)
            phase = int64(follow_phase(inputs, n, k, time_s, reason, state))
            if i >= hit:
                verdict, before = nothing(reason), count
                if reason == JUDGED:
                    settled_s = UNSETTLED_S
                    if not every:
                        settled_s = rules.warning_time_s + rules.hysteresis_s if one.active else np.inf
                    verdict = judge(inputs, i, n, phase, time_s, state, levels, settled_s)
                one, count = _advance(one, i, verdict, phase, received, rules, log.events, count)
                if every:
                    _write(log, i, verdict, levels, phase)
                else:
                    for event in range(before, count):
                        _write(log, event, verdict, levels, phase)
                going = every or not rests(one.active, one.predicted_hits, rules)
            done, i = i, i + 1
            going = going and i < end
        if every:
            remember(memory, k, one)
        elif i == end and one.active:
            count = note_end(log.events, count, k, one, plots.now_s, rules)
    return count


@njit(cache=True, nogil=True)
def carry_on(last: Rows, received: Received, carried: Carried) -> None:
    """Note time and course of these plots, each the last of its track so far, for what comes next of them."""
    for row in last:
        k = received.track[row]
        carried.last_s[k], carried.last_course_rad[k] = received.time_s[row], course_rad(row, received)


@entry
def phases(
    from_row: Rows,
    to_row: Rows,
    plots: Plots,
    eligibility: Eligibility,
    how: Prediction,
    inputs: Any,
    carried: Carried,
    state: Floats,
    row: Rows,
    phase: NDArray[np.int32],
) -> int:
    """Write the rows of ascending spans of rows and the phase of each; returns how many there are.

    A span may begin with the row that ends the one before; it is written once.
    """
    start, received = plots.start, plots.received
    count, t, n, done = int64(0), int64(0), int64(-1), int64(-1)
    for span in range(len(from_row)):
        if n < 0 or start[t + 1] <= from_row[span]:
            n += 1
            while start[t + 1] <= from_row[span]:
                t += 1
        k, first = int64(received.track[from_row[span]]), start[t]
        i = restart_row(inputs, from_row[span], first, done, k, received)
        if i > done:
            forget_phase(inputs, k)
        i = max(i, done + 1)
        while i <= to_row[span]:
            time_s, levels = received.time_s[i], levels_of(i, received, plots.pressure)
            age_s = time_s - carried.track_start_s[k]
            reason = reason_of(i, age_s, levels.qnh_pressure_altitude_ft, received, eligibility)
            put_state(state, i, first, k, levels, received, carried, how)
            now = follow_phase(inputs, n, k, time_s, reason, state)
            if i >= from_row[span]:
                row[count], phase[count] = i, now
                count += 1
            done, i = i, i + 1
    return count


@entry
def judge_states(
    inputs: Any,
    reason: NDArray[np.int8],
    phase: NDArray[np.int32],
    n: Rows,
    time_s: Floats,
    states: Floats,
    qnh_pressure_altitude_ft: Floats,
    verdicts: Verdicts,
) -> None:
    """Judge states that are given, one a row, of subjects `n` and in a given phase, without any lifecycle."""
    for i in range(len(reason)):
        verdict = nothing(reason[i])
        if reason[i] == JUDGED:
            levels = Levels(states[i, 4], np.nan, qnh_pressure_altitude_ft[i], np.inf)
            verdict = judge(inputs, i, n[i], int64(phase[i]), time_s[i], states[i], levels, UNSETTLED_S)
        write(verdicts, i, verdict)
