"""The other task of a study: what the recommended set changes on one day, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safetynets.evaluation.comparison.compare import together
from safetynets.evaluation.comparison.comparison import ChangedAlert, Comparison
from safetynets.evaluation.comparison.day import DayChanges, day_changes
from safetynets.evaluation.comparison.why import explained, most_telling
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.study.days import DayPlan
from safetynets.evaluation.study.open_day import Place, open_day
from safetynets.evaluation.study.workforce import Workforce


@dataclass(frozen=True, kw_only=True)
class ChangeTask:
    """Two parameter sets to compare on one day; `tell` are changed alerts to explain, none to find them."""

    day: DayPlan
    place: Place
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    tell: tuple[ChangedAlert, ...] = ()


@dataclass(frozen=True, eq=False)
class Told:
    """What came of a task."""

    number: int
    changes: DayChanges | None = None
    explained: tuple[ChangedAlert, ...] = ()


def change_day(task: ChangeTask) -> Told:
    """Find what changes on a day, or explain what has been found."""
    day = open_day(task.day, task.place)
    before, after = (site_with(day.site, values) for values in (task.before, task.after))
    if task.tell:
        told = tuple(explained(one, day.tracks, before, after) for one in task.tell)
        return Told(task.day.number, explained=told)
    changes = day_changes(task.day.name, day.tracks, before, after, day.situations, day.amount)
    return Told(task.day.number, changes)


def changes_of_study(
    days: Sequence[DayPlan],
    place: Place,
    hands: Workforce,
    sets: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    names: tuple[str, str],
    values: Mapping[str, tuple[Any, Any]],
    traffic: Sequence[Mapping[str, Any]],
    explain_at_most: int,
) -> Comparison:
    """Compare two parameter sets on all days of a study, and explain so many of the changed alerts."""
    tasks = [ChangeTask(day=day, place=place, before=sets[0], after=sets[1]) for day in days]
    found = {told.number: told.changes for told in hands.do(change_day, tasks)}
    by_day = [changes for _, changes in sorted(found.items()) if changes is not None]
    changed = tuple(one for changes in by_day for one in changes.changed)
    telling = most_telling(changed, explain_at_most)
    places = {day.number: [at for at in sorted(telling) if changed[at].day == day.name] for day in days}
    tasks = [
        replace(task, tell=tuple(changed[at] for at in places[task.day.number]))
        for task in tasks
        if places[task.day.number]
    ]
    explained_at = {
        at: one
        for told in hands.do(change_day, tasks)
        for at, one in zip(places[told.number], told.explained, strict=True)
    }
    told_all = [explained_at.get(at, one) for at, one in enumerate(changed)]
    return together(by_day, told_all, names=names, values=values, traffic=traffic)
