"""Where a run is written, and what of it is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.common import say_page

if TYPE_CHECKING:
    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace
    from safetynets.runs import Run
    from safetynets.sites.geometry import Change

MOST_WARNINGS = 12
"""So many warnings are printed; the manifest has all."""

FILE_WIDTH = 120
"""Columns of the tables where they are not printed on a terminal."""


def write(run: Run, out: Path, stage: Callable[[str], None], *, voice: bool, figures: Figures, trace: Trace) -> Path:
    """Write the run folder in place of an earlier run; with `voice` it can be heard."""
    from safetynets.reports.folder import write_run_folder

    return write_run_folder(
        run,
        out,
        replace=True,
        steps=lambda step: stage(f"writing the {step}"),
        voice=voice,
        figures=figures,
        trace=trace,
    )


def refuse_early(out: Path, changes: Iterable[str], *, switched_on: Iterable[str] = (), voice: bool) -> dict[str, Any]:
    """Refuse what cannot end well before anything is read: a folder, an override, a voice that is not there.

    Returns the overrides.
    """
    from safetynets.output import check_can_write
    from safetynets.runs import overrides
    from safetynets.runs.folder import check_free

    changed = overrides.parse(changes, switched_on)
    check_free(out, replace=True)
    check_can_write(out)
    if voice:
        from safetynets.reports.spoken_calls import check_voice

        check_voice()
    return changed


def parameters_on_file(file: Path | None) -> tuple[Change, ...]:
    """The values of a parameter set on file; none without a file."""
    if file is None:
        return ()
    from safetynets.evaluation.comparison.sources import load_parameters

    return load_parameters(file).changes


def tell(run: Run, folder: Path, *, as_json: bool) -> None:
    """Print the alerts, the counts and where the report is; with `as_json` one JSON object and nothing else."""
    if as_json:
        from safetynets.reports.files import alert_rows
        from safetynets.runs.manifest import json_ready

        found = {"folder": folder.as_posix(), "manifest": run.manifest, "alerts": alert_rows(run)}
        click.echo(json.dumps(json_ready(found), ensure_ascii=False, allow_nan=False, indent=2))
    else:
        from rich.console import Console

        from safetynets.reports.tables import run_tables, table_width

        whole = not sys.stdout.isatty()
        console = Console(width=max(FILE_WIDTH, table_width(run)) if whole else None)
        for table in run_tables(run, whole=whole):
            console.print(table)
        say_page(f"The run is in {folder}, its page is {folder / 'report.html'}", folder / "report.html")
    warnings = run.manifest["warnings"]
    told = warnings if len(warnings) <= MOST_WARNINGS else warnings[: MOST_WARNINGS - 1]
    for warning in told:
        click.secho(f"WARNING {warning}", err=True, fg="yellow", bold=True)
    if len(told) < len(warnings):
        more = f"and {len(warnings) - len(told):,} more, in {folder / 'manifest.json'}"
        click.secho(f"WARNING {more}", err=True, fg="yellow", bold=True)
