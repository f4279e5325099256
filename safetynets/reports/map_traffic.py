"""The traffic on the map: every track, the alerted ones in the colour of their net, and where each alert started."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.reports import house_style as style
from safetynets.reports.labels import Label, point_boxes
from safetynets.reports.profile_flight import flight_name, rows_of
from safetynets.reports.quiet_flights import quiet_flights
from safetynets.reports.replay.drawn_plots import drawn_plots
from safetynets.runs.run import Run

Floats = NDArray[np.float64]
Coloured = tuple[Floats, tuple[float, float, float, float]]
"""A line and its colour with its opacity."""

BREAK_S = 60.0
"""A track is not joined across a longer gap: nobody saw what it did there."""
LABELLED_FLIGHTS = 30
"""More call signs than this cannot be read on one map; the table has them all."""
_WHOLE_FLIGHTS = 12
_RASTERIZED = 20
"""More lines than this are pixels in a vector figure too."""
_AROUND_S = 120.0


def alert_positions_m(run: Run) -> tuple[Floats, Floats]:
    """Plane positions (x_m, y_m) of the alerts, in their order."""
    latitude_deg = [alert.latitude_deg for alert in run.alerts]
    longitude_deg = [alert.longitude_deg for alert in run.alerts]
    return run.site.plane.to_plane(latitude_deg, longitude_deg)


def draw_tracks(axes: Axes, run: Run) -> None:
    """Every track faintly; alerted flights in the colour of their net, the time under alert thick.

    Where many flights are alerted, only the minutes around each alert are coloured. The few flights of a run without an
    alert are drawn plainly.
    """
    width, alpha = (1.6, 0.9) if quiet_flights(run) else (0.6, 0.35)
    _add_lines(axes, _all_lines(run), style.TRAFFIC, width, alpha, 4.0)
    whole = len({alert.track for alert in run.alerts}) <= _WHOLE_FLIGHTS
    near: list[Coloured] = []
    under: list[Coloured] = []
    for alert in run.tracks.releasing_memory(reversed(run.alerts)):
        colour = style.NET_COLOURS[alert.net]
        end_s = alert.end_time_s if np.isfinite(alert.end_time_s) else np.inf
        around = (-np.inf, np.inf) if whole else (alert.start_time_s - _AROUND_S, end_s + _AROUND_S)
        near += [(line, to_rgba(colour, 0.9)) for line in _lines(run, alert.track, *around)]
        alpha = 0.9 if alert.shown else 0.4
        under += [(line, to_rgba(colour, alpha)) for line in _lines(run, alert.track, alert.start_time_s, end_s)]
    _add_coloured(axes, near, 1.3, 6.0)
    _add_coloured(axes, under, 3.6, 6.5)


def quiet_labels(axes: Axes, run: Run) -> list[Label]:
    """One label for each of the few flights of a run without an alert, at the middle of what the axes show of it."""
    labels = []
    for track in quiet_flights(run):
        rows = rows_of(run, track)
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        x_m, y_m = run.tracks.x_m[rows], run.tracks.y_m[rows]
        seen = np.flatnonzero((x_m > left) & (x_m < right) & (y_m > low) & (y_m < high))
        if len(seen):
            middle = seen[len(seen) // 2]
            labels.append(_flight_label(flight_name(run, track), float(x_m[middle]), float(y_m[middle])))
    return labels


def draw_alerts(axes: Axes, run: Run) -> tuple[list[Label], list[Bbox]]:
    """A mark where each alert started; returns one label for each flight and net, and the boxes (pixels) of the marks.

    The labels come in the order of importance: shown before not shown, then the net that speaks more rarely.
    """
    x_m, y_m = alert_positions_m(run)
    spoken = Counter(alert.net for alert in run.alerts)
    order = sorted(
        np.flatnonzero(np.isfinite(x_m)).tolist(),
        key=lambda index: (not run.alerts[index].shown, spoken[run.alerts[index].net], index),
    )
    groups: dict[tuple[int, str, bool], list[int]] = {}
    for index in order:
        alert = run.alerts[index]
        groups.setdefault((alert.track, alert.net, alert.shown), []).append(index)
    for shown in (False, True):
        for net, colour in style.NET_COLOURS.items():
            drawn = [index for index in order if run.alerts[index].net == net and run.alerts[index].shown == shown]
            axes.plot(
                x_m[drawn],
                y_m[drawn],
                marker=style.NET_MARKERS[net],
                markersize=10,
                markerfacecolor=colour if shown else style.PAPER,
                markeredgecolor=style.PAPER if shown else colour,
                markeredgewidth=1.2,
                linestyle="none",
                zorder=8,
            )
    labels = [
        _label(run.alerts[members[0]], len(members), float(x_m[members[0]]), float(y_m[members[0]]))
        for members in groups.values()
    ]
    return labels[:LABELLED_FLIGHTS], point_boxes(axes, x_m[order], y_m[order], 7.0)


def _label(alert: Alert, count: int, x_m: float, y_m: float) -> Label:
    colour = style.NET_COLOURS[alert.net]
    words = f"{alert.callsign or f'track {alert.track}'}  {alert.net}"
    words += f" ×{count}" if count > 1 else ""
    words += "" if alert.shown else " (not shown)"
    return Label(words, x_m, y_m, _label_style(colour, "bold" if alert.shown else "normal"))


def _flight_label(words: str, x_m: float, y_m: float) -> Label:
    return Label(words, x_m, y_m, _label_style(style.TRAFFIC, "bold"))


def _label_style(colour: str, weight: str) -> dict[str, Any]:
    return {
        "color": colour,
        "fontsize": 9,
        "fontweight": weight,
        "zorder": 10,
        "bbox": {"boxstyle": "round,pad=0.25", "facecolor": "#ffffffe6", "edgecolor": colour, "linewidth": 0.8},
        "arrowprops": {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 5},
    }


def _add_lines(axes: Axes, lines: list[Floats], colour: str, width: float, alpha: float, zorder: float) -> None:
    collection = LineCollection(
        lines, colors=colour, linewidths=width, alpha=alpha, zorder=zorder, rasterized=len(lines) > _RASTERIZED
    )
    axes.add_collection(collection, autolim=False)


def _add_coloured(axes: Axes, lines: list[Coloured], width: float, zorder: float) -> None:
    """Lines each in its own colour, as one collection: thousands of collections would take seconds."""
    collection = LineCollection(
        [line for line, _ in lines],
        colors=[colour for _, colour in lines],
        linewidths=width,
        zorder=zorder,
        rasterized=len(lines) > _RASTERIZED,
    )
    axes.add_collection(collection, autolim=False)


def _all_lines(run: Run) -> list[Floats]:
    """Every track as lines, of the plots that the page draws: of a long recording not every plot."""
    rows = drawn_plots(run).rows
    if not len(rows):
        return []
    track, time_s = run.tracks.track[rows], run.tracks.time_s[rows]
    points = np.column_stack([run.tracks.x_m[rows], run.tracks.y_m[rows]])
    ends = np.flatnonzero((np.diff(track) != 0) | (np.diff(time_s) > BREAK_S)) + 1
    return [line for line in np.split(points, ends) if len(line) > 1]


def _lines(run: Run, track: int, first_s: float = -np.inf, last_s: float = np.inf) -> list[Floats]:
    """What a track flew between two times as lines (n, 2) without a gap and without an unknown position."""
    rows = run.tracks.rows_of(track)
    time_s = run.tracks.time_s[rows]
    points = np.column_stack([run.tracks.x_m[rows], run.tracks.y_m[rows]])
    wanted = np.isfinite(points).all(axis=1) & (time_s >= first_s) & (time_s <= last_s)
    time_s, points = time_s[wanted], points[wanted]
    breaks = np.flatnonzero(np.diff(time_s) > BREAK_S) + 1
    return [piece for piece in np.split(points, breaks) if len(piece) > 1]
