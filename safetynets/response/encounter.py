"""`Encounter`: the path an aircraft flies after an alert, and the ground below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import PhraseologyError
from safetynets.sites.approach_path import along_and_across
from safetynets.sites.delivery import Delivery
from safetynets.sites.geometry import Approach, Obstacle, Site
from safetynets.tracks import PlotFlag, Tracks
from safetynets.traffic.places import ground
from safetynets.units import fpm_to_ftps

Floats = NDArray[np.float64]
Future = Literal["flown", "straight"]

STEP_S = 0.5
"""Time between two moments of an encounter: 40 m at 155 kt."""
_LOOKS = 8
"""Samples of the path before each moment, and as many after it, whose highest ground counts for the moment."""
_NOT_FLOWN = PlotFlag.ALTITUDE_SPIKE | PlotFlag.ALTITUDE_MISSING | PlotFlag.STUCK | PlotFlag.ON_GROUND
_RATE_OVER_S = 8.0
_LANDING_WITHIN_M, _LANDING_BELOW_FT = 500.0, 1000.0
"""Who comes nearer than this to a runway's centreline, and as low above its threshold, lands there (our choice)."""


@dataclass(frozen=True, eq=False)
class Encounter:
    """One aircraft from the alert on, as it flies if nobody calls it.

    Attributes
    ----------
    time_s
        Seconds after the alert, rising from 0.
    flown_ft, ground_ft
        True altitude of the aircraft, and the highest terrain or obstacle below it, ft above mean sea level; NaN where
        the ground is not known.
    distance_nm
        Distance to the threshold, NaN where there is no approach.
    ends
        Why it ends there, in words.
    notes
        What is not as it really was, in words.
    delivery
        Which desk the alert is delivered to; None where there is one controller.
    """

    time_s: Floats
    flown_ft: Floats
    ground_ft: Floats
    distance_nm: Floats
    ends: str
    notes: tuple[str, ...] = ()
    delivery: Delivery | None = None

    @property
    def clearance_ft(self) -> Floats:
        """Height above the ground (ft) along the flown path."""
        return self.flown_ft - self.ground_ft


