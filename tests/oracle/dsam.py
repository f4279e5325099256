"""The selected altitude monitor, slow and obvious: docs/nets.md, "DSAM". Everything is looked for afresh."""

from __future__ import annotations

import math
from dataclasses import dataclass

from safetynets.engine.reasons import Kind, Reason
from safetynets.sites.geometry import Approach, Site
from safetynets.tracks.table import AltitudeSource, Tracks
from tests.oracle.dbpsm import previous, region_of_plot
from tests.oracle.state import altitude_ft, known, qnh_hpa

SOURCES = {AltitudeSource.AIRCRAFT: "aircraft", AltitudeSource.MCP: "mcp", AltitudeSource.FMS: "fms"}


@dataclass(frozen=True)
class Found:
    """What is found of one plot that nothing else keeps from being judged."""

    reason: Reason
    time_to_violation_s: float = math.inf
    hold_time_to_violation_s: float = math.inf
    kind: Kind = Kind.NONE
    deviation_ft: float = math.nan
    severe: bool = False
    near_edge: bool = False


def on_final(approach: Approach, tracks: Tracks, row: int, altitude: float, site: Site) -> bool:
    """In the region of the approach, not above its intercept altitude, on a track near its course."""
    parameters = site.parameters.dsam
    course = math.radians(approach.course_deg)
    x, y = float(tracks.x_m[row]) - approach.x_m, float(tracks.y_m[row]) - approach.y_m
    before_nm = -(x * math.sin(course) + y * math.cos(course)) / 1852.0
    beside_m = abs(x * math.cos(course) - y * math.sin(course))
    if not 0.0 <= before_nm <= approach.start_distance_nm or altitude > approach.intercept_altitude_ft:
        return False
    splay_m = before_nm * 1852.0 * math.tan(math.radians(parameters.final_splay_deg))
    if beside_m > parameters.final_half_width_m + splay_m:
        return False
    vx, vy = float(tracks.vx_mps[row]), float(tracks.vy_mps[row])
    if vx == 0.0 and vy == 0.0:
        return True
    off = (math.atan2(vx, vy) - course + math.pi) % (2.0 * math.pi) - math.pi
    return abs(off) <= math.radians(parameters.final_angle_deg) + 1e-12


def reason_of(tracks: Tracks, row: int, site: Site) -> Reason:
    """Why the selected altitude of a plot is not judged, wherever it is."""
    parameters = site.parameters.dsam
    if not known(float(tracks.cleared_altitude_ft[row])):
        return Reason.NO_CLEARED_LEVEL
    if not known(float(tracks.selected_altitude_ft[row])):
        return Reason.NOTHING_SENT
    age_s, before = float(tracks.selected_altitude_age_s[row]), previous(tracks, row)
    if age_s > parameters.max_selected_age_s:
        return Reason.STALE_VALUE
    if before is not None and 0.0 < tracks.time_s[row] - tracks.time_s[before] <= age_s + 0.001:
        return Reason.STALE_VALUE
    source = (
        SOURCES.get(AltitudeSource(int(tracks.selected_altitude_source[row])), "")
        if (tracks.selected_altitude_source[row] > 0)
        else "unknown"
    )
    return Reason.JUDGED if source in parameters.sources else Reason.OTHER_SOURCE


def agreed_since_s(tracks: Tracks, row: int, site: Site) -> float:
    """Since when neither level has changed, seen from the last one they were set to; plots not judged say nothing."""
    parameters = site.parameters.dsam
    rows = [row]
    while (before := previous(tracks, rows[0])) is not None:
        if tracks.time_s[rows[0]] - tracks.time_s[before] > parameters.max_gap_s:
            break
        rows.insert(0, before)
    held: tuple[float, float] | None = None
    since_s = math.nan
    for at in rows:
        if reason_of(tracks, at, site) is not Reason.JUDGED:
            continue
        now = float(tracks.cleared_altitude_ft[at]), float(tracks.selected_altitude_ft[at])
        if held is None or any(abs(a - b) > parameters.tolerance_ft for a, b in zip(now, held, strict=True)):
            held, since_s = now, float(tracks.time_s[at])
    return since_s


def found_at(tracks: Tracks, row: int, site: Site) -> Found:
    """What the monitor finds of a plot that nothing else keeps from being judged."""
    parameters = site.parameters.dsam
    region = region_of_plot(tracks, row, site)
    assert region is not None
    pressure_altitude = float(tracks.pressure_altitude_ft[row])
    altitude = altitude_ft(pressure_altitude, qnh_hpa(region, float(tracks.time_s[row])))
    if any(on_final(approach, tracks, row, altitude, site) for approach in site.flown_approaches):
        return Found(Reason.ON_FINAL_APPROACH)
    reason = reason_of(tracks, row, site)
    if reason is not Reason.JUDGED:
        return Found(reason)
    cleared, selected = float(tracks.cleared_altitude_ft[row]), float(tracks.selected_altitude_ft[row])
    left_s = max(0.0, parameters.settling_s - (float(tracks.time_s[row]) - agreed_since_s(tracks, row, site)))
    deviation = selected - cleared
    if abs(deviation) <= parameters.tolerance_ft:
        held = abs(deviation) > parameters.tolerance_ft - parameters.hysteresis_ft
        return Found(reason, math.inf, left_s if held else math.inf, deviation_ft=deviation)
    own = altitude if cleared <= region.transition_altitude_ft else pressure_altitude
    between = min(own, selected) < cleared < max(own, selected)
    near_edge = min(abs(abs(cleared - own) - parameters.level_ft), abs(own - selected), abs(own - cleared)) < 1e-6
    past = between or abs(cleared - own) <= parameters.level_ft
    away = min(cleared, selected) < own < max(cleared, selected)
    return Found(reason, left_s, left_s, Kind.PAST if past else Kind.BEFORE, deviation, past or away, near_edge)
