"""A rotating radar: when it looks, what it sees, and how far off it measures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.geodesy import MEAN_EARTH_RADIUS_M, Plane
from safetynets.sites.geometry import Terrain
from safetynets.tracks import Tracks
from safetynets.traffic.places import Ground
from safetynets.traffic.sensors.mode_c import sent_altitude_ft
from safetynets.traffic.sensors.models import ModeC, Radar
from safetynets.traffic.sensors.plots import Plots, Purpose, stream, truth_at
from safetynets.units import ft_to_m, nm_to_m

Floats = NDArray[np.float64]

BENT_EARTH_RADIUS_M = 4.0 / 3.0 * MEAN_EARTH_RADIUS_M
"""Radius for which radio waves, bent by an ordinary atmosphere, are straight (the usual 4/3)."""
AZIMUTH_BIN_DEG = 0.5
RANGE_BIN_M = 250.0


@dataclass(frozen=True, eq=False)
class Horizon:
    """What terrain hides from a radar: the elevation angle (rad) below which nothing is seen, by azimuth and range.

    `angle_rad[azimuth, range]` is the highest of the terrain nearer than that, in bins of half a degree and 250 m.
    """

    angle_rad: Floats

    def hides(self, azimuth_rad: Floats, range_m: Floats, elevation_rad: Floats) -> NDArray[np.bool_]:
        """Whether a target lies behind terrain."""
        bins = self.angle_rad.shape
        column = np.minimum((range_m / RANGE_BIN_M).astype(np.intp), bins[1] - 1)
        row = (np.degrees(azimuth_rad) % 360.0 / AZIMUTH_BIN_DEG).astype(np.intp) % bins[0]
        hidden: NDArray[np.bool_] = elevation_rad < self.angle_rad[row, column]
        return hidden


def elevation_rad(range_m: Floats, above_m: Floats) -> Floats:
    """Elevation angle of something `above_m` higher at a ground range, over the bent earth."""
    return np.arctan2(above_m - range_m**2 / (2.0 * BENT_EARTH_RADIUS_M), range_m)


def horizon(radar: Radar, plane: Plane, terrain: Terrain | None) -> Horizon:
    """What terrain hides from the radar; nothing where there is no terrain data."""
    azimuths_rad: Floats = np.radians(np.arange(0.0, 360.0, AZIMUTH_BIN_DEG) + AZIMUTH_BIN_DEG / 2.0)[:, None]
    ranges_m: Floats = np.arange(0.0, nm_to_m(radar.max_range_nm) + RANGE_BIN_M, RANGE_BIN_M)[None, :]
    x_m, y_m = radar_position(radar, plane)
    if terrain is None or not radar.screened_by_terrain:
        return Horizon(np.full((azimuths_rad.size, ranges_m.size), -math.pi / 2.0))
    ground_ft = Ground(terrain, ()).elevation_ft(
        x_m + ranges_m * np.sin(azimuths_rad), y_m + ranges_m * np.cos(azimuths_rad)
    )
    above_m = ft_to_m(ground_ft - radar.altitude_ft)
    angles = np.where(np.isfinite(above_m), elevation_rad(np.maximum(ranges_m, 1.0), above_m), -math.pi / 2.0)
    # The antenna stands clear of the ground at its own foot.
    angles[:, ranges_m[0] < 2.0 * RANGE_BIN_M] = -math.pi / 2.0
    nearer = np.roll(np.maximum.accumulate(angles, axis=1), 1, axis=1)
    nearer[:, 0] = -math.pi / 2.0
    return Horizon(nearer)


def radar_position(radar: Radar, plane: Plane) -> tuple[float, float]:
    """Where the radar stands on the plane."""
    x_m, y_m = plane.to_plane(radar.latitude_deg, radar.longitude_deg)
    return float(x_m), float(y_m)


def radar_plots(
    truth: Tracks, number: int, radar: Radar, hidden: Horizon, plane: Plane, mode_c: ModeC, seed: int, sensor: int = 0
) -> Plots:
    """What a radar measures of one flight: one look a turn, if the flight is in range, seen and detected.

    Slant range and azimuth are measured with independent normal errors; the plot is at their place on the plane, with
    the height that Mode C would give for the slant.
    """
    rows = truth.rows_of(number)
    callsign = str(truth.callsign[number])
    random = stream(seed, callsign, Purpose.RADAR, sensor)
    east_m, north_m = radar_position(radar, plane)
    time_s = _looks_s(truth, rows, radar, east_m, north_m)
    x_m, y_m = (truth_at(truth, rows, name, time_s) for name in ("x_m", "y_m"))
    above_m = ft_to_m(truth_at(truth, rows, "geometric_altitude_ft", time_s) - radar.altitude_ft)
    range_m, azimuth_rad = np.hypot(x_m - east_m, y_m - north_m), np.arctan2(x_m - east_m, y_m - north_m)
    angle_rad = elevation_rad(range_m, above_m)
    seen = (range_m <= nm_to_m(radar.max_range_nm)) & (angle_rad <= math.radians(radar.cone_of_silence_deg))
    seen &= ~hidden.hides(azimuth_rad, range_m, angle_rad)
    # Drawn for every look, seen or not: so what one look is worth does not depend on the others.
    drawn = random.random(len(time_s))
    range_error_m, azimuth_error_rad = random.normal(size=(2, len(time_s)))
    range_error_m *= radar.range_noise_m
    azimuth_error_rad *= math.radians(radar.azimuth_noise_deg)
    seen &= drawn < radar.detection_probability
    slant_m = np.hypot(range_m, above_m) + range_error_m
    measured_m = np.sqrt(np.maximum(slant_m**2 - above_m**2, 0.0))
    measured_rad = azimuth_rad + azimuth_error_rad
    variance_m2 = _variance_m2(radar, measured_m, measured_rad, np.maximum(slant_m, 1.0))
    altitude_ft = sent_altitude_ft(truth, number, time_s, mode_c, seed, sensor)
    return Plots(
        time_s=time_s[seen],
        arrival_s=time_s[seen] + radar.latency_s,
        x_m=(east_m + measured_m * np.sin(measured_rad))[seen],
        y_m=(north_m + measured_m * np.cos(measured_rad))[seen],
        variance_m2=variance_m2[seen],
        pressure_altitude_ft=altitude_ft[seen],
        geometric_altitude_ft=np.full(int(seen.sum()), np.nan),
    )


def _looks_s(truth: Tracks, rows: slice, radar: Radar, east_m: float, north_m: float) -> Floats:
    """When the antenna points at the flight, turn after turn; at time 0 it points north."""
    first_s, last_s = truth.time_s[rows][0], truth.time_s[rows][-1]
    turns: Floats = np.arange(math.floor(first_s / radar.period_s) - 1, math.ceil(last_s / radar.period_s) + 1)
    time_s: Floats = turns * radar.period_s
    for _ in range(3):
        x_m, y_m = (truth_at(truth, rows, name, time_s) for name in ("x_m", "y_m"))
        share = np.arctan2(x_m - east_m, y_m - north_m) / (2.0 * math.pi) % 1.0
        time_s = (turns + share) * radar.period_s
    looks_s: Floats = time_s[(time_s >= first_s) & (time_s <= last_s)]
    return looks_s


def _variance_m2(radar: Radar, range_m: Floats, azimuth_rad: Floats, slant_m: Floats) -> Floats:
    along_m = np.full(len(range_m), max(radar.range_noise_m, 1.0)) * slant_m / np.maximum(range_m, 1.0)
    across_m = np.maximum(range_m * math.radians(radar.azimuth_noise_deg), 1.0)
    sin, cos = np.sin(azimuth_rad), np.cos(azimuth_rad)
    variance_m2 = np.empty((len(range_m), 2, 2))
    variance_m2[:, 0, 0] = (along_m * sin) ** 2 + (across_m * cos) ** 2
    variance_m2[:, 1, 1] = (along_m * cos) ** 2 + (across_m * sin) ** 2
    variance_m2[:, 0, 1] = variance_m2[:, 1, 0] = (along_m**2 - across_m**2) * sin * cos
    return variance_m2
