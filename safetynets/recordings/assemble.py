"""From the rows of a recording, in any order, to tracks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safetynets.altimetry import mode_c_ft
from safetynets.errors import TracksError, listed
from safetynets.geodesy import mean_sea_level_altitude_ft
from safetynets.recordings.contradictions import clock_steps, contradictions
from safetynets.recordings.identity import (
    identify,
    ssr_codes,
    tidy_address,
    tidy_callsign,
    tidy_flight,
    tidy_squawk,
)
from safetynets.recordings.names import RECORDING, Meaning
from safetynets.recordings.profile import UNITS, Profile
from safetynets.recordings.result import ReadResult, counted
from safetynets.recordings.timestamps import time_kind, time_s
from safetynets.recordings.zero_altitudes import without_zeros
from safetynets.tracks.columns import picked, release_memory
from safetynets.tracks.rows import Growing, Problems, Rows, Words
from safetynets.tracks.table import Tracks
from safetynets.units import kt_to_mps

FASTEST_KT = 2000.0
LEAST_ACCURATE_M = 100_000.0
"""A ground speed above this is another unit (simulator default)."""

THREADS = 2
SMALL_PLOTS = 20_000
"""Fewer plots are not worth a thread."""

Batches = Callable[[Mapping[str, str], bool], Iterator[pa.RecordBatch]]
"""From the wanted columns with their quantity, and whether values may come typed, to batches of rows."""

TIDY = {"icao24": tidy_address, "callsign": tidy_callsign, "flight_id": tidy_flight, "squawk": tidy_squawk}

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Opened:
    """A recording whose columns are understood and whose rows can be read.

    Attributes
    ----------
    format
        What it was recognised as.
    names
        All columns there are.
    columns
        What those that are used hold.
    batches
        The rows.
    notes
        What had to be decided before.
    expected
        How many rows there will be, where that is known.
    """

    format: str
    names: tuple[str, ...]
    columns: Mapping[str, Meaning]
    batches: Batches
    notes: tuple[str, ...] = ()
    expected: int = 0


@dataclass(frozen=True)
class Asked:
    """How a recording is to be read.

    Attributes
    ----------
    profile
        What is said about its columns and units.
    geoid_undulation_m
        The geoid above the ellipsoid, where it is known.
    qnh_hpa
        The QNH on which its altitudes are, where they are on one.
    max_gap_s
        A longer silence begins a new track.
    strict
        Refuse a recording that contradicts itself; else it is only said.
    """

    profile: Profile = Profile()
    geoid_undulation_m: float | None = None
    qnh_hpa: float | None = None
    max_gap_s: float = 600.0
    strict: bool = True


def assemble(opened: Opened, asked: Asked, file: str | Path | None = None) -> ReadResult:
    """The tracks of a recording.

    A track is what one (icao24, callsign) sends without a silence longer than `max_gap_s` (600 s, simulator default);
    see `identity.identify`. Tracks are numbered in the order of (icao24, callsign, time). A track has the SSR code that
    most of its plots carry, the lowest of those equally frequent.

    Raises
    ------
    TracksError
        Naming the file and the rows (the first row of data is row 1), for values that cannot be; and for a recording
        that contradicts itself.
    """
    if asked.profile.altitude_reference == "qnh" and asked.qnh_hpa is None:
        raise TracksError(
            "the altitudes are on the QNH, and no QNH is given",
            file=file,
            mend="give it, such as --qnh-hpa 1013.2, or declare --altitude-reference pressure",
        )
    words = {name: Words() for name in TIDY}
    try:
        columns = _gathered(opened, words, asked, file, typed=True)
    except pa.ArrowInvalid:
        words = {name: Words() for name in TIDY}
        columns = _gathered(opened, words, asked, file, typed=False)
    row_count = len(columns["time_s"])
    nothing = np.zeros(row_count, dtype=np.int32)
    codes = {name: columns.pop(name, nothing) for name in TIDY}
    (address_words, icao24), (callsign_words, callsign), (flight_words, flight), (squawk_words, squawk) = (
        (known.words, codes[name]) if codes[name] is nothing else known.ranked(codes[name])
        for name, known in words.items()
    )
    _refuse_nameless(icao24 + callsign + flight, file)
    found = clock_steps(columns["time_s"], icao24, callsign, flight)
    known = identify(columns["time_s"], icao24, callsign, flight, asked.max_gap_s)
    release_memory(columns["time_s"])
    if known.order is not None:
        _put_in_order(columns, known.order)
        squawk, flight = (one if one is nothing else one[known.order] for one in (squawk, flight))
    begins = np.flatnonzero(np.diff(known.track, prepend=-1))
    ssr_code, changing = ssr_codes(known.track, squawk_words, squawk)
    nameless = (known.icao24 == 0) & (known.callsign == 0)
    flights = {
        "icao24": address_words[known.icao24],
        "callsign": np.where(nameless, flight_words[flight[begins]], callsign_words[known.callsign]),
        "ssr_code": ssr_code,
    }
    columns["track"] = known.track
    columns["pressure_altitude_ft"], zeros = without_zeros(
        columns["time_s"],
        known.track,
        columns["pressure_altitude_ft"],
        columns["on_ground"],
        (columns["vx_mps"], columns["vy_mps"]),
    )
    release_memory(*columns.values())
    tracks = Tracks.taking(columns, flights)
    found += contradictions(tracks, opened.columns)
    grave = [(one.problem, one.mend) for one in found if one.grave]
    if grave and asked.strict:
        raise listed(TracksError, grave, file)
    counts = {
        **counted(tracks, row_count),
        "plots given the call sign of their aircraft": known.filled,
        "plots with a garbled call sign": known.garbled,
        "plots whose altitude of zero is unknown": zeros,
        "tracks that change their SSR code": changing,
    }
    warnings = tuple(f"{one.problem}; {one.mend}" for one in found)
    return ReadResult(
        tracks, counts, _notes(opened, asked, counts), warnings, bool(grave), opened.format, dict(opened.columns)
    )


def _put_in_order(columns: Columns, order: NDArray[np.intp]) -> None:
    """Sort each column in its place, so that no more than a few are held twice."""

    def sort(name: str) -> None:
        columns[name] = picked(columns[name], order)

    with ThreadPoolExecutor(THREADS if len(order) >= SMALL_PLOTS else 1) as pool:
        list(pool.map(sort, list(columns)))


def _gathered(
    opened: Opened, words: dict[str, Words], asked: Asked, file: str | Path | None, *, typed: bool
) -> Columns:
    """The columns of all batches joined."""
    wanted = {name: RECORDING[meaning.column][0] for name, meaning in opened.columns.items()}
    problems = Problems(file)
    columns: dict[str, Growing] = {}
    kind: str | None = None
    first_row = 1
    time_name = next(name for name, meaning in opened.columns.items() if meaning.column == "timestamp")
    time_unit = asked.profile.units.get("timestamp", "")
    working: deque[Future[Columns]] = deque()

    def put(part: Columns) -> None:
        for name, values in part.items():
            columns.setdefault(name, Growing(values.dtype, opened.expected)).append(values)

    with ThreadPoolExecutor(THREADS) as pool:
        for batch in one_ahead(opened.batches(wanted, typed)):
            if not batch.num_rows:
                continue
            rows = Rows(batch, first_row, problems)
            kind = kind or time_kind(rows, time_name, time_unit)
            if len(rows) < SMALL_PLOTS and not working:
                put(_plots(rows, opened.columns, kind, asked))
            else:
                working.append(pool.submit(_plots, rows, opened.columns, kind, asked))
            for name, known in words.items():
                if source := _source(opened.columns, name):
                    put({name: rows.words(source, known, TIDY[name])})
            first_row += batch.num_rows
            if len(working) > THREADS:
                put(working.popleft().result())
        while working:
            put(working.popleft().result())
    problems.raise_all()
    if not columns:
        raise TracksError("holds no plots", file=file, mend="record at least one row below the column names")
    return {name: column.values for name, column in columns.items()}


def one_ahead(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, the next one read while one is worked on."""
    iterator = iter(batches)
    first = next(iterator, None)
    if first is None:
        return
    second = next(iterator, None)
    yield first
    if second is None:
        return
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, iterator, None)
        yield second
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, iterator, None)
            yield batch


