"""The alerts of whole tracks from the few plots that can matter: those of `judge`, many times faster.

A subject at rest is changed by a hit alone. So the plots that could be one are filtered from all (`candidates`), and
only they, and those after them until the subject is at rest again, are judged, by the walk that judges all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine import lifecycle
from safetynets.engine.alerts import NONE, Alerts, Columns, in_order
from safetynets.engine.arbitration import JoinedSpans, arbitrate, hidden_while_joined, rule_of
from safetynets.engine.candidates import CoarseFilter, Rows, chunks, coarse_filter_of
from safetynets.engine.conflicts import conflicts_of
from safetynets.engine.episodes import EventList, episodes, event_list
from safetynets.engine.kernels.lifecycle import START
from safetynets.engine.local import any_local, has_local, near_at
from safetynets.engine.monitor import alerts_by, alerts_of_pairs, allocate_log, carried_of, judge
from safetynets.engine.net import Net, Subjects, nets_at
from safetynets.engine.pairs import PairRows, PairTable
from safetynets.engine.plots import plots_of
from safetynets.engine.stage import Stage, stages_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Events
    from safetynets.engine.kernels.plots import Plots
    from safetynets.engine.kernels.track_state import Carried
    from safetynets.engine.kernels.walk import Log

__all__ = ["alerts_of"]

FEWEST_EVENTS = 64
PAIR_PLOTS = 250_000
"""About how many plots of pairs are judged at a time."""


@dataclass(frozen=True, eq=False)
class Follower:
    """Follows alerts of all tracks from their candidates, a chunk of subjects at a time.

    `carried` and `memory` are what is known and remembered of each track: chunks are of different tracks and share it.
    """

    coarse_filter: CoarseFilter
    carried: Carried
    memory: Mapping[Net, Any]

    def alerts(self, first: int, end: int) -> Columns:
        """The alerts of the subjects from `first` to before `end`, not numbered."""
        tracks, site = self.coarse_filter.tracks, self.coarse_filter.site
        judges = self.coarse_filter.nets_of(first, end)
        found = self.coarse_filter.candidates(first, end, judges)
        hidden = hidden_while_joined(rule_of(site.parameters.arbitration))
        lists, joined = [], JoinedSpans()
        for net, rows in found.items():
            for stage in self.stages(net, rows):
                one = self.events(stage, rows)
                if not net.has_phases:
                    plot = one.events.row[one.events.what == START]
                    one.opening["on_final"] = self._joined(judges, first, plot, plot)[1] >= 0
                if net.name in hidden:
                    row, approach = self._joined(judges, first, *self._spans(one.events))
                    joined.note(tracks.track[row], tracks.time_s[row], approach)
                lists.append(one)
        if not lists:
            return {name: column for name, column in NONE.items() if name != "alert_id"}
        return arbitrate(episodes(lists), joined.all(), site.parameters.arbitration)

    def events(self, stage: Stage, rows: Rows) -> EventList:
        """What becomes of the alerts of a stage, from its candidates; taken for joined to an approach."""
        log, events = self._followed(stage, rows)
        count = len(events.what)
        table = conflicts_of(stage.net, stage.group, stage.areas, log.verdicts, log.altitude_ft)
        joined = np.ones(count, dtype=np.bool_)
        return event_list(events, self.coarse_filter.tracks, table, np.arange(count), log.qnh_hpa, joined)

    def stages(self, net: Net, rows: Rows, of_track: NDArray[np.uint8] | None = None) -> Iterator[Stage]:
        """The stages of a net for the subjects of some rows; no rule about these keeps them out unless it is said."""
        coarse_filter = self.coarse_filter
        tracks, plots = coarse_filter.tracks, coarse_filter.plots
        numbers = tracks.track[rows[np.diff(tracks.track[rows], prepend=-1) != 0]]
        subjects = Subjects(tracks, numbers, plots.from_s, plots.now_s, self.memory.get(net))
        no_rule = np.zeros(tracks.track_count, dtype=np.uint8)
        return stages_of(net, coarse_filter.site, subjects, no_rule if of_track is None else of_track)

    def _followed(self, stage: Stage, candidates: Rows) -> tuple[Log, Events]:
        """What the walk writes, in as much room as it needs."""
        from safetynets.engine.kernels.walk import FULL

        room = len(candidates) + FEWEST_EVENTS
        while True:
            log = allocate_log(room, room)
            memory = lifecycle.forget_all(0)
            count = stage.walk(candidates, False, self.coarse_filter.plots, self.carried, memory, log)
            if count != FULL:
                return log, lifecycle.select(log.events, slice(count))
            room *= 2

    def _joined(
        self, judges: Mapping[Net, NDArray[np.bool_]], first: int, from_row: Rows, to_row: Rows
    ) -> tuple[Rows, NDArray[np.int32]]:
        """All rows of these spans of rows, and the approach that each plot is joined to (-1 for none)."""
        net = next((net for net in judges if net.has_phases), None)
        if net is None:
            return from_row, np.full(len(from_row), -1, dtype=np.int32)
        # Here alone a net is asked about subjects that it does not judge.
        of_track = np.zeros(self.coarse_filter.tracks.track_count, dtype=np.uint8)
        numbers = self.coarse_filter.plots.number[first : first + len(judges[net])]
        of_track[numbers] = ~judges[net]
        (stage,) = self.stages(net, from_row, of_track)
        return stage.phases(from_row, to_row, self.coarse_filter.plots, self.carried)

    def _spans(self, events: Events) -> tuple[Rows, Rows]:
        """First and last row of the alerts of these events; the last of the track where nothing ends an alert."""
        starts = np.flatnonzero(events.what == START)
        # An end is the last event of its alert, and of one plot it comes before the next start.
        last = np.append(starts, len(events.what))[1:] - 1
        from_row, start = events.row[starts], self.coarse_filter.plots.start
        end_of_track = start[np.searchsorted(start, from_row, side="right")] - 1
        return from_row, np.where(events.row[last] >= 0, events.row[last], end_of_track)


def follower_of(coarse_filter: CoarseFilter) -> Follower:
    """What follows the candidates of a coarse filter."""
    plots, count = coarse_filter.plots, coarse_filter.tracks.track_count
    carried = carried_of(plots, count)
    return Follower(coarse_filter, carried, {net: net.memory(count) for net in coarse_filter.nets if net.memory})


def alerts_of(tracks: Tracks, site: Site, threads: int = 2) -> Alerts:
    """Find the alerts alone: those of `judge(tracks, site)`, many times faster.

    Plots at which no net can find anything are left out first, exactly and not by sampling; only the others, and those
    after them until nothing is pending, are judged.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    site
        The site, with its parameters and QNH.
    threads
        How many threads; the alerts are the same whatever their number.

    Returns
    -------
    Alerts
        In order of start.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> columns = {"time_s": [0.0, 4.0], "track": [0, 0], "latitude_deg": [50.1, 50.1], "longitude_deg": [8.1, 8.1]}
    >>> tracks = Tracks.from_columns({**columns, "pressure_altitude_ft": [5000.0, 5000.0]}).on_plane(site.plane)
    >>> len(alerts_of(tracks, site))
    0
    """
    if any_local(site):
        # The coarse filter asks the same of every plot; where parameters differ by place, all plots are judged.
        return judge(tracks, site).alerts
    with ThreadPoolExecutor(threads) as pool:
        coarse_filter = coarse_filter_of(tracks, site, pool)
        follower = follower_of(coarse_filter)
        parts = list(pool.map(lambda chunk: follower.alerts(*chunk), chunks(coarse_filter.plots.start, threads)))
        about_pairs = [net for net in nets_at(site) if net.near is not None]
        for net in about_pairs:
            parts += alerts_about_pairs(tracks, site, net, coarse_filter.plots, pool)
    return in_order(parts, by_name=bool(about_pairs))


def alerts_about_pairs(
    tracks: Tracks, site: Site, net: Net, plots: Plots, pool: Executor, found: PairRows | None = None
) -> list[Columns]:
    """The alerts of a net about pairs, not numbered, some pairs at a time; the spatial join is its coarse filter.

    `found` is what the join finds, where it was made before.
    """
    assert net.near is not None
    if found is None:
        found = PairTable(near_at(net, site)).rows(tracks)
    start_s = carried_of(plots, tracks.track_count).track_start_s
    edges = np.unique(np.searchsorted(found.start, np.arange(0, len(found.row) + PAIR_PLOTS, PAIR_PLOTS)))
    edges = np.unique(np.minimum(edges, len(found.number))).tolist()

    def of_chunk(chunk: tuple[int, int]) -> Columns:
        columns = alerts_of_pairs(net, found.chunk(*chunk), tracks, site, start_s, plots.now_s)
        return {name: column for name, column in columns.items() if name != "alert_id"}

    return list(pool.map(of_chunk, pairwise(edges)))


def alerts_of_net(tracks: Tracks, site: Site, net: Net, group: str, found: PairRows | None = None) -> Columns:
    """The alerts of one net and group alone, before any arbitration; `found` as for `alerts_about_pairs`.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    if net.near is not None:
        with ThreadPoolExecutor(1) as pool:
            parts = alerts_about_pairs(tracks, site, net, plots_of(tracks, site), pool, found)
        columns = in_order(parts, by_name=True).columns
        return {name: column[columns["group"] == group] for name, column in columns.items()}
    if has_local(site, net):
        columns = alerts_by((net,), tracks, site).columns
        return {name: column[columns["group"] == group] for name, column in columns.items()}
    coarse_filter = coarse_filter_of(tracks, site, only=(net,))
    follower, subjects = follower_of(coarse_filter), len(coarse_filter.plots.number)
    rows = np.empty(0, dtype=np.int64)
    if subjects and net in coarse_filter.nets:
        rows = coarse_filter.candidates(0, subjects, coarse_filter.nets_of(0, subjects))[net]
    return episodes([follower.events(stage, rows) for stage in follower.stages(net, rows) if stage.group == group])


def candidates(tracks: Tracks, site: Site, threads: int = 2) -> dict[Net, Rows]:
    """Ascending rows, for each net, among which are all plots at which it finds a hit, whatever the number of threads.

    A plot that is not assessable is no hit, and a subject at rest is changed by hits alone: an alert can start, and be
    brought nearer, at no other plot.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    with ThreadPoolExecutor(threads) as pool:
        coarse_filter = coarse_filter_of(tracks, site, pool)

        def of_chunk(chunk: tuple[int, int]) -> dict[Net, Rows]:
            return coarse_filter.candidates(*chunk, coarse_filter.nets_of(*chunk))

        found = list(pool.map(of_chunk, chunks(coarse_filter.plots.start, threads)))
    none = np.empty(0, dtype=np.int64)
    return {net: np.concatenate([none, *(one[net] for one in found)]) for net in coarse_filter.nets}
