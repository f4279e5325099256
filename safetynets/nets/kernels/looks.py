"""First looks at plots, a batch at a time: one bit of a word a plot, so that a loop stores nothing and is vectorised.

A look never leaves out a plot that could be a hit; what it lets through is looked at more closely.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.blocks import ANYWHERE, FIRST_LOOK, NOWHERE, SLACK_M, Lattice
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]
Tops = NDArray[np.float32]
Bits = np.uint64

BATCH = 64
"""Plots are looked at so many at a time."""


@njit(cache=True, nogil=True)
def filled(column: Floats) -> Floats:
    """The last plots filled up to a batch with some that are near nothing."""
    batch = np.full(BATCH, np.nan)
    batch[: len(column)] = column
    return batch


@njit(cache=True, nogil=True)
def first_look(
    x_m: Floats,
    y_m: Floats,
    vx_mps: Floats,
    vy_mps: Floats,
    low_ft: Floats,
    rate_fpm: Floats,
    to_low_ft: float,
    longest_s: float,
    turns: bool,
    lattice: Lattice,
    floor_ft: Tops,
    below_path_ft: Tops,
    ceiling_ft: Tops,
) -> tuple[Bits, Bits, Bits]:
    """Which plots of a batch are not above the highest floor, approach path and volume in one coarse box.

    The box holds the path of `longest_s`. `low_ft` less `to_low_ft` is the lowest that the altitude may be.
    """
    x0_m, y0_m, blocks_a_m = lattice.x0_m + SLACK_M, lattice.y0_m + SLACK_M, lattice.blocks_a_m
    rows, columns = np.int32(lattice.rows), np.int32(lattice.columns)
    longest_min, turning = longest_s / 60.0, 1.0 * turns
    farthest_m = 2.0**FIRST_LOOK / blocks_a_m - 2.0 * SLACK_M
    near_floor, near_path, near_volume = np.uint64(0), np.uint64(0), np.uint64(0)
    for j in range(BATCH):
        dx, dy = vx_mps[j] * longest_s, vy_mps[j] * longest_s
        reach_m = turning * (abs(dx) + abs(dy))
        u = (x_m[j] + min(0.0, dx) - reach_m - x0_m) * blocks_a_m
        v = (y_m[j] + min(0.0, dy) - reach_m - y0_m) * blocks_a_m
        fits = max(abs(dx), abs(dy)) + 2.0 * reach_m <= farthest_m
        entry = np.int32(2) + np.int32(v) * columns + np.int32(u)
        entry = entry if fits else np.int32(ANYWHERE)
        entry = entry if (u >= 0.0) & (v >= 0.0) & (u < columns) & (v < rows) else np.int32(NOWHERE)
        lowest_ft = low_ft[j] - to_low_ft + min(0.0, rate_fpm[j] * longest_min)
        near_floor |= np.uint64(lowest_ft <= floor_ft[entry]) << np.uint64(j)
        near_path |= np.uint64(lowest_ft <= below_path_ft[entry]) << np.uint64(j)
        near_volume |= np.uint64(lowest_ft <= ceiling_ft[entry]) << np.uint64(j)
    return near_floor, near_path, near_volume


@njit(cache=True, nogil=True)
def near_floor(
    x_m: Floats,
    y_m: Floats,
    vx_mps: Floats,
    vy_mps: Floats,
    low_ft: Floats,
    rate_fpm: Floats,
    to_low_ft: float,
    ahead_s: float,
    turns: bool,
    lattice: Lattice,
    floor_ft: Tops,
) -> Bits:
    """Which plots of a batch are not above the highest floor in the box of their path."""
    near, ahead_min = np.uint64(0), ahead_s / 60.0
    for j in range(BATCH):
        entry = _entry_ahead(lattice, turns, x_m[j], y_m[j], vx_mps[j] * ahead_s, vy_mps[j] * ahead_s)
        lowest_ft = low_ft[j] - to_low_ft + min(0.0, rate_fpm[j] * ahead_min)
        near |= np.uint64(lowest_ft <= floor_ft[entry]) << np.uint64(j)
    return near


@njit(cache=True, nogil=True)
def near_volume(
    x_m: Floats,
    y_m: Floats,
    vx_mps: Floats,
    vy_mps: Floats,
    low_ft: Floats,
    rate_fpm: Floats,
    to_low_ft: float,
    to_high_ft: float,
    ahead_s: float,
    turns: bool,
    lattice: Lattice,
    ceiling_ft: Tops,
    under_ft: Tops,
) -> Bits:
    """Which plots of a batch are neither above the highest ceiling nor below the lowest floor of the volumes."""
    near, ahead_min = np.uint64(0), ahead_s / 60.0
    for j in range(BATCH):
        entry = _entry_ahead(lattice, turns, x_m[j], y_m[j], vx_mps[j] * ahead_s, vy_mps[j] * ahead_s)
        lowest_ft = low_ft[j] - to_low_ft + min(0.0, rate_fpm[j] * ahead_min)
        highest_ft = low_ft[j] - to_high_ft + max(0.0, rate_fpm[j] * ahead_min)
        meets = (lowest_ft <= ceiling_ft[entry]) & (-highest_ft <= under_ft[entry])
        near |= np.uint64(meets) << np.uint64(j)
    return near


@njit(cache=True, nogil=True)
def near_path(
    x_m: Floats,
    y_m: Floats,
    low_ft: Floats,
    rate_fpm: Floats,
    to_low_ft: float,
    ahead_s: float,
    lattice: Lattice,
    below_path_ft: Tops,
    approaches_at: NDArray[np.uint64],
) -> tuple[Bits, Bits]:
    """Which plots of a batch are not above the highest limit below an approach path where they are, and of which.

    `approaches_at` says by the places of `place_of` which capture regions touch a block, bit 0 for approaches 0, 64 ...
    """
    near, which, ahead_min = np.uint64(0), np.uint64(0), ahead_s / 60.0
    x0_m, y0_m, blocks_a_m = lattice.x0_m + SLACK_M, lattice.y0_m + SLACK_M, lattice.blocks_a_m
    rows, columns = np.int32(lattice.rows), np.int32(lattice.columns)
    for j in range(BATCH):
        u, v = (x_m[j] - x0_m) * blocks_a_m, (y_m[j] - y0_m) * blocks_a_m
        place = np.int32(1) + np.int32(v) * columns + np.int32(u)
        inside = (u >= 0.0) & (v >= 0.0) & (u < columns) & (v < rows)
        entry = place + np.int32(1) if inside else np.int32(NOWHERE)
        lowest_ft = low_ft[j] - to_low_ft + min(0.0, rate_fpm[j] * ahead_min)
        meets = lowest_ft <= below_path_ft[entry]
        near |= np.uint64(meets) << np.uint64(j)
        which |= approaches_at[place if inside & meets else np.int32(0)]
    return near, which


@njit(cache=True, nogil=True)
def off_line(
    x_m: Floats,
    y_m: Floats,
    vx_mps: Floats,
    vy_mps: Floats,
    low_ft: Floats,
    rate_fpm: Floats,
    to_low_ft: float,
    ahead_s: float,
    threshold_x_m: float,
    threshold_y_m: float,
    east: float,
    north: float,
    end_nm: float,
    start_nm: float,
    half_width_m: float,
    splay_m_per_nm: float,
    line_ft: float,
    line_ft_per_nm: float,
    top_ft: float,
) -> Bits:
    """Which plots of a batch are in the capture region of an approach and not above the line over its path (`Paths`).

    Above the line now and at the end of the look-ahead is above it all the time between.
    """
    off, ahead_min = np.uint64(0), ahead_s / 60.0
    for j in range(BATCH):
        dx, dy = x_m[j] - threshold_x_m, y_m[j] - threshold_y_m
        d_nm, cross_m = -(dx * east + dy * north) / M_PER_NM, dx * north - dy * east
        captured = (end_nm <= d_nm) & (d_nm <= start_nm) & (abs(cross_m) <= half_width_m + splay_m_per_nm * d_nm)
        later_nm = d_nm - (vx_mps[j] * east + vy_mps[j] * north) / M_PER_NM * ahead_s
        now_ft = low_ft[j] - to_low_ft
        later_ft = now_ft + rate_fpm[j] * ahead_min
        above = (now_ft >= line_ft + line_ft_per_nm * d_nm) & (later_ft >= line_ft + line_ft_per_nm * later_nm)
        off |= np.uint64(captured & (not above) & (min(now_ft, later_ft) < top_ft)) << np.uint64(j)
    return off


@njit(cache=True, nogil=True)
def _entry_ahead(lattice: Lattice, turns: bool, x: float, y: float, dx: float, dy: float) -> np.int32:
    """As `entry_ahead`, in whole numbers of 32 bits, of which a processor converts eight at a time."""
    reach_m = (1.0 * turns) * (abs(dx) + abs(dy))
    u = (x + min(0.0, dx) - reach_m - SLACK_M - lattice.x0_m) * lattice.blocks_a_m
    v = (y + min(0.0, dy) - reach_m - SLACK_M - lattice.y0_m) * lattice.blocks_a_m
    length = (max(abs(dx), abs(dy)) + 2.0 * reach_m + 2.0 * SLACK_M) * lattice.blocks_a_m
    level = np.int32(length > 1.0) + np.int32(length > 2.0) + np.int32(length > 4.0)
    level += np.int32(length > 8.0) + np.int32(length > 16.0)
    row = level * np.int32(lattice.rows) + np.int32(v)
    entry = np.int32(2) + row * np.int32(lattice.columns) + np.int32(u)
    entry = np.int32(ANYWHERE) if length > 32.0 else entry
    inside = (u >= 0.0) & (v >= 0.0) & (u < lattice.columns) & (v < lattice.rows)
    return entry if inside else np.int32(NOWHERE)
