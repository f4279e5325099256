"""The alerts of a run folder read back, and which of them became actual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from safetynets.engine.alerts import Alert
from safetynets.errors import ScenarioError

ALERTS = "alerts.parquet"
TRACE = "conflicts.parquet"


def read_alerts(folder: Path) -> tuple[tuple[Alert, ...], tuple[Mapping[str, Any], ...]]:
    """The alerts of a run folder in order of start, and for each its whole row with the desk and the words.

    Raises
    ------
    ScenarioError
        When the folder has no alerts, or those of another version.
    """
    file = folder / ALERTS
    names = [column.name for column in fields(Alert)]
    try:
        rows = pq.read_table(file).to_pylist()
        facts = [{name: row[name] for name in names} for row in rows]
    except (OSError, pa.ArrowException, KeyError):
        raise ScenarioError("are not the alerts of a run of this version", file=file, mend="run it again") from None
    for one in facts:
        one |= {name: tuple(value) for name, value in one.items() if isinstance(value, list)}
    return tuple(Alert(**one) for one in facts), tuple(rows)


def became_actual_on_file(folder: Path, alerts: Sequence[Alert]) -> list[bool | None]:
    """For each alert of a run folder whether its area was violated while it lasted, by the trace of its plots.

    None where the folder has no trace and the alert was predicted when it started.
    """
    if not alerts:
        return []
    at_start = [alert.time_to_violation_s == 0.0 for alert in alerts]
    try:
        trace = pq.read_table(folder / TRACE, columns=["net", "group", "track", "time_s", "time_to_violation_s"])
    except (OSError, pa.ArrowException, KeyError):
        return [True if violated else None for violated in at_start]
    trace = trace.filter(pc.equal(trace["time_to_violation_s"], 0.0))
    violated_s: dict[tuple[str, str, int], list[float]] = {}
    for row in trace.to_pylist():
        violated_s.setdefault((row["net"], row["group"], row["track"]), []).append(row["time_s"])
    return [
        violated or _within(alert, violated_s.get((alert.net, alert.group, alert.track), []))
        for alert, violated in zip(alerts, at_start, strict=True)
    ]


def _within(alert: Alert, times_s: Sequence[float]) -> bool:
    """Whether a moment is within an alert; one that still lasts has no end."""
    begin_s = np.fmin(alert.first_conflict_time_s, alert.start_time_s)
    return any(begin_s <= time_s and not time_s > alert.end_time_s for time_s in times_s)
