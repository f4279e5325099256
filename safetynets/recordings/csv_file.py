"""Tables as text: written with commas, read in every dialect, a block at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from safetynets.errors import TracksError
from safetynets.output import whole_file
from safetynets.recordings.dialect import COMMENT_SIGNS, Dialect
from safetynets.recordings.source import Source
from safetynets.spreadsheet import CELL, WRITTEN
from safetynets.tracks.flat import to_arrow
from safetynets.tracks.table import Tracks

BLOCK_BYTES = 1 << 23
NULLS = ["", "NaN", "nan", "NAN", "null", "NULL", "None", "<NA>", "N/A", "\\N"]
DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]")
ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


def write_csv(tracks: Tracks, path: str | Path) -> Path:
    """Write the flat table of tracks as CSV; every float is written so that it reads back to the same bits.

    NaN is an empty field. A text that a spreadsheet would run as a formula is written behind an apostrophe, which
    reading takes away again. The same tracks give the same bytes, and a failure leaves no half file.

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
    ...     write_csv(tracks, Path(folder) / "day.csv").read_text()[:32]
    '"time_s","track","latitude_deg",'
    """
    table = to_arrow(tracks)
    for position, field in enumerate(table.schema):
        column = table.column(position)
        if pa.types.is_dictionary(field.type):
            words = pc.replace_substring_regex(column.cast(pa.string()), CELL, r"'\1")
            table = table.set_column(position, field.name, words)
        elif pa.types.is_floating(field.type):
            known = pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
            table = table.set_column(position, field.name, known)
    target = Path(path)
    with whole_file(target, TracksError) as new:
        csv.write_csv(table, new)
    return target


def csv_batches(
    source: Source, dialect: Dialect, columns: Mapping[str, str], *, typed: bool
) -> Iterator[pa.RecordBatch]:
    """The named columns of a text table, a block at a time: `columns` gives for each name its quantity.

    With `typed` numbers come as floats, times that are text as timestamps and words as dictionaries, and a value that
    is none raises `pa.ArrowInvalid`; without, all is text, so that every value can be judged with its row.

    Raises
    ------
    TracksError
        When a line has another number of fields than there are columns, or the text is not in its encoding.
    """
    with source.opened() as stream:
        try:
            reader = csv.open_csv(
                stream,
                read_options=csv.ReadOptions(
                    block_size=BLOCK_BYTES,
                    use_threads=False,
                    column_names=_distinct(dialect.names),
                    skip_rows=dialect.header_lines,
                    encoding=dialect.encoding.replace("utf-8-sig", "utf-8"),
                ),
                parse_options=csv.ParseOptions(
                    delimiter=dialect.delimiter,
                    newlines_in_values=b'"' in source.head,
                    invalid_row_handler=_comments_passed_over if dialect.commented else None,
                ),
                convert_options=csv.ConvertOptions(
                    column_types={name: _type(name, kind, dialect, typed=typed) for name, kind in columns.items()},
                    include_columns=list(columns),
                    null_values=NULLS,
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    decimal_point=dialect.decimal,
                    true_values=["true", "True", "TRUE", "1", "1.0", "t", "T"],
                    false_values=["false", "False", "FALSE", "0", "0.0", "f", "F"],
                ),
            )
            while True:
                try:
                    yield _as_written(reader.read_next_batch())
                except StopIteration:
                    return
        except pa.ArrowInvalid as error:
            if typed and "conversion error" in str(error):
                raise
            raise _refused(source, dialect.header_lines, error) from error
        except (pa.ArrowException, UnicodeError) as error:
            raise _refused(source, dialect.header_lines, error) from error


def _as_written(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with texts as they were before they were made harmless to a spreadsheet."""
    columns = []
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            words = pc.replace_substring_regex(column.dictionary, WRITTEN, r"\1")
            column = pa.DictionaryArray.from_arrays(column.indices, words)
        elif pa.types.is_string(column.type):
            column = pc.replace_substring_regex(column, WRITTEN, r"\1")
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, where one is there twice with its place: pyarrow reads by name."""
    return [name if name not in names[:place] else f"{name}\0{place}" for place, name in enumerate(names)]


def _comments_passed_over(row: csv.InvalidRow) -> str:
    return "skip" if row.text.lstrip().startswith(COMMENT_SIGNS) else "error"


def _type(name: str, kind: str, dialect: Dialect, *, typed: bool) -> pa.DataType:
    if not typed:
        return pa.string()
    if kind == "word":
        return pa.dictionary(pa.int32(), pa.string())
    if kind == "flag":
        return pa.bool_()
    if kind == "time":
        place = dialect.names.index(name)
        first = next((row[place].strip() for row in dialect.sample if len(row) > place), "")
        if DATE.match(first):
            return pa.timestamp("ns", "UTC" if ZONE.search(first) else None)
    return pa.float64()


def _refused(source: Source, header_lines: int, error: Exception) -> TracksError:
    text = str(error).splitlines()[0]
    if "Empty CSV" in text:
        return TracksError("is empty", file=source.file, mend="give a line of column names and a line for each plot")
    place = re.search(r"Row #(\d+)", text)
    where = f"row {int(place[1]) - header_lines}" if place else None
    reason = re.sub(r"^(CSV parse error|In CSV column #\d+): (Row #\d+: )?(CSV conversion error to [^:]+: )?", "", text)
    mend = "give each line as many fields as the first" if "Expected" in reason else "write UTF-8 text"
    return TracksError(f"not readable as CSV: {reason}", file=source.file, where=where, mend=mend)
