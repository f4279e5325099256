"""The first look at a recording: what it is, and whether it can be read at all, before anything heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from safetynets.errors import TracksError
from safetynets.recordings import plans
from safetynets.recordings.containers import sniff
from safetynets.recordings.dialect import Dialect, dialect_of, encoding_of, text_lines
from safetynets.recordings.flightradar24 import CSV as FLIGHTRADAR24_CSV
from safetynets.recordings.igc import is_igc
from safetynets.recordings.mode_s import is_raw
from safetynets.recordings.names import interpret, is_own
from safetynets.recordings.opensky import STATE_VECTORS
from safetynets.recordings.profile import Profile
from safetynets.recordings.sbs_lines import is_sbs
from safetynets.recordings.source import Source, find

PARQUET_MAGIC = b"PAR1"

VOCABULARIES = (STATE_VECTORS, FLIGHTRADAR24_CSV)

ENDINGS = (
    *(".parquet", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".igc", ".sbs", ".tar", ".tgz"),
    *(".ast", ".ff", ".rff", ".pcap", ".pcapng"),
)
PACKED_ENDINGS = (".gz", ".zip", ".xz", ".zst", ".bz2")
"""How recordings in a folder are usually named; a file that is named itself may be called anything."""


def is_recording_by_name(name: str) -> bool:
    """Whether a file in a folder is named like a recording, packed or not.

    >>> is_recording_by_name("2024-01-01.csv.gz"), is_recording_by_name("notes.md")
    (True, False)
    """
    small = name.lower()
    for ending in PACKED_ENDINGS:
        small = small.removesuffix(ending)
    return small.endswith(ENDINGS)


@dataclass(frozen=True)
class Look:
    """A recording and what it was recognised as."""

    source: Source
    kind: str

    @cached_property
    def dialect(self) -> Dialect:
        """How its text is written, for a table of text."""
        return dialect_of(self.source.head, self.source.file)


def look_at(path: str | Path) -> Look:
    """What a file is, by its first bytes.

    Raises
    ------
    TracksError
        When there is no file, it cannot be unpacked, or it is nothing that is read here.
    """
    source = find(path)
    return Look(source, "archive" if source.holds_many else _kind(source))


def check(path: str | Path, profile: Profile | None = None) -> Look:
    """As `look_at`, and refuse a table of text whose columns cannot be understood, and ASTERIX without a date.

    Raises
    ------
    TracksError
        As `look_at`, `interpret` and `first_day`.
    """
    look = look_at(path)
    if look.kind == "asterix":
        from safetynets.recordings.asterix.clock import first_day  # numba, which no other refusal needs

        head = look.source.head
        first_day(sniff(head) or "", head, profile.date if profile else None, look.source.file)
    if look.kind == "csv":
        names = look.dialect.names
        if not is_own(names):
            interpret(names, profile or Profile(), VOCABULARIES, look.source.file)
    return look


def _kind(source: Source) -> str:
    head, file = source.head, source.file
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    if sniff(head) is not None:
        return "asterix"
    encoding = encoding_of(head)
    if encoding in ("utf-8", "utf-8-sig") and b"\x00" in head:
        if source.tail == PARQUET_MAGIC:
            raise TracksError("is a Parquet file without its start", file=file, mend="copy or write the file again")
        raise TracksError("holds binary data of no known format", file=file, mend="see docs/tracks.md for what is read")
    lines = text_lines(head) or [""]
    lines = [lines[0].lstrip("\ufeff"), *lines[1:]]
    start = next((line.lstrip() for line in lines if line.strip()), "")
    if start[:1] in ("{", "["):
        return "json"
    plan = plans.plan_of(lines, head)
    if plan is not None:
        raise TracksError(plan[0], file=file, mend=plan[1])
    if is_igc(lines):
        return "igc"
    if is_raw(lines):
        return "mode_s"
    if is_sbs(lines):
        return "sbs"
    return "csv"
