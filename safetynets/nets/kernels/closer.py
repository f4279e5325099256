"""Closer looks at the few plots near something: along the path, in pieces shorter than a block.

A look never leaves out a plot that could be a hit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.blocks import SLACK_M, Lattice
from safetynets.nets.kernels.looks import entry_ahead_32
from safetynets.nets.kernels.shapes import Shapes

Floats = NDArray[np.float64]
Tops = NDArray[np.float32]


class Pressure(NamedTuple):
    """The QNH where it changes but is one everywhere: its pressure altitude (ft) from moments (s) on; else empty."""

    from_s: Floats
    qnh_ft: Floats


@njit(cache=True, nogil=True)
def qnh_at_ft(time_s: float, from_s: Floats, qnh_ft: Floats) -> float:
    """The pressure altitude of the QNH at a moment; NaN before the first one known (`Pressure`)."""
    step = np.searchsorted(from_s, time_s, side="right") - 1
    return qnh_ft[step] if step >= 0 else np.nan


@njit(cache=True, nogil=True)
def _pieces(lattice: Lattice, vx: float, vy: float, duration_s: float) -> int:
    blocks = max(abs(vx), abs(vy)) * duration_s / (1.0 / lattice.blocks_a_m - 4.0 * SLACK_M)
    return 1 + int(min(1000.0, blocks))


@njit(cache=True, nogil=True)
def comes_near_floor(
    lattice: Lattice,
    floor_ft: Tops,
    x: float,
    y: float,
    vx: float,
    vy: float,
    low_ft: float,
    rate_ftps: float,
    duration_s: float,
) -> bool:
    """Whether the straight path from an altitude is anywhere below the highest floor of its block."""
    pieces = _pieces(lattice, vx, vy, duration_s)
    piece_s, near = duration_s / pieces, 0
    for piece in range(pieces):
        from_s, to_s = piece_s * piece, piece_s * (piece + 1)
        entry = entry_ahead_32(lattice, False, x + vx * from_s, y + vy * from_s, vx * piece_s, vy * piece_s)
        near |= low_ft + min(rate_ftps * to_s, 0.0) < floor_ft[entry]
    return near != 0


@njit(cache=True, nogil=True)
def comes_near_volume(
    lattice: Lattice,
    ceiling_ft: Tops,
    under_ft: Tops,
    x: float,
    y: float,
    vx: float,
    vy: float,
    low_ft: float,
    high_ft: float,
    rate_ftps: float,
    duration_s: float,
) -> bool:
    """Whether the straight path is anywhere between the lowest floor and the highest ceiling of its block."""
    pieces = _pieces(lattice, vx, vy, duration_s)
    piece_s, near = duration_s / pieces, 0
    for piece in range(pieces):
        from_s, to_s = piece_s * piece, piece_s * (piece + 1)
        entry = entry_ahead_32(lattice, False, x + vx * from_s, y + vy * from_s, vx * piece_s, vy * piece_s)
        lowest_ft, highest_ft = low_ft + min(rate_ftps * to_s, 0.0), high_ft + max(rate_ftps * to_s, 0.0)
        near |= (lowest_ft <= ceiling_ft[entry]) & (-highest_ft <= under_ft[entry])
    return near != 0


TOUCHED, WITHIN = 1, 2
"""What a silent volume is to a block: neither, or it touches it, or holds all of it."""


class Silent(NamedTuple):
    """Volumes in which nets never judge, a little smaller than they are: their limits are pressure altitudes.

    `places[place, volume]` says what the volume is to a block.
    """

    shapes: Shapes
    floor_ft: Floats
    ceiling_ft: Floats
    nets: NDArray[np.uint8]
    places: NDArray[np.uint8]
