"""Numbers as whole steps, each the difference to the one before: what compresses well inside the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -(2**30)
"""The number of steps that stands for NaN; far from every value that is drawn."""


def packed(values: NDArray[np.float64], step: float) -> NDArray[np.int32]:
    """Values in steps, as differences; `columns.js` adds them up again. NaN becomes `UNKNOWN`.

    >>> packed(np.array([1.0, 1.5, np.nan]), 0.5).tolist()
    [2, 1, -1073741827]
    """
    steps = np.where(np.isfinite(values), np.round(values / step), UNKNOWN)
    return np.diff(steps, prepend=0.0).astype(np.int32)
