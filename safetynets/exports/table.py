"""Alerts of many runs as one Parquet dataset, partitioned by day, for pandas, pyarrow and DuckDB as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from safetynets.errors import ScenarioError
from safetynets.exports.finished_run import FinishedRun
from safetynets.output import write_whole
from safetynets.runs.alerts_on_file import ALERTS
from safetynets.units import S_PER_DAY


def write_table(run: FinishedRun, folder: Path) -> int:
    """Put the alerts of a run into the dataset in `folder`, and return how many; what it had of this run is replaced.

    Each alert is in the partition of the day (UTC) on which it started: `day=2023-11-05/NAME.parquet`, NAME being the
    name of the run folder. The columns are those of `alerts.parquet`, after `run`, `site` and `start`.

    Raises
    ------
    ScenarioError
        Where `folder` holds something else than such a dataset, or cannot be written.
    """
    if folder.is_dir():
        strange = sorted(each.name for each in folder.iterdir() if not (each.is_dir() and each.name.startswith("day=")))
        if strange:
            raise ScenarioError(
                f"holds {strange[0]!r}, so it is no dataset of alerts", file=folder, mend="name another"
            )
    name = run.folder.resolve().name
    alerts = pq.read_table(run.folder / ALERTS)
    start_s = alerts["start_time_s"].to_numpy()
    start = pa.array(np.round(start_s * 1000.0).astype(np.int64), pa.timestamp("ms", tz="UTC"))
    words = pa.array([name] * len(alerts)), pa.array([run.site.name] * len(alerts))
    for place, (column, values) in enumerate((("run", words[0]), ("site", words[1]), ("start", start))):
        of_type = values if column == "start" else values.cast(pa.string())
        alerts = alerts.add_column(place, column, of_type)
    day = np.floor(start_s / S_PER_DAY).astype("datetime64[D]").astype(str) if len(alerts) else np.empty(0, dtype=str)
    files = {folder / f"day={one}" / f"{name}.parquet": alerts.filter(pa.array(day == one)) for one in np.unique(day)}
    for file, part in files.items():
        sink = pa.BufferOutputStream()
        pq.write_table(part, sink, compression="zstd")
        write_whole(file, sink.getvalue().to_pybytes())
    for old in folder.glob(f"day=*/{name}.parquet"):
        if old not in files:
            old.unlink()
    return len(alerts)
