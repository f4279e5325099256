"""Where flights are low by design, on final approach and after departure: what inhibit volumes are made for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from safetynets.adaptation.checks.finding import ground_ft
from safetynets.sites.approach_path import on_approach, path_altitude_ft
from safetynets.sites.geometry import Approach, Limit, Site
from safetynets.units import FT_PER_NM, S_PER_H, nm_to_m

APPROACH_KT = 150.0
"""Ground speed on final approach at which a look-ahead reaches that far (simulator default)."""
DEPARTURE_GRADIENT = 0.033
"""The climb of the slowest departures: the procedure design gradient of ICAO Doc 8168."""
BEYOND_NM = 0.5
"""Inhibit volumes that are made from a path end so far past its last low point."""
STEP_NM = 0.05
FARTHEST_NM = 20.0
LONGEST_RUNWAY_NM = 4.0
RUNWAY_NM = 1.5
"""Length of a runway whose other end the site does not know."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LowPath:
    """The part of a path on which the MSAW would alert though all is well: positions (m) and altitudes (ft).

    `along_nm` is the distance before the threshold of an approach, or beyond the runway's end of a departure.
    """

    approach: Approach
    departing: bool
    along_nm: Floats
    x_m: Floats
    y_m: Floats
    altitude_ft: Floats


def low_final(site: Site, approach: Approach) -> LowPath:
    """Where a flight on the path of an approach is, or is predicted to be, below what the MSAW allows.

    From the threshold outwards to the last such place that hangs together with the runway: a mountain far out is none
    of it.
    """
    along_nm = np.arange(0.0, FARTHEST_NM, STEP_NM)
    x_m, y_m = _points(approach, along_nm)
    altitude_ft = np.minimum(np.asarray(path_altitude_ft(approach, along_nm)), approach.intercept_altitude_ft)
    low = altitude_ft < floor_ft(site, x_m, y_m)
    ahead = math.ceil(APPROACH_KT * site.parameters.msaw.look_ahead_s / S_PER_H / STEP_NM)
    predicted = np.convolve(low, np.ones(ahead + 1), mode="full")[: len(low)] > 0
    high = np.flatnonzero(~predicted)
    last = int(high[0]) if len(high) else len(low)
    return LowPath(approach, False, along_nm[:last], x_m[:last], y_m[:last], altitude_ft[:last])


def low_departure(site: Site, approach: Approach) -> LowPath:
    """Where the slowest departure along the runway of an approach is below what the MSAW allows, from the runway's end.

    The runway ends where the approach from the other side begins, else `RUNWAY_NM` beyond the threshold.
    """
    return _departure(site, approach, -runway_nm(site, approach), -1.0)


def low_departure_behind(site: Site, approach: Approach) -> LowPath:
    """The same for the departure in the other direction, which begins at the threshold of the approach."""
    return _departure(site, approach, 0.0, 1.0)


def runway_strip(site: Site, approach: Approach, half_width_m: float) -> Polygon:
    """The runway of an approach, this wide to each side of its centreline."""
    far_nm = -runway_nm(site, approach)
    corners = [(0.0, -half_width_m), (0.0, half_width_m), (far_nm, half_width_m), (far_nm, -half_width_m)]
    return Polygon([on_approach(approach, along, across) for along, across in corners])


def _departure(site: Site, approach: Approach, from_nm: float, sign: float) -> LowPath:
    along_nm = np.arange(0.0, FARTHEST_NM, STEP_NM)
    x_m, y_m = _points(approach, from_nm + sign * along_nm)
    altitude_ft = approach.threshold_elevation_ft + along_nm * FT_PER_NM * DEPARTURE_GRADIENT
    high = np.flatnonzero(~(altitude_ft < floor_ft(site, x_m, y_m)))
    last = int(high[0]) if len(high) else len(along_nm)
    return LowPath(approach, True, along_nm[:last], x_m[:last], y_m[:last], altitude_ft[:last])


def runway_nm(site: Site, approach: Approach) -> float:
    """How long the runway of an approach is, from its threshold to that of the approach from the other side."""
    for other in site.flown_approaches:
        away_nm = math.hypot(other.x_m - approach.x_m, other.y_m - approach.y_m) / nm_to_m(1.0)
        if other.airport == approach.airport and is_opposite(approach, other) and away_nm < LONGEST_RUNWAY_NM:
            return away_nm
    return RUNWAY_NM