def _source(columns: Mapping[str, Meaning], column: str) -> str | None:
    return next((name for name, meaning in columns.items() if meaning.column == column), None)


def _plots(rows: Rows, meanings: Mapping[str, Meaning], kind: str, asked: Asked) -> Columns:
    named = {meaning.column: (name, meaning.unit) for name, meaning in meanings.items()}

    def value(column: str, lowest: float = -np.inf, highest: float = np.inf) -> NDArray[np.float64]:
        """A column in its usual unit."""
        if column not in named:
            return np.full(len(rows), np.nan)
        name, unit = named[column]
        quantity, usual, _ = RECORDING[column]
        convert = UNITS[quantity].get(unit)
        words = {"ft": "feet", "kt": "knots", "deg": "degrees", "fpm": "feet per minute", "m": "metres"}
        if convert is None:
            return (
                rows.within(name, words.get(usual, "hPa"), lowest, highest)
                if np.isfinite(lowest)
                else rows.numbers(name, words.get(usual, "hPa"))
            )
        return np.asarray(convert(rows.numbers(name, unit)))

    time_name = named["timestamp"][0]
    if "position" in named and "latitude" not in named:
        rows = _parted(rows, named["position"][0])
        named |= {"latitude": ("latitude", "deg"), "longitude": ("longitude", "deg")}
    columns: Columns = {
        "time_s": time_s(rows, time_name, kind),
        "latitude_deg": value("latitude", -90.0, 90.0),
        "longitude_deg": value("longitude", -180.0, 180.0),
        "pressure_altitude_ft": value("altitude"),
        "vertical_rate_fpm": value("vertical_rate"),
        "on_ground": rows.yes_no(named["onground"][0]) if "onground" in named else np.full(len(rows), -1, np.int8),
    }
    if asked.profile.altitude_reference == "qnh" and asked.qnh_hpa is not None:
        columns["pressure_altitude_ft"] = mode_c_ft(
            columns["pressure_altitude_ft"], np.asarray(asked.qnh_hpa, dtype=np.float64)
        )
    if "coasted" in named:
        columns["coasted"] = rows.yes_no(named["coasted"][0])
    if "geoaltitude" in named and asked.geoid_undulation_m is not None:
        columns["geometric_altitude_ft"] = mean_sea_level_altitude_ft(value("geoaltitude"), asked.geoid_undulation_m)
    if "groundspeed" in named and "track" in named:
        groundspeed_mps = kt_to_mps(value("groundspeed", 0.0, FASTEST_KT))
        track_rad = np.radians(value("track", -360.0, 360.0))
        columns["vx_mps"] = groundspeed_mps * np.sin(track_rad)
        columns["vy_mps"] = groundspeed_mps * np.cos(track_rad)
    else:
        columns["vx_mps"] = columns["vy_mps"] = np.full(len(rows), np.nan)
    if "selected_mcp" in named:
        columns["selected_altitude_ft"] = value("selected_mcp")
    if "position_accuracy" in named:
        columns["position_accuracy_m"] = value("position_accuracy", 0.0, LEAST_ACCURATE_M).astype(np.float32)
    if "barometric_setting" in named:
        columns["baro_setting_hpa"] = value("barometric_setting")
    return columns


