"""All nets over a set of tracks, whole or plot by plot: the same walk, the same alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.engine import lifecycle
from safetynets.engine.alerts import Alerts, Columns, in_order
from safetynets.engine.arbitration import JoinedSpans, arbitrate
from safetynets.engine.conflicts import Conflicts, allocate_verdicts, concatenate_conflicts, conflicts_of, of_nearest
from safetynets.engine.eligibility import rules_of_tracks
from safetynets.engine.episodes import EventList, episodes, event_list, merged
from safetynets.engine.local import (
    Whereabouts,
    has_local,
    masks,
    near_at,
    needs_phases,
    runs_of,
    site_of,
    whereabouts,
)
from safetynets.engine.net import Net, Subjects, nets_at
from safetynets.engine.pairs import Pairs, PairTable, plots_of_pairs, rules_of_pairs
from safetynets.engine.plots import plots_of
from safetynets.engine.stage import Stage, stage_of, stages_of
from safetynets.engine.track_state import check_plane, track_state_of
from safetynets.errors import TracksError
from safetynets.processors import compile_together
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Events
    from safetynets.engine.kernels.plots import Plots
    from safetynets.engine.kernels.track_state import Carried
    from safetynets.engine.kernels.walk import Log

__all__ = ["Judged", "Monitor", "Portion", "judge", "judge_in_portions"]

Memory = TypeVar("Memory", bound=tuple[Any, ...])
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Portion:
    """What the nets made of a portion of plots.

    Attributes
    ----------
    altitude_ft
        Altitude of each plot (ft on the regional QNH), shape (plots,); NaN where it cannot be known.
    qnh_hpa
        The QNH of each plot (hPa), NaN where none is known.
    approach
        Index into `Site.approaches` of the approach each plot is joined to, -1 for none.
    conflicts
        One table a net and group of areas, each with a row a plot.
    """

    altitude_ft: Floats
    qnh_hpa: Floats
    approach: NDArray[np.int32]
    conflicts: tuple[Conflicts, ...]


@dataclass(frozen=True, eq=False)
class Judged(Portion):
    """What the nets made of whole tracks.

    Attributes
    ----------
    altitude_ft, qnh_hpa, approach, conflicts
        As in `Portion`.
    alerts
        The alerts in order of start.
    """

    alerts: Alerts


def judge(tracks: Tracks, site: Site, until_s: float | None = None) -> Judged:
    """Judge every plot of tracks by all nets of a site.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    site
        The site, with its parameters and QNH.
    until_s
        When the recording ends (UTC seconds since 1970), where that is later than these tracks: what still lasts then
        is open.

    Returns
    -------
    Judged
        Each plot as every net judged it, and the alerts.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.

    References
    ----------
    docs/nets.md gives each net, inequality by inequality, with its sources.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> time_s = np.arange(0.0, 80.0, 4.0)
    >>> columns = {"time_s": time_s, "track": 0 * time_s, "pressure_altitude_ft": 3000 - 25 * time_s}
    >>> columns |= {"latitude_deg": 50.1 + 0.0006 * time_s, "longitude_deg": 8.1 + 0 * time_s}
    >>> columns |= {"vx_mps": 0 * time_s, "vy_mps": 66.7 + 0 * time_s, "vertical_rate_fpm": -1500 + 0 * time_s}
    >>> tracks = Tracks.from_columns(columns, {"callsign": ["LOW1"], "flight_rules": ["IFR"]}).on_plane(site.plane)
    >>> [(alert.net, alert.kind, alert.start_time_s) for alert in judge(tracks, site).alerts]
    [('MSAW', 'below', 52.0)]
    >>> [(rows, len(judged.alerts)) for rows, judged in judge_in_portions(tracks, site, plots=100)]
    [(slice(0, 20, None), 1)]
    """
    monitor = Monitor(site)
    portion = monitor.feed(tracks, until_s)
    return Judged(**vars(portion), alerts=monitor.alerts())


def judge_in_portions(tracks: Tracks, site: Site, plots: int) -> Iterator[tuple[slice, Judged]]:
    """Judge as `judge` does, some plots at a time, each track whole.

    The alerts of all portions, put together by `safetynets.engine.alerts.in_order`, are those of `judge`. With a net
    about pairs of aircraft, or one that goes by other flights, there is one portion.

    Parameters
    ----------
    tracks, site
        As for `judge`.
    plots
        How many plots a portion has, about: the last track of it is taken whole.

    Yields
    ------
    tuple of slice and Judged
        The rows of a portion in `tracks`, and what came of it.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.

    Examples
    --------
    See `judge`.
    """
    count, until_s = len(tracks), float(tracks.time_s.max(initial=-np.inf))
    together = any(net.near is not None or (net.among_others and net.among_others(site)) for net in nets_at(site))
    if count <= plots or together:
        yield slice(0, count), judge(tracks, site)
        return
    for rows in tracks.portions(plots):
        yield rows, judge(tracks.select(rows), site, until_s)


_COMPILED: set[Net] = set()
"""The nets whose walks this process has."""


class Monitor:
    """The nets of a site, fed with plots as they come, in any portions.

    In each portion the plots of a track are not older than those of that track fed before, and none is older than what
    was said to be complete; where a net about pairs is on, none is older than any fed before. Track numbers stay the
    same from portion to portion; new tracks may be added at the end of the table. However the plots are portioned, the
    alerts are the same.

    Parameters
    ----------
    site
        The site, with its parameters and QNH.
    only
        The nets to run; without it those of the site (`safetynets.engine.net.nets_at`).

    Examples
    --------
    >>> from safetynets.engine.net import net_of
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> time_s = np.arange(0.0, 80.0, 4.0)
    >>> columns = {"time_s": time_s, "track": 0 * time_s, "pressure_altitude_ft": 3000 - 25 * time_s}
    >>> columns |= {"latitude_deg": 50.1 + 0.0006 * time_s, "longitude_deg": 8.1 + 0 * time_s}
    >>> columns |= {"vx_mps": 0 * time_s, "vy_mps": 66.7 + 0 * time_s, "vertical_rate_fpm": -1500 + 0 * time_s}
    >>> tracks = Tracks.from_columns(columns, {"callsign": ["LOW1"], "flight_rules": ["IFR"]}).on_plane(site.plane)
    >>> monitor = Monitor(site)
    >>> for row in range(len(tracks)):
    ...     portion = monitor.feed(tracks.select(slice(row, row + 1)))
    ...     if len(monitor.changed):
    ...         print(tracks.time_s[row], len(monitor.alerts()))
    52.0 1
    72.0 1
    >>> msaw = net_of("MSAW")
    >>> bool(monitor.memory_of(msaw, "msaw").active[0]), sorted(monitor.drop_ended())
    (True, [0])
    >>> monitor.forget(np.array([0]))
    >>> bool(monitor.memory_of(msaw, "msaw").active[0])
    False
    """

    def __init__(self, site: Site, only: Sequence[Net] | None = None) -> None:
        self._site = site
        self._nets = nets_at(site) if only is None else tuple(only)
        self._now_s = self._complete_s = -np.inf
        self._carried = unknown(0)
        self._joined_spans = JoinedSpans()
        self._memory: dict[tuple[Net, str], Any] = {}
        self._phases: dict[Net, Any] = {}
        self._pairs: dict[Net, PairTable] = {}
        self._pairs_carried: dict[Net, Carried] = {}
        self._local: dict[tuple[Net, str], LocalRules] = {}
        self._past: list[EventList] = []
        self._open: list[EventList] = []
        self._changed: list[NDArray[np.integer[Any]]] = []

    def __getstate__(self) -> dict[str, Any]:
        """All that is remembered; the site is to be put in again."""
        return {name: value for name, value in vars(self).items() if name != "_site"}

    @property
    def site(self) -> Site:
        """The site as the next portion is judged; another with the same nets, areas and plane may be put in."""
        return self._site

    @site.setter
    def site(self, site: Site) -> None:
        self._site = site

    def feed(self, tracks: Tracks, complete_s: float | None = None) -> Portion:
        """Judge the plots of a portion.

        Parameters
        ----------
        tracks
            The plots, on the site's plane.
        complete_s
            No plot older than this (UTC seconds since 1970) will come any more: an alert that no plot has held up by
            then is lost. Without it, the time of the newest plot.

        Returns
        -------
        Portion
            Each plot as every net judged it.

        Raises
        ------
        TracksError
            If the tracks are not on the site's plane, or a plot is older than the class allows.
        """
        if self._site.later:
            return self._feed_in_spans(tracks, complete_s)
        check_plane(tracks, self._site)
        plots = plots_of(tracks, self._site)
        self._make_room(tracks.track_count)
        starts = plots.start[:-1]
        self._refuse_older(tracks, plots)
        new = np.isnan(self._carried.track_start_s[plots.number])
        self._carried.track_start_s[plots.number[new]] = tracks.time_s[starts[new]]
        if not _COMPILED.issuperset(self._nets):
            self._compile(tracks)
        judged = [one for net in self._nets if net.near is None for one in self._judge(net, tracks, plots)]
        self._carry_on(plots, self._carried)
        approach = np.full(len(tracks), -1, dtype=np.int32)
        for stage, (log, _) in judged:
            if stage.net.has_phases:
                approach = log.phase
        self._changed = [np.array(self._joined_spans.note(tracks.track, tracks.time_s, approach), dtype=np.int64)]
        self._now_s = max(self._now_s, float(tracks.time_s.max(initial=-np.inf)))
        self._complete_s = max(self._complete_s, self._now_s if complete_s is None else complete_s)
        portion = self._note(tracks, judged, approach)
        for net in self._nets:
            if net.near is not None:
                portion = replace(portion, conflicts=(*portion.conflicts, *self._feed_pairs(net, tracks)))
        return portion

    def _feed_in_spans(self, tracks: Tracks, complete_s: float | None) -> Portion:
        """Judge the plots of a portion by the site as it is at the time of each (`Site.later`)."""
        site = self._site
        parts: list[Portion] = []
        rows: list[NDArray[np.int64]] = []
        changed: list[NDArray[np.integer[Any]]] = []
        bounds_s = [-np.inf, *(from_s for from_s, _ in site.later), np.inf]
        sites = [replace(site, later=()), *(one for _, one in site.later)]
        for self._site, from_s, to_s in zip(sites, bounds_s, bounds_s[1:], strict=False):
            some = np.flatnonzero((tracks.time_s > from_s) & (tracks.time_s <= to_s))
            rows.append(some)
            parts.append(self.feed(tracks.select(some), complete_s if to_s == np.inf else None))
            changed += self._changed
        self._site, self._changed = site, changed
        return concatenate_portions(parts, np.argsort(np.concatenate(rows)))

    @property
    def changed(self) -> NDArray[np.integer[Any]]:
        """The tracks of which alerts began, changed or ended with the portion fed last; of a pair the first."""
        return np.unique(np.concatenate(self._changed)) if self._changed else np.empty(0, dtype=np.int64)

    def alerts(self, tracks: NDArray[np.integer[Any]] | None = None) -> Alerts:
        """All alerts up to now.

        Parameters
        ----------
        tracks
            Numbers of tracks: only theirs, of a pair by its first track.

        Returns
        -------
        Alerts
            In order of start; those that still last have no end time (NaN).
        """
        lists = [*self._past, *self._open]
        if tracks is not None:
            lists = [one.select(np.isin(one.subjects, tracks)) for one in lists]
        if not lists:
            return in_order([])
        return in_order([arbitrate(episodes(lists), self._joined_spans.all(), self._site.parameters.arbitration)])

    def drop_ended(self) -> frozenset[int]:
        """Drop the ended alerts of tracks without an alert that lasts.

        The alerts that last, and those that are still to come, stay the same.

        Returns
        -------
        frozenset of int
            The tracks that have an alert that lasts; their ended alerts are kept.
        """
        lasting = frozenset(track for one in self._open for track in one.subjects.tolist())
        kept = np.array(sorted(lasting), dtype=np.int64)
        past = [one.select(np.isin(one.subjects, kept)) for one in merged(self._past)]
        self._past = [one for one in past if len(one.subjects)]
        self._joined_spans.keep(lasting)
        return lasting

    def forget(self, tracks: NDArray[np.integer[Any]]) -> None:
        """Forget tracks that have ended and have no alert that lasts, so that their numbers may be given to others.

        `drop_ended` comes before this.

        Parameters
        ----------
        tracks
            Numbers of the tracks, shape (n,).
        """
        _reset(self._carried, unknown(1), tracks)
        for key, memory in self._memory.items():
            if key[0].near is None:
                _reset(memory, lifecycle.forget_all(1), tracks)
        for net, memory in self._phases.items():
            assert net.memory is not None
            _reset(memory, net.memory(1), tracks)
        for key, local in self._local.items():
            if key[0].near is None:
                local.which[tracks[tracks < len(local.which)]] = -1
        self._joined_spans.forget(tracks)
        for net, table in self._pairs.items():
            kept = table.forget(tracks)
            if kept is None:
                continue
            number = np.full(len(self._pairs_carried[net].track_start_s), -1, dtype=np.int32)
            number[kept] = np.arange(len(kept))
            self._pairs_carried[net] = _taken(self._pairs_carried[net], kept)
            for key in [key for key in self._memory if key[0] is net]:
                self._memory[key] = _taken(self._memory[key], kept)
                if key in self._local:
                    self._local[key].which = self._local[key].which[kept[kept < len(self._local[key].which)]]
            self._past = [one.renumbered(number) if one.net is net else one for one in self._past]
            self._open = [one.renumbered(number) if one.net is net else one for one in self._open]

    def pair_number(self, net: Net, track: int, other_track: int) -> int:
        """The number of a pair in what a net about pairs remembers.

        Parameters
        ----------
        net
            A net about pairs that has been fed.
        track, other_track
            Numbers of the two tracks.

        Returns
        -------
        int
            The row of the pair in `memory_of`.

        Examples
        --------
        >>> from safetynets.engine.net import net_of
        >>> from safetynets.sites import load_site
        >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
        >>> columns = {"time_s": [0.0, 0.0], "track": [0, 1], "latitude_deg": [50.1, 50.1]}
        >>> columns |= {"longitude_deg": [8.1, 8.11], "pressure_altitude_ft": [9000.0, 9000.0]}
        >>> columns |= {"vx_mps": [0.0, 0.0], "vy_mps": [90.0, 90.0], "vertical_rate_fpm": [0.0, 0.0]}
        >>> tracks = Tracks.from_columns(columns).on_plane(site.plane)
        >>> stca = net_of("STCA")
        >>> monitor = Monitor(site, [stca])
        >>> _ = monitor.feed(tracks)
        >>> monitor.pair_number(stca, 0, 1)
        0
        """
        return self._pairs[net].number_of(track, other_track)

    def memory_of(self, net: Net, group: str) -> Any:
        """What the lifecycle remembers of every track, or pair, about one net and group.

        Parameters
        ----------
        net
            A net that has been fed.
        group
            One of its groups of areas.

        Returns
        -------
        named tuple
            One array a quantity, one entry a track or pair.

        Raises
        ------
        KeyError
            When the net has not been fed, or has no such group.
        """
        return self._memory[net, group]

    def _refuse_older(self, tracks: Tracks, plots: Plots) -> None:
        if not len(tracks):
            return
        oldest_s = self._complete_s
        if any(net.near is not None for net in self._nets):
            oldest_s = self._now_s
        before_s = np.fmax(self._carried.last_s[plots.number], oldest_s)
        early = np.flatnonzero(tracks.time_s[plots.start[:-1]] < before_s)
        if len(early):
            time_s = tracks.time_s[plots.start[early[0]]]
            raise TracksError(
                f"a plot at {time_s} s is older than the plots already fed (up to {before_s[early[0]]} s)",
                mend="feed plots in the order of time",
            )

    def _compile(self, tracks: Tracks) -> None:
        """Compile the walks of the nets about single aircraft on all processors, where they were not kept.

        They are compiled for no plots: what a net remembers of its subjects changes when its inputs are made.
        """
        from safetynets.engine.kernels.walk import walk

        none = tracks.select(slice(0, 0))
        plots = plots_of(none, self._site)
        known = unknown(0), lifecycle.forget_all(0), allocate_log(0, 0)
        calls = []
        for net in self._nets:
            if net.near is None:
                of_track = rules_of_tracks(none, net.parameters_of(self._site), plots.number)
                for stage in stages_of(net, self._site, self._subjects(net, none, plots), of_track):
                    calls.append(stage.arguments(plots.start[:-1], True, plots, *known))
        compile_together(walk, calls)
        _COMPILED.update(self._nets)

    def _judge(self, net: Net, tracks: Tracks, plots: Plots) -> Iterator[tuple[Stage, tuple[Log, Events]]]:
        """Judge the plots of a portion by a net about single aircraft."""
        if not has_local(self._site, net):
            subjects = self._subjects(net, tracks, plots)
            of_track = rules_of_tracks(tracks, net.parameters_of(self._site), plots.number)
            for stage in stages_of(net, self._site, subjects, of_track):
                yield stage, self._walk(stage, plots, self._carried)
            return
        where = whereabouts(plots.received, plots.received.track, self._site)
        if needs_phases(self._site):
            where = replace(where, approach=self._approaches(tracks, plots, where))
        for group in net.groups(self._site):
            held = masks(self._site, net, group, where, tracks)

            def stage_at(site: Site, runs: NDArray[np.int64], group: str = group) -> Stage:
                subjects = replace(self._subjects(net, tracks, plots), numbers=tracks.track[runs])
                return stage_of(net, site, group, subjects, rules_of_tracks(tracks, net.parameters_of(site)))

            yield self._walk_locally(net, group, plots, self._carried, held, stage_at)

    def _approaches(self, tracks: Tracks, plots: Plots, where: Whereabouts) -> NDArray[np.int32]:
        """The approach that each plot is joined to, as the net tells it that decides this; nothing is carried on."""
        net = next((net for net in self._nets if net.has_phases), None)
        if net is None:
            return np.full(len(tracks), -1, dtype=np.int32)
        (group,) = net.groups(self._site)
        held = masks(self._site, net, group, where, tracks)
        joined = deepcopy(self._phases[net])

        def stage_at(site: Site, runs: NDArray[np.int64]) -> Stage:
            subjects = Subjects(tracks, tracks.track[runs], plots.from_s, plots.now_s, joined)
            return stage_of(net, site, group, subjects, rules_of_tracks(tracks, net.parameters_of(site)))

        memory, local = self._memory.get((net, group)), self._local.get((net, group))
        self._memory[net, group] = lifecycle.forget_all(tracks.track_count)
        _, (log, _) = self._walk_locally(net, group, plots, self._carried, held, stage_at)
        for kept, before in ((self._memory, memory), (self._local, local)):
            if before is None:
                kept.pop((net, group), None)
            else:
                kept[net, group] = before
        return log.phase

    def _subjects(self, net: Net, tracks: Tracks, plots: Plots) -> Subjects:
        return Subjects(tracks, plots.number, plots.from_s, plots.now_s, self._phases.get(net))

    def _feed_pairs(self, net: Net, tracks: Tracks) -> Iterator[Conflicts]:
        """Judge the pairs of a portion by a net about pairs; its tables, told for the plots of the portion."""
        assert net.near is not None
        table = self._pairs.setdefault(net, PairTable(near_at(net, self._site)))
        pairs = table.feed(tracks)
        for found in self._judge_pairs(net, pairs, tracks):
            yield of_nearest(found, pairs.row, len(tracks))

    def _judge_pairs(self, net: Net, pairs: Pairs, tracks: Tracks) -> Iterator[Conflicts]:
        """Judge the plots of pairs by a net about pairs; its tables, a row a plot of a pair."""
        plots = plots_of_pairs(pairs, tracks, self._site, net.judges_on_ground)
        carried = _grown(self._pairs_carried.get(net, unknown(0)), unknown(len(pairs.first)))
        self._pairs_carried[net] = carried
        start_s = self._carried.track_start_s
        carried.track_start_s[:] = np.maximum(start_s[pairs.first], start_s[pairs.second])
        subjects = Subjects(tracks, pairs.number, plots.from_s, plots.now_s, self._phases.get(net), pairs)
        for key in [key for key in self._memory if key[0] is net]:
            self._memory[key] = _grown(self._memory[key], lifecycle.forget_all(len(pairs.first)))
        for stage, (log, events) in self._walk_pairs(net, pairs, tracks, plots, subjects, carried):
            first, second = pairs.first[plots.received.track], pairs.second[plots.received.track]
            other = np.where(tracks.track[pairs.row] == second, first, second)
            found = conflicts_of(net, stage.group, stage.areas, log.verdicts, log.altitude_ft, other)
            self._note_events(stage, events, tracks, found, log, np.zeros(len(pairs.row), dtype=np.bool_), pairs)
            yield found
        self._carry_on(plots, carried)

    def _walk_pairs(
        self, net: Net, pairs: Pairs, tracks: Tracks, plots: Plots, subjects: Subjects, carried: Carried
    ) -> Iterator[tuple[Stage, tuple[Log, Events]]]:
        """Walk over the plots of pairs, by the parameters that hold for both aircraft."""
        if not has_local(self._site, net):
            for stage in stages_of(net, self._site, subjects, rules_of_pairs(pairs, tracks, net, self._site)):
                yield stage, self._walk(stage, plots, carried)
            return
        number = plots.received.track
        sides = (pairs.one, pairs.first[number]), (pairs.other, pairs.second[number])
        for group in net.groups(self._site):
            one, other = (
                masks(self._site, net, group, whereabouts(seen, track, self._site), tracks) for seen, track in sides
            )

            def stage_at(site: Site, runs: NDArray[np.int64], group: str = group) -> Stage:
                about = replace(subjects, numbers=number[runs])
                return stage_of(net, site, group, about, rules_of_pairs(pairs, tracks, net, site))

            yield self._walk_locally(net, group, plots, carried, one & other, stage_at)

    def _walk_locally(
        self,
        net: Net,
        group: str,
        plots: Plots,
        carried: Carried,
        held: NDArray[np.bool_],
        stage_at: Callable[[Site, NDArray[np.int64]], Stage],
    ) -> tuple[Stage, tuple[Log, Events]]:
        """Walk over plots that different parameters hold for, a row of `masks` each, one stretch after the other.

        What is remembered goes on from stretch to stretch; `carried` itself is carried on by the caller.
        """
        from safetynets.engine.kernels import walk as kernel
        from safetynets.engine.kernels.lifecycle import EVENTS_PER_PLOT

        seen = plots.received
        memory = self._memory.setdefault((net, group), lifecycle.forget_all(len(carried.track_start_s)))
        local = self._local.setdefault((net, group), LocalRules([], np.empty(0, dtype=np.int64)))
        local.make_room(len(memory.active))
        rows, which = np.unique(held, axis=0, return_inverse=True)
        first, end, in_track = runs_of(seen.track, which.ravel())
        log, found = allocate_log(0, len(seen.time_s)), []
        carried = type(carried)(*(column.copy() for column in carried))
        stage = stage_at(site_of(self._site, net, group, [False] * held.shape[1]), first[:0])
        for turn in range(int(in_track.max(initial=-1)) + 1):
            for number in np.unique(which.ravel()[first[in_track == turn]]).tolist():
                chosen = (in_track == turn) & (which.ravel()[first] == number)
                begins, ends = first[chosen], end[chosen]
                goes_on = begins[in_track[chosen] > 0]
                kernel.carry_on(goes_on - 1, seen, carried)
                stage = stage_at(site_of(self._site, net, group, rows[number].tolist()), begins)
                local.note(seen.track[begins], stage.rules)
                events = lifecycle.allocate_events(EVENTS_PER_PLOT * (int((ends - begins).sum()) + 1) + 1)
                stretches = plots._replace(start=np.column_stack((begins, ends)).ravel())
                count = stage.walk(begins, True, stretches, carried, memory, log._replace(events=events))
                found.append(lifecycle.select(events, slice(count)))
        return stage, (log, lifecycle.concatenate_events(found))

    def _walk(self, stage: Stage, plots: Plots, carried: Carried) -> tuple[Log, Events]:
        from safetynets.engine.kernels.lifecycle import EVENTS_PER_PLOT

        count = len(plots.received.time_s)
        memory = self._memory.setdefault((stage.net, stage.group), lifecycle.forget_all(len(carried.track_start_s)))
        log = allocate_log(EVENTS_PER_PLOT * (count + 1) + 1, count)
        events = stage.walk(plots.start[:-1], True, plots, carried, memory, log)
        return log, lifecycle.select(log.events, slice(events))

    def _note(
        self, tracks: Tracks, judged: Sequence[tuple[Stage, tuple[Log, Events]]], approach: NDArray[np.int32]
    ) -> Portion:
        """Note the events of a portion of single aircraft."""
        conflicts, self._open = [], []
        for stage, (log, events) in judged:
            table = conflicts_of(stage.net, stage.group, stage.areas, log.verdicts, log.altitude_ft)
            conflicts.append(table)
            self._note_events(stage, events, tracks, table, log, approach >= 0)
        if judged:
            log = judged[0][1][0]
            return Portion(log.altitude_ft, log.qnh_hpa, approach, tuple(conflicts))
        of_plots = track_state_of(tracks, self._site)
        return Portion(of_plots.altitude_ft, of_plots.qnh_hpa, approach, ())

    def _note_events(
        self,
        stage: Stage,
        events: Events,
        tracks: Tracks,
        table: Conflicts,
        log: Log,
        on_final: NDArray[np.bool_],
        pairs: Pairs | None = None,
    ) -> None:
        """Note what became of the alerts of a stage, and how those that were active end by now."""
        from safetynets.engine.kernels.lifecycle import LOST, STILL

        key = stage.net, stage.group
        if key in self._local:
            ended = self._local[key].end(self._memory[key], self._complete_s)
        else:
            ended = lifecycle.end(self._memory[key], stage.rules, self._complete_s)
        lists = [(self._past, events)]
        lists += [
            (kept, lifecycle.select(ended, ended.what == what))
            for what, kept in ((LOST, self._past), (STILL, self._open))
        ]
        for kept, some in lists:
            if len(some.what):
                kept.append(event_list(some, tracks, table, some.row, log.qnh_hpa, on_final, pairs))
                if kept is self._past:
                    self._changed.append(kept[-1].subjects)

    def _carry_on(self, plots: Plots, carried: Carried) -> None:
        from safetynets.engine.kernels import walk as kernel

        kernel.carry_on(plots.start[1:] - 1, plots.received, carried)

    def _make_room(self, track_count: int) -> None:
        self._carried = _grown(self._carried, unknown(track_count))
        for key, memory in self._memory.items():
            if key[0].near is None:
                self._memory[key] = _grown(memory, lifecycle.forget_all(track_count))
        for net in self._nets:
            if net.memory is not None:
                memory = net.memory(track_count)
                self._phases[net] = _grown(self._phases[net], memory) if net in self._phases else memory


def concatenate_portions(parts: Sequence[Portion], order: NDArray[np.int64]) -> Portion:
    """What the nets made of several portions, their plots one after the other and then in this order."""
    tables = zip(*(part.conflicts for part in parts), strict=True)
    return Portion(
        altitude_ft=np.concatenate([part.altitude_ft for part in parts])[order],
        qnh_hpa=np.concatenate([part.qnh_hpa for part in parts])[order],
        approach=np.concatenate([part.approach for part in parts])[order],
        conflicts=tuple(concatenate_conflicts(some).at(order) for some in tables),
    )


def alerts_by(some_nets: Sequence[Net], tracks: Tracks, site: Site) -> Alerts:
    """The alerts of some nets, every plot judged.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    monitor = Monitor(site, some_nets)
    monitor.feed(tracks)
    return monitor.alerts()


