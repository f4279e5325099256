"""Which plots could be a hit at all: one look at each, and a closer one at the few that are near something."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.apm import (
    Approaches,
    JoinRules,
    Limits,
    along_and_cross,
    first_violation,
    from_threshold,
    in_capture,
    is_captured,
)
from safetynets.nets.kernels.blocks import (
    ANYWHERE,
    BELOW_PATH,
    CEILING,
    FIRST_LOOK,
    FLOOR,
    NOWHERE,
    SLACK_M,
    UNDER,
    Blocks,
    Lattice,
    entry_ahead,
    place_of,
)
from safetynets.nets.kernels.legs import ROUNDING_FT
from safetynets.nets.kernels.shapes import Shapes, is_within
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]

MSAW, APM, APW = 1, 2, 4
"""One bit a net."""

BATCH = 64
"""Plots are looked at so many at a time: one bit of a word each."""

STRETCH = 128 * BATCH
"""So many plots go through all the looks before the next: what a look reads is still in the cache for the next one."""


class Columns(NamedTuple):
    """The columns of the tracks that the sieve reads."""

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


TOUCHED, WITHIN = 1, 2
"""What a silent volume is to a block: neither, or it touches it, or holds all of it."""


class Silent(NamedTuple):
    """Volumes in which nets never judge, a little smaller than they are: their limits are pressure altitudes.

    `places[volume, place]` says what the volume is to a block.
    """

    shapes: Shapes
    floor_ft: Floats
    ceiling_ft: Floats
    nets: NDArray[np.uint8]
    places: NDArray[np.uint8]


class Paths(NamedTuple):
    """The approaches as the APM asks about them; `any_may_join` where no flight is kept from any of them.

    While monitored, no limit below path i is above `line_ft[i] + line_ft_per_nm[i] * d` at d NM, nor above `top_ft[i]`;
    both are inf where more is asked than whether an aircraft is below. `places[place, i]` says whether the capture
    region of approach i touches a block.
    """

    approaches: Approaches
    line_ft: Floats
    line_ft_per_nm: Floats
    top_ft: Floats
    upwards: Limits
    downwards: Limits
    rules: JoinRules
    any_may_join: bool
    places: NDArray[np.bool_]


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
    count = 0
    for first in range(start[0], start[-1], STRETCH):
        end = min(first + STRETCH, start[-1])
        rows, found = row[count:], nets[count:]
        near = _first_look(first, end, start, nets_of, plots, blocks, horizon, rows, found)
        near = _near(near, plots, blocks, horizon, rows, found)
        near = _not_silent(near, plots, blocks.lattice, silent, rows, found)
        near = _ahead(near, plots, blocks, horizon, rows, found)
        count += _off_path(near, plots, blocks.lattice, horizon, paths, rows, found)
    return count


@njit(cache=True, nogil=True)
def _first_look(
    from_row: int,
    to_row: int,
    start: NDArray[np.int64],
    nets_of: NDArray[np.uint8],
    plots: Columns,
    blocks: Blocks,
    horizon: Horizon,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Write the rows from one to before another that are not above all there is in the box of the first look.

    The loop over a batch stores nothing, so that it is vectorised: it reads the columns as fast as memory gives them.
    """
    any_ft, one = blocks.any_ft, np.uint64(1)
    x0_m, y0_m, blocks_a_m = blocks.lattice.x0_m + SLACK_M, blocks.lattice.y0_m + SLACK_M, blocks.lattice.blocks_a_m
    rows, columns = np.int32(blocks.lattice.rows), np.int32(blocks.lattice.columns)
    longest_s, longest_min, turns = horizon.longest_s, horizon.longest_s / 60.0, 1.0 * horizon.turns
    farthest_m = 2.0**FIRST_LOOK / blocks_a_m - 2.0 * SLACK_M
    to_low_ft = horizon.highest_qnh_ft + ROUNDING_FT
    count, k = 0, np.searchsorted(start, from_row, side="right") - 1
    for first in range(from_row, to_row, BATCH):
        end = first + BATCH
        x_m, y_m, vx_mps, vy_mps = (
            plots.x_m[first:end],
            plots.y_m[first:end],
            plots.vx_mps[first:end],
            plots.vy_mps[first:end],
        )
        pressure_altitude_ft, vertical_rate_fpm = (
            plots.pressure_altitude_ft[first:end],
            plots.vertical_rate_fpm[first:end],
        )
        near = np.uint64(0)
        if end > to_row:
            # The last few are looked at more closely as they are.
            near = (one << np.uint64(to_row - first)) - one
        else:
            for j in range(BATCH):
                dx, dy = vx_mps[j] * longest_s, vy_mps[j] * longest_s
                reach_m = turns * (abs(dx) + abs(dy))
                u = (x_m[j] + min(0.0, dx) - reach_m - x0_m) * blocks_a_m
                v = (y_m[j] + min(0.0, dy) - reach_m - y0_m) * blocks_a_m
                fits = max(abs(dx), abs(dy)) + 2.0 * reach_m <= farthest_m
                entry = np.int32(2) + np.int32(v) * columns + np.int32(u)
                entry = entry if fits else np.int32(ANYWHERE)
                entry = entry if (u >= 0.0) & (v >= 0.0) & (u < columns) & (v < rows) else np.int32(NOWHERE)
                lowest_ft = pressure_altitude_ft[j] - to_low_ft + min(0.0, vertical_rate_fpm[j] * longest_min)
                near |= np.uint64(lowest_ft <= any_ft[entry]) << np.uint64(j)
        i = first
        while near != 0:
            if near & one:
                while start[k + 1] <= i:
                    k += 1
                row[count], nets[count] = i, nets_of[k]
                count += nets[count] != 0
            near >>= one
            i += 1
    return count


