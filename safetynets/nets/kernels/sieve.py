"""Which plots could be a hit at all: quick looks at every plot, and closer ones at the few that are near something."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.apm import (
    Approaches,
    JoinRules,
    Limits,
    first_violation,
    from_threshold,
    is_captured,
)
from safetynets.nets.kernels.blocks import Blocks, Lattice, place_of
from safetynets.nets.kernels.borrowed import borrowed
from safetynets.nets.kernels.closer import (
    WITHIN,
    Pressure,
    Silent,
    comes_near_floor,
    comes_near_volume,
    qnh_at_ft,
)
from safetynets.nets.kernels.legs import ROUNDING_FT
from safetynets.nets.kernels.looks import BATCH, filled, first_look, near_floor, near_path, near_volume, off_line
from safetynets.nets.kernels.shapes import is_within
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]

MSAW, APM, APW = 1, 2, 4
"""One bit a net."""

STRETCH = 64 * BATCH
"""So many plots go through all the looks before the next: what a look reads is still in the cache for the next one."""


class Columns(NamedTuple):
    """The columns of the tracks that the sieve reads."""

    time_s: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    pressure_altitude_ft: Floats
    vertical_rate_fpm: Floats
    on_ground: NDArray[np.int8]
    visual: NDArray[np.int8]


class Horizon(NamedTuple):
    """How far the nets look, and between what an altitude lies of which only the pressure altitude is known.

    `turns` says whether a path may leave the straight one. `never_visual` are the nets that do not judge visual
    flights.
    """

    msaw_s: float
    apm_s: float
    apw_s: float
    longest_s: float
    lowest_qnh_ft: float
    highest_qnh_ft: float
    turns: bool
    never_visual: int
    pressure: Pressure


class Paths(NamedTuple):
    """The approaches as the APM asks about them; `any_may_join` where no flight is kept from any of them.

    While monitored, no limit below path i is above `line_ft[i] + line_ft_per_nm[i] * d` at d NM, nor above `top_ft[i]`;
    both are inf where more is asked than whether an aircraft is below. `approaches_at` is that of `near_path`.
    """

    approaches: Approaches
    line_ft: Floats
    line_ft_per_nm: Floats
    top_ft: Floats
    upwards: Limits
    downwards: Limits
    rules: JoinRules
    any_may_join: bool
    approaches_at: NDArray[np.uint64]


@njit(cache=True, nogil=True)
def possible_hits(
    start: NDArray[np.int64],
    nets_of: NDArray[np.uint8],
    plots: Columns,
    blocks: Blocks,
    horizon: Horizon,
    silent: Silent,
    paths: Paths,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Write the rows at which a net could find a hit, and which nets; returns how many there are.

    Track k has the rows `start[k]` to `start[k + 1]`; `nets_of[k]` are the nets that judge it at all.
    """
    plots, blocks, silent, paths = borrowed(plots), borrowed(blocks), borrowed(silent), borrowed(paths)
    start, nets_of, horizon = borrowed(start), borrowed(nets_of), borrowed(horizon)
    row, nets, count = borrowed(row), borrowed(nets), 0
    for first in range(start[0], start[-1], STRETCH):
        end = min(first + STRETCH, start[-1])
        rows, found = row[count:], nets[count:]
        near = _near(first, end, start, nets_of, plots, blocks, horizon, paths, rows, found)
        near = _judged(near, plots, blocks.fine_lattice, horizon, silent, rows, found)
        near = _ahead(near, plots, blocks, horizon, rows, found)
        count += _off_path(near, plots, horizon, paths, rows, found)
    return count


