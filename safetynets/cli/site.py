"""`safetynets site`: a site of one's own, made, filled, checked and drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click

from safetynets.cli.options import json_option

SHOWN = 40


@click.group()
def site() -> None:
    """Make a site of your own, import adaptation data into it, and check it."""


@site.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--into", required=True, metavar="SITE", help="The folder of your site, or its site.toml.")
@click.option(
    "--as",
    "target",
    required=True,
    type=click.Choice(["minimum-altitudes", "volumes", "inhibit", "approaches"]),
    help="What the areas or approaches of the file are to the site.",
)
@click.option(
    "--airport", "airports", multiple=True, metavar="ICAO", help="Of ARINC 424 only this aerodrome; repeatable."
)
@click.option(
    "--purpose",
    type=click.Choice(["restricted", "danger", "prohibited"]),
    default=None,
    help="What volumes protect, where the file does not say.",
)
@click.option(
    "--nets",
    multiple=True,
    type=click.Choice(["MSAW", "APM", "APW"]),
    help="Nets that are silent in inhibit volumes, where the file does not say; repeatable.",
)
@click.option("--reason", default="", help="Why nets are silent in the inhibit volumes.")
@click.option(
    "--source", default="", help="Who published the file, its date and licence; kept in the site's SOURCES.md."
)
@json_option
def import_(
    file: Path,
    into: str,
    target: str,
    airports: tuple[str, ...],
    purpose: str | None,
    nets: tuple[str, ...],
    reason: str,
    source: str,
    as_json: bool,
) -> None:
    """Import FILE into a site: AIXM 5.1, GeoJSON, KML, OpenAir, TopSkyMSAW, TopSkyAreas or ARINC 424 (CIFP).

    The format is told from the content. An area that cannot be used is left out and said, with its line; the others
    are kept, and the site loads afterwards. Importing the same file again replaces what it brought before.
    """
    from safetynets.adaptation.imports import import_file
    from safetynets.adaptation.tables import Target
    from safetynets.cli.stages import stages

    chosen: Target = next(each for each in get_args(Target) if each == target)
    with stages() as stage:
        stage(f"importing {file.name}")
        found = import_file(
            file, into, chosen, airports=airports, purpose=purpose or "", nets=nets, reason=reason, source=source
        )
    if as_json:
        told = {
            "file": found.file,
            "format": found.format,
            "sha256": found.sha256,
            "site": found.site_file.as_posix(),
            "as": found.target,
            "kept": [*found.names],
            "findings": [
                {"where": one.where, "name": one.name, "severity": one.severity, "text": one.text, "mend": one.mend}
                for one in found.findings
            ],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for finding in found.findings[:SHOWN]:
        click.echo(f"{found.file}: {finding}")
    if len(found.findings) > SHOWN:
        click.echo(f"... and {len(found.findings) - SHOWN:,} more (all with --json)")
    left = f", {found.refused:,} left out" if found.refused else ""
    click.echo(f"{found.file} ({found.format}): {len(found.names):,} {target} in {found.site_file}{left}")
