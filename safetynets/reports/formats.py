"""Numbers and times as a reader wants them: UTC, units beside the number, a dash for what is not known."""

from __future__ import annotations

import math
import re
import textwrap
from datetime import UTC, datetime

from safetynets.sites.geometry import Limit
from safetynets.units import ft_to_fl

DASH = "–"
"""Stands for every value that is not finite."""


def number(value: float, digits: int = 0, *, signed: bool = False) -> str:
    r"""A number with a fixed count of digits, thousands by commas; a dash where it is not finite.

    >>> number(2475.4), number(-599.6, signed=True), number(float("nan"))
    ('2,475', '\u2212600', '–')
    """
    if not math.isfinite(value):
        return DASH
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", "\u2212")


def percent(share: float) -> str:
    r"""A share in per cent, with as many digits as it needs to differ from nothing and from all.

    >>> percent(0.2636), percent(0.0003), percent(0.0), percent(0.9997)
    ('26.4\xa0%', '0.03\xa0%', '0.0\xa0%', '99.97\xa0%')
    """
    plain = share in (0.0, 1.0) or 0.001 <= share <= 0.999
    return f"{number(100.0 * share, 1 if plain else 2)}\u00a0%"


def hectopascals(value_hpa: float) -> str:
    """A pressure as it is said: whole hectopascals where they are whole; a dash where it is not known.

    >>> hectopascals(1001.0), hectopascals(1013.25)
    ('1001', '1013.2')
    """
    return f"{value_hpa:.{0 if value_hpa.is_integer() else 1}f}" if math.isfinite(value_hpa) else DASH


def utc(time_s: float) -> datetime:
    """The UTC time of seconds since 1970."""
    return datetime.fromtimestamp(time_s, tz=UTC)


def clock(time_s: float) -> str:
    """Time of day in UTC to the second; a dash where it is not known.

    >>> clock(1_699_182_000.0)
    '11:00:00'
    """
    return f"{utc(round(time_s)):%H:%M:%S}" if math.isfinite(time_s) else DASH


def day(time_s: float) -> str:
    """The UTC date in words.

    >>> day(1_699_182_000.0)
    '5 November 2023'
    """
    return f"{utc(time_s).day} {utc(time_s):%B %Y}" if math.isfinite(time_s) else DASH


def iso(time_s: float) -> str:
    """ISO 8601 in UTC with milliseconds; empty where the time is not known.

    >>> iso(1_699_182_000.25)
    '2023-11-05T11:00:00.250Z'
    """
    return utc(time_s).isoformat(timespec="milliseconds").replace("+00:00", "Z") if math.isfinite(time_s) else ""


def fitted(text: str, letters: int) -> str:
    """The text, cut at a word where it is longer than a line can hold.

    >>> fitted("A QNH error of 10 hPa on one approach", 20)
    'A QNH error of 10 …'
    """
    return textwrap.shorten(text, letters, placeholder=" …") if len(text) > letters else text


def span(first_s: float, last_s: float) -> str:
    """A span of time in UTC, the date once.

    >>> span(1_699_182_000.0, 1_699_182_236.0)
    '5 November 2023, 11:00:00–11:03:56 UTC'
    """
    if not math.isfinite(first_s):
        return DASH
    if day(first_s) == day(last_s):
        return f"{day(first_s)}, {clock(first_s)}–{clock(last_s)} UTC"
    return f"{day(first_s)}, {clock(first_s)} – {day(last_s)}, {clock(last_s)} UTC"


def limit(value: Limit) -> str:
    r"""A vertical limit as charts print it.

    >>> limit(Limit(6500.0, True)), limit(Limit(0.0, False)), limit(Limit(3500.0, False))
    ('FL 65', 'SFC', '3,500 ft')
    """
    if value.is_flight_level:
        return f"FL {number(ft_to_fl(value.value_ft))}"
    return "SFC" if value.value_ft == 0.0 else f"{number(value.value_ft)} ft"


def safe_name(callsign: str, track: int) -> str:
    """A flight as part of a file name, whatever its call sign holds.

    >>> safe_name("../../<evil>", 3), safe_name("", 3)
    ('evil', 'track-3')
    """
    return re.sub(r"[^A-Za-z0-9]+", "-", callsign).strip("-")[:20] or f"track-{track}"
