"""A site file as text: tables written, a block of imported tables put in or replaced, and everything else kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 4
"""Corners on one line of a polygon."""


def written(list_name: str, row: Mapping[str, Any]) -> str:
    """One table of a list in TOML.

    >>> print(written("obstacles", {"name": "mast", "top_ft": 1200.0}), end="")
    [[obstacles]]
    name = "mast"
    top_ft = 1200
    """
    lines = [f"[[{list_name}]]", *(f"{key} = {value_of(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def value_of(value: Any) -> str:
    """A value in TOML; long lists of positions over several lines.

    >>> value_of(3.0), value_of(["MSAW"]), value_of(True)
    ('3', '["MSAW"]', 'true')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case float() | int():
            return number_of(float(value))
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {value_of(each)}" for key, each in value.items()) + " }"
    items = [value_of(item) for item in value]
    if len(items) <= WIDTH or ("\n" not in "".join(items) and not items[0].startswith("[")):
        return f"[{', '.join(items)}]"
    rows = [", ".join(items[at : at + WIDTH]) for at in range(0, len(items), WIDTH)]
    return "[\n" + "".join(f"  {row},\n" for row in rows) + "]"


def number_of(value: float) -> str:
    """A number without needless digits.

    >>> number_of(1200.0), number_of(46.25), number_of(1e-07)
    ('1200', '46.25', '0.0000001')
    """
    text = repr(value)
    if "e" in text:
        text = f"{value:.10f}".rstrip("0")
    return text.removesuffix(".0").removesuffix(".")


def with_block(text: str, title: str, facts: str, tables: Sequence[str]) -> str:
    r"""The text with a block of tables between two marks: in place of the block of this title, else at the end.

    >>> with_block("a = 1\n", "x.xml as volumes", "sha256 0", ["[[volumes]]\n"]).splitlines()[2]
    '# imported: x.xml as volumes (sha256 0)'
    """
    begin, end = f"# imported: {title} (", f"# end of import: {title}"
    block = "\n".join([f"{begin}{facts})", "", *tables, end]) + "\n"
    pattern = re.compile(rf"^{re.escape(begin)}.*?^{re.escape(end)}\n?", re.MULTILINE | re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: block, text, count=1)
    return text.rstrip("\n") + "\n\n" + block


def without_block(text: str, title: str) -> str:
    """The text without the block of a title."""
    begin, end = f"# imported: {title} (", f"# end of import: {title}"
    return re.sub(rf"^{re.escape(begin)}.*?^{re.escape(end)}\n?", "", text, count=1, flags=re.MULTILINE | re.DOTALL)


def with_row(sources: str, key: str, row: str) -> str:
    """A page of sources with one row of its table of imports replaced or added.

    >>> print(with_row("", "a.xml", "| a.xml | x |"), end="")
    # Where the data of this site comes from
    <BLANKLINE>
    ## Imported files
    <BLANKLINE>
    | file | as | format | SHA-256 | kept | refused | source |
    | --- | --- | --- | --- | --- | --- | --- |
    | a.xml | x |
    """
    lines = sources.splitlines()
    if "## Imported files" not in lines:
        if not lines:
            lines = ["# Where the data of this site comes from"]
        header = "| file | as | format | SHA-256 | kept | refused | source |"
        lines += ["", "## Imported files", "", header, "| --- | --- | --- | --- | --- | --- | --- |"]
    start = f"| {key} |"
    at = next((number for number, line in enumerate(lines) if line.startswith(start)), None)
    if at is not None:
        lines[at] = row
    else:
        last = max(number for number, line in enumerate(lines) if line.startswith("|"))
        lines.insert(last + 1, row)
    return "\n".join(lines) + "\n"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
