"""`change_points`: the days on which a rate of events changed, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.evaluation.metrics.intervals import LEVEL
from safetynets.evaluation.monitoring.rates import dispersion

Floats = NDArray[np.float64]

LEAST_DAYS = 8
"""Fewer days than this are not searched: chance cannot be told from change (simulator default)."""
LEAST_SIDE = 3
"""A rate lasts at least so many days: one odd day is no change of the rate (simulator default)."""
SIGNIFICANT = 0.001
"""A change is named where fewer than this share of orders of the days show one as great (simulator default)."""
ORDERS = 4999
"""So many random orders of the days; with fewer the share would not be known at the limit above."""
_SEED = 20_240_115


@dataclass(frozen=True)
class ChangePoint:
    """A day from which on another rate holds.

    Attributes
    ----------
    day
        Number of the first day with the new rate.
    first, last
        The change was on one of these days with a probability of 95 %, both included.
    p
        The share of random orders of the days, this one among them, that show a change as great.
    begin, end
        The days compared: the rate before is that of `begin` to `day`, the rate after that of `day` to `end`, each
        without its last.
    """

    day: int
    first: int
    last: int
    p: float
    begin: int
    end: int


def change_points(count: ArrayLike, amount: ArrayLike) -> tuple[ChangePoint, ...]:
    """The days on which the rate of events changed, ascending.

    The day that splits the days best (greatest ratio of the Poisson likelihoods) is a change where few random orders of
    the days can be split as well; both sides are then searched in the same way (binary segmentation, Scott and Knott
    1974). Orders assume no distribution, so days that vary more than counts do cause no false change; days that depend
    on each other (a week of bad weather) can. The span of days is that of the likelihood, its scale widened by
    the dispersion of the days within both sides, every day as likely as another beforehand.

    Examples
    --------
    >>> found = change_points([19, 21, 20, 22, 19, 20, 18, 8, 9, 8, 11, 9, 8, 7], [1.0] * 14)
    >>> [(each.day, each.first, each.last, each.p) for each in found]
    [(7, 6, 7, 0.0006)]
    """
    counts, amounts = (np.asarray(values, dtype=np.float64) for values in (count, amount))
    random = np.random.default_rng(_SEED)
    return tuple(sorted(_within(counts, amounts, 0, len(counts), random), key=lambda each: each.day))


def _within(
    counts: Floats, amounts: Floats, begin: int, end: int, random: np.random.Generator
) -> Iterator[ChangePoint]:
    if end - begin < LEAST_DAYS or not counts[begin:end].sum():
        return
    here, there = counts[begin:end], amounts[begin:end]
    gain = _gain(here[np.newaxis], there[np.newaxis])[0]
    greatest = float(gain.max())
    orders = random.permuted(np.tile(np.arange(end - begin), (ORDERS, 1)), axis=1)
    as_great = _gain(here[orders], there[orders]).max(axis=1) >= greatest - 1e-9
    p = (1 + int(as_great.sum())) / (1 + ORDERS)
    if p >= SIGNIFICANT:
        return
    at = int(gain.argmax())
    day = at + LEAST_SIDE
    weight = np.exp((gain - greatest) / dispersion(here, there, [day]))
    first, last = _shortest(weight / weight.sum(), at)
    yield ChangePoint(begin + day, begin + first + LEAST_SIDE, begin + last + LEAST_SIDE, p, begin, end)
    yield from _within(counts, amounts, begin, begin + day, random)
    yield from _within(counts, amounts, begin + day, end, random)


def _gain(counts: Floats, amounts: Floats) -> Floats:
    """Logarithm of the likelihood ratio of two rates to one, for each order (row) and each day of change (column)."""
    before, traffic = counts.cumsum(axis=1), amounts.cumsum(axis=1)
    total, whole = before[:, -1:], traffic[:, -1:]
    days = slice(LEAST_SIDE - 1, counts.shape[1] - LEAST_SIDE)
    before, traffic = before[:, days], traffic[:, days]
    return _likelihood(before, traffic) + _likelihood(total - before, whole - traffic) - _likelihood(total, whole)


def _likelihood(count: Floats, amount: Floats) -> Floats:
    """Greatest logarithm of the likelihood of a Poisson count, but for what does not depend on how it is split."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((count > 0) & (amount > 0), count * np.log(count / amount), 0.0)


def _shortest(probability: Floats, best: int) -> tuple[int, int]:
    """The shortest span around the best day that holds 95 % of the probability, grown by the likelier neighbour."""
    first = last = best
    while probability[first : last + 1].sum() < LEVEL and (first > 0 or last + 1 < len(probability)):
        before = probability[first - 1] if first else -1.0
        after = probability[last + 1] if last + 1 < len(probability) else -1.0
        if before >= after:
            first -= 1
        else:
            last += 1
    return first, last
