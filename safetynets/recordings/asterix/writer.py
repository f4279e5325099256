"""`write`: `Tracks` to ASTERIX category 062, 021 or 048, for exchange and as test data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.recordings.asterix.clock import time_of_day_s
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.recordings.asterix.radar import seen
from safetynets.recordings.containers_write import container_of, write_container
from safetynets.tracks.table import Tracks
from safetynets.units import M_PER_NM, S_PER_DAY, ft_to_fl, ft_to_m, m_to_ft, m_to_nm

Floats = NDArray[np.float64]
Columns = dict[str, Any]

CategoryName = Literal["cat062", "cat021", "cat048"]
CATEGORIES: Mapping[str, int] = {name: int(name[3:]) for name in get_args(CategoryName)}
NUMBERS = {62: 1 << 16, 21: 1 << 12, 48: 1 << 12}
"""How many track numbers a category has."""

CHUNK_PLOTS = 1 << 17
BLOCK_S = 1.0
"""A block holds no records further apart than this."""
REUSE_S = 600.0
"""A track number is given again after so long: the silence that ends a track when it is read."""
NOT_DATED = ("raw", "final")

OLDEST_S = {62: 63.75, 21: 25.5}
"""Ages above this do not fit; they are written as this."""


def write(
    tracks: Tracks,
    path: str | Path,
    category: CategoryName | str,
    *,
    radar: tuple[float, float, float] | None = None,
    source: tuple[int, int] = (0, 1),
    geoid_undulation_m: float | None = None,
) -> Path:
    """Write tracks as ASTERIX in the newest edition of a category.

    Each value is rounded to the nearest that the category can hold. What a category has no item for is not written:
    see docs/asterix.md. The same tracks give the same bytes, and a failure leaves no half file.

    Parameters
    ----------
    tracks
        The plots; they are written in the order of time.
    path
        The file; its ending chooses the container: .ast raw, .ff FINAL, .pcap a capture.
    category
        "cat062", "cat021" or "cat048".
    radar
        Latitude (deg), longitude (deg) and antenna height (m) of the radar that category 048 is seen from.
    source
        SAC and SIC of the sender.
    geoid_undulation_m
        Height of the geoid above the ellipsoid (m); without it geometric altitudes are not written.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    TracksError
        For another ending or category, category 048 without a radar, a value that the category cannot hold, more
        tracks at a time than there are track numbers, or a silence that a container without dates cannot keep.

    Examples
    --------
    See `safetynets.recordings.asterix.recording.read`.
    """
    file = Path(path)
    kind = container_of(file)
    if category not in CATEGORIES:
        raise TracksError(f"no category {category!r} is written", mend=f"use one of {', '.join(CATEGORIES)}")
    number = CATEGORIES[category]
    if number == 48 and radar is None:
        raise TracksError(
            "category 048 has slant range and azimuth, so it needs the radar that sees",
            file=file,
            mend="say --radar SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M",
        )
    if not len(tracks):
        raise TracksError("there are no plots to write", file=file)
    track_number = track_numbers(tracks, NUMBERS[number], file)
    order = np.lexsort((tracks.track, tracks.time_s))
    if kind in NOT_DATED:
        _check_silences(tracks, order, file)
    columns_of: Callable[[Tracks], Columns] = {
        62: lambda part: _category_062(part, geoid_undulation_m),
        21: lambda part: _category_021(part, geoid_undulation_m),
        48: lambda part: _category_048(part, radar or (0.0, 0.0, 0.0)),
    }[number]

    def sent() -> Iterator[tuple[float, bytes]]:
        for first in range(0, len(order), CHUNK_PLOTS):
            rows = order[first : first + CHUNK_PLOTS]
            part = tracks.select(rows)
            columns = {
                "010/SAC": np.full(len(rows), source[0]),
                "010/SIC": np.full(len(rows), source[1]),
                _NUMBER[number]: track_number[part.track],
                **columns_of(part),
            }
            yield from _blocks(number, part.time_s, columns, file, part)

    write_container(file, kind, sent())
    return file


_NUMBER = {62: "040", 21: "161/TRNUM", 48: "161/TRN"}


def _blocks(category: int, time_s: Floats, columns: Columns, file: Path, part: Tracks) -> Iterator[tuple[float, bytes]]:
    """Encoded blocks of records that are close in time, and when each is sent: with its last record."""
    try:
        encoded = encode(category, columns)
    except TracksError as error:
        row = int((error.where or "row 1").removeprefix("row ")) - 1
        when = datetime.fromtimestamp(float(part.time_s[row]), UTC)
        who = part.callsign[part.track[row]] or part.icao24[part.track[row]] or f"track {part.track[row]}"
        raise TracksError(
            f"cannot be written as category {category:03d}: {error.problem}",
            file=file,
            where=f"{who} at {when:%Y-%m-%d %H:%M:%S}",
            mend="correct it, leave it unknown, or choose another category",
        ) from None
    tick = np.floor(time_s / BLOCK_S)
    edges = np.append(np.flatnonzero(np.diff(tick, prepend=-np.inf)), len(time_s))
    before = 0
    for first, last in pairwise(edges.tolist()):
        start = int(encoded.end[first - 1]) if first else 0
        stop = int(encoded.end[last - 1])
        piece = type(encoded)(encoded.octets[start:stop], encoded.end[first:last] - start)
        for count, block in blocks(category, piece):
            before += count
            yield float(time_s[before - 1]), block


def track_numbers(tracks: Tracks, numbers: int, file: Path | None = None) -> NDArray[np.int64]:
    """A number below `numbers` for each track, such that no two tracks share one within `REUSE_S` of each other.

    Raises
    ------
    TracksError
        When there are too many tracks at a time.

    >>> track_numbers(Tracks.from_columns({"time_s": [0.0, 1.0, 9000.0], "track": [0, 1, 2]}), 2).tolist()
    [0, 1, 0]
    """
    first_s, last_s = np.full(tracks.track_count, np.inf), np.full(tracks.track_count, -np.inf)
    np.minimum.at(first_s, tracks.track, tracks.time_s)
    np.maximum.at(last_s, tracks.track, tracks.time_s)
    given = np.arange(tracks.track_count, dtype=np.int64)
    if tracks.track_count <= numbers:
        return given
    free_from_s = np.full(numbers, -np.inf)
    next_number = 0
    for track in np.argsort(first_s, kind="stable"):
        for tried in range(numbers):
            number = (next_number + tried) % numbers
            if free_from_s[number] < first_s[track]:
                break
        else:
            raise TracksError(
                f"more than {numbers:,} tracks at a time",
                file=file,
                mend="write fewer, or category 062 (65,536 numbers)",
            )
        given[track], free_from_s[number], next_number = number, last_s[track] + REUSE_S, number + 1
    return given


def _check_silences(tracks: Tracks, order: NDArray[np.intp], file: Path) -> None:
    silence_s = np.diff(tracks.time_s[order])
    if (silence_s >= S_PER_DAY / 2).any():
        raise TracksError(
            f"a silence of {silence_s.max() / 3600:.1f} hours, which a container without dates cannot keep",
            file=file,
            mend="write .pcap, or one file a day",
        )


def _velocity_to_true_north(tracks: Tracks) -> tuple[Floats, Floats]:
    if tracks.plane is None:
        return tracks.vx_mps, tracks.vy_mps
    turn_rad = np.radians(tracks.plane.convergence_deg(tracks.latitude_deg, tracks.longitude_deg))
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    return tracks.vx_mps * cos - tracks.vy_mps * sin, tracks.vy_mps * cos + tracks.vx_mps * sin


def _polar(tracks: Tracks) -> tuple[Floats, Floats]:
    """Ground speed (NM/s) and track (deg), in whole steps of the circle."""
    vx_mps, vy_mps = _velocity_to_true_north(tracks)
    turn_deg = 360.0 / (1 << 16)
    track_deg = np.round(np.degrees(np.arctan2(vx_mps, vy_mps)) % 360.0 / turn_deg) % (1 << 16) * turn_deg
    return np.hypot(vx_mps, vy_mps) / M_PER_NM, track_deg


def _fact(tracks: Tracks, name: str) -> NDArray[np.str_]:
    return np.asarray(getattr(tracks, name).astype(str)[tracks.track])


def _address(tracks: Tracks) -> NDArray[np.int64]:
    try:
        address = np.array([int(word, 16) if word else -1 for word in tracks.icao24], dtype=np.int64)
    except ValueError as error:
        raise TracksError(f"icao24 is no hexadecimal number: {error}", mend="leave it empty") from None
    return address[tracks.track] if len(address) else np.zeros(0, dtype=np.int64)


def _setting_hpa(tracks: Tracks) -> Floats:
    """The barometric setting less 800 hPa; what is beyond the range becomes its end, which says so."""
    return np.clip(tracks.baro_setting_hpa - 800.0, 0.0, 409.5)


def _ellipsoid_height_ft(tracks: Tracks, geoid_undulation_m: float | None) -> Floats:
    if geoid_undulation_m is None:
        return np.full(len(tracks), np.nan)
    return tracks.geometric_altitude_ft + m_to_ft(geoid_undulation_m)


def _age_s(age_s: NDArray[np.float32], value: Floats, category: int) -> Floats:
    return np.where(np.isnan(value), np.nan, np.minimum(age_s.astype(np.float64), OLDEST_S[category]))


def _selected(tracks: Tracks, path: str, source: str) -> Columns:
    known = ~np.isnan(tracks.selected_altitude_ft)
    stated = tracks.selected_altitude_source > 0
    return {
        f"{path}/SAS": np.where(known, stated, -1),
        f"{path}/{source}": np.where(known, np.where(stated, tracks.selected_altitude_source, 0), -1),
        f"{path}/ALT": tracks.selected_altitude_ft,
    }


def _ssr(tracks: Tracks, path: str) -> Columns:
    return {f"{path}/MODE3A": _fact(tracks, "ssr_code")}


def _category_062(tracks: Tracks, geoid_undulation_m: float | None) -> Columns:
    vx_mps, vy_mps = _velocity_to_true_north(tracks)
    both = np.isnan(vx_mps) | np.isnan(vy_mps)
    placeless = np.isnan(tracks.latitude_deg) | np.isnan(tracks.longitude_deg)
    callsign, runway, rules = (_fact(tracks, name) for name in ("callsign", "runway", "flight_rules"))
    runway = np.where(np.char.isdigit(np.array([word[:2] for word in runway.tolist()], dtype="U2")), runway, "")
    planned = ~np.isnan(tracks.cleared_altitude_ft) | (rules != "") | (runway != "")
    for name in ("aircraft_type", "wake", "departure", "destination"):
        planned |= _fact(tracks, name) != ""
    code = np.where(rules == "IFR", 0, np.where(rules == "VFR", 1, 2))
    runway_letters = [f"{word:<3}" for word in runway.tolist()]
    return {
        "070": time_of_day_s(tracks.time_s),
        "105/LAT": np.where(placeless, np.nan, tracks.latitude_deg),
        "105/LON": np.where(placeless, np.nan, tracks.longitude_deg),
        "185/VX": np.where(both, np.nan, vx_mps),
        "185/VY": np.where(both, np.nan, vy_mps),
        "136": ft_to_fl(tracks.pressure_altitude_ft),
        "130": _ellipsoid_height_ft(tracks, geoid_undulation_m),
        "220": tracks.vertical_rate_fpm,
        **_ssr(tracks, "060"),
        "245/CHR": callsign,
        "245/STI": np.where(callsign != "", 0, -1),
        "380/ADR": _address(tracks),
        "380/ID": callsign,
        **_selected(tracks, "380/SAL", "SRC"),
        "380/COM/STAT": np.where(tracks.on_ground < 0, -1, tracks.on_ground),
        "380/BPS": _setting_hpa(tracks),
        "295/SAL": _age_s(tracks.selected_altitude_age_s, tracks.selected_altitude_ft, 62),
        "295/BPS": _age_s(tracks.baro_setting_age_s, tracks.baro_setting_hpa, 62),
        "080/MON": np.zeros(len(tracks), dtype=np.int64),
        "080/CST": np.where(tracks.coasted == 1, 1, -1),
        "390/CS": np.where(planned & (np.char.str_len(callsign) <= 7), callsign, ""),
        "390/FCT/FR1FR2": np.where(planned & (rules != ""), code, -1),
        "390/TAC": _fact(tracks, "aircraft_type"),
        "390/WTC": _fact(tracks, "wake"),
        "390/DEP": _fact(tracks, "departure"),
        "390/DST": _fact(tracks, "destination"),
        "390/RDS/NU1": np.array([word[0].strip() for word in runway_letters]),
        "390/RDS/NU2": np.array([word[1].strip() for word in runway_letters]),
        "390/RDS/LTR": np.array([word[2] if word.strip() else "" for word in runway_letters]),
        "390/CFL": ft_to_fl(tracks.cleared_altitude_ft),
    }


def _category_021(tracks: Tracks, geoid_undulation_m: float | None) -> Columns:
    speed_nmps, track_deg = _polar(tracks)
    placeless = np.isnan(tracks.latitude_deg) | np.isnan(tracks.longitude_deg)
    return {
        "040/ATP": np.zeros(len(tracks), dtype=np.int64),
        "040/GBS": np.where(tracks.on_ground < 0, -1, tracks.on_ground),
        "073": time_of_day_s(tracks.time_s),
        "131/LAT": np.where(placeless, np.nan, tracks.latitude_deg),
        "131/LON": np.where(placeless, np.nan, tracks.longitude_deg),
        "080": _address(tracks),
        "145": ft_to_fl(tracks.pressure_altitude_ft),
        "140": _ellipsoid_height_ft(tracks, geoid_undulation_m),
        "160/GS": speed_nmps,
        "160/TA": track_deg,
        "155/BVR": tracks.vertical_rate_fpm,
        **_ssr(tracks, "070"),
        "170": _fact(tracks, "callsign"),
        **_selected(tracks, "146", "S"),
        "295/SAL": _age_s(tracks.selected_altitude_age_s, tracks.selected_altitude_ft, 21),
        "RE/BPS": _setting_hpa(tracks),
    }


def _category_048(tracks: Tracks, radar: tuple[float, float, float]) -> Columns:
    range_m, azimuth_deg = seen(
        tracks.latitude_deg, tracks.longitude_deg, ft_to_m(_as_sent_ft(tracks.pressure_altitude_ft)), radar
    )
    speed_nmps, track_deg = _polar(tracks)
    turn_deg = 360.0 / (1 << 16)
    register = _register_4_0(tracks)
    return {
        "140": time_of_day_s(tracks.time_s),
        "020/TYP": np.where(tracks.coasted == 1, 0, 5),
        "040/RHO": m_to_nm(range_m),
        "040/THETA": np.round(azimuth_deg / turn_deg) % (1 << 16) * turn_deg,
        **_ssr(tracks, "070"),
        "090/FL": ft_to_fl(tracks.pressure_altitude_ft),
        "220": _address(tracks),
        "240": _fact(tracks, "callsign"),
        "250/MBDATA": register[:, None],
        "250/BDS1": np.where(register >= 0, 4, -1)[:, None],
        "250/BDS2": np.where(register >= 0, 0, -1)[:, None],
        "200/GSP": speed_nmps,
        "200/HDG": track_deg,
        "230/STAT": np.where(tracks.on_ground < 0, -1, tracks.on_ground),
    }


def _as_sent_ft(pressure_altitude_ft: Floats) -> Floats:
    """The pressure altitude in quarters of a flight level, as the radar sends it and corrects the range with it."""
    return np.round(pressure_altitude_ft / 25.0) * 25.0


def _register_4_0(tracks: Tracks) -> NDArray[np.int64]:
    """Mode S register 4,0 with selected altitude and barometric setting; -1 where both are unknown."""
    fms = tracks.selected_altitude_source == 3
    altitude = np.round(tracks.selected_altitude_ft / 16.0)
    selected = (altitude >= 0) & (altitude < 1 << 12)
    setting = np.nan_to_num(np.round(_setting_hpa(tracks) / 0.1), nan=-1.0).astype(np.int64)
    register = np.zeros(len(tracks), dtype=np.int64)
    code = np.where(selected, altitude, 0).astype(np.int64)
    for first_bit, chosen in ((1, selected & ~fms), (14, selected & fms)):
        register |= np.where(chosen, np.int64(1) << 56 - first_bit | code << 44 - first_bit, 0)
    register |= np.where(setting >= 0, np.int64(1) << 29 | np.maximum(setting, 0) << 17, 0)
    return np.where(register > 0, register, -1)
