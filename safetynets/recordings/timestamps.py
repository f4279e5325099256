"""How a recording writes its times: found out from the first row, and demanded of every other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.tracks.rows import Problems, Rows, is_number, is_text

Floats = NDArray[np.float64]

EARLIEST_S = 315_532_800.0
LATEST_S = 4_102_444_800.0
"""A recording lies between 1 January 1980 and 1 January 2100, so that seconds, milliseconds, microseconds and
nanoseconds since 1970 cannot be mistaken for each other."""

PER_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}
UNIT_NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}

MEND = "give UTC as ISO text, a date type, or seconds or milliseconds since 1970, the same way in every row"


def time_kind(rows: Rows, name: str, unit: str = "") -> str:
    """How the first row writes its time: "text", "date type" or one of `PER_SECOND`; `unit` is that given for it."""
    column = rows.column(name)
    if pa.types.is_timestamp(column.type):
        return "date type"
    if unit:
        return UNIT_NAMES[unit]
    if is_text(column):
        text = column[0].as_py()
        if text is None or not is_number(text):
            return "text"
    first = Rows(rows.batch.slice(0, 1), rows.first_row, Problems(None))
    value = first.numbers(name, "seconds or milliseconds since 1970", MEND)[0]
    for kind, per_second in PER_SECOND.items():
        if EARLIEST_S <= value / per_second <= LATEST_S:
            return kind
    return "seconds"


def time_s(rows: Rows, name: str, kind: str) -> Floats:
    """Seconds (UTC) since 1970 of each row, written as `kind`; a date without a zone is UTC.

    A time that is missing, written otherwise, or not between 1980 and 2100 is a problem of its row.
    """
    column = rows.column(name)
    if kind == "text":
        seconds = _from_text(column)
    elif pa.types.is_timestamp(column.type):
        seconds = _from_ticks(column.cast(pa.int64()), PER_SECOND[UNIT_NAMES[column.type.unit]])
    elif pa.types.is_integer(column.type):
        seconds = _from_ticks(column, PER_SECOND[kind])
    else:
        before = set(rows.problems.found)
        seconds = rows.numbers(name, f"{kind} since 1970, as in the first row", MEND)
        if set(rows.problems.found) - before:
            return seconds
        seconds = seconds / PER_SECOND[kind] if PER_SECOND[kind] > 1 else seconds
    if len(seconds) and not (seconds.min() >= EARLIEST_S and seconds.max() <= LATEST_S):
        bad = np.flatnonzero(~((seconds >= EARLIEST_S) & (seconds <= LATEST_S)))
        rows.refuse(bad, f"{name} is no time", lambda index: _said(name, _value(column[index])), MEND)
    return seconds


def _value(cell: pa.Scalar[Any]) -> Any:
    """A cell as Python has it; a timestamp beyond the years that Python knows as its count of ticks."""
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return cell.cast(pa.int64()).as_py()


def _said(name: str, value: Any) -> str:
    shown = f"{value:.17g}" if isinstance(value, float) else repr(value)
    written = "missing" if value is None or value == "" else f"{shown}, no time between 1980 and 2100"
    return f"{name} is {written}"


def _from_text(column: pa.Array) -> Floats:
    import pandas as pd

    text = pd.Series(column.to_pylist(), dtype=object)
    parsed = pd.to_datetime(text, utc=True, format="ISO8601", errors="coerce").dt.tz_localize(None)
    return _from_ticks(pa.array(parsed.astype("datetime64[us]")).cast(pa.int64()), 1_000_000)


def _from_ticks(ticks: pa.Array, per_second: int) -> Floats:
    """Seconds from whole ticks, split first so that nanoseconds lose no more than a float must; null is NaN."""
    known = ticks.fill_null(0) if ticks.null_count else ticks
    counts = known.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    seconds = counts // per_second
    result = seconds.astype(np.float64)
    if per_second > 1:
        rest = counts - seconds * per_second
        if rest.any():
            result += rest / per_second
    if ticks.null_count:
        result[~ticks.is_valid().to_numpy(zero_copy_only=False)] = np.nan
    return np.asarray(result)
