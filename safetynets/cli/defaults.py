"""Defaults of options from a file: `safetynets.toml` here, or the user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from safetynets.errors import ScenarioError, nearest
from safetynets.text_files import read_toml

HERE = "safetynets.toml"
VARIABLE = "SAFETYNETS_CONFIG"
"""The environment variable that says the same as --config."""
NONE = "none"
"""The value of --config that uses no file."""


def found_file(asked: str | None) -> Path | None:
    """The file of defaults: the one asked for, `safetynets.toml` here, or that of the user; None where none is.

    The user's own is `safetynets/config.toml` in `XDG_CONFIG_HOME`, by default `~/.config`.
    """
    if asked == NONE:
        return None
    if asked is not None:
        return Path(asked)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return next((file for file in (Path(HERE), home / "safetynets" / "config.toml") if file.is_file()), None)


def defaults(file: Path, group: click.Group) -> dict[str, Any]:
    """What click takes as defaults: the options of each command by its name, and of commands below it in tables.

    Raises
    ------
    ScenarioError
        For a file that cannot be read, and with every command and option that does not exist.
    """
    raw, _ = read_toml(file, ScenarioError)
    problems: list[tuple[str, str, str | None]] = []
    found = _of_group(raw, group, (), problems)
    if len(problems) == 1:
        (where, problem, mend) = problems[0]
        raise ScenarioError(problem, file=file, where=where, mend=mend)
    if problems:
        listed = [f"  {where}: {problem}" + (f"; {mend}" if mend else "") for where, problem, mend in problems]
        raise ScenarioError("\n".join([f"{len(problems)} problems:", *listed]), file=file)
    return found


def _of_group(
    raw: Mapping[str, Any], group: click.Group, path: tuple[str, ...], problems: list[tuple[str, str, str | None]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in raw.items():
        where = ".".join((*path, name))
        command = group.commands.get(name)
        if command is None:
            problems.append((where, f"there is no command {name!r}", nearest(name, group.commands)))
        elif not isinstance(value, dict):
            problems.append((where, "must be a table of options", f"write [{where}]"))
        elif isinstance(command, click.Group):
            found[name] = _of_group(value, command, (*path, name), problems)
        else:
            found[name] = _of_command(value, command, (*path, name), problems)
    return found


def _of_command(
    raw: Mapping[str, Any],
    command: click.Command,
    path: tuple[str, ...],
    problems: list[tuple[str, str, str | None]],
) -> dict[str, Any]:
    options = {
        word.removeprefix("--"): option
        for option in command.params
        if isinstance(option, click.Option)
        for word in (*option.opts, *option.secondary_opts)
        if word.startswith("--")
    }
    found: dict[str, Any] = {}
    for name, value in raw.items():
        where = ".".join((*path, name))
        option = options.get(name)
        if option is None:
            problems.append((where, f"there is no option {name!r}", nearest(name, options)))
        elif isinstance(value, dict) or (isinstance(value, list) and not option.multiple):
            problems.append((where, "must be one value", "write a text, a number, true or false"))
        else:
            negated = f"--{name}" in option.secondary_opts
            listed = value if isinstance(value, list) else [value]
            told = [one if isinstance(one, bool) else str(one) for one in listed]
            found[str(option.name)] = told if option.multiple else (not told[0] if negated else told[0])
    return found
