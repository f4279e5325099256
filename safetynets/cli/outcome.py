"""Where a run is written, and what of it is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace
    from safetynets.runs import Run

FILE_WIDTH = 120
"""Columns of the tables where they are not printed on a terminal."""


def write(
    run: Run, out: Path | None, stage: Callable[[str], None], *, voice: bool, figures: Figures, trace: Trace
) -> Path:
    """Write the run folder, by default `out/NAME`, in place of an earlier run; with `voice` it can be heard."""
    from safetynets.reports.folder import write_run_folder

    return write_run_folder(
        run,
        out or Path("out") / run.name,
        replace=True,
        steps=lambda step: stage(f"writing the {step}"),
        voice=voice,
        figures=figures,
        trace=trace,
    )


def refuse_early(out: Path | None, *, voice: bool) -> None:
    """Refuse a folder that could not be written into, or a voice that is not there, before the work is done."""
    from safetynets.reports.folder import check_free
    from safetynets.reports.spoken_calls import check_voice

    if out is not None:
        check_free(out, replace=True)
    if voice:
        check_voice()


def tell(run: Run, folder: Path, *, as_json: bool) -> None:
    """Print the alerts, the counts and where the report is; with `as_json` one JSON object and nothing else."""
    if as_json:
        from safetynets.reports.files import alert_rows
        from safetynets.runs.manifest import json_ready

        found = {"folder": folder.as_posix(), "manifest": run.manifest, "alerts": alert_rows(run)}
        click.echo(json.dumps(json_ready(found), ensure_ascii=False, allow_nan=False, indent=2))
    else:
        from rich.console import Console

        from safetynets.reports.tables import run_tables

        console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
        for table in run_tables(run):
            console.print(table)
        click.echo(f"The run is in {folder}, its page is {folder / 'report.html'}")
    for warning in run.manifest["warnings"]:
        click.secho(f"WARNING {warning}", err=True, fg="yellow", bold=True)
