"""What the MSAW keeps of a plot: the spans of its path that can be the first below some floor."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.legs import (
    ROUNDING_FT,
    SLOWEST_TURN_RADPS,
    STRAIGHT,
    Forecast,
    leg_of,
    path_of,
    vertical_plan,
)
from safetynets.engine.kernels.shapes import EDGE_TOLERANCE_M, Room, contains, inside_intervals
from safetynets.engine.kernels.terrain import DONE, next_cell, walk_of
from safetynets.engine.kernels.track_state import STATE
from safetynets.engine.study.kernels.follow import Edges
from safetynets.engine.study.kernels.seen import Seen, put_state_of
from safetynets.kernel_cache import njit, part
from safetynets.nets.msaw.kernel import (
    GAP_ROUNDING_S,
    Escape,
    Outlook,
    Surface,
    escape_fails,
    is_far_above,
    uncovered_from_s,
)

Floats = NDArray[np.float64]


ALTITUDE, RATE, LEVEL_AFTER, LEVEL, HERE_TOP, HERE_MINIMUM = range(6)
"""Columns of a kept path: altitude (ft), rate (ft/s), levelling off after (s) at (ft); the highest obstacle here and
the minimum altitude here (ft, -inf for none). The ground here is that of the first cell of the path."""

LEG, FROM, TO, ELEVATION = range(4)
"""Columns of a cell: leg (0, or 1 after levelling off), times from the leg's start, elevation (ft)."""

AREA, SLACK = 3, 4
"""Columns of an area, after leg and times: its index, and how far off (s) a moment counts as the end of the leg."""


class Plots(NamedTuple):
    """What is kept of each plot that some parameter set could alert on, ascending in `row`.

    The cells under its path are `first_cell[q]` to `first_cell[q + 1]`, in the order it meets them, the polygons and
    obstacles likewise. `turning` is an index into the states of the plots whose turn must be followed, -1 for none.
    """

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    path: Floats
    escape_fails: NDArray[np.bool_]
    turning: NDArray[np.int32]
    first_cell: NDArray[np.int64]
    first_area: NDArray[np.int64]


class Needs(NamedTuple):
    """What it takes to notice each kept plot, at a glance, within each of `KNOTS` look-aheads up to the longest.

    Row k of `clearance_ft` is the least clearance at which it violates terrain or an obstacle within k + 1 parts of the
    longest look-ahead, row k of `below_minimum_ft` the margin from which on it violates no polygon any more. The same
    of all kept plots of a track, `first_of_track[k]` to `first_of_track[k + 1]`, is in `track_*`.
    """

    longest_s: float
    clearance_ft: NDArray[np.float32]
    below_minimum_ft: NDArray[np.float32]
    track_clearance_ft: NDArray[np.float32]
    track_below_minimum_ft: NDArray[np.float32]
    first_of_track: NDArray[np.int64]


class Gathered(NamedTuple):
    """What is kept of a portion of the plots; rows of `need_ft` are needs, first for clearance, then for margin."""

    plots: Plots
    cells: Floats
    cell_need_ft: NDArray[np.float32]
    areas: Floats
    turning_state: Floats
    need_ft: NDArray[np.float32]
    edges: Edges


class Kept(NamedTuple):
    """All that is kept for one prediction; `cell_need_ft` is the least clearance that violates each cell."""

    plots: Plots
    cells: Floats
    cell_need_ft: NDArray[np.float32]
    areas: Floats
    turning_state: Floats
    needs: Needs
    edges: Edges


KNOTS = 16
SLACK_FT = 0.01
"""More than the rounding of altitudes to single precision."""
SLACK_S = 1e-6
"""A moment this near to a knot counts on both sides of it."""


class Extremes(NamedTuple):
    """How far the judged parameters reach: the lowest and highest clearance, the lowest margin below a minimum."""

    lowest_clearance_ft: float
    highest_clearance_ft: float
    lowest_below_minimum_ft: float


@part(_nrt=True)
def _room(array: NDArray, count: int, more: int) -> NDArray:  # type: ignore[type-arg]
    """The array, or a longer copy of it, with room for more entries behind the first `count`."""
    if count + more <= len(array):
        return array
    longer = np.empty((max(2 * len(array), count + more), *array.shape[1:]), array.dtype)
    longer[:count] = array[:count]
    return longer


@part(_nrt=True)
def _lowest_ft(altitude_ft: float, rate_ftps: float, from_s: float, to_s: float) -> float:
    """Lowest altitude of a span of a leg."""
    return altitude_ft + rate_ftps * (to_s if rate_ftps < 0.0 else from_s)


