"""What a recording says twice, compared: speed and positions, vertical rate and altitudes, times and their order.

A file in the wrong unit is readable in every row and wrong in all of them. What contradicts itself is said with its
likely cause and with what mends it. All thresholds are simulator defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.identity import Codes, Floats, owners
from safetynets.recordings.names import Meaning
from safetynets.tracks.table import Tracks
from safetynets.units import ft_to_m, kt_to_mps, mps_to_kt

MOST_PLOTS = 100_000
"""So many plots, of whole tracks from all over the recording, are compared."""

STEP_S = 8.0
WINDOW_S = 30.0
LONGEST_S = 90.0
"""Positions are compared over about the first, altitudes over about the second, neither over more than the third."""

MOVING_KT = 40.0
LEAST_PAIRS = 3
NEAR = 0.12
"""A ratio this near to that of a wrong unit is that unit's."""
SCATTER = 0.15
"""A ratio whose middle half lies within this of the median says something of the whole recording."""

SPEED_UNITS = {"mps": ("m/s", 1.0 / 0.514444), "kmh": ("km/h", 0.539957)}
"""The speed of the positions against a column read as knots that is in another unit."""

RATE_UNITS = {
    ("m", "fpm"): (0.3048, "the altitudes are metres"),
    ("fl", "fpm"): (0.01, "the altitudes are flight levels (hundreds of feet)"),
    ("ft", "mps"): (196.85, "the vertical rates are m/s"),
    ("m", "mps"): (60.0, "the altitudes are metres and the vertical rates m/s"),
    ("ft", "mpm"): (3.28084, "the vertical rates are metres a minute"),
    ("fl", "mps"): (1.9685, "the altitudes are flight levels (hundreds of feet) and the vertical rates m/s"),
}
"""The rate of the altitudes against a column read as ft/min, when one of the two, or both, are in other units."""

HOUR_S = 3600.0
FL_MOST = 600.0


@dataclass(frozen=True)
class Contradiction:
    """One thing that cannot be: what, what mends it, and whether nothing can be judged before it is mended."""

    problem: str
    mend: str
    grave: bool = True


def clock_steps(time_s: Floats, icao24: Codes, callsign: Codes, flight: Codes) -> list[Contradiction]:
    """A clock that is set back by an hour, in rows as they stand in the file."""
    back = np.diff(time_s)
    if not len(back) or (back >= 0).all():
        return []
    owner = owners(icao24, callsign, flight)
    same = owner[1:] == owner[:-1]
    steps = np.flatnonzero(back < 0)
    hours = steps[np.abs(back[steps] + HOUR_S) < 60.0]
    own = steps[same[steps]]
    in_order = len(steps) <= 3
    if not len(hours) or not (in_order or (len(own) and np.isin(own, hours).mean() > 0.5)):
        return []
    return [
        Contradiction(
            f"row {hours[0] + 2}: the clock steps back by an hour, so that two hours lie upon each other",
            "write UTC: these are local times at the end of summer time, or cut the file in two at that row",
        )
    ]


def contradictions(tracks: Tracks, columns: Mapping[str, Meaning]) -> list[Contradiction]:
    """What contradicts itself in the tracks of a recording whose columns hold what `columns` says."""
    if not len(tracks):
        return []
    known = {meaning.column: meaning for meaning in columns.values()}
    some = _some(tracks)
    tracks.release_memory()
    found = _collapsed_times(some)
    if found:
        return found
    return [*_positions(some, known), *_altitudes(some, known)]


