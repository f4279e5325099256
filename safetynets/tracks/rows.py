"""Rows of a table as it came, a batch at a time: every value is judged where its file and row are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safetynets.errors import TracksError, listed
from safetynets.tracks.columns import new_column, release_memory
from safetynets.tracks.table import UNKNOWN

Floats = NDArray[np.float64]

MOST_EXPECTED = 1 << 26
"""No room is set aside for more plots than this before they come, whatever a file says of itself."""

ANSWERS = {"true": 1, "1": 1, "1.0": 1, "t": 1, "false": 0, "0": 0, "0.0": 0, "f": 0, "": UNKNOWN, None: UNKNOWN}
"""What stands in the yes-or-no columns of text files."""

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)|nan", re.ASCII | re.IGNORECASE)


@dataclass
class Problems:
    """What is wrong with the rows of a table: of each kind the first, and how many more."""

    file: str | Path | None
    found: dict[str, tuple[str, str]] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)
    first_row: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, kind: str, row: int, problem: str, mend: str, count: int = 1) -> None:
        """Note a problem at a row (counted from 1) that `count` rows have, in any order of the rows."""
        with self._lock:
            self.more[kind] = self.more.get(kind, -1) + count
            if kind not in self.found or row < self.first_row[kind]:
                self.found[kind], self.first_row[kind] = (f"row {row}: {problem}", mend), row

    def raise_all(self) -> None:
        """Raise one error for everything that was noted, if anything was."""
        if self.found:
            raise listed(
                TracksError,
                [
                    (f"{problem} (and {self.more[kind]:,} more rows)" if self.more[kind] else problem, mend)
                    for kind, (problem, mend) in sorted(self.found.items(), key=lambda one: self.first_row[one[0]])
                ],
                self.file,
            )


class Words:
    """Numbers for the words of one column, in the order in which they turn up; 0 is the empty word."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {"": 0}
        self._met: dict[Any, int] = {}
        self._last: tuple[pa.Array, NDArray[np.int32]] | None = None

    @property
    def words(self) -> NDArray[np.object_]:
        """The words by their number."""
        return np.array(list(self.codes), dtype=object)

    def encode(self, column: pa.Array, tidy: Callable[[Any], str]) -> NDArray[np.int32]:
        """The numbers of the words in an Arrow column, each word tidied first."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        words = column.dictionary
        if self._last is not None and words.equals(self._last[0]):
            of_word = self._last[1]
        else:
            of_word = np.array([self._code(word, tidy) for word in words.to_pylist()] + [0], dtype=np.int32)
            self._last = words, of_word
        indices = column.indices
        if indices.null_count:
            indices = indices.cast(pa.int32()).fill_null(len(words))
        places = indices.to_numpy(zero_copy_only=False)
        if len(places) and not 0 <= places.min() <= places.max() < len(of_word):
            raise IndexError("a row points to a word that is not there")
        return np.asarray(of_word[places])

    def forget_last(self) -> None:
        """Forget the column encoded last, which is only kept because the next is often alike."""
        self._last = None

    def _code(self, word: Any, tidy: Callable[[Any], str]) -> int:
        if (code := self._met.get(word)) is None:
            code = self._met[word] = self.codes.setdefault(tidy(word), len(self.codes))
        return code

    def ranked(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
        """The words in alphabetical order, and the numbers changed to it."""
        words = self.words
        order = np.argsort(words.astype(str), kind="stable")
        rank = np.empty(len(words), dtype=np.int32)
        rank[order] = np.arange(len(words), dtype=np.int32)
        return words[order], rank[codes]


class Growing:
    """A column of which only the length expected is known: room is set aside, and what is not filled takes none."""

    def __init__(self, dtype: Any, expected: int = 0) -> None:
        self._room: NDArray[Any] = new_column(min(expected, MOST_EXPECTED), dtype)
        self._filled = 0

    def append(self, values: NDArray[Any]) -> None:
        """Put values at the end."""
        filled = self._filled + len(values)
        if filled > len(self._room):
            room = new_column(max(filled, 2 * len(self._room)), self._room.dtype)
            room[: self._filled] = self._room[: self._filled]
            self._room = room
        self._room[self._filled : filled] = values
        self._filled = filled
        release_memory(self._room)

    @property
    def values(self) -> NDArray[Any]:
        """What was put in."""
        return self._room[: self._filled]


class Rows:
    """One batch of rows; `first_row` is the number of its first, counted from 1 below the column names.

    A value that cannot be is noted in `problems`, and is unknown from then on.
    """

    def __init__(self, batch: pa.RecordBatch, first_row: int, problems: Problems) -> None:
        self.batch = batch
        self.first_row = first_row
        self.problems = problems
        self._names = frozenset(batch.schema.names)

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def column(self, name: str) -> pa.Array:
        """A column as it came, without a dictionary."""
        column = self.batch.column(name)
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column

    def refuse(self, bad: NDArray[Any], kind: str, problem: Callable[[int], str], mend: str) -> None:
        """Note that the rows at the indices `bad` have a problem; `problem` says it of the first."""
        if len(bad):
            self.problems.add(kind, self.first_row + int(bad[0]), problem(int(bad[0])), mend, len(bad))

    def numbers(self, name: str, unit: str, mend: str = "leave it empty where it is unknown") -> Floats:
        """A column as floats, NaN for unknown or when there is no such column; other text and infinity are problems."""
        if name not in self:
            return np.full(len(self), np.nan)
        column = self.column(name)
        if is_text(column):
            values = self._parsed(column, name, unit)
        elif pa.types.is_float64(column.type) and not column.null_count:
            values = column.to_numpy()
        else:
            try:
                values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            except pa.ArrowException:
                raise TracksError(
                    f"column {name!r} holds {column.type}", file=self.problems.file, mend=f"give numbers ({unit})"
                ) from None
        if len(values) and (np.fmax.reduce(values) == np.inf or np.fmin.reduce(values) == -np.inf):
            values = values.copy()
            bad = np.flatnonzero(np.isinf(values))
            self.refuse(bad, f"{name} is infinite", lambda index: f"{name} is {values[index]}", mend)
            values[bad] = np.nan
        return np.asarray(values)

    def _parsed(self, column: pa.Array, name: str, unit: str) -> Floats:
        trimmed = pc.utf8_trim_whitespace(column)
        known = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)
        try:
            return np.array(known.cast(pa.float64()).to_numpy(zero_copy_only=False))
        except pa.ArrowException:
            texts = known.to_pylist()
        bad = np.array([index for index, text in enumerate(texts) if text is not None and not is_number(text)], int)
        self.refuse(
            bad,
            f"{name} is no number",
            lambda index: f"{name} is {texts[index]!r}, not a number",
            f"give a number ({unit})",
        )
        return np.array([float(text) if text is not None and is_number(text) else np.nan for text in texts])

    def within(self, name: str, unit: str, lowest: float, highest: float) -> Floats:
        """As `numbers`; a value out of range is a problem."""
        values = self.numbers(name, unit)
        if len(values) and (np.fmin.reduce(values) < lowest or np.fmax.reduce(values) > highest):
            values = values.copy()
            bad = np.flatnonzero((values < lowest) | (values > highest))
            self.refuse(
                bad,
                f"{name} is out of range",
                lambda index: f"{name} {values[index]:.10g} is outside {lowest:g} to {highest:g}",
                f"give {unit} in that range, or leave it empty where it is unknown",
            )
            values[bad] = np.nan
        return values

    def integers(self, name: str, dtype: Any, unknown: int) -> NDArray[Any]:
        """A column of whole numbers of a small type; a fraction or a number too large is a problem."""
        if name in self and self.column(name).type == pa.from_numpy_dtype(dtype) and not self.column(name).null_count:
            return np.asarray(self.column(name).to_numpy())
        values = self.numbers(name, "whole number").copy()
        values[np.isnan(values)] = unknown
        limits = np.iinfo(dtype)
        bad = np.flatnonzero((values != np.floor(values)) | (values < limits.min) | (values > limits.max))
        self.refuse(
            bad,
            f"{name} is no whole number",
            lambda index: f"{name} is {values[index]:.10g}",
            f"give a whole number of {limits.min} to {limits.max}",
        )
        values[bad] = unknown
        return values.astype(dtype)

    def yes_no(self, name: str) -> NDArray[np.int8]:
        """A yes-or-no column as 1, 0 and -1 for unknown; anything else is a problem."""
        if name not in self:
            return np.full(len(self), UNKNOWN, dtype=np.int8)
        column = self.column(name)
        if pa.types.is_boolean(column.type):
            answers = column.cast(pa.int8())
            return np.asarray(answers.fill_null(UNKNOWN).to_numpy(zero_copy_only=False))
        if is_text(column):
            encoded = column.dictionary_encode(null_encoding="encode")
            said = encoded.dictionary.to_pylist()
            meant = [ANSWERS.get(text if text is None else text.strip().lower(), np.nan) for text in said]
            answer = encoded.indices.to_numpy(zero_copy_only=False)
            values = np.array(meant, dtype=np.float64)[answer]
            bad = np.flatnonzero(np.isnan(values))
            shown: Callable[[int], str] = lambda index: f"{name} is {said[answer[index]]!r}"  # noqa: E731
        else:
            values = self.numbers(name, "true or false").copy()
            values[np.isnan(values)] = UNKNOWN
            bad = np.flatnonzero(~np.isin(values, (0.0, 1.0, float(UNKNOWN))))
            shown = lambda index: f"{name} is {values[index]:.10g}"  # noqa: E731
        self.refuse(bad, f"{name} is no answer", shown, "give true or false, or leave it empty")
        values[bad] = UNKNOWN
        return np.asarray(values, dtype=np.int8)

    def words(self, name: str, words: Words, tidy: Callable[[Any], str]) -> NDArray[np.int32]:
        """A column of words as their numbers in `words`; 0 when there is no such column."""
        if name not in self:
            return np.zeros(len(self), dtype=np.int32)
        column = self.batch.column(name)
        if pa.types.is_null(column.type):
            column = column.cast(pa.string())
        if pa.types.is_nested(column.type):
            raise TracksError(f"column {name!r} holds {column.type}", file=self.problems.file, mend="give text")
        try:
            return words.encode(column, tidy)
        except (IndexError, UnicodeError) as error:
            raise TracksError(
                f"column {name!r} is damaged: {error}", file=self.problems.file, mend="copy or write the file again"
            ) from None


def is_text(column: pa.Array) -> bool:
    """Whether an Arrow column holds text."""
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def is_number(text: str) -> bool:
    """Whether a text is a number, in plain digits.

    >>> is_number("12e3"), is_number("FL120"), is_number("1_4150"), is_number("\u0663")
    (True, False, False, False)
    """
    return NUMBER.fullmatch(text.strip()) is not None
