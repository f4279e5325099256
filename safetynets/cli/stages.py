"""A spinner and the present stage on standard error, for whoever waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from safetynets.cli.common import is_quiet, is_verbose


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """A function to call with each stage; on a terminal it is shown with the time spent, elsewhere nothing is.

    With --verbose each stage is a line of its own, wherever it goes.
    """
    if is_verbose():
        begun = time.monotonic()
        yield lambda stage: click.echo(f"{time.monotonic() - begun:8.1f} s  {stage}", err=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=is_quiet() or not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda stage: progress.update(task, description=stage)
