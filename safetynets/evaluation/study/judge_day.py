"""The one task of a study: open a day, prepare it, judge a batch of parameter sets on it, score them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.errors import InputError
from safetynets.evaluation.judging import Prepared, prepare
from safetynets.evaluation.labels import Situations
from safetynets.evaluation.metrics import TrafficAmount, score_many
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.days import DayPlan
from safetynets.evaluation.study.open_day import Place, named, open_day
from safetynets.evaluation.study.parts import DayScores, write_part

SETS_AT_A_TIME = 250
"""So many sets are judged before they are scored, which bounds the memory of a task."""
KEPT_PLOTS = 10_000_000
"""Number of plots up to which a process keeps prepared days, the last used of them: a search comes back to each day."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A batch of parameter sets to judge on one day, and where its part is to be written.

    `again` says that more batches will be judged on this day.
    """

    day: DayPlan
    place: Place
    ranges: tuple[Range, ...]
    sets: Sequence[Mapping[str, Any]]
    file: Path
    key: str
    threads: int
    again: bool


@dataclass(frozen=True)
class Judged:
    """What came of a task: nothing to say when its part is written, else why the day cannot be used."""

    number: int
    problem: str = ""


def judge_day(task: Task) -> Judged:
    """Judge and score the sets of a task and write its part; a day that cannot be used is reported, not raised."""
    try:
        day = _ready(task)
    except InputError as error:
        return Judged(task.day.number, str(named(task.day, error)))
    found: list[DayScores] = []
    for start in range(0, len(task.sets), SETS_AT_A_TIME):
        judged = day.prepared.judge_many(task.sets[start : start + SETS_AT_A_TIME], threads=task.threads)
        found.append(_scored(day, judged))
    write_part(_joined(found), task.file, task.key)
    return Judged(task.day.number)


@dataclass(frozen=True, eq=False)
class _Ready:
    """A prepared day, without its tracks: what is kept is as small as what can matter."""

    prepared: Prepared
    situations: Situations
    amount: TrafficAmount
    fault: NDArray[np.str_]
    begins_s: NDArray[np.float64]
    facts: Mapping[str, Any]


_kept: OrderedDict[tuple[DayPlan, Place, tuple[Range, ...]], _Ready] = OrderedDict()


def _ready(task: Task) -> _Ready:
    """The day of a task, prepared; memory holds no more than one day unless the day is needed again."""
    key = (task.day, task.place, task.ranges)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    if not task.again:
        _kept.clear()
        return _prepared(*key)
    _kept[key] = _prepared(*key)
    while len(_kept) > 1 and sum(day.facts["plots"] for day in _kept.values()) > KEPT_PLOTS:
        _kept.popitem(last=False)
    return _kept[key]


def _prepared(plan: DayPlan, place: Place, ranges: tuple[Range, ...]) -> _Ready:
    day = open_day(plan, place)
    prepared = prepare(day.tracks, day.site, {one.key: one for one in ranges})
    begins_s = np.nan_to_num(day.truth.start_s, nan=-np.inf)
    return _Ready(prepared, day.situations, day.amount, day.truth.fault, begins_s, day.facts)


def _scored(day: _Ready, judged: Sequence[JudgedAlerts]) -> DayScores:
    faulty = day.fault != ""
    alerted = [_alerted(day, one) for one in judged]
    return DayScores(
        scores=score_many(judged, day.situations, day.amount),
        faulty=int(faulty.sum()),
        faulty_alerted=np.array([int((one & faulty).sum()) for one in alerted], dtype=np.int64),
        others_alerted=np.array([int((one & ~faulty).sum()) for one in alerted], dtype=np.int64),
        facts=day.facts,
    )


def _alerted(day: _Ready, judged: JudgedAlerts) -> NDArray[np.bool_]:
    """For each track whether an alert was shown: of a flight with a fault, one that was not over when that began."""
    over = judged.end_s < day.begins_s[judged.track]
    found = np.zeros(len(day.fault), dtype=np.bool_)
    found[judged.track[judged.shown & ~over]] = True
    return found


def _joined(found: Sequence[DayScores]) -> DayScores:
    first = found[0]
    return DayScores(
        scores=[one for part in found for one in part.scores],
        faulty=first.faulty,
        faulty_alerted=np.concatenate([part.faulty_alerted for part in found]),
        others_alerted=np.concatenate([part.others_alerted for part in found]),
        facts=first.facts,
    )
