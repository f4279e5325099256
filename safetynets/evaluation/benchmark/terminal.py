"""Flights of a terminal area that stray: below a minimum altitude, towards the ground, or into a volume.

They are made of the ordinary flights under IFR of a generated day, each once. What must be alerted follows from the
path alone: a net has no say in it. Those of the final split are flown by `final_faults.flight_astray`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import shapely
from numpy.random import Generator

from safetynets.engine.schedules import is_active
from safetynets.errors import ScenarioError
from safetynets.evaluation.benchmark.final_faults import flight_astray, limits_ft
from safetynets.evaluation.search.situation import flights_of
from safetynets.sites import Site
from safetynets.sites.approach_path import along_and_across
from safetynets.sites.geometry import Volume
from safetynets.tracks import Tracks
from safetynets.traffic import apply_faults
from safetynets.traffic.altitudes import known_altitude_ft
from safetynets.traffic.clearance import height_above_ground_ft
from safetynets.traffic.faults import Fault
from safetynets.traffic.faults.models import TurnTowardsTerrain, VectoredBelowMinimum
from safetynets.traffic.places import ground
from safetynets.units import nm_to_m

BELOW_MINIMUM_FT = 250.0
"""So far below the minimum altitude of its place a flight must be alerted; less than half of it is ordinary."""
NEAR_GROUND_FT, CLEAR_OF_GROUND_FT = 500.0, 1000.0
"""So near to the ground a flight must be alerted; from the second on it is ordinary."""
ORDINARY_SHARE = 0.5
INSIDE_S = 8.0
"""A flight that is inside a volume as long as this must be alerted: two plots of a terminal radar."""
AHEAD_S = 120.0
"""The situation begins this long before: ground-based safety nets warn up to two minutes ahead."""
TERRAIN, AIRSPACE = "terrain", "airspace"
FINAL_NM, FINAL_WIDTH_NM = 12.0, 1.5
"""How long and how far to each side a final approach is, on which the terrain of the area is not the task."""
MOVED_M, MOVED_FT = 50.0, 50.0
"""A plot this far from where it was has left its path."""
LEAST_PLOTS = 60
LEAST_HEIGHT_FT = 1500.0
"""A flight turns towards the ground from at least this height above it."""
LAST_S = 300.0
"""Not in the last minutes of its track, where it lands."""
INSIDE_FT = 100.0
"""How far inside the vertical limits of a volume a flight is that turns into it."""
NEAREST_NM, FARTHEST_NM = 3.0, 15.0
"""From how far from the middle of a volume."""
MOST_DRAWN = 300


@dataclass(frozen=True)
class Strayed:
    """A flight that strays: its plots, the task and the fault, its truth, and from when to when it is to be alerted."""

    tracks: Tracks
    task: str
    fault: str
    truth: str
    begin_s: float
    event_s: float


def strayed(
    tracks: Tracks,
    ordinary: Sequence[int],
    site: Site,
    qnh_hpa: float,
    count: int,
    random: Generator,
    *,
    final: bool = False,
) -> Iterator[Strayed]:
    """So many flights of each task that the site has a place for; of three in `terrain` two must be alerted.

    Those of the final split stray in another way.
    """
    for task in (TERRAIN, AIRSPACE):
        left = [n for n in ordinary if _plots(tracks, n) >= LEAST_PLOTS and tracks.flight_rules[n] == "IFR"]
        for place in range(count):
            wanted = "ordinary" if task == TERRAIN and place % 3 == 2 else "must"
            for _ in range(MOST_DRAWN):
                if not left:
                    break
                at = int(random.integers(len(left)))
                flight = flights_of(tracks, [left[at]])
                flown = (_astray if final else _with_fault)(flight, task, site, qnh_hpa, random)
                found = None if flown is None else _judged(flight, flown, task, site, qnh_hpa)
                if found is not None and found.truth == wanted:
                    del left[at]
                    yield found
                    break


def _plots(tracks: Tracks, number: int) -> int:
    rows = tracks.rows_of(number)
    return int(rows.stop - rows.start)


class _Flown(NamedTuple):
    """A flight with its fault: what the fault is called, when it begins, and the volume it leads into."""

    tracks: Tracks
    fault: str
    start_s: float
    volume: Volume | None


def _judged(flight: Tracks, flown: _Flown, task: str, site: Site, qnh_hpa: float) -> Strayed | None:
    """The flight with its truth; None where little is left of it."""
    after = flown.tracks
    if len(after) < LEAST_PLOTS / 2:
        return None
    if flown.volume is not None:
        truth, event_s = into_volume(after, flown.volume, qnh_hpa)
    else:
        truth, event_s = towards_the_ground(flight, after, site, qnh_hpa)
    begin_s = min(max(flown.start_s, event_s - AHEAD_S), event_s)
    if truth != "must":
        begin_s, event_s = float(after.time_s[0]), float(after.time_s[-1])
    return Strayed(after, task, flown.fault, truth, begin_s, event_s)


def _with_fault(flight: Tracks, task: str, site: Site, qnh_hpa: float, random: Generator) -> _Flown | None:
    """The flight with a fault of this task; None where it does not fit the flight."""
    fault: Fault | None
    volume = None
    if task == AIRSPACE:
        fault, volume = _into_a_volume(flight, site, qnh_hpa, random)
    elif site.minimum_altitudes and random.random() < 0.5:
        fault = _below_a_minimum(flight, site, random)
    else:
        fault = _towards_the_ground(flight, site, qnh_hpa, random)
    if fault is None:
        return None
    try:
        after, (record,) = apply_faults(flight, (fault,), site, qnh_hpa)
    except ScenarioError:
        return None
    return _Flown(after, fault.fault if volume is None else "into_volume", record.start_time_s, volume)


def _astray(flight: Tracks, task: str, site: Site, qnh_hpa: float, random: Generator) -> _Flown | None:
    """The same by the generator of the final split."""
    volume = None
    if task == AIRSPACE:
        closed = _closed(flight, site)
        if not closed:
            return None
        volume = closed[int(random.integers(len(closed)))]
    flown = flight_astray(flight, site, volume, qnh_hpa, random)
    return None if flown is None else _Flown(*flown, volume)


def _closed(flight: Tracks, site: Site) -> list[Volume]:
    """The volumes in which a flight under these rules is not allowed."""
    rules = str(flight.flight_rules[0])
    return [each for each in site.volumes if not (rules and rules in each.allowed_flight_rules)]


def _below_a_minimum(flight: Tracks, site: Site, random: Generator) -> Fault:
    return VectoredBelowMinimum(
        fault="vectored_below_minimum",
        callsign=str(flight.callsign[0]),
        minimum=site.minimum_altitudes[int(random.integers(len(site.minimum_altitudes)))].name,
        by_ft=round(float(random.uniform(50.0, 1500.0)), 1),
    )


def _towards_the_ground(flight: Tracks, site: Site, qnh_hpa: float, random: Generator) -> Fault | None:
    high = height_above_ground_ft(flight, 0, ground(site), qnh_hpa) >= LEAST_HEIGHT_FT
    places = np.flatnonzero(high & (flight.time_s < flight.time_s[-1] - LAST_S))
    if not len(places):
        return None
    turn_deg = float(random.uniform(20.0, 130.0) * random.choice([-1.0, 1.0]))
    return _turn(
        flight, int(random.choice(places)), turn_deg, float(random.uniform(60.0, 240.0)), level=random.random() < 0.3
    )


def _into_a_volume(flight: Tracks, site: Site, qnh_hpa: float, random: Generator) -> tuple[Fault | None, Volume | None]:
    """A turn to the middle of a volume, level, from some miles before it."""
    closed = _closed(flight, site)
    if not closed:
        return None, None
    volume = closed[int(random.integers(len(closed)))]
    middle = None if volume.area is None else volume.area.representative_point()
    x_m, y_m = (volume.x_m, volume.y_m) if middle is None else (middle.x, middle.y)
    east_m, north_m = x_m - flight.x_m, y_m - flight.y_m
    away_m, speed_mps = np.hypot(east_m, north_m), np.hypot(flight.vx_mps, flight.vy_mps)
    altitude_ft = known_altitude_ft(flight, 0, qnh_hpa)
    low_ft, high_ft = limits_ft(volume, qnh_hpa)
    within = (altitude_ft > low_ft + INSIDE_FT) & (altitude_ft < high_ft - INSIDE_FT)
    places = np.flatnonzero(within & (away_m > nm_to_m(NEAREST_NM)) & (away_m < nm_to_m(FARTHEST_NM)))
    if not len(places):
        return None, None
    at = int(random.choice(places))
    turn_deg = math.degrees(math.atan2(east_m[at], north_m[at]) - math.atan2(flight.vx_mps[at], flight.vy_mps[at]))
    stay_s = float(random.uniform(10.0, 90.0))
    after_s = float(away_m[at] / max(speed_mps[at], 40.0)) + stay_s
    return _turn(flight, at, (turn_deg + 180.0) % 360.0 - 180.0, after_s, level=True), volume


def _turn(flight: Tracks, at: int, turn_deg: float, for_s: float, *, level: bool) -> Fault:
    return TurnTowardsTerrain(
        fault="turn_towards_terrain",
        callsign=str(flight.callsign[0]),
        from_time=datetime.fromtimestamp(float(flight.time_s[at]), tz=UTC),
        turn_deg=round(turn_deg, 1),
        for_s=round(for_s, 1),
        level=level,
    )


def towards_the_ground(before: Tracks, after: Tracks, site: Site, qnh_hpa: float) -> tuple[str, float]:
    """Whether a flight that left its path must be alerted, and by when: the first plot at which it is so low.

    Where it is inside the polygon of a minimum altitude the altitude on the QNH counts, everywhere its true height
    above the ground. On the last miles of an approach being low is another task: a flight that left its path there is
    void.
    """
    altitude_ft = known_altitude_ft(after, 0, qnh_hpa)
    count = len(after)
    moved = np.hypot(after.x_m - before.x_m[:count], after.y_m - before.y_m[:count]) > MOVED_M
    moved |= np.abs(altitude_ft - known_altitude_ft(before, 0, qnh_hpa)[:count]) > MOVED_FT
    height_ft = height_above_ground_ft(after, 0, ground(site), qnh_hpa)
    nearness = (CLEAR_OF_GROUND_FT - height_ft) / (CLEAR_OF_GROUND_FT - NEAR_GROUND_FT)
    off = np.nan_to_num(ORDINARY_SHARE + (1.0 - ORDINARY_SHARE) * nearness, nan=0.0)
    for minimum in site.minimum_altitudes:
        inside = shapely.intersects_xy(minimum.area, after.x_m, after.y_m)
        off = np.where(inside, np.maximum(off, (minimum.minimum_ft - altitude_ft) / BELOW_MINIMUM_FT), off)
    on_final = np.zeros(count, dtype=bool)
    for approach in site.flown_approaches:
        along_nm, across_m = along_and_across(approach, after.x_m, after.y_m)
        on_final |= (np.abs(along_nm) < FINAL_NM) & (np.abs(across_m) < nm_to_m(FINAL_WIDTH_NM))
    off = np.where(moved & ~on_final, off, 0.0)
    if off.max() >= 1.0:
        return "must", float(after.time_s[np.argmax(off >= 1.0)])
    void = off.max() >= ORDINARY_SHARE or (moved & on_final).any()
    return "void" if void else "ordinary", float(after.time_s[-1])


def into_volume(after: Tracks, volume: Volume, qnh_hpa: float) -> tuple[str, float]:
    """Whether a flight must be alerted, and by when: the first plot inside the volume while it is active."""
    altitude_ft = known_altitude_ft(after, 0, qnh_hpa)
    if volume.area is None:
        inside = np.hypot(after.x_m - volume.x_m, after.y_m - volume.y_m) <= volume.radius_m
    else:
        inside = shapely.intersects_xy(volume.area, after.x_m, after.y_m)
    low_ft, high_ft = limits_ft(volume, qnh_hpa)
    inside &= (altitude_ft >= low_ft) & (altitude_ft <= high_ft)
    inside &= is_active(volume.schedule, after.time_s)
    if not inside.any():
        return "ordinary", float(after.time_s[-1])
    inside_s = np.ptp(after.time_s[inside])
    return ("must" if inside_s >= INSIDE_S else "void"), float(after.time_s[np.argmax(inside)])
