"""What to make of a recommended set, and what to try next: edges of ranges, constraints, days too few to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from safetynets.evaluation.metrics.intervals import LEVEL
from safetynets.evaluation.parameter_files import toml_value
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.metrics import PREFIXES, Condition
from safetynets.evaluation.study.recommend import admissible
from safetynets.evaluation.study.words import metric_words, value_words

EDGE = 0.05
"""A value in this outermost share of its range lies at its edge (simulator default)."""
FEW_SETS, FEW_SHARE = 5, 0.02
"""Constraints that leave fewer sets than this, or a smaller share of them, leave next to no choice (simulator
default)."""
MOST_TIMES = 100
"""Beyond this multiple of the traffic a number of days is no use to anybody."""
_SHARES = {"nuisance_share": ("alerts", "void_alerts"), "missed_share": ("necessary", "")}


@dataclass(frozen=True)
class Advice:
    """Sentences about the recommended set, and the ranges to try next by dotted key (low and high)."""

    sentences: tuple[str, ...]
    next_ranges: Mapping[str, tuple[float, float]]


def advise(
    results: pd.DataFrame,
    ranges: Mapping[str, Range],
    bounds: Mapping[str, tuple[float, float]],
    objectives: Sequence[str],
    conditions: Sequence[Condition],
    recommended: int | None,
    *,
    days: int,
    present: int = 0,
) -> Advice:
    """What must be said of a recommendation, and what to try next.

    Parameters
    ----------
    results
        A row a parameter set, by its number.
    ranges, bounds
        How far each parameter was varied, and how far a site file lets it go.
    objectives, conditions
        Of the study.
    recommended
        The recommended set; None where no set meets the constraints.
    days
        How many days of traffic.
    present
        The present set.

    Returns
    -------
    Advice
        Sentences, in the order in which they matter, and the next ranges; choices are not among these.
    """
    sentences = [*_constraints(results, conditions, present)]
    if recommended is not None:
        sentences += _edges(results, ranges, bounds, recommended)
        sentences += _too_small(results, objectives, recommended, present, days)
    return Advice(tuple(sentences), _next(results, ranges, bounds, recommended))


def ranges_toml(next_ranges: Mapping[str, tuple[float, float]], ranges: Mapping[str, Range], note: str) -> str:
    """The next ranges as `safetynets tune STUDY --ranges FILE` takes them; other ranges stay as the study has them."""
    lines = [f"# {note}", "[ranges]"]
    for key, (low, high) in next_ranges.items():
        ends = (int(low), int(high)) if ranges[key].kind == "integer" else (low, high)
        lines.append(f"{toml_value(key)} = {{ low = {ends[0]!r}, high = {ends[1]!r} }}")
    return "\n".join(lines) + "\n"


def _edge(one: Range, value: float) -> str:
    """The end of its range that a value lies at; empty for neither."""
    if one.choices or one.high <= one.low:
        return ""
    share = (value - one.low) / (one.high - one.low)
    return "lower" if share <= EDGE else "upper" if share >= 1.0 - EDGE else ""


def _edges(
    results: pd.DataFrame, ranges: Mapping[str, Range], bounds: Mapping[str, tuple[float, float]], recommended: int
) -> list[str]:
    said = []
    for key, one in ranges.items():
        value = results[key].iloc[recommended]
        if one.choices or not (edge := _edge(one, float(value))):
            continue
        end = one.low if edge == "lower" else one.high
        if end in bounds.get(key, ()):
            said.append(f"{key} = {value:g} lies at the {edge} end that a site file allows ({end:g}).")
        else:
            said.append(
                f"{key} = {value:g} lies at the {edge} edge of its range ({one.low:g} to {one.high:g}): a better value "
                "may lie beyond it."
            )
    return said


def _constraints(results: pd.DataFrame, conditions: Sequence[Condition], present: int) -> list[str]:
    met = int(admissible(results, conditions, present).sum())
    if not conditions or met >= max(FEW_SETS, FEW_SHARE * len(results)) or len(results) <= FEW_SETS:
        return []
    without = {
        str(one): int(admissible(results, [other for other in conditions if other is not one], present).sum())
        for one in conditions
    }
    tightest = max(without, key=lambda text: without[text])
    left = f"{met:,} of {len(results):,} sets meet{'s' if met == 1 else ''} the constraints"
    return [
        f"The constraints leave next to no choice: {left}. Without {tightest!r} it would be {without[tightest]:,}."
        if met
        else f"The constraints leave nothing: {left}. Without {tightest!r} it would be {without[tightest]:,}."
    ]


def _too_small(
    results: pd.DataFrame, objectives: Sequence[str], recommended: int, present: int, days: int
) -> list[str]:
    chosen, now = results.iloc[recommended], results.iloc[present]
    said = []
    if not int(chosen.get("necessary", 1)):
        said.append(
            "Nothing in this traffic made an alert necessary: it is too small, or too quiet, to tell what a set misses."
        )
    if recommended == present:
        return said
    for metric in objectives:
        name = next((name for name in _SHARES if metric in (prefix + name for prefix in PREFIXES)), "")
        ends = [f"{metric}_low", f"{metric}_high"]
        if (
            not name
            or not all(end in results for end in ends)
            or not (isfinite(chosen[metric]) and isfinite(now[metric]))
        ):
            continue
        if chosen[ends[1]] < now[ends[0]] or now[ends[1]] < chosen[ends[0]]:
            continue
        told = [
            f"{value_words(metric, row[metric])} ({value_words(metric, row[ends[0]])} to "
            f"{value_words(metric, row[ends[1]])})"
            for row in (chosen, now)
        ]
        times = _times_more(chosen, now, metric, name)
        need = (
            f"about {ceil(times * days):,} days like these would"
            if times <= MOST_TIMES
            else "no number of days that anybody has would"
        )
        said.append(
            f"The {metric_words(metric)} of {told[0]} cannot be told from the present {told[1]} on "
            f"{days:,} day{'s' if days != 1 else ''} of traffic: {need}."
        )
    return said


def _times_more(chosen: Any, now: Any, metric: str, name: str) -> float:
    """How many times the traffic it takes until a difference as great is significant; two shares as if independent."""
    prefix, (total, void) = metric.removesuffix(name), _SHARES[name]
    shares = float(chosen[metric]), float(now[metric])
    counts = [float(row[prefix + total]) - (float(row[prefix + void]) if void else 0.0) for row in (chosen, now)]
    if shares[0] == shares[1] or not all(counts):
        return np.inf
    variance = sum(share * (1.0 - share) / count for share, count in zip(shares, counts, strict=True))
    z = float(special.ndtri(0.5 + LEVEL / 2.0))
    return max(1.0, z**2 * variance / (shares[0] - shares[1]) ** 2)


def _next(
    results: pd.DataFrame,
    ranges: Mapping[str, Range],
    bounds: Mapping[str, tuple[float, float]],
    recommended: int | None,
) -> dict[str, tuple[float, float]]:
    """A range as wide around a value at its edge, half as wide around any other, half as wide again where none is."""
    found = {}
    for key, one in ranges.items():
        if one.choices or one.high <= one.low:
            continue
        width = one.high - one.low
        if recommended is None:
            low, high = one.low - width / 4.0, one.high + width / 4.0
        else:
            value = float(results[key].iloc[recommended])
            reach = width / 2.0 if _edge(one, value) else width / 4.0
            low, high = value - reach, value + reach
        least, most = bounds.get(key, (-np.inf, np.inf))
        low, high = max(low, least), min(high, most)
        if one.kind == "integer":
            low, high = float(np.floor(low)), float(np.ceil(high))
        found[key] = (float(f"{low:.6g}"), float(f"{high:.6g}"))
    return found
