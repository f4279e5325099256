"""The likeliest situation in which something fails, and how probable the failure is.

A situation is a point of independent standard normal numbers, one a quantity that is uncertain (how large, from where,
wind, noise); its likelihood falls with its distance from the origin. The search is the cross-entropy method: draw from
a wide proposal, move the proposal to the failures that are likeliest, and draw again. The probability of a failure is
then estimated by importance sampling: a failure that the proposal makes likelier than it is counts for less.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Fails = Callable[[Floats], NDArray[np.bool_]]
"""Which of the situations (one a row) fail."""

WIDE = 2.0
"""Standard deviation of the first proposal: at 2 a failure 5 sigma away is met once in 160 draws of one quantity."""
ROUNDS = 4
ELITE = 0.1
"""The share of the failures, by weight the likeliest, that the proposal moves to."""
PLAIN_SHARE = 0.3
"""The share of the last draws that comes from the situations as they are: no weight exceeds its inverse."""
LEAST_SD = 0.3
Z_95 = 1.959964


@dataclass(frozen=True)
class Probability:
    """An estimate with its 95 % interval, and from how many draws it is."""

    value: float
    low: float
    high: float
    draws: int
    failures: int


@dataclass(frozen=True)
class Found:
    """The likeliest failure that was found (None for none), and the probability of a failure."""

    point: Floats | None
    probability: Probability


def likeliest_failure(fails: Fails, quantities: int, draws: int, seed: int) -> Found:
    """Search the likeliest failing situation of so many quantities with so many draws a round, and its probability.

    Examples
    --------
    A failure beyond 3 sigma of the first of two quantities has a probability of 0.00135.

    >>> found = likeliest_failure(lambda z: z[:, 0] > 3.0, 2, 2000, seed=1)
    >>> bool(found.probability.low < 0.00135 < found.probability.high), round(float(found.point[0]), 1)
    (True, 3.0)
    """
    random = np.random.default_rng(np.random.SeedSequence([seed, quantities]))
    mean, sd = np.zeros(quantities), np.full(quantities, WIDE)
    seen, failed = np.zeros((0, quantities)), np.zeros(0, dtype=bool)
    for _ in range(ROUNDS):
        z = mean + sd * random.standard_normal((draws, quantities))
        bad = fails(z)
        seen, failed = np.vstack([seen, z]), np.append(failed, bad)
        if failed.any():
            mean, sd = _moved(seen[failed])
    point = _nearer(fails, seen[failed], random) if failed.any() else None
    if point is not None:
        mean, sd = _moved(np.vstack([seen[failed], point[None]]))
    return Found(point, estimate(fails, mean, sd, 2 * draws, random))


def estimate(fails: Fails, mean: Floats, sd: Floats, draws: int, random: np.random.Generator) -> Probability:
    """The probability of a failure, from draws of which a share is plain and the rest is from a normal proposal."""
    plain = random.random(draws) < PLAIN_SHARE
    noise = random.standard_normal((draws, len(mean)))
    z = np.where(plain[:, None], noise, mean + sd * noise)
    failed = fails(z)
    log_plain = -0.5 * (z**2).sum(axis=1)
    log_moved = -0.5 * (((z - mean) / sd) ** 2).sum(axis=1) - np.log(sd).sum()
    top = np.maximum(log_plain, log_moved)
    mixed = PLAIN_SHARE * np.exp(log_plain - top) + (1.0 - PLAIN_SHARE) * np.exp(log_moved - top)
    weights = np.where(failed, np.exp(log_plain - top) / mixed, 0.0)
    value = float(weights.mean())
    if not failed.any():
        # The rule of three: with no failure among n plain draws the upper end of 95 % is 3 / n.
        return Probability(0.0, 0.0, min(1.0, 3.0 / max(1, int(plain.sum()))), draws, 0)
    half = Z_95 * float(weights.std(ddof=1)) / math.sqrt(draws)
    return Probability(value, max(0.0, value - half), min(1.0, value + half), draws, int(failed.sum()))


def _moved(failures: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of the likeliest failures."""
    order = np.argsort((failures**2).sum(axis=1), kind="stable")
    elite = failures[order[: max(5, round(ELITE * len(failures)))]]
    weights = np.exp(-0.5 * ((elite**2).sum(axis=1) - (elite[0] ** 2).sum()))
    weights /= weights.sum()
    mean = weights @ elite
    return mean, np.maximum(np.sqrt(weights @ (elite - mean) ** 2), LEAST_SD) + LEAST_SD


def _nearer(fails: Fails, failures: Floats, random: np.random.Generator) -> Floats:
    """The likeliest failure, drawn towards the origin as far as it still fails."""
    best = failures[np.argmin((failures**2).sum(axis=1))]
    for size in (0.5, 0.25, 0.1, 0.05, 0.02):
        shrunk = best * np.linspace(0.0, 1.0, 17)[1:-1, None]
        around = best + size * random.standard_normal((64, len(best)))
        single = np.repeat(best[None], len(best), axis=0)
        np.fill_diagonal(single, 0.0)
        tried = np.vstack([shrunk, around, single])
        tried = tried[(tried**2).sum(axis=1) < (best**2).sum()]
        good = tried[fails(tried)] if len(tried) else tried
        if len(good):
            best = good[np.argmin((good**2).sum(axis=1))]
    return np.asarray(best)
