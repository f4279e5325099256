"""Which plots a net judges, slow and obvious: docs/nets.md, "Eligibility"."""

from __future__ import annotations

from safetynets.altimetry import pressure_altitude_ft
from safetynets.engine.net import Net
from safetynets.engine.reasons import Reason
from safetynets.sites.geometry import Limit, Site
from safetynets.sites.parameters import Eligibility
from safetynets.tracks.table import PlotFlag, Tracks
from tests.oracle.apw import is_active
from tests.oracle.areas import holds
from tests.oracle.state import known, qnh_hpa, region_of

YES = 1


def reason_of(tracks: Tracks, plot: int, net: Net, parameters: Eligibility, site: Site) -> Reason:
    """Why the net does not judge this plot, the first reason that applies."""
    track = int(tracks.track[plot])
    time_s = float(tracks.time_s[plot])
    x, y = float(tracks.x_m[plot]), float(tracks.y_m[plot])
    flags = PlotFlag(int(tracks.flags[plot]))
    track_start_s = min(float(t) for t, of in zip(tracks.time_s, tracks.track, strict=True) if of == track)
    if not known(x, y):
        return Reason.NO_POSITION
    if PlotFlag.DUPLICATE in flags:
        return Reason.DUPLICATE_PLOT
    if PlotFlag.STUCK in flags:
        return Reason.STUCK_PLOT
    if tracks.coasted[plot] == YES and not parameters.use_coasted_plots:
        return Reason.COASTED
    if time_s - track_start_s < parameters.minimum_track_age_s:
        return Reason.TRACK_TOO_YOUNG
    if PlotFlag.ALTITUDE_SPIKE in flags:
        return Reason.ALTITUDE_SPIKE
    pressure_altitude = float(tracks.pressure_altitude_ft[plot])
    if not known(pressure_altitude):
        return Reason.NO_PRESSURE_ALTITUDE
    if not known(float(tracks.vx_mps[plot]), float(tracks.vy_mps[plot]), float(tracks.vertical_rate_fpm[plot])):
        return Reason.NO_VELOCITY
    if tracks.on_ground[plot] == YES:
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
    if not known(qnh) and needs_qnh(net, site):
        return Reason.QNH_UNKNOWN
    return Reason.JUDGED


def needs_qnh(net: Net, site: Site) -> bool:
    """Whether a net cannot judge without a QNH: all but the DBPSM against other flights, if no altitude inhibits it."""
    if net.name != "DBPSM" or site.parameters.dbpsm.reference == "given":
        return True
    limits = [limit for v in site.inhibit_volumes if net.name in v.nets for limit in (v.floor, v.ceiling)]
    return not all(limit.is_flight_level for limit in limits)


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
