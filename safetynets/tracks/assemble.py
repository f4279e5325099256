"""From the rows of a recording, in any order, to tracks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.geodesy import mean_sea_level_altitude_ft
from safetynets.tracks.names import check_names
from safetynets.tracks.table import UNKNOWN, Tracks
from safetynets.units import kt_to_mps

Floats = NDArray[np.float64]

EARLIEST_S = 315_532_800.0
LATEST_S = 4_102_444_800.0
"""A recording lies between 1 January 1980 and 1 January 2100, so that seconds and milliseconds cannot be mistaken for
each other."""

TICKS_PER_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}


@dataclass(frozen=True)
class ReadResult:
    """The tracks of a recording, and what was found while reading it.

    `counts` holds how many rows, plots, tracks, plots without altitude and so on there were; `notes` says in words what
    was left unused or had to be decided.
    """

    tracks: Tracks
    counts: dict[str, int]
    notes: tuple[str, ...]


class _Words:
    """Codes for the words of one column, in the order in which they turn up."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {"": 0}

    def encode(self, column: pa.Array, tidy: Any) -> NDArray[np.int32]:
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        words = [tidy(word) for word in column.dictionary.to_pylist()] + [""]
        of_word = np.array([self.codes.setdefault(word, len(self.codes)) for word in words], dtype=np.int32)
        indices = column.indices.cast(pa.int32()).fill_null(len(words) - 1)
        return np.asarray(of_word[indices.to_numpy(zero_copy_only=False)])

    def ranked(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
        """The words in alphabetical order, and the codes renumbered to it."""
        words = np.array(list(self.codes), dtype=object)
        order = np.argsort(words.astype(str), kind="stable")
        rank = np.empty(len(words), dtype=np.int32)
        rank[order] = np.arange(len(words), dtype=np.int32)
        return words[order], rank[codes]


def assemble(
    batches: Iterable[pa.RecordBatch],
    *,
    file: str | Path | None = None,
    geoid_undulation_m: float | None = None,
    max_gap_s: float = 600.0,
    unused: Sequence[str] = (),
) -> ReadResult:
    """Tracks from batches of recording rows (names and units of `names.RECORDING`).

    A track is what one (icao24, callsign) sends without a silence longer than `max_gap_s` (600 s, simulator default). A
    plot without call sign takes the last call sign of its aircraft within that time, or else the next one. A track has
    the SSR code that most of its plots carry, the lowest of those equally frequent. `unused` names columns that were
    left unread, for the notes.

    Raises
    ------
    TracksError
        Naming the file and the row (the first row of data is row 1), for a value that cannot be.
    """
    gathered: dict[str, list[NDArray[Any]]] = {}
    words = {name: _Words() for name in ("icao24", "callsign", "squawk")}
    kind: str | None = None
    names: tuple[str, ...] = ()
    first_row = 1
    for batch in batches:
        if not names:
            names = tuple(batch.schema.names)
            check_names(names, file)
        rows = _Rows(batch, first_row, file)
        if kind is None and batch.num_rows:
            kind = rows.time_kind()
        for name, values in rows.plot_columns(kind or "seconds", geoid_undulation_m).items():
            gathered.setdefault(name, []).append(values)
        for name, codes in words.items():
            gathered.setdefault(name, []).append(rows.encoded(name, codes))
        first_row += batch.num_rows
    if first_row == 1:
        raise TracksError("holds no plots", file=file, mend="record at least one row below the column names")
    columns = {name: _joined(gathered, name) for name in list(gathered)}
    callsign_words, callsign = words["callsign"].ranked(columns.pop("callsign"))
    icao24_words, icao24 = words["icao24"].ranked(columns.pop("icao24"))
    nameless = np.flatnonzero((callsign == 0) & (icao24 == 0))
    if len(nameless):
        raise TracksError(
            "neither icao24 nor callsign, so the plot belongs to no track",
            file=file,
            where=f"row {nameless[0] + 1}",
            mend="fill in one of them",
        )
    time_s = columns["time_s"]
    callsign, taken_over = _with_callsign(time_s, icao24, callsign, max_gap_s)
    order = np.lexsort((time_s, callsign, icao24))
    for name in list(columns):
        columns[name] = columns[name][order]
    icao24, callsign, time_s = icao24[order], callsign[order], columns["time_s"]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(icao24) != 0) | (np.diff(callsign) != 0) | (np.diff(time_s) > max_gap_s)
    columns["track"] = np.cumsum(new, dtype=np.int32) - np.int32(1)
    first = np.flatnonzero(new)
    ssr_code, changing = _ssr_codes(columns["track"], words["squawk"].ranked(columns.pop("squawk")))
    flights = {"icao24": icao24_words[icao24[first]], "callsign": callsign_words[callsign[first]], "ssr_code": ssr_code}
    tracks = Tracks.from_columns(columns, flights)
    geoid_missing = "geoaltitude" in names and geoid_undulation_m is None
    return ReadResult(
        tracks,
        counts={
            "rows": first_row - 1,
            "plots": len(tracks),
            "tracks": tracks.track_count,
            "plots without pressure altitude": int(np.isnan(tracks.pressure_altitude_ft).sum()),
            "plots without velocity": int(np.isnan(tracks.vx_mps).sum()),
            "plots without position": int(np.isnan(tracks.latitude_deg).sum()),
            "plots given the call sign of their aircraft": taken_over,
            "tracks that change their SSR code": changing,
        },
        notes=_notes(names, unused, geoid_missing, changing),
    )


