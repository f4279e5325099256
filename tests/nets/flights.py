"""Straight flights as tracks, plot by plot, for situations told in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from safetynets.altimetry import pressure_altitude_ft
from safetynets.tracks import Tracks
from safetynets.units import ft_to_m
from tests.nets.situations import PLANE

UPDATE_S = 4.0


def flight(
    *,
    altitude_ft: float | Sequence[float],
    x_m: float = 0.0,
    y_m: float = 0.0,
    vx_mps: float = 0.0,
    vy_mps: float = 0.0,
    vertical_rate_fpm: float = 0.0,
    duration_s: float = 60.0,
    qnh_hpa: float = 1013.25,
    start_s: float = 0.0,
    facts: dict[str, list[str]] | None = None,
    **columns: Any,
) -> Tracks:
    """One straight flight of a plot every 4 s; a number for the altitude is where it starts, a sequence all of it."""
    time_s = np.arange(0.0, duration_s + UPDATE_S / 2, UPDATE_S)
    if not np.isscalar(altitude_ft):
        time_s = UPDATE_S * np.arange(len(altitude_ft))
        altitude = np.asarray(altitude_ft, dtype=float)
    else:
        altitude = altitude_ft + vertical_rate_fpm * time_s / 60.0
    return Tracks.from_columns(
        {
            "time_s": start_s + time_s,
            "track": np.zeros(len(time_s), dtype=int),
            "x_m": x_m + vx_mps * time_s,
            "y_m": y_m + vy_mps * time_s,
            "vx_mps": np.full(len(time_s), vx_mps),
            "vy_mps": np.full(len(time_s), vy_mps),
            "pressure_altitude_ft": altitude + pressure_altitude_ft(qnh_hpa),
            "vertical_rate_fpm": np.full(len(time_s), vertical_rate_fpm),
            **{name: np.full(len(time_s), value) for name, value in columns.items()},
        },
        {"callsign": ["SWR123"], **(facts or {})},
        plane=PLANE,
    )


def final_approach(
    *, low_ft: float | np.ndarray = 0.0, from_nm: float = 11.0, speed_mps: float = 70.0, **more: Any
) -> Tracks:
    """A flight down the 3 degree path of `situations.approach()`, `low_ft` below it all the way, to the threshold."""
    distance_m = np.arange(from_nm * 1852.0, 0.0, -speed_mps * UPDATE_S)
    path_m = ft_to_m(50.0) + distance_m * np.tan(np.radians(3.0)) + distance_m**2 / (2 * 6_371_008.8)
    return flight(
        altitude_ft=path_m / 0.3048 - low_ft,
        y_m=-from_nm * 1852.0,
        vy_mps=speed_mps,
        vertical_rate_fpm=-speed_mps * np.tan(np.radians(3.0)) / 0.3048 * 60.0,
        **more,
    )
