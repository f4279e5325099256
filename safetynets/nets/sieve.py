"""The alerts of whole tracks from the few plots that can matter: those of `watch`, many times faster.

A track at rest is changed by a hit alone. So the plots that could be one are sifted from all (`possible`), and only
they and those after them, until the track is at rest again, are judged, by the same functions that judge all.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.nets import apm, lifecycle
from safetynets.nets.alerts import Alert
from safetynets.nets.apw import apw_conflicts
from safetynets.nets.arbitration import JoinedSpans, Span, arbitrate
from safetynets.nets.conflicts import Conflicts, Net
from safetynets.nets.eligibility import reasons
from safetynets.nets.episodes import Episodes
from safetynets.nets.kernels.lifecycle import CLEARED, EXCLUDED, LOST, START
from safetynets.nets.msaw import msaw_conflicts
from safetynets.nets.picture import LastPlots, Picture, picture_of
from safetynets.nets.possible import Rows, Sieve, bit, sieve_of
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks
from safetynets.tracks.table import column_names

if TYPE_CHECKING:
    from safetynets.nets.kernels.lifecycle import Events, Memory

SIFTED_CHUNKS_A_THREAD, JUDGED_CHUNKS_A_THREAD = 8, 2
"""Sifting is balanced by many chunks; judging costs something for each."""

FEWEST_PLOTS_A_CHUNK = 50_000
MORE = 8
"""So many plots after those that could be hits are judged with them; where they are too few, twice as many, and so on.

Of what the MSAW could find little is a hit: for it the first plots after are judged only where they are needed.
"""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Ascending rows, a net each, among which are all plots at which the net finds a hit.

    A plot that is not assessable is no hit, and a track at rest is changed by hits alone: an alert can start, and be
    brought nearer, at no other plot.
    """

    msaw: Rows
    apm: Rows
    apw: Rows


def candidates(tracks: Tracks, site: Site, threads: int = 2) -> Candidates:
    """The plots at which the nets of the site could find a hit, whatever the number of threads.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    sieve = sieve_of(tracks, site)
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda chunk: sieve.sift(*chunk), _chunks(sieve.start, threads * SIFTED_CHUNKS_A_THREAD)))
    row = np.concatenate([np.empty(0, dtype=np.int64), *(rows for rows, _ in found)])
    nets = np.concatenate([np.empty(0, dtype=np.uint8), *(nets for _, nets in found)])
    return Candidates(*(row[nets & bit(net) != 0] for net in Net))


def alerts_of(tracks: Tracks, site: Site, threads: int = 2) -> tuple[Alert, ...]:
    """The alerts of `watch(tracks, site)`, whatever the number of threads.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    sieve = sieve_of(tracks, site)
    bounds = _chunks(sieve.start, threads * JUDGED_CHUNKS_A_THREAD)
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda chunk: _Chunk(tracks, site, sieve).alerts(*chunk), bounds))
    alerts = [alert for some, _ in found for alert in some]
    joined = {track: spans for _, of_tracks in found for track, spans in of_tracks.items()}
    return arbitrate(alerts, joined, site.parameters.arbitration)


