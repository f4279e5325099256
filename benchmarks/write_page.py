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
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
STUDY = "benchmarks/test_study.py"
"""Takes as long as all the others together and has a command of its own."""
ELSEWHERE = (
    "",
    "## Measured by other commands",
    "",
    "- this tree against another revision, by turns in one run: `make bench-against REV=84c0623`;",
    "- the study of 2,000 parameter sets on thirty days: `python -m pytest benchmarks/test_study.py --benchmark-only`,",
    "  what it costs in [scale-out](scale-out.md);",
    "- the page of a run: `python -m benchmarks.replay_page`, in [the replay page](replay-page.md);",
    "- recordings to tracks, beside pandas and Arrow: `python -m benchmarks.reading`, in [tracks](tracks.md#speed);",
    "- ASTERIX to tracks, beside libasterix: `python -m benchmarks.asterix`, in [ASTERIX](asterix.md);",
    "- a move on the dashboard: `python -m benchmarks.dashboard RUN`, in [the dashboard](dashboard.md).",
)
SAID = {
    "test_reading": "reading the Parquet file",
    "test_cleaning": "cleaning",
    "test_msaw": "MSAW: every plot judged against terrain and obstacles",
    "test_apm": "APM: every plot judged, 14 approaches",
    "test_apw": "APW: every plot judged against the volumes of Zurich, the traffic moved there",
    "test_everything_from_eligibility_to_alerts": "everything: eligibility, all nets, lifecycle, arbitration",
}
TEN_MILLION = {
    "test_memory": "reading the six columns that every plot is judged by (bound of the memory)",
    "test_terrain_look_ahead": "terrain look-ahead: which plots could come below the floor",
    "test_msaw_with_lifecycle": "MSAW alone, with lifecycle: its alerts",
    "test_all_nets_with_lifecycle": "all three nets, with lifecycle and arbitration: the alerts",
    "test_every_plot_judged": "the same alerts with every plot judged (`judge`), one day",
    "test_plain_numpy_look_ahead": "terrain look-ahead in plain numpy (`benchmarks/plain_numpy.py`)",
}


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.json"
        command = [sys.executable, "-m", "pytest", "benchmarks", "--benchmark-only", f"--benchmark-json={results}"]
        subprocess.run([*command, f"--ignore={STUDY}", "--quiet"], cwd=ROOT, check=True)
        measured = json.loads(results.read_text(encoding="utf-8"))["benchmarks"]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`: medians of rounds after one that warms up, in one process, on three hours of",
        "real Paris traffic as received. Figures of one machine, to be compared with others of the same machine only.",
        "",
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"numpy {version('numpy')}, numba {version('numba')}.",
        "",
        "| what | plots | seconds | plots a second |",
        "| --- | --- | --- | --- |",
    ]
    by_name = {one["name"]: one for one in measured}
    for name, what in SAID.items():
        plots, median_s = _plots_and_median_s(by_name[name])
        lines.append(f"| {what} | {plots:,} | {median_s:.3f} | {plots / median_s:,.0f} |")
    lines += [*ten_million_lines(by_name), *judging_lines(by_name["test_judging"]), *ELSEWHERE]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


def _plots_and_median_s(one: dict[str, Any]) -> tuple[int, float]:
    return one["extra_info"]["plots"], one["stats"]["median"]


def ten_million_lines(by_name: dict[str, dict[str, Any]]) -> list[str]:
    """The table of what is done with ten million plots, with the ratios of this one run."""
    rates = {name: plots / s for name in TEN_MILLION for plots, s in [_plots_and_median_s(by_name[name])]}
    memory, numpy = rates["test_memory"], rates["test_plain_numpy_look_ahead"]
    lines = [
        "",
        "## Ten million plots",
        "",
        "A generated day of Zurich of 1,500 movements, 2 % of the arrivals with a fault, a plot every 4 s, repeated a",
        "day later and as other flights until there are ten million plots (`benchmarks/swiss_day.py`); two threads.",
        "Medians of 25 rounds, and the quickest of them: on a shared machine they differ. The ratios are of this run.",
        "",
        "| what | plots | seconds | million plots a second | quickest | of the memory's bound | times plain numpy |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, what in TEN_MILLION.items():
        plots, median_s = _plots_and_median_s(by_name[name])
        rate = rates[name]
        quickest = plots / by_name[name]["stats"]["min"]
        lines.append(
            f"| {what} | {plots:,} | {median_s:.3f} | {rate / 1e6:,.1f} | {quickest / 1e6:,.1f} "
            f"| {rate / memory:.1%} | {rate / numpy:,.1f} |"
        )
    facts = by_name["test_all_nets_with_lifecycle"]["extra_info"]
    found = by_name["test_terrain_look_ahead"]["extra_info"]["found"]
    lines += [
        "",
        f"{facts['alerts']:,} alerts, in columns; to make an `Alert` of each takes {facts['objects_s']:.3f} s more. "
        f"{found:,} plots are left by the",
        "look-ahead for the exact judgement. That the alerts are those of every plot judged is asserted in the same",
        "run, field by field, for the day.",
    ]
    return lines


def judging_lines(one: dict[str, Any]) -> list[str]:
    """What judging many parameter sets on the same ten million plots takes."""
    facts, judged_s = one["extra_info"], one["stats"]["median"]
    plots, kept = facts["plots"], facts["bytes"] / facts["plots"]
    return [
        "",
        "## Many parameter sets",
        "",
        f"{facts['sets']:,} parameter sets of twelve parameters, a Latin hypercube, on {plots:,} plots of",
        "generated days: "
        f"{facts['prepared_s']:.1f} s to prepare, then {judged_s:.1f} s to judge on two threads "
        f"({facts['cpu_s']:.1f} s of processor time),",
        f"the median of three rounds; the quickest took {one['stats']['min']:.1f} s.",
        f"{kept:.1f} bytes a plot are kept beside the tracks. Some sets are judged in full runs as well, and the",
        "alerts are the same in every column ([judging](judging.md)).",
    ]


if __name__ == "__main__":
    main()
