"""The procedure: who knows and does what, and when, from the net to the aircraft, for one alert.

The links are those that IFATCA WP 86 (2018) 2.14 describes (its figure was not seen): net, controller's display,
controller, frequency, crew, aircraft; and between two desks the relays of the site. The controller's part follows
PANS-ATM 15.7.4.2 and the rule set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.phraseology.situation import Call
from safetynets.response.conversation import Chain
from safetynets.response.relays import heard_later
from safetynets.sites.delivery import NO_DESKS, Delivery

Floats = NDArray[np.float64]
Actor = Literal["net", "display", "controller", "relay", "frequency", "crew", "aircraft"]


@dataclass(frozen=True)
class Step:
    """What one link of the chain does: medians of the draws in which it happens.

    Attributes
    ----------
    actor, does
        Who, and what.
    starts_s, ends_s
        From when to when (s after the alert).
    early_s, late_s
        The 5 and 95 % quantiles of its end (s after the alert).
    happens
        Share of all draws in which it happens, from 0 to 1.
    desk
        Where, empty in a site without desks and where no desk has a part; of a relay, the desk that is told.
    """

    actor: Actor
    does: str
    starts_s: float
    ends_s: float
    early_s: float
    late_s: float
    happens: float
    desk: str = ""


def timeline(
    chain: Chain, call: Call, first_conflict_s: float = 0.0, delivery: Delivery | None = None
) -> tuple[Step, ...]:
    """The steps of an alert in the order of the chain, without those that never happen.

    That an alert is delivered to no desk is a step, the last one.

    Parameters
    ----------
    chain
        When each link does its part.
    call
        What the controller says.
    first_conflict_s
        When the net first found the conflict (s after the alert, 0 or negative).
    delivery
        The desk that the alert is delivered to; None where there is one controller.

    Returns
    -------
    tuple of Step
        Times in seconds after the alert (s).

    References
    ----------
    The links are those of IFATCA WP 86 (2018) 2.14; the controller's part follows PANS-ATM 15.7.4.2 and the rule set.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> from safetynets.response import chain_of, draw, load_assumptions, spoken_call
    >>> situation = Situation(
    ...     net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22")
    >>> call = say(situation, load_rule_set("icao"))
    >>> steps = timeline(chain_of(spoken_call(call), draw(load_assumptions(), 100)), call)
    >>> [step.actor for step in steps]
    ['net', 'display', 'controller', 'frequency', 'frequency', 'crew', 'crew', 'aircraft']
    """
    at_alert = np.zeros_like(chain.shown_s)
    found = _step("net", "finds the conflict and confirms it: alert", at_alert + first_conflict_s, at_alert)
    if delivery is not None and not delivery.desks:
        return found, _step("display", "is delivered to NO DESK: nobody is told", at_alert, at_alert)
    said = "says the call" if call.has_words else "has no words to say"
    desk, speaks = ("", "") if delivery is None else (delivery.desk, delivery.speaks)
    known_s = (chain.noticed_s, *chain.relayed_s)
    decides = "sees it, judges it, decides what to say" if desk == speaks else "sees it, judges it, has to pass it on"
    steps = [
        found,
        _step("display", _shows(delivery), at_alert, chain.shown_s, desk),
        *(
            _step(
                "display",
                "lets it be heard: the aircraft is in its volume",
                chain.shown_s,
                at_alert + one.delay_s,
                one.desk,
            )
            for one in heard_later(delivery)
        ),
        _step("controller", decides, chain.shown_s, chain.noticed_s, desk),
        *(
            _step("relay", f"is told by {relay.by}", known_s[place], known_s[place + 1], relay.to_desk)
            for place, relay in enumerate(delivery.relays if delivery is not None else ())
        ),
        _step("frequency", "waits until the frequency is free", known_s[-1], chain.speaks_s, speaks),
        _step("frequency", said, chain.speaks_s, chain.said_s, speaks),
        _step("crew", "hears and understands, if need be asks again", chain.speaks_s, chain.understood_s),
        _step("crew", "looks and decides", chain.understood_s, chain.control_s),
        _step("aircraft", "begins to follow the controls", chain.control_s, chain.manoeuvre_s),
    ]
    return tuple(step for step in steps if step.happens > 0.0)


def _shows(delivery: Delivery | None) -> str:
    if delivery is None:
        return f"shows it ({NO_DESKS})"
    late = " when the aircraft flies into its volume" if delivery.delay_s else ""
    return f"shows it{late}" + (", without a sound" if delivery.visual_only else "")


def _step(actor: Actor, does: str, starts_s: Floats, ends_s: Floats, desk: str = "") -> Step:
    ended = np.isfinite(ends_s)
    if not ended.any():
        return Step(actor, does, np.nan, np.nan, np.nan, np.nan, 0.0, desk)
    early_s, middle_s, late_s = (float(value) for value in np.quantile(ends_s[ended], (0.05, 0.5, 0.95)))
    return Step(actor, does, float(np.median(starts_s[ended])), middle_s, early_s, late_s, float(ended.mean()), desk)
