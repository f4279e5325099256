"""How final approaches really scatter: measured on recorded traffic, and on generated traffic to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Approach, Site
from safetynets.tracks import PlotFlag, Tracks
from safetynets.units import FT_PER_NM, mps_to_kt

Floats = NDArray[np.float64]

DISTANCES_NM = np.arange(1.0, 10.01, 0.5)
"""Where along the approach the deviations are read."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ON_COURSE_M = 150.0
"""Less than half the distance between the closest parallel runways of Paris (384 m)."""
ON_COURSE_DEG = 10.0
JOINED_FROM_NM, JOINED_TO_NM = 4.0, 1.6
"""A final approach counts when it is on course without a break from before the one to inside the other."""
FARTHEST_NM = 25.0
LONGEST_GAP_S = 15.0
OUTLIER = 3.0
"""Beyond this many robust standard deviations a deviation is left out of the correlations."""
MAD_TO_SD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""
UNUSABLE = PlotFlag.ALTITUDE_SPIKE | PlotFlag.ALTITUDE_MISSING | PlotFlag.POSITION_MISSING | PlotFlag.ON_GROUND


@dataclass(frozen=True, eq=False)
class Finals:
    """Final approaches read at `DISTANCES_NM`: one row a flight, NaN where it was not yet on course.

    Attributes
    ----------
    approach
        Name of the approach of each row.
    joined_nm, level_nm
        Where the course was joined, and how much farther out than where the path has the altitude it was joined at.
    vertical_ft, cross_track_m
        Above the path (barometric altitude on the QNH), and right of the course.
    ground_speed_kt, vertical_rate_fpm
        As surveillance gives them.
    """

    approach: NDArray[np.object_]
    joined_nm: Floats
    level_nm: Floats
    vertical_ft: Floats
    cross_track_m: Floats
    ground_speed_kt: Floats
    vertical_rate_fpm: Floats

    def __len__(self) -> int:
        return len(self.joined_nm)

    def rows(self, picked: NDArray[np.intp]) -> Finals:
        """The flights with these row numbers, which may repeat."""
        return Finals(
            self.approach[picked],
            self.joined_nm[picked],
            self.level_nm[picked],
            self.vertical_ft[picked],
            self.cross_track_m[picked],
            self.ground_speed_kt[picked],
            self.vertical_rate_fpm[picked],
        )


@dataclass(frozen=True, eq=False)
class StraightFinal:
    """The plots of one straight final approach, and how all plots of the tracks lie to its course."""

    approach: Approach
    track: int
    plots: NDArray[np.intp]
    along_nm: Floats
    across_m: Floats


def straight_finals(tracks: Tracks, site: Site) -> Iterator[StraightFinal]:
    """The last straight final approach of each flight to each runway, for tracks on the site's plane."""
    usable = (tracks.flags & UNUSABLE) == 0
    for approach in site.flown_approaches:
        along_nm, across_m = along_and_across(approach, tracks.x_m, tracks.y_m)
        off_deg = np.degrees(np.arctan2(tracks.vx_mps, tracks.vy_mps)) - approach.course_deg
        off_deg = (off_deg + 180.0) % 360.0 - 180.0
        with np.errstate(invalid="ignore"):
            on_course = usable & (along_nm > 0.8) & (along_nm < FARTHEST_NM)
            on_course &= (np.abs(across_m) < ON_COURSE_M) & (np.abs(off_deg) < ON_COURSE_DEG)
        for number in np.unique(tracks.track[on_course]).tolist():
            rows = tracks.rows_of(number)
            plots = np.arange(rows.start, rows.stop)[usable[rows]]
            segment = _last_final(tracks.time_s[plots], along_nm[plots], on_course[plots])
            if segment is not None:
                yield StraightFinal(approach, number, plots[segment], along_nm, across_m)


def read_finals(tracks: Tracks, site: Site, qnh_hpa: float) -> Finals:
    """Find the straight final approaches of tracks, the last of each flight to each runway.

    A flight is on a final approach from where it stays within 150 m and 10 degrees of the course until 1.6 NM.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    site
        Gives the approaches.
    qnh_hpa
        The QNH (hPa).

    Returns
    -------
    Finals
        One row a final approach, with its deviations at each of `DISTANCES_NM`.

    Examples
    --------
    >>> from safetynets.runs import run_scenario
    >>> run = run_scenario("flat-ground-low")
    >>> read_finals(run.tracks, run.site, 1013.25).approach.tolist()
    ['XXFL 36']
    """
    found: list[tuple[str, float, float, Floats]] = []
    for final in straight_finals(tracks, site):
        found.append(_read(tracks, final.plots, final.approach, final.along_nm, final.across_m, qnh_hpa))
    at = np.array([values for _, _, _, values in found]).reshape(len(found), 4, len(DISTANCES_NM))
    return Finals(
        np.array([name for name, _, _, _ in found], dtype=object),
        np.array([joined_nm for _, joined_nm, _, _ in found]),
        np.array([level_nm for _, _, level_nm, _ in found]),
        at[:, 0],
        at[:, 1],
        at[:, 2],
        at[:, 3],
    )


