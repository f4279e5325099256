"""How fast recordings become tracks: `python -m benchmarks.reading [PLOTS]`, beside pandas in the same run.

The recording is made: 3,000 aircraft under way for two hours, a plot every 4 s, in the order of time as a surveillance
system writes it and aircraft by aircraft as an archive does; the columns and names are those of `traffic`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from safetynets.recordings import read_tracks, write_parquet
from safetynets.tracks import clean, derive

AIRCRAFT = 3000
UPDATE_S = 4
PLOTS = 4_000_000
CSV_PLOTS = 1_000_000
ROUNDS = 3
START_S = 1_700_000_000


def recording(plots: int, *, by_time: bool) -> pa.Table:
    """A recording with the names of `traffic`."""
    each = plots // AIRCRAFT
    aircraft, step = np.divmod(np.arange(each * AIRCRAFT), each)
    course_deg = (aircraft * 137.5) % 360
    flown_deg = 0.0024 * step
    columns = {
        "timestamp": START_S + step * UPDATE_S,
        "icao24": aircraft,
        "latitude": 47 + flown_deg * np.cos(np.radians(course_deg)),
        "longitude": 8 + flown_deg * np.sin(np.radians(course_deg)) / np.cos(np.radians(47)),
        "altitude": np.round((5000 + (aircraft % 300) * 100 + 8.0 * (step % 400)) / 25) * 25,
        "groundspeed": np.full(len(step), 130.0),
        "track": course_deg.astype(float),
        "vertical_rate": np.full(len(step), 120.0),
    }
    if by_time:
        order = np.argsort(step, kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
    number = columns.pop("icao24").astype(np.int32)
    names = {
        "icao24": [f"{0x400000 + one:06x}" for one in range(AIRCRAFT)],
        "callsign": [f"TST{one}" for one in range(AIRCRAFT)],
    }
    table = {"timestamp": pa.array(columns.pop("timestamp") * 10**9, pa.timestamp("ns", "UTC"))}
    for name, words in names.items():
        table[name] = pa.DictionaryArray.from_arrays(pa.array(number), pa.array(words)).cast(pa.string())
    return pa.table({**table, **{name: pa.array(values) for name, values in columns.items()}})


def best_s(work: Callable[[], object]) -> float:
    """The quickest of some rounds: what else runs on the machine only makes them slower."""
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def main(plots: int) -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(recording(plots, by_time=True), folder / "time.parquet")
        pq.write_table(recording(plots, by_time=False), folder / "aircraft.parquet")
        some = min(CSV_PLOTS, plots)
        pa.csv.write_csv(recording(some, by_time=True), folder / "time.csv")
        own = read_tracks(folder / "aircraft.parquet").tracks
        write_parquet(own, folder / "own.parquet")
        count = len(own)
        flown = clean(own)
        rows = (
            ("Parquet to tracks, in the order of time", count, lambda: read_tracks(folder / "time.parquet")),
            ("Parquet to tracks, aircraft by aircraft", count, lambda: read_tracks(folder / "aircraft.parquet")),
            ("Parquet written by this package to tracks", count, lambda: read_tracks(folder / "own.parquet")),
            ("CSV to tracks", some, lambda: read_tracks(folder / "time.csv")),
            ("cleaning", count, lambda: clean(own)),
            ("deriving where nothing is missing", count, lambda: derive(flown)),
            ("Parquet to a data frame (pandas)", count, lambda: pd.read_parquet(folder / "time.parquet")),
            ("Parquet to an Arrow table", count, lambda: pq.read_table(folder / "time.parquet")),
            ("CSV to a data frame (pandas)", some, lambda: pd.read_csv(folder / "time.csv")),
        )
        print("| what | plots | seconds | million plots a second |\n| --- | --- | --- | --- |")
        for what, number, work in rows:
            seconds = best_s(work)
            print(f"| {what} | {number:,} | {seconds:.3f} | {number / seconds / 1e6:.2f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PLOTS)
