"""Containers of binary surveillance messages, cut into payloads a chunk at a time."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.recordings.containers import (
    CHUNK_BYTES,
    COUNTS,
    DAMAGED,
    HEADERS,
    PCAP_HEADER,
    PCAP_MAGIC,
    Floats,
    Places,
)
from safetynets.recordings.containers_kernels import Cutter


@dataclass(frozen=True)
class Chunk:
    """A piece of a recording: octets, and where in them the payloads are; `goes_on` when the last one may go on."""

    octets: NDArray[np.uint8]
    start: Places
    end: Places
    time_s: Floats
    goes_on: bool


@dataclass
class Container:
    """A file opened as a container: its `head` was read, and `source` stands behind it, so that it need not go back.

    `taken` is how far the last chunk was used, to be set by who reads a raw one.
    """

    kind: str
    head: bytes
    source: BinaryIO
    file: Path
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    taken: int = 0

    def chunks(self, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
        """The payloads of the file, a chunk at a time; a payload never goes over two chunks, except in a raw file.

        Raises
        ------
        TracksError
            When a capture has a link layer that is not known, or is damaged at its start.
        """
        cutter = self._cutter()
        rest = b""
        while True:
            read = self._read(chunk_bytes)
            final = len(read) < chunk_bytes
            octets = np.frombuffer(rest + read, dtype=np.uint8)
            start, end, time_s, taken = cutter.cut(octets, final)
            self.taken = taken
            yield Chunk(octets, start, end, time_s, self.kind == "raw" and not final)
            rest = octets[self.taken :].tobytes()
            if final:
                self.counts[COUNTS[DAMAGED]] += len(rest)
                return

    def _read(self, count: int) -> bytes:
        """So many octets, or fewer at the end of the file."""
        parts, self.head = [self.head[:count]], self.head[count:]
        missing = count - len(parts[0])
        while missing > 0 and (more := self.source.read(missing)):
            parts.append(more)
            missing -= len(more)
        return b"".join(parts)

    def _cutter(self) -> Cutter:
        header = self._read(HEADERS.get(self.kind, 0))
        if self.kind != "pcap":
            return Cutter(self.kind, self.file, self.counts)
        if len(header) < PCAP_HEADER:
            raise TracksError("truncated pcap: its header is incomplete", file=self.file, mend="copy the file again")
        order, unit_s = PCAP_MAGIC[header[:4]]
        link = struct.unpack(order + "I", header[20:24])[0] & 0xFFFF
        return Cutter(self.kind, self.file, self.counts, little=order == "<", unit_s=unit_s, link=link)
