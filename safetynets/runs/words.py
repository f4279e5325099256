"""From an alert to the situation the controller has to speak about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

from shapely import Point

from safetynets.engine.alerts import Alert
from safetynets.engine.plots import last_row
from safetynets.phraseology.rule_set import RuleSet
from safetynets.phraseology.situation import Situation, Traffic
from safetynets.sites.geometry import Site
from safetynets.tracks import UNKNOWN, Tracks
from safetynets.units import m_to_nm


def situations(alerts: Sequence[Alert], site: Site, tracks: Tracks | None = None) -> tuple[Situation, ...]:
    """The situation of each alert, as far as the record knows it; unknown stays None.

    Without the tracks, where the other aircraft of a pair is stays unknown.
    """
    return tuple(_situation(alert, site, tracks) for alert in alerts)


def spoken_by(situation: Situation, rule_set: RuleSet) -> Situation:
    """The situation with the unit of pressure that goes with a rule set: the FAA gives altimeter settings in inches.

    Source: JO 7110.65 2-7-1, by which an altimeter setting is issued in inches of mercury.
    """
    return replace(situation, qnh_unit="inHg") if rule_set.speech == "FAA" else situation


def _situation(alert: Alert, site: Site, tracks: Tracks | None) -> Situation:
    return Situation(
        net=alert.net,
        kind=alert.kind,
        severity=cast(Literal["caution", "warning"], alert.severity),
        callsign=alert.callsign,
        vectored=_known(alert.vectored),
        on_final=alert.on_final,
        visual=_known(alert.visual),
        on_ground=_known(alert.on_ground),
        qnh_hpa=alert.qnh_hpa if math.isfinite(alert.qnh_hpa) else None,
        minimum_flight_altitude_ft=minimum_flight_altitude_ft(alert, site),
        area=alert.area,
        purpose=next((volume.purpose for volume in site.volumes if volume.name == alert.area), None),
        aerodrome=aerodrome(alert, site),
        traffic=traffic(alert, tracks) if tracks is not None and alert.other_track >= 0 else None,
    )


TURN_AWAY_DEG = 60.0
HEADING_STEP_DEG = 5


def traffic(alert: Alert, tracks: Tracks) -> Traffic | None:
    """The other aircraft of a pair when the alert is shown, seen from the first; None where that is not known."""
    time_s = alert.shown_time_s if math.isfinite(alert.shown_time_s) else alert.start_time_s
    rows = [last_row(tracks, number, time_s) for number in (alert.track, alert.other_track)]
    (x_m, other_x_m), (y_m, other_y_m) = tracks.x_m[rows], tracks.y_m[rows]
    track_deg = math.degrees(math.atan2(tracks.vx_mps[rows[0]], tracks.vy_mps[rows[0]]))
    bearing_deg = math.degrees(math.atan2(other_x_m - x_m, other_y_m - y_m))
    distance_nm = float(m_to_nm(math.hypot(other_x_m - x_m, other_y_m - y_m)))
    if not math.isfinite(track_deg + bearing_deg + distance_nm):
        return None
    relative_deg = (bearing_deg - track_deg) % 360.0
    on_the_right = relative_deg < 180.0
    away_deg = track_deg + (-TURN_AWAY_DEG if on_the_right else TURN_AWAY_DEG)
    heading_deg = round(away_deg % 360.0 / HEADING_STEP_DEG) * HEADING_STEP_DEG % 360
    return Traffic(
        clock=round(relative_deg / 30.0) % 12 or 12,
        distance_nm=max(1, round(distance_nm)),
        turn="left" if on_the_right else "right",
        heading_deg=heading_deg or 360,
    )


def aerodrome(alert: Alert, site: Site) -> str | None:
    """The aerodrome of an alert: that of its approach, else of the nearest monitored threshold; None for none."""
    named = [approach.airport for approach in site.approaches if approach.name == alert.area]
    if named or not site.approaches:
        return named[0] if named else None
    x_m, y_m = site.plane.to_plane(alert.latitude_deg, alert.longitude_deg)
    return min(site.approaches, key=lambda one: math.hypot(one.x_m - float(x_m), one.y_m - float(y_m))).airport


def _known(value: int) -> bool | None:
    return None if value == UNKNOWN else bool(value)


def minimum_flight_altitude_ft(alert: Alert, site: Site) -> float | None:
    """The minimum flight altitude (ft on the QNH) that a controller could give with this alert, None for none.

    For an MSAW alert about a minimum-altitude polygon it is the polygon's own minimum, whatever tolerance the net
    subtracts from it; otherwise that of the highest polygon at the position of the alert. Terrain plus the clearance of
    the net is a threshold of the net, not a minimum altitude that anyone may be told to fly. On a final approach, where
    flight below the minimum altitudes is the procedure, there is none to give unless the MSAW itself alerts.
    """
    if alert.net == "MSAW":
        named = [polygon.minimum_ft for polygon in site.minimum_altitudes if polygon.name == alert.area]
        if named:
            return named[0]
    elif alert.on_final:
        return None
    if not (math.isfinite(alert.latitude_deg) and math.isfinite(alert.longitude_deg)):
        return None
    x_m, y_m = site.plane.to_plane(alert.latitude_deg, alert.longitude_deg)
    position = Point(float(x_m), float(y_m))
    return max(
        (polygon.minimum_ft for polygon in site.minimum_altitudes if polygon.area.covers(position)), default=None
    )
