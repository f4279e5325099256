"""When a volume is active: its schedule as spans of UTC time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.sites.geometry import Schedule
from safetynets.units import S_PER_DAY

WEEK_S = 7 * S_PER_DAY
MONDAY_S = 4 * S_PER_DAY
"""1970-01-05 00:00 UTC, the first Monday of UTC time."""


def active_periods(schedule: Schedule, from_s: float, to_s: float) -> list[tuple[float, float]]:
    """Spans (start_s, end_s) of activity that meet [from_s, to_s], ascending, overlapping ones joined.

    >>> active_periods(Schedule(permanent=True, on=False, periods=(), weekly=()), 0.0, 1.0)
    [(-inf, inf)]
    """
    if schedule.permanent or schedule.on:
        return [(-np.inf, np.inf)]
    spans = [(period.start_s, period.end_s) for period in schedule.periods]
    for weekly in schedule.weekly:
        first_s = MONDAY_S + weekly.weekday * S_PER_DAY + weekly.start_s
        start_s = first_s + np.floor((from_s - weekly.duration_s - first_s) / WEEK_S) * WEEK_S
        while start_s <= to_s:
            spans.append((start_s, start_s + weekly.duration_s))
            start_s += WEEK_S
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted(spans):
        if end_s < from_s or start_s > to_s:
            continue
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((float(start_s), float(end_s)))
    return joined


def is_active(schedule: Schedule, time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the schedule is active at each of the times."""
    active = np.zeros(len(time_s), dtype=np.bool_)
    if len(time_s):
        for start_s, end_s in active_periods(schedule, float(time_s.min()), float(time_s.max())):
            active |= (time_s >= start_s) & (time_s < end_s)
    return active
