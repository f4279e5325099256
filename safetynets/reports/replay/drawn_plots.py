"""Which plots of a run are sent to the browser, and what is drawn of each; alerts are never found in these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.local import sites_at
from safetynets.engine.net import guarding
from safetynets.reports.approach_lines import above_limit_ft, below_limit_ft
from safetynets.runs.run import Run
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft
from safetynets.tracks import PlotFlag, Tracks
from safetynets.tracks.portions import PORTION_PLOTS
from safetynets.traffic.places import Ground
from safetynets.units import m_to_nm

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

DRAWN_PLOTS = 150_000
"""About as many plots as a page carries: ten aircraft for an hour are 9,000 plots of a radar that turns every 4 s."""
_PERIODS_S = (0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0, 60.0)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The plots that are drawn: their numbers in the tracks, and how far apart they are at least (s; 0 for all)."""

    rows: Rows
    every_s: float


def drawn_plots(run: Run, most: int = DRAWN_PLOTS) -> Drawn:
    """The plots with a position, thinned evenly in time where there are more than `most`.

    The first and last plot of each track, and those next to the start and the end of each alert, are always among
    them.
    """
    tracks = run.tracks
    kept: dict[float, list[Rows]] = {every_s: [] for every_s in _PERIODS_S}
    for portion in tracks.portions(PORTION_PLOTS):
        rows = _placed(tracks, portion)
        track, time_s = tracks.track[rows], tracks.time_s[rows]
        first = np.diff(track, prepend=-1) != 0
        ends = first | np.roll(first, -1)
        since_s = time_s - time_s[first][np.cumsum(first) - 1]
        for every_s, parts in kept.items():
            due = (
                ends | (np.diff(since_s // every_s, prepend=-1.0) != 0.0) if every_s else np.ones(len(rows), dtype=bool)
            )
            parts.append(rows[due])
        while len(kept) > 1 and sum(map(len, next(iter(kept.values())))) > most:
            del kept[next(iter(kept))]
    every_s, parts = next(iter(kept.items()))
    return Drawn(np.unique(np.concatenate([*parts, _beside(run)])), every_s)


def _placed(tracks: Tracks, rows: slice) -> Rows:
    """The numbers of those plots of a slice that have a position."""
    return np.asarray(rows.start + np.flatnonzero(np.isfinite(tracks.x_m[rows]) & np.isfinite(tracks.y_m[rows])))


def _beside(run: Run) -> Rows:
    """Of each alert the last plot with a position at or before its start and its end."""
    beside = []
    for alert in run.alerts:
        rows = _placed(run.tracks, run.tracks.rows_of(alert.track))
        for moment_s in (alert.start_time_s, alert.end_time_s):
            place = int(np.searchsorted(run.tracks.time_s[rows], moment_s, side="right")) - 1
            if np.isfinite(moment_s) and place >= 0:
                beside.append(rows[place])
    return np.array(beside, dtype=np.intp)


def altitude_ft(run: Run, rows: Rows) -> Floats:
    """Altitude on the QNH of these plots, NaN where it is unknown or flagged as a spike."""
    spike = (run.tracks.flags[rows] & PlotFlag.ALTITUDE_SPIKE) != 0
    return np.where(spike, np.nan, run.altitude_ft[rows])


def on_ground(run: Run, rows: Rows) -> Floats:
    """1 for a plot of an aircraft on the ground, else 0."""
    tracks = run.tracks
    ground = (tracks.on_ground[rows] == 1) | ((tracks.flags[rows] & PlotFlag.ON_GROUND) != 0)
    return np.where(ground, 1.0, 0.0)


def terrain_ft(run: Run, rows: Rows) -> Floats:
    """Elevation of the terrain below these plots (ft), NaN where there is no data."""
    return Ground(run.site.terrain, ()).elevation_ft(run.tracks.x_m[rows], run.tracks.y_m[rows])


def approach_limits_ft(run: Run, rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Below limit, nominal altitude and above limit (ft) of the approach joined at these plots; NaN where none is.

    A limit that the site does not monitor is NaN.
    """
    below, nominal, above = (np.full(len(rows), np.nan) for _ in range(3))
    net, joined = guarding("ground", on_final=True), run.approach[rows]
    for site, here in sites_at(run.site, net, net.key, run.tracks, rows, joined):
        parameters = net.parameters_of(site)
        for index, approach in enumerate(site.approaches):
            on = here & (joined == index)
            if not on.any():
                continue
            distance_nm, _ = along_and_across(approach, run.tracks.x_m[rows][on], run.tracks.y_m[rows][on])
            nominal[on] = nominal_altitude_ft(approach, distance_nm)
            if "below" in parameters.kinds:
                below[on] = below_limit_ft(approach, parameters, distance_nm)
            if "above" in parameters.kinds:
                above[on] = above_limit_ft(approach, parameters, distance_nm)
    return below, nominal, above


def flown_nm(run: Run, rows: Rows) -> Floats:
    """Distance flown (NM) at these plots since the first of them of the same track."""
    tracks = run.tracks
    leg_m = np.hypot(np.diff(tracks.x_m[rows], prepend=0.0), np.diff(tracks.y_m[rows], prepend=0.0))
    first = np.diff(tracks.track[rows], prepend=-1) != 0
    leg_m[first] = 0.0
    flown_m = np.cumsum(leg_m)
    return np.asarray(m_to_nm(flown_m - flown_m[first][np.cumsum(first) - 1]))
