"""Many day files through the nets of a site: one task is one day, here or on dask; each day has a run folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.common import say_page
from safetynets.evaluation.study.days import DayPlan, day_files, plan_recorded
from safetynets.evaluation.study.open_day import qnh_of
from safetynets.evaluation.study.workforce import Workforce

if TYPE_CHECKING:
    from safetynets.recordings import Profile
    from safetynets.reports.days_page import DayOutcome
    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace
    from safetynets.sites.geometry import Change


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
    parameters: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Replayed:
    """What came of a day, by its number."""

    number: int
    outcome: DayOutcome


def replay_day(task: ReplayTask) -> Replayed:
    """Replay a day and write its run folder; a day that cannot be used is reported, not raised."""
    from safetynets.errors import InputError
    from safetynets.reports.days_page import DayOutcome
    from safetynets.reports.folder import write_run_folder
    from safetynets.reports.verdict import became_actual
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
            parameters=task.parameters,
        )
        write_run_folder(run, task.folder, replace=True, figures=task.figures, trace=task.trace)
    except InputError as error:
        return Replayed(task.day.number, DayOutcome(name=task.day.name, problem=str(error)))
    outcome = DayOutcome(
        name=task.day.name,
        alerts=tuple(run.alerts),
        actual=tuple(became_actual(run)),
        flights=run.tracks.track_count,
        first_s=float(run.tracks.time_s.min()) if len(run.tracks) else math.nan,
        plots=run.plots_judged(),
    )
    return Replayed(task.day.number, outcome)


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
    parameters: tuple[Change, ...] = (),
    figures: Figures = "few",
    trace: Trace = "alerted",
) -> None:
    """Replay every day file of a folder into a run folder of its own, print a line a day, and write a page over all.

    Raises
    ------
    ScenarioError
        For a folder without day files, and, once all others are done, naming the days that cannot be used.
    """
    from safetynets.errors import ScenarioError
    from safetynets.evaluation.study.open_day import site_path
    from safetynets.output import check_can_write
    from safetynets.reports.days_page import write_days_page

    days = plan_recorded(day_files(tracks), qnh_hpa=qnh_hpa, update_s=update_s, profile=profile)
    if not days:
        raise ScenarioError("holds no day files", file=tracks, mend="name a file of tracks, or another folder")
    check_can_write(out)
    tasks = [
        ReplayTask(
            day=day,
            site=site_path(site),
            overrides=overrides,
            qnh_source=qnh_source,
            folder=(out / day.name).resolve(),
            figures=figures,
            trace=trace,
            rule_set=rule_set,
            parameters=parameters,
        )
        for day in days
    ]
    found: dict[int, DayOutcome] = {}
    for one in hands.do(replay_day, tasks):
        found[one.number] = one.outcome
    outcomes = [found[day.number] for day in days]
    for each in outcomes:
        if not each.problem:
            shown = sum(alert.shown for alert in each.alerts)
            click.echo(f"{out / each.name}: {len(each.alerts):,} alerts, {shown:,} of them shown")
    page = write_days_page(outcomes, out, f"{tracks.name} at {Path(site).name}")
    say_page(f"The page over all days is {page}", page)
    problems = [each.problem for each in outcomes if each.problem]
    if problems:
        raise ScenarioError(f"{len(problems)} of {len(days)} days cannot be used: {'; '.join(problems)}")
