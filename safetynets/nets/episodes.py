"""Events of the lifecycle put together into `Alert` episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from safetynets.nets.alerts import Alert
from safetynets.nets.conflicts import Conflicts, Kind, Reason
from safetynets.nets.kernels.lifecycle import CLEARED, EXCLUDED, LOST, REANNOUNCED, START, WORSE, lost_at_s
from safetynets.nets.kernels.lifecycle import end as forget
from safetynets.nets.lifecycle import rules_of
from safetynets.nets.picture import Picture
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.nets.kernels.lifecycle import Events, Memory

STILL_ACTIVE = "still active at the end of the tracks"


class Episodes:
    """The alerts of one net and group, put together as their events come in."""

    def __init__(self) -> None:
        self._open: dict[int, Alert] = {}
        self._ended: list[Alert] = []

    def take(
        self,
        events: Events,
        tracks: Tracks,
        picture: Picture,
        conflicts: Conflicts,
        on_final: np.ndarray,
    ) -> None:
        """Take the events of these plots, in their order."""
        for row, track, what, time_s, first_conflict_s, worst_margin_ft in zip(
            *(column.tolist() for column in events), strict=True
        ):
            if what == START:
                self._open[track] = alert_at(row, tracks, picture, conflicts, on_final, first_conflict_s)
            elif what == WORSE:
                self._open[track] = self._open[track].changed(severity="warning")
            elif what == REANNOUNCED:
                times_s = (*self._open[track].reannounced_times_s, time_s)
                self._open[track] = self._open[track].changed(reannounced_times_s=times_s)
            else:
                self.end(track, time_s, _end_reason(what, row, conflicts), worst_margin_ft)

    def end(self, track: int, time_s: float, reason: str, worst_margin_ft: float) -> None:
        """End the open alert of a track."""
        self._ended.append(
            self._open.pop(track).changed(
                end_time_s=time_s,
                end_reason=reason,
                worst_margin_ft=worst_margin_ft if np.isfinite(worst_margin_ft) else np.nan,
            )
        )

    def end_lost(self, memory: Memory, parameters: Lifecycle, now_s: float) -> None:
        """End the alerts whose track has been lost for long enough by now."""
        rules = rules_of(parameters)
        for track in np.flatnonzero(memory.active).tolist():
            end_s = lost_at_s(track, rules, memory)
            if end_s <= now_s:
                self.end(track, end_s, "track lost", float(memory.worst_margin_ft[track]))
                forget(track, memory)

    def all(self, worst_margin_ft: np.ndarray) -> list[Alert]:
        """Ended alerts and those still open, for which the least margin so far is given per track."""
        still = [
            alert.changed(worst_margin_ft=worst if np.isfinite(worst) else np.nan)
            for alert, worst in ((alert, float(worst_margin_ft[track])) for track, alert in self._open.items())
        ]
        return [*self._ended, *still]


def alert_at(
    row: int,
    tracks: Tracks,
    picture: Picture,
    conflicts: Conflicts,
    on_final: np.ndarray,
    first_conflict_s: float,
) -> Alert:
    """The alert that starts at one plot; what arbitration decides is still open."""
    track = int(tracks.track[row])
    area = int(conflicts.area[row])
    return Alert(
        alert_id=0,
        net=conflicts.net.name,
        kind=Kind(int(conflicts.kind[row])).word,
        severity="warning" if conflicts.severe[row] else "caution",
        callsign=str(tracks.callsign[track]),
        track=track,
        area=conflicts.areas[area] if area >= 0 else "",
        group=conflicts.group,
        first_conflict_time_s=first_conflict_s,
        start_time_s=float(tracks.time_s[row]),
        end_time_s=np.nan,
        end_reason=STILL_ACTIVE,
        time_to_violation_s=float(conflicts.time_to_violation_s[row]),
        margin_ft=float(conflicts.margin_ft[row]),
        worst_margin_ft=np.nan,
        margin_m=float(conflicts.margin_m[row]),
        altitude_ft=float(conflicts.altitude_ft[row]),
        minimum_ft=float(conflicts.minimum_ft[row]),
        lateral_deviation_m=float(conflicts.lateral_deviation_m[row]),
        vertical_deviation_ft=float(conflicts.vertical_deviation_ft[row]),
        latitude_deg=float(tracks.latitude_deg[row]),
        longitude_deg=float(tracks.longitude_deg[row]),
        vectored=int(tracks.vectored[row]),
        visual=int(tracks.visual[row]),
        on_final=bool(on_final[row]),
        qnh_hpa=float(picture.qnh_hpa[row]),
        reannounced_times_s=(),
        shown=False,
        shown_time_s=np.nan,
        shown_as="",
        suppressed_by="",
    )


def _end_reason(what: int, row: int, conflicts: Conflicts) -> str:
    if what == CLEARED:
        return "cleared"
    if what == LOST:
        return "track lost"
    assert what == EXCLUDED
    reason = Reason(int(conflicts.reason[row]))
    return "left the approach" if reason is Reason.NOT_ON_APPROACH else f"excluded: {reason.word}"
