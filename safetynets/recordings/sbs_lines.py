"""How SBS messages are recognised."""

from __future__ import annotations

from collections.abc import Sequence

KINDS = ("MSG", "SEL", "ID", "AIR", "STA", "CLK")


def is_sbs(lines: Sequence[str]) -> bool:
    """Whether the first lines of a text are SBS messages.

    >>> is_sbs(["MSG,3,1,1,4B0FFF,1,2023/11/14,22:00:00.000,,,,4000,,,47.6,8.3,,,0,,0,0"])
    True
    """
    fields = [line.split(",") for line in lines[:20] if line.strip()]
    return bool(fields) and all(len(one) >= 10 and one[0].strip() in KINDS for one in fields)