def _last_final(time_s: Floats, along_nm: Floats, on_course: NDArray[np.bool_]) -> slice | None:
    inside = np.flatnonzero(on_course & (along_nm < JOINED_TO_NM))
    if len(inside) == 0:
        return None
    last = int(inside[-1])
    breaks = np.flatnonzero(~on_course[1 : last + 1] | (np.diff(time_s[: last + 1]) > LONGEST_GAP_S))
    first = int(breaks[-1]) + 1 if len(breaks) else 0
    first += int(not on_course[first])
    return slice(first, last + 1) if along_nm[first] >= JOINED_FROM_NM else None


def _read(
    tracks: Tracks, plots: NDArray[np.intp], approach: Approach, along_nm: Floats, across_m: Floats, qnh_hpa: float
) -> tuple[str, float, float, Floats]:
    along = along_nm[plots]
    on_qnh_ft = tracks.pressure_altitude_ft[plots] - pressure_altitude_ft(qnh_hpa)
    above_ft = on_qnh_ft - path_altitude_ft(approach, along, path="ils")
    speed_kt = mps_to_kt(np.hypot(tracks.vx_mps[plots], tracks.vy_mps[plots]))
    columns = (above_ft, across_m[plots], speed_kt, tracks.vertical_rate_fpm[plots])
    order = np.argsort(along, kind="stable")
    at = [np.interp(DISTANCES_NM, along[order], column[order], np.nan, np.nan) for column in columns]
    height_ft = float(on_qnh_ft[0]) - approach.threshold_elevation_ft - approach.threshold_crossing_height_ft
    path_nm = height_ft / (FT_PER_NM * np.tan(np.radians(approach.angle_deg)))
    return approach.name, float(along[0]), float(along[0] - path_nm), np.array(at)


@dataclass(frozen=True, eq=False)
class Wander:
    """A deviation from the path or the course: how great at each distance, how much of it is a flight's own.

    `sd` is the robust standard deviation at `DISTANCES_NM`; of the variance, `bias_share` is constant along an approach
    and the rest wanders with the correlation exp(-(distance/length_nm)²/2). `correlation` is what was measured, at
    lags of 0, 0.5, 1 ... NM.
    """

    sd: Floats
    bias_share: float
    length_nm: float
    correlation: Floats


LONGEST_LAG = 8
"""In steps of `DISTANCES_NM`: correlations farther apart rest on too few pairs."""


def measure_wander(deviation: Floats, approach: NDArray[np.object_]) -> Wander:
    """How a deviation scatters among flights and along the approach.

    The median of all flights at a distance and the median of each runway with five flights or more are no scatter: they
    are the day's air and the error of a surveyed point, and are taken off first.
    """
    residual = deviation - np.nanmedian(deviation, axis=0)
    for name in sorted(set(approach.tolist())):
        flights = approach == name
        if flights.sum() >= 5:
            residual[flights] -= np.nanmedian(residual[flights])
    sd = robust_sd(residual)
    ratio = residual / sd
    ratio[~(np.abs(ratio) < OUTLIER)] = np.nan
    correlation = np.ones(LONGEST_LAG + 1)
    for lag in range(1, LONGEST_LAG + 1):
        nearer, farther = ratio[:, :-lag], ratio[:, lag:]
        both = np.isfinite(nearer) & np.isfinite(farther)
        correlation[lag] = np.mean((nearer * farther)[both]) / np.nanmean(ratio**2)
    bias_share, length_nm = _fitted(correlation)
    return Wander(sd, bias_share, length_nm, correlation)


def _fitted(correlation: Floats) -> tuple[float, float]:
    """Share of the bias and correlation length by least squares on a grid, fine enough for two figures."""
    lags_nm = np.arange(len(correlation)) * (DISTANCES_NM[1] - DISTANCES_NM[0])
    shares, lengths_nm = np.arange(0.0, 0.951, 0.01), np.arange(0.2, 6.01, 0.05)
    model = wander_correlation(lags_nm, shares[:, None, None], lengths_nm[None, :, None])
    best = np.argmin(((model - correlation)[..., 1:] ** 2).sum(axis=-1))
    share, length = np.unravel_index(best, (len(shares), len(lengths_nm)))
    return float(shares[share]), float(lengths_nm[length])


