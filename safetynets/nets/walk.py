"""From a possible hit on until the track is at rest again: the plots that are judged when not all are.

A track at rest is changed by a hit alone, so what comes before the next possible one need not be looked at. A plot is
judged, joined and followed by the functions that do so for all plots.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, int64, no_refcount
from safetynets.engine.kernels.eligibility import Rules as Eligibility
from safetynets.engine.kernels.eligibility import reason_of
from safetynets.engine.kernels.legs import Forecast
from safetynets.engine.kernels.lifecycle import (
    EVENTS_PER_PLOT,
    Events,
    OneTrack,
    Rules,
    advance,
    at_rest,
    note,
    note_end,
    rests,
)
from safetynets.engine.kernels.plots import Traffic
from safetynets.engine.kernels.shapes import Room
from safetynets.engine.kernels.track_state import (
    Levels,
    Received,
    cleared_level_ft,
    levels_of,
    selected_level_ft,
    turn_rate_radps,
)
from safetynets.engine.kernels.verdict import (
    JUDGED,
    NOT_ON_APPROACH,
    Verdict,
    Verdicts,
    is_excluded,
    nothing,
    write,
)
from safetynets.kernel_cache import njit
from safetynets.nets.apm import kernel as apm
from safetynets.nets.apm.restart import Fresh, stretch_from
from safetynets.nets.apw import kernel as apw
from safetynets.nets.msaw import kernel as msaw

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

FULL = -1
"""What is returned when there is no room for what happened."""


class Believed(NamedTuple):
    """Which of the levels known of a flight a net believes, and whether it follows turns."""

    cleared: bool
    selected: bool
    turns: bool


class Told(NamedTuple):
    """What happened, with the verdict, the altitude and the QNH of the plot of each event."""

    events: Events
    verdicts: Verdicts
    altitude_ft: Floats
    qnh_hpa: Floats


@inlined
def _seen(i: int, first: int, traffic: Traffic, eligibility: Eligibility) -> tuple[Levels, int]:
    """The altitude of plot i of the track that begins at `first`, and why the net does not judge it, or `JUDGED`."""
    received = traffic.received
    levels, age_s = levels_of(i, received, traffic.pressure), received.time_s[i] - received.time_s[first]
    return levels, reason_of(i, age_s, levels.qnh_pressure_altitude_ft, received, eligibility)


@inlined
def _put_state(state: Floats, i: int, first: int, levels: Levels, traffic: Traffic, believed: Believed) -> None:
    """Fill in what the nets predict from (`predicted_paths`), of plot i of the track that begins at `first`."""
    received = traffic.received
    vx_mps, vy_mps = received.vx_mps[i], received.vy_mps[i]
    state[0], state[1], state[2], state[3] = received.x_m[i], received.y_m[i], vx_mps, vy_mps
    state[4], state[5] = levels.altitude_ft, received.vertical_rate_fpm[i] / 60.0
    state[6] = cleared_level_ft(i, received, levels) if believed.cleared else np.nan
    state[7] = selected_level_ft(i, received, levels) if believed.selected else np.nan
    state[8] = 0.0
    if believed.turns and i > first:
        course_rad = np.arctan2(vx_mps, vy_mps)
        before_rad = np.arctan2(received.vx_mps[i - 1], received.vy_mps[i - 1])
        time_s, before_s = received.time_s[i], received.time_s[i - 1]
        state[8] = turn_rate_radps(course_rad, time_s, before_rad, before_s, traffic.longest_turn_s)


@inlined
def _go_on(
    one: OneTrack, i: int, verdict: Verdict, levels: Levels, received: Received, rules: Rules, told: Told, count: int
) -> tuple[OneTrack, int]:
    """The memory of the track after plot i, and how many events there are then."""
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
        rules,
    )
    if happened != 0:
        before, k = count, int64(received.track[i])
        count = note(told.events, count, i, k, verdict.reason, time_s, one, after, happened, rules)
        for event in range(before, count):
            write(told.verdicts, event, verdict)
            told.altitude_ft[event], told.qnh_hpa[event] = levels.altitude_ft, levels.qnh_hpa
    return after, count


@inlined
def _end(one: OneTrack, i: int, traffic: Traffic, rules: Rules, told: Told, count: int) -> int:
    """How many events there are after plot i, the last of its track, and with how its alert ends."""
    if one.active:
        count = note_end(told.events, count, int64(traffic.received.track[i]), one, traffic.now_s, rules)
    return count


@inlined
def _settled_s(one: OneTrack, rules: Rules) -> float:
    """Up to which time to violation there is no need for that with hysteresis (`UNSETTLED_S`)."""
    return rules.warning_time_s + rules.hysteresis_s if one.active else np.inf


@inlined
def _is_full(told: Told, count: int) -> bool:
    return count + EVENTS_PER_PLOT >= len(told.qnh_hpa)


@njit(cache=True, nogil=True)
def follow_msaw(
    possible: Rows,
    traffic: Traffic,
    eligibility: Eligibility,
    believed: Believed,
    surface: msaw.Surface,
    bare_surface: msaw.Surface,
    outlook: msaw.Outlook,
    forecast: Forecast,
    escape: msaw.Escape,
    room: Room,
    rules: Rules,
    state: Floats,
    told: Told,
) -> int:
    """Write what happens to the MSAW alerts of tracks with these possible hits; returns the events, or `FULL`."""
    traffic, eligibility, told = no_refcount(traffic), no_refcount(eligibility), no_refcount(told)
    surface, bare_surface, outlook = no_refcount(surface), no_refcount(bare_surface), no_refcount(outlook)
    start, received, room = traffic.start, traffic.received, no_refcount(room)
    state, count, t, done = no_refcount(state), int64(0), int64(0), int64(-1)
    for i in possible:
        if i <= done:
            continue
        while start[t + 1] <= i:
            t += 1
        one, going = at_rest(), True
        while going:
            if _is_full(told, count):
                return FULL
            levels, reason = _seen(i, start[t], traffic, eligibility)
            verdict = nothing(reason)
            if reason == JUDGED:
                _put_state(state, i, start[t], levels, traffic, believed)
                verdict = msaw.judge_plot(
                    state, surface, bare_surface, outlook, forecast, escape, _settled_s(one, rules), room
                )
            one, count = _go_on(one, i, verdict, levels, received, rules, told, count)
            done, i = i, i + 1
            going = i < start[t + 1] and not rests(one.active, one.predicted_hits, rules)
        if i == start[t + 1]:
            count = _end(one, done, traffic, rules, told, count)
    return count


@njit(cache=True, nogil=True)
def follow_apw(
    possible: Rows,
    flight: Rows,
    passed_over: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    box_m: Floats,
    traffic: Traffic,
    eligibility: Eligibility,
    believed: Believed,
    bare: apw.Volumes,
    buffered: apw.Volumes,
    held: apw.Volumes,
    forecast: Forecast,
    room: Room,
    rules: Rules,
    state: Floats,
    told: Told,
) -> int:
    """The same of the APW and the volumes of one group.

    `flight` is the row of each possible hit in `passed_over` and `allowed`, as of `apw.judge`; `box_m` (west, south,
    east, north) holds all volumes with their buffers.
    """
    traffic, eligibility, told = no_refcount(traffic), no_refcount(eligibility), no_refcount(told)
    bare, buffered, held, passed_over = (
        no_refcount(bare),
        no_refcount(buffered),
        no_refcount(held),
        no_refcount(passed_over),
    )
    start, received, room = traffic.start, traffic.received, no_refcount(room)
    state, box_m, count, t, done = no_refcount(state), no_refcount(box_m), int64(0), int64(0), int64(-1)
    for p in range(len(possible)):
        i, f = possible[p], flight[p]
        x_m, y_m, vx_mps, vy_mps = received.x_m[i], received.y_m[i], received.vx_mps[i], received.vy_mps[i]
        if i <= done or allowed[f] or not apw.may_come_near(box_m, x_m, y_m, vx_mps, vy_mps, forecast.look_ahead_s):
            continue
        while start[t + 1] <= i:
            t += 1
        one, going = at_rest(), True
        while going:
            if _is_full(told, count):
                return FULL
            levels, reason = _seen(i, start[t], traffic, eligibility)
            verdict = nothing(reason)
            if reason == JUDGED:
                _put_state(state, i, start[t], levels, traffic, believed)
                verdict = apw.judge_plot(
                    state,
                    levels.qnh_pressure_altitude_ft,
                    received.time_s[i],
                    passed_over[f],
                    bare,
                    buffered,
                    held,
                    forecast,
                    _settled_s(one, rules),
                    room,
                )
            one, count = _go_on(one, i, verdict, levels, received, rules, told, count)
            done, i = i, i + 1
            going = i < start[t + 1] and not rests(one.active, one.predicted_hits, rules)
        if i == start[t + 1]:
            count = _end(one, done, traffic, rules, told, count)
    return count


@njit(cache=True, nogil=True)
def follow_apm(
    possible: Rows,
    traffic: Traffic,
    eligibility: Eligibility,
    fresh: Fresh,
    may_join: NDArray[np.bool_],
    approaches: apm.Approaches,
    limits: apm.Limits,
    hysteresis: apm.Hysteresis,
    joined: apm.Joined,
    rules: Rules,
    state: Floats,
    told: Told,
) -> int:
    """The same of the APM; to know what a plot is joined to, the plots since nothing was are looked at first."""
    traffic, eligibility, told = no_refcount(traffic), no_refcount(eligibility), no_refcount(told)
    fresh, may_join, approaches, limits = (
        no_refcount(fresh),
        no_refcount(may_join),
        no_refcount(approaches),
        no_refcount(limits),
    )
    start, received = traffic.start, traffic.received
    joined, believed = no_refcount(joined), Believed(False, False, False)
    state, count, t, done = no_refcount(state), int64(0), int64(0), int64(-1)
    passed = np.empty(len(approaches.start_nm), dtype=np.bool_)
    for hit in possible:
        if hit <= done:
            continue
        while start[t + 1] <= hit:
            t += 1
        k, one, going = received.track[hit], at_rest(), True
        i = stretch_from(hit, start[t], done, joined.landing[0], received, fresh, passed)
        if i > done:
            apm.forget(int64(0), joined)
        i = max(i, done + 1)
        while going:
            if _is_full(told, count):
                return FULL
            levels, reason = _seen(i, start[t], traffic, eligibility)
            _put_state(state, i, start[t], levels, traffic, believed)
            approach = apm.join_plot(
                int64(0), received.time_s[i], reason, state, may_join[k], approaches, fresh.rules, joined
            )
            if i >= hit:
                verdict = nothing(NOT_ON_APPROACH if reason == JUDGED else reason)
                if reason == JUDGED and approach >= 0:
                    verdict = apm.judge_plot(
                        state, int64(approach), approaches, limits, hysteresis, _settled_s(one, rules)
                    )
                one, count = _go_on(one, i, verdict, levels, received, rules, told, count)
                going = i + 1 < start[t + 1] and not rests(one.active, one.predicted_hits, rules)
            done, i = i, i + 1
        if i == start[t + 1]:
            count = _end(one, done, traffic, rules, told, count)
    return count


@njit(cache=True, nogil=True)
def join_spans(
    from_row: Rows,
    to_row: Rows,
    traffic: Traffic,
    eligibility: Eligibility,
    fresh: Fresh,
    may_join: NDArray[np.bool_],
    joined: apm.Joined,
    state: Floats,
    row: Rows,
    approach: NDArray[np.int32],
) -> int:
    """Write the rows of ascending spans and the approach that each is joined to, and return how many there are.

    A span may begin with the row that ends the one before; it is written once.
    """
    traffic, eligibility, fresh, joined = (
        no_refcount(traffic),
        no_refcount(eligibility),
        no_refcount(fresh),
        no_refcount(joined),
    )
    may_join, state = no_refcount(may_join), no_refcount(state)
    start, received, believed = traffic.start, traffic.received, Believed(False, False, False)
    passed = np.empty(len(fresh.approaches.start_nm), dtype=np.bool_)
    count, t, done = 0, int64(0), int64(-1)
    for span in range(len(from_row)):
        while start[t + 1] <= from_row[span]:
            t += 1
        i = stretch_from(from_row[span], start[t], done, joined.landing[0], received, fresh, passed)
        if i > done:
            apm.forget(int64(0), joined)
        i = max(i, done + 1)
        while i <= to_row[span]:
            levels, reason = _seen(i, start[t], traffic, eligibility)
            _put_state(state, i, start[t], levels, traffic, believed)
            now = apm.join_plot(
                int64(0),
                received.time_s[i],
                reason,
                state,
                may_join[received.track[i]],
                fresh.approaches,
                fresh.rules,
                joined,
            )
            if i >= from_row[span]:
                row[count], approach[count] = i, now
                count += 1
            done, i = i, i + 1
    return count
