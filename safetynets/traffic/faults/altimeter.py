"""Faults of the altimeter: a wrong setting, or the standard one kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft, setting_error_ft
from safetynets.errors import ScenarioError
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Approach
from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import believable_altitude_ft
from safetynets.traffic.faults.displace import displaced
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.ramp import ramp_length_s, smooth_step
from safetynets.traffic.faults.record import FaultRecord

ESTABLISHED_FT = 100.0
"""An aircraft on final approach within this of the glide path is established on it (simulator default)."""
ESTABLISHED_M = 500.0


def wrong_altimeter_setting(
    flight: Flight,
    *,
    set_hpa: float,
    transition_altitude_ft: float,
    from_time_s: float | None = None,
    ils: Approach | None = None,
    fault: str = "wrong_altimeter_setting",
) -> tuple[Tracks, FaultRecord]:
    """Fly one track with a wrong setting on its altimeter.

    The flight is displaced by `safetynets.altimetry.setting_error_ft`: 1011 set for 1001 is 275 ft low. Position, rate
    and altitude stay continuous; the flight ends where it meets the ground.

    Parameters
    ----------
    flight
        The flight, with altitudes.
    set_hpa
        What the crew has set (hPa).
    transition_altitude_ft
        Transition altitude (ft).
    from_time_s
        When the flight begins to drift into the error (UTC seconds since 1970); without it where it last descends
        through the transition altitude. A track that begins below has the whole error from its first plot.
    ils
        An approach whose glide path the flight captures: no altimeter moves it, so the flight drifts back to where it
        was as soon as it is established.
    fault
        Name of the fault in the record.

    Returns
    -------
    Tracks
        With the flight displaced.
    FaultRecord
        What was done.

    Raises
    ------
    ScenarioError
        When the track has no altitude, or does not end below the transition altitude.

    Examples
    --------
    >>> level = Tracks.from_columns({"time_s": [0.0, 4.0], "track": [0, 0], "pressure_altitude_ft": [3000.0, 3000.0]})
    >>> low, record = wrong_altimeter_setting(Flight(level, 0, 1001.0), set_hpa=1011, transition_altitude_ft=5000)
    >>> round(record.displacement_ft), low.pressure_altitude_ft.round().tolist()
    (-275, [2725.0, 2725.0])
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    on_qnh_ft = believable_altitude_ft(tracks, rows) - pressure_altitude_ft(flight.qnh_hpa)
    high = np.flatnonzero(~(on_qnh_ft <= transition_altitude_ft))
    first = int(high[-1]) + 1 if len(high) else 0
    if first == len(time_s):
        raise ScenarioError(
            f"the flight does not end below the transition altitude of {transition_altitude_ft:.0f} ft",
            where=flight.callsign,
            mend="choose a flight that lands",
        )
    error_ft = setting_error_ft(set_hpa, flight.qnh_hpa)
    start_s = float(time_s[first]) if from_time_s is None else from_time_s
    if from_time_s is None and first == 0:
        share, share_per_s = np.ones(len(time_s)), np.zeros(len(time_s))
    else:
        share, share_per_s = smooth_step(time_s, start_s, ramp_length_s(error_ft))
    if ils is not None:
        back, back_per_s = smooth_step(time_s, _established_s(tracks, rows, on_qnh_ft, ils), ramp_length_s(error_ft))
        share, share_per_s = share * (1.0 - back), share_per_s * (1.0 - back) - share * back_per_s
    setting_hpa = np.where(time_s >= start_s, set_hpa, tracks.baro_setting_hpa[rows])
    return displaced(
        flight,
        fault=fault,
        asked={"set_hpa": set_hpa, "qnh_hpa": flight.qnh_hpa, **({} if ils is None else {"ils": ils.name})},
        up_ft=error_ft * share,
        up_fpm=error_ft * share_per_s * 60.0,
        settings={"baro_setting_hpa": setting_hpa},
    )


def _established_s(tracks: Tracks, rows: slice, on_qnh_ft: NDArray[np.float64], approach: Approach) -> float:
    along_nm, across_m = along_and_across(approach, tracks.x_m[rows], tracks.y_m[rows])
    off_ft = on_qnh_ft - path_altitude_ft(approach, along_nm)
    with np.errstate(invalid="ignore"):
        established = (along_nm > 0.0) & (np.abs(across_m) < ESTABLISHED_M) & (np.abs(off_ft) < ESTABLISHED_FT)
    if not established.any():
        raise ScenarioError(
            f"the flight is never established on {approach.name!r}",
            where=str(tracks.callsign[tracks.track[rows.start]]),
            mend="choose the approach that it flies",
        )
    return float(tracks.time_s[rows][np.argmax(established)])
