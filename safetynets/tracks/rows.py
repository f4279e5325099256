"""Rows of a table as it came, a batch at a time: every value is judged where its file and row are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.tracks.table import UNKNOWN

Floats = NDArray[np.float64]

ANSWERS = {"true": 1, "1": 1, "1.0": 1, "false": 0, "0": 0, "0.0": 0, "": UNKNOWN, None: UNKNOWN}
"""What stands in the yes-or-no columns of text files."""


class Words:
    """Numbers for the words of one column, in the order in which they turn up; 0 is the empty word."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {"": 0}

    @property
    def words(self) -> NDArray[np.object_]:
        """The words by their number."""
        return np.array(list(self.codes), dtype=object)

    def encode(self, column: pa.Array, tidy: Callable[[Any], str]) -> NDArray[np.int32]:
        """The numbers of the words in an Arrow column, each word tidied first."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        words = [tidy(word) for word in column.dictionary.to_pylist()] + [""]
        of_word = np.array([self.codes.setdefault(word, len(self.codes)) for word in words], dtype=np.int32)
        indices = column.indices.cast(pa.int32()).fill_null(len(words) - 1)
        return np.asarray(of_word[indices.to_numpy(zero_copy_only=False)])

    def ranked(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
        """The words in alphabetical order, and the numbers changed to it."""
        words = self.words
        order = np.argsort(words.astype(str), kind="stable")
        rank = np.empty(len(words), dtype=np.int32)
        rank[order] = np.arange(len(words), dtype=np.int32)
        return words[order], rank[codes]


class Growing:
    """A column of a length not known beforehand; it grows in place, so that a long recording is never held twice."""

    def __init__(self, dtype: Any) -> None:
        self.values: NDArray[Any] = np.zeros(0, dtype=dtype)

    def append(self, values: NDArray[Any]) -> None:
        """Put values at the end."""
        length = len(self.values)
        self.values.resize(length + len(values), refcheck=False)
        self.values[length:] = values


class Rows:
    """One batch of rows; `first_row` is the number of its first, counted from 1 below the column names."""

    def __init__(self, batch: pa.RecordBatch, first_row: int, file: str | Path | None) -> None:
        self.batch = batch
        self.first_row = first_row
        self.file = file
        self._names = frozenset(batch.schema.names)

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def column(self, name: str) -> pa.Array:
        """A column as it came, without a dictionary."""
        column = self.batch.column(name)
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column

    def refuse(self, index: int, problem: str, mend: str) -> TracksError:
        """The error that names the row at `index` of this batch."""
        return TracksError(problem, file=self.file, where=f"row {self.first_row + int(index)}", mend=mend)

    def numbers(self, name: str, unit: str, mend: str = "leave it empty where it is unknown") -> Floats:
        """A column as floats, NaN for unknown or when there is no such column; refuses other text and infinity."""
        if name not in self:
            return np.full(len(self), np.nan)
        column = self.column(name)
        if is_text(column):
            values = self._parsed(column, name, unit)
        else:
            try:
                values = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
            except pa.ArrowException:
                raise TracksError(
                    f"column {name!r} holds {column.type}", file=self.file, mend=f"give numbers ({unit})"
                ) from None
        bad = np.flatnonzero(np.isinf(values))
        if len(bad):
            raise self.refuse(bad[0], f"{name} is {values[bad[0]]}", mend)
        return values

    def _parsed(self, column: pa.Array, name: str, unit: str) -> Floats:
        try:
            trimmed = pc.utf8_trim_whitespace(column)
            known = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
            return np.array(known.cast(pa.float64()).to_numpy(zero_copy_only=False))
        except pa.ArrowException:
            for index, text in enumerate(column.to_pylist()):
                if text is not None and text.strip() and not is_number(text):
                    raise self.refuse(index, f"{name} is {text!r}, not a number", f"give a number ({unit})") from None
            raise

    def within(self, name: str, unit: str, lowest: float, highest: float) -> Floats:
        """As `numbers`, and refuses a value out of range."""
        values = self.numbers(name, unit)
        bad = np.flatnonzero((values < lowest) | (values > highest))
        if len(bad):
            raise self.refuse(
                bad[0],
                f"{name} {values[bad[0]]:.10g} is outside {lowest:g} to {highest:g}",
                f"give {unit} in that range, or leave it empty where it is unknown",
            )
        return values

    def integers(self, name: str, dtype: Any, unknown: int) -> NDArray[Any]:
        """A column of whole numbers of a small type; refuses a fraction or a number too large."""
        values = self.numbers(name, "whole number")
        values[np.isnan(values)] = unknown
        limits = np.iinfo(dtype)
        bad = np.flatnonzero((values != np.floor(values)) | (values < limits.min) | (values > limits.max))
        if len(bad):
            raise self.refuse(
                bad[0], f"{name} is {values[bad[0]]:.10g}", f"give a whole number of {limits.min} to {limits.max}"
            )
        return values.astype(dtype)

    def yes_no(self, name: str) -> NDArray[np.int8]:
        """A yes-or-no column as 1, 0 and -1 for unknown; refuses anything else."""
        if name in self and is_text(self.column(name)):
            encoded = self.column(name).dictionary_encode(null_encoding="encode")
            said = encoded.dictionary.to_pylist()
            meant = [ANSWERS.get(text if text is None else text.strip().lower(), np.nan) for text in said]
            answer = encoded.indices.to_numpy(zero_copy_only=False)
            values = np.array(meant, dtype=np.float64)[answer]
            bad = np.flatnonzero(np.isnan(values))
            wrong = repr(said[answer[bad[0]]]) if len(bad) else ""
        else:
            values = self.numbers(name, "true or false")
            values[np.isnan(values)] = UNKNOWN
            bad = np.flatnonzero(~np.isin(values, (0.0, 1.0, float(UNKNOWN))))
            wrong = f"{values[bad[0]]:.10g}" if len(bad) else ""
        if len(bad):
            raise self.refuse(bad[0], f"{name} is {wrong}", "give true or false, or leave it empty")
        return np.asarray(values, dtype=np.int8)

    def words(self, name: str, words: Words, tidy: Callable[[Any], str]) -> NDArray[np.int32]:
        """A column of words as their numbers in `words`; 0 when there is no such column."""
        if name not in self:
            return np.zeros(len(self), dtype=np.int32)
        column = self.batch.column(name)
        if pa.types.is_null(column.type):
            column = column.cast(pa.string())
        if pa.types.is_nested(column.type):
            raise TracksError(f"column {name!r} holds {column.type}", file=self.file, mend="give text")
        return words.encode(column, tidy)


def is_text(column: pa.Array) -> bool:
    """Whether an Arrow column holds text."""
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def is_number(text: str) -> bool:
    """Whether a text is a number.

    >>> is_number("12e3"), is_number("FL120")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True