def encounter_of(
    tracks: Tracks,
    altitude_ft: Floats,
    track: int,
    alert_s: float,
    site: Site,
    *,
    horizon_s: float,
    carried_on_s: float,
    end_before_threshold_nm: float,
    future: Future = "flown",
    delivery: Delivery | None = None,
) -> Encounter:
    """What one track meets after an alert.

    The aircraft flies on as its track says, and for `carried_on_s` after the end of the track straight ahead at the
    rate it has then. Its true altitude is the geometric one where the tracks have it, else the altitude on the QNH.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    altitude_ft
        Altitude of each plot (ft on the QNH), shape (plots,).
    track
        Number of the track.
    alert_s
        When it is alerted (UTC seconds since 1970).
    site
        Gives the ground and the approaches.
    horizon_s
        How long after the alert the encounter lasts, at most (s).
    carried_on_s
        How long the path is carried on after the end of the track (s).
    end_before_threshold_nm
        Where the aircraft lands, the encounter ends this far before the threshold (NM).
    future
        "flown", or "straight": straight ahead from the alert on.
    delivery
        The desk that the alert is delivered to.

    Returns
    -------
    Encounter
        A moment every 0.5 s from the alert on.

    Raises
    ------
    PhraseologyError
        When the track does not say where the aircraft is at the alert, or no ground is known there.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat")
    >>> columns = {"time_s": [0.0, 60.0], "track": [0, 0], "latitude_deg": [50.10, 50.07], "longitude_deg": [8.1, 8.1]}
    >>> tracks = Tracks.from_columns({**columns, "geometric_altitude_ft": [5000.0, 4000.0]}).on_plane(site.plane)
    >>> met = encounter_of(
    ...     tracks, np.array([5000.0, 4000.0]), 0, 10.0, site,
    ...     horizon_s=60.0, carried_on_s=10.0, end_before_threshold_nm=0.5,
    ... )
    >>> len(met.time_s), met.flown_ft[[0, -1]].round().tolist(), met.ends
    (121, [4833.0, 3833.0], '60 s after the alert')
    """
    rows = tracks.rows_of(track)
    true_ft, note = _true_altitude_ft(tracks, rows, altitude_ft[rows])
    known = np.isfinite(true_ft) & np.isfinite(tracks.x_m[rows]) & (tracks.flags[rows] & _NOT_FLOWN == 0)
    known &= tracks.on_ground[rows] != 1
    since_s = tracks.time_s[rows] - alert_s
    if future == "straight":
        known &= since_s <= 0.0
    path = np.column_stack([tracks.x_m[rows], tracks.y_m[rows], true_ft])[known]
    since_s = since_s[known]
    if len(since_s) < 2 or since_s[0] > 0.0 or (since_s[-1] < 0.0 and future == "flown"):
        raise PhraseologyError(
            "the track does not say how the aircraft flies at the alert",
            where=str(tracks.callsign[track]) or f"track {track}",
            mend="choose a recording with positions and altitudes around the alert",
        )
    horizon_s = horizon_s if future == "straight" else min(horizon_s, max(since_s[-1], 0.0) + carried_on_s)
    time_s = np.arange(0.0, max(horizon_s, 2 * STEP_S) + STEP_S / 2, STEP_S)
    rates = _rate_ftps(tracks, rows, known, since_s, path)
    x_m, y_m, flown_ft = _carried_on(since_s, path, rates, time_s)
    looks_s = np.linspace(0.0, time_s[-1], (len(time_s) - 1) * _LOOKS + 1, dtype=np.float64)
    ground_ft = _highest_around(_ground_ft(site, *_carried_on(since_s, path, rates, looks_s)[:2]))
    distance_nm = np.full(len(time_s), np.nan)
    ends = f"{time_s[-1]:.0f} s after the alert"
    landing = _landing(site.flown_approaches, x_m, y_m, flown_ft, end_before_threshold_nm)
    if landing is not None:
        approach, until = landing
        distance_nm, _ = along_and_across(approach, x_m, y_m)
        time_s, flown_ft, ground_ft, distance_nm = (one[:until] for one in (time_s, flown_ft, ground_ft, distance_nm))
        ends = f"{end_before_threshold_nm:g} NM before the threshold of {approach.name}"
    if not np.isfinite(ground_ft).any():
        raise PhraseologyError(
            "no ground is known below the aircraft",
            where=str(tracks.callsign[track]) or f"track {track}",
            mend="give the site terrain data that reach there",
        )
    notes = [note] if note else []
    if since_s[-1] < time_s[-1]:
        since = (
            "the alert on" if future == "straight" else f"{since_s[-1]:.0f} s after the alert on, where its track ends"
        )
        notes.append(f"from {since}, the flown path is carried on straight at its rate")
    if site.terrain is not None:
        notes += [f"terrain: {each}" for each in site.terrain.notes]
    if np.isnan(ground_ft).any():
        notes.append("the ground is not known below all of the path")
    return Encounter(time_s, flown_ft, ground_ft, distance_nm, ends, tuple(notes), delivery)


def straight_encounter(
    *, height_ft: float, rate_fpm: float, lasts_s: float, ground_ft: Sequence[float] | None = None
) -> Encounter:
    """An aircraft above level ground that climbs or descends at a constant rate.

    Parameters
    ----------
    height_ft
        Its height above the ground at the alert (ft).
    rate_fpm
        Its vertical rate (ft/min), negative down.
    lasts_s
        How long the encounter lasts (s).
    ground_ft
        Other ground than level: elevation (ft), one value each 0.5 s from 0 to `lasts_s`.

    Returns
    -------
    Encounter
        A moment every 0.5 s, without an approach.

    Examples
    --------
    >>> straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0).clearance_ft[-1]
    np.float64(-200.0)
    """
    time_s = np.arange(0.0, lasts_s + STEP_S / 2, STEP_S)
    below_ft = np.zeros(len(time_s)) if ground_ft is None else np.asarray(ground_ft, dtype=np.float64)
    flown_ft = height_ft + fpm_to_ftps(rate_fpm) * time_s
    return Encounter(time_s, flown_ft, below_ft, np.full(len(time_s), np.nan), f"{lasts_s:g} s after the alert")


