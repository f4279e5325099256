"""What the controller sees when several nets speak about one aircraft; nothing is deleted (docs/nets.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.alerts import Alert
from safetynets.sites.parameters import ArbitrationParameters
from safetynets.tracks import Tracks

Span = tuple[float, float]


class JoinedSpans:
    """The spans of time in which each track is joined to an approach, noted as its plots come."""

    def __init__(self) -> None:
        self._since_s: dict[int, float] = {}
        self._ended: dict[int, list[Span]] = {}

    def note(self, tracks: Tracks, approach: NDArray[np.int32]) -> None:
        """Note the approach (-1 for none) that each of these plots is joined to."""
        on = approach >= 0
        changes = np.ones(len(tracks), dtype=np.bool_)
        changes[1:] = (on[1:] != on[:-1]) | (tracks.track[1:] != tracks.track[:-1])
        rows = np.flatnonzero(changes)
        for track, time_s, joined in zip(
            tracks.track[rows].tolist(), tracks.time_s[rows].tolist(), on[rows].tolist(), strict=True
        ):
            if joined:
                self._since_s.setdefault(track, time_s)
            elif track in self._since_s:
                self._ended.setdefault(track, []).append((self._since_s.pop(track), time_s))

    def all(self) -> dict[int, list[Span]]:
        """The spans of each track, ascending; inf ends one that still lasts."""
        spans = {track: list(ended) for track, ended in self._ended.items()}
        for track, since_s in self._since_s.items():
            spans.setdefault(track, []).append((since_s, np.inf))
        return spans


def arbitrate(
    alerts: Sequence[Alert], joined: Mapping[int, Sequence[Span]], parameters: ArbitrationParameters
) -> tuple[Alert, ...]:
    """The alerts with what is shown of them, in order of start, numbered from 1.

    `joined` holds, per track, the ascending spans of time (start_s, end_s) in which it was joined to a monitored
    approach; inf ends a span that still lasts.
    """
    ordered = sorted(alerts, key=lambda alert: (alert.start_time_s, alert.track, alert.net, alert.group))
    if parameters.rule == "one_alert_called_msaw":
        decided = _one_alert_called_msaw(ordered)
    elif parameters.rule == "apm_speaks_on_final":
        decided = [
            _off_the_approach(alert, joined.get(alert.track, ())) if alert.net == "MSAW" else _shown(alert)
            for alert in ordered
        ]
    else:
        decided = [_shown(alert) for alert in ordered]
    return tuple(
        alert.changed(alert_id=number, **decision._asdict())
        for number, (alert, decision) in enumerate(zip(ordered, decided, strict=True), start=1)
    )


class Decision(NamedTuple):
    """What is shown of an alert."""

    shown: bool
    shown_time_s: float
    shown_as: str
    suppressed_by: str


def _shown(alert: Alert, from_s: float | None = None, shown_as: str | None = None) -> Decision:
    return Decision(True, alert.start_time_s if from_s is None else from_s, shown_as or alert.net, "")


def _hidden(suppressed_by: str) -> Decision:
    return Decision(False, np.nan, "", suppressed_by)


def _end_s(alert: Alert) -> float:
    return np.inf if np.isnan(alert.end_time_s) else alert.end_time_s


def _off_the_approach(alert: Alert, joined: Sequence[Span]) -> Decision:
    """Show an alert from the first moment of it at which the aircraft is not joined to an approach."""
    time_s = alert.start_time_s
    for start_s, end_s in joined:
        if start_s <= time_s < end_s:
            time_s = end_s
    if time_s < _end_s(alert):
        return _shown(alert, time_s)
    return _hidden("APM")


def _one_alert_called_msaw(ordered: Sequence[Alert]) -> list[Decision]:
    """Show MSAW and APM alerts of one aircraft one at a time, the earlier first, all called MSAW."""
    speaking: dict[int, Alert] = {}
    decided = []
    for alert in ordered:
        if alert.net == "APW":
            decided.append(_shown(alert))
            continue
        other = speaking.get(alert.track)
        time_s = alert.start_time_s if other is None else max(alert.start_time_s, _end_s(other))
        if time_s < _end_s(alert):
            decided.append(_shown(alert, time_s, "MSAW"))
            speaking[alert.track] = alert
        else:
            assert other is not None
            decided.append(_hidden(other.net))
    return decided
