"""The displays of a run wrap its figures: alone as they are in the run's folder, or on axes given."""

from __future__ import annotations

import pytest

from safetynets.errors import ScenarioError
from safetynets.reports import house_style as style
from safetynets.reports.displays import PlanViewDisplay, ProfileDisplay, TimelineDisplay
from safetynets.reports.map_figure import map_figure
from safetynets.reports.profile_figure import profile_figure
from safetynets.runs.run import Run


def test_alone_a_display_is_the_figure_of_the_run_folder(run: Run) -> None:
    drawn = style.figure_bytes(PlanViewDisplay.from_run(run).plot().figure_, "png", 50)
    assert drawn == style.figure_bytes(map_figure(run), "png", 50)
    profile = ProfileDisplay.from_run(run, alert_id=3).plot()
    assert style.figure_bytes(profile.figure_) == style.figure_bytes(profile_figure(run, run.alerts[2]))


def test_on_given_axes_the_map_is_framed_to_their_shape(run: Run) -> None:
    ax = style.new_figure(4.0, 8.0).add_axes((0.0, 0.0, 1.0, 1.0))
    PlanViewDisplay.from_run(run).plot(ax)
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    assert (x1 - x0) / (y1 - y0) == pytest.approx(2.0)
    assert ax.get_title(loc="left") == run.site.title


def test_on_given_axes_profile_and_timeline_bring_their_legend(run: Run, quiet_run: Run) -> None:
    for display in (ProfileDisplay.from_run(run, 1), TimelineDisplay.from_run(run)):
        ax = style.new_figure(5.0).add_subplot()
        assert display.plot(ax).ax_.get_legend() is not None
    quiet = TimelineDisplay.from_run(quiet_run).plot(style.new_figure(5.0).add_subplot())
    assert "No alert in this run." in [text.get_text() for text in quiet.ax_.texts]


def test_without_a_number_the_first_alert_shown_is_drawn(run: Run) -> None:
    assert ProfileDisplay.from_run(run).alert.alert_id == 1


def test_an_alert_that_is_not_there_is_refused_with_those_that_are(run: Run, quiet_run: Run) -> None:
    with pytest.raises(ScenarioError, match="the run has no alert 9; use one of 1, 2, 3, 4"):
        ProfileDisplay.from_run(run, alert_id=9)
    with pytest.raises(ScenarioError, match="the run has no alert"):
        ProfileDisplay.from_run(quiet_run)
