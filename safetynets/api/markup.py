"""How results look in a notebook: a title, facts and a table as plain HTML, every value escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

MOST_ROWS = 20
"""So many rows of a table are shown; the rest is counted."""


def block(title: str, *parts: str) -> str:
    """A titled block; empty parts are left out.

    >>> block("2 > 1", "")
    '<div><strong>2 &gt; 1</strong></div>'
    """
    return f"<div><strong>{escape(title)}</strong>{''.join(part for part in parts if part)}</div>"


def facts(pairs: Mapping[str, object]) -> str:
    """A table with a row for each fact."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(str(value))}</td></tr>"
        for name, value in pairs.items()
    )
    return f"<table>{rows}</table>"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], most: int = MOST_ROWS) -> str:
    """A table with a heading for each column; of more than `most` rows the rest is counted.

    >>> table(["n"], [[1], [2], [3]], most=2)[-40:]
    '<td>2</td></tr></table><p>and 1 more</p>'
    """
    listed = [list(row) for row in rows]
    head = "".join(f"<th scope='col'>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in listed[:most]
    )
    more = f"<p>and {len(listed) - most:,} more</p>" if len(listed) > most else ""
    return f"<table><tr>{head}</tr>{body}</table>{more}"


def notes(sentences: Iterable[str]) -> str:
    """A list of sentences; nothing where there are none."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""
