"""Formats that hold plans or messages rather than surveillance: recognised, and refused with what to do instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

SO6 = re.compile(r"^\S+ \S{4} \S{4} \S+ \d{6} \d{6} -?\d+ -?\d+ \d+ \S+ \d{6} \d{6} -?\d+\.\d+ ")
MEND = "give surveillance plots; as planned traffic the Python package traffic reads it"
ALLFT = re.compile(r"^[A-Z]{4};[A-Z]{4};[^;]*;[^;]*;")


def plan_of(lines: Sequence[str], head: bytes) -> tuple[str, str] | None:
    """What a file without plots is, and what to do with it; None for anything else.

    >>> line = "LFPG_A LFPG LSZH A320 120000 120500 0 80 0 AFR1 211007 211007 2940.5 152.8 2930.1 170.2 1 2 3 0"
    >>> plan_of([line], b"")[0]
    'is SO6: the segments of planned flights, minutes long'
    """
    first = [line for line in lines[:20] if line.strip()]
    if first and all(SO6.match(line) for line in first):
        return "is SO6: the segments of planned flights, minutes long", MEND
    if first and all(ALLFT.match(line) and line.count(";") > 40 for line in first):
        return "is ALLFT+: flight plans and their profiles", MEND
    text = "\n".join(first)
    if text.startswith("-TITLE") or re.match(r"^\((FPL|DEP|ARR|CHG|DLA|CNL|EST|CPL)-", text):
        return "holds flight plan messages", "give surveillance plots: time, position, pressure altitude"
    if b"<kml" in head[:2000] or b"<gpx" in head[:2000]:
        return "is KML or GPX: a path to draw, with heights above mean sea level", (
            "give surveillance plots with pressure altitudes, as CSV"
        )
    if head.lstrip().startswith(b"<"):
        return "is XML", "give surveillance plots as CSV, Parquet or JSON"
    return None
