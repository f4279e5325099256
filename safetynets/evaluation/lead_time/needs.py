"""How long it takes from an alert until the descent is arrested: through the controller, or straight to the crew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import PhraseologyError
from safetynets.evaluation.metrics.needed import ARREST_S, BUDGET_S, CREW_S
from safetynets.phraseology.situation import Call
from safetynets.response.conversation import chain_of
from safetynets.response.draws import Draws
from safetynets.response.outcome import Share, share_of
from safetynets.response.transmissions import spoken_call
from safetynets.sites.delivery import Delivery

Floats = NDArray[np.float64]

CREW_BUDGET_S = CREW_S + ARREST_S
"""The links of the stated budget that remain when the crew hears the alert itself."""


@dataclass(frozen=True, eq=False)
class Needs:
    """The time that an alert needs, draw by draw (s); inf where nobody acts.

    `budget_s` is the stated budget of the same links.
    """

    time_s: Floats
    budget_s: float

    @property
    def acts(self) -> Share:
        """The draws in which the crew acts at all."""
        return share_of(int(np.isfinite(self.time_s).sum()), len(self.time_s))

    def quantile_s(self, share: float) -> float:
        """The time that suffices in a share of the draws in which the crew acts; NaN where it acts in none."""
        acts = np.isfinite(self.time_s)
        return float(np.quantile(self.time_s[acts], share)) if acts.any() else np.nan

    def in_time(self, left_s: float) -> Share:
        """The share of all draws in which the time left is enough."""
        return share_of(int((self.time_s <= left_s).sum()), len(self.time_s))


def of_ground_net(call: Call, draws: Draws, delivery: Delivery | None) -> Needs | None:
    """The chain of the response model, from display to aircraft, and the arrest; None where no words can be said."""
    if not call.has_words:
        return None
    try:
        spoken = spoken_call(call)
    except PhraseologyError:  # a recording may hold any text for a call sign
        return None
    return Needs(chain_of(spoken, draws, delivery).manoeuvre_s + ARREST_S, BUDGET_S)


def on_board(severity: str, draws: Draws) -> Needs:
    """Crew and aircraft alone: a warning is taken as an order, a caution as a request to check; the crew acts."""
    decides = "crew.decide_directive_s" if severity == "warning" else "crew.decide_check_s"
    return Needs(draws.value(decides) + draws.value("aircraft.delay_s") + ARREST_S, CREW_BUDGET_S)
