"""Faults that lead into an area: below a minimum altitude under vectors, or into a volume."""

from __future__ import annotations

import math

import numpy as np
import shapely

from safetynets.altimetry import pressure_altitude_ft
from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Limit, MinimumAltitude, Volume
from safetynets.tracks import Tracks
from safetynets.traffic.faults.descent import descent_below
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.lateral import lateral_offset, offset_length_s
from safetynets.traffic.faults.record import FaultRecord
from safetynets.units import M_PER_NM, S_PER_MIN

DESCENT_FPM = 1000.0
"""Rate at which a flight descends on a vector (simulator default)."""
INSIDE_FT = 100.0
"""How far inside the vertical limits of a volume a flight is led."""


def vectored_below_minimum(
    flight: Flight,
    *,
    minimum: MinimumAltitude,
    by_ft: float,
) -> tuple[Tracks, FaultRecord]:
    """One track that, under vectors, is `by_ft` below a minimum altitude while it crosses the minimum's polygon.

    It descends before the edge at 1,000 ft/min, and climbs back when it has crossed. Wherever it was lower, it stays
    so.

    Raises
    ------
    ScenarioError
        When the flight does not cross the polygon.
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    inside = np.flatnonzero(shapely.intersects_xy(minimum.area, tracks.x_m[rows], tracks.y_m[rows]))
    if len(inside) == 0:
        raise ScenarioError(
            f"the flight does not cross {minimum.name!r}",
            where=flight.callsign,
            mend="choose a flight and a minimum altitude that it crosses",
        )
    enters_s, leaves_s = float(time_s[inside[0]]), float(time_s[inside[-1]])
    level_ft = minimum.minimum_ft - by_ft
    altitude_ft = flight.altitude_ft
    to_lose_ft = max(0.0, float(altitude_ft[inside[0]]) - level_ft)
    start_s = enters_s - to_lose_ft / DESCENT_FPM * S_PER_MIN
    vectored = np.array(tracks.vectored[rows], dtype=np.float64)
    vectored[(time_s >= start_s) & (time_s <= leaves_s)] = 1.0
    return descent_below(
        flight,
        start_s=start_s,
        level_ft=level_ft,
        rate_fpm=DESCENT_FPM,
        for_s=leaves_s - start_s,
        fault="vectored_below_minimum",
        settings={"vectored": vectored},
    )


def into_volume(
    flight: Flight,
    *,
    volume: Volume,
    stay_s: float,
) -> tuple[Tracks, FaultRecord]:
    """One track moved aside, and up or down, so that it passes through the inside of a volume, and back after `stay_s`.

    Where it came nearest to the volume it now passes through a point inside.

    Raises
    ------
    ScenarioError
        When the volume is too far away to be reached from the beginning of the track, or the track has no position or
        altitude.
    """
    rows, time_s = flight.rows, flight.time_s
    x_m, y_m = flight.tracks.x_m[rows], flight.tracks.y_m[rows]
    if volume.area is None:
        inner_x_m, inner_y_m = volume.x_m, volume.y_m
    else:
        inner = volume.area.representative_point()
        inner_x_m, inner_y_m = inner.x, inner.y
    if not np.isfinite(x_m).any():
        raise ScenarioError("the track has no position", where=flight.callsign, mend="choose another flight")
    nearest = int(np.nanargmin(np.hypot(x_m - inner_x_m, y_m - inner_y_m)))
    east_m, north_m = inner_x_m - x_m[nearest], inner_y_m - y_m[nearest]
    altitude_ft = float(flight.altitude_ft[nearest])
    lowest_ft = _altitude_ft(volume.floor, flight.qnh_hpa) + INSIDE_FT
    highest_ft = _altitude_ft(volume.ceiling, flight.qnh_hpa) - INSIDE_FT
    up_ft = min(max(altitude_ft, lowest_ft), max(lowest_ft, highest_ft)) - altitude_ft
    right_m = math.hypot(east_m, north_m)
    length_s = offset_length_s(right_m, up_ft)
    start_s = float(time_s[nearest]) - length_s - stay_s / 2.0
    if start_s < time_s[0]:
        raise ScenarioError(
            f"the flight comes no nearer to the inside of {volume.name!r} than {right_m / M_PER_NM:.1f} NM",
            where=flight.callsign,
            mend="choose a flight that passes nearer",
        )
    return lateral_offset(
        flight,
        right_m=right_m,
        course_deg=math.degrees(math.atan2(east_m, north_m)) - 90.0,
        start_s=start_s,
        up_ft=up_ft,
        for_s=length_s + stay_s,
        fault="into_volume",
        asked={"volume": volume.name, "stay_s": stay_s},
    )


def _altitude_ft(limit: Limit, qnh_hpa: float) -> float:
    return limit.value_ft - pressure_altitude_ft(qnh_hpa) if limit.is_flight_level else limit.value_ft
