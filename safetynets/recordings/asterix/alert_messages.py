"""Alerts that a safety-net system has sent as ASTERIX category 004, read back from a recording."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.recordings.asterix.clock import Clock, first_day
from safetynets.recordings.asterix.decode import Decoder, Records
from safetynets.recordings.asterix.fields import SOURCE, Fields
from safetynets.recordings.asterix.kernels import frame
from safetynets.recordings.asterix.plots import ascii_text, six_bit_text
from safetynets.recordings.asterix.recording import HEAD_BYTES
from safetynets.recordings.asterix.tables import load
from safetynets.recordings.containers import recognised
from safetynets.recordings.containers_kernels import assigned
from safetynets.recordings.containers_read import Chunk, Container

CATEGORY = 4
ALIVE, END_OF_CONFLICT = 1, 17
NO_ALERTS = frozenset((ALIVE, 2, END_OF_CONFLICT, 97, 98, 99))
"""Message types that are about no alert: alive, route deviation of the system itself, end of conflict, and tests."""
MOST_UNDECODABLE = 0.2
SILENT_S = 120.0
"""An alert without an end that is named again after so long a silence is another one (simulator default)."""

FIELDS = Fields(
    numbers={"time_of_day_s": ("020",), "time_to_violation_s": ("070/TC",)},
    codes={
        **SOURCE,
        "type": ("000",),
        "alert": ("040",),
        "number": ("030",),
        "other_number": ("035",),
        "severe": ("120/CC/CS",),
        "callsign": ("170/AI1",),
        "mode_s": ("170/MS1",),
        "ssr": ("170/M31/MODE3A",),
        "other_callsign": ("171/AI2",),
        "other_mode_s": ("171/MS2",),
        "other_ssr": ("171/M32/MODE3A",),
        "area": ("100/AN",),
        "runway": ("100/RT1",),
    },
)


@dataclass
class SentAlert:
    """One alert as its messages say it; unknown is NaN, -1 or the empty word.

    Attributes
    ----------
    type, number
        Message type (item 000), and alert identifier (040).
    track_number
        The number of the track (030).
    callsign, ssr_code, other_callsign, other_ssr_code
        Of the aircraft (170), and of the second one (171).
    start_s, end_s
        Time (s since 1970) of the first message, and of the end of conflict.
    last_s
        Time of the last message.
    time_to_violation_s
        As the first message says it.
    severe
        Whether a message says high severity.
    area, runway
        Names (100).
    """

    type: int
    number: int
    track_number: int
    callsign: str
    ssr_code: str
    other_callsign: str
    other_ssr_code: str
    start_s: float
    time_to_violation_s: float
    severe: bool
    area: str
    runway: str
    last_s: float
    end_s: float = np.nan
    messages: int = 1


@dataclass
class SentAlerts:
    """The alerts of a recording in order of start, and what was met: messages by type, blocks passed over."""

    alerts: list[SentAlert] = field(default_factory=list)
    messages: Counter[int] = field(default_factory=Counter)
    undecodable: int = 0
    blocks: int = 0


def read_alert_messages(path: str | Path, day: date | None = None) -> SentAlerts:
    """Read the alerts of a recording of category 004: raw, FINAL, RFF, ORADIS, pcap or pcapng.

    The messages of one source with one identifier are one alert, from the first to its end of conflict. Without one an
    alert ends when its identifier is given to another track or net, or after a silence of 120 s (simulator default);
    then its end is unknown.

    Parameters
    ----------
    path
        The file.
    day
        The day (UTC) of its first message, which only a capture knows itself.

    Returns
    -------
    SentAlerts
        The alerts, and what was met.

    Raises
    ------
    TracksError
        For a file that is no recording of ASTERIX, holds no category 004, or is mostly undecodable.
    """
    file = Path(path)
    try:
        with file.open("rb") as source:
            head = source.read(HEAD_BYTES)
            kind = recognised(head, file)
            reader = _Reader(Clock(first_day(kind, head, day, file)))
            container = Container(kind, head, source, file)
            for chunk in container.chunks():
                container.taken = reader.take(chunk, container.taken)
    except FileNotFoundError:
        raise TracksError("no such file", file=file, mend="check the path") from None
    except IsADirectoryError:
        raise TracksError("is a folder, not a recording", file=file, mend="name one file in it") from None
    found = reader.found
    if not found.blocks:
        raise TracksError("holds no ASTERIX of category 004", file=file, mend="give a recording of alerts")
    if found.undecodable > MOST_UNDECODABLE * found.blocks:
        raise TracksError(
            f"{found.undecodable:,} of {found.blocks:,} blocks of category 004 cannot be decoded as edition "
            f"{reader.decoder.category.edition}",
            file=file,
            mend="check that it is a recording of this edition",
        )
    found.alerts.sort(key=lambda alert: (alert.start_s, alert.number))
    return found


class _Reader:
    def __init__(self, clock: Clock) -> None:
        self.decoder = Decoder(load(CATEGORY), FIELDS)
        self.found = SentAlerts()
        self._clock = clock
        self._open: dict[tuple[int, int], SentAlert] = {}

    def take(self, chunk: Chunk, taken: int) -> int:
        """Read a chunk; how far it was used."""
        most = len(chunk.octets) // 4 + 1
        category = np.empty(most, dtype=np.uint8)
        start, end, payload = (np.empty(most, dtype=np.int64) for _ in range(3))
        found, _, used = frame(
            chunk.octets, chunk.start, chunk.end, chunk.goes_on, assigned, category, start, end, payload
        )
        rows = np.flatnonzero(category[:found] == CATEGORY)
        if len(rows):
            records = self.decoder.decode(chunk.octets, start[rows], end[rows])
            self.found.blocks += len(rows)
            self.found.undecodable += len(records.undecodable)
            self._note(records, chunk.time_s[payload[rows][records.block]])
        return used if chunk.goes_on else taken

    def _note(self, records: Records, captured_s: NDArray[np.float64]) -> None:
        time_s = self._clock.time_s(records.number("time_of_day_s"), captured_s)
        for row in np.flatnonzero(np.isfinite(time_s)).tolist():
            kind = int(records.code("type")[row])
            self.found.messages[kind] += 1
            if kind in NO_ALERTS and kind != END_OF_CONFLICT:
                continue
            self._message(_alert(records, row, kind, float(time_s[row])), int(records.code("sac")[row]))

    def _message(self, said: SentAlert, source: int) -> None:
        key = (source, said.number)
        known = self._open.get(key)
        if said.type == END_OF_CONFLICT:
            if known is not None:
                known.end_s = known.last_s = said.start_s
                del self._open[key]
            return
        if known is None or not _same(known, said):
            self._open[key] = said
            self.found.alerts.append(said)
            return
        known.last_s, known.messages = said.start_s, known.messages + 1
        known.severe |= said.severe
        for name in ("callsign", "ssr_code", "other_callsign", "other_ssr_code", "area", "runway"):
            setattr(known, name, getattr(known, name) or getattr(said, name))


def _same(known: SentAlert, said: SentAlert) -> bool:
    """Whether a message is about the alert that had its identifier."""
    one_track = -1 in (known.track_number, said.track_number) or known.track_number == said.track_number
    return known.type == said.type and one_track and said.start_s - known.last_s <= SILENT_S


def _alert(records: Records, row: int, kind: int, time_s: float) -> SentAlert:
    def code(name: str) -> int:
        return int(records.code(name)[row])

    def ssr(name: str) -> str:
        return f"{code(name):04o}" if code(name) >= 0 else ""

    return SentAlert(
        type=kind,
        number=code("alert"),
        track_number=code("number"),
        callsign=ascii_text(code("callsign")) or six_bit_text(code("mode_s")),
        ssr_code=ssr("ssr"),
        other_callsign=ascii_text(code("other_callsign")) or six_bit_text(code("other_mode_s")),
        other_ssr_code=ssr("other_ssr"),
        start_s=time_s,
        time_to_violation_s=float(records.number("time_to_violation_s")[row]),
        severe=code("severe") == 1,
        area=six_bit_text(code("area")),
        runway=ascii_text(code("runway")),
        last_s=time_s,
    )
