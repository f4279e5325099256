"""Move one track and keep a record of it: what every fault comes down to."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import ScenarioError
from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import mode_c_step_ft
from safetynets.traffic.clearance import Clearance, height_above_ground_ft, least_clearance
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.record import FaultRecord
from safetynets.traffic.places import Ground
from safetynets.units import S_PER_DAY

Floats = NDArray[np.float64]

CHANGES_NOTHING = "changes nothing in this flight"
NOTICEABLE = 0.5
"""A displacement of less than this, in feet or metres, is none."""


def displaced(
    flight: Flight,
    *,
    fault: str,
    asked: Mapping[str, float | str],
    up_ft: Floats | None = None,
    up_fpm: Floats | None = None,
    moved: Mapping[str, Floats] | None = None,
    right_m: Floats | None = None,
    settings: Mapping[str, Floats] | None = None,
    until_s: float = math.inf,
) -> tuple[Tracks, FaultRecord]:
    """The tracks with one track moved, cut where it meets the ground, and the record of it.

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
    tracks, number, below, qnh_hpa = flight.tracks, flight.number, flight.below, flight.qnh_hpa
    rows = flight.rows
    none = np.zeros(rows.stop - rows.start)
    up_ft, up_fpm, right_m = (none if given is None else given for given in (up_ft, up_fpm, right_m))
    differs = np.flatnonzero((np.abs(up_ft) > NOTICEABLE) | (np.abs(right_m) > NOTICEABLE))
    if len(differs) == 0:
        raise ScenarioError(
            f"the fault {fault!r} {CHANGES_NOTHING}",
            where=flight.callsign,
            mend="start it earlier, or make it larger",
        )
    after = _moved(tracks, rows, up_ft, up_fpm, {**(moved or {}), **(settings or {})})
    time_s, start = tracks.time_s[rows], int(differs[0])
    clearance = Clearance(flight.callsign, number, math.nan, math.nan, math.nan, math.nan)
    end_s, contact = until_s, ""
    if below is not None and tracks.plane is not None:
        hit = _first_contact(tracks, after, number, below, qnh_hpa, float(time_s[start]), until_s)
        if hit is not None:
            end_s = float(np.nextafter(time_s[hit], -math.inf))
            contact = _contact_words(after, rows, height_above_ground_ft(after, number, below, qnh_hpa), hit)
        last_s = end_s if hit is None else float(time_s[hit])
        clearance = least_clearance(after, number, below, qnh_hpa, float(time_s[start]), last_s)
    record = FaultRecord(
        fault=fault,
        callsign=flight.callsign,
        track=number,
        asked=dict(asked),
        start_time_s=float(time_s[start]),
        start_latitude_deg=float(tracks.latitude_deg[rows][start]),
        start_longitude_deg=float(tracks.longitude_deg[rows][start]),
        full_time_s=float(time_s[max(_when_greatest(values) for values in (up_ft, right_m))]),
        displacement_ft=float(up_ft[np.argmax(np.abs(up_ft))]),
        displacement_m=float(right_m[np.argmax(np.abs(right_m))]),
        least_clearance_ft=clearance.least_ft,
        least_clearance_time_s=clearance.time_s,
        contact=contact,
    )
    return _cut(after, number, end_s), record


def _moved(tracks: Tracks, rows: slice, up_ft: Floats, up_fpm: Floats, replaced: Mapping[str, Floats]) -> Tracks:
    """The tracks with the plots of one moved; a Mode C that came in steps of 25 or 100 ft still does."""
    changed = {name: np.array(getattr(tracks, name)) for name in replaced}
    for name, values in replaced.items():
        changed[name][rows] = values
    raised = {"pressure_altitude_ft": up_ft, "geometric_altitude_ft": up_ft, "vertical_rate_fpm": up_fpm}
    for name, more in raised.items():
        changed[name] = np.array(getattr(tracks, name))
        changed[name][rows] += more
    step_ft = mode_c_step_ft(tracks.pressure_altitude_ft[rows])
    if step_ft:
        sent_ft = changed["pressure_altitude_ft"]
        sent_ft[rows] = np.round(sent_ft[rows] / step_ft) * step_ft
    if "x_m" in changed and tracks.plane is not None:
        place = tracks.plane.to_geographic(changed["x_m"][rows], changed["y_m"][rows])
        for name, degrees in zip(("latitude_deg", "longitude_deg"), place, strict=True):
            changed[name] = np.array(getattr(tracks, name))
            changed[name][rows] = degrees
    return tracks.with_columns(**changed)


def _when_greatest(values: Floats) -> int:
    """The first plot at which a displacement is as great as it gets; 0 where there is none."""
    sizes = np.abs(values)
    return int(np.argmax(sizes >= 0.999 * sizes.max()))


def _first_contact(
    before: Tracks, after: Tracks, number: int, below: Ground, qnh_hpa: float, from_s: float, until_s: float
) -> int | None:
    """The first plot of the track at which the fault has brought it to the ground.

    Where a flight as it was is below the ground and flies on, the ground is wrong, and it meets none there. One that
    ends at the ground meets it as soon as the fault makes it lower.
    """
    time_s = after.time_s[after.rows_of(number)]
    was_ft, is_ft = (height_above_ground_ft(tracks, number, below, qnh_hpa) for tracks in (before, after))
    with np.errstate(invalid="ignore"):
        ends_below = np.logical_and.accumulate((was_ft <= 0.0)[::-1])[::-1]
        hit = (is_ft <= 0.0) & ((was_ft > 0.0) | (ends_below & (is_ft < was_ft - NOTICEABLE)))
    hit &= (time_s >= from_s) & (time_s <= until_s)
    return int(np.argmax(hit)) if hit.any() else None


def _contact_words(after: Tracks, rows: slice, height_ft: Floats, hit: int) -> str:
    """Where and when the ground is met, between the plot `hit` and the one before it."""
    share = 0.0
    if hit > 0 and height_ft[hit - 1] > 0.0:
        share = float(height_ft[hit] / (height_ft[hit] - height_ft[hit - 1]))
    latitude_deg, longitude_deg, time_s = (
        float((1.0 - share) * values[rows][hit] + share * values[rows][max(hit - 1, 0)])
        for values in (after.latitude_deg, after.longitude_deg, after.time_s)
    )
    clock_s = time_s % S_PER_DAY
    clock = f"{int(clock_s // 3600):02d}:{int(clock_s // 60 % 60):02d}:{int(clock_s % 60):02d}"
    return f"contact with the ground at {latitude_deg:.4f} N {longitude_deg:.4f} E, {clock} UTC"


def _cut(tracks: Tracks, number: int, end_s: float) -> Tracks:
    """The tracks without what one of them has after a moment."""
    keep = (tracks.track != number) | (tracks.time_s <= end_s)
    return tracks if keep.all() else tracks.select(keep)
