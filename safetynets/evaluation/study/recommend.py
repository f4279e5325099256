"""Which parameter set is recommended, by a rule that is stated, and the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.front import costs, dominators
from safetynets.evaluation.study.metrics import Condition
from safetynets.evaluation.study.words import metric_words, value_words

RULE = (
    "Sets that miss a constraint are left out. Of the others those that another one beats are left out: one that is at "
    "least as good in every objective and better in one. Each objective is scaled from 0, its best value among what is "
    "left, to 1, its worst; the set nearest to 0 in all of them is recommended. Between equals the one nearest to the "
    "present set wins."
)
RULE_FOR_ONE = (
    "Sets that miss a constraint are left out. Of the others the one with the best value of the objective is "
    "recommended. Between equals the one nearest to the present set wins."
)


@dataclass(frozen=True)
class Recommendation:
    """The recommended set (None where no set meets the constraints), the rule and the reason."""

    set: int | None
    rule: str
    reason: str


def admissible(results: pd.DataFrame, conditions: Sequence[Condition], present: int) -> NDArray[np.bool_]:
    """Which rows of the results meet every condition."""
    met = np.ones(len(results), dtype=bool)
    for condition in conditions:
        values = results[condition.metric].to_numpy(dtype=np.float64)
        met &= np.asarray(condition.met(values, values[present]), dtype=bool)
    return met


def recommend(
    results: pd.DataFrame,
    ranges: Mapping[str, Range],
    objectives: Sequence[str],
    conditions: Sequence[Condition],
    present: int = 0,
) -> Recommendation:
    """The recommended set of a table of results, whose row numbers are the numbers of the sets."""
    rule = RULE if len(objectives) > 1 else RULE_FOR_ONE
    meets = np.flatnonzero(admissible(results, conditions, present))
    if not len(meets):
        return Recommendation(None, rule, _none_reason(results, conditions, present))
    columns = [results[objective].to_numpy(dtype=np.float64) for objective in objectives]
    cost = costs(columns, objectives)[meets]
    front = np.flatnonzero(dominators(cost) < 0)
    # Worst first, for lexsort sorts by its last key first; rounding makes equals of what differs by arithmetic alone.
    away = np.round(_from_ideal(cost[front]), 12)
    moved = np.round(_from_present(results, ranges, meets[front], present), 12)
    best = int(meets[front[np.lexsort((meets[front], moved, away))[0]]])
    reason = _reason(results, ranges, objectives, conditions, present, best, len(meets), len(front))
    return Recommendation(best, rule, reason)


def _from_ideal(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.where(np.isinf(cost), np.nan, cost)
    if np.isnan(known).all():
        return np.zeros(len(cost))
    low = np.array([np.nan if np.isnan(column).all() else np.nanmin(column) for column in known.T])
    high = np.array([np.nan if np.isnan(column).all() else np.nanmax(column) for column in known.T])
    span = np.where(high > low, high - low, 1.0)
    scaled = np.where(np.isinf(cost), 2.0, (cost - low) / span)
    scaled[:, np.isnan(low)] = 0.0
    return np.asarray(np.sqrt((scaled**2).sum(axis=1)))


def _from_present(
    results: pd.DataFrame, ranges: Mapping[str, Range], rows: NDArray[np.intp], present: int
) -> NDArray[np.float64]:
    """How far sets are from the present one: the sum of shares of the ranges; a choice is all or nothing."""
    away = np.zeros(len(rows))
    for key, one in ranges.items():
        values = results[key].to_numpy()
        if one.choices:
            away += np.array([float(values[row] != values[present]) for row in rows])
        elif one.high > one.low:
            away += np.abs(values[rows].astype(np.float64) - float(values[present])) / (one.high - one.low)
    return away


def _none_reason(results: pd.DataFrame, conditions: Sequence[Condition], present: int) -> str:
    said = []
    for condition in conditions:
        values = results[condition.metric].to_numpy(dtype=np.float64)
        met = int(np.asarray(condition.met(values, values[present]), dtype=bool).sum())
        known = values[~np.isnan(values)]
        span = f"it goes from {known.min():g} to {known.max():g}" if len(known) else "it is known of no set"
        said.append(f"{condition}: met by {met:,}, {span}")
    return f"None of the {len(results):,} parameter sets meets every constraint ({'; '.join(said)}). Widen a range."


def _reason(
    results: pd.DataFrame,
    ranges: Mapping[str, Range],
    objectives: Sequence[str],
    conditions: Sequence[Condition],
    present: int,
    best: int,
    met: int,
    front: int,
) -> str:
    chosen, now = results.iloc[best], results.iloc[present]
    all_of = f"all {len(results):,}" if met == len(results) else f"{met:,} of {len(results):,}"
    sentences = []
    if conditions:
        meet = "meets" if met == 1 else "meet"
        sentences.append(f"{all_of} parameter sets {meet} {' and '.join(map(str, conditions))}.".capitalize())
    of_these = "of these" if conditions else f"of {len(results):,} parameter sets"
    unbeaten = "is" if front == 1 else "are"
    sentences.append(f"{front:,} {of_these} {unbeaten} not beaten by another in every objective.")
    figures = ", ".join(
        f"{metric_words(name)} {value_words(name, chosen[name])} (present {value_words(name, now[name])})"
        for name in objectives
    )
    if best == present:
        sentences.append(f"The present set is among them and nearest to the best of each: {figures}. Keep it.")
        return " ".join(sentences)
    sentences.append(f"Set {best} is nearest to the best of each: {figures}.")
    changed = [
        f"{key} {_plain(now[key])} → {_plain(chosen[key])}" for key in ranges if _plain(now[key]) != _plain(chosen[key])
    ]
    sentences.append(f"It changes {', '.join(changed)}.")
    return " ".join(sentences)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float | np.number) and not isinstance(value, bool) else str(value)
