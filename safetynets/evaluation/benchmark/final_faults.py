"""Faults of the final split, drawn by a generator of its own: no code and no distribution is that of training.

A net tuned on the faults of `traffic.faults` may have learnt that generator. Here a flight leaves its path by a profile
over the distance to go, which is made of a few knots joined by smooth curves, vertically and laterally at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from safetynets.sites.approach_path import along_and_across, course_vector
from safetynets.sites.geometry import Approach
from safetynets.tracks import Tracks
from safetynets.units import fpm_to_ftps

KNOTS_NM = np.array([20.0, 14.0, 10.0, 7.0, 5.0, 3.0, 1.0])
SHAPES = ("step", "sag", "drift", "offset")
LEAST_ALTITUDE_FT = 300.0


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
