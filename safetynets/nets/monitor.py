"""All nets over a set of tracks, whole or plot by plot: the same functions, the same alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.engine import lifecycle
from safetynets.engine.alerts import Alerts, in_order
from safetynets.engine.arbitration import JoinedSpans, arbitrate
from safetynets.engine.conflicts import Conflicts, Net
from safetynets.engine.eligibility import reasons
from safetynets.engine.episodes import Happened, episodes, happened
from safetynets.engine.kernels.lifecycle import LOST, START, STILL
from safetynets.engine.track_state import LastPlots, TrackState, check_plane, track_state_of
from safetynets.errors import TracksError
from safetynets.nets.apm import rule as apm
from safetynets.nets.apw.rule import apw_conflicts
from safetynets.nets.msaw.rule import msaw_conflicts
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Events

Memory = TypeVar("Memory", bound=tuple[Any, ...])


@dataclass(frozen=True, eq=False)
class Seen:
    """What the nets made of a set of plots: the picture, the approach each is joined to, and all conflicts."""

    picture: TrackState
    approach: NDArray[np.int32]
    conflicts: tuple[Conflicts, ...]


@dataclass(frozen=True, eq=False)
class Watched:
    """What the nets made of whole tracks, with the alerts."""

    altitude_ft: NDArray[np.float64]
    qnh_hpa: NDArray[np.float64]
    approach: NDArray[np.int32]
    conflicts: tuple[Conflicts, ...]
    alerts: Alerts


def watch(tracks: Tracks, site: Site) -> Watched:
    """Run all nets of the site over tracks on its plane.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    monitor = LiveMonitor(site)
    seen = monitor.feed(tracks)
    return Watched(
        altitude_ft=seen.picture.altitude_ft,
        qnh_hpa=seen.picture.qnh_hpa,
        approach=seen.approach,
        conflicts=seen.conflicts,
        alerts=monitor.alerts(),
    )


class LiveMonitor:
    """The nets of a site fed with plots as they come, in any portions.

    Each portion is a `Tracks` whose plots are not older than the plots fed before. Track numbers stay the same from
    portion to portion; new tracks may be added at the end of the table. However the plots are portioned, the alerts
    are the same.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._now_s = -np.inf
        self._track_start_s = np.empty(0)
        self._last = LastPlots.none(0)
        self._joined = apm.forget_all(0)
        self._joined_spans = JoinedSpans()
        self._memory: dict[tuple[Net, str], Any] = {}
        self._told: list[Happened] = []
        self._still: list[Happened] = []

    def feed(self, tracks: Tracks) -> Seen:
        """Judge the plots and follow the alerts.

        Raises
        ------
        TracksError
            If the tracks are not on the site's plane, or a plot is older than one fed before.
        """
        site = self._site
        check_plane(tracks, site)
        if len(tracks) and tracks.time_s.min() < self._now_s:
            raise TracksError(
                f"a plot at {tracks.time_s.min()} s is older than the plots already fed (up to {self._now_s} s)",
                mend="feed plots in the order of time",
            )
        self._make_room(tracks.track_count)
        self._note_starts(tracks)
        picture, self._last = track_state_of(tracks, site, self._last)
        reason = {net: reasons(tracks, picture, site, net, self._track_start_s) for net in Net}
        approach, self._joined = apm.join_approaches(picture, tracks, reason[Net.APM], site, self._joined)
        conflicts = (
            msaw_conflicts(picture, reason[Net.MSAW], site),
            apm.apm_conflicts(picture, reason[Net.APM], approach, site),
            *apw_conflicts(picture, tracks, reason[Net.APW], site),
        )
        self._joined_spans.note(tracks.track, tracks.time_s, approach)
        if len(tracks):
            self._now_s = float(tracks.time_s.max())
        self._still = []
        for found in conflicts:
            memory = self._memory.setdefault((found.net, found.group), lifecycle.forget_all(tracks.track_count))
            events = lifecycle.follow(tracks, found, self._parameters(found.net), memory)
            self._tell(self._told, events, tracks, picture, found, approach)
            ended = lifecycle.end(memory, self._parameters(found.net), self._now_s)
            for what, told in ((LOST, self._told), (STILL, self._still)):
                self._tell(told, lifecycle.those(ended, ended.what == what), tracks, picture, found, approach)
        return Seen(picture, approach, conflicts)

    def alerts(self) -> Alerts:
        """All alerts up to now; those that still last have no end time."""
        told = [*self._told, *self._still]
        if not told:
            return in_order([])
        return in_order([arbitrate(episodes(told), self._joined_spans.all(), self._site.parameters.arbitration)])

    @staticmethod
    def _tell(
        told: list[Happened],
        events: Events,
        tracks: Tracks,
        picture: TrackState,
        found: Conflicts,
        approach: NDArray[np.int32],
    ) -> None:
        if len(events.what):
            row = events.row[events.what == START]
            told.append(happened(events, tracks, row, found, row, picture.qnh_hpa[row], approach[row] >= 0))

    def _parameters(self, net: Net) -> Lifecycle:
        parameters: Lifecycle = getattr(self._site.parameters, net.name.lower())
        return parameters

    def _make_room(self, track_count: int) -> None:
        self._track_start_s = _longer(self._track_start_s, np.full(track_count, np.nan))
        self._last = _grown(self._last, LastPlots.none(track_count))
        self._joined = _grown(self._joined, apm.forget_all(track_count))
        for key, memory in self._memory.items():
            self._memory[key] = _grown(memory, lifecycle.forget_all(track_count))

    def _note_starts(self, tracks: Tracks) -> None:
        present, first = np.unique(tracks.track, return_index=True)
        new = np.isnan(self._track_start_s[present])
        self._track_start_s[present[new]] = tracks.time_s[first[new]]


def _longer(array: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate((array, fresh[len(array) :]))


def _grown(memory: Memory, fresh: Memory) -> Memory:
    """The memory with room for more tracks, of which nothing is known yet."""
    if len(memory[0]) >= len(fresh[0]):
        return memory
    return type(memory)(*(_longer(old, new) for old, new in zip(memory, fresh, strict=True)))
