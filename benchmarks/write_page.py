"""Run the benchmarks and write docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
SAID = {
    "test_reading": "reading the Parquet file",
    "test_cleaning": "cleaning",
    "test_msaw": "MSAW: conflicts against terrain and obstacles",
    "test_apm": "APM: joining and conflicts with 14 approaches",
    "test_apw": "APW: conflicts with the volumes of Zurich, the traffic moved there",
    "test_everything_from_eligibility_to_alerts": "everything: eligibility, all nets, lifecycle, arbitration",
}


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.json"
        command = [sys.executable, "-m", "pytest", "benchmarks", "--benchmark-only", f"--benchmark-json={results}"]
        subprocess.run([*command, "--quiet"], cwd=ROOT, check=True)
        measured = json.loads(results.read_text(encoding="utf-8"))["benchmarks"]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`: medians of five rounds after one that warms up, in one process, on three hours of",
        "real Paris traffic as received. Figures of one machine, to be compared with others of the same machine only.",
        "",
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"numpy {version('numpy')}, numba {version('numba')}.",
        "",
        "| what | plots | seconds | plots a second |",
        "| --- | --- | --- | --- |",
    ]
    for one in measured:
        plots, median_s = one["extra_info"]["plots"], one["stats"]["median"]
        lines.append(f"| {SAID[one['name']]} | {plots:,} | {median_s:.3f} | {plots / median_s:,.0f} |")
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
