"""The predicted path of one aircraft as a chain of straight legs in (x, y, altitude)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.kernels.uncounted import counted, uncounted
from safetynets.units import M_PER_FT

Floats = NDArray[np.float64]

START_S, END_S, X_M, Y_M, VX_MPS, VY_MPS, ALTITUDE_FT, RATE_FTPS = range(8)
"""Columns of a leg: it is flown from START_S to END_S; the other six hold at START_S."""

SLOWEST_TURN_RADPS = 1e-6
"""A slower turn is none: in one minute at 250 m/s it bends the path by half a metre."""

ROUNDING_FT = 0.001
"""A path this much off a limit is off it whatever the rounding; far below the resolution of Mode C."""

LARGEST_CHORD_RAD = np.radians(2.0)

STRAIGHT, ANY, ALL = range(3)
"""The hypotheses: straight on, or also turning on, of which any or all must violate."""


class Forecast(NamedTuple):
    """How the nets look ahead, in the units of the kernels."""

    look_ahead_s: float
    climb_credit: float
    level_off_tolerance_ft: float
    hypotheses: int
    hysteresis_ft: float
    hysteresis_s: float


@uncounted
def vertical_plan(
    altitude_ft: float,
    rate_ftps: float,
    climb_credit: float,
    cleared_ft: float,
    selected_ft: float,
    tolerance_ft: float,
) -> tuple[float, float, float]:
    """Predicted vertical rate (ft/s), the time (s) after which the path is level (inf for never), and that level (ft).

    The level is given because computing it from rate and time would miss it by a rounding error, and a floor or
    ceiling often lies exactly there.
    """
    rate = rate_ftps * climb_credit if rate_ftps > 0.0 else rate_ftps
    if rate == 0.0:
        return 0.0, np.inf, altitude_ft
    downwards = 1.0 if rate < 0.0 else -1.0
    to_go_ft, last_level_ft = -1.0, np.nan
    for level_ft in (cleared_ft, selected_ft):
        ahead_ft = (altitude_ft - level_ft) * downwards
        if ahead_ft >= -tolerance_ft and max(ahead_ft, 0.0) > to_go_ft:
            to_go_ft, last_level_ft = max(ahead_ft, 0.0), level_ft
    if to_go_ft < 0.0:
        return rate, np.inf, np.nan
    if to_go_ft == 0.0:
        return 0.0, np.inf, altitude_ft
    return rate, to_go_ft / abs(rate), last_level_ft


@counted
def path_legs(
    x_m: float,
    y_m: float,
    vx_mps: float,
    vy_mps: float,
    altitude_ft: float,
    rate_ftps: float,
    level_after_s: float,
    level_ft: float,
    turn_rate_radps: float,
    duration_s: float,
) -> Floats:
    """Legs of the path over `duration_s`: straight, or chords of the turn; at `level_ft` from `level_after_s` on."""
    turns = abs(turn_rate_radps) > SLOWEST_TURN_RADPS
    chords = max(1, int(np.ceil(abs(turn_rate_radps) * duration_s / LARGEST_CHORD_RAD)))
    legs = np.empty((chords + 1, 8))
    count = 0
    for k in range(chords):
        start_s, end_s = duration_s * k / chords, duration_s * (k + 1) / chords
        x0, y0, vx, vy = x_m, y_m, vx_mps, vy_mps
        if turns and end_s > start_s:
            x0, y0 = _on_turn(x_m, y_m, vx_mps, vy_mps, turn_rate_radps, start_s)
            x1, y1 = _on_turn(x_m, y_m, vx_mps, vy_mps, turn_rate_radps, end_s)
            vx, vy = (x1 - x0) / (end_s - start_s), (y1 - y0) / (end_s - start_s)
        levels_off = start_s < level_after_s < end_s
        _write(legs[count], start_s, level_after_s if levels_off else end_s, x0, y0, vx, vy)
        legs[count, ALTITUDE_FT] = altitude_ft + rate_ftps * start_s if start_s < level_after_s else level_ft
        legs[count, RATE_FTPS] = rate_ftps if start_s < level_after_s else 0.0
        count += 1
        if levels_off:
            ahead_s = level_after_s - start_s
            _write(legs[count], level_after_s, end_s, x0 + vx * ahead_s, y0 + vy * ahead_s, vx, vy)
            legs[count, ALTITUDE_FT] = level_ft
            legs[count, RATE_FTPS] = 0.0
            count += 1
    return legs[:count]


@uncounted
def _write(leg: Floats, start_s: float, end_s: float, x_m: float, y_m: float, vx_mps: float, vy_mps: float) -> None:
    leg[START_S], leg[END_S] = start_s, end_s
    leg[X_M], leg[Y_M] = x_m, y_m
    leg[VX_MPS], leg[VY_MPS] = vx_mps, vy_mps


@uncounted
def _on_turn(
    x_m: float, y_m: float, vx_mps: float, vy_mps: float, turn_rate_radps: float, after_s: float
) -> tuple[float, float]:
    """Position after `after_s` on the circle of the turn, clockwise positive."""
    angle = turn_rate_radps * after_s
    along = np.sin(angle) / turn_rate_radps
    across = 2.0 * np.sin(0.5 * angle) ** 2 / turn_rate_radps
    return x_m + vx_mps * along + vy_mps * across, y_m + vy_mps * along - vx_mps * across


@counted
def predicted_paths(state: Floats, forecast: Forecast, lowered_ft: float, duration_s: float) -> tuple[Floats, Floats]:
    """Legs of the straight and of the turning path of one plot, flown `lowered_ft` lower than it is.

    `state` is x, y, vx, vy, altitude (ft), rate (ft/s), cleared, selected, turn rate. Where only the straight path is
    asked for, it is given twice.
    """
    x, y, vx, vy, altitude_ft, rate_ftps, cleared_ft, selected_ft, turn_radps = state
    rate, level_after_s, level_ft = vertical_plan(
        altitude_ft, rate_ftps, forecast.climb_credit, cleared_ft, selected_ft, forecast.level_off_tolerance_ft
    )
    lower_ft, lower_level_ft = altitude_ft - lowered_ft, level_ft - lowered_ft
    straight = path_legs(x, y, vx, vy, lower_ft, rate, level_after_s, lower_level_ft, 0.0, duration_s)
    if forecast.hypotheses == STRAIGHT:
        return straight, straight
    return straight, path_legs(x, y, vx, vy, lower_ft, rate, level_after_s, lower_level_ft, turn_radps, duration_s)


@counted
def climbing_escape(legs: Floats, climb_angle_tan: float, climb_s: float) -> Floats:
    """The given legs, followed by a straight climb at the ground speed of the last one."""
    escape = np.empty((len(legs) + 1, 8))
    escape[:-1] = legs
    last = legs[-1]
    flown_s = last[END_S] - last[START_S]
    climb = escape[-1]
    _write(
        climb,
        last[END_S],
        last[END_S] + climb_s,
        last[X_M] + last[VX_MPS] * flown_s,
        last[Y_M] + last[VY_MPS] * flown_s,
        last[VX_MPS],
        last[VY_MPS],
    )
    climb[ALTITUDE_FT] = last[ALTITUDE_FT] + last[RATE_FTPS] * flown_s
    climb[RATE_FTPS] = np.hypot(last[VX_MPS], last[VY_MPS]) / M_PER_FT * climb_angle_tan
    return escape
