"""How far above the ground a flight really was: what labels are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import true_altitude_ft
from safetynets.traffic.places import Ground, ground, pressure_where_it_ends

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Clearance:
    """Least true height of a flight above the ground, off the runways; all NaN where no ground is known.

    Attributes
    ----------
    callsign, track
        Which flight.
    least_ft
        The least height (ft); 0 for contact.
    time_s
        When (UTC seconds since 1970).
    latitude_deg, longitude_deg
        Where (WGS 84).
    """

    callsign: str
    track: int
    least_ft: float
    time_s: float
    latitude_deg: float
    longitude_deg: float


def height_above_ground_ft(tracks: Tracks, number: int, below: Ground, qnh_hpa: float) -> Floats:
    """True height (ft) of each plot of a track above the ground; NaN where either is unknown.

    The altitude is the geometric one where the track has it, else that on the QNH, which in cold air is too high.
    """
    rows = tracks.rows_of(number)
    return true_altitude_ft(tracks, rows, qnh_hpa) - below.elevation_ft(tracks.x_m[rows], tracks.y_m[rows])


def least_clearance(
    tracks: Tracks, number: int, below: Ground, qnh_hpa: float, from_s: float = -math.inf, until_s: float = math.inf
) -> Clearance:
    """The least true height of one track above the ground between two moments, off the runways."""
    rows = tracks.rows_of(number)
    height_ft, time_s = height_above_ground_ft(tracks, number, below, qnh_hpa), tracks.time_s[rows]
    flying = np.isfinite(height_ft) & ~below.on_runway(tracks.x_m[rows], tracks.y_m[rows])
    flying &= (time_s >= from_s) & (time_s <= until_s)
    callsign = str(tracks.callsign[number])
    if not flying.any():
        return Clearance(callsign, number, math.nan, math.nan, math.nan, math.nan)
    at = int(np.flatnonzero(flying)[np.argmin(height_ft[flying])])
    return Clearance(
        callsign=callsign,
        track=number,
        least_ft=max(0.0, float(height_ft[at])),
        time_s=float(time_s[at]),
        latitude_deg=float(tracks.latitude_deg[rows][at]),
        longitude_deg=float(tracks.longitude_deg[rows][at]),
    )


def clearances(tracks: Tracks, site: Site) -> tuple[Clearance, ...]:
    """The least true height above the ground of every track, off the runways.

    Parameters
    ----------
    tracks
        Any tracks. Those without a geometric altitude need the QNH of the site where and when they were last seen.
    site
        Gives the ground, the runways and the QNH.

    Returns
    -------
    tuple of Clearance
        One a track, in the order of the tracks; heights in ft, NaN where the ground, the altitude or the QNH is not
        known.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> columns = {"time_s": [0.0], "track": [0], "latitude_deg": [50.1], "longitude_deg": [8.1]}
    >>> tracks = Tracks.from_columns({**columns, "geometric_altitude_ft": [5000.0]}, {"callsign": ["SWR1"]})
    >>> least, = clearances(tracks, load_site("flat"))
    >>> least.callsign, round(least.least_ft)
    ('SWR1', 4672)
    """
    tracks = tracks.on_plane(site.plane)
    below = ground(site)
    found = []
    for number in range(tracks.track_count):
        qnh_hpa, _ = pressure_where_it_ends(tracks, number, site)
        found.append(least_clearance(tracks, number, below, qnh_hpa))
    return tuple(found)
