"""The three charts of the replay as Bokeh figures; `replay.js` moves what is on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import (
    BasicTickFormatter,
    ColumnDataSource,
    DatetimeTickFormatter,
    PanTool,
    Range1d,
    Text,
    WheelZoomTool,
)
from bokeh.models.annotations import Legend, LegendItem
from bokeh.plotting import figure
from matplotlib.transforms import Bbox

from safetynets.engine.alerts import Alert
from safetynets.engine.net import nets_of
from safetynets.reports.profile_flight import name_of
from safetynets.reports.replay import colours
from safetynets.reports.replay.land import Land
from safetynets.reports.replay.site_layer import draw_land, draw_site
from safetynets.sites.geometry import Site

Chart = figure


def lanes(site: Site) -> tuple[str, ...]:
    """The nets of a site from the lowest lane of the timeline to the highest."""
    return tuple(reversed([net.name for net in nets_of(site)]))


_DEEP_FT = -20_000.0
"""Where the filled terrain begins, and where `profile.js` puts it when it is not known."""


def map_chart(site: Site, land: Land | None, frame: Bbox) -> Chart:
    """The map: the site, and empty sources for the traffic, all in metres on the site's plane."""
    chart = _chart("map", _range(frame.x0, frame.x1), _range(frame.y0, frame.y1))
    chart.axis.visible = False
    chart.grid.visible = False
    chart.min_border = 0
    draw_land(chart, land)
    draw_site(chart, site)
    _draw_traffic(chart)
    return chart


def _draw_traffic(chart: Chart) -> None:
    _add_texts(chart, "names", back_alpha=0.5)
    path = _source("path", "x", "y")
    chart.line(x="x", y="y", source=path, line_color=colours.SELECTED, line_alpha=0.45, line_width=1.2)
    history = _source("history", "x", "y", "alpha", "colour")
    dots: dict[str, Any] = {"fill_alpha": "alpha", "fill_color": "colour", "line_color": None}
    chart.scatter(x="x", y="y", source=history, size=4, name="layer-history", **dots)
    vectors = _source("vectors", "x0", "y0", "x1", "y1", "colour")
    ends: dict[str, Any] = {"x0": "x0", "y0": "y0", "x1": "x1", "y1": "y1"}
    chart.segment(**ends, source=vectors, line_color="colour", line_width=1.2, name="layer-vectors")
    leaders = _source("leaders", "x0", "y0", "x1", "y1")
    chart.segment(**ends, source=leaders, line_color=colours.SOFT_INK, line_alpha=0.6, name="layer-labels")
    rings = _source("rings", "x", "y", "colour", "size", "width")
    around: dict[str, Any] = {"line_color": "colour", "line_width": "width", "fill_color": None}
    chart.scatter(x="x", y="y", source=rings, marker="circle", size="size", **around)
    aircraft = _source("aircraft", "x", "y", "colour", "size", "name")
    chart.scatter(
        x="x", y="y", source=aircraft, marker="square", size="size", fill_color="colour", line_color="#000000"
    )
    _add_texts(chart, "labels", back_alpha=0.6)
    written: dict[str, Any] = {"text_baseline": "bottom", "text_font_style": "bold", "text_color": "#000000"}
    _add_texts(chart, "warnings", background_fill_color="colour", **written)
    measured = _source("measured", "x0", "y0", "x1", "y1")
    chart.segment(**ends, source=measured, line_color=colours.MEASURED, line_width=1.6, line_dash=[8, 3])
    _add_texts(chart, "measured-words", text_font_style="bold")


def _add_texts(chart: Chart, name: str, back_alpha: float = 1.0, **style: Any) -> None:
    """Texts whose upper left corner (or lower, as the style says) is given in metres."""
    plain: dict[str, Any] = {
        "text_baseline": "top",
        "text_color": "colour",
        "text_font": value(colours.FONT),
        "text_font_size": "12px",
        "text_line_height": 1.15,
        "background_fill_color": colours.BACKGROUND,
        "background_fill_alpha": back_alpha,
        "padding": 2,
    }
    texts = Text(x="x", y="y", text="text", **{**plain, **style})
    chart.add_glyph(_source(name, "x", "y", "text", "colour"), texts, name=f"layer-{name}")


def profile_chart() -> Chart:
    """The vertical profile: altitude (ft on the QNH) over the distance flown (NM), filled when a flight is chosen."""
    chart = _chart("profile", _range(-6.0, 6.0), _range(0.0, 5000.0))
    chart.xaxis.axis_label = "NM flown"
    chart.yaxis.axis_label = "ft on the QNH"
    chart.yaxis.formatter = BasicTickFormatter(use_scientific=False)
    lines = _source(
        "profile-lines", "flown_nm", "altitude_ft", "terrain_ft", "floor_ft", "below_ft", "path_ft", "above_ft"
    )
    ground: dict[str, Any] = {"fill_color": colours.TERRAIN, "fill_alpha": 0.8}
    drawn: dict[str, Any] = {"terrain": chart.varea(x="flown_nm", y1=_DEEP_FT, y2="terrain_ft", source=lines, **ground)}
    for words, column, colour, dash, width in (
        ("floor of the MSAW", "floor_ft", colours.MINIMUM_ALTITUDE, "solid", 1.8),
        ("path", "path_ft", colours.APPROACH, "solid", 1.4),
        ("limits", "below_ft", colours.APPROACH, "dashed", 1.6),
        ("limits", "above_ft", colours.APPROACH, "dashed", 1.6),
        ("flight", "altitude_ft", colours.TRAFFIC, "solid", 1.8),
    ):
        style: dict[str, Any] = {"line_color": colour, "line_dash": dash, "line_width": width}
        drawn[words] = chart.line(x="flown_nm", y=column, source=lines, **style)
    chart.add_layout(_legend(drawn), "above")
    under = _source("under_alert", "flown_nm", "altitude_ft", "colour")
    chart.scatter(x="flown_nm", y="altitude_ft", source=under, size=6, fill_color="colour", line_color=None)
    ahead = _source("profile_vector", "x0", "y0", "x1", "y1")
    chart.segment(x0="x0", y0="y0", x1="x1", y1="y1", source=ahead, line_color=colours.SELECTED, line_width=2)
    now = _source("profile_now", "flown_nm", "altitude_ft")
    chart.scatter(
        x="flown_nm", y="altitude_ft", source=now, marker="square", size=9, color=colours.SELECTED, line_color=None
    )
    return chart


