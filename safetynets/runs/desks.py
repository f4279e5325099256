"""To which desk each alert of a run is delivered, and the loud word where it is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.step import Step
from safetynets.sites.delivery import NO_DESKS, Delivery, delivery_at
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def deliveries(
    alerts: Sequence[Alert], tracks: Tracks, altitude_ft: NDArray[np.float64], site: Site
) -> tuple[Delivery | None, ...]:
    """Where each alert is delivered when it is shown, or would be at its start; None in a site without desks.

    `altitude_ft` is on the QNH, one a plot; the last plot by then that has position and altitude counts, or is on the
    ground.
    """
    return tuple(_delivery(alert, tracks, altitude_ft, site) for alert in alerts)


def _delivery(alert: Alert, tracks: Tracks, altitude_ft: NDArray[np.float64], site: Site) -> Delivery | None:
    at_s = alert.shown_time_s if math.isfinite(alert.shown_time_s) else alert.start_time_s
    rows = tracks.rows_of(alert.track)
    placed = np.isfinite(altitude_ft[rows]) | (tracks.on_ground[rows] == 1)
    known = np.isfinite(tracks.x_m[rows]) & placed & (tracks.time_s[rows] <= at_s)
    row = rows.start + int(np.flatnonzero(known)[-1])
    return delivery_at(
        site,
        alert.net,
        x_m=float(tracks.x_m[row]),
        y_m=float(tracks.y_m[row]),
        altitude_ft=_or_on_ground_ft(float(altitude_ft[row]), tracks, row, site),
        qnh_hpa=alert.qnh_hpa,
    )


def _or_on_ground_ft(altitude_ft: float, tracks: Tracks, row: int, site: Site) -> float:
    """The altitude, or for an aircraft on the ground that sends none the elevation of the nearest runway end."""
    if math.isfinite(altitude_ft) or tracks.on_ground[row] != 1:
        return altitude_ft
    ends = [(x, y, ft) for one in site.runways for x, y, ft in zip(one.x_m, one.y_m, one.elevation_ft, strict=True)]
    x_m, y_m = float(tracks.x_m[row]), float(tracks.y_m[row])
    return min(ends, key=lambda end: math.hypot(end[0] - x_m, end[1] - y_m), default=(0.0, 0.0, math.nan))[2]


def undelivered(alerts: Sequence[Alert], delivered: Sequence[Delivery | None]) -> tuple[str, ...]:
    """One sentence for each shown alert that no desk is shown."""
    return tuple(
        f"alert {alert.alert_id} ({alert.net}, {alert.callsign or f'track {alert.track}'}) is delivered to NO DESK: "
        f"outside every delivery volume of the {alert.net}, nobody is told"
        for alert, delivery in zip(alerts, delivered, strict=True)
        if alert.shown and delivery is not None and not delivery.desks
    )


def desk_columns(delivery: Delivery | None) -> dict[str, str | None]:
    """What the table of alerts says: the desk, the one that speaks, and the means of each relay between them.

    >>> desk_columns(Delivery(()))
    {'desk': 'no desk', 'desk_that_speaks': None, 'relayed_by': None}
    """
    if delivery is None:
        return {"desk": None, "desk_that_speaks": None, "relayed_by": None}
    return {
        "desk": delivery.desk or "no desk",
        "desk_that_speaks": delivery.speaks or None,
        "relayed_by": ", then ".join(relay.by for relay in delivery.relays) or None,
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
        delivery = delivery_at(
            site,
            step.net,
            x_m=float(tracks.x_m[rows][row]),
            y_m=float(tracks.y_m[rows][row]),
            altitude_ft=_or_on_ground_ft(float(values["altitude"]["altitude_ft"]), tracks, rows.start + row, site),
            qnh_hpa=float(values["altitude"]["qnh_hpa"]),
        )
        words = NO_DESKS if delivery is None else delivery.words
        facts = {name: value for name, value in desk_columns(delivery).items() if value is not None}
        told.append(Step("desk", step.net, step.group, f"An alert here and now: {words}.", {**facts}))
    return tuple(told)
