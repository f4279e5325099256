"""Which desks an alert is delivered to and when, and over which relays it reaches the one that speaks to the aircraft.

The rule: every desk whose delivery volume holds the aircraft, and that is shown the net, has the alert on its display.
The one with the smallest volume has to act on it; where its table names a relay it passes the alert on, desk to desk,
unless the desk that it would tell is shown the alert itself: then that one acts. Delivery follows the aircraft: each
plot at which it enters or leaves a volume changes the desks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites.geometry import Desk, Limit, RelayMeans, Signal, Site


@dataclass(frozen=True)
class Relay:
    """One desk tells another of an alert: from whom, to whom, and by what means."""

    from_desk: str
    to_desk: str
    by: RelayMeans


@dataclass(frozen=True)
class Delivery:
    """Where an alert comes up, who speaks, and where it comes up later.

    Attributes
    ----------
    desks
        Every desk that is shown the alert, the one that has to act first; empty when it is delivered to no desk.
    relays
        The relays to the desk that speaks, in their order; empty where the first desk speaks itself.
    signals
        How the alert comes up at each of the desks; without them both seen and heard.
    delay_s
        Seconds from the moment the alert is shown until the aircraft is in the volumes of these desks.
    later
        What follows: each time other desks are shown the alert, or none any more, with its own `delay_s`.
    """

    desks: tuple[str, ...]
    relays: tuple[Relay, ...] = ()
    signals: tuple[Signal, ...] = ()
    delay_s: float = 0.0
    later: tuple[Delivery, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", self.signals or ("both",) * len(self.desks))

    @property
    def signal(self) -> Signal | None:
        """How the alert comes up at the desk that has to act; None for no desk."""
        return next(iter(self.signals), None)

    @property
    def visual_only(self) -> bool:
        """Whether the desk that has to act sees the alert and hears nothing."""
        return self.signal == "visual"

    @property
    def each(self) -> tuple[Delivery, ...]:
        """The first delivery and the later ones, in the order of time."""
        return (self, *self.later)

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
        >>> Delivery(("Tower",), signals=("visual",), later=(Delivery(("Alarm",), delay_s=21.0),)).words
        'delivered to Tower (visual only); 21 s later to Alarm (seen and heard)'
        >>> Delivery(()).words
        'delivered to NO DESK: outside every delivery volume of this net'
        """
        if not self.desks:
            return "delivered to NO DESK: outside every delivery volume of this net"
        return "; ".join([self.first_words, *filter(None, [self.later_words])])

    @property
    def first_words(self) -> str:
        """The first delivery in words."""
        after = f"{self.delay_s:.0f} s after it is shown " if self.delay_s else ""
        return f"delivered {after}to {self._told(self._differ and bool(self.later))}"

    @property
    def later_words(self) -> str:
        """The later deliveries in words, empty for none."""
        return "; ".join(f"{one.delay_s - self.delay_s:.0f} s later {one._then(self._differ)}" for one in self.later)

    @property
    def _differ(self) -> bool:
        """Whether some desk is not both shown the alert and made to hear it."""
        return any(signal != "both" for one in self.each for signal in one.signals)

    def _then(self, differ: bool) -> str:
        return f"to {self._told(differ)}" if self.desks else "to no desk any more"

    def _told(self, differ: bool) -> str:
        """Desks, signals and relays; that one is both seen and heard is said where others are not."""
        words = {"visual": " (visual only)", "aural": " (aural only)", "both": " (seen and heard)" if differ else ""}
        named = [f"{desk}{words[signal]}" for desk, signal in zip(self.desks, self.signals, strict=True)]
        told = [f"which tells {relay.to_desk} by {relay.by}" for relay in self.relays]
        seen = [f"also shown at {' and '.join(named[1:])}"] if named[1:] else []
        return ", ".join([named[0], *told, *seen])


NO_DESKS = "no desks in this site: delivered to one controller"
"""Said of an alert where the site file has no desks."""


