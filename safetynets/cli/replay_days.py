"""Many day files through the nets of a site: one task is one day, here or on dask; each day has a run folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.evaluation.study.days import DayPlan, day_files, plan_recorded
from safetynets.evaluation.study.open_day import qnh_of
from safetynets.evaluation.study.workforce import Workforce

if TYPE_CHECKING:
    from safetynets.recordings import Profile
    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace


@dataclass(frozen=True, kw_only=True)
class ReplayTask:
    """One day file to replay, and the run folder to write."""

    day: DayPlan
    site: str
    overrides: Mapping[str, str]
    qnh_source: str
    folder: Path
    figures: Figures
    trace: Trace
    rule_set: str | None = None


@dataclass(frozen=True)
class Replayed:
    """What came of a day: its alerts, or why it cannot be used."""

    number: int
    alerts: int = 0
    shown: int = 0
    problem: str = ""


def replay_day(task: ReplayTask) -> Replayed:
    """Replay a day and write its run folder; a day that cannot be used is told, not raised."""
    from safetynets.errors import InputError
    from safetynets.reports.folder import write_run_folder
    from safetynets.runs import replay

    try:
        run = replay(
            task.day.file,
            task.site,
            qnh_hpa=qnh_of(task.day),
            qnh_source=task.qnh_source,
            update_s=task.day.update_s,
            profile=task.day.profile,
            overrides=task.overrides,
            rule_set=task.rule_set,
        )
        write_run_folder(run, task.folder, replace=True, figures=task.figures, trace=task.trace)
    except InputError as error:
        return Replayed(task.day.number, problem=str(error))
    return Replayed(task.day.number, len(run.alerts), sum(alert.shown for alert in run.alerts))


def replay_days(
    tracks: Path,
    site: str,
    out: Path,
    hands: Workforce,
    *,
    overrides: Mapping[str, str],
    qnh_hpa: float | None,
    qnh_source: str,
    update_s: float | None,
    profile: Profile | None = None,
    rule_set: str | None = None,
    figures: Figures = "few",
    trace: Trace = "alerted",
) -> None:
    """Replay every day file of a folder into a run folder of its own, and print a line a day.

    Raises
    ------
    ScenarioError
        For a folder without day files, and, once all others are done, naming the days that cannot be used.
    """
    from safetynets.errors import ScenarioError
    from safetynets.evaluation.study.open_day import site_path

    days = plan_recorded(day_files(tracks), qnh_hpa=qnh_hpa, update_s=update_s, profile=profile)
    if not days:
        raise ScenarioError("holds no day files", file=tracks, mend="name a file of tracks, or another folder")
    found = {one.number: one for one in hands.do(replay_day, [
        ReplayTask(
            day=day,
            site=site_path(site),
            overrides=overrides,
            qnh_source=qnh_source,
            folder=(out / day.name).resolve(),
            figures=figures,
            trace=trace,
            rule_set=rule_set,
        )
        for day in days
    ])}  # fmt: skip
    for day in days:
        one = found[day.number]
        if not one.problem:
            click.echo(f"{out / day.name}: {one.alerts:,} alerts, {one.shown:,} of them shown")
    problems = [one.problem for _, one in sorted(found.items()) if one.problem]
    if problems:
        raise ScenarioError(f"{len(problems)} of {len(days)} days cannot be used: {'; '.join(problems)}")
