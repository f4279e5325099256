"""Which plots a net judges, slow and obvious: docs/nets.md, "Eligibility" and "State of a plot"."""

from __future__ import annotations

import math
from bisect import bisect_right

from safetynets.altimetry import pressure_altitude_ft
from safetynets.nets.conflicts import Net, Reason
from safetynets.sites.geometry import Limit, PressureRegion, Site
from safetynets.sites.parameters import Eligibility
from safetynets.tracks.table import PlotFlag, Tracks
from tests.oracle.apw import is_active
from tests.oracle.areas import holds

UNKNOWN = float("nan")
YES = 1


def region_of(site: Site, x: float, y: float) -> PressureRegion | None:
    """The first pressure region that holds the point."""
    for region in site.pressure_regions:
        if region.area is None or holds(region.area, x, y):
            return region
    return None


def qnh_hpa(region: PressureRegion | None, time_s: float) -> float:
    """The QNH that was valid last; unknown before the first."""
    if region is None:
        return UNKNOWN
    last = bisect_right([from_s for from_s, _ in region.qnh], time_s) - 1
    return region.qnh[last][1] if last >= 0 else UNKNOWN


def known(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)


def level_as_altitude_ft(level_ft: float, region: PressureRegion, qnh: float) -> float:
    """A level at or below the transition altitude is an altitude, above it a flight level."""
    if level_ft <= region.transition_altitude_ft:
        return level_ft
    return level_ft - pressure_altitude_ft(qnh)


def selected_as_altitude_ft(selected_ft: float, setting_hpa: float, region: PressureRegion, qnh: float) -> float:
    """A selected level is an altitude on the setting the aircraft sends, where it sends one."""
    if known(setting_hpa):
        return selected_ft + pressure_altitude_ft(setting_hpa) - pressure_altitude_ft(qnh)
    return level_as_altitude_ft(selected_ft, region, qnh)


def reason_of(tracks: Tracks, plot: int, net: Net, parameters: Eligibility, site: Site) -> Reason:
    """Why the net does not judge this plot, the first reason that applies."""
    track = int(tracks.track[plot])
    time_s = float(tracks.time_s[plot])
    x, y = float(tracks.x_m[plot]), float(tracks.y_m[plot])
    flags = PlotFlag(int(tracks.flags[plot]))
    track_start_s = min(float(t) for t, of in zip(tracks.time_s, tracks.track, strict=True) if of == track)
    if not known(x, y) or PlotFlag.POSITION_MISSING in flags:
        return Reason.NO_POSITION
    if PlotFlag.DUPLICATE in flags:
        return Reason.DUPLICATE_PLOT
    if tracks.coasted[plot] == YES and not parameters.use_coasted_plots:
        return Reason.COASTED
    if time_s - track_start_s < parameters.minimum_track_age_s:
        return Reason.TRACK_TOO_YOUNG
    pressure_altitude = float(tracks.pressure_altitude_ft[plot])
    if not known(pressure_altitude):
        return Reason.NO_PRESSURE_ALTITUDE
    if PlotFlag.ALTITUDE_SPIKE in flags:
        return Reason.ALTITUDE_SPIKE
    if not known(float(tracks.vx_mps[plot]), float(tracks.vy_mps[plot]), float(tracks.vertical_rate_fpm[plot])):
        return Reason.NO_VELOCITY
    if tracks.on_ground[plot] == YES or PlotFlag.ON_GROUND in flags:
        return Reason.ON_GROUND
    if (tracks.flight_rules[track] or "unknown") not in parameters.flight_rules:
        return Reason.FLIGHT_RULES
    ssr_code = tracks.ssr_code[track]
    if ssr_code in parameters.excluded_ssr_codes:
        return Reason.SSR_CODE
    if parameters.eligible_ssr_codes and ssr_code not in parameters.eligible_ssr_codes:
        return Reason.SSR_CODE
    if tracks.callsign[track] in parameters.inhibited_callsigns:
        return Reason.CALLSIGN_INHIBITED
    if tracks.visual[plot] == YES and not parameters.judge_visual:
        return Reason.VISUAL
    region = region_of(site, x, y)
    qnh = qnh_hpa(region, time_s)
    if is_inhibited(site, net, x, y, pressure_altitude, qnh, time_s):
        return Reason.INHIBIT_VOLUME
    if not known(qnh):
        return Reason.QNH_UNKNOWN
    return Reason.JUDGED


def is_inhibited(site: Site, net: Net, x: float, y: float, pressure_altitude: float, qnh: float, time_s: float) -> bool:
    """Whether an inhibit volume of this net holds the aircraft; without a QNH no altitude limit can be said to."""
    for volume in site.inhibit_volumes:
        if (
            net.name in volume.nets
            and is_active(volume.schedule, time_s)
            and holds(volume.area, x, y)
            and is_at_or_below(volume.floor, pressure_altitude, qnh)
            and is_at_or_above(volume.ceiling, pressure_altitude, qnh)
        ):
            return True
    return False


def level_in_terms_of(limit: Limit, pressure_altitude: float, qnh: float) -> float:
    return pressure_altitude if limit.is_flight_level else pressure_altitude - pressure_altitude_ft(qnh)


def is_at_or_below(floor: Limit, pressure_altitude: float, qnh: float) -> bool:
    return floor.value_ft <= level_in_terms_of(floor, pressure_altitude, qnh)


def is_at_or_above(ceiling: Limit, pressure_altitude: float, qnh: float) -> bool:
    return ceiling.value_ft >= level_in_terms_of(ceiling, pressure_altitude, qnh)
