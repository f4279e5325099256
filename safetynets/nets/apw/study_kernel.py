"""APW judged from what is kept of a plot: when it enters a volume at all, and its state for closer questions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined
from safetynets.engine.kernels.legs import SLOWEST_TURN_RADPS, STRAIGHT, Forecast
from safetynets.engine.kernels.shapes import Room
from safetynets.engine.kernels.track_state import STATE
from safetynets.engine.kernels.volumes import Volumes, is_inside, vertical_limits_ft
from safetynets.engine.study.kernels.follow import (
    Edges,
    Found,
    Watch,
    follow,
    room_for_a_track,
    room_for_alerts,
    with_room,
)
from safetynets.engine.study.kernels.seen import Seen, put_state_of
from safetynets.kernel_cache import njit, part
from safetynets.nets.apw.kernel import entries_s, may_come_near, out_of_reach

Floats = NDArray[np.float64]

ROUNDING_S = 1e-6
"""An entry this near to the end of a look-ahead may or may not be within it: the kernel of the net says."""


class Plots(NamedTuple):
    """What is kept of each plot that could enter a volume of one group at some setting.

    `entry_s` is when it enters one at the longest look-ahead, `hold_entry_s` when it enters one at its widest, and
    `surely_held_entry_s` when it enters one at its narrowest that still holds on; NaN where a turn is followed, whose
    chords depend on the look-ahead. A row of `state` is what `predicted_paths` takes.
    """

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    time_s: Floats
    qnh_pressure_altitude_ft: Floats
    state: Floats
    entry_s: Floats
    hold_entry_s: Floats
    surely_held_entry_s: Floats
    severe: NDArray[np.bool_]


@part(_nrt=True)
def first_entry_s(
    state: Floats,
    forecast: Forecast,
    duration_s: float,
    volumes: Volumes,
    allowed: NDArray[np.bool_],
    qnh_pressure_altitude_ft: float,
    time_s: float,
    room: Room,
) -> float:
    """When a plot first enters a volume where it is not allowed, under the hypotheses; inf for never."""
    first_s = first_turning_s = np.inf
    for i in range(len(volumes.floor_ft)):
        if not allowed[i]:
            straight_s, turning_s = entries_s(
                state, forecast, duration_s, volumes, i, qnh_pressure_altitude_ft, time_s, room
            )
            first_s, first_turning_s = min(first_s, straight_s), min(first_turning_s, turning_s)
    return max(first_s, first_turning_s)


@njit(cache=True, nogil=True)
def gather(
    judged: NDArray[np.bool_],
    seen: Seen,
    allowed: NDArray[np.bool_],
    bare: Volumes,
    buffered: Volumes,
    held: Volumes,
    surely_held: Volumes,
    box_m: Floats,
    forecast: Forecast,
    room: Room,
) -> Plots:
    """What must be kept of these plots; `held`, in the box (west, south, east, north), and `forecast` are the widest.

    `surely_held` are the volumes with the least hysteresis: an entry into them holds on to an alert at every setting.
    """
    hold_s, received = forecast.look_ahead_s + forecast.hysteresis_s, seen.received
    track, time_s, x_m, y_m = received.track, received.time_s, received.x_m, received.y_m
    vx_mps, vy_mps = received.vx_mps, received.vy_mps
    near, state = np.zeros(len(track), np.bool_), np.empty(STATE)
    for row in range(len(track)):
        if not judged[row] or not may_come_near(box_m, x_m[row], y_m[row], vx_mps[row], vy_mps[row], hold_s):
            continue
        pa_ft = put_state_of(row, seen, state).qnh_pressure_altitude_ft
        for i in range(len(held.floor_ft)):
            if allowed[track[row], i] or held.first_period[i] == held.first_period[i + 1]:
                continue
            floor_ft, ceiling_ft = vertical_limits_ft(held, i, pa_ft)
            if not out_of_reach(state, held, i, floor_ft, ceiling_ft, hold_s):
                near[row] = True
                break
    rows = np.flatnonzero(near)
    entries, severe, count = np.empty((len(rows), 3)), np.zeros(len(rows), np.bool_), 0
    motion, qnh_pressure_altitude_ft = np.empty((len(rows), STATE)), np.empty(len(rows))
    for row in range(len(near)):
        if not near[row]:
            continue
        pa_ft, here = put_state_of(row, seen, state).qnh_pressure_altitude_ft, allowed[track[row]]
        motion[count], qnh_pressure_altitude_ft[count] = state, pa_ft
        entries[count] = np.nan
        if forecast.hypotheses == STRAIGHT or abs(state[8]) <= SLOWEST_TURN_RADPS:
            entries[count, 1] = first_entry_s(state, forecast, hold_s, held, here, pa_ft, time_s[row], room)
            if entries[count, 1] == np.inf:
                continue
            entries[count, 0] = first_entry_s(state, forecast, hold_s, buffered, here, pa_ft, time_s[row], room)
            entries[count, 2] = first_entry_s(state, forecast, hold_s, surely_held, here, pa_ft, time_s[row], room)
        for i in range(len(bare.floor_ft)):
            floor_ft, ceiling_ft = vertical_limits_ft(bare, i, pa_ft)
            if not here[i] and is_inside(bare, i, state[0], state[1], state[4], floor_ft, ceiling_ft, time_s[row]):
                severe[count] = True
        rows[count] = row
        count += 1
    rows = rows[:count].copy()
    return Plots(
        rows,
        track[rows],
        time_s[rows],
        qnh_pressure_altitude_ft[:count].copy(),
        motion[:count].copy(),
        entries[:count, 0].copy(),
        entries[:count, 1].copy(),
        entries[:count, 2].copy(),
        severe[:count].copy(),
    )


@njit(cache=True, nogil=True)
def judge(
    plots: Plots,
    first: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    buffered: Volumes,
    held: Volumes,
    forecast: Forecast,
    room: Room,
    edges: Edges,
    watch: Watch,
    s: int,
) -> Floats:
    """The alerts of set s, by track; the kept plots of a track are `first[k]` to `first[k + 1]`.

    No path leaves a coverage, so that there are no edges.
    """
    track, warning_time_s = plots.track, watch.sets[s].warning_time_s
    found, alerts, count = room_for_a_track(first), room_for_alerts(1, len(first)), 0
    for k in range(len(first) - 1):
        found_count, has_hit = _find(
            plots, first[k], first[k + 1], allowed, buffered, held, forecast, room, warning_time_s, found
        )
        if has_hit:
            alerts = with_room(alerts, count, found_count)
            count = follow(found, found_count, track[first[k]], edges, watch, s, alerts[0], count)
    return alerts[0, :count]


@inlined
def _find(
    plots: Plots,
    first: int,
    last: int,
    allowed: NDArray[np.bool_],
    buffered: Volumes,
    held: Volumes,
    forecast: Forecast,
    room: Room,
    warning_time_s: float,
    found: Found,
) -> tuple[int, bool]:
    """Write what a set finds for the kept plots of a track, and return for how many, and whether there is a hit.

    Only where a track had a predicted hit before can an alert be held on to.
    """
    look_ahead_s = forecast.look_ahead_s
    limit_s = warning_time_s + forecast.hysteresis_s
    hold_s = min(look_ahead_s, warning_time_s) + forecast.hysteresis_s
    row, severe, entries_s, hold_entries_s = plots.row, plots.severe, plots.entry_s, plots.hold_entry_s
    surely_held_entries_s = plots.surely_held_entry_s
    count, has_hit = 0, False
    for q in range(first, last):
        may_be_held = has_hit and not hold_entries_s[q] > hold_s + ROUNDING_S
        violation_s = np.inf
        if not entries_s[q] > look_ahead_s + ROUNDING_S:
            violation_s = entries_s[q]
            if not violation_s <= look_ahead_s - ROUNDING_S:
                violation_s = _first_entry_s(plots, q, forecast, look_ahead_s, buffered, allowed, room)
        if violation_s == np.inf and not may_be_held:
            continue
        if violation_s < limit_s - ROUNDING_S:
            hold_violation_s = violation_s
        elif not may_be_held:
            hold_violation_s = np.inf
        elif surely_held_entries_s[q] < hold_s - ROUNDING_S:
            hold_violation_s = surely_held_entries_s[q]
        else:
            ahead_s = look_ahead_s + forecast.hysteresis_s
            hold_violation_s = _first_entry_s(plots, q, forecast, ahead_s, held, allowed, room)
        has_hit = has_hit or violation_s <= warning_time_s
        found.row[count], found.bounded[count] = row[q], -1
        found.violation_s[count], found.hold_violation_s[count] = violation_s, hold_violation_s
        found.undecided[count], found.severe[count] = False, severe[q]
        count += 1
    return count, has_hit


@part(_nrt=True)
def _first_entry_s(
    plots: Plots,
    q: int,
    forecast: Forecast,
    duration_s: float,
    volumes: Volumes,
    allowed: NDArray[np.bool_],
    room: Room,
) -> float:
    return first_entry_s(
        plots.state[q],
        forecast,
        duration_s,
        volumes,
        allowed[plots.track[q]],
        plots.qnh_pressure_altitude_ft[q],
        plots.time_s[q],
        room,
    )
