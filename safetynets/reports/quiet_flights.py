"""The flights that no net spoke about, where they are few enough to be read one by one."""

from __future__ import annotations

from safetynets.reports.profile_flight import rows_of
from safetynets.runs.run import Run

FEW_FLIGHTS = 10
"""A run without an alert shows its flights by name up to this many tracks."""


def quiet_flights(run: Run) -> tuple[int, ...]:
    """The tracks to show by name: those with plots of a run without an alert and with few tracks, else none."""
    if run.alerts or run.tracks.track_count > FEW_FLIGHTS:
        return ()
    return tuple(track for track in range(run.tracks.track_count) if len(rows_of(run, track)) > 1)