def delivery_at(site: Site, net: str, *, x_m: float, y_m: float, altitude_ft: float, qnh_hpa: float) -> Delivery | None:
    """Where an alert of a net about an aircraft at this place is delivered; None for a site without desks.

    `altitude_ft` is on the QNH, which is needed for limits that are flight levels. Volumes are closed. The order of
    the desks in the site file never matters: of volumes that are equally large the first name counts.
    """
    if not site.desks:
        return None
    place = (np.array([x_m]), np.array([y_m]), np.array([altitude_ft]))
    return next(_along(site, net, *place, qnh_hpa))[1]


def delivery_along(
    site: Site,
    net: str,
    *,
    since_s: NDArray[np.float64],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    altitude_ft: NDArray[np.float64],
    qnh_hpa: float,
) -> Delivery | None:
    """Where an alert of a net is delivered while its aircraft flies on, with all later deliveries.

    Parameters
    ----------
    site, net
        The site, and the name of the net.
    since_s
        Seconds since the alert is shown, one a plot, ascending; the first plot is the one at which it is shown.
    x_m, y_m, altitude_ft
        Where the aircraft is: metres on the plane of the site, feet on the QNH.
    qnh_hpa
        The QNH.

    Returns
    -------
    Delivery or None
        The first delivery to a desk with its delay; without desks where there is none. None for a site without desks.
    """
    if not site.desks:
        return None
    each = [
        replace(delivery, delay_s=max(float(since_s[plot]), 0.0))
        for plot, delivery in _along(site, net, x_m, y_m, altitude_ft, qnh_hpa)
    ]
    while len(each) > 1 and not each[0].desks:
        each.pop(0)
    return replace(each[0], later=tuple(each[1:]))


def _along(
    site: Site,
    net: str,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    altitude_ft: NDArray[np.float64],
    qnh_hpa: float,
) -> Iterator[tuple[int, Delivery]]:
    """The first plot, and each at which the aircraft enters or leaves a volume, with the delivery from there on."""
    desks = [desk for desk in sorted(site.desks, key=_size) if net in desk.nets]
    inside = np.zeros((len(desks), len(x_m)), dtype=bool)
    for row, desk in enumerate(desks):
        low_ft, high_ft = _limit_ft(desk.floor, qnh_hpa), _limit_ft(desk.ceiling, qnh_hpa)
        inside[row] = _holds(desk, x_m, y_m) & (low_ft <= altitude_ft) & (altitude_ft <= high_ft)
    changes = np.flatnonzero((inside[:, 1:] != inside[:, :-1]).any(axis=0)) + 1
    for plot in (0, *changes.tolist()):
        yield plot, _delivered(site, [desk for row, desk in enumerate(desks) if inside[row, plot]])


def _delivered(site: Site, shown: Sequence[Desk]) -> Delivery:
    """The delivery to the desks that are shown an alert, the smallest first."""
    if not shown:
        return Delivery(())
    passed_on = _passed_on(site, shown[0])
    acts = max(place for place, desk in enumerate(passed_on) if desk in shown)
    relays = (Relay(desk.name, desk.relay_to, desk.relay_by) for desk in passed_on[acts:] if desk.relay_by is not None)
    desks = (passed_on[acts], *(desk for desk in shown if desk is not passed_on[acts]))
    return Delivery(tuple(desk.name for desk in desks), tuple(relays), tuple(desk.signal for desk in desks))


def _passed_on(site: Site, desk: Desk) -> list[Desk]:
    """The desk and those its alert reaches by relay, in their order."""
    by_name = {one.name: one for one in site.desks}
    passed_on = [desk]
    while passed_on[-1].relay_to:
        passed_on.append(by_name[passed_on[-1].relay_to])
    return passed_on


def _holds(desk: Desk, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    if desk.area is None:
        return np.asarray(np.hypot(x_m - desk.x_m, y_m - desk.y_m) <= desk.radius_m)
    return np.asarray(shapely.intersects_xy(desk.area, x_m, y_m))


def _limit_ft(limit: Limit, qnh_hpa: float) -> float:
    """A limit as altitude on the QNH."""
    return limit.value_ft - (pressure_altitude_ft(qnh_hpa) if limit.is_flight_level else 0.0)


def _size(desk: Desk) -> tuple[float, str]:
    return (math.pi * desk.radius_m**2 if desk.area is None else desk.area.area), desk.name
