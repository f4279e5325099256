"""The two charts of the dashboard as Bokeh figures: the map of the alerts, and where the setting stands."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, NumeralTickFormatter, PanTool, Range1d, ResetTool, WheelZoomTool
from bokeh.plotting import figure

from safetynets.dashboard.traffic import Day
from safetynets.dashboard.tuning import Verdict
from safetynets.reports.replay import colours
from safetynets.reports.replay.land import land_picture
from safetynets.reports.replay.site_layer import draw_land, draw_site
from safetynets.reports.site_shapes import drawn_volumes, volume_shape
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Site
from safetynets.units import nm_to_m

MOST_PATHS = 400
"""Most flights that are drawn under the alerts; the nets judge them all."""
POINTS_OF_A_PATH = 60
LEAST_WIDTH_NM = 30.0
PAPER, SOFT = "#ffffff", "#4d4d4d"
START, NOW = "#4d4d4d", "#0b5c9e"


def map_chart(day: Day, alerts: ColumnDataSource, chosen: ColumnDataSource) -> figure:
    """The site with some of the traffic and the alerts; those that are lost are hollow, those gained are larger.

    Besides these, named `both`, the alerts of the start alone and those of now alone, `before` and `after`, which the
    page shows instead.
    """
    west, south, east, north = _frame_m(day.site)
    chart = figure(
        x_range=Range1d(start=west, end=east),
        y_range=Range1d(start=south, end=north),
        match_aspect=True,
        sizing_mode="stretch_both",
        tools=[PanTool(), WheelZoomTool(), ResetTool()],
        toolbar_location="right",
        background_fill_color=colours.BACKGROUND,
        border_fill_color=colours.BACKGROUND,
        outline_line_color=None,
        min_border=0,
        name="map",
    )
    chart.toolbar.logo = None
    chart.axis.visible = False
    chart.grid.visible = False
    draw_land(chart, land_picture(day.site.terrain, (west, south, east, north)))
    draw_site(chart, day.site)
    _draw_paths(chart, day)
    look: dict[str, Any] = {"marker": "marker", "line_color": "colour", "fill_color": "colour", "line_width": 1.5}
    chart.scatter("x_m", "y_m", size="size", fill_alpha="fill", source=alerts, name="both", **look)
    for name in ("before", "after"):
        at = f"{name}_x_m", f"{name}_y_m"
        chart.scatter(*at, size=8, fill_alpha=0.85, source=alerts, name=name, visible=False, **look)
    chart.scatter("x", "y", size=24, fill_color=None, line_color=colours.SELECTED, line_width=2.5, source=chosen)
    return chart


def _frame_m(site: Site) -> tuple[float, float, float, float]:
    """What holds every approach, volume and minimum-altitude polygon, or 30 NM where there is none."""
    corners = [
        on_approach(each, distance_nm, 0.0) for each in site.approaches for distance_nm in (0.0, each.start_distance_nm)
    ]
    shapes = [volume_shape(volume) for volume in drawn_volumes(site)] + [each.area for each in site.minimum_altitudes]
    for area in shapes:
        west, south, east, north = area.bounds
        corners += [(west, south), (east, north)]
    half_m = nm_to_m(LEAST_WIDTH_NM) / 2.0
    points = np.array([*corners, *((-half_m, -half_m), (half_m, half_m))][: len(corners) or 2])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    margin_m = 0.06 * max(east - west, north - south)
    return float(west - margin_m), float(south - margin_m), float(east + margin_m), float(north + margin_m)


def _draw_paths(chart: figure, day: Day) -> None:
    tracks = day.tracks
    every = max(1, tracks.track_count // MOST_PATHS)
    xs: list[list[float]] = []
    ys: list[list[float]] = []
    for track in range(0, tracks.track_count, every):
        rows = tracks.rows_of(track)
        step = max(1, (rows.stop - rows.start) // POINTS_OF_A_PATH)
        x_m, y_m = tracks.x_m[rows][::step], tracks.y_m[rows][::step]
        known = np.isfinite(x_m) & np.isfinite(y_m)
        xs.append(np.round(x_m[known]).tolist())
        ys.append(np.round(y_m[known]).tolist())
    chart.multi_line(xs, ys, line_color=colours.TRAFFIC, line_alpha=0.16, line_width=0.8)


def standing_chart(positions: ColumnDataSource) -> figure:
    """Missed share against nuisance share: the start, now, and every setting tried in between, with intervals."""
    chart = figure(
        x_range=Range1d(start=-0.02, end=1.02),
        y_range=Range1d(start=-0.02, end=1.02),
        sizing_mode="stretch_both",
        tools=[],
        toolbar_location=None,
        outline_line_color=None,
        min_border_right=24,
        name="standing",
    )
    chart.xaxis.axis_label = "nuisance share"
    chart.yaxis.axis_label = "missed share"
    for axis in (*chart.xaxis, *chart.yaxis):
        axis.formatter = NumeralTickFormatter(format="0 %")
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_color = axis.major_label_text_color = SOFT
        axis.minor_tick_line_color = None
    chart.grid.grid_line_color = "#e6e6e6"
    bars: dict[str, Any] = {"line_color": "colour", "line_width": 1.5, "line_alpha": "bars", "source": positions}
    chart.segment("nuisance_low", "missed", "nuisance_high", "missed", **bars)
    chart.segment("nuisance", "missed_low", "nuisance", "missed_high", **bars)
    chart.scatter(
        "nuisance", "missed", marker="marker", size="size", line_color="colour", fill_color="fill", source=positions
    )
    return chart


UNKNOWN = "Nothing in this traffic made an alert necessary: the missed share is not known and drawn at 0."


def positions_of(tried: list[Verdict], start: Verdict, now: Verdict) -> dict[str, Any]:
    """The columns of `standing_chart`: settings tried before as dots, the start as a square, now as a diamond.

    A share that is not known is drawn at 0; the page says so.
    """
    looks = [(one, "circle", 5, "#9a9a9a", "#9a9a9a", 0.0) for one in tried]
    looks += [(start, "square", 11, START, PAPER, 0.6), (now, "diamond", 16, NOW, NOW, 1.0)]
    columns: dict[str, Any] = {
        name: [float(np.nan_to_num(one.row[f"{metric}_share{end}"])) for one, *_ in looks]
        for metric in ("nuisance", "missed")
        for end, name in (("", metric), ("_low", f"{metric}_low"), ("_high", f"{metric}_high"))
    }
    for place, name in enumerate(("marker", "size", "colour", "fill", "bars"), start=1):
        columns[name] = [look[place] for look in looks]
    return columns


def alert_columns(verdict: Verdict) -> dict[str, Any]:
    """The columns of the alerts, for the map and for the table of the page."""
    alerts = verdict.listed
    return {
        "change": [each.change for each in alerts],
        "net": [each.net for each in alerts],
        "group": [each.group for each in alerts],
        "callsign": [each.callsign for each in alerts],
        "start_s": [each.start_s for each in alerts],
        "moved_s": [each.moved_s if each.change == "moved" else 0.0 for each in alerts],
        "to_violation_s": [each.time_to_violation_s for each in alerts],
        "category": [each.category for each in alerts],
        "nuisance": [each.nuisance for each in alerts],
        "replay": [each.replay for each in alerts],
        "x_m": [each.at_m[0] for each in alerts],
        "y_m": [each.at_m[1] for each in alerts],
        "before_x_m": [each.before_m[0] for each in alerts],
        "before_y_m": [each.before_m[1] for each in alerts],
        "after_x_m": [each.after_m[0] for each in alerts],
        "after_y_m": [each.after_m[1] for each in alerts],
        "marker": [colours.NET_MARKERS[each.net] for each in alerts],
        "colour": [colours.NET_COLOURS[each.net] for each in alerts],
        "fill": [0.0 if each.change == "lost" else 0.85 for each in alerts],
        "size": [13 if each.change in ("gained", "lost") else 8 for each in alerts],
    }
