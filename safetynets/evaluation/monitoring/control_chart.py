"""`ControlChart`: counts of days with different traffic, and the limits within which chance moves them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SIGMAS = 3.0
"""Distance of the control limits from the centre line, in standard deviations (Shewhart)."""
RUN = 8
"""So many days in a row on one side of the centre line are a signal (Western Electric, 1956)."""
MOVING_RANGE = 1.128
"""Mean range of two standard normal values: d2 for n = 2."""


@dataclass(frozen=True, eq=False)
class ControlChart:
    """One value a day: the rate, its centre line and limits, and whether it is a signal.

    Attributes
    ----------
    rate, centre, low, high
        Events per unit of traffic.
    beyond
        Whether the day is outside the limits.
    in_run
        Whether it is part of a run of `RUN` days or more on one side of the centre line.
    sigma_z
        For each stage how much more the days vary than counts do (1: as a u-chart).
    """

    rate: Floats
    centre: Floats
    low: Floats
    high: Floats
    beyond: NDArray[np.bool_]
    in_run: NDArray[np.bool_]
    sigma_z: tuple[float, ...]


def control_chart(count: ArrayLike, amount: ArrayLike, stages: Sequence[int] = ()) -> ControlChart:
    """A Laney u'-chart of counts in different amounts of traffic, with new limits from each of the `stages` on.

    The standard deviation of a u-chart is multiplied by that of the standardised days, from their moving ranges, so
    that a rate which varies from day to day for reasons of its own is not called a signal; it is never made smaller.

    Parameters
    ----------
    count
        Events of each day.
    amount
        Traffic of each day; a day without has no rate.
    stages
        The days (numbers) from which another centre line holds, such as those of a change of parameters.

    Returns
    -------
    ControlChart
        One value a day.

    Sources: Laney, "Improved control charts for attributes", Quality Engineering 14 (2002); Montgomery, Introduction to
    Statistical Quality Control, for the u-chart. That the limits are never narrower than those of a u-chart is ours.

    Examples
    --------
    >>> chart = control_chart([4, 5, 4, 5, 20, 4], [1.0] * 6)
    >>> float(chart.centre[0]), chart.beyond.tolist()
    (7.0, [False, False, False, False, False, False])
    >>> control_chart([4, 5, 4, 5, 4, 5, 4, 5, 4, 40], [1.0] * 10).beyond.tolist()[-1]
    True
    """
    counts, amounts = (np.asarray(values, dtype=np.float64) for values in (count, amount))
    begins = [0, *sorted({stage for stage in stages if 0 < stage < len(counts)}), len(counts)]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(amounts > 0, counts / amounts, np.nan)
    columns: dict[str, NDArray[Any]] = {name: np.full(len(counts), np.nan) for name in ("centre", "low", "high")}
    in_run, sigmas = np.zeros(len(counts), dtype=np.bool_), []
    for first, last in itertools.pairwise(begins):
        rows = slice(first, last)
        total = amounts[rows].sum()
        centre = counts[rows].sum() / total if total else np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            sigma = np.sqrt(centre / amounts[rows])
            z = (rate[rows] - centre) / sigma
        z = z[np.isfinite(z)]
        sigma_z = max(1.0, float(np.abs(np.diff(z)).mean()) / MOVING_RANGE) if len(z) > 1 else 1.0
        columns["centre"][rows] = centre
        columns["low"][rows] = np.maximum(centre - SIGMAS * sigma_z * sigma, 0.0)
        columns["high"][rows] = centre + SIGMAS * sigma_z * sigma
        in_run[rows] = _in_run(rate[rows] - centre)
        sigmas.append(sigma_z)
    beyond = (rate < columns["low"]) | (rate > columns["high"])
    return ControlChart(rate=rate, **columns, beyond=beyond, in_run=in_run, sigma_z=tuple(sigmas))


def _in_run(above: Floats) -> NDArray[np.bool_]:
    """Which values belong to a run on one side of 0; a value on the line ends it, an unknown one is passed over."""
    found = np.zeros(len(above), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(above))
    side = np.sign(above[known])
    ends = np.flatnonzero(np.diff(side) != 0) + 1
    for rows in np.split(np.arange(len(known)), ends):
        if len(rows) >= RUN and side[rows[0]]:
            found[known[rows]] = True
    return found
