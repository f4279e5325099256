"""`safetynets run`: a scenario, from its file to the alerts and the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import out_option, run_options

if TYPE_CHECKING:
    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace


@click.command()
@click.argument("scenario")
@out_option
@run_options
def run(
    scenario: str,
    out: Path | None,
    changes: tuple[str, ...],
    parameters: Path | None,
    switched_on: tuple[str, ...],
    rule_set: str | None,
    figures: Figures,
    trace: Trace,
    voice: bool,
    as_json: bool,
) -> None:
    """Run SCENARIO, a shipped one by its name or your own by its path."""
    from safetynets.cli.outcome import parameters_on_file, refuse_early, tell, write
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.runs.catalogue import scenario_name

    out = out or Path("out") / scenario_name(scenario)
    changed = refuse_early(out, changes, switched_on=switched_on, voice=voice)
    chosen = parameters_on_file(parameters)
    with stages() as stage:
        stage("starting")
        from safetynets.runs import run_scenario

        finished = run_scenario(scenario, changed, progress=stage, rule_set=rule_set, parameters=chosen)
        folder = write(finished, out, stage, voice=voice, figures=figures, trace=trace)
    tell(finished, folder, as_json=as_json)
