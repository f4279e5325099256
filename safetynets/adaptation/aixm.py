"""AIXM 5.1: airspaces with their limits, rings of straight edges, arcs and circles; the FAA's MVA and MIA charts whole.

References: AIXM 5.1 (aixm.aero), and OGC 12-028r1, "Use of GML for aviation data", for the order of the axes and the
bearings of arcs. Borders given by reference (xlink) are refused area by area.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from safetynets.adaptation.parts import (
    GROUND,
    UNLIMITED,
    Arc,
    Area,
    Circle,
    Limit,
    Parts,
    Position,
    Ring,
    UnusableError,
    numbered,
)
from safetynets.adaptation.words import number
from safetynets.adaptation.xml_tree import Element, read_xml
from safetynets.units import m_to_ft, nm_to_m

FORMAT = "AIXM 5.1"

PURPOSES = {"R": "restricted", "D": "danger", "P": "prohibited", "D_OTHER": "danger"}
RADII_M = {"NM": nm_to_m(1.0), "M": 1.0, "KM": 1000.0, "[NMI_I]": nm_to_m(1.0)}


def reads(content: bytes) -> bool:
    """Whether a file looks like AIXM 5."""
    return b"aixm.aero/schema/5" in content[:20_000]


def read(content: bytes, file: Path) -> Parts:
    """Every airspace of a file that has a volume with a horizontal outline."""
    document = read_xml(content, file)
    parts = Parts(FORMAT)
    for airspace in document.root.all("Airspace"):
        slices = [each for each in airspace.all("AirspaceTimeSlice") if each.words("interpretation") != "TEMPDELTA"]
        if not slices:
            continue
        latest = max(slices, key=lambda each: _whole(each.words("sequenceNumber")))
        name = latest.words("name") or latest.words("designator") or f"area of line {airspace.line}"
        volumes = [*latest.all("AirspaceVolume")]
        if not volumes:
            parts.refuse(airspace.where, name, "it has no volume of its own", "airspaces made of others are not read")
        try:
            parts.areas += numbered([area for volume in volumes for area in _areas(volume, name, latest)])
        except UnusableError as found:
            parts.refuse(airspace.where, name, found.text, found.mend)
    if document.rest_from_line is not None:
        parts.note(f"line {document.rest_from_line}", "", "what follows the end of the document is not read")
    return parts


def _areas(volume: Element, name: str, of: Element) -> list[Area]:
    projection = volume.first("horizontalProjection")
    surface = None if projection is None else projection.first("Surface")
    if surface is None:
        raise UnusableError("it has no outline of its own", "outlines given by reference are not read")
    axes = _axes(surface)
    areas = []
    for patch in surface.all("PolygonPatch"):
        outer = patch.first("exterior")
        if outer is None:
            raise UnusableError(f"line {patch.line}: a patch without an outer ring")
        ring = _ring(outer, axes)
        areas.append(
            Area(
                name=name,
                where=volume.where,
                outer=ring,
                holes=tuple(_only_ring(_ring(hole, axes), hole) for hole in patch.all("interior")),
                straight_in_degrees=axes == "lon lat",
                floor=_limit(volume, "lowerLimit"),
                ceiling=_limit(volume, "upperLimit"),
                minimum=_limit(volume, "minimumLimit"),
                purpose=PURPOSES.get(of.words("type"), ""),
            )
        )
    if not areas:
        raise UnusableError("its surface has no patch")
    return areas


def _axes(surface: Element) -> str:
    """The order of the numbers of a position: "lon lat" for CRS84, "lat lon" for EPSG:4326."""
    system = surface.attributes.get("srsName", "")
    if "CRS84" in system:
        return "lon lat"
    if "4326" in system:
        return "lat lon"
    raise UnusableError(
        f"its coordinates are in {system or 'an unsaid system'!r}", "convert them to EPSG:4326 or CRS84"
    )


def _limit(volume: Element, name: str) -> Limit | None:
    found = volume.first(name)
    text = "" if found is None else found.text.strip()
    if found is None or not text:
        return None
    above = volume.words(f"{name}Reference")
    if text in ("GND", "FLOOR"):
        return GROUND
    if text in ("UNL", "CEILING"):
        return UNLIMITED
    value, unit = number(text), found.attributes.get("uom", "")
    if unit not in ("FT", "M", "FL"):
        raise UnusableError(f"line {found.line}: the unit {unit!r} of its {name} is not read", "use FT, M or FL")
    if unit == "FL" or above == "STD":
        return Limit(value if unit == "FL" else (m_to_ft(value) if unit == "M" else value) / 100.0, "level")
    if above not in ("MSL", "SFC", ""):
        raise UnusableError(f"line {found.line}: its {name} counts from {above!r}", "use MSL, SFC or STD")
    feet = m_to_ft(value) if unit == "M" else value
    return Limit(feet, "height" if above == "SFC" else "altitude")


def _only_ring(ring: Ring | Circle, at: Element) -> Ring:
    if isinstance(ring, Circle):
        radius_m = nm_to_m(ring.radius_nm)
        return (Arc(ring.centre, 0.0, 360.0, radius_m, radius_m, clockwise=True),)
    if not ring:
        raise UnusableError(f"line {at.line}: a ring without corners")
    return ring


def _ring(holder: Element, axes: str) -> Ring | Circle:
    if linear := holder.first("LinearRing"):
        return tuple(_positions(linear, axes))
    corners: list[Position | Arc] = []
    for member in holder.all("curveMember"):
        if member.first("Curve") is None:
            raise UnusableError(f"line {member.line}: a border given by reference is not read", "write its positions")
        for segment in member.all(
            "LineStringSegment",
            "GeodesicString",
            "Geodesic",
            "ArcByCenterPoint",
            "CircleByCenterPoint",
            "Arc",
            "Circle",
            "ArcString",
            "CubicSpline",
            "Bezier",
            "Clothoid",
        ):
            if segment.name == "CircleByCenterPoint":
                centre, radius_m = _centre(segment, axes)
                return Circle(centre, radius_m / nm_to_m(1.0))
            if segment.name == "ArcByCenterPoint":
                corners.append(_arc(segment, axes))
            elif segment.name in ("LineStringSegment", "GeodesicString", "Geodesic"):
                corners += _positions(segment, axes)
            else:
                raise UnusableError(f"line {segment.line}: a border of kind {segment.name} is not read")
    if not corners:
        raise UnusableError(f"line {holder.line}: a ring without corners")
    return tuple(corners)


def _arc(segment: Element, axes: str) -> Arc:
    """An arc, whose angles count from the first axis to the second: from north clockwise, or from east backwards."""
    centre, radius_m = _centre(segment, axes)
    start, end = number(segment.words("startAngle")), number(segment.words("endAngle"))
    if axes == "lat lon":
        return Arc(centre, start, end, radius_m, radius_m, clockwise=end > start)
    return Arc(centre, 90.0 - start, 90.0 - end, radius_m, radius_m, clockwise=end < start)


def _centre(segment: Element, axes: str) -> tuple[Position, float]:
    radius = segment.first("radius")
    unit = "" if radius is None else radius.attributes.get("uom", "")
    if radius is None or unit not in RADII_M:
        raise UnusableError(
            f"line {segment.line}: a radius in {unit!r} is not read", f"use one of {', '.join(RADII_M)}"
        )
    radius_m = number(radius.text) * RADII_M[unit]
    if not 0.0 < radius_m <= nm_to_m(300.0):
        raise UnusableError(f"line {segment.line}: a radius of {radius_m / nm_to_m(1.0):g} NM is not plausible")
    positions = _positions(segment, axes)
    if len(positions) != 1:
        raise UnusableError(f"line {segment.line}: an arc with {len(positions)} centres")
    return positions[0], radius_m


def _positions(holder: Element, axes: str) -> list[Position]:
    found: list[Position] = []
    for element in holder.all("posList", "pos", "pointProperty"):
        if element.name == "pointProperty" and element.first("pos") is None:
            raise UnusableError(f"line {element.line}: a position given by reference is not read", "write its numbers")
        text = element.words("pos") if element.name == "pointProperty" else element.text
        try:
            values = np.array(text.split(), dtype=np.float64)
        except ValueError:
            raise UnusableError(f"line {element.line}: positions that are no numbers") from None
        if len(values) % 2 or not np.isfinite(values).all():
            raise UnusableError(f"line {element.line}: {len(values)} numbers are no pairs of finite ones")
        pairs = values.reshape(-1, 2)[:, ::-1] if axes == "lon lat" else values.reshape(-1, 2)
        if len(pairs) and (abs(pairs[:, 0]).max() > 90.0 or abs(pairs[:, 1]).max() > 180.0):
            raise UnusableError(
                f"line {element.line}: its positions are no latitudes and longitudes",
                f"they are read as {axes}, as the file says of itself",
            )
        found += [(latitude, longitude) for latitude, longitude in pairs.tolist()]
    return found


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
