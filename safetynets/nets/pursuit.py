"""What happens to the alerts of tracks, from their possible hits on: the plots that are judged when not all are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Columns
from safetynets.engine.arbitration import JoinedSpans, Span, arbitrate
from safetynets.engine.conflicts import Net, conflicts_of, room_for
from safetynets.engine.eligibility import facts_of
from safetynets.engine.eligibility import rules_of as eligibility_of
from safetynets.engine.episodes import Happened, episodes, happened
from safetynets.engine.kernels.lifecycle import START
from safetynets.engine.lifecycle import room_for as room_for_events
from safetynets.engine.lifecycle import rules_of as lifecycle_of
from safetynets.engine.lifecycle import those
from safetynets.nets.apm import rule as apm
from safetynets.nets.apw import rule as apw
from safetynets.nets.msaw import rule as msaw
from safetynets.nets.possible import Rows, Sieve, any_may_join, bit
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Prediction
from safetynets.tracks import PlotFlag, Tracks
from safetynets.units import fpm_to_ftps

if TYPE_CHECKING:
    from safetynets.engine.kernels.eligibility import Rules as Eligibility
    from safetynets.engine.kernels.lifecycle import Events
    from safetynets.nets.apm.restart import Fresh
    from safetynets.nets.walk import Believed, Told

STATE = 9
"""Numbers that the nets predict from."""

FEWEST_EVENTS = 64


@dataclass(frozen=True, eq=False)
class Pursuit:
    """What the nets are asked about all tracks, made once."""

    tracks: Tracks
    site: Site
    sieve: Sieve
    eligibility: dict[Net, Eligibility]
    fresh: Fresh
    may_join: NDArray[np.bool_]

    def alerts(self, first: int, end: int) -> Columns:
        """The alerts of the tracks from `first` to before `end`, not numbered."""
        nets_of = self.sieve.nets_of(first, end)
        row, nets = self.sieve.sift(first, end, nets_of)
        of_net = {net: row[nets & bit(net) != 0] for net in Net}
        chunk = replace(self, eligibility=self.eligibility | {Net.APM: self._of_apm(first, nets_of)})
        of_msaw, joined = chunk._msaw(of_net[Net.MSAW])
        told = [of_msaw, chunk._apm(of_net[Net.APM]), *chunk._apw(of_net[Net.APW])]
        return arbitrate(episodes(told), joined, self.site.parameters.arbitration)

    def _of_apm(self, first: int, nets_of: NDArray[np.uint8]) -> Eligibility:
        """The eligibility of the APM with what the rules say of the tracks from `first` on.

        Of the plots that another net asks about, it is asked which are joined to an approach. No other net is asked
        about tracks that it does not judge.
        """
        of_track = np.zeros(self.tracks.track_count, dtype=np.uint8)
        of_track[self.sieve.traffic.number[first : first + len(nets_of)]] = nets_of & bit(Net.APM) == 0
        return self.eligibility[Net.APM]._replace(of_track=of_track)

    def _msaw(self, possible: Rows) -> tuple[Happened, dict[int, list[Span]]]:
        from safetynets.nets import walk as kernel

        parameters = self.site.parameters.msaw
        _, _, areas = msaw.surfaces(self.site)
        follow = partial(
            kernel.follow_msaw,
            possible,
            self.sieve.traffic,
            self.eligibility[Net.MSAW],
            _believed(parameters),
            *msaw.asked(self.site),
            lifecycle_of(parameters),
        )
        events, told = _followed(follow, len(possible))
        spans = JoinedSpans()
        row, approach = self._joined(*_spans(events, self.sieve.traffic.start))
        spans.note(self.tracks.track[row], self.tracks.time_s[row], approach)
        return self._happened(Net.MSAW, "msaw", areas, events, told), spans.all()

    def _apm(self, possible: Rows) -> Happened:
        from safetynets.nets import walk as kernel

        parameters = self.site.parameters.apm
        follow = partial(
            kernel.follow_apm,
            possible,
            self.sieve.traffic,
            self.eligibility[Net.APM],
            self.fresh,
            self.may_join,
            *apm.asked(self.site),
            apm.forget_all(1),
            lifecycle_of(parameters),
        )
        events, told = _followed(follow, len(possible))
        return self._happened(Net.APM, "apm", apm.areas_of(self.site), events, told)

    def _apw(self, possible: Rows) -> Iterator[Happened]:
        from safetynets.nets import walk as kernel

        parameters, tracks, traffic = self.site.parameters.apw, self.tracks, self.sieve.traffic
        flights, flight = np.unique(tracks.track[possible], return_inverse=True)
        facts = facts_of(tracks, flights)
        for group in apw.groups_of(self.site):
            allowed = apw.allowed_in(*facts, apw.group_volumes(self.site, group))
            follow = partial(
                kernel.follow_apw,
                possible,
                flight,
                allowed | apw.never_active(self.site, group),
                np.asarray(allowed.all(axis=1)),
                apw.box_of(self.site, group),
                self.sieve.traffic,
                self.eligibility[Net.APW],
                _believed(parameters),
                *apw.asked(self.site, group, traffic.from_s, traffic.now_s),
                lifecycle_of(parameters),
            )
            events, told = _followed(follow, len(possible))
            yield self._happened(Net.APW, group, apw.areas_of(self.site, group), events, told)

    def _happened(self, net: Net, group: str, areas: tuple[str, ...], events: Events, told: Told) -> Happened:
        start = np.flatnonzero(events.what == START)
        plot = events.row[start]
        on_final = np.ones(len(start), dtype=np.bool_)
        if net is not Net.APM:
            _, approach = self._joined(plot, plot)
            on_final = approach >= 0
        conflicts = conflicts_of(net, group, areas, told.verdicts, told.altitude_ft)
        return happened(events, self.tracks, plot, conflicts, start, told.qnh_hpa[start], on_final)

    def _joined(self, from_row: Rows, to_row: Rows) -> tuple[Rows, NDArray[np.int32]]:
        """All rows of these spans of rows, and the approach that each plot is joined to."""
        from safetynets.nets import walk as kernel

        rows = int((to_row - from_row + 1).sum())
        row, approach = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int32)
        count = kernel.join_spans(
            from_row,
            to_row,
            self.sieve.traffic,
            self.eligibility[Net.APM],
            self.fresh,
            self.may_join,
            apm.forget_all(1),
            np.empty(STATE),
            row,
            approach,
        )
        return row[:count], approach[:count]


def pursuit_of(tracks: Tracks, site: Site, sieve: Sieve) -> Pursuit:
    """The pursuit of these tracks over a site."""
    none = np.zeros(tracks.track_count, dtype=np.uint8)
    from_s, to_s = sieve.traffic.from_s, sieve.traffic.now_s
    return Pursuit(
        tracks=tracks,
        site=site,
        sieve=sieve,
        eligibility={
            net: eligibility_of(site, net, getattr(site.parameters, net.name.lower()), none, from_s, to_s)
            for net in Net
        },
        fresh=_fresh(site, from_s, sieve.horizon.lowest_qnh_ft),
        may_join=apm.may_join(tracks, site),
    )


def _fresh(site: Site, from_s: float, lowest_qnh_ft: float) -> Fresh:
    from safetynets.nets.apm.restart import Fresh

    parameters = site.parameters.apm
    regions = site.pressure_regions
    everywhere = any(region.area is None for region in regions)
    return Fresh(
        flaws=int(PlotFlag.DUPLICATE | PlotFlag.STUCK | PlotFlag.ALTITUDE_SPIKE),
        use_coasted=parameters.use_coasted_plots,
        youngest_s=parameters.minimum_track_age_s,
        go_around_ftps=fpm_to_ftps(parameters.go_around_fpm),
        known=everywhere and all(region.qnh and region.qnh[0][0] <= from_s for region in regions),
        any_may_join=any_may_join(parameters),
        lowest_qnh_ft=lowest_qnh_ft,
        rules=apm.join_rules(parameters),
        approaches=apm.packed_approaches(site),
    )


def _believed(parameters: Prediction) -> Believed:
    from safetynets.nets.walk import Believed

    return Believed(
        cleared=parameters.use_cleared_level,
        selected=parameters.use_selected_level,
        turns=parameters.hypotheses != "straight",
    )


def _followed(follow: Callable[..., int], possible: int) -> tuple[Events, Told]:
    """What a kernel tells, in as much room as it needs."""
    from safetynets.nets.walk import FULL, Told

    room = possible + FEWEST_EVENTS
    while True:
        told = Told(room_for_events(room), room_for(room), np.empty(room), np.empty(room))
        count = follow(np.empty(STATE), told)
        if count != FULL:
            return those(told.events, slice(count)), told
        room *= 2


def _spans(events: Events, start: Rows) -> tuple[Rows, Rows]:
    """Rows from which to which the alerts of these events last; to the last of the track where nothing ends them."""
    starts = np.flatnonzero(events.what == START)
    # An end is the last event of its alert, and of one plot it comes before the next start.
    last = np.append(starts, len(events.what))[1:] - 1
    from_row = events.row[starts]
    end_of_track = start[np.searchsorted(start, from_row, side="right")] - 1
    return from_row, np.where(events.row[last] >= 0, events.row[last], end_of_track)
