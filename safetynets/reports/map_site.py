"""The site on the map: minimum altitudes, approaches, volumes, obstacles, range rings, scale and graticule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Circle
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from shapely import Polygon, box
from shapely.plotting import patch_from_polygon

from safetynets.geodesy import Plane
from safetynets.reports import house_style as style
from safetynets.reports.approach_lines import funnel
from safetynets.reports.base_map import draw_base_map
from safetynets.reports.formats import limit, number
from safetynets.reports.labels import Label, text_box
from safetynets.reports.relief import draw_relief
from safetynets.reports.site_shapes import RINGS_NM, RUNWAY_NM, drawn_volumes, volume_shape
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Approach, Site, Volume
from safetynets.units import nm_to_m

OBSTACLE = Path([(-0.6, -1.0), (0.0, 1.0), (0.6, -1.0)])
"""The sign of an obstacle on aeronautical charts, as a marker."""
_LABEL_BACK = {"boxstyle": "round,pad=0.2", "facecolor": "#ffffffd8", "edgecolor": "none"}


def outline(illustrative: bool) -> Any:
    """The line style of an area: dashed where we drew it, solid where it was published."""
    return (0, (5, 3)) if illustrative else "solid"


def draw_ground(axes: Axes, site: Site) -> Normalize | None:
    """Terrain and base map, under everything else; returns the scale of the terrain (ft), None where there is none."""
    scale = draw_relief(axes, site.terrain)
    draw_base_map(axes, site.plane)
    return scale


def draw_minimum_altitudes(axes: Axes, site: Site) -> list[Bbox]:
    """Outlines with their values, the largest areas first; returns the boxes (pixels) of the values."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    frame = box(x0, y0, x1, y1)
    boxes: list[Bbox] = []
    for polygon in sorted(site.minimum_altitudes, key=lambda each: -each.area.area):
        seen = polygon.area.intersection(frame)
        if seen.is_empty:
            continue
        axes.add_patch(
            patch_from_polygon(
                polygon.area,
                facecolor="none",
                edgecolor=style.MINIMUM_ALTITUDE,
                linewidth=1.1,
                linestyle=outline(polygon.illustrative),
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


def draw_inhibit_volumes(axes: Axes, site: Site) -> None:
    """Hatched areas with a dotted edge; not those switched off by hand."""
    for volume in site.inhibit_volumes:
        if not volume.schedule.ever:
            continue
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


def draw_obstacles(axes: Axes, site: Site) -> None:
    """The sign of charts for an obstacle, one for each."""
    axes.plot(
        [obstacle.x_m for obstacle in site.obstacles],
        [obstacle.y_m for obstacle in site.obstacles],
        linestyle="none",
        marker=OBSTACLE,
        color=style.TERRAIN_EDGE,
        markerfacecolor="none",
        markeredgewidth=1.8,
        markersize=7,
        zorder=3,
    )


def draw_range_rings(axes: Axes, keep_clear_m: NDArray[np.float64]) -> list[Bbox]:
    """Rings around the centre of the plane with their radius; returns the boxes (pixels) of the radii.

    Each radius stands on its ring where it is farthest from the points `keep_clear_m` (n, 2).
    """
    boxes = []
    for radius_nm in RINGS_NM:
        radius_m = nm_to_m(radius_nm)
        axes.add_patch(Circle((0.0, 0.0), radius_m, fill=False, edgecolor=style.SOFT_INK, lw=0.6, alpha=0.6, zorder=3))
        at = _clearest_on_ring(axes, radius_m, keep_clear_m)
        if at is not None:
            text = axes.text(
                *at,
                f"{radius_nm:.0f} NM",
                color=style.SOFT_INK,
                fontsize=8,
                ha="center",
                va="center",
                zorder=3,
                bbox={"boxstyle": "round,pad=0.1", "facecolor": "#ffffffa0", "edgecolor": "none"},
            )
            boxes.append(text_box(text))
    axes.plot(0.0, 0.0, marker="+", color=style.SOFT_INK, markersize=7, zorder=3)
    return boxes


def _clearest_on_ring(axes: Axes, radius_m: float, keep_clear_m: NDArray[np.float64]) -> tuple[float, float] | None:
    """The point (m) of a ring that is well inside the axes and farthest from the points; None for none inside."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    bearing_rad = np.radians(np.arange(10.0, 370.0, 10.0))
    points = radius_m * np.column_stack([np.sin(bearing_rad), np.cos(bearing_rad)])
    middle, reach = ((x0 + x1) / 2, (y0 + y1) / 2), (0.46 * (x1 - x0), 0.46 * (y1 - y0))
    points = points[(np.abs(points - middle) < reach).all(axis=1)]
    if not len(points):
        return None
    away_m = np.hypot(*np.moveaxis(points[:, np.newaxis, :] - keep_clear_m[np.newaxis, :, :], -1, 0))
    best = points[int(np.argmax(away_m.min(axis=1, initial=np.inf)))]
    return float(best[0]), float(best[1])


def draw_approach(axes: Axes, approach: Approach) -> Label:
    """The monitored part of the funnel, the extended centreline and the runway; returns the label to be placed."""
    axes.add_patch(
        patch_from_polygon(
            Polygon(funnel(approach)),
            facecolor="#00695c22",
            edgecolor=style.NOMINAL_PATH,
            linewidth=1.0,
            linestyle=outline(approach.illustrative),
            zorder=5,
        )
    )
    far, threshold = on_approach(approach, approach.start_distance_nm, 0.0), (approach.x_m, approach.y_m)
    x, y = zip(far, threshold, strict=True)
    axes.plot(x, y, color=style.NOMINAL_PATH, linewidth=0.8, linestyle=(0, (8, 3, 1, 3)), zorder=5)
    x, y = zip(threshold, on_approach(approach, -RUNWAY_NM, 0.0), strict=True)
    axes.plot(x, y, color=style.INK, linewidth=3.0, solid_capstyle="butt", zorder=5.5)
    return Label(
        f"{approach.airport} {approach.runway}",
        *far,
        {
            "color": style.NOMINAL_PATH,
            "fontsize": 9,
            "fontweight": "bold",
            "zorder": 9,
            "bbox": _LABEL_BACK,
            "arrowprops": {
                "arrowstyle": "-",
                "color": style.NOMINAL_PATH,
                "linewidth": 0.6,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        },
    )


def draw_volumes(axes: Axes, site: Site) -> list[Label]:
    """The outlines of the volumes; returns the labels to be placed: name and limits, of a group its name alone."""
    volumes = drawn_volumes(site)
    groups: dict[str, list[Volume]] = {}
    for volume in volumes:
        groups.setdefault(volume.group, []).append(volume)
        axes.add_patch(
            patch_from_polygon(
                volume_shape(volume),
                facecolor="#8a2d731c",
                edgecolor=style.VOLUME,
                linewidth=1.5,
                linestyle=outline(volume.illustrative),
                zorder=5,
            )
        )
    return [_volume_label(name, members) for name, members in groups.items()]


def _volume_label(group: str, members: list[Volume]) -> Label:
    at = volume_shape(members[len(members) // 2]).representative_point()
    alone = members[0]
    return Label(
        group if len(members) > 1 else f"{alone.name}\n{limit(alone.floor)} – {limit(alone.ceiling)}",
        at.x,
        at.y,
        {"color": style.VOLUME, "fontsize": 8.5, "zorder": 9, "bbox": _LABEL_BACK},
        on_point=True,
    )


def draw_scale_and_north(axes: Axes, keep_clear_m: NDArray[np.float64]) -> list[Bbox]:
    """A scale of nautical miles and an arrow to the north; returns the box (pixels) they take.

    They stand in the first corner of the map that holds none of the points `keep_clear_m` (n, 2).
    """
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    width, height = x1 - x0, y1 - y0
    longest_m = max(0.22 * width, nm_to_m(1.0))
    length_nm = max(each for each in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0) if nm_to_m(each) <= longest_m)
    length_m = nm_to_m(length_nm)
    x0, y0 = _free_corner(axes, length_m + 0.13 * width, 0.11 * height, keep_clear_m)
    left, base = x0 + 0.025 * width, y0 + 0.03 * height
    right, top = left + length_m + 0.075 * width, y0 + 0.075 * height
    edge_x, edge_y = left - 0.012 * width, y0 + 0.01 * height
    back = axes.fill(
        [edge_x, right, right, edge_x], [edge_y, edge_y, top, top], color=style.PAPER, alpha=0.85, lw=0, zorder=8.5
    )[0]
    for part in range(4):
        start, end = left + part * length_m / 4, left + (part + 1) * length_m / 4
        axes.fill(
            [start, end, end, start],
            [base, base, base + 0.006 * height, base + 0.006 * height],
            facecolor=style.INK if part % 2 == 0 else style.PAPER,
            edgecolor=style.INK,
            linewidth=0.7,
            zorder=9,
        )
    for at_m, words in ((0.0, "0"), (length_m, f"{length_nm:.0f} NM")):
        axes.text(left + at_m, base + 0.012 * height, words, fontsize=8, ha="center", zorder=9)
    north_x = left + length_m + 0.052 * width
    axes.annotate(
        "N",
        (north_x, y0 + 0.070 * height),
        xytext=(north_x, y0 + 0.014 * height),
        ha="center",
        fontsize=9,
        fontweight="bold",
        zorder=9,
        arrowprops={"arrowstyle": "-|>", "color": style.INK, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
    )
    return [back.get_window_extent()]


def _free_corner(axes: Axes, width: float, height: float, keep_clear_m: NDArray[np.float64]) -> tuple[float, float]:
    """Lower left point (m) of the first corner of this size without any of the points; else of the lower left one."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    corners = ((x0, y0), (x1 - width, y0), (x0, y1 - height), (x1 - width, y1 - height))
    for left, bottom in corners:
        inside = (np.abs(keep_clear_m - (left + width / 2, bottom + height / 2)) <= (width / 2, height / 2)).all(axis=1)
        if not inside.any():
            return left, bottom
    return corners[0]


def write_graticule(axes: Axes, plane: Plane) -> None:
    """Latitude and longitude along the edges, where the graticule crosses them."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    x_m, y_m = np.linspace(x0, x1, 200), np.linspace(y0, y1, 200)
    longitude_deg = plane.to_geographic(x_m, np.full(200, y0))[1]
    latitude_deg = plane.to_geographic(np.full(200, x0), y_m)[0]
    for degrees, metres, along, letters in (
        (longitude_deg, x_m, axes.xaxis, "EW"),
        (latitude_deg, y_m, axes.yaxis, "NS"),
    ):
        reach_deg = degrees[-1] - degrees[0]
        step_deg = next(step for step in (1 / 12, 1 / 6, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0) if reach_deg / step <= 6)
        values = np.arange(np.ceil(degrees[0] / step_deg), np.floor(degrees[-1] / step_deg) + 1) * step_deg
        along.set_ticks(np.interp(values, degrees, metres), [degrees_and_minutes(value, letters) for value in values])


def degrees_and_minutes(value_deg: float, letters: str) -> str:
    """An angle as charts print it, with the letter of its half of the world.

    >>> degrees_and_minutes(46.25, "NS"), degrees_and_minutes(-1.5, "EW")
    ('46°15′N', '1°30′W')
    """
    minutes = round(abs(value_deg) * 60)
    return f"{minutes // 60}°{minutes % 60:02d}′{letters[0] if value_deg >= 0 else letters[1]}"


def ends_of(approaches: Sequence[Approach]) -> NDArray[np.float64]:
    """Where approaches end and begin, (n, 2) in metres on the plane."""
    ends = [on_approach(one, at_nm, 0.0) for one in approaches for at_nm in (0.0, one.start_distance_nm)]
    return np.array(ends).reshape(-1, 2)


def frame_around(points: NDArray[np.float64], margin: float, least_width_nm: float, width_over_height: float) -> Bbox:
    """The part of the plane (m) that holds all points, so many times as large, and not narrower than that."""
    low, high = points.min(axis=0), points.max(axis=0)
    reach_x, reach_y = margin * (high - low)
    width = max(float(reach_x), float(reach_y) * width_over_height, nm_to_m(least_width_nm))
    height = width / width_over_height
    centre_x, centre_y = (low + high) / 2
    return Bbox.from_bounds(float(centre_x) - width / 2, float(centre_y) - height / 2, width, height)
