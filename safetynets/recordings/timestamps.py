"""How a recording writes its times: found out from the first row, and demanded of every other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.tracks.rows import Rows, is_number, is_text

Floats = NDArray[np.float64]

EARLIEST_S = 315_532_800.0
LATEST_S = 4_102_444_800.0
"""A recording lies between 1 January 1980 and 1 January 2100, so that seconds, milliseconds, microseconds and
nanoseconds since 1970 cannot be mistaken for each other."""

PER_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}
DATE_UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}

MEND = "give UTC as ISO text, a date type, or seconds or milliseconds since 1970, the same way in every row"


def time_kind(rows: Rows) -> str:
    """How the first row writes its `timestamp`: "text", "date type" or one of `PER_SECOND`.

    Raises
    ------
    TracksError
        When it is no time between 1980 and 2100 in any of these ways.
    """
    column = rows.column("timestamp")
    if pa.types.is_timestamp(column.type):
        return "date type"
    if is_text(column):
        text = column[0].as_py()
        if text is None or not is_number(text):
            return "text"
    first = Rows(rows.batch.slice(0, 1), rows.first_row, rows.file)
    value = first.numbers("timestamp", "seconds or milliseconds since 1970", MEND)[0]
    for kind, per_second in PER_SECOND.items():
        if EARLIEST_S <= value / per_second <= LATEST_S:
            return kind
    raise _refused(rows, 0)


def time_s(rows: Rows, kind: str) -> Floats:
    """Seconds (UTC) since 1970 of each row, written as `kind`; a date without a zone is UTC.

    Raises
    ------
    TracksError
        Naming the first row whose time is missing, written otherwise, or not between 1980 and 2100.
    """
    column = rows.column("timestamp")
    if kind == "text":
        seconds = _from_text(column)
    elif pa.types.is_timestamp(column.type):
        seconds = _from_ticks(column.cast(pa.int64()), PER_SECOND[DATE_UNITS[column.type.unit]])
    elif pa.types.is_integer(column.type):
        seconds = _from_ticks(column, PER_SECOND[kind])
    else:
        seconds = rows.numbers("timestamp", f"{kind} since 1970, as in the first row", MEND) / PER_SECOND[kind]
    bad = np.flatnonzero(~((seconds >= EARLIEST_S) & (seconds <= LATEST_S)))
    if len(bad):
        raise _refused(rows, int(bad[0]))
    return seconds


def _from_text(column: pa.Array) -> Floats:
    import pandas as pd

    text = pd.Series(column.to_pylist(), dtype=object)
    parsed = pd.to_datetime(text, utc=True, format="ISO8601", errors="coerce").dt.tz_localize(None)
    return _from_ticks(pa.array(parsed.astype("datetime64[us]")).cast(pa.int64()), 1_000_000)


def _from_ticks(ticks: pa.Array, per_second: int) -> Floats:
    """Seconds from whole ticks, split first so that nanoseconds lose no more than a float must; null is NaN."""
    known = np.asarray(ticks.is_valid().to_numpy(zero_copy_only=False))
    whole = np.asarray(ticks.fill_null(0).to_numpy(zero_copy_only=False)).astype(np.int64)
    return np.where(known, whole // per_second + (whole % per_second) / per_second, np.nan)


def _refused(rows: Rows, index: int) -> TracksError:
    value: Any = rows.column("timestamp")[index].as_py()
    written = "missing" if value is None else f"{value!r}, no time between 1980 and 2100"
    return rows.refuse(index, f"timestamp is {written}", MEND)
