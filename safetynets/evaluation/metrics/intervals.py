"""Confidence intervals (95 %) of shares and rates; arrays or single numbers (docs/metrics.md)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats: TypeAlias = NDArray[np.float64]

LEVEL = 0.95
_RULE_OF_THREE = 3.0


def share(count: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Shares `count / of` with the lower and upper end of their intervals.

    Wilson's score interval (1927), without continuity correction; where nothing or everything happened the rule of
    three: what did not happen in n happens with a probability below 3/n. Of none the share is NaN, from 0 to 1.

    Examples
    --------
    >>> [round(100 * float(value), 1) for value in share(1, 4)]
    [25.0, 4.6, 69.9]
    >>> [float(value) for value in share(0, 300)]
    [0.0, 0.0, 0.01]
    """
    count, of = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(of, dtype=np.float64))
    z2 = float(special.ndtri(0.5 + LEVEL / 2.0)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        value = count / of
        middle = (count + z2 / 2.0) / (of + z2)
        reach = np.sqrt(z2) / (of + z2) * np.sqrt(count * (of - count) / of + z2 / 4.0)
        three = np.minimum(_RULE_OF_THREE / of, 1.0)
    low = np.where(count == 0, 0.0, np.where(count == of, 1.0 - three, middle - reach))
    high = np.where(count == of, 1.0, np.where(count == 0, three, middle + reach))
    nothing = of == 0
    return value, np.where(nothing, 0.0, low), np.where(nothing, 1.0, high)


def with_wrong_labels(low: ArrayLike, high: ArrayLike, wrong: float) -> tuple[Floats, Floats]:
    """The ends of the interval of a share of labels, when up to a share `wrong` of the labels may be wrong.

    A label wrong either way turns a true share p into p (1 - e) + (1 - p) e (Rogan and Gladen 1978); the interval holds
    what it may be for every e from 0 to `wrong`, which is below 0.5.

    >>> [round(float(end), 3) for end in with_wrong_labels(0.10, 0.20, 0.05)]
    [0.056, 0.2]
    >>> [round(float(end), 3) for end in with_wrong_labels(0.60, 0.97, 0.05)]
    [0.6, 1.0]
    """
    low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    moved = [(end - wrong) / (1.0 - 2.0 * wrong) for end in (low, high)]
    return np.clip(np.minimum(low, moved[0]), 0.0, 1.0), np.clip(np.maximum(high, moved[1]), 0.0, 1.0)


def rate(count: ArrayLike, amount: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Rates `count / amount` with the exact interval of a Poisson count (Garwood 1936).

    Alerts of one flight come in clusters, so the true interval is wider. Of no amount the rate is NaN, from 0 to inf.

    Examples
    --------
    >>> [round(float(value), 2) for value in rate(10, 1.0)]
    [10.0, 4.8, 18.39]
    """
    count, amount = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(amount, dtype=np.float64))
    tail = (1.0 - LEVEL) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(count > 0, special.gammaincinv(np.where(count > 0, count, 1.0), tail), 0.0) / amount
        high = special.gammaincinv(count + 1.0, 1.0 - tail) / amount
        value = count / amount
    nothing = amount == 0
    return value, np.where(nothing, 0.0, low), np.where(nothing, np.inf, high)
