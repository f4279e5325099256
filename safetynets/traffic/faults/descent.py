"""Faults of the descent: begun too early or late, too steep, to the wrong step, through the cleared level."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import ScenarioError
from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import believable_altitude_ft, bridged
from safetynets.traffic.faults.displace import displaced
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.ramp import STEEPEST, ramp_length_s, rounded_off, smooth_step
from safetynets.traffic.faults.record import FaultRecord
from safetynets.units import FT_PER_NM, M_PER_NM, S_PER_MIN

Floats = NDArray[np.float64]

ORDINARY_FPM = 1500.0
"""Rate of a descent for which none is given (simulator default)."""
ANOTHER_PROFILE_FT = 50.0
"""From this displacement on the vertical rate is that of the new profile alone."""
FASTER = 0.3
"""Share by which a profile is flown faster or slower while a shift comes in (simulator default)."""
LANDED_FT = 25.0
"""A profile within this of its lowest altitude has come to its end (one step of Mode C)."""
AT_LEVEL_FT = 75.0
"""An aircraft this near to a level, and not yet below it by more, has reached it."""


def shifted_descent(
    flight: Flight,
    *,
    early_nm: float,
    from_time_s: float | None = None,
    level_off_ft: float | None = None,
    for_s: float | None = None,
    fault: str = "early_descent",
) -> tuple[Tracks, FaultRecord]:
    """One track whose vertical profile is flown `early_nm` earlier along its own path; negative is later.

    The shift comes in gently: while it does, the profile is flown at most 30 % faster or slower. It goes again after
    `for_s`. With `level_off_ft` (an altitude on the QNH) an early descent stops there until the flight as it was has
    come down to it. A flight that landed goes on down at the slope of its last mile until it meets the ground.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    altitude_ft = flight.altitude_ft
    start_s = float(time_s[0]) if from_time_s is None else from_time_s
    flown_nm = _flown_nm(tracks, rows)
    speed_nmps = flown_nm[-1] / max(1.0, float(time_s[-1] - time_s[0]))
    length_s = STEEPEST * abs(early_nm) / (FASTER * max(speed_nmps, 0.01))
    share, _ = smooth_step(time_s, start_s, length_s)
    if for_s is not None:
        share = share * (1.0 - smooth_step(time_s, start_s + for_s, length_s)[0])
    # A second track of the same flight, further along: what it does there is done here already.
    target_ft = _at_distance_ft(flown_nm + early_nm * share, flown_nm, altitude_ft)
    if level_off_ft is not None:
        target_ft = np.where(
            target_ft < altitude_ft, np.maximum(target_ft, np.minimum(altitude_ft, level_off_ft)), target_ft
        )
    return _flown(flight, target_ft - altitude_ft, fault, {"early_nm": early_nm})


