"""The shipped study of 2,000 parameter sets on 30 generated days, as a user runs it: seconds and memory."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from safetynets.evaluation.study.outcome import read_outcome

STUDY = "zurich-thirty-days"
EVERY_S = 0.5


@pytest.mark.parametrize("workers", [2])
def test_two_thousand_sets_on_thirty_days(benchmark, tmp_path, workers):
    """Generating the days, judging, comparing, explaining and the page; memory of all processes together."""
    out = tmp_path / "study"
    command = [sys.executable, "-m", "safetynets", "tune", STUDY, "--out", str(out), "--workers", str(workers)]
    peak_bytes = benchmark.pedantic(lambda: peak_of(command), rounds=1)
    outcome = read_outcome(out)
    benchmark.extra_info["sets"] = len(outcome.results)
    benchmark.extra_info["days"] = len(outcome.manifest["days"])
    benchmark.extra_info["plots"] = sum(day["plots"] for day in outcome.manifest["days"])
    benchmark.extra_info["peak_mb"] = round(peak_bytes / 1e6)
    assert peak_bytes < 4e9


def peak_of(command: list[str]) -> int:
    """Run a command; the most memory (bytes, resident) that it and all its processes held at once."""
    running = subprocess.Popen(command)
    peak = 0
    while running.poll() is None:
        peak = max(peak, resident_bytes(running.pid))
        time.sleep(EVERY_S)
    assert running.returncode == 0
    return peak


def resident_bytes(pid: int) -> int:
    """Resident bytes of a process and all below it; shared pages are counted in each, so it is rather too much."""
    total = 0
    try:
        main = psutil.Process(pid)
        for process in [main, *main.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total
