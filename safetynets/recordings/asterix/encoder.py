"""`encode`: columns of values to ASTERIX records of any category that there is a table of.

A column has a value for each record under the path of its field: `{"010/SAC": [1, 1], "136": [65.0, nan]}`. Values are
in the unit of the table; what is unknown (NaN, None, the empty text, -1 in a field that is a code) is left out. An item
is there when one of its fields is known; its other fields are then 0. All fields of a repetitive item have a row of
values for each record, the known ones first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.errors import TracksError
from safetynets.recordings.asterix.tables import Category, Field, Item, fields_of, load, part_octets

Octets = NDArray[np.uint8]
Flags = NDArray[np.bool_]

TEXT_BITS = {"ascii": 8, "icao": 6, "octal": 3}


@dataclass(frozen=True)
class Encoded:
    """Records end to end, and where each ends."""

    octets: Octets
    end: NDArray[np.int64]

    def records(self) -> list[bytes]:
        """Each record alone."""
        starts = [0, *self.end.tolist()]
        return [self.octets[start:end].tobytes() for start, end in zip(starts, self.end, strict=False)]


@dataclass(frozen=True)
class _Part:
    """Some octets of every record, which of them are there, and which records have any."""

    octets: Octets
    keep: Flags

    @property
    def present(self) -> Flags:
        return np.asarray(self.keep.any(axis=1))


def encode(
    category: int | Category, columns: Mapping[str, ArrayLike], *, edition: str | None = None, uap: str = ""
) -> Encoded:
    """Encode records of a category, each column holding the value of one field in every record.

    Parameters
    ----------
    category
        The number of a category that there is a table of, or its table.
    columns
        Values by path, such as "070", "105/LAT" or "380/SAL/ALT": numbers in the unit of the table, codes, or text. The
        content of an explicit item is bytes.
    edition
        Another edition than the newest.
    uap
        "plot" or "track" in category 001.

    Returns
    -------
    Encoded
        The records, in the order of the rows.

    Raises
    ------
    TracksError
        For a path that the edition does not have, or a value that does not fit, with the row (from 1).

    Examples
    --------
    >>> encode(65, {"010/SAC": [1], "010/SIC": [2], "000": [2], "030": [3600.5]}).records()[0].hex()
    'd0010202070840'
    """
    table = category if isinstance(category, Category) else load(category, edition)
    values = {path: _array(column) for path, column in columns.items()}
    counts = {len(column) for column in values.values()}
    if len(counts) > 1:
        raise TracksError(f"columns of {' and '.join(map(str, sorted(counts)))} records", mend="give all one length")
    count = counts.pop() if counts else 0
    order = table.uap(uap)
    unused = set(values)
    parts = [
        None if name is None or name not in table.items else _item(name, table.items[name], values, unused, count)
        for name in order
    ]
    if unused:
        raise TracksError(
            f"category {table.number:03d} edition {table.edition} has no field {sorted(unused)[0]!r}",
            mend="look it up in the specification",
        )
    record = _flagged(parts, count, always=True)
    kept = record.keep
    return Encoded(record.octets[kept], np.cumsum(kept.sum(axis=1), dtype=np.int64))


def blocks(category: int, encoded: Encoded, longest: int = 1400) -> list[tuple[int, bytes]]:
    """Data blocks of at most `longest` octets, or of one record: the number of records in each, and its octets.

    >>> one = encode(65, {"000": [1, 2, 3]})
    >>> [(count, block.hex()) for count, block in blocks(65, one, longest=7)]
    [(2, '41000740014002'), (1, '4100054003')]
    """
    found = []
    first, before = 0, 0
    while first < len(encoded.end):
        last = int(np.searchsorted(encoded.end, before + longest - 3, side="right"))
        last = max(last, first + 1)
        end = int(encoded.end[last - 1])
        content = encoded.octets[before:end].tobytes()
        found.append((last - first, bytes((category,)) + (len(content) + 3).to_bytes(2, "big") + content))
        first, before = last, end
    return found


def _array(column: ArrayLike) -> NDArray[Any]:
    if isinstance(column, np.ndarray):
        return column
    values = list(column)  # type: ignore[arg-type]
    if any(value is None or isinstance(value, str | bytes) for value in values):
        objects = np.empty(len(values), dtype=object)
        objects[:] = values
        return objects
    return np.asarray(values)


def _item(path: str, item: Item, values: dict[str, NDArray[Any]], unused: set[str], count: int) -> _Part | None:
    """One item of all records, or None where no column is of it."""
    mine = [name for name in values if name == path or name.startswith(path + "/")]
    if not mine:
        return None
    if "subitems" in item:
        parts = [
            None if entry is None else _item(f"{path}/{entry[0]}", entry[1], values, unused, count)
            for entry in item["subitems"]
        ]
        if "flags" not in item:
            return _flagged(parts, count)
        return _explicit(_flagged(parts, count, octets=item["flags"]))
    if "explicit" in item:
        unused.discard(path)
        return _explicit(_bytes(values[path]))
    columns = {}
    for name, field in fields_of(item):
        own = "/".join(part for part in (path, name) if part)
        key = own if own in values else path if path in values and name == path.split("/")[-1] else None
        if key is not None:
            unused.discard(key)
            columns[name] = (key, values[key], field)
    if "repeat" in item:
        return _repeated(item, columns, count)
    if "parts" in item:
        return _extended(item, columns, count)
    return _fixed(sum(field[1] for field in item["fields"]) // 8, columns, count)


def _fixed(octets: int, columns: dict[str, tuple[str, NDArray[Any], Field]], count: int) -> _Part:
    content = np.zeros((count, octets), dtype=np.uint8)
    coded = [(*_codes(values, field, path), field, path) for path, values, field in columns.values()]
    present = np.zeros(count, dtype=bool)
    for _, known, _, _ in coded:
        present |= known
    for code, known, field, path in coded:
        lacking = np.flatnonzero(present & ~known)
        if len(lacking) and field.content != "raw":
            raise _refused(path, lacking[0], "unknown, but another field of its item is known")
        _put(content, field.first_bit, field.bits, code)
    return _Part(content, np.repeat(present[:, None], octets, axis=1))


def _put(content: Octets, first_bit: int, bits: int, code: NDArray[np.uint64]) -> None:
    """Set the bits of a field in the octets of each row."""
    last_bit = first_bit + bits
    for octet in range(first_bit // 8, (last_bit + 7) // 8):
        shift = last_bit - 8 * (octet + 1)
        part = code >> np.uint64(shift) if shift >= 0 else code << np.uint64(-shift)
        content[:, octet] |= (part & np.uint64(0xFF)).astype(np.uint8)


def _extended(item: Item, columns: dict[str, tuple[str, NDArray[Any], Field]], count: int) -> _Part:
    parts = []
    last = np.full(count, -1)
    for number, described in enumerate(item["parts"]):
        octets, goes_on = part_octets(described)
        mine = {name: column for name, column in columns.items() if column[2].part == number}
        part = _fixed(octets, mine, count)
        last[part.present] = number
        parts.append((part, goes_on))
    for number, (part, goes_on) in enumerate(parts):
        if goes_on:
            part.octets[:, -1] |= last > number
        part.keep[:] = (last >= number)[:, None]
    return _joined([part for part, _ in parts])


def _repeated(item: Item, columns: dict[str, tuple[str, NDArray[Any], Field]], count: int) -> _Part:
    width = max((values.shape[1] if values.ndim == 2 else 0) for _, values, _ in columns.values())
    bits = sum(field[1] for field in item["fields"])
    repetitions = []
    for number in range(width):
        one = {name: (path, values[:, number], field) for name, (path, values, field) in columns.items()}
        repetitions.append(_fixed((bits + 7) // 8, one, count))
    times = sum((part.present.astype(np.int64) for part in repetitions), np.zeros(count, dtype=np.int64))
    for number, part in enumerate(repetitions):
        odd = np.flatnonzero(part.present != (times > number))
        if len(odd):
            raise _refused(next(iter(columns.values()))[0], odd[0], "unknown before another repetition that is known")
        if not item["repeat"]:
            part.octets[:, -1] |= times > number + 1
    if not item["repeat"]:
        return _joined(repetitions)
    head = np.zeros((count, item["repeat"]), dtype=np.uint8)
    _put(head, 0, 8 * item["repeat"], times.astype(np.uint64))
    return _joined([_Part(head, np.repeat((times > 0)[:, None], item["repeat"], axis=1)), *repetitions])


def _flagged(parts: list[_Part | None], count: int, octets: int | None = None, always: bool = False) -> _Part:
    """Parts after the flags that say which are there: with FX bits, or a fixed number of octets without."""
    per_octet = 7 if octets is None else 8
    size = (len(parts) + per_octet - 1) // per_octet if octets is None else octets
    flags = np.zeros((count, size), dtype=np.uint8)
    last = np.full(count, 0 if always else -1)
    for number, part in enumerate(parts):
        if part is not None:
            octet, bit = divmod(number, per_octet)
            flags[:, octet] |= part.present.astype(np.uint8) << np.uint8(7 - bit)
            last = np.where(part.present, octet, last)
    places = np.arange(size)
    if octets is None:
        flags |= (places < last[:, None]).astype(np.uint8)
        keep = places <= last[:, None]
    else:
        keep = np.repeat((last >= 0)[:, None], size, axis=1)
    return _joined([_Part(flags, keep), *(part for part in parts if part is not None)])


def _explicit(content: _Part) -> _Part:
    length = content.keep.sum(axis=1) + content.present
    long = np.flatnonzero(length > 255)
    if len(long):
        raise TracksError(
            f"an explicit item of {length[long[0]]} octets", where=f"row {long[0] + 1}", mend="at most 255"
        )
    return _joined([_Part(length.astype(np.uint8)[:, None], content.present[:, None]), content])


def _bytes(values: NDArray[Any]) -> _Part:
    lengths = np.array([len(value or b"") for value in values], dtype=np.int64)
    keep = np.arange(int(lengths.max(initial=0))) < lengths[:, None]
    content = np.zeros(keep.shape, dtype=np.uint8)
    content[keep] = np.frombuffer(b"".join(value or b"" for value in values), dtype=np.uint8)
    return _Part(content, keep)


def _joined(parts: list[_Part]) -> _Part:
    return _Part(
        np.concatenate([part.octets for part in parts], axis=1), np.concatenate([part.keep for part in parts], axis=1)
    )


def _codes(values: NDArray[Any], field: Field, path: str) -> tuple[NDArray[np.uint64], Flags]:
    """The bits of a field in every record, and where it is known."""
    if field.content in TEXT_BITS and values.dtype.kind in "OU":
        return _text_codes(values, field, path)
    if values.dtype.kind == "f":
        known = ~np.isnan(values)
        scaled = np.round(np.where(known, values, 0.0) / field.least)
    elif values.dtype.kind in "iub":
        known = values >= 0 if field.content not in ("signed", "unsigned") else np.ones(len(values), dtype=bool)
        scaled = np.where(known, values, 0)
        if field.least != 1.0:
            scaled = np.round(scaled / field.least)
    else:
        raise TracksError(f"{path} has values of type {values.dtype}", mend="give numbers, or text in a field of text")
    low, high = (-(1 << field.bits - 1), (1 << field.bits - 1) - 1) if field.signed else (0, (1 << field.bits) - 1)
    outside = np.flatnonzero((scaled < low) | (scaled > high))
    if len(outside):
        limits = f"{low * field.least:.10g} to {high * field.least:.10g} {field.unit}".rstrip()
        raise _refused(path, outside[0], f"{values[outside[0]]:.10g}, outside {limits}")
    whole = scaled.astype(np.int64) if scaled.dtype.kind == "f" else scaled
    mask = np.uint64((1 << field.bits) - 1)
    return whole.astype(np.int64).astype(np.uint64) & mask, known


def _text_codes(values: NDArray[Any], field: Field, path: str) -> tuple[NDArray[np.uint64], Flags]:
    words, place = np.unique(np.array(["" if value is None else str(value) for value in values]), return_inverse=True)
    size = TEXT_BITS[field.content]
    codes = np.zeros(len(words), dtype=np.uint64)
    for number, word in enumerate(words.tolist()):
        if not word:
            continue
        length = field.bits // size
        text = word.rjust(length, "0") if field.content == "octal" else word.ljust(length)
        characters = [_character(one, field.content) for one in text]
        if len(text) > length or None in characters:
            row = int(np.flatnonzero(place == number)[0])
            raise _refused(path, row, f"{word!r}, not {length} characters that it can hold")
        code = 0
        for character in characters:
            code = code << size | (character or 0)
        codes[number] = code
    return codes[place], np.asarray(words != "")[place]


def _character(one: str, content: str) -> int | None:
    code = ord(one)
    if content == "ascii":
        return code if code < 128 else None
    if content == "octal":
        return code - 48 if "0" <= one <= "7" else None
    if "A" <= one <= "Z":
        return code - 64
    return code if one == " " or "0" <= one <= "9" else None


def _refused(path: str, row: int, problem: str) -> TracksError:
    return TracksError(f"{path} is {problem}", where=f"row {int(row) + 1}", mend="give a value that fits")
