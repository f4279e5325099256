"""From a study file to its outcome: plan the days, judge the sets, combine, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetynets.errors import InputError, StudyError
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.days import DayPlan, plan_days
from safetynets.evaluation.study.designs import ParameterSet, designed, present_set, unique, widened
from safetynets.evaluation.study.folder import claim
from safetynets.evaluation.study.judge_day import Task, judge_day
from safetynets.evaluation.study.load import LoadedStudy, site_of
from safetynets.evaluation.study.open_day import Place, site_path
from safetynets.evaluation.study.parts import Part, is_whole, key_of, part_file
from safetynets.evaluation.study.schema import Search
from safetynets.evaluation.study.search import Generations
from safetynets.evaluation.study.sensitivity import alone_sets
from safetynets.evaluation.study.tables import rows_of
from safetynets.evaluation.study.workforce import Workforce
from safetynets.runs.manifest import sha256
from safetynets.sites.geometry import Site

__all__ = ["JudgedStudy", "judge_study"]

PARTS_FOLDER = "parts"

Progress = Callable[[int, int, str], None]
"""Called with how many of how many day-batches are done, and what is being done."""


@dataclass(frozen=True, eq=False)
class JudgedStudy:
    """A study whose sets have all been judged.

    Attributes
    ----------
    loaded, place, ranges
        The study, its site, and the parameters varied by dotted key.
    sets
        The parameter sets in their order; set 0 is the present one.
    drawn
        Numbers of the sets of the design itself.
    impossible
        How many combinations no site may have.
    days, skipped
        The days judged, and those skipped with why.
    batches
        What each batch of sets came to, day by day.
    """

    loaded: LoadedStudy
    place: Place
    ranges: Mapping[str, Range]
    sets: Sequence[ParameterSet]
    drawn: Sequence[int]
    impossible: int
    days: Sequence[DayPlan]
    skipped: Sequence[tuple[DayPlan, str]]
    batches: Sequence[Sequence[Part]]


@dataclass
class _Judging:
    """What judging a batch needs, and which days have turned out to be unusable."""

    days: list[DayPlan]
    place: Place
    ranges: Mapping[str, Range]
    folder: Path
    site_hashes: tuple[str, ...]
    needed_s: tuple[float, ...]
    hands: Workforce
    skip_corrupt: bool
    progress: Progress
    again: bool
    problems: dict[int, str] = field(default_factory=dict)
    done: int = 0
    total: int = 0


def judge_study(
    loaded: LoadedStudy, out: Path, hands: Workforce, *, skip_corrupt: bool = False, progress: Progress | None = None
) -> JudgedStudy:
    """Judge every parameter set of a study on every day; parts that are in `out` already are not judged again.

    Parameters
    ----------
    loaded
        The study.
    out
        The folder of the study.
    hands
        Who does the work (`safetynets.evaluation.study.workforce.workforce`); the results are the same whoever does it.
    skip_corrupt
        Whether days that cannot be used are skipped.
    progress
        Called with how many of how many batches of a day are done, and what is being done.

    Returns
    -------
    JudgedStudy
        For `safetynets.evaluation.study.finish.finish`.

    Raises
    ------
    StudyError
        For traffic that is not there, a day that cannot be used (unless such days are to be skipped), a design that
        cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from safetynets.evaluation.study.finish import finish
    >>> from safetynets.evaluation.study.load import load_study
    >>> from safetynets.evaluation.study.outcome import read_outcome
    >>> from safetynets.evaluation.study.workforce import workforce
    >>> from safetynets.recordings import write_parquet
    >>> from safetynets.tracks import Tracks
    >>> time_s = np.arange(0.0, 80.0, 4.0)
    >>> columns = {"time_s": time_s, "track": 0 * time_s, "pressure_altitude_ft": 3000 - 25 * time_s}
    >>> columns |= {"latitude_deg": 50.1 + 0.0006 * time_s, "longitude_deg": 8.1 + 0 * time_s}
    >>> tracks = Tracks.from_columns(columns, {"callsign": ["LOW1"], "flight_rules": ["IFR"]})
    >>> text = '''
    ... name = "small"
    ... title = "How low may one fly?"
    ... site = "flat"
    ... objectives = ["nuisance_share", "missed_share"]
    ... design = { method = "grid" }
    ... [traffic]
    ... files = ["day.parquet"]
    ... source = "made up"
    ... qnh_hpa = 1013
    ... [ranges]
    ... "msaw.terrain_clearance_ft" = { low = 300, high = 500, steps = 2 }
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder, workforce() as hands:
    ...     file, out = Path(folder) / "small.toml", Path(folder) / "out"
    ...     _ = write_parquet(tracks, file.with_name("day.parquet")), file.write_text(text)
    ...     outcome = finish(judge_study(load_study(file), out, hands), out, hands)
    ...     len(read_outcome(out).results), outcome.results["alerts"].tolist()[:2]
    (9, [1, 1])
    """
    days = plan_days(loaded, out)
    with in_file(loaded):
        present = present_set(loaded.site, loaded.ranges)
    ranges = widened(loaded.ranges, present)
    judging = _Judging(
        days=days,
        place=Place(site_path(site_of(loaded.study, loaded.file)), loaded.changes),
        ranges=ranges,
        folder=out.resolve() / PARTS_FOLDER,
        site_hashes=tuple(sha256(file) for file in loaded.site.input_files),
        needed_s=loaded.needed.times_s,
        hands=hands,
        skip_corrupt=skip_corrupt or loaded.study.traffic.skip_corrupt_days,
        progress=progress or _silent,
        again=isinstance(loaded.study.design, Search),
    )
    design = loaded.study.design
    if isinstance(design, Search):
        claim(out, loaded)
        sets, drawn, impossible, batches = _searched(loaded, design, judging, present)
    else:
        with in_file(loaded):
            asked = designed(loaded.ranges, loaded.study.ranges, design)
        possible = [one for one in asked if _possible(loaded.site, one)]
        impossible = len(asked) - len(possible)
        sets = unique([present, *_alone(loaded, present), *possible])
        places = {tuple(one.values()): number for number, one in enumerate(sets)}
        drawn = [places[tuple(one.values())] for one in possible]
        judging.total = len(days)
        claim(out, loaded)
        batches = [_judged(judging, sets)]
    skipped = [(days[number], problem) for number, problem in sorted(judging.problems.items())]
    left = [day for number, day in enumerate(days) if number not in judging.problems]
    return JudgedStudy(loaded, judging.place, ranges, sets, drawn, impossible, left, skipped, batches)


@contextmanager
def in_file(loaded: LoadedStudy) -> Iterator[None]:
    """Let a refusal say in which study file the trouble is."""
    try:
        yield
    except StudyError as error:
        raise StudyError(error.problem, file=loaded.file, where=error.where, mend=error.mend) from None


def _alone(loaded: LoadedStudy, present: ParameterSet) -> list[ParameterSet]:
    return [one for one in alone_sets(loaded.ranges, present) if _possible(loaded.site, one)]


def _possible(site: Site, values: Mapping[str, Any]) -> bool:
    """Whether a combination is one that a site may have: 3 of the last 2 plots is none."""
    try:
        site_with(site, values)
    except InputError:
        return False
    return True


def _searched(
    loaded: LoadedStudy, design: Search, judging: _Judging, present: ParameterSet
) -> tuple[list[ParameterSet], list[int], int, list[list[Part]]]:
    study = loaded.study
    ranges = judging.ranges
    generations = Generations(ranges, design, study.objectives, study.conditions, present)
    sets = unique([present, *_alone(loaded, present)])
    judging.total = len(judging.days) * (1 + -(-design.sets // design.population))
    batches = [_judged(judging, sets)]
    rows: list[dict[str, Any]] = rows_of(batches[0])
    known = {tuple(one.values()): number for number, one in enumerate(sets)}
    impossible = 0
    drawn: list[int] = []
    while generation := generations.next():
        fresh = [one for one in unique(generation) if tuple(one.values()) not in known and _possible(loaded.site, one)]
        if fresh:
            known |= {tuple(one.values()): len(sets) + place for place, one in enumerate(fresh)}
            sets.extend(fresh)
            batches.append(_judged(judging, fresh))
            rows.extend(rows_of(batches[-1]))
        else:
            judging.done += len(judging.days)
        numbers = [known.get(tuple(one.values())) for one in generation]
        impossible += numbers.count(None)
        drawn.extend(number for number in numbers if number is not None)
        generations.tell([None if number is None else rows[number] for number in numbers], rows[0])
    return sets, sorted(set(drawn)), impossible, batches


def _judged(judging: _Judging, sets: Sequence[ParameterSet]) -> list[Part]:
    """The part of every usable day for these sets, in the order of the days."""
    tasks = [task for task in _tasks(judging, sets) if task.day.number not in judging.problems]
    waiting = [task for task in tasks if not is_whole(task.file, task.key)]
    judging.done += len(tasks) - len(waiting)
    judging.progress(judging.done, judging.total, f"judging {len(sets):,} parameter sets")
    for judged in judging.hands.do(judge_day, waiting):
        if judged.problem:
            if not judging.skip_corrupt:
                raise StudyError(judged.problem)
            judging.problems[judged.number] = judged.problem
        judging.done += 1
        judging.progress(judging.done, judging.total, f"judging {len(sets):,} parameter sets")
    parts = [Part(task.file, judging.needed_s) for task in tasks if task.day.number not in judging.problems]
    if not parts:
        raise StudyError("no day is left: all are skipped", where="traffic", mend="mend the day files")
    return parts


def _tasks(judging: _Judging, sets: Sequence[ParameterSet]) -> Iterator[Task]:
    whole = {
        "site": judging.place.site if not Path(judging.place.site).exists() else Path(judging.place.site).name,
        "site_files": judging.site_hashes,
        "changes": [[change.address, change.value] for change in judging.place.changes],
        "ranges": [[one.key, one.kind, one.low, one.high, one.choices] for one in judging.ranges.values()],
        "sets": [list(one.values()) for one in sets],
    }
    for day in judging.days:
        of_day = {
            "name": day.name,
            "number": day.number,
            "identity": day.identity,
            "qnh_hpa": day.qnh_hpa,
            "beside": _hashes_beside(day),
            "update_s": day.update_s,
            "faults": None if day.faults is None else day.faults.model_dump_json(),
            "fault_size": day.fault_size,
            "seed": day.seed,
            "labels": None if day.labels is None else sha256(day.labels),
        }
        key = key_of({**whole, "day": of_day})
        yield Task(
            day=day,
            place=judging.place,
            ranges=tuple(judging.ranges.values()),
            sets=sets,
            file=part_file(judging.folder, day.number, key),
            key=key,
            threads=judging.hands.threads,
            again=judging.again,
        )


def _hashes_beside(day: DayPlan) -> list[str]:
    """The hashes of what the traffic generator left beside a recorded day; a generated day is known by its making."""
    if day.generated is not None:
        return []
    return [sha256(file) for file in (day.beside, day.sidecar) if file.is_file()]


def _silent(done: int, total: int, doing: str) -> None:
    del done, total, doing
