"""How much each parameter matters: alone from the present set, and as a share of all that the study saw vary.

Both tables are lists of plain rows, as they stand in `study.json`. `one_at_a_time`: `key`, `value`, `set`, `present`
(whether the value is the present one) and the value of each objective. `sobol`: `metric`, `key`, `first` (the share of
the variance that the parameter explains alone) and `total` (with all it does together with others), each with the
bounds `_low` and `_high` of its interval, null where the numbers are exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.schema import Grid, LatinHypercube, Search
from safetynets.evaluation.study.words import metric_words

Floats = NDArray[np.float64]

STEPS = 9
"""So many values of a number are judged one at a time (simulator default)."""
LEAST_SETS = 100
"""A surrogate from fewer sets is not attempted."""
MOST_FITTED = 1000
"""Most sets that a surrogate is fitted to, which bounds its time and memory."""
FOLDS = 5
LEAST_EXPLAINED = 0.7
"""A surrogate that explains less of the variance of sets it was not fitted to is not used (simulator default)."""
SAMPLES = 1024
SURROGATE_SEED = 0
RESAMPLES = 199

Table = dict[str, Any]


def alone_sets(ranges: Mapping[str, Range], present: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The present set with one value changed at a time, each through its range."""
    return [{**present, key: value} for key, one in ranges.items() for value in _steps(one)]


def _steps(one: Range) -> Sequence[Any]:
    if one.choices:
        return one.choices
    if one.kind == "integer":
        return sorted({round(value) for value in np.linspace(one.low, one.high, STEPS)})
    return [round(float(value), 9) for value in np.linspace(one.low, one.high, STEPS)]


def one_at_a_time(
    results: pd.DataFrame, ranges: Mapping[str, Range], metrics: Sequence[str], present: int = 0
) -> Table:
    """The objectives along each parameter, all others as at present."""
    now = results.iloc[present]
    same = {key: (results[key] == now[key]).to_numpy() for key in ranges}
    rows = []
    for key in ranges:
        others = np.logical_and.reduce(
            [same[other] for other in ranges if other != key] or [np.ones(len(results), bool)]
        )
        found = results[others].sort_values(key, kind="stable")
        for number, row in zip(found["set"].tolist(), found.to_dict("records"), strict=True):
            told = {metric: row[metric] for metric in metrics}
            rows.append({"key": key, "value": row[key], "set": number, "present": number == present, **told})
    return {"note": "Each parameter is varied through its range, all others as in the present set.", "rows": rows}


def sobol(
    results: pd.DataFrame,
    ranges: Mapping[str, Range],
    metrics: Sequence[str],
    design: Grid | LatinHypercube | Search,
    drawn: Sequence[int],
) -> Table:
    """Sobol indices of each objective over the ranges, where the design allows it; `drawn` are the sets of the design.

    A full grid gives them exactly, for its steps. A Latin hypercube gives them by way of a surrogate, whose share of
    explained variance in sets that it was not fitted to is said. A search crowds where results are good: from its sets
    nothing can be said about the ranges as a whole.
    """
    varied = [key for key in ranges if results[key].nunique() > 1]
    if isinstance(design, Search):
        return _none(
            "A search judges many sets where results are good and few elsewhere, so what share of all variation "
            "a parameter explains cannot be told from it; use a grid or a Latin hypercube for that."
        )
    if len(varied) < 2:
        return _none("With one parameter there is nothing to share out.")
    table = results.iloc[list(drawn)]
    if isinstance(design, Grid):
        return _of_grid(table, varied, metrics)
    return _of_hypercube(table, {key: ranges[key] for key in varied}, metrics)


def _none(note: str) -> Table:
    return {"note": note, "method": "", "rows": []}


def _row(metric: str, key: str, first: Sequence[float | None], total: Sequence[float | None]) -> Table:
    """One row from (index, low, high) of the first and of the total order; an exact index stands alone."""
    told: Table = {"metric": metric, "key": key}
    for name, index in (("first", first), ("total", total)):
        value, low, high = (*index, None, None)[:3]
        told |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return told


def _of_grid(table: pd.DataFrame, varied: Sequence[str], metrics: Sequence[str]) -> Table:
    if len(table) < math.prod(table[key].nunique() for key in varied):
        return _none("Some combinations of the grid are impossible, so its variance cannot be shared out exactly.")
    rows, silent = [], []
    for metric in metrics:
        values = table[metric].astype(np.float64)
        variance = float(values.var(ddof=0)) if values.notna().all() else 0.0
        if not variance > 0.0:
            silent.append(metric)
            continue
        for key in varied:
            alone = values.groupby([table[key]]).mean()
            rest = values.groupby([table[other] for other in varied if other != key]).mean()
            first = float(alone.var(ddof=0)) / variance
            rows.append(_row(metric, key, [first], [1.0 - float(rest.var(ddof=0)) / variance]))
    note = "Exact for the steps of the grid, each equally likely." + _silent(silent)
    return {"note": note, "method": "analysis of variance of the full grid", "rows": rows}


