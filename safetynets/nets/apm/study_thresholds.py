"""APM judged from what is kept: track by track, all parameter sets one after the other while a track is at hand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.study.kernels.follow import (
    BOUNDED,
    TIME_TO_VIOLATION_S,
    Edges,
    Found,
    Watch,
    follow,
    room_for_a_track,
    room_for_alerts,
    with_room,
)
from safetynets.kernel_cache import njit
from safetynets.nets.apm.geometry import Approaches
from safetynets.nets.apm.kernel import ABOVE, BELOW, LEFT, RIGHT, Limits, first_violation
from safetynets.nets.apm.study_geometry import (
    KNOTS,
    ROUNDING_S,
    OfTracks,
    Plots,
    thresholds,
)

Floats = NDArray[np.float64]

WELL_WITHIN_S = 0.01
"""More than a violation by a bound lies beyond the end of its look-ahead."""

OF_LIMITS = ("below_ft", "below_ft_per_nm", "above_ft", "above_ft_per_nm")
OF_NET = ("look_ahead_s", "hysteresis_ft", "hysteresis_m", "hysteresis_s", "warning_time_s", "imminent_s")
SETTING = np.dtype(
    (
        np.record,
        [
            *((name, np.float64) for name in (*OF_LIMITS, *OF_NET)),
            ("near", np.int64),
            ("held", np.int64),
            ("surely_held", np.int64),
            ("warned", np.int64),
            ("imminent", np.int64),
        ],
    )
)
"""The judged parameters of one set; then which rows of the bounds say whether a plot can violate within the look-ahead
and within the warning time while held, whether it surely does (-1 for none), whether it surely violates within the
warning time (-1), and whether it can imminently."""


class Settings(NamedTuple):
    """Many sets: one `SETTING` each, and which kinds of deviation are watched."""

    sets: NDArray[np.void]
    enabled: NDArray[np.bool_]


def with_bounds(sets: NDArray[np.void], longest_s: float) -> NDArray[np.void]:
    """The settings, with the rows of the bounds that answer for them."""
    part_s = longest_s * (np.arange(KNOTS) + 1) / KNOTS
    warned_s = np.minimum(sets["look_ahead_s"], sets["warning_time_s"])
    held_s = warned_s + sets["hysteresis_s"]
    for name, duration_s in (("near", sets["look_ahead_s"]), ("held", held_s), ("imminent", sets["imminent_s"])):
        sets[name] = np.minimum(np.searchsorted(part_s, duration_s), KNOTS - 1)
    for name, duration_s in (("surely_held", held_s), ("warned", warned_s)):
        sets[name] = np.searchsorted(part_s, duration_s - WELL_WITHIN_S, side="right") - 1
    return sets


@inlined
def _limits(settings: Settings, s: int) -> Limits:
    """The limits of a set."""
    of_set = settings.sets[s]
    return Limits(
        settings.enabled[s],
        of_set.below_ft,
        of_set.below_ft_per_nm,
        of_set.above_ft,
        of_set.above_ft_per_nm,
        of_set.look_ahead_s,
    )


@njit(cache=True, nogil=True)
def judge(
    plots: Plots, of_tracks: OfTracks, approaches: Approaches, settings: Settings, edges: Edges, watch: Watch
) -> tuple[Floats, NDArray[np.int64]]:
    """The alerts of each set, by track, and how many; no path leaves a coverage, so that there are no edges."""
    first, sets = of_tracks.first, settings.sets
    alerts, count = room_for_alerts(len(sets), len(first)), np.zeros(len(sets), np.int64)
    noticing = np.empty(len(sets), np.int64)
    found, most, least = room_for_a_track(first), 0, np.empty((len(sets), 4))
    _write_least(settings, least)
    for k in range(len(first) - 1):
        alerts = with_room(alerts, most, first[k + 1] - first[k])
        for s in noticing[: _noticing(of_tracks, k, sets, least, noticing)]:
            judged = _judge_track(plots, of_tracks, k, approaches, settings, s, edges, watch, found, alerts, count)
            most = max(most, judged)
    return alerts, count


@inlined
def _judge_track(
    plots: Plots,
    of_tracks: OfTracks,
    k: int,
    approaches: Approaches,
    settings: Settings,
    s: int,
    edges: Edges,
    watch: Watch,
    found: Found,
    alerts: Floats,
    count: NDArray[np.int64],
) -> int:
    """Write the alerts of a set on a track behind those that it has, and return how many it has then."""
    before, look_ahead_s = count[s], settings.sets[s].look_ahead_s
    first, last = of_tracks.first[k], of_tracks.first[k + 1]
    found_count, has_hit = _find(plots, first, last, approaches, settings, s, found)
    if has_hit:
        count[s] = follow(found, found_count, plots.track[first], edges, watch, s, alerts[s], before)
    for a in range(before, count[s]):
        q = int(alerts[s, a, BOUNDED])
        if q >= 0:
            alerts[s, a, TIME_TO_VIOLATION_S] = _first_violation_s(
                plots, q, approaches, settings, s, 0.0, 0.0, look_ahead_s
            )
    return int(count[s])


@inlined
def _write_least(settings: Settings, least: Floats) -> None:
    """Write what the bounds of a track must exceed for each set to notice it."""
    for s in range(len(settings.sets)):
        least[s] = thresholds(_limits(settings, s), 0.0, 0.0)


@inlined
def _noticing(of_tracks: OfTracks, k: int, sets: NDArray[np.void], least: Floats, noticing: NDArray[np.int64]) -> int:
    """Write which sets could notice the kept plots of track k, and return how many."""
    low, high, left, right = of_tracks.low_ft, of_tracks.high_ft, of_tracks.left_m, of_tracks.right_m
    count = 0
    for s in range(len(sets)):
        row = sets[s].near
        noticing[count] = s
        count += (
            (low[row, k] > least[s, BELOW])
            | (high[row, k] > least[s, ABOVE])
            | (left[row, k] > least[s, LEFT])
            | (right[row, k] > least[s, RIGHT])
        )
    return count


@inlined
def _find(
    plots: Plots, first: int, last: int, approaches: Approaches, settings: Settings, s: int, found: Found
) -> tuple[int, bool]:
    """Write what a set finds for the kept plots of a track, and return for how many, and whether there is a hit.

    Only where a track had a predicted hit before can an alert be held on to. The moment of a plot that violates later
    than imminently and within the warning time is not worked out: it matters only where an alert starts.
    """
    of_set, limits = settings.sets[s], _limits(settings, s)
    hysteresis_ft, hysteresis_m, look_ahead_s = of_set.hysteresis_ft, of_set.hysteresis_m, of_set.look_ahead_s
    warning_time_s, low_ft_per_nm = of_set.warning_time_s, of_set.below_ft_per_nm
    limit_s = warning_time_s + of_set.hysteresis_s
    low, high, left, right = plots.low_ft, plots.high_ft, plots.left_m, plots.right_m
    surely_low, low_now, distance_nm, rows = plots.surely_low_ft, plots.low_now_ft, plots.distance_nm, plots.row
    near, held, warned, surely_held = of_set.near, of_set.held, of_set.warned, of_set.surely_held
    low_ft, high_ft, left_m, right_m = thresholds(limits, 0.0, 0.0)
    held_low_ft, held_high_ft, held_left_m, held_right_m = thresholds(limits, hysteresis_ft, hysteresis_m)
    watches_below = limits.enabled[BELOW]
    only_below = not (limits.enabled[ABOVE] or limits.enabled[LEFT] or limits.enabled[RIGHT])
    # More than this below nominal is a violation, whatever the rounding.
    surely_ft = of_set.below_ft + ROUNDING_FT if watches_below else np.inf
    count, has_hit = 0, False
    for q in range(first, last):
        is_near = low[near, q] > low_ft or (
            not only_below and (high[near, q] > high_ft or left[near, q] > left_m or right[near, q] > right_m)
        )
        is_held = has_hit and (
            low[held, q] > held_low_ft
            or (
                not only_below
                and (high[held, q] > held_high_ft or left[held, q] > held_left_m or right[held, q] > held_right_m)
            )
        )
        if not (is_near or is_held):
            continue
        violation_s, hold_violation_s, bounded = np.inf, np.inf, -1
        below_limit_ft = low_now[q] - low_ft_per_nm * distance_nm[q]
        if below_limit_ft > surely_ft:
            violation_s = 0.0
        elif (
            only_below
            and warned >= 0
            and surely_low[warned, q] > surely_ft
            and below_limit_ft < low_ft
            and (of_set.imminent_s == 0.0 or low[of_set.imminent, q] < low_ft)
        ):
            violation_s, bounded = min(look_ahead_s, warning_time_s), q
        elif is_near:
            violation_s = _first_violation_s(plots, q, approaches, settings, s, 0.0, 0.0, look_ahead_s)
        if violation_s == np.inf and not is_held:
            continue
        if violation_s < limit_s - ROUNDING_S:
            hold_violation_s = violation_s
        elif is_held and (
            below_limit_ft > surely_ft - hysteresis_ft
            or (surely_held >= 0 and surely_low[surely_held, q] > surely_ft - hysteresis_ft)
        ):
            hold_violation_s = 0.0
        elif is_held:
            hold_s = look_ahead_s + of_set.hysteresis_s
            hold_violation_s = _first_violation_s(
                plots, q, approaches, settings, s, hysteresis_ft, hysteresis_m, hold_s
            )
        has_hit = has_hit or violation_s <= warning_time_s
        found.row[count], found.bounded[count] = rows[q], bounded
        found.violation_s[count], found.hold_violation_s[count] = violation_s, hold_violation_s
        found.undecided[count], found.severe[count] = False, violation_s == 0.0
        count += 1
    return count, has_hit


@inlined
def _first_violation_s(
    plots: Plots,
    q: int,
    approaches: Approaches,
    settings: Settings,
    s: int,
    tightened_ft: float,
    tightened_m: float,
    duration_s: float,
) -> float:
    """When one plot violates limits tightened by so much."""
    violation_s, _ = first_violation(
        approaches,
        plots.approach[q],
        _limits(settings, s),
        tightened_ft,
        tightened_m,
        duration_s,
        plots.distance_nm[q],
        plots.closing_nmps[q],
        plots.cross_m[q],
        plots.drift_mps[q],
        plots.altitude_ft[q],
        plots.rate_ftps[q],
    )
    return violation_s
