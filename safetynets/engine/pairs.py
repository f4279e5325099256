"""Pairs of aircraft as subjects: which are near each other, and their plots as the walk takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import rules_of_tracks
from safetynets.engine.net import Net
from safetynets.engine.track_state import pressure_of, received
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.plots import Plots
    from safetynets.engine.kernels.track_state import Received

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Near:
    """How near two aircraft must be for a net to look at them: every pair that could be a hit is within these.

    Attributes
    ----------
    within_m, within_ft
        Distance on the plane, and between pressure altitudes.
    within_s
        How old the last plot of the other aircraft may be.
    """

    within_m: float
    within_ft: float
    within_s: float = 15.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """The plots of pairs, in the order of pair and time: one at each plot of either aircraft while they are near.

    Attributes
    ----------
    number
        The number of each pair that has plots.
    first, second
        Track numbers of the two aircraft of every pair, by its number; the lower one is the first.
    start
        Where the plots of each pair that has some begin, and the end.
    row
        The row of the tracks at which each plot of a pair is made: the later of the last plots of the two aircraft.
    one, other
        The last plots of the first and of the second aircraft, as the kernels take columns.
    """

    number: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    start: Rows
    row: Rows
    one: Received
    other: Received


class PairTable:
    """Finds the plots of pairs in portions of tracks; a pair keeps its number."""

    def __init__(self, near: Near) -> None:
        self._near = near
        self._numbers: dict[tuple[int, int], int] = {}
        self._last: Received | None = None

    def feed(self, tracks: Tracks) -> Pairs:
        """The plots of pairs that a portion brings."""
        from safetynets.engine.kernels.pairs import near_plots
        from safetynets.engine.kernels.track_state import Received

        now = received(tracks)
        seen, before = now, 0
        if self._last is not None:
            before = len(self._last.track)
            last = self._last._asdict()
            seen = Received(**{name: np.concatenate((last[name], new)) for name, new in now._asdict().items()})
        in_time = np.lexsort((seen.track, seen.time_s))
        # Plots of earlier portions are known, and make no plots of pairs again.
        in_time = in_time[in_time >= before]
        limits, room = (self._near.within_m, self._near.within_ft, self._near.within_s), 0
        while True:
            last_row = np.full(tracks.track_count, -1, dtype=np.int64)
            last_row[seen.track[:before]] = np.arange(before)
            rows = [np.empty(room, dtype=np.int64) for _ in range(3)]
            count = near_plots(in_time, seen, *limits, last_row, *rows)
            if count <= room:
                break
            room = count
        kept = np.sort(last_row[last_row >= 0])
        self._last = _taken(seen, kept)
        return self._in_order(seen, before, *rows)

    def number_of(self, first: int, second: int) -> int:
        """The number of a pair that has been near; the lower track number is the first."""
        return self._numbers[first, second]

    def _in_order(self, seen: Received, before: int, row: Rows, other_row: Rows, at_row: Rows) -> Pairs:
        keys = list(zip(seen.track[row].tolist(), seen.track[other_row].tolist(), strict=True))
        for key in sorted(set(keys)):
            self._numbers.setdefault(key, len(self._numbers))
        number = np.array([self._numbers[key] for key in keys], dtype=np.int32)
        order = np.lexsort((seen.time_s[at_row], number))
        number, row, other_row = number[order], row[order], other_row[order]
        new = np.ones(len(number), dtype=np.bool_)
        new[1:] = number[1:] != number[:-1]
        begins, all_keys = np.flatnonzero(new), np.array(list(self._numbers), dtype=np.int32).reshape(-1, 2)
        return Pairs(
            number=number[begins],
            first=all_keys[:, 0],
            second=all_keys[:, 1],
            start=np.append(begins, len(number)),
            row=at_row[order] - before,
            one=_taken(seen, row),
            other=_taken(seen, other_row),
        )


def _taken(seen: Received, rows: Rows) -> Received:
    return seen._replace(**{name: column[rows] for name, column in seen._asdict().items()})


def plots_of_pairs(pairs: Pairs, tracks: Tracks, site: Site) -> Plots:
    """The plots of pairs as the walk takes them: the state of the first aircraft, and what is wrong with either.

    The track of a plot is the number of the pair.
    """
    from safetynets.engine.kernels.plots import Plots

    one, other = pairs.one, pairs.other
    known = np.isfinite(other.x_m + other.y_m + other.vx_mps + other.vy_mps + other.vertical_rate_fpm)
    known_ft = np.isfinite(other.pressure_altitude_ft)
    return Plots(
        start=pairs.start,
        number=pairs.number,
        received=one._replace(
            track=np.repeat(pairs.number, np.diff(pairs.start)),
            time_s=np.maximum(one.time_s, other.time_s),
            x_m=np.where(known, one.x_m, np.nan),
            pressure_altitude_ft=np.where(known_ft, one.pressure_altitude_ft, np.nan),
            visual=np.maximum(one.visual, other.visual),
            coasted=np.maximum(one.coasted, other.coasted),
            on_ground=np.maximum(one.on_ground, other.on_ground),
            flags=one.flags | other.flags,
        ),
        pressure=pressure_of(one.x_m, one.y_m, site),
        from_s=float(tracks.time_s.min()) if len(tracks) else 0.0,
        now_s=float(tracks.time_s.max()) if len(tracks) else 0.0,
    )


def rules_of_pairs(pairs: Pairs, tracks: Tracks, net: Net, site: Site) -> NDArray[np.uint8]:
    """Which of the rules about whole tracks apply to either aircraft of each pair, lowest bit first."""
    of_track = rules_of_tracks(tracks, net.parameters_of(site))
    rules: NDArray[np.uint8] = of_track[pairs.first] | of_track[pairs.second]
    return rules
