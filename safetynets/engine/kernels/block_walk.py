"""Closer looks at the few plots near something: along the path, in pieces shorter than a block.

A look never leaves out a plot that could be a hit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.blocks import NOWHERE, Lattice
from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.shapes import Shapes
from safetynets.engine.layers import SLACK_M

Floats = NDArray[np.float64]
Tops = NDArray[np.float32]


class BlockWalk(NamedTuple):
    """A straight path in pieces shorter than a block, each in a box of one block length, in blocks of a lattice.

    The box of piece p has its south-western corner in block (v + dv * p, u + du * p), with `SLACK_M` to spare.
    """

    pieces: int
    piece_s: float
    u: float
    v: float
    du: float
    dv: float


@inlined
def block_walk(lattice: Lattice, x: float, y: float, vx: float, vy: float, duration_s: float) -> BlockWalk:
    """The pieces of a path; of one longer than 1000 blocks there is none."""
    blocks = max(abs(vx), abs(vy)) * duration_s / (1.0 / lattice.blocks_a_m - 4.0 * SLACK_M)
    pieces = 1 + int(min(1000.0, blocks))
    piece_s = duration_s / pieces
    du, dv = vx * piece_s * lattice.blocks_a_m, vy * piece_s * lattice.blocks_a_m
    u = (x - SLACK_M - lattice.x0_m) * lattice.blocks_a_m + min(0.0, du)
    v = (y - SLACK_M - lattice.y0_m) * lattice.blocks_a_m + min(0.0, dv)
    return BlockWalk(pieces if blocks < 1000.0 else 0, piece_s, u, v, du, dv)


@separate
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
    path, columns = block_walk(lattice, x, y, vx, vy, duration_s), np.int32(lattice.columns)
    near, sinks_ft = np.int32(path.pieces == 0), min(rate_ftps * path.piece_s, 0.0)
    for piece in range(path.pieces):
        u, v = path.u + path.du * piece, path.v + path.dv * piece
        entry = np.int32(2) + np.int32(v) * columns + np.int32(u)
        entry = entry if (u >= 0.0) & (v >= 0.0) & (u < lattice.columns) & (v < lattice.rows) else np.int32(NOWHERE)
        near |= np.int32(low_ft + sinks_ft * (piece + 1.0) < floor_ft[np.uint32(entry)])
    return near != 0


@separate
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
    path, columns = block_walk(lattice, x, y, vx, vy, duration_s), np.int32(lattice.columns)
    near = np.int32(path.pieces == 0)
    sinks_ft, climbs_ft = min(rate_ftps * path.piece_s, 0.0), max(rate_ftps * path.piece_s, 0.0)
    for piece in range(path.pieces):
        u, v = path.u + path.du * piece, path.v + path.dv * piece
        entry = np.int32(2) + np.int32(v) * columns + np.int32(u)
        entry = entry if (u >= 0.0) & (v >= 0.0) & (u < lattice.columns) & (v < lattice.rows) else np.int32(NOWHERE)
        lowest_ft, highest_ft = low_ft + sinks_ft * (piece + 1.0), high_ft + climbs_ft * (piece + 1.0)
        meets = (lowest_ft <= ceiling_ft[np.uint32(entry)]) & (-highest_ft <= under_ft[np.uint32(entry)])
        near |= np.int32(meets)
    return near != 0


TOUCHED, WITHIN = 1, 2
"""What an inhibit volume is to a block: neither, or it touches it, or holds all of it."""


class Inhibited(NamedTuple):
    """Volumes in which nets never judge, a little smaller than they are: their limits are pressure altitudes.

    `places[place, volume]` says what the volume is to a fine block. From `bottom_ft` up to `lid_ft[place]` some of them
    that inhibit the question about floors hold a whole block; without any the one is inf and the other -inf.
    """

    shapes: Shapes
    floor_ft: Floats
    ceiling_ft: Floats
    questions: NDArray[np.uint8]
    places: NDArray[np.uint8]
    bottom_ft: float
    lid_ft: Tops
