"""The timeline: who was alerted, by which net, from when to when, and whether the controller saw it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from safetynets.engine.alerts import Alert
from safetynets.reports import house_style as style
from safetynets.reports.formats import clock, day, fitted, number, span
from safetynets.runs.run import Run

_LONG = 20
"""With more rows than this the time stands above the rows too."""
_MOST_ROWS = 80
"""More alerts than this share a lane for each net: a row each would be a figure of many pages."""
_LANE_IN = 0.9
_ROW_IN = 0.36
_ABOVE_IN, _BELOW_IN = 1.35, 0.75
_STEPS_S = (5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 86_400)


def timeline_figure(run: Run) -> Figure:
    """The alerts of a run over time, one row each: first conflict, start, end, severity, shown or suppressed.

    Many alerts share one lane for each net. A run without an alert gives a figure that says so.
    """
    with style.house_style():
        in_lanes = len(run.alerts) > _MOST_ROWS
        rows_in = _LANE_IN * len(_lanes(run)) if in_lanes else _ROW_IN * max(len(run.alerts), 2)
        height_in = _ABOVE_IN + _BELOW_IN + rows_in
        figure = style.new_figure(height_in)
        bottom, top = _BELOW_IN / height_in, 1.0 - _ABOVE_IN / height_in
        axes = figure.add_axes((0.185, bottom, 0.60, top - bottom))
        times_s = run.tracks.time_s
        heading = span(float(times_s.min()), float(times_s.max())) if len(times_s) else ""
        figure.text(
            0.02,
            1 - 0.28 / height_in,
            fitted(f"{run.title}: alerts over time", 95),
            fontsize=13,
            fontweight="bold",
            va="center",
        )
        figure.text(0.02, 1 - 0.56 / height_in, heading, va="center", color=style.SOFT_INK)
        figure.text(
            0.98, 0.16 / height_in, f"{style.NOT_FOR_USE}.", fontsize=8, color=style.SOFT_INK, ha="right", va="center"
        )
        draw_timeline(axes, run)
        if run.alerts:
            figure.legend(
                handles=timeline_handles(run),
                loc="upper left",
                bbox_to_anchor=(0.012, 1 - 0.72 / height_in),
                ncols=7,
                columnspacing=1.6,
                handlelength=1.8,
            )
        return figure


def draw_timeline(axes: Axes, run: Run) -> None:
    """Draw the alerts of a run on axes, one row each, the words of each at the right of the axes."""
    if not run.alerts:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "No alert in this run.", transform=axes.transAxes, ha="center", va="center", fontsize=11)
        return
    axes.grid(visible=True, axis="x")
    first_s, last_s = _span(run)
    axes.set_xlim(first_s, last_s)
    if len(run.alerts) > _MOST_ROWS:
        _draw_lanes(axes, run, last_s)
    else:
        axes.set_ylim(len(run.alerts) - 0.4, -0.6)
        for row, alert in enumerate(run.alerts):
            _draw_row(axes, row, alert, last_s)
        axes.set_yticks(range(len(run.alerts)), [_row_name(alert) for alert in run.alerts])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MultipleLocator(next(step for step in _STEPS_S if (last_s - first_s) / step <= 8)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: clock(value)))
    axes.set_xlabel(f"UTC, {day(first_s)}")
    tall = _LONG < len(run.alerts) <= _MOST_ROWS
    axes.tick_params(axis="x", top=tall, labeltop=tall)


def _span(run: Run) -> tuple[float, float]:
    """From before the first conflict to after the last alert, so that short alerts stay visible."""
    last_plot_s = float(run.tracks.time_s.max()) if len(run.tracks) else -np.inf
    begins = [np.fmin(alert.first_conflict_time_s, alert.start_time_s) for alert in run.alerts]
    ends = [_end_s(alert, last_plot_s) for alert in run.alerts]
    margin_s = max(0.04 * (max(ends) - min(begins)), 15.0)
    return float(min(begins) - margin_s), float(max(ends) + margin_s)


def _end_s(alert: Alert, last_plot_s: float) -> float:
    return alert.end_time_s if np.isfinite(alert.end_time_s) else max(last_plot_s, alert.start_time_s)


def _row_name(alert: Alert) -> str:
    return f"{alert.callsign or f'track {alert.track}'}   {alert.net} {alert.kind}"


def _lanes(run: Run) -> list[str]:
    return [net for net in style.NET_COLOURS if any(alert.net == net for alert in run.alerts)]


def _draw_lanes(axes: Axes, run: Run, last_s: float) -> None:
    """One lane a net: a bar from start to end of each alert, below it those that the controller does not see."""
    lanes = _lanes(run)
    axes.set_ylim(len(lanes) - 0.4, -0.6)
    for lane, net in enumerate(lanes):
        colour = style.NET_COLOURS[net]
        for shown in (True, False):
            alerts = [alert for alert in run.alerts if alert.net == net and alert.shown == shown]
            y = lane if shown else lane + 0.3
            spans = [(alert.start_time_s, _end_s(alert, last_s) - alert.start_time_s) for alert in alerts]
            face: dict[str, Any] = {"facecolors": colour} if shown else {"facecolors": style.PAPER, "hatch": "////"}
            axes.broken_barh(spans, (y - 0.11, 0.22), edgecolors=colour, linewidth=0.5, **face)
            axes.plot(
                [alert.start_time_s for alert in alerts],
                [y - 0.2] * len(alerts),
                linestyle="none",
                marker=style.NET_MARKERS[net],
                markersize=5,
                markerfacecolor=colour if shown else style.PAPER,
                markeredgecolor=colour,
                markeredgewidth=0.5,
            )
    counts = {net: sum(alert.net == net for alert in run.alerts) for net in lanes}
    axes.set_yticks(range(len(lanes)), [f"{net}   {number(counts[net])} alerts" for net in lanes])


def _draw_row(axes: Axes, row: int, alert: Alert, last_s: float) -> None:
    colour = style.NET_COLOURS[alert.net]
    end_s = alert.end_time_s if np.isfinite(alert.end_time_s) else last_s
    if np.isfinite(alert.first_conflict_time_s):
        axes.plot([alert.first_conflict_time_s, alert.start_time_s], [row, row], color=colour, linewidth=1.4, zorder=3)
        axes.plot(
            alert.first_conflict_time_s, row, marker="|", color=colour, markersize=9, markeredgewidth=1.4, zorder=3
        )
    axes.barh(
        row,
        end_s - alert.start_time_s,
        left=alert.start_time_s,
        height=0.52,
        facecolor=colour if alert.shown else style.PAPER,
        edgecolor=colour,
        hatch=None if alert.shown else "////",
        linewidth=1.2,
        alpha=1.0 if alert.severity == "warning" or not alert.shown else 0.5,
        zorder=4,
    )
    axes.plot(
        alert.start_time_s,
        row,
        marker=style.NET_MARKERS[alert.net],
        markersize=8,
        markerfacecolor=colour if alert.shown else style.PAPER,
        markeredgecolor=style.INK,
        markeredgewidth=0.6,
        zorder=5,
        clip_on=False,
    )
    for time_s in alert.reannounced_times_s:
        axes.plot(time_s, row, marker="d", markersize=5, color=style.PAPER, markeredgecolor=style.INK, zorder=5)
    axes.annotate(
        _row_words(alert),
        (1.0, row),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        annotation_clip=False,
    )


def _row_words(alert: Alert) -> str:
    known_end = np.isfinite(alert.end_time_s)
    lasted = f"{number(alert.end_time_s - alert.start_time_s)} s" if known_end else "to the end"
    seen = "shown" if alert.shown else f"not shown: {alert.suppressed_by or 'suppressed'}"
    return f"{clock(alert.start_time_s)}, {lasted}, {alert.severity}, {seen}"


def timeline_handles(run: Run) -> list[Any]:
    """What the legend of a timeline shows."""
    handles: list[Any] = [
        Line2D(
            [],
            [],
            color=style.SOFT_INK,
            marker="|",
            markersize=9,
            markeredgewidth=1.4,
            markevery=[0],
            label="first conflict",
        ),
    ]
    for net in style.NET_COLOURS:
        if any(alert.net == net for alert in run.alerts):
            handles.append(
                Line2D(
                    [],
                    [],
                    linestyle="none",
                    marker=style.NET_MARKERS[net],
                    color=style.NET_COLOURS[net],
                    markersize=8,
                    label=net,
                )
            )
    handles.append(Patch(facecolor=style.SOFT_INK, label="warning"))
    handles.append(Patch(facecolor=style.SOFT_INK, alpha=0.5, label="caution"))
    if any(alert.reannounced_times_s for alert in run.alerts):
        handles.append(_diamond("announced again"))
    if any(not alert.shown for alert in run.alerts):
        handles.append(
            Patch(facecolor=style.PAPER, edgecolor=style.SOFT_INK, hatch="////", label="recorded, not shown")
        )
    return handles


def _diamond(words: str) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker="d", markersize=5, color=style.PAPER, markeredgecolor=style.INK, label=words
    )
