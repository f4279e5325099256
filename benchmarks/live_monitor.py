"""A live monitor in a process of its own, started as a user starts it, and what it says of itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Monitored:
    """A monitor that runs: its process, the address of its page, its folder, and the file of what it prints."""

    process: int
    page: str
    folder: Path
    printed: Path

    def facts(self) -> dict[str, float]:
        """The counters that it serves."""
        with urllib.request.urlopen(f"{self.page}metrics", timeout=60) as answer:
            lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def count(self, what: str) -> int:
        """One of its counters."""
        return int(self.facts().get(f'safetynets_count{{what="{what}"}}', 0))

    def look(self) -> dict[str, Any]:
        """Load what the page shows, as a browser does once a second."""
        with urllib.request.urlopen(f"{self.page}now", timeout=60) as answer:
            now: dict[str, Any] = json.loads(answer.read())
        return now

    def memory_mb(self) -> float:
        """Resident memory (MB)."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_s(self) -> float:
        """The time of all cores that it has used (s)."""
        ticks = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def monitored(site: str, listen: tuple[str, int], *options: str) -> Iterator[Monitored]:
    """A monitor that listens; stopped in order and its folder removed in the end."""
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "printed"
        command = [sys.executable, "-u", "-m", "safetynets", "live", "--site", site, "--page", "0", *options]
        command += ["--listen", f"{listen[0]}:{listen[1]}", "--out", f"{folder}/live"]
        with printed.open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            while "listening" not in (said := printed.read_text()):
                if process.poll() is not None:
                    sys.exit(f"the monitor ended: {said}")
                time.sleep(0.1)
            page = next(line for line in said.splitlines() if line.startswith("The page is at")).split()[-1]
            yield Monitored(process.pid, page, Path(folder) / "live", printed)
        finally:
            process.terminate()
            process.wait()


def first_and_last(values: list[float], at_most: int) -> list[float]:
    """The median of the first and of the last so many values, or of each half."""
    some = max(1, min(at_most, len(values) // 2))
    return [round(sorted(part)[len(part) // 2], 1) for part in (values[:some], values[-some:])]
