"""The command group, and what it does with input it cannot use."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sys
import threading
from types import FrameType
from typing import Any

import click

from safetynets import __version__
from safetynets.cli.benchmark import benchmark
from safetynets.cli.common import USED_FILE, common_options, opens_page
from safetynets.cli.compare import compare
from safetynets.cli.dashboard import dashboard
from safetynets.cli.defaults import VARIABLE, defaults, found_file
from safetynets.cli.doctor import doctor
from safetynets.cli.evidence import evidence
from safetynets.cli.explain import explain
from safetynets.cli.export import export
from safetynets.cli.figure import figure
from safetynets.cli.label import label
from safetynets.cli.lead_time import lead_time
from safetynets.cli.lists import scenarios, sites
from safetynets.cli.live import live
from safetynets.cli.monitor import monitor
from safetynets.cli.parameters import parameters
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
from safetynets.output import remove_unfinished


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

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Be the command of this process; one that was stopped ends without undoing what a compiler had begun."""
        global _command
        _command = os.getpid()
        sys.unraisablehook = _again
        _on_termination(_terminate)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
        try:
            return super().__call__(*args, **options)
        except (SystemExit, KeyboardInterrupt):
            if _stopped_by:
                _end(128 + _stopped_by[0])
            raise
        finally:
            _on_termination(signal.SIG_DFL)
            if signal.getsignal(signal.SIGINT) is _interrupt:
                signal.signal(signal.SIGINT, signal.SIG_DFL)


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


_command = os.getpid()
"""The process of the command; those that it forks to share its work end as processes do."""


def _terminate(number: int, frame: FrameType | None) -> None:
    del frame
    if os.getpid() != _command:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    _stopped_by.append(number)
    raise Terminated


def _interrupt(number: int, frame: FrameType | None) -> None:
    del frame
    _stopped_by.append(number)
    raise KeyboardInterrupt


_stopped_by: list[int] = []
"""The signals that stopped the command of this process."""
AGAIN_S = 0.01


def _again(ignored: sys.UnraisableHookArgs) -> None:
    """Python drops what is raised while an object is deleted or C calls back: a signal is then sent once more."""
    if not issubclass(ignored.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(ignored)
        return
    number = signal.SIGTERM if issubclass(ignored.exc_type, Terminated) else signal.SIGINT
    once_more = threading.Timer(AGAIN_S, os.kill, (os.getpid(), number))
    once_more.daemon = True
    once_more.start()


def _end(code: int) -> None:
    """End this process at once: objects that a compilation left half done are not deleted."""
    remove_unfinished()
    kernels = sys.modules.get("safetynets.kernel_cache")
    if kernels is not None and kernels.kernel_folder.cache_info().currsize:
        folder = kernels.kernel_folder()
        if folder.name.startswith("safetynets-kernels-"):  # the one that goes with this process
            shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _on_termination(handler: Any) -> Any:
    """Set what SIGTERM does and return what it did; only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        return None
    return signal.signal(signal.SIGTERM, signal.SIG_DFL if handler is None else handler)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="safetynets")
@click.option(
    "--config",
    envvar=VARIABLE,
    metavar="FILE",
    help="A file of defaults for the options of commands; 'none' uses none. By default safetynets.toml here, or "
    "safetynets/config.toml in ~/.config.",
)
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """Replay traffic through the ground-based safety nets MSAW, APM and APW. Not for operational use."""
    file = found_file(config)
    if file is not None and context.invoked_subcommand != "doctor":
        context.default_map = defaults(file, main)
        context.meta[USED_FILE] = str(file)


opens_page(run, replay, tune, compare, lead_time, evidence, monitor, dashboard, live)
opens_page(*(phraseology.commands[name] for name in ("compare", "listen", "new")))
opens_page(*(site.commands[name] for name in ("check", "polygons")))

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
    parameters,
    dashboard,
    monitor,
    live,
    doctor,
):
    main.add_command(common_options(command))
