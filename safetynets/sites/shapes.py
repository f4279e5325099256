"""Polygons in degrees, checked and brought onto the site's plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely import LinearRing, Polygon
from shapely.validation import explain_validity

from safetynets.geodesy import WGS84, Plane
from safetynets.sites.problems import KeyPath, Problem
from safetynets.units import m_to_nm

FARTHEST_NM = 600.0
"""Nothing of a site lies farther from its centre than this: at that distance the plane is 0.8 % long."""

CIRCLE_ERROR_M = 1.0
"""How far the edges of a flattened circle may lie inside it."""

Ring = Sequence[tuple[float, float]]


def polygon(
    corners_deg: Ring, holes_deg: Sequence[Ring], plane: Plane, path: KeyPath
) -> tuple[Polygon | None, list[Problem]]:
    """A polygon on the plane, its edges straight on the plane; or None and what is wrong with it.

    Repeated corners are dropped, an open ring is closed, the direction does not matter. A polygon across the 180
    degree meridian is no special case: the plane has no seam there.
    """
    problems: list[Problem] = []
    rings = []
    keys: list[KeyPath] = [(*path, "polygon_deg"), *((*path, "holes_deg", n) for n in range(len(holes_deg)))]
    for ring_deg, key in zip([corners_deg, *holes_deg], keys, strict=True):
        ring, found = _ring(ring_deg, plane, key)
        rings.append(ring)
        problems += found
    if problems:
        return None, problems
    area = Polygon(rings[0], rings[1:])
    if not area.is_valid:
        return None, [Problem(keys[0], _why(area, plane), "holes lie inside the polygon and do not overlap")]
    return area, []


def inscribed_circle(x_m: float, y_m: float, radius_m: float) -> Polygon:
    """A circle on the plane as the regular polygon inscribed in it, its edges at most `CIRCLE_ERROR_M` inside.

    >>> circle = inscribed_circle(0.0, 0.0, 9260.0)
    >>> nearest_m = circle.exterior.distance(circle.centroid)
    >>> 9259.0 < nearest_m < 9260.0
    True
    """
    half_angle = np.arccos(max(1.0 - CIRCLE_ERROR_M / radius_m, 0.0))
    count = max(12, int(np.ceil(np.pi / half_angle)))
    angles = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    return Polygon(np.column_stack([x_m + radius_m * np.sin(angles), y_m + radius_m * np.cos(angles)]))


def _ring(corners_deg: Ring, plane: Plane, key: KeyPath) -> tuple[LinearRing | None, list[Problem]]:
    corners = [corner for corner, before in zip(corners_deg, [None, *corners_deg], strict=False) if corner != before]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < 3:
        return None, [Problem(key, f"only {len(set(corners))} different corners", "a polygon needs three or more")]
    if problem := too_far(corners, plane, key):
        return None, [problem]
    latitude_deg, longitude_deg = np.array(corners).T
    ring = LinearRing(np.column_stack(plane.to_plane(latitude_deg, longitude_deg)))
    area = Polygon(ring)
    if not area.is_valid:
        return None, [Problem(key, _why(area, plane), "list the corners in order around the polygon")]
    if area.area < 1.0:
        return None, [Problem(key, "the corners lie on one line", "a polygon needs an area")]
    return ring, []


def too_far(corners_deg: Ring, plane: Plane, key: KeyPath) -> Problem | None:
    """The problem with the first corner that lies too far from the centre of the plane, where there is one."""
    for latitude_deg, longitude_deg in corners_deg:
        _, _, distance_m = WGS84.inv(plane.longitude_deg, plane.latitude_deg, longitude_deg, latitude_deg)
        if m_to_nm(distance_m) > FARTHEST_NM:
            return Problem(
                key,
                f"[{latitude_deg}, {longitude_deg}] is {m_to_nm(distance_m):.0f} NM from the centre of the site",
                "write [latitude_deg, longitude_deg] in this order",
            )
    return None


def _why(area: Polygon, plane: Plane) -> str:
    """What shapely finds wrong, with the place in degrees: "crosses itself near [46.1, 6.2]"."""
    reason = explain_validity(area)
    words, _, place = reason.partition("[")
    x_m, y_m = (float(number) for number in place.rstrip("]").split()[:2]) if place else (np.nan, np.nan)
    latitude_deg, longitude_deg = plane.to_geographic(x_m, y_m)
    said = "crosses itself" if "Self-intersection" in words else words.lower()
    return f"{said} near [{float(latitude_deg):.4f}, {float(longitude_deg):.4f}]"
