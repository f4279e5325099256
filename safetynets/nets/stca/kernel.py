"""Two aircraft against the separation minima: the first moment at which both minima are lost, in closed form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import entry, inlined, separate
from safetynets.engine.kernels.dispatch import implements, judge
from safetynets.engine.kernels.legs import vertical_plan
from safetynets.engine.kernels.shapes import contains
from safetynets.engine.kernels.track_state import (
    Levels,
    Pressure,
    Received,
    cleared_level_ft,
    levels_of,
    selected_level_ft,
)
from safetynets.engine.kernels.verdict import JUDGED, NO_KIND, Verdict, nothing, verdict_of
from safetynets.engine.kernels.volumes import Volumes, vertical_limits_ft
from safetynets.engine.reasons import Kind, Reason

Floats = NDArray[np.float64]

TOO_LOW = int(Reason.TOO_LOW)
CURRENT, PREDICTED = int(Kind.CURRENT_PROXIMITY), int(Kind.LINEAR_PREDICTION)
ELSEWHERE, TERMINAL = 0, 1


class Minima(NamedTuple):
    """Minima and look-ahead of each region set, and what they are applied by."""

    lateral_m: Floats
    look_ahead_s: Floats
    vertical_ft: float
    vertical_current_ft: float
    vertical_level_off_ft: float
    vertical_diverging_ft: float
    diverging_share: float
    fast_divergence_mps: float
    crossed_cosine: float
    major_share: float
    hysteresis_m: float
    hysteresis_ft: float
    hysteresis_s: float


class Inputs(NamedTuple):
    """What plots of pairs are judged by: the minima, and the last plots of both aircraft, row by row."""

    minima: Minima
    floor_ft: float
    terminal_radius_m: float
    terminal_ceiling_ft: float
    terminal: Volumes
    use_cleared: bool
    use_selected: bool
    tolerance_ft: float
    one: Received
    one_pressure: Pressure
    other: Received
    other_pressure: Pressure


class Aircraft(NamedTuple):
    """One aircraft at the moment of the pair: it flies straight on, and is at `level_ft` from `level_after_s` on."""

    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    pressure_altitude_ft: float
    rate_ftps: float
    level_after_s: float
    level_ft: float
    levels_off: bool


@inlined
def brought_forward(
    x_m: float,
    y_m: float,
    vx_mps: float,
    vy_mps: float,
    pressure_altitude_ft: float,
    rate_ftps: float,
    cleared_ft: float,
    selected_ft: float,
    tolerance_ft: float,
    age_s: float,
) -> Aircraft:
    """The aircraft `age_s` after its plot; levels are pressure altitudes, NaN where unknown."""
    rate, level_after_s, level_ft = vertical_plan(
        pressure_altitude_ft, rate_ftps, 1.0, cleared_ft, selected_ft, tolerance_ft
    )
    levels_off = rate_ftps != 0.0 and not np.isnan(level_ft)
    if age_s < level_after_s:
        now_ft, level_after_s = pressure_altitude_ft + rate * age_s, level_after_s - age_s
    else:
        now_ft, rate, level_after_s = level_ft, 0.0, np.inf
    return Aircraft(
        x_m + vx_mps * age_s, y_m + vy_mps * age_s, vx_mps, vy_mps, now_ft, rate, level_after_s, level_ft, levels_off
    )


@inlined
def pressure_altitude_after_ft(aircraft: Aircraft, after_s: float) -> float:
    """Pressure altitude on the predicted path."""
    if after_s >= aircraft.level_after_s:
        return aircraft.level_ft
    return aircraft.pressure_altitude_ft + aircraft.rate_ftps * after_s


@inlined
def span_within_m(x_m: float, y_m: float, vx_mps: float, vy_mps: float, within_m: float) -> tuple[float, float]:
    """When, from now on, |r + v t| < within_m: (from, to) in s; (inf, -inf) for never."""
    toward, speed2 = x_m * vx_mps + y_m * vy_mps, vx_mps * vx_mps + vy_mps * vy_mps
    beyond = x_m * x_m + y_m * y_m - within_m * within_m
    across = x_m * vy_mps - y_m * vx_mps
    discriminant = speed2 * within_m * within_m - across * across
    if beyond < 0.0:
        return 0.0, ((-toward + np.sqrt(max(discriminant, 0.0))) / speed2 if speed2 > 0.0 else np.inf)
    if toward >= 0.0 or discriminant <= 0.0:
        return np.inf, -np.inf
    root = np.sqrt(discriminant)
    return beyond / (root - toward), (root - toward) / speed2


@separate
def first_infringed_s(
    one: Aircraft, other: Aircraft, lateral_m: float, vertical_ft: float, look_ahead_s: float
) -> float:
    """First moment (s) within the look-ahead from which both separations are below these minima; inf for none."""
    x_m, y_m = other.x_m - one.x_m, other.y_m - one.y_m
    from_s, to_s = span_within_m(x_m, y_m, other.vx_mps - one.vx_mps, other.vy_mps - one.vy_mps, lateral_m)
    if from_s == 0.0 and to_s > 0.0 and abs(one.pressure_altitude_ft - other.pressure_altitude_ft) < vertical_ft:
        return 0.0
    to_s = min(to_s, look_ahead_s)
    if from_s >= to_s:
        return np.inf
    first_s = min(one.level_after_s, other.level_after_s)
    second_s = max(one.level_after_s, other.level_after_s)
    start_s = 0.0
    for piece in range(3):
        end_s = to_s
        if piece == 0:
            end_s = min(first_s, to_s)
        elif piece == 1:
            end_s = min(second_s, to_s)
        if start_s < end_s:
            apart_ft = pressure_altitude_after_ft(one, start_s) - pressure_altitude_after_ft(other, start_s)
            rate_ftps = (one.rate_ftps if start_s < one.level_after_s else 0.0) - (
                other.rate_ftps if start_s < other.level_after_s else 0.0
            )
            begins_s, ends_s = start_s, end_s
            if rate_ftps != 0.0:
                a_s, b_s = (-vertical_ft - apart_ft) / rate_ftps, (vertical_ft - apart_ft) / rate_ftps
                begins_s, ends_s = max(begins_s, start_s + min(a_s, b_s)), min(ends_s, start_s + max(a_s, b_s))
            elif not abs(apart_ft) < vertical_ft:
                ends_s = -np.inf
            begins_s, ends_s = max(begins_s, from_s), min(ends_s, to_s)
            if begins_s < ends_s:
                return begins_s
            start_s = end_s
    return np.inf


@inlined
def has_crossed(one: Aircraft, other: Aircraft, crossed_cosine: float) -> bool:
    """Whether one aircraft has passed the course of the other, at an angle of the courses that is large enough.

    Courses exactly opposite have crossed.
    """
    speeds = np.hypot(one.vx_mps, one.vy_mps) * np.hypot(other.vx_mps, other.vy_mps)
    along = one.vx_mps * other.vx_mps + one.vy_mps * other.vy_mps
    if speeds == 0.0 or along > crossed_cosine * speeds:
        return False
    across = one.vx_mps * other.vy_mps - one.vy_mps * other.vx_mps
    if across == 0.0:
        return along < 0.0
    x_m, y_m = other.x_m - one.x_m, other.y_m - one.y_m
    first = (x_m * other.vy_mps - y_m * other.vx_mps) * across
    second = (x_m * one.vy_mps - y_m * one.vx_mps) * across
    return first < 0.0 or second < 0.0


@inlined
def range_rate_mps(one: Aircraft, other: Aircraft) -> float:
    """Rate at which the distance grows; 0 at the same place."""
    x_m, y_m = other.x_m - one.x_m, other.y_m - one.y_m
    apart_m = np.hypot(x_m, y_m)
    if apart_m == 0.0:
        return 0.0
    return (x_m * (other.vx_mps - one.vx_mps) + y_m * (other.vy_mps - one.vy_mps)) / apart_m


@separate
def infringements_s(
    one: Aircraft,
    other: Aircraft,
    lateral_m: float,
    current_ft: float,
    predicted_ft: float,
    look_ahead_s: float,
) -> tuple[float, bool]:
    """The first infringement (s) that either filter finds, and whether it is that of the current proximity."""
    apart_m = np.hypot(other.x_m - one.x_m, other.y_m - one.y_m)
    if apart_m < lateral_m and abs(one.pressure_altitude_ft - other.pressure_altitude_ft) < current_ft:
        return 0.0, True
    return first_infringed_s(one, other, lateral_m, predicted_ft, look_ahead_s), False


@inlined
def aircraft_at(
    i: int, time_s: float, received: Received, pressure: Pressure, inputs: Inputs
) -> tuple[Aircraft, float]:
    """One aircraft of plot i of a pair at a time, and its altitude on the QNH of where it is."""
    levels = levels_of(i, received, pressure)
    qnh_ft = levels.qnh_pressure_altitude_ft
    aircraft = brought_forward(
        received.x_m[i],
        received.y_m[i],
        received.vx_mps[i],
        received.vy_mps[i],
        received.pressure_altitude_ft[i],
        received.vertical_rate_fpm[i] / 60.0,
        cleared_level_ft(i, received, levels) + qnh_ft if inputs.use_cleared else np.nan,
        selected_level_ft(i, received, levels) + qnh_ft if inputs.use_selected else np.nan,
        inputs.tolerance_ft,
        time_s - received.time_s[i],
    )
    return aircraft, aircraft.pressure_altitude_ft - qnh_ft


@inlined
def in_terminal(aircraft: Aircraft, altitude_ft: float, inputs: Inputs) -> bool:
    """Whether an aircraft is in the terminal area; its limits belong to it, and a radius of 0 is none."""
    volumes, qnh_ft = inputs.terminal, aircraft.pressure_altitude_ft - altitude_ft
    if len(volumes.floor_ft) > 0:
        inside = False
        for s in range(len(volumes.floor_ft)):
            floor_ft, ceiling_ft = vertical_limits_ft(volumes, s, qnh_ft)
            if floor_ft <= altitude_ft <= ceiling_ft:
                inside = inside or contains(volumes.shapes, s, aircraft.x_m, aircraft.y_m)
        return inside
    radius_m = inputs.terminal_radius_m
    near = radius_m > 0.0 and aircraft.x_m * aircraft.x_m + aircraft.y_m * aircraft.y_m <= radius_m * radius_m
    return near and altitude_ft <= inputs.terminal_ceiling_ft


class Limits(NamedTuple):
    """What a pair is held against, and why: its area (region set), and whether it has crossed and diverges fast."""

    area: int
    crossed: bool
    fast: bool
    lateral_m: float
    held_m: float
    current_ft: float
    predicted_ft: float
    look_ahead_s: float


@inlined
def limits_of(one: Aircraft, one_ft: float, other: Aircraft, other_ft: float, inputs: Inputs) -> Limits:
    """The minima that a pair is held against; altitudes are those on the QNH."""
    minima = inputs.minima
    area = TERMINAL if in_terminal(one, one_ft, inputs) and in_terminal(other, other_ft, inputs) else ELSEWHERE
    rate_mps, crossed = range_rate_mps(one, other), has_crossed(one, other, minima.crossed_cosine)
    fast = rate_mps > minima.fast_divergence_mps or (rate_mps > 0.0 and crossed)
    lateral_m, current_ft, predicted_ft = minima.lateral_m[area], minima.vertical_current_ft, minima.vertical_ft
    held_m = lateral_m + minima.hysteresis_m
    if one.levels_off or other.levels_off:
        predicted_ft = minima.vertical_level_off_ft
    if fast:
        current_ft = predicted_ft = minima.vertical_diverging_ft
        lateral_m, held_m = lateral_m * minima.diverging_share, held_m * minima.diverging_share
    return Limits(area, crossed, fast, lateral_m, held_m, current_ft, predicted_ft, minima.look_ahead_s[area])


@inlined
def is_major(one: Aircraft, other: Aircraft, limits: Limits, share: float) -> bool:
    """Whether less than a share of both minima is left, now or within the look-ahead."""
    lateral_m, current_ft, predicted_ft = (
        share * limits.lateral_m,
        share * limits.current_ft,
        share * limits.predicted_ft,
    )
    major_s, _ = infringements_s(one, other, lateral_m, current_ft, predicted_ft, limits.look_ahead_s)
    return major_s < np.inf


@implements(judge, Inputs)
@separate
def judge_plot(
    inputs: Inputs, i: int, n: int, phase: int, time_s: float, state: Floats, levels: Levels, settled_s: float
) -> Verdict:
    """Judge one plot of a pair (`dispatch.judge`)."""
    minima = inputs.minima
    one, one_ft = aircraft_at(i, time_s, inputs.one, inputs.one_pressure, inputs)
    other, other_ft = aircraft_at(i, time_s, inputs.other, inputs.other_pressure, inputs)
    if one_ft < inputs.floor_ft and other_ft < inputs.floor_ft:
        return nothing(TOO_LOW)
    limits = limits_of(one, one_ft, other, other_ft, inputs)
    lateral_m, current_ft, predicted_ft = limits.lateral_m, limits.current_ft, limits.predicted_ft
    look_ahead_s = limits.look_ahead_s
    violation_s, current = infringements_s(one, other, lateral_m, current_ft, predicted_ft, look_ahead_s)
    held_s = violation_s
    if violation_s > settled_s:
        wider_ft, longer_s = minima.hysteresis_ft, look_ahead_s + minima.hysteresis_s
        held_s, _ = infringements_s(one, other, limits.held_m, current_ft + wider_ft, predicted_ft + wider_ft, longer_s)
    kind, severe = NO_KIND, False
    if violation_s < np.inf:
        kind = CURRENT if current else PREDICTED
        severe = is_major(one, other, limits, minima.major_share)
    apart_ft = one.pressure_altitude_ft - other.pressure_altitude_ft
    vertical_ft = max(current_ft, predicted_ft)
    limit_ft = one_ft - apart_ft + (vertical_ft if apart_ft >= 0.0 else -vertical_ft)
    margin_m = np.hypot(other.x_m - one.x_m, other.y_m - one.y_m) - lateral_m
    margin_ft = abs(apart_ft) - vertical_ft
    return verdict_of(
        JUDGED, margin_ft, margin_m, violation_s, held_s, kind, limits.area, limit_ft, np.nan, np.nan, severe
    )


class Situation(NamedTuple):
    """Where two aircraft are and will be, and what each filter finds.

    `predicted_s` is the first infringement that the linear prediction finds (inf for none). The closest approach is
    that on the plane, now or later; without a relative velocity it is now.
    """

    limits: Limits
    apart_m: float
    apart_ft: float
    range_rate_mps: float
    apart_rate_ftps: float
    closest_s: float
    closest_m: float
    closest_ft: float
    one_levels_off: bool
    other_levels_off: bool
    current: bool
    predicted_s: float
    major: bool


@entry
def situation(inputs: Inputs, i: int, time_s: float) -> Situation:
    """The situation of plot i of a pair, as the net judges it."""
    one, one_ft = aircraft_at(i, time_s, inputs.one, inputs.one_pressure, inputs)
    other, other_ft = aircraft_at(i, time_s, inputs.other, inputs.other_pressure, inputs)
    limits = limits_of(one, one_ft, other, other_ft, inputs)
    apart_ft = other.pressure_altitude_ft - one.pressure_altitude_ft
    x_m, y_m = other.x_m - one.x_m, other.y_m - one.y_m
    vx_mps, vy_mps = other.vx_mps - one.vx_mps, other.vy_mps - one.vy_mps
    toward, speed2 = x_m * vx_mps + y_m * vy_mps, vx_mps * vx_mps + vy_mps * vy_mps
    closest_s = -toward / speed2 if toward < 0.0 < speed2 else 0.0
    closest_ft = pressure_altitude_after_ft(other, closest_s) - pressure_altitude_after_ft(one, closest_s)
    return Situation(
        limits,
        np.hypot(x_m, y_m),
        apart_ft,
        range_rate_mps(one, other),
        other.rate_ftps - one.rate_ftps,
        closest_s,
        np.hypot(x_m + vx_mps * closest_s, y_m + vy_mps * closest_s),
        closest_ft,
        one.levels_off,
        other.levels_off,
        np.hypot(x_m, y_m) < limits.lateral_m and abs(apart_ft) < limits.current_ft,
        first_infringed_s(one, other, limits.lateral_m, limits.predicted_ft, limits.look_ahead_s),
        is_major(one, other, limits, inputs.minima.major_share),
    )
