"""Every small schedule of a volume, moment by moment, against what a calendar says."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from safetynets.engine import schedules
from safetynets.engine.kernels.shapes import Shapes
from safetynets.engine.kernels.volumes import Volumes, is_active
from safetynets.kernel_cache import njit
from safetynets.sites.geometry import Period, Schedule, WeeklyPeriod

HOUR_S, DAY_S, WEEK_S = 3600.0, 86400.0, 7 * 86400.0
MONDAY_S = 1_700_438_400.0
"""2023-11-20 00:00 UTC, a Monday."""

ASKED_S = MONDAY_S, MONDAY_S + 2 * WEEK_S

PROPERTIES = {
    "calendar": "A volume is active at a moment exactly when a period of its schedule holds it; the end is outside.",
    "order": "Spans of activity come in order and never meet.",
    "window": "Whether a volume is active at a moment does not depend on the span of time that is asked about.",
    "kernel": "The compiled nets see a volume active at the same moments.",
}


def small_schedules() -> Iterator[Schedule]:
    """Every choice of up to two weekly periods, every choice of up to three dated ones, and the switches."""
    weekly = [
        WeeklyPeriod(weekday, start_s, duration_s)
        for weekday in (0, 3, 6)
        for start_s in (0.0, 12 * HOUR_S, 23 * HOUR_S)
        for duration_s in (HOUR_S, 12 * HOUR_S, DAY_S, 3 * DAY_S, WEEK_S)
    ]
    yield from (Schedule(False, False, (), chosen) for n in (0, 1, 2) for chosen in itertools.combinations(weekly, n))
    moments_s = [MONDAY_S + hours * HOUR_S for hours in (0.0, 1.0, 24.0, 200.0)]
    dated = [Period(a, b) for a, b in itertools.combinations(moments_s, 2)]
    yield from (Schedule(False, False, chosen, ()) for n in (1, 2, 3) for chosen in itertools.combinations(dated, n))
    yield from (Schedule(False, False, (a,), (b,)) for a, b in itertools.product(dated, weekly[::4]))
    yield Schedule(True, False, (), ())
    yield Schedule(False, True, (), ())


def by_the_calendar(schedule: Schedule, time_s: np.ndarray) -> np.ndarray:
    """Whether the schedule is active at each moment, asked of every period of every week by itself."""
    active = np.full(len(time_s), schedule.permanent or schedule.on)
    for period in schedule.periods:
        active |= (period.start_s <= time_s) & (time_s < period.end_s)
    for weekly in schedule.weekly:
        for week in range(-3, 5):
            start_s = MONDAY_S + week * WEEK_S + weekly.weekday * DAY_S + weekly.start_s
            active |= (start_s <= time_s) & (time_s < start_s + weekly.duration_s)
    return active


def moments_of(schedule: Schedule) -> np.ndarray:
    """Moments at, just before and just after everything that may change, within the span asked about."""
    edges = {*ASKED_S, *(s for p in schedule.periods for s in (p.start_s, p.end_s))}
    for weekly, week in itertools.product(schedule.weekly, range(-2, 4)):
        start_s = MONDAY_S + week * WEEK_S + weekly.weekday * DAY_S + weekly.start_s
        edges |= {start_s, start_s + weekly.duration_s}
    near = np.unique(np.add.outer(sorted(edges), (-1.0, 0.0, 1.0)))
    return near[(near >= ASKED_S[0]) & (near <= ASKED_S[1])]


@njit()
def kernel_is_active(volumes, time_s):
    """Whether volume 0 is active at each moment, as the nets ask."""
    active = np.empty(len(time_s), dtype=np.bool_)
    for i in range(len(time_s)):
        active[i] = is_active(volumes, 0, time_s[i])
    return active


def check(active_periods: Callable[..., list[tuple[float, float]]] = schedules.active_periods) -> dict[str, int]:
    """How many schedules and moments were checked, and how many break each property."""
    counts = dict.fromkeys(("schedules", "moments", *PROPERTIES), 0)
    for schedule in small_schedules():
        time_s = moments_of(schedule)
        spans = active_periods(schedule, *ASKED_S)
        active = by_the_calendar(schedule, time_s)
        said = _within(spans, time_s)
        alone = np.array([bool(_within(active_periods(schedule, t, t), np.array([t]))[0]) for t in time_s[::7]])
        counts["schedules"] += 1
        counts["moments"] += len(time_s)
        counts["calendar"] += int((said != active).sum())
        counts["order"] += sum(bool(before[1] >= after[0]) for before, after in itertools.pairwise(spans))
        counts["window"] += int((alone != active[::7]).sum())
        counts["kernel"] += int((kernel_is_active(_volumes(spans), time_s) != active).sum())
    return counts


def _within(spans: list[tuple[float, float]], time_s: np.ndarray) -> np.ndarray:
    inside = np.zeros(len(time_s), dtype=bool)
    for start_s, end_s in spans:
        inside |= (start_s <= time_s) & (time_s < end_s)
    return inside


def _volumes(spans: list[tuple[float, float]]) -> Volumes:
    """One volume without a shape that is active in these spans."""
    whole, none = np.zeros(2, dtype=np.int64), np.zeros((0, 2))
    shapes = Shapes(none, whole, whole, np.zeros((1, 4)), np.zeros((1, 2)), np.full(1, -1.0))
    no, zero = np.zeros(1, dtype=np.bool_), np.zeros(1)
    active_s = np.array(spans, dtype=np.float64).reshape(-1, 2)
    return Volumes(shapes, zero, no, zero, no, np.array([0, len(spans)], dtype=np.int64), active_s)