def _joined(gathered: dict[str, list[NDArray[Any]]], name: str) -> NDArray[Any]:
    return np.concatenate(gathered.pop(name))


def _with_callsign(
    time_s: Floats, icao24: NDArray[np.int32], callsign: NDArray[np.int32], max_gap_s: float
) -> tuple[NDArray[np.int32], int]:
    """Call signs with the gaps filled from the last, or else the next, plot of the same aircraft."""
    wanting = (callsign == 0) & (icao24 != 0)
    if not wanting.any():
        return callsign, 0
    order = np.lexsort((time_s, icao24))
    filled = callsign[order]
    for step in (slice(None), slice(None, None, -1)):
        words, address, time = filled[step], icao24[order][step], time_s[order][step]
        source = np.maximum.accumulate(np.where(words != 0, np.arange(len(words)), 0))
        near = (address[source] == address) & (np.abs(time - time[source]) <= max_gap_s) & (address != 0)
        filled[step] = np.where((words == 0) & near, words[source], words)
    result = np.empty_like(callsign)
    result[order] = filled
    return result, int((wanting & (result != 0)).sum())


def _ssr_codes(
    track: NDArray[np.int32], squawk: tuple[NDArray[np.object_], NDArray[np.int32]]
) -> tuple[NDArray[np.object_], int]:
    words, code = squawk
    sent = code != 0
    pair, plots = np.unique(track[sent].astype(np.int64) * len(words) + code[sent], return_counts=True)
    owner, code_of_pair = pair // len(words), pair % len(words)
    result = np.full(int(track[-1]) + 1, "", dtype=object)
    most = np.lexsort((-code_of_pair, plots))
    result[owner[most]] = words[code_of_pair[most]]
    return result, int((np.unique(owner, return_counts=True)[1] > 1).sum())


def _notes(names: tuple[str, ...], unused: Sequence[str], geoid_missing: bool, changing: int) -> tuple[str, ...]:
    notes = []
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    if geoid_missing:
        notes.append("geoaltitude is above the ellipsoid and was not used: no geoid undulation was given")
    if "groundspeed" not in names or "track" not in names:
        notes.append("no velocities: groundspeed and track are not both there; they can be derived from the positions")
    if "vertical_rate" not in names:
        notes.append("no vertical rates; they can be derived from the altitudes")
    if changing:
        notes.append(f"{changing} tracks change their SSR code; each has the one that most of its plots carry")
    return tuple(notes)


