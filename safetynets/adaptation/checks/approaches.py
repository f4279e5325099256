"""Approaches: course against runway, angle, elevation, path against the ground, windows that nobody can enter."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
import shapely

from safetynets.adaptation.checks.finding import SiteFinding, at, ground_ft
from safetynets.adaptation.surfaces import LowPath, below_minimum_ft, uninhibited
from safetynets.sites.approach_path import nominal_altitude_ft, on_approach
from safetynets.sites.geometry import Approach, Site
from safetynets.units import FT_PER_NM, nm_to_m

TURNED_DEG = 1.0
DESIGNATOR_DEG = 25.0
"""A course farther from ten times the designator is no variation of the compass."""
USUAL_DEG = (2.75, 4.0)
ELEVATION_FT = 200.0
LEAST_HEIGHT_FT = 250.0
"""Beyond the last 2 NM the nominal path is to lie this much above the ground."""
FAR_NM = 40.0


def course_and_runway(site: Site) -> Iterator[SiteFinding]:
    """A course that disagrees with the line to the runway's other threshold, or with the designator."""
    for approach in site.flown_approaches:
        place = at(site, (approach.x_m, approach.y_m))
        other = _other_end(site, approach)
        if other is not None:
            line_deg = math.degrees(math.atan2(other.x_m - approach.x_m, other.y_m - approach.y_m))
            turned = _turned(approach.course_deg, line_deg)
            if turned > TURNED_DEG:
                yield SiteFinding(
                    "course-off-runway", "warning", approach.name,
                    f"its course of {approach.true_course_deg:.1f}° true is {turned:.1f}° off the line to that "
                    f"of {other.name!r}",
                    "mend the course or a threshold; an offset localiser is in order", place,
                )  # fmt: skip
        digits = re.match(r"(\d{1,2})", approach.runway)
        if digits and _turned(approach.true_course_deg, 10.0 * int(digits[1])) > DESIGNATOR_DEG:
            yield SiteFinding(
                "course-off-designator", "error", approach.name,
                f"a course of {approach.true_course_deg:.1f}° true to runway {approach.runway}",
                "see whether the course is that of the other direction", place,
            )  # fmt: skip


def angle(site: Site) -> Iterator[SiteFinding]:
    """An angle that few approaches have."""
    for approach in site.flown_approaches:
        if approach.path != "profile" and not USUAL_DEG[0] <= approach.angle_deg <= USUAL_DEG[1]:
            yield SiteFinding(
                "angle-unusual", "warning", approach.name,
                f"an angle of {approach.angle_deg:g}°; most have {USUAL_DEG[0]:g}° to {USUAL_DEG[1]:g}°",
                "compare it with the chart", at(site, (approach.x_m, approach.y_m)),
            )  # fmt: skip


def threshold(site: Site) -> Iterator[SiteFinding]:
    """A threshold whose elevation is not that of the ground, or that is far from the site's centre."""
    for approach in site.flown_approaches:
        place = at(site, (approach.x_m, approach.y_m))
        (ground,) = ground_ft(site, approach.x_m, approach.y_m)
        if abs(ground - approach.threshold_elevation_ft) > ELEVATION_FT:
            yield SiteFinding(
                "threshold-elevation", "warning", approach.name,
                f"its threshold is at {approach.threshold_elevation_ft:,.0f} ft, the terrain there at {ground:,.0f} ft",
                "see whether the elevation is in metres, or the position that of another place", place,
            )  # fmt: skip
        away_nm = math.hypot(approach.x_m, approach.y_m) / nm_to_m(1.0)
        if away_nm > FAR_NM:
            yield SiteFinding(
                "threshold-far", "warning", approach.name, f"its threshold is {away_nm:.0f} NM from the site's centre",
                "see whether latitude and longitude are swapped, or a digit is wrong", place,
            )  # fmt: skip


