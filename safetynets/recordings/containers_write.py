"""Containers of binary surveillance messages, written: raw blocks, FINAL and pcap, chosen by the ending of the file."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from safetynets.errors import TracksError
from safetynets.output import whole_file
from safetynets.recordings.containers import FINAL_HEADER, FINAL_TRAILER
from safetynets.units import S_PER_DAY

ENDINGS = {".ast": "raw", ".ff": "final", ".pcap": "pcap"}

PORT = 8600
"""UDP port of the packets written; 8600 is customary for ASTERIX."""
LONGEST_PACKET = 65_535
ETHERNET = 1
PCAP_START = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, LONGEST_PACKET, ETHERNET)
"""How a pcap begins; packets follow."""
PACKET = struct.Struct("<IIII")
"""Before each packet: seconds, microseconds, octets kept, octets sent."""
PACKET_HEADERS = 14 + 20 + 8
"""Octets of Ethernet, IPv4 and UDP before the content."""


def container_of(path: Path) -> str:
    """The container that the ending of a file stands for.

    >>> container_of(Path("day.ff"))
    'final'

    Raises
    ------
    TracksError
        For another ending.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise TracksError(f"unknown extension {ending!r}", file=path, mend=f"give one of {', '.join(ENDINGS)}")
    return ENDINGS[ending]


def write_container(path: Path, kind: str, blocks: Iterable[tuple[float, bytes]]) -> None:
    """Write blocks, each with the time (seconds since 1970) at which it was sent; a failure leaves no half file."""
    wrapped = {"raw": _raw, "final": _final, "pcap": packet}[kind]
    with whole_file(path, TracksError) as new, new.open("wb") as file:
        if kind == "pcap":
            file.write(PCAP_START)
        for time_s, block in blocks:
            file.write(wrapped(time_s, block))


def _raw(time_s: float, block: bytes) -> bytes:  # noqa: ARG001 raw blocks have no time of their own
    return block


def _final(time_s: float, block: bytes) -> bytes:
    """Length, board, line, day of the recording, time of day in 10 ms, block, end mark."""
    length = FINAL_HEADER + len(block) + len(FINAL_TRAILER)
    ticks = int(time_s % S_PER_DAY * 100)
    return struct.pack(">HBBB", length, 0, 1, 0) + ticks.to_bytes(3, "big") + block + FINAL_TRAILER


def packet(time_s: float, block: bytes) -> bytes:
    """A record of pcap: Ethernet, IPv4 and UDP between two addresses that are reserved for documentation (RFC 5737)."""
    udp = struct.pack(">HHHH", PORT, PORT, 8 + len(block), 0)
    source, destination = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp) + len(block), 0, 0, 64, 17, 0) + source + destination
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + head[12:]
    frame = bytes((2, 0, 0, 0, 0, 2)) + bytes((2, 0, 0, 0, 0, 1)) + b"\x08\x00" + head + udp + block
    micros = round(time_s * 1e6)
    return PACKET.pack(micros // 1_000_000, micros % 1_000_000, len(frame), len(frame)) + frame
