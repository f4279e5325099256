"""Rings with arcs made into polygons of the site: flattened to the safe side, crossings mended, holes cut out."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import shapely
from shapely import LinearRing, MultiPolygon, Polygon
from shapely.validation import explain_validity

from safetynets.adaptation.parts import Arc, Area, Circle, Position, Ring, UnusableError
from safetynets.geodesy import WGS84, Plane, destination
from safetynets.sites.shapes import FARTHEST_NM
from safetynets.units import m_to_nm, nm_to_m

ARC_ERROR_M = 10.0
"""A flattened arc lies on the safe side of the true one, nowhere farther from it than this."""
ARC_MARGIN_M = 0.5
"""Of which this much is kept for the difference between a geodesic and a straight edge on the site's plane."""
EDGE_ERROR_M = 2.0
"""An edge that is straight in degrees gets corners in between, so that it is nowhere farther from the plane's edges."""
MAX_CORNERS_OF_EDGE = 2_000
REPAIRED_SHARE = 0.01
"""A ring that crosses itself is used where what it encloses besides its largest part is at most this share of all."""
LEAST_AREA_M2 = 100.0

Corners = list[Position]
Plain = tuple[Corners, list[Corners]]
"""An outer ring and its holes, corners only."""


def polygons_of(area: Area, plane: Plane, *, outwards: bool) -> tuple[list[Plain], str]:
    """The polygons of an area as a site file takes them, and what was mended on the way (empty for nothing).

    With `outwards` they cover the area, without it they lie within it, as far as arcs are concerned. A sound polygon
    keeps its corners as they were.

    Raises
    ------
    UnusableError
        For rings that cannot be used, and areas too far from the site.
    """
    outer = _corners(area.outer, area.straight_in_degrees, plane, outwards=outwards)
    holes = [_corners(hole, area.straight_in_degrees, plane, outwards=not outwards) for hole in area.holes]
    shell, mended = _sound(outer, plane)
    if not holes:
        return ([(outer, [])], "") if not mended else (_in_degrees(shell, plane), mended)
    cuts = [_sound(hole, plane) for hole in holes]
    mended = "; ".join(dict.fromkeys(text for text in (mended, *(text for _, text in cuts)) if text))
    whole = Polygon(shell.exterior, [cut.exterior for cut, _ in cuts])
    if whole.is_valid and not mended:
        return [(outer, holes)], ""
    left = shell.difference(shapely.union_all([cut for cut, _ in cuts]))
    if left.area < LEAST_AREA_M2:
        raise UnusableError("its holes leave nothing of it")
    return _in_degrees(left, plane), mended


def _corners(ring: Ring | Circle, straight_in_degrees: bool, plane: Plane, *, outwards: bool) -> Corners:
    if isinstance(ring, Circle):
        return flattened_circle(ring, outwards=outwards)
    plain = flattened(ring, outwards=outwards)
    if len({*plain}) < 3:
        raise UnusableError(f"only {len({*plain})} different corners", "an area needs three or more")
    latitude_deg, longitude_deg = np.array(plain).T
    centre = np.full(len(plain), plane.longitude_deg), np.full(len(plain), plane.latitude_deg)
    away_nm = m_to_nm(WGS84.inv(*centre, longitude_deg, latitude_deg)[2])
    farthest = int(np.argmax(away_nm))
    if away_nm[farthest] > FARTHEST_NM:
        at = f"[{plain[farthest][0]:.4f}, {plain[farthest][1]:.4f}]"
        raise UnusableError(
            f"{at} is {away_nm[farthest]:,.0f} NM from the centre of the site, which reaches {FARTHEST_NM:.0f} NM",
            "see whether latitude and longitude are swapped",
        )
    return _densified(plain, plane) if straight_in_degrees else plain


def flattened(ring: Ring, *, outwards: bool) -> Corners:
    """A ring with its arcs as corners: a polygon that covers the true area, or one that lies within it.

    An arc that bulges out of the area becomes tangents when flattened outwards and chords inwards; one that bulges
    into it the other way round. No corner lies farther than `ARC_ERROR_M` from the arc.
    """
    rough: Corners = [
        position for part in ring for position in (_on_arc(part, 24) if isinstance(part, Arc) else [part])
    ]
    shifted = _unwrapped(rough)
    if len({*rough}) < 3:
        return rough
    counterclockwise = LinearRing([(x, y) for y, x in shifted]).is_ccw
    corners: Corners = []
    for part in ring:
        if isinstance(part, Arc):
            bulges_out = part.clockwise != counterclockwise
            corners += _tangents(part) if bulges_out == outwards else _chords(part)
        else:
            corners.append(part)
    distinct = [corner for corner, before in zip(corners, [None, *corners], strict=False) if corner != before]
    return distinct[:-1] if len(distinct) > 1 and distinct[0] == distinct[-1] else distinct


def flattened_circle(circle: Circle, *, outwards: bool) -> Corners:
    """A circle as corners, all around or all within it."""
    radius_m = nm_to_m(circle.radius_nm)
    arc = Arc(circle.centre, 0.0, 360.0, radius_m, radius_m, clockwise=True)
    return (_tangents(arc) if outwards else _chords(arc))[1 if outwards else 0 : -1]


def _sweep(arc: Arc) -> float:
    """How far an arc turns (degrees, positive), a whole turn where start and end are one."""
    turn = arc.end_bearing_deg - arc.start_bearing_deg if arc.clockwise else arc.start_bearing_deg - arc.end_bearing_deg
    return turn if turn == 360.0 else turn % 360.0 or 360.0


