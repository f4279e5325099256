"""The alerts of the STCA in a day of four million plots: `python -m benchmarks.pairs_of_a_day`.

The day is that of `benchmarks.swiss_day` as often as it takes, side by side at the same time, 120 NM apart: so many
terminal areas. One run after one of a tenth that compiles; beside it the other nets on the same plots.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.swiss_day import swiss_day
from safetynets.engine.follow import alerts_of
from safetynets.engine.pairs import PairTable
from safetynets.nets.stca import NET as STCA
from safetynets.sites import Site
from safetynets.tracks import Tracks, column_names
from safetynets.units import nm_to_m

PLOTS = 4_000_000
APART_NM = 120.0
THREADS = 2


def side_by_side(tracks: Tracks, plots: int) -> Tracks:
    """The tracks over and over at the same time, each time farther east and as other aircraft, up to so many plots."""
    times = -(-plots // len(tracks))
    columns = {name: np.tile(getattr(tracks, name), times)[:plots] for name in column_names("plot")}
    copy = np.repeat(np.arange(times), len(tracks))[:plots]
    columns["x_m"] += copy * nm_to_m(APART_NM)
    columns["track"] = (columns["track"] + copy * tracks.track_count).astype(np.int32)
    flights = {name: np.tile(getattr(tracks, name), times) for name in column_names("track")}
    for name in ("icao24", "callsign"):
        numbers = np.repeat(np.arange(times), tracks.track_count)
        flights[name] = np.array(
            [f"{word}{number}" for word, number in zip(flights[name], numbers, strict=True)], object
        )
    return Tracks.taking(columns, flights, tracks.plane)


def timed(what: str, function: Callable[[], Any]) -> Any:
    """Run it once and say how long it took."""
    begun_s, used_s = time.perf_counter(), time.process_time()
    result = function()
    passed_s, busy_s = time.perf_counter() - begun_s, time.process_time() - used_s
    sys.stdout.write(f"{what}: {passed_s:.1f} s, {busy_s:.1f} s of all cores together\n")
    return result


def only(site: Site) -> Site:
    """The site with the STCA alone."""
    others = dict.fromkeys(("MSAW", "APM", "APW"), "the benchmark")
    return replace(site, switched_on=frozenset({"STCA"}), switched_off=others)


def main() -> None:
    """Measure and say."""
    site, day = swiss_day()
    tracks = side_by_side(day, PLOTS)
    few = tracks.select(tracks.track < tracks.track_count // 10)
    with_stca = only(site)
    alerts_of(few, with_stca, THREADS)
    alerts_of(few, site, THREADS)
    sys.stdout.write(f"{len(tracks):,} plots of {tracks.track_count:,} tracks, {THREADS} threads\n")
    rows = timed("spatial join alone", lambda: PairTable(STCA.near(with_stca)).rows(tracks))
    sys.stdout.write(f"{len(rows.number):,} pairs, {len(rows.row):,} plots of pairs\n")
    alerts = timed("alerts of the STCA", lambda: alerts_of(tracks, with_stca, THREADS))
    sys.stdout.write(f"{len(alerts):,} alerts\n")
    timed("alerts of MSAW, APM and APW", lambda: alerts_of(tracks, site, THREADS))


if __name__ == "__main__":
    main()
