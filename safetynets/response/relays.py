"""What it takes to pass an alert on from the desk that is shown it to the one that speaks to the aircraft."""

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


def idle_relays(assumptions: Iterable[str], delivery: Delivery | None) -> frozenset[str]:
    """The assumptions about relays that decide nothing for this delivery."""
    used = {relay_assumption(relay) for relay in delivery.relays} if delivery is not None else set()
    return frozenset(name for name in assumptions if name.startswith("relay.") and name not in used)
