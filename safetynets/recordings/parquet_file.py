"""Parquet: row groups in, row groups out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from safetynets.errors import TracksError
from safetynets.tracks.flat import to_arrow
from safetynets.tracks.table import Tracks

ROW_GROUP_PLOTS = 1 << 18


def write_parquet(tracks: Tracks, path: str | Path) -> Path:
    """Write the flat table of `tracks`; the same tracks give the same bytes, and a failure leaves no half file.

    Floats are byte-stream-split and compressed with zstd, words are dictionaries.
    """
    table = to_arrow(tracks)
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [field.name for field in table.schema if field.name not in floats]
    target = Path(path)
    beside = target.with_name(target.name + ".part")
    try:
        pq.write_table(
            table,
            beside,
            row_group_size=ROW_GROUP_PLOTS,
            compression="zstd",
            compression_level=9,
            use_dictionary=others,
            use_byte_stream_split=floats,
            write_statistics=False,
        )
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def parquet_names(source: BinaryIO, file: str | Path) -> list[str]:
    """The column names of a Parquet file."""
    return list(_opened(source, file).schema_arrow.names)


def parquet_batches(source: BinaryIO, names: Sequence[str], file: str | Path) -> Iterator[pa.RecordBatch]:
    """The named columns of a Parquet file, one row group at a time.

    Raises
    ------
    TracksError
        When the file is truncated or damaged.
    """
    parquet = _opened(source, file)
    try:
        yield from parquet.iter_batches(batch_size=ROW_GROUP_PLOTS, columns=list(names), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, error) from error


def _opened(source: BinaryIO, file: str | Path) -> pq.ParquetFile:
    source.seek(0)
    try:
        return pq.ParquetFile(source, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, error) from error


def _damaged(file: str | Path, error: Exception) -> TracksError:
    reason = str(error).splitlines()[0].rstrip(".")
    return TracksError(f"truncated or damaged Parquet: {reason}", file=file, mend="copy or write the file again")
