"""Names of areas in the eight six-bit characters that ASTERIX has for them, such that no two become one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LETTERS = 8
"""Characters of I004/100 AN: A to Z, 0 to 9 and the space."""


def area_codes(names: Iterable[str]) -> dict[str, str]:
    """A code of at most eight letters and digits for each different name, in the order of the names.

    Accents, spaces and signs are left out. A name that is then longer, or that another has taken, is cut and numbered.
    The codes depend on all names of a site, so that every run of a site has the same.

    >>> area_codes(["LS-R11", "Meyrin Nord", "Meyrin Nord Est", "LSR 11"])
    {'LS-R11': 'LSR11', 'Meyrin Nord': 'MEYRINN1', 'Meyrin Nord Est': 'MEYRINN2', 'LSR 11': 'LSR111'}
    """
    wanted = {name: _plain(name) for name in names}
    codes: dict[str, str] = {}
    taken: set[str] = set()
    for name, plain in wanted.items():
        if 0 < len(plain) <= LETTERS and plain not in taken:
            codes[name] = plain
            taken.add(plain)
    for name, plain in wanted.items():
        if name in codes:
            continue
        number = 1
        while (code := plain[: LETTERS - len(str(number))] + str(number)) in taken:
            number += 1
        codes[name] = code
        taken.add(code)
    return {name: codes[name] for name in wanted}


def _plain(name: str) -> str:
    """The letters A to Z and digits of a name, accents left out."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKD", name).upper())
