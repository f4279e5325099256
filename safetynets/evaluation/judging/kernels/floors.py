"""MSAW judged from what is kept of a plot: the spans of its path that can be the first below some floor."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.legs import (
    ALTITUDE_FT,
    END_S,
    RATE_FTPS,
    ROUNDING_FT,
    SLOWEST_TURN_RADPS,
    START_S,
    STRAIGHT,
    VX_MPS,
    VY_MPS,
    X_M,
    Y_M,
    Forecast,
    climbing_escape,
    path_legs,
    predicted_paths,
    vertical_plan,
)
from safetynets.nets.kernels.msaw import (
    GAP_ROUNDING_S,
    Escape,
    Outlook,
    Surface,
    earliest_below,
    first_below,
    first_below_s,
    floor_at,
    is_far_above,
    uncovered_from_s,
)
from safetynets.nets.kernels.shapes import EDGE_TOLERANCE_M, contains, inside_intervals
from safetynets.nets.kernels.terrain import cells_on_path, elevation_at_ft

Floats = NDArray[np.float64]


class Plots(NamedTuple):
    """What is kept of each plot that some parameter set could alert on, ascending in `row`.

    `ground_need_ft` is the least clearance at which it violates terrain or an obstacle anywhere ahead,
    `minimum_need_ft` the margin below the minimum altitudes at which it no longer violates one. Its cells are
    `first_cell[q]` to `first_cell[q + 1]`, its areas likewise. `turning` is an index into the states of the plots
    whose turn must be followed, -1 for a straight path.
    """

    row: NDArray[np.int64]
    altitude_ft: Floats
    rate_ftps: Floats
    level_after_s: Floats
    level_ft: Floats
    here_ground_ft: Floats
    here_minimum_ft: Floats
    ground_need_ft: Floats
    minimum_need_ft: Floats
    leaves_leg: NDArray[np.int8]
    leaves_s: Floats
    escape_fails: NDArray[np.bool_]
    turning: NDArray[np.int32]
    first_cell: NDArray[np.int64]
    first_area: NDArray[np.int64]


class Cells(NamedTuple):
    """Terrain under a leg (0, or 1 after levelling off), in the order it is met; times count from the leg's start."""

    leg: NDArray[np.int8]
    from_s: Floats
    to_s: Floats
    elevation_ft: Floats
    need_ft: Floats


class Areas(NamedTuple):
    """Polygons and obstacles over which a leg leads; `slack_s` is how far off a moment counts as the end of the leg."""

    leg: NDArray[np.int8]
    from_s: Floats
    to_s: Floats
    area: NDArray[np.int32]
    slack_s: Floats


class Kept(NamedTuple):
    """All that is kept for one prediction."""

    plots: Plots
    cells: Cells
    areas: Areas
    turning_state: Floats


class Extremes(NamedTuple):
    """How far the judged parameters reach: the lowest and highest clearance, the lowest margin below a minimum."""

    lowest_clearance_ft: float
    highest_clearance_ft: float
    lowest_below_minimum_ft: float


@njit(cache=True, nogil=True)
def uncovered(x_m: Floats, y_m: Floats, surface: Surface, outside: NDArray[np.bool_]) -> None:
    """Mark the points that are in no polygon and in no cell with data."""
    for row in range(len(x_m)):
        if not (np.isfinite(x_m[row]) and np.isfinite(y_m[row])):
            continue
        if np.isnan(elevation_at_ft(surface.grid, x_m[row], y_m[row])):
            _, area = floor_at(surface, x_m[row], y_m[row])
            outside[row] = area < 0


@njit(cache=True)
def _room(array: NDArray, count: int, more: int) -> NDArray:  # type: ignore[type-arg]
    """The array, or a longer copy of it, with room for more entries behind the first `count`."""
    if count + more <= len(array):
        return array
    longer = np.empty((max(2 * len(array), count + more), *array.shape[1:]), array.dtype)
    longer[:count] = array[:count]
    return longer


