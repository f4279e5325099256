"""`safetynets tune`: a study, from its file to the recommended parameter set and the page that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import FILE, FOLDER, json_option

if TYPE_CHECKING:
    from safetynets.evaluation.study.outcome import StudyOutcome


@click.command()
@click.argument("study")
@click.option(
    "--out",
    type=FOLDER,
    help="The folder of the study; by default out/NAME. What is judged there already is not judged again.",
)
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes that judge, one thread each.")
@click.option("--scheduler", metavar="ADDRESS", help="Judge on the dask cluster at this address.")
@click.option(
    "--ranges",
    "ranges_file",
    type=FILE,
    help="Other ranges: next-ranges.toml, which a study leaves in its folder. The folder is then out/NAME-next.",
)
@click.option("--skip-corrupt", is_flag=True, help="Leave out days that cannot be used; they are counted and named.")
@json_option
def tune(
    study: str,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    ranges_file: Path | None,
    skip_corrupt: bool,
    as_json: bool,
) -> None:
    """Judge the parameter sets of STUDY, a shipped one by its name or your own by its path, and recommend one.

    A stopped study continues where it was; its results are the same bytes, whichever process did the work.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.study.execute import judge_study
        from safetynets.evaluation.study.finish import finish
        from safetynets.evaluation.study.load import load_study
        from safetynets.evaluation.study.workforce import workforce
        from safetynets.reports.study_page import write_study_page

    loaded = load_study(study, ranges_file)
    folder = out or Path("out") / (loaded.study.name + ("-next" if ranges_file is not None else ""))
    with workforce(workers, scheduler) as hands:
        with _bar() as progress:
            judged = judge_study(loaded, folder, hands, skip_corrupt=skip_corrupt, progress=progress)
        with stages() as stage:
            stage("comparing and explaining")
            outcome = finish(judged, folder, hands)
            stage("writing the page")
            page = write_study_page(folder)
    _tell(study, outcome, folder, page, as_json=as_json)


@contextmanager
def _bar() -> Iterator[Callable[[int, int, str], None]]:
    """A bar with the time left on a terminal; elsewhere nothing is shown."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days,"),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading the study", total=None)
        yield lambda done, total, doing: progress.update(task, completed=done, total=total, description=doing)


def _tell(study: str, outcome: StudyOutcome, folder: Path, page: Path, *, as_json: bool) -> None:
    import json

    told = outcome.manifest
    if as_json:
        whole = {"folder": folder.as_posix(), **told}
        click.echo(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        flights = sum(day["flights"] for day in told["days"])
        days = f"{len(told['days']):,} day{'' if len(told['days']) == 1 else 's'}"
        click.echo(
            f"{told['sets']:,} parameter sets on {days} with {flights:,} flights: "
            f"{len(told['front']):,} on the front, {len(told['dominated']):,} dominated."
        )
        click.echo(told["recommended"]["reason"])
        for advice in told["advice"]["sentences"]:
            click.echo(f"  {advice}")
        if told["advice"]["next_ranges"]:
            click.echo(f"Next: safetynets tune {study} --ranges {folder / 'next-ranges.toml'}")
        if told["comparison"]:
            click.echo(told["comparison"]["sentence"])
            for caveat in told["comparison"]["caveats"]:
                click.echo(f"  {caveat}")
        say_page(f"The study is in {folder}, its page is {page}", page)
    for day in told["skipped_days"]:
        click.secho(f"WARNING skipped: {day['problem']}", err=True, fg="yellow", bold=True)
