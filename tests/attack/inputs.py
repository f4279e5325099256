"""Damaged inputs by the million: forked workers, limited in memory and time, read them and must refuse or accept."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
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
BATCH_S = 1.0
"""Processor time of a batch, so that readers that are quick get more inputs than those that load a place."""
MOST_IN_A_BATCH = 4000
EVERY_S = 60.0
"""How often a word is said."""
LONGEST_ALIVE_S = 900.0
"""A process that lives longer sleeps: its processor time is limited."""


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
        """Add what came of a batch, and print what must not happen at once."""
        tried, accepted, slowest_s, most_bytes, faults = told
        for fault in faults:
            print(f"  FAULT {fault[:900]}", flush=True)
        self.tried[kind] += tried
        self.accepted[kind] += accepted
        self.slowest_s, self.most_bytes = max(self.slowest_s, slowest_s), max(self.most_bytes, most_bytes)
        self.faults += faults


def attack(kinds: list[Kind], inputs: int, longest_s: float, seed: int, workers: int, keep: Path | None) -> Findings:
    """Try so many inputs of all kinds by turns, for so long at most; keep what a fault was found with."""
    findings = Findings()
    running: set[_Worker] = set()
    turn, began = 0, time.monotonic()
    next_word = began + EVERY_S

    def goes_on() -> bool:
        return findings.tried.total() < inputs and time.monotonic() - began < longest_s

    while running or goes_on():
        while len(running) < workers and goes_on():
            kind = turn % len(kinds)
            batch = f"{seed}/{kind}/{turn // len(kinds)}"
            work = partial(_batch, kinds[kind], Random(batch), keep=keep, seed=batch)
            running.add(_Worker(kinds[kind], batch, work))
            turn += 1
        for ready in wait([worker.receives for worker in running], timeout=5.0):
            worker = next(each for each in running if each.receives is ready)
            running.remove(worker)
            findings.add(worker.kind.name, worker.told(keep))
        for worker in running:
            worker.look()
        if time.monotonic() > next_word:
            next_word += EVERY_S
            rate = findings.tried.total() / (time.monotonic() - began)
            print(
                f"  {findings.tried.total():,} inputs tried, {rate:.0f} a second, {len(findings.faults)} faults",
                flush=True,
            )
    return findings


class _Worker:
    """A forked process that reads inputs; what it is reading when it dies stays in its folder."""

    def __init__(
        self, kind: Kind, name: str, work: Callable[[Path, int], tuple[int, int, float, int, list[str]]]
    ) -> None:
        self.kind, self.name = kind, name
        self.folder = Path(tempfile.mkdtemp(prefix="attack-"))
        self.receives, sends = Pipe(duplex=False)
        self.kill_at = time.monotonic() + LONGEST_ALIVE_S
        self.process = os.fork()
        if self.process == 0:
            self.receives.close()
            _in_a_fork(kind, name, sends, self.folder, work)
        sends.close()

    def look(self) -> None:
        """Kill the process where it sleeps for ever."""
        if time.monotonic() > self.kill_at:
            os.kill(self.process, signal.SIGKILL)

    def told(self, keep: Path | None) -> tuple[int, int, float, int, list[str]]:
        """What it tells at its end; that it died is a fault, and what it was reading is kept."""
        try:
            told = self.receives.recv()
        except EOFError:
            told = 0, 0, 0.0, 0, []
        self.receives.close()
        ended = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        if ended:
            told[-1].append(f"{self.kind.name}, {self.name}: the process ended with {ended}")
            if (self.folder / self.kind.file).is_file():
                _keep(
                    keep,
                    f"{self.name.replace('/', '-')}-died-{self.kind.file}",
                    (self.folder / self.kind.file).read_bytes(),
                )
        shutil.rmtree(self.folder, ignore_errors=True)
        return told


def _in_a_fork(
    kind: Kind,
    name: str,
    sends: Connection,
    folder: Path,
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
        spent_s = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
        resource.setrlimit(resource.RLIMIT_CPU, (spent_s + int(BATCH_S + 3 * LONGEST_S), resource.RLIM_INFINITY))
        sends.send(work(folder, base))
        code = 0
    except BaseException:
        with contextlib.suppress(Exception):
            sends.send((0, 0, 0.0, 0, [f"{kind.name}, {name}: {traceback.format_exc()[-600:]}"]))
            code = 0
    finally:
        os._exit(code)


def _batch(
    kind: Kind, random: Random, folder: Path, base: int, *, keep: Path | None, seed: str
) -> tuple[int, int, float, int, list[str]]:
    tried, accepted, slowest_s, most, faults = 0, 0, 0.0, 0, []
    started = time.process_time()
    beside = _neighbours(kind, folder)
    while tried < MOST_IN_A_BATCH and time.process_time() - started < BATCH_S and most <= MOST_BYTES:
        content = damaged(random.choice(kind.seeds), random.choice(kind.seeds), random)
        took_s, fault = _read(kind, beside / kind.file, content)
        accepted += fault is None
        slowest_s = max(slowest_s, took_s)
        most = _resident() - base
        if most > MOST_BYTES:
            fault = f"{most / 1e9:.1f} GB of memory"
        if fault:
            faults.append(f"{kind.name}, batch {seed}, input {tried}: {fault}")
            _keep(keep, f"{seed.replace('/', '-')}-{tried}-{kind.file}", content)
        tried += 1
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


def warm(kinds: list[Kind]) -> None:
    """Read each whole file once, so that no forked process imports or compiles what all of them need."""
    with tempfile.TemporaryDirectory(prefix="attack-") as made:
        for number, kind in enumerate(kinds):
            folder = Path(made) / str(number)
            folder.mkdir()
            file = _neighbours(kind, folder) / kind.file
            for seed in kind.seeds:
                file.write_bytes(seed)
                with contextlib.suppress(SafetynetsError), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    kind.read(file)


def try_each(kind: Kind, contents: dict[str, bytes], findings: Findings, keep: Path | None) -> None:
    """Read each of some contents in a process of its own."""
    for name, content in contents.items():
        before = len(findings.faults)
        worker = _Worker(kind, name, partial(_one, kind, name, content))
        while not worker.receives.poll(5.0):
            worker.look()
        findings.add(kind.name, worker.told(keep))
        if len(findings.faults) > before:
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