@njit(cache=True, nogil=True)
def _near(
    first: int, plots: Columns, blocks: Blocks, horizon: Horizon, row: NDArray[np.int64], nets: NDArray[np.uint8]
) -> int:
    """Keep of the first so many rows those near something: one box around the path of each net is looked up.

    The APM asks where an aircraft is now.
    """
    lattice, top_ft, turns = blocks.lattice, blocks.top_ft, horizon.turns
    to_low_ft, to_high_ft = horizon.highest_qnh_ft + ROUNDING_FT, horizon.lowest_qnh_ft - ROUNDING_FT
    count = 0
    for j in range(first):
        i, found = row[j], int(nets[j])
        x, y, vx, vy = plots.x_m[i], plots.y_m[i], plots.vx_mps[i], plots.vy_mps[i]
        pressure_altitude_ft, rate_ftps = plots.pressure_altitude_ft[i], plots.vertical_rate_fpm[i] / 60.0
        low_ft, high_ft = pressure_altitude_ft - to_low_ft, pressure_altitude_ft - to_high_ft
        sinks_ftps, climbs_ftps = min(0.0, rate_ftps), max(0.0, rate_ftps)
        if found & MSAW:
            entry = entry_ahead(lattice, turns, x, y, vx * horizon.msaw_s, vy * horizon.msaw_s)
            found &= ~(MSAW * (low_ft + sinks_ftps * horizon.msaw_s >= top_ft[entry, FLOOR]))
        if found & APM:
            entry = entry_ahead(lattice, False, x, y, 0.0, 0.0)
            found &= ~(APM * (low_ft + sinks_ftps * horizon.apm_s >= top_ft[entry, BELOW_PATH]))
        if found & APW:
            entry = entry_ahead(lattice, turns, x, y, vx * horizon.apw_s, vy * horizon.apw_s)
            lowest_ft, highest_ft = low_ft + sinks_ftps * horizon.apw_s, high_ft + climbs_ftps * horizon.apw_s
            found &= ~(APW * ((lowest_ft > top_ft[entry, CEILING]) | (-highest_ft > top_ft[entry, UNDER])))
        row[count], nets[count] = i, found
        count += found != 0
    return count


