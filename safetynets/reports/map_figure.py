"""The map: what there is at the site, who flew there, and where the nets spoke."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LightSource, LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.plotting import patch_from_polygon

from safetynets.reports import house_style as style
from safetynets.reports.formats import clock, limit, number, span
from safetynets.reports.labels import Label, place_labels, text_box
from safetynets.runs.run import Run
from safetynets.sites.geometry import Approach, Volume
from safetynets.units import ft_to_m, m_to_ft, nm_to_m

Floats = NDArray[np.float64]

HEIGHT_IN = 9.2
_MAP_PLACE = (0.055, 0.06, 0.665, 0.865)
_PANEL_LEFT = 0.738
_LISTED_ALERTS = 12
_RINGS_NM = (5.0, 10.0, 20.0)
_BREAK_S = 60.0
"""A track is not joined across a longer gap: nobody saw what it did there."""

_TINT = LinearSegmentedColormap.from_list(
    "terrain", ["#dfe8dc", "#e9e8d6", "#e8dcc3", "#dcc9ac", "#cdb89f", "#d8cfc6", "#f6f4f2"]
)


def map_figure(run: Run) -> Figure:
    """The map of a run: terrain, minimum altitudes, approaches, volumes, tracks and every alert, framed on what matters.

    The frame holds every approach, volume and alert of the site, not the whole recording. What the shipped sites mark
    as illustrative is dashed and said to be so.
    """
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN)
        axes = figure.add_axes(_MAP_PLACE)
        frame = map_frame(run, width_over_height=_MAP_PLACE[2] * style.WIDTH_IN / (_MAP_PLACE[3] * HEIGHT_IN))
        axes.set_xlim(frame.x0, frame.x1)
        axes.set_ylim(frame.y0, frame.y1)
        relief = draw_map(axes, run)
        _draw_panel(figure, run, relief)
        first, last = _time_span(run)
        figure.text(_MAP_PLACE[0], 0.965, run.title, fontsize=14, fontweight="bold", va="center")
        figure.text(_MAP_PLACE[0], 0.940, f"{run.site.title}   ·   {qnh_words(run)}   ·   {span(first, last)}", va="center")
        return figure


def map_frame(run: Run, width_over_height: float) -> Bbox:
    """The part of the plane (m) that the map shows: approaches, volumes and alerts with a margin, at least 12 NM wide."""
    x: list[float] = []
    y: list[float] = []
    for approach in run.site.approaches:
        for distance_nm in (0.0, approach.start_distance_nm):
            px, py = _on_centreline(approach, distance_nm)
            x.append(px)
            y.append(py)
    for volume in run.site.volumes:
        bounds = volume_shape(volume).bounds
        x += [bounds[0], bounds[2]]
        y += [bounds[1], bounds[3]]
    alert_x, alert_y = _alert_positions(run)
    known = np.isfinite(alert_x)
    x += alert_x[known].tolist()
    y += alert_y[known].tolist()
    if not x:
        seen = np.isfinite(run.tracks.x_m)
        x, y = run.tracks.x_m[seen].tolist() or [0.0], run.tracks.y_m[seen].tolist() or [0.0]
    centre_x, centre_y = (min(x) + max(x)) / 2, (min(y) + max(y)) / 2
    width, height = (1.16 * (max(x) - min(x)), 1.16 * (max(y) - min(y)))
    width = max(width, height * width_over_height, float(nm_to_m(12.0)))
    height = width / width_over_height
    return Bbox.from_bounds(centre_x - width / 2, centre_y - height / 2, width, height)


def draw_map(axes: Axes, run: Run) -> Normalize | None:
    """Draw a run on axes whose limits (m on the site's plane) are set; returns the elevation scale of the terrain."""
    axes.set_aspect("equal")
    axes.set_facecolor("#f3f3f3")
    relief = _draw_terrain(axes, run)
    fixed = _draw_minimum_altitudes(axes, run)
    _draw_inhibit_volumes(axes, run)
    _draw_obstacles(axes, run)
    fixed += _draw_range_rings(axes)
    _draw_tracks(axes, run)
    approach_labels = [_draw_approach(axes, approach) for approach in run.site.approaches]
    volume_labels = [_draw_volume(axes, volume) for volume in run.site.volumes]
    alert_labels, marks = _draw_alerts(axes, run)
    fixed += [*_draw_scale_and_north(axes), *marks]
    place_labels(axes, alert_labels + approach_labels + volume_labels, fixed)
    _write_graticule(axes, run)
    for spine in axes.spines.values():
        spine.set_visible(True)
    return relief


def qnh_words(run: Run) -> str:
    """The QNH of each pressure region that held during the run, as one phrase for a title."""
    first, last = _time_span(run)
    parts = []
    for region in run.site.pressure_regions:
        begun = [value for from_s, value in region.qnh if from_s <= first][-1:]
        changed = [value for from_s, value in region.qnh if first < from_s <= last]
        values = " then ".join(number(value, 0 if float(value).is_integer() else 1) for value in begun + changed)
        name = f"{region.name}: " if len(run.site.pressure_regions) > 1 else ""
        parts.append(f"{name}QNH {values} hPa" if values else f"{name}QNH unknown")
    return ", ".join(parts) or "QNH unknown"


def _time_span(run: Run) -> tuple[float, float]:
    if len(run.tracks) == 0:
        return float("nan"), float("nan")
    return float(run.tracks.time_s.min()), float(run.tracks.time_s.max())


def _on_centreline(approach: Approach, distance_nm: float, right_m: float = 0.0) -> tuple[float, float]:
    """Plane position at a distance before the threshold and an offset right of course."""
    course_rad = np.radians(approach.course_deg)
    back_m = float(nm_to_m(distance_nm))
    x_m = approach.x_m - back_m * np.sin(course_rad) + right_m * np.cos(course_rad)
    y_m = approach.y_m - back_m * np.cos(course_rad) - right_m * np.sin(course_rad)
    return float(x_m), float(y_m)


def volume_shape(volume: Volume) -> BaseGeometry:
    if volume.area is not None:
        return volume.area
    from shapely import Point

    return Point(volume.x_m, volume.y_m).buffer(volume.radius_m, quad_segs=64)


def _alert_positions(run: Run) -> tuple[Floats, Floats]:
    latitude = [alert.latitude_deg for alert in run.alerts]
    longitude = [alert.longitude_deg for alert in run.alerts]
    return run.site.plane.to_plane(latitude, longitude)


def _draw_terrain(axes: Axes, run: Run) -> Normalize | None:
    terrain = run.site.terrain
    if terrain is None:
        return None
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    rows, columns = terrain.elevation_ft.shape
    first_column = int(np.clip((x0 - terrain.x0_m) // terrain.cell_m - 1, 0, columns - 1))
    last_column = int(np.clip((x1 - terrain.x0_m) // terrain.cell_m + 2, first_column + 1, columns))
    first_row = int(np.clip((y0 - terrain.y0_m) // terrain.cell_m - 1, 0, rows - 1))
    last_row = int(np.clip((y1 - terrain.y0_m) // terrain.cell_m + 2, first_row + 1, rows))
    elevation_ft = terrain.elevation_ft[first_row:last_row, first_column:last_column]
    known = np.isfinite(elevation_ft)
    if not known.any():
        return None
    lowest, highest = float(elevation_ft[known].min()), float(elevation_ft[known].max())
    scale = Normalize(lowest, max(highest, lowest + 1000.0))
    filled_m = ft_to_m(np.where(known, elevation_ft, lowest))
    shade = LightSource(azdeg=315, altdeg=45).hillshade(
        filled_m, vert_exag=_exaggeration(filled_m, terrain.cell_m), dx=terrain.cell_m, dy=-terrain.cell_m
    )
    tint = _TINT(scale(np.where(known, elevation_ft, lowest)))[..., :3]
    lit = np.clip(tint * (0.62 + 0.52 * shade[..., np.newaxis]), 0.0, 1.0)
    image = np.dstack([lit, known.astype(np.float64)])
    left, bottom = terrain.x0_m + first_column * terrain.cell_m, terrain.y0_m + first_row * terrain.cell_m
    axes.imshow(
        image,
        origin="lower",
        extent=(left, left + image.shape[1] * terrain.cell_m, bottom, bottom + image.shape[0] * terrain.cell_m),
        interpolation="bilinear",
        zorder=0,
        aspect="equal",
    )
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    return scale


def _exaggeration(elevation_m: Floats, cell_m: float) -> float:
    """How much steeper the light takes the terrain to be, so that plains show their shape and the Alps do not go black."""
    row_slope, column_slope = np.gradient(elevation_m, cell_m)
    typical = float(np.percentile(np.hypot(row_slope, column_slope), 90))
    return float(np.clip(0.5 / max(typical, 1e-6), 1.0, 30.0))


def _illustrative_dashes(illustrative: bool) -> Any:
    return (0, (5, 3)) if illustrative else "solid"


def _draw_minimum_altitudes(axes: Axes, run: Run) -> list[Bbox]:
    """Outlines with their values, the largest areas first; returns the boxes of the values."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    frame = box(x0, y0, x1, y1)
    boxes: list[Bbox] = []
    for polygon in sorted(run.site.minimum_altitudes, key=lambda each: -each.area.area):
        seen = polygon.area.intersection(frame)
        if seen.is_empty:
            continue
        axes.add_patch(
            patch_from_polygon(
                polygon.area,
                facecolor="none",
                edgecolor=style.MINIMUM_ALTITUDE,
                linewidth=1.1,
                linestyle=_illustrative_dashes(polygon.illustrative),
                alpha=0.85,
                zorder=2,
            )
        )
        parts = [part for part in getattr(seen, "geoms", [seen]) if isinstance(part, Polygon)]
        largest = max(parts, key=lambda part: part.area, default=None)
        if largest is None or largest.area < 0.002 * frame.area:
            continue
        at = largest.representative_point()
        text = axes.text(
            at.x,
            at.y,
            f"{number(polygon.minimum_ft)} ft",
            color=style.MINIMUM_ALTITUDE,
            fontsize=10,
            fontweight="bold",
            ha="center",
            va="center",
            zorder=3,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "#ffffffb0", "edgecolor": "none"},
        )
        covered = text_box(text)
        if any(covered.overlaps(other) for other in boxes):
            text.remove()
        else:
            boxes.append(covered)
    return boxes


def _draw_inhibit_volumes(axes: Axes, run: Run) -> None:
    for volume in run.site.inhibit_volumes:
        axes.add_patch(
            patch_from_polygon(
                volume.area,
                facecolor="none",
                edgecolor=style.INHIBIT,
                linewidth=0.7,
                linestyle=(0, (1, 2)),
                hatch="///",
                alpha=0.45,
                zorder=2,
            )
        )


def _draw_obstacles(axes: Axes, run: Run) -> None:
    if run.site.obstacles:
        axes.plot(
            [obstacle.x_m for obstacle in run.site.obstacles],
            [obstacle.y_m for obstacle in run.site.obstacles],
            linestyle="none",
            marker="$\\wedge$",
            color=style.TERRAIN_EDGE,
            markersize=7,
            zorder=3,
        )


def _draw_range_rings(axes: Axes) -> list[Bbox]:
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    boxes = []
    for radius_nm in _RINGS_NM:
        radius_m = float(nm_to_m(radius_nm))
        axes.add_patch(
            Circle((0.0, 0.0), radius_m, fill=False, edgecolor=style.SOFT_INK, linewidth=0.6, alpha=0.6, zorder=3)
        )
        at_x, at_y = radius_m * np.sin(np.radians(20.0)), radius_m * np.cos(np.radians(20.0))
        if x0 < at_x < x1 and y0 < at_y < y1:
            text = axes.text(
                at_x,
                at_y,
                f"{radius_nm:.0f} NM",
                color=style.SOFT_INK,
                fontsize=8,
                ha="center",
                va="center",
                zorder=3,
                clip_on=True,
                bbox={"boxstyle": "round,pad=0.1", "facecolor": "#ffffffa0", "edgecolor": "none"},
            )
            boxes.append(text_box(text))
    axes.plot(0.0, 0.0, marker="+", color=style.SOFT_INK, markersize=7, zorder=3)
    return boxes


def _lines_of(run: Run, track: int, first_s: float = -np.inf, last_s: float = np.inf) -> list[Floats]:
    """The flown line of a track between two times as pieces (n, 2) that hold no gap and no unknown position."""
    rows = run.tracks.rows_of(track)
    time_s = run.tracks.time_s[rows]
    points = np.column_stack([run.tracks.x_m[rows], run.tracks.y_m[rows]])
    wanted = np.isfinite(points).all(axis=1) & (time_s >= first_s) & (time_s <= last_s)
    time_s, points = time_s[wanted], points[wanted]
    breaks = np.nonzero(np.diff(time_s) > _BREAK_S)[0] + 1
    return [piece for piece in np.split(points, breaks) if len(piece) > 1]


def _draw_tracks(axes: Axes, run: Run) -> None:
    alerted = {alert.track: alert for alert in reversed(run.alerts)}
    quiet = [line for track in range(run.tracks.track_count) if track not in alerted for line in _lines_of(run, track)]
    axes.add_collection(
        LineCollection(quiet, colors=style.TRAFFIC, linewidths=0.6, alpha=0.35, zorder=4, rasterized=True),
        autolim=False,
    )
    for track, alert in sorted(alerted.items()):
        axes.add_collection(
            LineCollection(
                _lines_of(run, track), colors=style.NET_COLOURS[alert.net], linewidths=1.3, alpha=0.9, zorder=6
            ),
            autolim=False,
        )
    for alert in run.alerts:
        last_s = alert.end_time_s if np.isfinite(alert.end_time_s) else np.inf
        axes.add_collection(
            LineCollection(
                _lines_of(run, alert.track, alert.start_time_s, last_s),
                colors=style.NET_COLOURS[alert.net],
                linewidths=3.6,
                alpha=0.9 if alert.shown else 0.4,
                zorder=6.5,
            ),
            autolim=False,
        )


def _draw_approach(axes: Axes, approach: Approach) -> Label:
    near_nm, far_nm = approach.end_distance_nm, approach.start_distance_nm
    tan = np.tan(np.radians(approach.splay_deg))
    near_m = approach.half_width_m + float(nm_to_m(near_nm)) * tan
    far_m = approach.half_width_m + float(nm_to_m(far_nm)) * tan
    funnel = Polygon(
        [
            _on_centreline(approach, near_nm, -near_m),
            _on_centreline(approach, far_nm, -far_m),
            _on_centreline(approach, far_nm, far_m),
            _on_centreline(approach, near_nm, near_m),
        ]
    )
    axes.add_patch(
        patch_from_polygon(
            funnel,
            facecolor="#00695c22",
            edgecolor=style.NOMINAL_PATH,
            linewidth=1.0,
            linestyle=_illustrative_dashes(approach.illustrative),
            zorder=5,
        )
    )
    far, threshold = _on_centreline(approach, far_nm), (approach.x_m, approach.y_m)
    axes.plot(*zip(far, threshold, strict=True), color=style.NOMINAL_PATH, linewidth=0.8, linestyle=(0, (8, 3, 1, 3)), zorder=5)
    inward = _on_centreline(approach, -0.9)
    axes.plot(*zip(threshold, inward, strict=True), color=style.INK, linewidth=3.0, solid_capstyle="butt", zorder=5.5)
    return Label(
        f"{approach.airport} {approach.runway}",
        *far,
        {
            "color": style.NOMINAL_PATH,
            "fontsize": 9,
            "fontweight": "bold",
            "zorder": 9,
            "bbox": {"boxstyle": "round,pad=0.2", "facecolor": "#ffffffd0", "edgecolor": "none"},
        },
    )


def _draw_volume(axes: Axes, volume: Volume) -> Label:
    shape = volume_shape(volume)
    axes.add_patch(
        patch_from_polygon(
            shape,
            facecolor="#8a2d731c",
            edgecolor=style.VOLUME,
            linewidth=1.5,
            linestyle=_illustrative_dashes(volume.illustrative),
            zorder=5,
        )
    )
    at = shape.representative_point()
    return Label(
        f"{volume.name}\n{limit(volume.floor)} – {limit(volume.ceiling)}",
        at.x,
        at.y,
        {
            "color": style.VOLUME,
            "fontsize": 8.5,
            "zorder": 9,
            "bbox": {"boxstyle": "round,pad=0.2", "facecolor": "#ffffffd0", "edgecolor": "none"},
        },
    )


def _draw_alerts(axes: Axes, run: Run) -> tuple[list[Label], list[Bbox]]:
    """Marks where the alerts started; returns their labels, shown alerts first, and the boxes of the marks."""
    x, y = _alert_positions(run)
    labels, boxes = [], []
    for index in sorted(range(len(run.alerts)), key=lambda each: (not run.alerts[each].shown, each)):
        alert = run.alerts[index]
        if not np.isfinite(x[index]):
            continue
        colour = style.NET_COLOURS[alert.net]
        axes.plot(
            x[index],
            y[index],
            marker=style.NET_MARKERS[alert.net],
            markersize=10,
            markerfacecolor=colour if alert.shown else style.PAPER,
            markeredgecolor=style.PAPER if alert.shown else colour,
            markeredgewidth=1.2,
            linestyle="none",
            zorder=8,
        )
        px, py = axes.transData.transform((x[index], y[index]))
        boxes.append(Bbox.from_extents(px - 7, py - 7, px + 7, py + 7))
        labels.append(
            Label(
                f"{alert.callsign or f'track {alert.track}'}  {alert.net}" + ("" if alert.shown else " (not shown)"),
                float(x[index]),
                float(y[index]),
                {
                    "color": colour,
                    "fontsize": 9,
                    "fontweight": "bold" if alert.shown else "normal",
                    "zorder": 10,
                    "bbox": {"boxstyle": "round,pad=0.25", "facecolor": "#ffffffe6", "edgecolor": colour, "linewidth": 0.8},
                    "arrowprops": {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 5},
                },
            )
        )
    return labels, boxes


def _draw_scale_and_north(axes: Axes) -> list[Bbox]:
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    width, height = x1 - x0, y1 - y0
    length_nm = max(nm for nm in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0) if nm_to_m(nm) <= max(0.22 * width, nm_to_m(1.0)))
    length_m = float(nm_to_m(length_nm))
    left, base = x0 + 0.025 * width, y0 + 0.03 * height
    back = Patch(facecolor="#ffffffd8", edgecolor="none")
    del back
    backing = axes.fill(
        [left - 0.012 * width, left + length_m + 0.075 * width, left + length_m + 0.075 * width, left - 0.012 * width],
        [y0 + 0.01 * height, y0 + 0.01 * height, y0 + 0.075 * height, y0 + 0.075 * height],
        color="#ffffff",
        alpha=0.85,
        zorder=8.5,
        linewidth=0,
    )[0]
    for part in range(4):
        start = left + part * length_m / 4
        axes.fill(
            [start, start + length_m / 4, start + length_m / 4, start],
            [base, base, base + 0.006 * height, base + 0.006 * height],
            facecolor=style.INK if part % 2 == 0 else style.PAPER,
            edgecolor=style.INK,
            linewidth=0.7,
            zorder=9,
        )
    for share in (0.0, 1.0):
        axes.text(left + share * length_m, base + 0.012 * height, f"{share * length_nm:.0f}" + (" NM" if share else ""), fontsize=8, ha="center", zorder=9)
    north_x = left + length_m + 0.052 * width
    axes.annotate(
        "N",
        (north_x, y0 + 0.068 * height),
        xytext=(north_x, y0 + 0.014 * height),
        ha="center",
        fontsize=9,
        fontweight="bold",
        zorder=9,
        arrowprops={"arrowstyle": "-|>", "color": style.INK, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
    )
    return [backing.get_window_extent()]


def _write_graticule(axes: Axes, run: Run) -> None:
    """Latitude and longitude along the edges, where the graticule crosses them."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    x, y = np.linspace(x0, x1, 200), np.linspace(y0, y1, 200)
    longitude = run.site.plane.to_geographic(x, np.full(200, y0))[1]
    latitude = run.site.plane.to_geographic(np.full(200, x0), y)[0]
    for degrees, metres, along, letters in ((longitude, x, axes.xaxis, "EW"), (latitude, y, axes.yaxis, "NS")):
        reach = degrees[-1] - degrees[0]
        step = next(step for step in (1 / 12, 1 / 6, 0.25, 0.5, 1.0, 2.0, 5.0) if reach / step <= 6)
        values = np.arange(np.ceil(degrees[0] / step), np.floor(degrees[-1] / step) + 1) * step
        along.set_ticks(np.interp(values, degrees, metres), [_degrees(value, letters) for value in values])


def _degrees(value: float, letters: str) -> str:
    minutes = round(abs(value) * 60)
    return f"{minutes // 60}°{minutes % 60:02d}′{letters[0] if value >= 0 else letters[1]}"


def _draw_panel(figure: Figure, run: Run, relief: Normalize | None) -> None:
    panel = figure.add_axes((_PANEL_LEFT, _MAP_PLACE[1], 0.985 - _PANEL_LEFT, _MAP_PLACE[3]))
    panel.set_axis_off()
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1)
    legend = panel.legend(
        handles=_legend_handles(run),
        loc="upper left",
        bbox_to_anchor=(-0.02, 1.01),
        borderaxespad=0.0,
        handlelength=2.4,
        labelspacing=0.55,
        alignment="left",
    )
    top = panel.transData.inverted().transform((0, text_box(legend, 0.0).y0))[1]
    if relief is not None:
        top = _draw_elevation_scale(figure, run, relief, top)
    _list_alerts(panel, run, top - 0.02)
    panel.text(0.0, 0.0, "\n".join(_notes(run)), fontsize=8, color=style.SOFT_INK, va="bottom", linespacing=1.35)


def _legend_handles(run: Run) -> list[Any]:
    handles: list[Any] = []
    for net in ("MSAW", "APM", "APW"):
        if any(alert.net == net for alert in run.alerts):
            handles.append(
                Line2D([], [], color=style.NET_COLOURS[net], marker=style.NET_MARKERS[net], markersize=9, linewidth=3, markeredgecolor=style.PAPER, label=f"{net} alert, and its flight")
            )
    if any(not alert.shown for alert in run.alerts):
        handles.append(
            Line2D([], [], linestyle="none", marker="o", markersize=8, markerfacecolor=style.PAPER, markeredgecolor=style.SOFT_INK, label="hollow: recorded, not shown")
        )
    handles.append(Line2D([], [], color=style.TRAFFIC, linewidth=1.0, alpha=0.6, label="other tracks"))
    if run.site.approaches:
        handles.append(Patch(facecolor="#00695c22", edgecolor=style.NOMINAL_PATH, label="approach funnel, monitored part"))
    if run.site.minimum_altitudes:
        handles.append(Patch(facecolor="none", edgecolor=style.MINIMUM_ALTITUDE, label="minimum altitude"))
    if run.site.volumes:
        handles.append(Patch(facecolor="#8a2d731c", edgecolor=style.VOLUME, linewidth=1.5, label="airspace volume"))
    if run.site.inhibit_volumes:
        handles.append(
            Patch(facecolor="none", edgecolor=style.INHIBIT, hatch="///", alpha=0.6, linestyle=(0, (1, 2)), label="inhibit volume")
        )
    if run.site.obstacles:
        handles.append(Line2D([], [], linestyle="none", marker="$\\wedge$", color=style.TERRAIN_EDGE, markersize=7, label="obstacle"))
    if _anything_illustrative(run):
        handles.append(Line2D([], [], color=style.SOFT_INK, linestyle=(0, (5, 3)), linewidth=1.2, label="dashed: illustrative, drawn by us"))
    return handles


def _anything_illustrative(run: Run) -> bool:
    site = run.site
    return any(
        part.illustrative for part in (*site.minimum_altitudes, *site.approaches, *site.volumes, *site.inhibit_volumes)
    )


def _draw_elevation_scale(figure: Figure, run: Run, relief: Normalize, top: float) -> float:
    height = _MAP_PLACE[3]
    bar = figure.add_axes((_PANEL_LEFT + 0.002, _MAP_PLACE[1] + (top - 0.05) * height, 0.19, 0.014))
    bar.imshow(np.linspace(0, 1, 256)[np.newaxis, :], cmap=_TINT, aspect="auto", extent=(relief.vmin, relief.vmax, 0, 1))
    bar.set_yticks([])
    bar.xaxis.set_major_locator(_few_ticks())
    bar.tick_params(labelsize=8, length=2)
    bar.set_title("terrain elevation, ft above mean sea level", fontsize=8.5, fontweight="normal", pad=3)
    for spine in bar.spines.values():
        spine.set_visible(True)
        spine.set_linewidth(0.5)
    return top - 0.095


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5, steps=[1, 2, 5, 10])


def _list_alerts(panel: Axes, run: Run, top: float) -> None:
    shown = sum(alert.shown for alert in run.alerts)
    panel.text(0.0, top, f"{len(run.alerts)} alerts, {shown} shown" if run.alerts else "No alert", fontweight="bold", va="top")
    for line, alert in enumerate(run.alerts[:_LISTED_ALERTS]):
        y = top - 0.034 - 0.026 * line
        name = alert.callsign or f"track {alert.track}"
        panel.text(0.0, y, clock(alert.start_time_s), fontsize=8.5, va="top")
        panel.text(0.25, y, name, fontsize=8.5, fontweight="bold", va="top", color=style.NET_COLOURS[alert.net])
        panel.text(0.54, y, f"{alert.net} {alert.kind}" + ("" if alert.shown else ", not shown"), fontsize=8.5, va="top")
    if len(run.alerts) > _LISTED_ALERTS:
        y = top - 0.034 - 0.026 * _LISTED_ALERTS
        panel.text(0.0, y, f"and {len(run.alerts) - _LISTED_ALERTS} more in the table", fontsize=8.5, va="top")


def _notes(run: Run) -> list[str]:
    centre = run.site.plane
    notes = [f"Rings around {centre.latitude_deg:.3f}° N {centre.longitude_deg:.3f}° E; north is true there."]
    if run.site.terrain is not None and run.site.terrain.cell_m >= 600.0:
        notes.append(f"Terrain is coarse: cells of {number(run.site.terrain.cell_m)} m.")
    return [*notes, f"{style.NOT_FOR_USE}."]


__all__ = ["draw_map", "map_figure", "map_frame", "qnh_words"]
_ = m_to_ft
