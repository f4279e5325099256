"""The vertical profile of an alerted flight: against its approach, or against the floor and the terrain it flew over."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from shapely import contains_xy

from safetynets.altimetry import altitude_ft as altitude_on_qnh_ft
from safetynets.nets.alerts import Alert
from safetynets.reports import house_style as style
from safetynets.reports.approach_lines import above_limit_ft, along_and_across, below_limit_ft, nominal_altitude_ft
from safetynets.reports.formats import clock, day, number
from safetynets.reports.labels import Label, place_labels, point_boxes
from safetynets.reports.map_figure import volume_shape
from safetynets.runs.run import Run
from safetynets.sites.geometry import Approach, Limit, Volume
from safetynets.units import m_to_nm, nm_to_m

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

HEIGHT_IN = 7.0
_PLACE = (0.07, 0.245, 0.905, 0.635)
_BESIDE_NM = 2.5
_BEFORE_S, _AFTER_S = 180.0, 120.0


def profile_figure(run: Run, alert: Alert) -> Figure:
    """The vertical profile of the flight of one alert, with every other alert of that flight in the same picture.

    A flight joined to an approach is drawn over its distance to the threshold, with the nominal path and the limits
    that the APM of the site uses, earth curvature included. Any other flight is drawn over time, with the floor of the
    MSAW or the volume of the APW. Altitudes are on the QNH; the terrain is that below the flight.
    """
    index = approach_of(run, alert)
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN)
        axes = figure.add_axes(_PLACE)
        axes.grid(visible=True)
        if index >= 0:
            where = draw_approach_profile(axes, run, alert, run.site.approaches[index])
        else:
            where = draw_time_profile(axes, run, alert)
        axes.set_ylabel("altitude on the QNH, ft")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        _write_heading(figure, run, alert, where)
        _write_words(figure, run, alert)
        return figure


def approach_of(run: Run, alert: Alert) -> int:
    """Index of the approach that an alert is to be drawn against, -1 for none."""
    if alert.net == "APM":
        for index, approach in enumerate(run.site.approaches):
            if approach.name == alert.area:
                return index
    rows = _rows(run, alert.track)
    at_start = rows[run.tracks.time_s[rows] <= alert.start_time_s][-1:]
    return int(run.approach[at_start[0]]) if alert.on_final and len(at_start) else -1


def profiled_alerts(run: Run) -> tuple[Alert, ...]:
    """The first alert of each picture worth drawing: one for every flight and approach, or flight and net outside one.

    An alert that was shown comes before one that was not.
    """
    chosen: dict[tuple[object, ...], Alert] = {}
    for alert in sorted(run.alerts, key=lambda each: not each.shown):
        index = approach_of(run, alert)
        chosen.setdefault((alert.track, index) if index >= 0 else (alert.track, alert.net, alert.area), alert)
    return tuple(sorted(chosen.values(), key=lambda each: (each.start_time_s, each.alert_id)))


def draw_approach_profile(axes: Axes, run: Run, alert: Alert, approach: Approach) -> str:
    """Draw a flight over its distance to the threshold (NM, decreasing to the right); returns where that is, in words."""
    rows = _rows(run, alert.track)
    along_nm, across_m = along_and_across(approach, run.tracks.x_m[rows], run.tracks.y_m[rows])
    farthest_nm = approach.start_distance_nm + 1.5
    near = (along_nm >= -0.6) & (along_nm <= farthest_nm) & (np.abs(across_m) <= nm_to_m(_BESIDE_NM))
    rows, along_nm = rows[near], along_nm[near]
    axes.set_xlim(farthest_nm, -0.6)
    distance_nm = np.linspace(0.0, farthest_nm, 400)
    nominal_ft = nominal_altitude_ft(approach, distance_nm)
    axes.plot(distance_nm, nominal_ft, color=style.NOMINAL_PATH, linewidth=1.8, label=_path_words(approach), zorder=4)
    lines_ft = [nominal_ft]
    watched_nm = np.linspace(approach.end_distance_nm, approach.start_distance_nm, 300)
    parameters = run.site.parameters.apm
    for kind, limit_ft in (("below", below_limit_ft), ("above", above_limit_ft)):
        if kind in parameters.kinds:
            line_ft = limit_ft(approach, parameters, watched_nm)
            lines_ft.append(line_ft)
            axes.plot(
                watched_nm,
                line_ft,
                color=style.LIMIT,
                linewidth=1.5,
                linestyle=(0, (6, 3)),
                label=f"{kind} limit of the APM",
                zorder=4,
            )
            axes.fill_between(
                watched_nm, nominal_altitude_ft(approach, watched_nm), line_ft, color=style.NOMINAL_PATH, alpha=0.08, lw=0
            )
    axes.plot([0.0, -0.6], [approach.threshold_elevation_ft] * 2, color=style.INK, linewidth=4.0, solid_capstyle="butt", zorder=5)
    altitude_ft = run.altitude_ft[rows]
    lines_ft.append(altitude_ft)
    if any(each.net == "MSAW" for each in _alerts_on(run, alert, approach)):
        lines_ft.append(_draw_floor(axes, run, alert, rows, along_nm))
    ground_ft = _draw_terrain_below(axes, run, rows, along_nm)
    _frame_altitudes(axes, [*lines_ft, ground_ft, np.array([approach.threshold_elevation_ft])])
    labels = [
        Label(f"threshold {approach.runway}", 0.0, approach.threshold_elevation_ft, {"fontsize": 8.5, "color": style.INK, "zorder": 9})
    ]
    _draw_flight(axes, run, alert, rows, along_nm, _alerts_on(run, alert, approach), labels)
    for edge_nm, words in ((approach.start_distance_nm, "monitored from"), (approach.end_distance_nm, "to")):
        axes.axvline(edge_nm, color=style.FAINT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
        axes.text(edge_nm, 1.0, f" {words} {edge_nm:g} NM", transform=axes.get_xaxis_transform(), fontsize=8, color=style.SOFT_INK, va="bottom", ha="center")
    axes.set_xlabel("distance to the threshold, NM")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=14, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\u2212")))
    return f"{approach.airport} {approach.name}" + (" (illustrative)" if approach.illustrative else "")


def draw_time_profile(axes: Axes, run: Run, alert: Alert) -> str:
    """Draw a flight over time around its alert, with distance flown on top; returns what it is drawn against."""
    alerts = tuple(
        each for each in run.alerts if each.track == alert.track and each.net == alert.net and each.area == alert.area
    )
    ends = [each.end_time_s if np.isfinite(each.end_time_s) else each.start_time_s + _AFTER_S for each in alerts]
    rows = _rows(run, alert.track)
    time_s = run.tracks.time_s[rows]
    first_s = min(each.first_conflict_time_s for each in alerts if np.isfinite(each.first_conflict_time_s))
    rows = rows[(time_s >= first_s - _BEFORE_S) & (time_s <= max(ends) + _AFTER_S)]
    time_s = run.tracks.time_s[rows]
    axes.set_xlim(time_s[0], max(time_s[-1], time_s[0] + 30.0))
    lines_ft: list[Floats] = [run.altitude_ft[rows]]
    where = f"against {alert.area}" if alert.area else "against the terrain"
    if alert.net == "MSAW":
        lines_ft.append(_draw_floor(axes, run, alert, rows, time_s))
    volumes = [volume for volume in run.site.volumes if alert.net == "APW" and volume.name == alert.area]
    for volume in volumes:
        lines_ft.append(_draw_volume(axes, volume, run, alert, rows, time_s))
        where += " (illustrative)" if volume.illustrative else ""
    ground_ft = _draw_terrain_below(axes, run, rows, time_s)
    _frame_altitudes(axes, [*lines_ft, ground_ft])
    _draw_flight(axes, run, alert, rows, time_s, alerts, [])
    axes.set_xlabel(f"UTC, {day(alert.start_time_s)}")
    axes.xaxis.set_major_locator(_clock_locator(time_s[-1] - time_s[0]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: clock(value)))
    _add_distance_axis(axes, run, rows, time_s)
    return where


def _rows(run: Run, track: int) -> Rows:
    """Numbers of the plots of a track that have a position and an altitude."""
    rows = np.arange(len(run.tracks))[run.tracks.rows_of(track)]
    known = np.isfinite(run.altitude_ft[rows]) & np.isfinite(run.tracks.x_m[rows])
    return rows[known]


def _alerts_on(run: Run, alert: Alert, approach: Approach) -> tuple[Alert, ...]:
    index = run.site.approaches.index(approach)
    return tuple(each for each in run.alerts if each.track == alert.track and approach_of(run, each) == index)


def _path_words(approach: Approach) -> str:
    if approach.path == "profile":
        return "nominal path, stepped profile"
    curvature = "" if approach.path == "baro" else ", earth curvature included"
    return f"nominal path {approach.angle_deg:.1f}°{curvature}"


def _draw_flight(
    axes: Axes, run: Run, alert: Alert, rows: Rows, along: Floats, alerts: tuple[Alert, ...], labels: list[Label]
) -> None:
    """The plots of the flight, those under an alert in the colour of the net, and a label at each alert."""
    altitude_ft, time_s = run.altitude_ft[rows], run.tracks.time_s[rows]
    axes.plot(along, altitude_ft, color=style.TRAFFIC, linewidth=1.0, marker="o", markersize=2.6, label=f"plots of {_name(alert)}", zorder=6)
    for each in alerts:
        last_s = each.end_time_s if np.isfinite(each.end_time_s) else np.inf
        under = (time_s >= each.start_time_s) & (time_s <= last_s)
        colour = style.NET_COLOURS[each.net]
        axes.plot(
            along[under],
            altitude_ft[under],
            color=colour,
            linewidth=3.0,
            alpha=0.95 if each.shown else 0.45,
            label=f"{each.net} alert" + ("" if each.shown else f", not shown ({each.suppressed_by})"),
            zorder=7,
        )
        if not len(along):
            continue
        at = int(np.argmin(np.abs(time_s - each.start_time_s)))
        axes.plot(
            along[at],
            altitude_ft[at],
            marker=style.NET_MARKERS[each.net],
            markersize=11,
            markerfacecolor=colour if each.shown else style.PAPER,
            markeredgecolor=style.PAPER if each.shown else colour,
            zorder=8,
        )
        labels.insert(
            0,
            Label(
                _alert_words(each),
                float(along[at]),
                float(altitude_ft[at]),
                {
                    "color": colour,
                    "fontsize": 9,
                    "zorder": 10,
                    "bbox": {"boxstyle": "round,pad=0.35", "facecolor": "#fffffff0", "edgecolor": colour, "linewidth": 0.8},
                    "arrowprops": {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 6},
                },
            ),
        )
    legend = axes.legend(loc="lower left", frameon=True, framealpha=0.92, edgecolor="none", borderpad=0.6)
    legend.set_zorder(9)
    canvas: Any = axes.figure.canvas
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) > 1]
    taken: list[Bbox] = [legend.get_window_extent(canvas.get_renderer())]
    for line in lines:
        x, y = np.asarray(line.get_xdata(), dtype=np.float64), np.asarray(line.get_ydata(), dtype=np.float64)
        if line.get_transform() == axes.transData and len(x) > 2:
            keep = np.linspace(0, len(x) - 1, min(len(x), 120)).astype(int)
            taken += point_boxes(axes, x[keep], y[keep], 3.0)
    place_labels(axes, labels, taken)


def _name(alert: Alert) -> str:
    return alert.callsign or f"track {alert.track}"


def _alert_words(alert: Alert) -> str:
    lines = [f"{alert.net} {alert.kind}, {alert.severity}, {clock(alert.start_time_s)}"]
    lines.append(f"altitude {number(alert.altitude_ft)} ft, limit {number(alert.minimum_ft)} ft")
    if np.isfinite(alert.vertical_deviation_ft):
        side = "below" if alert.vertical_deviation_ft < 0 else "above"
        lines.append(f"{number(abs(alert.vertical_deviation_ft))} ft {side} the path")
    if alert.time_to_violation_s > 0 and np.isfinite(alert.time_to_violation_s):
        lines.append(f"violation predicted in {number(alert.time_to_violation_s)} s")
    return "\n".join(lines)


def _draw_floor(axes: Axes, run: Run, alert: Alert, rows: Rows, along: Floats) -> Floats:
    """The floor of the MSAW below each plot; returns it (ft), NaN where the MSAW did not judge."""
    floor_ft = np.full(len(rows), np.nan)
    for table in run.conflicts:
        if table.net.name == "MSAW" and (alert.net != "MSAW" or table.group == alert.group):
            floor_ft = np.fmax(floor_ft, table.minimum_ft[rows])
    axes.plot(along, floor_ft, color=style.MINIMUM_ALTITUDE, linewidth=1.6, label="floor of the MSAW", zorder=4)
    return floor_ft


def _draw_volume(axes: Axes, volume: Volume, run: Run, alert: Alert, rows: Rows, time_s: Floats) -> Floats:
    """The volume as a band while the flight is laterally inside; returns its limits as altitudes (ft)."""
    floor_ft, ceiling_ft = (_as_altitude_ft(edge, alert.qnh_hpa) for edge in (volume.floor, volume.ceiling))
    inside = contains_xy(volume_shape(volume), run.tracks.x_m[rows], run.tracks.y_m[rows])
    axes.fill_between(
        time_s,
        floor_ft,
        ceiling_ft,
        where=inside,
        step="mid",
        color=style.VOLUME,
        alpha=0.14,
        linewidth=0,
        label=f"{volume.name}, while below, inside or above it",
        zorder=3,
    )
    return np.array([floor_ft, ceiling_ft])


def _as_altitude_ft(edge: Limit, qnh_hpa: float) -> float:
    return altitude_on_qnh_ft(edge.value_ft, qnh_hpa) if edge.is_flight_level else edge.value_ft


def _draw_terrain_below(axes: Axes, run: Run, rows: Rows, along: Floats) -> Floats:
    """The terrain below each plot, filled to the bottom; returns its elevation (ft), NaN where there is no data."""
    elevation_ft = _elevation_below(run, rows)
    known = np.isfinite(elevation_ft)
    if known.any():
        axes.fill_between(
            along,
            -20_000.0,
            elevation_ft,
            where=known,
            facecolor=style.TERRAIN,
            edgecolor=style.TERRAIN_EDGE,
            linewidth=0.8,
            label="terrain below the flight",
            zorder=3,
        )
    return elevation_ft


def _elevation_below(run: Run, rows: Rows) -> Floats:
    terrain = run.site.terrain
    if terrain is None:
        return np.full(len(rows), np.nan)
    column = np.floor((run.tracks.x_m[rows] - terrain.x0_m) / terrain.cell_m).astype(int)
    row = np.floor((run.tracks.y_m[rows] - terrain.y0_m) / terrain.cell_m).astype(int)
    count_rows, count_columns = terrain.elevation_ft.shape
    inside = (column >= 0) & (column < count_columns) & (row >= 0) & (row < count_rows)
    elevation_ft = np.full(len(rows), np.nan)
    elevation_ft[inside] = terrain.elevation_ft[row[inside], column[inside]]
    return elevation_ft


def _frame_altitudes(axes: Axes, lines_ft: list[Floats]) -> None:
    """Limits of the altitude axis that hold every line, with room for the legend below and the labels above."""
    values_ft = np.concatenate([line[np.isfinite(line)] for line in lines_ft])
    low, high = (float(values_ft.min()), float(values_ft.max())) if len(values_ft) else (0.0, 1000.0)
    reach = max(high - low, 600.0)
    axes.set_ylim(low - 0.28 * reach, high + 0.12 * reach)


def _clock_locator(seconds: float) -> Any:
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(next(step for step in (10, 30, 60, 120, 300, 600, 1800, 3600, 86400) if seconds / step <= 9))


def _add_distance_axis(axes: Axes, run: Run, rows: Rows, time_s: Floats) -> None:
    x_m, y_m = run.tracks.x_m[rows], run.tracks.y_m[rows]
    flown_nm = m_to_nm(np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x_m), np.diff(y_m)))]))
    if len(time_s) < 2 or flown_nm[-1] <= 0:
        return
    to_nm: Callable[[Any], Any] = lambda value: np.interp(value, time_s, flown_nm)  # noqa: E731
    to_s: Callable[[Any], Any] = lambda value: np.interp(value, flown_nm, time_s)  # noqa: E731
    top = axes.secondary_xaxis("top", functions=(to_nm, to_s))
    top.set_xlabel("distance flown, NM", fontsize=8.5)
    top.tick_params(labelsize=8)


def _write_heading(figure: Figure, run: Run, alert: Alert, where: str) -> None:
    left = _PLACE[0]
    figure.text(left, 0.965, f"{_name(alert)}   {where}", fontsize=13, fontweight="bold", va="center")
    qnh = number(alert.qnh_hpa, 0 if float(alert.qnh_hpa).is_integer() else 1).replace("\u202f", "")
    figure.text(left, 0.930, f"{run.title}   ·   QNH {qnh} hPa   ·   {day(alert.start_time_s)}", va="center", color=style.SOFT_INK)


def _write_words(figure: Figure, run: Run, alert: Alert) -> None:
    """What the controller says, the ICAO words first, and who wrote them."""
    index = run.alerts.index(alert)
    y = 0.150
    for call in (run.words[index], run.proposed_words[index]):
        if call is None:
            continue
        lines = textwrap.wrap(call.text, 140) or [""]
        figure.text(_PLACE[0], y, f"{call.status}".capitalize() + f" ({call.source})", fontsize=8.5, color=style.SOFT_INK, va="center")
        figure.text(_PLACE[0], y - 0.030 - 0.013 * (len(lines) - 1), "\n".join(lines), fontsize=9.5, va="center")
        y -= 0.068
    figure.text(0.975, 0.016, f"{style.NOT_FOR_USE}.", fontsize=8, color=style.SOFT_INK, ha="right", va="center")
