"""Rates over days that vary more than counts do: their dispersion, their intervals, and the ratio of two of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.metrics.intervals import LEVEL

Rate = tuple[float, float, float]
"""A value with the lower and upper end of its 95 % interval."""


def dispersion(count: ArrayLike, amount: ArrayLike, stages: Sequence[int] = ()) -> float:
    """How much more the counts of days vary than Poisson counts of one rate within each stage do; at least 1.

    Pearson's chi-square over its degrees of freedom (McCullagh and Nelder, Generalized Linear Models, 1989).

    >>> dispersion([10, 10, 10], [1.0, 1.0, 1.0]), dispersion([0, 20, 0, 20], [1.0] * 4)
    (1.0, 13.333333333333334)
    """
    counts, amounts = (np.asarray(values, dtype=np.float64) for values in (count, amount))
    chi2, freedom = 0.0, 0
    begins = [0, *sorted({stage for stage in stages if 0 < stage < len(counts)}), len(counts)]
    for first, last in itertools.pairwise(begins):
        here, there = counts[first:last], amounts[first:last]
        here, there = here[there > 0], there[there > 0]
        if not len(there) or not here.sum():
            continue
        expected = there * here.sum() / there.sum()
        chi2 += float(((here - expected) ** 2 / expected).sum())
        freedom += len(there) - 1
    return max(1.0, chi2 / freedom) if freedom > 0 else 1.0


def rate(count: float, amount: float, over: float = 1.0) -> tuple[float, float, float]:
    """A rate with its 95 % interval: the exact one of a Poisson count, widened by the dispersion `over`.

    >>> [round(value, 2) for value in rate(10, 1.0)], [round(value, 2) for value in rate(10, 1.0, over=2.0)]
    ([10.0, 4.8, 18.39], [10.0, 3.25, 23.34])
    """
    value, low, high = (float(each) for each in intervals.rate(count / over, amount / over))
    return value, low, high


def with_wrong_labels(rate: Rate, of: float, wrong: float) -> Rate:
    """A rate of alerts with some label, of `of` alerts at all: its interval when up to a share `wrong` is mislabelled.

    >>> [round(value, 2) for value in with_wrong_labels((10.0, 8.0, 12.0), 40.0, 0.05)]
    [10.0, 6.67, 12.0]
    """
    value, low, high = rate
    if not wrong or not of:
        return rate
    widened = intervals.with_wrong_labels(low / of, min(high / of, 1.0), wrong)
    return value, min(low, of * float(widened[0])), max(high, of * float(widened[1]))


def ratio_with_wrong_labels(ratio: Rate, before: Rate, after: Rate, of: tuple[float, float], wrong: float) -> Rate:
    """The ratio of two such rates, of so many alerts at all before and after, when both are mislabelled alike.

    >>> [round(value, 3) for value in ratio_with_wrong_labels((0.5, 0.4, 0.6), (10, 8, 12), (5, 4, 6), (40, 40), 0.05)]
    [0.5, 0.3, 0.6]
    """
    value, low, high = ratio
    if not wrong or not value or not np.isfinite(value):
        return ratio
    was, now = (max(rate[0] - wrong * at_all, 0.0) for rate, at_all in zip((before, after), of, strict=True))
    factor = (now / was if was else np.inf) / value
    return value, min(low, low * factor), max(high, high * factor)


def share(count: float, of: float) -> tuple[float, float, float]:
    """How many of each 1,000, with the 95 % interval of a share (`metrics.intervals.share`).

    >>> [round(value) for value in share(10, 200)]
    [50, 27, 90]
    """
    value, low, high = (1000.0 * float(each) for each in intervals.share(count, of))
    return value, low, high


def ratio(before: tuple[float, float], after: tuple[float, float], over: float = 1.0) -> tuple[float, float, float]:
    """The rate after over the rate before, each a count and an amount of traffic, with its 95 % interval.

    Exact, from the binomial distribution of one count given both (Clopper and Pearson 1934), with the counts divided
    by the dispersion `over`. NaN where there is nothing to divide by.

    >>> [round(value, 2) for value in ratio((100, 10.0), (50, 10.0))]
    [0.5, 0.35, 0.71]
    >>> [round(value, 2) for value in ratio((0, 10.0), (3, 10.0))]
    [inf, 0.41, inf]
    """
    (was, amount_before), (now, amount_after) = before, after
    if not amount_before or not amount_after or not was + now:
        return np.nan, 0.0, np.inf
    a, b = now / over, was / over
    tail = (1.0 - LEVEL) / 2.0
    low = float(special.betaincinv(a, b + 1.0, tail)) if a else 0.0
    high = float(special.betaincinv(a + 1.0, b, 1.0 - tail)) if b else 1.0
    traffic = amount_before / amount_after
    value = np.inf if not was else now / was * traffic
    return value, _odds(low) * traffic, _odds(high) * traffic


def _odds(share: float) -> float:
    return np.inf if share >= 1.0 else share / (1.0 - share)
