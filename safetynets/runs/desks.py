"""To which desks each alert of a run is delivered and when, and the loud word where it is none or late."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.explanation_step import Step
from safetynets.sites.delivery import NO_DESKS, Delivery, delivery_along, delivery_at
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def deliveries(
    alerts: Sequence[Alert], tracks: Tracks, altitude_ft: NDArray[np.float64], site: Site
) -> tuple[Delivery | None, ...]:
    """Where each alert is delivered from when it is shown, or would be from its start, to its end; None without desks.

    `altitude_ft` is on the QNH, one a plot; plots count that have position and altitude, or are on the ground: the last
    one by the moment at which the alert is shown, and those that follow before it ends.
    """
    return tuple(_delivery(alert, tracks, altitude_ft, site) for alert in tracks.releasing_memory(alerts))


def _delivery(alert: Alert, tracks: Tracks, altitude_ft: NDArray[np.float64], site: Site) -> Delivery | None:
    at_s = alert.shown_time_s if math.isfinite(alert.shown_time_s) else alert.start_time_s
    rows = tracks.rows_of(alert.track)
    placed = np.isfinite(altitude_ft[rows]) | (tracks.on_ground[rows] == 1)
    known = rows.start + np.flatnonzero(np.isfinite(tracks.x_m[rows]) & placed)
    since_s = tracks.time_s[known] - at_s
    first = int(np.flatnonzero(since_s <= 0.0)[-1])
    end_s = alert.end_time_s if math.isfinite(alert.end_time_s) else math.inf
    lasts = slice(first, max(first + 1, int(np.searchsorted(tracks.time_s[known], end_s))))
    plots = known[lasts]
    return delivery_along(
        site,
        alert.net,
        since_s=since_s[lasts],
        x_m=tracks.x_m[plots],
        y_m=tracks.y_m[plots],
        altitude_ft=np.array([_or_on_ground_ft(float(altitude_ft[row]), tracks, int(row), site) for row in plots]),
        qnh_hpa=alert.qnh_hpa,
    )


def delivery_of_plot(
    net: str, tracks: Tracks, row: int, altitude_ft: float, qnh_hpa: float, site: Site
) -> Delivery | None:
    """Where an alert of a net about the aircraft of one plot is delivered; None in a site without desks.

    `altitude_ft` is on the QNH; an aircraft on the ground that sends none is as high as the nearest runway end.
    """
    return delivery_at(
        site,
        net,
        x_m=float(tracks.x_m[row]),
        y_m=float(tracks.y_m[row]),
        altitude_ft=_or_on_ground_ft(altitude_ft, tracks, row, site),
        qnh_hpa=qnh_hpa,
    )


def _or_on_ground_ft(altitude_ft: float, tracks: Tracks, row: int, site: Site) -> float:
    """The altitude, or for an aircraft on the ground that sends none the elevation of the nearest runway end."""
    if math.isfinite(altitude_ft) or tracks.on_ground[row] != 1:
        return altitude_ft
    ends = [(x, y, ft) for one in site.runways for x, y, ft in zip(one.x_m, one.y_m, one.elevation_ft, strict=True)]
    x_m, y_m = float(tracks.x_m[row]), float(tracks.y_m[row])
    return min(ends, key=lambda end: math.hypot(end[0] - x_m, end[1] - y_m), default=(0.0, 0.0, math.nan))[2]


def undelivered(alerts: Sequence[Alert], delivered: Sequence[Delivery | None]) -> tuple[str, ...]:
    """One sentence for each shown alert that no desk is shown, or none at first."""
    said = []
    for alert, delivery in zip(alerts, delivered, strict=True):
        if not alert.shown or delivery is None or (delivery.desks and not delivery.delay_s):
            continue
        name = f"alert {alert.alert_id} ({alert.net}, {alert.callsign or f'track {alert.track}'})"
        if delivery.desks:
            said.append(
                f"{name} is delivered {delivery.delay_s:.0f} s late: it starts outside every delivery volume of the "
                f"{alert.net}, and {delivery.desk} is shown it when the aircraft flies in"
            )
        else:
            said.append(
                f"{name} is delivered to NO DESK: outside every delivery volume of the {alert.net}, nobody is told"
            )
    return tuple(said)


DESK_COLUMNS = ("desk", "desk_that_speaks", "relayed_by", "desk_signal", "delivery_delay_s", "later_deliveries")
"""What the table of alerts says of the desks, in the order of its columns."""


def desk_columns(delivery: Delivery | None) -> dict[str, str | float | None]:
    """What the table of alerts says: the desk, the one that speaks, the relays, how, when, and what follows.

    >>> desk_columns(Delivery(("Tower",), signals=("visual",), later=(Delivery((), delay_s=21.0),)))["later_deliveries"]
    '21.0 s: no desk'
    """
    if delivery is None:
        return dict.fromkeys(DESK_COLUMNS)
    later = (
        f"{one.delay_s:.1f} s: {one.desk or 'no desk'}{f' ({one.signal})' * bool(one.desk)}" for one in delivery.later
    )
    return {
        "desk": delivery.desk or "no desk",
        "desk_that_speaks": delivery.speaks or None,
        "relayed_by": ", then ".join(relay.by for relay in delivery.relays) or None,
        "desk_signal": delivery.signal,
        "delivery_delay_s": delivery.delay_s if delivery.desks else None,
        "later_deliveries": "; ".join(later) or None,
    }


def desk_steps(steps: Sequence[Step], tracks: Tracks, site: Site, track: int) -> tuple[Step, ...]:
    """The steps of an explained plot, after that of the arbitration of each net the desk its alerts go to."""
    values = {step.stage: step.values for step in steps if not step.net}
    rows = tracks.rows_of(track)
    row = int(np.searchsorted(tracks.time_s[rows], float(values["plot"]["time_s"]), side="right")) - 1
    told: list[Step] = []
    for step in steps:
        told.append(step)
        if step.stage != "arbitration":
            continue
        altitude_ft, qnh_hpa = float(values["altitude"]["altitude_ft"]), float(values["altitude"]["qnh_hpa"])
        delivery = delivery_of_plot(step.net, tracks, rows.start + row, altitude_ft, qnh_hpa, site)
        words = NO_DESKS if delivery is None else delivery.words
        facts = {
            name: value
            for name, value in desk_columns(delivery).items()
            if value is not None and name in DESK_COLUMNS[:4]
        }
        told.append(Step("desk", step.net, step.group, f"An alert here and now: {words}.", {**facts}))
    return tuple(told)
