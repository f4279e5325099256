"""The terrain cells under a straight path, one after the other, each with the times of entry and exit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, int64

Floats = NDArray[np.float64]


class Grid(NamedTuple):
    """Square cells: `elevation_ft[row, column]` from (`x0_m`, `y0_m`) on; NaN is no data."""

    x0_m: float
    y0_m: float
    cell_m: float
    elevation_ft: Floats


@inlined
def _cell_elevation_ft(grid: Grid, row: int, column: int) -> float:
    rows, columns = grid.elevation_ft.shape
    if row < 0 or column < 0 or row >= rows or column >= columns:
        return np.nan
    return grid.elevation_ft[row, column]


@inlined
def _higher(a_ft: float, b_ft: float) -> float:
    """The higher of two elevations, of which either may be without data."""
    if np.isnan(a_ft):
        return b_ft
    if np.isnan(b_ft):
        return a_ft
    return max(a_ft, b_ft)


@inlined
def elevation_at_ft(grid: Grid, x_m: float, y_m: float) -> float:
    """Highest elevation of the closed cells that hold the point; NaN where none of them has data."""
    return _highest_at(grid, (x_m - grid.x0_m) / grid.cell_m, (y_m - grid.y0_m) / grid.cell_m)


@inlined
def _highest_at(grid: Grid, u: float, v: float) -> float:
    """The same of a point in cells."""
    column, row = int(np.floor(u)), int(np.floor(v))
    highest = _cell_elevation_ft(grid, row, column)
    if u == column:
        highest = _higher(highest, _cell_elevation_ft(grid, row, column - 1))
    if v == row:
        highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column))
    if u == column and v == row:
        highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column - 1))
    return highest


BEGINNING, INSIDE, ASIDE, UPWARDS, DONE = range(5)
"""What a walk tells next: the cells that hold the beginning, the cell it is in, or one of the two beside a corner."""


class CellWalk(NamedTuple):
    """A walk over the cells under a straight path, and where it is: from when to when in which cell."""

    u0: float
    v0: float
    du: float
    dv: float
    duration_s: float
    beside_column: bool
    beside_row: bool
    column: int
    row: int
    entered_s: float
    left_s: float
    tells: int


@inlined
def walk_of(grid: Grid, x_m: float, y_m: float, vx_mps: float, vy_mps: float, duration_s: float) -> CellWalk:
    """The walk along a straight path, of which `next_cell` tells the cells until it is `DONE`."""
    u0, v0 = (x_m - grid.x0_m) / grid.cell_m, (y_m - grid.y0_m) / grid.cell_m
    du, dv = vx_mps / grid.cell_m, vy_mps / grid.cell_m
    column, row = int(np.floor(u0)), int(np.floor(v0))
    beside_column, beside_row = du == 0.0 and u0 == column, dv == 0.0 and v0 == row
    if du < 0.0 and u0 == column:
        column -= 1
    if dv < 0.0 and v0 == row:
        row -= 1
    return CellWalk(
        u0, v0, du, dv, duration_s, beside_column, beside_row, int64(column), int64(row), 0.0, 0.0, int64(BEGINNING)
    )


@inlined
def next_cell(grid: Grid, walk: CellWalk) -> tuple[CellWalk, float, float, float]:
    """The walk after one more cell, and from when to when the path is over it (s), and its elevation (ft).

    The cells come in the order that the path meets them, and leave no time out. A path along an edge belongs to the
    cells on both sides, of which the higher is given. The first, of no duration, is the highest cell that holds the
    beginning, which may be on an edge that the path leaves; where it crosses a corner, the two cells beside it are of
    no duration.
    """
    u0, v0, du, dv, duration_s, beside_column, beside_row, column, row, entered_s, left_s, tells = walk
    sideways = 1 if du > 0.0 else -1
    upwards = 1 if dv > 0.0 else -1
    from_s = to_s = left_s
    if tells == BEGINNING:
        highest, tells = _highest_at(grid, u0, v0), INSIDE
    elif tells == ASIDE:
        highest, tells = _cell_elevation_ft(grid, row, column + sideways), UPWARDS
    elif tells == UPWARDS:
        highest, tells = _cell_elevation_ft(grid, row + upwards, column), INSIDE
        column, row, entered_s = column + sideways, row + upwards, left_s
    else:
        across_s, up_s = _crossing_s(u0, du, column), _crossing_s(v0, dv, row)
        left_s = min(across_s, up_s, duration_s)
        from_s, to_s = entered_s, left_s
        highest = _cell_elevation_ft(grid, row, column)
        if beside_column:
            highest = _higher(highest, _cell_elevation_ft(grid, row, column - 1))
        if beside_row:
            highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column))
        if beside_column and beside_row:
            highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column - 1))
        if min(across_s, up_s) > duration_s:
            tells = DONE
        elif across_s == up_s:
            tells = ASIDE
        elif across_s < up_s:
            column, entered_s = column + sideways, left_s
        else:
            row, entered_s = row + upwards, left_s
    after = CellWalk(
        u0,
        v0,
        du,
        dv,
        duration_s,
        beside_column,
        beside_row,
        int64(column),
        int64(row),
        entered_s,
        left_s,
        int64(tells),
    )
    return after, from_s, to_s, highest


@inlined
def _crossing_s(start: float, rate: float, cell: int) -> float:
    """When a coordinate in cells, moving at `rate`, leaves `cell`; inf for never."""
    if rate > 0.0:
        return max(0.0, (cell + 1 - start) / rate)
    if rate < 0.0:
        return max(0.0, (cell - start) / rate)
    return np.inf


@inlined
def first_below_s(altitude_ft: float, rate_ftps: float, from_s: float, to_s: float, floor_ft: float) -> float:
    """First moment in [from_s, to_s] after which altitude + rate * t is below the floor; inf for none."""
    if rate_ftps == 0.0:
        return from_s if altitude_ft < floor_ft else np.inf
    at_floor_s = (floor_ft - altitude_ft) / rate_ftps
    if rate_ftps > 0.0:
        return from_s if from_s < at_floor_s else np.inf
    # Times are compared, not altitudes: a descent that ends exactly on the floor must not round to below it.
    return max(from_s, at_floor_s) if at_floor_s < to_s else np.inf