def _true_altitude_ft(tracks: Tracks, rows: slice, on_qnh_ft: Floats) -> tuple[Floats, str]:
    geometric_ft = tracks.geometric_altitude_ft[rows]
    if np.isfinite(geometric_ft).all():
        return geometric_ft, ""
    return on_qnh_ft, "no geometric altitude is known: the altitude on the QNH stands for the true one"


def _rate_ftps(tracks: Tracks, rows: slice, known: NDArray[np.bool_], since_s: Floats, path: Floats) -> Floats:
    """The rate of x (m), y (m) and altitude (ft) a second with which the path is carried on."""
    first = int(np.searchsorted(since_s, since_s[-1] - _RATE_OVER_S))
    first = min(first, len(since_s) - 2)
    mean = (path[-1] - path[first]) / (since_s[-1] - since_s[first])
    last = np.array(
        [
            tracks.vx_mps[rows][known][-1],
            tracks.vy_mps[rows][known][-1],
            fpm_to_ftps(float(tracks.vertical_rate_fpm[rows][known][-1])),
        ]
    )
    return np.where(np.isfinite(last), last, mean)


def _carried_on(since_s: Floats, path: Floats, rates: Floats, time_s: Floats) -> tuple[Floats, Floats, Floats]:
    after_s = np.maximum(time_s - since_s[-1], 0.0)
    x_m, y_m, flown_ft = (np.interp(time_s, since_s, path[:, i]) + rates[i] * after_s for i in range(3))
    return x_m, y_m, flown_ft


def _landing(
    approaches: Sequence[Approach], x_m: Floats, y_m: Floats, flown_ft: Floats, end_nm: float
) -> tuple[Approach, int] | None:
    """The approach on which the path lands, low and along its course, and the moment its last stretch begins.

    Of parallel runways it is the one whose centreline is nearest.
    """
    found: list[tuple[float, int, Approach]] = []
    for approach in approaches:
        along_nm, across_m = along_and_across(approach, x_m, y_m)
        low = flown_ft < approach.threshold_elevation_ft + _LANDING_BELOW_FT
        near = (along_nm < end_nm) & (along_nm > -end_nm) & (np.abs(across_m) < _LANDING_WITHIN_M)
        closing = np.gradient(along_nm) < 0.0
        lands = np.flatnonzero(low & near & closing)
        if len(lands):
            found.append((abs(float(across_m[lands[0]])), max(int(lands[0]), 2), approach))
    if not found:
        return None
    _, until, approach = min(found, key=lambda row: row[0])
    return approach, until


def _ground_ft(site: Site, x_m: Floats, y_m: Floats) -> Floats:
    ground_ft = ground(site).elevation_ft(x_m, y_m)
    for obstacle in site.obstacles:
        ground_ft = np.where(_over(obstacle, x_m, y_m), np.fmax(ground_ft, obstacle.top_ft), ground_ft)
    return ground_ft


def _highest_around(looks_ft: Floats) -> Floats:
    """The highest look around every moment; NaN only where no look knows the ground."""
    padded = np.concatenate([np.full(_LOOKS, np.nan), looks_ft, np.full(_LOOKS, np.nan)])
    around_ft = np.lib.stride_tricks.sliding_window_view(padded, 2 * _LOOKS + 1)[::_LOOKS]
    return np.asarray(np.fmax.reduce(around_ft, axis=1), dtype=np.float64)


def _over(obstacle: Obstacle, x_m: Floats, y_m: Floats) -> NDArray[np.bool_]:
    return np.hypot(x_m - obstacle.x_m, y_m - obstacle.y_m) <= obstacle.radius_m
