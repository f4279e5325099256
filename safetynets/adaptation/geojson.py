"""GeoJSON (RFC 7946): longitude before latitude on WGS 84, edges straight in degrees, units in the property names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from safetynets.adaptation.named_values import limit_in
from safetynets.adaptation.parts import Area, Parts, Ring, UnusableError, numbered
from safetynets.adaptation.text_file import text_of
from safetynets.adaptation.words import checked
from safetynets.errors import AdaptationError
from safetynets.text_files import parse_json

FORMAT = "GeoJSON"

_BLANKS = re.compile(r"[ \t\r\n,]*")
_FEATURES = re.compile(r'"features"\s*:\s*\[')


def reads(content: bytes) -> bool:
    """Whether a file looks like GeoJSON."""
    return content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(content: bytes, file: Path) -> Parts:
    """Every feature that is a polygon or several; properties: `name`, `minimum_ft`, `floor_fl`, `ceiling_m`, ..."""
    text = text_of(content, file)
    try:
        whole = parse_json(text)
    except json.JSONDecodeError as error:
        raise AdaptationError(f"no JSON: {error.msg}", file=file, where=f"line {error.lineno}") from None
    except ValueError as error:
        raise AdaptationError(f"no JSON: {error}", file=file) from None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise AdaptationError("no GeoJSON: it has no list of features", file=file, mend="give a FeatureCollection")
    system = whole.get("crs")
    if system is not None and "CRS84" not in json.dumps(system) and "4326" not in json.dumps(system):
        raise AdaptationError("its coordinates are in another system", file=file, where="crs", mend="convert to WGS 84")
    parts = Parts(FORMAT)
    lines = _lines(text, len(features))
    for number, feature in enumerate(features):
        where = f"line {lines[number]}" if lines else f"feature {number + 1}"
        values = feature.get("properties") if isinstance(feature, dict) else None
        values = values if isinstance(values, dict) else {}
        name = str(values.get("name") or values.get("Name") or f"feature {number + 1}")
        try:
            parts.areas += numbered(_areas(feature, values, name, where))
        except UnusableError as found:
            parts.refuse(where, name, found.text, found.mend)
    return parts


def _areas(feature: Any, values: dict[str, Any], name: str, where: str) -> list[Area]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise UnusableError(f"a geometry of type {kind!r} is no area", "only Polygon and MultiPolygon are read")
    rings = geometry.get("coordinates")
    polygons = rings if kind == "MultiPolygon" else [rings]
    if not isinstance(polygons, list):
        raise UnusableError("its coordinates are no list")
    minimum, floor, ceiling = (limit_in(values, end) for end in ("minimum", "floor", "ceiling"))
    purpose = str(values.get("purpose") or "")
    areas = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise UnusableError("a polygon without rings")
        outer, *holes = (_ring(ring) for ring in polygon)
        areas.append(Area(name, where, outer, tuple(holes), True, floor, ceiling, minimum, purpose))
    return areas


def _ring(ring: Any) -> Ring:
    try:
        corners = [(float(position[1]), float(position[0])) for position in ring]
    except (TypeError, ValueError, IndexError, KeyError):
        raise UnusableError("a ring whose positions are no [longitude, latitude]") from None
    return tuple(checked(*corner) for corner in corners)


def _lines(text: str, count: int) -> list[int]:
    """The line on which each feature begins; empty where they cannot be told."""
    decoder, lines, at = json.JSONDecoder(), [], _FEATURES.search(text)
    if at is None:
        return []
    position, line, counted = at.end(), 1, 0
    for _ in range(count):
        position = _BLANKS.match(text, position).end()  # type: ignore[union-attr] # it matches nothing as well
        line += text.count("\n", counted, position)
        counted = position
        lines.append(line)
        try:
            _, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError:
            return []
    return lines
