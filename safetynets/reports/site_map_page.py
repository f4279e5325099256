"""The interactive page of a site: its shapes over the terrain, to zoom and point at, without a network."""

from __future__ import annotations

import html
import re
from typing import Any

import shapely
from bokeh.embed import file_html
from bokeh.models import ColumnDataSource, HoverTool, Range1d
from bokeh.plotting import figure
from bokeh.resources import INLINE

from safetynets.reports.environment import environment
from safetynets.reports.formats import limit, number
from safetynets.reports.replay import colours
from safetynets.reports.replay.land import land_picture
from safetynets.reports.replay.site_layer import draw_land, draw_site
from safetynets.reports.site_chart import chart_frame
from safetynets.reports.site_shapes import drawn_volumes, volume_shape
from safetynets.sites import Site

_UNIQUE = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_MODEL = re.compile(r'"id":"(p\d+)"')
_QUOTED = re.compile(r'"(p\d+)"')
WIDTH_OVER_HEIGHT = 1.6


def site_map_page(site: Site) -> str:
    """One HTML file with the map of a site: drag, zoom, and point at an area for its name, values and source."""
    frame = chart_frame(site, WIDTH_OVER_HEIGHT)
    chart = figure(
        x_range=Range1d(frame.x0, frame.x1),
        y_range=Range1d(frame.y0, frame.y1),
        match_aspect=True,
        sizing_mode="stretch_both",
        tools="pan,wheel_zoom,reset,save",
        active_scroll="wheel_zoom",
        background_fill_color=colours.BACKGROUND,
    )
    chart.axis.visible = False
    chart.grid.visible = False
    draw_land(chart, land_picture(site.terrain, _bounds(site, (frame.x0, frame.y0, frame.x1, frame.y1))))
    draw_site(chart, site)
    _draw_hints(chart, site)
    template = environment().get_template("site_map.html.j2")
    return _with_plain_identities(str(file_html(chart, INLINE, title=site.title, template=template)))


def _bounds(site: Site, shown: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The whole of the terrain, or what is shown where there is none."""
    if site.terrain is None:
        return shown
    low_m = site.terrain.x0_m
    return low_m, low_m, -low_m, -low_m


def _draw_hints(chart: figure, site: Site) -> None:
    """What appears at the pointer: areas that are not seen, each with its words."""
    hints = [(area.area, area.name, f"{number(area.minimum_ft)} ft", area.source) for area in site.minimum_altitudes]
    for one in drawn_volumes(site):
        hints.append((volume_shape(one), one.name, f"{limit(one.floor)} – {limit(one.ceiling)}", one.source))
    for volume in site.inhibit_volumes:
        silent = f"{', '.join(volume.nets)} silent up to {limit(volume.ceiling)}: {volume.reason}"
        hints.append((volume.area, volume.name, silent, volume.source))
    columns: dict[str, Any] = {"xs": [], "ys": [], "name": [], "words": [], "source": []}
    for shape, name, words, source in hints:
        for part in shapely.get_parts(shape):
            x_m, y_m = shapely.get_coordinates(part.exterior).T
            columns["xs"].append(x_m.tolist())
            columns["ys"].append(y_m.tolist())
            for key, text in (("name", name), ("words", words), ("source", source)):
                columns[key].append(html.escape(text))
    areas = chart.patches("xs", "ys", source=ColumnDataSource(columns), fill_alpha=0.0, line_alpha=0.0)
    tip = '<div style="max-width:340px"><b>@name{safe}</b><br>@words{safe}<br><small>@source{safe}</small></div>'
    chart.add_tools(HoverTool(renderers=[areas], tooltips=tip))


def _with_plain_identities(page: str) -> str:
    """The page with Bokeh's random identities numbered, so that the same site gives the same bytes."""
    numbers: dict[str, str] = {}
    page = _UNIQUE.sub(lambda found: numbers.setdefault(found[0], f"site-{len(numbers) + 1}"), page)
    models = dict.fromkeys(_MODEL.findall(page))
    plain = {identity: f"model-{number}" for number, identity in enumerate(models, start=1)}
    return _QUOTED.sub(lambda found: f'"{plain.get(found[1], found[1])}"', page)
