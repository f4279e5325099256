"""The APM of a study: who is joined to which approach, what is kept of the joined plots, and judging them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Net, Reason
from safetynets.engine.study.kernels.follow import BY_RULE, JUDGED, no_edges, standings
from safetynets.engine.study.plots import (
    Portion,
    Traffic,
    bytes_of,
    first_of_tracks,
    joined_columns,
    over_tracks,
)
from safetynets.nets.apm import study_geometry as kernel
from safetynets.nets.apm import study_thresholds
from safetynets.nets.apm.kernel import Approaches
from safetynets.nets.apm.rule import join_approaches, limits, packed_approaches, state
from safetynets.sites.geometry import Site

Spans = tuple[NDArray[np.int64], NDArray[np.float64]]
"""First span of each track (with the end), and rows of (from, to) in which it is joined to an approach."""


@dataclass(frozen=True, eq=False)
class Finals:
    """What is kept of the plots joined to an approach, for one way of joining.

    `joined` says of every plot whether it is joined to an approach, `spans` the same by time for each track.
    """

    traffic: Traffic
    plots: kernel.Plots
    of_tracks: kernel.OfTracks
    joined: NDArray[np.bool_]
    spans: Spans
    approaches: Approaches

    @property
    def count(self) -> int:
        """How many plots are kept."""
        return len(self.plots.row)

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
        watch = self.traffic.watch(sites, Net.APM, joined=self.joined)
        alerts, count = study_thresholds.judge(self.plots, self.of_tracks, self.approaches, settings, no_edges(), watch)
        return [alerts[s, : count[s]] for s in range(len(sites))]


def look_at_finals(traffic: Traffic, site: Site) -> Finals:
    """Join the approaches as a site has it, and keep of the joined plots what any setting within the ranges needs."""
    parameters = traffic.variation.widest(site).parameters.apm
    _, steepest_deg = traffic.variation.extremes("apm.below_deg")
    greatest_below_ft_per_nm = limits(parameters.model_copy(update={"below_deg": steepest_deg})).below_ft_per_nm
    rule = traffic.eligible.rule(site, Net.APM)
    joined = np.empty(len(traffic.tracks), dtype=np.bool_)

    def gather(portion: Portion) -> kernel.Plots:
        stands = np.empty(len(portion.tracks), dtype=np.uint8)
        standings(portion.first_row, portion.tracks.track, traffic.eligible.marked, rule, stands)
        # Joining asks only whether a plot is judged, excluded or not assessable, not for which reason.
        reason = np.select(
            [stands == JUDGED, stands == BY_RULE], [Reason.JUDGED, Reason.FLIGHT_RULES], Reason.NO_POSITION
        ).astype(np.int8)
        approach, _ = join_approaches(portion.picture, portion.tracks, reason, site)
        joined[portion.rows] = approach >= 0
        plots = kernel.gather(
            approach,
            stands == JUDGED,
            portion.tracks.track,
            state(portion.picture),
            packed_approaches(site),
            limits(parameters),
            greatest_below_ft_per_nm,
            parameters.hysteresis_ft,
            parameters.hysteresis_m,
            parameters.hysteresis_s,
        )
        plots.row[:] += portion.first_row
        return plots

    parts = traffic.over_portions(gather, site)
    plots = kernel.Plots(*joined_columns(parts))
    first = first_of_tracks(plots.track)
    deviations = (plots.low_ft, plots.high_ft, plots.left_m, plots.right_m)
    of_tracks = (over_tracks(np.maximum, one, first).T.copy() for one in deviations)
    low_ft, high_ft, left_m, right_m, surely_low_ft = (one.T.copy() for one in (*deviations, plots.surely_low_ft))
    return Finals(
        traffic,
        plots._replace(low_ft=low_ft, high_ft=high_ft, left_m=left_m, right_m=right_m, surely_low_ft=surely_low_ft),
        kernel.OfTracks(parameters.look_ahead_s + parameters.hysteresis_s, first, *of_tracks),
        joined,
        _spans(traffic, joined),
        packed_approaches(site),
    )


def _spans(traffic: Traffic, joined: NDArray[np.bool_]) -> Spans:
    """The spans of time in which each track is joined: up to its first plot that is not, or without end."""
    tracks = traffic.tracks
    same = tracks.track[1:] == tracks.track[:-1]
    joined_before, joined_after = np.zeros(len(tracks), dtype=np.bool_), np.zeros(len(tracks), dtype=np.bool_)
    joined_before[1:], joined_after[:-1] = joined[:-1] & same, joined[1:] & same
    first, last = np.flatnonzero(joined & ~joined_before), np.flatnonzero(joined & ~joined_after)
    goes_on = np.zeros(len(tracks), dtype=np.bool_)
    goes_on[:-1] = same
    until_s = np.full(len(last), np.inf)
    until_s[goes_on[last]] = tracks.time_s[last[goes_on[last]] + 1]
    first_span = np.searchsorted(tracks.track[first], np.arange(tracks.track_count + 1)).astype(np.int64)
    return first_span, np.column_stack((tracks.time_s[first], until_s))
