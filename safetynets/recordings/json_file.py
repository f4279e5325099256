"""Tables as JSON: a list of records, an object of columns, or a record a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from safetynets.errors import TracksError
from safetynets.recordings.dialect import encoding_of
from safetynets.recordings.source import Source
from safetynets.text_files import parse_json

Columns = dict[str, list[Any]]

CHUNK_PLOTS = 1 << 18
MEND = "give a list of records, an object of columns as pandas' to_json writes it, or a record a line"


def json_value(source: Source) -> Any:
    """What a JSON file holds; of a file with a value a line the list of them.

    Raises
    ------
    TracksError
        Where the text is no JSON.
    """
    try:
        text = source.whole().decode(encoding_of(source.head))
    except UnicodeError as error:
        raise TracksError(f"not readable as JSON: {error}", file=source.file, mend="save it as UTF-8") from None
    try:
        return parse_json(text)
    except ValueError as error:
        if "Extra data" not in str(error):
            raise TracksError(f"not readable as JSON: {error}", file=source.file, mend=MEND) from None
    values = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                values.append(parse_json(line))
            except ValueError as error:
                raise TracksError(
                    f"not readable as JSON: {error}", file=source.file, where=f"line {number}", mend=MEND
                ) from None
    return values


def table_of(value: Any, source: Source) -> Columns:
    """The columns of a JSON value that is a table in one of its forms.

    Raises
    ------
    TracksError
        When it is none.
    """
    if isinstance(value, dict) and value and all(isinstance(column, dict) for column in value.values()):
        indices = {tuple(column) for column in value.values()}
        if len(indices) == 1:
            return {name: list(column.values()) for name, column in value.items()}
        rows = sorted({key for keys in indices for key in keys}, key=lambda key: (len(key), key))
        return {name: [column.get(key) for key in rows] for name, column in value.items()}
    if isinstance(value, dict) and value and all(isinstance(column, list) for column in value.values()):
        lengths = {name: len(column) for name, column in value.items()}
        if len(set(lengths.values())) == 1:
            return dict(value)
        raise TracksError(f"the columns have different lengths: {lengths}", file=source.file, mend=MEND)
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and all(isinstance(record, dict) for record in value):
        return columns_of(value)
    raise TracksError("is JSON, but no table of plots", file=source.file, mend=MEND)


def columns_of(records: Sequence[Mapping[str, Any]]) -> Columns:
    """The columns of records, None where a record does not have a key.

    >>> columns_of([{"a": 1}, {"a": 2, "b": 3}])
    {'a': [1, 2], 'b': [None, 3]}
    """
    names = dict.fromkeys(name for record in records for name in record)
    return {name: [record.get(name) for record in records] for name in names}


def json_batches(columns: Mapping[str, Iterable[Any]], names: Iterable[str]) -> Iterator[pa.RecordBatch]:
    """The named columns in batches; a column of mixed types becomes text, to be judged value by value."""
    arrays = {}
    for name in names:
        values = columns[name]
        try:
            arrays[name] = pa.array(values, from_pandas=True)
        except (pa.ArrowException, TypeError, OverflowError, ValueError):
            texts = [None if value is None or value != value else _text(value) for value in values]
            arrays[name] = pa.array(texts, pa.string())
    if arrays:
        yield from pa.table(arrays).to_batches(max_chunksize=CHUNK_PLOTS)


def _text(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()
