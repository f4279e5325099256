"""The displays of results: what is on which axis, what is marked, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from scipy.stats import norm

from safetynets.errors import StudyError
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.reports import house_style as style
from safetynets.reports.displays import (
    DetDisplay,
    Display,
    ParetoDisplay,
    SensitivityDisplay,
    SobolDisplay,
    ThresholdDisplay,
    WarningTimeDisplay,
)
from safetynets.reports.displays.settings import PRESENT


def results(nuisance: list[float], missed: list[float], **columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"set": range(len(nuisance)), "nuisance_share": nuisance, "missed_share": missed, **columns})


def words_on(display: Display) -> set[str]:
    return {text.get_text() for text in display.figure_.findobj(match=lambda one: hasattr(one, "get_text"))}


def test_a_det_curve_has_normal_deviate_axes() -> None:
    ax = DetDisplay.from_results(results([0.1, 0.3, 0.5], [0.3, 0.2, 0.05])).plot().ax_
    places = ax.transData.transform([(share, share) for share in (0.1, 0.2, 0.5)])
    steps = np.diff(places, axis=0)
    expected = np.diff(norm.ppf([0.1, 0.2, 0.5]))
    assert steps[0] / steps[1] == pytest.approx([expected[0] / expected[1]] * 2)


def test_the_front_is_what_no_set_betters_in_both_shares() -> None:
    display = DetDisplay.from_results(results([0.3, 0.1, 0.2, 0.2], [0.01, 0.04, 0.05, 0.03]))
    assert display.front.tolist() == [1, 3, 0]


def test_the_present_setting_is_marked_at_its_place_with_its_name() -> None:
    display = DetDisplay.from_results(results([0.3, 0.1], [0.01, 0.04]), present=0, recommended=1).plot()
    (mark,) = [line for line in display.ax_.get_lines() if line.get_marker() == "D"]
    assert to_hex(mark.get_color()) == PRESENT
    assert [np.ravel(mark.get_xdata())[0], np.ravel(mark.get_ydata())[0]] == [0.3, 0.01]
    assert {"present: set 0", "recommended: set 1"} <= words_on(display)


def test_one_set_that_is_both_present_and_recommended_is_marked_once() -> None:
    display = DetDisplay.from_results(results([0.3, 0.1], [0.01, 0.04]), present=1, recommended=1).plot()
    assert "present and recommended: set 1" in words_on(display)


def test_a_set_that_misses_nothing_stands_at_the_end_of_the_axis_which_is_named_nothing() -> None:
    display = DetDisplay.from_results(results([0.3, 0.1], [0.0, 0.04])).plot()
    display.figure_.canvas.draw()
    assert display.ax_.get_yticklabels()[0].get_text() == "0\u00a0%"
    assert "a share is 0\u00a0% or 100\u00a0%: at the end of its axis (1)" in words_on(display)


def test_a_set_without_an_alert_is_counted_and_not_drawn() -> None:
    display = DetDisplay.from_results(results([0.3, np.nan], [0.01, 1.0])).plot()
    assert "parameter set (1; 1 without an alert not drawn)" in words_on(display)


def test_bars_are_the_intervals_of_the_table() -> None:
    frame = results([0.2], [0.1], nuisance_share_low=[0.15], nuisance_share_high=[0.3])
    display = DetDisplay.from_results(frame).plot()
    spans = [tuple(line.get_xdata()) for line in display.ax_.get_lines() if len(np.ravel(line.get_xdata())) == 2]
    assert (0.15, 0.3) in spans


def test_a_mark_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(StudyError, match="the present set 7 is not among the 2 sets"):
        DetDisplay.from_results(results([0.3, 0.1], [0.01, 0.04]), present=7)


def test_a_missing_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(StudyError, match="no column 'missed_share'; write 'mised_share'"):
        DetDisplay.from_results(pd.DataFrame({"nuisance_share": [0.1], "mised_share": [0.1]}))


def test_longer_warning_time_puts_a_set_on_the_pareto_front() -> None:
    frame = results([0.1, 0.2, 0.2], [0.1, 0.1, 0.2], warning_time_p50_s=[20.0, 30.0, 25.0])
    display = ParetoDisplay.from_results(frame).plot()
    assert display.front.tolist() == [0, 1]
    (drawn,) = display.ax_.collections
    areas = dict(zip(np.asarray(drawn.get_array()).tolist(), drawn.get_sizes().tolist(), strict=True))
    assert areas[30.0] > areas[20.0]


def test_late_are_the_alerts_that_gave_less_than_needed() -> None:
    display = WarningTimeDisplay.from_times([10.0, 20.0, 30.0, -5.0], needed_s=24.0).plot()
    assert display.late_share == 0.75
    assert "needed: 24 s; 75.0\u00a0% late" in words_on(display)
    assert display.ax_.get_xlim()[0] < -5.0


def test_where_geometry_allowed_less_than_needed_an_alert_is_not_late() -> None:
    display = WarningTimeDisplay.from_times([10.0, 20.0], needed_s=24.0, most_s=[15.0, 60.0])
    assert display.late_share == 1.0
    assert np.isnan(WarningTimeDisplay.from_times([10.0], needed_s=24.0, most_s=[np.nan]).late_share)


def test_the_distribution_of_warning_times_rises_to_all_alerts() -> None:
    display = WarningTimeDisplay.from_times([40.0, 10.0]).plot()
    (line,) = display.ax_.get_lines()
    assert np.ravel(line.get_xdata()).tolist() == [0.0, 10.0, 40.0]
    assert np.ravel(line.get_ydata()).tolist() == [0.0, 0.5, 1.0]


def test_times_that_are_not_finite_are_refused() -> None:
    with pytest.raises(StudyError, match="given_s has 2 times, 1 of them not finite"):
        WarningTimeDisplay.from_times([np.nan, 3.0])


def test_detection_counts_only_the_sets_that_have_the_other_parameters_as_at_present(study: StudyOutcome) -> None:
    display = ThresholdDisplay.from_outcome(study)
    wanted = study.results[study.results["msaw.look_ahead_s"] == 60.0]
    assert sorted(set(display.threshold)) == sorted(wanted["msaw.terrain_clearance_ft"])
    (recorded, as_recorded), (three, rows), (nine, _) = display.curves
    assert (recorded, three, nine) == (0.0, 3.0, 9.0)
    assert set(display.detected.value[as_recorded]) == {20 / 1000}, "of all flights"
    missed = wanted.sort_values("msaw.terrain_clearance_ft")["missed"]
    assert display.detected.value[rows].tolist() == pytest.approx((1 - missed / 40).tolist())
    assert display.injected_words == "altimeter setting error, hPa"


def test_without_sizes_of_a_fault_there_is_no_curve(study: StudyOutcome) -> None:
    without = StudyOutcome(study.results, study.days.assign(fault_size=np.nan), study.manifest)
    with pytest.raises(StudyError, match="no sizes of a fault"):
        ThresholdDisplay.from_outcome(without)


def test_the_widest_swing_comes_first_with_the_values_at_its_ends(study: StudyOutcome) -> None:
    display = SensitivityDisplay.from_outcome(study, "missed_share").plot()
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == [
        "msaw.terrain_clearance_ft",
        "msaw.look_ahead_s",
    ]
    rows = study.manifest["sensitivity"]["one_at_a_time"]["rows"]
    swept = [row["missed_share"] for row in rows if row["key"] == "msaw.terrain_clearance_ft"]
    bar = display.ax_.patches[0]
    assert (bar.get_x(), bar.get_width()) == pytest.approx((min(swept), max(swept) - min(swept)))  # type: ignore[attr-defined]
    assert "present: 3.8 %" in words_on(display)


def test_a_metric_without_sobol_indices_is_refused_with_the_reason(study: StudyOutcome) -> None:
    assert [share.first for share in SobolDisplay.from_outcome(study, "missed_share").shares] == [0.6, 0.3]
    with pytest.raises(StudyError, match="no Sobol indices of 'nuisance_share'; Exact"):
        SobolDisplay.from_outcome(study)


def test_a_display_draws_on_axes_given_and_says_where(study: StudyOutcome) -> None:
    figure = style.new_figure(4.0)
    ax = figure.add_subplot()
    display = DetDisplay.from_results(study.results)
    assert display.plot(ax) is display
    assert display.ax_ is ax
    assert display.figure_ is figure


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_a_figure_drawn_twice_is_the_same_bytes_and_says_not_when(study: StudyOutcome, kind: str) -> None:
    figures = [DetDisplay.from_results(study.results, present=0).plot().figure_ for _ in range(2)]
    first, second = (style.figure_bytes(figure, kind) for figure in figures)
    assert first == second
    assert not re.search(rb"CreationDate|<dc:date>", first)
    if kind == "pdf":
        assert b"/FontFile2" in first, "the letters it uses are embedded"
        assert b"/Type3" not in first, "as TrueType, which can be searched"
