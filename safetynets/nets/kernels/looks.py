"""First looks at a stretch of plots, a batch at a time: one bit a plot, so that a loop stores little and is vectorised.

A look clears the bits of plots that cannot be a hit, and skips batches that have none left. Blocks are counted in
float32: rounding moves a plot by far less than `SLACK_M`. One outside all blocks, or whose position is not a number, is
taken to the outermost ones, over which there is nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.blocks import ANYWHERE, LEVELS, SLACK_M, Lattice

Floats = NDArray[np.float64]
Tops = NDArray[np.float32]
Bits = NDArray[np.uint32]
"""A number a batch, in it a bit a plot."""

BATCH = 32
"""Plots are looked at so many at a time."""


class Stretch(NamedTuple):
    """What the looks read of some plots in a row, in whole batches."""

    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    flown_ft: Floats
    rate_fpm: Floats


@njit(cache=True, nogil=True)
def filled(column: Floats) -> Floats:
    """A column filled up to whole batches with plots that are near nothing."""
    whole = np.full(-(-len(column) // BATCH) * BATCH, np.nan)
    whole[: len(column)] = column
    return whole


@njit(cache=True, nogil=True)
def within(block: float, last: np.float32) -> np.int32:
    """The block of these that a coordinate in blocks is in, or the nearest; 0 for one that is not a number."""
    near = np.float32(block)
    near = near if near > np.float32(0.0) else np.float32(0.0)
    return np.int32(near if near < last else last)


@njit(cache=True, nogil=True)
def level_of(length: np.float32) -> np.int32:
    """Level of the smallest box that holds so many block lengths: the exponent of the next power of two."""
    level = np.int32(((np.float32(length).view(np.int32) - np.int32(1)) >> np.int32(23)) - np.int32(126))
    return level if level > np.int32(0) else np.int32(0)


@njit(cache=True, nogil=True)
def near_below(
    plots: Stretch, up: float, to_ft: float, ahead_s: float, turns: bool, lattice: Lattice, top_ft: Tops, near: Bits
) -> None:
    """Keep the plots that come not above the highest limit in the box of their path.

    What is flown less `to_ft` is the altitude. Where `up` is -1.0 and not 1.0 all is counted downwards: of floors with
    the sign changed the highest is the lowest.
    """
    x_m, y_m, vx_mps, vy_mps, flown_ft, rate_fpm = plots
    climbs_a_fpm, turning = up * ahead_s / 60.0, 1.0 * turns
    x0_m, y0_m, blocks_a_m = lattice.x0_m + SLACK_M, lattice.y0_m + SLACK_M, lattice.blocks_a_m
    rows, columns = np.int32(lattice.rows), np.int32(lattice.columns)
    last_row, last_column = np.float32(lattice.rows - 1), np.float32(lattice.columns - 1)
    largest = np.float32(2.0 ** (LEVELS - 1))
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, kept = batch * BATCH, np.uint32(0)
        for j in range(BATCH):
            i = first + j
            dx, dy = vx_mps[i] * ahead_s, vy_mps[i] * ahead_s
            reach_m = turning * (abs(dx) + abs(dy))
            column = within((x_m[i] + min(0.0, dx) - reach_m - x0_m) * blocks_a_m, last_column)
            row = within((y_m[i] + min(0.0, dy) - reach_m - y0_m) * blocks_a_m, last_row)
            length = np.float32((max(abs(dx), abs(dy)) + 2.0 * reach_m + 2.0 * SLACK_M) * blocks_a_m)
            box = np.int32(np.int32(level_of(length) * rows) + row)
            entry = np.int32(np.int32(box * columns) + np.int32(column + np.int32(2)))
            entry = entry if length <= largest else np.int32(ANYWHERE)
            lowest_ft = up * (flown_ft[i] - to_ft) + min(0.0, rate_fpm[i] * climbs_a_fpm)
            kept = np.uint32(kept | np.uint32(np.uint32(lowest_ft <= top_ft[np.uint32(entry)]) << np.uint32(j)))
        near[batch] &= kept


@njit(cache=True, nogil=True)
def near_path(plots: Stretch, to_ft: float, ahead_s: float, lattice: Lattice, below_path_ft: Tops, near: Bits) -> None:
    """Keep the plots that come not above the highest limit below an approach path where they are."""
    x_m, y_m, flown_ft, rate_fpm = plots.x_m, plots.y_m, plots.flown_ft, plots.rate_fpm
    x0_m, y0_m, blocks_a_m = lattice.x0_m + SLACK_M, lattice.y0_m + SLACK_M, lattice.blocks_a_m
    columns, ahead_min = np.int32(lattice.columns), ahead_s / 60.0
    last_row, last_column = np.float32(lattice.rows - 1), np.float32(lattice.columns - 1)
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, kept = batch * BATCH, np.uint32(0)
        for j in range(BATCH):
            i = first + j
            column = within((x_m[i] - x0_m) * blocks_a_m, last_column)
            row = within((y_m[i] - y0_m) * blocks_a_m, last_row)
            entry = np.int32(np.int32(row * columns) + np.int32(column + np.int32(2)))
            lowest_ft = flown_ft[i] - to_ft + min(0.0, rate_fpm[i] * ahead_min)
            kept = np.uint32(kept | np.uint32(np.uint32(lowest_ft <= below_path_ft[np.uint32(entry)]) << np.uint32(j)))
        near[batch] &= kept


@njit(cache=True, nogil=True)
def not_silenced(plots: Stretch, bottom_ft: float, lattice: Lattice, lid_ft: Tops, near: Bits) -> None:
    """Keep the plots that are not between two pressure altitudes, the upper one that of the block they are in."""
    x_m, y_m, flown_ft = plots.x_m, plots.y_m, plots.flown_ft
    x0_m, y0_m, blocks_a_m = lattice.x0_m, lattice.y0_m, lattice.blocks_a_m
    columns = np.int32(lattice.columns)
    last_row, last_column = np.float32(lattice.rows - 1), np.float32(lattice.columns - 1)
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, silent = batch * BATCH, np.uint32(0)
        for j in range(BATCH):
            i = first + j
            column = within((x_m[i] - x0_m) * blocks_a_m, last_column)
            row = within((y_m[i] - y0_m) * blocks_a_m, last_row)
            place = np.int32(np.int32(row * columns) + np.int32(column + np.int32(1)))
            inside = (bottom_ft <= flown_ft[i]) & (flown_ft[i] <= lid_ft[np.uint32(place)])
            silent = np.uint32(silent | np.uint32(np.uint32(inside) << np.uint32(j)))
        near[batch] &= ~silent
