"""`read`: an ASTERIX recording to `Tracks`, a chunk at a time, and what was found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from safetynets.errors import TracksError
from safetynets.recordings.asterix.clock import Clock, first_day
from safetynets.recordings.asterix.columns import Columns
from safetynets.recordings.asterix.decode import Decoder
from safetynets.recordings.asterix.decoding import Decoding
from safetynets.recordings.asterix.fields import CONTEXT, PLOTS
from safetynets.recordings.asterix.identity import tracks_of
from safetynets.recordings.asterix.radar import Radars
from safetynets.recordings.asterix.tables import editions as editions_of
from safetynets.recordings.asterix.tables import load
from safetynets.recordings.containers import recognised
from safetynets.recordings.containers_read import Chunk, Container
from safetynets.recordings.result import ReadResult, counted
from safetynets.tracks.table import AltitudeSource, Tracks

HEAD_BYTES = 1 << 16
STALE_S = 30.0
"""An altitude, selected altitude or setting older than this is unknown (simulator default)."""
MOST_UNDECODABLE = 0.2
"""A larger share of blocks that cannot be decoded is refused (simulator default)."""
STRAY = 0.01
"""Undecodable blocks of a category that are fewer than this share of all are strays, not a recording (as above)."""


@dataclass(frozen=True)
class AsterixRecording:
    """The tracks of an ASTERIX recording, and what was found while reading it.

    Attributes
    ----------
    tracks
        The tracks.
    counts, notes
        As in `safetynets.recordings.ReadResult`.
    summary
        By name: container, editions, blocks and records by category, what was passed over, the sources with their
        update period, what the status messages (categories 002, 034, 063, 065) say, and how many plots have a selected
        altitude and a barometric setting.
    """

    tracks: Tracks
    counts: dict[str, int]
    notes: tuple[str, ...]
    summary: dict[str, Any]

    @property
    def result(self) -> ReadResult:
        """The same as any other recording gives."""
        categories = ", ".join(f"{number} edition {edition}" for number, edition in self.summary["editions"].items())
        title = f"ASTERIX in {self.summary['container']}: category {categories}"
        return ReadResult(self.tracks, self.counts, self.notes, format=title, details=self.summary)


def read(
    path: str | Path,
    *,
    date: date | None = None,
    editions: Mapping[int, str] | Mapping[str, str] | None = None,
    radars: Radars | None = None,
    geoid_undulation_m: float | None = None,
    max_gap_s: float = 600.0,
    stale_s: float = STALE_S,
    source: BinaryIO | None = None,
) -> AsterixRecording:
    """Read an ASTERIX recording: raw, FINAL, RFF, ORADIS, pcap or pcapng, recognised by its content.

    Parameters
    ----------
    path
        The file; with `source`, only its name.
    date
        The day (UTC) of the first record. ASTERIX has times of day only; a capture has the date of each packet, every
        other container needs it.
    editions
        The edition of a category that is not the newest, such as `{21: "0.26"}`.
    radars
        Latitude (deg), longitude (deg) and antenna height (m) of each radar by (SAC, SIC), for categories 048 and 001.
    geoid_undulation_m
        Height of the geoid above the ellipsoid (m); without it geometric heights are not used.
    max_gap_s
        A longer silence (s) begins a new track (simulator default).
    stale_s
        An altitude, selected altitude or setting that is said to be older (s) is unknown (simulator default).
    source
        The octets, opened for reading, where they are not in a file of that name (such as an unpacked one).

    Returns
    -------
    AsterixRecording
        Tracks, counts, notes and summary.

    Raises
    ------
    TracksError
        When the file is no ASTERIX recording, has no date, needs a radar that is not given, holds no plots, or is
        mostly undecodable; it says which of these, and the mend.

    References
    ----------
    The specifications of EUROCONTROL for each category; docs/asterix.md has the editions.

    Examples
    --------
    >>> import tempfile
    >>> from safetynets.recordings.asterix.writer import write
    >>> columns = {"time_s": [1.6e9], "track": [0], "latitude_deg": [50.1], "longitude_deg": [8.1]}
    >>> tracks = Tracks.from_columns({**columns, "pressure_altitude_ft": [5000.0]}, {"callsign": ["SWR1"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     recording = read(write(tracks, Path(folder) / "day.pcap", "cat062"))
    >>> recording.tracks.callsign.tolist(), recording.tracks.pressure_altitude_ft.tolist()
    (['SWR1'], [5000.0])
    """
    file = Path(path)
    chosen = editions_given(editions, file)
    if source is not None:
        return _Reader(source, file, date, chosen, radars or {}, stale_s).read(max_gap_s, geoid_undulation_m)
    try:
        with file.open("rb") as opened:
            return _Reader(opened, file, date, chosen, radars or {}, stale_s).read(max_gap_s, geoid_undulation_m)
    except FileNotFoundError:
        raise TracksError("no such file", file=file, mend="check the path") from None
    except PermissionError:
        raise TracksError("may not be read", file=file, mend="check its permissions") from None
    except IsADirectoryError:
        raise TracksError("is a folder, not a recording", file=file, mend="name one file in it") from None


def editions_given(given: Mapping[int, str] | Mapping[str, str] | None, file: Path) -> dict[int, str]:
    """The editions that are given, by the number of their category.

    Raises
    ------
    TracksError
        For a category that is not read, or an edition that there is no table of.
    """
    chosen = {}
    for name, edition in (given or {}).items():
        text = str(name).upper().removeprefix("CAT")
        if not text.isdigit() or int(text) not in (*PLOTS, *CONTEXT):
            known = ", ".join(f"{number:03d}" for number in sorted((*PLOTS, *CONTEXT)))
            raise TracksError(f"{name!r} is no category that is read", file=file, mend=f"use one of {known}")
        chosen[int(text)] = load(int(text), str(edition)).edition
    return chosen


class _Reader:
    def __init__(
        self,
        source: BinaryIO,
        file: Path,
        date: date | None,
        editions: dict[int, str],
        radars: Radars,
        stale_s: float,
    ) -> None:
        self.file, self.date, self.stale_s = file, date, stale_s
        head = source.read(HEAD_BYTES)
        if not head:
            raise TracksError("is empty", file=file, mend="record at least one plot")
        kind = recognised(head, file)
        self.container = Container(kind, head, source, file)
        self.decoding = Decoding(editions, radars, stale_s, Clock(first_day(kind, head, date, file)))
        self.columns = Columns()
        found = self.decoding
        self.plots, self.context, self.decoders = found.plots, found.context, found.decoders
        self.blocks, self.records, self.undecodable = found.blocks, found.records, found.undecodable
        self.counts, self.samples = found.counts, found.samples

    def read(self, max_gap_s: float, geoid_undulation_m: float | None) -> AsterixRecording:
        for chunk in self.container.chunks():
            self._take(chunk)
        self._refuse()
        heights = self.columns.known("ellipsoid_height_ft")
        sources = self._sources()
        tracks, anonymous = tracks_of(self.columns, self.plots.words, max_gap_s, geoid_undulation_m)
        self.counts["plots without track number, address or call sign"] = anonymous
        self.counts.update(self.plots.counts)
        if not len(tracks):
            raise TracksError("holds no plots that can be used", file=self.file, mend=self._why_none())
        seen = {name: count for name, count in sorted(self.counts.items()) if count}
        counts = {**counted(tracks, sum(self.records[number] for number in PLOTS)), **seen}
        summary = self._summary(tracks, sources)
        notes = self._notes(heights, geoid_undulation_m) + self._of_another_day(float(tracks.time_s.min()))
        return AsterixRecording(tracks, counts, notes, summary)

    def _take(self, chunk: Chunk) -> None:
        plots, taken = self.decoding.take(chunk)
        if chunk.goes_on:
            self.container.taken = taken
        for columns in plots:
            self.columns.append(columns)

    def _refuse(self) -> None:
        """Refuse a file of which too little was understood, with the likely cause."""
        if not any(self.blocks.values()):
            raise TracksError("holds no ASTERIX block", file=self.file, mend=self._why_none())
        if not any(self.blocks[number] for number in PLOTS):
            met = ", ".join(f"{number:03d}" for number in sorted(self.blocks))
            raise TracksError(
                f"holds ASTERIX of category {met} only, none of which has plots that are read",
                file=self.file,
                mend="give a recording of category 062, 021, 048 or 001",
            )
        for number in PLOTS:
            bad = self.undecodable[number]
            if bad > MOST_UNDECODABLE * self.blocks[number] and bad > STRAY * sum(self.blocks[one] for one in PLOTS):
                raise TracksError(
                    f"{bad:,} of {self.blocks[number]:,} blocks of category {number:03d} cannot be decoded as edition "
                    f"{self.decoders[number].category.edition}",
                    file=self.file,
                    mend=self._likely_cause(number),
                )
        read = sum(self.records[number] for number in PLOTS)
        wrong = self.counts["records with an impossible time of day"] + self.plots.counts["impossible positions"]
        if wrong > MOST_UNDECODABLE * read:
            raise TracksError(
                f"{wrong:,} of {read:,} records have a time of day or a position that cannot be",
                file=self.file,
                mend="say the edition with --edition CATEGORY=EDITION, or check that the file is ASTERIX",
            )
        if self.plots.radars_missing:
            named = ", ".join(f"{sac}/{sic}" for sac, sic in sorted(self.plots.radars_missing))
            raise TracksError(
                f"holds plots of the radars {named} (SAC/SIC), whose position is not known",
                file=self.file,
                mend="say --radar SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M for each, or give the site [[radars]]",
            )

    def _likely_cause(self, number: int) -> str:
        octets = np.frombuffer(b"".join(self.samples[number]), dtype=np.uint8)
        end = np.cumsum([len(block) for block in self.samples[number]])
        start = np.concatenate([[0], end[:-1]]).astype(np.int64)
        worst = MOST_UNDECODABLE * len(end)
        for edition in editions_of(number):
            records = Decoder(load(number, edition), PLOTS[number]).decode(octets, start, end)
            if len(records.undecodable) <= worst:
                return f"they can be decoded as edition {edition}: say --edition {number:03d}={edition}"
        return "no edition fits: the recording is damaged, encrypted, or of another format or container"

    def _why_none(self) -> str:
        fragments = self.container.counts["fragmented packets"]
        if fragments:
            return f"{fragments:,} packets are fragments, which are not put together: record with a smaller block size"
        left_out = {name: count for name, count in self.counts.items() if count}
        if left_out:
            return "all were left out: " + ", ".join(f"{count:,} {name}" for name, count in left_out.items())
        return f"the file was taken for {self.container.kind}: check that it is a recording of ASTERIX"

    def _sources(self) -> list[dict[str, Any]]:
        source, time_s, number = (self.columns.look(name) for name in ("source", "time_s", "number"))
        found = []
        for one in np.unique(source):
            rows = np.flatnonzero(source == one)[:200_000]
            order = np.lexsort((time_s[rows], number[rows]))
            step_s = np.diff(time_s[rows][order])
            same = (np.diff(number[rows][order]) == 0) & (number[rows][order][1:] >= 0) & (step_s > 0)
            period_s = float(np.round(np.median(step_s[same]), 2)) if same.any() else None
            found.append(
                {
                    "sac": int(one) >> 8 if one >= 0 else None,
                    "sic": int(one) & 0xFF if one >= 0 else None,
                    "plots": int((source == one).sum()),
                    "update_period_s": period_s,
                }
            )
        return found

    def _summary(self, tracks: Tracks, sources: list[dict[str, Any]]) -> dict[str, Any]:
        selected, setting = ~np.isnan(tracks.selected_altitude_ft), ~np.isnan(tracks.baro_setting_hpa)
        by_source = {one.name.lower(): int((tracks.selected_altitude_source == one).sum()) for one in AltitudeSource}
        return {
            "container": self.container.kind,
            "editions": {
                f"{number:03d}": decoder.category.edition
                for number, decoder in sorted(self.decoders.items())
                if self.blocks[number]
            },
            "blocks": {f"{number:03d}": count for number, count in sorted(self.blocks.items())},
            "records": {f"{number:03d}": count for number, count in sorted(self.records.items()) if count},
            "undecodable_blocks": {
                f"{number:03d}": count for number, count in sorted(self.undecodable.items()) if count
            },
            "octets_outside_blocks": self.decoding.lost_octets + self.container.counts["octets outside payloads"],
            "fragmented_packets": self.container.counts["fragmented packets"],
            "packets_without_asterix": self.container.counts["packets without ASTERIX"],
            "packets_cut_short": self.container.counts["packets cut short"],
            "sources": sources,
            "status": self.context.summary(),
            "stale_after_s": self.stale_s,
            "selected_altitude": {
                "plots": int(selected.sum()),
                "stale": int(self.plots.counts["stale selected altitudes"]),
                "with_age": int((~np.isnan(tracks.selected_altitude_age_s)).sum()),
                "by_source": {**by_source, "unknown": int((selected & (tracks.selected_altitude_source < 0)).sum())},
            },
            "baro_setting": {
                "plots": int(setting.sum()),
                "stale": int(self.plots.counts["stale barometric settings"]),
                "with_age": int((~np.isnan(tracks.baro_setting_age_s)).sum()),
                "out_of_range": int(self.plots.counts["barometric settings out of range"]),
            },
        }

    def _notes(self, heights: bool, geoid_undulation_m: float | None) -> tuple[str, ...]:
        notes = []
        bad = sum(self.undecodable.values())
        if bad:
            notes.append(f"{bad:,} of {sum(self.blocks.values()):,} blocks cannot be decoded and were passed over")
        other = sorted(set(self.blocks) - set(self.decoders))
        if other:
            notes.append("categories not read: " + ", ".join(f"{number:03d}" for number in other))
        if self.container.counts["fragmented packets"]:
            notes.append(f"{self.container.counts['fragmented packets']:,} fragmented packets were passed over")
        if heights and geoid_undulation_m is None:
            notes.append("geometric heights are above the ellipsoid and were not used: no geoid undulation was given")
        if self.blocks[62]:
            notes.append(
                "velocities of category 062 are on the plane of its tracker; its north is taken for true north"
            )
        return tuple(notes)

    def _of_another_day(self, first_s: float) -> tuple[str, ...]:
        recorded = datetime.fromtimestamp(first_s, UTC).date()
        if self.date is None or self.date == recorded:
            return ()
        return (f"the capture is of {recorded}, which is taken, not the date that was given, {self.date}",)
