"""A flight that is not on an approach, over time: against the floor of the MSAW or the volume of the APW."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numpy.typing import NDArray
from shapely import contains_xy

from safetynets.altimetry import altitude_ft as altitude_on_qnh_ft
from safetynets.engine.alerts import Alert
from safetynets.reports import house_style as style
from safetynets.reports.formats import clock, day
from safetynets.reports.profile_flight import Flown, draw_flight, draw_floor, draw_terrain, frame_altitudes, rows_of
from safetynets.reports.site_shapes import volume_shape
from safetynets.runs.run import Run
from safetynets.sites.geometry import Limit, Volume
from safetynets.units import m_to_nm

Floats = NDArray[np.float64]

_BEFORE_S, _AFTER_S = 180.0, 120.0
_TICKS_S = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21_600.0, 86_400.0)
_TICKS_NM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0)


def draw_time_profile(axes: Axes, run: Run, track: int, alerts: Sequence[Alert]) -> str:
    """Draw a flight over time, from three minutes before its `alerts` to two after, the distance flown on top.

    Without an alert all of it is drawn. Returns what the flight is drawn against.
    """
    flown = _around(run, track, alerts)
    first_s, last_s = float(flown.time_s[0]), float(flown.time_s[-1])
    axes.set_xlim(first_s, max(last_s, first_s + 30.0))
    area = alerts[0].area if alerts else ""
    where = f"against {area}" if area not in ("", "terrain") else "against the terrain"
    lines_ft = [flown.altitude_ft[~flown.spike], draw_terrain(axes, flown)]
    if not alerts or alerts[0].net == "MSAW":
        lines_ft.append(draw_floor(axes, flown))
    for volume in run.site.volumes:
        if alerts and alerts[0].net == "APW" and volume.name == area:
            lines_ft.append(_draw_volume(axes, volume, flown, alerts[0].qnh_hpa))
            where += " (illustrative)" if volume.illustrative else ""
    frame_altitudes(axes, lines_ft)
    draw_flight(axes, flown, alerts)
    axes.set_xlabel(f"UTC, {day(first_s)}")
    axes.xaxis.set_major_locator(MultipleLocator(_step(last_s - first_s, _TICKS_S, 9)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: clock(value)))
    _add_distance_axis(axes, flown)
    return where


def _around(run: Run, track: int, alerts: Sequence[Alert]) -> Flown:
    """The plots from before the first conflict to after the last alert; without an alert, every plot."""
    rows = rows_of(run, track)
    if not alerts:
        return Flown(run, rows, run.tracks.time_s[rows])
    begins_s = [np.fmin(alert.first_conflict_time_s, alert.start_time_s) for alert in alerts]
    ends_s = [alert.end_time_s if np.isfinite(alert.end_time_s) else alert.start_time_s for alert in alerts]
    time_s = run.tracks.time_s[rows]
    rows = rows[(time_s >= min(begins_s) - _BEFORE_S) & (time_s <= max(ends_s) + _AFTER_S)]
    return Flown(run, rows, run.tracks.time_s[rows])


def _draw_volume(axes: Axes, volume: Volume, flown: Flown, qnh_hpa: float) -> Floats:
    """Draw the limits of the volume, and a band while the flight is laterally inside; returns the limits (ft).

    A limit at mean sea level is not drawn: it would only make the picture taller.
    """
    tracks = flown.run.tracks
    floor_ft, ceiling_ft = (_as_altitude_ft(edge, qnh_hpa) for edge in (volume.floor, volume.ceiling))
    inside = contains_xy(volume_shape(volume), tracks.x_m[flown.rows], tracks.y_m[flown.rows])
    axes.fill_between(
        flown.along,
        floor_ft,
        ceiling_ft,
        where=inside.tolist(),
        step="mid",
        color=style.VOLUME,
        alpha=0.14,
        linewidth=0,
        label=f"{volume.name}, while laterally inside",
        zorder=2.5,
    )
    limits_ft = np.array([limit_ft for limit_ft in (floor_ft, ceiling_ft) if limit_ft > 0.0])
    for limit_ft in limits_ft:
        words = f"vertical limits of {volume.name}"
        axes.axhline(limit_ft, color=style.VOLUME, linewidth=1.4, linestyle=(0, (6, 3)), label=words, zorder=4)
    return limits_ft


def _as_altitude_ft(edge: Limit, qnh_hpa: float) -> float:
    """A vertical limit as an altitude (ft) on the QNH."""
    return altitude_on_qnh_ft(edge.value_ft, qnh_hpa) if edge.is_flight_level else edge.value_ft


def _step(reach: float, steps: Sequence[float], most: int) -> float:
    return next((step for step in steps if reach / step <= most), steps[-1])


def _add_distance_axis(axes: Axes, flown: Flown) -> None:
    tracks = flown.run.tracks
    legs_m = np.hypot(np.diff(tracks.x_m[flown.rows]), np.diff(tracks.y_m[flown.rows]))
    flown_nm = m_to_nm(np.concatenate([[0.0], np.cumsum(legs_m)]))
    marks_nm = np.arange(0.0, flown_nm[-1], _step(float(flown_nm[-1]), _TICKS_NM, 12))
    top = axes.twiny()
    top.set_xlim(axes.get_xlim())
    top.set_xticks(np.interp(marks_nm, flown_nm, flown.along), [f"{mark:g}" for mark in marks_nm])
    top.set_xlabel("distance flown, NM", fontsize=8.5, labelpad=3)
    top.tick_params(labelsize=8, length=2, pad=2)
