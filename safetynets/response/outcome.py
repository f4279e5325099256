"""`Outcome`: how the draws of one situation end with one rule set, with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.response.conversation import Chain, chain_of
from safetynets.response.draws import Draws
from safetynets.response.encounter import Encounter
from safetynets.response.escape import least_clearance_ft
from safetynets.response.transmissions import SpokenCall

Floats = NDArray[np.float64]

LEVEL = 0.95
"""Of every confidence interval."""
AIRCRAFT = ("aircraft.pull_g", "aircraft.climb_rate_fpm", "aircraft.spool_up_s")
"""What the escape takes from the assumptions, in the order of `least_clearance_ft`."""
_RULE_OF_THREE = 3.0


@dataclass(frozen=True)
class Share:
    """A share of draws, with its confidence interval.

    Attributes
    ----------
    count, of
        How many of how many.
    low, high
        The 95 % interval of the share, from 0 to 1.
    method
        How the interval was found: "Wilson" or "rule of three".

    Examples
    --------
    >>> share_of(0, 10_000)
    Share(count=0, of=10000, low=0.0, high=0.0003, method='rule of three')
    """

    count: int
    of: int
    low: float
    high: float
    method: str

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.of


@dataclass(frozen=True)
class Estimate:
    """A number with its confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """How all draws end.

    Attributes
    ----------
    chain
        When each link did its part.
    least_clearance_ft
        Least true clearance of each draw, shape (draws,).
    enough_ft
        What is called enough clearance.
    """

    chain: Chain
    least_clearance_ft: Floats
    enough_ft: float

    @property
    def contact(self) -> Share:
        """Draws that meet terrain or an obstacle."""
        return share_of(int((self.least_clearance_ft <= 0.0).sum()), len(self.least_clearance_ft))

    @property
    def not_enough(self) -> Share:
        """Draws whose clearance is less than what is called enough, contact included."""
        return share_of(int((self.least_clearance_ft < self.enough_ft).sum()), len(self.least_clearance_ft))

    @property
    def manoeuvred(self) -> Share:
        """Draws in which the aircraft is made to climb by the call."""
        return share_of(int(np.isfinite(self.chain.manoeuvre_s).sum()), len(self.least_clearance_ft))

    @property
    def median_clearance_ft(self) -> Estimate:
        """The median of the least clearance, its interval by order statistics."""
        return quantile(self.least_clearance_ft, 0.5)


def outcome_of(encounter: Encounter, call: SpokenCall | None, draws: Draws) -> Outcome:
    """Call the crew, let it fly, and see how close it comes; without words (None) it flies on as it did.

    Parameters
    ----------
    encounter
        What the aircraft meets: its height above the ground (ft) over time (s) from the alert.
    call
        The words as the crew hears them (`spoken_call`).
    draws
        How long everybody takes, one entry a draw.

    Returns
    -------
    Outcome
        The moments of the chain (s after the alert) and the least clearance (ft) of every draw, with their shares.

    Examples
    --------
    >>> from safetynets.response import draw, load_assumptions
    >>> from safetynets.response.encounter import straight_encounter
    >>> low = straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0)
    >>> outcome_of(low, None, draw(load_assumptions(), 5)).contact.value
    1.0
    """
    return outcomes_of(encounter, [(call, draws)])[0]


def outcomes_of(encounter: Encounter, cases: Sequence[tuple[SpokenCall | None, Draws]]) -> tuple[Outcome, ...]:
    """The outcomes of several calls or assumptions, all their draws flown at once, which is faster than one by one."""
    chains = [chain_of(call, draws, encounter.delivery) for call, draws in cases]
    least_ft = least_clearance_ft(
        encounter,
        np.concatenate([chain.manoeuvre_s for chain in chains]),
        *(np.concatenate([draws.value(name) for _, draws in cases]) for name in AIRCRAFT),
    )
    ends = np.cumsum([draws.count for _, draws in cases])[:-1]
    return tuple(
        Outcome(chain, least, draws.assumptions.number("outcome.enough_clearance_ft"))
        for chain, least, (_, draws) in zip(chains, np.split(least_ft, ends), cases, strict=True)
    )


def share_of(count: int, of: int) -> Share:
    """A share with its 95 % interval: Wilson's, or by the rule of three where nothing or everything happened.

    The rule of three: what never happened in n draws happens with a probability below 3/n (95 %, one-sided).
    """
    from scipy import stats  # half a second that few commands need

    if count in (0, of):
        reach = min(_RULE_OF_THREE / of, 1.0)
        return Share(count, of, *((0.0, reach) if count == 0 else (1.0 - reach, 1.0)), "rule of three")
    interval = stats.binomtest(count, of).proportion_ci(LEVEL, method="wilson")
    return Share(count, of, float(interval.low), float(interval.high), "Wilson")


def quantile(values: Floats, share: float) -> Estimate:
    """A quantile with its 95 % interval by order statistics, which assumes nothing of the distribution.

    >>> quantile(np.arange(100.0), 0.5)
    Estimate(value=49.5, low=39.0, high=60.0)
    """
    from scipy import stats  # half a second that few commands need

    interval = stats.quantile_test(values, p=share).confidence_interval(LEVEL)
    ends = [
        float(end) if np.isfinite(end) else float(other)
        for end, other in zip((interval.low, interval.high), (values.min(), values.max()), strict=True)
    ]
    return Estimate(float(np.quantile(values, share)), ends[0], ends[1])


def difference_of_shares(happens: NDArray[np.bool_], happens_to_other: NDArray[np.bool_], seed: int) -> Estimate:
    """How much more often one thing happens than the other on the same draws: bootstrap of the pairs, 95 %."""
    from scipy import stats  # half a second that few commands need

    difference = happens.astype(np.float64) - happens_to_other
    value = float(difference.mean())
    if (difference == difference[0]).all():
        return Estimate(value, value, value)
    interval = stats.bootstrap(
        (difference,), np.mean, n_resamples=999, batch=50, method="percentile", rng=np.random.default_rng(seed)
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high))


def latest_manoeuvre_s(encounter: Encounter, draws: Draws, clearance_ft: float) -> float:
    """The last moment (s after the alert) at which the median aircraft can begin to climb and keep this clearance.

    Inf where it needs to do nothing, -inf where it is too late already at the alert.
    """
    begins_s = np.append(encounter.time_s, np.inf)
    number = draws.assumptions.number
    least_ft = least_clearance_ft(
        encounter,
        begins_s,
        *(np.full(len(begins_s), number(name)) for name in AIRCRAFT),
    )
    enough = least_ft >= clearance_ft if clearance_ft > 0.0 else least_ft > 0.0
    return float(begins_s[enough][-1]) if enough.any() else -np.inf