@njit(cache=True, nogil=True)
def _near(
    from_row: int,
    to_row: int,
    start: NDArray[np.int64],
    nets_of: NDArray[np.uint8],
    plots: Columns,
    blocks: Blocks,
    horizon: Horizon,
    paths: Paths,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Write the rows from one to before another that a net is asked about more closely, and which nets."""
    x_m, y_m, vx_mps, vy_mps = plots.x_m, plots.y_m, plots.vx_mps, plots.vy_mps
    flown_ft, rate_fpm = plots.pressure_altitude_ft, plots.vertical_rate_fpm
    lattice, floor_ft, below_path_ft = blocks.lattice, blocks.floor_ft, blocks.below_path_ft
    ceiling_ft, under_ft = blocks.ceiling_ft, blocks.under_ft
    first_floor_ft, first_path_ft = blocks.first_floor_ft, blocks.first_path_ft
    first_ceiling_ft = blocks.first_ceiling_ft
    msaw_s, apm_s, apw_s, longest_s = horizon.msaw_s, horizon.apm_s, horizon.apw_s, horizon.longest_s
    turns, one = horizon.turns, np.uint64(1)
    to_low_ft, to_high_ft = horizon.highest_qnh_ft + ROUNDING_FT, horizon.lowest_qnh_ft - ROUNDING_FT
    approaches, line_ft, line_ft_per_nm, top_ft = paths.approaches, paths.line_ft, paths.line_ft_per_nm, paths.top_ft
    threshold_m, course, end_nm, start_nm = (
        approaches.threshold_m,
        approaches.course,
        approaches.end_nm,
        approaches.start_nm,
    )
    half_width_m, splay_m_per_nm = approaches.capture_half_width_m, approaches.capture_splay_m_per_nm
    approaches_at = paths.approaches_at
    count, k = 0, np.searchsorted(start, from_row, side="right") - 1
    for first in range(from_row, to_row, BATCH):
        end = first + BATCH
        if end <= to_row:
            x, y, vx, vy = x_m[first:end], y_m[first:end], vx_mps[first:end], vy_mps[first:end]
            flown, rate = flown_ft[first:end], rate_fpm[first:end]
        else:
            x, y = filled(x_m[first:to_row]), filled(y_m[first:to_row])
            vx, vy = filled(vx_mps[first:to_row]), filled(vy_mps[first:to_row])
            flown, rate = filled(flown_ft[first:to_row]), filled(rate_fpm[first:to_row])
        msaw, apm, apw = first_look(
            x,
            y,
            vx,
            vy,
            flown,
            rate,
            to_low_ft,
            longest_s,
            turns,
            lattice,
            first_floor_ft,
            first_path_ft,
            first_ceiling_ft,
        )
        if msaw != 0:
            msaw &= near_floor(x, y, vx, vy, flown, rate, to_low_ft, msaw_s, turns, lattice, floor_ft)
        if apw != 0:
            apw &= near_volume(
                x, y, vx, vy, flown, rate, to_low_ft, to_high_ft, apw_s, turns, lattice, ceiling_ft, under_ft
            )
        if apm != 0:
            low, which = near_path(x, y, flown, rate, to_low_ft, apm_s, lattice, below_path_ft, approaches_at)
            apm &= low
        if apm != 0:
            off = np.uint64(0)
            for a in range(len(start_nm)):
                if which >> np.uint64(a % 64) & one == 0:
                    continue
                off |= off_line(
                    x,
                    y,
                    vx,
                    vy,
                    flown,
                    rate,
                    to_low_ft,
                    apm_s,
                    threshold_m[a, 0],
                    threshold_m[a, 1],
                    course[a, 0],
                    course[a, 1],
                    end_nm[a],
                    start_nm[a],
                    half_width_m,
                    splay_m_per_nm,
                    line_ft[a],
                    line_ft_per_nm[a],
                    top_ft[a],
                )
            apm &= off
        near, i = msaw | apm | apw, first
        while near != 0:
            if near & one:
                while start[k + 1] <= i:
                    k += 1
                found = (msaw & one) * MSAW | (apm & one) * APM | (apw & one) * APW
                row[count], nets[count] = i, found & nets_of[k]
                count += nets[count] != 0
            near, msaw, apm, apw = near >> one, msaw >> one, apm >> one, apw >> one
            i += 1
    return count


@njit(cache=True, nogil=True)
def _judged(
    near: int,
    plots: Columns,
    lattice: Lattice,
    horizon: Horizon,
    silent: Silent,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Keep of the first `near` rows those that are in the air and not where, or as, the net never judges."""
    shapes = silent.shapes
    vertices_m, first_vertex, first_ring = shapes.vertices_m, shapes.first_vertex, shapes.first_ring
    floor_ft, ceiling_ft, never, places = silent.floor_ft, silent.ceiling_ft, silent.nets, silent.places
    x_m, y_m, flown_ft = plots.x_m, plots.y_m, plots.pressure_altitude_ft
    on_ground, visual, never_visual = plots.on_ground, plots.visual, horizon.never_visual
    count = 0
    for j in range(near):
        i, found = row[j], int(nets[j])
        if visual[i] == 1:
            found &= ~never_visual
        if on_ground[i] == 1:
            found = 0
        x, y, pressure_altitude_ft = x_m[i], y_m[i], flown_ft[i]
        place = place_of(lattice, x, y)
        for s in range(len(never)):
            if (
                found & never[s]
                and floor_ft[s] <= pressure_altitude_ft <= ceiling_ft[s]
                and places[place, s] != 0
                and (
                    places[place, s] == WITHIN
                    or is_within(vertices_m, first_vertex, first_ring[s], first_ring[s + 1], x, y)
                )
            ):
                found &= ~int(never[s])
        row[count], nets[count] = i, found
        count += found != 0
    return count


@njit(cache=True, nogil=True)
def _ahead(
    near: int, plots: Columns, blocks: Blocks, horizon: Horizon, row: NDArray[np.int64], nets: NDArray[np.uint8]
) -> int:
    """Keep of the first `near` rows those whose straight path meets a floor or volume, and those of the APM."""
    if horizon.turns:
        return near
    lattice, ceiling_ft, under_ft = blocks.lattice, blocks.ceiling_ft, blocks.under_ft
    fine_lattice, fine_floor_ft, msaw_s, apw_s = (
        blocks.fine_lattice,
        blocks.fine_floor_ft,
        horizon.msaw_s,
        horizon.apw_s,
    )
    x_m, y_m, vx_mps, vy_mps = plots.x_m, plots.y_m, plots.vx_mps, plots.vy_mps
    flown_ft, rate_fpm, time_s = plots.pressure_altitude_ft, plots.vertical_rate_fpm, plots.time_s
    lowest_qnh_ft, highest_qnh_ft = horizon.lowest_qnh_ft, horizon.highest_qnh_ft
    from_s, valid_ft = horizon.pressure.from_s, horizon.pressure.qnh_ft
    count = 0
    for j in range(near):
        i, found = row[j], int(nets[j])
        if found & (MSAW | APW):
            x, y, vx, vy = x_m[i], y_m[i], vx_mps[i], vy_mps[i]
            rate_ftps, qnh_ft = rate_fpm[i] / 60.0, np.nan
            if len(from_s) > 0:
                qnh_ft = qnh_at_ft(time_s[i], from_s, valid_ft)
            low_ft = flown_ft[i] - (highest_qnh_ft if np.isnan(qnh_ft) else qnh_ft) - ROUNDING_FT
            high_ft = flown_ft[i] - (lowest_qnh_ft if np.isnan(qnh_ft) else qnh_ft) + ROUNDING_FT
            if found & MSAW and not comes_near_floor(
                fine_lattice, fine_floor_ft, x, y, vx, vy, low_ft, rate_ftps, msaw_s
            ):
                found &= ~MSAW
            if found & APW and not comes_near_volume(
                lattice, ceiling_ft, under_ft, x, y, vx, vy, low_ft, high_ft, rate_ftps, apw_s
            ):
                found &= ~APW
        row[count], nets[count] = i, found
        count += found != 0
    return count


@njit(cache=True, nogil=True)
def _off_path(
    near: int,
    plots: Columns,
    horizon: Horizon,
    paths: Paths,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Keep of the first `near` rows those that are, or will be, off the path of an approach they could be joined to.

    What a plot is joined to depends on the plots before. But in the capture region of i it never is joined to i when
    it may join another that lies nearer by more than the margin: that one takes over.
    """
    x_m, y_m, vx_mps, vy_mps = plots.x_m, plots.y_m, plots.vx_mps, plots.vy_mps
    flown_ft, rate_fpm = plots.pressure_altitude_ft, plots.vertical_rate_fpm
    approaches, rules, any_may_join = paths.approaches, paths.rules, paths.any_may_join
    threshold_m, course, end_nm, start_nm = (
        approaches.threshold_m,
        approaches.course,
        approaches.end_nm,
        approaches.start_nm,
    )
    half_width_m, splay_m_per_nm = approaches.capture_half_width_m, approaches.capture_splay_m_per_nm
    count = 0
    off_rad, along_nm, across_m = np.empty(len(start_nm)), np.empty(len(start_nm)), np.empty(len(start_nm))
    for j in range(near):
        i, found = row[j], int(nets[j])
        if found & APM:
            x, y, vx, vy = x_m[i], y_m[i], vx_mps[i], vy_mps[i]
            rate_ftps = rate_fpm[i] / 60.0
            low_ft = flown_ft[i] - horizon.highest_qnh_ft - ROUNDING_FT
            high_ft = flown_ft[i] - horizon.lowest_qnh_ft + ROUNDING_FT
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
                    off = _leaves(
                        paths, a, along_nm[a], closing_nmps, across_m[a], drift_mps, low_ft, high_ft, rate_ftps
                    )
            if not off:
                found &= ~APM
        row[count], nets[count] = i, found
        count += found != 0
    return count


@njit(cache=True, nogil=True)
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
