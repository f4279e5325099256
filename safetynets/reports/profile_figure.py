"""The vertical profile of an alerted flight: against its approach, or against what it came too near to."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from safetynets.nets.alerts import Alert
from safetynets.reports import house_style as style
from safetynets.reports.formats import day, fitted, hectopascals, number
from safetynets.reports.labels import renderer_of
from safetynets.reports.profile_approach import draw_approach_profile
from safetynets.reports.profile_flight import distinct_handles, name_of, rows_of
from safetynets.reports.profile_time import draw_time_profile
from safetynets.runs.run import Run

HEIGHT_IN = 7.4
_PLACE = (0.07, 0.225, 0.905, 0.575)
_LETTERS_A_LINE = 140


def profile_figure(run: Run, alert: Alert) -> Figure:
    """The vertical profile of the flight of one alert, with the other alerts that belong into the same picture.

    A flight joined to an approach is drawn over its distance to the threshold, with the nominal path and the limits of
    the APM, earth curvature included. Any other flight is drawn over time, with the floor of the MSAW or the volume of
    the APW. Altitudes are on the QNH, the terrain is that below the flight, and the words stand below.
    """
    index = approach_of(run, alert)
    alerts = [each for each in run.alerts if _picture(run, each) == _picture(run, alert)]
    alerts.sort(key=lambda each: each is not alert)
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN)
        axes = figure.add_axes(_PLACE)
        axes.grid(visible=True)
        if index >= 0:
            where = draw_approach_profile(axes, run, alerts, run.site.approaches[index])
        else:
            where = draw_time_profile(axes, run, alerts)
        axes.set_ylabel("altitude on the QNH, ft")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        _write_legend(figure, axes)
        heading = [run.title, f"QNH {hectopascals(alert.qnh_hpa)} hPa", day(alert.start_time_s)]
        figure.text(
            _PLACE[0], 0.972, fitted(f"{name_of(alert)}   {where}", 95), fontsize=13, fontweight="bold", va="center"
        )
        figure.text(_PLACE[0], 0.940, fitted("   ·   ".join(heading), 140), va="center", color=style.SOFT_INK)
        _write_words(figure, run, alert)
        return figure


def approach_of(run: Run, alert: Alert) -> int:
    """Index of the approach that an alert is drawn against, -1 for none."""
    if alert.net == "APM":
        for index, approach in enumerate(run.site.approaches):
            if approach.name == alert.area:
                return index
    if not alert.on_final:
        return -1
    rows = rows_of(run, alert.track)
    so_far = rows[run.tracks.time_s[rows] <= alert.start_time_s]
    return int(run.approach[so_far[-1]]) if len(so_far) else -1


def profiled_alerts(run: Run) -> tuple[Alert, ...]:
    """One alert for each picture: a flight on one approach, or a flight and one area. A shown alert comes first."""
    chosen: dict[tuple[object, ...], Alert] = {}
    for alert in sorted(run.alerts, key=lambda each: not each.shown):
        if len(rows_of(run, alert.track)):
            chosen.setdefault(_picture(run, alert), alert)
    return tuple(sorted(chosen.values(), key=lambda each: (each.start_time_s, each.alert_id)))


def _picture(run: Run, alert: Alert) -> tuple[object, ...]:
    index = approach_of(run, alert)
    return (alert.track, index) if index >= 0 else (alert.track, alert.net, alert.area)


def _write_legend(figure: Figure, axes: Axes) -> None:
    """The legend above the axes, in as many columns as the width of the figure holds."""
    for columns in (5, 4, 3, 2, 1):
        legend = figure.legend(
            *distinct_handles(axes), loc="upper left", bbox_to_anchor=(_PLACE[0] - 0.008, 0.922), ncols=columns
        )
        if legend.get_window_extent(renderer_of(axes)).x1 <= figure.bbox.x1:
            return
        legend.remove()


def _write_words(figure: Figure, run: Run, alert: Alert) -> None:
    """What the controller says, the ICAO words first, each with its status and source."""
    index = next(place for place, each in enumerate(run.alerts) if each is alert)
    y = 0.137
    for heading, call in (("Words", run.words[index]), ("Proposed words", run.proposed_words[index])):
        if call is None:
            continue
        lines = textwrap.wrap(call.text, _LETTERS_A_LINE) or [""]
        source = f"{heading} ({call.status}): {call.source}"
        figure.text(_PLACE[0], y, fitted(source, 165), fontsize=8.5, color=style.SOFT_INK, va="center")
        figure.text(_PLACE[0], y - 0.028 - 0.013 * (len(lines) - 1), "\n".join(lines), fontsize=9.5, va="center")
        y -= 0.064
    figure.text(0.975, 0.016, f"{style.NOT_FOR_USE}.", fontsize=8, color=style.SOFT_INK, ha="right", va="center")