@njit(cache=True, nogil=True)
def _ahead(
    near: int, plots: Columns, blocks: Blocks, horizon: Horizon, row: NDArray[np.int64], nets: NDArray[np.uint8]
) -> int:
    """Keep of the first `near` rows those whose straight path meets a floor or volume, or that the APM is asked about.

    The path is taken in pieces of about a block, each in a box of its own.
    """
    lattice, top_ft = blocks.lattice, blocks.top_ft
    count = 0
    for j in range(near):
        i, found = row[j], int(nets[j])
        if plots.on_ground[i] == 1:
            continue
        if plots.visual[i] == 1:
            found &= ~horizon.never_visual
        for net, duration_s in ((MSAW, horizon.msaw_s), (APW, horizon.apw_s)):
            if found & net == 0 or horizon.turns:
                continue
            x, y, vx, vy = plots.x_m[i], plots.y_m[i], plots.vx_mps[i], plots.vy_mps[i]
            rate_ftps = plots.vertical_rate_fpm[i] / 60.0
            low_ft = plots.pressure_altitude_ft[i] - horizon.highest_qnh_ft - ROUNDING_FT
            high_ft = plots.pressure_altitude_ft[i] - horizon.lowest_qnh_ft + ROUNDING_FT
            pieces = 1 + int(min(1000.0, max(abs(vx), abs(vy)) * duration_s * lattice.blocks_a_m))
            piece_s = duration_s / pieces
            meets = False
            for piece in range(pieces):
                from_s, to_s = piece_s * piece, piece_s * (piece + 1)
                entry = entry_ahead(lattice, False, x + vx * from_s, y + vy * from_s, vx * piece_s, vy * piece_s)
                lowest_ft, highest_ft = low_ft + min(rate_ftps * to_s, 0.0), high_ft + max(rate_ftps * to_s, 0.0)
                if net == MSAW:
                    meets = lowest_ft < top_ft[entry, FLOOR]
                else:
                    meets = lowest_ft <= top_ft[entry, CEILING] and -highest_ft <= top_ft[entry, UNDER]
                if meets:
                    break
            if not meets:
                found &= ~net
        if found != 0:
            row[count], nets[count] = i, found
            count += 1
    return count


@njit(cache=True, nogil=True)
def _not_silent(
    near: int, plots: Columns, lattice: Lattice, silent: Silent, row: NDArray[np.int64], nets: NDArray[np.uint8]
) -> int:
    """Keep of the first `near` rows those that are not in a volume in which the net never judges."""
    shapes = silent.shapes
    vertices_m, first_vertex, first_ring = shapes.vertices_m, shapes.first_vertex, shapes.first_ring
    floor_ft, ceiling_ft, never, places = silent.floor_ft, silent.ceiling_ft, silent.nets, silent.places
    count = 0
    for j in range(near):
        i, found = row[j], int(nets[j])
        x, y, pressure_altitude_ft = plots.x_m[i], plots.y_m[i], plots.pressure_altitude_ft[i]
        place = place_of(lattice, x, y)
        for s in range(len(never)):
            if (
                found & never[s]
                and floor_ft[s] <= pressure_altitude_ft <= ceiling_ft[s]
                and places[s, place] != 0
                and (
                    places[s, place] == WITHIN
                    or is_within(vertices_m, first_vertex, first_ring[s], first_ring[s + 1], x, y)
                )
            ):
                found &= ~int(never[s])
        if found != 0:
            row[count], nets[count] = i, found
            count += 1
    return count


