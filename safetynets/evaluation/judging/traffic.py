"""The plots that are judged, in portions of whole tracks so that little is held at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import StudyError, TracksError
from safetynets.evaluation.judging.eligibility import MOST_VOLUMES, Eligible, inhibiting, marks_of
from safetynets.evaluation.judging.kernels.floors import uncovered
from safetynets.evaluation.judging.kernels.follow import JUDGED, Marked, Rule, standings
from safetynets.evaluation.ranges import Range
from safetynets.nets.msaw import surfaces
from safetynets.nets.picture import Picture, picture_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

PORTION = 250_000
"""Plots of a portion, about: its picture takes some 50 MB."""

WORKERS = 2

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Portion:
    """Some consecutive plots of whole tracks, from row `first_row` on, and their picture at a site."""

    first_row: int
    tracks: Tracks
    picture: Picture

    @property
    def rows(self) -> slice:
        """Their place among all plots."""
        return slice(self.first_row, self.first_row + len(self.tracks))


@dataclass(frozen=True, eq=False)
class Traffic:
    """All plots of the tracks, with what the eligibility needs of them.

    Attributes
    ----------
    tracks
        The tracks on the site's plane.
    site, ranges
        The site that all sets are made from, and the varied parameters.
    eligible
        Marks of every plot.
    now_s
        Time of the last plot: alerts of tracks that are lost by then have ended.
    """

    tracks: Tracks
    site: Site
    ranges: Mapping[str, Range]
    eligible: Eligible
    now_s: float

    def over_portions(self, work: Callable[[Portion], Result], site: Site) -> list[Result]:
        """What `work` makes of each portion as pictured at a site, in their order."""

        def one(rows: slice) -> Result:
            return work(_portion(self.tracks, rows, site))

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, _portions(self.tracks)))

    def judged(self, portion: Portion, rule: Rule) -> NDArray[np.bool_]:
        """Which plots of a portion a net judges."""
        stands = np.empty(len(portion.tracks), dtype=np.uint8)
        standings(portion.first_row, portion.tracks.track, self.eligible.marked, rule, stands)
        return np.asarray(stands == JUDGED)


def traffic_of(tracks: Tracks, site: Site, ranges: Mapping[str, Range]) -> Traffic:
    """The plots of tracks on the site's plane, marked for every setting within the ranges.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    StudyError
        For more inhibit volumes than can be marked.
    """
    if tracks.plane != site.plane:
        raise TracksError("the tracks are not on the plane of the site", mend="use tracks.on_plane(site.plane)")
    volumes = inhibiting(site, ranges)
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
    surface, _, _ = surfaces(site)

    def marks(rows: slice) -> NDArray[np.uint64]:
        portion = _portion(tracks, rows, site)
        outside = np.zeros(len(portion.tracks), dtype=np.bool_)
        uncovered(portion.tracks.x_m, portion.tracks.y_m, surface, outside)
        return marks_of(portion.tracks, portion.picture, track_start_s, outside, volumes, site)

    combination: dict[int, int] = {}
    code = np.empty(len(tracks), dtype=np.uint16)
    with ThreadPoolExecutor(WORKERS) as pool:
        for rows, found in zip(_portions(tracks), pool.map(marks, _portions(tracks)), strict=True):
            different, inverse = np.unique(found, return_inverse=True)
            codes = [combination.setdefault(int(one), len(combination)) for one in different]
            if len(combination) > np.iinfo(code.dtype).max:
                raise StudyError("too many inhibit volumes overlap", mend="leave out those of other areas")
            code[rows] = np.array(codes, dtype=code.dtype)[inverse]
    return Traffic(
        tracks=tracks,
        site=site,
        ranges=ranges,
        eligible=Eligible(
            marked=Marked(tracks.time_s, first_row, track_start_s, code),
            combination=np.array(list(combination), dtype=np.uint64),
            volumes=volumes,
            tracks=tracks.select(first_row[:-1][present]),
        ),
        now_s=float(tracks.time_s.max()) if len(tracks) else -np.inf,
    )


def _portions(tracks: Tracks) -> Iterator[slice]:
    """Rows of consecutive whole tracks; one portion of nothing where there is nothing."""
    if not len(tracks):
        yield slice(0, 0)
    start = 0
    while start < len(tracks):
        end = min(start + PORTION, len(tracks))
        if end < len(tracks):
            end = int(np.searchsorted(tracks.track, tracks.track[end - 1], side="right"))
        yield slice(start, end)
        start = end


def _portion(tracks: Tracks, rows: slice, site: Site) -> Portion:
    """The portion, as a table of its own tracks only, and its picture."""
    some = tracks.select(rows)
    picture, _ = picture_of(some, site)
    return Portion(rows.start, some, picture)


def joined_columns(parts: Sequence[tuple[NDArray[Any], ...]]) -> list[Any]:
    """The columns of consecutive portions, each joined to one."""
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)]
