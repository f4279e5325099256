"""Containers of binary surveillance messages, found out by their content.

Raw blocks, FINAL (also called IOSS), RFF, ORADIS, pcap and pcapng; see docs/asterix.md for their layout.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError

CHUNK_BYTES = 1 << 21
"""Size of a chunk: large enough that a chunk costs nothing itself, small enough to stay in the cache."""

ASSIGNED = frozenset(
    (*range(1, 5), *range(7, 12), *range(15, 36), 48, *range(61, 66), 129, 150, 204, 205, 240, 247, 252, 253)
)
"""Categories that are or were in use: an octet at the start of a block is one of these."""

CHAINED = 3
"""So many blocks in a row make a file one of raw blocks: a damaged one later on must not hide that."""

PCAP_MAGIC = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
"""Byte order and unit of the fraction of a second, by the first four octets."""
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
PACKED = (b"\x1f\x8b\x08", b"\xfd7zXZ")
"""How gzip and xz begin: their first octets could be those of blocks."""
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
PCAP_HEADER = 24

FINAL_HEADER, FINAL_TRAILER = 8, b"\xa5\xa5\xa5\xa5"
RFF_HEADER = 128
ORADIS_HEADER = 6
HEADERS = {"pcap": PCAP_HEADER, "rff": RFF_HEADER}
"""Octets before the first record of a file."""

DATED = frozenset(("pcap", "pcapng"))
"""Containers in which every payload has its date."""

DAMAGED, FRAGMENTS, OTHER, CUT = range(4)
COUNTS = (
    "octets outside payloads",
    "fragmented packets",
    "packets without ASTERIX",
    "packets cut short",
)

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def sniff(head: bytes) -> str | None:
    """The container that a file begins with.

    Parameters
    ----------
    head
        The first few kB of the file.

    Returns
    -------
    str or None
        "raw", "final", "rff", "oradis", "pcap" or "pcapng"; None where it holds no ASTERIX.

    Examples
    --------
    >>> sniff(bytes.fromhex("410008c00a0b0201")), sniff(b"timestamp,icao24,latitude")
    ('raw', None)
    """
    if head[:4] in PCAP_MAGIC:
        return "pcap"
    if head[:4] == PCAPNG_MAGIC:
        return "pcapng"
    if _is_text(head[:512]) or head.startswith(PACKED):
        return None
    if len(head) > RFF_HEADER + 6 and _is_text(head[:40]) and re.search(rb"\d\d:\d\d", head[:40]):
        length = int.from_bytes(head[RFF_HEADER + 4 : RFF_HEADER + 6], "little")
        if _blocks(head[RFF_HEADER + 6 :], length):
            return "rff"
    length = int.from_bytes(head[:2], "big")
    content = length - FINAL_HEADER - len(FINAL_TRAILER)
    if content > 0 and head[length - 4 : length] == FINAL_TRAILER and _blocks(head[FINAL_HEADER:], content):
        return "final"
    if _blocks(head, None):
        return "raw"
    if length > ORADIS_HEADER and _blocks(head[ORADIS_HEADER:], length - ORADIS_HEADER):
        return "oradis"
    return None


def recognised(head: bytes, file: Path, more: str = "") -> str:
    """The container that a file begins with (`sniff`); `more` is what else may help where there is none.

    Raises
    ------
    TracksError
        Where it holds no ASTERIX.
    """
    kind = sniff(head)
    if kind is None:
        raise TracksError(
            "does not look like ASTERIX in any container that is read",
            file=file,
            mend="give raw blocks, FINAL, RFF, ORADIS, pcap or pcapng" + more,
        )
    return kind


def _is_text(head: bytes) -> bool:
    """Whether there are no control characters: a block has some in its length, whatever the text is encoded in."""
    return not CONTROL.search(head)


def _blocks(octets: bytes, length: int | None) -> bool:
    """Whether blocks follow each other for `length` octets, or, where that is None, three of them as far as is seen."""
    at, end, found = 0, len(octets) if length is None else length, 0
    while at < end and (length is not None or found < CHAINED):
        if at + 3 > len(octets):
            break
        block = int.from_bytes(octets[at + 1 : at + 3], "big")
        if octets[at] not in ASSIGNED or block < 4 or (length is not None and at + block > end):
            return False
        at += block
        found += 1
    return at > 0 and (found > 1 or at <= len(octets))


def stated_date(header: bytes) -> date | None:
    """The date in the header of an RFF file, where it stands there as YYYY-MM-DD; other writings are ambiguous.

    >>> stated_date(b"2026-11-27 10:00:00".ljust(128))
    datetime.date(2026, 11, 27)
    """
    found = re.match(rb"\s*(\d{4})-(\d\d)-(\d\d)", header)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None
