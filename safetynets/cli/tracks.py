"""`safetynets tracks`: what a recording holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import PATH, json_option
from safetynets.cli.recording_options import recording_options
from safetynets.cli.tracks_convert import convert

if TYPE_CHECKING:
    from safetynets.recordings.profile import Profile


@click.group()
def tracks() -> None:
    """Look at recordings, and convert them."""


tracks.add_command(convert)


@tracks.command()
@click.argument("file", type=PATH)
@click.option("--qnh-hpa", type=float, help="The QNH of altitudes that refer to one.")
@recording_options
@json_option
@click.pass_context
def check(context: click.Context, file: Path, qnh_hpa: float | None, profile: Profile, as_json: bool) -> None:
    """Say what was understood of a recording, and what will not be assessable and why.

    The exit code is 1 when a replay would refuse the recording, because it contradicts itself.
    """
    from safetynets.recordings import look

    look.check(file, profile)
    from safetynets.recordings.check import check_recording, told

    checked = check_recording(file, profile, qnh_hpa)
    if as_json:
        facts = {**checked.facts, "refused": checked.refused}
        click.echo(json.dumps(facts, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        for line in told(checked):
            click.echo(line)
    if checked.refused:
        context.exit(1)
