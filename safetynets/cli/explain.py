"""`safetynets explain`: why an alert, or why none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import PATH, NetName, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safetynets.engine.explanation_step import Step
    from safetynets.runs.explanation import Explanation


@click.command()
@click.argument("run", type=PATH)
@click.option("--alert", "alert_id", type=int, help="The alert, by its number: its flight, when it started.")
@click.option("--callsign", help="The flight.")
@click.option(
    "--time",
    "moment",
    help="UTC: 18:05, 12:14:28, 2021-10-07T12:14:28Z, or seconds since 1970; by default the start of its first alert.",
)
@click.option("--net", type=NetName(), help="Only this net.")
@click.option("--all", "whole", is_flag=True, help="Every stage of every net, including those that decided nothing.")
@click.option("--site", help="The folder of the site, where it is not a shipped one.")
@json_option
def explain(
    run: Path,
    alert_id: int | None,
    callsign: str | None,
    moment: str | None,
    net: str | None,
    whole: bool,
    site: str | None,
    as_json: bool,
) -> None:
    """Explain how each net judged a flight at a given time, from the run folder RUN.

    One sentence comes first, then the stages that decided; --all prints every stage.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.engine.explain import explain as explained
        from safetynets.runs.desks import desk_steps
        from safetynets.runs.explanation import explanation
        from safetynets.runs.folder import read_manifest
        from safetynets.runs.moment import plot_at, which_flight
        from safetynets.runs.reload import reload_run

    read_manifest(run)
    flight = which_flight(run, alert_id, callsign, moment)
    with stages() as stage:
        stage("reading the run")
        reloaded = reload_run(run, site)
        track, time_s = plot_at(reloaded.tracks, flight.callsign, flight.moment, flight.track)
        stage("judging the flight once more")
        steps = desk_steps(
            explained(reloaded.tracks, reloaded.site, track, time_s), reloaded.tracks, reloaded.site, track
        )
    found = explanation(steps, (net or "").upper())
    told = [step for step in steps if net is None or step.net in ("", net.upper())]
    name = str(reloaded.tracks.callsign[track]) or f"track {track}"
    if as_json:
        click.echo(json.dumps(_ready(found, told, name, track, time_s), ensure_ascii=False, allow_nan=False, indent=2))
    else:
        _print(found, told if whole else found.decided, name, time_s, folded=not whole)


def _ready(found: Explanation, steps: Sequence[Step], callsign: str, track: int, time_s: float) -> object:
    from dataclasses import asdict

    from safetynets.runs.manifest import json_ready

    facts = {"callsign": callsign, "track": track, "time_s": time_s, "headline": found.headline, "idle": found.idle}
    return json_ready(facts | {"steps": [asdict(step) for step in steps]})


def _print(found: Explanation, steps: Sequence[Step], name: str, time_s: float, *, folded: bool) -> None:
    import sys
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from safetynets.cli.outcome import FILE_WIDTH

    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    console.print(
        Text.assemble(
            (f"{name} at {datetime.fromtimestamp(time_s, tz=UTC):%H:%M:%S} UTC. ", ""), (found.headline, "bold")
        )
    )
    table = Table(box=None, header_style="bold", padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    before = ""
    for step in steps:
        which = f"{step.net} {step.group}".strip()
        if which != before and which:
            table.add_row(Text(which, "bold"), "")
        before = which
        table.add_row(Text(f"  {step.stage}"), Text(step.text))
    console.print(table)
    if folded and found.idle:
        console.print(Text("No part in it:", "bold"))
        for line in found.idle:
            console.print(Text(f"  {line}"))
        console.print(Text("Every stage of every net: the same with --all", "dim"))
