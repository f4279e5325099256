"""Ordinary deviations of a final approach: each flight's own bias and its wandering, put into what really flew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Approach, Site
from safetynets.tracks import Tracks
from safetynets.traffic.faults.ramp import smooth_step
from safetynets.traffic.generator.settings import FinalScatter
from safetynets.units import M_PER_NM, S_PER_MIN

Floats = NDArray[np.float64]

STEP_NM = 0.1
FARTHEST_NM = 30.0
ON_COURSE_M, ON_COURSE_DEG, ON_PATH_FT = 60.0, 3.0, 40.0
"""A flight that is no farther off than this is on the course, or on the path, and begins to wander."""
JOIN_S = 40.0
"""How long a flight takes from there to the whole of its wandering (simulator default)."""
SHORTEST_S = 20.0
"""A shorter time on the course or the path is chance."""
LEAVE_S = 60.0
"""How long after the approach is broken off the wandering dies out (simulator default)."""


def drawn(random: Generator, bias_share: float, length_nm: float) -> CubicSpline:
    """A deviation of unit variance against distance: a constant and a smooth wandering of the given correlation.

    The wandering is white noise averaged with a bell of `length_nm`/√2, whose correlation is exp(-(d/length_nm)²/2).
    """
    reach = int(np.ceil(4.0 * length_nm / STEP_NM))
    lags_nm = STEP_NM * np.arange(-reach, reach + 1)
    weights = np.exp(-((lags_nm / length_nm) ** 2))
    weights /= np.sqrt((weights**2).sum())
    distance_nm = np.arange(0.0, FARTHEST_NM + STEP_NM, STEP_NM)
    bias = random.standard_normal()
    noise = random.standard_normal(len(distance_nm) + 2 * reach)
    wandering = np.convolve(noise, weights, mode="valid")
    return CubicSpline(distance_nm, np.sqrt(bias_share) * bias + np.sqrt(1.0 - bias_share) * wandering)


def with_wander(
    truth: Tracks, number: int, approach: Approach, site: Site, scatter: FinalScatter, times: float, random: Generator
) -> Tracks:
    """The truth with one flight deviating from the course and the path of its final approaches as flights do.

    The deviations grow from nothing once the flight is on course (or path), follow the measured scatter times `times`
    against distance, are nothing at the threshold, and die out when the approach is broken off. Rates and velocities
    are those of the displaced flight.
    """
    rows = truth.rows_of(number)
    along_nm, across_m = along_and_across(approach, truth.x_m[rows], truth.y_m[rows])
    inbound_deg = np.degrees(np.arctan2(truth.vx_mps[rows], truth.vy_mps[rows])) - approach.course_deg
    ahead = (np.abs((inbound_deg + 180.0) % 360.0 - 180.0) < ON_COURSE_DEG) & (along_nm > 0.0)
    on_course = ahead & (np.abs(across_m) < ON_COURSE_M) & (along_nm < FARTHEST_NM)
    path_ft = path_altitude_ft(approach, along_nm)
    altitude_ft = truth.geometric_altitude_ft[rows]
    if approach.path not in ("ils", "papi"):
        altitude_ft = truth.pressure_altitude_ft[rows] + (altitude_ft[-1] - truth.pressure_altitude_ft[rows][-1])
    descending = truth.vertical_rate_fpm[rows] < 0.0
    on_path = on_course & descending & (np.abs(altitude_ft - path_ft) < ON_PATH_FT)

    distance_nm = np.clip(along_nm, 0.0, FARTHEST_NM)
    course_rad = np.radians(approach.course_deg)
    towards_mps = truth.vx_mps[rows] * np.sin(course_rad) + truth.vy_mps[rows] * np.cos(course_rad)
    closing_nmps = np.where((along_nm > 0.0) & (along_nm < FARTHEST_NM), -towards_mps / M_PER_NM, 0.0)
    deviations = []
    for established, sds, bias_share, length_nm in (
        (on_path, scatter.vertical_sd_ft, scatter.vertical_bias_share, scatter.vertical_length_nm),
        (on_course, scatter.cross_track_sd_m, scatter.cross_track_bias_share, scatter.cross_track_length_nm),
    ):
        unit = drawn(random, bias_share, length_nm)
        sd, slope = _sd(distance_nm, scatter.distance_nm, sds)
        share, share_per_s = _share(truth.time_s[rows], established)
        value = times * sd * unit(distance_nm)
        per_s = times * (sd * unit(distance_nm, 1) + slope * unit(distance_nm)) * closing_nmps
        deviations.append((share * value, share * per_s + share_per_s * value))
    (up_ft, up_ftps), (right_m, right_mps) = deviations
    return _moved(truth, rows, up_ft, up_ftps * S_PER_MIN, right_m, right_mps, course_rad, site)


def _sd(distance_nm: Floats, at_nm: tuple[float, ...], sds: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Standard deviation and its slope: a smooth curve through the table, 0 at the threshold, level beyond its end."""
    curve = PchipInterpolator((0.0, *at_nm, FARTHEST_NM), (0.0, *sds, sds[-1]))
    return curve(distance_nm), curve(distance_nm, 1)


def _share(time_s: Floats, established: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """How much of the deviation there is at each row: it comes when established, and goes when no longer so."""
    share, per_s = np.zeros(len(time_s)), np.zeros(len(time_s))
    edges = np.flatnonzero(np.diff(established.astype(np.int8), prepend=0, append=0))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if time_s[last - 1] - time_s[first] < SHORTEST_S:
            continue
        comes, comes_per_s = smooth_step(time_s, float(time_s[first]), JOIN_S)
        goes, goes_per_s = smooth_step(time_s, float(time_s[last - 1]), LEAVE_S)
        share += comes * (1.0 - goes)
        per_s += comes_per_s * (1.0 - goes) - comes * goes_per_s
    return share, per_s


def _moved(
    truth: Tracks,
    rows: slice,
    up_ft: Floats,
    up_fpm: Floats,
    right_m: Floats,
    right_mps: Floats,
    course_rad: float,
    site: Site,
) -> Tracks:
    changed = {
        name: np.array(getattr(truth, name))
        for name in ("x_m", "y_m", "vx_mps", "vy_mps", "latitude_deg", "longitude_deg")
    }
    changed |= {
        name: np.array(getattr(truth, name))
        for name in ("pressure_altitude_ft", "geometric_altitude_ft", "vertical_rate_fpm")
    }
    cos, sin = np.cos(course_rad), np.sin(course_rad)
    changed["x_m"][rows] += right_m * cos
    changed["y_m"][rows] -= right_m * sin
    changed["vx_mps"][rows] += right_mps * cos
    changed["vy_mps"][rows] -= right_mps * sin
    changed["pressure_altitude_ft"][rows] += up_ft
    changed["geometric_altitude_ft"][rows] += up_ft
    changed["vertical_rate_fpm"][rows] += up_fpm
    geographic = site.plane.to_geographic(changed["x_m"][rows], changed["y_m"][rows])
    changed["latitude_deg"][rows], changed["longitude_deg"][rows] = geographic
    return replace(truth.with_columns(**changed), plane=truth.plane)
