"""Velocities and vertical rates where the recording has none, from earlier plots of the same track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.geodesy import WGS84
from safetynets.tracks.table import PlotFlag, Tracks
from safetynets.units import ftps_to_fpm

Rows = NDArray[np.intp]

NO_MEASUREMENT = PlotFlag.DUPLICATE | PlotFlag.STUCK
NO_POSITION = NO_MEASUREMENT | PlotFlag.POSITION_MISSING
NO_ALTITUDE = NO_MEASUREMENT | PlotFlag.ALTITUDE_MISSING | PlotFlag.ALTITUDE_SPIKE


def derive(tracks: Tracks, *, velocity_s: float = 4.0, rate_s: float = 10.0, max_gap_s: float = 20.0) -> Tracks:
    """Fill in `vx_mps`, `vy_mps` and `vertical_rate_fpm` where they are NaN, from earlier plots of the same track.

    The difference is backward, so that a plot owes nothing to the future: from the latest earlier plot that is at least
    `velocity_s` (positions) or `rate_s` (altitudes) old, to this one, divided by the time between; at 10 s a 25 ft
    step of Mode C weighs 150 ft/min at most. Plots that the cleaning flagged as spike, stuck, duplicate or without the
    value are passed over, for velocities also those that repeat the position of the plot before to the last digit
    (recordings repeat what they did not receive; an aircraft that stands still cannot be told from one that was not
    heard). On a plane the velocity is that on the plane; without one it points to true east and north, along the
    geodesic from the earlier position.

    Parameters
    ----------
    tracks
        Tracks, best cleaned (`clean`) first.
    velocity_s
        Least age (s) of the earlier position (simulator default).
    rate_s
        Least age (s) of the earlier altitude (simulator default).
    max_gap_s
        A longer silence (s) between two usable plots is never bridged (simulator default).

    Returns
    -------
    Tracks
        The same plots; what cannot be derived stays NaN.

    Examples
    --------
    >>> columns = {"time_s": [0.0, 10.0], "track": [0, 0], "pressure_altitude_ft": [5000.0, 4750.0]}
    >>> derive(Tracks.from_columns(columns)).vertical_rate_fpm.tolist()
    [nan, -1500.0]
    """
    vx_mps, vy_mps = tracks.vx_mps.copy(), tracks.vy_mps.copy()
    north, east = (tracks.latitude_deg, tracks.longitude_deg) if tracks.plane is None else (tracks.y_m, tracks.x_m)
    placed = ((tracks.flags & NO_POSITION) == 0) & ~np.isnan(north) & ~np.isnan(east)
    placed[1:] &= (np.diff(north) != 0) | (np.diff(east) != 0) | (np.diff(tracks.track) != 0)
    wanted = placed & (np.isnan(vx_mps) | np.isnan(vy_mps))
    now, earlier = _pairs(tracks, placed, wanted, velocity_s, max_gap_s)
    seconds = tracks.time_s[now] - tracks.time_s[earlier]
    if tracks.plane is None:
        back_deg, distance_m = WGS84.inv(east[earlier], north[earlier], east[now], north[now])[1:]
        course_rad = np.radians(np.asarray(back_deg) + 180.0)
        east_m, north_m = distance_m * np.sin(course_rad), distance_m * np.cos(course_rad)
    else:
        east_m, north_m = east[now] - east[earlier], north[now] - north[earlier]
    vx_mps[now], vy_mps[now] = east_m / seconds, north_m / seconds

    altitude_ft, rate_fpm = tracks.pressure_altitude_ft, tracks.vertical_rate_fpm.copy()
    measured = ((tracks.flags & NO_ALTITUDE) == 0) & ~np.isnan(altitude_ft)
    now, earlier = _pairs(tracks, measured, measured & np.isnan(rate_fpm), rate_s, max_gap_s)
    change_ft = altitude_ft[now] - altitude_ft[earlier]
    rate_fpm[now] = ftps_to_fpm(change_ft / (tracks.time_s[now] - tracks.time_s[earlier]))
    return tracks.with_columns(vx_mps=vx_mps, vy_mps=vy_mps, vertical_rate_fpm=rate_fpm)


def _pairs(
    tracks: Tracks, usable: NDArray[np.bool_], wanted: NDArray[np.bool_], least_s: float, max_gap_s: float
) -> tuple[Rows, Rows]:
    """Wanted plots, and for each the latest usable plot at least `least_s` before it without a gap in between."""
    rows = np.flatnonzero(usable)
    gap = np.ones(len(rows), dtype=bool)
    gap[1:] = (np.diff(tracks.track[rows]) != 0) | (np.diff(tracks.time_s[rows]) > max_gap_s)
    starts = np.flatnonzero(gap)
    now, earlier = [], []
    for start, end in zip(starts, np.append(starts, len(rows))[1:], strict=True):
        stretch = rows[start:end]
        asked = stretch[wanted[stretch]]
        if not len(asked):
            continue
        found = np.searchsorted(tracks.time_s[stretch], tracks.time_s[asked] - least_s, side="right") - 1
        now.append(asked[found >= 0])
        earlier.append(stretch[found[found >= 0]])
    nothing = np.zeros(0, dtype=np.intp)
    return np.concatenate([nothing, *now]), np.concatenate([nothing, *earlier])
