"""Plots against the paths of the approaches: which could be, or come, off the path of one they could be joined to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.blocks import Lattice
from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import filter_paths, implements, prefilter_paths
from safetynets.engine.kernels.filter_settings import Settings
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.kernels.prefilter import BATCH, COARSE_FT, Bits, Stretch, framed, place_in
from safetynets.engine.kernels.track_state import Received
from safetynets.engine.layers import ON_PATH, SLACK_M
from safetynets.kernel_cache import njit
from safetynets.nets.apm.geometry import Approaches, from_threshold, is_captured
from safetynets.nets.apm.joining import JoinRules
from safetynets.nets.apm.kernel import Limits, first_violation
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]
Real = float | np.float32


class Paths(NamedTuple):
    """The approaches; `any_may_join` says that no flight plan keeps a flight from any of them.

    While monitored, no limit below path i is above `a * d * d + b * d + c` at d NM, which are `arc[i]`, nor above
    `top_ft[i]`; a is not negative, and both limits are inf where more is asked than whether an aircraft is below.
    `approaches_at` says by the places of `place_of` which capture regions touch a block, bit 0 for approaches 0, 32 ...
    """

    approaches: Approaches
    arc: Floats
    top_ft: Floats
    upwards: Limits
    downwards: Limits
    rules: JoinRules
    any_may_join: bool
    approaches_at: Bits


@implements(prefilter_paths, Paths)
@separate
def off_arcs(paths: Paths, plots: Stretch, to_ft: float, ahead_s: float, lattice: Lattice, near: Bits) -> None:
    """Keep the plots that are in the capture region of an approach and not above the arc over its path."""
    x_m, y_m, vx_mps, vy_mps, flown_ft, rate_fpm = plots
    approaches, longest_s, ahead_min = paths.approaches, np.float32(ahead_s), np.float32(ahead_s / 60.0)
    half_width_m = np.float32(approaches.capture_half_width_m + SLACK_M)
    splay_m_per_nm, nm_a_m = np.float32(approaches.capture_splay_m_per_nm), np.float32(1.0 / M_PER_NM)
    level_ft, slack_nm = np.float32(to_ft + COARSE_FT), SLACK_M / M_PER_NM
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, kept = batch * BATCH, np.uint32(0)
        which = _approaches_of(plots, first, lattice, paths.approaches_at)
        for a in range(len(approaches.start_nm)):
            if which >> np.uint32(a % 32) & np.uint32(1) == 0:
                continue
            threshold_x_m = np.float32(approaches.threshold_m[a, 0])
            threshold_y_m = np.float32(approaches.threshold_m[a, 1])
            east, north = np.float32(approaches.course[a, 0]), np.float32(approaches.course[a, 1])
            end_nm = np.float32(approaches.end_nm[a] - slack_nm)
            start_nm = np.float32(approaches.start_nm[a] + slack_nm)
            arc = np.float32(paths.arc[a, 0]), np.float32(paths.arc[a, 1]), np.float32(paths.arc[a, 2])
            top_ft = np.float32(paths.top_ft[a])
            for j in range(BATCH):
                i = first + j
                dx, dy = x_m[i] - threshold_x_m, y_m[i] - threshold_y_m
                d_nm, cross_m = -(dx * east + dy * north) * nm_a_m, dx * north - dy * east
                captured = (end_nm <= d_nm) & (d_nm <= start_nm)
                captured &= abs(cross_m) <= half_width_m + splay_m_per_nm * d_nm
                later_nm = d_nm - (vx_mps[i] * east + vy_mps[i] * north) * nm_a_m * longest_s
                now_ft = flown_ft[i] - level_ft
                later_ft = now_ft + rate_fpm[i] * ahead_min
                off = captured & (not _is_above(arc, top_ft, now_ft, d_nm, later_ft, later_nm))
                kept = np.uint32(kept | np.uint32(np.uint32(off) << np.uint32(j)))
        near[batch] &= kept


@inlined
def _is_above(
    arc: tuple[Real, Real, Real], top_ft: Real, now_ft: Real, d_nm: Real, later_ft: Real, later_nm: Real
) -> bool:
    """Whether a straight path is above the arc over the path of an approach, or above the highest of it (`Paths`).

    An arc that bends upwards is nowhere above its chord: above it at both ends is above it all the time between.
    """
    a, b, c = arc
    above_now = now_ft >= (a * d_nm + b) * d_nm + c
    above_later = later_ft >= (a * later_nm + b) * later_nm + c
    return bool((above_now & above_later) | (min(now_ft, later_ft) >= top_ft))


@inlined
def _approaches_of(plots: Stretch, first: int, lattice: Lattice, approaches_at: Bits) -> np.uint32:
    """The approaches whose capture region touches the block of a plot of this batch, as in `Paths`."""
    x_m, y_m, which = plots.x_m, plots.y_m, np.uint32(0)
    frame, columns = framed(lattice, 0.0), np.int32(lattice.columns)
    for i in range(first, first + BATCH):
        which = np.uint32(which | approaches_at[np.uint32(place_in(frame, columns, x_m[i], y_m[i]))])
    return which


@implements(filter_paths, Paths)
@njit(cache=True, nogil=True)
def off_path(
    paths: Paths,
    near: int,
    received: Received,
    settings: Settings,
    row: NDArray[np.int64],
    questions: NDArray[np.uint8],
) -> int:
    """Keep of the first `near` rows those that are, or will be, off the path of an approach they could be joined to.

    What a plot is joined to depends on the plots before. But in the capture region of i it never is joined to i when
    it may join another that lies nearer by more than the margin: that one takes over.
    """
    x_m, y_m, vx_mps, vy_mps = received.x_m, received.y_m, received.vx_mps, received.vy_mps
    flown_ft, rate_fpm = received.pressure_altitude_ft, received.vertical_rate_fpm
    approaches, rules, any_may_join = paths.approaches, paths.rules, paths.any_may_join
    threshold_m, course, end_nm, start_nm = (
        approaches.threshold_m,
        approaches.course,
        approaches.end_nm,
        approaches.start_nm,
    )
    half_width_m, splay_m_per_nm = approaches.capture_half_width_m, approaches.capture_splay_m_per_nm
    arcs, top_ft, path_s = paths.arc, paths.top_ft, settings.path_s
    count = 0
    off_rad, along_nm, across_m = np.empty(len(start_nm)), np.empty(len(start_nm)), np.empty(len(start_nm))
    for j in range(near):
        i, found = row[j], int(questions[j])
        if found & ON_PATH:
            x, y, vx, vy = x_m[i], y_m[i], vx_mps[i], vy_mps[i]
            rate_ftps = rate_fpm[i] / 60.0
            low_ft = flown_ft[i] - settings.highest_qnh_ft - ROUNDING_FT
            high_ft = flown_ft[i] - settings.lowest_qnh_ft + ROUNDING_FT
            may_join = any_may_join and (vx != 0.0 or vy != 0.0)
            may_join = may_join and high_ft <= rules.join_ceiling_ft and rate_ftps <= rules.join_max_climb_ftps
            nearest_rad = np.inf
            for a in range(len(start_nm)):
                east, north = course[a, 0], course[a, 1]
                d_nm, cross_m = from_threshold(threshold_m[a, 0], threshold_m[a, 1], east, north, x, y)
                off_rad[a], along_nm[a], across_m[a] = np.inf, d_nm, cross_m
                if is_captured(end_nm[a], start_nm[a], half_width_m, splay_m_per_nm, d_nm, cross_m):
                    off_rad[a] = np.arctan2(abs(cross_m), d_nm * M_PER_NM)
                    turned_rad = abs(np.arctan2(vx * north - vy * east, vx * east + vy * north))
                    if may_join and turned_rad <= rules.join_angle_rad:
                        nearest_rad = min(nearest_rad, off_rad[a])
            off = False
            for a in range(len(start_nm)):
                if not off and off_rad[a] < np.inf and nearest_rad >= off_rad[a] - rules.switch_margin_rad:
                    east, north = course[a, 0], course[a, 1]
                    closing_nmps, drift_mps = (vx * east + vy * north) / M_PER_NM, vx * north - vy * east
                    if arcs[a, 2] < np.inf:
                        later_ft, later_nm = low_ft + rate_ftps * path_s, along_nm[a] - closing_nmps * path_s
                        arc = arcs[a, 0], arcs[a, 1], arcs[a, 2]
                        off = not _is_above(arc, top_ft[a], low_ft, along_nm[a], later_ft, later_nm)
                    else:
                        off = _leaves(
                            paths, a, along_nm[a], closing_nmps, across_m[a], drift_mps, low_ft, high_ft, rate_ftps
                        )
            if not off:
                found &= ~ON_PATH
        row[count], questions[count] = i, found
        count += found != 0
    return count


@separate
def _leaves(
    paths: Paths,
    i: int,
    d_nm: float,
    closing_nmps: float,
    cross_m: float,
    drift_mps: float,
    low_ft: float,
    high_ft: float,
    rate_ftps: float,
) -> bool:
    """Whether a plot is, or will be, outside the limits of approach i, its altitude being between two."""
    for limits, altitude_ft in ((paths.downwards, low_ft), (paths.upwards, high_ft)):
        if limits.enabled.any():
            violation_s, _ = first_violation(
                paths.approaches,
                i,
                limits,
                0.0,
                0.0,
                limits.look_ahead_s,
                d_nm,
                closing_nmps,
                cross_m,
                drift_mps,
                altitude_ft,
                rate_ftps,
            )
            if violation_s < np.inf:
                return True
    return False
