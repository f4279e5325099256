"""What the controller sees when several nets speak about one aircraft; nothing is deleted (docs/nets.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Columns
from safetynets.registry import registered
from safetynets.sites.parameters import ArbitrationParameters

__all__ = ["HiddenWhileJoined", "OneAtATime"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class HiddenWhileJoined:
    """Alerts of some nets are not shown while the aircraft is joined to an approach.

    Attributes
    ----------
    nets
        Names of the nets.
    by
        The net that speaks there.
    """

    nets: frozenset[str]
    by: str


@dataclass(frozen=True)
class OneAtATime:
    """Alerts of some nets about one aircraft are shown one at a time, the earlier first.

    Attributes
    ----------
    nets
        Names of the nets.
    called
        The one name under which they are shown.
    """

    nets: frozenset[str]
    called: str


Rule = HiddenWhileJoined | OneAtATime


def rule_of(parameters: ArbitrationParameters) -> Rule | None:
    """The rule that a site has chosen; None where every alert is shown."""
    rules: dict[str, Rule] = {word: rule for net in registered() for word, rule in net.arbitration.items()}
    return rules.get(parameters.rule)


def hidden_while_joined(rule: Rule | None) -> frozenset[str]:
    """The names of the nets of which it matters when an aircraft is joined to an approach."""
    return rule.nets if isinstance(rule, HiddenWhileJoined) else frozenset()


class Spans(NamedTuple):
    """Spans of time in which tracks are joined to an approach, by track and time; inf ends one that still lasts."""

    track: NDArray[np.int32]
    span_s: Floats


class JoinedSpans:
    """The spans of time in which each track is joined to an approach, noted as its plots come."""

    def __init__(self) -> None:
        self._since_s: dict[int, float] = {}
        self._ended: list[tuple[int, float, float]] = []

    def note(self, track: NDArray[np.int32], time_s: Floats, approach: NDArray[np.int32]) -> list[int]:
        """Note the approach (-1 for none) that each of these plots is joined to; the tracks of which a span ended."""
        ended = len(self._ended)
        on = approach >= 0
        changes = np.ones(len(track), dtype=np.bool_)
        changes[1:] = (on[1:] != on[:-1]) | (track[1:] != track[:-1])
        rows = np.flatnonzero(changes)
        for number, at_s, joined in zip(track[rows].tolist(), time_s[rows].tolist(), on[rows].tolist(), strict=True):
            if joined:
                self._since_s.setdefault(number, at_s)
            elif number in self._since_s:
                self._ended.append((number, self._since_s.pop(number), at_s))
        return [number for number, _, _ in self._ended[ended:]]

    def keep(self, tracks: frozenset[int]) -> None:
        """Keep, of the spans that have ended, those of some tracks."""
        self._ended = [span for span in self._ended if span[0] in tracks]

    def forget(self, tracks: NDArray[np.integer[Any]]) -> None:
        """Forget that tracks are joined."""
        for track in tracks.tolist():
            self._since_s.pop(track, None)

    def all(self) -> Spans:
        """All spans up to now."""
        spans = sorted([*self._ended, *((track, since_s, np.inf) for track, since_s in self._since_s.items())])
        columns = np.array(spans, dtype=np.float64).reshape(-1, 3)
        return Spans(columns[:, 0].astype(np.int32), np.ascontiguousarray(columns[:, 1:]))


def shown_from(
    rule: Rule | None, net: NDArray[np.str_], track: NDArray[np.int32], start_s: Floats, end_s: Floats, joined: Spans
) -> tuple[Floats, Rows]:
    """When each alert is first shown (s; NaN for never), and for one that is shown late or never, behind which row.

    Alerts are in any order in which those of a track that start at once are in the order of net and group. An end of
    NaN is still to come.
    """
    from safetynets.engine.kernels.arbitration import hide_in_spans, show_one_at_a_time

    shown_s, behind = start_s.copy(), np.full(len(start_s), -1, dtype=np.int64)
    if rule is None:
        return shown_s, behind
    ends_s = np.where(np.isnan(end_s), np.inf, end_s)
    among = np.flatnonzero(np.isin(net, sorted(rule.nets)))
    if isinstance(rule, HiddenWhileJoined):
        hide_in_spans(among, track, *joined, shown_s)
    else:
        in_turn = among[np.lexsort((start_s[among], track[among]))]
        show_one_at_a_time(in_turn, track, ends_s, shown_s, behind)
    shown_s[among[~(shown_s[among] < ends_s[among])]] = np.nan
    return shown_s, behind


def arbitrate(episodes: Columns, joined: Spans, parameters: ArbitrationParameters) -> Columns:
    """The alerts of episodes with what is shown of them, in order of start, track, net and group; not numbered yet."""
    order = np.lexsort([episodes[name] for name in ("other_track", "net_and_group", "track", "start_time_s")])
    columns = {name: column[order] for name, column in episodes.items() if name != "net_and_group"}
    net, rule = columns["net"], rule_of(parameters)
    times = columns["start_time_s"], columns["end_time_s"]
    shown_s, behind = shown_from(rule, net.astype(np.str_), columns["track"], *times, joined)
    shown = np.isfinite(shown_s)
    called, hidden_by = net.copy(), np.full(len(net), "", dtype=object)
    if isinstance(rule, HiddenWhileJoined):
        hidden_by[~shown] = rule.by
    elif isinstance(rule, OneAtATime):
        called[behind >= 0] = rule.called
        hidden_by[~shown] = net[behind[~shown]]
    called[~shown] = ""
    return columns | {"shown": shown, "shown_time_s": shown_s, "shown_as": called, "suppressed_by": hidden_by}
