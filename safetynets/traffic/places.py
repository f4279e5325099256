"""Where things are on a site: approaches by name, places of a scenario, the ground below."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from shapely import Point

from safetynets.errors import ScenarioError
from safetynets.geodesy import MEAN_EARTH_RADIUS_M
from safetynets.sites.geometry import Approach, PressureRegion, Site, Terrain
from safetynets.traffic.flights import Place
from safetynets.units import M_PER_NM, m_to_ft, nm_to_m

Floats = NDArray[np.float64]
Quantity = TypeVar("Quantity", float, NDArray[np.float64])

RUNWAY_STRIP_M = 150.0
"""Half-width of the strip in which the ground is the runway and not a terrain cell (ICAO Annex 14: 140 m, rounded)."""
RUNWAY_STRIP_NM = (-2.5, 0.5)
"""From beyond the far end of the runway to the lights before the threshold."""


def find_approach(site: Site, wanted: str) -> Approach:
    """The approach of a site by its name, by "airport runway", or by the runway alone where that is unique.

    Raises
    ------
    ScenarioError
        For an approach that the site does not have.
    """
    for spelling in (
        lambda approach: approach.name,
        lambda approach: f"{approach.airport} {approach.runway}",
        lambda approach: approach.runway,
    ):
        found = [approach for approach in site.approaches if spelling(approach) == wanted]
        if len(found) == 1:
            return found[0]
    names = [approach.name for approach in site.approaches]
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.3)
    mend = f"write {near[0]!r}" if near else f"use one of {', '.join(map(repr, names)) or 'none: the site has none'}"
    raise ScenarioError(f"site {site.name!r} has no approach {wanted!r}", mend=mend)


def along_and_across(approach: Approach, x_m: Quantity, y_m: Quantity) -> tuple[Quantity, Quantity]:
    """Along-track distance to the threshold (NM, positive before it) and cross-track distance (m, right positive)."""
    sin, cos = math.sin(math.radians(approach.course_deg)), math.cos(math.radians(approach.course_deg))
    east_m, north_m = x_m - approach.x_m, y_m - approach.y_m
    return -(east_m * sin + north_m * cos) / M_PER_NM, east_m * cos - north_m * sin


def on_approach(approach: Approach, distance_nm: float, offset_m: float) -> tuple[float, float]:
    """Plane position (x_m, y_m) at a distance before the threshold and an offset right of the course."""
    sin, cos = math.sin(math.radians(approach.course_deg)), math.cos(math.radians(approach.course_deg))
    back_m = nm_to_m(distance_nm)
    return approach.x_m - back_m * sin + offset_m * cos, approach.y_m - back_m * cos - offset_m * sin


def plane_position(site: Site, place: Place) -> tuple[float, float]:
    """Plane position (x_m, y_m) of a place of a scenario."""
    if place.approach is not None and place.distance_nm is not None:
        return on_approach(find_approach(site, place.approach), place.distance_nm, place.offset_m)
    position = (math.nan if angle is None else angle for angle in (place.latitude_deg, place.longitude_deg))
    x_m, y_m = site.plane.to_plane(*position)
    return float(x_m), float(y_m)


def path_altitude_ft(approach: Approach, path: str, angle_deg: float, distance_nm: Quantity) -> Quantity:
    """Altitude (ft) of an approach's path at a distance before the threshold.

    "ils" and "papi" are straight in space, so the earth curves away below them by d²/2R; "baro" is straight in
    altitude against distance; "profile" joins the given points and is level beyond them.
    """
    if path == "profile":
        distances, altitudes = zip(*approach.profile, strict=True)
        profile_ft: Quantity = np.interp(distance_nm, distances, altitudes)
        return profile_ft
    distance_m = nm_to_m(distance_nm)
    height_m = distance_m * math.tan(math.radians(angle_deg))
    if path in ("ils", "papi"):
        height_m = height_m + distance_m**2 / (2.0 * MEAN_EARTH_RADIUS_M)
    return approach.threshold_elevation_ft + approach.threshold_crossing_height_ft + m_to_ft(height_m)


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground of a site: runways where there are approaches, else the terrain, NaN where nothing is known."""

    terrain: Terrain | None
    approaches: tuple[Approach, ...]

    def elevation_ft(self, x_m: Floats, y_m: Floats) -> Floats:
        """Elevation (ft above mean sea level) below plane positions."""
        x_m, y_m = np.atleast_1d(np.asarray(x_m, dtype=np.float64)), np.atleast_1d(np.asarray(y_m, dtype=np.float64))
        elevation_ft = np.full(x_m.shape, np.nan)
        if self.terrain is not None:
            grid = self.terrain.elevation_ft
            with np.errstate(invalid="ignore"):
                column = np.floor((x_m - self.terrain.x0_m) / self.terrain.cell_m)
                row = np.floor((y_m - self.terrain.y0_m) / self.terrain.cell_m)
                inside = (row >= 0) & (row < grid.shape[0]) & (column >= 0) & (column < grid.shape[1])
            elevation_ft[inside] = grid[row[inside].astype(np.intp), column[inside].astype(np.intp)]
        for approach in self.approaches:
            elevation_ft[_on_strip(approach, x_m, y_m)] = approach.threshold_elevation_ft
        return elevation_ft

    def on_runway(self, x_m: Floats, y_m: Floats) -> NDArray[np.bool_]:
        """Whether plane positions lie on the strip of a runway that has an approach."""
        found = np.zeros(np.shape(x_m), dtype=np.bool_)
        for approach in self.approaches:
            found |= _on_strip(approach, x_m, y_m)
        return found

    def contact_word(self, x_m: float, y_m: float) -> str:
        """What it is called to meet the ground here: "landed" on a runway, else "contact with the ground"."""
        return "landed" if self.on_runway(np.array([x_m]), np.array([y_m]))[0] else "contact with the ground"


def _on_strip(approach: Approach, x_m: Floats, y_m: Floats) -> NDArray[np.bool_]:
    along_nm, across_m = along_and_across(approach, x_m, y_m)
    with np.errstate(invalid="ignore"):
        near = (along_nm >= RUNWAY_STRIP_NM[0]) & (along_nm <= RUNWAY_STRIP_NM[1])
        return near & (np.abs(across_m) <= RUNWAY_STRIP_M)


def ground(site: Site) -> Ground:
    """The ground of a site."""
    return Ground(site.terrain, site.approaches)


def qnh_at(site: Site, time_s: float, x_m: float, y_m: float) -> float | None:
    """QNH (hPa) of the first pressure region of the site that holds the position, at that time; None where unknown."""
    region = _pressure_region(site, x_m, y_m)
    known = [] if region is None else [qnh_hpa for from_s, qnh_hpa in region.qnh if from_s <= time_s]
    return known[-1] if known else None


def transition_altitude_ft(site: Site, x_m: float, y_m: float) -> float:
    """Transition altitude (ft) of the first pressure region that holds the position; inf where there is none."""
    region = _pressure_region(site, x_m, y_m)
    return math.inf if region is None else region.transition_altitude_ft


def _pressure_region(site: Site, x_m: float, y_m: float) -> PressureRegion | None:
    for region in site.pressure_regions:
        if region.area is None or region.area.covers(Point(x_m, y_m)):
            return region
    return None
