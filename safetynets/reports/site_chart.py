"""A chart of a site, in print quality: terrain, minimum altitudes, approaches, volumes, inhibit volumes, obstacles."""

from __future__ import annotations

import numpy as np
import shapely
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from safetynets.reports import house_style as style
from safetynets.reports import map_site
from safetynets.reports.base_map import CREDIT, is_installed
from safetynets.reports.formats import fitted
from safetynets.reports.labels import place_labels
from safetynets.reports.site_shapes import drawn_volumes, volume_shape
from safetynets.sites import Site

HEIGHT_IN = 11.0
_MAP = (0.055, 0.085, 0.93, 0.855)
_LEAST_WIDTH_NM = 20.0


def site_chart(site: Site) -> Figure:
    """The chart of a site, framed by what it holds; areas that it calls illustrative are dashed."""
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN)
        axes = figure.add_axes(_MAP)
        frame = chart_frame(site, _MAP[2] * style.WIDTH_IN / (_MAP[3] * HEIGHT_IN))
        axes.set_xlim(frame.x0, frame.x1)
        axes.set_ylim(frame.y0, frame.y1)
        axes.set_aspect("equal")
        map_site.draw_ground(axes, site)
        taken = map_site.draw_minimum_altitudes(axes, site)
        map_site.draw_inhibit_volumes(axes, site)
        map_site.draw_obstacles(axes, site)
        clear_m = map_site.ends_of(site.flown_approaches)
        taken += map_site.draw_range_rings(axes, clear_m)
        labels = [map_site.draw_approach(axes, approach) for approach in site.flown_approaches]
        labels += map_site.draw_volumes(axes, site)
        taken += map_site.draw_scale_and_north(axes, clear_m)
        place_labels(axes, labels, taken)
        map_site.write_graticule(axes, site.plane)
        for spine in axes.spines.values():
            spine.set_visible(True)
        figure.text(_MAP[0], 0.965, fitted(site.title, 90), fontsize=14, fontweight="bold", va="center")
        figure.text(
            _MAP[0],
            0.035,
            "Minimum altitudes in feet; hatched: inhibit volumes; dashed: drawn by the site's owner, in no published "
            "document. NOT FOR OPERATIONAL USE.",
            va="center",
        )
        figure.text(
            _MAP[0],
            0.015,
            fitted("; ".join([*([CREDIT] if is_installed() else []), *_sources(site)]), 170),
            va="center",
            color=style.SOFT_INK,
        )
        return figure


def chart_frame(site: Site, width_over_height: float) -> Bbox:
    """The part of the plane (m) to show: all that the site holds with a margin, within its terrain if it has some."""
    shapes = [one.area for kind in (site.minimum_altitudes, site.inhibit_volumes) for one in kind]
    shapes += [volume_shape(volume) for volume in drawn_volumes(site)]
    corners = [np.array(shape.bounds).reshape(2, 2) for shape in shapes]
    points = np.vstack([*corners, map_site.ends_of(site.flown_approaches), [[0.0, 0.0]]])
    if site.terrain is not None:
        reach_m = site.terrain.elevation_ft.shape[0] * site.terrain.cell_m / 2
        points = np.clip(points, -reach_m, reach_m)
    return map_site.frame_around(points, 1.12, _LEAST_WIDTH_NM, width_over_height)


def describe(site: Site) -> str:
    """What the chart shows, in words, for those who do not see it."""
    covered = shapely.union_all([area.area for area in site.minimum_altitudes]) if site.minimum_altitudes else None
    km2 = 0.0 if covered is None else covered.area / 1e6
    return (
        f"Chart of {site.title}: {len(site.flown_approaches)} approaches, {len(site.minimum_altitudes)} minimum "
        f"altitudes over {km2:,.0f} km², {len(site.volumes)} volumes, {len(site.inhibit_volumes)} inhibit volumes"
    )


def _sources(site: Site) -> list[str]:
    """Where the areas of the chart come from, each source once, without its place in a file."""
    found = [one.source.split(", line ")[0] for kind in (site.minimum_altitudes, site.volumes) for one in kind]
    return list(dict.fromkeys(found)) or ["no minimum altitudes and no volumes"]
