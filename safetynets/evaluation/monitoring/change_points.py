"""`change_points`: the days on which a rate of events changed, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from safetynets.evaluation.metrics.intervals import LEVEL

Floats = NDArray[np.float64]

LEAST_DAYS = 8
"""Fewer days than this are not searched: chance cannot be told from change (simulator default)."""
LEAST_SIDE = 3
"""Least number of days that a rate lasts: one odd day is no change of the rate (simulator default)."""
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

    The days are ranked by their rates. The day that splits the ranks best (Pettitt 1979, standardised so that no day is
    favoured) is a change where few random orders of the days can be split as well; both sides are then searched in the
    same way (binary segmentation, Scott and Knott 1974). Ranks and orders assume no distribution: a single bad day
    hides no change, and days that vary more than counts do cause no false one. Days that depend on each other (a week
    of bad weather) can. The span of days is that of the likelihood of the ranks as normal values with one variance,
    every day as likely as another beforehand (Smith 1975). A day without traffic has no rate: leave it out.

    Examples
    --------
    >>> found = change_points([19, 21, 20, 22, 19, 20, 18, 8, 9, 8, 11, 9, 8, 7], [1.0] * 14)
    >>> [(each.day, each.first, each.last, each.p) for each in found]
    [(7, 6, 7, 0.0006)]
    """
    rate = np.asarray(count, dtype=np.float64) / np.asarray(amount, dtype=np.float64)
    random = np.random.default_rng(_SEED)
    return tuple(sorted(_within(rate, 0, len(rate), random), key=lambda each: each.day))


def _within(rate: Floats, begin: int, end: int, random: np.random.Generator) -> Iterator[ChangePoint]:
    days = end - begin
    if days < LEAST_DAYS or rate[begin:end].min() == rate[begin:end].max():
        return
    rank = stats.rankdata(rate[begin:end])
    between = _between(rank[np.newaxis])[0]
    greatest = float(between.max())
    orders = random.permuted(np.tile(rank, (ORDERS, 1)), axis=1)
    as_great = _between(orders).max(axis=1) >= greatest * (1.0 - 1e-9)
    p = (1 + int(as_great.sum())) / (1 + ORDERS)
    if p >= SIGNIFICANT:
        return
    at = int(between.argmax())
    within = np.maximum(((rank - rank.mean()) ** 2).sum() - between, 1e-9)
    weight = (within / within.min()) ** (-(days - 2) / 2.0)
    first, last = _shortest(weight / weight.sum(), at)
    day = begin + at + LEAST_SIDE
    yield ChangePoint(day, begin + first + LEAST_SIDE, begin + last + LEAST_SIDE, p, begin, end)
    yield from _within(rate, begin, day, random)
    yield from _within(rate, day, end, random)


def _between(rank: Floats) -> Floats:
    """Sum of squares between the two sides, for each order of the days (row) and each day of change (column)."""
    days = rank.shape[1]
    before = np.arange(LEAST_SIDE, days - LEAST_SIDE + 1)
    apart = (rank - rank.mean(axis=1, keepdims=True)).cumsum(axis=1)[:, before - 1]
    return np.asarray(apart**2 * days / (before * (days - before)))


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