@njit(cache=True, nogil=True)
def _off_path(
    near: int,
    plots: Columns,
    lattice: Lattice,
    horizon: Horizon,
    paths: Paths,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Keep of the first `near` rows those that are, or will be, off the path of an approach they could be joined to."""
    approaches = paths.approaches
    threshold_m, course = approaches.threshold_m, approaches.course
    end_nm, start_nm = approaches.end_nm, approaches.start_nm
    half_width_m, splay_m_per_nm = approaches.capture_half_width_m, approaches.capture_splay_m_per_nm
    line_ft, line_ft_per_nm, top_ft = paths.line_ft, paths.line_ft_per_nm, paths.top_ft
    look_ahead_s, places = paths.downwards.look_ahead_s, paths.places
    count = 0
    for j in range(near):
        i, found = row[j], int(nets[j])
        if found & APM:
            x, y, vx, vy = plots.x_m[i], plots.y_m[i], plots.vx_mps[i], plots.vy_mps[i]
            rate_ftps = plots.vertical_rate_fpm[i] / 60.0
            low_ft = plots.pressure_altitude_ft[i] - horizon.highest_qnh_ft - ROUNDING_FT
            high_ft = plots.pressure_altitude_ft[i] - horizon.lowest_qnh_ft + ROUNDING_FT
            later_ft = low_ft + rate_ftps * look_ahead_s
            off = False
            place = place_of(lattice, x, y)
            for a in range(len(start_nm)):
                if not places[place, a]:
                    continue
                east, north = course[a, 0], course[a, 1]
                d_nm, cross_m = from_threshold(threshold_m[a, 0], threshold_m[a, 1], east, north, x, y)
                if not is_captured(end_nm[a], start_nm[a], half_width_m, splay_m_per_nm, d_nm, cross_m):
                    continue
                later_nm = d_nm - (vx * east + vy * north) / M_PER_NM * look_ahead_s
                above_line = (
                    low_ft >= line_ft[a] + line_ft_per_nm[a] * d_nm
                    and later_ft >= line_ft[a] + line_ft_per_nm[a] * later_nm
                )
                if not above_line and min(low_ft, later_ft) < top_ft[a]:
                    off = off or _leaves(paths, a, x, y, vx, vy, low_ft, high_ft, rate_ftps)
            if not off:
                found &= ~APM
        if found != 0:
            row[count], nets[count] = i, found
            count += 1
    return count


@njit(cache=True, nogil=True)
def _leaves(
    paths: Paths, i: int, x: float, y: float, vx: float, vy: float, low_ft: float, high_ft: float, rate_ftps: float
) -> bool:
    """Whether a plot is, or will be, outside the limits of approach i, and could be joined to it.

    What it is joined to depends on the plots before. But in the capture region of i it never is joined to i when it may
    join another that lies nearer by more than the margin: that one takes over.
    """
    approaches = paths.approaches
    d_nm, cross_m = along_and_cross(approaches, i, x, y)
    east, north = approaches.course[i, 0], approaches.course[i, 1]
    closing_nmps, drift_mps = (vx * east + vy * north) / M_PER_NM, vx * north - vy * east
    below_s, _ = first_violation(
        approaches,
        i,
        paths.downwards,
        0.0,
        0.0,
        paths.downwards.look_ahead_s,
        d_nm,
        closing_nmps,
        cross_m,
        drift_mps,
        low_ft,
        rate_ftps,
    )
    above_s, _ = first_violation(
        approaches,
        i,
        paths.upwards,
        0.0,
        0.0,
        paths.upwards.look_ahead_s,
        d_nm,
        closing_nmps,
        cross_m,
        drift_mps,
        high_ft,
        rate_ftps,
    )
    if below_s == np.inf and above_s == np.inf:
        return False
    return not _other_is_nearer(paths, i, x, y, vx, vy, d_nm, cross_m, high_ft, rate_ftps)


@njit(cache=True, nogil=True)
def _other_is_nearer(
    paths: Paths,
    i: int,
    x: float,
    y: float,
    vx: float,
    vy: float,
    d_nm: float,
    cross_m: float,
    high_ft: float,
    rate_ftps: float,
) -> bool:
    rules, approaches = paths.rules, paths.approaches
    if not paths.any_may_join or (vx == 0.0 and vy == 0.0):
        return False
    if high_ft > rules.join_ceiling_ft or rate_ftps > rules.join_max_climb_ftps:
        return False
    deviation_rad = np.arctan2(abs(cross_m), d_nm * M_PER_NM)
    for j in range(len(approaches.start_nm)):
        other_nm, other_m = along_and_cross(approaches, j, x, y)
        if j == i or not in_capture(approaches, j, other_nm, other_m):
            continue
        east, north = approaches.course[j, 0], approaches.course[j, 1]
        off_rad = abs(np.arctan2(vx * north - vy * east, vx * east + vy * north))
        other_rad = np.arctan2(abs(other_m), other_nm * M_PER_NM)
        if off_rad <= rules.join_angle_rad and other_rad < deviation_rad - rules.switch_margin_rad:
            return True
    return False
