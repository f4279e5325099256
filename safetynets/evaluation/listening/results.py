"""The answers of listeners, read from their files and compared, with intervals by bootstrap over listeners."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from safetynets.errors import PhraseologyError
from safetynets.text_files import read_json

FORMAT = "safetynets listening results 1"
RESAMPLES = 4000
LEVEL = 0.95
POWER = 0.8

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one listener did with one call.

    `act_s` is the time from the beginning of the call to the key (s), NaN without one. `qnh_right` is None where the
    call gives no QNH.
    """

    listener: str
    item: str
    rule_set: str
    words_per_min: float
    noise_db: float
    overlap: bool
    act_s: float
    instruction_right: bool
    qnh_right: bool | None


def read_results(files: Sequence[Path]) -> list[Answer]:
    """The answers in result files; a listener whose file is given twice counts once.

    Raises
    ------
    PhraseologyError
        For a file that is no result of a listening test, and for results of different tests.
    """
    answers: dict[str, list[Answer]] = {}
    tests: dict[str, Path] = {}
    for file in files:
        try:
            told = read_json(file)
            if told["format"] != FORMAT:
                raise ValueError
            listener = str(told["listener"])
            answers[listener] = [_answer(listener, row) for row in told["answers"]]
            tests.setdefault(str(told["test"]), file)
        except OSError as error:
            raise PhraseologyError(f"cannot be read: {error.strerror}", file=file) from None
        except (ValueError, KeyError, TypeError):
            mend = "give files that the page of 'safetynets phraseology listen' saved"
            raise PhraseologyError("holds no results of a listening test", file=file, mend=mend) from None
    if len(tests) > 1:
        raise PhraseologyError(
            f"are of another test than {next(iter(tests.values()))}",
            file=list(tests.values())[1],
            mend="analyse each test on its own",
        )
    return [answer for of_listener in answers.values() for answer in of_listener]


def _answer(listener: str, row: dict[str, Any]) -> Answer:
    return Answer(
        listener=listener,
        item=str(row["item"]),
        rule_set=str(row["rule_set"]),
        words_per_min=float(row["words_per_min"]),
        noise_db=float(row["noise_db"]),
        overlap=bool(row["overlap"]),
        act_s=math.nan if row["act_s"] is None else float(row["act_s"]),
        instruction_right=bool(row["instruction_right"]),
        qnh_right=None if row["qnh_right"] is None else bool(row["qnh_right"]),
    )


MEASURES: dict[str, Callable[[Answer], float]] = {
    "instruction understood": lambda answer: float(answer.instruction_right),
    "QNH wrong": lambda answer: math.nan if answer.qnh_right is None else float(not answer.qnh_right),
    "would act": lambda answer: float(math.isfinite(answer.act_s)),
    "time to act, s": lambda answer: answer.act_s,
}
"""What is measured of an answer; NaN where it does not apply."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The mean over listeners, with its 95 % interval, and how many listeners it is from."""

    value: float
    low: float
    high: float
    listeners: int

    @property
    def words(self) -> str:
        """As `0.92 (0.88 to 0.95)`."""
        if not math.isfinite(self.value):
            return "-"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One rule set against another, each listener against himself: the mean difference, its interval, the power.

    `needed` is how many listeners would find a difference of this size with a power of 80 %; 0 where none was seen.
    """

    measure: str
    first: str
    second: str
    estimate: Estimate
    needed: int


def by_listener(answers: Sequence[Answer], measure: str) -> dict[str, float]:
    """The mean of a measure for each listener; listeners for whom it never applies are left out."""
    values: dict[str, list[float]] = {}
    for answer in answers:
        value = MEASURES[measure](answer)
        if math.isfinite(value):
            values.setdefault(answer.listener, []).append(value)
    return {listener: float(np.mean(of)) for listener, of in values.items()}


def estimate(of_listeners: Sequence[float], seed: int = 0) -> Estimate:
    """The mean over listeners with its interval: listeners are drawn again, answers within one are not independent.

    The spread of the resamples is widened to that of a t distribution (by n/(n-1) and its quantile), without which an
    interval of few listeners is too narrow.

    Examples
    --------
    >>> estimate([0.5, 0.7, 0.6, 0.6]).words
    '0.60 (0.46 to 0.74)'
    """
    values: Floats = np.asarray(of_listeners, dtype=np.float64)
    count = len(values)
    if count < 2:
        value = float(values[0]) if count else math.nan
        return Estimate(value=value, low=-math.inf, high=math.inf, listeners=count)
    mean = float(values.mean())
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(0, count, (RESAMPLES, count))].mean(axis=1)
    wider = math.sqrt(count / (count - 1)) * stats.t.ppf(0.5 + LEVEL / 2, count - 1) / stats.norm.ppf(0.5 + LEVEL / 2)
    low, high = mean + wider * (np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) - mean)
    return Estimate(value=mean, low=float(low), high=float(high), listeners=count)


def differences(answers: Sequence[Answer], measure: str, seed: int = 0) -> list[Difference]:
    """Every pair of rule sets compared by a measure, within each listener who heard both."""
    names = list(dict.fromkeys(answer.rule_set for answer in answers))
    found = []
    for first, second in combinations(names, 2):
        one, other = (
            by_listener([answer for answer in answers if answer.rule_set == name], measure) for name in (first, second)
        )
        within = [one[listener] - other[listener] for listener in one if listener in other]
        found.append(
            Difference(
                measure=measure,
                first=first,
                second=second,
                estimate=estimate(within, seed),
                needed=_needed(within),
            )
        )
    return found


def _needed(within: Sequence[float]) -> int:
    """Listeners that find the mean of these differences, two-sided at 5 % with a power of 80 %."""
    if len(within) < 2 or not np.mean(within):
        return 0
    reach = stats.norm.ppf(0.5 + LEVEL / 2) + stats.norm.ppf(POWER)
    ratio = float(reach) * float(np.std(within, ddof=1)) / float(np.mean(within))
    return max(2, math.ceil(ratio**2))


GROUPINGS: dict[str, Callable[[Answer], str]] = {
    "rule set": lambda answer: answer.rule_set,
    "noise": lambda answer: f"{answer.noise_db:g} dB",
    "rate": lambda answer: f"{answer.words_per_min:g} words a minute",
    "other traffic": lambda answer: "speaks over it" if answer.overlap else "silent",
}
"""By what the answers are set side by side."""


def summary(answers: Sequence[Answer], seed: int = 0) -> list[dict[str, Any]]:
    """One row for each value of each grouping, with the estimate of each measure."""
    rows = []
    for grouping, value_of in GROUPINGS.items():
        groups: dict[str, list[Answer]] = {}
        for answer in answers:
            groups.setdefault(value_of(answer), []).append(answer)
        for value, of_value in groups.items():
            estimates = {measure: estimate(list(by_listener(of_value, measure).values()), seed) for measure in MEASURES}
            rows.append({"by": grouping, "value": value, **estimates})
    return rows
