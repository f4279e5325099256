"""What stands still on the moving map: land, minimum altitudes, approaches, volumes, obstacles, range rings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, Image, LinearColorMapper
from bokeh.plotting import figure
from shapely import MultiPolygon, Polygon

from safetynets.reports.approach_lines import funnel
from safetynets.reports.base_map import base_map, is_installed
from safetynets.reports.replay import colours
from safetynets.reports.replay.land import Land, palette
from safetynets.reports.site_shapes import RINGS_NM, RUNWAY_NM, drawn_volumes, volume_shape
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Site
from safetynets.units import nm_to_m

_DASHED = [6, 4]
REACH_NM = 60.0
"""How far from the centre the base map reaches."""

LAYERS = (
    ("layer-land", "Terrain"),
    ("layer-base-map", "Coasts, rivers, towns"),
    ("layer-minimum-altitudes", "Minimum altitudes"),
    ("layer-inhibit-volumes", "Inhibit volumes"),
    ("layer-approaches", "Approaches"),
    ("layer-volumes", "Volumes"),
    ("layer-obstacles", "Obstacles"),
    ("layer-rings", "Range rings"),
    ("layer-names", "Names and values"),
    ("layer-history", "Earlier plots"),
    ("layer-vectors", "One-minute lines"),
    ("layer-labels", "Labels"),
)
"""The layers of the map that the page turns on and off, by the names of what is drawn, with the words for each."""


def draw_land(chart: figure, land: Land | None) -> None:
    """Draw the terrain as shaded by `land_picture`, where there is any."""
    if land is None:
        return
    shades = palette()
    mapper = LinearColorMapper(palette=shades, low=-0.5, high=len(shades) - 0.5)
    source = ColumnDataSource({"image": [land.levels]})
    glyph = Image(image="image", x=land.x_m, y=land.y_m, dw=land.width_m, dh=land.height_m, color_mapper=mapper)
    chart.add_glyph(source, glyph, name="layer-land")


def draw_site(chart: figure, site: Site) -> None:
    """Draw the shapes of a site; what the site calls illustrative is dashed."""
    _draw_base_map(chart, site)
    _draw_minimum_altitudes(chart, site)
    _draw_inhibit_volumes(chart, site)
    _draw_rings(chart)
    _draw_approaches(chart, site)
    _draw_volumes(chart, site)
    _draw_obstacles(chart, site)


def layers() -> list[tuple[str, str]]:
    """The layers that there are: without its data there is no base map."""
    return [layer for layer in LAYERS if layer[0] != "layer-base-map" or is_installed()]


def _draw_base_map(chart: figure, site: Site) -> None:
    found = base_map(site.plane, float(nm_to_m(REACH_NM)))
    if not found:
        return
    name = "layer-base-map"
    water: dict[str, Any] = {"line_color": colours.WATER, "line_width": 1.0, "name": name}
    _draw_polygons(chart, list(found.lakes), fill_color=colours.WATER, fill_alpha=0.25, **water)
    for lines, look in (
        ((*found.rivers, *found.coasts), water),
        (found.borders, {**water, "line_color": colours.BORDER, "line_dash": [8, 3, 2, 3]}),
    ):
        chart.multi_line([line[:, 0].tolist() for line in lines], [line[:, 1].tolist() for line in lines], **look)
    x_m, y_m = [town.x_m for town in found.towns], [town.y_m for town in found.towns]
    chart.scatter(x_m, y_m, marker="square", size=3, color=colours.TOWN, name=name)
    look = {
        "text_color": colours.TOWN,
        "text_font_size": "10px",
        "text_font": value(colours.FONT),
        "x_offset": 4,
        "name": name,
    }
    chart.text(x_m, y_m, text=[town.name for town in found.towns], **look)


def _draw_minimum_altitudes(chart: figure, site: Site) -> None:
    areas = sorted(site.minimum_altitudes, key=lambda each: -each.area.area)
    for illustrative in (False, True):
        shapes = [each.area for each in areas if each.illustrative == illustrative]
        _draw_polygons(
            chart,
            shapes,
            name="layer-minimum-altitudes",
            line_color=colours.MINIMUM_ALTITUDE,
            line_width=1.2,
            line_alpha=0.8,
            line_dash=_DASHED if illustrative else "solid",
            fill_color=None,
        )


def _draw_inhibit_volumes(chart: figure, site: Site) -> None:
    _draw_polygons(
        chart,
        [each.area for each in site.inhibit_volumes if each.schedule.ever],
        name="layer-inhibit-volumes",
        line_color=colours.INHIBIT,
        line_dash=[1, 3],
        fill_color=None,
        hatch_color=colours.INHIBIT,
        hatch_pattern="right_diagonal_line",
        hatch_scale=10.0,
        hatch_alpha=0.22,
    )


def _draw_rings(chart: figure) -> None:
    radii_m = [float(nm_to_m(radius_nm)) for radius_nm in RINGS_NM]
    zeros = [0.0] * len(radii_m)
    around: dict[str, Any] = {"line_color": colours.RINGS, "line_width": 1.0, "fill_color": None}
    chart.circle(x=zeros, y=zeros, radius=radii_m, name="layer-rings", **around)
    chart.scatter([0.0], [0.0], marker="cross", size=9, color=colours.SOFT_INK, name="layer-rings")


def _draw_approaches(chart: figure, site: Site) -> None:
    for illustrative in (False, True):
        _draw_polygons(
            chart,
            [Polygon(funnel(each)) for each in site.approaches if each.illustrative == illustrative],
            name="layer-approaches",
            line_color=colours.APPROACH,
            line_width=1.0,
            line_dash=_DASHED if illustrative else "solid",
            fill_color=colours.APPROACH,
            fill_alpha=0.10,
        )
    far = [on_approach(each, each.start_distance_nm, 0.0) for each in site.approaches]
    beyond = [on_approach(each, -RUNWAY_NM, 0.0) for each in site.approaches]
    threshold = [(each.x_m, each.y_m) for each in site.approaches]
    centre: dict[str, Any] = {"line_color": colours.APPROACH, "line_dash": [10, 4, 2, 4], "line_alpha": 0.8}
    _draw_segments(chart, far, threshold, name="layer-approaches", **centre)
    _draw_segments(chart, threshold, beyond, line_color=colours.INK, line_width=4)


def _draw_volumes(chart: figure, site: Site) -> None:
    volumes = drawn_volumes(site)
    for illustrative in (False, True):
        _draw_polygons(
            chart,
            [volume_shape(each) for each in volumes if each.illustrative == illustrative],
            name="layer-volumes",
            line_color=colours.VOLUME,
            line_width=1.6,
            line_dash=_DASHED if illustrative else "solid",
            fill_color=colours.VOLUME,
            fill_alpha=0.08,
        )


def _draw_obstacles(chart: figure, site: Site) -> None:
    chart.scatter(
        [each.x_m for each in site.obstacles],
        [each.y_m for each in site.obstacles],
        marker="triangle",
        size=9,
        name="layer-obstacles",
        line_color=colours.OBSTACLE,
        line_width=1.5,
        fill_color=None,
    )


def _draw_polygons(chart: figure, shapes: Iterable[Polygon | MultiPolygon], **style: Any) -> None:
    """Draw polygons with their holes, all in one style."""
    xs: list[Any] = []
    ys: list[Any] = []
    for shape in shapes:
        parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
        rings = [[np.asarray(ring.coords) for ring in (part.exterior, *part.interiors)] for part in parts]
        for along, axis in ((xs, 0), (ys, 1)):
            along.append([[_metres(ring[:-1, axis]) for ring in part] for part in rings])
    if xs:
        chart.multi_polygons(source=ColumnDataSource({"xs": xs, "ys": ys}), xs="xs", ys="ys", **style)


def _metres(values: Any) -> list[float]:
    return [round(float(value), 1) for value in values]


def _draw_segments(
    chart: figure, begin: Sequence[tuple[float, float]], end: Sequence[tuple[float, float]], **style: Any
) -> None:
    if begin:
        (x0, y0), (x1, y1) = zip(*begin, strict=True), zip(*end, strict=True)
        chart.segment(x0=list(x0), y0=list(y0), x1=list(x1), y1=list(y1), **style)
