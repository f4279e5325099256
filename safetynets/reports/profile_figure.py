"""The vertical profile of an alerted flight: against its approach, or against what it came too near to."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.net import nets
from safetynets.phraseology import words_heading
from safetynets.reports import house_style as style
from safetynets.reports.formats import day, fitted, hectopascals, number
from safetynets.reports.labels import renderer_of
from safetynets.reports.map_figure import qnh_words
from safetynets.reports.profile_approach import draw_approach_profile, pass_over
from safetynets.reports.profile_flight import distinct_handles, flight_name, name_of, rows_of
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
    with style.house_style():
        figure = _figure(run, alert.track, alert.start_time_s, approach_of(run, alert), _together(run, alert))
        _write_words(figure, run, alert)
        return figure


def draw_profile(axes: Axes, run: Run, alert: Alert) -> str:
    """Draw the profile of the flight of one alert on axes; returns what the flight is drawn against."""
    return _draw(axes, run, alert.track, alert.start_time_s, approach_of(run, alert), _together(run, alert))


def flight_figure(run: Run, track: int, row: int | None = None) -> Figure:
    """Draw the vertical profile of a flight without an alert as an alerted one: what the nets were silent about.

    A flight that was joined to an approach is drawn against it, any other over time. How many of its plots each net
    judged stands below.

    Parameters
    ----------
    run
        A finished run.
    track
        Number of the track.
    row
        The plot (row in `run.tracks`) that chooses the pass over an approach, one of `passes_of`; without it the last.

    Returns
    -------
    matplotlib.figure.Figure
        Altitudes in ft on the QNH.

    Examples
    --------
    >>> from safetynets.runs import run_scenario
    >>> flight_figure(run_scenario("flat-ground-low"), 0).axes[0].get_ylabel()
    'altitude on the QNH, ft'
    """
    row = passes_of(run, track)[-1] if row is None else row
    with style.house_style():
        figure = _figure(run, track, float(run.tracks.time_s[row]), int(run.approach[row]), [])
        _write_silence(figure, run, track)
        return figure


def passes_of(run: Run, track: int) -> tuple[int, ...]:
    """The last joined plot of each pass of a track over an approach; its first plot where it joined none."""
    rows = rows_of(run, track)
    index = run.approach[rows]
    leaves = (index >= 0) & (np.append(index[1:], -1) != index)
    last: dict[tuple[int, int], int] = {}
    for row in rows[leaves].tolist():
        flown = pass_over(run, track, float(run.tracks.time_s[row]), run.site.approaches[int(run.approach[row])])
        last[int(run.approach[row]), int(flown.rows[0]) if len(flown.rows) else row] = row
    return tuple(last.values()) or (int(rows[0]),)


def _figure(run: Run, track: int, time_s: float, index: int, alerts: Sequence[Alert]) -> Figure:
    """A flight against the approach of an index, in its pass nearest to a time (s), or over time where it is -1."""
    figure = style.new_figure(HEIGHT_IN)
    axes = figure.add_axes(_PLACE)
    where = _draw(axes, run, track, time_s, index, alerts)
    _write_legend(figure, axes)
    name = name_of(alerts[0]) if alerts else flight_name(run, track)
    qnh = f"QNH {hectopascals(alerts[0].qnh_hpa)} hPa" if alerts else qnh_words(run)
    heading = [run.title, qnh, day(time_s)]
    figure.text(_PLACE[0], 0.972, fitted(f"{name}   {where}", 95), fontsize=13, fontweight="bold", va="center")
    figure.text(_PLACE[0], 0.940, fitted("   ·   ".join(heading), 140), va="center", color=style.SOFT_INK)
    figure.text(0.975, 0.016, f"{style.NOT_FOR_USE}.", fontsize=8, color=style.SOFT_INK, ha="right", va="center")
    return figure


def _draw(axes: Axes, run: Run, track: int, time_s: float, index: int, alerts: Sequence[Alert]) -> str:
    axes.grid(visible=True)
    if index >= 0:
        approach = run.site.approaches[index]
        where = draw_approach_profile(axes, pass_over(run, track, time_s, approach), alerts, approach)
    else:
        where = draw_time_profile(axes, run, track, alerts)
    axes.set_ylabel("altitude on the QNH, ft")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    return where


def _together(run: Run, alert: Alert) -> list[Alert]:
    """The alerts that belong into the picture of one of them, that one first."""
    picture = _picture(run, alert)
    alerts = [each for each in run.alerts if each.track == alert.track and _picture(run, each) == picture]
    return sorted(alerts, key=lambda each: each is not alert)


def approach_of(run: Run, alert: Alert) -> int:
    """Index of the approach that an alert is drawn against, -1 for none.

    An alert of the MSAW on the last miles, behind the part that is monitored, is drawn against the approach just flown.
    """
    if alert.net == "APM":
        for index, approach in enumerate(run.site.approaches):
            if approach.name == alert.area:
                return index
    rows = rows_of(run, alert.track)
    so_far = rows[run.tracks.time_s[rows] <= alert.start_time_s]
    if alert.on_final:
        return int(run.approach[so_far[-1]]) if len(so_far) else -1
    return _just_left(run, alert, so_far) if alert.net == "MSAW" else -1


def _just_left(run: Run, alert: Alert, so_far: NDArray[np.intp]) -> int:
    """The approach that the flight was last joined to, if the alert is in the same pass over it: its last miles."""
    joined = so_far[run.approach[so_far] >= 0]
    if not len(joined):
        return -1
    index = int(run.approach[joined[-1]])
    flown = pass_over(run, alert.track, alert.start_time_s, run.site.approaches[index])
    return index if {int(joined[-1]), int(so_far[-1])} <= set(flown.rows.tolist()) else -1


def profiled_alerts(run: Run) -> tuple[Alert, ...]:
    """One alert for each picture: one pass over an approach, or a flight and one area. A shown alert comes first."""
    chosen: dict[tuple[object, ...], Alert] = {}
    for alert in sorted(run.alerts, key=lambda each: not each.shown):
        if len(rows_of(run, alert.track)):
            chosen.setdefault(_picture(run, alert), alert)
    return tuple(sorted(chosen.values(), key=lambda each: (each.start_time_s, each.alert_id)))


def _picture(run: Run, alert: Alert) -> tuple[object, ...]:
    index = approach_of(run, alert)
    if index < 0:
        return alert.track, alert.net, alert.area
    flown = pass_over(run, alert.track, alert.start_time_s, run.site.approaches[index])
    return alert.track, index, int(flown.rows[0]) if len(flown.rows) else -1


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
    """What the controller says, the words of the run first, each with its standing and source."""
    index = next(place for place, each in enumerate(run.alerts) if each is alert)
    y = 0.137
    for call in (run.words[index], run.proposed_words[index]):
        if call is None:
            continue
        lines = textwrap.wrap(call.text, _LETTERS_A_LINE) or [""]
        source = f"{words_heading(call)}: {call.source}"
        figure.text(_PLACE[0], y, fitted(source, 165), fontsize=8.5, color=style.SOFT_INK, va="center")
        figure.text(_PLACE[0], y - 0.028 - 0.013 * (len(lines) - 1), "\n".join(lines), fontsize=9.5, va="center")
        y -= 0.064


def _write_silence(figure: Figure, run: Run, track: int) -> None:
    rows = run.tracks.rows_of(track)
    plots = rows.stop - rows.start
    found = run.conflicts_at(np.arange(rows.start, rows.stop))
    judged = []
    for net in nets():
        groups = [table.assessable for table in found if table.net is net]
        if groups:
            count = np.any(groups, axis=0).sum()
            judged.append(f"{net.name} judged {number(count)} of {number(plots)} plots of this flight")
    words = "; ".join(judged) or "no net ran, nothing was judged"
    figure.text(_PLACE[0], 0.137, "No alert", fontsize=8.5, color=style.SOFT_INK, va="center")
    figure.text(_PLACE[0], 0.109, f"{words}.", fontsize=9.5, va="center")
