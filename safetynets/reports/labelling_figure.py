"""One situation as an expert sees it: from above, and its altitudes against time."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from safetynets.evaluation.labels.deidentify import Deidentified
from safetynets.reports import house_style as style
from safetynets.reports import map_site
from safetynets.reports.labels import place_labels
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Site
from safetynets.traffic.places import ground
from safetynets.units import nm_to_m

Floats = NDArray[np.float64]

HEIGHT_IN = 4.6
DPI = 80
_PLAN, _PROFILE = (0.01, 0.03, 0.36, 0.94), (0.445, 0.13, 0.545, 0.83)
_LEAST_WIDTH_NM = 6.0
_BESIDE_COURSE_M = 1500.0
"""A flight within this of a final approach course is shown the path of it."""


def labelling_figure(given: Deidentified, number: int, site: Site) -> Figure:
    """The figure of one situation: nothing in it says who flew, when, or what any net or rule made of it."""
    tracks = given.tracks
    rows = tracks.rows_of(number)
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN)
        plan, profile = figure.add_axes(_PLAN), figure.add_axes(_PROFILE)
        x_m, y_m, time_s = tracks.x_m[rows], tracks.y_m[rows], tracks.time_s[rows]
        within = (time_s >= given.from_s[number]) & (time_s <= given.to_s[number])
        _draw_plan(plan, x_m, y_m, within, site)
        _draw_profile(profile, given, number, site)
        return figure


def jpeg_bytes(figure: Figure) -> bytes:
    """The figure as JPEG, the same bytes every time: its relief takes a fifth of what it takes as PNG."""
    with style.house_style():
        buffer = BytesIO()
        figure.savefig(buffer, format="jpg", dpi=DPI, pil_kwargs={"quality": 85})
        return buffer.getvalue()


def _draw_plan(axes: Axes, x_m: Floats, y_m: Floats, within: NDArray[np.bool_], site: Site) -> None:
    known = np.isfinite(x_m) & np.isfinite(y_m)
    x_m, y_m, within = x_m[known], y_m[known], within[known]
    centre_x_m, centre_y_m = (float(values.min() + values.max()) / 2.0 if len(values) else 0.0 for values in (x_m, y_m))
    spread_m = max((float(np.ptp(values)) for values in (x_m, y_m) if len(values)), default=0.0)
    half_m = max(0.6 * spread_m, nm_to_m(_LEAST_WIDTH_NM) / 2.0)
    axes.set(xlim=(centre_x_m - half_m, centre_x_m + half_m), ylim=(centre_y_m - half_m, centre_y_m + half_m))
    axes.set_aspect("equal")
    axes.set(xticks=[], yticks=[])
    map_site.draw_ground(axes, site)
    taken = map_site.draw_minimum_altitudes(axes, site)
    map_site.draw_obstacles(axes, site)
    axes.plot(x_m, y_m, color=style.TRAFFIC, linewidth=1.0, zorder=6)
    axes.plot(np.where(within, x_m, np.nan), y_m, color=style.INK, linewidth=2.6, zorder=6.5)
    if len(x_m):
        axes.plot(x_m[-1:], y_m[-1:], color=style.INK, marker="o", markersize=6, zorder=7)
    labels = [map_site.draw_approach(axes, approach) for approach in site.approaches]
    labels += map_site.draw_volumes(axes, site)
    taken += map_site.draw_scale_and_north(axes, np.column_stack([x_m, y_m]))
    place_labels(axes, [label for label in labels if _inside(axes, label.x, label.y)], taken)


def _inside(axes: Axes, x_m: float, y_m: float) -> bool:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return left < x_m < right and bottom < y_m < top


def _draw_profile(axes: Axes, given: Deidentified, number: int, site: Site) -> None:
    tracks = given.tracks
    rows = tracks.rows_of(number)
    time_s, x_m, y_m = tracks.time_s[rows], tracks.x_m[rows], tracks.y_m[rows]
    altitude_ft, true_ft = tracks.pressure_altitude_ft[rows], tracks.geometric_altitude_ft[rows]
    ground_ft = ground(site).elevation_ft(x_m, y_m)
    path_ft = _path_ft(site, x_m, y_m)
    axes.axvspan(
        given.from_s[number],
        given.to_s[number],
        facecolor="#f1ede2",
        edgecolor=style.FAINT,
        zorder=0,
        label="the situation",
    )
    axes.fill_between(
        time_s,
        np.full(len(time_s), -20_000.0),
        ground_ft,
        where=np.isfinite(ground_ft).tolist(),
        facecolor=style.TERRAIN,
        edgecolor=style.TERRAIN_EDGE,
        linewidth=0.8,
        label="ground below the flight",
        zorder=2,
    )
    axes.plot(time_s, altitude_ft, color=style.INK, linewidth=1.6, label="altitude on the QNH", zorder=5)
    axes.plot(time_s, tracks.cleared_altitude_ft[rows], color=style.FAINT, linestyle=":", label="cleared", zorder=4)
    if np.isfinite(true_ft).any():
        axes.plot(time_s, true_ft, color=style.LIMIT, linewidth=1.2, linestyle="--", label="true altitude", zorder=5)
    if np.isfinite(path_ft).any():
        axes.plot(time_s, path_ft, color=style.NOMINAL_PATH, linewidth=1.2, label="path of the approach", zorder=4)
    lines_ft = np.concatenate([altitude_ft, true_ft, ground_ft])
    lines_ft = lines_ft[np.isfinite(lines_ft)]
    low_ft, high_ft = (float(lines_ft.min()), float(lines_ft.max())) if len(lines_ft) else (0.0, 1000.0)
    reach_ft = max(high_ft - low_ft, 500.0)
    axes.set(ylim=(low_ft - 0.08 * reach_ft, low_ft + 1.12 * reach_ft), xlim=(0.0, max(float(time_s.max()), 1.0)))
    axes.set(xlabel="seconds", ylabel="altitude, ft above mean sea level")
    axes.grid(visible=True)
    axes.legend(loc="upper right", ncols=2)


def _path_ft(site: Site, x_m: Floats, y_m: Floats) -> Floats:
    """The path of the approach along whose course most of the plots lie; NaN beside it."""
    path_ft = np.full(len(x_m), np.nan)
    most = 0
    for approach in site.approaches:
        along_nm, across_m = along_and_across(approach, x_m, y_m)
        on = (along_nm > 0.0) & (along_nm < approach.start_distance_nm) & (np.abs(across_m) < _BESIDE_COURSE_M)
        nearness = int((on & (np.abs(across_m) < _BESIDE_COURSE_M / 5.0)).sum()) * 1000 + int(on.sum())
        if nearness > most:
            most, path_ft = nearness, np.where(on, path_altitude_ft(approach, along_nm), np.nan)
    return path_ft
