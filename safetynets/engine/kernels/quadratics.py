"""Where quadratics are negative: exact moments, from their roots."""

from __future__ import annotations

import numpy as np

from safetynets.engine.kernels.compiled import inlined, separate

Quadratic = tuple[float, float, float]
"""a, b and c of a*t*t + b*t + c."""


@inlined
def roots(a: float, b: float, c: float) -> tuple[float, float]:
    """Real roots of a*t*t + b*t + c, NaN where there is none; without cancellation."""
    if a == 0.0:
        return (-c / b if b != 0.0 else np.nan), np.nan
    discriminant = b * b - 4.0 * a * c
    if discriminant < 0.0:
        return np.nan, np.nan
    q = -0.5 * (b + np.copysign(np.sqrt(discriminant), b))
    return q / a, (c / q if q != 0.0 else np.nan)


@inlined
def value_at(quadratic: Quadratic, t: float) -> float:
    """The quadratic at a moment."""
    a, b, c = quadratic
    return (a * t + b) * t + c


@separate
def first_negative(one: Quadratic, other: Quadratic, both: bool, from_s: float, to_s: float) -> float:
    """First moment in [from_s, to_s] from which `both` or either of the quadratics is negative; inf for none.

    Negative is strict; the moment is the infimum of an open set, so that the quadratics may still be zero at it.
    """
    one_never, other_never = _never_negative(one, from_s, to_s), _never_negative(other, from_s, to_s)
    if (one_never or other_never) if both else (one_never and other_never):
        return np.inf
    if _negative(one, other, both, from_s):
        return from_s
    a_s, b_s = roots(one[0], one[1], one[2])
    c_s, d_s = roots(other[0], other[1], other[2])
    cut_s = from_s
    while cut_s < to_s:
        next_s = to_s
        for root_s in (a_s, b_s, c_s, d_s):
            if cut_s < root_s < next_s:
                next_s = root_s
        if _negative(one, other, both, 0.5 * (cut_s + next_s)):
            return cut_s
        cut_s = next_s
    return np.inf


@inlined
def _never_negative(quadratic: Quadratic, from_s: float, to_s: float) -> bool:
    """Whether a quadratic that bends downwards, if at all, is negative at neither end: then nowhere between."""
    return quadratic[0] <= 0.0 and value_at(quadratic, from_s) >= 0.0 and value_at(quadratic, to_s) >= 0.0


@inlined
def _negative(one: Quadratic, other: Quadratic, both: bool, t: float) -> bool:
    if both:
        return value_at(one, t) < 0.0 and value_at(other, t) < 0.0
    return value_at(one, t) < 0.0 or value_at(other, t) < 0.0
