"""What the controller sees when several nets speak about one aircraft; nothing is deleted (docs/nets.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Columns
from safetynets.sites.parameters import ArbitrationParameters

Span = tuple[float, float]


class JoinedSpans:
    """The spans of time in which each track is joined to an approach, noted as its plots come."""

    def __init__(self) -> None:
        self._since_s: dict[int, float] = {}
        self._ended: dict[int, list[Span]] = {}

    def note(self, track: NDArray[np.int32], time_s: NDArray[np.float64], approach: NDArray[np.int32]) -> None:
        """Note the approach (-1 for none) that each of these plots is joined to."""
        on = approach >= 0
        changes = np.ones(len(track), dtype=np.bool_)
        changes[1:] = (on[1:] != on[:-1]) | (track[1:] != track[:-1])
        rows = np.flatnonzero(changes)
        for number, at_s, joined in zip(track[rows].tolist(), time_s[rows].tolist(), on[rows].tolist(), strict=True):
            if joined:
                self._since_s.setdefault(number, at_s)
            elif number in self._since_s:
                self._ended.setdefault(number, []).append((self._since_s.pop(number), at_s))

    def all(self) -> dict[int, list[Span]]:
        """The spans of each track, ascending; inf ends one that still lasts."""
        spans = {track: list(ended) for track, ended in self._ended.items()}
        for track, since_s in self._since_s.items():
            spans.setdefault(track, []).append((since_s, np.inf))
        return spans


def arbitrate(episodes: Columns, joined: Mapping[int, Sequence[Span]], parameters: ArbitrationParameters) -> Columns:
    """The alerts of episodes with what is shown of them, in order of start, track, net and group; not numbered yet.

    `joined` holds, per track, the ascending spans of time (start_s, end_s) in which it was joined to a monitored
    approach; inf ends a span that still lasts.
    """
    order = np.lexsort([episodes[name] for name in ("net_and_group", "track", "start_time_s")])
    columns = {name: column[order] for name, column in episodes.items() if name != "net_and_group"}
    net, track, start_s, end_s = (columns[name] for name in ("net", "track", "start_time_s", "end_time_s"))
    everything, nobody = np.ones(len(order), dtype=np.bool_), np.full(len(order), "", dtype=object)
    shown = Shown(everything, start_s.copy(), net.copy(), nobody)
    ends_s = np.where(np.isnan(end_s), np.inf, end_s)
    if parameters.rule == "one_alert_called_msaw":
        _one_alert_called_msaw(net, track, ends_s, shown)
    elif parameters.rule == "apm_speaks_on_final":
        _apm_speaks_on_final(net, track, ends_s, joined, shown)
    return columns | shown._asdict()


class Shown(NamedTuple):
    """What is shown of alerts, as of the columns of `Alert`."""

    shown: NDArray[np.bool_]
    shown_time_s: NDArray[np.float64]
    shown_as: NDArray[np.object_]
    suppressed_by: NDArray[np.object_]

    def show_from(self, row: int, time_s: float, end_s: float, other: str) -> bool:
        """Show an alert from a time on, or hide it behind that of another net where it has ended by then."""
        self.shown_time_s[row] = time_s
        if time_s < end_s:
            return True
        self.shown[row], self.shown_time_s[row], self.shown_as[row] = False, np.nan, ""
        self.suppressed_by[row] = other
        return False


def _apm_speaks_on_final(
    net: NDArray[np.object_],
    track: NDArray[np.int32],
    ends_s: NDArray[np.float64],
    joined: Mapping[int, Sequence[Span]],
    shown: Shown,
) -> None:
    """Show an MSAW alert from the first moment of it at which the aircraft is not joined to an approach."""
    for row in np.flatnonzero(net == "MSAW").tolist():
        time_s = float(shown.shown_time_s[row])
        for start_s, end_s in joined.get(int(track[row]), ()):
            if start_s <= time_s < end_s:
                time_s = end_s
        shown.show_from(row, time_s, float(ends_s[row]), "APM")


def _one_alert_called_msaw(
    net: NDArray[np.object_], track: NDArray[np.int32], ends_s: NDArray[np.float64], shown: Shown
) -> None:
    """Show MSAW and APM alerts of one aircraft one at a time, the earlier first, all called MSAW."""
    speaking: dict[int, int] = {}
    for row in np.flatnonzero(net != "APW").tolist():
        other = speaking.get(int(track[row]), row)
        time_s = float(shown.shown_time_s[row])
        if other != row:
            time_s = max(time_s, float(ends_s[other]))
        shown.shown_as[row] = "MSAW"
        if shown.show_from(row, time_s, float(ends_s[row]), str(net[other])):
            speaking[int(track[row])] = row