@dataclass(eq=False)
class LocalRules:
    """By which rules of the lifecycle each subject was judged last: by those its alert ends when no plot comes.

    `which` is the index among `rules` of each subject; -1 for one that was not judged yet.
    """

    rules: list[Any]
    which: NDArray[np.int64]

    def make_room(self, count: int) -> None:
        """Make room for subjects."""
        more = np.full(max(0, count - len(self.which)), -1, dtype=np.int64)
        self.which = np.concatenate((self.which, more))

    def note(self, subjects: NDArray[np.integer[Any]], rules: Any) -> None:
        """Note that these were judged by these rules."""
        if rules not in self.rules:
            self.rules.append(rules)
        self.which[subjects] = self.rules.index(rules)

    def end(self, memory: Any, now_s: float) -> Events:
        """How the alerts that are active by now end (`lifecycle.end`), each by its own rules."""
        found = []
        for number, rules in enumerate(self.rules):
            subjects = np.flatnonzero((self.which == number) & memory.active[: len(self.which)])
            some = _taken(memory, subjects)
            events = lifecycle.end(some, rules, now_s)
            for column, changed in zip(memory, some, strict=True):
                column[subjects] = changed
            found.append(events._replace(track=subjects[events.track].astype(np.int32)))
        return lifecycle.concatenate_events(found)


