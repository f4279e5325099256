"""What an alert without a sound and the desks change: when it is noticed, and what it takes to pass it on."""

from __future__ import annotations

from collections.abc import Iterable

from safetynets.response.draws import Draws, Floats
from safetynets.sites.delivery import Delivery, Relay
from safetynets.sites.geometry import RelayMeans

_TAKES: dict[RelayMeans, str] = {
    "voice": "relay.voice_s",
    "hotline": "relay.hotline_s",
    "telephone": "relay.telephone_s",
}
VISUAL_ONLY = "controller.visual_only_"
"""What the names of the assumptions about alerts without a sound begin with."""


def relay_assumption(relay: Relay) -> str:
    """The assumption that says how long a relay takes.

    >>> relay_assumption(Relay("Approach", "Tower", "hotline"))
    'relay.hotline_s'
    """
    return _TAKES[relay.by]


def relayed_s(noticed_s: Floats, draws: Draws, delivery: Delivery | None) -> tuple[Floats, ...]:
    """When each relay of a delivery is over, in their order; empty where the desk that is shown the alert speaks.

    Two relays by the same means take equally long in one draw.
    """
    times_s: list[Floats] = []
    for relay in delivery.relays if delivery is not None else ():
        times_s.append((times_s[-1] if times_s else noticed_s) + draws.value(relay_assumption(relay)))
    return tuple(times_s)


def heard_later(delivery: Delivery | None) -> tuple[Delivery, ...]:
    """The later deliveries that make a difference: the alert had no sound before, and has one then.

    A lasting alert that another desk is shown in the same way is not noticed afresh.
    """
    if delivery is None or not delivery.visual_only:
        return ()
    heard = [one for one in delivery.later if one.desks and not one.visual_only]
    return tuple(heard[:1])


def idle_assumptions(assumptions: Iterable[str], delivery: Delivery | None) -> frozenset[str]:
    """The assumptions about relays and alerts without a sound that decide nothing for this delivery."""
    noticed = (delivery, *heard_later(delivery)) if delivery is not None else ()
    used = {relay_assumption(relay) for one in noticed for relay in one.relays}
    if delivery is not None and delivery.visual_only:
        used |= {name for name in assumptions if name.startswith(VISUAL_ONLY)}
    return frozenset(name for name in assumptions if name.startswith(("relay.", VISUAL_ONLY)) and name not in used)