def path_and_ground(site: Site) -> Iterator[SiteFinding]:
    """A nominal path that meets the ground where it is watched, and an intercept altitude that it cannot come from."""
    for approach in site.flown_approaches:
        along_nm = np.arange(max(approach.end_distance_nm, 2.0), approach.start_distance_nm, 0.1)
        points = np.array([on_approach(approach, each, 0.0) for each in along_nm]).reshape(-1, 2)
        height_ft = nominal_altitude_ft(approach, along_nm) - ground_ft(site, points[:, 0], points[:, 1])
        if np.isfinite(height_ft).any() and np.nanmin(height_ft) < LEAST_HEIGHT_FT:
            low = int(np.nanargmin(height_ft))
            yield SiteFinding(
                "path-near-ground", "error" if height_ft[low] < 0.0 else "warning", approach.name,
                f"its nominal path is {height_ft[low]:,.0f} ft above the ground at {along_nm[low]:.1f} NM",
                "mend the angle, the course, the elevation or the intercept altitude",
                at(site, (float(points[low, 0]), float(points[low, 1]))),
            )  # fmt: skip
        least_ft = approach.threshold_elevation_ft + approach.end_distance_nm * FT_PER_NM * math.tan(
            math.radians(max(approach.angle_deg, 2.0))
        )
        if approach.intercept_altitude_ft < least_ft:
            yield SiteFinding(
                "intercept-too-low", "error", approach.name,
                f"its path is intercepted at {approach.intercept_altitude_ft:,.0f} ft, where it is no longer watched",
                "give the altitude at the final approach fix", at(site, (approach.x_m, approach.y_m)),
            )  # fmt: skip


def path_and_minima(site: Site) -> Iterator[SiteFinding]:
    """A nominal path below a minimum altitude, where no inhibit volume is: the MSAW alerts there on every approach."""
    for approach in site.flown_approaches:
        along_nm = np.arange(0.0, approach.start_distance_nm, 0.1)
        points = np.array([on_approach(approach, each, 0.0) for each in along_nm])
        altitude_ft = nominal_altitude_ft(approach, along_nm)
        path = LowPath(approach, False, along_nm, points[:, 0], points[:, 1], altitude_ft)
        free = uninhibited(site, path)
        for area in site.minimum_altitudes:
            low = free & (altitude_ft < area.minimum_ft - below_minimum_ft(site, area.name))
            low &= shapely.intersects_xy(area.area, points[:, 0], points[:, 1])
            if low.any():
                first, last = np.flatnonzero(low)[[0, -1]]
                yield SiteFinding(
                    "path-below-minimum", "warning", area.name,
                    f"{approach.name!r} is below its {area.minimum_ft:,.0f} ft from {along_nm[last]:.1f} to "
                    f"{along_nm[first]:.1f} NM: the MSAW alerts on every approach",
                    "cut the area at the final approach, or inhibit the MSAW there", at(site, tuple(points[last])),
                )  # fmt: skip


def capture(site: Site) -> Iterator[SiteFinding]:
    """A capture region that lies within the lateral limits: who is inside them may not be joined."""
    apm = site.parameters.apm
    for approach in site.approaches:
        for distance_nm in (approach.end_distance_nm, approach.start_distance_nm):
            region_m = apm.capture_half_width_m + nm_to_m(distance_nm) * math.tan(math.radians(apm.capture_splay_deg))
            limit_m = approach.half_width_m + nm_to_m(distance_nm) * math.tan(math.radians(approach.splay_deg))
            if region_m < limit_m:
                yield SiteFinding(
                    "capture-narrow", "warning", approach.name,
                    f"{distance_nm:g} NM out the capture region reaches {region_m:,.0f} m to each side, the limit "
                    f"{limit_m:,.0f} m: not every flight within the limits is joined",
                    "widen apm.capture_half_width_m or apm.capture_splay_deg",
                    at(site, on_approach(approach, distance_nm, 0.0)),
                )  # fmt: skip
                break


def twice(site: Site) -> Iterator[SiteFinding]:
    """Two approaches to one runway on one course."""
    seen: dict[tuple[str, str], Approach] = {}
    for approach in site.approaches:
        first = seen.setdefault((approach.airport, approach.runway), approach)
        if first is not approach and _turned(first.course_deg, approach.course_deg) < TURNED_DEG:
            yield SiteFinding(
                "approach-twice", "warning", f"{first.name} and {approach.name}",
                "both lead to one runway on one course",
                "remove one, or set monitored = false", at(site, (approach.x_m, approach.y_m)),
            )  # fmt: skip


def _other_end(site: Site, approach: Approach) -> Approach | None:
    """The approach to the same runway from the other side, by designator."""
    found = re.fullmatch(r"(\d{1,2})([LRC]?)", approach.runway)
    if not found:
        return None
    wanted = f"{(int(found[1]) + 17) % 36 + 1:02d}{ {'L': 'R', 'R': 'L'}.get(found[2], found[2]) }"
    others = [one for one in site.flown_approaches if one.airport == approach.airport and one.runway.zfill(2) == wanted]
    return others[0] if others else None


def _turned(one_deg: float, other_deg: float) -> float:
    return abs((one_deg - other_deg + 180.0) % 360.0 - 180.0)
