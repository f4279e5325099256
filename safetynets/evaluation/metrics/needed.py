"""The warning time that is needed: a stated budget, or from the response model until the aircraft follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from safetynets.engine.net import nets
from safetynets.response.conversation import chain_of
from safetynets.response.draws import Draws
from safetynets.response.transmissions import SpokenCall

Origin = Literal["budget", "stated", "response model"]

CREW_S = 5.0
"""From the words until the crew moves a control."""
ARREST_S = 3.0
"""From where the aircraft follows the controls until its descent is arrested: the last link of the budget."""
BUDGET_S = 12.0 + 4.0 + CREW_S + ARREST_S
"""Warning time needed where nothing else is stated: controller, directive phrase, crew, arrest.

A worked budget, derived by arithmetic from the sources of docs/response.md; the sum is ours."""
BUDGET_WORDS = (
    "the budget of this package: 12 s controller, 4 s directive call, 5 s crew, 3 s to arrest the descent "
    "(docs/metrics.md)"
)


@dataclass(frozen=True)
class Needed:
    """The warning time that an alert of a net needs.

    Attributes
    ----------
    net
        Name of the net.
    time_s
        The time (s).
    origin, source
        By what kind of argument, and its source in words.
    """

    net: str
    time_s: float
    origin: Origin
    source: str


@dataclass(frozen=True)
class NeededTimes:
    """What each net needs, in the order of the nets.

    Attributes
    ----------
    given
        What is stated, one a net; empty for the stated budget for every net.

    Examples
    --------
    >>> BUDGET.words
    '24 s'
    """

    given: tuple[Needed, ...] = ()

    @property
    def nets(self) -> tuple[Needed, ...]:
        """What each net needs."""
        return self.given or tuple(Needed(net.name, BUDGET_S, "budget", BUDGET_WORDS) for net in nets())

    @property
    def times_s(self) -> tuple[float, ...]:
        """The time of each net, s."""
        return tuple(one.time_s for one in self.nets)

    @property
    def words(self) -> str:
        """The times: one for all nets where it is the same, else net by net.

        Nets that are off by default are named where something else is stated of them.
        """
        if len(set(self.times_s)) == 1:
            return f"{self.times_s[0]:g} s"
        usual = [one for one, net in zip(self.nets, nets(), strict=True) if net.on_by_default]
        said = {(one.time_s, one.source) for one in usual}
        told = [one for one in self.nets if one in usual or (one.time_s, one.source) not in said]
        return ", ".join(f"{one.net} {one.time_s:g} s" for one in told)


BUDGET = NeededTimes()
"""The stated budget for every net."""


@dataclass(frozen=True)
class NeededTime:
    """The warning time that the response model asks for.

    Attributes
    ----------
    seconds
        What suffices (s) in `share` of the draws in which the crew acts.
    share
        From 0 to 1.
    never
        Share of all draws in which the crew does not act.
    """

    seconds: float
    share: float
    never: float


def needed_time(call: SpokenCall, draws: Draws, share: float = 0.9) -> NeededTime:
    """The warning time needed from alert to manoeuvre, by the draws of the response model.

    The chain is display, controller, frequency, words, crew, aircraft. What the aircraft then loses until its descent
    is arrested is not in it.

    Parameters
    ----------
    call
        The words as the crew hears them (`safetynets.response.spoken_call`).
    draws
        How long everybody takes, one entry a draw.
    share
        Of the draws whose need is met, from 0 to 1.

    Returns
    -------
    NeededTime
        The seconds that suffice in `share` of the draws in which the crew acts (inf where it acts in none), and the
        share of draws in which it does not act.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> from safetynets.response import draw, load_assumptions, spoken_call
    >>> situation = Situation(
    ...     net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22")
    >>> call = spoken_call(say(situation, load_rule_set("icao")))
    >>> chance = draw(load_assumptions(), 1000)
    >>> needed_time(call, chance, 0.5).seconds < needed_time(call, chance, 0.9).seconds
    True
    """
    manoeuvre_s = chain_of(call, draws).manoeuvre_s
    acts = np.isfinite(manoeuvre_s)
    seconds = float(np.quantile(manoeuvre_s[acts], share)) if acts.any() else np.inf
    return NeededTime(seconds, share, float(1.0 - acts.mean()))
