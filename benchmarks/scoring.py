"""How long `safetynets benchmark score` takes for 10,000 approaches, from the table on disk to the results page.

python -m benchmarks.scoring
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from safetynets.evaluation.benchmark.tables import (
    BENCHMARK,
    SITUATION_COLUMNS,
    SITUATIONS,
    write_csv,
    write_sums,
)

APPROACHES = 10_000


def main() -> None:
    """Write a made-up benchmark and a table of alerts, score them, and print the seconds."""
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / BENCHMARK).write_text("version = 1\n")
        must = random.random(APPROACHES) < 0.2
        rows = [
            dict(
                zip(
                    SITUATION_COLUMNS,
                    (f"F{n:05d}", "plots.parquet", "paris", "low on final", "train", "2024-01-01", "",
                     "must" if must[n] else "ordinary", 300.0, 400.0, 600.0),
                    strict=True,
                )
            )
            for n in range(APPROACHES)
        ]  # fmt: skip
        write_csv(folder / SITUATIONS, SITUATION_COLUMNS, rows)
        write_sums(folder)
        alerted = np.flatnonzero(must | (random.random(APPROACHES) < 0.05))
        table = folder / "mine.csv"
        told = [
            {"flight": f"F{n:05d}", "net": "APM", "start": 320, "end": 390, "score": random.random()} for n in alerted
        ]
        write_csv(table, ("flight", "net", "start", "end", "score"), told)
        began = perf_counter()
        command = [sys.executable, "-m", "safetynets", "benchmark", "score", str(folder), str(table)]
        ran = subprocess.run([*command, "--page", str(folder / "page.html"), "--json"], capture_output=True, check=True)
        took_s = perf_counter() - began
        found = json.loads(ran.stdout)["scores"]["mine"]["all"]
        load = os.getloadavg()[0]
        print(f"{APPROACHES:,} approaches, {len(alerted):,} alerts: {took_s:.1f} s, start to page; load {load:.1f}")
        print(f"detected at 1 nuisance alert per 1,000: {found['detected_at_1']}")


if __name__ == "__main__":
    main()
