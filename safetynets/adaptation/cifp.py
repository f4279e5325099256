"""ARINC 424 records as the FAA's Coded Instrument Flight Procedures (FAACIFP18) have them: final approaches.

Read are primary records of runways (PG), ILS (PI), path points (PP) and approach legs (PF), 132 columns each. The
columns are those of ARINC 424-18; they were checked on records of KSEA and KBOS of 2026.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safetynets.adaptation.parts import FinalApproach, Parts, Position, UnusableError
from safetynets.adaptation.text_file import lines_of
from safetynets.adaptation.words import checked
from safetynets.errors import AdaptationError
from safetynets.geodesy import WGS84
from safetynets.units import m_to_ft

FORMAT = "ARINC 424"
RECORD = 132
TURNED_DEG = 1.0
"""A course that differs by more than this from the runway's is said: it may be an offset localiser, or a mistake."""
HEIGHT_DIFFERENCE_FT = 1.0
ROUTE_TYPES = ("I", "R", "H", "P", "L", "X")
"""Of several approaches to a runway the first of these: ILS, RNAV, RNP, GPS, localiser, offset localiser."""
WITH_GLIDE_SLOPE = ("I",)


@dataclass
class _Runway:
    line: int
    threshold: Position
    elevation_ft: float
    crossing_ft: float | None


@dataclass
class _Ils:
    line: int
    course_deg: float | None
    declination_deg: float | None
    angle_deg: float | None
    crossing_ft: float | None


@dataclass
class _PathPoint:
    line: int
    angle_deg: float | None
    crossing_ft: float | None


@dataclass
class _Final:
    """The final segment of one procedure: where the path is intercepted, its angle, the altitude at the threshold."""

    line: int
    route_type: str
    intercept_ft: float | None = None
    angle_deg: float | None = None
    over_threshold_ft: float | None = None


@dataclass
class _Aerodrome:
    runways: dict[str, _Runway] = field(default_factory=dict)
    ils: dict[str, _Ils] = field(default_factory=dict)
    path_points: dict[str, _PathPoint] = field(default_factory=dict)
    finals: dict[str, dict[str, _Final]] = field(default_factory=lambda: defaultdict(dict))


def reads(content: bytes) -> bool:
    """Whether a file looks like ARINC 424: its first records have 132 columns and begin with S or HDR."""
    lines = [line for line in content[:5000].splitlines()[:-1] if line.strip()]
    return bool(lines) and all(len(line) == RECORD and line[:1] in b"SHT" for line in lines)


def read(content: bytes, file: Path, airports: Collection[str] = ()) -> Parts:
    """The final approaches of the aerodromes named, or of the only one of the file.

    Raises
    ------
    AdaptationError
        Where the file holds several aerodromes and none is named, and where it holds none of those named.
    """
    parts = Parts(FORMAT)
    found: dict[str, _Aerodrome] = defaultdict(_Aerodrome)
    for line, record in lines_of(content, file):
        if len(record) < 107 or record[4] != "P" or record[0] != "S":
            continue
        airport = record[6:10].strip()
        if airports and airport not in airports:
            continue
        try:
            _take(record, line, found[airport])
        except UnusableError as wrong:
            parts.refuse(f"line {line}", f"{airport} {record[13:18].strip()}", wrong.text, wrong.mend)
    held = sorted(airport for airport, one in found.items() if one.runways)
    if not held:
        named = ", ".join(airports)
        raise AdaptationError(f"no runway of {named}" if named else "no runway record", file=file, mend="see --airport")
    if not airports and len(held) > 1:
        raise AdaptationError(
            f"the file holds {len(held):,} aerodromes: {', '.join(held[:6])}{', ...' if len(held) > 6 else ''}",
            file=file,
            mend=f"choose with --airport, for example --airport {held[0]}",
        )
    for airport in held:
        for approach in _approaches(airport, found[airport], parts):
            parts.approaches.append(approach)
    return parts


def _take(record: str, line: int, into: _Aerodrome) -> None:
    kind = record[12]
    if kind == "G" and record[21] in "01":
        into.runways[record[13:18].strip()] = _Runway(
            line,
            _position(record[32:41], record[41:51]),
            _needed(record[66:71], "threshold elevation"),
            _plain(record[75:77]),
        )
    elif kind == "I" and record[21] in "01":
        course = _plain(record[51:55].rstrip("T"), 10.0)
        declination = record[90:95].strip()
        into.ils[record[27:32].strip()] = _Ils(
            line,
            course,
            0.0 if record[54] == "T" else _signed(declination),
            _plain(record[87:90], 100.0),
            _plain(record[95:97]),
        )
    elif kind == "P" and record[26] in "01":
        crossing = _plain(record[102:108], 10.0)
        metres = record[108] == "M"
        into.path_points[record[19:24].strip()] = _PathPoint(
            line, _plain(record[66:70], 100.0), m_to_ft(crossing) if metres and crossing is not None else crossing
        )
    elif kind == "F" and record[38] in "01" and record[19] in ROUTE_TYPES:
        _leg(record, line, into)


def _leg(record: str, line: int, into: _Aerodrome) -> None:
    procedure = record[13:19].strip()
    final = into.finals[procedure].setdefault("", _Final(line, record[19]))
    role, altitude = record[42], _plain(record[84:89])
    if role == "F":
        final.intercept_ft, final.line = altitude, line
    if role == "M" and record[36:38] == "PG":
        final.over_threshold_ft = altitude
        into.finals[procedure][record[29:34].strip()] = final
    angle = _plain(record[102:106].replace("-", ""), 100.0)
    if angle:
        final.angle_deg = angle


