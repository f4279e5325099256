"""Eligibility without the plots: what could keep each plot from being judged, and what a parameter set makes of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import checks, inhibited_by, rules_of_tracks
from safetynets.engine.net import Net, nets
from safetynets.engine.reasons import Reason
from safetynets.engine.study.kernels.follow import (
    BY_RULE,
    JUDGED,
    UNUSABLE,
    UNUSABLE_AT_LAST,
    Marked,
    Rule,
)
from safetynets.engine.track_state import TrackState
from safetynets.sites.geometry import InhibitVolume, Schedule, Site
from safetynets.sites.parameters import Eligibility
from safetynets.tracks import Tracks

Mask = NDArray[np.bool_]

UNUSABLE_PLOT, COASTED, ON_GROUND, VISUAL, NO_QNH = (np.uint64(1 << bit) for bit in range(5))
"""Marks of a plot. The first gathers every reason for which no setting judges it."""

FIRST_NET_BIT, MOST_NETS = 5, 3
"""Bits that say whether a plot lies outside what a net knows anything of."""

FIRST_VOLUME_BIT = FIRST_NET_BIT + MOST_NETS
MOST_VOLUMES = 64 - FIRST_VOLUME_BIT

BARE = Eligibility(minimum_track_age_s=0.0, use_coasted_plots=False, judge_visual=False)
ALWAYS = Schedule(permanent=True, on=False, periods=(), weekly=())

_MARKS = {
    Reason.NO_POSITION: UNUSABLE_PLOT,
    Reason.DUPLICATE_PLOT: UNUSABLE_PLOT,
    Reason.STUCK_PLOT: UNUSABLE_PLOT,
    Reason.ALTITUDE_SPIKE: UNUSABLE_PLOT,
    Reason.NO_PRESSURE_ALTITUDE: UNUSABLE_PLOT,
    Reason.NO_VELOCITY: UNUSABLE_PLOT,
    Reason.COASTED: COASTED,
    Reason.ON_GROUND: ON_GROUND,
    Reason.VISUAL: VISUAL,
    Reason.QNH_UNKNOWN: NO_QNH,
}


def inhibiting(site: Site, switched: Collection[str]) -> tuple[InhibitVolume, ...]:
    """The inhibit volumes that get a mark each: those of the site, and once more always active where switched."""
    own = [volume for volume in site.inhibit_volumes if volume.schedule.ever]
    always = [replace(volume, schedule=ALWAYS) for volume in site.inhibit_volumes if volume.name in switched]
    return (*own, *always)


def with_coverage() -> list[Net]:
    """The nets that know nothing of some places."""
    return [net for net in nets() if net.covers is not None]


def _outside(net: Net) -> np.uint64:
    """The mark of a plot outside what a net knows anything of."""
    known = with_coverage()
    return np.uint64(1 << (FIRST_NET_BIT + known.index(net))) if net in known else np.uint64(0)


def marks_of(
    tracks: Tracks,
    picture: TrackState,
    track_start_s: NDArray[np.float64],
    volumes: tuple[InhibitVolume, ...],
    site: Site,
) -> NDArray[np.uint64]:
    """The marks of some plots, one bit each."""
    marks = np.zeros(len(tracks), dtype=np.uint64)
    for reason, applies in checks(tracks, picture, (), BARE, track_start_s):
        if reason in _MARKS:
            marks[applies] |= _MARKS[reason]
    for number, net in enumerate(with_coverage()):
        assert net.covers is not None
        marks[~net.covers(site, tracks.x_m, tracks.y_m)] |= np.uint64(1 << (FIRST_NET_BIT + number))
    for number, volume in enumerate(volumes):
        marks[inhibited_by(tracks, picture, volume)] |= np.uint64(1 << (FIRST_VOLUME_BIT + number))
    return marks


@dataclass(frozen=True, eq=False)
class RulesOfSets:
    """The eligibility of one net and many sets: verdicts and excluded tracks, a row for each that differs.

    `row[s]` are the rows of set s in the one and in the other.
    """

    verdict: NDArray[np.uint8]
    track_excluded: Mask
    row: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Eligible:
    """The marks of all plots as codes, and what each net and setting makes of them.

    Attributes
    ----------
    marked
        Times, tracks and codes of all plots.
    combination
        The marks that each code stands for.
    volumes
        The inhibit volumes of the marks, in their order.
    tracks
        The tracks, for the rules about whole tracks.
    """

    marked: Marked
    combination: NDArray[np.uint64]
    volumes: tuple[InhibitVolume, ...]
    tracks: Tracks
    _excluded: dict[Any, Mask] = field(default_factory=dict)
    _verdicts: dict[Any, NDArray[np.uint8]] = field(default_factory=dict)

    def rule(self, site: Site, net: Net, allowed: Mask | None = None) -> Rule:
        """The eligibility of a net at a setting; `allowed` tracks are excluded at last."""
        parameters: Eligibility = net.parameters_of(site)
        nobody = np.zeros(len(self.marked.track_start_s), dtype=np.bool_)
        return Rule(
            verdict=self._verdict(site, net, parameters),
            minimum_track_age_s=parameters.minimum_track_age_s,
            track_excluded=self._track_excluded(parameters),
            track_allowed=nobody if allowed is None else allowed,
            joined=np.empty(0, dtype=np.bool_),
        )

    def rules_of_sets(self, sites: Sequence[Site], net: Net) -> RulesOfSets:
        """The eligibility of a net at many settings."""
        verdicts: dict[int, tuple[int, NDArray[np.uint8]]] = {}
        excluded: dict[int, tuple[int, Mask]] = {}
        row = np.empty((len(sites), 2), dtype=np.int64)
        for number, site in enumerate(sites):
            parameters: Eligibility = net.parameters_of(site)
            # What is asked for the same rule is the same array.
            verdict, tracks = self._verdict(site, net, parameters), self._track_excluded(parameters)
            row[number, 0], _ = verdicts.setdefault(id(verdict), (len(verdicts), verdict))
            row[number, 1], _ = excluded.setdefault(id(tracks), (len(excluded), tracks))
        return RulesOfSets(
            verdict=np.stack([one for _, one in verdicts.values()]),
            track_excluded=np.stack([one for _, one in excluded.values()]),
            row=row,
        )

    def _verdict(self, site: Site, net: Net, parameters: Eligibility) -> NDArray[np.uint8]:
        """What becomes of each combination of marks; asked once for each different rule."""
        inhibiting = self._inhibiting(site, net)
        key = net, parameters.use_coasted_plots, parameters.judge_visual, int(inhibiting)
        if key not in self._verdicts:
            marks = self.combination
            unusable = marks & UNUSABLE_PLOT
            if not parameters.use_coasted_plots:
                unusable |= marks & COASTED
            by_rule = marks & (ON_GROUND | inhibiting)
            if not parameters.judge_visual:
                by_rule |= marks & VISUAL
            at_last = marks & (NO_QNH | _outside(net))
            self._verdicts[key] = np.select(
                [unusable != 0, by_rule != 0, at_last != 0], [UNUSABLE, BY_RULE, UNUSABLE_AT_LAST], JUDGED
            ).astype(np.uint8)
        return self._verdicts[key]

    def _inhibiting(self, site: Site, net: Net) -> np.uint64:
        """The marks of the volumes that are active for a net at a setting."""
        schedules = {volume.name: volume.schedule for volume in site.inhibit_volumes if net.name in volume.nets}
        mask = 0
        for number, volume in enumerate(self.volumes):
            schedule = schedules.get(volume.name)
            if schedule is not None and (schedule is volume.schedule or (schedule.on and volume.schedule is ALWAYS)):
                mask |= 1 << (FIRST_VOLUME_BIT + number)
        return np.uint64(mask)

    def _track_excluded(self, parameters: Eligibility) -> Mask:
        """The tracks that a rule keeps out; asked once for each different rule."""
        names = ("flight_rules", "eligible_ssr_codes", "excluded_ssr_codes", "inhibited_callsigns")
        key = tuple(getattr(parameters, name) for name in names)
        if key not in self._excluded:
            self._excluded[key] = rules_of_tracks(self.tracks, parameters) != 0
        return self._excluded[key]
