"""Faults of the glide path: too shallow, or a false one."""

from __future__ import annotations

import math

import numpy as np

from safetynets.sites.approach_path import along_and_across
from safetynets.sites.geometry import Approach
from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import bridged
from safetynets.traffic.faults.displace import displaced
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.ramp import ramp_length_s, smooth_step
from safetynets.traffic.faults.record import FaultRecord
from safetynets.units import FT_PER_NM, M_PER_NM, S_PER_MIN

JOIN_FPM = 1000.0
"""Rate relative to the flight as it was at which the other path is joined (simulator default)."""


def wrong_glide_path(
    flight: Flight,
    *,
    approach: Approach,
    angle_deg: float,
    start_s: float,
) -> tuple[Tracks, FaultRecord]:
    """One track that flies another path angle to the same runway: 2 degrees is shallow, 6 and 9 are false lobes.

    At a distance d before the threshold it is d·(tan(angle) - tan(published angle)) above where it was. It joins that
    path over the time before `start_s` that a rate of 1,000 ft/min relative to the old one needs.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    along_nm, _ = along_and_across(approach, *(bridged(time_s, values[rows]) for values in (tracks.x_m, tracks.y_m)))
    slope = math.tan(math.radians(angle_deg)) - math.tan(math.radians(approach.angle_deg))
    before_nm = np.maximum(along_nm, 0.0)
    first_ft = float(np.interp(start_s, time_s, before_nm)) * FT_PER_NM * slope
    length_s = ramp_length_s(first_ft, JOIN_FPM)
    share, share_per_s = smooth_step(time_s, start_s - length_s, length_s)
    course_rad = math.radians(approach.course_deg)
    towards_mps = tracks.vx_mps[rows] * math.sin(course_rad) + tracks.vy_mps[rows] * math.cos(course_rad)
    closing_nmps = np.where(along_nm > 0.0, towards_mps, 0.0) / M_PER_NM
    return displaced(
        flight,
        fault="wrong_glide_path",
        asked={"approach": approach.name, "angle_deg": angle_deg},
        up_ft=share * before_nm * FT_PER_NM * slope,
        up_fpm=(share_per_s * before_nm - share * closing_nmps) * FT_PER_NM * slope * S_PER_MIN,
    )
