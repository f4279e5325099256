"""The folder of a live monitor: what was received and decided, what was told, and from where a restart goes on."""

from __future__ import annotations

import io
import json
import math
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, BinaryIO

from safetynets import __version__
from safetynets.errors import ScenarioError
from safetynets.output import write_whole
from safetynets.recordings.containers import CHUNK_BYTES, PCAP_HEADER
from safetynets.recordings.containers_write import PACKET, PACKET_HEADERS, PCAP_START, packet
from safetynets.runs.decisions import Decision
from safetynets.text_files import parse_json, read_json

MANIFEST, DECISIONS, ALERTS, STATE, COMMANDS = "live.json", "decisions.jsonl", "alerts.jsonl", "state", "commands.txt"
SEGMENT_BYTES = 1 << 30
"""A file of received datagrams that is longer is followed by another (simulator default)."""
FORMAT = 3
"""Of the state file; one of another format, or of another version of the package, is not gone on from."""

JUDGED_ALL, TIME_PASSED = "judged all that had come", "no plot came until"


class Journal:
    """Writes the folder. What is written is with the system at once: a crash of the process loses none of it.

    Attributes
    ----------
    datagrams
        How many datagrams were recorded.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.datagrams = 0
        self._lines: dict[str, BinaryIO] = {}
        self._received: BinaryIO | None = None
        self._octets = 0

    def begin(self, manifest: Mapping[str, Any]) -> bool:
        """Take the folder; return whether a monitor that was here before is gone on from.

        Raises
        ------
        ScenarioError
            When the folder holds something else, or the recording of a monitor with other settings.
        """
        file = self.folder / MANIFEST
        wanted = json.loads(json.dumps(manifest))
        goes_on = file.is_file()
        if goes_on:
            there = read_manifest(self.folder)
            other = [key for key in wanted if there.get(key) != wanted[key]]
            if other:
                raise ScenarioError(
                    f"was recorded with another {other[0].replace('_', ' ')}",
                    file=self.folder,
                    mend="name another folder with --out, or go on with what it was recorded with",
                )
        elif self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise ScenarioError(
                "is there already and is not the folder of a live monitor",
                file=self.folder,
                mend="name another folder with --out",
            )
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(file, json.dumps(wanted, ensure_ascii=False, indent=2) + "\n")
        for name in (DECISIONS, ALERTS):
            path = self.folder / name
            if path.is_file():
                _cut_unfinished_line(path)
            self._lines[name] = path.open("ab", buffering=0)
        return goes_on

    def receive(self, datagrams: Sequence[bytes], arrived_s: Sequence[float]) -> None:
        """Record datagrams."""
        if not datagrams:
            return
        if self._received is None or self._octets > SEGMENT_BYTES:
            self._next_segment()
        assert self._received is not None
        octets = b"".join(packet(at_s, one) for one, at_s in zip(datagrams, arrived_s, strict=True))
        self._received.write(octets)
        self._octets += len(octets)
        self.datagrams += len(datagrams)

    def decide(self, facts: Mapping[str, Any]) -> None:
        """Log a decision, and after which datagram it was taken."""
        self._line(DECISIONS, {"after": self.datagrams, **facts})

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Log what happened to an alert."""
        self._line(ALERTS, facts)

    def save(self, state: Mapping[str, Any]) -> None:
        """Write from where a restart goes on."""
        whole = {"format": FORMAT, "version": __version__, "datagrams": self.datagrams, **state}
        write_whole(self.folder / STATE, pickle.dumps(whole, protocol=5))

    def close(self) -> None:
        """Close the files."""
        for file in (*self._lines.values(), *([self._received] if self._received is not None else [])):
            file.close()

    def _line(self, name: str, facts: Mapping[str, Any]) -> None:
        text = json.dumps(facts, ensure_ascii=False, allow_nan=False)
        self._lines[name].write(text.encode("utf-8") + b"\n")

    def _next_segment(self) -> None:
        if self._received is not None:
            self._received.close()
        number = len(segments(self.folder)) + 1
        self._received = (self.folder / f"received-{number:05d}.pcap").open("ab", buffering=0)
        self._received.write(PCAP_START)
        self._octets = 0


def segments(folder: Path) -> list[Path]:
    """The captures of a live folder in their order."""
    return sorted(folder.glob("received-*.pcap"))


