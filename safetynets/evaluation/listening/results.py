"""The answers of listeners, read from their files and compared, with intervals over listeners."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from safetynets.errors import PhraseologyError
from safetynets.response.transmissions import Asks
from safetynets.text_files import read_json

FORMAT = "safetynets listening results 2"
LEVEL = 0.95
POWER = 0.8

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one listener did with one call.

    Attributes
    ----------
    listener, item, rule_set
        Who answered, to which call of the test, in whose words.
    words_per_min, noise_db, overlap
        How the call was heard.
    asks, gives_qnh, call_sign_first, plain
        What the call is to its hearer, as in `safetynets.response.transmissions.Transmission`.
    asked_s
        When the call has said what it asks, from its beginning (s).
    act_s
        The time from the beginning of the call to the key (s), NaN without one.
    instruction_right
        Whether the listener said what was to be done.
    qnh_right
        The same of the QNH; None where the call gives none.
    """

    listener: str
    item: str
    rule_set: str
    words_per_min: float
    noise_db: float
    overlap: bool
    asks: Asks
    gives_qnh: bool
    call_sign_first: bool
    plain: bool
    asked_s: float
    act_s: float
    instruction_right: bool
    qnh_right: bool | None


def read_results(files: Sequence[Path]) -> tuple[list[Answer], str]:
    """The answers in result files, and which test they are of; a listener whose file is given twice counts once.

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
    return [answer for of_listener in answers.values() for answer in of_listener], next(iter(tests))


def _answer(listener: str, row: dict[str, Any]) -> Answer:
    return Answer(
        listener=listener,
        item=str(row["item"]),
        rule_set=str(row["rule_set"]),
        words_per_min=float(row["words_per_min"]),
        noise_db=float(row["noise_db"]),
        overlap=bool(row["overlap"]),
        asks=_asks(row["asks"]),
        gives_qnh=bool(row["gives_qnh"]),
        call_sign_first=bool(row["call_sign_first"]),
        plain=bool(row["plain"]),
        asked_s=float(row["asked_s"]),
        act_s=math.nan if row["act_s"] is None else float(row["act_s"]),
        instruction_right=bool(row["instruction_right"]),
        qnh_right=None if row["qnh_right"] is None else bool(row["qnh_right"]),
    )


def _asks(told: Any) -> Asks:
    if told not in get_args(Asks):
        raise ValueError
    asks: Asks = told
    return asks


MEASURES: dict[str, Callable[[Answer], float]] = {
    "instruction understood": lambda answer: float(answer.instruction_right),
    "QNH wrong": lambda answer: math.nan if answer.qnh_right is None else float(not answer.qnh_right),
    "would act": lambda answer: float(math.isfinite(answer.act_s)),
    "time to act, s": lambda answer: answer.act_s,
}
"""What is measured of an answer; NaN where it does not apply."""

SHARES = ("instruction understood", "QNH wrong", "would act")
"""The measures that are shares, from 0 to 1."""


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
    return {listener: float(np.mean(values)) for listener, values in _by_listener(answers, measure).items()}


def _by_listener(answers: Sequence[Answer], measure: str) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for answer in answers:
        value = MEASURES[measure](answer)
        if math.isfinite(value):
            values.setdefault(answer.listener, []).append(value)
    return values


def estimate(of_listeners: Sequence[float], step: float = 0.0) -> Estimate:
    """The mean over listeners with its interval: one value a listener, for answers of one listener are not independent.

    The interval is that of a t distribution over listeners. A bootstrap of them has its lower order only: with 40
    listeners its quantiles are narrower than they should be, by as much as they are skewed.

    Parameters
    ----------
    of_listeners
        One mean a listener.
    step
        For a share: by how much one more right answer of one listener moves the value of this listener. The interval is
        wider by half the step of the mean (the correction for continuity). Where no two listeners differ, its bound is
        that of the share of listeners of whom none was otherwise.

    Examples
    --------
    >>> estimate([0.5, 0.7, 0.6, 0.6]).words
    '0.60 (0.47 to 0.73)'
    >>> estimate([1.0] * 40, step=0.125).words
    '1.00 (0.91 to 1.09)'
    """
    values: Floats = np.asarray(of_listeners, dtype=np.float64)
    count = len(values)
    if count < 2:
        value = float(values[0]) if count else math.nan
        return Estimate(value=value, low=-math.inf, high=math.inf, listeners=count)
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    if step and spread == 0.0:
        reach = 1.0 - ((1.0 - LEVEL) / 2) ** (1.0 / count)
    else:
        reach = _quantile(count - 1) * spread / math.sqrt(count) + step / (2 * count)
    return Estimate(value=mean, low=mean - reach, high=mean + reach, listeners=count)


@cache
def _quantile(degrees: int) -> float:
    """Of the t distribution, for a two-sided interval."""
    return float(stats.t.ppf(0.5 + LEVEL / 2, degrees))


def mean_of(answers: Sequence[Answer], measure: str) -> Estimate:
    """The mean of a measure over listeners; a share is never beyond 0 or 1."""
    values = _by_listener(answers, measure)
    found = estimate([float(np.mean(each)) for each in values.values()], _step(measure, *values.values()))
    if measure not in SHARES or not math.isfinite(found.value):
        return found
    return replace(found, low=max(found.low, 0.0), high=min(found.high, 1.0))


def _step(measure: str, *answered: Sequence[float]) -> float:
    """The step of a share of a listener, from how many calls each heard; 0 for what is no share."""
    return float(np.mean([1.0 / len(each) for each in answered])) if measure in SHARES and answered else 0.0


def differences(answers: Sequence[Answer], measure: str) -> list[Difference]:
    """Every pair of rule sets compared by a measure, within each listener who heard both."""
    names = list(dict.fromkeys(answer.rule_set for answer in answers))
    found = []
    for first, second in combinations(names, 2):
        one, other = (
            _by_listener([answer for answer in answers if answer.rule_set == name], measure) for name in (first, second)
        )
        both = [listener for listener in one if listener in other]
        within = [float(np.mean(one[listener]) - np.mean(other[listener])) for listener in both]
        step = _step(measure, *(one[listener] for listener in both), *(other[listener] for listener in both))
        found.append(
            Difference(
                measure=measure,
                first=first,
                second=second,
                estimate=estimate(within, step),
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


def spread_of_listeners(answers: Sequence[Answer]) -> dict[str, tuple[float, float, float]]:
    """How far listeners differ in each measure: the least, the greatest and the standard deviation of their means."""
    spread = {}
    for measure in MEASURES:
        values = list(by_listener(answers, measure).values())
        if len(values) > 1:
            spread[measure] = (min(values), max(values), float(np.std(values, ddof=1)))
    return spread


def summary(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """One row for each value of each grouping, with the estimate of each measure."""
    rows = []
    for grouping, value_of in GROUPINGS.items():
        groups: dict[str, list[Answer]] = {}
        for answer in answers:
            groups.setdefault(value_of(answer), []).append(answer)
        for value, of_value in groups.items():
            estimates = {measure: mean_of(of_value, measure) for measure in MEASURES}
            rows.append({"by": grouping, "value": value, **estimates})
    return rows
