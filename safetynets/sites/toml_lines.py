"""Line numbers of the keys of a TOML text, which `tomllib` does not keep."""

from __future__ import annotations

import re
from collections.abc import Mapping

from safetynets.text_files import parse_toml

Path = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_TOKEN = re.compile(r'"{3}|\'{3}|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')


def key_lines(text: str) -> dict[Path, int]:
    r"""The line (from 1) of each table and each key of a valid TOML text; list items by number.

    Keys inside an inline table or a list have no entry of their own: `line_of` then answers with that of the key that
    holds them.

    >>> key_lines('a = 1\n[[b]]\nc = 2\n[[b]]\nc = 3')[("b", 1, "c")]
    5
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if depth == 0 and not quote:
            if header := _TABLE.match(line):
                table = _resolve(_split(header[2]), counts, is_list=header[1] == "[[")
                lines.setdefault(table, number)
                continue
            if key := _KEY.match(line):
                lines[table + _split(key[1])] = number
        depth, quote = _nesting(line, depth, quote)
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of a key, or of the nearest table around it; None when there is neither.

    >>> line_of(("a", "b", 0), {("a",): 1, ("a", "b"): 2})
    2
    """
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _split(dotted: str) -> tuple[str, ...]:
    nested = parse_toml(f"{dotted} = 0")
    parts: list[str] = []
    while isinstance(nested, dict):
        ((part, nested),) = nested.items()
        parts.append(part)
    return tuple(parts)


def _resolve(parts: tuple[str, ...], counts: dict[Path, int], *, is_list: bool) -> Path:
    """A header such as [[a.b]] as a path in which the lists it runs through carry the number of their item."""
    path: Path = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if is_list and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _nesting(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How deep in brackets, and in which multi-line string, the text is after this line."""
    position = 0
    while True:
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return depth, quote
            position, quote = end + 3, ""
            continue
        token = _TOKEN.search(line, position)
        if token is None:
            return depth, quote
        position = token.end()
        if token[0] in ('"""', "'''"):
            quote = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
