"""What the APM keeps of a plot: its place on the approach, and how far it ever gets from the path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.kernels.track_state import STATE
from safetynets.engine.study.kernels.seen import Seen, put_state_of
from safetynets.kernel_cache import njit, part
from safetynets.nets.apm.geometry import Approaches, along_and_cross, path_altitude_ft
from safetynets.nets.apm.kernel import ABOVE, BELOW, LEFT, RIGHT, Limits
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
    `surely_low_ft` is how far below nominal it gets at least, the most that the angles allow already taken, -inf where
    that is not known or the plot may be on the edge of what is monitored.
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
    surely_low_ft: NDArray[np.float32]
    low_now_ft: Floats


@part(_nrt=True)
def _least(a: float, b: float, c: float, from_s: float, to_s: float) -> float:
    """Least value of a*t*t + b*t + c in a span."""
    least = min((a * from_s + b) * from_s + c, (a * to_s + b) * to_s + c)
    if a > 0.0 and from_s < -b / (2.0 * a) < to_s:
        least = min(least, c - b * b / (4.0 * a))
    return least


@part(_nrt=True)
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


@part(_nrt=True)
def _surely_low_ft(
    approaches: Approaches,
    i: int,
    below_ft_per_nm: float,
    duration_s: float,
    d_nm: float,
    closing_nmps: float,
    altitude_ft: float,
    rate_ftps: float,
) -> float:
    """How far below nominal a plot gets at least: at some moments of each piece of the path (-inf for none)."""
    low_ft = -np.inf
    for k in range(approaches.first_piece[i], approaches.first_piece[i + 1]):
        near_nm = max(approaches.end_nm[i], approaches.piece_from_nm[k]) + ROUNDING_NM
        far_nm = min(approaches.start_nm[i], approaches.piece_to_nm[k]) - ROUNDING_NM
        a, b, c = approaches.piece[k]
        low_b = rate_ftps + closing_nmps * (2.0 * a * d_nm + b - below_ft_per_nm)
        vertex_s = low_b / (2.0 * a * closing_nmps**2) if a * closing_nmps != 0.0 else 0.0
        near_s = max(0.0, (d_nm - near_nm) / closing_nmps) if closing_nmps > 0.0 else 0.0
        for at_s in (0.0, min(duration_s, near_s), duration_s, min(max(vertex_s, 0.0), duration_s)):
            there_nm = d_nm - closing_nmps * at_s
            if near_nm <= there_nm <= far_nm:
                nominal_ft = min((a * there_nm + b) * there_nm + c, approaches.intercept_ft[i])
                low_ft = max(low_ft, nominal_ft - below_ft_per_nm * there_nm - altitude_ft - rate_ftps * at_s)
    return low_ft


@part(_nrt=True)
def _is_on_a_break(approaches: Approaches, i: int, d_nm: float) -> bool:
    """Whether a distance is where one piece of the path ends, or as good as there."""
    for k in range(approaches.first_piece[i], approaches.first_piece[i + 1]):
        if abs(d_nm - approaches.piece_to_nm[k]) <= ROUNDING_NM:
            return True
    return False


@part(_nrt=True)
def thresholds(limits: Limits, tightened_ft: float, tightened_m: float) -> tuple[float, float, float, float]:
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
    seen: Seen,
    approaches: Approaches,
    limits: Limits,
    greatest_below_ft_per_nm: float,
    hysteresis_ft: float,
    hysteresis_m: float,
    hysteresis_s: float,
) -> Plots:
    """What must be kept of these plots; the limits and hystereses are those of the widest setting.

    `greatest_below_ft_per_nm` is the most that the angle of any setting allows below nominal.
    """
    count = 0
    for row in range(len(approach)):
        count += judged[row] and approach[row] >= 0
    rows, on, numbers = np.empty(count, np.int64), np.empty(count, np.int32), np.empty((count, 7))
    bounds = np.empty((5, KNOTS, count), np.float32)
    longest_s = limits.look_ahead_s + hysteresis_s
    count, state = 0, np.empty(STATE)
    least_low_ft, least_high_ft, least_left_m, least_right_m = thresholds(limits, hysteresis_ft, hysteresis_m)
    for row in range(len(approach)):
        i = approach[row]
        if i < 0 or not judged[row]:
            continue
        put_state_of(row, seen, state)
        x, y, vx, vy, altitude_ft, rate_ftps = state[:6]
        d_nm, cross_m = along_and_cross(approaches, i, x, y)
        east, north = approaches.course[i]
        closing_nmps, drift_mps = (vx * east + vy * north) / M_PER_NM, vx * north - vy * east
        exceeds = False
        # The longest look-ahead comes first: most plots exceed nothing within it, and are dropped.
        for knot in range(KNOTS - 1, -1, -1):
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
            bounds[0, knot, count], bounds[1, knot, count] = low_ft + SLACK, high_ft + SLACK
            bounds[2, knot, count], bounds[3, knot, count] = left_m + SLACK, right_m + SLACK
            if knot == KNOTS - 1:
                exceeds = low_ft > least_low_ft or high_ft > least_high_ft
                exceeds = exceeds or left_m > least_left_m or right_m > least_right_m
                if not exceeds:
                    break
        if not exceeds:
            continue
        rows[count], on[count] = row, i
        low_now_ft = -np.inf
        if approaches.end_nm[i] + ROUNDING_NM < d_nm < approaches.start_nm[i] - ROUNDING_NM:
            low_now_ft = min(path_altitude_ft(approaches, i, d_nm), approaches.intercept_ft[i]) - altitude_ft
        is_sure = low_now_ft > -np.inf and not _is_on_a_break(approaches, i, d_nm)
        for knot in range(KNOTS):
            surely_low_ft = -np.inf
            if is_sure:
                surely_low_ft = _surely_low_ft(
                    approaches,
                    i,
                    greatest_below_ft_per_nm,
                    longest_s * (knot + 1) / KNOTS - ROUNDING_S,
                    d_nm,
                    closing_nmps,
                    altitude_ft,
                    rate_ftps,
                )
            bounds[4, knot, count] = surely_low_ft - SLACK
        numbers[count] = d_nm, closing_nmps, cross_m, drift_mps, altitude_ft, rate_ftps, low_now_ft
        count += 1
    return Plots(
        rows[:count].copy(),
        seen.received.track[rows[:count]],
        on[:count].copy(),
        numbers[:count, 0].copy(),
        numbers[:count, 1].copy(),
        numbers[:count, 2].copy(),
        numbers[:count, 3].copy(),
        numbers[:count, 4].copy(),
        numbers[:count, 5].copy(),
        bounds[0, :, :count].copy(),
        bounds[1, :, :count].copy(),
        bounds[2, :, :count].copy(),
        bounds[3, :, :count].copy(),
        bounds[4, :, :count].copy(),
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