def _legend(drawn: Mapping[str, Any]) -> Legend:
    """The words for what is drawn, in one row."""
    without_padding: dict[str, Any] = {"padding": 0}
    return Legend(
        items=[LegendItem(label=words, renderers=[renderer]) for words, renderer in drawn.items()],
        orientation="horizontal",
        background_fill_color=None,
        border_line_color=None,
        label_text_color=colours.SOFT_INK,
        label_text_font=colours.FONT,
        label_text_font_size="11px",
        label_standoff=4,
        label_height=12,
        glyph_height=12,
        glyph_width=16,
        spacing=10,
        margin=2,
        **without_padding,
    )


def timeline_chart(alerts: Sequence[Alert], nets: Sequence[str], first_s: float, last_s: float) -> Chart:
    """The alerts over time (UTC), one lane a net, the first lowest; hollow where the controller was not shown it."""
    margin_s = 0.01 * max(last_s - first_s, 60.0)
    chart = _chart(
        "timeline", _range(1000.0 * (first_s - margin_s), 1000.0 * (last_s + margin_s)), _range(-0.5, len(nets) - 0.5)
    )
    chart.yaxis.ticker = list(range(len(nets)))
    chart.yaxis.major_label_overrides = dict(enumerate(nets))
    chart.ygrid.visible = False
    clock: dict[str, Any] = dict.fromkeys(("seconds", "minsec", "minutes"), "%H:%M:%S")
    chart.xaxis.formatter = DatetimeTickFormatter(hourmin="%H:%M", hours="%H:%M", **clock)
    ends_s = [alert.end_time_s if np.isfinite(alert.end_time_s) else last_s for alert in alerts]
    source = ColumnDataSource(
        {
            "left": [1000.0 * alert.start_time_s for alert in alerts],
            "right": [1000.0 * end_s for end_s in ends_s],
            "lane": [nets.index(alert.net) for alert in alerts],
            "colour": [colours.NET_COLOURS[alert.net] for alert in alerts],
            "fill": [0.85 if alert.shown else 0.0 for alert in alerts],
            "marker": [colours.NET_MARKERS[alert.net] for alert in alerts],
            "name": [name_of(alert) for alert in alerts],
        },
        name="alerts",
    )
    style: dict[str, Any] = {"line_color": "colour", "fill_color": "colour", "fill_alpha": "fill"}
    chart.hbar(y="lane", left="left", right="right", height=0.5, source=source, **style)
    chart.scatter(x="left", y="lane", marker="marker", size=11, source=source, **style)
    chosen = _source("chosen_alert", "x", "lane")
    chart.scatter(x="x", y="lane", source=chosen, size=20, fill_color=None, line_color=colours.SELECTED, line_width=2)
    chart.vspan(x="x", source=_source("now", "x"), line_color=colours.SELECTED, line_width=2)
    return chart


def _chart(name: str, x_range: Range1d, y_range: Range1d) -> Chart:
    zoom = WheelZoomTool() if name == "map" else WheelZoomTool(modifiers={"ctrl": True})
    chart = figure(
        name=name,
        x_axis_type="datetime" if name == "timeline" else "linear",
        x_range=x_range,
        y_range=y_range,
        sizing_mode="stretch_both",
        toolbar_location=None,
        tools=[PanTool(), zoom] if name != "timeline" else [],
        background_fill_color=colours.BACKGROUND,
        border_fill_color=colours.BACKGROUND,
        outline_line_color=None,
        min_border=6,
    )
    chart.toolbar.active_scroll = zoom if name != "timeline" else None
    chart.axis.axis_line_color = colours.RINGS
    chart.axis.major_tick_line_color = colours.RINGS
    chart.axis.minor_tick_line_color = None
    chart.axis.major_label_text_color = colours.SOFT_INK
    chart.axis.major_label_text_font = colours.FONT
    chart.axis.major_label_text_font_size = "12px"
    chart.axis.axis_label_text_color = colours.SOFT_INK
    chart.axis.axis_label_text_font = colours.FONT
    chart.axis.axis_label_text_font_style = "normal"
    chart.axis.axis_label_text_font_size = "12px"
    chart.grid.grid_line_color = "#22303a"
    return chart


def _range(start: float, end: float) -> Range1d:
    return Range1d(start=start, end=end)


def _source(name: str, *columns: str) -> ColumnDataSource:
    return ColumnDataSource({column: [] for column in columns}, name=name)
