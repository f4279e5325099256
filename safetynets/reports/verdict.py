"""What came of a run at a glance: one sentence, the alerts by net and place, and what was not assessable."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from safetynets.engine.alerts import Alert
from safetynets.reports.formats import DASH, number, percent
from safetynets.runs.run import Run

_NAMED_PLACES = 3
"""So many places stand in the sentence; the table has them all."""


@dataclass(frozen=True)
class Place:
    """The alerts of one net at one place: how many, of how many flights, how many never actual, how many not shown."""

    net: str
    name: str
    alerts: int
    flights: int
    never_actual: int
    not_shown: int


def became_actual(run: Run) -> list[bool]:
    """For each alert whether its area was violated at one of its plots, or only predicted to be."""
    found = [alert.time_to_violation_s == 0.0 for alert in run.alerts]
    predicted: dict[int, list[int]] = {}
    for place, alert in enumerate(run.alerts):
        if not found[place]:
            predicted.setdefault(alert.track, []).append(place)
    for rows, tables in run.conflicts_of(sorted(predicted)):
        track, time_s = run.tracks.track[rows], run.tracks.time_s[rows]
        for flight in np.unique(track).tolist():
            own = slice(*np.searchsorted(track, [flight, flight + 1]))
            for place in predicted[flight]:
                alert = run.alerts[place]
                end_s = alert.end_time_s if math.isfinite(alert.end_time_s) else np.inf
                begin_s = np.fmin(alert.first_conflict_time_s, alert.start_time_s)
                within = (time_s[own] >= begin_s) & (time_s[own] <= end_s)
                found[place] = any(
                    bool((table.time_to_violation_s[own][within] == 0.0).any())
                    for table in tables
                    if (table.net.name, table.group) == (alert.net, alert.group)
                )
    return found


def places(alerts: Sequence[Alert], actual: Sequence[bool]) -> list[Place]:
    """The alerts by net and place, the most frequent first."""
    groups: dict[tuple[str, str], list[int]] = {}
    for index, alert in enumerate(alerts):
        groups.setdefault((alert.net, alert.area or alert.group), []).append(index)
    rows = [
        Place(
            net,
            name or DASH,
            len(members),
            len(_flights([alerts[index] for index in members])),
            sum(not actual[index] for index in members),
            sum(not alerts[index].shown for index in members),
        )
        for (net, name), members in groups.items()
    ]
    return sorted(rows, key=lambda place: (-place.alerts, place.net, place.name))


def verdict(alerts: Sequence[Alert], actual: Sequence[bool], found: Sequence[Place], flights: int) -> str:
    """What came of the flights, in one sentence.

    >>> _nets([Place("APM", "26L", 10, 2, 4, 0)])
    'all APM at 26L'
    """
    if not alerts:
        return f"No alert in {_counted(flights, 'flight')}."
    alerted = len(_flights(alerts))
    parts = [f"{_counted(len(alerts), 'alert')}{':' if len(found) > 1 else ','} {_nets(found)}"]
    never = sum(not each for each in actual)
    if never:
        parts.append(f"{number(never)} never became actual")
    hidden = sum(not alert.shown for alert in alerts)
    if hidden:
        parts.append(f"{number(hidden)} not shown to the controller")
    parts.append(f"{_counted(alerted, 'flight')} of {number(flights)}")
    return "; ".join(parts) + "."


def _flights(alerts: Sequence[Alert]) -> set[int]:
    """The tracks that alerts are about, of a pair both."""
    return {track for alert in alerts for track in (alert.track, alert.other_track) if track >= 0}


def _nets(found: Sequence[Place]) -> str:
    if len(found) == 1:
        return ("all " if found[0].alerts > 1 else "") + f"{found[0].net} at {found[0].name}"
    by_net: Counter[str] = Counter()
    for place in found:
        by_net[place.net] += place.alerts
    return ", ".join(f"{number(count)} {net} ({_named(net, found)})" for net, count in by_net.most_common())


def _named(net: str, found: Sequence[Place]) -> str:
    own = [place for place in found if place.net == net]
    if len(own) == 1:
        return own[0].name
    told = [f"{place.name} {number(place.alerts)}" for place in own[:_NAMED_PLACES]]
    more = len(own) - _NAMED_PLACES
    return ", ".join(told) + (f" and {_counted(more, 'more place')}" if more > 0 else "")


def not_assessable(plots: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """For each net how much of the traffic it judged, and what it could not judge and why, most frequent first."""
    rows = []
    for net, of_net in plots.items():
        reasons = Counter(of_net["not_assessable"]).most_common()
        count = sum(of_net["not_assessable"].values())
        rows.append(
            {
                "net": net,
                "judged": f"{number(of_net['judged'])} of {number(of_net['plots'])}",
                "count": number(count),
                "share": percent(count / of_net["plots"]) if of_net["plots"] else DASH,
                "why": _reasons(reasons),
            }
        )
    return rows


def _reasons(reasons: Iterable[tuple[str, int]]) -> str:
    told = [f"{reason} {number(count)}" for reason, count in reasons]
    return ", ".join(told[:2]) + (f" and {len(told) - 2} more" if len(told) > 2 else "")


def _counted(count: int, thing: str) -> str:
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"
