"""The predicted path of one aircraft as a chain of straight legs in (x, y, altitude)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, int64
from safetynets.units import M_PER_FT

Floats = NDArray[np.float64]

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


@inlined
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


class Leg(NamedTuple):
    """A straight leg, flown from `start_s` to `end_s`; the rest holds at its start."""

    start_s: float
    end_s: float
    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    altitude_ft: float
    rate_ftps: float


class Path(NamedTuple):
    """A path over `duration_s`, straight or in chords of a turn, at `level_ft` from `level_after_s` on.

    It has one leg a chord, and one more where it levels off within one, the chord `levels_off_in` (-1 for none).
    """

    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    altitude_ft: float
    rate_ftps: float
    level_after_s: float
    level_ft: float
    turn_rate_radps: float
    duration_s: float
    chords: int
    levels_off_in: int
    legs: int


@inlined
def path_of(
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
) -> Path:
    """The path from a state; its legs are those of `leg_of`."""
    chords = max(1, int(np.ceil(abs(turn_rate_radps) * duration_s / LARGEST_CHORD_RAD)))
    levels_off_in = -1
    if 0.0 < level_after_s < duration_s:
        # Rounding may put the moment into a neighbour of the chord it falls into, or between two.
        near = int(level_after_s * chords / duration_s)
        for k in range(max(0, near - 1), min(chords, near + 2)):
            if duration_s * k / chords < level_after_s < duration_s * (k + 1) / chords:
                levels_off_in = k
    return Path(
        x_m,
        y_m,
        vx_mps,
        vy_mps,
        altitude_ft,
        rate_ftps,
        level_after_s,
        level_ft,
        turn_rate_radps,
        duration_s,
        int64(chords),
        int64(levels_off_in),
        int64(chords + (levels_off_in >= 0)),
    )


@inlined
def leg_of(path: Path, k: int) -> Leg:
    """Leg k of a path."""
    levelled = path.levels_off_in
    chord = k - 1 if 0 <= levelled < k else k
    start_s = path.duration_s * chord / path.chords
    end_s = path.duration_s * (chord + 1) / path.chords
    x0, y0, vx, vy = path.x_m, path.y_m, path.vx_mps, path.vy_mps
    if abs(path.turn_rate_radps) > SLOWEST_TURN_RADPS and end_s > start_s:
        x1, y1 = _on_turn(x0, y0, vx, vy, path.turn_rate_radps, end_s)
        x0, y0 = _on_turn(x0, y0, vx, vy, path.turn_rate_radps, start_s)
        vx, vy = (x1 - x0) / (end_s - start_s), (y1 - y0) / (end_s - start_s)
    if levelled >= 0 and chord == levelled:
        if k == chord:
            end_s = path.level_after_s
        else:
            ahead_s = path.level_after_s - start_s
            x0, y0, start_s = x0 + vx * ahead_s, y0 + vy * ahead_s, path.level_after_s
    altitude_ft, rate_ftps = path.level_ft, 0.0
    if start_s < path.level_after_s:
        altitude_ft, rate_ftps = path.altitude_ft + path.rate_ftps * start_s, path.rate_ftps
    return Leg(start_s, end_s, x0, y0, vx, vy, altitude_ft, rate_ftps)


@inlined
def _on_turn(
    x_m: float, y_m: float, vx_mps: float, vy_mps: float, turn_rate_radps: float, after_s: float
) -> tuple[float, float]:
    """Position after `after_s` on the circle of the turn, clockwise positive."""
    angle = turn_rate_radps * after_s
    along = np.sin(angle) / turn_rate_radps
    across = 2.0 * np.sin(0.5 * angle) ** 2 / turn_rate_radps
    return x_m + vx_mps * along + vy_mps * across, y_m + vy_mps * along - vx_mps * across


@inlined
def predicted_paths(state: Floats, forecast: Forecast, lowered_ft: float, duration_s: float) -> tuple[Path, Path]:
    """The straight and the turning path of one plot, flown `lowered_ft` lower than it is.

    `state` is x, y, vx, vy, altitude (ft), rate (ft/s), cleared, selected, turn rate. Where only the straight path is
    asked for, it is given twice.
    """
    x, y, vx, vy, altitude_ft, rate_ftps = state[0], state[1], state[2], state[3], state[4], state[5]
    rate, level_after_s, level_ft = vertical_plan(
        altitude_ft, rate_ftps, forecast.climb_credit, state[6], state[7], forecast.level_off_tolerance_ft
    )
    lower_ft, lower_level_ft = altitude_ft - lowered_ft, level_ft - lowered_ft
    turn_radps = 0.0 if forecast.hypotheses == STRAIGHT else state[8]
    straight = path_of(x, y, vx, vy, lower_ft, rate, level_after_s, lower_level_ft, 0.0, duration_s)
    return straight, path_of(x, y, vx, vy, lower_ft, rate, level_after_s, lower_level_ft, turn_radps, duration_s)


@inlined
def climb_after(path: Path, climb_angle_tan: float, climb_s: float) -> Path:
    """The straight climb at the ground speed of the last leg of a path that begins where the path ends."""
    last = leg_of(path, path.legs - 1)
    flown_s = last.end_s - last.start_s
    return path_of(
        last.x_m + last.vx_mps * flown_s,
        last.y_m + last.vy_mps * flown_s,
        last.vx_mps,
        last.vy_mps,
        last.altitude_ft + last.rate_ftps * flown_s,
        np.hypot(last.vx_mps, last.vy_mps) / M_PER_FT * climb_angle_tan,
        np.inf,
        np.nan,
        0.0,
        climb_s,
    )
