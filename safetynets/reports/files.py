"""The tables of a run as files: CSV and JSON for people, Parquet for programs, the same bytes every time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.reasons import Kind, Reason
from safetynets.reports.formats import iso
from safetynets.runs.desks import DESK_COLUMNS, desk_columns
from safetynets.runs.manifest import json_ready
from safetynets.runs.run import Run
from safetynets.spreadsheet import csv_text, harmless

Trace = Literal["none", "alerted", "all"]

_TIMES = ("first_conflict_time_s", "start_time_s", "end_time_s", "shown_time_s")
_WORDS = (
    *DESK_COLUMNS,
    "words",
    "words_source",
    "words_status",
    "responsible",
    "responsibility_reason",
    "proposed_words",
    "proposed_words_source",
    "proposed_words_status",
)
_ARROW_TYPES = {
    "int": pa.int64(),
    "float": pa.float64(),
    "str": pa.string(),
    "bool": pa.bool_(),
    "tuple[float, ...]": pa.list_(pa.float64()),
    "tuple[str, ...]": pa.list_(pa.string()),
}


def alert_rows(run: Run) -> list[dict[str, Any]]:
    """The alerts as rows: every column of `Alert`, the desk, the words with source, status and who is responsible."""
    rows = []
    answered = zip(run.alerts, run.deliveries, run.words, run.proposed_words, strict=True)
    for alert, delivery, call, proposed in answered:
        row = {column.name: getattr(alert, column.name) for column in fields(Alert)}
        row |= desk_columns(delivery) | {
            "words": call.text,
            "words_source": call.source,
            "words_status": call.status,
            "responsible": call.responsible,
            "responsibility_reason": call.responsibility_reason,
            "proposed_words": proposed.text if proposed else None,
            "proposed_words_source": proposed.source if proposed else None,
            "proposed_words_status": proposed.status if proposed else None,
        }
        rows.append(row)
    return rows


def write_alerts(run: Run, folder: Path) -> None:
    """Write `alerts.csv`, `alerts.json` and `alerts.parquet`; the first two also give each time as ISO 8601 UTC."""
    rows = alert_rows(run)
    schema = pa.schema(
        [(column.name, _ARROW_TYPES[str(column.type)]) for column in fields(Alert)]
        + [(name, pa.float64() if name == "delivery_delay_s" else pa.string()) for name in _WORDS]
    )
    _write_parquet([pa.Table.from_pylist(rows, schema=schema)], schema, folder / "alerts.parquet")
    readable = [_with_utc(row) for row in rows]
    write_json(json_ready(readable), folder / "alerts.json")
    names = list(_with_utc(dict.fromkeys([*(column.name for column in fields(Alert)), *_WORDS], math.nan)))
    text = csv_text(names, ([_cell(row[name]) for name in names] for row in readable))
    (folder / "alerts.csv").write_text(text, encoding="utf-8", newline="")


def write_conflicts(run: Run, path: Path, trace: Trace) -> None:
    """Write the conflicts of every net and group below each other, with the track, time and call sign of each plot.

    `trace` says of which plots: all, or those of the flights that have an alert. Reasons, kinds and areas stand as
    words; an area is empty where there is none.
    """
    if not run.conflicts:
        schema = pa.schema([("net", _WORD), ("group", _WORD), ("track", pa.int32()), ("time_s", pa.float64())])
        _write_parquet([], schema, path)
        return
    alerted = sorted({alert.track for alert in run.alerts})
    flights = alerted if trace == "alerted" else range(run.tracks.track_count)
    nothing = np.zeros(0, dtype=np.int64)
    schema = _conflicts_table(run, run.conflicts[0].at(nothing), nothing).schema
    tables = (
        _conflicts_table(run, found[number], rows)
        for number in range(len(run.conflicts))
        for rows, found in run.conflicts_of(flights)
    )
    _write_parquet(tables, schema, path)


def write_json(value: Any, path: Path) -> None:
    """Write JSON that a person can read: indented, keys in the order given, letters as they are."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


_WORD = pa.dictionary(pa.int32(), pa.string())


def _conflicts_table(run: Run, table: Conflicts, rows: NDArray[np.int64]) -> pa.Table:
    tracks = run.tracks
    track = tracks.track[rows]
    flown, flight = np.unique(track, return_inverse=True)
    columns: dict[str, Any] = {
        "net": _coded(np.zeros(len(track), dtype=np.int32), [table.net.name]),
        "group": _coded(np.zeros(len(track), dtype=np.int32), [table.group]),
        "track": pa.array(track),
        "time_s": pa.array(tracks.time_s[rows]),
        "callsign": _coded(flight, [str(callsign) for callsign in tracks.callsign[flown]]),
    }
    for column in fields(Conflicts):
        if column.name in ("net", "group", "areas"):
            continue
        values = getattr(table, column.name)
        if column.name == "reason":
            columns["reason"] = _coded(np.searchsorted([*Reason], values), [reason.word for reason in Reason])
        elif column.name == "kind":
            columns["kind"] = _coded(values, [kind.word for kind in Kind])
        elif column.name == "area":
            columns["area"] = _coded(values + 1, ["", *table.areas])
        else:
            columns[column.name] = pa.array(values)
    return pa.table(columns)


def _coded(codes: Any, words: Sequence[str]) -> pa.DictionaryArray:
    """Words by number, each different word once."""
    number = {word: place for place, word in enumerate(dict.fromkeys(words))}
    unique = list(number)
    number_of = np.array([number[word] for word in words] or [0], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(number_of[np.asarray(codes)]), pa.array(unique, pa.string()))


def _write_parquet(tables: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)


def _with_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with an ISO 8601 text after each time in seconds."""
    wide: dict[str, Any] = {}
    for name, value in row.items():
        wide[name] = value
        if name in _TIMES:
            wide[f"{name.removesuffix('_s')}_utc"] = iso(value) or None
    return wide


def _cell(value: Any) -> str:
    """A value as a CSV cell: empty where unknown, numbers with every digit, no text that a spreadsheet would run."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(harmless(each) if isinstance(each, str) else repr(float(each)) for each in value)
    if isinstance(value, float):
        return repr(float(value))
    return harmless(value) if isinstance(value, str) else str(value)
