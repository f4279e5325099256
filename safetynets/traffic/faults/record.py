"""What was put into a track, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.errors import ScenarioError
from safetynets.tracks import PlotFlag, Tracks
from safetynets.traffic.places import Ground

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class FaultRecord:
    """One fault put into one track.

    Attributes
    ----------
    fault, callsign, track
        Which fault, into which flight.
    asked
        The settings of the fault, by name.
    start_time_s, start_latitude_deg, start_longitude_deg
        Where and when the flight begins to differ.
    full_time_s
        When the displacement is first as great as it gets.
    displacement_ft, displacement_m
        The greatest vertical (up positive) and lateral (right of the flight's own course positive) displacement.
    least_clearance_ft, least_clearance_time_s
        Least true height above the ground after the start, short of the runway, and when; NaN where no ground is known.
        For tracks without a geometric altitude the altitude on the QNH stands for the true one.
    contact
        "contact with the ground at ..." where the displaced flight met it and the track ends, else empty.
    """

    fault: str
    callsign: str
    track: int
    asked: Mapping[str, float | str]
    start_time_s: float
    start_latitude_deg: float
    start_longitude_deg: float
    full_time_s: float
    displacement_ft: float
    displacement_m: float
    least_clearance_ft: float
    least_clearance_time_s: float
    contact: str


def find_track(tracks: Tracks, callsign: str, track: int | None = None) -> int:
    """The number of the track with this call sign; `track` says which where there are several.

    Raises
    ------
    ScenarioError
        When no track, or more than one, has the call sign.
    """
    found = [int(number) for number in np.flatnonzero(tracks.callsign == callsign)]
    if track is not None:
        found = [number for number in found if number == track]
    if not found:
        raise ScenarioError("no track has this call sign", where=callsign, mend="name a call sign of the tracks")
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        raise ScenarioError(f"tracks {numbers} have this call sign", where=callsign, mend="give 'track' as well")
    return found[0]


def believable_altitude_ft(tracks: Tracks, rows: slice) -> Floats:
    """Pressure altitude of a track's plots with spikes and gaps bridged by interpolation; NaN where there is none."""
    sent_ft = tracks.pressure_altitude_ft[rows]
    good = np.isfinite(sent_ft) & (tracks.flags[rows] & PlotFlag.ALTITUDE_SPIKE == 0)
    return bridged(tracks.time_s[rows], np.where(good, sent_ft, np.nan))


def bridged(time_s: Floats, values: Floats) -> Floats:
    """The values, with what is unknown interpolated in time; NaN where nothing is known."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), np.nan)
    whole: Floats = np.interp(time_s, time_s[known], values[known])
    return whole


def true_altitude_ft(tracks: Tracks, rows: slice, qnh_hpa: float) -> Floats:
    """Altitude above mean sea level of a track's plots: geometric where known, else the altitude on the QNH."""
    geometric_ft = tracks.geometric_altitude_ft[rows]
    on_qnh_ft = believable_altitude_ft(tracks, rows) - pressure_altitude_ft(qnh_hpa)
    return np.where(np.isfinite(geometric_ft), geometric_ft, on_qnh_ft)


def mode_c_step_ft(pressure_altitude_ft: Floats) -> float:
    """The steps in which altitudes come: 100 or 25 ft, or 0 where they are not in steps.

    >>> mode_c_step_ft(np.array([300.0, 325.0, np.nan])), mode_c_step_ft(np.array([301.0]))
    (25.0, 0.0)
    """
    known_ft = pressure_altitude_ft[np.isfinite(pressure_altitude_ft)]
    for step_ft in (100.0, 25.0):
        if len(np.unique(known_ft)) > 1 and not (known_ft % step_ft).any():
            return step_ft
    return 0.0


def displaced(
    tracks: Tracks,
    number: int,
    *,
    fault: str,
    asked: Mapping[str, float | str],
    qnh_hpa: float,
    below: Ground | None,
    up_ft: Floats | None = None,
    up_fpm: Floats | None = None,
    moved: Mapping[str, Floats] | None = None,
    right_m: Floats | None = None,
    settings: Mapping[str, Floats] | None = None,
    until_s: float | None = None,
) -> tuple[Tracks, FaultRecord]:
    """The tracks with one track moved, cut where it meets the ground, and the record of it.

    A Mode C that came in steps of 25 or 100 ft still does.

    Parameters
    ----------
    up_ft, up_fpm
        Vertical displacement of each plot of the track, and its rate of change.
    moved
        New `x_m`, `y_m`, `vx_mps`, `vy_mps` of each plot of the track, where the path moves.
    right_m
        How far right of its own course each plot was moved, for the record.
    settings
        New values of other columns of the track.
    until_s
        When the track ends, where the fault says nothing about what comes after.

    Raises
    ------
    ScenarioError
        When nothing is displaced.
    """
    rows = tracks.rows_of(number)
    count = rows.stop - rows.start
    up_ft = np.zeros(count) if up_ft is None else up_ft
    up_fpm = np.zeros(count) if up_fpm is None else up_fpm
    right_m = np.zeros(count) if right_m is None else right_m
    changed: dict[str, NDArray[np.float64]] = {}
    for name, values in {**(moved or {}), **(settings or {})}.items():
        column = np.array(getattr(tracks, name))
        column[rows] = values
        changed[name] = column
    for name, more in (
        ("pressure_altitude_ft", up_ft),
        ("geometric_altitude_ft", up_ft),
        ("vertical_rate_fpm", up_fpm),
    ):
        column = np.array(getattr(tracks, name))
        column[rows] = column[rows] + more
        changed[name] = column
    step_ft = mode_c_step_ft(tracks.pressure_altitude_ft[rows])
    if step_ft:
        sent_ft = changed["pressure_altitude_ft"]
        sent_ft[rows] = np.round(sent_ft[rows] / step_ft) * step_ft
    if moved and tracks.plane is not None:
        latitude_deg, longitude_deg = np.array(tracks.latitude_deg), np.array(tracks.longitude_deg)
        latitude_deg[rows], longitude_deg[rows] = tracks.plane.to_geographic(changed["x_m"][rows], changed["y_m"][rows])
        changed.update(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    after = tracks.with_columns(**changed)

    differs = np.flatnonzero((np.abs(up_ft) > 0.5) | (np.abs(right_m) > 0.5))
    if len(differs) == 0:
        raise ScenarioError(
            f"the fault {fault!r} changes nothing in this flight",
            where=str(tracks.callsign[number]),
            mend="let it begin earlier, or make it greater",
        )
    start = int(differs[0])
    greatest_ft, greatest_m = (int(np.argmax(np.abs(values))) for values in (up_ft, right_m))
    full = max(
        int(np.argmax(np.abs(values) >= 0.999 * np.abs(values).max())) for values in (up_ft, right_m) if values.any()
    )
    before_ft, after_ft = true_altitude_ft(tracks, rows, qnh_hpa), true_altitude_ft(after, rows, qnh_hpa)
    time_s = tracks.time_s[rows]
    least_ft = least_time_s = np.nan
    contact = ""
    keep = np.ones(len(tracks), dtype=np.bool_)
    if until_s is not None:
        keep[rows] = time_s <= until_s
    if below is not None and tracks.plane is not None:
        old_m, new_m = (below.elevation_ft(table.x_m[rows], table.y_m[rows]) for table in (tracks, after))
        clearance_ft = after_ft - new_m
        with np.errstate(invalid="ignore"):
            hit = (clearance_ft <= 0.0) & (before_ft > old_m)
        hit[:start] = False
        if until_s is not None:
            hit &= time_s <= until_s
        last = int(keep[rows].sum()) - 1
        if hit.any():
            last = int(np.argmax(hit))
            contact = _contact_words(after, rows, clearance_ft, last)
            keep[rows.start + last : rows.stop] = False
        flying = ~below.on_runway(after.x_m[rows], after.y_m[rows]) & (np.arange(count) >= start)
        flying &= (np.arange(count) <= last) & np.isfinite(clearance_ft)
        if flying.any():
            lowest = int(np.flatnonzero(flying)[np.argmin(clearance_ft[flying])])
            least_ft, least_time_s = max(0.0, float(clearance_ft[lowest])), float(time_s[lowest])
    record = FaultRecord(
        fault=fault,
        callsign=str(tracks.callsign[number]),
        track=number,
        asked=dict(asked),
        start_time_s=float(time_s[start]),
        start_latitude_deg=float(tracks.latitude_deg[rows][start]),
        start_longitude_deg=float(tracks.longitude_deg[rows][start]),
        full_time_s=float(time_s[full]),
        displacement_ft=float(up_ft[greatest_ft]),
        displacement_m=float(right_m[greatest_m]),
        least_clearance_ft=float(least_ft),
        least_clearance_time_s=float(least_time_s),
        contact=contact,
    )
    return (after if keep.all() else after.select(keep)), record


def _contact_words(after: Tracks, rows: slice, clearance_ft: Floats, hit: int) -> str:
    """Where the ground is met, between the plot `hit` and the one before it."""
    share = 0.0
    if hit > 0 and clearance_ft[hit - 1] > 0.0:
        share = float(clearance_ft[hit] / (clearance_ft[hit] - clearance_ft[hit - 1]))
    here = [
        float(values[rows][hit] + share * (values[rows][hit - 1] - values[rows][hit]) if share else values[rows][hit])
        for values in (after.latitude_deg, after.longitude_deg, after.time_s)
    ]
    clock_s = here[2] % 86_400.0
    clock = f"{int(clock_s // 3600):02d}:{int(clock_s // 60 % 60):02d}:{clock_s % 60:04.1f}"
    return f"contact with the ground at {here[0]:.4f} N {here[1]:.4f} E, {clock} UTC"
