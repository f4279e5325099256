"""A short list kept in order while it grows: quicker to run, and to compile, than sorting a handful of moments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined


@inlined
def insert(values: NDArray[np.float64], marks: NDArray[np.bool_], count: int, value: float, mark: bool) -> int:
    """Insert a value and its mark behind all values that are not greater, and return how many there are now."""
    k = count
    while k > 0 and values[k - 1] > value:
        values[k], marks[k] = values[k - 1], marks[k - 1]
        k -= 1
    values[k], marks[k] = value, mark
    return count + 1
