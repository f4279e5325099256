"""One round of measurements of one revision, in a process of its own; `benchmarks.against` starts it.

    PYTHONPATH=TREE python -P benchmarks/revision_round.py DAY.parquet PLOTS SETS

Prints the seconds of each measure as JSON. This file is of the present checkout, the package it measures is that of the
tree: whatever the two call differently stands in `ENTRY_POINTS`, and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numba import njit
from scipy.stats import qmc

SITE, QNH_HPA, THREADS = "zurich", 1013, 2
DAY_S = 86_400.0
REPEATS = 5
COLUMNS = ("x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft", "vertical_rate_fpm")
ENTRY_POINTS = {
    "alerts_of": (
        "safetynets.engine.replay:alerts_of",
        "safetynets.engine:alerts_of",
        "safetynets.engine.follow:alerts_of",
        "safetynets.nets.sieve:alerts_of",
    ),
    "prepare": ("safetynets.evaluation.judging:prepare", "safetynets.engine.study:prepare"),
    "range_of": ("safetynets.evaluation.ranges:range_of",),
    "read_tracks": ("safetynets.recordings:read_tracks", "safetynets.tracks:read_tracks"),
    "load_site": ("safetynets.sites:load_site",),
    "Tracks": ("safetynets.tracks:Tracks",),
    "column_names": ("safetynets.tracks:column_names",),
}
"""Where each thing is found, the newest place first."""

STUDY = {
    "msaw.terrain_clearance_ft": (300.0, 800.0),
    "msaw.below_minimum_ft": (0.0, 300.0),
    "msaw.look_ahead_s": (20.0, 60.0),
    "msaw.predicted_m": (1, 3),
    "msaw.predicted_n": (3, 5),
    "msaw.hysteresis_ft": (0.0, 100.0),
    "msaw.clear_n": (1, 4),
    "apm.below_ft": (100.0, 300.0),
    "apm.look_ahead_s": (5.0, 25.0),
    "apm.predicted_m": (1, 3),
    "apw.look_ahead_s": (20.0, 80.0),
    "apw.warning_time_s": (20.0, 80.0),
}
"""The study that is prepared and judged, here and in `benchmarks/test_judging.py`."""


def entry_point(name: str) -> Any:
    """What this revision has under one of its names."""
    for place in ENTRY_POINTS[name]:
        module, _, attribute = place.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except (ImportError, AttributeError):
            continue
    raise SystemExit(f"{name}: in none of {', '.join(ENTRY_POINTS[name])}; write its present place into {__file__}")


def seconds(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """The median time of some repeats after one that warms up, and what the last returned."""
    found = work()
    taken = []
    for _ in range(repeats):
        start_s = perf_counter()
        found = work()
        taken.append(perf_counter() - start_s)
    return statistics.median(taken), found


@njit(nogil=True)
def _sum(a, b, c, d, e, f):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(len(a)):
        total += a[i] + b[i] + c[i] + d[i] + e[i] + f[i]
    return total


def read_once(tracks: Any) -> None:
    """Read the six columns that every plot is judged by, on all threads: the bound of the memory."""
    columns = [getattr(tracks, name) for name in COLUMNS]
    parts = np.linspace(0, len(tracks), THREADS + 1).astype(int)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda span: _sum(*(column[slice(*span)] for column in columns)), pairwise(parts)))


def repeated(tracks: Any, plots: int) -> Any:
    """The tracks over and over, each time a day later and as other tracks, cut off after so many plots."""
    times = -(-plots // len(tracks))
    names = entry_point("column_names")
    columns = {name: np.tile(getattr(tracks, name), times)[:plots] for name in names("plot")}
    copy = np.repeat(np.arange(times), len(tracks))[:plots]
    columns["time_s"] += copy * DAY_S
    columns["track"] = (columns["track"] + copy * tracks.track_count).astype(np.int32)
    flights = {name: np.tile(getattr(tracks, name), times) for name in names("track")}
    return entry_point("Tracks").taking(columns, flights, tracks.plane)


def sets_of(ranges: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Parameter sets drawn as a Latin hypercube from the ranges."""
    shares = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(1)).random(count)
    return [{key: one.value_at(share) for (key, one), share in zip(ranges.items(), row, strict=True)} for row in shares]


def main(day: str, plots: int, sets: int) -> None:
    """Measure and print."""
    site = entry_point("load_site")(SITE, {"pressure_regions.*.qnh_hpa": QNH_HPA})
    one_day = entry_point("read_tracks")(day).tracks.on_plane(site.plane)
    tracks = repeated(one_day, plots)
    alerts_of, prepare = entry_point("alerts_of"), entry_point("prepare")
    alone = replace(site, approaches=(), volumes=())
    measured = {
        "memory": seconds(lambda: read_once(tracks))[0],
        "msaw": seconds(lambda: alerts_of(tracks, alone, THREADS))[0],
    }
    measured["all_nets"], alerts = seconds(lambda: alerts_of(tracks, site, THREADS))
    ranges = {key: entry_point("range_of")(site, key, low=low, high=high) for key, (low, high) in STUDY.items()}
    drawn = sets_of(ranges, sets)
    prepare(one_day.select(slice(0, 1)), site, ranges).judge_many(drawn[:2], THREADS)  # compiling is not preparing
    start_s = perf_counter()
    prepared = prepare(tracks, site, ranges)
    measured["prepare"] = perf_counter() - start_s
    prepared.judge_many(drawn[:4], THREADS)
    start_s = perf_counter()
    judged = prepared.judge_many(drawn, THREADS)
    measured["judge"] = perf_counter() - start_s
    found = [(len(one), float(np.nansum(one.start_s)), float(np.nansum(one.end_s))) for one in judged]
    facts = {
        "alerts": len(alerts),
        "judged": hashlib.sha256(repr(found).encode()).hexdigest()[:12],
    }
    print(json.dumps({"seconds": measured, "facts": facts}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
