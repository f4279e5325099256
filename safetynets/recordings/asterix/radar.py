"""Where a radar sees an aircraft: slant range and azimuth to latitude and longitude on WGS 84, and back.

The heights of radar and aircraft are taken to have one vertical reference: what they differ by (the geoid, the
QNH) moves an aircraft at 20 NM and 10,000 ft by 2.5 m for 30 m of difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]

Radars = Mapping[tuple[int, int], tuple[float, float, float]]
"""Position of each radar by (SAC, SIC): latitude (deg), longitude (deg), height of the antenna (m)."""

ITERATIONS = 5
"""Each makes the error of the height at least a hundred times smaller; the first is off by less than a kilometre."""


@cache
def _geocentric() -> Transformer:
    return Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def _axes(latitude_deg: float, longitude_deg: float) -> tuple[Floats, Floats, Floats]:
    """East, north and up at a place, in geocentric coordinates."""
    north, east = np.radians(latitude_deg), np.radians(longitude_deg)
    return (
        np.array([-np.sin(east), np.cos(east), 0.0]),
        np.array([-np.sin(north) * np.cos(east), -np.sin(north) * np.sin(east), np.cos(north)]),
        np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]),
    )


def geographic(
    slant_range_m: Floats, azimuth_deg: Floats, height_m: Floats, radar: tuple[float, float, float]
) -> tuple[Floats, Floats]:
    """Latitude and longitude (deg) of what is seen at this slant range and azimuth (from true north) at this height.

    Where the height is unknown, so is the position. An aircraft nearer than it is high is right above the radar.

    >>> range_m, azimuth_deg, height_m = np.array([1852.0]), np.array([0.0]), np.array([100.0])
    >>> latitude_deg, longitude_deg = geographic(range_m, azimuth_deg, height_m, (47.0, 8.0, 100.0))
    >>> latitude_deg.round(4).tolist(), longitude_deg.round(4).tolist()
    ([47.0167], [8.0])
    """
    latitude, longitude, radar_m = radar
    east, north, up = _axes(latitude, longitude)
    origin = np.array(_geocentric().transform(longitude, latitude, radar_m))
    known = np.isfinite(slant_range_m) & np.isfinite(azimuth_deg) & np.isfinite(height_m)
    range_m, azimuth, wanted_m = slant_range_m[known], np.radians(azimuth_deg[known]), height_m[known]
    rise_m = wanted_m - radar_m
    found = np.zeros(len(range_m)), np.zeros(len(range_m)), np.zeros(len(range_m))
    for _ in range(ITERATIONS):
        rise_m = np.clip(rise_m, -range_m, range_m)
        level_m = np.sqrt(range_m**2 - rise_m**2)
        offset = np.outer(level_m * np.sin(azimuth), east) + np.outer(level_m * np.cos(azimuth), north)
        place = origin + offset + np.outer(rise_m, up)
        found = _geocentric().transform(place[:, 0], place[:, 1], place[:, 2], direction="INVERSE")
        rise_m = rise_m + wanted_m - found[2]
    latitude_deg, longitude_deg = np.full(len(known), np.nan), np.full(len(known), np.nan)
    longitude_deg[known], latitude_deg[known] = found[0], found[1]
    return latitude_deg, longitude_deg


def seen(
    latitude_deg: Floats, longitude_deg: Floats, height_m: Floats, radar: tuple[float, float, float]
) -> tuple[Floats, Floats]:
    """Slant range (m) and azimuth (deg from true north) at which a radar sees a place; the inverse of `geographic`."""
    latitude, longitude, radar_m = radar
    east, north, _ = _axes(latitude, longitude)
    origin = np.array(_geocentric().transform(longitude, latitude, radar_m))
    known = np.isfinite(latitude_deg) & np.isfinite(longitude_deg) & np.isfinite(height_m)
    place = _geocentric().transform(longitude_deg[known], latitude_deg[known], height_m[known])
    offset = np.column_stack(place) - origin
    range_m, azimuth_deg = np.full(len(known), np.nan), np.full(len(known), np.nan)
    range_m[known] = np.sqrt((offset**2).sum(axis=1))
    azimuth_deg[known] = np.degrees(np.arctan2(offset @ east, offset @ north)) % 360.0
    return range_m, azimuth_deg
