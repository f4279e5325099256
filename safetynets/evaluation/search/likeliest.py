"""The likeliest situation in which something fails, and how probable the failure is.

A situation is a point of independent standard normal numbers, one a quantity that is uncertain (how large, from where,
wind, noise); its likelihood falls with its distance from the origin. The search is the cross-entropy method: draw from
a wide proposal, move the proposal to the failures that are likeliest, and draw again. The probability of a failure is
then estimated by importance sampling: a failure that the proposal makes likelier than it is counts for less. The
weighted draws are Sobol points, scrambled several times anew (randomised quasi-Monte Carlo): each scrambling gives an
estimate of its own, and their spread the interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]
Fails = Callable[[Floats], NDArray[np.bool_]]
"""Which of the situations (one a row) fail."""
Proposals = list[tuple[Floats, Floats]]
"""Mean and standard deviation of each normal distribution that is drawn from."""

WIDE = 2.0
"""Standard deviation of the first proposal: at 2 a failure 5 sigma away is met once in 160 draws of one quantity."""
ROUNDS = 4
ELITE = 0.1
"""The share of the failures, by weight the likeliest, that the proposal moves to."""
MOST_MODES = 3
"""Places that weighted draws are made around, beside the plain ones: a flight may be too far left or too far right."""
FIRST_SCRAMBLINGS, SCRAMBLINGS = 2, 8
"""How often the weighted draws are scrambled to move the proposals, and then to estimate."""
LEAST_POINTS = 16
LEAST_SD = 0.3
PART = 1000
"""Situations that are asked about at once: a thousand flights are some 100 MB."""
LEVEL = 0.95
SMALLEST = 1e-15
"""A Sobol point this near 0 or 1 is moved in: the normal number there would be infinite."""


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


def likeliest_failure(fails: Fails, quantities: int, draws: int, weighted_draws: int, seed: int) -> Found:
    """Search the likeliest failing situation, and the probability of a failure.

    Parameters
    ----------
    fails
        Which of the situations (one a row) fail.
    quantities
        How many numbers a situation has.
    draws
        Situations of each of the `ROUNDS` rounds of the search.
    weighted_draws
        Situations that the probability is estimated from, about: Sobol points come in powers of two.
    seed
        Of the draws.

    Examples
    --------
    A failure beyond 3 sigma of the first of two quantities has a probability of 0.00135.

    >>> found = likeliest_failure(lambda z: z[:, 0] > 3.0, 2, 500, 4000, seed=1)
    >>> bool(found.probability.low < 0.00135 < found.probability.high), round(float(found.point[0]), 1)
    (True, 3.0)
    """
    random = np.random.default_rng(np.random.SeedSequence([seed, quantities]))
    asked = partial(_in_parts, fails)
    mean, sd = np.zeros(quantities), np.full(quantities, WIDE)
    failures = np.zeros((0, quantities))
    for _ in range(ROUNDS):
        z = mean + sd * random.standard_normal((draws, quantities))
        failures = np.vstack([failures, z[asked(z)]])
        if len(failures):
            mean, sd = _moved(failures)
    modes: Proposals = []
    if len(failures):
        failures = np.vstack([failures, _nearer(asked, failures, random)[None]])
        modes = _modes(failures, np.exp(-0.5 * (failures**2).sum(axis=1)))
    probability, met = estimate(asked, modes, quantities, weighted_draws, seed)
    if not len(failures) and len(met):
        failures = np.vstack([met, _nearer(asked, met, random)[None]])
    return Found(_likeliest(failures) if len(failures) else None, probability)


def estimate(fails: Fails, modes: Proposals, quantities: int, draws: int, seed: int) -> tuple[Probability, Floats]:
    """The probability of a failure, and the failures that were met.

    An equal part of the draws is plain and from each normal proposal; they are weighted as draws of the mixture, so
    that no weight exceeds the number of parts. The first scramblings move the proposals to where the failures weigh
    most, and the others give the estimate.
    """
    estimates, met = [], [np.zeros((0, quantities))]
    plain = drawn = 0
    for scrambling in range(FIRST_SCRAMBLINGS + SCRAMBLINGS):
        z, weights = _weighted(modes, quantities, draws, seed, scrambling)
        failed = fails(z)
        if scrambling < FIRST_SCRAMBLINGS:
            modes = _modes(z[failed], weights[failed]) or modes
            continue
        estimates.append(float(np.where(failed, weights, 0.0).mean()))
        met.append(z[failed])
        plain, drawn = plain + len(z) // (1 + len(modes)), drawn + len(z)
    failures = np.vstack(met)
    if not len(failures):
        # The rule of three: with no failure among n plain draws the upper end of 95 % is 3 / n.
        return Probability(0.0, 0.0, min(1.0, 3.0 / plain), drawn, 0), failures
    value = float(np.mean(estimates))
    half = float(stdtrit(SCRAMBLINGS - 1, (1.0 + LEVEL) / 2.0) * np.std(estimates, ddof=1) / math.sqrt(SCRAMBLINGS))
    return Probability(value, max(0.0, value - half), min(1.0, value + half), drawn, len(failures)), failures


def _weighted(modes: Proposals, quantities: int, draws: int, seed: int, scrambling: int) -> tuple[Floats, Floats]:
    """One scrambling: situations, an equal part plain and from each proposal, and what each weighs."""
    from scipy.stats.qmc import Sobol  # half a second that few commands need

    proposals = [(np.zeros(quantities), np.ones(quantities)), *modes]
    each = draws / ((FIRST_SCRAMBLINGS + SCRAMBLINGS) * len(proposals))
    points = 2 ** round(math.log2(max(LEAST_POINTS, each)))
    parts = []
    for number, (mean, sd) in enumerate(proposals):
        even = Sobol(quantities, rng=np.random.default_rng([seed, scrambling, number])).random(points)
        parts.append(mean + sd * ndtri(np.clip(even, SMALLEST, 1.0 - SMALLEST)))
    z = np.vstack(parts)
    logs = np.array([-0.5 * (((z - mean) / sd) ** 2).sum(axis=1) - np.log(sd).sum() for mean, sd in proposals])
    top = logs.max(axis=0)
    return z, np.exp(logs[0] - top) / np.exp(logs - top).mean(axis=0)


def _in_parts(fails: Fails, z: Floats) -> NDArray[np.bool_]:
    return np.concatenate([np.zeros(0, dtype=bool), *(fails(z[at : at + PART]) for at in range(0, len(z), PART))])


def _likeliest(failures: Floats) -> Floats:
    return np.asarray(failures[np.argmin((failures**2).sum(axis=1))])


def _modes(failures: Floats, weights: Floats) -> Proposals:
    """Weighted mean and spread of the failures on each side of the middle, the likeliest side first."""
    modes: Proposals = []
    while len(failures) and len(modes) < MOST_MODES:
        near = failures @ _likeliest(failures) >= 0.0
        share = weights[near] / weights[near].sum()
        mean = share @ failures[near]
        modes.append((mean, np.maximum(np.sqrt(share @ (failures[near] - mean) ** 2), LEAST_SD)))
        failures, weights = failures[~near], weights[~near]
    return modes


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
    best = _likeliest(failures)
    for size in (0.5, 0.25, 0.1, 0.05, 0.02):
        shrunk = best * np.linspace(0.0, 1.0, 17)[1:-1, None]
        around = best + size * random.standard_normal((64, len(best)))
        single = np.repeat(best[None], len(best), axis=0)
        np.fill_diagonal(single, 0.0)
        tried = np.vstack([shrunk, around, single])
        tried = tried[(tried**2).sum(axis=1) < (best**2).sum()]
        good = tried[fails(tried)] if len(tried) else tried
        if len(good):
            best = _likeliest(good)
    return best
