"""The terrain cells under a straight path, one after the other, each with the times of entry and exit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.kernels.uncounted import counted, uncounted

Floats = NDArray[np.float64]


class Grid(NamedTuple):
    """Square cells: `elevation_ft[row, column]` from (`x0_m`, `y0_m`) on; NaN is no data."""

    x0_m: float
    y0_m: float
    cell_m: float
    elevation_ft: Floats


@uncounted
def _cell_elevation_ft(grid: Grid, row: int, column: int) -> float:
    rows, columns = grid.elevation_ft.shape
    if row < 0 or column < 0 or row >= rows or column >= columns:
        return np.nan
    return grid.elevation_ft[row, column]


@uncounted
def _higher(a_ft: float, b_ft: float) -> float:
    """The higher of two elevations, of which either may be without data."""
    if np.isnan(a_ft):
        return b_ft
    if np.isnan(b_ft):
        return a_ft
    return max(a_ft, b_ft)


@uncounted
def elevation_at_ft(grid: Grid, x_m: float, y_m: float) -> float:
    """Highest elevation of the closed cells that hold the point; NaN where none of them has data."""
    u, v = (x_m - grid.x0_m) / grid.cell_m, (y_m - grid.y0_m) / grid.cell_m
    column, row = int(np.floor(u)), int(np.floor(v))
    highest = _cell_elevation_ft(grid, row, column)
    if u == column:
        highest = _higher(highest, _cell_elevation_ft(grid, row, column - 1))
    if v == row:
        highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column))
    if u == column and v == row:
        highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column - 1))
    return highest


@counted
def cells_on_path(grid: Grid, x_m: float, y_m: float, vx_mps: float, vy_mps: float, duration_s: float) -> Floats:
    """Rows of (from_s, to_s, elevation_ft) for the cells that a straight path meets, in the order it meets them.

    The rows leave no time out. A path along an edge belongs to the cells on both sides, of which the higher is
    given. The first row, of no duration, is the highest cell that holds the beginning, which may be on an edge that
    the path leaves; where it crosses a corner, the two cells beside it are rows of no duration.
    """
    u0, v0 = (x_m - grid.x0_m) / grid.cell_m, (y_m - grid.y0_m) / grid.cell_m
    du, dv = vx_mps / grid.cell_m, vy_mps / grid.cell_m
    steps = int(abs(du) * duration_s) + int(abs(dv) * duration_s) + 4
    cells = np.empty((3 * steps, 3))
    count = _write(cells, 0, 0.0, 0.0, elevation_at_ft(grid, x_m, y_m))
    column, row = int(np.floor(u0)), int(np.floor(v0))
    if du < 0.0 and u0 == column:
        column -= 1
    if dv < 0.0 and v0 == row:
        row -= 1
    beside_column = du == 0.0 and u0 == column
    beside_row = dv == 0.0 and v0 == row
    entered_s = 0.0
    while True:
        across_s = _crossing_s(u0, du, column)
        up_s = _crossing_s(v0, dv, row)
        left_s = min(across_s, up_s, duration_s)
        highest = _cell_elevation_ft(grid, row, column)
        if beside_column:
            highest = _higher(highest, _cell_elevation_ft(grid, row, column - 1))
        if beside_row:
            highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column))
        if beside_column and beside_row:
            highest = _higher(highest, _cell_elevation_ft(grid, row - 1, column - 1))
        count = _write(cells, count, entered_s, left_s, highest)
        if min(across_s, up_s) > duration_s:
            return cells[:count]
        sideways = 1 if du > 0.0 else -1
        upwards = 1 if dv > 0.0 else -1
        if across_s == up_s:
            count = _write(cells, count, left_s, left_s, _cell_elevation_ft(grid, row, column + sideways))
            count = _write(cells, count, left_s, left_s, _cell_elevation_ft(grid, row + upwards, column))
        if across_s <= up_s:
            column += sideways
        if up_s <= across_s:
            row += upwards
        entered_s = left_s


@uncounted
def _write(cells: Floats, at: int, from_s: float, to_s: float, elevation_ft: float) -> int:
    """Write a row and return the number of the next."""
    cells[at, 0], cells[at, 1], cells[at, 2] = from_s, to_s, elevation_ft
    return at + 1


@uncounted
def _crossing_s(start: float, rate: float, cell: int) -> float:
    """When a coordinate in cells, moving at `rate`, leaves `cell`; inf for never."""
    if rate > 0.0:
        return max(0.0, (cell + 1 - start) / rate)
    if rate < 0.0:
        return max(0.0, (cell - start) / rate)
    return np.inf
