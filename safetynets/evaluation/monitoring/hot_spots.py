"""`hot_spots`: the circles on the map in which most flights were alerted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from safetynets.engine.alerts import Alert
from safetynets.evaluation.monitoring.rates import share
from safetynets.evaluation.monitoring.run_day import RunDay, flights_through
from safetynets.evaluation.study.workforce import Workforce
from safetynets.geodesy import Plane
from safetynets.units import S_PER_H, nm_to_m

RADIUS_NM = 1.0
"""Radius of a hot spot (simulator default)."""
CELL_NM = 0.25
"""Centres are tried that far apart."""
LEAST_FLIGHTS = 3
"""With fewer alerted flights a place is no hot spot (simulator default)."""
MOST = 12

Through = Callable[[Sequence[tuple[float, float]], float], Sequence[int]]
"""From circles (latitude and longitude in degrees) and their radius in metres: how many flights were in each."""


@dataclass(frozen=True, kw_only=True)
class HotSpot:
    """A circle, and the alerts that started in it.

    Attributes
    ----------
    latitude_deg, longitude_deg
        Its centre; the radius is `RADIUS_NM`.
    flights, days
        How many flights were alerted in it, and on how many days.
    nets, places
        Its alerts by net, and by the area that they name.
    hour
        The hour of the day (UTC) with most of them.
    nuisance, labelled
        How many of its alerts are a nuisance, of those that a label tells of.
    members
        Its alerts: number of the day, and the alert.
    through
        How many flights were in the circle at all; 0 where that is not known.
    """

    latitude_deg: float
    longitude_deg: float
    flights: int
    days: int
    nets: Mapping[str, int]
    places: Mapping[str, int]
    hour: int
    nuisance: int
    labelled: int
    members: tuple[tuple[int, Alert], ...]
    through: int = 0

    @property
    def share(self) -> tuple[float, float, float]:
        """Flights alerted for each 1,000 that were in the circle, with the 95 % interval."""
        return share(self.flights, self.through)


@dataclass(frozen=True)
class _Circles:
    """Circles in which the flights of a day are counted."""

    folder: Path
    circles: tuple[tuple[float, float], ...]
    radius_m: float


def _count(task: _Circles) -> list[int]:
    return flights_through(task.folder, task.circles, task.radius_m)


def through_of(days: Sequence[RunDay], hands: Workforce) -> Through:
    """Counts the flights of all days that were in each circle, from their saved tracks."""

    def through(circles: Sequence[tuple[float, float]], radius_m: float) -> list[int]:
        tasks = [_Circles(day.folder, tuple(circles), radius_m) for day in days]
        return [sum(of_circle) for of_circle in zip(*hands.do(_count, tasks), strict=True)]

    return through


def hot_spots(days: Sequence[RunDay], through: Through | None = None) -> tuple[HotSpot, ...]:
    """The circles in which most flights were alerted, the greatest first; no alert is in two of them.

    Around the first alert in each cell of `CELL_NM` lies a circle of `RADIUS_NM`. The one with most alerted flights is
    taken, its alerts are put aside, and so on, as in a scan statistic (Kulldorff 1997) without its test: the share of
    the flights that were there says whether a place is more than busy.
    """
    alerts = [(number, at, alert) for number, day in enumerate(days) for at, alert in enumerate(day.alerts)]
    alerts = [each for each in alerts if np.isfinite(each[2].latitude_deg) and np.isfinite(each[2].longitude_deg)]
    if not alerts:
        return ()
    latitude_deg = np.array([alert.latitude_deg for _, _, alert in alerts])
    longitude_deg = np.array([alert.longitude_deg for _, _, alert in alerts])
    points = np.column_stack(
        Plane(float(latitude_deg.mean()), float(longitude_deg.mean())).to_plane(latitude_deg, longitude_deg)
    )
    names = {name: place for place, name in enumerate(dict.fromkeys((n, a.track) for n, _, a in alerts))}
    flight = np.array([names[number, alert.track] for number, _, alert in alerts])
    found = [
        _hot_spot(alerts[centre][2], [alerts[row] for row in rows], days) for centre, rows in _circles(points, flight)
    ]
    if through is None or not found:
        return tuple(found)
    passed = through([(one.latitude_deg, one.longitude_deg) for one in found], nm_to_m(RADIUS_NM))
    return tuple(replace(one, through=count) for one, count in zip(found, passed, strict=True))


def _circles(points: NDArray[np.float64], flight: NDArray[np.int64]) -> list[tuple[int, NDArray[np.intp]]]:
    """The point in the middle of each circle, and the points in it."""
    cells = np.floor(points / nm_to_m(CELL_NM)).astype(np.int64)
    middles = np.sort(np.unique(cells, axis=0, return_index=True)[1])
    near = cKDTree(points).query_ball_point(points[middles], nm_to_m(RADIUS_NM), return_sorted=True)
    middle = np.repeat(np.arange(len(middles)), [len(each) for each in near])
    point = np.concatenate([np.asarray(each, dtype=np.intp) for each in near])
    free = np.ones(len(points), dtype=np.bool_)
    found: list[tuple[int, NDArray[np.intp]]] = []
    while len(found) < MOST:
        open_rows = free[point]
        pairs = np.unique(middle[open_rows] * (int(flight.max()) + 1) + flight[point[open_rows]])
        counts = np.bincount(pairs // (int(flight.max()) + 1), minlength=len(middles))
        best = int(counts.argmax())
        if counts[best] < LEAST_FLIGHTS:
            break
        members = point[(middle == best) & open_rows]
        free[members] = False
        found.append((int(middles[best]), members))
    return found


def _hot_spot(centre: Alert, members: Sequence[tuple[int, int, Alert]], days: Sequence[RunDay]) -> HotSpot:
    """What is told of a circle around an alert; members are number of the day, place in it, and alert."""
    said = [days[number].nuisance[at] for number, at, _ in members]
    hours = Counter(int(alert.start_time_s // S_PER_H) % 24 for _, _, alert in members)
    return HotSpot(
        latitude_deg=centre.latitude_deg,
        longitude_deg=centre.longitude_deg,
        flights=len({(number, alert.track) for number, _, alert in members}),
        days=len({number for number, _, _ in members}),
        nets=dict(Counter(alert.net for _, _, alert in members).most_common()),
        places=dict(Counter(alert.area or alert.group for _, _, alert in members).most_common()),
        hour=min(hours, key=lambda hour: (-hours[hour], hour)),
        nuisance=sum(each is True for each in said),
        labelled=sum(each is not None for each in said),
        members=tuple((number, alert) for number, _, alert in members),
    )
