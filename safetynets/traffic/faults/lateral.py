"""Faults of the path over the ground: beside the course, to the wrong runway, into a volume, towards terrain."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Approach
from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import believable_altitude_ft, bridged
from safetynets.traffic.faults.displace import displaced
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.ramp import ramp_length_s, rounded_off, sideways_length_s, smooth_step
from safetynets.traffic.faults.record import FaultRecord
from safetynets.units import S_PER_MIN

Floats = NDArray[np.float64]

CHANGE_FPM = 1000.0
"""Rate, relative to the flight as it was, at which another level is taken on the way (simulator default)."""
MOST_TURN_RAD = math.radians(45.0)
"""Greatest angle between two runways of which one can be taken for the other."""
TURN_RATE_DEGPS = 3.0
"""Rate of a turn that nobody asked for: a standard turn."""
ROLL_S = 5.0
FINE_S = 0.1


def lateral_offset(
    flight: Flight,
    *,
    right_m: float,
    course_deg: float,
    start_s: float,
    up_ft: float = 0.0,
    for_s: float | None = None,
    fault: str = "lateral_offset",
    asked: Mapping[str, float | str] | None = None,
) -> tuple[Tracks, FaultRecord]:
    """One track moved `right_m` to the right of a course on the plane (left negative), from `start_s`, or for a time.

    It moves sideways at no more than 25 m/s, and up by `up_ft` in the same time.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    length_s = offset_length_s(right_m, up_ft)
    share, share_per_s = smooth_step(time_s, start_s, length_s)
    if for_s is not None:
        back, back_per_s = smooth_step(time_s, start_s + for_s, length_s)
        share, share_per_s = share * (1.0 - back), share_per_s * (1.0 - back) - share * back_per_s
    east, north = math.cos(math.radians(course_deg)), -math.sin(math.radians(course_deg))
    moved = {
        "x_m": tracks.x_m[rows] + right_m * share * east,
        "y_m": tracks.y_m[rows] + right_m * share * north,
        "vx_mps": tracks.vx_mps[rows] + right_m * share_per_s * east,
        "vy_mps": tracks.vy_mps[rows] + right_m * share_per_s * north,
    }
    return displaced(
        flight,
        fault=fault,
        asked={"right_m": right_m} if asked is None else asked,
        up_ft=up_ft * share,
        up_fpm=up_ft * share_per_s * S_PER_MIN,
        moved=moved,
        right_m=right_m * share,
    )


def offset_length_s(right_m: float, up_ft: float) -> float:
    """How long (s) a flight takes to move aside and up as far as this."""
    return max(sideways_length_s(right_m), ramp_length_s(up_ft, CHANGE_FPM) if up_ft else 0.0)


