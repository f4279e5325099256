"""What every command can be told: how much it says, and whether its page opens in the browser."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

USED_FILE = "safetynets.defaults"
"""Under this key the context remembers the file of defaults."""
_QUIET, _VERBOSE, _OPENS = "safetynets.quiet", "safetynets.verbose", "safetynets.opens"


def common_options(command: click.Command) -> click.Command:
    """A command, and all commands below it, with --quiet and --verbose; they set what `is_quiet` and `says` ask."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            common_options(one)
        if not command.invoke_without_command:
            return command
    if not any(parameter.name == "quiet" for parameter in command.params):
        command.params += [
            _option("--quiet", "-q", "Print nothing but warnings and errors; with --json the JSON.", _QUIET),
            _option("--verbose", "-v", "Say on standard error what is done, and how long it takes.", _VERBOSE),
        ]
        command.callback = _loud(command.callback)
    return command


def _loud(callback: Callable[..., Any] | None) -> Callable[..., Any] | None:
    if callback is None:
        return None

    @functools.wraps(callback)
    def called(*arguments: Any, **options: Any) -> Any:
        with _as_loud_as_asked(click.get_current_context()):
            return callback(*arguments, **options)

    return called


def opens_page(*commands: click.Command) -> None:
    """Give commands that write a page --open; `say_page` and `open_page` know of it."""
    for command in commands:
        command.params.append(_option("--open", None, "Open the page in the browser.", _OPENS))


def _option(name: str, short: str | None, words: str, key: str) -> click.Option:
    def told(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        context.meta[key] = value or context.meta.get(key, False)

    names = [name, *([short] if short else [])]
    return click.Option(names, is_flag=True, expose_value=False, callback=told, help=words)


def is_quiet() -> bool:
    """Whether the command was asked to print warnings and errors only."""
    return _told(_QUIET)


def is_verbose() -> bool:
    """Whether the command was asked to say what it does."""
    return _told(_VERBOSE)


def _told(key: str) -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(key))


@contextmanager
def _as_loud_as_asked(context: click.Context) -> Iterator[None]:
    """While a command runs: with --quiet nothing is printed but JSON, with --verbose the time it took at the end."""
    begun = time.monotonic()
    if is_verbose() and USED_FILE in context.meta:
        click.echo(f"{0.0:8.1f} s  defaults from {context.meta[USED_FILE]}", err=True)
    with contextlib.ExitStack() as stack:
        if is_quiet() and not context.params.get("as_json"):
            silent = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
            stack.enter_context(contextlib.redirect_stdout(silent))
        yield
    if is_verbose():
        click.echo(f"{time.monotonic() - begun:8.1f} s  done", err=True)


def say_page(words: str, page: Path) -> None:
    """Print the sentence about a page, and open the page if the user wants that."""
    click.echo(words)
    open_page(page.resolve().as_uri())


def open_page(address: str) -> None:
    """Open an address in the browser if the user wants that; where there is none, say so."""
    if _told(_OPENS) and click.launch(address):
        click.echo(f"No browser could be started: open {address}", err=True)
