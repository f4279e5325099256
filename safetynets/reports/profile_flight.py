"""What every vertical profile shows alike: the flight, its alerts, the floor and the terrain below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.reasons import Kind
from safetynets.reports import house_style as style
from safetynets.reports.formats import clock, number
from safetynets.reports.labels import Label, place_labels, point_boxes
from safetynets.runs.run import Run
from safetynets.tracks import PlotFlag
from safetynets.traffic.places import Ground

Floats = NDArray[np.float64]

_FULL_LABELS = 4
"""More alerts than this in one picture are labelled with net and time only."""


@dataclass(frozen=True)
class Flown:
    """The plots of one flight in a profile: their numbers in the tracks, and where they stand on the x axis."""

    run: Run
    rows: NDArray[np.intp]
    along: Floats

    @property
    def name(self) -> str:
        """The call sign of the flight."""
        return flight_name(self.run, int(self.run.tracks.track[self.rows[0]])) if len(self.rows) else "the flight"

    @property
    def altitude_ft(self) -> Floats:
        """Altitude on the QNH of each plot."""
        return self.run.altitude_ft[self.rows]

    @property
    def time_s(self) -> Floats:
        """Time of each plot."""
        return self.run.tracks.time_s[self.rows]

    @property
    def spike(self) -> NDArray[np.bool_]:
        """Which plots carry an altitude that the cleaning flagged as a spike."""
        return np.asarray(self.run.tracks.flags[self.rows] & PlotFlag.ALTITUDE_SPIKE != 0)


def rows_of(run: Run, track: int) -> NDArray[np.intp]:
    """Numbers of the plots of a track that have a position and an altitude."""
    rows = run.tracks.rows_of(track)
    known = np.isfinite(run.altitude_ft[rows]) & np.isfinite(run.tracks.x_m[rows])
    return np.arange(rows.start, rows.stop)[known]


def name_of(alert: Alert) -> str:
    """The call sign of an alerted flight, or its track number where there is none; of a pair both.

    An alert of a net about single flights has no other track.
    """
    own = alert.callsign or f"track {alert.track}"
    return own if alert.other_track < 0 else f"{own} and {alert.other_callsign or f'track {alert.other_track}'}"


def flight_name(run: Run, track: int) -> str:
    """The call sign of a track, or its number where there is none."""
    return str(run.tracks.callsign[track]) or f"track {track}"


def frame_altitudes(axes: Axes, lines_ft: Sequence[Floats]) -> None:
    """Limits of the altitude axis that hold every finite value of the lines (ft)."""
    values_ft = np.concatenate([np.asarray(line)[np.isfinite(line)] for line in lines_ft])
    low_ft, high_ft = (float(values_ft.min()), float(values_ft.max())) if len(values_ft) else (0.0, 1000.0)
    reach_ft = max(high_ft - low_ft, 600.0)
    axes.set_ylim(low_ft - 0.10 * reach_ft, high_ft + 0.14 * reach_ft)


def draw_floor(axes: Axes, flown: Flown) -> Floats:
    """Draw the floor of the MSAW below each plot; returns it (ft), NaN where the MSAW did not judge."""
    floor_ft = flown.run.floor_at(flown.rows)
    if np.isfinite(floor_ft).any():
        words = "floor of the MSAW, where it judged"
        axes.plot(flown.along, floor_ft, color=style.MINIMUM_ALTITUDE, linewidth=1.6, label=words, zorder=4)
    return floor_ft


def draw_terrain(axes: Axes, flown: Flown) -> Floats:
    """Draw the terrain below each plot, filled downwards; returns its elevation (ft), NaN where there is no data."""
    tracks = flown.run.tracks
    ground = Ground(flown.run.site.terrain, ())
    elevation_ft = ground.elevation_ft(tracks.x_m[flown.rows], tracks.y_m[flown.rows])
    known = np.isfinite(elevation_ft)
    if known.any():
        axes.fill_between(
            flown.along,
            np.full(len(elevation_ft), -20_000.0),
            elevation_ft,
            where=known.tolist(),
            facecolor=style.TERRAIN,
            edgecolor=style.TERRAIN_EDGE,
            linewidth=0.8,
            label="terrain below the flight",
            zorder=3,
        )
    return elevation_ft


def draw_flight(axes: Axes, flown: Flown, alerts: Sequence[Alert], more_labels: Sequence[Label] = ()) -> None:
    """Draw the plots, those under an alert in the colour of its net, and a label at the start of each alert.

    A plot whose altitude is flagged as a spike is crossed at the upper edge and joined to nothing. The axes must have
    their final limits.
    """
    good = ~flown.spike
    along, altitude_ft, time_s = flown.along[good], flown.altitude_ft[good], flown.time_s[good]
    axes.plot(
        along,
        altitude_ft,
        color=style.TRAFFIC,
        linewidth=1.0,
        marker="o",
        markersize=2.6 if len(along) < 150 else 1.4,
        label=f"plots of {flown.name}",
        zorder=6,
    )
    _cross_spikes(axes, flown)
    labels: list[Label] = []
    for alert in alerts:
        colour = style.NET_COLOURS[alert.net]
        end_s = alert.end_time_s if np.isfinite(alert.end_time_s) else np.inf
        under = (time_s >= alert.start_time_s) & (time_s <= end_s)
        axes.plot(
            along[under],
            altitude_ft[under],
            color=colour,
            linewidth=3.0,
            alpha=0.95 if alert.shown else 0.45,
            label=f"{alert.net} alert" + ("" if alert.shown else f", not shown ({alert.suppressed_by})"),
            zorder=7,
        )
        if len(along):
            at = int(np.argmin(np.abs(time_s - alert.start_time_s)))
            _mark_start(axes, alert, float(along[at]), float(altitude_ft[at]))
            brief = len(alerts) > _FULL_LABELS
            labels.append(_label(alert, float(along[at]), float(altitude_ft[at]), brief=brief))
    place_labels(axes, [*labels, *more_labels], _boxes_of_lines(axes))


def distinct_handles(axes: Axes) -> tuple[list[Any], list[str]]:
    """Handles and words for the legend, each word once."""
    handles, words = axes.get_legend_handles_labels()
    first = {word: handle for handle, word in reversed(list(zip(handles, words, strict=True)))}
    return [first[word] for word in dict.fromkeys(words)], list(dict.fromkeys(words))


def _cross_spikes(axes: Axes, flown: Flown) -> None:
    spike = flown.spike
    if not spike.any():
        return
    low_ft, high_ft = axes.get_ylim()
    edge_ft = np.clip(flown.altitude_ft[spike], low_ft, high_ft - 0.02 * (high_ft - low_ft))
    axes.plot(
        flown.along[spike],
        edge_ft,
        linestyle="none",
        marker="x",
        markersize=7,
        markeredgewidth=1.6,
        color=style.LIMIT,
        label=f"altitude spike, not judged ({int(spike.sum())})",
        zorder=8,
    )


def _mark_start(axes: Axes, alert: Alert, along: float, altitude_ft: float) -> None:
    colour = style.NET_COLOURS[alert.net]
    axes.plot(
        along,
        altitude_ft,
        marker=style.NET_MARKERS[alert.net],
        markersize=11,
        markerfacecolor=colour if alert.shown else style.PAPER,
        markeredgecolor=style.PAPER if alert.shown else colour,
        zorder=8,
    )


def _label(alert: Alert, along: float, altitude_ft: float, *, brief: bool) -> Label:
    colour = style.NET_COLOURS[alert.net]
    return Label(
        f"{alert.net} {clock(alert.start_time_s)}" if brief else alert_words(alert),
        along,
        altitude_ft,
        {
            "color": colour,
            "fontsize": 9,
            "zorder": 10,
            "bbox": {"boxstyle": "round,pad=0.35", "facecolor": "#fffffff0", "edgecolor": colour, "linewidth": 0.8},
            "arrowprops": {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 6},
        },
    )


def alert_words(alert: Alert) -> str:
    """An alert at the moment it started, in a few lines: what, when, how high, how far from its limit."""
    lines = [f"{alert.net} {alert.kind}, {alert.severity}, {clock(alert.start_time_s)}"]
    lines.append(f"altitude {number(alert.altitude_ft)} ft, limit {number(alert.minimum_ft)} ft")
    if alert.kind == Kind.INSIDE.word and np.isfinite(alert.margin_m):
        lines.append(f"{number(alert.margin_m)} m from its edge" if alert.margin_m > 0 else "laterally inside")
    if np.isfinite(alert.vertical_deviation_ft):
        side = "below" if alert.vertical_deviation_ft < 0 else "above"
        lines.append(f"{number(abs(alert.vertical_deviation_ft))} ft {side} the path")
    if alert.time_to_violation_s > 0 and np.isfinite(alert.time_to_violation_s):
        lines.append(f"violation predicted in {number(alert.time_to_violation_s)} s")
    return "\n".join(lines)


def _boxes_of_lines(axes: Axes) -> list[Bbox]:
    """Small boxes (pixels) along every drawn line, to keep the labels off them."""
    boxes: list[Bbox] = []
    for line in axes.get_lines():
        x, y = np.asarray(line.get_xdata(), dtype=np.float64), np.asarray(line.get_ydata(), dtype=np.float64)
        drawn = np.isfinite(x) & np.isfinite(y)
        if line.get_transform() == axes.transData and drawn.any():
            picked = np.linspace(0, int(drawn.sum()) - 1, min(int(drawn.sum()), 150)).astype(int)
            boxes += point_boxes(axes, x[drawn][picked], y[drawn][picked], 3.0)
    return boxes