def _some(tracks: Tracks) -> Tracks:
    """Whole tracks from all over the recording."""
    if len(tracks) <= MOST_PLOTS:
        return tracks
    begins = np.searchsorted(tracks.track, np.arange(tracks.track_count + 1))
    every = -(-len(tracks) // MOST_PLOTS)
    rows = [np.arange(begins[one], begins[one + 1]) for one in range(0, tracks.track_count, every)]
    return tracks.select(np.concatenate(rows)[: 4 * MOST_PLOTS])


def _collapsed_times(tracks: Tracks) -> list[Contradiction]:
    same = np.diff(tracks.track) == 0
    if same.sum() < LEAST_PAIRS:
        return []
    moved = (np.diff(tracks.latitude_deg) != 0) | (np.diff(tracks.longitude_deg) != 0)
    both = same & (np.diff(tracks.time_s) == 0) & moved
    if both.sum() <= 0.5 * same.sum():
        return []
    reason = "the times have lost their last digits" if (tracks.time_s % 100.0 == 0).all() else "many share a time"
    return [
        Contradiction(
            f"{int(both.sum()):,} of {int(same.sum()):,} plots have the time of the plot before and another position: "
            f"{reason}",
            "write the seconds whole (1699999200, not 1.699999e+09), or as text such as 2023-11-14T22:00:00Z",
        )
    ]


def _pairs(tracks: Tracks, usable: NDArray[np.bool_], least_s: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Usable plots of one track about `least_s` apart, no pair over more than `LONGEST_S`."""
    rows = np.flatnonzero(usable)
    if len(rows) < 2:
        return rows[:0], rows[:0]
    tick, track = np.floor(tracks.time_s[rows] / least_s), tracks.track[rows]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (np.diff(tick) != 0) | (np.diff(track) != 0)
    rows = rows[first]
    seconds = np.diff(tracks.time_s[rows])
    good = (np.diff(tracks.track[rows]) == 0) & (seconds >= 0.5 * least_s) & (seconds <= LONGEST_S)
    return rows[:-1][good], rows[1:][good]


def _positions(tracks: Tracks, known: Mapping[str, Meaning]) -> list[Contradiction]:
    speed = np.hypot(tracks.vx_mps, tracks.vy_mps)
    usable = ~np.isnan(tracks.latitude_deg) & ~np.isnan(tracks.longitude_deg) & (speed > 0) & (tracks.on_ground != 1)
    earlier, later = _pairs(tracks, usable, STEP_S)
    east_m, north_m, seconds = _displacement(tracks, earlier, later, swapped=False)
    flown = np.hypot(east_m, north_m) / seconds
    moving = flown > kt_to_mps(MOVING_KT)
    if moving.sum() < LEAST_PAIRS:
        return []
    earlier, later = earlier[moving], later[moving]
    said = 0.5 * (speed[earlier] + speed[later])
    middle, scatter = _median(flown[moving] / said)
    off_deg = _off_course(tracks, earlier, later, east_m[moving], north_m[moving])
    if off_deg > 20.0:
        turned_east, turned_north, seconds = _displacement(tracks, earlier, later, swapped=True)
        if _off_course(tracks, earlier, later, turned_east, turned_north) < 10.0:
            return [
                Contradiction(
                    f"the positions move {off_deg:.0f}° off the tracks as they stand, and along them with latitude and "
                    "longitude swapped",
                    "say --columns latitude=longitude,longitude=latitude",
                )
            ]
        return [
            Contradiction(
                f"the positions move {off_deg:.0f}° off the column 'track' (median)",
                "check that 'track' is degrees over the ground from true north, and that the positions are right",
                grave=False,
            )
        ]
    if 1 / 1.25 < middle < 1.25 or scatter > SCATTER:
        return []
    as_read = (
        f"the positions move at {_kt(flown[moving]):.0f} kt where the ground speed says {_kt(said):.0f} kt (medians)"
    )
    for unit, (spelt, ratio) in SPEED_UNITS.items():
        if abs(middle / ratio - 1.0) < NEAR:
            declared = "groundspeed" in known and known["groundspeed"].known == "given"
            return [
                Contradiction(f"{as_read}: the speeds are {spelt}", f"say --units groundspeed={unit}", not declared)
            ]
    return [Contradiction(as_read, "check the unit of the speeds and of the times", grave=False)]


def _kt(speed_mps: Floats) -> float:
    return float(mps_to_kt(float(np.median(speed_mps))))


def _displacement(
    tracks: Tracks, earlier: NDArray[np.intp], later: NDArray[np.intp], *, swapped: bool
) -> tuple[Floats, Floats, Floats]:
    """How far east and north the later plots are, and the seconds between."""
    north_deg, east_deg = tracks.latitude_deg, tracks.longitude_deg
    if swapped:
        north_deg, east_deg = east_deg, north_deg
    metres_a_degree = 1852.0 * 60.0
    step_deg = (east_deg[later] - east_deg[earlier] + 180.0) % 360.0 - 180.0
    north_m = (north_deg[later] - north_deg[earlier]) * metres_a_degree
    east_m = step_deg * metres_a_degree * np.cos(np.radians(north_deg[earlier]))
    return east_m, north_m, tracks.time_s[later] - tracks.time_s[earlier]


def _off_course(
    tracks: Tracks, earlier: NDArray[np.intp], later: NDArray[np.intp], east_m: Floats, north_m: Floats
) -> float:
    """The median angle (deg) between where the aircraft say they go and where the positions go."""
    vx, vy = tracks.vx_mps[earlier] + tracks.vx_mps[later], tracks.vy_mps[earlier] + tracks.vy_mps[later]
    off = np.arctan2(east_m * vy - north_m * vx, east_m * vx + north_m * vy)
    return float(np.degrees(np.median(np.abs(off))))


def _altitudes(tracks: Tracks, known: Mapping[str, Meaning]) -> list[Contradiction]:
    altitude_ft, rate_fpm = tracks.pressure_altitude_ft, tracks.vertical_rate_fpm
    usable = ~np.isnan(altitude_ft) & ~np.isnan(rate_fpm) & (tracks.on_ground != 1)
    earlier, later = _pairs(tracks, usable, WINDOW_S)
    change = altitude_ft[later] - altitude_ft[earlier]
    a_minute = change / (tracks.time_s[later] - tracks.time_s[earlier]) * 60.0
    first, last = rate_fpm[earlier], rate_fpm[later]
    steady = (first * last > 0) & (np.abs(first - last) <= 0.5 * np.abs(first + last)) & (change != 0.0)
    if steady.sum() >= LEAST_PAIRS:
        ratio = a_minute[steady] / (0.5 * (first + last)[steady])
        middle, scatter = _median(ratio)
        for (altitude_unit, rate_unit), (wrong, cause) in RATE_UNITS.items():
            if abs(middle / wrong - 1.0) < 2 * NEAR and scatter < 2 * SCATTER:
                return [_wrong_unit(known, middle, altitude_unit, rate_unit, cause)]
        if not 0.5 < middle < 2.0 and scatter < SCATTER:
            return [
                Contradiction(
                    f"the altitudes change {middle:.3g} times as fast as the vertical rates say (median)",
                    "check the units of both",
                    grave=False,
                )
            ]
        return []
    return _altitudes_alone(tracks, known)


def _wrong_unit(
    known: Mapping[str, Meaning], middle: float, altitude_unit: str, rate_unit: str, cause: str
) -> Contradiction:
    units = [
        f"{column}={unit}"
        for column, unit, usual in (("altitude", altitude_unit, "ft"), ("vertical_rate", rate_unit, "fpm"))
        if unit != usual
    ]
    declared = all(part.partition("=")[0] in known and known[part.partition("=")[0]].known == "given" for part in units)
    return Contradiction(
        f"the altitudes change {middle:.3g} times as fast as the vertical rates say: {cause}",
        f"say --units {','.join(units)}",
        not declared,
    )


def _altitudes_alone(tracks: Tracks, known: Mapping[str, Meaning]) -> list[Contradiction]:
    """Altitudes in another unit by what they are themselves, where no vertical rate says it."""
    if "altitude" in known and known["altitude"].known == "given":
        return []
    speed = np.hypot(tracks.vx_mps, tracks.vy_mps)
    fast = (speed > kt_to_mps(150.0)) & (tracks.on_ground != 1) & ~np.isnan(tracks.pressure_altitude_ft)
    altitudes = np.unique(tracks.pressure_altitude_ft[fast])
    if fast.sum() < 10 or len(altitudes) < 4:
        return []
    if altitudes.max() <= FL_MOST and fast.mean() > 0.3 and (altitudes == np.round(altitudes)).all():
        return [
            Contradiction(
                f"at more than 150 kt all altitudes are {altitudes.min():.0f} to {altitudes.max():.0f} ft: these are "
                "flight levels (hundreds of feet)",
                "say --units altitude=fl, or altitude=ft if they are feet",
            )
        ]
    step_m = ft_to_m(25.0)
    off_m = np.abs(altitudes - np.round(altitudes / step_m) * step_m)
    off_ft = np.abs(altitudes - np.round(altitudes / 25.0) * 25.0)
    if len(altitudes) >= 10 and (off_m <= 0.06).mean() > 0.95 and (off_ft <= 0.06).mean() < 0.2:
        return [
            Contradiction(
                "the altitudes stand in steps of 7.62 m, which are 25 ft: these are metres",
                "say --units altitude=m, or altitude=ft if they are feet",
            )
        ]
    return []


def _median(ratio: Floats) -> tuple[float, float]:
    """The median, and half the middle half's width as a share of it."""
    low, middle, high = np.percentile(ratio, [25, 50, 75])
    return float(middle), float(abs(high - low) / 2 / max(abs(middle), 1e-12))
