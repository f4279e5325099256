"""The state of a plot in the terms the nets judge it in: altitudes on the QNH of its region, and the rate of turn."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets import altimetry
from safetynets.engine.kernels.compiled import inlined
from safetynets.kernel_cache import njit
from safetynets.tracks.table import PlotFlag

Floats = NDArray[np.float64]

pressure_altitude_ft: Any = njit(cache=True)(altimetry.pressure_altitude_ft)
NO_NEW_POSITION = int(PlotFlag.DUPLICATE | PlotFlag.STUCK)
STANDARD_FT = altimetry.pressure_altitude_ft(altimetry.STANDARD_PRESSURE_HPA)


class Received(NamedTuple):
    """The columns of the tracks that judging takes, as they are there."""

    track: NDArray[np.int32]
    time_s: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    pressure_altitude_ft: Floats
    vertical_rate_fpm: Floats
    cleared_altitude_ft: Floats
    selected_altitude_ft: Floats
    baro_setting_hpa: Floats
    visual: NDArray[np.int8]
    coasted: NDArray[np.int8]
    on_ground: NDArray[np.int8]
    position_accuracy_m: NDArray[np.float32]
    flags: NDArray[np.uint8]


def unwritten(columns: dict[str, NDArray[Any]]) -> Received:
    """New columns as those of a table are, which cannot be written: for other types all would be compiled anew."""
    for column in columns.values():
        column.flags.writeable = False
    return Received(**columns)


def no_plots() -> Received:
    """No plots at all, of the same types."""
    types: dict[str, Any] = {
        "track": np.int32,
        "visual": np.int8,
        "coasted": np.int8,
        "on_ground": np.int8,
        "flags": np.uint8,
    }
    types["position_accuracy_m"] = np.float32
    return unwritten({name: np.empty(0, dtype=types.get(name, np.float64)) for name in Received._fields})


class Pressure(NamedTuple):
    """The QNH of each pressure region, from moments on.

    Region r has the rows `first[r]` to `first[r + 1]`; the first of them is NaN, from the beginning of time on. The
    last region is that of plots in none. `region` says in which each plot is; where it is empty, all that have a
    position are in region 0.
    """

    region: NDArray[np.intp]
    first: NDArray[np.int64]
    from_s: Floats
    qnh_hpa: Floats
    qnh_pressure_altitude_ft: Floats
    transition_ft: Floats


class Levels(NamedTuple):
    """The altitude of one plot on the QNH, as of the columns of `TrackState`, and up to where levels are altitudes."""

    altitude_ft: float
    qnh_hpa: float
    qnh_pressure_altitude_ft: float
    transition_ft: float


@inlined
def region_and_row(i: int, received: Received, pressure: Pressure) -> tuple[int, int]:
    """The pressure region of plot i, and the row of the QNH that is valid there then."""
    first, none = pressure.first, len(pressure.first) - 2
    if len(pressure.region) > 0:
        r = pressure.region[i]
    else:
        r = 0 if np.isfinite(received.x_m[i]) and np.isfinite(received.y_m[i]) else none
    valid, after = first[r], first[r + 1]
    while after - valid > 1:
        middle = (valid + after) // 2
        if pressure.from_s[middle] <= received.time_s[i]:
            valid = middle
        else:
            after = middle
    return r, valid


@inlined
def levels_of(i: int, received: Received, pressure: Pressure) -> Levels:
    """The altitude of plot i."""
    r, valid = region_and_row(i, received, pressure)
    qnh_ft = pressure.qnh_pressure_altitude_ft[valid]
    return Levels(received.pressure_altitude_ft[i] - qnh_ft, pressure.qnh_hpa[valid], qnh_ft, pressure.transition_ft[r])


@inlined
def cleared_level_ft(i: int, received: Received, levels: Levels) -> float:
    """The cleared level of plot i as an altitude on the QNH."""
    qnh_ft, transition_ft = levels.qnh_pressure_altitude_ft, levels.transition_ft
    return _level_as_altitude(received.cleared_altitude_ft[i], np.nan, qnh_ft, transition_ft)


@inlined
def selected_level_ft(i: int, received: Received, levels: Levels) -> float:
    """The selected level of plot i as an altitude on the QNH."""
    qnh_ft, transition_ft = levels.qnh_pressure_altitude_ft, levels.transition_ft
    return _level_as_altitude(received.selected_altitude_ft[i], received.baro_setting_hpa[i], qnh_ft, transition_ft)


@inlined
def _level_as_altitude(level_ft: float, setting_hpa: float, qnh_ft: float, transition_ft: float) -> float:
    """A level as an altitude on the QNH; above the transition altitude it is a flight level, unless a setting says."""
    believed_ft = qnh_ft
    if not np.isnan(setting_hpa):
        believed_ft = pressure_altitude_ft(setting_hpa)
    elif level_ft > transition_ft:
        believed_ft = STANDARD_FT
    return level_ft + believed_ft - qnh_ft


@inlined
def course_rad(i: int, received: Received) -> float:
    """Track over the plane of plot i, clockwise from north; NaN for a plot that no turn can be taken from.

    Those are plots without position or velocity, extrapolated ones, and ones that only repeat another.
    """
    valid = np.isfinite(received.x_m[i]) and np.isfinite(received.y_m[i])
    valid = valid and received.coasted[i] != 1 and received.flags[i] & NO_NEW_POSITION == 0
    return np.arctan2(received.vx_mps[i], received.vy_mps[i]) if valid else np.nan


@inlined
def turn_rate_radps(now_rad: float, time_s: float, before_rad: float, before_s: float, longest_s: float) -> float:
    """Change of track since the plot before over the time between; 0 where that is unknown, or too long ago."""
    turned_rad = (now_rad - before_rad + np.pi) % (2.0 * np.pi) - np.pi
    elapsed_s = time_s - before_s
    if np.isfinite(turned_rad) and 0.0 < elapsed_s <= longest_s:
        return turned_rad / elapsed_s
    return 0.0


STATE = 9
"""Numbers that paths are predicted from (`predicted_paths`)."""


class Prediction(NamedTuple):
    """Which levels a net predicts a level-off at, and across which gap it takes a rate of turn (-1 for none)."""

    use_cleared: bool
    use_selected: bool
    longest_turn_s: float


class Carried(NamedTuple):
    """What is known of each track from earlier portions: when it began, time and course of its last plot (or NaN)."""

    track_start_s: Floats
    last_s: Floats
    last_course_rad: Floats


@inlined
def put_state(
    state: Floats, i: int, first: int, k: int, levels: Levels, received: Received, carried: Carried, how: Prediction
) -> None:
    """Write what paths are predicted from, of plot i of the track whose plots begin at row `first`."""
    state[0], state[1] = received.x_m[i], received.y_m[i]
    state[2], state[3] = received.vx_mps[i], received.vy_mps[i]
    state[4], state[5] = levels.altitude_ft, received.vertical_rate_fpm[i] / 60.0
    state[6] = cleared_level_ft(i, received, levels) if how.use_cleared else np.nan
    state[7] = selected_level_ft(i, received, levels) if how.use_selected else np.nan
    state[8] = 0.0
    if how.longest_turn_s >= 0.0:
        before_s, before_rad = carried.last_s[k], carried.last_course_rad[k]
        if i > first:
            before_s, before_rad = received.time_s[i - 1], course_rad(i - 1, received)
        state[8] = turn_rate_radps(
            course_rad(i, received), received.time_s[i], before_rad, before_s, how.longest_turn_s
        )


class LevelColumns(NamedTuple):
    """Altitudes of every plot, as of the columns of `TrackState`."""

    altitude_ft: Floats
    qnh_hpa: Floats
    qnh_pressure_altitude_ft: Floats
    cleared_level_ft: Floats
    selected_level_ft: Floats


@njit(cache=True, nogil=True)
def write_levels(received: Received, pressure: Pressure, columns: LevelColumns) -> None:
    """Write the altitudes of every plot."""
    for i in range(len(received.time_s)):
        levels = levels_of(i, received, pressure)
        columns.altitude_ft[i], columns.qnh_hpa[i] = levels.altitude_ft, levels.qnh_hpa
        columns.qnh_pressure_altitude_ft[i] = levels.qnh_pressure_altitude_ft
        columns.cleared_level_ft[i] = cleared_level_ft(i, received, levels)
        columns.selected_level_ft[i] = selected_level_ft(i, received, levels)


@njit(cache=True, nogil=True)
def write_turn_rates(received: Received, longest_s: float, rate_radps: Floats) -> None:
    """Write the rate of turn of every plot, taken from the plot before where it is of the same track."""
    for i in range(len(received.time_s)):
        rate_radps[i] = 0.0
        if i > 0 and received.track[i - 1] == received.track[i]:
            before_rad, before_s = course_rad(i - 1, received), received.time_s[i - 1]
            now_rad, time_s = course_rad(i, received), received.time_s[i]
            rate_radps[i] = turn_rate_radps(now_rad, time_s, before_rad, before_s, longest_s)
