"""An aircraft against airspace volumes: the first moment that is inside laterally, vertically and in active time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import implements, judge, passes_over
from safetynets.engine.kernels.legs import (
    ANY,
    ROUNDING_FT,
    STRAIGHT,
    Forecast,
    Path,
    leg_of,
    predicted_paths,
)
from safetynets.engine.kernels.shapes import (
    EDGE_TOLERANCE_M,
    Room,
    box_missed,
    distance_to_box_m,
    inside_intervals,
    length,
    signed_distance_m,
)
from safetynets.engine.kernels.track_state import Levels, Received
from safetynets.engine.kernels.verdict import (
    ALLOWED_IN,
    INSIDE,
    JUDGED,
    NO_KIND,
    Verdict,
    nothing,
    verdict_of,
)
from safetynets.engine.kernels.volumes import Volumes, is_inside, vertical_limits_ft

Floats = NDArray[np.float64]


@inlined
def _between(altitude_ft: float, rate_ftps: float, floor_ft: float, ceiling_ft: float) -> tuple[float, float]:
    """Span of time in which altitude + rate * t is between the limits; (inf, -inf) for none.

    One limit may be a flight level and the other an altitude, so that on some days the floor lies above the ceiling.
    """
    if floor_ft > ceiling_ft:
        return np.inf, -np.inf
    if rate_ftps == 0.0:
        if floor_ft <= altitude_ft <= ceiling_ft:
            return -np.inf, np.inf
        return np.inf, -np.inf
    a, b = (floor_ft - altitude_ft) / rate_ftps, (ceiling_ft - altitude_ft) / rate_ftps
    return min(a, b), max(a, b)


@separate
def first_inside_s(
    path: Path, volumes: Volumes, i: int, floor_ft: float, ceiling_ft: float, time_s: float, room: Room
) -> float:
    """First time (s) along the path at which volume i is entered; inf for never."""
    intervals = room.intervals
    for k in range(path.legs):
        leg = leg_of(path, k)
        low_s, high_s = _between(leg.altitude_ft, leg.rate_ftps, floor_ft, ceiling_ft)
        duration_s = leg.end_s - leg.start_s
        if high_s < 0.0 or low_s > duration_s:
            continue
        best_s = np.inf
        for j in range(inside_intervals(volumes.shapes, i, leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps, duration_s, room)):
            for p in range(volumes.first_period[i], volumes.first_period[i + 1]):
                active_from_s = volumes.active_s[p, 0] - time_s - leg.start_s
                active_to_s = volumes.active_s[p, 1] - time_s - leg.start_s
                from_s = max(intervals[j, 0], low_s, active_from_s)
                if from_s <= min(intervals[j, 1], high_s) and from_s < active_to_s:
                    best_s = min(best_s, from_s)
        if best_s < np.inf:
            return leg.start_s + best_s
    return np.inf


@inlined
def out_of_reach(
    state: Floats, volumes: Volumes, i: int, floor_ft: float, ceiling_ft: float, duration_s: float
) -> bool:
    """Whether no path of a plot within the duration can come into volume i: too far off, or too high or low."""
    x, y, vx, vy, altitude_ft, rate_ftps = state[0], state[1], state[2], state[3], state[4], state[5]
    reach_m = length(vx, vy) * duration_s + EDGE_TOLERANCE_M
    if box_missed(volumes.shapes, i, x - reach_m, y - reach_m, x + reach_m, y + reach_m):
        return True
    lowest_ft = altitude_ft + min(0.0, rate_ftps) * duration_s - ROUNDING_FT
    highest_ft = altitude_ft + max(0.0, rate_ftps) * duration_s + ROUNDING_FT
    return lowest_ft > ceiling_ft or highest_ft < floor_ft


@inlined
def may_come_near(box_m: Floats, x_m: float, y_m: float, vx_mps: float, vy_mps: float, ahead_s: float) -> bool:
    """Whether a path from a point could come into a box (west, south, east, north), whatever its turns."""
    reach_m = (abs(vx_mps) + abs(vy_mps)) * ahead_s + EDGE_TOLERANCE_M
    west, south, east, north = box_m[0], box_m[1], box_m[2], box_m[3]
    aside = x_m + reach_m < west or x_m - reach_m > east or y_m + reach_m < south or y_m - reach_m > north
    return not aside


@inlined
def entries_s(
    state: Floats,
    forecast: Forecast,
    duration_s: float,
    volumes: Volumes,
    i: int,
    qnh_pressure_altitude_ft: float,
    time_s: float,
    room: Room,
) -> tuple[float, float]:
    """First times (s) within the duration at which the two paths of a plot enter volume i; inf for never.

    Of all volumes the first entry of each path counts, and of the paths the later. Where only one path is predicted,
    or the earlier one counts, its time stands for both.
    """
    if volumes.first_period[i] == volumes.first_period[i + 1]:
        return np.inf, np.inf
    floor_ft, ceiling_ft = vertical_limits_ft(volumes, i, qnh_pressure_altitude_ft)
    if out_of_reach(state, volumes, i, floor_ft, ceiling_ft, duration_s):
        return np.inf, np.inf
    return _entries_in_reach_s(state, forecast, duration_s, volumes, i, floor_ft, ceiling_ft, time_s, room)


@separate
def _entries_in_reach_s(
    state: Floats,
    forecast: Forecast,
    duration_s: float,
    volumes: Volumes,
    i: int,
    floor_ft: float,
    ceiling_ft: float,
    time_s: float,
    room: Room,
) -> tuple[float, float]:
    """The same of a plot in reach of the volume."""
    straight, turning = predicted_paths(state, forecast, 0.0, duration_s)
    straight_s = first_inside_s(straight, volumes, i, floor_ft, ceiling_ft, time_s, room)
    if forecast.hypotheses == STRAIGHT:
        return straight_s, straight_s
    turning_s = first_inside_s(turning, volumes, i, floor_ft, ceiling_ft, time_s, room)
    if forecast.hypotheses == ANY:
        return min(straight_s, turning_s), min(straight_s, turning_s)
    return straight_s, turning_s


class Entry(NamedTuple):
    """The first entry of a path into a volume: when, how far off the volume is now, and which it is.

    Without an entry (inf) it is the nearest volume, or none (-1).
    """

    time_s: float
    away_m: float
    area: int


@inlined
def _earlier(first: Entry, time_s: float, away_m: float, area: int) -> Entry:
    """The earlier of two entries; of two at once that into the nearer volume."""
    if time_s < first.time_s or (time_s == first.time_s and away_m < first.away_m):
        return Entry(time_s, away_m, area)
    return first


class Inputs(NamedTuple):
    """What a plot is judged by: the volumes of one group.

    `bare`, `buffered` and `held` are the same volumes without buffers, with them, and with buffers and hysteresis.
    Row n of `passed_over` says in which of them the n-th flight may be, or which are never active, `allowed[n]` whether
    it may be in all of them. `box_m` (west, south, east, north) holds all volumes with their buffers.
    """

    bare: Volumes
    buffered: Volumes
    held: Volumes
    forecast: Forecast
    passed_over: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    box_m: Floats
    room: Room


@implements(passes_over, Inputs)
@inlined
def is_far_away(inputs: Inputs, i: int, n: int, received: Received) -> bool:
    """Whether a flight may be in all volumes, or no path from a plot could come near one."""
    x_m, y_m, vx_mps, vy_mps = received.x_m[i], received.y_m[i], received.vx_mps[i], received.vy_mps[i]
    return inputs.allowed[n] or not may_come_near(inputs.box_m, x_m, y_m, vx_mps, vy_mps, inputs.forecast.look_ahead_s)


@implements(judge, Inputs)
@separate
def judge_plot(
    inputs: Inputs, i: int, n: int, phase: int, time_s: float, state: Floats, levels: Levels, settled_s: float
) -> Verdict:
    """Judge one plot against the volumes of one group (`dispatch.judge`).

    Where all is settled, the margin to volumes that are not violated is not found.
    """
    if inputs.allowed[n]:
        return nothing(ALLOWED_IN)
    bare, buffered, held, forecast, room = inputs.bare, inputs.buffered, inputs.held, inputs.forecast, inputs.room
    passed_over, qnh_pressure_altitude_ft = inputs.passed_over[n], levels.qnh_pressure_altitude_ft
    x, y, altitude_ft = state[0], state[1], state[4]
    ahead_s, hold_s = forecast.look_ahead_s, forecast.look_ahead_s + forecast.hysteresis_s
    straight = turning = Entry(np.inf, np.inf, -1)
    first_straight_hold_s = first_turning_hold_s = np.inf
    severe = False
    for i in range(len(buffered.floor_ft)):
        if passed_over[i]:
            continue
        floor_ft, ceiling_ft = vertical_limits_ft(buffered, i, qnh_pressure_altitude_ft)
        if is_inside(buffered, i, x, y, altitude_ft, floor_ft, ceiling_ft, time_s):
            straight_s = turning_s = straight_hold_s = turning_hold_s = 0.0
        else:
            straight_s, turning_s = entries_s(
                state, forecast, ahead_s, buffered, i, qnh_pressure_altitude_ft, time_s, room
            )
            straight_hold_s, turning_hold_s = straight_s, turning_s
            if max(straight_s, turning_s) > settled_s:
                straight_hold_s, turning_hold_s = entries_s(
                    state, forecast, hold_s, held, i, qnh_pressure_altitude_ft, time_s, room
                )
        first_straight_hold_s = min(first_straight_hold_s, straight_hold_s)
        first_turning_hold_s = min(first_turning_hold_s, turning_hold_s)
        farthest_m = max(straight.away_m, turning.away_m, 0.0)
        matters = settled_s < np.inf and distance_to_box_m(buffered.shapes, i, x, y) <= farthest_m
        if min(straight_s, turning_s) == np.inf and not matters:
            continue
        away_m = signed_distance_m(buffered.shapes, i, x, y)
        straight = _earlier(straight, straight_s, away_m, i)
        turning = _earlier(turning, turning_s, away_m, i)
        if min(straight_s, turning_s) == 0.0 and not severe:
            floor_ft, ceiling_ft = vertical_limits_ft(bare, i, qnh_pressure_altitude_ft)
            severe = is_inside(bare, i, x, y, altitude_ft, floor_ft, ceiling_ft, time_s)
    entry = turning if turning.time_s > straight.time_s else straight
    margin_ft, margin_m, limit_ft = np.nan, np.nan, np.nan
    if entry.area >= 0:
        floor_ft, ceiling_ft = vertical_limits_ft(buffered, entry.area, qnh_pressure_altitude_ft)
        limit_ft = floor_ft if abs(altitude_ft - floor_ft) <= abs(altitude_ft - ceiling_ft) else ceiling_ft
        margin_ft, margin_m = max(floor_ft - altitude_ft, altitude_ft - ceiling_ft), entry.away_m
    kind = INSIDE if entry.time_s < np.inf else NO_KIND
    hold_violation_s = min(entry.time_s, max(first_straight_hold_s, first_turning_hold_s))
    return verdict_of(
        JUDGED, margin_ft, margin_m, entry.time_s, hold_violation_s, kind, entry.area, limit_ft, np.nan, np.nan, severe
    )
