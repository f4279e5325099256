"""Which plots could be a hit at all: quick looks at every plot, and closer ones at the few that are near something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.block_walk import (
    WITHIN,
    Silent,
    comes_near_floor,
    comes_near_volume,
)
from safetynets.engine.kernels.blocks import Blocks, Lattice, place_of
from safetynets.engine.kernels.compiled import no_refcount, separate
from safetynets.engine.kernels.filter_settings import APM, APW, MSAW, Horizon
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.kernels.plots import Traffic
from safetynets.engine.kernels.prefilter import (
    BATCH,
    Bits,
    Coarse,
    Stretch,
    halves_below,
    narrow,
    near_below,
    near_either,
    near_path,
    not_silenced,
)
from safetynets.engine.kernels.shapes import is_within
from safetynets.engine.kernels.track_state import Received, region_and_row
from safetynets.kernel_cache import njit
from safetynets.nets.apm.coarse_filter import Paths, off_arcs, off_path

ALL, NONE = np.uint32(0xFFFFFFFF), np.uint32(0)
"""The bits of a batch."""

STRETCH = 64 * BATCH
"""So many plots go through all the looks before the next: what a look reads is still in the cache for the next one."""


@njit(cache=True, nogil=True)
def possible_hits(
    first_track: int,
    end_track: int,
    nets_of: NDArray[np.uint8],
    traffic: Traffic,
    blocks: Blocks,
    horizon: Horizon,
    silent: Silent,
    paths: Paths,
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Write the rows of some tracks at which a net could find a hit, and which nets; returns how many there are.

    `nets_of` are the nets that judge each of these tracks at all.
    """
    traffic, blocks, silent, paths = no_refcount(traffic), no_refcount(blocks), no_refcount(silent), no_refcount(paths)
    start, received, nets_of = traffic.start[first_track : end_track + 1], traffic.received, no_refcount(nets_of)
    row, nets, count = no_refcount(row), no_refcount(nets), 0
    coarse = np.empty((6, STRETCH), dtype=np.float32)
    bits = np.empty((4, STRETCH // BATCH), dtype=np.uint32)
    for first in range(start[0], start[-1], STRETCH):
        end = min(first + STRETCH, start[-1])
        batches = -(-(end - first) // BATCH)
        msaw, apm, apw, later = bits[0, :batches], bits[1, :batches], bits[2, :batches], bits[3, :batches]
        rows, found = row[count:], nets[count:]
        _near(first, end, received, blocks, horizon, silent, paths, coarse, msaw, apm, apw, later)
        near = _rows(first, msaw, apm, apw, start, nets_of, rows, found)
        if near > 0:
            near = _judged(near, received, blocks.fine_lattice, horizon, silent, rows, found)
            near = _ahead(near, traffic, blocks, horizon, rows, found)
        if near > 0 and horizon.nets & APM:
            near = off_path(near, received, horizon, paths, rows, found)
        count += near
    return count


@separate
def _near(
    first: int,
    end: int,
    received: Received,
    blocks: Blocks,
    horizon: Horizon,
    silent: Silent,
    paths: Paths,
    coarse: Coarse,
    msaw: Bits,
    apm: Bits,
    apw: Bits,
    later: Bits,
) -> None:
    """Set the bits of the plots from row `first` to before `end` that a net is asked about more closely.

    `coarse` is room for what is read of them, a column a row, and `later` for what is asked of the end of paths.
    """
    lattice, turns = blocks.lattice, horizon.turns
    to_low_ft, to_high_ft = horizon.highest_qnh_ft, horizon.lowest_qnh_ft
    size = len(msaw) * BATCH
    stretch = Stretch(
        coarse[0, :size], coarse[1, :size], coarse[2, :size], coarse[3, :size], coarse[4, :size], coarse[5, :size]
    )
    narrow(received.x_m[first:end], stretch.x_m)
    narrow(received.y_m[first:end], stretch.y_m)
    narrow(received.vx_mps[first:end], stretch.vx_mps)
    narrow(received.vy_mps[first:end], stretch.vy_mps)
    narrow(received.pressure_altitude_ft[first:end], stretch.flown_ft)
    narrow(received.vertical_rate_fpm[first:end], stretch.rate_fpm)
    for bits, net in ((msaw, MSAW), (apm, APM), (apw, APW)):
        bits[:] = ALL if horizon.nets & net else NONE
    if horizon.nets & APW:
        longer_s = max(horizon.msaw_s, horizon.apw_s)
        near_either(stretch, to_low_ft, longer_s, turns, lattice, blocks.floor_ft, msaw, blocks.ceiling_ft, apw)
        near_below(stretch, -1.0, to_high_ft, 0.0, horizon.apw_s, turns, lattice, blocks.under_ft, apw)
    else:
        near_below(stretch, 1.0, to_low_ft, 0.0, horizon.msaw_s, turns, lattice, blocks.floor_ft, msaw)
    if silent.bottom_ft < np.inf:
        not_silenced(stretch, silent.bottom_ft, blocks.fine_lattice, silent.lid_ft, msaw)
    if not turns:
        halves_below(stretch, to_low_ft, horizon.msaw_s, lattice, blocks.floor_ft, later, msaw)
    if horizon.nets & APM:
        near_path(stretch, to_low_ft, horizon.apm_s, lattice, blocks.below_path_ft, apm)
        off_arcs(stretch, to_low_ft, horizon.apm_s, lattice, paths, apm)


@separate
def _rows(
    first: int,
    msaw: Bits,
    apm: Bits,
    apw: Bits,
    start: NDArray[np.int64],
    nets_of: NDArray[np.uint8],
    row: NDArray[np.int64],
    nets: NDArray[np.uint8],
) -> int:
    """Write the rows from `first` on whose bit is set for a net that judges their track, and for which nets."""
    count, k, one = 0, np.searchsorted(start, first, side="right") - 1, np.uint32(1)
    for batch in range(len(msaw)):
        i, near = first + batch * BATCH, msaw[batch] | apm[batch] | apw[batch]
        for j in range(BATCH):
            if near >> np.uint32(j) == 0:
                break
            if near >> np.uint32(j) & one:
                while start[k + 1] <= i + j:
                    k += 1
                found = (
                    (msaw[batch] >> np.uint32(j) & one) * MSAW
                    | (apm[batch] >> np.uint32(j) & one) * APM
                    | (apw[batch] >> np.uint32(j) & one) * APW
                )
                row[count], nets[count] = i + j, found & nets_of[k]
                count += nets[count] != 0
    return count


@separate
def _judged(
    near: int,
    received: Received,
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
    x_m, y_m, flown_ft = received.x_m, received.y_m, received.pressure_altitude_ft
    on_ground, visual, never_visual = received.on_ground, received.visual, horizon.never_visual
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


@separate
def _ahead(
    near: int, traffic: Traffic, blocks: Blocks, horizon: Horizon, row: NDArray[np.int64], nets: NDArray[np.uint8]
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
    received, pressure = traffic.received, traffic.pressure
    x_m, y_m, vx_mps, vy_mps = received.x_m, received.y_m, received.vx_mps, received.vy_mps
    flown_ft, rate_fpm, valid_ft = (
        received.pressure_altitude_ft,
        received.vertical_rate_fpm,
        pressure.qnh_pressure_altitude_ft,
    )
    lowest_qnh_ft, highest_qnh_ft = horizon.lowest_qnh_ft, horizon.highest_qnh_ft
    count = 0
    for j in range(near):
        i, found = row[j], int(nets[j])
        if found & (MSAW | APW):
            x, y, vx, vy = x_m[i], y_m[i], vx_mps[i], vy_mps[i]
            _, valid = region_and_row(i, received, pressure)
            rate_ftps, qnh_ft = rate_fpm[i] / 60.0, valid_ft[valid]
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
