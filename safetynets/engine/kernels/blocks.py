"""Coarse blocks over a site that say at a glance what the highest limits are in a box: most plots are far from all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined
from safetynets.engine.layers import SLACK_M

NOWHERE, ANYWHERE = 0, 1
"""Entries of the table for a box outside all blocks, and for one larger than any in the table."""


class Lattice(NamedTuple):
    """Where the blocks are. Numbers alone: handing over arrays would cost more than looking them up."""

    x0_m: float
    y0_m: float
    blocks_a_m: float
    rows: int
    columns: int


class Blocks(NamedTuple):
    """The highest limits of a site in boxes of blocks, a table a question.

    They are MSAW floors, limits below approach paths, ceilings of APW volumes, and the floors of these with the sign
    changed, so that the highest is always the careful answer.

    The entry of box (level, row, column) is `2 + (level * rows + row) * columns + column`; it covers the blocks row to
    row + 2**level and column to column + 2**level, which hold every box of 2**level block lengths whose south-western
    corner lies in block (row, column). Around what the site holds there are empty blocks enough that a box with its
    corner outside the blocks meets nothing.

    `fine_floor_ft` are the floors in boxes of one block length in a lattice of its own, as fine as the terrain.
    """

    lattice: Lattice
    floor_ft: NDArray[np.float32]
    below_path_ft: NDArray[np.float32]
    ceiling_ft: NDArray[np.float32]
    under_ft: NDArray[np.float32]
    fine_lattice: Lattice
    fine_floor_ft: NDArray[np.float32]


@inlined
def entry_of(lattice: Lattice, west_m: float, south_m: float, length_m: float) -> int:
    """Entry of the square box of this length from its south-western corner on; NOWHERE for one that is not a number."""
    u = (west_m - SLACK_M - lattice.x0_m) * lattice.blocks_a_m
    v = (south_m - SLACK_M - lattice.y0_m) * lattice.blocks_a_m
    if not (0.0 <= u < lattice.columns and 0.0 <= v < lattice.rows):
        return NOWHERE
    length = (length_m + 2.0 * SLACK_M) * lattice.blocks_a_m
    level = int(length > 1.0) + int(length > 2.0) + int(length > 4.0) + int(length > 8.0) + int(length > 16.0)
    if length > 32.0:
        return ANYWHERE
    return 2 + (level * lattice.rows + int(v)) * lattice.columns + int(u)


@inlined
def entry_ahead(lattice: Lattice, turns: bool, x: float, y: float, dx: float, dy: float) -> int:
    """Entry of a box that holds the path from a point on: straight by (dx, dy), or of that length in any direction."""
    reach_m = turns * (abs(dx) + abs(dy))
    length_m = max(abs(dx), abs(dy)) + 2.0 * reach_m
    return entry_of(lattice, min(x, x + dx) - reach_m, min(y, y + dy) - reach_m, length_m)


@inlined
def place_of(lattice: Lattice, x: float, y: float) -> int:
    """Number of the block that holds a point, from 1 on; 0 for one outside all blocks or not a number."""
    u, v = (x - lattice.x0_m) * lattice.blocks_a_m, (y - lattice.y0_m) * lattice.blocks_a_m
    if not (0.0 <= u < lattice.columns and 0.0 <= v < lattice.rows):
        return 0
    return 1 + int(v) * lattice.columns + int(u)
