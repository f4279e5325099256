"""Which plots could be a hit at all: quick looks at every plot, and closer ones at the few that are near something."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.block_walk import (
    TOUCHED,
    WITHIN,
    Inhibited,
    comes_near_floor,
    comes_near_volume,
)
from safetynets.engine.kernels.blocks import Blocks, Lattice, place_of
from safetynets.engine.kernels.compiled import no_refcount, separate
from safetynets.engine.kernels.dispatch import filter_paths, prefilter_paths
from safetynets.engine.kernels.filter_settings import Settings
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.kernels.plots import Plots
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
    not_inhibited,
)
from safetynets.engine.kernels.shapes import is_within
from safetynets.engine.kernels.track_state import Received, region_and_row
from safetynets.engine.layers import BELOW_FLOOR, IN_VOLUME, ON_PATH
from safetynets.kernel_cache import njit

__all__ = ["TOUCHED", "WITHIN", "Inhibited", "NoPaths", "Settings", "candidates"]

ALL, NONE = np.uint32(0xFFFFFFFF), np.uint32(0)
"""The bits of a batch."""

STRETCH = 64 * BATCH
"""So many plots go through all the looks before the next: what a look reads is still in the cache for the next one."""


class NoPaths(NamedTuple):
    """No net asks about approach paths."""

    none: int


@njit(cache=True, nogil=True)
def candidates(
    first_track: int,
    end_track: int,
    asked: NDArray[np.uint8],
    plots: Plots,
    blocks: Blocks,
    settings: Settings,
    inhibited: Inhibited,
    paths: Any,
    row: NDArray[np.int64],
    questions: NDArray[np.uint8],
) -> int:
    """Write the rows of some subjects at which a net could find a hit, and by which questions; returns how many.

    `asked` are the questions of the nets that judge each of these subjects at all.
    """
    plots, blocks, inhibited, paths = (
        no_refcount(plots),
        no_refcount(blocks),
        no_refcount(inhibited),
        no_refcount(paths),
    )
    start, received, asked = plots.start[first_track : end_track + 1], plots.received, no_refcount(asked)
    row, questions, count = no_refcount(row), no_refcount(questions), 0
    coarse = np.empty((6, STRETCH), dtype=np.float32)
    bits = np.empty((4, STRETCH // BATCH), dtype=np.uint32)
    for first in range(start[0], start[-1], STRETCH):
        end = min(first + STRETCH, start[-1])
        batches = -(-(end - first) // BATCH)
        floors, on_path, volumes, later = bits[0, :batches], bits[1, :batches], bits[2, :batches], bits[3, :batches]
        rows, found = row[count:], questions[count:]
        _near(first, end, received, blocks, settings, inhibited, paths, coarse, floors, on_path, volumes, later)
        near = _rows(first, floors, on_path, volumes, start, asked, rows, found)
        if near > 0:
            near = _judged(near, received, blocks.fine_lattice, settings, inhibited, rows, found)
            near = _ahead(near, plots, blocks, settings, rows, found)
        if near > 0 and settings.asked & ON_PATH:
            near = filter_paths(paths, near, received, settings, rows, found)
        count += near
    return count


@separate
def _near(
    first: int,
    end: int,
    received: Received,
    blocks: Blocks,
    settings: Settings,
    inhibited: Inhibited,
    paths: Any,
    coarse: Coarse,
    floors: Bits,
    on_path: Bits,
    volumes: Bits,
    later: Bits,
) -> None:
    """Set the bits of the plots from row `first` to before `end` that a net is asked about more closely.

    `coarse` is room for what is read of them, a column a row, and `later` for what is asked of the end of paths.
    """
    lattice, turns = blocks.lattice, settings.turns
    to_low_ft, to_high_ft = settings.highest_qnh_ft, settings.lowest_qnh_ft
    size = len(floors) * BATCH
    stretch = Stretch(
        coarse[0, :size], coarse[1, :size], coarse[2, :size], coarse[3, :size], coarse[4, :size], coarse[5, :size]
    )
    narrow(received.x_m[first:end], stretch.x_m)
    narrow(received.y_m[first:end], stretch.y_m)
    narrow(received.vx_mps[first:end], stretch.vx_mps)
    narrow(received.vy_mps[first:end], stretch.vy_mps)
    narrow(received.pressure_altitude_ft[first:end], stretch.flown_ft)
    narrow(received.vertical_rate_fpm[first:end], stretch.rate_fpm)
    for bits, net in ((floors, BELOW_FLOOR), (on_path, ON_PATH), (volumes, IN_VOLUME)):
        bits[:] = ALL if settings.asked & net else NONE
    if settings.asked & IN_VOLUME:
        longer_s = max(settings.floor_s, settings.volume_s)
        near_either(stretch, to_low_ft, longer_s, turns, lattice, blocks.floor_ft, floors, blocks.ceiling_ft, volumes)
        near_below(stretch, -1.0, to_high_ft, 0.0, settings.volume_s, turns, lattice, blocks.under_ft, volumes)
    else:
        near_below(stretch, 1.0, to_low_ft, 0.0, settings.floor_s, turns, lattice, blocks.floor_ft, floors)
    if inhibited.bottom_ft < np.inf:
        not_inhibited(stretch, inhibited.bottom_ft, blocks.fine_lattice, inhibited.lid_ft, floors)
    if not turns:
        halves_below(stretch, to_low_ft, settings.floor_s, lattice, blocks.floor_ft, later, floors)
    if settings.asked & ON_PATH:
        near_path(stretch, to_low_ft, settings.path_s, lattice, blocks.below_path_ft, on_path)
        prefilter_paths(paths, stretch, to_low_ft, settings.path_s, lattice, on_path)


@separate
def _rows(
    first: int,
    floors: Bits,
    on_path: Bits,
    volumes: Bits,
    start: NDArray[np.int64],
    asked: NDArray[np.uint8],
    row: NDArray[np.int64],
    questions: NDArray[np.uint8],
) -> int:
    """Write the rows from `first` on whose bit is set for a question that is asked of their subject, and which."""
    count, k, one = 0, np.searchsorted(start, first, side="right") - 1, np.uint32(1)
    for batch in range(len(floors)):
        i, near = first + batch * BATCH, floors[batch] | on_path[batch] | volumes[batch]
        for j in range(BATCH):
            if near >> np.uint32(j) == 0:
                break
            if near >> np.uint32(j) & one:
                while start[k + 1] <= i + j:
                    k += 1
                found = (
                    (floors[batch] >> np.uint32(j) & one) * BELOW_FLOOR
                    | (on_path[batch] >> np.uint32(j) & one) * ON_PATH
                    | (volumes[batch] >> np.uint32(j) & one) * IN_VOLUME
                )
                row[count], questions[count] = i + j, found & asked[k]
                count += questions[count] != 0
    return count


@separate
def _judged(
    near: int,
    received: Received,
    lattice: Lattice,
    settings: Settings,
    inhibited: Inhibited,
    row: NDArray[np.int64],
    questions: NDArray[np.uint8],
) -> int:
    """Keep of the first `near` rows those that are in the air and not where, or as, the net never judges."""
    shapes = inhibited.shapes
    vertices_m, first_vertex, first_ring = shapes.vertices_m, shapes.first_vertex, shapes.first_ring
    floor_ft, ceiling_ft, never, places = (
        inhibited.floor_ft,
        inhibited.ceiling_ft,
        inhibited.questions,
        inhibited.places,
    )
    x_m, y_m, flown_ft = received.x_m, received.y_m, received.pressure_altitude_ft
    on_ground, visual, never_visual = received.on_ground, received.visual, settings.never_visual
    count = 0
    for j in range(near):
        i, found = row[j], int(questions[j])
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
        row[count], questions[count] = i, found
        count += found != 0
    return count


@separate
def _ahead(
    near: int, plots: Plots, blocks: Blocks, settings: Settings, row: NDArray[np.int64], questions: NDArray[np.uint8]
) -> int:
    """Keep of the first `near` rows those whose straight path meets a floor or volume, and those of the ON_PATH."""
    if settings.turns:
        return near
    lattice, ceiling_ft, under_ft = blocks.lattice, blocks.ceiling_ft, blocks.under_ft
    fine_lattice, fine_floor_ft, floor_s, volume_s = (
        blocks.fine_lattice,
        blocks.fine_floor_ft,
        settings.floor_s,
        settings.volume_s,
    )
    received, pressure = plots.received, plots.pressure
    x_m, y_m, vx_mps, vy_mps = received.x_m, received.y_m, received.vx_mps, received.vy_mps
    flown_ft, rate_fpm, valid_ft = (
        received.pressure_altitude_ft,
        received.vertical_rate_fpm,
        pressure.qnh_pressure_altitude_ft,
    )
    lowest_qnh_ft, highest_qnh_ft = settings.lowest_qnh_ft, settings.highest_qnh_ft
    count = 0
    for j in range(near):
        i, found = row[j], int(questions[j])
        if found & (BELOW_FLOOR | IN_VOLUME):
            x, y, vx, vy = x_m[i], y_m[i], vx_mps[i], vy_mps[i]
            _, valid = region_and_row(i, received, pressure)
            rate_ftps, qnh_ft = rate_fpm[i] / 60.0, valid_ft[valid]
            low_ft = flown_ft[i] - (highest_qnh_ft if np.isnan(qnh_ft) else qnh_ft) - ROUNDING_FT
            high_ft = flown_ft[i] - (lowest_qnh_ft if np.isnan(qnh_ft) else qnh_ft) + ROUNDING_FT
            if found & BELOW_FLOOR and not comes_near_floor(
                fine_lattice, fine_floor_ft, x, y, vx, vy, low_ft, rate_ftps, floor_s
            ):
                found &= ~BELOW_FLOOR
            if found & IN_VOLUME and not comes_near_volume(
                lattice, ceiling_ft, under_ft, x, y, vx, vy, low_ft, high_ft, rate_ftps, volume_s
            ):
                found &= ~IN_VOLUME
        row[count], questions[count] = i, found
        count += found != 0
    return count
