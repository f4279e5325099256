"""Faults of the final split, drawn by a generator of its own: no code and no distribution is that of training.

A net tuned on the faults of `traffic.faults` may have learnt that generator. Here a flight on final leaves its path by
a profile over the distance to go, which is made of a few knots joined by smooth curves, vertically and laterally at
once; one in the terminal area swings out to a place where it should not be, and back.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites import Site
from safetynets.sites.approach_path import along_and_across, course_vector
from safetynets.sites.geometry import Approach, Volume
from safetynets.tracks import Tracks
from safetynets.traffic.places import ground
from safetynets.units import fpm_to_ftps

KNOTS_NM = np.array([20.0, 14.0, 10.0, 7.0, 5.0, 3.0, 1.0])
SHAPES = ("step", "sag", "drift", "offset")
LEAST_ALTITUDE_FT = 300.0
SWING_MPS, SWING_FPM, LEAST_SWING_S = 60.0, 1300.0, 40.0
"""How fast, on the average, a flight swings aside and down."""
MOST_POINTS = 1000


def displaced_flight(flight: Tracks, approach: Approach, random: np.random.Generator) -> tuple[Tracks, str]:
    """A flight on final that leaves its path, and the shape in which it does; the same draws give the same flight."""
    shape = SHAPES[int(random.integers(len(SHAPES)))]
    size_ft, size_m = float(random.gamma(2.0, 130.0)), float(random.gamma(2.0, 220.0))
    begins, side = int(random.integers(1, 4)), float(random.choice([-1.0, 1.0]))
    down, aside = np.zeros(len(KNOTS_NM)), np.zeros(len(KNOTS_NM))
    if shape == "step":
        down[begins + 1 :] = size_ft
    elif shape == "sag":
        down[begins + 1 : begins + 3] = size_ft
    elif shape == "drift":
        down[begins:] = np.linspace(0.0, size_ft, len(KNOTS_NM) - begins)
    else:
        aside[begins + 1 :] = side * size_m
    distance_nm, _ = along_and_across(approach, flight.x_m, flight.y_m)
    near = np.clip(np.nan_to_num(distance_nm, nan=KNOTS_NM[0]), KNOTS_NM[-1], KNOTS_NM[0])
    lower_ft = _over_distance(down, near)
    right_m = _over_distance(aside, near)
    altitude_ft = flight.pressure_altitude_ft - np.minimum(
        lower_ft, np.maximum(flight.pressure_altitude_ft - LEAST_ALTITUDE_FT, 0.0)
    )
    east, north = course_vector(approach)
    moved = flight.with_columns(
        x_m=flight.x_m + right_m * north,
        y_m=flight.y_m - right_m * east,
        pressure_altitude_ft=altitude_ft,
        geometric_altitude_ft=flight.geometric_altitude_ft - (flight.pressure_altitude_ft - altitude_ft),
        vertical_rate_fpm=flight.vertical_rate_fpm - _rate_fpm(flight, flight.pressure_altitude_ft - altitude_ft),
    )
    return with_positions(moved), shape


def flight_astray(
    flight: Tracks, site: Site, volume: Volume | None, qnh_hpa: float, random: np.random.Generator
) -> tuple[Tracks, str, float] | None:
    """A flight that swings out into a volume, or (without one) down and aside over low ground, and back.

    Returns it with the name of the fault and the moment at which it begins; None where the flight has no room for it.
    """
    first, last = int(0.3 * len(flight)), int(0.85 * len(flight))
    if last <= first:
        return None
    at = int(random.integers(first, last))
    altitude_ft = flight.pressure_altitude_ft - pressure_altitude_ft(qnh_hpa)
    if volume is not None:
        aside_m = np.array(_point_in(volume, random)) - (flight.x_m[at], flight.y_m[at])
        low_ft, high_ft = limits_ft(volume, qnh_hpa)
        up_ft = float(np.clip(altitude_ft[at], low_ft + 150.0, max(low_ft + 150.0, high_ft - 150.0)) - altitude_ft[at])
    else:
        turn_rad = float(random.uniform(-np.pi, np.pi))
        aside_m = float(random.gamma(2.0, 1500.0)) * np.array([np.sin(turn_rad), np.cos(turn_rad)])
        there = np.array([[flight.x_m[at]], [flight.y_m[at]]]) + aside_m[:, None]
        up_ft = float(ground(site).elevation_ft(*there)[0] + random.gamma(2.0, 350.0) - altitude_ft[at])
    if not np.isfinite(up_ft) or (up_ft > 0.0 and volume is None):
        return None
    swing_s = max(np.hypot(*aside_m) / SWING_MPS, abs(up_ft) / SWING_FPM * 60.0, LEAST_SWING_S)
    if flight.time_s[at] - swing_s < flight.time_s[0]:
        return None
    since = np.clip((flight.time_s - flight.time_s[at]) / swing_s, -1.0, 1.0)
    share = (1.0 + np.cos(np.pi * since)) / 2.0
    per_s = np.where(np.abs(since) < 1.0, -np.pi * np.sin(np.pi * since) / 2.0 / swing_s, 0.0)
    moved = flight.with_columns(
        x_m=flight.x_m + share * aside_m[0],
        y_m=flight.y_m + share * aside_m[1],
        vx_mps=flight.vx_mps + per_s * aside_m[0],
        vy_mps=flight.vy_mps + per_s * aside_m[1],
        pressure_altitude_ft=flight.pressure_altitude_ft + share * up_ft,
        geometric_altitude_ft=flight.geometric_altitude_ft + share * up_ft,
        vertical_rate_fpm=flight.vertical_rate_fpm + per_s * up_ft * 60.0,
    )
    name = "swings into a volume" if volume is not None else "swings low"
    return with_positions(moved), name, float(flight.time_s[at] - swing_s)


def limits_ft(volume: Volume, qnh_hpa: float) -> tuple[float, float]:
    """Floor and ceiling of a volume as altitudes on a QNH."""
    off_ft = pressure_altitude_ft(qnh_hpa)
    low, high = (
        limit.value_ft - off_ft if limit.is_flight_level else limit.value_ft for limit in (volume.floor, volume.ceiling)
    )
    return low, high


def _point_in(volume: Volume, random: np.random.Generator) -> tuple[float, float]:
    """A plane position inside a volume, each as likely."""
    if volume.area is None:
        away_m, turn_rad = volume.radius_m * np.sqrt(random.random()), float(random.uniform(-np.pi, np.pi))
        return float(volume.x_m + away_m * np.sin(turn_rad)), float(volume.y_m + away_m * np.cos(turn_rad))
    west, south, east, north = volume.area.bounds
    for _ in range(MOST_POINTS):
        x_m, y_m = float(random.uniform(west, east)), float(random.uniform(south, north))
        if shapely.intersects_xy(volume.area, x_m, y_m):
            return x_m, y_m
    inner = volume.area.representative_point()
    return float(inner.x), float(inner.y)


def with_positions(tracks: Tracks) -> Tracks:
    """Tracks whose latitude and longitude are where they are on the plane."""
    assert tracks.plane is not None
    latitude_deg, longitude_deg = tracks.plane.to_geographic(tracks.x_m, tracks.y_m)
    return tracks.with_columns(latitude_deg=latitude_deg, longitude_deg=longitude_deg)


def _over_distance(values: NDArray[np.float64], distance_nm: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(PchipInterpolator(KNOTS_NM[::-1], values[::-1])(distance_nm))


def _rate_fpm(flight: Tracks, lower_ft: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much faster the flight descends than it did."""
    per_s = np.gradient(lower_ft, flight.time_s) if len(flight) > 1 else np.zeros(len(flight))
    return np.where(np.isfinite(per_s), per_s / fpm_to_ftps(1.0), 0.0)
