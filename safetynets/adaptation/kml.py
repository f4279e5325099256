"""KML 2.2: placemarks with polygons; the altitude as data with its unit in the name, or in the name or description."""

from __future__ import annotations

from pathlib import Path

from safetynets.adaptation.named_values import limit_in, only_altitude_in
from safetynets.adaptation.parts import Area, Parts, Ring, UnusableError, numbered
from safetynets.adaptation.words import checked, number
from safetynets.adaptation.xml_tree import Element, read_xml

FORMAT = "KML"


def reads(content: bytes) -> bool:
    """Whether a file looks like KML."""
    return b"<kml" in content[:5000]


def read(content: bytes, file: Path) -> Parts:
    """Every placemark with a polygon or several."""
    document = read_xml(content, file)
    parts = Parts(FORMAT)
    for placemark in document.root.all("Placemark"):
        own = {child.name: child.text.strip() for child in placemark.children}
        name = own.get("name") or f"placemark of line {placemark.line}"
        polygons = [*placemark.all("Polygon")]
        if not polygons:
            parts.refuse(placemark.where, name, "it has no polygon", "only polygons are read")
            continue
        try:
            values = _values(placemark)
            minimum = limit_in(values, "minimum")
            if minimum is None:
                minimum = only_altitude_in(f"{own.get('name', '')} {own.get('description', '')}")
            parts.areas += numbered(
                [
                    Area(
                        name=name,
                        where=placemark.where,
                        outer=_ring(polygon, "outerBoundaryIs"),
                        holes=tuple(_ring_of(ring) for ring in polygon.all("innerBoundaryIs")),
                        floor=limit_in(values, "floor"),
                        ceiling=limit_in(values, "ceiling"),
                        minimum=minimum,
                        purpose=values.get("purpose", ""),
                    )
                    for polygon in polygons
                ]
            )
        except UnusableError as found:
            parts.refuse(placemark.where, name, found.text, found.mend)
    return parts


def _values(placemark: Element) -> dict[str, str]:
    """The extended data of a placemark by name, plain or by schema."""
    plain = {each.attributes.get("name", ""): each.words("value") for each in placemark.all("Data")}
    return plain | {each.attributes.get("name", ""): each.text.strip() for each in placemark.all("SimpleData")}


def _ring(polygon: Element, name: str) -> Ring:
    outer = polygon.first(name)
    if outer is None:
        raise UnusableError(f"line {polygon.line}: a polygon without an outer boundary")
    return _ring_of(outer)


def _ring_of(boundary: Element) -> Ring:
    corners = []
    for triple in boundary.words("coordinates").split():
        words = triple.split(",")
        if len(words) not in (2, 3):
            raise UnusableError(f"line {boundary.line}: {triple!r} is no longitude,latitude")
        corners.append(checked(number(words[1]), number(words[0])))
    if not corners:
        raise UnusableError(f"line {boundary.line}: a boundary without coordinates")
    return tuple(corners)
