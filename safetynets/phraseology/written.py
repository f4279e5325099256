"""How the values of a situation are written in a call."""

from __future__ import annotations

import math

from safetynets.phraseology.situation import PressureUnit, Speech, Traffic
from safetynets.units import hpa_to_inhg

_ROUNDING_NOISE = 1e-6
"""A value this close below a whole number is that number: 1013.9999999 came out of a conversion."""

UNIT_WORDS: dict[PressureUnit, str] = {"hPa": "HECTOPASCALS", "inHg": "INCHES"}


def qnh(qnh_hpa: float, unit: PressureUnit = "hPa") -> str:
    """A QNH as written in a call, rounded down: a lower setting makes an aircraft fly higher, never lower.

    >>> qnh(1028.7), qnh(998.0), qnh(1013.25, "inHg")
    ('1028', '998', '29.92')
    """
    if unit == "hPa":
        return f"{math.floor(qnh_hpa + _ROUNDING_NOISE)}"
    return f"{math.floor(hpa_to_inhg(qnh_hpa) * 100 + _ROUNDING_NOISE) / 100:.2f}"


def altitude(altitude_ft: float, speech: Speech = "ICAO") -> str:
    """A minimum altitude as written in a call, up to the next whole foot; ICAO says FEET, FAA does not.

    >>> altitude(1450.0), altitude(7000.0, "FAA")
    ('1450 FEET', '7000')
    """
    number = math.ceil(altitude_ft - _ROUNDING_NOISE)
    return f"{number} FEET" if speech == "ICAO" else f"{number}"


def safe_level(minimum_ft: float, speech: Speech = "ICAO") -> str:
    """The level to climb to: the minimum, up to the next whole hundred feet.

    >>> safe_level(6920.0)
    '7000 FEET'
    """
    return altitude(math.ceil((minimum_ft - _ROUNDING_NOISE) / 100) * 100, speech)


def traffic(other: Traffic | None) -> str | None:
    """Where another aircraft is as written in a call; None for none.

    >>> traffic(Traffic(clock=2, distance_nm=5, turn="left", heading_deg=270))
    "2 O'CLOCK 5 MILES"
    """
    if other is None:
        return None
    return f"{other.clock} O'CLOCK {other.distance_nm} {'MILE' if other.distance_nm == 1 else 'MILES'}"
