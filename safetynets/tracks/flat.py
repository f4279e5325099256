"""`Tracks` as one flat table, for pandas, Arrow, Parquet and CSV, and back without loss.

The flat table has the columns of `Tracks` under their own names; the facts of a track stand in each of its rows. A
track that has no plots has one row without `time_s`. The plane stands in two columns of its own, if there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.geodesy import Plane
from safetynets.tracks.table import Tracks, column_dtype, column_names

if TYPE_CHECKING:
    import pandas as pd

PLANE_COLUMNS = ("plane_latitude_deg", "plane_longitude_deg")
NO_TRACK = -1
"""Track number of the row that keeps the plane of a table without any track."""


def to_arrow(tracks: Tracks) -> pa.Table:
    """The flat table in Arrow: NaN stays NaN, words are dictionaries; the number columns share the memory of `tracks`.

    >>> table = to_arrow(Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]}))
    >>> table.num_rows, table["callsign"].to_pylist()
    (1, ['SWR1'])
    """
    silent = np.setdiff1d(np.arange(tracks.track_count, dtype=np.int32), tracks.track)
    if tracks.plane is not None and tracks.track_count == 0:
        silent = np.array([NO_TRACK], dtype=np.int32)
    columns: dict[str, Any] = {}
    for name in column_names("plot"):
        values = getattr(tracks, name)
        if len(silent):
            dtype, unknown = column_dtype(name)
            rest = silent if name == "track" else np.full(len(silent), unknown, dtype=dtype)
            values = np.concatenate([values, rest])
        columns[name] = pa.array(values)
    row_track = columns["track"].to_numpy()
    for name in column_names("track"):
        words, codes = np.unique(getattr(tracks, name).astype(str), return_inverse=True)
        if tracks.track_count == 0:
            words, codes = np.array([""]), np.array([0])
        indices = pa.array(codes.astype(np.int32)[row_track])
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array(words.astype(object), pa.string()))
    if tracks.plane is not None:
        for name in PLANE_COLUMNS:
            columns[name] = pa.array(np.full(len(row_track), getattr(tracks.plane, name.removeprefix("plane_"))))
    return pa.table(columns)


def from_arrow(table: pa.Table) -> Tracks:
    """Tracks from a flat Arrow table under the names of `Tracks`; a null is unknown.

    Raises
    ------
    TracksError
        For a column that `Tracks` does not have, a column of the wrong type, or rows of one track that disagree
        about a fact of that track.
    """
    plot_names, track_names = column_names("plot"), column_names("track")
    for name in table.column_names:
        if name not in (*plot_names, *track_names, *PLANE_COLUMNS):
            raise TracksError(f"unknown column {name!r}", mend=f"use one of {', '.join((*plot_names, *track_names))}")
    for name in ("time_s", "track"):
        if name not in table.column_names:
            raise TracksError(f"no column {name!r}", mend="a table of plots needs 'time_s' and 'track'")
    plots = {name: _numbers(table, name) for name in plot_names if name in table.column_names}
    row_track = plots["track"]
    if len(row_track) and int(row_track.min()) < NO_TRACK:
        raise TracksError(f"track {row_track.min()} is negative", mend="number the tracks from 0")
    flights = {name: _words(table, name, row_track) for name in track_names if name in table.column_names}
    plane = _plane(table)
    heard = ~np.isnan(plots["time_s"])
    if not heard.all():
        plots = {name: values[heard] for name, values in plots.items()}
    count = int(row_track.max()) + 1 if len(row_track) else 0
    flights.setdefault("callsign", np.full(count, "", dtype=object))
    return Tracks.from_columns(plots, flights, plane)


def to_pandas(tracks: Tracks) -> pd.DataFrame:
    """The flat table as a data frame: numbers as they are, words as categories.

    >>> to_pandas(Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]}))["callsign"].tolist()
    ['SWR1']
    """
    frame: pd.DataFrame = to_arrow(tracks).to_pandas()
    return frame


def from_pandas(frame: pd.DataFrame) -> Tracks:
    """Tracks from a data frame under the names of `Tracks`; see `from_arrow`.

    A frame with the names of a recording (`timestamp`, `latitude`, `groundspeed`, ...) goes through `read_frame`.
    """
    return from_arrow(pa.Table.from_pandas(frame, preserve_index=False))


def _numbers(table: pa.Table, name: str) -> NDArray[Any]:
    dtype, unknown = column_dtype(name)
    column = table[name].combine_chunks()
    try:
        if column.null_count:
            column = column.fill_null(pa.scalar(unknown, column.type))
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype(dtype, copy=False, casting="same_kind")
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise TracksError(f"column {name!r} holds {column.type}, expected {np.dtype(dtype).name}") from error


def _words(table: pa.Table, name: str, row_track: NDArray[np.int32]) -> NDArray[np.object_]:
    column = table[name].combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    words = np.array([*column.dictionary.cast(pa.string()).to_pylist(), ""], dtype=object)
    codes = np.asarray(column.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)).astype(np.int64)
    count = int(row_track.max()) + 1 if len(row_track) else 0
    of_track = np.full(count, len(words) - 1, dtype=np.int64)
    real = row_track >= 0
    of_track[row_track[real]] = codes[real]
    other = np.flatnonzero(words[of_track[row_track[real]]] != words[codes[real]])
    if len(other):
        raise TracksError(
            f"track {row_track[real][other[0]]} has more than one {name}", mend="give each its own track number"
        )
    return words[of_track]


def _plane(table: pa.Table) -> Plane | None:
    if PLANE_COLUMNS[0] not in table.column_names or not table.num_rows:
        return None
    latitude_deg, longitude_deg = (table[name].unique().to_pylist() for name in PLANE_COLUMNS)
    if len(latitude_deg) != 1 or len(longitude_deg) != 1:
        raise TracksError("the rows stand in more than one plane", mend="project them on one plane first")
    return Plane(latitude_deg[0], longitude_deg[0])
