"""MSAW judged from what is kept: track by track, all parameter sets one after the other while a track is at hand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.legs import ROUNDING_FT, Forecast, predicted_paths
from safetynets.engine.kernels.shapes import Room
from safetynets.engine.kernels.terrain import first_below_s
from safetynets.engine.study.kernels.follow import (
    BOUNDED,
    TIME_TO_VIOLATION_S,
    Found,
    Watch,
    follow,
    room_for_a_track,
    room_for_alerts,
    with_room,
)
from safetynets.kernel_cache import njit, part
from safetynets.nets.msaw.kernel import Surface, earliest_below
from safetynets.nets.msaw.study_geometry import (
    ALTITUDE,
    AREA,
    ELEVATION,
    FROM,
    HERE_MINIMUM,
    HERE_TOP,
    KNOTS,
    LEG,
    LEVEL,
    LEVEL_AFTER,
    RATE,
    SLACK,
    SLACK_FT,
    TO,
    Kept,
    Needs,
)

Floats = NDArray[np.float64]

TWICE_FT = 2.0 * SLACK_FT + 0.01
"""A need that is met by more is met, whatever was added to it and however it was rounded."""
WELL_WITHIN_S = 0.01
"""More than any moment of a need lies beyond the end of its look-ahead."""

JUDGED = (
    "terrain_clearance_ft",
    "below_minimum_ft",
    "look_ahead_s",
    "hysteresis_ft",
    "hysteresis_s",
    "warning_time_s",
    "imminent_s",
)
SETTING = np.dtype(
    (
        np.record,
        np.dtype(
            [
                *((name, np.float64) for name in JUDGED),
                ("escape_test", np.bool_),
                ("near", np.int64),
                ("held", np.int64),
                ("surely_held", np.int64),
                ("warned", np.int64),
                ("imminent", np.int64),
            ],
            align=True,
        ),
    )
)
"""The judged parameters of one set; then which rows of the needs say whether a plot can violate within the look-ahead
and within the warning time while held, whether it surely does (-1 for none), whether it surely violates within the
warning time (-1), and whether it can imminently."""


class Settings(NamedTuple):
    """Many sets: one `SETTING` each, the floor each area then asks for, and how each looks ahead along turns."""

    sets: NDArray[np.void]
    floor_ft: Floats
    forecast: Forecast
    room: Room


def with_needs(sets: NDArray[np.void], longest_s: float) -> NDArray[np.void]:
    """The settings, with the rows of the needs that answer for them."""
    part_s = (np.arange(KNOTS) + 1) * (longest_s / KNOTS)
    warned_s = np.minimum(sets["look_ahead_s"], sets["warning_time_s"])
    held_s = warned_s + sets["hysteresis_s"]
    for name, duration_s in (("near", sets["look_ahead_s"]), ("held", held_s), ("imminent", sets["imminent_s"])):
        sets[name] = np.minimum(np.searchsorted(part_s, duration_s), KNOTS - 1)
    for name, duration_s in (("surely_held", held_s), ("warned", warned_s)):
        sets[name] = np.searchsorted(part_s, duration_s - WELL_WITHIN_S, side="right") - 1
    return sets


@njit(cache=True, nogil=True)
def judge(kept: Kept, settings: Settings, surface: Surface, watch: Watch) -> tuple[Floats, NDArray[np.int64]]:
    """The alerts of each set, by track, and how many; `surface` is for the plots whose turn is followed."""
    first, sets = kept.needs.first_of_track, settings.sets
    alerts, count = room_for_alerts(len(sets), len(first)), np.zeros(len(sets), np.int64)
    noticing = np.empty(len(sets), np.int64)
    found, most = room_for_a_track(first), 0
    for k in range(len(first) - 1):
        alerts = with_room(alerts, most, first[k + 1] - first[k])
        for s in noticing[: _noticing(kept.needs, k, sets, noticing)]:
            most = max(most, _judge_track(kept, k, settings, s, surface, watch, found, alerts, count))
    return alerts, count


@inlined
def _judge_track(
    kept: Kept,
    k: int,
    settings: Settings,
    s: int,
    surface: Surface,
    watch: Watch,
    found: Found,
    alerts: Floats,
    count: NDArray[np.int64],
) -> int:
    """Write the alerts of a set on a track behind those that it has, and return how many it has then."""
    of_set, before = settings.sets[s], count[s]
    first, last = kept.needs.first_of_track[k], kept.needs.first_of_track[k + 1]
    found_count, has_hit = _find(kept, first, last, settings, s, surface, found)
    if has_hit:
        count[s] = follow(found, found_count, kept.plots.track[first], kept.edges, watch, s, alerts[s], before)
    for a in range(before, count[s]):
        q = int(alerts[s, a, BOUNDED])
        if q >= 0:
            alerts[s, a, TIME_TO_VIOLATION_S] = _first_below_s(
                kept, q, settings.floor_ft[s], of_set.terrain_clearance_ft, 0.0, of_set.look_ahead_s
            )
    return int(count[s])


@inlined
def _noticing(needs: Needs, k: int, sets: NDArray[np.void], noticing: NDArray[np.int64]) -> int:
    """Write which sets could notice the kept plots of track k, and return how many."""
    clearance_ft, below_minimum_ft, count = needs.track_clearance_ft, needs.track_below_minimum_ft, 0
    for s in range(len(sets)):
        row = sets[s].near
        noticing[count] = s
        count += (clearance_ft[row, k] < sets[s].terrain_clearance_ft) | (
            below_minimum_ft[row, k] > sets[s].below_minimum_ft
        )
    return count


@inlined
def _find(
    kept: Kept, first: int, last: int, settings: Settings, s: int, surface: Surface, found: Found
) -> tuple[int, bool]:
    """Write what a set finds for the kept plots of a track, and return for how many, and whether there is a hit.

    Only where a track had a predicted hit before can an alert be held on to. The moment of a plot that violates later
    than imminently and within the warning time is not worked out: it matters only where an alert starts.
    """
    plots, needs, of_set, floor_ft = kept.plots, kept.needs, settings.sets[s], settings.floor_ft[s]
    clearance_ft, below_minimum_ft = of_set.terrain_clearance_ft, of_set.below_minimum_ft
    look_ahead_s, warning_time_s = of_set.look_ahead_s, of_set.warning_time_s
    hold_s, limit_s = look_ahead_s + of_set.hysteresis_s, warning_time_s + of_set.hysteresis_s
    held_clearance_ft = clearance_ft + of_set.hysteresis_ft
    held_below_minimum_ft = below_minimum_ft - of_set.hysteresis_ft
    near_ft, near_minimum_ft = needs.clearance_ft[of_set.near], needs.below_minimum_ft[of_set.near]
    hold_ft, hold_minimum_ft = needs.clearance_ft[of_set.held], needs.below_minimum_ft[of_set.held]
    surely_ft, surely_minimum_ft = needs.clearance_ft[of_set.surely_held], needs.below_minimum_ft[of_set.surely_held]
    warned_ft, warned_minimum_ft = needs.clearance_ft[of_set.warned], needs.below_minimum_ft[of_set.warned]
    imminent_ft, imminent_minimum_ft = needs.clearance_ft[of_set.imminent], needs.below_minimum_ft[of_set.imminent]
    row, turning, escape_fails = plots.row, plots.turning, plots.escape_fails
    count, has_hit = 0, False
    for q in range(first, last):
        is_near = near_ft[q] < clearance_ft or near_minimum_ft[q] > below_minimum_ft
        is_held = has_hit and (hold_ft[q] < held_clearance_ft or hold_minimum_ft[q] > held_below_minimum_ft)
        if not (is_near or is_held):
            continue
        violation_s, hold_violation_s, undecided, bounded = np.inf, np.inf, False, -1
        if turning[q] >= 0:
            violation_s, hold_violation_s, undecided = _follow_turn(kept, q, settings, s, surface)
        elif is_near and _is_below(plots.path, q, clearance_ft, below_minimum_ft):
            violation_s = 0.0
        elif (
            of_set.warned >= 0
            and (warned_ft[q] < clearance_ft - TWICE_FT or warned_minimum_ft[q] > below_minimum_ft + TWICE_FT)
            and imminent_ft[q] >= clearance_ft
            and imminent_minimum_ft[q] <= below_minimum_ft
        ):
            violation_s, bounded = min(look_ahead_s, warning_time_s), q
        elif is_near:
            violation_s = _first_below_s(kept, q, floor_ft, clearance_ft, 0.0, look_ahead_s)
        if turning[q] < 0:
            if violation_s == np.inf and not is_held:
                continue
            if violation_s <= limit_s:
                hold_violation_s = violation_s
            elif not is_held:
                hold_violation_s = np.inf
            elif (
                of_set.surely_held >= 0
                and (
                    surely_ft[q] < held_clearance_ft - TWICE_FT
                    or surely_minimum_ft[q] > held_below_minimum_ft + TWICE_FT
                )
                # What is here may not be on the path: on the edge of an area.
                and not _is_below(plots.path, q, held_clearance_ft, held_below_minimum_ft)
            ):
                hold_violation_s = limit_s
            else:
                hold_violation_s = _first_below_s(kept, q, floor_ft, clearance_ft, of_set.hysteresis_ft, hold_s)
        has_hit = has_hit or violation_s <= warning_time_s
        found.row[count], found.bounded[count] = row[q], bounded
        found.violation_s[count], found.hold_violation_s[count] = violation_s, hold_violation_s
        found.undecided[count] = undecided
        found.severe[count] = escape_fails[q] if of_set.escape_test else violation_s == 0.0
        count += 1
    return count, has_hit


@inlined
def _is_below(path: Floats, q: int, clearance_ft: float, below_minimum_ft: float) -> bool:
    """Whether the aircraft is below the floor of an area or obstacle now; below that of terrain, its path begins so."""
    return bool(
        path[q, ALTITUDE] < path[q, HERE_TOP] + clearance_ft
        or path[q, ALTITUDE] < path[q, HERE_MINIMUM] - below_minimum_ft
    )


@separate
def _first_below_s(
    kept: Kept, q: int, floor_ft: Floats, clearance_ft: float, lowered_ft: float, duration_s: float
) -> float:
    """First violation (s) of one plot flown `lowered_ft` lower, within the duration; inf for none."""
    cells, cell_need_ft, areas, path = kept.cells, kept.cell_need_ft, kept.areas, kept.plots.path
    at_cell, last_cell = kept.plots.first_cell[q], kept.plots.first_cell[q + 1]
    at_area, last_area = kept.plots.first_area[q], kept.plots.first_area[q + 1]
    level_after_s = path[q, LEVEL_AFTER]
    levels_off = 0.0 < level_after_s < duration_s
    # A need is of the path as it is; flown lower it needs that much less.
    needed_ft = clearance_ft + lowered_ft + ROUNDING_FT
    for leg in range(2 if levels_off else 1):
        if leg == 0:
            start_s, leg_s = 0.0, level_after_s if levels_off else duration_s
            altitude_ft, rate_ftps = path[q, ALTITUDE] - lowered_ft, path[q, RATE]
        else:
            start_s, leg_s = level_after_s, duration_s - level_after_s
            altitude_ft, rate_ftps = path[q, LEVEL] - lowered_ft, 0.0
        first_s = np.inf
        while at_area < last_area and areas[at_area, LEG] == leg:
            from_s = areas[at_area, FROM]
            if from_s <= leg_s + areas[at_area, SLACK]:
                to_s, below_ft = min(areas[at_area, TO], leg_s), floor_ft[int(areas[at_area, AREA])]
                first_s = min(first_s, first_below_s(altitude_ft, rate_ftps, min(from_s, leg_s), to_s, below_ft))
            at_area += 1
        while at_cell < last_cell:
            if cell_need_ft[at_cell] < needed_ft:
                if cells[at_cell, LEG] != leg:
                    break
                from_s = cells[at_cell, FROM]
                if from_s > first_s:
                    break
                if from_s <= leg_s:
                    to_s, below_ft = min(cells[at_cell, TO], leg_s), cells[at_cell, ELEVATION] + clearance_ft
                    first_s = min(first_s, first_below_s(altitude_ft, rate_ftps, from_s, to_s, below_ft))
            at_cell += 1
        if first_s < np.inf:
            return start_s + first_s
    return np.inf


@part(_nrt=True)
def _follow_turn(kept: Kept, q: int, settings: Settings, s: int, wide_surface: Surface) -> tuple[float, float, bool]:
    """Judge one plot as the kernel of the net does: chords of a turn depend on how far it is followed."""
    of_set, wide, state = settings.sets[s], settings.forecast, kept.turning_state[kept.plots.turning[q]]
    forecast = Forecast(
        of_set.look_ahead_s,
        wide.climb_credit,
        wide.level_off_tolerance_ft,
        wide.hypotheses,
        of_set.hysteresis_ft,
        of_set.hysteresis_s,
    )
    surface = Surface(
        wide_surface.shapes,
        wide_surface.polygon_count,
        settings.floor_ft[s],
        wide_surface.grid,
        of_set.terrain_clearance_ft,
    )
    straight, turning = predicted_paths(
        state, forecast, of_set.hysteresis_ft, of_set.look_ahead_s + of_set.hysteresis_s
    )
    hold_violation_s, _, _, undecided = earliest_below(straight, turning, surface, forecast.hypotheses, settings.room)
    if hold_violation_s == np.inf and not undecided:
        return np.inf, np.inf, False
    straight, turning = predicted_paths(state, forecast, 0.0, of_set.look_ahead_s)
    violation_s, _, _, undecided = earliest_below(straight, turning, surface, forecast.hypotheses, settings.room)
    if _is_below(kept.plots.path, q, of_set.terrain_clearance_ft, of_set.below_minimum_ft):
        violation_s, undecided = 0.0, False
    return violation_s, hold_violation_s, undecided
