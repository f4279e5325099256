"""Which parameter sets no other beats in every objective, and which set beats each of the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safetynets.evaluation.study.metrics import SMALLER, better

Floats = NDArray[np.float64]


def costs(columns: Sequence[Floats], objectives: Sequence[str]) -> Floats:
    """The objectives as costs, one row a set: smaller is better in every column; what is not known costs most."""
    signed = [
        np.asarray(values, dtype=np.float64) * (1.0 if better(objective) == SMALLER else -1.0)
        for values, objective in zip(columns, objectives, strict=True)
    ]
    stacked = np.column_stack(signed)
    return np.asarray(np.where(np.isnan(stacked), np.inf, stacked))


def dominators(cost: Floats) -> NDArray[np.int64]:
    """For each set a set that is at least as good in every objective and better in one; -1 for a set of the front.

    The dominating set is always itself of the front: the first of those, in the order of the objectives, then of the
    sets. Sets with equal objectives do not dominate each other.

    >>> dominators(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 4.0], [2.0, 2.0]])).tolist()
    [-1, -1, 0, -1]
    """
    count, width = cost.shape
    order = np.lexsort((np.arange(count), *(cost[:, column] for column in range(width - 1, -1, -1))))
    found = np.full(count, -1, dtype=np.int64)
    front = np.empty((0, width))
    numbers = np.empty(0, dtype=np.int64)
    for row in order.tolist():
        at_least = (front <= cost[row]).all(axis=1)
        better_in_one = (front < cost[row]).any(axis=1)
        by = np.flatnonzero(at_least & better_in_one)
        if len(by):
            found[row] = numbers[by[0]]
        else:
            front = np.vstack((front, cost[row]))
            numbers = np.append(numbers, row)
    return found
