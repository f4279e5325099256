"""Every small situation of several alerts about one aircraft, and what the controller may never see of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from safetynets.engine import arbitration
from safetynets.engine.arbitration import HiddenWhileJoined, OneAtATime, Rule, Spans

NETS = "APM", "APW", "MSAW"
MOMENTS = 4
"""Alerts start and end at whole moments from 0 to this one; inf is an alert that still lasts."""
FEW_MOMENTS = 3
"""For mutants, which are not compiled."""

RULES: dict[str, Rule] = {
    "one_alert_called_msaw": OneAtATime(frozenset({"MSAW", "APM"}), called="MSAW"),
    "apm_speaks_on_final": HiddenWhileJoined(frozenset({"MSAW"}), by="APM"),
}


@dataclass(frozen=True)
class Property:
    """A sentence, the rule it is about (None for both), and which of many situations break it."""

    says: str
    rule: str | None
    broken: Callable[[SimpleNamespace], np.ndarray]


PROPERTIES: list[Property] = []


def never(
    says: str, rule: str | None = None
) -> Callable[[Callable[[SimpleNamespace], np.ndarray]], Callable[[SimpleNamespace], np.ndarray]]:
    """Add a check that finds the situations that break what it says."""

    def add(broken: Callable[[SimpleNamespace], np.ndarray]) -> Callable[[SimpleNamespace], np.ndarray]:
        PROPERTIES.append(Property(says, rule, broken))
        return broken

    return add


@never("No alert is shown before it starts, nor from a moment at which it is over.")
def shown_outside_itself(s):
    shown = np.isfinite(s.shown_s)
    return (shown & ((s.shown_s < s.start_s) | (s.shown_s >= s.end_s))).any(axis=1)


@never("An alert of a net that the rule does not name is shown from its start.")
def bystander_is_hidden(s):
    return (~s.named & (s.shown_s != s.start_s)).any(axis=1)


@never("An alert is shown behind one about the same aircraft only.")
def behind_another_aircraft(s):
    elsewhere = (s.behind < -1) | (s.behind >= s.track.shape[1])
    other = np.take_along_axis(s.track, np.where(elsewhere, 0, np.maximum(s.behind, 0)), axis=1)
    return (elsewhere | ((s.behind >= 0) & (other != s.track))).any(axis=1)


@never("Never two alerts of the named nets about one aircraft at once.", "one_alert_called_msaw")
def two_at_once(s):
    return ((s.visible & s.named[..., None] & s.first[..., None]).sum(axis=1) > 1).any(axis=1) | (
        (s.visible & s.named[..., None] & ~s.first[..., None]).sum(axis=1) > 1
    ).any(axis=1)


@never("Nothing silent: while an alert of the named nets lasts, one about that aircraft is shown.")
def nothing_is_shown(s):
    bad = np.zeros(len(s.start_s), dtype=bool)
    for mine in (s.first, ~s.first):
        lasting = (s.lasts & s.named[..., None] & mine[..., None]).any(axis=1)
        shown = (s.visible & s.named[..., None] & mine[..., None]).any(axis=1)
        bad |= (lasting & ~shown & ~s.joined).any(axis=1)
    return bad


@never("The earlier speaks first: the first alert about an aircraft is shown from its start.", "one_alert_called_msaw")
def first_is_late(s):
    bad = np.zeros(len(s.start_s), dtype=bool)
    for mine in (s.first, ~s.first):
        start_s = np.where(s.named & mine, s.start_s, np.inf)
        earliest_s = start_s.min(axis=1)
        shown_s = np.where(s.named & mine & np.isfinite(s.shown_s), s.shown_s, np.inf).min(axis=1)
        bad |= np.isfinite(earliest_s) & (shown_s != earliest_s)
    return bad


@never("An MSAW alert is not shown from within a span in which its aircraft is joined.", "apm_speaks_on_final")
def shown_from_within_a_span(s):
    at_s = s.shown_s[..., None]
    within = (s.span_from_s <= at_s) & (at_s < s.span_to_s)
    return (s.named & s.first & within.any(axis=2)).any(axis=1)


@never("An MSAW alert is shown from the first moment outside the spans of its aircraft.", "apm_speaks_on_final")
def shown_late(s):
    hidden = s.lasts & ~s.visible & ~s.joined[:, None]
    return (hidden & (s.named & s.first)[..., None]).any(axis=(1, 2))


@never("The spans of one aircraft hide nothing of another.", "apm_speaks_on_final")
def hidden_by_another_aircraft(s):
    return (s.named & ~s.first & (s.shown_s != s.start_s)).any(axis=1)


@never("The order in which the alerts are given does not matter.")
def order_matters(s):
    same = (s.shown_s == s.reversed_shown_s) | (np.isnan(s.shown_s) & np.isnan(s.reversed_shown_s))
    tie = np.zeros(len(s.start_s), dtype=bool)
    for a, b in itertools.combinations(range(s.start_s.shape[1]), 2):
        tie |= (s.start_s[:, a] == s.start_s[:, b]) & (s.track[:, a] == s.track[:, b])
    return ~same.all(axis=1) & ~tie


@dataclass(frozen=True)
class Checked:
    """How many situations were checked, and what was found."""

    situations: int
    broken: dict[str, int]
    example: str

    @property
    def violations(self) -> int:
        """How often a property was broken."""
        return sum(self.broken.values())


def alerts_of_one(moments: int) -> list[tuple[str, int, float, float]]:
    """Every alert there may be: its net, its aircraft, its start and its end."""
    spans = [(a, b) for a in range(moments) for b in (*range(a + 1, moments + 1), np.inf)]
    return [(net, track, *span) for net in NETS for track in (0, 1) for span in spans]


def situations(alerts: int, moments: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Nets, tracks, starts and ends of every choice of so many alerts, one row a situation."""
    one = alerts_of_one(moments)
    rows = np.array(list(itertools.combinations_with_replacement(range(len(one)), alerts)))
    net, track, start_s, end_s = (np.array(column) for column in zip(*one, strict=True))
    return net[rows], track[rows], start_s[rows].astype(float), end_s[rows].astype(float)


