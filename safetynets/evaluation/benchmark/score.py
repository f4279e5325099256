"""What a program's alerts are worth: detection at a given rate of nuisance, warning time, flicker, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.evaluation.benchmark.tables import Answers, Situations

Floats = NDArray[np.float64]

NUISANCE_RATES = (0.5, 1.0, 2.0)
"""Nuisance alerts per 1,000 approaches at which detection is compared."""
NEEDED_S = (24.0, 15.0)
"""Warning times needed: 24 s is the worked budget of controller, words, crew and aircraft (docs/response.md), an
assumption; 15 s the prediction time that an NTSB accident report gives for the FAA approach monitor."""
RESAMPLES = 1000
BLOCK = 100
"""Resamples that share a random stream: the result does not depend on how the blocks are spread over workers."""
LEVEL = 0.95
PUBLISHED = "published"


@dataclass(frozen=True)
class Value:
    """A score with its interval (95 %, bootstrap by flight); NaN where there is nothing to score."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Matched:
    """The alerts of one program put to the flights.

    Attributes
    ----------
    must
        Which flights must be alerted.
    best
        The highest score of an alert about each flight between the begin of its situation and the event; -inf for none.
    warning_s, possible_s
        From the first such alert to the event (NaN for none), and the most that was possible.
    in_time_best
        The highest score among those that came `NEEDED_S` before the event, one column each.
    alerts
        How many such alerts each flight has.
    nuisance_flight, nuisance_score
        The flight and the score of each nuisance alert, by score, highest first.
    """

    must: NDArray[np.bool_]
    best: Floats
    warning_s: Floats
    possible_s: Floats
    in_time_best: Floats
    alerts: NDArray[np.int64]
    nuisance_flight: NDArray[np.int64]
    nuisance_score: Floats


def match(situations: Situations, answers: Answers) -> Matched:
    """Put alerts to flights: one that lasts at some moment between begin and event of a must flight detects it."""
    count, flight = len(situations), answers.flight
    must = situations.truth == "must"
    begin_s, event_s = situations.begin_s[flight], situations.event_s[flight]
    hits = must[flight] & (answers.start_s <= event_s) & (answers.end_s >= begin_s)
    # What a program says of a published flight at another time is not known to be wrong.
    void = (situations.truth[flight] == "void") | (situations.task[flight] == PUBLISHED)
    possible_s = situations.event_s - situations.begin_s
    warning_s = event_s - np.maximum(answers.start_s, begin_s)
    best, first_s = np.full(count, -np.inf), np.full(count, -np.inf)
    np.maximum.at(best, flight[hits], answers.score[hits])
    np.maximum.at(first_s, flight[hits], warning_s[hits])
    in_time = np.full((count, len(NEEDED_S)), -np.inf)
    for column, needed_s in enumerate(NEEDED_S):
        # Where geometry allows less than is needed, the most that was possible is in time.
        enough_s = np.minimum(needed_s, possible_s)[flight]
        good = hits & (warning_s >= enough_s)
        np.maximum.at(in_time[:, column], flight[good], answers.score[good])
    nuisance = np.flatnonzero(~hits & ~void)
    order = nuisance[np.argsort(-answers.score[nuisance], kind="stable")]
    return Matched(
        must=must,
        best=best,
        warning_s=np.where(np.isfinite(first_s), first_s, np.nan),
        possible_s=possible_s,
        in_time_best=in_time,
        alerts=np.bincount(flight[hits], minlength=count),
        nuisance_flight=flight[order],
        nuisance_score=answers.score[order],
    )


def figures(found: Matched, weight: Floats, approaches: NDArray[np.bool_]) -> dict[str, float]:
    """Every score of the flights, each counted `weight` times; `approaches` are those that count for rates."""
    must = weight * found.must
    total, flown = must.sum(), (weight * approaches).sum()
    nuisance_weight = weight[found.nuisance_flight]
    row: dict[str, float] = {
        "detected": _share(must, found.best > -np.inf, total),
        "nuisance_per_1000": 1000.0 * nuisance_weight.sum() / flown if flown else np.nan,
    }
    for column, needed_s in enumerate(NEEDED_S):
        row[f"in_time_{needed_s:g}s"] = _share(must, found.in_time_best[:, column] > -np.inf, total)
    running = np.cumsum(nuisance_weight)
    for rate in NUISANCE_RATES:
        over = np.searchsorted(running, rate * flown / 1000.0, side="right")
        # Alerts that score no higher than the first nuisance alert too many are not given.
        limit = found.nuisance_score[over] if over < len(running) else -np.inf
        row[f"detected_at_{rate:g}"] = _share(must, found.best > limit, total)
        for column, needed_s in enumerate(NEEDED_S):
            in_time = found.in_time_best[:, column] > limit
            row[f"in_time_{needed_s:g}s_at_{rate:g}"] = _share(must, in_time, total)
    alerted = found.must & np.isfinite(found.warning_s)
    of_possible = found.warning_s[alerted] / np.maximum(found.possible_s[alerted], 1e-9)
    row["warning_of_possible_p50"] = _quantile(of_possible, weight[alerted], 0.5)
    row["warning_of_possible_p10"] = _quantile(of_possible, weight[alerted], 0.1)
    shown = weight[alerted].sum()
    row["alerts_per_detection"] = float((weight * found.alerts)[alerted].sum() / shown) if shown else np.nan
    return row


