"""Altitudes and positions as the text formats write them."""

from __future__ import annotations

import math
import re

from safetynets.adaptation.parts import GROUND, UNLIMITED, Limit, Position, UnusableError
from safetynets.units import m_to_ft

LONGEST_RADIUS_NM = 300.0

_LEVEL = re.compile(r"FL\s*(\d{1,3}(?:\.\d+)?)", re.I)
_ALTITUDE = re.compile(
    r"(?P<value>[+-]?\d[\d,']*(?:\.\d+)?)\s*(?P<unit>FT|F|FEET|M|METRES?|METERS?)?\s*"
    r"(?P<above>AMSL|MSL|ALT|AGL|ASFC|AGND|SFC|GND|STD)?",
    re.I,
)
_SEXAGESIMAL = re.compile(
    r"(?P<degrees>\d{1,3})(?:[:\s](?P<minutes>\d{1,2}(?:\.\d+)?))?(?:[:\s](?P<seconds>\d{1,2}(?:\.\d+)?))?"
    r"\s*(?P<letter>[NSEW])",
    re.I,
)
LONGEST_RADIUS_NM = 300.0

_DOTTED = re.compile(r"([NSEW])(\d{1,3})\.(\d{1,2})\.(\d{1,2}(?:\.\d+)?)", re.I)


def limit_of(text: str) -> Limit:
    """A vertical limit as OpenAir and people write it; a number without a unit is feet above mean sea level.

    >>> limit_of("FL95"), limit_of("2500ft AGL")
    (Limit(value=95.0, reference='level'), Limit(value=2500.0, reference='height'))
    >>> round(limit_of("1,500 m").value, 2), limit_of("SFC").reference
    (4921.26, 'ground')

    Raises
    ------
    UnusableError
        For a text that says no altitude.
    """
    words = text.strip()
    if re.fullmatch(r"(SFC|GND|GROUND|SURFACE|0+\s*(FT|M)?\s*(SFC|GND|AGL))", words, re.I):
        return GROUND
    if re.fullmatch(r"(UNL|UNLTD|UNLIM|UNLIMITED)", words, re.I):
        return UNLIMITED
    if level := _LEVEL.fullmatch(words):
        return Limit(float(level[1]), "level")
    found = _ALTITUDE.fullmatch(words)
    if found is None:
        raise UnusableError(f"{text.strip()!r} is no altitude", "write for example 4500 ft, FL95, 1000 ft AGL or SFC")
    value = float(found["value"].replace(",", "").replace("'", ""))
    feet = m_to_ft(value) if (found["unit"] or "").upper().startswith("M") else value
    above = (found["above"] or "").upper()
    if above == "STD":
        return Limit(feet / 100.0, "level")
    return Limit(feet, "height" if above in ("AGL", "ASFC", "AGND", "SFC", "GND") else "altitude")


def position_of(text: str) -> Position:
    """A position as OpenAir writes it: two angles with letters, in degrees, minutes and seconds.

    >>> position_of("39:30:00 N 119:46.5 W")
    (39.5, -119.775)

    Raises
    ------
    UnusableError
        For a text that is no position.
    """
    found = [*_SEXAGESIMAL.finditer(text)]
    left = _SEXAGESIMAL.sub("", text).strip(" ,")
    if len(found) != 2 or left or found[0]["letter"].upper() not in "NS" or found[1]["letter"].upper() not in "EW":
        raise UnusableError(f"{text.strip()!r} is no position", "write for example 47:35:24 N 007:31:45 E")
    return checked(*(_angle(one["degrees"], one["minutes"], one["seconds"], one["letter"]) for one in found))


def topsky_angle(text: str) -> float:
    """An angle as EuroScope writes it: N047.25.50.442, or decimal degrees.

    >>> round(topsky_angle("N047.25.50.442"), 6), topsky_angle("-8.25")
    (47.430678, -8.25)

    Raises
    ------
    UnusableError
        For a text that is no angle.
    """
    if found := _DOTTED.fullmatch(text.strip()):
        return _angle(found[2], found[3], found[4], found[1])
    return number(text)


def topsky_position(latitude: str, longitude: str) -> Position:
    """A position as EuroScope writes it: two angles."""
    return checked(topsky_angle(latitude), topsky_angle(longitude))


def number(text: str) -> float:
    """A finite number in plain digits.

    Raises
    ------
    UnusableError
        For anything else.
    """
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text, re.A):
        raise UnusableError(f"{text.strip()!r} is no number")
    value = float(text)
    if not math.isfinite(value):
        raise UnusableError(f"{text.strip()!r} is no finite number")
    return value


def checked(latitude_deg: float, longitude_deg: float) -> Position:
    """A position on the earth.

    Raises
    ------
    UnusableError
        For angles that are no latitude and longitude.
    """
    if not (abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 180.0):
        raise UnusableError(
            f"[{latitude_deg:g}, {longitude_deg:g}] is no latitude and longitude", "are the two swapped?"
        )
    return latitude_deg, longitude_deg


def _angle(degrees: str, minutes: str | None, seconds: str | None, letter: str) -> float:
    parts = [float(part or 0.0) for part in (degrees, minutes, seconds)]
    if parts[1] >= 60.0 or parts[2] >= 60.0:
        raise UnusableError(f"{degrees}:{minutes}:{seconds} {letter} has minutes or seconds of 60 or more")
    value = parts[0] + parts[1] / 60.0 + parts[2] / 3600.0
    return -value if letter.upper() in "SW" else value


def radius_of(text: str) -> float:
    """A radius (NM) as written; one that no area has is refused.

    >>> radius_of("2.5")
    2.5
    """
    radius_nm = number(text)
    if not 0.0 < radius_nm <= LONGEST_RADIUS_NM:
        raise UnusableError(f"a radius of {radius_nm:g} NM is not plausible")
    return radius_nm