def below_minimum_ft(site: Site, name: str) -> float:
    """How far below the minimum of a minimum-altitude polygon the MSAW of a site alerts: its own, or the site's."""
    value = site.parameters.msaw.below_minimum_ft
    for one in site.local_parameters:
        if one.kind == "minimum_altitudes" and one.name == name:
            value = one.values.get("msaw", {}).get("below_minimum_ft", value)
    return float(value)


def floor_ft(site: Site, x_m: Floats, y_m: Floats) -> Floats:
    """The lowest altitude (ft) that the MSAW allows at plane positions; minus infinity where nothing is known."""
    parameters = site.parameters.msaw
    floor = np.nan_to_num(ground_ft(site, x_m, y_m) + parameters.terrain_clearance_ft, nan=-np.inf)
    for area in site.minimum_altitudes:
        inside = shapely.intersects_xy(area.area, x_m, y_m)
        floor[inside] = np.maximum(floor[inside], area.minimum_ft - below_minimum_ft(site, area.name))
    for obstacle in site.obstacles:
        near = np.hypot(x_m - obstacle.x_m, y_m - obstacle.y_m) <= obstacle.radius_m
        floor[near] = np.maximum(floor[near], obstacle.top_ft + parameters.terrain_clearance_ft)
    return np.asarray(floor)


def uninhibited(site: Site, path: LowPath) -> NDArray[np.bool_]:
    """Which points of a path no inhibit volume of the MSAW holds that is ever active."""
    free = np.ones(len(path.x_m), dtype=np.bool_)
    for volume in site.inhibit_volumes:
        if "MSAW" in volume.nets and volume.schedule.ever:
            free &= ~held(volume.area, volume.floor, volume.ceiling, path.x_m, path.y_m, path.altitude_ft)
    return free


def held(
    area: BaseGeometry, floor: Limit, ceiling: Limit, x_m: Floats, y_m: Floats, altitude_ft: Floats
) -> NDArray[np.bool_]:
    """Which points lie in a volume; a flight level counts as that many hundred feet of altitude."""
    inside: NDArray[np.bool_] = shapely.intersects_xy(area, x_m, y_m)
    return inside & (altitude_ft >= floor.value_ft) & (altitude_ft <= ceiling.value_ft)


def strip(path: LowPath, half_width_m: float, splay_deg: float, beyond_nm: float) -> Polygon:
    """A strip along a path, from the runway to `beyond_nm` past its last point, widening with distance."""
    if len(path.x_m) < 2:
        return Polygon()
    east, north = path.x_m[1] - path.x_m[0], path.y_m[1] - path.y_m[0]
    step_m = math.hypot(east, north)
    east, north = east / step_m, north / step_m
    length_m = step_m * (len(path.x_m) - 1) + nm_to_m(beyond_nm)
    width_m = half_width_m + length_m * math.tan(math.radians(splay_deg))
    corners = [(0.0, -half_width_m), (0.0, half_width_m), (length_m, width_m), (length_m, -width_m)]
    x0_m, y0_m = float(path.x_m[0]), float(path.y_m[0])
    return Polygon(
        [(x0_m + along * east + across * north, y0_m + along * north - across * east) for along, across in corners]
    )


def _points(approach: Approach, along_nm: Floats) -> tuple[Floats, Floats]:
    (x0_m, y0_m), (x1_m, y1_m) = on_approach(approach, 0.0, 0.0), on_approach(approach, 1.0, 0.0)
    return x0_m + along_nm * (x1_m - x0_m), y0_m + along_nm * (y1_m - y0_m)


def is_opposite(approach: Approach, other: Approach) -> bool:
    """Whether another approach leads to the same runway from the other side: its threshold lies ahead on the line."""
    if abs((other.true_course_deg - approach.true_course_deg) % 360.0 - 180.0) > 10.0:
        return False
    course_rad = math.radians(approach.course_deg)
    east_m, north_m = other.x_m - approach.x_m, other.y_m - approach.y_m
    along_m = east_m * math.sin(course_rad) + north_m * math.cos(course_rad)
    across_m = east_m * math.cos(course_rad) - north_m * math.sin(course_rad)
    return along_m > 0.0 and abs(across_m) < 150.0