def score(situations: Situations, answers: Answers, *, seed: int = 1, workers: int = 1) -> dict[str, Value]:
    """Every score of a program with its interval; the same whatever the number of workers.

    Parameters
    ----------
    situations, answers
        The flights, and the alerts about them.
    seed
        Of the resamples.
    workers
        Threads that share the resamples.

    Examples
    --------
    >>> import numpy as np
    >>> flights = Situations(
    ...     flight=np.array(["A", "B"]), task=np.array(["final", "final"]), split=np.array(["train", "train"]),
    ...     truth=np.array(["must", "ordinary"]), begin_s=np.array([0.0, 0.0]), event_s=np.array([100.0, 100.0]),
    ...     end_s=np.array([100.0, 100.0]),
    ... )
    >>> one = Answers("net", np.array([0]), np.array(["APM"]), np.array([40.0]), np.array([90.0]), np.ones(1), False)
    >>> found = score(flights, one)
    >>> found["detected"].value, found["warning_of_possible_p50"].value, found["nuisance_per_1000"].value
    (1.0, 0.6, 0.0)
    """
    found, approaches = match(situations, answers), situations.truth != "void"
    plain = figures(found, np.ones(len(situations)), approaches)
    blocks = RESAMPLES // BLOCK

    def resampled(block: int) -> list[list[float]]:
        random = np.random.default_rng([seed, block])
        rows = []
        for _ in range(BLOCK):
            drawn = random.integers(len(situations), size=len(situations))
            weight = np.bincount(drawn, minlength=len(situations)).astype(np.float64)
            rows.append(list(figures(found, weight, approaches).values()))
        return rows

    if not len(situations):
        return {name: Value(np.nan, np.nan, np.nan) for name in plain}
    with ThreadPoolExecutor(workers) as pool:
        drawn = np.array([row for rows in pool.map(resampled, range(blocks)) for row in rows])
    values = {}
    for column, (name, value) in enumerate(plain.items()):
        known = drawn[np.isfinite(drawn[:, column]), column]
        low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(known) else (np.nan, np.nan)
        values[name] = Value(float(value), float(low), float(high))
    return values


def det(situations: Situations, answers: Answers) -> list[dict[str, float]]:
    """The detection error trade-off: nuisance alerts per 1,000 approaches against the share missed, score by score."""
    found, flown = match(situations, answers), int((situations.truth != "void").sum())
    scores = np.unique(np.concatenate([found.nuisance_score, found.best[found.must & np.isfinite(found.best)]]))
    ascending = found.nuisance_score[::-1]
    best = np.sort(found.best[found.must])
    return [
        {
            "score": float(limit),
            "nuisance_per_1000": 1000.0 * float(len(ascending) - np.searchsorted(ascending, limit)) / flown,
            "missed": float(np.searchsorted(best, limit)) / len(best) if len(best) else np.nan,
        }
        for limit in scores
    ]


def only(answers: Answers, which: NDArray[np.bool_]) -> Answers:
    """The alerts about some of the flights, whose rows are counted among these alone."""
    place = np.cumsum(which) - 1
    mine = which[answers.flight]
    columns = {name: getattr(answers, name)[mine] for name in ("net", "start_s", "end_s", "score")}
    return Answers(name=answers.name, flight=place[answers.flight[mine]], scored=answers.scored, **columns)


def tasks_of(situations: Situations) -> Sequence[str]:
    """The tasks there are, in their order."""
    return sorted(set(situations.task.tolist()))


def as_rows(values: dict[str, Value]) -> dict[str, Any]:
    """Scores as plain values for a table or JSON; unknown is None."""

    def plain(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    return {name: [plain(each.value), plain(each.low), plain(each.high)] for name, each in values.items()}


def _share(weight: Floats, which: NDArray[np.bool_], total: float) -> float:
    return float((weight * which).sum() / total) if total else np.nan


def _quantile(values: Floats, weight: Floats, p: float) -> float:
    """The smallest value that is not exceeded by a share p of the weight; NaN of none."""
    total = weight.sum()
    if not total:
        return np.nan
    order = np.argsort(values, kind="stable")
    reached = np.searchsorted(np.cumsum(weight[order]), p * total - 1e-9)
    return float(values[order][min(int(reached), len(values) - 1)])
