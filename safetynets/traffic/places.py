"""Where things are on a site: approaches by name, places of a scenario, the ground below."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import ScenarioError
from safetynets.sites.approach_path import along_and_across_of, course_vector, on_approach
from safetynets.sites.geometry import Approach, Site, Terrain
from safetynets.sites.pressure import qnh_at, region_at, transition_altitude_ft
from safetynets.tracks import Tracks
from safetynets.traffic.flights import Place

Floats = NDArray[np.float64]

RUNWAY_STRIP_M = 150.0
"""Half-width of the strip in which the ground is the runway and not a terrain cell (ICAO Annex 14: 140 m, rounded)."""
RUNWAY_STRIP_NM = (-2.5, 0.5)
"""From beyond the far end of the runway to the lights before the threshold."""
AT_ONCE = 4096
"""Positions that are held against every runway at once."""


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
        found = [approach for approach in site.flown_approaches if spelling(approach) == wanted]
        if len(found) == 1:
            return found[0]
    raise no_such(site, "approach", wanted, [approach.name for approach in site.flown_approaches])


def no_such(site: Site, what: str, wanted: str, names: Sequence[str]) -> ScenarioError:
    """Something that a site does not have, with the name most like it, however little, of those that it has."""
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.3)
    mend = f"write {near[0]!r}" if near else f"use one of {', '.join(map(repr, names)) or 'none: the site has none'}"
    return ScenarioError(f"site {site.name!r} has no {what} {wanted!r}", mend=mend)


def runway_course_rad(site: Site, wanted: str) -> float:
    """Direction on the plane of a runway by airport and designator, such as "LSZH 32".

    Raises
    ------
    ScenarioError
        For a runway that the site does not have.
    """
    courses_rad = {}
    for runway in site.runways:
        east_m, north_m = runway.x_m[1] - runway.x_m[0], runway.y_m[1] - runway.y_m[0]
        for designator, sign in zip(runway.designators, (1.0, -1.0), strict=True):
            courses_rad[f"{runway.airport} {designator}"] = math.atan2(sign * east_m, sign * north_m)
    if wanted not in courses_rad:
        near = difflib.get_close_matches(wanted, courses_rad, n=1, cutoff=0.3)
        mend = f"write {near[0]!r}" if near else "draw it under [[runways]]"
        raise ScenarioError(f"site {site.name!r} has no runway {wanted!r}", mend=mend)
    return courses_rad[wanted]


def plane_position(site: Site, place: Place) -> tuple[float, float]:
    """Plane position (x_m, y_m) of a place of a scenario."""
    if place.approach is not None and place.distance_nm is not None:
        return on_approach(find_approach(site, place.approach), place.distance_nm, place.offset_m)
    position = (math.nan if angle is None else angle for angle in (place.latitude_deg, place.longitude_deg))
    x_m, y_m = site.plane.to_plane(*position)
    return float(x_m), float(y_m)


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
        strip = self._strip(x_m, y_m)
        elevation_ft[strip >= 0] = self._strips[-1][strip[strip >= 0], 0]
        return elevation_ft

    def on_runway(self, x_m: Floats, y_m: Floats) -> NDArray[np.bool_]:
        """Whether plane positions lie on the strip of a runway that has an approach."""
        return self._strip(x_m, y_m) >= 0

    @cached_property
    def _strips(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Threshold (x_m, y_m), course (east, north) and elevation (ft) of each approach, one a row."""
        rows = [(each.x_m, each.y_m, *course_vector(each), each.threshold_elevation_ft) for each in self.approaches]
        x_m, y_m, east, north, elevation_ft = np.array(rows, dtype=np.float64).reshape(-1, 5, 1).transpose(1, 0, 2)
        return x_m, y_m, east, north, elevation_ft

    def _strip(self, x_m: Floats, y_m: Floats) -> NDArray[np.intp]:
        """The last approach on whose strip each position lies; -1 for none."""
        found = np.full(np.shape(x_m), -1, dtype=np.intp)
        if not self.approaches:
            return found
        at_x_m, at_y_m, east, north, _ = self._strips
        for start in range(0, len(found), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            along_nm, across_m = along_and_across_of(x_m[part] - at_x_m, y_m[part] - at_y_m, east, north)
            with np.errstate(invalid="ignore"):
                inside = (along_nm >= RUNWAY_STRIP_NM[0]) & (along_nm <= RUNWAY_STRIP_NM[1])
                inside &= np.abs(across_m) <= RUNWAY_STRIP_M
            last = len(inside) - 1 - np.argmax(inside[::-1], axis=0)
            found[part] = np.where(inside.any(axis=0), last, -1)
        return found

    def contact_word(self, x_m: float, y_m: float) -> str:
        """What it is called to meet the ground here: "landed" on a runway, else "contact with the ground"."""
        return "landed" if self.on_runway(np.array([x_m]), np.array([y_m]))[0] else "contact with the ground"


def ground(site: Site) -> Ground:
    """The ground of a site."""
    return Ground(site.terrain, site.flown_approaches)


def pressure_where_it_ends(tracks: Tracks, number: int, site: Site) -> tuple[float, float]:
    """QNH (hPa) and transition altitude (ft) of the site where and when a track was last seen.

    The QNH is NaN where none is known, the transition altitude inf where there is none.
    """
    rows = tracks.rows_of(number)
    seen = np.flatnonzero(np.isfinite(tracks.x_m[rows]) & np.isfinite(tracks.y_m[rows]))
    if len(seen) == 0:
        return math.nan, math.inf
    last = rows.start + seen[-1]
    region = region_at(site, tracks.x_m[last], tracks.y_m[last])
    return float(qnh_at(site, region, tracks.time_s[last])), float(transition_altitude_ft(site, region))
