"""Where a quadratic is negative: exact spans, from its roots."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.ordering import insert

Floats = NDArray[np.float64]


@njit(cache=True)
def roots(a: float, b: float, c: float) -> tuple[float, float]:
    """Real roots of a*t*t + b*t + c, NaN where there is none; without cancellation."""
    if a == 0.0:
        return (-c / b if b != 0.0 else np.nan), np.nan
    discriminant = b * b - 4.0 * a * c
    if discriminant < 0.0:
        return np.nan, np.nan
    q = -0.5 * (b + np.copysign(np.sqrt(discriminant), b))
    return q / a, (c / q if q != 0.0 else np.nan)


@njit(cache=True)
def first_negative(polynomials: Floats, every: bool, from_s: float, to_s: float) -> float:
    """First moment in [from_s, to_s] from which all (`every`) or any of the quadratics are negative; inf for none.

    Rows of `polynomials` are (a, b, c). Negative is strict; the moment is the infimum of an open set, so that the
    quadratics may still be zero at it.
    """
    cuts = np.empty(2 * len(polynomials) + 2)
    marks = np.zeros(len(cuts), dtype=np.bool_)
    cuts[0], cuts[1] = from_s, to_s
    count = 2
    for k in range(len(polynomials)):
        for root in roots(polynomials[k, 0], polynomials[k, 1], polynomials[k, 2]):
            if from_s < root < to_s:
                count = insert(cuts, marks, count, root, False)
    if _negative(polynomials, every, from_s):
        return from_s
    for k in range(count - 1):
        if cuts[k + 1] > cuts[k] and _negative(polynomials, every, 0.5 * (cuts[k] + cuts[k + 1])):
            return cuts[k]
    return np.inf


@njit(cache=True)
def _negative(polynomials: Floats, every: bool, t: float) -> bool:
    for k in range(len(polynomials)):
        negative = (polynomials[k, 0] * t + polynomials[k, 1]) * t + polynomials[k, 2] < 0.0
        if negative != every:
            return negative
    return every