def _chunks(start: Rows, most: int) -> list[tuple[int, int]]:
    """Tracks (first, end) in up to so many chunks of about as many plots each."""
    plots = max(FEWEST_PLOTS_A_CHUNK, int(start[-1]) // most + 1)
    bounds = np.unique([*np.searchsorted(start, np.arange(0, start[-1], plots)), len(start) - 1]).tolist()
    return list(pairwise(bounds))


@dataclass(frozen=True, eq=False)
class Part:
    """Some plots of some tracks as tracks of their own.

    `row` are their rows among all, `number` the numbers of their tracks, `last` marks the last plot of a track,
    `before` is what each plot follows, and `track_start_s` is when each track starts.
    """

    tracks: Tracks
    row: Rows
    number: NDArray[np.int32]
    last: NDArray[np.bool_]
    before: LastPlots
    track_start_s: NDArray[np.float64]


class _Chunk:
    """The alerts of some of the tracks."""

    def __init__(self, tracks: Tracks, site: Site, sieve: Sieve) -> None:
        self._tracks, self._site, self._sieve = tracks, site, sieve
        self._joined = JoinedSpans()

    def alerts(self, first: int, end: int) -> tuple[list[Alert], dict[int, list[Span]]]:
        """Alerts of the tracks from `first` to before `end`, and when those with one of the MSAW were joined."""
        row, nets = self._sieve.sift(first, end)
        alerts = [alert for net in Net for alert in self._of_net(net, row[nets & bit(net) != 0])]
        return alerts, self._joined.all()

    def _of_net(self, net: Net, possible: Rows) -> Iterator[Alert]:
        more = 0 if net is Net.MSAW else MORE
        while len(possible):
            row = self._with_the_next(possible, more)
            part = _part(self._tracks, self._sieve.start, self._stretches(row, row) if net is Net.APM else row)
            picture, approach, conflicts = self._judged(net, part)
            broken = np.zeros(part.tracks.track_count, dtype=np.bool_)
            followed: list[tuple[Conflicts, Events, Memory]] = []
            for found in conflicts:
                memory = lifecycle.forget_all(part.tracks.track_count)
                events, broken_off = lifecycle.follow_sparse(
                    part.tracks, part.row, part.last, found, self._lifecycle(net), memory
                )
                broken[part.tracks.track[broken_off]] = True
                followed.append((found, events, memory))
            for found, events, memory in followed:
                memory.active[broken] = False
                whole = ~broken[events.track]
                events = events._replace(**{name: column[whole] for name, column in events._asdict().items()})
                yield from self._episodes(part, picture, approach, found, events, memory)
            track = np.searchsorted(part.number, self._tracks.track[possible])
            possible, more = possible[broken[track]], max(MORE, 2 * more)

    def _judged(self, net: Net, part: Part) -> tuple[Picture, NDArray[np.int32] | None, tuple[Conflicts, ...]]:
        picture, _ = picture_of(part.tracks, self._site, before=part.before)
        reason = reasons(part.tracks, picture, self._site, net, part.track_start_s)
        if net is Net.MSAW:
            return picture, None, (msaw_conflicts(picture, reason, self._site),)
        if net is Net.APW:
            return picture, None, apw_conflicts(picture, part.tracks, reason, self._site)
        approach, _ = apm.join_approaches(picture, part.tracks, reason, self._site)
        return picture, approach, (apm.apm_conflicts(picture, reason, approach, self._site),)

    def _joined_to(self, from_row: Rows, to_row: Rows) -> tuple[Rows, Tracks, NDArray[np.int32]]:
        """The approach that each plot of these spans of rows is joined to: all rows looked at, their plots, and it."""
        row = self._stretches(from_row, to_row)
        part = _part(self._tracks, self._sieve.start, row)
        picture, _ = picture_of(part.tracks, self._site, before=part.before)
        reason = reasons(part.tracks, picture, self._site, Net.APM, part.track_start_s)
        approach, _ = apm.join_approaches(picture, part.tracks, reason, self._site)
        return row, part.tracks.with_columns(track=part.number[part.tracks.track]), approach

    def _episodes(
        self,
        part: Part,
        picture: Picture,
        approach: NDArray[np.int32] | None,
        found: Conflicts,
        events: Events,
        memory: Memory,
    ) -> list[Alert]:
        if not len(events.row):
            return []
        if approach is None:
            approach = self._approach_of(part, found.net, events)
        episodes = Episodes(part.number)
        episodes.take(events, part.tracks, picture, found, approach >= 0)
        episodes.end_lost(memory, self._lifecycle(found.net), self._sieve.now_s)
        return episodes.all(memory.worst_margin_ft)

    def _approach_of(self, part: Part, net: Net, events: Events) -> NDArray[np.int32]:
        """The approach that each plot is joined to, at the plots where alerts start.

        For the MSAW also the spans are noted in which its alerts are joined, for arbitration.
        """
        starts = events.what == START
        from_row = to_row = part.row[events.row[starts]]
        if net is Net.MSAW:
            to_row = self._ends(part, events)
        row, plots, approach = self._joined_to(from_row, to_row)
        if net is Net.MSAW:
            self._joined.note(plots, approach)
        joined = np.full(len(part.row), -1, dtype=np.int32)
        joined[events.row[starts]] = approach[np.searchsorted(row, from_row)]
        return joined

    def _ends(self, part: Part, events: Events) -> Rows:
        """For each alert that starts the row at which it ends, or the last of its track."""
        start = self._sieve.start
        to_row: list[int] = []
        open_at: dict[int, int] = {}
        for row, track, what in zip(events.row.tolist(), events.track.tolist(), events.what.tolist(), strict=True):
            if what == START:
                open_at[track] = len(to_row)
                to_row.append(int(start[np.searchsorted(start, part.row[row], side="right")]) - 1)
            elif what in (CLEARED, EXCLUDED, LOST):
                to_row[open_at.pop(track)] = int(part.row[row])
        return np.array(to_row, dtype=np.int64)

    def _with_the_next(self, row: Rows, more: int) -> Rows:
        from safetynets.nets.kernels import stretches as kernel

        if not len(row):
            return row
        end = self._sieve.start[np.searchsorted(self._sieve.start, row, side="right")]
        found = np.empty(len(row) * (more + 1), dtype=np.int64)
        return found[: kernel.with_the_next(row, more, end, found)]

    def _stretches(self, from_row: Rows, to_row: Rows) -> Rows:
        from safetynets.nets.kernels import stretches as kernel

        if not len(from_row):
            return from_row
        start = self._sieve.start
        track = np.searchsorted(start, from_row, side="right") - 1
        tracks = np.unique(track)
        found = np.empty(int((start[tracks + 1] - start[tracks]).sum()), dtype=np.int64)
        count = kernel.since_nothing_was_joined(from_row, to_row, start[track], self._sieve.fresh, found)
        return found[:count]

    def _lifecycle(self, net: Net) -> Lifecycle:
        parameters: Lifecycle = getattr(self._site.parameters, net.name.lower())
        return parameters


def _part(tracks: Tracks, start: Rows, row: Rows) -> Part:
    track = np.searchsorted(start, row, side="right") - 1
    of_track, compact = np.unique(track, return_inverse=True)
    number = tracks.track[start[of_track]]
    plots = {name: getattr(tracks, name)[row] for name in column_names("plot")}
    facts = {name: getattr(tracks, name)[number] for name in column_names("track")}
    plots["track"] = compact.astype(np.int32)
    for column in plots.values():
        column.flags.writeable = False
    first = row == start[track]
    previous = row - 1
    course_rad = np.arctan2(tracks.vx_mps[previous], tracks.vy_mps[previous])
    return Part(
        tracks=Tracks(**plots, **facts, plane=tracks.plane),
        row=row,
        number=number,
        last=row + 1 == start[track + 1],
        before=LastPlots(np.where(first, np.nan, tracks.time_s[previous]), np.where(first, np.nan, course_rad)),
        track_start_s=tracks.time_s[start[of_track]],
    )
