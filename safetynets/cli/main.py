"""The command group, and what it does with input it cannot use."""

from __future__ import annotations

import errno
import os
import signal
import threading
from types import FrameType
from typing import Any

import click

from safetynets import __version__
from safetynets.cli.benchmark import benchmark
from safetynets.cli.compare import compare
from safetynets.cli.dashboard import dashboard
from safetynets.cli.evidence import evidence
from safetynets.cli.explain import explain
from safetynets.cli.export import export
from safetynets.cli.figure import figure
from safetynets.cli.label import label
from safetynets.cli.lead_time import lead_time
from safetynets.cli.lists import scenarios, sites
from safetynets.cli.live import live
from safetynets.cli.phraseology import phraseology
from safetynets.cli.replay import replay
from safetynets.cli.run import run
from safetynets.cli.search import search
from safetynets.cli.site import site
from safetynets.cli.terrain import terrain
from safetynets.cli.tracks import tracks
from safetynets.cli.traffic import traffic
from safetynets.cli.tune import tune
from safetynets.errors import InputError


class Refusal(click.ClickException):
    """Input that cannot be used, as one message and exit code 2."""

    exit_code = 2


class Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a command as the keyboard does: each block cleans up after itself."""


class Commands(click.Group):
    """A group whose commands refuse bad input, and what cannot be written, with one message and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an `InputError` becomes a `Refusal`, a signal the exit code that shells know it by."""
        before = _on_termination(_terminate)
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise Refusal(str(error)) from error
        except OSError as error:
            if error.errno not in _NOT_OURS:
                raise
            raise Refusal(f"{error.filename or 'the output'}: {error.strerror}") from error
        except KeyboardInterrupt as interrupt:
            click.echo("Stopped; nothing unfinished is left behind.", err=True)
            ctx.exit(128 + (signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT))
        finally:
            _on_termination(before)


_NOT_OURS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENAMETOOLONG,
    errno.ENOTDIR,
    errno.EISDIR,
)
"""Causes that lie with the disk and not with the program."""


_COMMAND = os.getpid()
"""The process of the command; those that it forks to share its work end as processes do."""


def _terminate(number: int, frame: FrameType | None) -> None:
    del frame
    if os.getpid() != _COMMAND:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    raise Terminated


def _on_termination(handler: Any) -> Any:
    """Set what SIGTERM does and return what it did; only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        return None
    return signal.signal(signal.SIGTERM, signal.SIG_DFL if handler is None else handler)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="safetynets")
def main() -> None:
    """Replay traffic through the ground-based safety nets MSAW, APM and APW. Not for operational use."""


for command in (
    run,
    replay,
    explain,
    figure,
    export,
    scenarios,
    sites,
    site,
    terrain,
    tracks,
    traffic,
    phraseology,
    label,
    lead_time,
    tune,
    compare,
    search,
    benchmark,
    evidence,
    dashboard,
    live,
):
    main.add_command(command)
