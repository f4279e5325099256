"""A recording played on the wire: its datagrams, or its blocks, paced by its own time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.live.address import Address, open_to_send
from safetynets.live.receive import waiting_bytes
from safetynets.recordings.asterix.clock import Clock
from safetynets.recordings.asterix.decoding import Decoding
from safetynets.recordings.asterix.kernels import frame
from safetynets.recordings.asterix.recording import HEAD_BYTES, STALE_S
from safetynets.recordings.containers import DATED, recognised
from safetynets.recordings.containers_kernels import assigned
from safetynets.recordings.containers_read import Chunk, Container

Floats = NDArray[np.float64]

MAX = float("inf")
BURST = 32
"""Datagrams between two looks at the clock, or at how much the receiver has waiting."""
MOST_WAITING_BYTES = 1 << 17
"""At speed max on this machine: while so much waits at the receiver, nothing is sent."""
MOST_PER_S = 20_000.0
"""Most datagrams a second at speed max to another machine, whose buffer cannot be seen."""


@dataclass(frozen=True)
class Played:
    """What was sent: datagrams, octets, the span of the recording (s) and how long it took (s)."""

    datagrams: int
    octets: int
    recorded_s: float
    took_s: float


def datagrams(path: Path) -> Iterator[tuple[float, bytes]]:
    """The datagrams of a recording of ASTERIX with their time (s), which never goes back.

    A capture gives its packets as they were. Other containers give block by block, each at the time of its records; the
    day of these times is not known.

    Raises
    ------
    TracksError
        For a file that is no recording of ASTERIX.
    """
    try:
        with path.open("rb") as source:
            yield from _of(source, path)
    except FileNotFoundError:
        raise TracksError("no such file", file=path, mend="check the path") from None
    except IsADirectoryError:
        raise TracksError("is a folder, not a recording", file=path, mend="name one file in it") from None


def play(path: Path, to: Address, speed: float, tell: Callable[[str], None]) -> Played:
    """Send the datagrams of a recording, at `speed` times its own pace, or as fast as the receiver takes them.

    Raises
    ------
    TracksError
        For a file that is no recording of ASTERIX.
    """
    sent, octets, first_s, last_s = 0, 0, None, 0.0
    begun = time.monotonic()
    with open_to_send(to) as opened:
        for time_s, datagram in datagrams(path):
            if first_s is None:
                first_s, begun = time_s, time.monotonic()
                tell(f"sending to {to}")
            last_s = time_s
            if speed < MAX:
                wait_s = begun + (time_s - first_s) / speed - time.monotonic()
                if wait_s > 0.0:
                    time.sleep(wait_s)
            elif sent % BURST == 0:
                _give_way(to, sent, begun)
            opened.sendto(datagram, to.to)
            sent, octets = sent + 1, octets + len(datagram)
    return Played(sent, octets, last_s - (first_s or 0.0), time.monotonic() - begun)


def _give_way(to: Address, sent: int, begun: float) -> None:
    """Wait for the receiver."""
    if to.is_loopback:
        while waiting_bytes(to.port) > MOST_WAITING_BYTES:
            time.sleep(0.001)
    else:
        ahead_s = sent / MOST_PER_S - (time.monotonic() - begun)
        if ahead_s > 0.0:
            time.sleep(ahead_s)


def _of(source: BinaryIO, path: Path) -> Iterator[tuple[float, bytes]]:
    head = source.read(HEAD_BYTES)
    kind = recognised(head, path, "; safetynets tracks convert makes one of any")
    container = Container(kind, head, source, path)
    clock = _Clock()
    for chunk in container.chunks():
        start, end, time_s = chunk.start, chunk.end, chunk.time_s
        if kind == "raw":
            start, end, container.taken = _blocks(chunk)
        if kind not in DATED:
            time_s = clock.times_s(chunk, start, end)
        for first, last, at_s in zip(start.tolist(), end.tolist(), time_s.tolist(), strict=True):
            if last > first:
                yield at_s, chunk.octets[first:last].tobytes()


def _blocks(chunk: Chunk) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    most = len(chunk.octets) // 4 + 1
    category = np.empty(most, dtype=np.uint8)
    start, end, payload = (np.empty(most, dtype=np.int64) for _ in range(3))
    found, _, taken = frame(
        chunk.octets, chunk.start, chunk.end, chunk.goes_on, assigned, category, start, end, payload
    )
    return start[:found], end[:found], taken if chunk.goes_on else len(chunk.octets)


class _Clock:
    """The times of payloads by those of their records, of a day that does not matter."""

    def __init__(self) -> None:
        self._decoding = Decoding({}, {}, STALE_S, Clock(datetime(1970, 1, 2, tzinfo=UTC).date()))
        self._newest_s = -np.inf

    def times_s(self, chunk: Chunk, start: NDArray[np.int64], end: NDArray[np.int64]) -> Floats:
        """When each payload is sent: at the time of its newest record, or with the one before."""
        unknown = np.full(len(start), np.nan)
        plots, _ = self._decoding.take(Chunk(chunk.octets, start, end, unknown, False))
        time_s = np.full(len(start), -np.inf)
        for columns in plots:
            np.maximum.at(time_s, columns["payload"], columns["time_s"])
        time_s = np.maximum.accumulate(np.maximum(time_s, self._newest_s))
        self._newest_s = float(time_s[-1]) if len(time_s) else self._newest_s
        known = time_s[np.isfinite(time_s)]
        return np.where(np.isfinite(time_s), time_s, known[0] if len(known) else 0.0)
