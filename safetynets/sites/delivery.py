"""Which desk an alert is delivered to, and over which relays it reaches the one that speaks to the aircraft.

The rule: every desk whose delivery volume holds the aircraft, and that is shown the net, has the alert on its display.
The one with the smallest volume has to act on it; where its table names a relay it passes the alert on, desk to desk,
unless the desk that it would tell is shown the alert itself: then that one acts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely

from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites.geometry import Desk, Limit, RelayMeans, Site


@dataclass(frozen=True)
class Relay:
    """One desk tells another of an alert: from whom, to whom, and by what means."""

    from_desk: str
    to_desk: str
    by: RelayMeans


@dataclass(frozen=True)
class Delivery:
    """Where an alert comes up, and who speaks.

    Attributes
    ----------
    desks
        Every desk that is shown the alert, the one that has to act first; empty when it is delivered to no desk.
    relays
        The relays to the desk that speaks, in their order; empty where the first desk speaks itself.
    """

    desks: tuple[str, ...]
    relays: tuple[Relay, ...] = ()

    @property
    def desk(self) -> str:
        """The desk that has to act on the alert, empty for none."""
        return next(iter(self.desks), "")

    @property
    def speaks(self) -> str:
        """The desk that speaks to the aircraft, empty for none."""
        return self.relays[-1].to_desk if self.relays else self.desk

    @property
    def words(self) -> str:
        """The delivery in words.

        >>> Delivery(("Approach",), (Relay("Approach", "Tower", "hotline"),)).words
        'delivered to Approach, which tells Tower by hotline'
        >>> Delivery(()).words
        'delivered to NO DESK: outside every delivery volume of this net'
        """
        if not self.desks:
            return "delivered to NO DESK: outside every delivery volume of this net"
        told = [f"which tells {relay.to_desk} by {relay.by}" for relay in self.relays]
        seen = [f"also shown at {' and '.join(self.desks[1:])}"] if self.desks[1:] else []
        return f"delivered to {', '.join([self.desk, *told, *seen])}"


NO_DESKS = "no desks in this site: delivered to one controller"
"""Said of an alert where the site file has no desks."""


def delivery_at(site: Site, net: str, *, x_m: float, y_m: float, altitude_ft: float, qnh_hpa: float) -> Delivery | None:
    """Where an alert of a net about an aircraft at this place is delivered; None for a site without desks.

    `altitude_ft` is on the QNH, which is needed for limits that are flight levels. Volumes are closed. The order of
    the desks in the site file never matters: of volumes that are equally large the first name counts.
    """
    if not site.desks:
        return None
    shown = [
        desk
        for desk in sorted(site.desks, key=_size)
        if net in desk.nets
        and _holds(desk, x_m, y_m)
        and _limit_ft(desk.floor, qnh_hpa) <= altitude_ft <= _limit_ft(desk.ceiling, qnh_hpa)
    ]
    if not shown:
        return Delivery(())
    passed_on = _passed_on(site, shown[0])
    acts = max(place for place, desk in enumerate(passed_on) if desk in shown)
    relays = (Relay(desk.name, desk.relay_to, desk.relay_by) for desk in passed_on[acts:] if desk.relay_by is not None)
    others = (desk.name for desk in shown if desk is not passed_on[acts])
    return Delivery((passed_on[acts].name, *others), tuple(relays))


def _passed_on(site: Site, desk: Desk) -> list[Desk]:
    """The desk and those its alert reaches by relay, in their order."""
    by_name = {one.name: one for one in site.desks}
    passed_on = [desk]
    while passed_on[-1].relay_to:
        passed_on.append(by_name[passed_on[-1].relay_to])
    return passed_on


def _holds(desk: Desk, x_m: float, y_m: float) -> bool:
    if desk.area is None:
        return math.hypot(x_m - desk.x_m, y_m - desk.y_m) <= desk.radius_m
    return bool(shapely.intersects_xy(desk.area, x_m, y_m))


def _limit_ft(limit: Limit, qnh_hpa: float) -> float:
    """A limit as altitude on the QNH."""
    return limit.value_ft - (pressure_altitude_ft(qnh_hpa) if limit.is_flight_level else 0.0)


def _size(desk: Desk) -> tuple[float, str]:
    return (math.pi * desk.radius_m**2 if desk.area is None else desk.area.area), desk.name
