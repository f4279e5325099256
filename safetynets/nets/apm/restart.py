"""Stretches of plots that are judged without those before them, because what is remembered there is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.kernels.track_state import Received
from safetynets.nets.apm.kernel import (
    Approaches,
    JoinRules,
    along_and_cross,
    from_threshold,
    in_capture,
    is_captured,
)
from safetynets.units import M_PER_NM

ROUNDING_RAD = 1e-9
"""Angles this far apart differ whatever the rounding."""


class Fresh(NamedTuple):
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
    rules: JoinRules
    approaches: Approaches


@separate
def stretch_from(
    row: int, first: int, seen: int, landing: bool, received: Received, fresh: Fresh, passed: NDArray[np.bool_]
) -> int:
    """The row from which on the plots of the track that begins at `first` say what a row is joined to.

    It is the last at or before the row after which nothing is remembered, or the first of the track, or the last that
    was `seen` before, when the aircraft was `landing` or not. Where what was joined before cannot matter, it is the row
    itself. `passed` is room for an answer an approach.
    """
    approaches = fresh.approaches
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
        looking = i > max(seen, first) and (captured or not forgets_outside(i, first, received, fresh))
        i -= looking
    lands = lands or (landing and i == seen)
    return row if i < row and not lands and joins_whatever_was(row, first, received, fresh) else i


@inlined
def forgets_outside(i: int, first: int, received: Received, fresh: Fresh) -> bool:
    """Whether nothing is remembered after plot i, which is outside all regions, of the track that begins at `first`."""
    return is_surely_known(i, first, received, fresh) and received.vertical_rate_fpm[i] / 60.0 <= fresh.go_around_ftps


@inlined
def is_surely_known(i: int, first: int, received: Received, fresh: Fresh) -> bool:
    """Whether plot i has all that judging it takes; it may still be excluded by a rule."""
    told = (
        np.isfinite(received.x_m[i])
        and np.isfinite(received.y_m[i])
        and np.isfinite(received.vx_mps[i])
        and np.isfinite(received.vy_mps[i])
        and np.isfinite(received.pressure_altitude_ft[i])
        and np.isfinite(received.vertical_rate_fpm[i])
    )
    flawed = received.flags[i] & fresh.flaws != 0 or (received.coasted[i] == 1 and not fresh.use_coasted)
    young = received.time_s[i] - received.time_s[first] < fresh.youngest_s
    return fresh.known and told and not flawed and not young


@separate
def joins_whatever_was(i: int, first: int, received: Received, fresh: Fresh) -> bool:
    """Whether plot i, which does not land, is joined to the same approach whatever it was joined to before.

    It may join the one it is nearest to, and every other is farther off by more than the margin. Or it is excluded by a
    rule, and then joined to none.
    """
    rules, approaches = fresh.rules, fresh.approaches
    vx, vy, rate_ftps = received.vx_mps[i], received.vy_mps[i], received.vertical_rate_fpm[i] / 60.0
    if not fresh.any_may_join or not is_surely_known(i, first, received, fresh) or (vx == 0.0 and vy == 0.0):
        return False
    if rate_ftps > min(rules.join_max_climb_ftps, rules.go_around_ftps):
        return False
    if received.pressure_altitude_ft[i] - fresh.lowest_qnh_ft + ROUNDING_FT > rules.join_ceiling_ft:
        return False
    nearest_rad, next_rad, turned_rad = np.inf, np.inf, np.inf
    for a in range(len(approaches.start_nm)):
        d_nm, cross_m = along_and_cross(approaches, a, received.x_m[i], received.y_m[i])
        if not in_capture(approaches, a, d_nm, cross_m):
            continue
        east, north = approaches.course[a, 0], approaches.course[a, 1]
        off_rad = np.arctan2(abs(cross_m), d_nm * M_PER_NM)
        next_rad = min(next_rad, max(nearest_rad, off_rad))
        if off_rad < nearest_rad:
            nearest_rad, turned_rad = off_rad, abs(np.arctan2(vx * north - vy * east, vx * east + vy * north))
    apart = next_rad - nearest_rad > max(0.0, rules.switch_margin_rad) + ROUNDING_RAD
    return nearest_rad < np.inf and apart and turned_rad <= rules.join_angle_rad
