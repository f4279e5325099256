"""Figures over many days of runs: the rate with its control limits and changes, and the map of the hot spots."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from safetynets.evaluation.monitoring.hot_spots import RADIUS_NM, HotSpot
from safetynets.evaluation.monitoring.over_time import OverTime, Series
from safetynets.reports import house_style as style
from safetynets.reports import map_site
from safetynets.reports.labels import place_labels, text_box
from safetynets.sites import Site
from safetynets.units import nm_to_m

_WIDTH_IN, _RATE_IN, _MAP_IN = 10.0, 4.2, 7.6
_SIGNAL, _CHANGE = "#b3261e", "#0b5c9e"
_HALO = [withStroke(linewidth=3.0, foreground=style.PAPER)]
_LEAST_NM = 12.0


def rate_figure(over: OverTime, series: Series) -> Figure:
    """Alerts for each 1,000 flights by day, with centre line and control limits, changes found and changes made."""
    with style.house_style():
        figure = style.new_figure(_RATE_IN, _WIDTH_IN)
        figure.set_layout_engine("constrained")
        axes = figure.add_subplot()
        times = np.array([np.datetime64(int(day.first_s), "s") for day in over.days])
        edges = _edges(times)
        chart = series.chart
        colour = style.NET_COLOURS[series.net] if series.net else style.INK
        axes.stairs(chart.high, edges, color=style.LIMIT, linestyle=(0, (4, 2)), baseline=None, label="control limits")
        axes.stairs(chart.low, edges, color=style.LIMIT, linestyle=(0, (4, 2)), baseline=None)
        axes.stairs(chart.centre, edges, color=style.SOFT_INK, baseline=None, label="centre line")
        axes.plot(times, chart.rate, color=colour, linewidth=1.2, marker="o", markersize=4.5, label="a day", zorder=4)
        signal = chart.beyond | chart.in_run
        if signal.any():
            axes.plot(
                times[signal],
                chart.rate[signal],
                linestyle="none",
                marker="s",
                markersize=9,
                markerfacecolor="none",
                color=_SIGNAL,
                label="beyond a limit, or one of 8 on one side",
                zorder=5,
            )
        for place, change in enumerate(series.changes or ()):
            first, last = edges[change.found.first], edges[change.found.last + 1]
            axes.axvspan(first, last, color=_CHANGE, alpha=0.12, label=None if place else "the rate changed (95 %)")
            axes.axvline(edges[change.day], color=_CHANGE, linewidth=1.6)
        for place, made in enumerate(one for one in over.parameter_changes if one.concerns(series.net)):
            label = None if place else "parameters changed"
            axes.axvline(edges[made.day], color=style.INK, linewidth=1.2, linestyle=(0, (1, 2)), label=label)
        axes.set_ylim(bottom=0.0)
        locator = AutoDateLocator(maxticks=12)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        axes.grid(visible=True, axis="y")
        axes.set_ylabel(f"{series.what if series.what == 'alerts' else 'nuisance alerts'} per 1,000 flights")
        axes.set_title(f"{series.net or 'All nets'}: {'alerts' if series.what == 'alerts' else 'nuisance alerts'}")
        figure.legend(loc="outside lower center", ncols=3)
        return figure


def _edges(times: np.ndarray) -> np.ndarray:
    """The middles between the days, and as far before the first and after the last."""
    if len(times) == 1:
        half = np.timedelta64(12, "h")
        return np.array([times[0] - half, times[0] + half])
    middles = times[:-1] + (times[1:] - times[:-1]) / 2
    return np.concatenate([[times[0] - (middles[0] - times[0])], middles, [times[-1] + (times[-1] - middles[-1])]])


def hot_spot_figure(over: OverTime, site: Site) -> Figure:
    """The map of the site with every alert where it started, and the hot spots by number."""
    with style.house_style():
        figure = style.new_figure(_MAP_IN, _WIDTH_IN)
        axes = figure.add_axes((0.06, 0.06, 0.925, 0.88))
        starts = _starts(over, site)
        frame = _frame(over.hot_spots, starts, site, 0.925 * _WIDTH_IN / (0.88 * _MAP_IN))
        axes.set_xlim(frame.x0, frame.x1)
        axes.set_ylim(frame.y0, frame.y1)
        axes.set_aspect("equal")
        map_site.draw_ground(axes, site)
        taken = map_site.draw_minimum_altitudes(axes, site)
        map_site.draw_inhibit_volumes(axes, site)
        clear_m = np.vstack([*starts.values(), np.empty((0, 2))])
        taken += map_site.draw_range_rings(axes, clear_m)
        labels = [map_site.draw_approach(axes, approach) for approach in site.approaches]
        labels += map_site.draw_volumes(axes, site)
        for net, points in starts.items():
            axes.plot(
                points[:, 0],
                points[:, 1],
                linestyle="none",
                marker=style.NET_MARKERS[net],
                color=style.NET_COLOURS[net],
                markersize=5,
                markeredgecolor=style.PAPER,
                markeredgewidth=0.4,
                alpha=0.85,
                label=f"{net} alert",
                zorder=7,
            )
        taken += _draw_circles(axes, over.hot_spots, site)
        taken += map_site.draw_scale_and_north(axes, clear_m)
        place_labels(axes, labels, taken)
        map_site.write_graticule(axes, site.plane)
        if starts:
            axes.legend(loc="upper right", frameon=True, facecolor=style.PAPER, framealpha=0.9)
        for spine in axes.spines.values():
            spine.set_visible(True)
        figure.text(0.06, 0.965, "Hot spots", fontsize=12, fontweight="bold", va="center")
        return figure


def _draw_circles(axes: Axes, spots: tuple[HotSpot, ...], site: Site) -> list[Bbox]:
    """Draw each hot spot with its number; returns the boxes (pixels) of the circles and the numbers."""
    boxes = []
    for number, spot in enumerate(spots, 1):
        x_m, y_m = (float(each) for each in site.plane.to_plane(spot.latitude_deg, spot.longitude_deg))
        circle = Circle(
            (x_m, y_m), nm_to_m(RADIUS_NM), fill=False, edgecolor=_SIGNAL, linewidth=2.4 if number == 1 else 1.5
        )
        circle.set_zorder(8)
        axes.add_patch(circle)
        words = axes.annotate(
            str(number),
            (x_m, y_m + nm_to_m(RADIUS_NM)),
            ha="center",
            va="bottom",
            fontsize=13 if number == 1 else 10,
            fontweight="bold",
            color=_SIGNAL,
            path_effects=_HALO,
            zorder=12,
            annotation_clip=True,
        )
        boxes += [circle.get_window_extent(), text_box(words)]
    return boxes


def _starts(over: OverTime, site: Site) -> dict[str, np.ndarray]:
    """Where the alerts of each net started, (n, 2) in metres on the plane of the site."""
    found = {}
    for net in style.NET_COLOURS:
        alerts = [alert for day in over.days for alert in day.alerts if alert.net == net]
        x_m, y_m = site.plane.to_plane(
            [alert.latitude_deg for alert in alerts], [alert.longitude_deg for alert in alerts]
        )
        points = np.column_stack([x_m, y_m])
        points = points[np.isfinite(points).all(axis=1)]
        if len(points):
            found[net] = points
    return found


def _frame(spots: tuple[HotSpot, ...], starts: dict[str, np.ndarray], site: Site, width_over_height: float) -> Bbox:
    """The part of the plane to show: approaches, and 98 in 100 alerts and every hot spot with a margin."""
    corners = [map_site.ends_of(site.approaches)]
    if starts:
        corners.append(np.percentile(np.vstack(list(starts.values())), [1, 99], axis=0))
    for spot in spots:
        x_m, y_m = site.plane.to_plane(spot.latitude_deg, spot.longitude_deg)
        corners += [
            np.array([[x_m, y_m]]) - 1.5 * nm_to_m(RADIUS_NM),
            np.array([[x_m, y_m]]) + 1.5 * nm_to_m(RADIUS_NM),
        ]
    points = np.vstack([*corners, np.zeros((1, 2))])
    return map_site.frame_around(points, 1.1, _LEAST_NM, width_over_height)


def describe_rate(over: OverTime, series: Series) -> str:
    """What the chart of a rate shows, in words, for those who do not see it."""
    chart = series.chart
    changes = len(series.changes or ())
    return (
        f"{series.net or 'All nets'}, {series.what} per 1,000 flights on {len(over.days)} days, from "
        f"{np.nanmin(chart.rate):.0f} to {np.nanmax(chart.rate):.0f}; {int(chart.beyond.sum())} days beyond the "
        f"control limits, {changes} change{'' if changes == 1 else 's'} of the rate"
    )
