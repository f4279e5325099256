"""The map: what there is at the site, who flew there, and where the nets spoke."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from safetynets.reports import house_style as style
from safetynets.reports import map_site
from safetynets.reports.formats import fitted, hectopascals, span
from safetynets.reports.labels import place_labels
from safetynets.reports.map_panel import draw_panel
from safetynets.reports.map_traffic import alert_positions_m, draw_alerts, draw_tracks, quiet_labels
from safetynets.reports.site_shapes import drawn_volumes, volume_shape
from safetynets.runs.run import Run

HEIGHT_IN = 9.2
_MAP = (0.055, 0.06, 0.665, 0.865)
_PANEL = (0.738, 0.06, 0.247, 0.865)
_LEAST_WIDTH_NM = 12.0


def map_figure(run: Run) -> Figure:
    """The map of a run: terrain, minimum altitudes, approaches, volumes, tracks and every alert.

    The frame holds every approach, volume and alert, not the whole recording. Areas that the site calls illustrative
    are dashed.
    """
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN)
        axes = figure.add_axes(_MAP)
        frame = map_frame(run, width_over_height=_MAP[2] * style.WIDTH_IN / (_MAP[3] * HEIGHT_IN))
        axes.set_xlim(frame.x0, frame.x1)
        axes.set_ylim(frame.y0, frame.y1)
        relief = draw_map(axes, run)
        draw_panel(figure, _PANEL, run, relief)
        heading = "   ·   ".join([run.site.title, qnh_words(run), span(*time_span_s(run))])
        figure.text(_MAP[0], 0.965, fitted(run.title, 90), fontsize=14, fontweight="bold", va="center")
        figure.text(_MAP[0], 0.940, fitted(heading, 140), va="center")
        return figure


def map_frame(run: Run, width_over_height: float) -> Bbox:
    """The part of the plane (m) to show: approaches, volumes and alerts with a margin, at least 12 NM wide.

    Where a site has neither and no net spoke, the tracks are framed.
    """
    of_volumes = [np.array(volume_shape(volume).bounds).reshape(2, 2) for volume in drawn_volumes(run.site)]
    points = np.vstack([map_site.ends_of(run.site.approaches), *of_volumes, np.column_stack(alert_positions_m(run))])
    if not np.isfinite(points).all(axis=1).any():
        points = np.vstack([np.column_stack([run.tracks.x_m, run.tracks.y_m]), [0.0, 0.0]])
    points = points[np.isfinite(points).all(axis=1)]
    return map_site.frame_around(points, 1.16, _LEAST_WIDTH_NM, width_over_height)


def draw_map(axes: Axes, run: Run) -> Normalize | None:
    """Draw a run on axes whose limits (m on the site's plane) are set; returns the elevation scale of the terrain."""
    axes.set_aspect("equal")
    relief = map_site.draw_ground(axes, run.site)
    taken = map_site.draw_minimum_altitudes(axes, run.site)
    map_site.draw_inhibit_volumes(axes, run.site)
    map_site.draw_obstacles(axes, run.site)
    clear_m = np.vstack([map_site.ends_of(run.site.approaches), np.column_stack(alert_positions_m(run))])
    taken += map_site.draw_range_rings(axes, clear_m)
    draw_tracks(axes, run)
    approaches = [map_site.draw_approach(axes, approach) for approach in run.site.approaches]
    volumes = map_site.draw_volumes(axes, run.site)
    alerts, marks = draw_alerts(axes, run)
    taken += map_site.draw_scale_and_north(axes, clear_m) + marks
    place_labels(axes, approaches + alerts + quiet_labels(axes, run) + volumes, taken)
    map_site.write_graticule(axes, run.site.plane)
    for spine in axes.spines.values():
        spine.set_visible(True)
    return relief


def time_span_s(run: Run) -> tuple[float, float]:
    """First and last time (s) of the tracks of a run, NaN where there is no plot."""
    if len(run.tracks) == 0:
        return math.nan, math.nan
    return float(run.tracks.time_s.min()), float(run.tracks.time_s.max())


def qnh_words(run: Run) -> str:
    """The QNH of each pressure region that held during the run, as one phrase for a title."""
    first_s, last_s = time_span_s(run)
    parts = []
    for region in run.site.pressure_regions:
        begun = [qnh_hpa for from_s, qnh_hpa in region.qnh if from_s <= first_s][-1:]
        changed = [qnh_hpa for from_s, qnh_hpa in region.qnh if first_s < from_s <= last_s]
        values = " then ".join(hectopascals(qnh_hpa) for qnh_hpa in begun + changed)
        name = f"{region.name}: " if len(run.site.pressure_regions) > 1 else ""
        parts.append(f"{name}QNH {values} hPa" if values else f"{name}QNH unknown")
    return ", ".join(parts) or "QNH unknown"