def _silent(metrics: Sequence[str]) -> str:
    if not metrics:
        return ""
    return f" Not told for {', '.join(map(metric_words, metrics))}: it is the same in every set, or not known in some."


def _of_hypercube(table: pd.DataFrame, ranges: Mapping[str, Range], metrics: Sequence[str]) -> Table:
    method = "radial basis functions fitted to the sets, Saltelli's estimator on them (scipy.stats.sobol_indices)"
    if len(table) < LEAST_SETS:
        return _none(f"A Latin hypercube of {len(table)} sets is too small for a surrogate; use {LEAST_SETS} or more.")
    places = np.column_stack([_shares(table[key].to_numpy(), one) for key, one in ranges.items()])
    rows, notes = [], []
    for metric in metrics:
        words, values = metric_words(metric), table[metric].to_numpy(dtype=np.float64)
        known = np.flatnonzero(np.isfinite(values))[:MOST_FITTED]
        if len(known) < LEAST_SETS or np.ptp(values[known]) == 0.0:
            notes.append(f"{words}: the same in every set, or not known in too many.")
            continue
        explained = _explained(places[known], values[known])
        if explained < LEAST_EXPLAINED:
            notes.append(
                f"{words}: the surrogate explains {100 * max(explained, 0.0):.0f} % of the variance of sets it was "
                f"not fitted to, and {100 * LEAST_EXPLAINED:.0f} % are needed; take more sets or fewer parameters."
            )
            continue
        notes.append(
            f"{words}: from a surrogate that explains {100 * explained:.0f} % of the variance of sets it was "
            "not fitted to."
        )
        rows.extend(_indices(metric, list(ranges), places[known], values[known]))
    return {"note": " ".join(notes), "method": method, "rows": rows}


def _shares(values: NDArray[Any], one: Range) -> Floats:
    """Where values lie in their range, from 0 to 1."""
    if one.choices:
        places = [one.choices.index(value) for value in values.tolist()]
        return np.asarray(places, dtype=np.float64) / max(len(one.choices) - 1, 1)
    return np.asarray((values.astype(np.float64) - one.low) / max(one.high - one.low, 1e-300))


def _surrogate(places: Floats, values: Floats) -> Any:
    from scipy.interpolate import RBFInterpolator

    # Counts of alerts go up in steps: a little smoothing takes the stairs for the slope that they are.
    return RBFInterpolator(places, values, kernel="linear", smoothing=0.05)


def _explained(places: Floats, values: Floats) -> float:
    fold = np.arange(len(values)) % FOLDS
    predicted = np.empty(len(values))
    for number in range(FOLDS):
        held = fold == number
        predicted[held] = _surrogate(places[~held], values[~held])(places[held])
    return float(1.0 - np.mean((values - predicted) ** 2) / np.var(values))


def _indices(metric: str, keys: Sequence[str], places: Floats, values: Floats) -> list[Table]:
    """The indices with their bootstrap intervals, of which the seed decides every bit.

    `SobolResult.bootstrap` draws anew each time, and a study that is run again has to end with the same bytes.
    """
    from scipy.stats import sobol_indices

    design = _saltelli(_surrogate(places, values), len(keys))
    found = sobol_indices(func=design, n=SAMPLES)
    drawn = np.random.default_rng(SURROGATE_SEED).integers(0, SAMPLES, (RESAMPLES, SAMPLES))
    again = [sobol_indices(func={name: of[..., rows] for name, of in design.items()}, n=SAMPLES) for rows in drawn]
    spans = (
        np.percentile([np.ravel(one.first_order) for one in again], [2.5, 97.5], axis=0),
        np.percentile([np.ravel(one.total_order) for one in again], [2.5, 97.5], axis=0),
    )
    return [
        _row(
            metric,
            key,
            *(
                [_told(array, place) for array in (index, *span)]
                for index, span in zip((found.first_order, found.total_order), spans, strict=True)
            ),
        )
        for place, key in enumerate(keys)
    ]


def _saltelli(surrogate: Any, count: int) -> dict[str, Floats]:
    """The surrogate at the points of Saltelli's design: two samples, and the first with each column of the second."""
    from scipy.stats import qmc

    points = qmc.Sobol(2 * count, rng=np.random.default_rng(SURROGATE_SEED), bits=64).random(SAMPLES)
    one, other = points[:, :count], points[:, count:]
    mixed = np.tile(one, (count, 1, 1))
    for column in range(count):
        mixed[column, :, column] = other[:, column]
    return {
        "f_A": surrogate(one)[np.newaxis],
        "f_B": surrogate(other)[np.newaxis],
        "f_AB": np.stack([surrogate(points) for points in mixed])[:, np.newaxis],
    }


def _told(array: Any, place: int) -> float:
    return round(float(np.ravel(array)[place]), 6)
