"""Damaged inputs by the million: forked workers, limited in memory and time, read them and must refuse or accept."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from types import FrameType

from safetynets.errors import SafetynetsError
from tests.attack.damage import damaged
from tests.attack.seeds import Kind

LONGEST_S = 10.0
"""Of processor time: how long an input waits on a busy machine says nothing about it."""
MOST_BYTES = 1_000_000_000
BATCH_S = 2.0
"""Processor time of a batch, so that readers that are quick get more inputs than those that load a place."""
MOST_IN_A_BATCH = 4000


class Hangs(BaseException):
    """An input that took longer than it may."""


@dataclass
class Findings:
    """What came of the inputs: how many of each kind were tried, accepted and refused, and what must not happen."""

    tried: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    most_bytes: int = 0

    def add(self, kind: str, told: tuple[int, int, float, int, list[str]]) -> None:
        tried, accepted, slowest_s, most_bytes, faults = told
        self.tried[kind] += tried
        self.accepted[kind] += accepted
        self.slowest_s, self.most_bytes = max(self.slowest_s, slowest_s), max(self.most_bytes, most_bytes)
        self.faults += faults


def attack(kinds: list[Kind], inputs: int, seed: int, workers: int, keep: Path | None) -> Findings:
    """Try so many inputs of all kinds by turns; what a fault was found with is kept in a folder."""
    findings = Findings()
    running: dict[Connection, tuple[int, int]] = {}
    turn = 0
    while running or findings.tried.total() < inputs:
        while len(running) < workers and findings.tried.total() < inputs:
            kind = turn % len(kinds)
            receives, sends = Pipe(duplex=False)
            process = os.fork()
            if process == 0:
                receives.close()
                _work(kinds[kind], f"{seed}/{kind}/{turn // len(kinds)}", sends, keep)
            sends.close()
            running[receives] = process, kind
            turn += 1
        for ready in wait(list(running), timeout=5.0):
            assert isinstance(ready, Connection)
            process, kind = running.pop(ready)
            try:
                findings.add(kinds[kind].name, ready.recv())
            except EOFError:
                findings.faults.append(f"{kinds[kind].name}: a worker died")
            ready.close()
            os.waitpid(process, 0)
    return findings


def _work(kind: Kind, seed: str, sends: Connection, keep: Path | None) -> None:
    """Read one batch in this process, tell what came of it, and end."""
    _in_a_fork(kind, seed, sends, lambda folder, base: _batch(kind, Random(seed), folder, keep, base, seed))


def _in_a_fork(
    kind: Kind,
    name: str,
    sends: Connection,
    work: Callable[[Path, int], tuple[int, int, float, int, list[str]]],
) -> None:
    """Work under the limits, tell what came of it, and end this process."""
    code = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        warnings.simplefilter("ignore")
        signal.signal(signal.SIGPROF, _hangs)
        base = _resident()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_virtual() + 2 * MOST_BYTES, hard))
        with tempfile.TemporaryDirectory(prefix="attack-") as folder:
            sends.send(work(Path(folder), base))
        code = 0
    except BaseException:
        with contextlib.suppress(Exception):
            sends.send((0, 0, 0.0, 0, [f"{kind.name}, {name}: {traceback.format_exc()[-600:]}"]))
    finally:
        os._exit(code)


def _batch(
    kind: Kind, random: Random, folder: Path, keep: Path | None, base: int, seed: str
) -> tuple[int, int, float, int, list[str]]:
    tried, accepted, slowest_s, faults = 0, 0, 0.0, []
    started = time.process_time()
    beside = _neighbours(kind, folder)
    while tried < MOST_IN_A_BATCH and time.process_time() - started < BATCH_S:
        content = damaged(random.choice(kind.seeds), random.choice(kind.seeds), random)
        took_s, fault = _read(kind, beside / kind.file, content)
        accepted += fault is None
        slowest_s = max(slowest_s, took_s)
        if fault:
            faults.append(f"{kind.name}, batch {seed}, input {tried}: {fault}")
            _keep(keep, f"{seed.replace('/', '-')}-{tried}-{kind.file}", content)
        tried += 1
    most = _resident() - base
    if most > MOST_BYTES:
        faults.append(f"{kind.name}, batch {seed}: {most / 1e9:.1f} GB")
    return tried, accepted, slowest_s, most, faults


def _read(kind: Kind, file: Path, content: bytes) -> tuple[float, str | None]:
    """How long reading took, and None where it was accepted, an empty text where it was refused, else the fault."""
    file.write_bytes(content)
    began, fault = time.process_time(), ""
    try:
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        try:
            kind.read(file)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
        return time.process_time() - began, None
    except SafetynetsError as error:
        fault = "" if str(error).strip() else "refused without a word"
    except Hangs:
        fault = f"took longer than {LONGEST_S:g} s"
    except BaseException:
        fault = "traceback: " + traceback.format_exc(limit=-4)[-700:].replace("\n", " | ")
    return time.process_time() - began, fault


def _keep(keep: Path | None, name: str, content: bytes) -> None:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / name).write_bytes(content)


def try_each(kind: Kind, contents: dict[str, bytes], findings: Findings, keep: Path | None) -> None:
    """Read each of some contents in a process of its own."""
    for name, content in contents.items():
        receives, sends = Pipe(duplex=False)
        process = os.fork()
        if process == 0:
            receives.close()
            _in_a_fork(
                kind,
                name,
                sends,
                lambda folder, base, content=content, name=name: _one(kind, name, content, folder, base),
            )
        sends.close()
        try:
            findings.add(kind.name, receives.recv())
        except EOFError:
            findings.faults.append(f"{kind.name}, {name}: the process died")
        receives.close()
        os.waitpid(process, 0)
        if findings.faults:
            _keep(keep, f"{name}-{kind.file}", content)


def _one(kind: Kind, name: str, content: bytes, folder: Path, base: int) -> tuple[int, int, float, int, list[str]]:
    took_s, fault = _read(kind, _neighbours(kind, folder) / kind.file, content)
    most = _resident() - base
    faults = [f"{kind.name}, {name}: {fault}"] if fault else []
    if most > MOST_BYTES:
        faults.append(f"{kind.name}, {name}: {most / 1e9:.1f} GB")
    return 1, int(fault is None), took_s, most, faults


def _neighbours(kind: Kind, folder: Path) -> Path:
    """The folder in which the file stands: for some kinds beside whole files."""
    for beside in kind.beside:
        if beside.is_file():
            (folder / beside.name).symlink_to(beside)
    return folder


def _hangs(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Hangs


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _virtual() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
