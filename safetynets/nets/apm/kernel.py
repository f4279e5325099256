"""An aircraft against its approach: deviations now, and the first violation along the straight predicted path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Kind
from safetynets.engine.kernels.compiled import inlined, int64, no_refcount, separate
from safetynets.engine.kernels.quadratics import Quadratic, first_negative
from safetynets.engine.kernels.verdict import (
    JUDGED,
    NOT_ON_APPROACH,
    UNSETTLED_S,
    Verdict,
    Verdicts,
    is_excluded,
    nothing,
    verdict_of,
    write,
)
from safetynets.kernel_cache import njit
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]

BELOW, ABOVE, LEFT, RIGHT = range(4)
KINDS = (int(Kind.NONE), int(Kind.BELOW), int(Kind.ABOVE), int(Kind.LEFT), int(Kind.RIGHT))
"""None, and these in their order, as of `Kind`."""


class Approaches(NamedTuple):
    """The approaches of a site as arrays; a course is a unit vector (east, north).

    A path is altitude = a*d*d + b*d + c (ft, d in NM) between the distances `breaks_nm`; approach i has the pieces
    `first_piece[i]` to `first_piece[i + 1]`, ascending, the first from -inf and the last to inf.
    """

    threshold_m: Floats
    course: Floats
    intercept_ft: Floats
    start_nm: Floats
    end_nm: Floats
    half_width_m: Floats
    splay_m_per_nm: Floats
    capture_half_width_m: float
    capture_splay_m_per_nm: float
    first_piece: NDArray[np.int64]
    piece_from_nm: Floats
    piece_to_nm: Floats
    piece: Floats


class Limits(NamedTuple):
    """Allowed deviations; a disabled kind is never in violation."""

    enabled: NDArray[np.bool_]
    below_ft: float
    below_ft_per_nm: float
    above_ft: float
    above_ft_per_nm: float
    look_ahead_s: float


@njit(cache=True)
def along_and_cross(approaches: Approaches, i: int, x_m: float, y_m: float) -> tuple[float, float]:
    """Along-track distance to the threshold (NM, positive before it) and cross-track distance (m, right positive)."""
    return from_threshold(
        approaches.threshold_m[i, 0],
        approaches.threshold_m[i, 1],
        approaches.course[i, 0],
        approaches.course[i, 1],
        x_m,
        y_m,
    )


@inlined
def from_threshold(
    threshold_x_m: float, threshold_y_m: float, east: float, north: float, x_m: float, y_m: float
) -> tuple[float, float]:
    """Along-track distance (NM) and cross-track distance (m) as of `along_and_cross`, by the numbers alone."""
    dx, dy = x_m - threshold_x_m, y_m - threshold_y_m
    return -(dx * east + dy * north) / M_PER_NM, dx * north - dy * east


@njit(cache=True)
def path_altitude_ft(approaches: Approaches, i: int, d_nm: float) -> float:
    """Altitude of the published path of approach i at a distance."""
    for k in range(approaches.first_piece[i], approaches.first_piece[i + 1]):
        if d_nm <= approaches.piece_to_nm[k]:
            a, b, c = approaches.piece[k, 0], approaches.piece[k, 1], approaches.piece[k, 2]
            return (a * d_nm + b) * d_nm + c
    return np.nan


@inlined
def in_capture(approaches: Approaches, i: int, d_nm: float, cross_m: float) -> bool:
    """Whether a point is in the capture region of approach i."""
    return is_captured(
        approaches.end_nm[i],
        approaches.start_nm[i],
        approaches.capture_half_width_m,
        approaches.capture_splay_m_per_nm,
        d_nm,
        cross_m,
    )


@inlined
def is_captured(
    end_nm: float, start_nm: float, half_width_m: float, splay_m_per_nm: float, d_nm: float, cross_m: float
) -> bool:
    """Whether a point is in a capture region, as of `in_capture`, by the numbers alone."""
    return end_nm <= d_nm <= start_nm and abs(cross_m) <= half_width_m + splay_m_per_nm * d_nm


@inlined
def _in_any_capture(approaches: Approaches, x: float, y: float) -> bool:
    for i in range(len(approaches.start_nm)):
        d_nm, cross_m = along_and_cross(approaches, i, x, y)
        if in_capture(approaches, i, d_nm, cross_m):
            return True
    return False


@inlined
def _quadratics(
    approaches: Approaches,
    i: int,
    k: int,
    kind: int,
    limits: Limits,
    tightened_ft: float,
    tightened_m: float,
    d_nm: float,
    closing_nmps: float,
    cross_m: float,
    drift_mps: float,
    altitude_ft: float,
    rate_ftps: float,
) -> tuple[Quadratic, Quadratic, bool]:
    """Quadratics in time that are negative in violation on piece k of the path, and whether both of them must be.

    Nominal is the lower of path and intercept altitude: to be below it is to be below both, to be above it is to be
    above either.
    """
    if kind in (LEFT, RIGHT):
        side = 1.0 if kind == LEFT else -1.0
        limit_m = approaches.half_width_m[i] + approaches.splay_m_per_nm[i] * d_nm - tightened_m
        lateral = 0.0, side * drift_mps - approaches.splay_m_per_nm[i] * closing_nmps, side * cross_m + limit_m
        return lateral, lateral, True
    a, b, c = approaches.piece[k, 0], approaches.piece[k, 1], approaches.piece[k, 2]
    if kind == BELOW:
        side, limit_ft, limit_ft_per_nm = 1.0, limits.below_ft - tightened_ft, limits.below_ft_per_nm
    else:
        side, limit_ft, limit_ft_per_nm = -1.0, limits.above_ft - tightened_ft, limits.above_ft_per_nm
    path_c = (a * d_nm + b) * d_nm + c
    allowed_b, allowed_c = -limit_ft_per_nm * closing_nmps, limit_ft + limit_ft_per_nm * d_nm
    to_path = (
        -side * a * closing_nmps**2,
        side * (rate_ftps + closing_nmps * (2.0 * a * d_nm + b)) + allowed_b,
        side * (altitude_ft - path_c) + allowed_c,
    )
    to_intercept = 0.0, side * rate_ftps + allowed_b, side * (altitude_ft - approaches.intercept_ft[i]) + allowed_c
    return to_path, to_intercept, kind == BELOW


@separate
def first_violation(
    approaches: Approaches,
    i: int,
    limits: Limits,
    tightened_ft: float,
    tightened_m: float,
    look_ahead_s: float,
    d_nm: float,
    closing_nmps: float,
    cross_m: float,
    drift_mps: float,
    altitude_ft: float,
    rate_ftps: float,
) -> tuple[float, int]:
    """First time (s) at which a straight path violates approach i within the monitored distances, and the kind.

    (inf, -1) for none. Of kinds at the same time the first of below, above, left, right is given.
    """
    best_s, best_kind = np.inf, -1
    for k in range(approaches.first_piece[i], approaches.first_piece[i + 1]):
        near_nm = max(approaches.end_nm[i], approaches.piece_from_nm[k])
        far_nm = min(approaches.start_nm[i], approaches.piece_to_nm[k])
        from_s, to_s = 0.0, look_ahead_s
        if closing_nmps > 0.0:
            from_s, to_s = max(from_s, (d_nm - far_nm) / closing_nmps), min(to_s, (d_nm - near_nm) / closing_nmps)
        elif closing_nmps < 0.0:
            from_s, to_s = max(from_s, (d_nm - near_nm) / closing_nmps), min(to_s, (d_nm - far_nm) / closing_nmps)
        elif not near_nm <= d_nm <= far_nm:
            continue
        if from_s > to_s or near_nm > far_nm:
            continue
        for kind in range(4):
            if limits.enabled[kind]:
                to_path, to_intercept, both = _quadratics(
                    approaches,
                    i,
                    k,
                    kind,
                    limits,
                    tightened_ft,
                    tightened_m,
                    d_nm,
                    closing_nmps,
                    cross_m,
                    drift_mps,
                    altitude_ft,
                    rate_ftps,
                )
                t = first_negative(to_path, to_intercept, both, from_s, to_s)
                if t < best_s or (t == best_s and t < np.inf and kind < best_kind):
                    best_s, best_kind = t, kind
    return best_s, best_kind


class Hysteresis(NamedTuple):
    """How much stricter the limits are while an alert holds, and how much longer the look-ahead."""

    ft: float
    m: float
    s: float


@separate
def judge_plot(
    state: Floats, i: int, approaches: Approaches, limits: Limits, hysteresis: Hysteresis, settled_s: float
) -> Verdict:
    """Judge one plot that is joined to approach i; `state` begins with x, y, vx, vy, altitude (ft), rate (ft/s).

    The time to violation with hysteresis is found for violations later than `settled_s` (`UNSETTLED_S`).
    """
    x, y, vx, vy, altitude_ft, rate_ftps = state[0], state[1], state[2], state[3], state[4], state[5]
    d_nm, cross_m = along_and_cross(approaches, i, x, y)
    east, north = approaches.course[i, 0], approaches.course[i, 1]
    closing_nmps, drift_mps = (vx * east + vy * north) / M_PER_NM, vx * north - vy * east
    nominal_ft = min(path_altitude_ft(approaches, i, d_nm), approaches.intercept_ft[i])
    below_ft = nominal_ft - limits.below_ft - limits.below_ft_per_nm * d_nm
    above_ft = nominal_ft + limits.above_ft + limits.above_ft_per_nm * d_nm
    width_m = approaches.half_width_m[i] + approaches.splay_m_per_nm[i] * d_nm
    limit_ft, margin_ft, margin_m = below_ft, np.inf, np.inf
    if limits.enabled[BELOW]:
        margin_ft = altitude_ft - below_ft
    if limits.enabled[ABOVE] and above_ft - altitude_ft < margin_ft:
        margin_ft, limit_ft = above_ft - altitude_ft, above_ft
    if limits.enabled[LEFT]:
        margin_m = cross_m + width_m
    if limits.enabled[RIGHT]:
        margin_m = min(margin_m, width_m - cross_m)
    flight = d_nm, closing_nmps, cross_m, drift_mps, altitude_ft, rate_ftps
    violation_s, kind = first_violation(approaches, i, limits, 0.0, 0.0, limits.look_ahead_s, *flight)
    hold_violation_s = violation_s
    if violation_s > settled_s:
        ahead_s = limits.look_ahead_s + hysteresis.s
        held_s, _ = first_violation(approaches, i, limits, hysteresis.ft, hysteresis.m, ahead_s, *flight)
        hold_violation_s = min(violation_s, held_s)
    return verdict_of(
        JUDGED,
        margin_ft if margin_ft < np.inf else np.nan,
        margin_m if margin_m < np.inf else np.nan,
        violation_s,
        hold_violation_s,
        KINDS[kind + 1],
        i,
        limit_ft,
        cross_m,
        altitude_ft - nominal_ft,
        violation_s == 0.0,
    )


@njit(cache=True, nogil=True)
def judge(
    reason: NDArray[np.int8],
    approach: NDArray[np.int32],
    state: Floats,
    approaches: Approaches,
    limits: Limits,
    hysteresis: Hysteresis,
    verdicts: Verdicts,
) -> None:
    """Judge every plot that is joined (`approach` >= 0) and that nothing keeps from it."""
    state, approaches, limits, verdicts = (
        no_refcount(state),
        no_refcount(approaches),
        no_refcount(limits),
        no_refcount(verdicts),
    )
    for row in range(len(state)):
        verdict = nothing(NOT_ON_APPROACH if reason[row] == JUDGED else reason[row])
        if reason[row] == JUDGED and approach[row] >= 0:
            verdict = judge_plot(state[row], int64(approach[row]), approaches, limits, hysteresis, UNSETTLED_S)
        write(verdicts, row, verdict)


class JoinRules(NamedTuple):
    """When an aircraft joins and leaves an approach."""

    join_angle_rad: float
    join_ceiling_ft: float
    join_max_climb_ftps: float
    go_around_ftps: float
    switch_margin_rad: float
    max_gap_s: float


class Joined(NamedTuple):
    """What is remembered of each track.

    Its approach (-1 none), climbing plots in a row, time of its last plot, and whether it has passed the end of its
    approach: then it lands, and the next runway's approach is not its own.
    """

    approach: NDArray[np.int32]
    climbing: NDArray[np.int32]
    last_s: Floats
    landing: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def join(
    track: NDArray[np.int32],
    time_s: Floats,
    reason: NDArray[np.int8],
    state: Floats,
    may_join: NDArray[np.bool_],
    approaches: Approaches,
    rules: JoinRules,
    joined: Joined,
    approach: NDArray[np.int32],
) -> None:
    """Go through the plots in order and write the approach each is joined to; `joined` is carried on."""
    state, may_join, approaches, joined = (
        no_refcount(state),
        no_refcount(may_join),
        no_refcount(approaches),
        no_refcount(joined),
    )
    for row in range(len(track)):
        k = int64(track[row])
        approach[row] = join_plot(k, time_s[row], reason[row], state[row], may_join[k], approaches, rules, joined)


@inlined
def join_plot(
    k: int,
    time_s: float,
    reason: int,
    state: Floats,
    may_join: NDArray[np.bool_],
    approaches: Approaches,
    rules: JoinRules,
    joined: Joined,
) -> int:
    """The approach that the next plot of track k is joined to (-1 for none); `joined` is carried on.

    A plot that is excluded leaves what it was joined to, one that is not assessable changes nothing.
    """
    if time_s - joined.last_s[k] > rules.max_gap_s:
        forget(k, joined)
    joined.last_s[k] = time_s
    if is_excluded(reason):
        forget(k, joined)
    elif reason == JUDGED:
        _follow(k, state, may_join, approaches, rules, joined)
    return joined.approach[k]


@inlined
def forget(k: int, joined: Joined) -> None:
    """Forget what track k is joined to; nothing else is remembered that could matter."""
    joined.approach[k], joined.climbing[k], joined.landing[k] = -1, 0, False


@separate
def _follow(
    k: int, state: Floats, may_join: NDArray[np.bool_], approaches: Approaches, rules: JoinRules, joined: Joined
) -> None:
    x, y, vx, vy, altitude_ft, rate_ftps = state[0], state[1], state[2], state[3], state[4], state[5]
    joined.climbing[k] = joined.climbing[k] + 1 if rate_ftps > rules.go_around_ftps else 0
    present = int64(joined.approach[k])
    if present >= 0:
        d_nm, cross_m = along_and_cross(approaches, present, x, y)
        if joined.climbing[k] >= 2 or not in_capture(approaches, present, d_nm, cross_m):
            joined.landing[k] = d_nm < approaches.end_nm[present]
            present = -1
    if joined.landing[k] and (joined.climbing[k] >= 2 or not _in_any_capture(approaches, x, y)):
        joined.landing[k] = False
    best, best_rad = -1, np.inf
    has_track = vx != 0.0 or vy != 0.0
    may_join_now = has_track and joined.climbing[k] < 2 and not joined.landing[k]
    if may_join_now and altitude_ft <= rules.join_ceiling_ft and rate_ftps <= rules.join_max_climb_ftps:
        for i in range(len(approaches.start_nm)):
            d_nm, cross_m = along_and_cross(approaches, i, x, y)
            if i == present or not may_join[i] or not in_capture(approaches, i, d_nm, cross_m):
                continue
            east, north = approaches.course[i, 0], approaches.course[i, 1]
            off_rad = abs(np.arctan2(vx * north - vy * east, vx * east + vy * north))
            deviation_rad = _deviation_rad(approaches, i, x, y)
            if off_rad <= rules.join_angle_rad and deviation_rad < best_rad:
                best, best_rad = i, deviation_rad
    takes_over = best >= 0 and present >= 0
    if takes_over:
        takes_over = best_rad < _deviation_rad(approaches, present, x, y) - rules.switch_margin_rad
    if present < 0 or takes_over:
        present = best
    joined.approach[k] = present


@inlined
def _deviation_rad(approaches: Approaches, i: int, x: float, y: float) -> float:
    """How far off the course of approach i a point is, seen from the threshold."""
    d_nm, cross_m = along_and_cross(approaches, i, x, y)
    return np.arctan2(abs(cross_m), d_nm * M_PER_NM)
