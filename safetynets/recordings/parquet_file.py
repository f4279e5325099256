"""Parquet: row groups in, row groups out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from safetynets.errors import TracksError
from safetynets.output import whole_file
from safetynets.recordings.source import Source
from safetynets.tracks.flat import PLANE_COLUMNS, arrow_tables
from safetynets.tracks.table import Tracks, column_dtype

ROW_GROUP_PLOTS = 1 << 18
MOST_ROWS = 1 << 31
ALWAYS = ("time_s", "track", "latitude_deg", "longitude_deg", "pressure_altitude_ft", "callsign")
"""Columns that are written even where nothing is known of them."""


def write_parquet(tracks: Tracks, path: str | Path) -> Path:
    """Write the flat table of tracks as Parquet; the same tracks give the same bytes.

    Floats are byte-stream-split and compressed with zstd, words are dictionaries. Times, track numbers, positions,
    pressure altitudes and call signs are always written; of the others those of which nothing is known are left out. A
    failure leaves no half file.

    Parameters
    ----------
    tracks
        Any tracks.
    path
        The file; missing folders are made.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    TracksError
        Where the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> tracks = Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     columns = pq.read_table(write_parquet(tracks, Path(folder) / "day.parquet"))
    >>> columns["callsign"].to_pylist(), "vx_mps" in columns.column_names
    (['SWR1'], False)
    """
    schema = next(arrow_tables(tracks, 1)).schema
    schema = pa.schema([field for field in schema if field.name in ALWAYS or not _nothing_known(tracks, field.name)])
    floats = [field.name for field in schema if pa.types.is_floating(field.type)]
    target = Path(path)
    with (
        whole_file(target, TracksError) as new,
        pq.ParquetWriter(
            new,
            schema,
            compression="zstd",
            compression_level=9,
            use_dictionary=[field.name for field in schema if field.name not in floats],
            use_byte_stream_split=floats,
            write_statistics=False,
        ) as writer,
    ):
        for rows in arrow_tables(tracks, ROW_GROUP_PLOTS):
            writer.write_table(rows.select(schema.names), row_group_size=ROW_GROUP_PLOTS)
    return target


def _nothing_known(tracks: Tracks, name: str) -> bool:
    """Whether a column of the table of plots or of tracks holds nothing but the value that means unknown."""
    if name in PLANE_COLUMNS:
        return False
    values, (dtype, unknown) = getattr(tracks, name), column_dtype(name)
    parts = np.array_split(values, max(1, -(-len(values) // ROW_GROUP_PLOTS)))
    floating = np.issubdtype(dtype, np.floating)
    return all(bool((np.isnan(part) if floating else part == unknown).all()) for part in parts)


@contextmanager
def opened_parquet(source: Source, words: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
    """A Parquet file, whose columns named `words` come as dictionaries.

    Raises
    ------
    TracksError
        When the file is truncated or damaged; also for what is read from it within the context.
    """
    try:
        if source.packing:
            where: Any = pa.BufferReader(source.whole())
        else:
            where = str(source.file)
        with pq.ParquetFile(
            where,
            read_dictionary=list(words),
            memory_map=False,
            pre_buffer=False,
            thrift_string_size_limit=1 << 26,
            thrift_container_size_limit=1 << 20,
        ) as parquet:
            if parquet.metadata.num_rows > MOST_ROWS:
                raise TracksError(
                    f"says that it holds {parquet.metadata.num_rows:,} rows, more than a recording can",
                    file=source.file,
                    mend="write it again, a day a file",
                )
            yield parquet
    except (pa.ArrowException, OSError, UnicodeError, OverflowError, MemoryError) as error:
        raise _damaged(source.file, error) from error


def parquet_names(source: Source) -> tuple[list[str], int]:
    """The column names of a Parquet file, and how many rows it says it has."""
    with opened_parquet(source) as parquet:
        return list(parquet.schema_arrow.names), max(0, parquet.metadata.num_rows)


def parquet_batches(source: Source, columns: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """The named columns of a Parquet file, one row group at a time: `columns` gives for each name its quantity.

    Raises
    ------
    TracksError
        When the file is truncated or damaged.
    """
    with opened_parquet(source, [name for name, kind in columns.items() if kind == "word"]) as parquet:
        large = parquet.metadata.num_rows > ROW_GROUP_PLOTS
        yield from parquet.iter_batches(batch_size=ROW_GROUP_PLOTS, columns=list(columns), use_threads=large)


def _damaged(file: str | Path, error: Exception) -> TracksError:
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return TracksError(f"truncated or damaged Parquet: {reason}", file=file, mend="copy or write the file again")
