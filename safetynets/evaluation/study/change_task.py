"""The other task of a study: what the recommended set changes on one day, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safetynets.errors import StudyError
from safetynets.evaluation.comparison.compare import different_values, together
from safetynets.evaluation.comparison.comparison import ChangedAlert, Comparison
from safetynets.evaluation.comparison.day import DayChanges, day_changes
from safetynets.evaluation.comparison.why import explained, most_telling
from safetynets.evaluation.metrics import BUDGET, NeededTimes
from safetynets.evaluation.study.days import DayPlan
from safetynets.evaluation.study.open_day import Place, open_day, site_on
from safetynets.evaluation.study.workforce import Workforce


@dataclass(frozen=True, kw_only=True)
class ChangeTask:
    """Two parameter sets to compare on one day; `tell` are changed alerts to explain, none to find them."""

    day: DayPlan
    before: Place
    after: Place
    needed_s: tuple[float, ...]
    tell: tuple[ChangedAlert, ...] = ()


@dataclass(frozen=True, eq=False)
class Told:
    """What came of a task."""

    number: int
    facts: Mapping[str, Any]
    changes: DayChanges | None = None
    explained: tuple[ChangedAlert, ...] = ()


def change_day(task: ChangeTask) -> Told:
    """Find what changes on a day, or explain what has been found."""
    day = open_day(task.day, task.before)
    before, after = day.site, site_on(task.day, task.after)
    if before.plane != after.plane:
        raise StudyError("the two sites have different centres", mend="compare parameter sets of one site")
    if task.tell:
        told = tuple(explained(one, day.tracks, before, after) for one in task.tell)
        return Told(task.day.number, day.facts, explained=told)
    changes = day_changes(task.day.name, day.tracks, before, after, day.situations, day.amount, task.needed_s)
    return Told(task.day.number, day.facts, changes)


def compare_on_days(
    days: Sequence[DayPlan],
    places: tuple[Place, Place],
    hands: Workforce,
    *,
    names: tuple[str, str],
    explain_at_most: int,
    values: Mapping[str, tuple[Any, Any]] | None = None,
    needed: NeededTimes = BUDGET,
    labels_wrong_share: float = 0.0,
) -> Comparison:
    """Compare two parameter sets on days of traffic, and explain some of the changed alerts.

    `values` are those in which the two differ; without it they are looked for. Up to `labels_wrong_share` of the labels
    may be wrong.
    """
    tasks = [ChangeTask(day=day, before=places[0], after=places[1], needed_s=needed.times_s) for day in days]
    found = {told.number: told for told in hands.do(change_day, tasks)}
    in_order = [found[number] for number in sorted(found)]
    by_day = [told.changes for told in in_order if told.changes is not None]
    changed = tuple(one for changes in by_day for one in changes.changed)
    telling = most_telling(changed, explain_at_most)
    telling_of = {day.number: [at for at in sorted(telling) if changed[at].day == day.name] for day in days}
    tasks = [
        replace(task, tell=tuple(changed[at] for at in telling_of[task.day.number]))
        for task in tasks
        if telling_of[task.day.number]
    ]
    explained_at = {
        at: one
        for told in hands.do(change_day, tasks)
        for at, one in zip(telling_of[told.number], told.explained, strict=True)
    }
    told_all = [explained_at.get(at, one) for at, one in enumerate(changed)]
    if values is None:
        values = different_values(*(site_on(days[0], place) for place in places))
    traffic = [{name: value for name, value in told.facts.items() if name != "number"} for told in in_order]
    return together(
        by_day,
        told_all,
        names=names,
        values=values,
        traffic=traffic,
        needed=needed,
        labels_wrong_share=labels_wrong_share,
    )
