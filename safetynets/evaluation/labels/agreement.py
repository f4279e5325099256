"""How far two experts agree: Cohen's kappa, and where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from safetynets.errors import LabelsError
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.metrics.intervals import LEVEL


@dataclass(frozen=True, eq=False)
class Agreement:
    """What two experts said of the same situations.

    `table[i, j]` counts situations that one expert put into category i + 1 and the other into j + 1. `kappa` is NaN
    where chance alone would make them agree on everything, as when both use one category only.
    """

    table: NDArray[np.int64]
    kappa: float
    low: float
    high: float
    disagreements: tuple[tuple[str, Category, Category], ...]
    only_one: tuple[str, ...]

    @property
    def count(self) -> int:
        """Situations that both labelled."""
        return int(self.table.sum())

    @property
    def share(self) -> float:
        """The share on which they agree."""
        return float(np.trace(self.table) / self.count)


def agreement(one: Mapping[str, Category], other: Mapping[str, Category]) -> Agreement:
    """The agreement of two experts on the situations that both labelled, named alike.

    Raises
    ------
    LabelsError
        When they labelled no situation in common.

    Examples
    --------
    >>> yes, no = Category.NECESSARY, Category.UNDESIRABLE
    >>> said = {str(i): yes if i < 25 else no for i in range(50)}
    >>> other = said | {str(i): no for i in range(20, 25)} | {str(i): yes for i in range(25, 35)}
    >>> found = agreement(said, other)
    >>> found.share, round(found.kappa, 2)
    (0.7, 0.4)
    """
    common = sorted(one.keys() & other.keys())
    if not common:
        raise LabelsError("the two files label no situation in common", mend="give two files about the same situations")
    table = np.zeros((len(Category), len(Category)), dtype=np.int64)
    for name in common:
        table[one[name] - 1, other[name] - 1] += 1
    return Agreement(
        table,
        *cohens_kappa(table),
        tuple((name, one[name], other[name]) for name in common if one[name] != other[name]),
        tuple(sorted(one.keys() ^ other.keys())),
    )


def cohens_kappa(table: NDArray[np.int64]) -> tuple[float, float, float]:
    """Cohen's kappa of a square table of counts, with its 95 % interval.

    Cohen (1960): (observed - expected) / (1 - expected) agreement. The interval is kappa plus or minus 1.96 of the
    large-sample standard error of Fleiss, Cohen and Everitt (1969), too narrow for a few dozen situations.
    """
    count = table.sum()
    p = table / count
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if expected >= 1.0:
        return np.nan, -1.0, 1.0
    kappa = (observed - expected) / (1.0 - expected)
    agreed = np.diag(p) * ((1.0 - expected) - (rows + columns) * (1.0 - observed)) ** 2
    crossed = (p * (columns[:, np.newaxis] + rows[np.newaxis, :]) ** 2).sum() - (
        np.diag(p) * (rows + columns) ** 2
    ).sum()
    variance = (
        agreed.sum() + (1.0 - observed) ** 2 * crossed - (observed * expected - 2.0 * expected + observed) ** 2
    ) / (count * (1.0 - expected) ** 4)
    reach = float(special.ndtri(0.5 + LEVEL / 2.0) * np.sqrt(max(variance, 0.0)))
    return kappa, max(kappa - reach, -1.0), min(kappa + reach, 1.0)
