"""`safetynets figure`: one figure of a run or a study, in print quality."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import FILE, PATH, NetName
from safetynets.output import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from safetynets.reports.displays.display import Display
    from safetynets.reports.displays.kinds import Choice
    from safetynets.runs.run import Run

FORMATS = ("svg", "pdf", "png")


@click.command()
@click.argument("kind")
@click.argument("source", metavar="RUN|STUDY", type=PATH)
@click.option("--alert", "alert_id", type=int, help="profile, time-budget: the alert, by its number in the table.")
@click.option(
    "--net",
    type=NetName(),
    help="det, pareto: of one net.",
)
@click.option("--metric", help="sensitivity, sobol: the metric; by default the first objective.")
@click.option("--parameter", help="thresholds: the parameter that is the threshold; by default the first varied.")
@click.option("--site", help="The folder of the site of a run, where it is not a shipped one.")
@click.option("--format", "suffix", type=click.Choice(FORMATS), help="By default as --out ends, else svg.")
@click.option("--out", type=FILE, help="The file; by default KIND.FORMAT.")
def figure(
    kind: str,
    source: Path,
    alert_id: int | None,
    net: str | None,
    metric: str | None,
    parameter: str | None,
    site: str | None,
    suffix: str | None,
    out: Path | None,
) -> None:
    """Draw one figure of a run or a study.

    RUN is a run folder, or a scenario by name or path, for KIND plan-view, profile, timeline, warning-time and
    time-budget. STUDY is the folder of a finished study, for det, pareto, sensitivity, sobol and thresholds.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.reports.displays.kinds import Choice, made_from
        from safetynets.runs.folder import read_manifest

    of = made_from(kind)
    if of == "run" and source.is_dir():
        read_manifest(source)
    file, suffix = _file(kind, out, suffix)
    choice = Choice(alert_id=alert_id, net=net or "", metric=metric, parameter=parameter)
    with stages() as stage:
        display = _display(of, kind, source, site, choice, stage)
        stage("drawing")
        from safetynets.reports.house_style import figure_bytes

        content = figure_bytes(display.plot().figure_, suffix)
    write_whole(file, content)
    click.echo(f"The figure is {file}")


def _file(kind: str, out: Path | None, suffix: str | None) -> tuple[Path, str]:
    """Where the figure goes and in which format; the name of the file decides where no format is given."""
    from safetynets.errors import ScenarioError

    ending = "" if out is None else out.suffix.lower().lstrip(".")
    if suffix is None and ending not in ("", *FORMATS):
        raise ScenarioError(f"{ending!r} is no format of a figure", file=out, mend=f"use one of {', '.join(FORMATS)}")
    chosen = suffix or ending or FORMATS[0]
    return out or Path(f"{kind}.{chosen}"), chosen


def _display(
    of: str, kind: str, source: Path, site: str | None, choice: Choice, stage: Callable[[str], None]
) -> Display:
    from safetynets.reports.displays import kinds

    if of == "study":
        from safetynets.evaluation.study.outcome import read_outcome

        return kinds.of_study(kind, read_outcome(source), choice)
    if of == "phraseologies":
        from safetynets.response import load_assumptions
        from safetynets.runs.phraseology_study import load_phrasings, study_phraseologies

        rule_sets = load_phrasings(["icao", "france", "proposed-apm-directive", "as-spoken"])
        scenario = _scenario_of(source)
        study, *_ = study_phraseologies(
            scenario, rule_sets, load_assumptions(), alert_id=choice.alert_id, progress=stage
        )
        return kinds.of_phraseologies(study)
    return kinds.of_run(kind, _run(source, site, stage), choice)


def _run(source: Path, site: str | None, stage: Callable[[str], None]) -> Run:
    """The run of a run folder, or of a scenario that is run now."""
    if source.is_dir():
        from safetynets.runs.reload import rejudge

        return rejudge(source, site, stage)
    from safetynets.runs import run_scenario

    return run_scenario(str(source), progress=stage)


def _scenario_of(source: Path) -> str:
    """The scenario that a run folder was made from, or the one named."""
    if not source.is_dir():
        return str(source)
    from safetynets.runs.reload import reload_run

    return str(reload_run(source).manifest["name"])
