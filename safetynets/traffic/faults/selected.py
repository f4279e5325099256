"""A wrong altitude selected: what is sent changes, not what is flown."""

from __future__ import annotations

import math

import numpy as np

from safetynets.errors import ScenarioError
from safetynets.tracks import Tracks
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.record import FaultRecord


def wrong_selected_altitude(
    flight: Flight,
    *,
    selected_ft: float,
    start_s: float,
    cleared_ft: float | None = None,
    for_s: float | None = None,
) -> tuple[Tracks, FaultRecord]:
    """The tracks with another altitude selected in one of them, from `start_s` on for `for_s`, and the record of it.

    Raises
    ------
    ScenarioError
        When no cleared level is known then, and none is given.

    Examples
    --------
    >>> level = Tracks.from_columns({"time_s": [0.0, 4.0], "track": [0, 0], "cleared_altitude_ft": [4000.0, 4000.0]})
    >>> wrong, _ = wrong_selected_altitude(Flight(level, 0, 1013.25), selected_ft=5000.0, start_s=4.0)
    >>> wrong.selected_altitude_ft.tolist()
    [nan, 5000.0]
    """
    tracks, rows, time_s = flight.tracks, flight.rows, flight.time_s
    lasts = (time_s >= start_s) & (time_s < start_s + (math.inf if for_s is None else for_s))
    cleared = np.where(lasts, math.nan if cleared_ft is None else cleared_ft, tracks.cleared_altitude_ft[rows])
    if cleared_ft is None:
        cleared = tracks.cleared_altitude_ft[rows]
        if not np.isfinite(cleared[lasts]).any():
            raise ScenarioError(
                "no cleared level is known while another altitude is selected",
                where=flight.callsign,
                mend="give 'cleared_ft'",
            )
    changed = {
        "selected_altitude_ft": np.where(lasts, selected_ft, tracks.selected_altitude_ft[rows]),
        "selected_altitude_age_s": np.where(lasts, np.nan, tracks.selected_altitude_age_s[rows]),
        "selected_altitude_source": np.where(lasts, -1, tracks.selected_altitude_source[rows]),
        "cleared_altitude_ft": cleared,
    }
    columns = {name: np.array(getattr(tracks, name)) for name in changed}
    for name, values in changed.items():
        columns[name][rows] = values
    start = int(np.argmax(lasts))
    asked: dict[str, float | str] = {"selected_ft": selected_ft}
    return tracks.with_columns(**columns), FaultRecord(
        fault="wrong_selected_altitude",
        callsign=flight.callsign,
        track=flight.number,
        asked=asked | ({} if cleared_ft is None else {"cleared_ft": cleared_ft}),
        start_time_s=float(time_s[start]),
        start_latitude_deg=float(tracks.latitude_deg[rows][start]),
        start_longitude_deg=float(tracks.longitude_deg[rows][start]),
        full_time_s=float(time_s[start]),
        displacement_ft=0.0,
        displacement_m=0.0,
        least_clearance_ft=math.nan,
        least_clearance_time_s=math.nan,
        contact="",
    )
