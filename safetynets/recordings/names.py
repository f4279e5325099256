"""The column names that are understood in a recording, with their units, and what becomes of them.

A recording speaks the names of the Python package `traffic`. A table that was written by this package has the names of
`Tracks` itself; the two are told apart by their time column, `timestamp` or `time_s`.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from safetynets.errors import TracksError

RECORDING = {
    "timestamp": "UTC: ISO text, a date type, or seconds or milliseconds since 1970",
    "icao24": "24-bit address, hexadecimal text",
    "callsign": "text",
    "latitude": "degrees north, WGS 84",
    "longitude": "degrees east, WGS 84",
    "altitude": "pressure altitude (1013.25 hPa), feet",
    "geoaltitude": "height above the WGS 84 ellipsoid, feet",
    "groundspeed": "knots",
    "track": "degrees clockwise from true north; never the heading",
    "vertical_rate": "feet per minute",
    "onground": "true or false",
    "squawk": "SSR code, four octal digits",
    "selected_mcp": "feet, on the setting the aircraft sends",
    "barometric_setting": "hPa, as the aircraft sends it",
}
"""Columns of a recording and what they have to hold."""

REQUIRED = ("timestamp", "latitude", "longitude", "altitude")

OTHER_NAMES = {
    "time": "timestamp",
    "lat": "latitude",
    "lon": "longitude",
    "long": "longitude",
    "lng": "longitude",
    "alt": "altitude",
    "baroaltitude": "altitude",
    "baro_altitude": "altitude",
    "gs": "groundspeed",
    "ground_speed": "groundspeed",
    "speed": "groundspeed",
    "velocity": "groundspeed",
    "heading": "track",
    "course": "track",
    "vertrate": "vertical_rate",
    "vertical_speed": "vertical_rate",
    "geo_altitude": "geoaltitude",
    "call_sign": "callsign",
    "ssr": "squawk",
    "ssr_code": "squawk",
    "on_ground": "onground",
}
"""Names other programs use for the same thing, often in other units: pointed out, never taken over unseen."""

UNITS = (
    *("m", "km", "ft", "kft", "fl", "nm", "kt", "kts", "knots", "mps", "kmh", "mph", "fpm", "deg", "rad"),
    *("s", "sec", "ms", "us", "ns", "min", "h", "hpa", "mbar", "inhg", "pa"),
)


def is_own(names: Sequence[str]) -> bool:
    """Whether the columns are those of a table this package wrote, rather than those of a recording.

    >>> is_own(["time_s", "track", "latitude_deg"]), is_own(["timestamp", "latitude"])
    (True, False)
    """
    return "time_s" in names and "timestamp" not in names


def check_names(names: Sequence[str], file: str | Path | None) -> tuple[str, ...]:
    """The columns of a recording that will not be used; refuses what is missing or may be in another unit.

    >>> check_names(["timestamp", "latitude", "longitude", "altitude", "callsign", "spi"], None)
    ('spi',)

    Raises
    ------
    TracksError
        When a needed column is missing, two are named alike, a unit is attached to a name (`altitude_m`), or the names
        of a recording and of `Tracks` are mixed.
    """
    if not names:
        raise TracksError("holds no plots", file=file, mend="record at least one")
    for name in names:
        if list(names).count(name) > 1:
            raise TracksError(f"two columns are named {name!r}", file=file, mend="keep one of them")
        stem, _, unit = name.rpartition("_")
        if stem in {*RECORDING, *OTHER_NAMES} and name not in RECORDING and unit.lower() in UNITS:
            known = OTHER_NAMES.get(stem, stem)
            raise TracksError(
                f"unknown unit {unit!r} in column {name!r}",
                file=file,
                mend=f"convert it and name it {known!r} ({RECORDING[known]})",
            )
    for name in REQUIRED:
        if name not in names:
            raise _missing(name, names, file)
    if "icao24" not in names and "callsign" not in names:
        raise TracksError(
            "no column says which aircraft a plot belongs to", file=file, mend="give 'icao24' or 'callsign' or both"
        )
    return tuple(name for name in names if name not in RECORDING)


def _missing(name: str, names: Sequence[str], file: str | Path | None) -> TracksError:
    alike = [other for other, meant in OTHER_NAMES.items() if meant == name and other in names]
    alike += difflib.get_close_matches(name, [other for other in names if other not in RECORDING], 1)
    meaning = f"{name!r} ({RECORDING[name]})"
    mend = f"if {alike[0]!r} is that, rename it to {meaning}" if alike else f"give {meaning}"
    if name == "altitude":
        return _without_altitude(file, mend)
    return TracksError(f"no column {name!r}, only {', '.join(map(repr, names))}", file=file, mend=mend)


def _without_altitude(file: str | Path | None, mend: str) -> TracksError:
    return TracksError("a track file without altitude cannot be judged by any net", file=file, mend=mend)
