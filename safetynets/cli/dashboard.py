"""`safetynets dashboard`: the parameters as sliders over one day of traffic."""

from __future__ import annotations

from pathlib import Path

import click

from safetynets.cli.common import open_page
from safetynets.cli.options import FILE, FOLDER


@click.command()
@click.argument("source", metavar="RUN|FOLDER|STUDY")
@click.option("--day", default=1, show_default=True, help="Of a study: the number of the day.")
@click.option("--site", help="The folder of the site of a run, where it is not a shipped one.")
@click.option(
    "--sample",
    type=click.IntRange(1, 366),
    default=3,
    show_default=True,
    help="Of a folder of runs: number of days to begin with, spread over all; the page then judges them all.",
)
@click.option("--parameters", type=FILE, help="A parameter set (TOML): the page opens with its values.")
@click.option("--port", default=5006, show_default=True, help="Port of the page; 0 takes any free one.")
@click.option(
    "--save-to", type=FOLDER, default=Path("parameter-sets"), show_default=True, help="Where parameter sets are saved."
)
def dashboard(
    source: str, day: int, site: str | None, sample: int, parameters: Path | None, port: int, save_to: Path
) -> None:
    """Serve a page, to this machine only, with a slider for every parameter; each move judges the day again.

    RUN is the folder of a run, FOLDER holds the runs of several days, STUDY is a study file or the name of a shipped
    study.
    """
    from safetynets.cli.stages import stages

    with stages() as stage:
        stage("reading the traffic")
        from safetynets.dashboard.parameter_set import opened_with
        from safetynets.dashboard.serve import serve
        from safetynets.dashboard.traffic import day_of_run, day_of_runs, day_of_study
        from safetynets.dashboard.tuning import Tuning
        from safetynets.evaluation.comparison.sources import is_run

        folder = Path(source)
        generated = Path("out") / "dashboard"
        if is_run(folder):
            traffic = day_of_run(folder, site)
        elif folder.is_dir():
            traffic = day_of_runs(folder, site, sample)
        else:
            traffic = day_of_study(source, day, generated)
        stage("preparing the day")
        tuning = Tuning(traffic, {} if parameters is None else opened_with(parameters, traffic.site))

    def ready(address: str) -> None:
        click.echo(f"The dashboard is at {address} until you press Ctrl-C")
        open_page(address)

    serve(tuning, port, save_to, ready)