def wander_correlation(lags_nm: Floats, bias_share: Floats | float, length_nm: Floats | float) -> Floats:
    """Correlation of a deviation with itself, `lags_nm` farther along the approach.

    >>> wander_correlation(np.array([0.0, 1.0]), 0.2, 1.0).round(2).tolist()
    [1.0, 0.69]
    """
    wander: Floats = np.exp(-0.5 * (lags_nm / length_nm) ** 2)
    return bias_share + (1.0 - bias_share) * wander


def robust_sd(values: Floats) -> Floats:
    """Standard deviation of each column from its median absolute deviation; NaN is left out.

    >>> robust_sd(np.array([[-1.0], [0.0], [1.0], [1000.0]])).round(2).tolist()
    [1.48]
    """
    sd: Floats = MAD_TO_SD * np.nanmedian(np.abs(values - np.nanmedian(values, axis=0)), axis=0)
    return sd


@dataclass(frozen=True, eq=False)
class MeasuredScatter:
    """What a set of final approaches has shown; arrays have one entry for each of `DISTANCES_NM`.

    Attributes
    ----------
    flights
        How many final approaches.
    vertical, cross_track
        How deviations from the path (ft) and the course (m) scatter.
    speed_median_kt, speed_sd_kt, rate_median_fpm, rate_sd_fpm
        Median and robust standard deviation of ground speed and vertical rate.
    joined_quantiles_nm, level_quantiles_nm
        Quantiles of where the course was joined, and of how much farther out than the path has that altitude.
    """

    flights: int
    vertical: Wander
    cross_track: Wander
    speed_median_kt: Floats
    speed_sd_kt: Floats
    rate_median_fpm: Floats
    rate_sd_fpm: Floats
    joined_quantiles_nm: Floats
    level_quantiles_nm: Floats


def measure(finals: Finals) -> MeasuredScatter:
    """Measure the scatter of final approaches.

    Parameters
    ----------
    finals
        As `read_finals` gives them; several that differ.

    Returns
    -------
    MeasuredScatter
        What the settings of the generator need.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> deviations = [random.normal(size=(20, len(DISTANCES_NM))) for _ in range(4)]
    >>> finals = Finals(np.full(20, "XXFL 36", dtype=object), random.uniform(5, 10, 20), np.zeros(20), *deviations)
    >>> measure(finals).vertical.sd.shape == DISTANCES_NM.shape
    True
    """
    return MeasuredScatter(
        flights=len(finals),
        vertical=measure_wander(finals.vertical_ft, finals.approach),
        cross_track=measure_wander(finals.cross_track_m, finals.approach),
        speed_median_kt=np.nanmedian(finals.ground_speed_kt, axis=0),
        speed_sd_kt=robust_sd(finals.ground_speed_kt),
        rate_median_fpm=np.nanmedian(finals.vertical_rate_fpm, axis=0),
        rate_sd_fpm=robust_sd(finals.vertical_rate_fpm),
        joined_quantiles_nm=np.quantile(finals.joined_nm, QUANTILES),
        level_quantiles_nm=np.quantile(finals.level_nm, QUANTILES),
    )


SPEED_DISTANCES_NM = (2.0, 6.0, 10.0)


def settings_table(measured: MeasuredScatter) -> dict[str, float | list[float]]:
    """The values of `[final_scatter]` in the generator's settings.

    At whole miles, deviations have the median of the three nearest half-miles; speeds are at 2, 6 and 10 NM.
    """
    whole = np.flatnonzero(DISTANCES_NM % 1.0 == 0.0)
    speeds = [int(np.flatnonzero(distance_nm == DISTANCES_NM)[0]) for distance_nm in SPEED_DISTANCES_NM]
    return {
        "distance_nm": [float(distance_nm) for distance_nm in DISTANCES_NM[whole]],
        "vertical_sd_ft": _rounded(_of_three(measured.vertical.sd)[whole]),
        "vertical_bias_share": round(measured.vertical.bias_share, 2),
        "vertical_length_nm": round(measured.vertical.length_nm, 2),
        "cross_track_sd_m": _rounded(_of_three(measured.cross_track.sd)[whole]),
        "cross_track_bias_share": round(measured.cross_track.bias_share, 2),
        "cross_track_length_nm": round(measured.cross_track.length_nm, 2),
        "speed_distance_nm": list(SPEED_DISTANCES_NM),
        "speed_median_kt": _rounded(measured.speed_median_kt[speeds]),
        "speed_sd_kt": _rounded(measured.speed_sd_kt[speeds]),
        "quantiles": list(QUANTILES),
        "level_segment_nm": [round(float(value), 2) for value in measured.level_quantiles_nm],
    }


def _of_three(values: Floats) -> Floats:
    padded = np.concatenate([[np.nan], values, [np.nan]])
    median: Floats = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 3), axis=1)
    return median


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 1) for value in values]
