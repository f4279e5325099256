"""The legs of ordinary flights: arrivals, departures, vectors and VFR, as a scenario would describe them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from safetynets.altimetry import STANDARD_GRAVITY_MPS2, pressure_altitude_ft
from safetynets.errors import ScenarioError
from safetynets.sites.approach_path import along_and_across
from safetynets.sites.geometry import Approach, Site
from safetynets.sites.pressure import region_at, transition_altitude_ft
from safetynets.traffic.aircraft import Aircraft
from safetynets.traffic.generator.floors import Floors, PointM
from safetynets.traffic.generator.settings import GeneratorSettings
from safetynets.traffic.legs import ROLL_IN_S
from safetynets.traffic.weather import Weather
from safetynets.units import ft_to_fl, kt_to_mps, m_to_nm, nm_to_m

Leg = dict[str, Any]

LEVEL_STEP_FT, LOWEST_STEP_FT = 1000.0, 100.0
TRUE_SPEED_RATIO = 1.1
"""True airspeed over indicated at the levels of vectors, 5,000 to 8,000 ft."""
RATE_FPM = (1500.0, 2200.0)
"""Rates of climbs and descents under way (simulator default)."""
HIGHEST_FT = 16000.0


class NoRoomError(Exception):
    """What was drawn does not fit between the ground and the sky: it is drawn again."""


@dataclass(frozen=True, eq=False)
class Air:
    """The site with everything that the routes of one day have to keep to."""

    site: Site
    settings: GeneratorSettings
    vector_floors: Floors
    vfr_floors: Floors


@dataclass(frozen=True, eq=False)
class Place:
    """Where and when levels are flown: the air of the hour, and from where on a level is a flight level."""

    air: Air
    weather: Weather

    @property
    def qnh_ft(self) -> float:
        """Pressure altitude of the QNH: what is added to an altitude to get a pressure altitude."""
        assert self.weather.qnh_hpa is not None
        return float(pressure_altitude_ft(self.weather.qnh_hpa))

    def level(self, least_ft: float, step_ft: float = LEVEL_STEP_FT) -> tuple[float, Leg]:
        """The lowest level at or above an altitude: the altitude (ft) it is flown at, and how it is cleared.

        Raises
        ------
        ScenarioError
            For an altitude over ground of which nothing is known.
        """
        if not math.isfinite(least_ft):
            raise ScenarioError(
                "a route leaves the terrain of the site",
                where=f"traffic settings of {self.air.settings.site}",
                mend="bring the gates nearer (routes.gate_distance_nm), or widen terrain.extent_nm",
            )
        altitude_ft = math.ceil(least_ft / step_ft - 1e-9) * step_ft
        site = self.air.site
        if altitude_ft <= transition_altitude_ft(site, region_at(site, 0.0, 0.0)):
            return altitude_ft, {"altitude_ft": altitude_ft}
        flight_level_ft = math.ceil((least_ft + self.qnh_ft) / LEVEL_STEP_FT - 1e-9) * LEVEL_STEP_FT
        return flight_level_ft - self.qnh_ft, {"flight_level": ft_to_fl(flight_level_ft)}


def gate_m(air: Air, random: Generator) -> PointM:
    """A plane position in one of the directions that traffic comes from."""
    routes = air.settings.routes
    weights = np.array([gate.weight for gate in routes.gates])
    gate = routes.gates[int(random.choice(len(weights), p=weights / weights.sum()))]
    bearing_rad = math.radians(gate.bearing_deg + routes.gate_spread_deg * random.uniform(-1.0, 1.0))
    distance_m = nm_to_m(routes.gate_distance_nm * random.uniform(0.95, 1.05))
    return distance_m * math.sin(bearing_rad), distance_m * math.cos(bearing_rad)


def at(approach: Approach, point_m: PointM) -> Leg:
    """A plane position as a scenario writes it: seen from the threshold of an approach."""
    along_nm, across_m = along_and_across(approach, *point_m)
    return {"approach": approach.name, "distance_nm": along_nm, "offset_m": across_m}


def course_deg(start_m: PointM, end_m: PointM, approach: Approach) -> float:
    """True course from one plane position to another, with the convergence of the plane at an approach."""
    on_plane = math.degrees(math.atan2(end_m[0] - start_m[0], end_m[1] - start_m[1]))
    return (on_plane - (approach.course_deg - approach.true_course_deg)) % 360.0


def turn_lead_m(change_deg: float, speed_kt: float) -> float:
    """How long before a corner a turn begins, so that it ends on the new course."""
    airspeed_mps = kt_to_mps(speed_kt * TRUE_SPEED_RATIO)
    by_bank_m = airspeed_mps**2 / (STANDARD_GRAVITY_MPS2 * math.tan(math.radians(Aircraft.bank_deg)))
    radius_m = max(by_bank_m, airspeed_mps / math.radians(Aircraft.turn_rate_degps))
    return radius_m * math.tan(math.radians(min(change_deg, 120.0)) / 2.0) + ROLL_IN_S * airspeed_mps


def vectors(
    place: Place,
    approach: Approach,
    corners_m: Sequence[PointM],
    levels: Sequence[Leg],
    speeds_kt: Sequence[float],
    rate_fpm: float,
) -> list[Leg]:
    """Vectors along the corners from the second on, `levels[0]` being that towards the second.

    Headings allow for the wind, and each is left early enough for the turn to the next; the last one is kept for three
    fifths of its way, for what comes next to join from.
    """
    legs: list[Leg] = []
    for number in range(1, len(corners_m) - 1):
        before_m, here_m, next_m = corners_m[number - 1 : number + 2]
        start_m = _before(before_m, here_m, next_m, speeds_kt[number - 1])
        if number + 2 < len(corners_m):
            end_m = _before(here_m, next_m, corners_m[number + 2], speeds_kt[number])
        else:
            end_m = (0.4 * here_m[0] + 0.6 * next_m[0], 0.4 * here_m[1] + 0.6 * next_m[1])
        legs.append(
            {
                "do": "vectors",
                "heading_deg": _heading_deg(place, course_deg(here_m, next_m, approach), speeds_kt[number]),
                "for_nm": max(0.5, m_to_nm(math.dist(start_m, end_m))),
                **levels[number],
                "rate_fpm": rate_fpm,
                "speed_kt": speeds_kt[number],
            }
        )
    return legs


def _before(before_m: PointM, corner_m: PointM, after_m: PointM, speed_kt: float) -> PointM:
    """Where the turn at a corner begins."""
    inbound = np.subtract(corner_m, before_m)
    outbound = np.subtract(after_m, corner_m)
    change_deg = math.degrees(math.atan2(*inbound) - math.atan2(*outbound))
    lead_m = min(turn_lead_m(abs((change_deg + 180.0) % 360.0 - 180.0), speed_kt), 0.8 * float(np.hypot(*inbound)))
    start = np.asarray(corner_m) - lead_m * inbound / np.hypot(*inbound)
    return float(start[0]), float(start[1])


def _heading_deg(place: Place, true_course_deg: float, speed_kt: float) -> float:
    east_mps, north_mps = place.weather.wind_mps()
    course_rad = math.radians(true_course_deg)
    from_right_mps = north_mps * math.sin(course_rad) - east_mps * math.cos(course_rad)
    airspeed_mps = place.weather.true_airspeed_mps(speed_kt, 5000.0)
    return (true_course_deg + math.degrees(math.asin(np.clip(from_right_mps / airspeed_mps, -0.9, 0.9)))) % 360.0
