"""The procedure: who knows and does what, and when, from the net to the aircraft, for one alert.

The links are those that IFATCA WP 86 (2018) 2.14 describes (its figure was not seen): net, controller's display,
controller, frequency, crew, aircraft. The controller's part follows PANS-ATM 15.7.4.2 and the rule set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.phraseology.situation import Call
from safetynets.response.conversation import Chain

Floats = NDArray[np.float64]
Actor = Literal["net", "display", "controller", "frequency", "crew", "aircraft"]

ACTORS: tuple[Actor, ...] = ("net", "display", "controller", "frequency", "crew", "aircraft")


@dataclass(frozen=True)
class Step:
    """What one link of the chain does, seconds after the alert: medians of the draws in which it happens.

    `early_s` and `late_s` are the 5 and 95 % quantiles of its end, `happens` the share of all draws in which it does.
    """

    actor: Actor
    does: str
    starts_s: float
    ends_s: float
    early_s: float
    late_s: float
    happens: float


def timeline(chain: Chain, call: Call, first_conflict_s: float = 0.0) -> tuple[Step, ...]:
    """The steps of an alert in the order of the chain, those that never happen left out.

    `first_conflict_s` is when the net first found the conflict, seconds before the alert (0 or negative).
    """
    at_alert = np.zeros_like(chain.shown_s)
    said = "says the call" if call.has_words else "has no words to say"
    steps = [
        _step("net", "finds the conflict and confirms it: alert", at_alert + first_conflict_s, at_alert),
        _step("display", "shows it at the desk that has the aircraft", at_alert, chain.shown_s),
        _step("controller", "sees it, judges it, decides what to say", chain.shown_s, chain.noticed_s),
        _step("frequency", "waits until the frequency is free", chain.noticed_s, chain.speaks_s),
        _step("frequency", said, chain.speaks_s, chain.said_s),
        _step("crew", "hears and understands, if need be asks again", chain.speaks_s, chain.understood_s),
        _step("crew", "looks and decides", chain.understood_s, chain.control_s),
        _step("aircraft", "begins to follow the controls", chain.control_s, chain.manoeuvre_s),
    ]
    return tuple(step for step in steps if step.happens > 0.0)


def _step(actor: Actor, does: str, starts_s: Floats, ends_s: Floats) -> Step:
    ended = np.isfinite(ends_s)
    if not ended.any():
        return Step(actor, does, np.nan, np.nan, np.nan, np.nan, 0.0)
    early_s, middle_s, late_s = (float(value) for value in np.quantile(ends_s[ended], (0.05, 0.5, 0.95)))
    return Step(actor, does, float(np.median(starts_s[ended])), middle_s, early_s, late_s, float(ended.mean()))
