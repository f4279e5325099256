"""Commands that are killed, write at once or meet a full disk: in place is the old or the new, whole, or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from safetynets.cli import main

TRACEBACK = 70
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


@dataclass
class Results:
    """What was done to the commands, and what must not be."""

    kills: int = 0
    together: int = 0
    full: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, told: str) -> None:
        """Note what must not happen, and print it at once."""
        self.faults.append(told)
        print(f"  FAULT {told[:900]}", flush=True)


def spawn(arguments: list[str], said: Path, limit: Callable[[], None] | None = None) -> int:
    """Run a command in a fork of this process, which has everything imported; its number. It speaks to a file."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        spoken = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        os.dup2(spoken, 1)
        os.dup2(spoken, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the attack runs in the background
        os.setsid()
        if limit is not None:
            limit()
        main(arguments, standalone_mode=True)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    except BaseException:
        traceback.print_exc()
        code = TRACEBACK
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)


def ended(process: int, said: Path) -> int:
    """How a command ended: its exit code, negative for a signal; `TRACEBACK` where it printed one."""
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    told = said.read_bytes() if said.is_file() else b""
    return TRACEBACK if any(word in told for word in (b"Traceback", b"Exception ignored")) else code


def told_last(said: Path) -> str:
    """The last of what a command said."""
    return said.read_text(encoding="utf-8", errors="replace")[-500:].replace("\n", " | ")


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its content."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def kill(name: str, arguments: list[str], out: Path, kills: int, random: Random, results: Results) -> None:
    """Kill a command at random moments, with nothing in place and with an old result; then let one finish."""
    said = out.parent.with_suffix(".txt")
    lasts_s = 0.0
    for _ in range(2):  # the first run may compile; moments are drawn from how long the second takes
        shutil.rmtree(out, ignore_errors=True)
        began = time.monotonic()
        if ended(spawn([*arguments, "--out", str(out)], said), said) != 0:
            results.fault(f"{name}: does not run")
            return
        lasts_s = time.monotonic() - began
    whole = contents(out)
    resumes = name == "tune"
    for number in range(kills):
        if number % 2 == 0 or resumes:
            shutil.rmtree(out, ignore_errors=True)
        there = out.exists()
        process = spawn([*arguments, "--out", str(out)], said)
        time.sleep(random.uniform(0.0, 1.1 * lasts_s))
        sent = SIGNALS[number % len(SIGNALS)]
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, sent)
        code = ended(process, said)
        results.kills += 1
        if code not in (-sent, 0, 128 + sent):
            results.fault(f"{name}, kill {number} by {sent.name}: exit {code}: {told_last(said)}")
        if resumes:
            part = contents(out) if out.exists() else {}
            wrong = [file for file, told in part.items() if file in whole and told != whole[file]]
            if wrong:
                results.fault(f"{name}, kill {number}: {wrong[0]} is neither whole nor absent")
            continue
        if out.exists() and contents(out) != whole:
            results.fault(f"{name}, kill {number} by {sent.name}: what is in place is not whole")
        if there and not out.exists():
            results.fault(f"{name}, kill {number}: the old result is gone")
        left = [each.name for each in out.parent.iterdir() if f"-{process}-" in each.name]
        if left and sent != signal.SIGKILL:  # what a SIGKILL before left is removed by the next run that gets so far
            results.fault(f"{name}, kill {number} by {sent.name}: left {left[0]}")
    if ended(spawn([*arguments, "--out", str(out)], said), said) != 0:
        results.fault(f"{name}: does not run after the kills")
    elif contents(out) != whole:
        results.fault(f"{name}: other bytes after the kills")
    left = [each.name for each in out.parent.iterdir() if each != out]
    if left:
        results.fault(f"{name}: {left[0]} is left after the next run")


def two_writers(name: str, arguments: list[str], out: Path, times: int, results: Results) -> None:
    """Two processes write one result at once."""
    whole = contents(out)
    for number in range(times):
        shutil.rmtree(out, ignore_errors=True)
        files = [out.parent.with_suffix(f".{writer}.txt") for writer in range(2)]
        pair = [spawn([*arguments, "--out", str(out)], file) for file in files]
        codes = [ended(one, file) for one, file in zip(pair, files, strict=True)]
        results.together += 1
        if TRACEBACK in codes or 0 not in codes or contents(out) != whole:
            results.fault(f"{name}, two writers, time {number}: exit {codes}")


def full_disk(name: str, arguments: list[str], out: Path, random: Random, times: int, results: Results) -> None:
    """No file may grow beyond a size, as on a disk that is full."""
    said = Path(os.devnull)
    for number in range(times):
        shutil.rmtree(out, ignore_errors=True)
        largest = random.choice((0, 1, 1000, 20_000, 200_000))

        def limit(largest: int = largest) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        code = ended(spawn([*arguments, "--out", str(out)], said, limit), said)
        results.full += 1
        if code not in (0, 2) or (code == 2 and out.exists() and name != "tune"):
            results.fault(f"{name}, disk full at {largest} bytes, time {number}: exit {code}")


def attack(folder: Path, kills: int, seed: int) -> Results:
    """Kill `run`, `replay` and `tune` so many times in all, and the rest."""
    random, results = Random(seed), Results()
    root = Path(__file__).parents[2] / "scenarios"
    recording = root / "data" / "zurich-dlh4tr-2019-11-11.parquet"
    study = folder / "small.toml"
    study.write_text(_STUDY.replace("FILE", str(recording)), encoding="utf-8")
    commands = {
        "run": ["run", "geneva-mva", "--set", "terrain.cell_m=1000"],
        "replay": ["replay", str(recording), "--site", "zurich", "--qnh-hpa", "1009"],
        "tune": ["tune", str(study)],
    }
    for number, (name, arguments) in enumerate(commands.items()):
        share = kills // len(commands) + (number < kills % len(commands))
        (folder / name).mkdir()
        out = folder / name / "out"
        kill(name, arguments, out, share, random, results)
        if name != "tune":
            two_writers(name, arguments, out, 3, results)
        full_disk(name, arguments, out, random, 5, results)
        print(f"  {name}: {share} kills tried, {len(results.faults)} differences so far", flush=True)
    return results


_STUDY = """name = "small"
title = "A small study to be killed"
site = "zurich"
objectives = ["nuisance_share", "missed_share"]
design = { method = "grid" }

[traffic]
files = ["FILE"]
source = "a shipped recording"
qnh_hpa = 1009

[ranges]
"apm.below_ft" = { low = 100, high = 300, steps = 3 }
"""
