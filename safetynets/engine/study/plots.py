"""The plots that are judged, in portions of whole tracks so that little is held at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.monitor import unknown
from safetynets.engine.net import Net
from safetynets.engine.stage import prediction_of
from safetynets.engine.study.eligibility import MOST_VOLUMES, Eligible, Mask, inhibiting, marks_of
from safetynets.engine.study.kernels.follow import JUDGED, LIFECYCLE, OF_LIFECYCLE, Marked, Rule, Watch, standings
from safetynets.engine.study.variation import Variation
from safetynets.engine.track_state import check_plane, pressure_of, received, track_state_of
from safetynets.errors import StudyError
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.study.kernels.seen import Seen

PORTION = 250_000
"""Plots of a portion, about: their states take some 50 MB."""

WORKERS = 2

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Portion:
    """Some consecutive plots of whole tracks, from row `first_row` on, at a site."""

    first_row: int
    tracks: Tracks
    site: Site

    def seen(self, parameters: Lifecycle) -> Seen:
        """The plots, and how a net with these parameters predicts paths."""
        from safetynets.engine.study.kernels.seen import Seen

        tracks = self.tracks
        pressure = pressure_of(tracks.x_m, tracks.y_m, self.site)
        return Seen(received(tracks), pressure, prediction_of(parameters), unknown(1))

    @property
    def rows(self) -> slice:
        """Their place among all plots."""
        return slice(self.first_row, self.first_row + len(self.tracks))


@dataclass(frozen=True, eq=False)
class StudyPlots:
    """All plots of the tracks, with what the eligibility needs of them.

    Attributes
    ----------
    tracks
        The tracks on the site's plane.
    site, variation
        The site that all sets are made from, and how far they reach.
    eligible
        Marks of every plot.
    start_s, now_s
        Time of the first plot, and of the last: alerts of tracks that are lost by then have ended.
    """

    tracks: Tracks
    site: Site
    variation: Variation
    eligible: Eligible
    start_s: float
    now_s: float

    def over_portions(self, work: Callable[[Portion], Result], site: Site) -> list[Result]:
        """What `work` makes of each portion at a site, in their order."""

        def one(rows: slice) -> Result:
            return work(_portion(self.tracks, rows, site))

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, _portions(self.tracks)))

    def watch(self, sites: Sequence[Site], net: Net, allowed: Mask | None = None, joined: Mask | None = None) -> Watch:
        """What following the alerts of a net takes of these plots and many settings.

        `allowed` tracks and plots not `joined` are excluded last, as in `Eligible.rule`.
        """
        each = [net.parameters_of(site) for site in sites]
        rules = self.eligible.rules_of_sets(sites, net)
        sets = np.empty(len(each), dtype=LIFECYCLE)
        for name in (*OF_LIFECYCLE, "look_ahead_s", "minimum_track_age_s"):
            sets[name] = [getattr(parameters, name) for parameters in each]
        sets["verdict"], sets["track_excluded"] = rules.row[:, 0], rules.row[:, 1]
        nobody = np.zeros(self.tracks.track_count, dtype=np.bool_)
        return Watch(
            marked=self.eligible.marked,
            verdict=rules.verdict,
            track_excluded=rules.track_excluded,
            track_allowed=nobody if allowed is None else allowed,
            joined=np.empty(0, dtype=np.bool_) if joined is None else joined,
            sets=sets,
            now_s=self.now_s,
        )

    def judged(self, portion: Portion, rule: Rule) -> NDArray[np.bool_]:
        """Which plots of a portion a net judges."""
        stands = np.empty(len(portion.tracks), dtype=np.uint8)
        standings(portion.first_row, portion.tracks.track, self.eligible.marked, rule, stands)
        return np.asarray(stands == JUDGED)


def study_plots_of(tracks: Tracks, site: Site, variation: Variation) -> StudyPlots:
    """The plots of tracks on the site's plane, marked for every setting within the ranges.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    StudyError
        For more inhibit volumes than can be marked.
    """
    check_plane(tracks, site)
    volumes = inhibiting(site, variation.switched)
    if len(volumes) > MOST_VOLUMES:
        raise StudyError(
            f"{len(volumes)} inhibit volumes (those that are switched count twice) are more than {MOST_VOLUMES}",
            mend="vary fewer of them, or leave out those of other areas",
        )
    numbers = np.arange(tracks.track_count + 1)
    first_row = np.searchsorted(tracks.track, numbers).astype(np.int64)
    present = first_row[:-1] < first_row[1:]
    track_start_s = np.full(tracks.track_count, np.nan)
    track_start_s[present] = tracks.time_s[first_row[:-1][present]]

    def marks(rows: slice) -> tuple[NDArray[np.uint64], NDArray[np.intp], NDArray[np.intp]]:
        """The different marks, which of them each stretch of plots has, and how long it is."""
        portion = _portion(tracks, rows, site)
        found = marks_of(portion.tracks, track_state_of(portion.tracks, site), track_start_s, volumes, site)
        # Marks seldom change from plot to plot: only the first of each stretch is looked up.
        heads = np.flatnonzero(np.diff(found, prepend=~found[:1]))
        different, which = np.unique(found[heads], return_inverse=True)
        return different, which, np.diff(heads, append=len(found))

    combination: dict[int, int] = {}
    code = np.empty(len(tracks), dtype=np.uint16)
    with ThreadPoolExecutor(WORKERS) as pool:
        for rows, (different, which, counts) in zip(_portions(tracks), pool.map(marks, _portions(tracks)), strict=True):
            codes = [combination.setdefault(int(one), len(combination)) for one in different]
            if len(combination) > np.iinfo(code.dtype).max:
                raise StudyError("too many inhibit volumes overlap", mend="leave out those of other areas")
            code[rows] = np.repeat(np.array(codes, dtype=code.dtype)[which], counts)
    return StudyPlots(
        tracks=tracks,
        site=site,
        variation=variation,
        eligible=Eligible(
            marked=Marked(tracks.time_s, first_row, track_start_s, code),
            combination=np.array(list(combination), dtype=np.uint64),
            volumes=volumes,
            tracks=tracks,
        ),
        start_s=float(tracks.time_s.min()) if len(tracks) else 0.0,
        now_s=float(tracks.time_s.max()) if len(tracks) else -np.inf,
    )


def _portions(tracks: Tracks) -> Iterable[slice]:
    """Rows of consecutive whole tracks; one portion of nothing where there is nothing."""
    return tracks.portions(PORTION) if len(tracks) else [slice(0, 0)]


def _portion(tracks: Tracks, rows: slice, site: Site) -> Portion:
    """The portion, as a table of its own tracks only."""
    return Portion(rows.start, tracks.select(rows), site)


def joined_columns(parts: Sequence[tuple[NDArray[Any], ...]], axis: int = 0) -> list[Any]:
    """The columns of consecutive portions, each joined to one."""
    return [np.concatenate(columns, axis) for columns in zip(*parts, strict=True)]


def first_of_tracks(track: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each track begins among plots that are sorted by track, and the end.

    >>> first_of_tracks(np.array([3, 3, 8], dtype=np.int32)).tolist()
    [0, 2, 3]
    """
    changes = np.flatnonzero(track[1:] != track[:-1]) + 1
    return np.concatenate(([0], changes, [len(track)] if len(track) else [])).astype(np.int64)


def over_tracks(extreme: np.ufunc, values: NDArray[Any], first: NDArray[np.int64]) -> NDArray[Any]:
    """The extreme of the plots of each track, along the last axis."""
    if len(first) == 1:
        return values[..., :0]
    reduced: NDArray[Any] = extreme.reduceat(values, first[:-1], axis=-1)
    return reduced


def bytes_of(kept: Any) -> int:
    """The bytes of all arrays in nested tuples."""
    if isinstance(kept, np.ndarray):
        return kept.nbytes
    return sum(bytes_of(part) for part in kept) if isinstance(kept, tuple) else 0