def wrong_runway(
    flight: Flight,
    *,
    approach: Approach,
    instead: Approach,
    start_s: float,
) -> tuple[Tracks, FaultRecord]:
    """One track that lands on another runway than the one it was cleared for, as it flew to its own.

    Distance, offset and height of the flight relative to its own threshold become those relative to the other; the
    flight moves over from `start_s` on. The runway that surveillance knows stays.

    Raises
    ------
    ScenarioError
        When the flight has landed before it has moved over, and for runways in different directions.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    x_m, y_m = (bridged(time_s, values[rows]) for values in (tracks.x_m, tracks.y_m))
    turn_rad = math.radians(instead.course_deg - approach.course_deg)
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    east_m, north_m = x_m - approach.x_m, y_m - approach.y_m
    away_x_m = instead.x_m + east_m * cos + north_m * sin - x_m
    away_y_m = instead.y_m + north_m * cos - east_m * sin - y_m
    vx_mps, vy_mps = tracks.vx_mps[rows], tracks.vy_mps[rows]
    away_vx_mps, away_vy_mps = vx_mps * cos + vy_mps * sin - vx_mps, vy_mps * cos - vx_mps * sin - vy_mps
    across = math.cos(math.radians(approach.course_deg)), -math.sin(math.radians(approach.course_deg))
    aside_m = away_x_m * across[0] + away_y_m * across[1]
    if math.cos(turn_rad) < math.cos(MOST_TURN_RAD):
        raise ScenarioError(
            f"{instead.name!r} lies in another direction than {approach.name!r}",
            where=flight.callsign,
            mend="choose a runway within 45 degrees",
        )
    length_s = sideways_length_s(float(np.interp(start_s, time_s, aside_m)))
    if start_s + length_s > time_s[-1]:
        raise ScenarioError(
            f"it takes {length_s:.0f} s to move over from {approach.name!r} to {instead.name!r}",
            where=flight.callsign,
            mend="start the fault earlier",
        )
    share, share_per_s = smooth_step(time_s, start_s, length_s)
    higher_ft = instead.threshold_elevation_ft - approach.threshold_elevation_ft
    return displaced(
        flight,
        fault="wrong_runway",
        asked={"approach": approach.name, "instead": instead.name},
        up_ft=higher_ft * share,
        up_fpm=higher_ft * share_per_s * S_PER_MIN,
        moved={
            "x_m": tracks.x_m[rows] + share * away_x_m,
            "y_m": tracks.y_m[rows] + share * away_y_m,
            "vx_mps": vx_mps + share * away_vx_mps + share_per_s * away_x_m,
            "vy_mps": vy_mps + share * away_vy_mps + share_per_s * away_y_m,
        },
        right_m=share * aside_m,
    )


def turn_away(
    flight: Flight,
    *,
    turn_deg: float,
    start_s: float,
    for_s: float,
    level: bool = False,
) -> tuple[Tracks, FaultRecord]:
    """One track that turns by `turn_deg` (right positive), then flies straight; it ends after `for_s`.

    The turn is flown at 3 degrees a second. Speed and altitude stay those of the flight as it was; with `level` the
    altitude at which the turn begins is kept.
    """
    from scipy.integrate import cumulative_trapezoid  # a quarter of a second that few runs need

    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    speed_mps = bridged(time_s, np.hypot(tracks.vx_mps[rows], tracks.vy_mps[rows]))
    turned = time_s >= start_s
    since_s = time_s[turned] - start_s
    fine_s = np.arange(0.0, for_s + 2.0 * FINE_S, FINE_S)
    first = {
        name: float(np.interp(start_s, time_s, bridged(time_s, getattr(tracks, name)[rows])))
        for name in ("x_m", "y_m", "vx_mps", "vy_mps")
    }
    course_rad = math.atan2(first["vx_mps"], first["vy_mps"]) + math.radians(turn_deg) * _turned_share(turn_deg, fine_s)
    fine_mps = np.interp(start_s + fine_s, time_s, speed_mps)
    old = {name: bridged(time_s, getattr(tracks, name)[rows]) for name in first}
    moved = {name: np.array(values) for name, values in old.items()}
    for place, velocity, component in (("x_m", "vx_mps", np.sin), ("y_m", "vy_mps", np.cos)):
        fine_component_mps = fine_mps * component(course_rad)
        flown_m = cumulative_trapezoid(fine_component_mps, dx=FINE_S, initial=0.0)
        moved[place][turned] = first[place] + np.interp(since_s, fine_s, flown_m)
        moved[velocity][turned] = np.interp(since_s, fine_s, fine_component_mps)
    aside_m = np.hypot(moved["x_m"] - old["x_m"], moved["y_m"] - old["y_m"]) * math.copysign(1.0, turn_deg)
    for name in moved:
        moved[name][np.isnan(getattr(tracks, name)[rows])] = np.nan
    up_ft = up_fpm = None
    if level:
        altitude_ft = believable_altitude_ft(tracks, rows)
        held_ft = np.where(turned, float(np.interp(start_s, time_s, altitude_ft)) - altitude_ft, 0.0)
        up_ft, up_ftps = rounded_off(time_s, held_ft)
        up_fpm = up_ftps * S_PER_MIN
    return displaced(
        flight,
        fault="turn_towards_terrain",
        asked={"turn_deg": turn_deg, "for_s": for_s},
        up_ft=up_ft,
        up_fpm=up_fpm,
        moved=moved,
        right_m=aside_m,
        until_s=start_s + for_s,
    )


def _turned_share(turn_deg: float, since_s: Floats) -> Floats:
    """Share of a turn that is flown: the turn rate rises and falls evenly over `ROLL_S`."""
    from scipy.integrate import cumulative_trapezoid  # a quarter of a second that few runs need

    length_s = abs(turn_deg) / TURN_RATE_DEGPS + ROLL_S
    edge_s = min(ROLL_S, length_s / 2.0)
    rate = np.clip(np.minimum(since_s, length_s - since_s) / edge_s, 0.0, 1.0)
    flown: Floats = cumulative_trapezoid(rate, dx=FINE_S, initial=0.0) / (length_s - edge_s)
    return np.minimum(flown, 1.0)
