"""`safetynets explain`: why an alert, or why none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import json_option

if TYPE_CHECKING:
    from safetynets.nets.explain import Step


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--callsign", required=True, help="The flight.")
@click.option("--time", "moment", required=True, help="UTC: 2021-10-07T12:14:28Z, 12:14:28, or seconds since 1970.")
@click.option("--net", type=click.Choice(["MSAW", "APM", "APW"], case_sensitive=False), help="Only this net.")
@click.option("--site", help="The folder of the site, where it is not a shipped one.")
@json_option
def explain(run: Path, callsign: str, moment: str, net: str | None, site: str | None, as_json: bool) -> None:
    """Explain what each net made of a flight at a moment, from the run folder RUN."""
    from safetynets.runs.folder import read_manifest

    read_manifest(run)
    from safetynets.cli.stages import stages
    from safetynets.nets.explain import explain as explained
    from safetynets.runs.desks import desk_steps
    from safetynets.runs.moment import plot_at
    from safetynets.runs.reload import reload_run

    with stages() as stage:
        stage("reading the run")
        reloaded = reload_run(run, site)
        track, time_s = plot_at(reloaded.tracks, callsign, moment)
        stage("judging the flight once more")
        steps = [
            step
            for step in desk_steps(
                explained(reloaded.tracks, reloaded.site, track, time_s), reloaded.tracks, reloaded.site, track
            )
            if net is None or step.net in ("", net.upper())
        ]
    if as_json:
        click.echo(json.dumps(_ready(steps, callsign, track, time_s), ensure_ascii=False, allow_nan=False, indent=2))
    else:
        _print(steps)


def _ready(steps: list[Step], callsign: str, track: int, time_s: float) -> object:
    from dataclasses import asdict

    from safetynets.runs.manifest import json_ready

    return json_ready(
        {"callsign": callsign, "track": track, "time_s": time_s, "steps": [asdict(step) for step in steps]}
    )


def _print(steps: list[Step]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("net", "group", "stage", "what came of it", box=None, header_style="bold")
    for step in steps:
        table.add_row(step.net, step.group, step.stage, step.text)
    Console().print(table)
