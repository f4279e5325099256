"""STCA, slow and obvious: docs/nets.md, "STCA". Two aircraft, stepped through time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from safetynets.nets.stca.parameters import StcaParameters
from tests.oracle.plots import Plot
from tests.oracle.prediction import altitude_ft, level_off_ft, straight
from tests.oracle.slack import LETTER, Slack

M_PER_NM = 1852.0
M_PER_FT = 0.3048
MPS_PER_KT = 1852.0 / 3600.0


@dataclass(frozen=True)
class Minima:
    """What a pair is held against at a moment."""

    lateral_m: float
    current_ft: float
    predicted_ft: float
    look_ahead_s: float


def prediction(rules: StcaParameters) -> SimpleNamespace:
    return SimpleNamespace(
        climb_credit=1.0,
        use_cleared_level=rules.use_cleared_level,
        use_selected_level=rules.use_selected_level,
        level_off_tolerance_ft=rules.level_off_tolerance_ft,
    )


def place(plot: Plot, at_s: float, rules: StcaParameters) -> tuple[float, float, float]:
    """x, y and altitude of an aircraft at a time on the clock, from its plot."""
    after_s = at_s - plot.time_s
    return *straight(plot, after_s), altitude_ft(plot, after_s, prediction(rules))


def separation(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> tuple[float, float]:
    """Distance (m) and difference of pressure altitude (ft) at a time on the clock."""
    x, y, up = place(one, at_s, rules)
    other_x, other_y, other_up = place(other, at_s, rules)
    apart_ft = (up + one.qnh_pressure_altitude_ft) - (other_up + other.qnh_pressure_altitude_ft)
    return math.hypot(other_x - x, other_y - y), abs(apart_ft)


def range_rate_mps(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> float:
    apart_m, _ = separation(one, other, at_s, rules)
    if apart_m == 0.0:
        return 0.0
    x, y, _ = place(one, at_s, rules)
    other_x, other_y, _ = place(other, at_s, rules)
    vx, vy = other.vx_mps - one.vx_mps, other.vy_mps - one.vy_mps
    return ((other_x - x) * vx + (other_y - y) * vy) / apart_m


def angle_of_courses_deg(one: Plot, other: Plot) -> float:
    turned = math.atan2(other.vx_mps, other.vy_mps) - math.atan2(one.vx_mps, one.vy_mps)
    return abs(math.degrees((turned + math.pi) % (2.0 * math.pi) - math.pi))


def times_to_crossing_s(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> tuple[float, float]:
    """When each aircraft is where the courses cross; negative where it has passed. NaN for parallel courses."""
    matrix = np.array([[one.vx_mps, -other.vx_mps], [one.vy_mps, -other.vy_mps]])
    x, y, _ = place(one, at_s, rules)
    other_x, other_y, _ = place(other, at_s, rules)
    try:
        first_s, second_s = np.linalg.solve(matrix, np.array([other_x - x, other_y - y]))
    except np.linalg.LinAlgError:
        return math.nan, math.nan
    return float(first_s), float(second_s)


def has_crossed(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> bool:
    if not (math.hypot(one.vx_mps, one.vy_mps) and math.hypot(other.vx_mps, other.vy_mps)):
        return False
    angle_deg = angle_of_courses_deg(one, other)
    if angle_deg < rules.crossed_angle_deg:
        return False
    first_s, second_s = times_to_crossing_s(one, other, at_s, rules)
    if math.isnan(first_s):
        return angle_deg > 90.0
    return first_s < 0.0 or second_s < 0.0


def diverges_fast(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> bool:
    rate_mps = range_rate_mps(one, other, at_s, rules)
    if rate_mps > rules.fast_divergence_kt * MPS_PER_KT:
        return True
    return rate_mps > 0.0 and has_crossed(one, other, at_s, rules)


def in_terminal_area(plot: Plot, at_s: float, rules: StcaParameters) -> bool:
    x, y, up = place(plot, at_s, rules)
    radius_m = rules.terminal_radius_nm * M_PER_NM
    return radius_m > 0.0 and math.hypot(x, y) <= radius_m and up <= rules.terminal_ceiling_ft


def too_low(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> bool:
    return all(place(plot, at_s, rules)[2] < rules.floor_ft for plot in (one, other))


def minima(one: Plot, other: Plot, at_s: float, rules: StcaParameters) -> Minima:
    terminal = in_terminal_area(one, at_s, rules) and in_terminal_area(other, at_s, rules)
    lateral_m = (rules.lateral_terminal_nm if terminal else rules.lateral_nm) * M_PER_NM
    look_ahead_s = rules.look_ahead_terminal_s if terminal else rules.look_ahead_s
    if diverges_fast(one, other, at_s, rules):
        limit_ft = rules.vertical_diverging_ft
        return Minima(lateral_m * rules.diverging_share, limit_ft, limit_ft, look_ahead_s)
    levels_off = any(level_off_ft(plot, prediction(rules)) is not None for plot in (one, other))
    predicted_ft = rules.vertical_level_off_ft if levels_off else rules.vertical_ft
    return Minima(lateral_m, rules.vertical_current_ft, predicted_ft, look_ahead_s)


def held(minima: Minima, fast: bool, rules: StcaParameters) -> Minima:
    """The minima while an alert is active."""
    wider_m = rules.hysteresis_m * (rules.diverging_share if fast else 1.0)
    return Minima(
        minima.lateral_m + wider_m,
        minima.current_ft + rules.hysteresis_ft,
        minima.predicted_ft + rules.hysteresis_ft,
        minima.look_ahead_s + rules.hysteresis_s,
    )


def share_of(minima: Minima, share: float) -> Minima:
    return Minima(share * minima.lateral_m, share * minima.current_ft, share * minima.predicted_ft, minima.look_ahead_s)


def infringed(
    one: Plot, other: Plot, at_s: float, tau_s: float, minima: Minima, rules: StcaParameters, slack: Slack = LETTER
) -> bool:
    """Whether the paths at tau infringe both minima; now the wider of the two vertical minima counts."""
    apart_m, apart_ft = separation(one, other, at_s + tau_s, rules)
    vertical_ft = max(minima.current_ft, minima.predicted_ft) if tau_s == 0.0 else minima.predicted_ft
    return apart_m < minima.lateral_m + slack.m and apart_ft < vertical_ft + slack.ft
