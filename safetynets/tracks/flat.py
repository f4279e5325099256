"""`Tracks` as one flat table, for pandas, Arrow, Parquet and CSV, and back without loss.

The flat table has the columns of `Tracks` under their own names; the facts of a track stand in each of its rows. A
track that has no plots has one row without `time_s`. The plane stands in two columns of its own, if there is one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.geodesy import Plane
from safetynets.tracks.rows import Growing, Problems, Rows, Words
from safetynets.tracks.table import Tracks, check_track_numbers, column_dtype, column_names

if TYPE_CHECKING:
    import pandas as pd

PLANE_COLUMNS = ("plane_latitude_deg", "plane_longitude_deg")
"""Where a flat table says in which plane its positions are."""

NO_TRACK = -1
"""Track number of the row that keeps the plane of a table without any track."""

LIMITS_DEG = {"latitude_deg": 90.0, "longitude_deg": 180.0}


def check_own_names(names: Sequence[str], file: str | Path | None) -> None:
    """Refuse a table with the names of `Tracks` that lacks a needed column or has one that is not known.

    A file needs the pressure altitude; a table in memory may leave it unknown.

    Raises
    ------
    TracksError
        Naming the column.
    """
    known = (*column_names("plot"), *column_names("track"), *PLANE_COLUMNS)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            mend = f"write {near[0]!r}" if near else f"use {', '.join(known)}"
            raise TracksError(f"unknown column {name!r}", file=file, mend=mend)
    if "time_s" not in names:
        raise TracksError("no column 'time_s'", file=file, mend="give seconds (UTC) since 1970")
    if "track" not in names:
        raise TracksError("no column 'track'", file=file, mend="number the tracks from 0 in it")
    if (PLANE_COLUMNS[0] in names) != (PLANE_COLUMNS[1] in names):
        raise TracksError("half a plane", file=file, mend=f"give both of {' and '.join(PLANE_COLUMNS)}, or neither")
    if file is not None and "pressure_altitude_ft" not in names:
        raise TracksError(
            "a track file without altitude cannot be judged by any net",
            file=file,
            mend="give 'pressure_altitude_ft'",
        )


def to_arrow(tracks: Tracks) -> pa.Table:
    """Convert tracks to one flat Arrow table, without loss.

    Parameters
    ----------
    tracks
        Any tracks.

    Returns
    -------
    pyarrow.Table
        One row a plot, then one without `time_s` for each track that has no plot. NaN stays NaN, words are
        dictionaries; the number columns share the memory of `tracks`.

    Examples
    --------
    >>> table = to_arrow(Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]}))
    >>> table.num_rows, table["callsign"].to_pylist()
    (1, ['SWR1'])
    """
    return next(arrow_tables(tracks, len(tracks)))


def arrow_tables(tracks: Tracks, plots: int) -> Iterator[pa.Table]:
    """The flat table of `to_arrow` in parts of `plots` plots; there is at least one.

    Behind the last plot comes a row for each track without one.
    """
    silent = np.flatnonzero(np.bincount(tracks.track, minlength=tracks.track_count) == 0).astype(np.int32)
    if tracks.plane is not None and tracks.track_count == 0:
        silent = np.array([NO_TRACK], dtype=np.int32)
    words = {
        name: np.unique(getattr(tracks, name).astype(str) if tracks.track_count else [""], return_inverse=True)
        for name in column_names("track")
    }
    count = len(tracks)
    for first in range(0, max(count, 1), max(plots, 1)):
        end = min(first + max(plots, 1), count)
        yield _arrow(tracks, slice(first, end), silent if end == count else silent[:0], words)
        tracks.release_memory()


def _arrow(tracks: Tracks, rows: slice, silent: NDArray[np.int32], words: Mapping[str, Any]) -> pa.Table:
    columns: dict[str, Any] = {}
    for name in column_names("plot"):
        values = getattr(tracks, name)[rows]
        if len(silent):
            dtype, unknown = column_dtype(name)
            rest = silent if name == "track" else np.full(len(silent), unknown, dtype=dtype)
            values = np.concatenate([values, rest])
        columns[name] = pa.array(values)
    row_track = columns["track"].to_numpy()
    for name, (different, codes) in words.items():
        indices = pa.array(codes.astype(np.int32)[row_track])
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array(different.astype(object), pa.string()))
    if tracks.plane is not None:
        for name in PLANE_COLUMNS:
            columns[name] = pa.array(np.full(len(row_track), getattr(tracks.plane, name.removeprefix("plane_"))))
    return pa.table(columns)


def from_arrow(table: pa.Table) -> Tracks:
    """Build tracks from a flat Arrow table with the column names of `Tracks`.

    Parameters
    ----------
    table
        As `to_arrow` gives it; columns may be missing but for `time_s` and `track`, and a null is unknown.

    Returns
    -------
    Tracks
        The plots of the table, sorted by (track, time).

    Raises
    ------
    TracksError
        For a column that `Tracks` does not have, a needed one that is missing, a value that cannot be, rows of one
        track that disagree about a fact of that track, or rows in more than one plane.

    Examples
    --------
    >>> table = pa.table({"time_s": [0.0, 4.0], "track": [0, 0], "pressure_altitude_ft": [5000.0, None]})
    >>> from_arrow(table).pressure_altitude_ft.tolist()
    [5000.0, nan]
    """
    return from_batches(table.to_batches(), table.column_names)


def from_batches(
    batches: Iterable[pa.RecordBatch], names: Sequence[str], file: str | Path | None = None, expected: int = 0
) -> Tracks:
    """Tracks from a flat table that comes in batches; each is let go before the next, so that it is never held twice.

    `expected` is how many rows there will be, where that is known.

    Raises
    ------
    TracksError
        For a column that `Tracks` does not have, a value that cannot be, rows of one track that disagree about a
        fact of that track, or rows in more than one plane.
    """
    check_own_names(names, None)
    wanted = [name for name in column_names("plot") if name in names]
    columns = {name: Growing(column_dtype(name)[0], expected) for name in wanted}
    facts = {name: _Fact(name) for name in column_names("track") if name in names}
    planes: set[tuple[float, float]] = set()
    problems = Problems(file)
    track_count, first_row = 0, 1
    for batch in batches:
        if not batch.num_rows:
            continue
        rows = Rows(batch, first_row, problems)
        first_row += batch.num_rows
        plots = {name: _column(rows, name) for name in wanted}
        track = plots["track"]
        track_count = max(track_count, int(track.max()) + 1)
        check_track_numbers(track_count, first_row, file)
        if PLANE_COLUMNS[0] in names:
            stated = [rows.numbers(name, "degrees") for name in PLANE_COLUMNS]
            told = np.flatnonzero(changes(*stated)) if any(map(_varies, stated)) else np.zeros(1, dtype=np.intp)
            planes.update(zip(*(degrees[told].tolist() for degrees in stated), strict=True))
        heard = _heard(rows, plots)
        if problems.found:
            continue
        begins = changes(track)
        for fact in facts.values():
            fact.learn(rows, track, begins, track_count)
        everything = bool(heard.all())
        for name, values in plots.items():
            columns[name].append(values if everything else values[heard])
    problems.raise_all()
    flights = {name: fact.of_track(track_count) for name, fact in facts.items()}
    flights.setdefault("callsign", np.full(track_count, "", dtype=object))
    return Tracks.taking({name: column.values for name, column in columns.items()}, flights, _plane(planes, file))


def to_pandas(tracks: Tracks) -> pd.DataFrame:
    """Convert tracks to one flat data frame, without loss.

    Parameters
    ----------
    tracks
        Any tracks.

    Returns
    -------
    pandas.DataFrame
        The rows of `to_arrow`; words are categories.

    Examples
    --------
    >>> to_pandas(Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]}))["callsign"].tolist()
    ['SWR1']
    """
    frame: pd.DataFrame = to_arrow(tracks).to_pandas()
    return frame


def from_pandas(frame: pd.DataFrame) -> Tracks:
    """Build tracks from a data frame with the column names of `Tracks`.

    Parameters
    ----------
    frame
        As `to_pandas` gives it. A frame with the names of a recording (`timestamp`, `latitude`, `groundspeed`, ...)
        goes through `safetynets.recordings.read_frame`.

    Returns
    -------
    Tracks
        The plots of the frame, sorted by (track, time).

    Raises
    ------
    TracksError
        As `from_arrow`.

    Examples
    --------
    >>> import pandas as pd
    >>> from_pandas(pd.DataFrame({"time_s": [0.0, 4.0], "track": [0, 0], "pressure_altitude_ft": [5000.0, 4950.0]}))
    <Tracks: 1 track, 2 plots, 1970-01-01T00:00:00Z to 1970-01-01T00:00:04Z>
    """
    return from_arrow(pa.Table.from_pandas(frame, preserve_index=False))


class _Fact:
    """One fact of every track, learnt from the rows of the track."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._words = Words()
        self._codes = np.zeros(0, dtype=np.int32)

    def learn(self, rows: Rows, track: NDArray[np.int32], begins: NDArray[np.bool_], track_count: int) -> None:
        codes = rows.words(self.name, self._words, _as_it_is)
        more = np.full(track_count - len(self._codes), -1, dtype=np.int32)
        self._codes = np.concatenate([self._codes, more])
        first = begins if len(self._words.codes) == 1 else begins | changes(codes)
        real = np.flatnonzero(first)
        real = real[track[real] != NO_TRACK]
        unseen = real[self._codes[track[real]] == -1]
        self._codes[track[unseen[::-1]]] = codes[unseen[::-1]]
        other = real[self._codes[track[real]] != codes[real]]
        if len(other):
            number = track[other[0]]
            before, now = (self._words.words[code] for code in (self._codes[number], codes[other[0]]))
            problem = f"{self.name} of track {number} is {now!r}, before it was {before!r}"
            rows.problems.add(self.name, rows.first_row + int(other[0]), problem, "give each its own track number")

    def of_track(self, track_count: int) -> NDArray[np.object_]:
        """The fact of each track, empty where no row says it."""
        codes = np.zeros(track_count, dtype=np.int32)
        codes[: len(self._codes)] = np.maximum(self._codes, 0)
        return np.asarray(self._words.words[codes])


def _as_it_is(word: Any) -> str:
    return "" if word is None else str(word)


def _column(rows: Rows, name: str) -> NDArray[Any]:
    dtype, unknown = column_dtype(name)
    if name == "track":
        return rows.integers(name, dtype, NO_TRACK)
    if np.issubdtype(dtype, np.integer):
        return rows.integers(name, dtype, unknown)
    if name in LIMITS_DEG:
        return rows.within(name, "degrees", -LIMITS_DEG[name], LIMITS_DEG[name])
    return rows.numbers(name, name)


def changes(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a row differs from the one before it in any of the columns; the first does.

    >>> changes(np.array([4, 4, 5])).tolist()
    [True, False, True]
    """
    begins = np.ones(len(columns[0]), dtype=bool)
    begins[1:] = columns[0][1:] != columns[0][:-1]
    for values in columns[1:]:
        begins[1:] |= values[1:] != values[:-1]
    return begins


def _varies(values: NDArray[np.float64]) -> bool:
    return bool(values.min() != values.max())


def _heard(rows: Rows, plots: dict[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Which rows are plots; the others stand for a track without any, or for the plane alone."""
    heard = ~np.isnan(plots["time_s"])
    track = plots["track"]
    if not heard.all():
        for name in sorted({"latitude_deg", "x_m", "pressure_altitude_ft"} & plots.keys()):
            timeless = np.flatnonzero(~heard & ~np.isnan(plots[name]))
            if len(timeless):
                row = rows.first_row + int(timeless[0])
                rows.problems.add("time_s", row, "time_s is missing", "give every plot its time", len(timeless))
    bad = np.flatnonzero(track < np.where(heard, 0, NO_TRACK)) if track.min() < 0 else track[:0]
    if not rows.problems.found:
        rows.refuse(bad, "track is negative", lambda index: f"track is {track[index]}", "number the tracks from 0")
    return np.asarray(heard)


def _plane(planes: set[tuple[float, float]], file: str | Path | None) -> Plane | None:
    known = sorted(plane for plane in planes if not np.isnan(plane).any())
    if len(known) > 1:
        raise TracksError("the rows stand in more than one plane", file=file, mend="project them on one plane first")
    return Plane(*known[0]) if known else None
