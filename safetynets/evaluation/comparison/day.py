"""Two parameter sets on one day of traffic: what changes, and what became of each necessary situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.follow import alerts_of
from safetynets.engine.net import nets_of, numbers
from safetynets.engine.study.judged_alerts import JudgedAlerts, judged_alerts
from safetynets.evaluation.comparison.changes import CHANGES, Pairing, pairings
from safetynets.evaluation.comparison.comparison import ChangedAlert
from safetynets.evaluation.labels import Category, Situations
from safetynets.evaluation.metrics import BUDGET_S, Scores, TrafficAmount, score_many
from safetynets.evaluation.metrics.matching import category_of_alerts, pairs
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


@dataclass(frozen=True, eq=False)
class DayChanges:
    """What changes on one day.

    `lost` and `won` count the necessary situations that had an alert before and have none now, and the other way round.
    """

    changed: tuple[ChangedAlert, ...]
    counts: Mapping[str, Mapping[str, int]]
    lost: int
    won: int
    before: Scores
    after: Scores


@dataclass(frozen=True, eq=False)
class _Side:
    """The alerts that one parameter set shows, as columns and in full, row by row the same."""

    judged: JudgedAlerts
    alerts: Sequence[Alert]
    category: NDArray[np.int8]


def day_changes(
    day: str,
    tracks: Tracks,
    before: Site,
    after: Site,
    situations: Situations,
    amount: TrafficAmount,
    needed_s: float | Sequence[float] = BUDGET_S,
) -> DayChanges:
    """Judge the tracks with both sites, which differ in their parameters, and compare what the controller is shown."""
    told = dict.fromkeys(net.name for site in (before, after) for net in nets_of(site))
    return changes_between(
        day, alerts_of(tracks, before), alerts_of(tracks, after), told, situations, amount, needed_s=needed_s
    )


def changes_between(
    day: str,
    before: Iterable[Alert],
    after: Iterable[Alert],
    told: Iterable[str],
    situations: Situations,
    amount: TrafficAmount,
    *,
    needed_s: float | Sequence[float] = BUDGET_S,
    apart_s: float = 0.0,
) -> DayChanges:
    """Compare what the controller is shown of the alerts about the same tracks; `told` are the nets that are counted.

    An alert has moved when its start differs by more than `apart_s`.
    """
    sides = _side(before, situations), _side(after, situations)
    found = pairings(sides[0].judged, sides[1].judged, apart_s)
    scores = score_many([side.judged for side in sides], situations, amount, needed_s)
    had, has = (_alerted(side.judged, situations) for side in sides)
    return DayChanges(
        changed=tuple(_changed(day, one, *sides, situations) for one in found if one.change != "same"),
        counts=_counted(found, *sides, told),
        lost=int((had & ~has).sum()),
        won=int((has & ~had).sum()),
        before=scores[0],
        after=scores[1],
    )


def _side(alerts: Iterable[Alert], situations: Situations) -> _Side:
    shown = [alert for alert in alerts if alert.shown]
    shown.sort(key=lambda alert: (alert.start_time_s, numbers()[alert.net], alert.track, alert.group))
    judged = judged_alerts(shown)
    matched = pairs(judged.net, judged.track, judged.start_s, judged.end_s, situations)
    return _Side(judged, shown, category_of_alerts(matched, len(judged), situations))


def _alerted(judged: JudgedAlerts, situations: Situations) -> NDArray[np.bool_]:
    """For each situation whether it is necessary and had an alert."""
    alerted = np.zeros(len(situations), dtype=np.bool_)
    alerted[pairs(judged.net, judged.track, judged.start_s, judged.end_s, situations).situation] = True
    alerted &= situations.category == Category.NECESSARY
    return alerted


def _changed(day: str, one: Pairing, before: _Side, after: _Side, situations: Situations) -> ChangedAlert:
    side, row = (after, one.after) if one.after >= 0 else (before, one.before)
    alert = side.alerts[row]
    category = int(side.category[row])
    start_s, end_s = alert.start_time_s, alert.end_time_s
    touched = (situations.track == alert.track) & (situations.to_s >= start_s) & ~(situations.from_s > end_s)
    faults = [fault for fault in situations.fault[touched].tolist() if fault]
    return ChangedAlert(
        change=one.change,
        day=day,
        net=alert.net,
        group=alert.group,
        area=alert.area,
        callsign=alert.callsign,
        track=alert.track,
        category=Category(category).word if category else "",
        fault=faults[0] if faults else "",
        before_s=before.alerts[one.before].start_time_s if one.before >= 0 else np.nan,
        after_s=after.alerts[one.after].start_time_s if one.after >= 0 else np.nan,
        moved_s=one.moved_s,
    )


def _counted(found: Sequence[Pairing], before: _Side, after: _Side, told: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many alerts are gained, lost, moved and the same: under "all", and under each of these names of nets."""
    names = [(after.alerts[one.after] if one.after >= 0 else before.alerts[one.before]).net for one in found]
    return {
        net: {
            change: sum(one.change == change and net in ("all", name) for one, name in zip(found, names, strict=True))
            for change in CHANGES
        }
        for net in ("all", *told)
    }
