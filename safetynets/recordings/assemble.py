"""From the rows of a recording, in any order, to tracks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.geodesy import mean_sea_level_altitude_ft
from safetynets.recordings.identity import new_tracks, ssr_codes, with_callsign
from safetynets.recordings.result import ReadResult, counted
from safetynets.recordings.timestamps import time_kind, time_s
from safetynets.tracks.rows import Growing, Rows, Words
from safetynets.tracks.table import Tracks
from safetynets.units import kt_to_mps

FASTEST_KT = 2000.0
"""A ground speed above this is another unit (simulator default)."""


def assemble(
    batches: Iterable[pa.RecordBatch],
    *,
    names: Sequence[str],
    file: str | Path | None = None,
    geoid_undulation_m: float | None = None,
    max_gap_s: float = 600.0,
) -> ReadResult:
    """Tracks from batches of recording rows (names and units of `names.RECORDING`); `names` are all columns there are.

    A track is what one (icao24, callsign) sends without a silence longer than `max_gap_s` (600 s, simulator default).
    Tracks are numbered in the order of (icao24, callsign, time). A plot without call sign takes the last call sign of
    its aircraft within that time, or else the next one. A track has the SSR code that most of its plots carry, the
    lowest of those equally frequent.

    Raises
    ------
    TracksError
        Naming the file and the row (the first row of data is row 1), for a value that cannot be.
    """
    words = {name: Words() for name in ("icao24", "callsign", "squawk")}
    columns, used = _gathered(batches, words, file, geoid_undulation_m)
    row_count = len(columns["time_s"])
    icao24_words, icao24 = words["icao24"].ranked(columns.pop("icao24"))
    callsign_words, spoken = words["callsign"].ranked(columns.pop("callsign"))
    squawk_words, squawk = words["squawk"].ranked(columns.pop("squawk"))
    nameless = np.flatnonzero((spoken == 0) & (icao24 == 0))
    if len(nameless):
        raise TracksError(
            "neither icao24 nor callsign, so the plot belongs to no track",
            file=file,
            where=f"row {nameless[0] + 1}",
            mend="fill in one of them",
        )
    callsign = with_callsign(columns["time_s"], icao24, spoken, max_gap_s)
    taken_over = int((callsign != spoken).sum())
    order = np.lexsort((columns["time_s"], callsign, icao24))
    icao24, callsign, squawk = icao24[order], callsign[order], squawk[order]
    for name in columns:
        columns[name] = columns[name][order]
    begins = new_tracks(columns["time_s"], icao24, callsign, max_gap_s)
    track = columns["track"] = np.cumsum(begins, dtype=np.int32) - np.int32(1)
    ssr_code, changing = ssr_codes(track, squawk_words, squawk)
    flights = {
        "icao24": icao24_words[icao24[begins]],
        "callsign": callsign_words[callsign[begins]],
        "ssr_code": ssr_code,
    }
    del order, track
    tracks = Tracks.taking(columns, flights)
    counts = {
        **counted(tracks, row_count),
        "plots given the call sign of their aircraft": taken_over,
        "tracks that change their SSR code": changing,
    }
    return ReadResult(tracks, counts, _notes(names, used, geoid_undulation_m, changing))


def _gathered(
    batches: Iterable[pa.RecordBatch],
    words: dict[str, Words],
    file: str | Path | None,
    geoid_undulation_m: float | None,
) -> tuple[dict[str, NDArray[Any]], frozenset[str]]:
    """The columns of all batches joined, and the names of those that were read."""
    columns: dict[str, Growing] = {}
    used: frozenset[str] = frozenset()
    kind: str | None = None
    first_row = 1
    for batch in batches:
        if not batch.num_rows:
            continue
        rows = Rows(batch, first_row, file)
        used = frozenset(batch.schema.names)
        kind = kind or time_kind(rows)
        found = _plots(rows, kind, geoid_undulation_m)
        for name, known in words.items():
            found[name] = rows.words(name, known, _tidy_squawk if name == "squawk" else _tidy)
        for name, values in found.items():
            columns.setdefault(name, Growing(values.dtype)).append(values)
        first_row += batch.num_rows
    if not columns:
        raise TracksError("holds no plots", file=file, mend="record at least one row below the column names")
    return {name: column.values for name, column in columns.items()}, used


def _plots(rows: Rows, kind: str, geoid_undulation_m: float | None) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {
        "time_s": time_s(rows, kind),
        "latitude_deg": rows.within("latitude", "degrees", -90.0, 90.0),
        "longitude_deg": rows.within("longitude", "degrees", -180.0, 180.0),
        "pressure_altitude_ft": rows.numbers("altitude", "feet"),
        "vertical_rate_fpm": rows.numbers("vertical_rate", "feet per minute"),
        "on_ground": rows.yes_no("onground"),
    }
    if "geoaltitude" in rows and geoid_undulation_m is not None:
        ellipsoid_height_ft = rows.numbers("geoaltitude", "feet")
        columns["geometric_altitude_ft"] = mean_sea_level_altitude_ft(ellipsoid_height_ft, geoid_undulation_m)
    groundspeed_mps = kt_to_mps(rows.within("groundspeed", "knots", 0.0, FASTEST_KT))
    track_rad = np.radians(rows.within("track", "degrees", -360.0, 360.0))
    columns["vx_mps"] = groundspeed_mps * np.sin(track_rad)
    columns["vy_mps"] = groundspeed_mps * np.cos(track_rad)
    if "selected_mcp" in rows:
        columns["selected_altitude_ft"] = rows.numbers("selected_mcp", "feet")
    if "barometric_setting" in rows:
        columns["baro_setting_hpa"] = rows.numbers("barometric_setting", "hPa")
    return columns


def _tidy(word: Any) -> str:
    return "" if word is None else str(word).strip()


def _tidy_squawk(code: Any) -> str:
    """An SSR code as four digits, whatever became of its leading zeros."""
    text = _tidy(code).removesuffix(".0")
    return text.zfill(4) if text.isdigit() else "" if text.lower() == "nan" else text


def _notes(
    names: Sequence[str], used: frozenset[str], geoid_undulation_m: float | None, changing: int
) -> tuple[str, ...]:
    notes = []
    unused = [name for name in names if name not in used]
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    if "heading" in unused:
        notes.append("heading is where the nose points, not where the aircraft goes: no velocity was taken from it")
    if "geoaltitude" in used and geoid_undulation_m is None:
        notes.append("geoaltitude is above the ellipsoid and was not used: no geoid undulation was given")
    if "groundspeed" not in used or "track" not in used:
        notes.append("no velocities: groundspeed and track are not both there; they can be derived from the positions")
    if "vertical_rate" not in used:
        notes.append("no vertical rates: they can be derived from the altitudes")
    if changing:
        notes.append(f"{changing} tracks change their SSR code: each has the one that most of its plots carry")
    return tuple(notes)
