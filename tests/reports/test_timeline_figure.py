"""The timeline: one row an alert, from first conflict over start to end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from safetynets.reports.timeline_figure import timeline_figure
from safetynets.runs.run import Run


@pytest.fixture(scope="module")
def figure(run: Run) -> Figure:
    return timeline_figure(run)


def bars(figure: Figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def test_each_alert_has_its_row_and_its_bar_from_start_to_end(figure: Figure, run: Run) -> None:
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows == ["LOW1   APM below", "LOW1   MSAW below", "RIDGE2   MSAW below", "FINE3   APW inside"]
    for bar, alert in zip(bars(figure)[:3], run.alerts[:3], strict=True):
        assert bar.get_x() == alert.start_time_s
        assert bar.get_width() == 40.0


def test_an_alert_still_active_runs_to_the_edge(figure: Figure) -> None:
    bar = bars(figure)[3]
    assert bar.get_x() + bar.get_width() == pytest.approx(figure.axes[0].get_xlim()[1])


def test_a_suppressed_alert_is_hatched_and_says_by_whom(figure: Figure) -> None:
    assert [bar.get_hatch() for bar in bars(figure)] == [None, "////", None, None]
    words = [text.get_text() for text in figure.axes[0].texts]
    assert "11:01:40, 40 s, caution, not shown: APM" in words
    assert "11:01:20, 40 s, warning, shown" in words


def test_a_caution_is_paler_than_a_warning(run: Run) -> None:
    caution = replace(run.alerts[0], severity="caution")
    figure = timeline_figure(replace(run, alerts=(caution, *run.alerts[1:])))
    assert [bar.get_alpha() for bar in bars(figure)] == [0.5, 1.0, 1.0, 1.0]


def test_an_alert_that_was_announced_again_says_when(run: Run) -> None:
    again_s = run.alerts[0].start_time_s + 20.0
    alerts = (replace(run.alerts[0], reannounced_times_s=(again_s,)), *run.alerts[1:])
    figure = timeline_figure(replace(run, alerts=alerts))
    assert any(line.get_marker() == "d" and line.get_xdata()[0] == again_s for line in figure.axes[0].get_lines())
    assert "announced again" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_without_an_alert_the_timeline_says_so(quiet_run: Run) -> None:
    figure = timeline_figure(quiet_run)
    assert "No alert in this run." in [text.get_text() for text in figure.axes[0].texts]


def test_many_alerts_share_a_lane_for_each_net_in_a_figure_of_one_page(run: Run) -> None:
    many = replace(run, alerts=tuple(replace(run.alerts[place % 4], alert_id=place + 1) for place in range(400)))
    figure = timeline_figure(many)
    assert figure.get_figheight() < 10.0
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["MSAW   200 alerts", "APM   100 alerts", "APW   100 alerts"]
    bars = [each for each in figure.axes[0].collections if len(each.get_paths())]
    assert sum(len(each.get_paths()) for each in bars) == 400
