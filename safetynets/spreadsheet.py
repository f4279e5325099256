"""Texts in CSV files that a spreadsheet opens: none is run as a formula, and each reads back as it was."""

from __future__ import annotations

import re

_RUN = re.compile(r"'*[=+@\-\t\r]")
"""How a text begins that a spreadsheet would run, with the apostrophes of one that was made harmless already."""


CELL, WRITTEN = r"^('*[=+@\-\t\r])", r"^'('*[=+@\-\t\r])"
"""The same for columns of text (RE2): such a text, and how it is written; the group is the text itself."""


def harmless(text: str) -> str:
    """A text as a CSV cell: an apostrophe goes before one that a spreadsheet would run (OWASP, CSV injection).

    >>> harmless("=cmd|'/c calc'!A0"), harmless("SWR1"), harmless("'=1")
    ("'=cmd|'/c calc'!A0", 'SWR1', "''=1")
    """
    return f"'{text}" if _RUN.match(text) else text


def restored(cell: str) -> str:
    """The text that `harmless` wrote into a cell.

    >>> restored("'=cmd|'/c calc'!A0"), restored("'SWR1"), restored("''=1")
    ("=cmd|'/c calc'!A0", "'SWR1", "'=1")
    """
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell
