"""What was put into a track, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from safetynets.errors import ScenarioError
from safetynets.tracks import Tracks


@dataclass(frozen=True, kw_only=True)
class FaultRecord:
    """One fault put into one track.

    Attributes
    ----------
    fault, callsign, track
        Which fault, into which flight.
    asked
        The settings of the fault, by name.
    start_time_s, start_latitude_deg, start_longitude_deg
        Where and when the flight begins to differ.
    full_time_s
        When the displacement is first as great as it gets.
    displacement_ft, displacement_m
        The greatest vertical (up positive) and lateral (right of the flight's own course positive) displacement.
    least_clearance_ft, least_clearance_time_s
        Least true height above the ground after the start, short of the runway, and when; NaN where no ground is known.
        For tracks without a geometric altitude the altitude on the QNH stands for the true one.
    contact
        "contact with the ground at ..." where the displaced flight met it and the track ends, else empty.
    """

    fault: str
    callsign: str
    track: int
    asked: Mapping[str, float | str]
    start_time_s: float
    start_latitude_deg: float
    start_longitude_deg: float
    full_time_s: float
    displacement_ft: float
    displacement_m: float
    least_clearance_ft: float
    least_clearance_time_s: float
    contact: str


def find_track(tracks: Tracks, callsign: str, track: int | None = None) -> int:
    """The number of the track with this call sign; `track` says which where there are several.

    Raises
    ------
    ScenarioError
        When no track, or more than one, has the call sign.
    """
    found = [int(number) for number in np.flatnonzero(tracks.callsign == callsign)]
    if track is not None:
        found = [number for number in found if number == track]
    if not found:
        raise ScenarioError("no track has this call sign", where=callsign, mend="name a call sign of the tracks")
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        raise ScenarioError(f"tracks {numbers} have this call sign", where=callsign, mend="give 'track' as well")
    return found[0]
