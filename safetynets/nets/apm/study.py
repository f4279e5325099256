"""The APM of a study: who is joined to which approach, what is kept of the joined plots, and judging them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.arbitration import Spans
from safetynets.engine.net import net_of
from safetynets.engine.phases import phases_of
from safetynets.engine.study.kernels.follow import JUDGED, no_edges, standings
from safetynets.engine.study.plots import (
    Portion,
    StudyPlots,
    bytes_of,
    first_of_tracks,
    joined_columns,
    over_tracks,
)
from safetynets.nets.apm import study_geometry as kernel
from safetynets.nets.apm import study_thresholds
from safetynets.nets.apm.geometry import Approaches
from safetynets.nets.apm.rule import limits, packed_approaches
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


@dataclass(frozen=True, eq=False)
class Finals:
    """What is kept of the plots joined to an approach, for one way of joining.

    `joined` says of every plot whether it is joined to an approach, `spans` the same by time for each track.
    """

    given: StudyPlots
    plots: kernel.Plots
    of_tracks: kernel.OfTracks
    joined: NDArray[np.bool_]
    spans: Spans
    approaches: Approaches

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the plots that are kept."""
        return self.plots.row

    @property
    def bytes(self) -> int:
        """The bytes that are kept."""
        return bytes_of((self.plots, self.of_tracks, self.joined, self.spans))

    def judge(self, sites: Sequence[Site]) -> list[NDArray[np.float64]]:
        """The alerts of the APM at each of some settings, by track."""
        sets = np.zeros(len(sites), dtype=study_thresholds.SETTING)
        each = [site.parameters.apm for site in sites]
        limits_of_sets = [limits(parameters) for parameters in each]
        for name in study_thresholds.OF_LIMITS:
            sets[name] = [getattr(one, name) for one in limits_of_sets]
        for name in study_thresholds.OF_NET:
            sets[name] = [getattr(parameters, name) for parameters in each]
        settings = study_thresholds.Settings(
            sets=study_thresholds.with_bounds(sets, self.of_tracks.longest_s),
            enabled=np.stack([one.enabled for one in limits_of_sets]),
        )
        watch = self.given.watch(sites, net_of("APM"), joined=self.joined)
        alerts, count = study_thresholds.judge(self.plots, self.of_tracks, self.approaches, settings, no_edges(), watch)
        return [alerts[s, : count[s]] for s in range(len(sites))]


def prepare(given: StudyPlots, site: Site, group: str) -> Finals:
    """Join the approaches as a site has it, and keep of the joined plots what any setting within the ranges needs."""
    parameters = given.variation.widest(site).parameters.apm
    _, steepest_deg = given.variation.extremes("apm.below_deg")
    greatest_below_ft_per_nm = limits(parameters.model_copy(update={"below_deg": steepest_deg})).below_ft_per_nm
    rule = given.eligible.rule(site, net_of("APM"))
    joined = np.empty(len(given.tracks), dtype=np.bool_)

    def gather(portion: Portion) -> tuple[kernel.Plots, Spans]:
        stands = np.empty(len(portion.tracks), dtype=np.uint8)
        standings(portion.first_row, portion.tracks.track, given.eligible.marked, rule, stands)
        approach = phases_of(net_of("APM"), portion.tracks, site)
        joined[portion.rows] = approach >= 0
        plots = kernel.gather(
            approach,
            stands == JUDGED,
            portion.seen(parameters),
            packed_approaches(site),
            limits(parameters),
            greatest_below_ft_per_nm,
            parameters.hysteresis_ft,
            parameters.hysteresis_m,
            parameters.hysteresis_s,
        )
        plots.row[:] += portion.first_row
        return plots, _spans(portion.tracks, approach >= 0)

    parts, spans = zip(*given.over_portions(gather, site), strict=True)
    plots = kernel.Plots(*joined_columns(parts, axis=-1))
    first = first_of_tracks(plots.track)
    of_tracks = (
        over_tracks(np.maximum, one, first) for one in (plots.low_ft, plots.high_ft, plots.left_m, plots.right_m)
    )
    return Finals(
        given,
        plots,
        kernel.OfTracks(parameters.look_ahead_s + parameters.hysteresis_s, first, *of_tracks),
        joined,
        Spans(*joined_columns(spans)),
        packed_approaches(site),
    )


def _spans(tracks: Tracks, joined: NDArray[np.bool_]) -> Spans:
    """The spans of time in which each track is joined: up to its first plot that is not, or without end."""
    same = tracks.track[1:] == tracks.track[:-1]
    joined_before, joined_after = np.zeros(len(tracks), dtype=np.bool_), np.zeros(len(tracks), dtype=np.bool_)
    joined_before[1:], joined_after[:-1] = joined[:-1] & same, joined[1:] & same
    first, last = np.flatnonzero(joined & ~joined_before), np.flatnonzero(joined & ~joined_after)
    goes_on = np.zeros(len(tracks), dtype=np.bool_)
    goes_on[:-1] = same
    until_s = np.full(len(last), np.inf)
    until_s[goes_on[last]] = tracks.time_s[last[goes_on[last]] + 1]
    return Spans(tracks.track[first], np.column_stack((tracks.time_s[first], until_s)))
