"""APM judged from what is kept of a plot: its place on the approach, and how far it ever gets from the path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.evaluation.judging.kernels.follow import (
    Alerts,
    Edges,
    Found,
    Watch,
    first_of,
    follow,
    room_for,
)
from safetynets.nets.kernels.apm import (
    ABOVE,
    BELOW,
    LEFT,
    RIGHT,
    Approaches,
    Limits,
    along_and_cross,
    first_violation,
    path_altitude_ft,
)
from safetynets.nets.kernels.legs import ROUNDING_FT
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]

KNOTS = 8
SLACK = 0.01
"""More than the rounding of deviations (ft or m) to single precision."""
ROUNDING_M = 0.001
ROUNDING_NM = 1e-6
ROUNDING_S = 1e-6
"""Roots of stricter limits may come out this much later than they are."""


class Plots(NamedTuple):
    """What is kept of each plot that is joined to an approach and that some setting could find in violation.

    `low_ft` is how far below nominal it gets, `high_ft` how far above, `left_m` and `right_m` how far beyond the
    funnel on each side (negative inside), each at most. Row k is within k + 1 of `KNOTS` parts of the longest
    look-ahead. From the vertical ones the least that the angles of the limits allow is already taken.
    `low_now_ft` is how far below nominal it is now, -inf where it is not monitored, and `distance_nm` from it.
    """

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    approach: NDArray[np.int32]
    distance_nm: Floats
    closing_nmps: Floats
    cross_m: Floats
    drift_mps: Floats
    altitude_ft: Floats
    rate_ftps: Floats
    low_ft: NDArray[np.float32]
    high_ft: NDArray[np.float32]
    left_m: NDArray[np.float32]
    right_m: NDArray[np.float32]
    low_now_ft: Floats


@njit(cache=True)
def _least(a: float, b: float, c: float, from_s: float, to_s: float) -> float:
    """Least value of a*t*t + b*t + c in a span."""
    least = min((a * from_s + b) * from_s + c, (a * to_s + b) * to_s + c)
    if a > 0.0 and from_s < -b / (2.0 * a) < to_s:
        least = min(least, c - b * b / (4.0 * a))
    return least


@njit(cache=True)
def _deviations(
    approaches: Approaches,
    i: int,
    below_ft_per_nm: float,
    above_ft_per_nm: float,
    duration_s: float,
    d_nm: float,
    closing_nmps: float,
    cross_m: float,
    drift_mps: float,
    altitude_ft: float,
    rate_ftps: float,
) -> tuple[float, float, float, float]:
    """Bounds of how far below and above nominal, and beyond the funnel left and right, a plot gets (-inf for never)."""
    low_ft = high_ft = left_m = right_m = -np.inf
    for k in range(approaches.first_piece[i], approaches.first_piece[i + 1]):
        near_nm = max(approaches.end_nm[i], approaches.piece_from_nm[k])
        far_nm = min(approaches.start_nm[i], approaches.piece_to_nm[k])
        if near_nm > far_nm:
            continue
        from_s, to_s = 0.0, duration_s
        if closing_nmps > 0.0:
            from_s, to_s = max(from_s, (d_nm - far_nm) / closing_nmps), min(to_s, (d_nm - near_nm) / closing_nmps)
        elif closing_nmps < 0.0:
            from_s, to_s = max(from_s, (d_nm - near_nm) / closing_nmps), min(to_s, (d_nm - far_nm) / closing_nmps)
        elif not near_nm <= d_nm <= far_nm:
            continue
        if from_s > to_s + ROUNDING_S:
            continue
        a, b, c = approaches.piece[k]
        above_a = -a * closing_nmps**2
        above_b = rate_ftps + closing_nmps * (2.0 * a * d_nm + b)
        above_c = altitude_ft - ((a * d_nm + b) * d_nm + c)
        intercept_c = altitude_ft - approaches.intercept_ft[i]
        low_b, low_c = -below_ft_per_nm * closing_nmps, below_ft_per_nm * d_nm
        high_b, high_c = -above_ft_per_nm * closing_nmps, above_ft_per_nm * d_nm
        # Below nominal is below path and intercept altitude, above it is above either.
        over_path = _least(above_a, above_b + low_b, above_c + low_c, from_s, to_s)
        over_intercept = _least(0.0, rate_ftps + low_b, intercept_c + low_c, from_s, to_s)
        low_ft = max(low_ft, -max(over_path, over_intercept))
        under_path = _least(-above_a, high_b - above_b, high_c - above_c, from_s, to_s)
        under_intercept = _least(0.0, high_b - rate_ftps, high_c - intercept_c, from_s, to_s)
        high_ft = max(high_ft, -min(under_path, under_intercept))
        splay = approaches.splay_m_per_nm[i]
        width_m = approaches.half_width_m[i] + splay * d_nm
        left_m = max(left_m, -_least(0.0, drift_mps - splay * closing_nmps, cross_m + width_m, from_s, to_s))
        right_m = max(right_m, -_least(0.0, -drift_mps - splay * closing_nmps, width_m - cross_m, from_s, to_s))
    return low_ft, high_ft, left_m, right_m


@njit(cache=True)
def _thresholds(limits: Limits, tightened_ft: float, tightened_m: float) -> tuple[float, float, float, float]:
    """Bounds that a plot must exceed one of to be in violation; steeper angles of the limits only ask for more."""
    return (
        limits.below_ft - tightened_ft - ROUNDING_FT if limits.enabled[BELOW] else np.inf,
        limits.above_ft - tightened_ft - ROUNDING_FT if limits.enabled[ABOVE] else np.inf,
        -tightened_m - ROUNDING_M if limits.enabled[LEFT] else np.inf,
        -tightened_m - ROUNDING_M if limits.enabled[RIGHT] else np.inf,
    )


@njit(cache=True, nogil=True)
def gather(
    approach: NDArray[np.int32],
    judged: NDArray[np.bool_],
    track: NDArray[np.int32],
    state: Floats,
    approaches: Approaches,
    limits: Limits,
    hysteresis_ft: float,
    hysteresis_m: float,
    hysteresis_s: float,
) -> Plots:
    """What must be kept of these plots; the limits and hystereses are those of the widest setting."""
    count = 0
    for row in range(len(approach)):
        count += judged[row] and approach[row] >= 0
    rows, on, numbers = np.empty(count, np.int64), np.empty(count, np.int32), np.empty((count, 7))
    bounds = np.empty((4, count, KNOTS), np.float32)
    longest_s = limits.look_ahead_s + hysteresis_s
    count = 0
    least_low_ft, least_high_ft, least_left_m, least_right_m = _thresholds(limits, hysteresis_ft, hysteresis_m)
    for row in range(len(approach)):
        i = approach[row]
        if i < 0 or not judged[row]:
            continue
        x, y, vx, vy, altitude_ft, rate_ftps = state[row]
        d_nm, cross_m = along_and_cross(approaches, i, x, y)
        east, north = approaches.course[i]
        closing_nmps, drift_mps = (vx * east + vy * north) / M_PER_NM, vx * north - vy * east
        low_ft = high_ft = left_m = right_m = -np.inf
        for knot in range(KNOTS):
            low_ft, high_ft, left_m, right_m = _deviations(
                approaches,
                i,
                limits.below_ft_per_nm,
                limits.above_ft_per_nm,
                longest_s * (knot + 1) / KNOTS + ROUNDING_S,
                d_nm,
                closing_nmps,
                cross_m,
                drift_mps,
                altitude_ft,
                rate_ftps,
            )
            bounds[0, count, knot], bounds[1, count, knot] = low_ft + SLACK, high_ft + SLACK
            bounds[2, count, knot], bounds[3, count, knot] = left_m + SLACK, right_m + SLACK
        if not (low_ft > least_low_ft or high_ft > least_high_ft or left_m > least_left_m or right_m > least_right_m):
            continue
        rows[count], on[count] = row, i
        low_now_ft = -np.inf
        if approaches.end_nm[i] + ROUNDING_NM < d_nm < approaches.start_nm[i] - ROUNDING_NM:
            low_now_ft = min(path_altitude_ft(approaches, i, d_nm), approaches.intercept_ft[i]) - altitude_ft
        numbers[count] = d_nm, closing_nmps, cross_m, drift_mps, altitude_ft, rate_ftps, low_now_ft
        count += 1
    return Plots(
        rows[:count].copy(),
        track[rows[:count]],
        on[:count].copy(),
        numbers[:count, 0].copy(),
        numbers[:count, 1].copy(),
        numbers[:count, 2].copy(),
        numbers[:count, 3].copy(),
        numbers[:count, 4].copy(),
        numbers[:count, 5].copy(),
        bounds[0, :count].copy(),
        bounds[1, :count].copy(),
        bounds[2, :count].copy(),
        bounds[3, :count].copy(),
        numbers[:count, 6].copy(),
    )


class OfTracks(NamedTuple):
    """The greatest deviations of the kept plots `first[k]` to `first[k + 1]`, of one track; rows as of `Plots`."""

    longest_s: float
    first: NDArray[np.int64]
    low_ft: NDArray[np.float32]
    high_ft: NDArray[np.float32]
    left_m: NDArray[np.float32]
    right_m: NDArray[np.float32]


@njit(cache=True)
def _knot(longest_s: float, duration_s: float) -> int:
    """Which part of the longest look-ahead is the shortest that is not shorter than the duration."""
    knot = 0
    while knot < KNOTS - 1 and longest_s * (knot + 1) / KNOTS < duration_s:
        knot += 1
    return knot


class Setting(NamedTuple):
    """The judged parameters of one set."""

    limits: Limits
    hysteresis_ft: float
    hysteresis_m: float
    hysteresis_s: float
    warning_time_s: float


@njit(cache=True, nogil=True)
def judge(
    plots: Plots, of_tracks: OfTracks, approaches: Approaches, setting: Setting, edges: Edges, watch: Watch
) -> Alerts:
    """The alerts of a set; no path leaves a coverage, so that there are no edges."""
    alerts, _ = follow(_found(plots, of_tracks, approaches, setting), edges, watch)
    return alerts


@njit(cache=True)
def _found(plots: Plots, of_tracks: OfTracks, approaches: Approaches, setting: Setting) -> Found:
    """What a set finds, plot by plot. A plot that is left out is in no conflict.

    Only where a track had a predicted hit before can an alert be held on to.
    """
    limits, hysteresis_ft, hysteresis_m = setting.limits, setting.hysteresis_ft, setting.hysteresis_m
    limit_s = setting.warning_time_s + setting.hysteresis_s
    near = _knot(of_tracks.longest_s, limits.look_ahead_s)
    held = _knot(of_tracks.longest_s, min(limits.look_ahead_s, setting.warning_time_s) + setting.hysteresis_s)
    low, high, left, right = plots.low_ft[near], plots.high_ft[near], plots.left_m[near], plots.right_m[near]
    held_low, held_high = plots.low_ft[held], plots.high_ft[held]
    held_left, held_right = plots.left_m[held], plots.right_m[held]
    row, track, low_now, distance_nm = plots.row, plots.track, plots.low_now_ft, plots.distance_nm
    first, track_low, track_high = of_tracks.first, of_tracks.low_ft[near], of_tracks.high_ft[near]
    track_left, track_right = of_tracks.left_m[near], of_tracks.right_m[near]
    low_ft, high_ft, left_m, right_m = _thresholds(limits, 0.0, 0.0)
    held_low_ft, held_high_ft, held_left_m, held_right_m = _thresholds(limits, hysteresis_ft, hysteresis_m)
    # More than this below nominal now is a violation now, whatever the rounding.
    low_now_ft = limits.below_ft + ROUNDING_FT if limits.enabled[BELOW] else np.inf
    held_low_now_ft = low_now_ft - hysteresis_ft
    low_ft_per_nm = limits.below_ft_per_nm
    only_below = not (limits.enabled[ABOVE] or limits.enabled[LEFT] or limits.enabled[RIGHT])
    found, count = room_for(len(row)), 0
    for k in range(len(track_low)):
        if not (track_low[k] > low_ft or track_high[k] > high_ft or track_left[k] > left_m or track_right[k] > right_m):
            continue
        has_hit = False
        for q in range(first[k], first[k + 1]):
            is_near = low[q] > low_ft or (
                not only_below and (high[q] > high_ft or left[q] > left_m or right[q] > right_m)
            )
            is_held = has_hit and (
                held_low[q] > held_low_ft
                or (
                    not only_below
                    and (held_high[q] > held_high_ft or held_left[q] > held_left_m or held_right[q] > held_right_m)
                )
            )
            if not (is_near or is_held):
                continue
            violation_s, hold_violation_s = np.inf, np.inf
            below_limit_ft = low_now[q] - low_ft_per_nm * distance_nm[q]
            if below_limit_ft > low_now_ft:
                violation_s = 0.0
            elif is_near:
                violation_s = _first_violation_s(plots, q, approaches, limits, 0.0, 0.0, limits.look_ahead_s)
            if violation_s == np.inf and not is_held:
                continue
            if violation_s < limit_s - ROUNDING_S:
                hold_violation_s = violation_s
            elif is_held and below_limit_ft > held_low_now_ft:
                hold_violation_s = 0.0
            elif is_held:
                hold_s = limits.look_ahead_s + setting.hysteresis_s
                hold_violation_s = _first_violation_s(plots, q, approaches, limits, hysteresis_ft, hysteresis_m, hold_s)
            has_hit = has_hit or violation_s <= setting.warning_time_s
            found.row[count], found.track[count] = row[q], track[q]
            found.violation_s[count], found.hold_violation_s[count] = violation_s, hold_violation_s
            found.undecided[count], found.severe[count] = False, violation_s == 0.0
            count += 1
    return first_of(found, count)


@njit(cache=True)
def _first_violation_s(
    plots: Plots,
    q: int,
    approaches: Approaches,
    limits: Limits,
    tightened_ft: float,
    tightened_m: float,
    duration_s: float,
) -> float:
    """When one plot violates limits tightened by so much."""
    violation_s, _ = first_violation(
        approaches,
        plots.approach[q],
        limits,
        tightened_ft,
        tightened_m,
        duration_s,
        plots.distance_nm[q],
        plots.closing_nmps[q],
        plots.cross_m[q],
        plots.drift_mps[q],
        plots.altitude_ft[q],
        plots.rate_ftps[q],
    )
    return violation_s
