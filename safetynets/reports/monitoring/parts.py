"""Tables and their captions, whatever they are printed on; and the words for rates and days."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safetynets.engine.alerts import Alert
from safetynets.evaluation.metrics.intervals import share
from safetynets.evaluation.monitoring.hot_spots import HotSpot
from safetynets.evaluation.monitoring.parameter_changes import ParameterChange
from safetynets.evaluation.monitoring.rates import Rate
from safetynets.evaluation.monitoring.run_day import RunDay, is_nuisance
from safetynets.reports.displays.sensitivity import plain
from safetynets.reports.formats import DASH, clock, day, number, percent

UNKNOWN = "not known"


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, where it leads, and the net whose colour it has."""

    text: str
    href: str = ""
    net: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: what it is of, its heads (with whether they are of numbers), its rows, and how many are left out."""

    key: str
    title: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, what is said under it, and its tables."""

    key: str
    title: str
    says: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def word_heads(*heads: str) -> tuple[tuple[str, bool], ...]:
    """The heads of columns of words."""
    return tuple((head, False) for head in heads)


def number_heads(*heads: str) -> tuple[tuple[str, bool], ...]:
    """The heads of columns of numbers."""
    return tuple((head, True) for head in heads)


def rate_words(rate: Rate) -> str:
    """A rate with its interval.

    >>> rate_words((41.83, 38.0, 45.91)), rate_words((0.0, 0.0, 1.234)), rate_words((float("nan"), 0.0, float("inf")))
    ('41.8 (38.0 to 45.9)', '0.0 (0.0 to 1.2)', '–')
    """
    if not math.isfinite(rate[0]):
        return DASH
    return f"{number(rate[0], 1)} ({number(rate[1], 1)} to {number(rate[2], 1)})"


def ratio_words(ratio: Rate) -> str:
    """The ratio of two rates with its interval.

    >>> ratio_words((0.351, 0.28, 0.44)), ratio_words((float("inf"), 1.7, float("inf")))
    ('× 0.35 (0.28 to 0.44)', 'from none (at least × 1.70)')
    """
    if math.isnan(ratio[0]):
        return DASH
    if math.isinf(ratio[0]):
        return f"from none (at least × {number(ratio[1], 2)})"
    return f"× {number(ratio[0], 2)} ({number(ratio[1], 2)} to {number(ratio[2], 2)})"


def share_words(count: int, of: int) -> str:
    """A share of a count with its interval."""
    if not of:
        return DASH
    value, low, high = (float(each) for each in share(count, of))
    return f"{percent(value)} ({percent(low)} to {percent(high)})"


def plural(count: int, thing: str) -> str:
    """A count and what it is of."""
    plural = "" if count == 1 or thing == "series" else "s"
    return f"{number(count)} {thing}{plural}"


def dated(one: RunDay, place: int | None = None) -> str:
    """The date of a day, with its number among the days where that is given."""
    return day(one.first_s) if place is None else f"day {place + 1}, {day(one.first_s)}"


def counts_words(counts: Mapping[str, int]) -> str:
    """The first three of some counts by name."""
    told = [f"{name or DASH} {number(count)}" for name, count in list(counts.items())[:3]]
    return ", ".join(told) + (f" and {len(counts) - 3} more" if len(counts) > 3 else "")


def spot_name(spot: HotSpot) -> str:
    """The place that the alerts of a hot spot name most often, and where it is."""
    area = next(iter(spot.places))
    where = f"{_degrees(spot.latitude_deg, 'NS')} {_degrees(spot.longitude_deg, 'EW')}"
    return f"{area} ({where})" if area else where


def _degrees(value_deg: float, letters: str) -> str:
    return f"{abs(value_deg):.3f}° {letters[0] if value_deg >= 0 else letters[1]}"


def of_through(spot: HotSpot) -> str:
    """The share of the flights that were at a hot spot, as the rest of a sentence."""
    if not spot.through:
        return ""
    return f", {rate_words(spot.share)} of each 1,000 that were there"


def replay_cell(one: RunDay, alert: Alert, links: Mapping[str, str]) -> Cell:
    """An alert with the way to its replay."""
    text = f"{one.name} {clock(alert.start_time_s)}"
    return Cell(text, f"{links[one.name]}#alert={alert.alert_id}" if one.name in links else "")


def nuisance_word(category: int | None) -> str:
    """What the label of an alert says; nothing for a day without labels."""
    return "" if category is None else said_word(is_nuisance(category))


def said_word(nuisance: bool | None) -> str:
    """Nuisance, wanted or neither."""
    return {True: "nuisance", False: "wanted", None: "not labelled"}[nuisance]


def made_words(change: ParameterChange) -> str:
    """What was changed, as the rest of a sentence."""
    parts = [f"{key} went from {_value(was)} to {_value(now)}" for key, (was, now) in list(change.values.items())[:4]]
    if len(change.values) > 4:
        parts.append(f"{plural(len(change.values) - 4, 'more value')} changed")
    if change.files:
        parts.append(
            f"{', '.join(change.files[:3])} {'is another file' if len(change.files) == 1 else 'are other files'}"
        )
    if change.version:
        parts.append(f"safetynets {change.version[1]} took the place of {change.version[0]}")
    return ", ".join(parts)


def _value(value: Any) -> str:
    return "nothing" if value is None else plain(value)
