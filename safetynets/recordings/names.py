"""The columns of a recording, the units they may be in, and the names that other programs use for them.

Nothing heavy is imported here: a file whose columns cannot be used is refused before anything is loaded.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from safetynets.errors import TracksError, listed
from safetynets.recordings.profile import UNITS, Profile

RECORDING = {
    "timestamp": ("time", "", "UTC: ISO text, a date type, or seconds or milliseconds since 1970"),
    "icao24": ("word", "", "24-bit address, hexadecimal text"),
    "callsign": ("word", "", "text"),
    "flight_id": ("word", "", "a name or number of the flight or track, used where there is no icao24 and no callsign"),
    "latitude": ("angle", "deg", "degrees north, WGS 84"),
    "longitude": ("angle", "deg", "degrees east, WGS 84"),
    "position": ("word", "", "latitude and longitude in degrees with a comma between, in place of the two"),
    "altitude": ("length", "ft", "pressure altitude (1013.25 hPa), feet"),
    "geoaltitude": ("length", "ft", "height above the WGS 84 ellipsoid, feet"),
    "groundspeed": ("speed", "kt", "knots"),
    "track": ("angle", "deg", "degrees clockwise from true north; never the heading"),
    "vertical_rate": ("rate", "fpm", "feet per minute"),
    "onground": ("flag", "", "true or false"),
    "coasted": ("flag", "", "true for a plot that the tracker extrapolated, or that is stale"),
    "position_accuracy": ("distance", "m", "radius that holds the true position with 95 %, metres"),
    "squawk": ("word", "", "SSR code, four octal digits"),
    "selected_mcp": ("length", "ft", "feet, on the setting the aircraft sends"),
    "barometric_setting": ("pressure", "hpa", "hPa, as the aircraft sends it"),
}
"""Columns of a recording: their quantity, the unit they are in unless something else is said, and what they hold."""


SENT = ("timestamp", "icao24", "callsign", "latitude", "longitude", "altitude", "geoaltitude", "groundspeed", "track",
        "vertical_rate", "onground", "squawk")  # fmt: skip
"""Columns that recordings of what aircraft send have."""


def usual_units(*columns: str) -> dict[str, str]:
    """Columns of a recording with the units that they are in unless something else is said."""
    return {column: RECORDING[column][1] for column in columns}


REQUIRED = ("timestamp", "latitude", "longitude", "altitude")
IDENTITIES = ("icao24", "callsign", "flight_id")

SAME = {
    "time": "timestamp",
    "datetime": "timestamp",
    "date_time": "timestamp",
    "time_utc": "timestamp",
    "utc": "timestamp",
    "lat": "latitude",
    "lon": "longitude",
    "long": "longitude",
    "lng": "longitude",
    "call_sign": "callsign",
    "acid": "callsign",
    "address": "icao24",
    "hex": "icao24",
    "icao": "icao24",
    "icao_address": "icao24",
    "mode_s_address": "icao24",
    "ssr": "squawk",
    "ssr_code": "squawk",
    "mode_a": "squawk",
    "on_ground": "onground",
    "track_number": "flight_id",
    "track_id": "flight_id",
    "trackid": "flight_id",
    "flightid": "flight_id",
    "id": "flight_id",
}
"""Other names that leave no doubt about what a column holds and in which unit."""

ALIKE = {
    "alt": "altitude",
    "baroaltitude": "altitude",
    "baro_altitude": "altitude",
    "pressure_altitude": "altitude",
    "height": "altitude",
    "gs": "groundspeed",
    "ground_speed": "groundspeed",
    "speed": "groundspeed",
    "velocity": "groundspeed",
    "heading": "track",
    "course": "track",
    "vertrate": "vertical_rate",
    "vertical_speed": "vertical_rate",
    "rocd": "vertical_rate",
    "geo_altitude": "geoaltitude",
}
"""Names that may mean another thing or another unit: pointed out, never taken over unseen."""

UNSURE = frozenset({"heading", "height"})
"""Of these not even a unit in the name says what they are: a heading is no track, a height no pressure altitude."""

FOREIGN_UNITS = (
    "nm",
    "h",
    "min",
    "sec",
    "knots",
    "kts",
    "feet",
    "metres",
    "meters",
    "m/s",
    "km/h",
    "ft/min",
    "degrees",
)
"""What may stand behind a name as its unit, besides `UNITS`."""

SPELT = {
    "knots": "kt",
    "kts": "kt",
    "feet": "ft",
    "metres": "m",
    "meters": "m",
    "m/s": "mps",
    "km/h": "kmh",
    "ft/min": "fpm",
    "fpm": "fpm",
    "degrees": "deg",
    "sec": "s",
}


@dataclass(frozen=True)
class Meaning:
    """What a column of a file holds: which column of a recording, in which unit, and how the unit is known."""

    column: str
    unit: str
    known: str


@dataclass(frozen=True)
class Vocabulary:
    """The column names of one source, whose units are known from it.

    `marks` are the columns by which it is recognised; `columns` gives for each of its columns the column of a recording
    and the unit.
    """

    title: str
    marks: frozenset[str]
    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Interpretation:
    """How the columns of a file are understood: for each used one its meaning, and those that are not used."""

    title: str
    columns: Mapping[str, Meaning]
    unused: tuple[str, ...]


def is_own(names: Sequence[str]) -> bool:
    """Whether the columns are those of a table this package wrote, rather than those of a recording.

    >>> is_own(["time_s", "track", "latitude_deg"]), is_own(["timestamp", "latitude"])
    (True, False)
    """
    return "time_s" in names and "timestamp" not in names


def interpret(
    names: Sequence[str],
    profile: Profile,
    vocabularies: Sequence[Vocabulary] = (),
    file: str | Path | None = None,
) -> Interpretation:
    """What the columns of a file hold, by the profile, by a vocabulary that is recognised, or by their names.

    >>> found = interpret(["Time", "icao24", "lat", "lon", "altitude_m"], Profile())
    >>> found.columns["altitude_m"]
    Meaning(column='altitude', unit='m', known='the name of the column')

    Raises
    ------
    TracksError
        Naming every column that is missing, doubtful or there twice.
    """
    if not names:
        raise TracksError("holds no plots", file=file, mend="record at least one")
    twice: list[str] = [name for name in dict.fromkeys(names) if list(names).count(name) > 1]
    problems = [(f"two columns are named {name!r}", "keep one of them") for name in twice]
    lower = {name: _plain(name) for name in names}
    spoken = next((one for one in vocabularies if one.marks <= set(lower.values())), None)
    columns: dict[str, Meaning] = {}
    problems += _given(names, profile, columns)
    for name in dict.fromkeys(names):
        if name in columns:
            continue
        meaning, problem = _meaning(lower[name], spoken, name)
        if problem is not None:
            problems.append(problem)
        elif meaning is not None and not any(taken.column == meaning.column for taken in columns.values()):
            columns[name] = meaning
        elif meaning is not None:
            other = next(taken for taken, had in columns.items() if had.column == meaning.column)
            if other not in profile.columns and spoken is None and {lower[name], lower[other]} != {"utc", "timestamp"}:
                problems.append((f"{other!r} and {name!r} are both {meaning.column!r}", "keep one of them"))
    for column, unit in profile.units.items():
        for name in [name for name, meaning in columns.items() if meaning.column == column]:
            columns[name] = Meaning(column, unit, "given")
    problems += _missing(names, columns)
    if problems:
        raise listed(TracksError, problems, file)
    title = "columns as named by traffic" if spoken is None else spoken.title
    columns = {name: columns[name] for name in names if name in columns}
    return Interpretation(title, columns, tuple(name for name in names if name not in columns))


def _plain(name: str) -> str:
    """A column name in small letters, its unit in brackets put behind an underscore."""
    text = re.sub(r"\s*[\[(]\s*([^\])]+?)\s*[\])]\s*$", r"_\1", name.strip().lower())
    return re.sub(r"[\s\-]+", "_", text)


def _given(names: Sequence[str], profile: Profile, columns: dict[str, Meaning]) -> list[tuple[str, str]]:
    problems = []
    for name, column in profile.columns.items():
        if name in names:
            columns[name] = Meaning(column, RECORDING[column][1], "taken for the usual one")
        else:
            near = difflib.get_close_matches(name, names, 1)
            reason = f"write {near[0]!r}" if near else f"use one of {', '.join(map(repr, names))}"
            problems.append((f"--columns names {name!r}, which is no column of this file", reason))
    return problems


def _meaning(plain: str, spoken: Vocabulary | None, name: str) -> tuple[Meaning | None, tuple[str, str] | None]:
    """The meaning of a column by its name, or what is wrong with that name."""
    if spoken is not None and plain in spoken.columns:
        column, unit = spoken.columns[plain]
        return Meaning(column, unit, spoken.title), None
    column = plain if plain in RECORDING else SAME.get(plain, "")
    if column:
        return Meaning(column, RECORDING[column][1], "taken for the usual one"), None
    stem, unit = _split(plain)
    meant = stem if stem in RECORDING else SAME.get(stem) or ALIKE.get(stem)
    if not unit or not meant or stem in UNSURE:
        return None, None
    quantity, _, meaning = RECORDING[meant]
    if unit not in UNITS.get(quantity, {}) or quantity == "time":
        return None, (f"unknown unit {unit!r} in column {name!r}", f"convert it and name it {meant!r} ({meaning})")
    return Meaning(meant, unit, "the name of the column"), None


def _split(plain: str) -> tuple[str, str]:
    """A name and the unit it ends in, if it ends in one."""
    stem, _, unit = plain.rpartition("_")
    known = {one for units in UNITS.values() for one in units}
    if stem and (unit in known or unit in FOREIGN_UNITS):
        return stem, SPELT.get(unit, unit)
    return plain, ""


def _missing(names: Sequence[str], columns: Mapping[str, Meaning]) -> list[tuple[str, str]]:
    known = {meaning.column for meaning in columns.values()}
    problems = []
    for column in REQUIRED:
        if column in known or (column in ("latitude", "longitude") and "position" in known):
            continue
        meaning = f"{column!r} ({RECORDING[column][2]})"
        alike = [name for name in names if ALIKE.get(_split(_plain(name))[0]) == column]
        alike += difflib.get_close_matches(column, [name for name in names if name not in columns], 1)
        mend = f"give {meaning}"
        if alike:
            unit = " --units altitude=m, where it is in metres" if column == "altitude" else ""
            mend = f"if {alike[0]!r} is that, rename it to {meaning}, or say --columns {alike[0]}={column}{unit}"
        if column == "altitude":
            problems.append(("a track file without altitude cannot be judged by any net", mend))
        else:
            problems.append((f"no column {column!r}, only {', '.join(map(repr, names))}", mend))
    if not known & set(IDENTITIES):
        problems.append(
            (
                "no column says which aircraft a plot belongs to",
                "give 'icao24' or 'callsign' or both, or a 'flight_id'",
            )
        )
    return problems
