"""`Picture`: the state of every plot in the terms the nets judge it in, feet on the QNH and metres on the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import STANDARD_PRESSURE_HPA, altitude_ft, mode_c_ft, pressure_altitude_ft
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import ApwParameters, MsawParameters, Prediction
from safetynets.sites.pressure import qnh_at, region_at, transition_altitude_ft
from safetynets.tracks import Tracks
from safetynets.units import fpm_to_ftps

if TYPE_CHECKING:
    from safetynets.nets.kernels.legs import Forecast

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """One row a plot, in the order of the tracks; NaN is unknown.

    Attributes
    ----------
    time_s, track
        UTC seconds since 1970, and the track number.
    x_m, y_m, vx_mps, vy_mps
        Position and velocity on the site's plane.
    altitude_ft, vertical_rate_fpm
        Altitude on the QNH of the pressure region, and its rate.
    qnh_hpa, qnh_pressure_altitude_ft
        The QNH used, and its pressure altitude PA(QNH): altitude = pressure altitude - PA(QNH).
    cleared_level_ft, selected_level_ft
        Cleared and selected level as altitudes on the QNH.
    turn_rate_radps
        Rate of turn, clockwise positive; 0 where it is not known.
    """

    time_s: Floats
    track: NDArray[np.int32]
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    altitude_ft: Floats
    vertical_rate_fpm: Floats
    qnh_hpa: Floats
    qnh_pressure_altitude_ft: Floats
    cleared_level_ft: Floats
    selected_level_ft: Floats
    turn_rate_radps: Floats

    def __len__(self) -> int:
        return len(self.time_s)


class LastPlots(NamedTuple):
    """What is remembered of the last plot of each track: time, track over the plane (rad)."""

    time_s: Floats
    course_rad: Floats

    @classmethod
    def none(cls, track_count: int) -> LastPlots:
        """The memory before the first plot."""
        return cls(np.full(track_count, np.nan), np.full(track_count, np.nan))


def picture_of(
    tracks: Tracks, site: Site, last: LastPlots | None = None, before: LastPlots | None = None
) -> tuple[Picture, LastPlots]:
    """The picture of tracks on the site's plane, and the memory for the plots that come after them.

    `before` holds for every plot the one before it of the same track, where that is not the one above it.
    """
    last = LastPlots.none(tracks.track_count) if last is None else last
    region = region_at(site, tracks.x_m, tracks.y_m)
    qnh_hpa, transition_ft = qnh_at(site, region, tracks.time_s), transition_altitude_ft(site, region)
    qnh_pressure_altitude_ft = pressure_altitude_ft(qnh_hpa)
    turn_rate_radps, last = _turn_rate(tracks, site, last, before)
    picture = Picture(
        time_s=tracks.time_s,
        track=tracks.track,
        x_m=tracks.x_m,
        y_m=tracks.y_m,
        vx_mps=tracks.vx_mps,
        vy_mps=tracks.vy_mps,
        altitude_ft=tracks.pressure_altitude_ft - qnh_pressure_altitude_ft,
        vertical_rate_fpm=tracks.vertical_rate_fpm,
        qnh_hpa=qnh_hpa,
        qnh_pressure_altitude_ft=qnh_pressure_altitude_ft,
        cleared_level_ft=_level_as_altitude(tracks.cleared_altitude_ft, None, qnh_hpa, transition_ft),
        selected_level_ft=_level_as_altitude(
            tracks.selected_altitude_ft, tracks.baro_setting_hpa, qnh_hpa, transition_ft
        ),
        turn_rate_radps=turn_rate_radps,
    )
    return picture, last


def forecast(parameters: MsawParameters | ApwParameters) -> Forecast:
    """How a net looks ahead, as the kernels take it."""
    from safetynets.nets.kernels.legs import ALL, ANY, STRAIGHT, Forecast

    return Forecast(
        look_ahead_s=parameters.look_ahead_s,
        climb_credit=parameters.climb_credit,
        level_off_tolerance_ft=parameters.level_off_tolerance_ft,
        hypotheses={"straight": STRAIGHT, "any": ANY, "all": ALL}[parameters.hypotheses],
        hysteresis_ft=parameters.hysteresis_ft,
        hysteresis_s=parameters.hysteresis_s,
    )


def motion(picture: Picture, parameters: Prediction) -> Floats:
    """Columns x, y, vx, vy, altitude (ft), rate (ft/s), cleared, selected, turn rate: what the kernels predict from."""
    unknown = np.full(len(picture), np.nan)
    return np.column_stack(
        (
            picture.x_m,
            picture.y_m,
            picture.vx_mps,
            picture.vy_mps,
            picture.altitude_ft,
            fpm_to_ftps(picture.vertical_rate_fpm),
            picture.cleared_level_ft if parameters.use_cleared_level else unknown,
            picture.selected_level_ft if parameters.use_selected_level else unknown,
            picture.turn_rate_radps,
        )
    )


def _level_as_altitude(level_ft: Floats, setting_hpa: Floats | None, qnh_hpa: Floats, transition_ft: Floats) -> Floats:
    """Levels as altitudes on the QNH; above the transition altitude they are flight levels."""
    believed_hpa = np.where(level_ft > transition_ft, STANDARD_PRESSURE_HPA, qnh_hpa)
    if setting_hpa is not None:
        believed_hpa = np.where(np.isnan(setting_hpa), believed_hpa, setting_hpa)
    return altitude_ft(mode_c_ft(level_ft, believed_hpa), qnh_hpa)


def _turn_rate(tracks: Tracks, site: Site, last: LastPlots, before: LastPlots | None) -> tuple[Floats, LastPlots]:
    """Change of track since the previous plot of the same track over the time between, and the new memory."""
    course_rad = np.arctan2(tracks.vx_mps, tracks.vy_mps)
    before_rad, before_s = np.empty(len(tracks)), np.empty(len(tracks))
    before_rad[1:], before_s[1:] = course_rad[:-1], tracks.time_s[:-1]
    first = np.ones(len(tracks), dtype=np.bool_)
    first[1:] = tracks.track[1:] != tracks.track[:-1]
    before_rad[first] = last.course_rad[tracks.track[first]]
    before_s[first] = last.time_s[tracks.track[first]]
    if before is not None:
        before_s, before_rad = before
    turned_rad = (course_rad - before_rad + np.pi) % (2.0 * np.pi) - np.pi
    elapsed_s = tracks.time_s - before_s
    longest_s = max(site.parameters.msaw.max_gap_s, site.parameters.apw.max_gap_s)
    known = np.isfinite(turned_rad) & (elapsed_s > 0.0) & (elapsed_s <= longest_s)
    rate = np.divide(turned_rad, elapsed_s, out=np.zeros(len(tracks)), where=known)
    memory = LastPlots(last.time_s.copy(), last.course_rad.copy())
    final = np.ones(len(tracks), dtype=np.bool_)
    final[:-1] = first[1:]
    memory.time_s[tracks.track[final]] = tracks.time_s[final]
    memory.course_rad[tracks.track[final]] = course_rad[final]
    return rate, memory
