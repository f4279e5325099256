"""Arrivals: from a gate by vectors on to the final approach course, down its path to the runway, or around again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from safetynets.sites.approach_path import along_and_across, on_approach
from safetynets.sites.geometry import Approach
from safetynets.traffic.aircraft import aircraft
from safetynets.traffic.generator.floors import PointM
from safetynets.traffic.generator.routes import (
    HIGHEST_FT,
    LEVEL_STEP_FT,
    LOWEST_STEP_FT,
    RATE_FPM,
    Leg,
    NoRoomError,
    Place,
    at,
    course_deg,
    gate_m,
    vectors,
)
from safetynets.units import FT_PER_NM, kt_to_mps, m_to_nm, nm_to_m

LEVEL_SEGMENT_LEAST_NM = 0.8
"""A path is captured from below, so its course is joined at least so much before it (simulator default)."""
FARTHEST_JOIN_NM = 22.0
"""No course is joined farther out (simulator default; 21 NM at Paris in 95 of 100 approaches)."""
DESCENT_FT_PER_NM = 180.0
"""How much higher a flight begins for each mile of its route (simulator default)."""
MOST_CHANGE_DEG = 100.0
"""A base turn sharper than this is not flown; the flight goes by the downwind instead."""
VISUAL_FINAL_NM = (3.0, 5.5)
DECELERATES_NM = ((8.0, 1.0), (5.3, 0.8))
"""Mean and standard deviation of where a flight slows down: chosen so that the measured speeds between are met."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """A way on to a final approach: corners ending where the course is joined, and the level towards each of them."""

    corners_m: tuple[PointM, ...]
    levels: tuple[Leg, ...]
    altitudes_ft: tuple[float, ...]
    joining_ft: float


def arrival(place: Place, approach: Approach, designator: str, visual: bool, around: bool, random: Generator) -> Leg:
    """The start and the legs of an arrival."""
    start_m = gate_m(place.air, random)
    pattern = _pattern(place, approach, start_m, visual, random)
    speeds_kt = _speeds_kt(place, approach, designator, random)
    kind = aircraft(designator)
    length_nm = sum(
        m_to_nm(math.dist(a, b)) for a, b in zip((start_m, *pattern.corners_m), pattern.corners_m, strict=False)
    )
    start_ft = min(HIGHEST_FT, pattern.joining_ft + DESCENT_FT_PER_NM * length_nm)
    _, start_level = place.level(max(start_ft, pattern.altitudes_ft[0]))
    legs = _approached(place, approach, start_m, pattern, kind.clean_speed_kt, speeds_kt, visual, random)
    if around:
        final = legs[-1]
        height_ft = float(random.uniform(200.0, 1500.0))
        final["until_altitude_ft"] = approach.threshold_elevation_ft + height_ft
        ahead_m = on_approach(approach, -5.0, 0.0)
        again = _pattern(place, approach, ahead_m, False, random)
        turns_ft = approach.threshold_elevation_ft + float(random.uniform(2500.0, 3500.0))
        legs.append(
            {
                "do": "go_around",
                **again.levels[0],
                "speed_kt": speeds_kt[1],
                "straight_until_ft": min(turns_ft, again.altitudes_ft[0]),
            }
        )
        legs += _approached(place, approach, ahead_m, again, speeds_kt[1] + 20.0, speeds_kt, False, random)
    return {
        "start": {
            **at(approach, start_m),
            **start_level,
            "course_deg": course_deg(start_m, pattern.corners_m[0], approach),
            "speed_kt": kind.clean_speed_kt,
        },
        "legs": legs,
    }


def _approached(
    place: Place,
    approach: Approach,
    start_m: PointM,
    pattern: Pattern,
    clean_kt: float,
    speeds_kt: tuple[float, float, float],
    visual: bool,
    random: Generator,
) -> list[Leg]:
    corners = len(pattern.corners_m)
    rate_fpm = float(random.uniform(*RATE_FPM))
    speeds = [clean_kt] * max(0, corners - 2) + [min(clean_kt, speeds_kt[0] + 15.0)] * min(2, corners)
    first: list[Leg] = [
        {
            "do": "fly_to",
            **at(approach, pattern.corners_m[0]),
            **pattern.levels[0],
            "rate_fpm": rate_fpm,
            "speed_kt": speeds[0],
        }
    ]
    course = (start_m, *pattern.corners_m)
    legs = first + vectors(place, approach, course, pattern.levels, speeds, rate_fpm)
    slows = [max(1.5, random.normal(mean_nm, sd_nm)) for mean_nm, sd_nm in DECELERATES_NM]
    path = {"path": "papi"} if visual else {}
    legs += [
        {
            "do": "intercept",
            "approach": approach.name,
            **path,
            "speed_kt": speed_kt,
            "until_distance_nm": float(until_nm),
        }
        for speed_kt, until_nm in zip(speeds_kt[:2], sorted(slows, reverse=True), strict=True)
    ]
    return [*legs, {"do": "intercept", "approach": approach.name, **path, "speed_kt": speeds_kt[2]}]


def _pattern(place: Place, approach: Approach, start_m: PointM, visual: bool, random: Generator) -> Pattern:
    """Corners and levels: the joining level is raised until it is above the floor of the way to the course."""
    settings, floors = place.air.settings, place.air.vector_floors
    scatter = settings.final_scatter
    ahead_nm, across_m = along_and_across(approach, *start_m)
    side = math.copysign(1.0, across_m) if abs(across_m) > nm_to_m(1.0) else float(random.choice([-1.0, 1.0]))
    level_nm = float(np.interp(random.random(), scatter.quantiles, scatter.level_segment_nm))
    angle_rad = math.radians(random.uniform(20.0, 40.0))
    base_nm, width_nm, room_nm = random.uniform(3.5, 6.0), random.uniform(5.0, 7.0), random.uniform(0.5, 2.5)
    step_ft = LOWEST_STEP_FT if random.random() < settings.mix.near_minimum else LEVEL_STEP_FT
    joining_ft = approach.intercept_altitude_ft + float(random.choice(settings.routes.intercept_above_ft))
    if visual:
        final_nm = float(random.uniform(*VISUAL_FINAL_NM))
        joining_ft = approach.threshold_elevation_ft + final_nm * _path_ft_per_nm(approach) - 200.0
        floors = place.air.vfr_floors
        level_nm, width_nm, step_ft = LEVEL_SEGMENT_LEAST_NM, 4.0, LOWEST_STEP_FT
    above_threshold_ft = approach.threshold_elevation_ft + approach.threshold_crossing_height_ft
    while True:
        joining_ft, joining = place.level(joining_ft, step_ft)
        path_nm = (joining_ft - above_threshold_ft) / _path_ft_per_nm(approach)
        join_nm = path_nm + max(level_nm, LEVEL_SEGMENT_LEAST_NM)
        join_m = on_approach(approach, join_nm, 0.0)
        base_m = on_approach(
            approach, join_nm + base_nm * math.cos(angle_rad), side * nm_to_m(base_nm) * math.sin(angle_rad)
        )
        floor_ft = floors.above((base_m, join_m, on_approach(approach, path_nm, 0.0)))
        if join_nm > FARTHEST_JOIN_NM:
            raise NoRoomError
        if floor_ft <= joining_ft + 1.0:
            break
        joining_ft = floor_ft
    base_along_nm = along_and_across(approach, *base_m)[0]
    corners: list[PointM] = [base_m, join_m]
    to_base_deg, to_join_deg = course_deg(start_m, base_m, approach), course_deg(base_m, join_m, approach)
    change_deg = abs((to_join_deg - to_base_deg + 180.0) % 360.0 - 180.0)
    if change_deg > MOST_CHANGE_DEG or ahead_nm < base_along_nm - 3.0:
        turn_nm = base_along_nm + room_nm
        downwind_m = on_approach(approach, turn_nm, side * nm_to_m(width_nm))
        corners.insert(0, downwind_m)
        if ahead_nm < turn_nm - 5.0:
            corners.insert(
                0, on_approach(approach, min(max(ahead_nm + 4.0, 0.0), turn_nm - 4.0), side * nm_to_m(width_nm))
            )
    levels, altitudes_ft = [joining], [joining_ft]
    next_ft = max(joining_ft, approach.intercept_altitude_ft)
    ways = list(zip((start_m, *corners), corners, strict=False))
    for way in reversed(ways[:-1]):
        spare_ft = LEVEL_STEP_FT * float(random.integers(0, 2)) if len(levels) > 1 else 0.0
        next_ft, level = place.level(max(place.air.vector_floors.above(way), next_ft + spare_ft), step_ft)
        levels.insert(0, level)
        altitudes_ft.insert(0, next_ft)
    return Pattern(tuple(corners), tuple(levels), tuple(altitudes_ft), joining_ft)


def _path_ft_per_nm(approach: Approach) -> float:
    return FT_PER_NM * math.tan(math.radians(approach.angle_deg))


def _speeds_kt(place: Place, approach: Approach, designator: str, random: Generator) -> tuple[float, float, float]:
    """Indicated speeds far out, in between and at the end, from the ground speeds measured there, as in still air."""
    scatter = place.air.settings.final_scatter
    kind = aircraft(designator)
    slower = min(1.0, kind.landing_speed_kt / scatter.speed_median_kt[0])
    common = random.standard_normal()
    speeds = []
    for distance_nm, median_kt, sd_kt in zip(
        scatter.speed_distance_nm, scatter.speed_median_kt, scatter.speed_sd_kt, strict=True
    ):
        own = np.clip(0.6 * common + 0.8 * random.standard_normal(), -2.5, 2.5)
        altitude_ft = approach.threshold_elevation_ft + distance_nm * _path_ft_per_nm(approach)
        thinner = kt_to_mps(100.0) / place.weather.true_airspeed_mps(100.0, altitude_ft + place.qnh_ft)
        speeds.append(float((median_kt + sd_kt * own) * slower * thinner))
    landing_kt, between_kt, far_kt = speeds
    between_kt = max(between_kt, landing_kt)
    return max(far_kt, between_kt), between_kt, landing_kt
