"""CSV: comma-separated, the column names in the first line, a chunk at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from safetynets.errors import TracksError
from safetynets.tracks.flat import to_arrow
from safetynets.tracks.table import Tracks

CHUNK_BYTES = 1 << 22


def write_csv(tracks: Tracks, path: str | Path) -> Path:
    """Write the flat table of `tracks`; every float is written so that it reads back to the same bits.

    NaN is an empty field. The same tracks give the same bytes, and a failure leaves no half file.
    """
    table = to_arrow(tracks)
    for position, field in enumerate(table.schema):
        column = table.column(position)
        if pa.types.is_dictionary(field.type):
            table = table.set_column(position, field.name, column.cast(pa.string()))
        elif pa.types.is_floating(field.type):
            known = pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
            table = table.set_column(position, field.name, known)
    target = Path(path)
    beside = target.with_name(target.name + ".part")
    try:
        csv.write_csv(table, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def csv_names(source: BinaryIO, file: str | Path) -> list[str]:
    """The column names of a CSV file."""
    return list(_opened(source, file, None).schema.names)


def csv_batches(source: BinaryIO, names: Sequence[str], file: str | Path) -> Iterator[pa.RecordBatch]:
    """The named columns of a CSV file as text, a chunk at a time, so that every value can be judged with its row.

    Raises
    ------
    TracksError
        When a line has another number of fields than there are columns, or the text is not UTF-8.
    """
    reader = _opened(source, file, names)
    while True:
        try:
            yield reader.read_next_batch()
        except StopIteration:
            return
        except pa.ArrowException as error:
            raise _refused(file, error) from error


def _opened(source: BinaryIO, file: str | Path, names: Sequence[str] | None) -> csv.CSVStreamingReader:
    source.seek(0)
    wanted = {} if names is None else {name: pa.string() for name in names}
    try:
        return csv.open_csv(
            source,
            read_options=csv.ReadOptions(block_size=CHUNK_BYTES, use_threads=False),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=wanted,
                include_columns=list(wanted),
                null_values=["", "NaN", "nan", "null", "None", "<NA>"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowException as error:
        raise _refused(file, error) from error


def _refused(file: str | Path, error: Exception) -> TracksError:
    text = str(error).splitlines()[0]
    if "Empty CSV" in text:
        return TracksError("is empty", file=file, mend="give a line of column names and a line for each plot")
    place = re.search(r"Row #(\d+)", text)
    where = f"row {int(place[1]) - 1}" if place else None
    reason = re.sub(r"^(CSV parse error|In CSV column #\d+): (Row #\d+: )?(CSV conversion error to \w+: )?", "", text)
    mend = "give each line as many fields as the first" if "Expected" in reason else "write UTF-8 text with commas"
    return TracksError(f"not readable as CSV: {reason}", file=file, where=where, mend=mend)
