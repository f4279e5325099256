"""`OnBoard`: what the equipment on board measures, moment by moment, as far as surveillance lets us know it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.airborne.envelopes import DOT_DEG, MODE_3_RADIO_FT
from safetynets.airborne.equipment import Equipment
from safetynets.airborne.runways import nearest_runway
from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites.approach_path import along_and_across, course_vector, path_altitude_ft
from safetynets.sites.geometry import Approach, Site, Terrain
from safetynets.tracks import PlotFlag, Tracks
from safetynets.traffic.places import ground
from safetynets.units import FT_PER_NM, M_PER_NM, ftps_to_fpm, mps_to_kt

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEP_S = 0.2
"""The equipment looks at its inputs every fifth of a second (simulator default)."""
LONGEST_GAP_S = 20.0
"""Between plots farther apart than this, nothing is said of the equipment (simulator default)."""
CLOSURE_OVER_M = 1500.0
"""The rate of closure is the mean over this distance: more than a sample of the coarsest shipped terrain (1 km), whose
steps no radio altimeter would see. Mode 2 therefore speaks late rather than without cause (simulator default)."""
TAKE_OFF_BELOW_FT = 245.0
GO_AROUND_GAIN_FT = 100.0
"""A climb of this much from below 245 ft is taken for a go-around (simulator default)."""
TAXIING_KT, TAXIING_FT = 40.0, 30.0
ROLLING_FT = 50.0
"""Lower than this over a runway an aircraft lands or takes off, and counts as on the ground (simulator default)."""
FROZEN_ABOVE_KT, FROZEN_SHARE = 60.0, 0.25
"""A position that moves by less than this share of what the speed says is an old one (simulator default)."""
JUMP_OVER_S, JUMP_FT = 10.0, 100.0
"""An altitude this far from the median of those around it is left out (simulator default)."""
AT_RUNWAY_NM, AT_RUNWAY_FT = 1.0, 1000.0
"""Who is seen so near to a runway and so low above it comes from it or lands there (simulator default)."""
AFTER_TAKE_OFF_S = 60.0
GLIDE_PATH_WITHIN_NM = 15.0
GLIDE_PATH_SIDE_DEG = 2.5
"""A final approach is flown within 15 NM, and within the full scale of its localiser (recalled, not re-read)."""

_NOT_FLOWN = PlotFlag.ALTITUDE_SPIKE | PlotFlag.ALTITUDE_MISSING | PlotFlag.STUCK | PlotFlag.POSITION_MISSING


@dataclass(frozen=True, eq=False, kw_only=True)
class OnBoard:
    """One flight as its equipment measures it, one row a moment; NaN is unknown.

    Attributes
    ----------
    time_s
        UTC seconds since 1970, every `STEP_S`.
    known
        Whether surveillance says where and how high the aircraft is.
    flying
        Whether it is off the ground.
    x_m, y_m, vx_mps, vy_mps
        Position and velocity on the site's plane.
    true_ft
        Altitude above mean sea level: the geometric one, or that on the QNH where none is known.
    indicated_ft
        Altitude on the setting that the crew has set.
    radio_ft
        Height above the ground below.
    rate_fpm, speed_kt, closure_fpm
        Vertical rate, ground speed (which stands for the airspeed), and rate of closure with the ground.
    edge_nm, distance_nm
        Distance to the nearest runway less the position error, and without; 0 over a runway.
    above_field_ft
        Height above that runway's threshold.
    nearing
        Whether the distance to it becomes less.
    runway_known
        Whether the flight comes from or goes to a runway of the site; elsewhere another runway may be nearer.
    dots
        Deviation from the glide path, positive below it.
    no_glide_path
        Whether the aircraft is on a final approach that has none.
    loss_ft
        Loss of altitude since the highest point after take-off or go-around; NaN where it does not climb away.
    climbs_away
        Whether it climbs away from the ground, for 60 s after take-off or the beginning of a go-around.
    terrain
        The terrain that it looks ahead over; None where there is none.
    notes
        What is not as it really was, in words.
    """

    time_s: Floats
    known: Mask
    flying: Mask
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    true_ft: Floats
    indicated_ft: Floats
    radio_ft: Floats
    rate_fpm: Floats
    speed_kt: Floats
    closure_fpm: Floats
    edge_nm: Floats
    distance_nm: Floats
    above_field_ft: Floats
    nearing: Mask
    runway_known: Mask
    dots: Floats
    no_glide_path: Mask
    loss_ft: Floats
    climbs_away: Mask
    terrain: Terrain | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time_s)


def on_board(tracks: Tracks, altitude_ft: Floats, track: int, site: Site, equipment: Equipment) -> OnBoard:
    """What the equipment of one track measures.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    altitude_ft
        Altitude on the QNH of every plot (ft), NaN where it is not known.
    track
        Number of the track.
    site
        Its terrain and its runways: the thresholds of its approaches are the runway database.
    equipment
        What is assumed of the equipment.

    Returns
    -------
    OnBoard
        One row every `STEP_S` from the first plot to the last.
    """
    rows = tracks.rows_of(track)
    geometric_ft, on_qnh_ft = tracks.geometric_altitude_ft[rows], altitude_ft[rows]
    has_geometric = np.isfinite(geometric_ft).sum() >= max(np.isfinite(on_qnh_ft).sum(), 1)
    true_ft = geometric_ft if has_geometric else on_qnh_ft
    notes = () if has_geometric else ("no geometric altitude: the altitude on the QNH stands for it",)
    good = np.isfinite(true_ft) & np.isfinite(tracks.x_m[rows]) & (tracks.flags[rows] & _NOT_FLOWN == 0)
    good &= ~_frozen(tracks, rows)
    for altitude in (true_ft, tracks.pressure_altitude_ft[rows]):
        good &= ~_jumps(tracks.time_s[rows], altitude)
    plots_s = tracks.time_s[rows][good]
    plots_s, first = np.unique(plots_s, return_index=True)
    plot = (np.flatnonzero(good) + rows.start)[first]
    if len(plot) < 2:
        return _nothing(notes)
    time_s = plots_s[0] + STEP_S * np.arange(int((plots_s[-1] - plots_s[0]) / STEP_S + 1e-6) + 1)
    before = np.clip(np.searchsorted(plots_s, time_s + 1e-6, side="right") - 1, 0, len(plots_s) - 2)
    known = plots_s[before + 1] - plots_s[before] <= LONGEST_GAP_S

    def between(values: Floats) -> Floats:
        return np.where(known, np.interp(time_s, plots_s, values), np.nan)

    x_m, y_m = between(tracks.x_m[plot]), between(tracks.y_m[plot])
    vx_mps, vy_mps = between(tracks.vx_mps[plot]), between(tracks.vy_mps[plot])
    rate_fpm = between(tracks.vertical_rate_fpm[plot])
    altitude_true_ft = between(true_ft[good][first])
    pressure_ft = between(tracks.pressure_altitude_ft[plot])
    indicated_ft = pressure_ft - pressure_altitude_ft(tracks.baro_setting_hpa[plot])[before]
    radio_ft = altitude_true_ft - ground(site).elevation_ft(x_m, y_m)
    speed_kt = mps_to_kt(np.hypot(vx_mps, vy_mps))
    on_ground = (tracks.on_ground[plot] == 1) | (tracks.flags[plot] & PlotFlag.ON_GROUND != 0)
    distance_nm, field_ft = nearest_runway(site, x_m, y_m)
    with np.errstate(invalid="ignore"):
        rolls = ((speed_kt < TAXIING_KT) & (radio_ft < TAXIING_FT)) | ((distance_nm == 0.0) & (radio_ft < ROLLING_FT))
    flying = known & ~on_ground[before] & ~rolls
    above_field_ft = altitude_true_ft - field_ft
    dots, no_glide_path = _glide_path(site, x_m, y_m, vx_mps, vy_mps, altitude_true_ft)
    loss_ft, climbs_away = _climb_away(time_s, pressure_ft, radio_ft, rate_fpm, flying)
    return OnBoard(
        time_s=time_s,
        known=known,
        flying=flying,
        x_m=x_m,
        y_m=y_m,
        vx_mps=vx_mps,
        vy_mps=vy_mps,
        true_ft=altitude_true_ft,
        indicated_ft=indicated_ft,
        radio_ft=radio_ft,
        rate_fpm=rate_fpm,
        speed_kt=speed_kt,
        closure_fpm=_closure_fpm(radio_ft, speed_kt),
        edge_nm=np.maximum(distance_nm - equipment.position_bias_nm, 0.0),
        distance_nm=distance_nm,
        above_field_ft=above_field_ft,
        nearing=_falls(distance_nm),
        runway_known=np.full(len(time_s), _runway_known(tracks, track, site, distance_nm, above_field_ft)),
        dots=dots,
        no_glide_path=no_glide_path,
        loss_ft=loss_ft,
        climbs_away=climbs_away,
        terrain=site.terrain,
        notes=notes,
    )


def _frozen(tracks: Tracks, rows: slice) -> Mask:
    """Plots whose position stays where it was while their speed says that the aircraft moves: an old position."""
    moved_m = np.hypot(np.diff(tracks.x_m[rows]), np.diff(tracks.y_m[rows]))
    speed_mps = np.hypot(tracks.vx_mps[rows], tracks.vy_mps[rows])[1:]
    with np.errstate(invalid="ignore"):
        frozen = (mps_to_kt(speed_mps) > FROZEN_ABOVE_KT) & (
            moved_m < FROZEN_SHARE * speed_mps * np.diff(tracks.time_s[rows])
        )
    return np.concatenate([[False], frozen])[: rows.stop - rows.start]


def _jumps(time_s: Floats, altitude_ft: Floats) -> Mask:
    """Altitudes that stand out from the median of those around them: noise of a recording that no cleaning flagged."""
    from scipy import ndimage

    jumps = np.zeros(len(time_s), dtype=np.bool_)
    known = np.isfinite(altitude_ft)
    if known.sum() > 2:
        spacing_s = max(float(np.median(np.diff(time_s[known]))), STEP_S)
        around = 2 * int(JUMP_OVER_S / 2.0 / spacing_s) + 1
        median_ft = ndimage.median_filter(altitude_ft[known], around, mode="nearest")
        jumps[known] = np.abs(altitude_ft[known] - median_ft) > JUMP_FT
    return jumps


def _nothing(notes: tuple[str, ...]) -> OnBoard:
    """A flight of which surveillance says nothing."""
    empty = {"Floats": np.empty(0), "Mask": np.empty(0, dtype=np.bool_)}
    columns: dict[str, Any] = {
        column.name: empty[str(column.type)] for column in fields(OnBoard) if str(column.type) in empty
    }
    return OnBoard(**columns, notes=notes)


def _runway_known(tracks: Tracks, track: int, site: Site, distance_nm: Floats, above_field_ft: Floats) -> bool:
    """Whether a flight goes to an aerodrome of the site, or is seen low at one of its runways."""
    if str(tracks.destination[track]) in {approach.airport for approach in site.flown_approaches}:
        return True
    with np.errstate(invalid="ignore"):
        return bool(((distance_nm <= AT_RUNWAY_NM) & (above_field_ft <= AT_RUNWAY_FT)).any())


def _falls(values: Floats) -> Mask:
    """Where a quantity becomes less; its last value goes with the one before."""
    with np.errstate(invalid="ignore"):
        falls = np.diff(values) < 0.0
    return np.append(falls, falls[-1:]) if len(falls) else np.zeros(len(values), dtype=np.bool_)


def _closure_fpm(radio_ft: Floats, speed_kt: Floats) -> Floats:
    """The mean rate at which the radio height became less over the last `CLOSURE_OVER_M`; NaN before that."""
    flown_m = np.concatenate([[0.0], np.cumsum(np.nan_to_num(speed_kt[1:]) * (M_PER_NM / 3600.0) * STEP_S)])
    then = np.searchsorted(flown_m, flown_m - CLOSURE_OVER_M, side="right") - 1
    lasted_s = (np.arange(len(radio_ft)) - then) * STEP_S
    with np.errstate(invalid="ignore", divide="ignore"):
        closure_fpm = ftps_to_fpm((radio_ft[np.maximum(then, 0)] - radio_ft) / lasted_s)
    gap = np.concatenate([[0], np.cumsum(np.isnan(radio_ft))])
    whole = gap[1:] == gap[np.maximum(then, 0)]
    return np.where((then >= 0) & whole, closure_fpm, np.nan)


def _final_of(site: Site, x_m: Floats, y_m: Floats, vx_mps: Floats, vy_mps: Floats) -> NDArray[np.intp]:
    """Index of the final approach that an aircraft flies along: that whose course is nearest; -1 for none."""
    best_m, found = np.full(len(x_m), np.inf), np.full(len(x_m), -1, dtype=np.intp)
    side = math.tan(math.radians(GLIDE_PATH_SIDE_DEG))
    for index, approach in enumerate(site.flown_approaches):
        along_nm, across_m = along_and_across(approach, x_m, y_m)
        east, north = course_vector(approach)
        with np.errstate(invalid="ignore", divide="ignore"):
            aside_m = np.abs(across_m)
            inbound = (along_nm > 0.0) & (along_nm <= GLIDE_PATH_WITHIN_NM) & (vx_mps * east + vy_mps * north > 0.0)
            better = inbound & (aside_m <= side * along_nm * M_PER_NM) & (aside_m < best_m)
        best_m[better], found[better] = aside_m[better], index
    return found


def _glide_path(
    site: Site, x_m: Floats, y_m: Floats, vx_mps: Floats, vy_mps: Floats, true_ft: Floats
) -> tuple[Floats, Mask]:
    """Deviation from the glide path (dots, positive below), and where a final approach has no glide path."""
    dots, none = np.full(len(x_m), np.nan), np.zeros(len(x_m), dtype=np.bool_)
    final = _final_of(site, x_m, y_m, vx_mps, vy_mps)
    for index, approach in enumerate(site.flown_approaches):
        here = final == index
        if approach.path != "ils":
            none |= here
            continue
        along_nm, _ = along_and_across(approach, x_m[here], y_m[here])
        dots[here] = _dots(approach, along_nm, true_ft[here])
    return dots, none


def _dots(approach: Approach, along_nm: Floats, true_ft: Floats) -> Floats:
    """How far below the glide path, as an angle at the point where it meets the runway, in dots."""
    beyond_ft = approach.threshold_crossing_height_ft / math.tan(math.radians(approach.angle_deg))
    below_ft = path_altitude_ft(approach, along_nm) - true_ft
    return np.asarray(np.degrees(np.arctan2(below_ft, along_nm * FT_PER_NM + beyond_ft)) / DOT_DEG)


def _climb_away(
    time_s: Floats, pressure_ft: Floats, radio_ft: Floats, rate_fpm: Floats, flying: Mask
) -> tuple[Floats, Mask]:
    """Loss of altitude since the highest point of a climb after take-off or go-around, and where there is such a climb.

    A climb after take-off begins where the aircraft leaves the ground or is first seen climbing low, one after a
    go-around with a gain of `GO_AROUND_GAIN_FT` from a point below `TAKE_OFF_BELOW_FT`; both end after
    `AFTER_TAKE_OFF_S` or above the ceiling of Mode 3.
    """
    loss_ft, climbs_away = np.full(len(time_s), np.nan), np.zeros(len(time_s), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        low = np.flatnonzero(radio_ft <= MODE_3_RADIO_FT[1])
    lowest_ft = highest_ft = math.nan
    since_s, last = -math.inf, -2
    for i in low.tolist():
        if i != last + 1:
            lowest_ft = highest_ft = math.nan
        left_ground = last == i - 1 and not flying[i - 1]
        first_seen = last < 0 or not math.isfinite(pressure_ft[i - 1])
        first_seen &= rate_fpm[i] > 0.0
        last = i
        if not flying[i]:
            lowest_ft = highest_ft = math.nan
            continue
        here_ft = pressure_ft[i]
        if math.isnan(highest_ft):
            if radio_ft[i] < TAKE_OFF_BELOW_FT and not lowest_ft <= here_ft:
                lowest_ft = here_ft
            if left_ground or first_seen or here_ft - lowest_ft >= GO_AROUND_GAIN_FT:
                highest_ft, since_s = here_ft, time_s[i]
        if time_s[i] - since_s <= AFTER_TAKE_OFF_S:
            highest_ft = max(highest_ft, here_ft)
            loss_ft[i], climbs_away[i] = highest_ft - here_ft, True
    return loss_ft, climbs_away
