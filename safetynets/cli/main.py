"""The command group, and what it does with input it cannot use."""

from __future__ import annotations

from typing import Any

import click

from safetynets import __version__
from safetynets.cli.compare import compare
from safetynets.cli.dashboard import dashboard
from safetynets.cli.explain import explain
from safetynets.cli.figure import figure
from safetynets.cli.label import label
from safetynets.cli.lists import scenarios, sites
from safetynets.cli.phraseology import phraseology
from safetynets.cli.replay import replay
from safetynets.cli.run import run
from safetynets.cli.terrain import terrain
from safetynets.cli.traffic import traffic
from safetynets.cli.tune import tune
from safetynets.errors import InputError


class Refusal(click.ClickException):
    """Input that cannot be used, as one message and exit code 2."""

    exit_code = 2


class Commands(click.Group):
    """A group whose commands refuse bad input with one message and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an `InputError` becomes a `Refusal`."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise Refusal(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="safetynets")
def main() -> None:
    """Replay traffic through the ground-based safety nets MSAW, APM and APW. Not for operational use."""


for command in (
    run,
    replay,
    explain,
    figure,
    scenarios,
    sites,
    terrain,
    traffic,
    phraseology,
    label,
    tune,
    compare,
    dashboard,
):
    main.add_command(command)
