"""From what really flew to what the surveillance system believes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks, column_names
from safetynets.traffic.perfect import seen_perfectly
from safetynets.traffic.sensors.adsb import adsb_plots
from safetynets.traffic.sensors.models import DuplicateTrack, Surveillance, SwappedTracks
from safetynets.traffic.sensors.plots import joined
from safetynets.traffic.sensors.radar import horizon, radar_plots
from safetynets.traffic.sensors.tracking import COLUMNS, system_track

KNOWN_ON_THE_GROUND = ("cleared_altitude_ft", "vectored", "visual")
"""What the controllers' system knows without any sensor."""
SENT_BY_MODE_S = ("selected_altitude_ft", "baro_setting_hpa")


def see(
    truth: Tracks, surveillance: Surveillance, site: Site, update_s: float, start_time_s: float, seed: int = 0
) -> Tracks:
    """What radars, ADS-B and a tracker make of what really flew.

    Each radar and ADS-B measure, each in its own random stream of the seed; the tracker joins what arrived in time. A
    track begins with its second plot, is `coasted` where an update brought none, and ends when it is dropped.

    Parameters
    ----------
    truth
        As `fly_truth` gives it.
    surveillance
        The sensors and the tracker (docs/traffic.md); without any surveillance is perfect.
    site
        Gives the plane and the terrain that hides aircraft from a radar.
    update_s
        Update period of the system tracks (s).
    start_time_s
        When the scenario starts (UTC seconds since 1970).
    seed
        The one seed of all measuring errors.

    Returns
    -------
    Tracks
        System tracks on the plane of the site, a plot every `update_s` from `start_time_s` on.

    Raises
    ------
    ScenarioError
        For a duplicate or swapped track of a flight that is not there.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> columns = {"time_s": [0.0, 1.0, 2.0, 3.0, 4.0], "track": [0] * 5, "latitude_deg": [50.1] * 5}
    >>> site = load_site("flat")
    >>> truth = Tracks.from_columns({**columns, "longitude_deg": [8.1] * 5}).on_plane(site.plane)
    >>> see(truth, Surveillance(), site, 4.0, 0.0).time_s.tolist()
    [0.0, 4.0]
    """
    if surveillance.sees_perfectly:
        seen = seen_perfectly(truth, update_s, start_time_s)
    else:
        seen = _system_tracks(truth, surveillance, site, update_s, start_time_s, seed)
    for swapped in surveillance.swapped_tracks:
        seen = _swapped(seen, swapped, start_time_s)
    for duplicate in surveillance.duplicate_tracks:
        seen = _duplicated(seen, duplicate, start_time_s)
    return seen


def _system_tracks(
    truth: Tracks, surveillance: Surveillance, site: Site, update_s: float, start_time_s: float, seed: int
) -> Tracks:
    hidden = [horizon(radar, site.plane, site.terrain) for radar in surveillance.radars]
    parts: dict[str, list[NDArray[np.float64]]] = {}
    for number in range(truth.track_count):
        rows = truth.rows_of(number)
        if rows.start == rows.stop:
            continue
        plots = [
            radar_plots(truth, number, radar, hides, site.plane, surveillance.mode_c, seed, sensor)
            for sensor, (radar, hides) in enumerate(zip(surveillance.radars, hidden, strict=True))
        ]
        if surveillance.adsb is not None:
            plots.append(adsb_plots(truth, number, surveillance.adsb, surveillance.mode_c, seed))
        table = system_track(joined(plots), surveillance.tracker, surveillance.mode_c, update_s, start_time_s)
        columns = dict(zip(COLUMNS, table.T, strict=True))
        before = np.clip(
            np.searchsorted(truth.time_s[rows], columns["time_s"], side="right") - 1, 0, rows.stop - rows.start - 1
        )
        for name in KNOWN_ON_THE_GROUND + (SENT_BY_MODE_S if surveillance.mode_s else ()):
            columns[name] = getattr(truth, name)[rows][before].astype(np.float64)
        columns["on_ground"] = truth.on_ground[rows][before].astype(np.float64)
        columns["track"] = np.full(len(table), float(number))
        for name, values in columns.items():
            parts.setdefault(name, []).append(values)
    plots_table: dict[str, ArrayLike] = {name: np.concatenate(values) for name, values in parts.items()}
    if not plots_table:
        plots_table = {"time_s": np.empty(0), "track": np.empty(0)}
    else:
        plots_table["latitude_deg"], plots_table["longitude_deg"] = site.plane.to_geographic(
            plots_table["x_m"], plots_table["y_m"]
        )
    facts = {name: getattr(truth, name) for name in column_names("track")}
    return Tracks.from_columns(plots_table, facts, site.plane)


def _number(tracks: Tracks, callsign: str) -> int:
    found = np.flatnonzero(tracks.callsign == callsign)
    if len(found) == 0:
        raise ScenarioError("no flight has this call sign", where=callsign, mend="name a call sign of the flights")
    return int(found[0])


def _swapped(tracks: Tracks, swapped: SwappedTracks, start_time_s: float) -> Tracks:
    """The tracks with the plots of two of them exchanged for a while."""
    one, other = (_number(tracks, callsign) for callsign in swapped.callsigns)
    since_s = tracks.time_s - start_time_s - swapped.from_s
    during = (since_s >= 0.0) & (since_s < (np.inf if swapped.for_s is None else swapped.for_s))
    track = np.array(tracks.track)
    track[during & (tracks.track == one)] = other
    track[during & (tracks.track == other)] = one
    return _rebuilt(tracks, {"track": track})


def _duplicated(tracks: Tracks, duplicate: DuplicateTrack, start_time_s: float) -> Tracks:
    """The tracks with another one, of the same call sign and beside the first, for a while."""
    number = _number(tracks, duplicate.callsign)
    since_s = tracks.time_s - start_time_s - duplicate.from_s
    copied = np.flatnonzero((tracks.track == number) & (since_s >= 0.0) & (since_s < duplicate.for_s))
    every = np.concatenate([np.arange(len(tracks)), copied])
    track, x_m = np.array(tracks.track)[every], np.array(tracks.x_m)[every]
    track[len(tracks) :] = tracks.track_count
    x_m[len(tracks) :] += duplicate.offset_m
    assert tracks.plane is not None
    latitude_deg, longitude_deg = tracks.plane.to_geographic(x_m, tracks.y_m[every])
    changed: dict[str, ArrayLike] = {
        "track": track,
        "x_m": x_m,
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
    }
    facts = {name: np.append(getattr(tracks, name), getattr(tracks, name)[number]) for name in column_names("track")}
    return _rebuilt(tracks, changed, every, facts)


def _rebuilt(
    tracks: Tracks,
    changed: Mapping[str, ArrayLike],
    rows: NDArray[np.intp] | slice = slice(None),
    facts: Mapping[str, ArrayLike] | None = None,
) -> Tracks:
    plots: dict[str, ArrayLike] = {name: getattr(tracks, name)[rows] for name in column_names("plot")}
    plots.update(changed)
    if facts is None:
        facts = {name: getattr(tracks, name) for name in column_names("track")}
    return replace(Tracks.from_columns(plots, facts), plane=tracks.plane)