def _parted(rows: Rows, name: str) -> Rows:
    """The same rows with a latitude and a longitude, from a column that holds both."""
    text = rows.column(name)
    parts = pc.split_pattern(text, ",", max_splits=1)
    whole = pc.fill_null(pc.equal(pc.list_value_length(parts), 2), False)
    batch = rows.batch
    for place, column in enumerate(("latitude", "longitude")):
        padded = pc.if_else(whole, parts, pa.scalar(["", ""], parts.type))
        batch = batch.append_column(column, pc.list_element(padded, place))
    bad = np.flatnonzero(~whole.to_numpy(zero_copy_only=False) & text.is_valid().to_numpy(zero_copy_only=False))
    parted = Rows(batch, rows.first_row, rows.problems)
    parted.refuse(
        bad, f"{name} is no position", lambda index: f"{name} is {text[index].as_py()!r}", "give latitude,longitude"
    )
    return parted


def _refuse_nameless(codes: NDArray[np.int32], file: str | Path | None) -> None:
    nameless = np.flatnonzero(codes == 0)
    if len(nameless):
        more = f" (and {len(nameless) - 1:,} more rows)" if len(nameless) > 1 else ""
        raise TracksError(
            f"neither icao24 nor callsign, so the plot belongs to no track{more}",
            file=file,
            where=f"row {nameless[0] + 1}",
            mend="fill in one of them",
        )


def _notes(opened: Opened, asked: Asked, counts: Mapping[str, int]) -> tuple[str, ...]:
    notes = list(opened.notes)
    used = {meaning.column for meaning in opened.columns.values()}
    unused = [name for name in opened.names if name not in opened.columns]
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    if "heading" in unused:
        notes.append("heading is where the nose points, not where the aircraft goes: no velocity was taken from it")
    if "geoaltitude" in used and asked.geoid_undulation_m is None:
        notes.append("geoaltitude is above the ellipsoid and was not used: no geoid undulation was given")
    if "groundspeed" not in used or "track" not in used:
        notes.append("no velocities: groundspeed and track are not both there; they can be derived from the positions")
    if "vertical_rate" not in used:
        notes.append("no vertical rates: they can be derived from the altitudes")
    if asked.profile.altitude_reference == "qnh":
        notes.append(f"the altitudes were taken for altitudes on the QNH of {asked.qnh_hpa:g} hPa")
    if counts["tracks that change their SSR code"]:
        count = counts["tracks that change their SSR code"]
        notes.append(f"{count} tracks change their SSR code: each has the one that most of its plots carry")
    if counts["plots with a garbled call sign"]:
        count = counts["plots with a garbled call sign"]
        notes.append(f"{count} plots carried a garbled call sign: each has that of its aircraft before or after")
    if counts["plots whose altitude of zero is unknown"]:
        count = counts["plots whose altitude of zero is unknown"]
        notes.append(f"{count} altitudes of 0 ft in flight were taken for unknown")
    return tuple(notes)
