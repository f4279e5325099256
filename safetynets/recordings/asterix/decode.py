"""From the blocks of one category to columns: numbers and codes of every record, by the names of `fields.Fields`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.asterix.fields import Fields
from safetynets.recordings.asterix.kernels import column, raw_column, register_4_0, walk
from safetynets.recordings.asterix.tables import Category, Wanted, layout

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Octets = NDArray[np.uint8]

SMALLEST_RECORD = 8
"""Octets a record takes at least on average; where they are shorter, the walk is only interrupted more often."""


@dataclass(frozen=True)
class Records:
    """Decoded records: the number of the block of each, its numbers (NaN where absent) and codes (-1 where absent).

    `undecodable` has the numbers of the blocks of which nothing was taken.
    """

    block: Codes
    numbers: dict[str, Floats]
    codes: dict[str, Codes]
    register_4_0: Codes
    undecodable: Codes

    def __len__(self) -> int:
        return len(self.block)

    def number(self, name: str) -> Floats:
        """A column of numbers; all NaN where the category or edition has no such field."""
        return self.numbers.get(name, np.full(len(self), np.nan))

    def code(self, name: str) -> Codes:
        """A column of codes; all -1 where the category or edition has no such field."""
        return self.codes.get(name, np.full(len(self), -1))


class Decoder:
    """Decodes the blocks of one category in one edition to the fields that are asked for."""

    def __init__(self, category: Category, fields: Fields) -> None:
        self.category = category
        self.fields = fields
        self.layout = layout(category, fields.paths)
        self._numbers = [(name, path) for name, paths in fields.numbers.items() for path in self._known(paths)]
        self._codes = [(name, path) for name, paths in fields.codes.items() for path in self._known(paths)]
        self._number_rows, self._least = self._rows([path for _, path in self._numbers])
        self._code_rows, _ = self._rows([path for _, path in self._codes])
        self._registers = [self.layout.fields[path].slot for path in self._known(fields.registers)]
        self._offsets = np.empty((0, max(self.layout.slots, 1)), dtype=np.int32)

    def _known(self, paths: tuple[str, ...]) -> list[str]:
        return [path for path in paths if path in self.layout.fields]

    def _rows(self, paths: list[str]) -> tuple[Codes, Floats]:
        wanted: list[Wanted] = [self.layout.fields[path] for path in paths]
        rows = [[one.slot, one.first_bit, one.bits, int(one.signed)] for one in wanted]
        return np.array(rows, dtype=np.int64).reshape(-1, 4), np.array([one.least for one in wanted])

    def decode(self, octets: Octets, start: Codes, end: Codes) -> Records:
        """The records of the blocks that begin at `start` and end before `end`."""
        status = np.zeros(len(start), dtype=np.uint8)
        capacity = int((end - start).sum()) // SMALLEST_RECORD + 256
        longest = int((end - start).max(initial=0))
        capacity = max(capacity, longest)
        if len(self._offsets) < capacity:
            self._offsets = np.empty((capacity, self._offsets.shape[1]), dtype=np.int32)
        block_of = np.empty(len(self._offsets), dtype=np.int64)
        tables = self.layout.roots, self.layout.nodes, self.layout.children
        pieces = []
        block = 0
        while block < len(start):
            count, block = walk(octets, start, end, block, *tables, self._offsets, block_of, status)
            offsets = self._offsets[:count]
            numbers = np.empty((len(self._numbers), count))
            column(octets, offsets, self._number_rows, self._least, numbers)
            codes = np.empty((len(self._codes), count), dtype=np.int64)
            raw_column(octets, offsets, self._code_rows, codes)
            register = np.full(count, -1, dtype=np.int64)
            for slot in self._registers:
                register_4_0(octets, offsets, slot, register)
            pieces.append((block_of[:count].copy(), numbers, codes, register))
        if len(pieces) == 1:
            found = pieces[0]
        else:
            empty = (
                np.empty(0, dtype=np.int64),
                np.empty((len(self._numbers), 0)),
                np.empty((len(self._codes), 0), dtype=np.int64),
                np.empty(0, dtype=np.int64),
            )
            joined = [np.concatenate(parts, axis=-1) for parts in zip(empty, *pieces, strict=True)]
            found = joined[0], joined[1], joined[2], joined[3]
        numbers_of: dict[str, Floats] = {}
        for (name, _), values in zip(self._numbers, found[1], strict=True):
            before = numbers_of.get(name)
            numbers_of[name] = values if before is None else np.where(np.isnan(before), values, before)
        codes_of: dict[str, Codes] = {}
        for (name, _), raw in zip(self._codes, found[2], strict=True):
            earlier = codes_of.get(name)
            codes_of[name] = raw if earlier is None else np.where(earlier < 0, raw, earlier)
        return Records(found[0], numbers_of, codes_of, found[3], np.flatnonzero(status))
