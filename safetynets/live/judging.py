"""`LiveNets`: payloads in, what happens to alerts out. Live, restarted and replayed, this is what judges."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.monitor import Monitor, Portion
from safetynets.engine.net import nets_at
from safetynets.live.announcing import Announcer, LiveEvent
from safetynets.live.flights import Flights
from safetynets.live.order import LATE_S, Order
from safetynets.live.velocities import Velocities
from safetynets.recordings.asterix.clock import Clock
from safetynets.recordings.asterix.decoding import Decoding
from safetynets.recordings.asterix.plots import DTYPES
from safetynets.recordings.asterix.radar import Radars
from safetynets.recordings.asterix.recording import STALE_S
from safetynets.recordings.containers_read import Chunk
from safetynets.runs.counts import plots_by_net
from safetynets.runs.decisions import Decision, apply
from safetynets.sites.geometry import Site
from safetynets.sites.pressure import qnh_at, region_at
from safetynets.tracks import Tracks
from safetynets.tracks.cleaning import Cleaner

PAIRS_HOLD_S = 1.0
"""How long plots are held where a net goes by several flights and needs the order of time (simulator default)."""
TIDY_S = 60.0
"""How often tracks that have ended are forgotten."""
RECENT_S = 20.0
"""Of an aircraft of a pair the last plot within this is looked for."""
REMEMBERED = ("plots", "context", "clock", "blocks", "records", "undecodable", "counts", "lost_octets")
"""What the decoding remembers."""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """How the feed is read and ordered.

    Attributes
    ----------
    date
        The day (UTC) of the first record, for a recording played on the wire; without it, the day it arrives.
    editions, radars
        As in `recordings.asterix.read`.
    hold_s
        How long plots are held, so that those out of order find their place.
    max_gap_s
        A longer silence begins a new track.
    """

    date: date | None = None
    editions: Mapping[int, str] = field(default_factory=dict)
    radars: Radars = field(default_factory=dict)
    hold_s: float | None = None
    max_gap_s: float = 600.0


class LiveNets:
    """The nets of a site over payloads of ASTERIX.

    The same payloads in the same order, with the same decisions between them, give the same events, however they
    are portioned and at whatever speed they come.
    """

    def __init__(self, site: Site, feed: Feed, keep: bool = False) -> None:
        nets = nets_at(site)
        pairs = any(net.near is not None or (net.among_others and net.among_others(site)) for net in nets)
        hold_s = (PAIRS_HOLD_S if pairs else 0.0) if feed.hold_s is None else feed.hold_s
        self.site = site
        self.decoding = Decoding(feed.editions, feed.radars, STALE_S, Clock(feed.date))
        self.order = Order(hold_s, strict=pairs)
        self.flights = Flights(self.decoding.plots.words, feed.max_gap_s, site.geoid_undulation_m)
        self.announcer = Announcer()
        self.parts: list[tuple[Tracks, Portion, NDArray[np.int64]]] = []
        self.counts: Counter[str] = Counter()
        self.without_qnh: set[str] = set()
        self._feed, self._keep = feed, keep
        self._cleaner, self._velocities, self._monitor = Cleaner(), Velocities(), Monitor(site)
        self._sites: list[tuple[float, Site]] = [(-math.inf, site)]
        self.decisions: list[tuple[float, Decision]] = []
        self._recent: list[Tracks] = []
        self._seen_s, self._seen_m = np.empty(0), np.empty((2, 0))
        self._seen_names = np.empty(0, dtype=object)
        self._tidied_s = -math.inf

    @property
    def present_site(self) -> Site:
        """The site as decided last."""
        return self._sites[-1][1]

    def receive(self, payloads: Sequence[bytes], arrived_s: Sequence[float]) -> int:
        """Decode payloads that arrived at some times (s since 1970); return how many plots were accepted."""
        if not payloads:
            return 0
        octets = np.frombuffer(b"".join(payloads), dtype=np.uint8)
        end = np.cumsum([len(payload) for payload in payloads], dtype=np.int64)
        start = np.concatenate([[0], end[:-1]]).astype(np.int64)
        arrived = np.array(arrived_s, dtype=np.float64)
        captured_s = arrived if self._feed.date is None else np.full(len(arrived), np.nan)
        plots, _ = self.decoding.take(Chunk(octets, start, end, captured_s, False))
        return self.order.put(plots, arrived)

    def decide(self, decision: Decision) -> None:
        """Take a decision: it holds for plots newer than the newest that has come.

        Raises
        ------
        ScenarioError
            For a QNH, region or volume that cannot be.
        """
        self._put_in(self.order.newest_s, decision)

    def _put_in(self, time_s: float, decision: Decision) -> None:
        site = apply(self.present_site, decision, time_s, self.site)
        self.without_qnh.clear()  # the next plots show where one is still unknown
        self.decisions.append((time_s, decision))
        if self._sites[-1][0] == time_s:
            self._sites[-1] = (time_s, site)
        else:
            self._sites.append((time_s, site))

    def state(self) -> dict[str, Any]:
        """All that is remembered, but for the site: with it `restore` goes on from here."""
        for words in self.decoding.plots.words.values():
            words.forget_last()
        self.announcer.drop_other_plots()
        return {
            "decoding": {name: getattr(self.decoding, name) for name in REMEMBERED},
            **{name: getattr(self, name) for name in ("order", "flights", "announcer", "counts")},
            **{name: getattr(self, name) for name in ("_cleaner", "_velocities", "_monitor", "decisions")},
            "_recent": [replace(one, plane=None) for one in self._recent],
            "_tidied_s": self._tidied_s,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state, at the same site and with the same feed."""
        for name, value in state["decoding"].items():
            setattr(self.decoding, name, value)
        for name, value in state.items():
            if name not in ("decoding", "decisions"):
                setattr(self, name, value)
        for time_s, decision in state["decisions"]:
            self._put_in(time_s, decision)

    def judge(self, *, everything: bool = False) -> list[LiveEvent]:
        """Judge the plots that are due, or all that have come, and return what happened to alerts, in order."""
        plots = self.order.take(everything=everything)
        if plots is None or not len(plots["time_s"]):
            return []
        events: list[LiveEvent] = []
        bounds = np.searchsorted(plots["time_s"], [from_s for from_s, _ in self._sites[1:]], side="right")
        spans = [0, *bounds.tolist(), len(plots["time_s"])]
        complete_s = self.order.complete_s
        for (_, site), first, last in zip(self._sites, spans, spans[1:], strict=False):
            if first < last:
                part = {name: column[first:last] for name, column in plots.items()}
                now_s = complete_s if last == len(plots["time_s"]) else -math.inf
                events += self._judge(part, site, now_s)
        while len(self._sites) > 1 and self._sites[1][0] < complete_s:
            self._sites.pop(0)
        if complete_s - self._tidied_s >= TIDY_S:
            self._tidy(complete_s)
        return events

    @property
    def soonest_lost_s(self) -> float:
        """After so long without a plot the first alert may be lost."""
        return min((net.parameters_of(self.site).track_lost_s for net in nets_at(self.site)), default=math.inf)

    def pass_time(self, time_s: float) -> list[LiveEvent]:
        """No plot has come until a time: end the alerts that are lost by then; plots as old as they are late now."""
        self.order.close(time_s - self.order.hold_s - (LATE_S if self.order.strict else 0.0))
        events = self.judge()
        types = DTYPES | {"key": np.int32, "identity": np.int64}
        nothing = {name: np.empty(0, dtype) for name, dtype in types.items()}
        return events + self._judge(nothing, self.present_site, self.order.complete_s)

    def _judge(self, plots: dict[str, NDArray[Any]], site: Site, complete_s: float) -> list[LiveEvent]:
        received = self.flights.take(plots, self.order.identities)
        tracks = self._velocities.feed(self._cleaner.feed(received)).on_plane(site.plane)
        self._monitor.site = site
        portion = self._monitor.feed(tracks, complete_s)
        self.counts["plots put to the nets"] += len(tracks)
        self._note_what_was_not_assessable(portion, tracks, site)
        self._see(tracks)
        if self._keep and len(tracks):
            self.parts.append((tracks, portion, self.flights.serial[tracks.track]))
        if self.order.strict and len(tracks):
            newest_s = float(tracks.time_s.max())
            self._recent = [one for one in self._recent if one.time_s.max() >= newest_s - RECENT_S] + [tracks]
        changed = self._monitor.changed
        alerts = self._monitor.alerts(changed) if len(changed) else ()
        events = self.announcer.events(alerts, tracks, portion, site, self.flights, self._recent)
        if len(changed):
            self.announcer.keep(self._monitor.drop_ended())
        return events

    def _note_what_was_not_assessable(self, portion: Portion, tracks: Tracks, site: Site) -> None:
        """Count it by net and reason, and note the pressure regions in which flights are and no QNH is known."""
        for net, plots in plots_by_net(portion.conflicts).items():
            for word, count in plots["not_assessable"].items():
                self.counts[f"{net} not assessable: {word}"] += count
        region = region_at(site, tracks.x_m, tracks.y_m)
        unknown = np.isnan(qnh_at(site, region, tracks.time_s))
        for number in np.unique(region[region >= 0]).tolist():
            put = self.without_qnh.add if unknown[region == number].any() else self.without_qnh.discard
            put(site.pressure_regions[number].name)

    @property
    def blind_words(self) -> str:
        """Where nothing can be judged for want of a QNH; empty where it can.

        A live monitor that judges nothing must not look like one that finds nothing.
        """
        regions = ", ".join(sorted(self.without_qnh))
        return f"Not assessable: no QNH is known in {regions}; give it with qnh-hpa" if regions else ""

    def newest_clock(self) -> str:
        """Date and time (UTC) of the newest plot; empty before the first."""
        newest_s = self.order.newest_s
        return datetime.fromtimestamp(newest_s, UTC).strftime("%Y-%m-%d %H:%M:%S") if math.isfinite(newest_s) else ""

    def positions(self, most: int) -> tuple[list[tuple[int, float, float, str]], int]:
        """Number, position on the plane (m) and call sign of tracks heard within the last minute, and how many are.

        Of more than `most` it gives those with an alert and, of the others, those of the lowest numbers.
        """
        there = np.flatnonzero(self._seen_s >= self.order.newest_s - 60.0)
        count = len(there)
        if count > most:
            alerted = np.isin(there, [one.alert.track for one in self.announcer.open])
            there = np.sort(there[np.argsort(~alerted, kind="stable")[:most]])
        x_m, y_m = np.round(self._seen_m[:, there]).tolist()
        known = zip(there.tolist(), x_m, y_m, self._seen_names[there].tolist(), strict=True)
        return [each for each in known if math.isfinite(each[1]) and math.isfinite(each[2])], count

    def _see(self, tracks: Tracks) -> None:
        """Note where each track is."""
        more = tracks.track_count - len(self._seen_s)
        if more > 0:
            self._seen_s = np.concatenate([self._seen_s, np.full(more, -np.inf)])
            self._seen_m = np.concatenate([self._seen_m, np.full((2, more), np.nan)], axis=1)
        self._seen_s[tracks.track] = tracks.time_s
        self._seen_m[:, tracks.track] = tracks.x_m, tracks.y_m
        self._seen_names = tracks.callsign

    def _tidy(self, complete_s: float) -> None:
        """Forget the tracks and identities that were silent for so long that another plot would begin a new track."""
        self._tidied_s = complete_s
        before_s = complete_s - self._feed.max_gap_s
        lasting = self._monitor.drop_ended()
        silent = self.flights.silent_since(before_s)
        silent = silent[~np.isin(silent, list(lasting))]
        self.flights.forget(silent, self.order.forget(before_s))
        for memory in (self._monitor, self._cleaner, self._velocities):
            memory.forget(silent)