@njit(cache=True, nogil=True)
def gather(
    judged: NDArray[np.bool_],
    seen: Seen,
    surface: Surface,
    bare_surface: Surface,
    outlook: Outlook,
    forecast: Forecast,
    escape: Escape,
    room_for_paths: Room,
    minimum_ft: Floats,
    top_ft: Floats,
    extremes: Extremes,
) -> Gathered:
    """What must be kept of these plots; `surface`, `outlook` and `forecast` are those of the widest setting.

    `minimum_ft` are the polygons' minimum altitudes, `top_ft` the obstacles' tops. Dropped is what no setting within
    the extremes can notice (docs/judging.md).
    """
    duration_s, intervals = forecast.look_ahead_s + forecast.hysteresis_s, room_for_paths.intervals
    reach_ft = extremes.highest_clearance_ft + forecast.hysteresis_ft + ROUNDING_FT
    room = max(64, len(judged) // 16)
    row_ = np.empty(room, np.int64)
    numbers = np.empty((room, 6))
    need, need_here = np.empty((room, 2 * KNOTS), np.float32), np.empty(2 * KNOTS)
    edge_row, edge = np.empty(room, np.int64), np.empty((room, 2))
    fails = np.empty(room, np.bool_)
    turning = np.empty(room, np.int32)
    first_cell, first_area = np.zeros(room + 1, np.int64), np.zeros(room + 1, np.int64)
    cell, cell_need, area = np.empty((4 * room, 4)), np.empty(4 * room, np.float32), np.empty((room, 5))
    states = np.empty((64, STATE))
    count, cells, areas, turns, edges = 0, 0, 0, 0, 0
    part_s = duration_s / KNOTS
    state = np.empty(STATE)
    for row in range(len(judged)):
        if not judged[row]:
            continue
        put_state_of(row, seen, state)
        if is_far_above(state, outlook, forecast, duration_s):
            continue
        x, y, vx, vy, altitude_ft, rate_ftps, cleared_ft, selected_ft, turn_radps = state
        rate, level_after_s, level_ft = vertical_plan(
            altitude_ft, rate_ftps, forecast.climb_credit, cleared_ft, selected_ft, forecast.level_off_tolerance_ft
        )
        path = path_of(x, y, vx, vy, altitude_ft, rate, level_after_s, level_ft, 0.0, duration_s)
        here_top_ft, here_minimum_ft = -np.inf, -np.inf
        for i in range(len(surface.floor_ft)):
            if contains(surface.shapes, i, x, y):
                if i < surface.polygon_count:
                    here_minimum_ft = max(here_minimum_ft, minimum_ft[i])
                else:
                    here_top_ft = max(here_top_ft, top_ft[i - surface.polygon_count])
        need_here[:KNOTS], need_here[KNOTS:] = altitude_ft - here_top_ft, here_minimum_ft - altitude_ft
        left_leg, left_s = -1, np.inf
        follows_turn = forecast.hypotheses != STRAIGHT and abs(turn_radps) > SLOWEST_TURN_RADPS
        first_kept_cell, first_kept_area = cells, areas
        settled = bool(follows_turn)
        lowest_need_ft = np.inf
        for k in range(0 if follows_turn else path.legs):
            leg = leg_of(path, k)
            leg_s = leg.end_s - leg.start_s
            speed_mps = np.hypot(leg.vx_mps, leg.vy_mps)
            for i in range(len(surface.floor_ft)):
                spans = inside_intervals(
                    surface.shapes, i, leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps, leg_s, room_for_paths
                )
                for j in range(spans):
                    low_ft = _lowest_ft(leg.altitude_ft, leg.rate_ftps, intervals[j, 0], intervals[j, 1])
                    if low_ft - forecast.hysteresis_ft >= surface.floor_ft[i] + ROUNDING_FT:
                        continue
                    is_circle = surface.shapes.radius_m[i] >= 0.0
                    slack_s = 0.0 if is_circle or speed_mps == 0.0 else EDGE_TOLERANCE_M / speed_mps
                    for knot in range(KNOTS):
                        end_s = (knot + 1) * part_s - leg.start_s + slack_s + SLACK_S
                        if intervals[j, 0] <= end_s:
                            low_ft = _lowest_ft(
                                leg.altitude_ft, leg.rate_ftps, intervals[j, 0], min(intervals[j, 1], end_s)
                            )
                            if i < surface.polygon_count:
                                need_here[KNOTS + knot] = max(need_here[KNOTS + knot], minimum_ft[i] - low_ft)
                            else:
                                need_ft = low_ft - top_ft[i - surface.polygon_count]
                                need_here[knot] = min(need_here[knot], need_ft)
                    area = _room(area, areas, 1)
                    area[areas] = float(k), intervals[j, 0], intervals[j, 1], float(i), slack_s
                    areas += 1
            if settled:
                continue
            walk, previous = walk_of(surface.grid, leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps, leg_s), -1
            while walk.tells != DONE:
                walk, from_s, to_s, elevation_ft = next_cell(surface.grid, walk)
                if np.isnan(elevation_ft):
                    if left_leg < 0:
                        uncovered_s = uncovered_from_s(surface, leg, from_s, to_s, room_for_paths)
                        if uncovered_s < np.inf:
                            left_leg, left_s = k, uncovered_s
                    continue
                if previous >= 0 and cell[previous, ELEVATION] == elevation_ft and cell[previous, TO] == from_s:
                    cell[previous, TO] = to_s
                    low_ft = _lowest_ft(leg.altitude_ft, leg.rate_ftps, cell[previous, FROM], to_s)
                    need_ft = low_ft - elevation_ft
                    cell_need[previous] = need_ft - SLACK_FT
                else:
                    previous = -1
                    need_ft = _lowest_ft(leg.altitude_ft, leg.rate_ftps, from_s, to_s) - elevation_ft
                    if need_ft >= reach_ft or need_ft >= lowest_need_ft + ROUNDING_FT:
                        continue
                    cell, cell_need = _room(cell, cells, 1), _room(cell_need, cells, 1)
                    cell[cells] = float(k), from_s, to_s, elevation_ft
                    cell_need[cells] = need_ft - SLACK_FT
                    previous = cells
                    cells += 1
                for knot in range(KNOTS):
                    end_s = (knot + 1) * part_s - leg.start_s + SLACK_S
                    if from_s <= end_s:
                        low_ft = _lowest_ft(leg.altitude_ft, leg.rate_ftps, from_s, min(to_s, end_s))
                        need_here[knot] = min(need_here[knot], low_ft - elevation_ft)
                lowest_need_ft = min(lowest_need_ft, need_ft)
                if need_ft < extremes.lowest_clearance_ft - ROUNDING_FT:
                    settled = True
                    break
        if left_leg >= 0:
            edge_row, edge = _room(edge_row, edges, 1), _room(edge, edges, 1)
            edge_row[edges] = row
            edge[edges] = left_s + GAP_ROUNDING_S, leg_of(path, left_leg).start_s
            edges += 1
        if follows_turn:
            need_here[:KNOTS] = -np.inf
        elif (
            need_here[KNOTS - 1] >= reach_ft
            and need_here[-1] + forecast.hysteresis_ft + ROUNDING_FT <= extremes.lowest_below_minimum_ft
        ):
            cells, areas = first_kept_cell, first_kept_area
            continue
        row_, numbers = _room(row_, count, 1), _room(numbers, count, 1)
        fails, turning, need = _room(fails, count, 1), _room(turning, count, 1), _room(need, count, 1)
        first_cell, first_area = _room(first_cell, count + 1, 1), _room(first_area, count + 1, 1)
        row_[count] = row
        numbers[count] = altitude_ft, rate, level_after_s, level_ft, here_top_ft, here_minimum_ft
        for knot in range(KNOTS):
            need[count, knot] = need_here[knot] - SLACK_FT
            need[count, KNOTS + knot] = need_here[KNOTS + knot] + SLACK_FT
        turning[count], fails[count] = -1, False
        if follows_turn:
            states = _room(states, turns, 1)
            states[turns] = state
            turning[count] = turns
            turns += 1
        if escape.asked_for:
            fails[count] = escape_fails(state, forecast, escape, bare_surface, room_for_paths)
        count += 1
        first_cell[count], first_area[count] = cells, areas
    return Gathered(
        Plots(
            row_[:count].copy(),
            seen.received.track[row_[:count]],
            numbers[:count].copy(),
            fails[:count].copy(),
            turning[:count].copy(),
            first_cell[: count + 1].copy(),
            first_area[: count + 1].copy(),
        ),
        cell[:cells].copy(),
        cell_need[:cells].copy(),
        area[:areas].copy(),
        states[:turns].copy(),
        need[:count].T.copy(),
        Edges(edge_row[:edges].copy(), edge[:edges, 0].copy(), edge[:edges, 1].copy()),
    )
