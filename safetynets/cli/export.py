"""`safetynets export`: the alerts of a run for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.options import json_option
from safetynets.errors import ScenarioError

if TYPE_CHECKING:
    from safetynets.exports.finished import FinishedRun

TARGETS = ("cat004",)
ENDINGS = {"cat004": ".ast"}
OF_CAT004 = ("profile", "predicted_position", "source", "alive_s")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--to", "to", type=click.Choice(TARGETS), required=True, help="What to write.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it; by default beside the run folder.")
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
    --out.
    """
    import json

    _refuse_options(context, to)
    out = out or run.parent / f"{run.name}{ENDINGS[to]}"
    sender = _sender(source)
    if out.is_dir() and to == "cat004":
        raise ScenarioError("is a folder", file=out, mend="name a file in it")
    if to == "cat004":
        from safetynets.recordings.containers_write import container_of

        container_of(out)
    from safetynets.cli.stages import stages
    from safetynets.runs.folder import read_manifest

    read_manifest(run)
    with stages() as stage:
        stage("reading the run")
        from safetynets.exports.finished import read_finished

        finished = read_finished(run, site)
        stage("writing")
        told = _write(
            finished,
            out,
            to,
            {"profile": profile, "predicted_position": predicted_position} | {"source": sender, "alive_s": alive_s},
        )
    named = {alert.area for alert in finished.alerts if alert.shown}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _sentences(told, named))


def _write(finished: FinishedRun, out: Path, to: str, options: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from safetynets.exports.cat004 import Options, write_cat004

    return {"format": to} | asdict(write_cat004(finished, out, Options(**options)))


def _sentences(told: dict[str, Any], named: set[str]) -> str:
    """What was written, for people; `named` are the areas that alerts are about."""
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


def _sender(source: str) -> tuple[int, int]:
    parts = source.split("/")
    if len(parts) != 2 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise ScenarioError(f"{source!r} is no SAC/SIC", where="--source", mend="write two numbers to 255, such as 0/1")
    return int(parts[0]), int(parts[1])