@njit(cache=True)
def _lowest_ft(altitude_ft: float, rate_ftps: float, from_s: float, to_s: float) -> float:
    """Lowest altitude of a span of a leg."""
    return altitude_ft + rate_ftps * (to_s if rate_ftps < 0.0 else from_s)


@njit(cache=True, nogil=True)
def gather(
    judged: NDArray[np.bool_],
    motion: Floats,
    surface: Surface,
    bare_surface: Surface,
    outlook: Outlook,
    forecast: Forecast,
    escape: Escape,
    minimum_ft: Floats,
    top_ft: Floats,
    extremes: Extremes,
) -> Kept:
    """What must be kept of these plots; `surface`, `outlook` and `forecast` are those of the widest setting.

    `minimum_ft` are the polygons' minimum altitudes, `top_ft` the obstacles' tops. Dropped is what no setting within
    the extremes can notice (docs/judging.md).
    """
    duration_s = forecast.look_ahead_s + forecast.hysteresis_s
    reach_ft = extremes.highest_clearance_ft + forecast.hysteresis_ft + ROUNDING_FT
    room = max(64, len(motion) // 16)
    row_ = np.empty(room, np.int64)
    numbers = np.empty((room, 9))
    leaves_leg = np.empty(room, np.int8)
    escape_fails = np.empty(room, np.bool_)
    turning = np.empty(room, np.int32)
    first_cell, first_area = np.zeros(room + 1, np.int64), np.zeros(room + 1, np.int64)
    cell_leg, cell = np.empty(4 * room, np.int8), np.empty((4 * room, 4))
    area_leg, area_of, area = np.empty(room, np.int8), np.empty(room, np.int32), np.empty((room, 3))
    states = np.empty((64, 9))
    count, cells, areas, turns = 0, 0, 0, 0
    for row in range(len(motion)):
        if not judged[row]:
            continue
        state = motion[row]
        if is_far_above(state, outlook, forecast, duration_s):
            continue
        x, y, vx, vy, altitude_ft, rate_ftps, cleared_ft, selected_ft, turn_radps = state
        rate, level_after_s, level_ft = vertical_plan(
            altitude_ft, rate_ftps, forecast.climb_credit, cleared_ft, selected_ft, forecast.level_off_tolerance_ft
        )
        legs = path_legs(x, y, vx, vy, altitude_ft, rate, level_after_s, level_ft, 0.0, duration_s)
        here_ground_ft, here_minimum_ft = -np.inf, -np.inf
        for i in range(len(surface.floor_ft)):
            if contains(surface.shapes, i, x, y):
                if i < surface.polygon_count:
                    here_minimum_ft = max(here_minimum_ft, minimum_ft[i])
                else:
                    here_ground_ft = max(here_ground_ft, top_ft[i - surface.polygon_count])
        elevation_ft = elevation_at_ft(surface.grid, x, y)
        if not np.isnan(elevation_ft):
            here_ground_ft = max(here_ground_ft, elevation_ft)
        ground_need_ft, minimum_need_ft = altitude_ft - here_ground_ft, here_minimum_ft - altitude_ft
        left_leg, left_s = -1, np.inf
        follows_turn = forecast.hypotheses != STRAIGHT and abs(turn_radps) > SLOWEST_TURN_RADPS
        first_kept_cell, first_kept_area = cells, areas
        settled = follows_turn
        lowest_need_ft = np.inf
        for k in range(0 if follows_turn else len(legs)):
            leg = legs[k]
            leg_s = leg[END_S] - leg[START_S]
            speed_mps = np.hypot(leg[VX_MPS], leg[VY_MPS])
            for i in range(len(surface.floor_ft)):
                intervals = inside_intervals(surface.shapes, i, leg[X_M], leg[Y_M], leg[VX_MPS], leg[VY_MPS], leg_s)
                for j in range(len(intervals)):
                    low_ft = _lowest_ft(leg[ALTITUDE_FT], leg[RATE_FTPS], intervals[j, 0], intervals[j, 1])
                    if low_ft - forecast.hysteresis_ft >= surface.floor_ft[i] + ROUNDING_FT:
                        continue
                    if i < surface.polygon_count:
                        minimum_need_ft = max(minimum_need_ft, minimum_ft[i] - low_ft)
                    else:
                        ground_need_ft = min(ground_need_ft, low_ft - top_ft[i - surface.polygon_count])
                    area_leg, area_of = _room(area_leg, areas, 1), _room(area_of, areas, 1)
                    area = _room(area, areas, 1)
                    area_leg[areas], area_of[areas] = k, i
                    is_circle = surface.shapes.radius_m[i] >= 0.0
                    slack_s = 0.0 if is_circle or speed_mps == 0.0 else EDGE_TOLERANCE_M / speed_mps
                    area[areas] = intervals[j, 0], intervals[j, 1], slack_s
                    areas += 1
            if settled:
                continue
            on_path = cells_on_path(surface.grid, leg[X_M], leg[Y_M], leg[VX_MPS], leg[VY_MPS], leg_s)
            previous = -1
            for j in range(len(on_path)):
                from_s, to_s, elevation_ft = on_path[j]
                if np.isnan(elevation_ft):
                    if left_leg < 0:
                        uncovered_s = uncovered_from_s(surface, leg, from_s, to_s)
                        if uncovered_s < np.inf:
                            left_leg, left_s = k, uncovered_s
                    continue
                if previous >= 0 and cell[previous, 2] == elevation_ft and cell[previous, 1] == from_s:
                    cell[previous, 1] = to_s
                    need_ft = _lowest_ft(leg[ALTITUDE_FT], leg[RATE_FTPS], cell[previous, 0], to_s) - elevation_ft
                    cell[previous, 3] = need_ft
                else:
                    previous = -1
                    need_ft = _lowest_ft(leg[ALTITUDE_FT], leg[RATE_FTPS], from_s, to_s) - elevation_ft
                    if need_ft >= reach_ft or need_ft >= lowest_need_ft + ROUNDING_FT:
                        continue
                    cell_leg, cell = _room(cell_leg, cells, 1), _room(cell, cells, 1)
                    cell_leg[cells] = k
                    cell[cells] = from_s, to_s, elevation_ft, need_ft
                    previous = cells
                    cells += 1
                lowest_need_ft = min(lowest_need_ft, need_ft)
                if need_ft < extremes.lowest_clearance_ft - ROUNDING_FT:
                    settled = True
                    break
        ground_need_ft = min(ground_need_ft, lowest_need_ft)
        if (
            not follows_turn
            and left_leg < 0
            and ground_need_ft >= reach_ft
            and minimum_need_ft + forecast.hysteresis_ft + ROUNDING_FT <= extremes.lowest_below_minimum_ft
        ):
            cells, areas = first_kept_cell, first_kept_area
            continue
        row_, numbers = _room(row_, count, 1), _room(numbers, count, 1)
        leaves_leg, escape_fails = _room(leaves_leg, count, 1), _room(escape_fails, count, 1)
        turning = _room(turning, count, 1)
        first_cell, first_area = _room(first_cell, count + 1, 1), _room(first_area, count + 1, 1)
        row_[count] = row
        numbers[count, :5] = altitude_ft, rate, level_after_s, level_ft, here_ground_ft
        numbers[count, 5:] = here_minimum_ft, ground_need_ft, minimum_need_ft, left_s
        leaves_leg[count], turning[count], escape_fails[count] = left_leg, -1, False
        if follows_turn:
            states = _room(states, turns, 1)
            states[turns] = state
            turning[count] = turns
            turns += 1
        if escape.asked_for:
            delay, _ = predicted_paths(state, forecast, 0.0, escape.delay_s)
            contact_s, _, _, leaves = first_below(
                climbing_escape(delay, escape.climb_tan, escape.climb_s), bare_surface
            )
            escape_fails[count] = contact_s < np.inf or leaves
        count += 1
        first_cell[count], first_area[count] = cells, areas
    return Kept(
        Plots(
            row_[:count].copy(),
            numbers[:count, 0].copy(),
            numbers[:count, 1].copy(),
            numbers[:count, 2].copy(),
            numbers[:count, 3].copy(),
            numbers[:count, 4].copy(),
            numbers[:count, 5].copy(),
            numbers[:count, 6].copy(),
            numbers[:count, 7].copy(),
            leaves_leg[:count].copy(),
            numbers[:count, 8].copy(),
            escape_fails[:count].copy(),
            turning[:count].copy(),
            first_cell[: count + 1].copy(),
            first_area[: count + 1].copy(),
        ),
        Cells(
            cell_leg[:cells].copy(),
            cell[:cells, 0].copy(),
            cell[:cells, 1].copy(),
            cell[:cells, 2].copy(),
            cell[:cells, 3].copy(),
        ),
        Areas(
            area_leg[:areas].copy(),
            area[:areas, 0].copy(),
            area[:areas, 1].copy(),
            area_of[:areas].copy(),
            area[:areas, 2].copy(),
        ),
        states[:turns].copy(),
    )


class Setting(NamedTuple):
    """The judged parameters of one set, and the floor each area then asks for."""

    clearance_ft: float
    below_minimum_ft: float
    floor_ft: Floats
    look_ahead_s: float
    hysteresis_ft: float
    hysteresis_s: float
    warning_time_s: float


@njit(cache=True)
def _first_below(kept: Kept, q: int, setting: Setting, lowered_ft: float, duration_s: float) -> float:
    """First violation (s) of a plot flown `lowered_ft` lower, within the duration; inf for none."""
    plots, cells, areas = kept.plots, kept.cells, kept.areas
    level_after_s = plots.level_after_s[q]
    levels_off = 0.0 < level_after_s < duration_s
    at_cell, at_area = plots.first_cell[q], plots.first_area[q]
    last_cell, last_area = plots.first_cell[q + 1], plots.first_area[q + 1]
    for leg in range(2 if levels_off else 1):
        if leg == 0:
            start_s, leg_s = 0.0, level_after_s if levels_off else duration_s
            altitude_ft, rate_ftps = plots.altitude_ft[q] - lowered_ft, plots.rate_ftps[q]
        else:
            start_s, leg_s = level_after_s, duration_s - level_after_s
            altitude_ft, rate_ftps = plots.level_ft[q] - lowered_ft, 0.0
        first_s = np.inf
        while at_area < last_area and areas.leg[at_area] == leg:
            from_s, to_s = areas.from_s[at_area], areas.to_s[at_area]
            if from_s <= leg_s + areas.slack_s[at_area]:
                floor_ft = setting.floor_ft[areas.area[at_area]]
                t = first_below_s(altitude_ft, rate_ftps, min(from_s, leg_s), min(to_s, leg_s), floor_ft)
                first_s = min(first_s, t)
            at_area += 1
        # Compared with the path as it is: lowering it is a need that much less.
        needed_ft = setting.clearance_ft + lowered_ft + ROUNDING_FT
        while at_cell < last_cell and cells.leg[at_cell] == leg:
            from_s = cells.from_s[at_cell]
            if from_s <= leg_s and from_s <= first_s and cells.need_ft[at_cell] < needed_ft:
                floor_ft = cells.elevation_ft[at_cell] + setting.clearance_ft
                t = first_below_s(altitude_ft, rate_ftps, from_s, min(cells.to_s[at_cell], leg_s), floor_ft)
                first_s = min(first_s, t)
            at_cell += 1
        if first_s < np.inf:
            return start_s + first_s
    return np.inf


@njit(cache=True)
def _leaves_coverage(plots: Plots, q: int, duration_s: float) -> bool:
    """Whether part of the path within the duration has no coverage."""
    leg, level_after_s = plots.leaves_leg[q], plots.level_after_s[q]
    if leg < 0:
        return False
    levels_off = 0.0 < level_after_s < duration_s
    if leg == 1:
        return bool(levels_off and plots.leaves_s[q] + GAP_ROUNDING_S < duration_s - level_after_s)
    return bool(plots.leaves_s[q] + GAP_ROUNDING_S < (level_after_s if levels_off else duration_s))


class Found(NamedTuple):
    """What a set finds for each kept plot: time to violation (s), the same for holding, whether it is undecided."""

    violation_s: Floats
    hold_violation_s: Floats
    undecided: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def judge(kept: Kept, setting: Setting, surface: Surface, forecast: Forecast, found: Found) -> None:
    """Judge every kept plot; `surface` and `forecast` of this set are for the plots whose turn is followed.

    A hold is only worked out where the violation itself does not keep the alert from clearing.
    """
    plots = kept.plots
    hold_s = setting.look_ahead_s + setting.hysteresis_s
    for q in range(len(plots.row)):
        found.violation_s[q] = found.hold_violation_s[q] = np.inf
        found.undecided[q] = False
        if plots.turning[q] >= 0:
            _follow_turn(kept, q, setting, surface, forecast, found)
            continue
        leaves = _leaves_coverage(plots, q, setting.look_ahead_s)
        found.undecided[q] = leaves
        need_ft = plots.ground_need_ft[q] - ROUNDING_FT
        excess_ft = plots.minimum_need_ft[q] + ROUNDING_FT
        if need_ft >= setting.clearance_ft + setting.hysteresis_ft and (
            excess_ft + setting.hysteresis_ft <= setting.below_minimum_ft
        ):
            continue
        violation_s = np.inf
        if _is_below(plots, q, setting):
            violation_s = 0.0
        elif need_ft < setting.clearance_ft or excess_ft > setting.below_minimum_ft:
            violation_s = _first_below(kept, q, setting, 0.0, setting.look_ahead_s)
        found.violation_s[q] = violation_s
        if violation_s < np.inf:
            found.undecided[q] = False
        if violation_s <= setting.warning_time_s + setting.hysteresis_s:
            found.hold_violation_s[q] = violation_s
        else:
            found.hold_violation_s[q] = _first_below(kept, q, setting, setting.hysteresis_ft, hold_s)


@njit(cache=True)
def _is_below(plots: Plots, q: int, setting: Setting) -> bool:
    """Whether the aircraft is below the floor now."""
    return bool(
        plots.altitude_ft[q] < plots.here_ground_ft[q] + setting.clearance_ft
        or plots.altitude_ft[q] < plots.here_minimum_ft[q] - setting.below_minimum_ft
    )


@njit(cache=True)
def _follow_turn(kept: Kept, q: int, setting: Setting, surface: Surface, forecast: Forecast, found: Found) -> None:
    """Judge one plot as the kernel of the net does: chords of a turn depend on how far it is followed."""
    state = kept.turning_state[kept.plots.turning[q]]
    hold_s = setting.look_ahead_s + setting.hysteresis_s
    straight, turning = predicted_paths(state, forecast, setting.hysteresis_ft, hold_s)
    hold_violation_s, _, _, undecided = earliest_below(straight, turning, surface, forecast.hypotheses)
    found.hold_violation_s[q] = hold_violation_s
    if hold_violation_s == np.inf and not undecided:
        return
    straight, turning = predicted_paths(state, forecast, 0.0, setting.look_ahead_s)
    violation_s, _, _, undecided = earliest_below(straight, turning, surface, forecast.hypotheses)
    if _is_below(kept.plots, q, setting):
        violation_s, undecided = 0.0, False
    found.violation_s[q], found.undecided[q] = violation_s, undecided
