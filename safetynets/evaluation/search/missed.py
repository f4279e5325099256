"""The likeliest situation that the nets miss, or that two parameter sets differ about, and how probable that is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import ScenarioError
from safetynets.evaluation.search.faulty_flights import FaultsModel, FaultyFlights, Told, alert_starts_s
from safetynets.evaluation.search.likeliest import Floats, Probability, likeliest_failure
from safetynets.evaluation.search.situation import Situation, untold, why
from safetynets.runs import run_scenario
from safetynets.sites import Site

Judge = Callable[[FaultyFlights, Floats], NDArray[np.bool_]]
"""Which of the drawn flights are what is searched for."""


@dataclass(frozen=True)
class Likeliest:
    """What a search found.

    Attributes
    ----------
    probability
        Of a flight with a fault of the model: the sum over the kinds of faults, each with its share.
    by_fault
        The same of flights with each kind of fault alone.
    told
        The likeliest such flight; None where none was found.
    sigma
        How far it is from the middle of what may go wrong: the distance of its numbers from their means, in standard
        deviations. Two kinds of faults are compared by this and by their shares.
    """

    probability: Probability
    by_fault: dict[str, Probability]
    told: Told | None
    sigma: float
    flights: FaultyFlights | None


@dataclass(frozen=True)
class Written:
    """The scenario of the likeliest flight, and a sentence on what the nets make of it."""

    file: Path
    why: str


def search_missed(
    situation: Situation,
    model: FaultsModel,
    *,
    net: str | None,
    below_ft: float,
    beside_m: float,
    needed_s: float,
    draws: int,
    weighted_draws: int,
    seed: int,
    tell: Callable[[str], None] = untold,
) -> Likeliest:
    """The likeliest flight that comes far off its approach and is not alerted in time.

    Parameters
    ----------
    situation
        The scenario whose flight on final is flown with faults.
    model
        What may go wrong.
    net
        The net that should alert; None for any.
    below_ft, beside_m
        How far below the nominal altitude, or beside the course, a flight needs an alert.
    needed_s
        How long before its last plot it needs it.
    draws
        Flights a round of the search, for each kind of fault.
    weighted_draws
        Flights that the probability of each kind of fault is estimated from.
    seed
        Of the random draws.
    tell
        Called with a few words before each stage.
    """

    def missed(flights: FaultyFlights, z: Floats) -> NDArray[np.bool_]:
        tracks = flights.all_flown(z)
        last_s = np.array([tracks.time_s[tracks.rows_of(number).stop - 1] for number in range(tracks.track_count)])
        late = alert_starts_s(tracks, situation.site, net) > last_s - needed_s
        return late & flights.deviates(tracks, below_ft, beside_m)

    return search(situation, model, missed, draws, weighted_draws, seed, tell)


def search_difference(
    situation: Situation,
    model: FaultsModel,
    before: Site,
    after: Site,
    *,
    net: str | None,
    draws: int,
    weighted_draws: int,
    seed: int,
    tell: Callable[[str], None] = untold,
) -> Likeliest:
    """The likeliest flight about which one of two sites alerts and the other does not; arguments as `search_missed`."""

    def differs(flights: FaultyFlights, z: Floats) -> NDArray[np.bool_]:
        tracks = flights.all_flown(z)
        one, other = (np.isfinite(alert_starts_s(tracks, site, net)) for site in (before, after))
        different: NDArray[np.bool_] = one != other
        return different

    return search(situation, model, differs, draws, weighted_draws, seed, tell)


def search(
    situation: Situation,
    model: FaultsModel,
    what: Judge,
    draws: int,
    weighted_draws: int,
    seed: int,
    tell: Callable[[str], None] = untold,
) -> Likeliest:
    """Search each kind of fault of the model alone, and combine the results by their shares."""
    best: tuple[float, Told, FaultyFlights, float] | None = None
    by_fault: dict[str, Probability] = {}
    value = variance = 0.0
    flown = failures = 0
    for number, kind in enumerate(model.faults):
        tell(f"searching among flights with the fault {kind.fault}")
        flights = FaultyFlights(situation, model, kind, seed)
        found = likeliest_failure(
            partial(what, flights), flights.quantities, draws, weighted_draws, seed * 1000 + number
        )
        share, part = kind.share, found.probability
        by_fault[kind.fault] = part
        value += share * part.value
        variance += (share * (part.high - part.value)) ** 2
        flown, failures = flown + part.draws, failures + part.failures
        if found.point is not None:
            squared = float((found.point**2).sum())
            unlikely = squared / 2.0 - math.log(share)
            if best is None or unlikely < best[0]:
                best = unlikely, flights.told(found.point), flights, math.sqrt(squared)
    half = math.sqrt(variance)
    probability = Probability(value, max(0.0, value - half), min(1.0, value + half), flown, failures)
    if best is None:
        return Likeliest(probability, by_fault, None, math.inf, None)
    return Likeliest(probability, by_fault, best[1], best[3], best[2])


def write_likeliest(
    situation: Situation, found: Likeliest, folder: Path, word: str, net: str | None, says: str
) -> Written:
    """Write the likeliest flight as a scenario, and replay it from its file.

    Raises
    ------
    ScenarioError
        Where nothing was found.
    """
    if found.told is None or found.flights is None:
        raise ScenarioError("no such flight was found", mend="draw more (--draws), or widen the model (--model)")
    told, flights = found.told, found.flights
    name = f"{situation.scenario.name}-{word}"
    story = (
        f"{says} Found by safetynets search {word}: {described(told)}. {found.sigma:.1f} standard deviations from what "
        f"usually happens, of a model whose numbers are simulator defaults unless its file says otherwise.\n"
        f"{situation.scenario.story}"
    )
    recorded = situation.as_recorded(flights.before_fault(told), [told.fault])
    file = recorded.write(folder, name, f"{situation.scenario.title}: {word}", story)
    run = run_scenario(file)
    return Written(file, why(run, net, str(told.fault["callsign"])))


def described(told: Told) -> str:
    """A drawn flight in words.

    >>> described(Told({"fault": "early_descent", "callsign": "SWR1", "early_nm": 0.5}, 5.0, -10.0, 12.0))
    'early_descent with early_nm = 0.5, a headwind 5 kt stronger, altitudes 10 ft too low and 12 ft of noise'
    """
    numbers = ", ".join(f"{key} = {value}" for key, value in told.fault.items() if key not in ("fault", "callsign"))
    wind = "stronger" if told.headwind_kt >= 0 else "weaker"
    off = "high" if told.altitude_bias_ft >= 0 else "low"
    return (
        f"{told.fault['fault']} with {numbers}, a headwind {abs(told.headwind_kt):.0f} kt {wind}, altitudes "
        f"{abs(told.altitude_bias_ft):.0f} ft too {off} and {told.altitude_noise_ft:.0f} ft of noise"
    )
