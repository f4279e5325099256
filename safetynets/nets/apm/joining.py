"""Which approach an aircraft is joined to, plot after plot, and from which plot on that can be told."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, int64, separate
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.kernels.track_state import Received
from safetynets.engine.kernels.verdict import JUDGED, is_excluded
from safetynets.nets.apm.geometry import (
    Approaches,
    along_and_cross,
    angular_deviation_rad,
    from_threshold,
    in_any_capture,
    in_capture,
    is_before,
    is_captured,
    off_course_rad,
)
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]


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
    if joined.landing[k] and (joined.climbing[k] >= 2 or not in_any_capture(approaches, x, y)):
        joined.landing[k] = False
    best, best_rad = -1, np.inf
    has_track = vx != 0.0 or vy != 0.0
    may_join_now = has_track and joined.climbing[k] < 2 and not joined.landing[k]
    if may_join_now and altitude_ft <= rules.join_ceiling_ft and rate_ftps <= rules.join_max_climb_ftps:
        for i in range(len(approaches.start_nm)):
            d_nm, cross_m = along_and_cross(approaches, i, x, y)
            if i == present or not may_join[i] or not in_capture(approaches, i, d_nm, cross_m):
                continue
            deviation_rad = angular_deviation_rad(approaches, i, x, y)
            if off_course_rad(approaches, i, vx, vy) <= rules.join_angle_rad and deviation_rad < best_rad:
                best, best_rad = i, deviation_rad
    takes_over = best >= 0 and present >= 0
    if takes_over:
        takes_over = best_rad < angular_deviation_rad(approaches, present, x, y) - rules.switch_margin_rad
    if takes_over:
        present = best
    elif present < 0 and best >= 0:
        waits = False
        for j in range(len(approaches.start_nm)):
            waits = waits or (may_join[j] and is_nearer_ahead(j, best, x, y, vx, vy, approaches, rules.join_angle_rad))
        present = -1 if waits else best
    joined.approach[k] = present


@inlined
def is_nearer_ahead(
    j: int, i: int, x: float, y: float, vx: float, vy: float, approaches: Approaches, join_angle_rad: float
) -> bool:
    """Whether an aircraft flies approach j, of the same aerodrome and not reached yet, rather than approach i."""
    if approaches.aerodrome[j] != approaches.aerodrome[i]:
        return False
    _, cross_m = along_and_cross(approaches, i, x, y)
    d_nm, other_m = along_and_cross(approaches, j, x, y)
    on_course = is_before(approaches, j, d_nm, other_m) and off_course_rad(approaches, j, vx, vy) <= join_angle_rad
    return on_course and abs(other_m) < abs(cross_m)


ROUNDING_RAD = 1e-9
"""Angles this far apart differ whatever the rounding."""


class RestartRules(NamedTuple):
    """What tells a plot after which nothing is remembered of the approaches.

    At one that is surely judged or excluded, lies outside every capture region and does not climb as in a go-around,
    an aircraft leaves what it was joined to, lands no more, and has climbed at no plot in a row. A plot is surely so
    when all it has to say is known, nothing is flagged (`flaws`), and it is not too young; without a QNH everywhere
    (`known`) no plot is. `any_may_join` says that no flight plan keeps a flight from an approach.
    """

    flaws: int
    use_coasted: bool
    youngest_s: float
    go_around_ftps: float
    known: bool
    any_may_join: bool
    lowest_qnh_ft: float
    joining: JoinRules
    approaches: Approaches


@separate
def restart_from(
    row: int,
    first: int,
    seen: int,
    present: int,
    landing: bool,
    received: Received,
    rules: RestartRules,
    passed: NDArray[np.bool_],
) -> int:
    """The row from which on the plots of the track that begins at `first` say what a row is joined to.

    It is the last at or before the row after which nothing is remembered, or the first of the track, or the last that
    was `seen` before, when the aircraft was joined to `present`, and `landing` or not. Where what was joined before
    cannot matter, it is the row itself. `passed` is room for an answer an approach.
    """
    approaches = rules.approaches
    threshold_m, course = approaches.threshold_m, approaches.course
    end_nm, start_nm = approaches.end_nm, approaches.start_nm
    half_width_m, splay_m_per_nm = approaches.capture_half_width_m, approaches.capture_splay_m_per_nm
    x_m, y_m = received.x_m, received.y_m
    passed[:], lands, i, looking = False, False, row, True
    while looking:
        captured = False
        for a in range(len(start_nm)):
            d_nm, cross_m = from_threshold(
                threshold_m[a, 0], threshold_m[a, 1], course[a, 0], course[a, 1], x_m[i], y_m[i]
            )
            inside = is_captured(end_nm[a], start_nm[a], half_width_m, splay_m_per_nm, d_nm, cross_m)
            lands = lands or (inside and passed[a])
            passed[a] = passed[a] or not d_nm >= end_nm[a]
            captured = captured or inside
        looking = i > max(seen, first) and (captured or not forgets_outside(i, first, received, rules))
        i -= looking
    lands = lands or (i == seen and (landing or (present >= 0 and passed[present])))
    return row if i < row and not lands and joins_whatever_was(row, first, received, rules) else i


@inlined
def forgets_outside(i: int, first: int, received: Received, rules: RestartRules) -> bool:
    """Whether nothing is remembered after plot i, which is outside all regions, of the track that begins at `first`."""
    return is_surely_known(i, first, received, rules) and received.vertical_rate_fpm[i] / 60.0 <= rules.go_around_ftps


@inlined
def is_surely_known(i: int, first: int, received: Received, rules: RestartRules) -> bool:
    """Whether plot i has all that judging it takes; it may still be excluded by a rule."""
    told = (
        np.isfinite(received.x_m[i])
        and np.isfinite(received.y_m[i])
        and np.isfinite(received.vx_mps[i])
        and np.isfinite(received.vy_mps[i])
        and np.isfinite(received.pressure_altitude_ft[i])
        and np.isfinite(received.vertical_rate_fpm[i])
    )
    flawed = received.flags[i] & rules.flaws != 0 or (received.coasted[i] == 1 and not rules.use_coasted)
    young = received.time_s[i] - received.time_s[first] < rules.youngest_s
    return rules.known and told and not flawed and not young


@separate
def joins_whatever_was(i: int, first: int, received: Received, rules: RestartRules) -> bool:
    """Whether plot i, which does not land, is joined to the same approach whatever it was joined to before.

    It may join the one it is nearest to, waits for no other, and every other is farther off by more than the margin. Or
    it is excluded by a rule, and then joined to none.
    """
    joining, approaches = rules.joining, rules.approaches
    vx, vy, rate_ftps = received.vx_mps[i], received.vy_mps[i], received.vertical_rate_fpm[i] / 60.0
    if not rules.any_may_join or not is_surely_known(i, first, received, rules) or (vx == 0.0 and vy == 0.0):
        return False
    if rate_ftps > min(joining.join_max_climb_ftps, joining.go_around_ftps):
        return False
    if received.pressure_altitude_ft[i] - rules.lowest_qnh_ft + ROUNDING_FT > joining.join_ceiling_ft:
        return False
    nearest, nearest_rad, next_rad = -1, np.inf, np.inf
    for a in range(len(approaches.start_nm)):
        d_nm, cross_m = along_and_cross(approaches, a, received.x_m[i], received.y_m[i])
        if not in_capture(approaches, a, d_nm, cross_m):
            continue
        off_rad = np.arctan2(abs(cross_m), d_nm * M_PER_NM)
        next_rad = min(next_rad, max(nearest_rad, off_rad))
        if off_rad < nearest_rad:
            nearest, nearest_rad = a, off_rad
    if nearest < 0 or off_course_rad(approaches, nearest, vx, vy) > joining.join_angle_rad:
        return False
    for a in range(len(approaches.start_nm)):
        if is_nearer_ahead(
            a, nearest, received.x_m[i], received.y_m[i], vx, vy, approaches, joining.join_angle_rad + ROUNDING_RAD
        ):
            return False
    return next_rad - nearest_rad > max(0.0, joining.switch_margin_rad) + ROUNDING_RAD