def descent_below(
    flight: Flight,
    *,
    start_s: float,
    level_ft: float | None,
    rate_fpm: float | None = None,
    angle_deg: float | None = None,
    for_s: float | None = None,
    fault: str = "too_steep",
    settings: Mapping[str, NDArray[np.float64]] | None = None,
) -> tuple[Tracks, FaultRecord]:
    """One track that descends below what it flew, from `start_s`, at a rate or an angle, down to `level_ft` if given.

    Wherever the flight as it was is lower, it is followed. After `for_s` the crew climbs back to it at no more than
    1,500 ft/min.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    altitude_ft = flight.altitude_ft
    first_ft = float(np.interp(start_s, time_s, altitude_ft))
    if angle_deg is not None:
        flown_nm = _flown_nm(tracks, rows)
        since_nm = flown_nm - np.interp(start_s, time_s, flown_nm)
        lost_ft = np.maximum(since_nm, 0.0) * FT_PER_NM * math.tan(math.radians(angle_deg))
    else:
        lost_ft = np.maximum(time_s - start_s, 0.0) / S_PER_MIN * (ORDINARY_FPM if rate_fpm is None else rate_fpm)
    target_ft = first_ft - lost_ft
    if level_ft is not None:
        target_ft = np.maximum(target_ft, level_ft)
    up_ft = np.where(time_s >= start_s, np.minimum(target_ft - altitude_ft, 0.0), 0.0)
    if for_s is not None:
        end_s = start_s + for_s
        depth_ft = float(np.interp(end_s, time_s, up_ft))
        up_ft = up_ft * (1.0 - smooth_step(time_s, end_s, ramp_length_s(depth_ft, ORDINARY_FPM))[0])
    asked: dict[str, float | str] = {}
    for name, value in (("level_ft", level_ft), ("rate_fpm", rate_fpm), ("angle_deg", angle_deg), ("for_s", for_s)):
        if value is not None:
            asked[name] = value
    return _flown(flight, up_ft, fault, asked, settings)


def through_cleared_level(
    flight: Flight,
    *,
    cleared_ft: float,
    by_ft: float,
    for_s: float | None = None,
) -> tuple[Tracks, FaultRecord]:
    """One track that does not level off at `cleared_ft` (an altitude on the QNH) but `by_ft` below it.

    It goes on at the rate at which it came (at least 500 ft/min). Surveillance knows the cleared level until the flight
    as it was leaves it.

    Raises
    ------
    ScenarioError
        When the flight never comes down to the cleared level.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    altitude_ft = flight.altitude_ft
    above = np.flatnonzero(altitude_ft > cleared_ft + AT_LEVEL_FT)
    reached = int(above[-1]) + 1 if len(above) else 0
    if reached == 0 or reached >= len(time_s):
        raise ScenarioError(
            f"the flight does not descend to {cleared_ft:.0f} ft",
            where=flight.callsign,
            mend="give the level at which it levels off",
        )
    before = int(np.searchsorted(time_s, time_s[reached] - 30.0))
    fell_ft = altitude_ft[before] - altitude_ft[reached]
    rate_fpm = max(500.0, fell_ft / max(1.0, time_s[reached] - time_s[before]) * S_PER_MIN)
    held = (time_s >= time_s[before]) & (altitude_ft > cleared_ft - AT_LEVEL_FT)
    known = np.where(held, cleared_ft, tracks.cleared_altitude_ft[rows])
    return descent_below(
        flight,
        start_s=float(time_s[reached]),
        level_ft=cleared_ft - by_ft,
        rate_fpm=rate_fpm,
        for_s=for_s,
        fault="through_cleared_level",
        settings={"cleared_altitude_ft": known},
    )


def _flown(
    flight: Flight,
    up_ft: Floats,
    fault: str,
    asked: Mapping[str, float | str],
    settings: Mapping[str, NDArray[np.float64]] | None = None,
) -> tuple[Tracks, FaultRecord]:
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    smooth_ft, smooth_ftps = rounded_off(time_s, up_ft)
    # A recorded rate and a recorded altitude do not agree to the foot: where the flight is another, both are new.
    old_ft, old_fpm = believable_altitude_ft(tracks, rows), tracks.vertical_rate_fpm[rows]
    new_ft, new_ftps = rounded_off(time_s, old_ft + up_ft)
    another, _ = smooth_step(np.abs(smooth_ft), 0.0, ANOTHER_PROFILE_FT)
    return displaced(
        flight,
        fault=fault,
        asked=asked,
        up_ft=another * (new_ft - old_ft) + (1.0 - another) * smooth_ft,
        up_fpm=another * (new_ftps * S_PER_MIN - old_fpm) + (1.0 - another) * smooth_ftps * S_PER_MIN,
        settings=settings,
    )


def _at_distance_ft(wanted_nm: Floats, flown_nm: Floats, altitude_ft: Floats) -> Floats:
    """Altitude where that distance is flown; a profile that ends at its lowest goes on down at its last slope."""
    target_ft: Floats = np.interp(wanted_nm, flown_nm, altitude_ft)
    lowest_ft = altitude_ft.min()
    if altitude_ft[-1] > lowest_ft + LANDED_FT:
        return target_ft
    end = int(np.argmax(altitude_ft <= lowest_ft + LANDED_FT))
    mile_ft = float(np.interp(flown_nm[end] - 1.0, flown_nm, altitude_ft)) - altitude_ft[end]
    beyond_nm = wanted_nm - flown_nm[end]
    return np.where(beyond_nm > 0.0, altitude_ft[end] - mile_ft * beyond_nm, target_ft)


def _flown_nm(tracks: Tracks, rows: slice) -> Floats:
    """Distance flown (NM) since the first plot: the speed summed up, so that a position that sticks spoils nothing."""
    from scipy.integrate import cumulative_trapezoid  # a quarter of a second that few runs need

    speed_mps = bridged(tracks.time_s[rows], np.hypot(tracks.vx_mps[rows], tracks.vy_mps[rows]))
    flown_m: Floats = cumulative_trapezoid(speed_mps, tracks.time_s[rows], initial=0.0)
    return flown_m / M_PER_NM
