"""Altitudes of tracks as they came: spikes and gaps bridged, and the true altitude where it is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.errors import ScenarioError
from safetynets.tracks import PlotFlag, Tracks

Floats = NDArray[np.float64]


def bridged(time_s: Floats, values: Floats) -> Floats:
    """The values, with what is unknown interpolated in time; NaN where nothing is known.

    >>> bridged(np.array([0.0, 4.0, 8.0]), np.array([100.0, np.nan, 300.0])).tolist()
    [100.0, 200.0, 300.0]
    """
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), np.nan)
    whole: Floats = np.interp(time_s, time_s[known], values[known])
    return whole


def believable_altitude_ft(tracks: Tracks, rows: slice) -> Floats:
    """Pressure altitude of a track's plots with spikes and gaps bridged; NaN where there is none at all."""
    spike = tracks.flags[rows] & PlotFlag.ALTITUDE_SPIKE != 0
    return bridged(tracks.time_s[rows], np.where(spike, np.nan, tracks.pressure_altitude_ft[rows]))


def known_altitude_ft(tracks: Tracks, number: int, qnh_hpa: float) -> Floats:
    """Altitude on the QNH of the plots of a track, spikes and gaps bridged.

    Raises
    ------
    ScenarioError
        When the track has no altitude at all.
    """
    altitude_ft = believable_altitude_ft(tracks, tracks.rows_of(number)) - pressure_altitude_ft(qnh_hpa)
    if not np.isfinite(altitude_ft).all():
        raise ScenarioError("the track has no altitude", where=str(tracks.callsign[number]), mend="choose another one")
    return altitude_ft


def true_altitude_ft(tracks: Tracks, rows: slice, qnh_hpa: float) -> Floats:
    """Altitude above mean sea level of a track's plots: geometric where the track has it, else that on the QNH."""
    spike = tracks.flags[rows] & PlotFlag.ALTITUDE_SPIKE != 0
    geometric_ft = bridged(tracks.time_s[rows], np.where(spike, np.nan, tracks.geometric_altitude_ft[rows]))
    on_qnh_ft = believable_altitude_ft(tracks, rows) - pressure_altitude_ft(qnh_hpa)
    return np.where(np.isfinite(geometric_ft), geometric_ft, on_qnh_ft)


def mode_c_step_ft(pressure_altitude_ft: Floats) -> float:
    """The steps in which altitudes come: 100 or 25 ft, or 0 where they are not in steps.

    >>> mode_c_step_ft(np.array([300.0, 325.0, np.nan])), mode_c_step_ft(np.array([301.0]))
    (25.0, 0.0)
    """
    known_ft = pressure_altitude_ft[np.isfinite(pressure_altitude_ft)]
    for step_ft in (100.0, 25.0):
        if len(np.unique(known_ft)) > 1 and not (known_ft % step_ft).any():
            return step_ft
    return 0.0
