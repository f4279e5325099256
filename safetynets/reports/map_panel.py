"""The panel beside the map: legend, elevation scale, list of alerts and notes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from safetynets.reports import house_style as style
from safetynets.reports.formats import clock, number
from safetynets.reports.labels import text_box
from safetynets.reports.map_site import OBSTACLE
from safetynets.reports.map_traffic import LABELLED_FLIGHTS
from safetynets.reports.quiet_flights import quiet_flights
from safetynets.reports.relief import TINT
from safetynets.reports.site_shapes import drawn_volumes
from safetynets.runs import manifest
from safetynets.runs.run import Run

_LISTED_ALERTS = 14
_COARSE_CELL_M = 600.0

Place = tuple[float, float, float, float]


def draw_panel(figure: Figure, place: Place, run: Run, relief: Normalize | None) -> None:
    """Draw the panel at a place (left, bottom, width, height in shares of the figure)."""
    panel = figure.add_axes(place)
    panel.set_axis_off()
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1)
    legend = panel.legend(
        handles=_handles(run),
        loc="upper left",
        bbox_to_anchor=(-0.02, 1.01),
        borderaxespad=0.0,
        handlelength=2.4,
        labelspacing=0.55,
        alignment="left",
    )
    top = float(panel.transData.inverted().transform((0, text_box(legend, 0.0).y0))[1])
    if relief is not None:
        top = _draw_elevation_scale(figure, place, relief, top)
    _list_alerts(panel, run, top - 0.02)
    panel.text(0.0, 0.0, "\n".join(_notes(run)), fontsize=8, color=style.SOFT_INK, va="bottom", linespacing=1.35)


def _handles(run: Run) -> list[Any]:
    site = run.site
    handles: list[Any] = [
        Line2D(
            [],
            [],
            color=style.NET_COLOURS[net],
            marker=style.NET_MARKERS[net],
            markersize=9,
            linewidth=3,
            markeredgecolor=style.PAPER,
            label=f"{net} alert, and its flight",
        )
        for net in style.NET_COLOURS
        if any(alert.net == net for alert in run.alerts)
    ]
    if any(not alert.shown for alert in run.alerts):
        handles.append(_mark("o", style.SOFT_INK, "hollow: recorded, not shown", style.PAPER))
    quiet = bool(quiet_flights(run))
    words, width = ("flight without an alert", 1.6) if quiet else ("other tracks", 1.0)
    handles.append(Line2D([], [], color=style.TRAFFIC, linewidth=width, alpha=0.9 if quiet else 0.6, label=words))
    if site.approaches:
        handles.append(_area("#00695c22", style.NOMINAL_PATH, "approach funnel, monitored part"))
    if site.minimum_altitudes:
        handles.append(_area("none", style.MINIMUM_ALTITUDE, "minimum altitude"))
    if drawn_volumes(site):
        handles.append(_area("#8a2d731c", style.VOLUME, "airspace volume"))
    if site.inhibit_volumes:
        handles.append(_area("none", style.INHIBIT, "inhibit volume", hatch="///", alpha=0.6, linestyle=(0, (1, 2))))
    if site.obstacles:
        handles.append(_mark(OBSTACLE, style.TERRAIN_EDGE, "obstacle", "none"))
    if manifest.illustrative(site):
        dashes = (0, (5, 3))
        handles.append(
            Line2D([], [], color=style.SOFT_INK, linestyle=dashes, lw=1.2, label="dashed: illustrative, drawn by us")
        )
    return handles


def _mark(marker: Any, colour: str, words: str, face: str) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=7, color=colour, markerfacecolor=face, label=words
    )


def _area(face: str, edge: str, words: str, **style_of_edge: Any) -> Patch:
    return Patch(facecolor=face, edgecolor=edge, label=words, **style_of_edge)


def _draw_elevation_scale(figure: Figure, place: Place, relief: Normalize, top: float) -> float:
    """Draw the scale below `top` (share of the panel); returns the top of what is free below it."""
    assert relief.vmin is not None
    assert relief.vmax is not None
    bar = figure.add_axes((place[0] + 0.002, place[1] + (top - 0.05) * place[3], 0.19, 0.014))
    extent = (float(relief.vmin), float(relief.vmax), 0.0, 1.0)
    bar.imshow(np.linspace(0, 1, 256)[np.newaxis, :], cmap=TINT, aspect="auto", extent=extent)
    bar.set_yticks([])
    bar.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    bar.tick_params(labelsize=8, length=2)
    bar.set_title("terrain elevation, ft above mean sea level", fontsize=8.5, fontweight="normal", pad=3)
    for spine in bar.spines.values():
        spine.set_visible(True)
        spine.set_linewidth(0.5)
    return top - 0.095


def _list_alerts(panel: Axes, run: Run, top: float) -> None:
    shown = sum(alert.shown for alert in run.alerts)
    plural = "" if len(run.alerts) == 1 else "s"
    heading = f"{len(run.alerts)} alert{plural}, {shown} shown" if run.alerts else "No alert"
    panel.text(0.0, top, heading, fontweight="bold", va="top")
    listed = sorted(run.alerts, key=lambda alert: not alert.shown)[:_LISTED_ALERTS]
    for line, alert in enumerate(sorted(listed, key=lambda alert: alert.start_time_s)):
        y = top - 0.034 - 0.026 * line
        name = alert.callsign or f"track {alert.track}"
        panel.text(0.0, y, clock(alert.start_time_s), fontsize=8.5, va="top")
        panel.text(0.25, y, name[:10], fontsize=8.5, fontweight="bold", va="top", color=style.NET_COLOURS[alert.net])
        seen = "" if alert.shown else ", not shown"
        panel.text(0.54, y, f"{alert.net} {alert.kind}{seen}", fontsize=8.5, va="top")
    if len(run.alerts) > _LISTED_ALERTS:
        y = top - 0.034 - 0.026 * _LISTED_ALERTS
        panel.text(0.0, y, f"and {len(run.alerts) - _LISTED_ALERTS} more in the table", fontsize=8.5, va="top")


def _notes(run: Run) -> list[str]:
    centre, terrain = run.site.plane, run.site.terrain
    notes = [f"Rings around {abs(centre.latitude_deg):.3f}° {'N' if centre.latitude_deg >= 0 else 'S'} "]
    notes[0] += f"{abs(centre.longitude_deg):.3f}° {'E' if centre.longitude_deg >= 0 else 'W'}; north is true there."
    if terrain is not None:
        notes.append("Relief smoothed for the picture; the nets use the cells.")
    if terrain is not None and terrain.cell_m >= _COARSE_CELL_M:
        notes.append(f"Terrain is coarse: cells of {number(terrain.cell_m)} m.")
    flights = len({(alert.track, alert.net, alert.shown) for alert in run.alerts})
    if flights > LABELLED_FLIGHTS:
        notes.append(f"Labels on {LABELLED_FLIGHTS} flights at most; the table has all.")
    return [*notes, f"{style.NOT_FOR_USE}."]
