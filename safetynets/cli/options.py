"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
PATH = click.Path(path_type=Path)

out_option = click.option(
    "--out", type=FOLDER, help="The run folder to write; by default out/NAME. An existing run folder is replaced."
)
changes_option = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override any parameter, such as msaw.look_ahead_s=60; may be given several times.",
)
parameters_option = click.option(
    "--parameters",
    "parameters",
    type=FILE,
    help="A parameter set (TOML), as 'parameters save', the dashboard and studies write it; --set overrides it.",
)
voice_option = click.option(
    "--voice", is_flag=True, help="Let the page of the run play each call (needs the extra [voice])."
)
rule_set_option = click.option(
    "--rule-set",
    help="The words the controller says: a rule set by its name, or your own by its path; by default that of the site.",
)
figures_option = click.option(
    "--figures",
    type=click.Choice(["none", "few", "all"]),
    default="few",
    show_default=True,
    help="Figures for print: few are the map and the timeline, all also the profile of each alert.",
)
trace_option = click.option(
    "--trace",
    type=click.Choice(["none", "alerted", "all"]),
    default="alerted",
    show_default=True,
    help="What the nets found for each plot, as conflicts.parquet: of no flight, of those with an alert, of all.",
)
labels_wrong_option = click.option(
    "--labels-wrong",
    type=click.FloatRange(0.0, 0.5, max_open=True),
    default=0.0,
    metavar="SHARE",
    help="Share of the labels that may be wrong, such as 0.05; the intervals that rest on labels widen by it.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")


assume_from_option = click.option(
    "--assume-from",
    "measured_in",
    type=FILE,
    help="Results of a listening test that replace simulator defaults: the file of 'phraseology results --out'.",
)


class NetName(click.ParamType):  # type: ignore[type-arg]
    """The name of a net, in capitals or not."""

    name = "net"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name in capitals; refused where no net has it."""
        from safetynets.registry import registered

        names = [net.name for net in registered()]
        if value.upper() not in names:
            self.fail(f"{value!r} is not one of {', '.join(names)}", param, ctx)
        return value.upper()


switch_on_option = click.option(
    "--switch-on",
    "switched_on",
    multiple=True,
    type=NetName(),
    help="A net that is off by default; may be given several times.",
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that judges traffic and writes a run folder, but for where it goes."""
    options = (changes_option, parameters_option, switch_on_option, rule_set_option, figures_option, trace_option)
    for option in reversed((*options, voice_option, json_option)):
        command = option(command)
    return command
