"""An aircraft against its approach: deviations now, and the first violation along the straight predicted path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import follow_phase, forget_phase, implements, judge, restart_row
from safetynets.engine.kernels.quadratics import Quadratic, first_negative
from safetynets.engine.kernels.track_state import Levels, Received
from safetynets.engine.kernels.verdict import (
    JUDGED,
    NOT_ON_APPROACH,
    Verdict,
    nothing,
    verdict_of,
)
from safetynets.engine.reasons import Kind
from safetynets.nets.apm.geometry import Approaches, along_and_cross, path_altitude_ft
from safetynets.nets.apm.joining import Joined, RestartRules, forget, join_plot, restart_from
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]

BELOW, ABOVE, LEFT, RIGHT = range(4)
KINDS = (int(Kind.NONE), int(Kind.BELOW), int(Kind.ABOVE), int(Kind.LEFT), int(Kind.RIGHT))
"""None, and these in their order, as of `Kind`."""


class Limits(NamedTuple):
    """Allowed deviations; a disabled kind is never in violation."""

    enabled: NDArray[np.bool_]
    below_ft: float
    below_ft_per_nm: float
    above_ft: float
    above_ft_per_nm: float
    look_ahead_s: float


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


class Inputs(NamedTuple):
    """What a plot is judged by, and what is remembered of each track; `may_join[n]` are approaches the n-th may join.

    `passed` is a buffer of one answer an approach.
    """

    approaches: Approaches
    limits: Limits
    hysteresis: Hysteresis
    may_join: NDArray[np.bool_]
    rules: RestartRules
    joined: Joined
    passed: NDArray[np.bool_]


@implements(follow_phase, Inputs)
@inlined
def follow_joining(inputs: Inputs, n: int, k: int, time_s: float, reason: int, state: Floats) -> int:
    """The approach that the next plot of track k is joined to, -1 for none."""
    return join_plot(
        k, time_s, reason, state, inputs.may_join[n], inputs.approaches, inputs.rules.joining, inputs.joined
    )


@implements(forget_phase, Inputs)
@inlined
def forget_joining(inputs: Inputs, k: int) -> None:
    """Forget what track k is joined to."""
    forget(k, inputs.joined)


@implements(restart_row, Inputs)
@inlined
def restart_joining(inputs: Inputs, row: int, first: int, done: int, k: int, received: Received) -> int:
    """The row from which on the plots of track k decide what a row is joined to."""
    joined = inputs.joined
    return restart_from(row, first, done, joined.approach[k], joined.landing[k], received, inputs.rules, inputs.passed)


@implements(judge, Inputs)
@separate
def judge_plot(
    inputs: Inputs, i: int, n: int, phase: int, time_s: float, state: Floats, levels: Levels, settled_s: float
) -> Verdict:
    """Judge one plot against the approach it is joined to, which is its phase (`dispatch.judge`)."""
    if phase < 0:
        return nothing(NOT_ON_APPROACH)
    approaches, limits, hysteresis = inputs.approaches, inputs.limits, inputs.hysteresis
    x, y, vx, vy, altitude_ft, rate_ftps = state[0], state[1], state[2], state[3], state[4], state[5]
    d_nm, cross_m = along_and_cross(approaches, phase, x, y)
    east, north = approaches.course[phase, 0], approaches.course[phase, 1]
    closing_nmps, drift_mps = (vx * east + vy * north) / M_PER_NM, vx * north - vy * east
    nominal_ft = min(path_altitude_ft(approaches, phase, d_nm), approaches.intercept_ft[phase])
    below_ft = nominal_ft - limits.below_ft - limits.below_ft_per_nm * d_nm
    above_ft = nominal_ft + limits.above_ft + limits.above_ft_per_nm * d_nm
    width_m = approaches.half_width_m[phase] + approaches.splay_m_per_nm[phase] * d_nm
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
    violation_s, kind = first_violation(approaches, phase, limits, 0.0, 0.0, limits.look_ahead_s, *flight)
    hold_violation_s = violation_s
    if violation_s > settled_s:
        ahead_s = limits.look_ahead_s + hysteresis.s
        held_s, _ = first_violation(approaches, phase, limits, hysteresis.ft, hysteresis.m, ahead_s, *flight)
        hold_violation_s = min(violation_s, held_s)
    return verdict_of(
        JUDGED,
        margin_ft if margin_ft < np.inf else np.nan,
        margin_m if margin_m < np.inf else np.nan,
        violation_s,
        hold_violation_s,
        KINDS[kind + 1],
        phase,
        limit_ft,
        cross_m,
        altitude_ft - nominal_ft,
        violation_s == 0.0,
    )