def alerts_of_pairs(net: Net, pairs: Pairs, tracks: Tracks, site: Site, track_start_s: Floats, now_s: float) -> Columns:
    """The alerts of a net about some pairs of whole tracks, which begin at `track_start_s` and end at `now_s`."""
    monitor = Monitor(site, (net,))
    monitor._make_room(tracks.track_count)
    monitor._carried = unknown(0)._replace(track_start_s=track_start_s)
    monitor._now_s = monitor._complete_s = now_s
    for _ in monitor._judge_pairs(net, pairs, tracks):
        pass
    return monitor.alerts().columns


def unknown(track_count: int) -> Carried:
    """What is known of tracks before their first plot."""
    from safetynets.engine.kernels.track_state import Carried

    return Carried(*(np.full(track_count, np.nan) for _ in Carried._fields))


def carried_of(plots: Plots, track_count: int) -> Carried:
    """What is known of whole tracks before they are judged: when each of them begins."""
    carried = unknown(track_count)
    carried.track_start_s[plots.number] = plots.received.time_s[plots.start[:-1]]
    return carried


def allocate_log(events: int, plots: int) -> Log:
    """A log with room for events and plots."""
    from safetynets.engine.kernels.walk import Log

    return Log(
        events=lifecycle.allocate_events(events),
        verdicts=allocate_verdicts(plots),
        altitude_ft=np.empty(plots),
        qnh_hpa=np.empty(plots),
        phase=np.empty(plots, dtype=np.int32),
    )


def _reset(memory: tuple[Any, ...], fresh: tuple[Any, ...], rows: NDArray[np.integer[Any]]) -> None:
    """Put rows of what is remembered back to where nothing is known; rows that are not there are left out."""
    for column, new in zip(memory, fresh, strict=True):
        column[rows[rows < len(column)]] = new[0]


def _taken(memory: Memory, rows: NDArray[np.int64]) -> Memory:
    """Some rows of what is remembered."""
    return type(memory)(*(column[rows[rows < len(column)]] for column in memory))


def _grown(memory: Memory, fresh: Memory) -> Memory:
    """The memory with room for more tracks, of which nothing is known yet."""
    if len(memory[0]) >= len(fresh[0]):
        return memory
    return type(memory)(*(np.concatenate([old, new[len(old) :]]) for old, new in zip(memory, fresh, strict=True)))
