"""How a text file is written: its encoding, what stands between the fields, the decimal sign, where the names stand."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

from safetynets.errors import TracksError

DELIMITERS = (",", ";", "\t", "|")
COMMENT_SIGNS = ("#", "%", "//")
SAMPLE_LINES = 200
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
DECIMAL_POINT = re.compile(r"[+-]?\d+\.\d+")


@dataclass(frozen=True)
class Dialect:
    """How a table is written as text.

    Attributes
    ----------
    encoding
        As Python names it.
    delimiter, decimal
        What stands between the fields, and before the fraction of a number.
    names
        The column names; empty for a table that has none.
    header_lines
        Lines up to and with that of the names.
    sample
        The fields of the first lines after it.
    commented
        Whether there are comments among them.
    """

    encoding: str
    delimiter: str
    decimal: str
    names: tuple[str, ...]
    header_lines: int
    sample: tuple[tuple[str, ...], ...]
    commented: bool = False

    @property
    def spelt(self) -> str:
        """What is unusual in it, in words; empty for UTF-8 with commas and points."""
        said = []
        if self.encoding not in ("utf-8", "utf-8-sig"):
            said.append(self.encoding.upper())
        if self.delimiter != ",":
            said.append({";": "semicolons", "\t": "tabs", "|": "bars"}[self.delimiter] + " between the fields")
        if self.decimal != ".":
            said.append("decimal commas")
        return ", ".join(said)


def encoding_of(head: bytes) -> str:
    """The encoding of a text by its first bytes; UTF-8 unless a mark or the zeros of UTF-16 say otherwise.

    >>> encoding_of("time,track".encode("utf-16-le")), encoding_of(b"time,track")
    ('utf-16-le', 'utf-8')
    """
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:400]
    if len(start) >= 4:
        odd, even = start[1::2].count(0) / len(start[1::2]), start[::2].count(0) / len(start[::2])
        if odd > 0.8 and even < 0.05:
            return "utf-16-le"
        if even > 0.8 and odd < 0.05:
            return "utf-16-be"
    return "utf-8"


def text_lines(head: bytes) -> list[str]:
    """The whole lines at the start of a text file; a byte that is no text in its encoding becomes U+FFFD."""
    encoding = encoding_of(head)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(head)
    lines = text.splitlines()
    if len(lines) > 1 and len(head) >= 1 << 16:
        lines.pop()
    return lines[:SAMPLE_LINES]


def dialect_of(head: bytes, file: str | Path | None = None) -> Dialect:
    r"""How a table with a line of column names is written, by the start of the file.

    >>> dialect_of(b"time;lat\n12;47,5\n").spelt
    'semicolons between the fields, decimal commas'

    Raises
    ------
    TracksError
        When the line of column names is no text in the encoding of the file.
    """
    lines = text_lines(head)
    skipped, forced = 0, ""
    for line in lines:
        told = re.fullmatch(r"\"?sep=(.)\"?", line.strip())
        if told and told[1] in DELIMITERS:
            forced = told[1]
        elif line.strip() and not line.lstrip().startswith(COMMENT_SIGNS):
            break
        skipped += 1
    header = lines[skipped] if skipped < len(lines) else ""
    if "\ufffd" in header:
        raise TracksError(
            f"the column names hold a byte that is not {encoding_of(head).upper()}: {header[:60]!r}",
            file=file,
            where=f"line {skipped + 1}",
            mend="save the file as UTF-8",
        )
    delimiter = forced or max(DELIMITERS, key=lambda sign: (len(_fields(header, sign)), -DELIMITERS.index(sign)))
    names = tuple(field.strip() for field in _fields(header, delimiter))
    sample = tuple(
        tuple(_fields(line, delimiter))
        for line in lines[skipped + 1 :]
        if line.strip() and not line.lstrip().startswith(COMMENT_SIGNS)
    )
    fields = [field.strip() for row in sample for field in row]
    commas = delimiter != "," and any(DECIMAL_COMMA.fullmatch(field) for field in fields)
    points = any(DECIMAL_POINT.fullmatch(field) for field in fields)
    decimal = "," if commas and not points else "."
    commented = any(line.lstrip().startswith(COMMENT_SIGNS) for line in lines[skipped + 1 :])
    return Dialect(encoding_of(head), delimiter, decimal, names, skipped + 1, sample, commented)


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)
