"""Displays of a finished run: plan view, vertical profile and timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from matplotlib.axes import Axes

from safetynets.engine.alerts import Alert
from safetynets.errors import ScenarioError
from safetynets.reports.displays.display import Display
from safetynets.reports.map_figure import draw_map, map_figure, map_frame
from safetynets.reports.profile_figure import draw_profile, profile_figure
from safetynets.reports.profile_flight import distinct_handles, name_of, rows_of
from safetynets.reports.timeline_figure import draw_timeline, timeline_figure, timeline_handles
from safetynets.runs.run import Run


@dataclass
class PlanViewDisplay(Display):
    """The map of a run: terrain, minimum altitudes, approaches, volumes, tracks and every alert.

    A figure of its own has the legend, the elevation scale and the list of alerts beside the map; axes given get the
    map alone, framed to their shape.

    Parameters
    ----------
    run
        A finished run.

    Examples
    --------
    >>> from safetynets.reports.displays import ProfileDisplay, TimelineDisplay
    >>> from safetynets.runs import run_scenario
    >>> run = run_scenario("flat-ground-low")
    >>> [type(kind.from_run(run)).__name__ for kind in (PlanViewDisplay, ProfileDisplay, TimelineDisplay)]
    ['PlanViewDisplay', 'ProfileDisplay', 'TimelineDisplay']
    """

    run: Run

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Make the display from a finished run.

        Parameters
        ----------
        run
            The run.

        Returns
        -------
        PlanViewDisplay
            Not drawn yet.
        """
        return cls(run)

    def _draw(self, ax: Axes) -> None:
        box = ax.get_window_extent()
        frame = map_frame(self.run, width_over_height=box.width / box.height)
        ax.set_xlim(frame.x0, frame.x1)
        ax.set_ylim(frame.y0, frame.y1)
        draw_map(ax, self.run)
        ax.set_title(self.run.site.title)

    def _new_figure(self) -> Axes:
        return map_figure(self.run).axes[0]


@dataclass
class ProfileDisplay(Display):
    """The vertical profile of one alerted flight, against its approach or over time, with the words that were due.

    A figure of its own has the legend above and the words below; axes given get the profile with its legend.

    Parameters
    ----------
    run
        A finished run.
    alert
        The alert whose flight is drawn.
    """

    run: Run
    alert: Alert

    @classmethod
    def from_run(cls, run: Run, alert_id: int | None = None) -> Self:
        """Make the display from a finished run.

        Parameters
        ----------
        run
            The run.
        alert_id
            The number of one of its alerts; without it the first that was shown.

        Returns
        -------
        ProfileDisplay
            Not drawn yet.

        Raises
        ------
        ScenarioError
            When the run has no such alert, or its flight has no plot that could be drawn.

        Examples
        --------
        See `PlanViewDisplay`.
        """
        alert = alert_of(run, alert_id)
        if not len(rows_of(run, alert.track)):
            raise ScenarioError(
                f"the flight of alert {alert.alert_id} has no plot with position and altitude", where=name_of(alert)
            )
        return cls(run, alert)

    def _draw(self, ax: Axes) -> None:
        where = draw_profile(ax, self.run, self.alert)
        ax.set_title(f"{name_of(self.alert)}   {where}", pad=18)
        ax.legend(*distinct_handles(ax), fontsize=8, loc="best")

    def _new_figure(self) -> Axes:
        return profile_figure(self.run, self.alert).axes[0]


@dataclass
class TimelineDisplay(Display):
    """The alerts of a run over time, one row each: first conflict, start, end, severity, shown or suppressed.

    Parameters
    ----------
    run
        A finished run.
    """

    run: Run

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Make the display from a finished run, also one without an alert.

        Parameters
        ----------
        run
            The run.

        Returns
        -------
        TimelineDisplay
            Not drawn yet.

        Examples
        --------
        See `PlanViewDisplay`.
        """
        return cls(run)

    def _draw(self, ax: Axes) -> None:
        draw_timeline(ax, self.run)
        if self.run.alerts:
            ax.legend(handles=timeline_handles(self.run), loc="upper left", bbox_to_anchor=(0.0, -0.12), ncols=3)

    def _new_figure(self) -> Axes:
        return timeline_figure(self.run).axes[0]


def alert_of(run: Run, alert_id: int | None) -> Alert:
    """The alert with a number, or the first that was shown.

    Raises
    ------
    ScenarioError
        When there is none; the error says which numbers there are.
    """
    found = [alert for alert in run.alerts if alert.alert_id == alert_id]
    if alert_id is None:
        found = sorted(run.alerts, key=lambda alert: not alert.shown)
    if found:
        return found[0]
    known = ", ".join(str(alert.alert_id) for alert in run.alerts[:20])
    raise ScenarioError(
        "the run has no alert" if alert_id is None or not known else f"the run has no alert {alert_id}",
        where=run.name,
        mend=f"use one of {known}" if known else "draw its map",
    )
