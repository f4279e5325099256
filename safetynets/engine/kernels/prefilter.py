"""First looks at a stretch of plots, a batch at a time: one bit a plot, so that a loop stores little and is vectorised.

A look clears the bits of plots that cannot be a hit, and skips batches that have none left. All is in float32, of which
a processor takes twice as many at once: rounding moves a plot by less than `SLACK_M` and `COARSE_FT`. A plot outside
all blocks, or whose position is not a number, is taken to the outermost blocks, over which there is nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.blocks import ANYWHERE, Lattice
from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.layers import LEVELS, SLACK_M

Floats = NDArray[np.float64]
Coarse = NDArray[np.float32]
Bits = NDArray[np.uint32]
"""A number a batch, in it a bit a plot."""

BATCH = 32
"""Plots are looked at so many at a time."""

COARSE_FT = 0.25
"""Altitudes are taken lower, or higher, by this: far more than float32 rounds them by."""

ZERO, TWO = np.float32(0.0), np.float32(2.0)


class Stretch(NamedTuple):
    """What the looks read of some plots in a row, in whole batches."""

    x_m: Coarse
    y_m: Coarse
    vx_mps: Coarse
    vy_mps: Coarse
    flown_ft: Coarse
    rate_fpm: Coarse


class Frame(NamedTuple):
    """A lattice in float32: corner (m), blocks a metre, and the last column and row."""

    x0_m: np.float32
    y0_m: np.float32
    blocks_a_m: np.float32
    last_column: np.float32
    last_row: np.float32


@inlined
def framed(lattice: Lattice, inwards_m: float) -> Frame:
    """A lattice whose corner is moved inwards."""
    return Frame(
        np.float32(lattice.x0_m + inwards_m),
        np.float32(lattice.y0_m + inwards_m),
        np.float32(lattice.blocks_a_m),
        np.float32(lattice.columns - 1),
        np.float32(lattice.rows - 1),
    )


@separate
def narrow(column: Floats, coarse: Coarse) -> None:
    """Write a column in float32, and fill up the last batch with plots that are near nothing."""
    for i in range(len(column)):
        coarse[i] = np.float32(column[i])
    coarse[len(column) :] = np.float32(np.nan)


@inlined
def within(block: np.float32, last: np.float32) -> np.int32:
    """The block of these that a coordinate in blocks is in, or the nearest; 0 for one that is not a number."""
    near = block if block > ZERO else ZERO
    return np.int32(near if near < last else last)


@inlined
def place_in(frame: Frame, columns: np.int32, x_m: np.float32, y_m: np.float32) -> np.int32:
    """Number of the block that holds a point, as of `place_of`."""
    column = within((x_m - frame.x0_m) * frame.blocks_a_m, frame.last_column)
    row = within((y_m - frame.y0_m) * frame.blocks_a_m, frame.last_row)
    return np.int32(np.int32(row * columns) + np.int32(column + np.int32(1)))


@inlined
def level_of(length: np.float32) -> np.int32:
    """Level of the smallest box that holds so many block lengths: the exponent of the next power of two."""
    level = np.int32(((np.float32(length).view(np.int32) - np.int32(1)) >> np.int32(23)) - np.int32(126))
    return level if level > np.int32(0) else np.int32(0)


class Span(NamedTuple):
    """A span of the look-ahead, in float32, over the blocks of a lattice; `turning` is 1.0 where paths may turn."""

    frame: Frame
    rows: np.int32
    columns: np.int32
    begin_s: np.float32
    lasts_s: np.float32
    turning: np.float32


@inlined
def span_of(lattice: Lattice, from_s: float, to_s: float, turns: bool) -> Span:
    """The span between two times; with turns a path is that from the beginning on."""
    return Span(
        framed(lattice, SLACK_M),
        np.int32(lattice.rows),
        np.int32(lattice.columns),
        np.float32(from_s),
        np.float32(to_s - from_s),
        np.float32(turns),
    )


@inlined
def box_over(span: Span, x_m: np.float32, y_m: np.float32, vx_mps: np.float32, vy_mps: np.float32) -> np.int32:
    """Entry of the box over the path of a plot in a span, as of `entry_ahead`."""
    frame, largest, slack_m = span.frame, np.float32(2.0 ** (LEVELS - 1)), np.float32(2.0 * SLACK_M)
    dx, dy = vx_mps * span.lasts_s, vy_mps * span.lasts_s
    reach_m = span.turning * (abs(dx) + abs(dy))
    west_m = x_m + vx_mps * span.begin_s + min(ZERO, dx) - reach_m
    south_m = y_m + vy_mps * span.begin_s + min(ZERO, dy) - reach_m
    column = within((west_m - frame.x0_m) * frame.blocks_a_m, frame.last_column)
    row = within((south_m - frame.y0_m) * frame.blocks_a_m, frame.last_row)
    length = (max(abs(dx), abs(dy)) + TWO * reach_m + slack_m) * frame.blocks_a_m
    box = np.int32(np.int32(level_of(length) * span.rows) + row)
    entry = np.int32(np.int32(box * span.columns) + np.int32(column + np.int32(2)))
    return entry if length <= largest else np.int32(ANYWHERE)


@separate
def near_below(
    plots: Stretch,
    up: float,
    to_ft: float,
    from_s: float,
    to_s: float,
    turns: bool,
    lattice: Lattice,
    top_ft: Coarse,
    near: Bits,
) -> None:
    """Keep the plots that come not above the highest limit in the box of their path in a span of time.

    What is flown less `to_ft` is the altitude. Where `up` is -1.0 and not 1.0 all is counted downwards: of floors with
    the sign changed the highest is the lowest.
    """
    x_m, y_m, vx_mps, vy_mps, flown_ft, rate_fpm = plots
    span, climbs_a_fpm = span_of(lattice, from_s, to_s, turns), np.float32(up * to_s / 60.0)
    upwards, level_ft = np.float32(up), np.float32(up * to_ft + COARSE_FT)
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, kept = batch * BATCH, np.uint32(0)
        for j in range(BATCH):
            i = first + j
            entry = np.uint32(box_over(span, x_m[i], y_m[i], vx_mps[i], vy_mps[i]))
            lowest_ft = upwards * flown_ft[i] - level_ft + min(ZERO, rate_fpm[i] * climbs_a_fpm)
            kept = np.uint32(kept | np.uint32(np.uint32(lowest_ft <= top_ft[entry]) << np.uint32(j)))
        near[batch] &= kept


@separate
def near_either(
    plots: Stretch,
    to_ft: float,
    ahead_s: float,
    turns: bool,
    lattice: Lattice,
    top_ft: Coarse,
    near: Bits,
    other_top_ft: Coarse,
    near_other: Bits,
) -> None:
    """The same for two limits at once, over the longer look-ahead: one box is found for both."""
    x_m, y_m, vx_mps, vy_mps, flown_ft, rate_fpm = plots
    span, climbs_a_fpm = span_of(lattice, 0.0, ahead_s, turns), np.float32(ahead_s / 60.0)
    level_ft = np.float32(to_ft + COARSE_FT)
    for batch in range(len(near)):
        first, kept, kept_other = batch * BATCH, np.uint32(0), np.uint32(0)
        for j in range(BATCH):
            i = first + j
            entry = np.uint32(box_over(span, x_m[i], y_m[i], vx_mps[i], vy_mps[i]))
            lowest_ft = flown_ft[i] - level_ft + min(ZERO, rate_fpm[i] * climbs_a_fpm)
            kept = np.uint32(kept | np.uint32(np.uint32(lowest_ft <= top_ft[entry]) << np.uint32(j)))
            other = np.uint32(np.uint32(lowest_ft <= other_top_ft[entry]) << np.uint32(j))
            kept_other = np.uint32(kept_other | other)
        near[batch] &= kept
        near_other[batch] &= kept_other


@separate
def halves_below(
    plots: Stretch, to_ft: float, ahead_s: float, lattice: Lattice, top_ft: Coarse, later: Bits, near: Bits
) -> None:
    """Keep the plots that a closer look does: half a straight path is in a smaller box. `later` is room for one half.

    It is for the few batches that are left, and leaves half of their plots.
    """
    half_s = 0.5 * ahead_s
    for batch in range(len(near)):
        later[batch] = near[batch]
    near_below(plots, 1.0, to_ft, 0.0, half_s, False, lattice, top_ft, near)
    near_below(plots, 1.0, to_ft, half_s, ahead_s, False, lattice, top_ft, later)
    for batch in range(len(near)):
        near[batch] |= later[batch]


@separate
def near_path(
    plots: Stretch, to_ft: float, ahead_s: float, lattice: Lattice, below_path_ft: Coarse, near: Bits
) -> None:
    """Keep the plots that come not above the highest limit below an approach path where they are."""
    x_m, y_m, flown_ft, rate_fpm = plots.x_m, plots.y_m, plots.flown_ft, plots.rate_fpm
    frame, columns = framed(lattice, SLACK_M), np.int32(lattice.columns)
    level_ft, ahead_min = np.float32(to_ft + COARSE_FT), np.float32(ahead_s / 60.0)
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, kept = batch * BATCH, np.uint32(0)
        for j in range(BATCH):
            i = first + j
            entry = np.int32(place_in(frame, columns, x_m[i], y_m[i]) + np.int32(1))
            lowest_ft = flown_ft[i] - level_ft + min(ZERO, rate_fpm[i] * ahead_min)
            kept = np.uint32(kept | np.uint32(np.uint32(lowest_ft <= below_path_ft[np.uint32(entry)]) << np.uint32(j)))
        near[batch] &= kept


@separate
def not_inhibited(plots: Stretch, bottom_ft: float, lattice: Lattice, lid_ft: Coarse, near: Bits) -> None:
    """Keep the plots that are not between two pressure altitudes, the upper one that of the block they are in."""
    x_m, y_m, flown_ft = plots.x_m, plots.y_m, plots.flown_ft
    frame, columns, lowest_ft = framed(lattice, 0.0), np.int32(lattice.columns), np.float32(bottom_ft)
    for batch in range(len(near)):
        if near[batch] == 0:
            continue
        first, inhibited = batch * BATCH, np.uint32(0)
        for j in range(BATCH):
            i = first + j
            place = place_in(frame, columns, x_m[i], y_m[i])
            inside = (lowest_ft <= flown_ft[i]) & (flown_ft[i] <= lid_ft[np.uint32(place)])
            inhibited = np.uint32(inhibited | np.uint32(np.uint32(inside) << np.uint32(j)))
        near[batch] &= ~inhibited
