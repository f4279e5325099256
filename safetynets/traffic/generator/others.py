"""Departures, transits under vectors, and VFR flights."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Approach
from safetynets.traffic.aircraft import aircraft
from safetynets.traffic.generator.floors import PointM
from safetynets.traffic.generator.routes import (
    LEVEL_STEP_FT,
    LOWEST_STEP_FT,
    RATE_FPM,
    Leg,
    Place,
    at,
    course_deg,
    gate_m,
    vectors,
)
from safetynets.units import nm_to_m

LIFTS_OFF_NM = -0.9
"""Where a departure begins, beyond the threshold of the approach whose course it follows (simulator default)."""
LIFT_OFF_HEIGHT_FT = 35.0
DEPARTED_FT = (11000.0, 16000.0)
FIRST_LEVELS_FT = (5000.0, 6000.0, 7000.0)
VFR_CORNER_NM = (4.0, 10.0)


def departure(place: Place, approach: Approach, designator: str, attempt: int, random: Generator) -> Leg:
    """The start and the legs of a departure along the course of an approach; each attempt turns 1,000 ft higher."""
    kind = aircraft(designator)
    routes = place.air.settings.routes
    start_m, end_m = on_approach(approach, LIFTS_OFF_NM, 0.0), gate_m(place.air, random)
    elevation_ft = approach.threshold_elevation_ft
    turns_ft = elevation_ft + float(random.uniform(*routes.departure_straight_ft)) + LEVEL_STEP_FT * attempt
    rate_fpm = float(random.uniform(0.7, 1.0)) * kind.climb_fpm
    _, last = place.level(max(float(random.uniform(*DEPARTED_FT)), turns_ft))
    first = last
    if random.random() < place.air.settings.mix.departure_level_offs:
        wanted_ft = max(float(random.choice(FIRST_LEVELS_FT)), place.air.vector_floors.above((start_m, end_m)))
        _, first = place.level(max(wanted_ft, turns_ft))
    half_m = (0.5 * (start_m[0] + end_m[0]), 0.5 * (start_m[1] + end_m[1]))
    return {
        "start": {
            "approach": approach.name,
            "distance_nm": LIFTS_OFF_NM,
            "course_deg": approach.true_course_deg,
            "altitude_ft": elevation_ft + LIFT_OFF_HEIGHT_FT,
            "speed_kt": kind.landing_speed_kt + 15.0,
        },
        "legs": [
            {
                "do": "depart",
                **first,
                "rate_fpm": rate_fpm,
                "speed_kt": kind.approach_speed_kt,
                "straight_until_ft": turns_ft,
            },
            {"do": "fly_to", **at(approach, half_m), **first, "rate_fpm": rate_fpm, "speed_kt": kind.clean_speed_kt},
            {"do": "fly_to", **at(approach, end_m), **last, "rate_fpm": rate_fpm, "speed_kt": kind.clean_speed_kt},
        ],
    }


def transit(place: Place, approach: Approach, designator: str, random: Generator) -> Leg:
    """The start and the legs of a flight vectored across the site at the lowest levels there are, up and down."""
    start_m, end_m = gate_m(place.air, random), gate_m(place.air, random)
    while math.dist(start_m, end_m) < nm_to_m(20.0):
        end_m = gate_m(place.air, random)
    along = np.subtract(end_m, start_m)
    corners: list[PointM] = [start_m]
    for share in (0.25, 0.5, 0.75):
        aside = float(random.uniform(-0.12, 0.12))
        x_m, y_m = np.asarray(start_m) + share * along + aside * np.array([along[1], -along[0]])
        corners.append((float(x_m), float(y_m)))
    corners.append(end_m)
    step_ft = LOWEST_STEP_FT if random.random() < 0.5 else LEVEL_STEP_FT
    levels = [place.air.vector_floors.above(way) for way in pairwise(corners)]
    # A climb takes its time: the floor of the next leg holds on this one as well.
    cleared = [place.level(max(pair), step_ft)[1] for pair in zip(levels, [*levels[1:], levels[-1]], strict=True)]
    kind = aircraft(designator)
    speed_kt = min(220.0, kind.clean_speed_kt)
    rate_fpm = float(random.uniform(*RATE_FPM))
    first_leg: Leg = {"do": "fly_to", **at(approach, corners[1]), **cleared[0], "speed_kt": speed_kt}
    return {
        "start": {
            **at(approach, start_m),
            **cleared[0],
            "course_deg": course_deg(start_m, corners[1], approach),
            "speed_kt": speed_kt,
        },
        "legs": [first_leg, *vectors(place, approach, corners, cleared, [speed_kt] * len(corners), rate_fpm)],
    }


def vfr(place: Place, approach: Approach, designator: str, random: Generator) -> Leg:
    """The start and the legs of a VFR flight: from corner to corner, a little above the ground."""
    routes, floors = place.air.settings.routes, place.air.vfr_floors
    corners: list[PointM] = []
    levels: list[float] = []
    height_ft = float(random.uniform(*routes.vfr_height_ft)) - routes.vfr_height_ft[0]
    wanted = int(random.integers(3, 6))
    bearing_rad = float(random.uniform(0.0, 2.0 * math.pi))
    for _ in range(200):
        if not corners:
            away_m = nm_to_m(routes.vfr_distance_nm) * math.sqrt(random.random())
            angle_rad = float(random.uniform(0.0, 2.0 * math.pi))
            point_m = (away_m * math.sin(angle_rad), away_m * math.cos(angle_rad))
        else:
            turn_rad = bearing_rad + math.radians(float(random.normal(0.0, 50.0)))
            length_m = nm_to_m(float(random.uniform(*VFR_CORNER_NM)))
            point_m = (corners[-1][0] + length_m * math.sin(turn_rad), corners[-1][1] + length_m * math.cos(turn_rad))
        floor_ft = floors.above((corners[-1], point_m) if corners else (point_m,))
        inside = math.hypot(*point_m) <= nm_to_m(routes.vfr_distance_nm + 5.0)
        if not inside or floor_ft > routes.vfr_highest_ft:
            bearing_rad += 0.7
            continue
        if corners:
            bearing_rad = math.atan2(point_m[0] - corners[-1][0], point_m[1] - corners[-1][1])
            levels.append(math.ceil((floor_ft + height_ft) / LOWEST_STEP_FT) * LOWEST_STEP_FT)
        corners.append(point_m)
        if len(corners) == wanted + 1:
            break
    highest_ft = [max(pair) for pair in zip(levels, [*levels[1:], levels[-1]], strict=True)]
    kind = aircraft(designator)
    speed_kt = kind.clean_speed_kt * float(random.uniform(0.85, 1.0))
    rate_fpm = 0.7 * kind.climb_fpm
    return {
        "start": {
            **at(approach, corners[0]),
            "altitude_ft": highest_ft[0],
            "course_deg": course_deg(corners[0], corners[1], approach),
            "speed_kt": speed_kt,
        },
        "legs": [
            {"do": "fly_to", **at(approach, corner_m), "altitude_ft": level_ft, "rate_fpm": rate_fpm, "cleared": False}
            for corner_m, level_ft in zip(corners[1:], highest_ft, strict=True)
        ],
    }
