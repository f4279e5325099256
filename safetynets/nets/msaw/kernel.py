"""The lowest safe altitude along a path: first moment below it, and first moment outside the coverage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.blocks import Lattice, entry_ahead
from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import implements, judge
from safetynets.engine.kernels.legs import (
    ANY,
    ROUNDING_FT,
    STRAIGHT,
    Forecast,
    Leg,
    Path,
    climb_after,
    leg_of,
    predicted_paths,
    vertical_plan,
)
from safetynets.engine.kernels.shapes import Room, Shapes, box_missed, contains, inside_intervals
from safetynets.engine.kernels.terrain import DONE, Grid, elevation_at_ft, first_below_s, next_cell, walk_of
from safetynets.engine.kernels.track_state import Levels
from safetynets.engine.kernels.verdict import (
    BELOW_FLOOR,
    JUDGED,
    NO_KIND,
    OUTSIDE_COVERAGE,
    PATH_LEAVES_COVERAGE,
    Verdict,
    nothing,
    verdict_of,
)
from safetynets.kernel_cache import njit

Floats = NDArray[np.float64]

GAP_ROUNDING_S = 1e-9
"""Neighbouring polygons may meet a rounding error apart: no gap in the coverage."""


class Surface(NamedTuple):
    """Everything an aircraft must stay above.

    The first `polygon_count` shapes give coverage (minimum-altitude polygons), the rest are obstacles. Shape i asks for
    `floor_ft[i]`, a terrain cell for its elevation plus `terrain_clearance_ft`. The area of the terrain is the number
    of shapes.
    """

    shapes: Shapes
    polygon_count: int
    floor_ft: Floats
    grid: Grid
    terrain_clearance_ft: float


@inlined
def floor_at(surface: Surface, x_m: float, y_m: float) -> tuple[float, int]:
    """Floor (ft) at a point and the area that asks for it; (NaN, -1) outside the coverage."""
    covered = False
    floor_ft, area = -np.inf, -1
    for i in range(len(surface.floor_ft)):
        if contains(surface.shapes, i, x_m, y_m):
            covered = covered or i < surface.polygon_count
            if surface.floor_ft[i] > floor_ft:
                floor_ft, area = surface.floor_ft[i], i
    elevation_ft = elevation_at_ft(surface.grid, x_m, y_m)
    if not np.isnan(elevation_ft):
        covered = True
        if elevation_ft + surface.terrain_clearance_ft > floor_ft:
            floor_ft, area = elevation_ft + surface.terrain_clearance_ft, len(surface.floor_ft)
    if not covered:
        return np.nan, -1
    return floor_ft, area


@separate
def first_below(path: Path, surface: Surface, room: Room) -> tuple[float, int, float, bool]:
    """Follow the path until it is below the floor.

    Returns the time (s) of the first violation (inf for none), its area (-1), its floor (ft, NaN), and whether part of
    the path up to there lies outside the coverage.
    """
    leaves_coverage = False
    shapes, intervals = surface.shapes, room.intervals
    for k in range(path.legs):
        leg = leg_of(path, k)
        duration_s = leg.end_s - leg.start_s
        first_s, area, floor_ft = np.inf, -1, np.nan
        end_x, end_y = leg.x_m + leg.vx_mps * duration_s, leg.y_m + leg.vy_mps * duration_s
        lowest_ft = leg.altitude_ft + min(0.0, leg.rate_ftps) * duration_s - ROUNDING_FT
        for i in range(len(surface.floor_ft)):
            if lowest_ft >= surface.floor_ft[i] or box_missed(shapes, i, leg.x_m, leg.y_m, end_x, end_y):
                continue
            spans = inside_intervals(shapes, i, leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps, duration_s, room)
            for j in range(spans):
                t = first_below_s(leg.altitude_ft, leg.rate_ftps, intervals[j, 0], intervals[j, 1], surface.floor_ft[i])
                if t < first_s or (t == first_s and t < np.inf and surface.floor_ft[i] > floor_ft):
                    first_s, area, floor_ft = t, i, surface.floor_ft[i]
        walk = walk_of(surface.grid, leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps, duration_s)
        while walk.tells != DONE:
            walk, from_s, to_s, elevation_ft = next_cell(surface.grid, walk)
            if from_s > first_s:
                break
            if np.isnan(elevation_ft):
                leaves_coverage = leaves_coverage or uncovered_from_s(surface, leg, from_s, to_s, room) < np.inf
                continue
            cell_floor_ft = elevation_ft + surface.terrain_clearance_ft
            t = first_below_s(leg.altitude_ft, leg.rate_ftps, from_s, to_s, cell_floor_ft)
            if t < first_s or (t == first_s and t < np.inf and cell_floor_ft > floor_ft):
                first_s, area, floor_ft = t, len(surface.floor_ft), cell_floor_ft
        if first_s < np.inf:
            return leg.start_s + first_s, area, floor_ft, leaves_coverage
    return np.inf, -1, np.nan, leaves_coverage


@separate
def uncovered_from_s(surface: Surface, leg: Leg, from_s: float, to_s: float, room: Room) -> float:
    """From when on the leg is in no polygon, within a span of it without terrain data; inf for never.

    A span of no duration is a corner: the cells before and after it cover the moment. Neighbouring polygons may
    meet a rounding error apart, which is no gap.
    """
    duration_s, intervals = leg.end_s - leg.start_s, room.intervals
    covered_to_s = from_s
    moved = True
    while moved and covered_to_s < to_s:
        moved = False
        for i in range(surface.polygon_count):
            spans = inside_intervals(surface.shapes, i, leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps, duration_s, room)
            for j in range(spans):
                if intervals[j, 0] <= covered_to_s + GAP_ROUNDING_S and covered_to_s < intervals[j, 1]:
                    covered_to_s = intervals[j, 1]
                    moved = True
    return covered_to_s if covered_to_s + GAP_ROUNDING_S < to_s else np.inf


@separate
def earliest_below(
    straight: Path, turning: Path, surface: Surface, hypotheses: int, room: Room
) -> tuple[float, int, float, bool]:
    """First violation under the hypotheses: time (s), area, floor (ft), and if undecided."""
    t, area, floor_ft, leaves = first_below(straight, surface, room)
    if hypotheses == STRAIGHT:
        return t, area, floor_ft, leaves and t == np.inf
    other_s, other_area, other_floor_ft, other_leaves = first_below(turning, surface, room)
    if hypotheses == ANY:
        undecided = (leaves or other_leaves) and t == np.inf and other_s == np.inf
        takes_other = other_s < t
    else:
        decided_clear = (t == np.inf and not leaves) or (other_s == np.inf and not other_leaves)
        undecided = (t == np.inf or other_s == np.inf) and not decided_clear
        takes_other = other_s > t
    if takes_other:
        t, area, floor_ft = other_s, other_area, other_floor_ft
    return t, area, floor_ft, undecided


class Outlook(NamedTuple):
    """Blocks that say at a glance that nothing is near: the highest floor, inf where terrain data are missing.

    Boxes outside the blocks, and larger than any, are inf as well.
    """

    lattice: Lattice
    highest_ft: NDArray[np.float32]


@separate
def is_far_above(state: Floats, outlook: Outlook, forecast: Forecast, duration_s: float) -> bool:
    """Whether no path of a plot within the duration can come below any floor, nor leave the coverage."""
    x, y, vx, vy, altitude_ft, rate_ftps = state[0], state[1], state[2], state[3], state[4], state[5]
    lattice, highest_ft = outlook.lattice, outlook.highest_ft
    turns = forecast.hypotheses != STRAIGHT
    rate_ftps, level_after_s, level_ft = vertical_plan(
        altitude_ft, rate_ftps, forecast.climb_credit, state[6], state[7], forecast.level_off_tolerance_ft
    )
    sinks_ftps, lower_ft = min(0.0, rate_ftps), altitude_ft - forecast.hysteresis_ft - ROUNDING_FT
    if level_after_s < duration_s:
        level_ft = min(altitude_ft, level_ft) - forecast.hysteresis_ft - ROUNDING_FT
    else:
        level_ft = -np.inf
    entry = entry_ahead(lattice, turns, x, y, vx * duration_s, vy * duration_s)
    if max(level_ft, lower_ft + sinks_ftps * duration_s) >= highest_ft[entry]:
        return True
    # A second look at the straight path in pieces of about a block costs far less than walking its cells.
    pieces = 1 + int(min(1000.0, max(abs(vx), abs(vy)) * duration_s * lattice.blocks_a_m))
    piece_s = duration_s / pieces
    for piece in range(pieces):
        from_s, to_s = piece_s * piece, piece_s * (piece + 1)
        entry = entry_ahead(lattice, turns, x + vx * from_s, y + vy * from_s, vx * piece_s, vy * piece_s)
        if turns or not max(level_ft, lower_ft + sinks_ftps * to_s) >= highest_ft[entry]:
            return False
    return True


class Escape(NamedTuple):
    """The escape test: whether it is made, and how the escape is flown."""

    asked_for: bool
    delay_s: float
    climb_tan: float
    climb_s: float


@separate
def escape_fails(state: Floats, forecast: Forecast, escape: Escape, bare_surface: Surface, room: Room) -> bool:
    """Whether the escape, flown straight on and then climbing, meets terrain or an obstacle, or leaves the coverage."""
    if np.isnan(elevation_at_ft(bare_surface.grid, state[0], state[1])):
        return True
    delay, _ = predicted_paths(state, forecast, 0.0, escape.delay_s)
    for path in (delay, climb_after(delay, escape.climb_tan, escape.climb_s)):
        contact_s, _, _, leaves_coverage = first_below(path, bare_surface, room)
        if contact_s < np.inf or leaves_coverage:
            return True
    return False


class Inputs(NamedTuple):
    """What a plot is judged by; `bare_surface` is terrain and obstacles without clearance, for the escape test."""

    surface: Surface
    bare_surface: Surface
    outlook: Outlook
    forecast: Forecast
    escape: Escape
    room: Room


@implements(judge, Inputs)
@separate
def judge_plot(
    inputs: Inputs, i: int, n: int, phase: int, time_s: float, state: Floats, levels: Levels, settled_s: float
) -> Verdict:
    """Judge one plot against the floor (`dispatch.judge`)."""
    surface, bare_surface, outlook = inputs.surface, inputs.bare_surface, inputs.outlook
    forecast, escape, room = inputs.forecast, inputs.escape, inputs.room
    floor_ft, area = floor_at(surface, state[0], state[1])
    if area < 0:
        return nothing(OUTSIDE_COVERAGE)
    margin_ft, minimum_ft = state[4] - floor_ft, floor_ft
    reason, kind, severe = JUDGED, NO_KIND, False
    hold_s = forecast.look_ahead_s + forecast.hysteresis_s
    violation_s = hold_violation_s = np.inf
    if not is_far_above(state, outlook, forecast, hold_s):
        straight, turning = predicted_paths(state, forecast, 0.0, forecast.look_ahead_s)
        violation_s, violated, violated_ft, undecided = earliest_below(
            straight, turning, surface, forecast.hypotheses, room
        )
        if state[4] < floor_ft:
            violation_s, violated, violated_ft, undecided = 0.0, area, floor_ft, False
        if undecided:
            reason = PATH_LEAVES_COVERAGE
        if violation_s < np.inf:
            area, minimum_ft, kind = violated, violated_ft, BELOW_FLOOR
            severe = violation_s == 0.0
            if escape.asked_for:
                severe = escape_fails(state, forecast, escape, bare_surface, room)
        hold_violation_s = violation_s
        if violation_s > settled_s:
            straight, turning = predicted_paths(state, forecast, forecast.hysteresis_ft, hold_s)
            held_s, _, _, _ = earliest_below(straight, turning, surface, forecast.hypotheses, room)
            hold_violation_s = min(violation_s, held_s)
    return verdict_of(
        reason, margin_ft, np.nan, violation_s, hold_violation_s, kind, area, minimum_ft, np.nan, np.nan, severe
    )


@njit(cache=True, nogil=True)
def write_covered(x_m: Floats, y_m: Floats, surface: Surface, covered: NDArray[np.bool_]) -> None:
    """Write which points are in a polygon or in a cell with data; those that are not numbers count as covered."""
    for row in range(len(x_m)):
        covered[row] = True
        known = np.isfinite(x_m[row]) and np.isfinite(y_m[row])
        if known and np.isnan(elevation_at_ft(surface.grid, x_m[row], y_m[row])):
            _, area = floor_at(surface, x_m[row], y_m[row])
            covered[row] = area >= 0
