"""Texts in CSV files that a spreadsheet opens: none is run as a formula, and each reads back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

_RUN = re.compile(r"'*[=+@\-\t\r]")
"""How a text begins that a spreadsheet would run, with the apostrophes of one that was made harmless already."""


CELL, WRITTEN = r"^('*[=+@\-\t\r])", r"^'('*[=+@\-\t\r])"
"""The same for columns of text (RE2): such a text, and how it is written; the group is the text itself."""


def harmless(text: str) -> str:
    """A text as a CSV cell that no spreadsheet runs as a formula.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text, behind an apostrophe where a spreadsheet would run it.

    References
    ----------
    OWASP, CSV injection.

    Examples
    --------
    >>> harmless("=cmd|'/c calc'!A0"), harmless("SWR1"), harmless("'=1")
    ("'=cmd|'/c calc'!A0", 'SWR1', "''=1")
    """
    return f"'{text}" if _RUN.match(text) else text


def restored(cell: str) -> str:
    """The text that `harmless` wrote into a cell.

    Parameters
    ----------
    cell
        A cell of a CSV file.

    Returns
    -------
    str
        Without the apostrophe that `harmless` put before it; any other cell as it is.

    Examples
    --------
    >>> restored("'=cmd|'/c calc'!A0"), restored("'SWR1"), restored("''=1")
    ("=cmd|'/c calc'!A0", "'SWR1", "'=1")
    """
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell


def csv_text(heads: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table as CSV, each line ended by a line feed; texts from outside are to be made `harmless`.

    >>> print(csv_text(("net", "alerts"), [("MSAW", 3), ("APM", None)]), end="")
    net,alerts
    MSAW,3
    APM,
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(heads)
    table.writerows(rows)
    return out.getvalue()
