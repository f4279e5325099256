"""APW, slow and obvious: docs/nets.md, "APW"."""

from __future__ import annotations

import math

from safetynets.nets.apw.parameters import ApwParameters
from safetynets.sites.geometry import Limit, Schedule, Volume
from tests.oracle.areas import distance_m
from tests.oracle.plots import Plot
from tests.oracle.prediction import Position, altitude_ft
from tests.oracle.slack import LETTER, Slack

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S
WEEKDAY_OF_1970_01_01 = 3
"""A Thursday; 0 is Monday."""


def limit_ft(limit: Limit, plot: Plot) -> float:
    """The limit as an altitude on the plot's QNH."""
    return limit.value_ft - plot.qnh_pressure_altitude_ft if limit.is_flight_level else limit.value_ft


def is_active(schedule: Schedule, time_s: float) -> bool:
    if schedule.permanent or schedule.on:
        return True
    if any(period.start_s <= time_s < period.end_s for period in schedule.periods):
        return True
    monday_s = -WEEKDAY_OF_1970_01_01 * DAY_S
    for weekly in schedule.weekly:
        start_s = monday_s + weekly.weekday * DAY_S + weekly.start_s
        since_it_began_s = (time_s - start_s) % WEEK_S
        if since_it_began_s < weekly.duration_s:
            return True
    return False


def lateral_distance_m(volume: Volume, x: float, y: float) -> float:
    """Distance to the edge of the volume itself seen from above, negative inside."""
    if volume.area is None:
        return math.hypot(x - volume.x_m, y - volume.y_m) - volume.radius_m
    return distance_m(volume.area, x, y)


def vertical_distance_ft(volume: Volume, plot: Plot, altitude: float) -> float:
    """Distance to the nearer vertical limit of the volume itself, negative between them."""
    return max(limit_ft(volume.floor, plot) - altitude, altitude - limit_ft(volume.ceiling, plot))


def is_allowed(volume: Volume, callsign: str, ssr_code: str, flight_rules: str) -> bool:
    return (
        callsign in volume.allowed_callsigns
        or ssr_code in volume.allowed_ssr_codes
        or flight_rules in volume.allowed_flight_rules
    )


def inside(
    volume: Volume,
    plot: Plot,
    tau_s: float,
    position: Position,
    parameters: ApwParameters,
    *,
    wider_m: float,
    wider_ft: float,
    slack: Slack = LETTER,
) -> bool:
    """Whether the path at tau is in the volume, widened by so much, while the volume is active."""
    x, y = position(plot, tau_s)
    altitude = altitude_ft(plot, tau_s, parameters)
    return (
        is_active(volume.schedule, plot.time_s + tau_s)
        and vertical_distance_ft(volume, plot, altitude) <= wider_ft + slack.ft
        and lateral_distance_m(volume, x, y) <= wider_m + slack.m
    )


def violated(
    volume: Volume, plot: Plot, tau_s: float, position: Position, parameters: ApwParameters, slack: Slack = LETTER
) -> bool:
    return inside(
        volume,
        plot,
        tau_s,
        position,
        parameters,
        wider_m=volume.lateral_buffer_m,
        wider_ft=volume.vertical_buffer_ft,
        slack=slack,
    )


def holding(
    volume: Volume, plot: Plot, tau_s: float, position: Position, parameters: ApwParameters, slack: Slack = LETTER
) -> bool:
    """The same against the volume as wide as it is while an alert is active."""
    return inside(
        volume,
        plot,
        tau_s,
        position,
        parameters,
        wider_m=volume.lateral_buffer_m + parameters.hysteresis_m,
        wider_ft=volume.vertical_buffer_ft + parameters.hysteresis_ft,
        slack=slack,
    )
