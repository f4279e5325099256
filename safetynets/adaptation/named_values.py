"""Values by name, as GeoJSON properties and KML data have them: each with its unit in its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from safetynets.adaptation.parts import GROUND, UNLIMITED, Limit, UnusableError
from safetynets.adaptation.words import limit_of, number
from safetynets.units import m_to_ft

UNITS = ("ft", "m", "fl", "agl_ft")
_IN_WORDS = re.compile(r"\b(?:FL\s*\d{2,3}|\d[\d,']*\s*(?:ft|feet|m)\b(?:\s*(?:AMSL|MSL|AGL))?)", re.I)


def limit_in(values: Mapping[str, Any], end: str) -> Limit | None:
    """The limit that values give for "minimum", "floor" or "ceiling"; None for none.

    >>> limit_in({"name": "A", "floor_ft": 2500, "ceiling_fl": 95}, "ceiling")
    Limit(value=95.0, reference='level')

    Raises
    ------
    UnusableError
        For a value without a unit in its name, two values for one limit, and what is no number.
    """
    if isinstance(values.get(end), str) and not _is_number(values[end]):
        return limit_of(values[end])
    if values.get(end) is not None:
        raise UnusableError(f"{end!r} has no unit in its name", f"call it {end}_ft, {end}_m or {end}_fl")
    given = [unit for unit in UNITS if values.get(f"{end}_{unit}") is not None]
    if not given:
        return None
    if len(given) > 1:
        raise UnusableError(
            f"its {end} is given twice: {', '.join(f'{end}_{unit}' for unit in given)}", "leave out one"
        )
    key = f"{end}_{given[0]}"
    value = values[key]
    if isinstance(value, str) and value.strip().upper() in ("GND", "SFC"):
        return GROUND
    if isinstance(value, str) and value.strip().upper() in ("UNL", "UNLIMITED"):
        return UNLIMITED
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnusableError(f"{key!r} is no number: {value!r}")
    amount = number(value) if isinstance(value, str) else float(value)
    match given[0]:
        case "fl":
            return Limit(amount, "level")
        case "agl_ft":
            return Limit(amount, "height")
        case "m":
            return Limit(m_to_ft(amount), "altitude")
    return Limit(amount, "altitude")


def only_altitude_in(text: str) -> Limit | None:
    """The altitude that words give with its unit, where they give one and no other.

    >>> only_altitude_in("MVA 5,000 ft"), only_altitude_in("sector 12")
    (Limit(value=5000.0, reference='altitude'), None)
    """
    found = {limit_of(words) for words in _IN_WORDS.findall(text)}
    return found.pop() if len(found) == 1 else None


def _is_number(text: str) -> bool:
    try:
        number(text)
    except UnusableError:
        return False
    return True
