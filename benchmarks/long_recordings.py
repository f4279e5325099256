"""From the file to the page: `python -m benchmarks.long_recordings [PLOTS ...] [PARAMETER=VALUE ...]`.

The recording is a generated day at Zurich again and again, 13 s later and as other aircraft each time, written as most
recordings come: plots of all aircraft in the order of time, under the names of OpenSky. `safetynets replay` runs as a
process of its own, whose time and greatest memory are those that the system tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.swiss_day import swiss_day
from safetynets.units import mps_to_kt

PLOTS = (4_200_000, 20_000_000)
SHIFT_S = 13.0
ROW_GROUP_PLOTS = 1 << 18


def write_recording(path: Path, plots: int) -> None:
    """Write a recording of so many plots."""
    _, tracks = swiss_day()
    times = -(-plots // len(tracks))
    copy = np.repeat(np.arange(times), len(tracks))[:plots]
    aircraft = np.tile(tracks.track, times)[:plots] + copy * tracks.track_count
    order = np.argsort(np.tile(tracks.time_s, times)[:plots] + copy * SHIFT_S, kind="stable")
    aircraft, copy = aircraft[order], copy[order]
    plot = order % len(tracks)
    numbers = np.arange(times * tracks.track_count)
    writer: pq.ParquetWriter | None = None
    for first in range(0, plots, ROW_GROUP_PLOTS):
        part = slice(first, first + ROW_GROUP_PLOTS)
        rows = plot[part]
        named = pa.array(aircraft[part])
        table = pa.table(
            {
                "timestamp": tracks.time_s[rows] + copy[part] * SHIFT_S,
                "icao24": pa.DictionaryArray.from_arrays(named, [f"{0x100000 + number:06x}" for number in numbers]),
                "callsign": pa.DictionaryArray.from_arrays(named, [f"TS{number}" for number in numbers]),
                "latitude": tracks.latitude_deg[rows],
                "longitude": tracks.longitude_deg[rows],
                "altitude": tracks.pressure_altitude_ft[rows],
                "groundspeed": mps_to_kt(np.hypot(tracks.vx_mps[rows], tracks.vy_mps[rows])),
                "track": np.degrees(np.arctan2(tracks.vx_mps[rows], tracks.vy_mps[rows])) % 360.0,
                "vertical_rate": tracks.vertical_rate_fpm[rows],
                "onground": tracks.on_ground[rows] == 1,
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def main() -> None:
    """Replay a recording of each length and print a table."""
    print("| plots | alerts | seconds | greatest memory (GB) |\n| --- | --- | --- | --- |")
    values = [word for word in sys.argv[1:] if "=" in word]
    for plots in [int(word) for word in sys.argv[1:] if word not in values] or PLOTS:
        with tempfile.TemporaryDirectory() as folder:
            recording, out = Path(folder) / "recording.parquet", Path(folder) / "out"
            # In a process of its own: a process that has been large counts for those that it starts.
            made = f"from benchmarks.long_recordings import *; write_recording(Path({str(recording)!r}), {plots})"
            subprocess.run([sys.executable, "-c", made], check=True)
            asked = ["replay", str(recording), "--site", "zurich", "--qnh-hpa", "1013", "--out", str(out)]
            asked += [part for value in values for part in ("--set", value)]
            started_s = time.perf_counter()
            with subprocess.Popen([sys.executable, "-m", "safetynets", *asked], stdout=subprocess.DEVNULL) as running:
                _, status, used = os.wait4(running.pid, 0)
            seconds = time.perf_counter() - started_s
            if status:
                raise SystemExit(f"the replay of {plots:,} plots ended with status {status}")
            alerts = pq.read_metadata(out / "alerts.parquet").num_rows
        print(f"| {plots:,} | {alerts:,} | {seconds:.1f} | {used.ru_maxrss * 1024 / 1e9:.2f} |", flush=True)


if __name__ == "__main__":
    main()