def joined_spans(moments: int) -> list[tuple[tuple[float, float], ...]]:
    """Every choice of up to two spans in which the first aircraft is joined; they do not meet."""
    one = [(float(a), float(b)) for a in range(moments) for b in (*range(a + 1, moments + 1), np.inf)]
    two = [(a, b) for a, b in itertools.product(one, one) if a[1] < b[0]]
    return [(), *((span,) for span in one), *two]


def check(
    alerts: int, rule_name: str, shown_from: Callable[..., Any] = arbitration.shown_from, moments: int = MOMENTS
) -> Checked:
    """Check every situation of so many alerts under a rule, against every property of it."""
    net, track, start_s, end_s = situations(alerts, moments)
    rule = RULES[rule_name]
    checked, counts, example = 0, dict[str, int](), ""
    for spans in joined_spans(moments) if isinstance(rule, HiddenWhileJoined) else [()]:
        s = _shown(net, track, start_s, end_s, rule, spans, shown_from)
        checked += len(net)
        for each in PROPERTIES:
            if each.rule in (None, rule_name):
                broken = each.broken(s)
                if broken.any():
                    counts[each.says] = counts.get(each.says, 0) + int(broken.sum())
                if broken.any() and not example:
                    row = int(np.argmax(broken))
                    told = zip(net[row], track[row], start_s[row], end_s[row], s.shown_s[row], strict=True)
                    example = f"joined {spans or 'never'}: " + "; ".join(
                        f"{n} about aircraft {k} from {a:g} to {b:g}, shown from {c:g}" for n, k, a, b, c in told
                    )
    return Checked(checked, counts, example)


def _within_the_situation(behind: np.ndarray) -> np.ndarray:
    """Rows counted from the first of their own situation; -2 for one of an earlier situation, -1 for none."""
    count, alerts = behind.shape
    own = behind - alerts * np.arange(count)[:, None]
    return np.where(behind < 0, -1, np.where(own < 0, -2, own))


def _shown(
    net: np.ndarray,
    track: np.ndarray,
    start_s: np.ndarray,
    end_s: np.ndarray,
    rule: Rule,
    spans: tuple[tuple[float, float], ...],
    shown_from: Callable[..., Any],
) -> SimpleNamespace:
    """What is shown of every situation: all go through one call, each with two aircraft of its own."""
    count, alerts = net.shape
    aircraft = (track + 2 * np.arange(count)[:, None]).astype(np.int32)
    joined = Spans(
        np.repeat(2 * np.arange(count, dtype=np.int32), len(spans)),
        np.tile(np.array(spans, dtype=np.float64).reshape(-1, 2), (count, 1)),
    )

    def arbitrated(order: slice) -> tuple[np.ndarray, np.ndarray]:
        columns = [np.ascontiguousarray(c[:, order]).ravel() for c in (net, aircraft, start_s, end_s)]
        columns[3] = np.where(np.isinf(columns[3]), np.nan, columns[3])
        shown_s, behind = shown_from(rule, *columns, joined)
        return shown_s.reshape(count, alerts)[:, order], behind.reshape(count, alerts)[:, order]

    shown_s, behind = arbitrated(slice(None))
    moments_s = np.arange(MOMENTS + 1) + 0.5
    finite_s = np.where(np.isnan(shown_s), np.inf, shown_s)
    span_from_s, span_to_s = np.array(spans, dtype=np.float64).reshape(-1, 2).T
    is_joined = ((span_from_s <= moments_s[:, None]) & (moments_s[:, None] < span_to_s)).any(axis=1)
    return SimpleNamespace(
        net=net,
        track=track,
        start_s=start_s,
        end_s=end_s,
        shown_s=shown_s,
        reversed_shown_s=arbitrated(slice(None, None, -1))[0],
        behind=_within_the_situation(behind),
        named=np.isin(net, sorted(rule.nets)),
        first=track == 0,
        lasts=(start_s[..., None] <= moments_s) & (moments_s < end_s[..., None]),
        visible=(finite_s[..., None] <= moments_s) & (moments_s < end_s[..., None]),
        joined=np.broadcast_to(is_joined, (count, len(moments_s))),
        span_from_s=span_from_s,
        span_to_s=span_to_s,
    )
