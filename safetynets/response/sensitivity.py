"""Which assumption the answer hangs on: one at a time, and by Sobol indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from safetynets.response.distributions import Gamma
from safetynets.response.draws import Draws, streams
from safetynets.response.encounter import Encounter
from safetynets.response.outcome import Outcome, outcome_of, outcomes_of
from safetynets.response.relays import idle_assumptions
from safetynets.response.transmissions import SpokenCall

Floats = NDArray[np.float64]
Cost = Callable[[Outcome], Floats]
"""What is bad about each draw of an outcome, such as 1 for contact and 0 for none; less is better."""

SWEPT_VALUES = 5
_SURE = 1.96
"""Two rule sets differ when the mean difference of the pairs exceeds this many of its standard errors."""
Ranking = tuple[tuple[str, ...], ...]
"""Rule sets from the best to the worst; those that the draws do not tell apart stand together."""


@dataclass(frozen=True)
class Swing:
    """One assumption fixed at each of some values, all else as drawn.

    Attributes
    ----------
    assumption
        Its name, or a name and the key of its spread that is moved, such as `crew.decide_check_s.cv`.
    values
        The values, in the unit of the name.
    costs
        By the label of a rule set its mean cost at each value.
    orders
        At each value the order of the rule sets with words; those that the draws do not tell apart stand together.
    """

    assumption: str
    values: tuple[float, ...]
    costs: Mapping[str, tuple[float, ...]]
    orders: tuple[Ranking, ...] = ()

    @property
    def width(self) -> float:
        """The greatest difference that this assumption makes to one rule set."""
        return max(max(costs) - min(costs) for costs in self.costs.values())


@dataclass(frozen=True)
class OrderChange:
    """Where one assumption reverses the order of two rule sets.

    Attributes
    ----------
    assumption, value
        The assumption, and the value at which the order is reversed.
    better, worse
        The rule set that is better at this value only, and the other.
    """

    assumption: str
    value: float
    better: str
    worse: str


@dataclass(frozen=True)
class SobolIndex:
    """The share of the spread of the least clearance that one thing decided by chance accounts for.

    `first` alone, `total` with everything it acts together with.
    """

    stream: str
    first: float
    total: float


def contact_cost(outcome: Outcome) -> Floats:
    """1 for contact with the ground, else 0."""
    return (outcome.least_clearance_ft <= 0.0).astype(np.float64)


def not_enough_cost(outcome: Outcome) -> Floats:
    """1 for less clearance than is called enough, else 0."""
    return (outcome.least_clearance_ft < outcome.enough_ft).astype(np.float64)


def low_cost(outcome: Outcome) -> Floats:
    """The least clearance lost (ft): less is better."""
    return -outcome.least_clearance_ft


def swings(
    encounter: Encounter, calls: Mapping[str, SpokenCall | None], draws: Draws, cost: Cost
) -> tuple[tuple[Swing, ...], tuple[OrderChange, ...]]:
    """Fix every assumption about people, frequency and aircraft in turn at values across its span, all else as drawn.

    Of a gamma the coefficient of variation is moved too, the mean as it is. Left out are relays that this alert does
    not take, and what holds for alerts without a sound where it has one.

    Parameters
    ----------
    encounter
        What the aircraft meets.
    calls
        By the label of a rule set its call; None where it has no words.
    draws
        The chance, the same for all.
    cost
        What is bad about each draw of an outcome, shape (draws,); less is better.

    Returns
    -------
    tuple of Swing
        One an assumption, the widest first.
    tuple of OrderChange
        One for each pair of rule sets of which one is surely better as assumed, and the other surely better at a value:
        the value nearest to the present median.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> from safetynets.response import draw, load_assumptions, spoken_call
    >>> from safetynets.response.encounter import straight_encounter
    >>> situation = Situation(
    ...     net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22")
    >>> calls = {name: spoken_call(say(situation, load_rule_set(name))) for name in ("icao", "proposed-apm-directive")}
    >>> low = straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0)
    >>> widest, *_ = swings(low, calls, draw(load_assumptions(), 20), contact_cost)[0]
    >>> sorted(widest.costs)
    ['icao', 'proposed-apm-directive']
    """
    (present,) = _costs(encounter, calls, [draws], cost)
    all_swings, all_changes = [], []
    idle = idle_assumptions(draws.assumptions.by_name, encounter.delivery)
    for name, assumption in draws.assumptions.by_name.items():
        if name.startswith("outcome.") or name in idle:
            continue
        moved = [(name, assumption.swept, assumption.median)]
        if assumption.swept_cv is not None and isinstance(assumption.spread, Gamma):
            moved.append((f"{name}.cv", assumption.swept_cv, assumption.spread.cv))
        for address, swept, now in moved:
            values = tuple(float(value) for value in np.linspace(*swept, SWEPT_VALUES))
            under = [draws.under(draws.assumptions.changed({address: value})) for value in values]
            varied = _costs(encounter, calls, under, cost)
            means = {rule_set: tuple(float(costs[rule_set].mean()) for costs in varied) for rule_set in calls}
            spoken = [
                ranking({label: costs[label] for label, call in calls.items() if call is not None}) for costs in varied
            ]
            all_swings.append(Swing(address, values, means, tuple(spoken)))
            all_changes += _changes(address, now, values, varied, present)
    return tuple(sorted(all_swings, key=lambda swing: -swing.width)), tuple(all_changes)


def order_changes(
    encounter: Encounter, calls: Mapping[str, SpokenCall | None], draws: Draws, cost: Cost
) -> tuple[OrderChange, ...]:
    """The order changes of `swings` alone.

    Parameters
    ----------
    encounter, calls, draws, cost
        As for `swings`.

    Returns
    -------
    tuple of OrderChange
        Where one assumption reverses the order of two rule sets.

    Examples
    --------
    >>> from safetynets.response import draw, load_assumptions
    >>> from safetynets.response.encounter import straight_encounter
    >>> low = straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0)
    >>> order_changes(low, {"silence": None}, draw(load_assumptions(), 20), contact_cost)
    ()
    """
    return swings(encounter, calls, draws, cost)[1]


def sobol(encounter: Encounter, call: SpokenCall | None, draws: Draws, base: int = 1024) -> tuple[SobolIndex, ...]:
    """Sobol indices of the least clearance.

    Parameters
    ----------
    encounter
        What the aircraft meets.
    call
        The words as the crew hears them; None where nobody is called.
    draws
        Names the assumptions; its numbers are not used.
    base
        A power of two: the model runs `base` times the number of things decided by chance, plus two.

    Returns
    -------
    tuple of SobolIndex
        One for each thing decided by chance, the greatest total first; empty where nothing varies. Indices below 0 are
        noise of the estimate.

    References
    ----------
    `scipy.stats.sobol_indices` (Saltelli's design).

    Examples
    --------
    >>> from safetynets.response import draw, load_assumptions
    >>> from safetynets.response.encounter import straight_encounter
    >>> low = straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0)
    >>> sobol(low, None, draw(load_assumptions(), 20))
    ()
    """
    from scipy import stats  # half a second that few commands need

    names = streams(draws.assumptions, idle_assumptions(draws.assumptions.by_name, encounter.delivery))

    def least_ft(uniform: Floats) -> Floats:
        of_run = Draws(draws.assumptions, dict(zip(names, uniform, strict=True)), uniform.shape[1])
        return outcome_of(encounter, call, of_run).least_clearance_ft

    probe = least_ft(np.random.default_rng(0).random((len(names), 64)))
    if np.ptp(probe) == 0.0:
        return ()
    found = stats.sobol_indices(
        func=least_ft, n=base, dists=[stats.uniform()] * len(names), rng=np.random.default_rng(0)
    )
    rows = [
        SobolIndex(name, float(first), float(total))
        for name, first, total in zip(names, found.first_order, found.total_order, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: -row.total))


def ranking(costs: Mapping[str, Floats]) -> Ranking:
    """Rule sets by their mean cost on the same draws, the best first.

    >>> low, high = np.zeros(100), np.ones(100)
    >>> ranking({"check": high, "order": low, "climb": low})
    (('order', 'climb'), ('check',))
    """
    order = sorted(costs, key=lambda label: float(costs[label].mean()))
    groups = [[label] for label in order[:1]]
    for better, worse in pairwise(order):
        if surely_better(costs[better], costs[worse]):
            groups.append([worse])
        else:
            groups[-1].append(worse)
    return tuple(map(tuple, groups))


def surely_better(one: Floats, other: Floats) -> bool:
    """Whether costs are surely less than others on the same draws."""
    difference = other - one
    error = float(difference.std()) / len(difference) ** 0.5
    return bool(difference.mean() > _SURE * error)


def _costs(
    encounter: Encounter, calls: Mapping[str, SpokenCall | None], under: Sequence[Draws], cost: Cost
) -> list[dict[str, Floats]]:
    """The costs of every draw with each rule set under each of some assumptions; equal calls are flown once."""
    different = list(dict.fromkeys(calls.values()))
    outcomes = outcomes_of(encounter, [(call, draws) for draws in under for call in different])
    rows = [outcomes[i : i + len(different)] for i in range(0, len(outcomes), len(different))]
    return [{name: cost(row[different.index(call)]) for name, call in calls.items()} for row in rows]


def _changes(
    name: str,
    median: float,
    values: Sequence[float],
    varied: Sequence[Mapping[str, Floats]],
    present: Mapping[str, Floats],
) -> list[OrderChange]:
    nearest_first = sorted(range(len(values)), key=lambda i: abs(values[i] - median))
    changes = []
    for one, other in combinations(present, 2):
        for good, bad in ((one, other), (other, one)):
            if not surely_better(present[good], present[bad]):
                continue
            turned = next((i for i in nearest_first if surely_better(varied[i][bad], varied[i][good])), None)
            if turned is not None:
                changes.append(OrderChange(name, values[turned], better=bad, worse=good))
    return changes
