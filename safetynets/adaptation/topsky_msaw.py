"""TopSkyMSAW.txt of the EuroScope plug-in TopSky: minimum altitudes of polygons, circles, sectors, boxes, grid rows."""

from __future__ import annotations

from pathlib import Path

from safetynets.adaptation.parts import Arc, Area, Circle, Limit, Parts, Position, Ring, UnusableError
from safetynets.adaptation.text_file import lines_of
from safetynets.adaptation.words import checked, number, radius_of, topsky_angle, topsky_position
from safetynets.units import nm_to_m

FORMAT = "TopSkyMSAW"
LETTERS = ("P", "C", "S", "A", "L")
LONGEST_ROW = 10_000


def reads(content: bytes) -> bool:
    """Whether a file looks like TopSkyMSAW.txt: its first line that is no remark is one of its five kinds."""
    text = content[:100_000].decode("latin-1").lstrip("\xef\xbb\xbf")
    lines = [line.strip() for line in text.splitlines() if line.strip() and line.lstrip()[0] not in ";/#"]
    return bool(lines) and lines[0][:2] in {f"{letter}:" for letter in LETTERS}


def read(content: bytes, file: Path) -> Parts:
    """Every area of a file, named by its kind and line; a line that cannot be read is refused alone."""
    parts = Parts(FORMAT)
    for line, text in lines_of(content, file):
        words = text.strip()
        if not words or words[0] in ";/#":
            continue
        kind, *fields = (field.strip() for field in words.rstrip(":").split(":"))
        where = f"line {line}"
        try:
            parts.areas += _areas(kind, fields, where)
        except UnusableError as found:
            parts.refuse(where, "", found.text, found.mend)
    if any(isinstance(part, Arc) for area in parts.areas if not isinstance(area.outer, Circle) for part in area.outer):
        parts.note("the file", "", "bearings of sectors are taken for true ones")
    return parts


def _areas(kind: str, fields: list[str], where: str) -> list[Area]:
    match kind:
        case "P":
            count = _count(fields[0] if fields else "")
            values = fields[1:]
            if len(values) != 2 * count + 1:
                raise UnusableError(f"{count} corners need {2 * count + 1} fields, not {len(values)}")
            corners = tuple(topsky_position(*values[2 * n : 2 * n + 2]) for n in range(count))
            return [_area("polygon", where, corners, values[-1])]
        case "C":
            latitude, longitude, radius, minimum = _exactly(4, fields)
            return [_area("circle", where, Circle(topsky_position(latitude, longitude), radius_of(radius)), minimum)]
        case "S":
            latitude, longitude, start, end, inner, outer, minimum = _exactly(7, fields)
            ring = _sector(
                topsky_position(latitude, longitude), number(start), number(end), number(inner), radius_of(outer)
            )
            return [_area("sector", where, ring, minimum)]
        case "A":
            *edges, minimum = _exactly(5, fields)
            south, north, west, east = map(topsky_angle, edges)
            return [_area("box", where, _box(south, west, north, east), minimum)]
        case "L":
            if len(fields) < 6:
                raise UnusableError("a grid row needs latitude, longitude, two steps, a count and its altitudes")
            count = _count(fields[4])
            minima = fields[5:]
            if len(minima) != count:
                raise UnusableError(f"a grid row of {count} cells has {len(minima)} altitudes")
            south, west, up, right = map(topsky_angle, fields[:4])
            boxes = [_box(south, west + n * right, south + up, west + (n + 1) * right) for n in range(count)]
            return [
                _area(f"grid cell {n}", where, cell, minimum)
                for n, (cell, minimum) in enumerate(zip(boxes, minima, strict=True), start=1)
            ]
    raise UnusableError(f"{kind!r} is no kind of area", f"a line begins with one of {', '.join(LETTERS)}")


def _area(kind: str, where: str, outer: Ring | Circle, minimum: str) -> Area:
    name = f"{kind} of {where}"
    straight = kind == "box" or kind.startswith("grid")
    return Area(name, where, outer, straight_in_degrees=straight, minimum=Limit(number(minimum), "altitude"))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= LONGEST_ROW:
        raise UnusableError(f"{text!r} is no count")
    return int(text)


def _exactly(count: int, fields: list[str]) -> list[str]:
    if len(fields) != count:
        raise UnusableError(f"{len(fields)} fields where {count} are needed")
    return fields


def _sector(centre: Position, start_deg: float, end_deg: float, inner_nm: float, outer_nm: float) -> Ring:
    if not 0.0 <= inner_nm < outer_nm:
        raise UnusableError(f"a sector from {inner_nm:g} to {outer_nm:g} NM has no extent")
    outer_m, inner_m = nm_to_m(outer_nm), nm_to_m(inner_nm)
    far = Arc(centre, start_deg, end_deg, outer_m, outer_m, clockwise=True)
    if inner_nm == 0.0:
        return (far, centre)
    return (far, Arc(centre, end_deg, start_deg, inner_m, inner_m, clockwise=False))


def _box(south: float, west: float, north: float, east: float) -> Ring:
    if north <= south or east <= west:
        raise UnusableError(f"a box from [{south:g}, {west:g}] to [{north:g}, {east:g}] has no extent")
    return checked(south, west), checked(south, east), checked(north, east), checked(north, west)