class _Rows:
    """One batch of rows, turned into the columns of `Tracks`, each value checked where its row is known."""

    def __init__(self, batch: pa.RecordBatch, first_row: int, file: str | Path | None) -> None:
        self.batch = batch
        self.first_row = first_row
        self.file = file

    def refuse(self, index: int, problem: str, mend: str) -> TracksError:
        return TracksError(problem, file=self.file, where=f"row {self.first_row + index}", mend=mend)

    def has(self, name: str) -> bool:
        return name in self.batch.schema.names

    def numbers(self, name: str, unit: str) -> Floats:
        """A column as floats with NaN for unknown; refuses text and infinity."""
        count = self.batch.num_rows
        if not self.has(name):
            return np.full(count, np.nan)
        column = _plain(self.batch.column(name))
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            values = self._parsed(column, name, unit)
        else:
            try:
                values = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
            except pa.ArrowException:
                raise TracksError(
                    f"column {name!r} holds {column.type}", file=self.file, mend=f"give numbers ({unit})"
                ) from None
        bad = np.flatnonzero(np.isinf(values))
        if len(bad):
            raise self.refuse(bad[0], f"{name} is {values[bad[0]]}", "leave it empty where it is unknown")
        return values

    def _parsed(self, column: pa.Array, name: str, unit: str) -> Floats:
        try:
            trimmed = pc.utf8_trim_whitespace(column)
            blank = pc.equal(trimmed, "")
            values = pc.if_else(blank, pa.scalar(None, trimmed.type), trimmed).cast(pa.float64())
            return np.array(values.to_numpy(zero_copy_only=False))
        except pa.ArrowException:
            for index, text in enumerate(column.to_pylist()):
                if text is not None and text.strip() and not _is_number(text):
                    raise self.refuse(index, f"{name} is {text!r}, not a number", f"give a number ({unit})") from None
            raise

    def within(self, name: str, unit: str, lowest: float, highest: float) -> Floats:
        values = self.numbers(name, unit)
        bad = np.flatnonzero((values < lowest) | (values > highest))
        if len(bad):
            raise self.refuse(
                bad[0],
                f"{name} {values[bad[0]]:g} is outside {lowest:g} to {highest:g}",
                f"give {unit} in that range, or leave it empty where it is unknown",
            )
        return values

    def time_kind(self) -> str:
        """How this recording writes its times, judged by its first row; every other row has to agree."""
        column = _plain(self.batch.column("timestamp"))
        if pa.types.is_timestamp(column.type):
            return "date type"
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            text = column[0].as_py()
            if text is None or not _is_number(text):
                return "text"
        value = self.numbers("timestamp", "")[0]
        for kind, ticks in TICKS_PER_SECOND.items():
            if EARLIEST_S * ticks <= value <= LATEST_S * ticks:
                return kind
        raise self._time_refused(0, value)

    def _time_refused(self, index: int, value: Any) -> TracksError:
        return self.refuse(
            index,
            f"timestamp {value} is not a time between 1980 and 2100",
            "give UTC as ISO text, a date type, or seconds or milliseconds since 1970, the same way in every row",
        )

    def time_s(self, kind: str) -> Floats:
        column = _plain(self.batch.column("timestamp"))
        if kind == "text":
            time_s = self._time_from_text(column)
        elif kind == "date type":
            unit = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[column.type.unit]
            time_s = _seconds(column.cast(pa.int64()), unit)
        elif pa.types.is_integer(column.type):
            time_s = _seconds(column, TICKS_PER_SECOND[kind])
        else:
            time_s = self.numbers("timestamp", "seconds or milliseconds since 1970") / TICKS_PER_SECOND[kind]
        bad = np.flatnonzero(~((time_s >= EARLIEST_S) & (time_s <= LATEST_S)))
        if len(bad):
            raise self._time_refused(bad[0], column[int(bad[0])].as_py())
        return time_s

    def _time_from_text(self, column: pa.Array) -> Floats:
        import pandas as pd

        parsed = pd.to_datetime(pd.Series(column.to_pylist()), utc=True, format="ISO8601", errors="coerce")
        bad = np.flatnonzero(parsed.isna().to_numpy())
        if len(bad):
            raise self._time_refused(bad[0], repr(column[int(bad[0])].as_py()))
        moments = parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
        return np.asarray(moments // 1_000_000 + (moments % 1_000_000) / 1e6)

    def yes_no(self, name: str) -> NDArray[np.int8]:
        if not self.has(name):
            return np.full(self.batch.num_rows, UNKNOWN, dtype=np.int8)
        column = _plain(self.batch.column(name))
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            meaning = {"true": 1, "1": 1, "1.0": 1, "false": 0, "0": 0, "0.0": 0, "": UNKNOWN, None: UNKNOWN}
            answers = [None if text is None else text.strip().lower() for text in column.to_pylist()]
            for index, answer in enumerate(answers):
                if answer not in meaning:
                    raise self.refuse(index, f"{name} is {answer!r}", "give true or false, or leave it empty")
            return np.array([meaning[answer] for answer in answers], dtype=np.int8)
        values = self.numbers(name, "true or false")
        bad = np.flatnonzero(~np.isin(values, (0.0, 1.0)) & ~np.isnan(values))
        if len(bad):
            raise self.refuse(bad[0], f"{name} is {values[bad[0]]:g}", "give true or false, or leave it empty")
        return np.where(np.isnan(values), UNKNOWN, values).astype(np.int8)

    def encoded(self, name: str, words: _Words) -> NDArray[np.int32]:
        if not self.has(name):
            return np.zeros(self.batch.num_rows, dtype=np.int32)
        column = self.batch.column(name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        return words.encode(column, _tidy_squawk if name == "squawk" else _tidy)

    def plot_columns(self, kind: str, geoid_undulation_m: float | None) -> dict[str, NDArray[Any]]:
        columns: dict[str, NDArray[Any]] = {
            "time_s": self.time_s(kind),
            "latitude_deg": self.within("latitude", "degrees", -90.0, 90.0),
            "longitude_deg": self.within("longitude", "degrees", -180.0, 180.0),
            "pressure_altitude_ft": self.numbers("altitude", "feet"),
            "vertical_rate_fpm": self.numbers("vertical_rate", "feet per minute"),
            "on_ground": self.yes_no("onground"),
        }
        ellipsoid_height_ft = self.numbers("geoaltitude", "feet")
        if geoid_undulation_m is not None and self.has("geoaltitude"):
            columns["geometric_altitude_ft"] = mean_sea_level_altitude_ft(ellipsoid_height_ft, geoid_undulation_m)
        groundspeed_mps = kt_to_mps(self.within("groundspeed", "knots", 0.0, 5000.0))
        track_rad = np.radians(self.within("track", "degrees", -360.0, 360.0))
        columns["vx_mps"] = groundspeed_mps * np.sin(track_rad)
        columns["vy_mps"] = groundspeed_mps * np.cos(track_rad)
        for name, border in (("selected_altitude_ft", "selected_mcp"), ("baro_setting_hpa", "barometric_setting")):
            if self.has(border):
                columns[name] = self.numbers(border, name)
        return columns


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _seconds(ticks: pa.Array, per_second: int) -> Floats:
    """Seconds from whole ticks, split first so that nanoseconds do not lose their last digits; null is NaN."""
    known = np.asarray(ticks.is_valid().to_numpy(zero_copy_only=False))
    whole = np.asarray(ticks.fill_null(0).to_numpy(zero_copy_only=False)).astype(np.int64)
    return np.where(known, whole // per_second + (whole % per_second) / per_second, np.nan)


def _tidy(word: Any) -> str:
    return "" if word is None else str(word).strip()


def _tidy_squawk(code: Any) -> str:
    """An SSR code as four digits, whatever became of its leading zeros."""
    text = _tidy(code)
    if text.endswith(".0"):
        text = text[:-2]
    return text.zfill(4) if text.isdigit() else "" if text.lower() == "nan" else text
