"""`safetynets export`: the alerts of a run for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.options import PATH, json_option
from safetynets.errors import ScenarioError

if TYPE_CHECKING:
    from safetynets.exports.finished_run import FinishedRun

TARGETS = ("cat004", "view-points", "geojson", "kml", "table")
ENDINGS = {"cat004": ".ast", "view-points": ".json", "geojson": ".geojson", "kml": ".kml", "table": "-alerts"}
OF_CAT004 = ("profile", "predicted_position", "source", "alive_s")


@click.command()
@click.argument("run", type=PATH)
@click.option("--to", "to", type=click.Choice(TARGETS), required=True, help="What to write.")
@click.option("--out", type=PATH, help="Where to write it; by default beside the run folder.")
@click.option("--site", help="The folder of the site, where it is not a shipped one.")
@click.option(
    "--profile",
    type=click.Choice(["edition-1.13", "compass"]),
    default="edition-1.13",
    show_default=True,
    help="cat004: compass keeps to what readers of edition 1.4 know.",
)
@click.option(
    "--predicted-position/--no-predicted-position",
    default=True,
    help="cat004: with or without 170/CPW, which tshark 4.0 reads wrongly.",
)
@click.option("--source", metavar="SAC/SIC", default="0/1", show_default=True, help="cat004: who sends the messages.")
@click.option(
    "--alive-s",
    type=click.FloatRange(0.1, 3600.0),
    default=5.0,
    show_default=True,
    help="cat004: period of the alive messages.",
)
@json_option
@click.pass_context
def export(
    context: click.Context,
    run: Path,
    to: str,
    out: Path | None,
    site: str | None,
    profile: str,
    predicted_position: bool,
    source: str,
    alive_s: float,
    as_json: bool,
) -> None:
    """Write the alerts of the run folder RUN for another tool. Not for operational use.

    cat004 is ASTERIX category 004, edition 1.13: raw blocks (.ast), FINAL (.ff) or a capture (.pcap), by the ending of
    --out. view-points are those of COMPASS, version 0.3; geojson and kml have the start, path and area of each alert.
    table puts the run into a Parquet dataset, a folder partitioned by day, beside other runs.
    """
    import json

    _refuse_options(context, to)
    out = out or run.parent / f"{run.name}{ENDINGS[to]}"
    of_whom = sender(source)
    if to == "table" and out.exists() and not out.is_dir():
        raise ScenarioError("is a file", file=out, mend="name the folder of a dataset")
    if to != "table" and out.is_dir():
        raise ScenarioError("is a folder", file=out, mend="name a file in it")
    if to == "cat004":
        from safetynets.recordings.containers_write import container_of

        container_of(out)
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.runs.folder import read_manifest

    read_manifest(run)
    with stages() as stage:
        stage("reading the run")
        from safetynets.exports.finished_run import read_finished

        finished = read_finished(run, site)
        stage("writing")
        told = _write(
            finished,
            out,
            to,
            {"profile": profile, "predicted_position": predicted_position} | {"source": of_whom, "alive_s": alive_s},
        )
    named = {alert.area for alert in finished.alerts if alert.shown}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _sentences(told, named))


def _write(finished: FinishedRun, out: Path, to: str, options: dict[str, Any]) -> dict[str, Any]:
    """Write, and say what as JSON can hold it."""
    from dataclasses import asdict

    if to == "cat004":
        from safetynets.exports.cat004 import Options, write_cat004

        return {"format": to} | asdict(write_cat004(finished, out, Options(**options)))
    if to == "view-points":
        from safetynets.exports.view_points import write_view_points

        count = write_view_points(finished, out)
    elif to == "table":
        from safetynets.exports.table import write_table

        count = write_table(finished, out)
    elif to == "geojson":
        from safetynets.exports.geojson import write_geojson

        count = write_geojson(finished, out)
    else:
        from safetynets.exports.kml import write_kml

        count = write_kml(finished, out)
    written = bool(count) or to not in ("view-points", "table")
    return {"format": to, "file": out.as_posix() if written else None, "alerts": count}


def _sentences(told: dict[str, Any], named: set[str]) -> str:
    """What was written, for people; `named` are the areas that alerts are about."""
    if told["format"] != "cat004":
        if told["file"] is None:
            return f"The run has no alert, so no file is written as {told['format']}"
        return f"{told['file']}: {told['alerts']:,} alert{'s' * (told['alerts'] != 1)} as {told['format']}"
    lines = [f"{told['file']}: " + ", ".join(f"{count:,} {name}" for name, count in told["messages"].items())]
    changed = {name: code for name, code in told["areas"].items() if name in named and name != code}
    if changed:
        lines.append("Areas: " + ", ".join(f"{name} is {code}" for name, code in changed.items()))
    lines += [f"Left out: {count:,} {what}" for what, count in told["left_out"].items()]
    return "\n".join(lines)


def _refuse_options(context: click.Context, to: str) -> None:
    """Refuse options of another target: they would change nothing."""
    given = [name for name in OF_CAT004 if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT]
    if given and to != "cat004":
        raise ScenarioError(
            f"--{given[0].replace('_', '-')} is of cat004 only", where=f"--to {to}", mend="leave it out"
        )


def sender(source: str) -> tuple[int, int]:
    """SAC and SIC from `SAC/SIC`.

    Raises
    ------
    ScenarioError
        For anything else.
    """
    parts = source.split("/")
    if len(parts) != 2 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise ScenarioError(f"{source!r} is no SAC/SIC", where="--source", mend="write two numbers to 255, such as 0/1")
    return int(parts[0]), int(parts[1])