def _steps(arc: Arc) -> int:
    radius_m = max(arc.start_radius_m, arc.end_radius_m)
    half_deg = math.degrees(math.acos(radius_m / (radius_m + ARC_ERROR_M - 2.0 * ARC_MARGIN_M)))
    return max(1, math.ceil(_sweep(arc) / (2.0 * half_deg)))


def _at(arc: Arc, share: float, factor: float = 1.0, more_m: float = 0.0) -> Position:
    bearing = arc.start_bearing_deg + (1.0 if arc.clockwise else -1.0) * _sweep(arc) * share
    radius_m = arc.start_radius_m + (arc.end_radius_m - arc.start_radius_m) * share
    return destination(*arc.centre, bearing, radius_m * factor + more_m)


def _on_arc(arc: Arc, steps: int) -> Corners:
    return [_at(arc, step / steps) for step in range(steps + 1)]


def _chords(arc: Arc) -> Corners:
    """Corners on the arc, moved in by the margin but at its ends."""
    steps = _steps(arc)
    inside = [_at(arc, step / steps, more_m=-ARC_MARGIN_M) for step in range(1, steps)]
    return [_at(arc, 0.0), *inside, _at(arc, 1.0)]


def _tangents(arc: Arc) -> Corners:
    """Corners where tangents of the arc meet, moved out by the margin, between the arc's ends."""
    steps = _steps(arc)
    factor = 1.0 / math.cos(math.radians(_sweep(arc) / steps / 2.0))
    outside = [_at(arc, (step + 0.5) / steps, factor, ARC_MARGIN_M) for step in range(steps)]
    return [_at(arc, 0.0), *outside, _at(arc, 1.0)]


def _unwrapped(corners: Corners) -> Corners:
    """Longitudes near that of the first corner, beyond 180 degrees where the ring runs across that meridian."""
    first = corners[0][1]
    return [(latitude, first + (longitude - first + 180.0) % 360.0 - 180.0) for latitude, longitude in corners]


def _densified(corners: Corners, plane: Plane) -> Corners:
    """The ring with corners on edges that are straight in degrees, within `EDGE_ERROR_M` of the plane's edges."""
    around = np.array(_unwrapped([*corners, corners[0]]))
    middle = (around[:-1] + around[1:]) / 2.0
    x_m, y_m = plane.to_plane(around[:, 0], around[:, 1])
    middle_x_m, middle_y_m = plane.to_plane(middle[:, 0], middle[:, 1])
    off_m = np.hypot(middle_x_m - (x_m[:-1] + x_m[1:]) / 2.0, middle_y_m - (y_m[:-1] + y_m[1:]) / 2.0)
    pieces = np.clip(np.ceil(np.sqrt(off_m / EDGE_ERROR_M)), 1, MAX_CORNERS_OF_EDGE).astype(int)
    dense: Corners = []
    for number, (corner, count) in enumerate(zip(corners, pieces.tolist(), strict=True)):
        dense.append(corner)
        for step in range(1, count):
            latitude, longitude = around[number] + (around[number + 1] - around[number]) * (step / count)
            dense.append((float(latitude), (float(longitude) + 180.0) % 360.0 - 180.0))
    return dense


def _sound(corners: Corners, plane: Plane) -> tuple[Polygon, str]:
    """The polygon of a ring on the plane, and how it was mended where it crossed itself."""
    latitude_deg, longitude_deg = np.array(corners).T
    area = Polygon(np.column_stack(plane.to_plane(latitude_deg, longitude_deg)))
    if area.is_valid and area.area >= LEAST_AREA_M2:
        return area, ""
    where = _crossing(area, plane)
    faces = [*shapely.polygonize([shapely.union_all([LinearRing(area.exterior)])]).geoms]
    whole = shapely.union_all(faces) if faces else Polygon()
    parts = sorted(getattr(whole, "geoms", [whole]), key=lambda part: part.area)
    if not parts or parts[-1].area < LEAST_AREA_M2:
        raise UnusableError("its corners lie on one line" + where, "an area needs an extent")
    rest = sum(part.area for part in parts[:-1]) / whole.area
    if rest > REPAIRED_SHARE:
        raise UnusableError(
            f"its outline crosses itself{where}: it falls into parts, and which is meant is not known",
            "list the corners in order around the area",
        )
    return Polygon(parts[-1].exterior), f"its outline crossed itself{where}; everything it encloses is kept"


def _crossing(area: Polygon, plane: Plane) -> str:
    _, _, place = explain_validity(area).partition("[")
    if not place:
        return ""
    x_m, y_m = (float(number) for number in place.rstrip("]").split()[:2])
    latitude_deg, longitude_deg = plane.to_geographic(x_m, y_m)
    return f" near [{float(latitude_deg):.4f}, {float(longitude_deg):.4f}]"


def _in_degrees(area: shapely.Geometry, plane: Plane) -> list[Plain]:
    parts = [area] if isinstance(area, Polygon) else [*area.geoms] if isinstance(area, MultiPolygon) else []
    parts = [part for part in shapely.get_parts(parts) if isinstance(part, Polygon) and part.area >= LEAST_AREA_M2]
    return [
        (_ring_in_degrees(part.exterior, plane), [_ring_in_degrees(hole, plane) for hole in part.interiors])
        for part in parts
    ]


def _ring_in_degrees(ring: LinearRing, plane: Plane) -> Corners:
    x_m, y_m = np.array(ring.coords[:-1]).T
    latitude_deg, longitude_deg = plane.to_geographic(x_m, y_m)
    corners = zip(latitude_deg.tolist(), longitude_deg.tolist(), strict=True)
    rounded = [(round(latitude, 7), round(longitude, 7)) for latitude, longitude in corners]
    return [corner for corner, after in pairwise([*rounded, rounded[0]]) if corner != after]
