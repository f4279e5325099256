"""The speed of the present tree against that of another revision, in one run.

    make bench-against REV=84c0623
    python -m benchmarks.against REV [--rounds N] [--plots N] [--sets N]

Both are measured by turns on the same data in the same environment, each round in a process of its own. What is
printed are the medians, the ratio (above 1 is quicker than REV), and what of the memory's bound the nets reach. The
first round of each revision compiles its kernels and is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import pyarrow.parquet as pq

from benchmarks.swiss_day import swiss_day
from safetynets.recordings.parquet_file import write_parquet

ROOT = Path(__file__).parents[1]
ROUND = ROOT / "benchmarks" / "revision_round.py"
DEMO = ("run", "paris-wrong-qnh")
MEASURES = {
    "memory": "reading the six columns that every plot is judged by (bound of the memory)",
    "all_nets": "all nets with lifecycle: the alerts",
    "msaw": "MSAW alone, with lifecycle: its alerts",
    "prepare": "preparing a study of twelve parameters",
    "judge": "judging its parameter sets",
    "demo": "the demo, warm: the whole process",
}


@contextmanager
def worktree(revision: str) -> Iterator[Path]:
    """The tree of a revision in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="against-") as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(tree), revision], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def started(tree: Path, *arguments: str) -> str:
    """What a Python process prints to which the package is that of a tree."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=tree, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def columns_since(tree: Path) -> set[str]:
    """The columns of tracks that this checkout has and the other revision does not know."""
    asked = "from safetynets.tracks import column_names; print(*column_names('plot'), *column_names('track'))"
    return set(started(ROOT, "-c", asked).split()) - set(started(tree, "-c", asked).split())


def one_round(tree: Path, day: Path, plots: int, sets: int) -> dict[str, Any]:
    """Seconds and facts of one round of one tree."""
    measured: dict[str, Any] = json.loads(started(tree, str(ROUND), str(day), str(plots), str(sets)))
    with tempfile.TemporaryDirectory() as folder:
        start_s = perf_counter()
        started(tree, "-m", "safetynets", *DEMO, "--out", f"{folder}/demo")
        measured["seconds"]["demo"] = perf_counter() - start_s
    return measured


def table(revision: str, then: list[dict[str, Any]], now: list[dict[str, Any]], plots: int, sets: int) -> str:
    """The medians of both, and what they say of each other."""
    medians = [
        {name: statistics.median(one["seconds"][name] for one in rounds) for name in MEASURES} for rounds in (then, now)
    ]
    lines = [
        f"{plots:,} plots, {sets:,} parameter sets, {len(now)} rounds each by turns; seconds, medians of the rounds",
        "",
        f"| what | {revision} | this tree | ratio | of the memory's bound |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, what in MEASURES.items():
        before_s, after_s = (one[name] for one in medians)
        share = f"{medians[1]['memory'] / after_s:.1%}" if name in ("memory", "all_nets", "msaw") else ""
        lines.append(f"| {what} | {before_s:.3f} | {after_s:.3f} | {before_s / after_s:.2f} | {share} |")
    facts = [{json.dumps(one["facts"], sort_keys=True) for one in rounds} for rounds in (then, now)]
    same = "find the same alerts" if facts[0] == facts[1] else f"DIFFER in their alerts: {facts[0]} and {facts[1]}"
    return "\n".join([*lines, "", f"Both revisions {same}, with the parameters of the site and in the study."])


def main() -> None:
    """Measure by turns and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision", metavar="REV", help="what git knows: a commit, a tag, a branch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plots", type=int, default=10_000_000)
    parser.add_argument("--sets", type=int, default=1000)
    given = parser.parse_args()
    with worktree(given.revision) as tree, tempfile.TemporaryDirectory() as folder:
        day = Path(folder) / "day.parquet"
        write_parquet(swiss_day()[1], day)
        of_both = pq.read_table(day)
        pq.write_table(of_both.drop_columns(sorted(columns_since(tree) & set(of_both.column_names))), day)
        rounds: dict[Path, list[dict[str, Any]]] = {tree: [], ROOT: []}
        for which in range(given.rounds + 1):
            for one, measured in rounds.items():
                sizes = (given.plots, given.sets) if which else (1000, 4)
                print(f"round {which} of {given.rounds}: {one.name}", file=sys.stderr, flush=True)
                measured.append(one_round(one, day, *sizes))
        then, now = (measured[1:] for measured in rounds.values())
        print(table(given.revision, then, now, given.plots, given.sets))


if __name__ == "__main__":
    main()