def _approaches(airport: str, of: _Aerodrome, parts: Parts) -> Iterator[FinalApproach]:
    for name, runway in sorted(of.runways.items()):
        finals = [final for legs in of.finals.values() for fix, final in legs.items() if fix == name]
        ils, point = of.ils.get(name), of.path_points.get(name)
        where, shown = f"line {runway.line}", f"{airport} {name.removeprefix('RW')}"
        if not finals:
            continue
        final = min(finals, key=lambda one: (ROUTE_TYPES.index(one.route_type), one.line))
        by_ils = ils is not None and ils.angle_deg is not None and final.route_type in WITH_GLIDE_SLOPE
        angle = (
            (ils.angle_deg if ils is not None and by_ils else None)
            or (point.angle_deg if point is not None else None)
            or final.angle_deg
        )
        if angle is None:
            parts.refuse(where, shown, "none of its records says the angle of the path")
            continue
        if final.intercept_ft is None:
            parts.refuse(f"line {final.line}", shown, "its final approach fix has no altitude")
            continue
        heights = {
            "ILS": ils.crossing_ft if ils is not None and by_ils else None,
            "path point": point.crossing_ft if point is not None else None,
            "runway": runway.crossing_ft,
            "final segment": None if final.over_threshold_ft is None else final.over_threshold_ft - runway.elevation_ft,
        }
        known = {record: height for record, height in heights.items() if height is not None}
        if not known:
            parts.refuse(where, shown, "none of its records says the height over the threshold")
            continue
        if max(known.values()) - min(known.values()) > HEIGHT_DIFFERENCE_FT:
            told = ", ".join(f"{height:g} ft ({record})" for record, height in known.items())
            parts.note(where, shown, f"its records differ in the height over the threshold: {told}; the first is taken")
        course, course_from = _course(shown, name, ils if by_ils else None, runway, of, parts)
        if course is None:
            continue
        record, crossing = next(iter(known.items()))
        yield FinalApproach(
            airport=airport,
            runway=name.removeprefix("RW"),
            where=where,
            threshold=runway.threshold,
            threshold_elevation_ft=runway.elevation_ft,
            true_course_deg=round(course % 360.0, 3),
            angle_deg=angle,
            crossing_height_ft=round(crossing, 1),
            intercept_altitude_ft=final.intercept_ft,
            told=f"threshold and elevation: runway record; course: {course_from}; height over the threshold: {record}; "
            "intercept altitude: that of the final approach fix",
        )


def _course(
    shown: str, name: str, ils: _Ils | None, runway: _Runway, of: _Aerodrome, parts: Parts
) -> tuple[float | None, str]:
    """The true course of an approach: that of the localiser, else that from threshold to threshold."""
    opposite = of.runways.get(_opposite(name))
    along = None
    if opposite is not None:
        bearing, _, _ = WGS84.inv(*runway.threshold[::-1], *opposite.threshold[::-1])
        along = float(bearing) % 360.0
    localiser = None
    if ils is not None and ils.course_deg is not None and ils.declination_deg is not None:
        localiser = (ils.course_deg + ils.declination_deg) % 360.0
    if localiser is None and along is None:
        parts.refuse(
            f"line {runway.line}", shown, "its true course is not known", "give the runway's other end as well"
        )
        return None, ""
    if localiser is not None and along is not None:
        turned = abs((localiser - along + 180.0) % 360.0 - 180.0)
        if turned > TURNED_DEG:
            text = (
                f"the localiser's course is {localiser:.1f}° true, the runway's {along:.1f}°; the localiser's is taken"
            )
            parts.note(f"line {runway.line}", shown, text)
        elif turned <= 0.1:
            return along, "from threshold to threshold, which the localiser's agrees with"
    if localiser is not None:
        return localiser, "localiser, its magnetic course and the declination of the record"
    return along, "from threshold to threshold"


def _opposite(name: str) -> str:
    """The runway in the other direction.

    >>> _opposite("RW16C"), _opposite("RW04R")
    ('RW34C', 'RW22L')
    """
    number, letter = name[2:4], name[4:5]
    if not number.isdigit():
        return ""
    return f"RW{(int(number) + 17) % 36 + 1:02d}{ {'L': 'R', 'R': 'L'}.get(letter, letter) }"


def _plain(text: str, divisor: float = 1.0) -> float | None:
    digits = text.strip()
    return float(digits) / divisor if digits.isascii() and digits.isdigit() else None


def _needed(text: str, what: str) -> float:
    value = text.strip()
    if not value.lstrip("-+").isdigit():
        raise UnusableError(f"no {what}")
    return float(value)


def _signed(declination: str) -> float | None:
    value = _plain(declination[1:], 10.0)
    return None if value is None or declination[:1] not in ("E", "W") else -value if declination[0] == "W" else value


def _position(latitude: str, longitude: str) -> Position:
    return checked(_angle(latitude, 2, "NS"), _angle(longitude, 3, "EW"))


def _angle(text: str, digits: int, letters: str) -> float:
    """An angle as letter, degrees, minutes, seconds and hundredths.

    >>> round(_angle("N47274972", 2, "NS"), 6)
    47.463811
    """
    numbers = text[1:]
    if text[:1] not in letters or not text[:1].strip() or not numbers.isdigit():
        raise UnusableError(f"{text.strip()!r} is no angle")
    degrees, minutes, seconds = (
        int(numbers[:digits]),
        int(numbers[digits : digits + 2]),
        float(numbers[digits + 2 :]) / 100,
    )
    value = degrees + minutes / 60.0 + seconds / 3600.0
    return -value if text[0] in "SW" else value
