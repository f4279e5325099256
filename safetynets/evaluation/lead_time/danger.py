"""Where a flight would have met the ground, had it flown straight on; and where it was lowest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.airborne.modes import times_below_s
from safetynets.airborne.runways import over_runway
from safetynets.airborne.state import STEP_S, OnBoard
from safetynets.sites.approach_path import along_and_across
from safetynets.sites.geometry import Site
from safetynets.units import m_to_nm

Floats = NDArray[np.float64]

STRAIGHT_ON_S = 60.0
"""A descent that is put right more than a minute before the ground is no danger of it (simulator default)."""
APART_S = 30.0
"""Two moments near to the ground that lie closer together are one danger (simulator default)."""


@dataclass(frozen=True)
class Danger:
    """The ground ahead of a flight.

    Attributes
    ----------
    from_s
        Since when the straight path meets the ground within a minute (UTC s since 1970).
    contact_s
        When the aircraft, flying straight on from the most critical moment, would have met the ground.
    straight_s
        How long that straight path is (s): nowhere it was shorter.
    height_ft
        Height above the ground at that moment.
    distance_nm, threshold
        How far before which threshold it would have met the ground; NaN and empty where that is no final approach.
    """

    from_s: float
    contact_s: float
    straight_s: float
    height_ft: float
    distance_nm: float = np.nan
    threshold: str = ""


def dangers_of(state: OnBoard, site: Site, landing_nm: float) -> tuple[Danger, ...]:
    """The dangers of a flight in order of time: local minima of the straight path to the ground.

    Parameters
    ----------
    state
        The flight as its equipment measures it: true altitude, velocity and terrain.
    site
        Gives the approaches.
    landing_nm
        An aircraft that would meet the ground nearer than this (NM) before a threshold lands.

    Returns
    -------
    tuple of Danger
        None where the site has no terrain.

    Examples
    --------
    >>> from safetynets.airborne.equipment import Equipment
    >>> from safetynets.airborne.state import on_board
    >>> from safetynets.sites import load_site
    >>> from safetynets.tracks import Tracks
    >>> site = load_site("flat")
    >>> time_s = np.arange(0.0, 80.0, 4.0)
    >>> columns = {"time_s": time_s, "track": 0 * time_s, "geometric_altitude_ft": 3000 - 25 * time_s}
    >>> columns |= {"latitude_deg": 50.1 + 0.0006 * time_s, "longitude_deg": 8.1 + 0 * time_s}
    >>> columns |= {"vx_mps": 0 * time_s, "vy_mps": 66.7 + 0 * time_s, "vertical_rate_fpm": -1500 + 0 * time_s}
    >>> tracks = Tracks.from_columns(columns).on_plane(site.plane)
    >>> ahead, = dangers_of(on_board(tracks, tracks.geometric_altitude_ft, 0, site, Equipment()), site, 0.5)
    >>> round(ahead.straight_s)
    31
    """
    count = len(state)
    ahead_s = times_below_s(state, state.true_ft, np.full(count, STRAIGHT_ON_S), np.zeros(count))
    with np.errstate(invalid="ignore"):
        ahead = np.isfinite(ahead_s) & state.flying & (state.distance_nm > 0.0)
        x_m, y_m = state.x_m + state.vx_mps * ahead_s, state.y_m + state.vy_mps * ahead_s
    ahead[ahead] = ~_lands(site, x_m[ahead], y_m[ahead], landing_nm)
    rows = np.flatnonzero(ahead)
    if not len(rows):
        return ()
    parts = np.split(rows, np.flatnonzero(np.diff(rows) * STEP_S > APART_S) + 1)
    return tuple(_danger(state, site, ahead_s, part) for part in parts)


@dataclass(frozen=True)
class Lowest:
    """The lowest point of a part of a flight before a landing: when (UTC s since 1970), and its height (ft)."""

    time_s: float
    height_ft: float


def lowest_of(state: OnBoard, site: Site, landing_nm: float, from_s: float, until_s: float) -> Lowest | None:
    """The lowest point above the ground between two moments, landings left out; None where no height is known."""
    with np.errstate(invalid="ignore"):
        counts = state.flying & (state.time_s >= from_s) & (state.time_s <= until_s) & np.isfinite(state.radio_ft)
    counts[counts] = ~_lands(site, state.x_m[counts], state.y_m[counts], landing_nm)
    if not counts.any():
        return None
    at = int(np.flatnonzero(counts)[np.argmin(state.radio_ft[counts])])
    return Lowest(float(state.time_s[at]), float(state.radio_ft[at]))


def _lands(site: Site, x_m: Floats, y_m: Floats, landing_nm: float) -> NDArray[np.bool_]:
    lands = np.zeros(len(x_m), dtype=np.bool_)
    for approach in site.flown_approaches:
        along_nm, across_m = along_and_across(approach, x_m, y_m)
        lands |= over_runway(site, approach, along_nm, across_m, landing_nm)
    return lands


def _danger(state: OnBoard, site: Site, ahead_s: Floats, rows: NDArray[np.intp]) -> Danger:
    at = int(rows[np.argmin(ahead_s[rows])])
    straight_s = float(ahead_s[at])
    x_m = float(state.x_m[at] + state.vx_mps[at] * straight_s)
    y_m = float(state.y_m[at] + state.vy_mps[at] * straight_s)
    distance_nm, threshold = np.nan, ""
    for approach in site.flown_approaches:
        along_nm, across_m = along_and_across(approach, x_m, y_m)
        if 0.0 < along_nm <= approach.start_distance_nm and abs(m_to_nm(across_m)) < max(0.1 * along_nm, 0.2):
            if threshold and along_nm >= distance_nm:
                continue
            distance_nm, threshold = float(along_nm), approach.name
    return Danger(
        from_s=float(state.time_s[rows[0]]),
        contact_s=float(state.time_s[at]) + straight_s,
        straight_s=straight_s,
        height_ft=float(state.radio_ft[at]),
        distance_nm=distance_nm,
        threshold=threshold,
    )
