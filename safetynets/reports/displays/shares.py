"""Shares of a table of results, each with its interval, and the axes on which shares are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from safetynets.errors import StudyError, nearest

Floats = NDArray[np.float64]

_UP_TO_HALF = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
TICKS = np.array([*_UP_TO_HALF, *(1.0 - tick for tick in _UP_TO_HALF[-2::-1])])
"""Shares that stand on a normal-deviate axis."""
_WITHOUT_SHARES = (0.01, 0.5)
_LEAST_SHARE = 1e-6


@dataclass(frozen=True)
class Shares:
    """A share of each set with the ends of its interval; NaN where there was nothing to take a share of."""

    value: Floats
    low: Floats
    high: Floats

    def __getitem__(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Shares:
        return Shares(self.value[rows], self.low[rows], self.high[rows])


def shares(frame: pd.DataFrame, name: str) -> Shares:
    """The columns `name`, `name_low` and `name_high`; without the last two the interval is the value.

    Raises
    ------
    StudyError
        When there is no such column; the error names the nearest.
    """
    value = column(frame, name)
    low, high = (column(frame, f"{name}_{end}") if f"{name}_{end}" in frame else value for end in ("low", "high"))
    return Shares(value, low, high)


def column(frame: pd.DataFrame, name: str) -> Floats:
    """A column of numbers.

    Raises
    ------
    StudyError
        When there is no such column; the error names the nearest.
    """
    if name not in frame:
        raise StudyError(f"the results have no column {name!r}", mend=nearest(name, [str(each) for each in frame]))
    return frame[name].to_numpy(dtype=np.float64, na_value=np.nan)


def deviate(share: ArrayLike) -> Floats:
    """The normal deviate of a share; 0 and 1 are taken as 1e-6 and 1 - 1e-6, so that it stays finite.

    >>> deviate([0.5, 0.0]).round(2)
    array([ 0.  , -4.75])
    """
    within = np.clip(np.asarray(share, dtype=np.float64), _LEAST_SHARE, 1.0 - _LEAST_SHARE)
    return np.asarray(ndtri(within), dtype=np.float64)


def deviate_axis(axes: Axes, name: Literal["x", "y"], drawn: Floats) -> tuple[float, float]:
    """Make an axis of shares a normal-deviate one that holds the shares `drawn`; returns its ends.

    A share of 0 or 1 has no place on such an axis: it is to be drawn at the end, which then bears its name.
    """
    ends = {0: 0.0} if (drawn <= 0.0).any() else {}
    if (drawn >= 1.0).any():
        ends[-1] = 1.0
    low, high = share_span(drawn)
    axis = axes.xaxis if name == "x" else axes.yaxis
    if name == "x":
        axes.set_xscale("function", functions=(deviate, ndtr))
        axes.set_xlim(low, high)
    else:
        axes.set_yscale("function", functions=(deviate, ndtr))
        axes.set_ylim(low, high)
    ticks = TICKS[(low <= TICKS) & (high >= TICKS)]
    named = ticks.copy()
    named[list(ends)] = list(ends.values())
    axis.set_major_locator(FixedLocator(ticks.tolist()))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FixedFormatter([percent_tick(share) for share in named.tolist()]))
    return low, high


def percent_tick(share: float) -> str:
    r"""A share as it stands on an axis.

    >>> percent_tick(0.002), percent_tick(0.5)
    ('0.2\xa0%', '50\xa0%')
    """
    return f"{100.0 * share:.6g}\u00a0%"


def share_span(drawn: Floats) -> tuple[float, float]:
    """The ends of a normal-deviate axis: ticks that hold the shares, one further where a share is 0 or 1.

    >>> share_span(np.array([0.03, 0.25])), share_span(np.array([0.0, 0.03, 0.25]))
    ((0.02, 0.3), (0.01, 0.3))
    """
    inner = drawn[(drawn > 0.0) & (drawn < 1.0)]
    if not len(inner):
        return _WITHOUT_SHARES
    first = int(np.searchsorted(TICKS, inner.min())) - 1 - int((drawn <= 0.0).any())
    last = int(np.searchsorted(TICKS, inner.max(), side="right")) + int((drawn >= 1.0).any())
    return float(TICKS[max(first, 0)]), float(TICKS[min(last, len(TICKS) - 1)])
