"""Pairs of aircraft as subjects: which are near each other, and their plots as the walk takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import rules_of_tracks
from safetynets.engine.net import Net
from safetynets.engine.track_state import pressure_of, received
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import PlotFlag, Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.pairs import Places
    from safetynets.engine.kernels.plots import Plots
    from safetynets.engine.kernels.track_state import Received

Rows = NDArray[np.int64]

FIRST, SECOND = 1, 2
"""As which aircraft of a pair a plot takes part."""


@dataclass(frozen=True)
class Near:
    """How near two aircraft must come for a net to look at them: every pair that could be a hit does.

    A pair is judged from the first plot at which its paths come that near, until `follow_s` after the last. What is
    farther must be no hit, and clear for an active alert.

    Attributes
    ----------
    within_m, within_ft
        Distance on the plane, and between pressure altitudes.
    within_s
        How old the last plot of the other aircraft may be.
    ahead_s
        How far ahead: both fly straight on, and each stays between the altitude it has and that of its vertical rate.
    follow_s
        How long a pair is judged afterwards, so that its alerts end as if it were judged always
        (`longest_to_rest_s`).
    takes_part
        As which aircraft of a pair each plot takes part (`FIRST`, `SECOND`, both or 0), one row a plot; without it, all
        do as both.
    directed
        Whether each of the two is a subject with regard to the other. The first is the one that the alert is about; a
        pair then has a plot at each plot of its first aircraft alone.
    """

    within_m: float
    within_ft: float
    within_s: float = 15.0
    ahead_s: float = 0.0
    follow_s: float = 0.0
    takes_part: Callable[[Received], NDArray[np.uint8]] | None = None
    directed: bool = False


def longest_to_rest_s(parameters: Lifecycle) -> float:
    """How long after its last hit a pair may still have an alert, or a hit that counts, while its plots are judged."""
    longest_n = max(parameters.clear_n, parameters.current_n, parameters.predicted_n)
    held_s = parameters.minimum_duration_s + parameters.not_assessable_s
    return held_s + longest_n * max(parameters.max_gap_s, parameters.track_lost_s)


@dataclass(frozen=True, eq=False)
class Pairs:
    """The plots of pairs, in the order of pair and time: one at each plot of either aircraft while they are near.

    Of directed pairs (`Near.directed`) there is one at each plot of the first.

    Attributes
    ----------
    number
        The number of each pair that has plots.
    first, second
        Track numbers of the two aircraft of every pair, by its number; unless pairs are directed the lower one is the
        first.
    start
        Where the plots of each pair that has some begin, and the end.
    row
        The row of the tracks at which each plot of a pair is made: the later of the last plots of the two aircraft.
    one, other
        The last plots of the first and of the second aircraft, as the kernels take columns.
    one_row, other_row
        The rows of these plots in the tracks; negative for a plot that an earlier portion brought.
    """

    number: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    start: Rows
    row: Rows
    one: Received
    other: Received
    one_row: Rows
    other_row: Rows


@dataclass(frozen=True, eq=False)
class PairRows:
    """`Pairs` by the rows of the plots in `seen`, so that a long recording need not be held for every pair.

    The first `before` rows of `seen` are plots that an earlier portion brought.
    """

    number: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    start: Rows
    row: Rows
    one_row: Rows
    other_row: Rows
    seen: Received
    before: int

    def taken(self) -> Pairs:
        """All of them, with their plots."""
        return self._pairs(self.number, self.first, self.second, self.start)

    def chunk(self, begin: int, end: int) -> Pairs:
        """The pairs from `begin` to before `end` of those with plots, numbered from 0 on, with their plots."""
        number = self.number[begin:end]
        of_chunk = np.arange(len(number), dtype=np.int32)
        return self._pairs(of_chunk, self.first[number], self.second[number], self.start[begin : end + 1])

    def _pairs(
        self, number: NDArray[np.int32], first: NDArray[np.int32], second: NDArray[np.int32], start: Rows
    ) -> Pairs:
        rows = slice(int(start[0]), int(start[-1]))
        one_row, other_row = self.one_row[rows], self.other_row[rows]
        return Pairs(
            number=number,
            first=first,
            second=second,
            start=start - start[0],
            row=self.row[rows],
            one=_taken(self.seen, one_row),
            other=_taken(self.seen, other_row),
            one_row=one_row - self.before,
            other_row=other_row - self.before,
        )


class PairTable:
    """Finds the plots of pairs in portions of tracks; a pair keeps its number."""

    def __init__(self, near: Near) -> None:
        self._near = near
        self._numbers: dict[int, int] = {}
        self._last: Received | None = None
        self._places = _empty_places(FEWEST_PLACES)

    def feed(self, tracks: Tracks) -> Pairs:
        """The plots of pairs that a portion brings."""
        return self.rows(tracks).taken()

    def rows(self, tracks: Tracks) -> PairRows:
        """The rows of the plots of pairs that a portion brings."""
        from safetynets.engine.kernels.pairs import FULL, Reach, near_plots
        from safetynets.engine.kernels.track_state import unwritten

        now = received(tracks)
        seen, before = now, 0
        if self._last is not None:
            before = len(self._last.track)
            last = self._last._asdict()
            seen = unwritten({name: np.concatenate((last[name], new)) for name, new in now._asdict().items()})
        # The plots of each track are in the order of time: of several at once those of the lower number come first.
        in_time = np.argsort(now.time_s, kind="stable") + before
        near = self._near
        reach = Reach(near.within_m, near.within_ft, near.within_s, near.ahead_s, near.follow_s, near.directed)
        if near.takes_part is None:
            takes_part = np.full(len(seen.track), FIRST | SECOND, dtype=np.uint8)
        else:
            takes_part = near.takes_part(seen)
        room, capacity = PLOTS_OF_PAIRS * len(in_time), len(self._places.taken)
        while True:
            places = _grown(self._places, capacity, tracks.track_count)
            rows = [np.empty(room, dtype=np.int64) for _ in range(3)]
            count = near_plots(in_time, seen, identities(tracks), takes_part, reach, places, *rows)
            if count == FULL:
                capacity *= 2
            elif count > room:
                room = count
            else:
                break
        there = places.taken[: places.used[0]]
        kept = np.sort(places.row[there])
        self._last = _taken(seen, kept)
        places.row[there] = np.searchsorted(kept, places.row[there])
        self._places = places
        return self._in_order(seen, before, *(row[:count] for row in rows))

    def number_of(self, track: int, other_track: int) -> int:
        """The number of a pair that has been near; of directed pairs the track is the first."""
        first, second = track, other_track
        if not self._near.directed:
            first, second = min(track, other_track), max(track, other_track)
        return self._numbers[first << TRACK_BITS | second]

    def forget(self, tracks: NDArray[np.integer[Any]]) -> Rows | None:
        """Forget the pairs of tracks that have long ended; the former numbers of those that stay, or None for all.

        The pairs that stay are numbered anew from 0, in their order. The places of tracks that ended are free already.
        """
        keys = np.fromiter(self._numbers, dtype=np.int64)
        stay = ~np.isin(keys >> TRACK_BITS, tracks) & ~np.isin(keys & (1 << TRACK_BITS) - 1, tracks)
        if stay.all():
            return None
        self._numbers = {key: place for place, key in enumerate(keys[stay].tolist())}
        return np.flatnonzero(stay)

    def _in_order(self, seen: Received, before: int, row: Rows, other_row: Rows, at_row: Rows) -> PairRows:
        keys = seen.track[row].astype(np.int64) << TRACK_BITS | seen.track[other_row]
        found, which = np.unique(keys, return_inverse=True)
        for key in found.tolist():
            self._numbers.setdefault(key, len(self._numbers))
        number = np.array([self._numbers[key] for key in found.tolist()], dtype=np.int32)[which]
        # Rows are in the order of time already.
        order = np.argsort(number, kind="stable")
        number, row, other_row = number[order], row[order], other_row[order]
        new = np.ones(len(number), dtype=np.bool_)
        new[1:] = number[1:] != number[:-1]
        begins, all_keys = np.flatnonzero(new), np.fromiter(self._numbers, dtype=np.int64)
        return PairRows(
            number=number[begins],
            first=(all_keys >> TRACK_BITS).astype(np.int32),
            second=(all_keys & (1 << TRACK_BITS) - 1).astype(np.int32),
            start=np.append(begins, len(number)),
            row=at_row[order] - before,
            one_row=row,
            other_row=other_row,
            seen=seen,
            before=before,
        )


TRACK_BITS = 32
FEWEST_PLACES = 256
PLOTS_OF_PAIRS = 4
"""Plots of pairs that there is room for, a plot; where they are more the join is made again."""


def identities(tracks: Tracks) -> Rows:
    """A number for each aircraft: tracks with one address, or without one with one call sign, are of the same."""
    numbers: dict[str, int] = {}
    found = np.empty(tracks.track_count, dtype=np.int64)
    names = zip(tracks.icao24.tolist(), tracks.callsign.tolist(), strict=True)
    for track, (address, callsign) in enumerate(names):
        name = f"address {address}" if address else f"call sign {callsign}" if callsign else f"track {track}"
        found[track] = numbers.setdefault(name, track)
    return found


def _empty_places(capacity: int) -> Places:
    """As many places, all free."""
    from safetynets.engine.kernels.pairs import Places

    return Places(
        of_track=np.empty(0, dtype=np.int32),
        taken=np.arange(capacity, dtype=np.int32),
        used=np.zeros(1, dtype=np.int64),
        row=np.zeros(capacity, dtype=np.int64),
        last=np.zeros((capacity, 7)),
        wanted_s=np.full((capacity, capacity), -np.inf),
    )


def _grown(places: Places, capacity: int, track_count: int) -> Places:
    """A copy of the places with room for more aircraft at a time, and more tracks."""
    grown, old = _empty_places(capacity), len(places.taken)
    grown.taken[:old], grown.row[:old], grown.last[:old] = places.taken, places.row, places.last
    grown.used[:], grown.wanted_s[:old, :old] = places.used, places.wanted_s
    of_track = np.full(track_count, -1, dtype=np.int32)
    of_track[: len(places.of_track)] = places.of_track
    return grown._replace(of_track=of_track)


def _taken(seen: Received, rows: Rows) -> Received:
    from safetynets.engine.kernels.track_state import unwritten

    return unwritten({name: column[rows] for name, column in seen._asdict().items()})


def plots_of_pairs(pairs: Pairs, tracks: Tracks, site: Site, on_ground: bool = False) -> Plots:
    """The plots of pairs as the walk takes them: the state of the first aircraft, and what is wrong with either.

    The track of a plot is the number of the pair. `on_ground` says whether the net judges aircraft on the ground.
    """
    from safetynets.engine.kernels.plots import Plots
    from safetynets.engine.kernels.track_state import unwritten

    one, other = pairs.one, pairs.other
    flat = on_ground & (other.on_ground == 1)
    known = np.isfinite(other.x_m + other.y_m + other.vx_mps + other.vy_mps)
    known &= flat | np.isfinite(other.vertical_rate_fpm)
    known_ft = flat | np.isfinite(other.pressure_altitude_ft)
    spike = np.uint8(PlotFlag.ALTITUDE_SPIKE)
    of_both = {
        "track": np.repeat(pairs.number, np.diff(pairs.start)),
        "time_s": np.maximum(one.time_s, other.time_s),
        "x_m": np.where(known, one.x_m, np.nan),
        "pressure_altitude_ft": np.where(known_ft, one.pressure_altitude_ft, np.nan),
        "visual": np.maximum(one.visual, other.visual),
        "coasted": np.maximum(one.coasted, other.coasted),
        "on_ground": one.on_ground if on_ground else np.maximum(one.on_ground, other.on_ground),
        "flags": one.flags | np.where(flat, other.flags & ~spike, other.flags),
    }
    return Plots(
        start=pairs.start,
        number=pairs.number,
        received=unwritten(one._asdict() | of_both),
        pressure=pressure_of(one.x_m, one.y_m, site),
        from_s=float(tracks.time_s.min()) if len(tracks) else 0.0,
        now_s=float(tracks.time_s.max()) if len(tracks) else 0.0,
    )


def rules_of_pairs(pairs: Pairs, tracks: Tracks, net: Net, site: Site) -> NDArray[np.uint8]:
    """Which of the rules about whole tracks keep each pair from being judged, lowest bit first.

    Flight rules and SSR codes do where they apply to both aircraft: one under control is enough. A call sign that is
    inhibited by hand does where it is that of either.
    """
    of_track = rules_of_tracks(tracks, net.parameters_of(site))
    first, second = of_track[pairs.first], of_track[pairs.second]
    both: NDArray[np.uint8] = np.where(
        (first & OF_EITHER != 0) & (second & OF_EITHER != 0), first | second, np.uint8(0)
    )
    by_hand: NDArray[np.uint8] = (first | second) & ~OF_EITHER
    return both & OF_EITHER | by_hand


OF_EITHER = np.uint8(0b011)
"""The rules about flight rules and SSR codes (`safetynets.engine.eligibility.track_rules`)."""
