"""Which plots a net judges, in the order of docs/nets.md."""

from __future__ import annotations

import math
from typing import Any

from tests.oracle_from_docs.apw import region_contains
from tests.oracle_from_docs.flight import Plot


def reason(plot: Plot, facts: dict[str, str], p: Any, inhibit_volumes: list[Any]) -> str:
    """The first reason that applies, empty where the plot is judged."""
    if math.isnan(plot.x_m):
        return "no position"
    if plot.duplicate:
        return "duplicate plot"
    if plot.stuck:
        return "stuck plot"
    if plot.coasted == 1 and not p.use_coasted_plots:
        return "coasted"
    if plot.age_s < p.minimum_track_age_s:
        return "track too young"
    if plot.spike:
        return "altitude spike"
    if math.isnan(plot.pressure_altitude_ft):
        return "no pressure altitude"
    if math.isnan(plot.vx_mps):
        return "no velocity"
    if plot.on_ground == 1:
        return "on ground"
    if (facts["flight_rules"] or "unknown") not in p.flight_rules:
        return "flight rules"
    code = facts["ssr_code"]
    if code in p.excluded_ssr_codes or (p.eligible_ssr_codes and code not in p.eligible_ssr_codes):
        return "ssr code"
    if facts["callsign"] in p.inhibited_callsigns:
        return "callsign inhibited"
    if plot.visual == 1 and not p.judge_visual:
        return "visual"
    if any(_in_volume(plot, volume) for volume in inhibit_volumes):
        return "inhibit volume"
    if math.isnan(plot.qnh_hpa):
        return "qnh unknown"
    return ""


def _in_volume(plot: Plot, volume: Any) -> bool:
    schedule = volume.schedule
    active = schedule.permanent or schedule.on or any(b.start_s <= plot.time_s < b.end_s for b in schedule.periods)
    if not active or not region_contains(volume.area, plot.x_m, plot.y_m):
        return False
    low, high = (
        limit.value_ft <= plot.pressure_altitude_ft
        if limit is volume.floor and limit.is_flight_level
        else limit.value_ft >= plot.pressure_altitude_ft
        if limit.is_flight_level
        else limit.value_ft <= plot.altitude_ft
        if limit is volume.floor
        else limit.value_ft >= plot.altitude_ft
        for limit in (volume.floor, volume.ceiling)
    )
    return bool(low and high)
