"""Which plots a net judges: the first rule that applies is the reason it does not.

Order: position, duplicate, stuck, coasted, age; pressure altitude; velocity; on the ground; flight rules; SSR code;
call sign; visual; inhibit volume; QNH (docs/nets.md, Eligibility).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.nets.conflicts import Net, Reason
from safetynets.nets.picture import Picture
from safetynets.nets.schedules import is_active
from safetynets.sites.geometry import InhibitVolume, Limit, Site
from safetynets.sites.parameters import Eligibility
from safetynets.tracks import PlotFlag, Tracks

Mask = NDArray[np.bool_]


def reasons(
    tracks: Tracks, picture: Picture, site: Site, net: Net, track_start_s: NDArray[np.float64]
) -> NDArray[np.int8]:
    """`Reason.JUDGED`, or why the net does not judge the plot, for every plot.

    `track_start_s` is the time of the first plot of each track.
    """
    parameters: Eligibility = getattr(site.parameters, net.name.lower())
    reason = np.full(len(tracks), Reason.JUDGED, dtype=np.int8)
    for why, applies in checks(tracks, picture, site, net, parameters, track_start_s):
        reason[(reason == Reason.JUDGED) & applies] = why
    return reason


def checks(
    tracks: Tracks,
    picture: Picture,
    site: Site,
    net: Net,
    parameters: Eligibility,
    track_start_s: NDArray[np.float64],
) -> list[tuple[Reason, Mask]]:
    """Every rule in its order, with the plots that it keeps from being judged."""
    flagged = tracks.flags
    visual = (tracks.visual == 1) & (not parameters.judge_visual)
    coasted = (tracks.coasted == 1) & (not parameters.use_coasted_plots)
    age_s = tracks.time_s - track_start_s[tracks.track]
    moving = np.isfinite(tracks.vx_mps) & np.isfinite(tracks.vy_mps) & np.isfinite(tracks.vertical_rate_fpm)
    return [
        (Reason.NO_POSITION, ~(np.isfinite(tracks.x_m) & np.isfinite(tracks.y_m))),
        (Reason.DUPLICATE_PLOT, (flagged & PlotFlag.DUPLICATE) != 0),
        (Reason.STUCK_PLOT, (flagged & PlotFlag.STUCK) != 0),
        (Reason.COASTED, coasted),
        (Reason.TRACK_TOO_YOUNG, age_s < parameters.minimum_track_age_s),
        (Reason.ALTITUDE_SPIKE, (flagged & PlotFlag.ALTITUDE_SPIKE) != 0),
        (Reason.NO_PRESSURE_ALTITUDE, ~np.isfinite(tracks.pressure_altitude_ft)),
        (Reason.NO_VELOCITY, ~moving),
        (Reason.ON_GROUND, tracks.on_ground == 1),
        *((why, applies[tracks.track]) for why, applies in track_rules(tracks, parameters)),
        (Reason.VISUAL, visual),
        (Reason.INHIBIT_VOLUME, inside_inhibit_volume(tracks, picture, site, net)),
        (Reason.QNH_UNKNOWN, ~np.isfinite(picture.qnh_hpa)),
    ]


def track_rules(tracks: Tracks, parameters: Eligibility) -> list[tuple[Reason, Mask]]:
    """The rules that hold for whole tracks, in their order, with the tracks that they keep from being judged."""
    rules = is_one_of(tracks.flight_rules, [rules.replace("unknown", "") for rules in parameters.flight_rules])
    wrong_code = is_one_of(tracks.ssr_code, parameters.excluded_ssr_codes)
    if parameters.eligible_ssr_codes:
        wrong_code |= ~is_one_of(tracks.ssr_code, parameters.eligible_ssr_codes)
    return [
        (Reason.FLIGHT_RULES, ~rules),
        (Reason.SSR_CODE, wrong_code),
        (Reason.CALLSIGN_INHIBITED, is_one_of(tracks.callsign, parameters.inhibited_callsigns)),
    ]


def is_one_of(facts: NDArray[np.object_], words: Sequence[str]) -> Mask:
    """Which of the facts about tracks are among the words.

    >>> is_one_of(np.array(["1000", "7000"], dtype=object), ["7000"]).tolist()
    [False, True]
    """
    if not words:
        return np.zeros(len(facts), dtype=np.bool_)
    # The words are few: comparing all facts with each takes half the time of looking each fact up.
    among: Mask = np.any([facts == word for word in words], axis=0)
    return among


def inside_inhibit_volume(tracks: Tracks, picture: Picture, site: Site, net: Net) -> Mask:
    """Which plots are inside an active inhibit volume of the net."""
    inside = np.zeros(len(tracks), dtype=np.bool_)
    for volume in site.inhibit_volumes:
        if net.name in volume.nets:
            inside |= inhibited_by(tracks, picture, volume)
    return inside


def inhibited_by(tracks: Tracks, picture: Picture, volume: InhibitVolume) -> Mask:
    """Which plots are inside one inhibit volume while it is active; its limits belong to it."""
    return (
        shapely.intersects_xy(volume.area, tracks.x_m, tracks.y_m)
        & (tracks.pressure_altitude_ft >= _as_pressure_altitude_ft(volume.floor, picture))
        & (tracks.pressure_altitude_ft <= _as_pressure_altitude_ft(volume.ceiling, picture))
        & is_active(volume.schedule, tracks.time_s)
    )


def _as_pressure_altitude_ft(limit: Limit, picture: Picture) -> NDArray[np.float64]:
    if limit.is_flight_level:
        return np.full(len(picture), limit.value_ft)
    return limit.value_ft + picture.qnh_pressure_altitude_ft
