"""Events of the lifecycle put together into `Alert` episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    """The alerts of one net and group, put together as their events come in.

    `number` holds the number by which each track of the events is known, where that is another.
    """

    def __init__(self, number: np.ndarray | None = None) -> None:
        self._number = number
        self._open: dict[int, dict[str, Any]] = {}
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
        starting = iter(alerts_at(events, tracks, picture, conflicts, on_final, self._number))
        for row, track, what, time_s, _, worst_margin_ft in zip(*(column.tolist() for column in events), strict=True):
            if what == START:
                self._open[track] = next(starting)
            elif what == WORSE:
                self._open[track]["severity"] = "warning"
            elif what == REANNOUNCED:
                self._open[track]["reannounced_times_s"] += (time_s,)
            else:
                self.end(track, time_s, _end_reason(what, row, conflicts), worst_margin_ft)

    def end(self, track: int, time_s: float, reason: str, worst_margin_ft: float) -> None:
        """End the open alert of a track."""
        ended = {"end_time_s": time_s, "end_reason": reason, "worst_margin_ft": _or_unknown(worst_margin_ft)}
        self._ended.append(Alert.of(self._open.pop(track) | ended))

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
            Alert.of(values | {"worst_margin_ft": _or_unknown(float(worst_margin_ft[track]))})
            for track, values in self._open.items()
        ]
        return [*self._ended, *still]


def _or_unknown(margin_ft: float) -> float:
    return margin_ft if np.isfinite(margin_ft) else np.nan


def alerts_at(
    events: Events,
    tracks: Tracks,
    picture: Picture,
    conflicts: Conflicts,
    on_final: np.ndarray,
    number: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    """The fields of the alerts that start at these events; how they end and what is shown of them is still open."""
    starts = events.what == START
    row = events.row[starts]
    kinds = [kind.word for kind in Kind]
    areas = [*conflicts.areas, ""]
    opening = {
        "alert_id": 0,
        "net": conflicts.net.name,
        "group": conflicts.group,
        "end_time_s": np.nan,
        "end_reason": STILL_ACTIVE,
        "worst_margin_ft": np.nan,
        "reannounced_times_s": (),
        "shown": False,
        "shown_time_s": np.nan,
        "shown_as": "",
        "suppressed_by": "",
    }
    columns = {
        "kind": [kinds[kind] for kind in conflicts.kind[row].tolist()],
        "severity": ["warning" if severe else "caution" for severe in conflicts.severe[row].tolist()],
        "callsign": [str(callsign) for callsign in tracks.callsign[tracks.track[row]].tolist()],
        "track": (tracks.track if number is None else number[tracks.track])[row].tolist(),
        "area": [areas[area] for area in conflicts.area[row].tolist()],
        "first_conflict_time_s": events.first_conflict_s[starts].tolist(),
        "start_time_s": tracks.time_s[row].tolist(),
        "time_to_violation_s": conflicts.time_to_violation_s[row].tolist(),
        "on_final": on_final[row].tolist(),
        "qnh_hpa": picture.qnh_hpa[row].tolist(),
    }
    measures = "margin_ft margin_m altitude_ft minimum_ft lateral_deviation_m vertical_deviation_ft"
    columns |= {name: getattr(conflicts, name)[row].tolist() for name in measures.split()}
    columns |= {
        name: getattr(tracks, name)[row].tolist() for name in ("latitude_deg", "longitude_deg", "vectored", "visual")
    }
    names = tuple(columns)
    return [opening | dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _end_reason(what: int, row: int, conflicts: Conflicts) -> str:
    if what == CLEARED:
        return "cleared"
    if what == LOST:
        return "track lost"
    assert what == EXCLUDED
    reason = Reason(int(conflicts.reason[row]))
    return "left the approach" if reason is Reason.NOT_ON_APPROACH else f"excluded: {reason.word}"