def received(folder: Path, after: int = 0) -> Iterator[tuple[list[bytes], list[float]]]:
    """The datagrams that were recorded and when each arrived, some at a time, without the first `after`.

    All that were received are there, whatever they hold; a packet in whose writing the process was killed is not.
    """
    passed = 0
    for file in segments(folder):
        with file.open("rb") as source:
            source.read(PCAP_HEADER)
            rest = b""
            while octets := source.read(CHUNK_BYTES):
                octets = rest + octets
                datagrams, arrived_s, taken = _packets(octets)
                rest = octets[taken:]
                skipped = min(max(after - passed, 0), len(datagrams))
                passed += len(datagrams)
                if skipped < len(datagrams):
                    yield datagrams[skipped:], arrived_s[skipped:]


def _packets(octets: bytes) -> tuple[list[bytes], list[float], int]:
    """The payloads of packets as `packet` writes them, their times, and how many octets they take."""
    payloads, times_s, at = [], [], 0
    while at + PACKET.size <= len(octets):
        seconds, micros, length, _ = PACKET.unpack_from(octets, at)
        end = at + PACKET.size + length
        if end > len(octets):
            break
        payloads.append(octets[at + PACKET.size + PACKET_HEADERS : end])
        times_s.append(seconds + micros / 1e6)
        at = end
    return payloads, times_s, at


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """The lines of a log, without one that was not finished.

    Raises
    ------
    ScenarioError
        When a line is no JSON.
    """
    file = folder / name
    if not file.is_file():
        return []
    found = []
    for number, line in enumerate(file.read_bytes().split(b"\n")[:-1], start=1):
        try:
            found.append(parse_json(line))
        except ValueError:
            raise ScenarioError("is no JSON", file=file, where=f"line {number}", mend="restore the file") from None
    return found


def decisions_after(folder: Path, after: int = 0) -> Iterator[tuple[int, Decision | float]]:
    """Decisions with the number of datagrams after which each was taken.

    A number is the time (s) until which no plot came; with infinity all that had come was judged.
    """
    for line in lines(folder, DECISIONS):
        if line["after"] < after:
            continue
        if line["verb"] == JUDGED_ALL:
            yield line["after"], math.inf
        elif line["verb"] == TIME_PASSED:
            yield line["after"], float(line["time_s"])
        else:
            yield line["after"], Decision(line["verb"], line["value"], line.get("by", ""))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a live folder.

    Raises
    ------
    ScenarioError
        When there is none, or it is of another version.
    """
    try:
        manifest: dict[str, Any] = read_json(folder / MANIFEST)
        manifest["site"], manifest["feed"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ScenarioError("is not the folder of a live monitor", file=folder, mend="name another") from None
    return manifest


def load_state(folder: Path) -> dict[str, Any] | None:
    """The state that was saved last; None where there is none that this version can go on from."""
    try:
        octets = (folder / STATE).read_bytes()
        state = _Careful(io.BytesIO(octets)).load()
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError, KeyError):
        return None
    if not isinstance(state, dict) or (state.get("format"), state.get("version")) != (FORMAT, __version__):
        return None
    return state


class _Careful(pickle.Unpickler):
    """Unpickles numbers, words, arrays and our own records; nothing else, so that a state file can do no harm."""

    _plain = frozenset(
        {
            ("builtins", "set"),
            ("builtins", "frozenset"),
            ("collections", "Counter"),
            ("datetime", "date"),
            ("numpy", "dtype"),
            ("numpy", "ndarray"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "scalar"),
            ("numpy._core.numeric", "_frombuffer"),
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy.core.multiarray", "scalar"),
            ("safetynets.engine.net", "net_of"),
            ("copyreg", "_reconstructor"),
        }
    )
    _ours = frozenset(
        {
            "Announcer",
            "Cleaner",
            "Clock",
            "Context",
            "Flights",
            "JoinedSpans",
            "Monitor",
            "Order",
            "PairTable",
            "Plots",
            "Velocities",
            "Words",
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        """A class or function that may be used."""
        if (module, name) in self._plain:
            return super().find_class(module, name)
        if module.startswith("safetynets."):
            found = super().find_class(module, name)
            of_fields = isinstance(found, type) and (is_dataclass(found) or hasattr(found, "_fields"))
            if of_fields or name in self._ours:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a state")


def _cut_unfinished_line(file: Path) -> None:
    """Take away the line in whose writing the process was killed."""
    octets = file.read_bytes()
    if octets and not octets.endswith(b"\n"):
        with file.open("r+b") as opened:
            opened.truncate(octets.rfind(b"\n") + 1)
