"""Profiles: the lines stand where the formulas of docs/nets.md put them, worked out here once more by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from safetynets.reports.profile_figure import approach_of, flight_figure, passes_of, profile_figure, profiled_alerts
from safetynets.runs.execute import run_scenario
from safetynets.runs.run import Run

THRESHOLD_AND_CROSSING_FT = 1450.0
EARTH_RADIUS_M = 6_371_008.8


def line_called(figure: Figure, words: str) -> Line2D:
    (found,) = [line for line in figure.axes[0].get_lines() if line.get_label() == words]
    return found


def at(line: Line2D, x: float) -> float:
    order = np.argsort(line.get_xdata())
    return float(np.interp(x, np.asarray(line.get_xdata())[order], np.asarray(line.get_ydata())[order]))


def texts(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
    return found


def path_ft(distance_nm: float) -> float:
    """3 degrees from 50 ft above the threshold, straight in space, so plus the curvature of the earth."""
    distance_m = distance_nm * 1852.0
    rise_m = distance_m * math.tan(math.radians(3.0)) + distance_m**2 / (2.0 * EARTH_RADIUS_M)
    return THRESHOLD_AND_CROSSING_FT + rise_m / 0.3048


@pytest.fixture(scope="module")
def low(run: Run) -> Figure:
    return profile_figure(run, run.alerts[0])


def test_nominal_path_is_drawn_with_earth_curvature(low: Figure) -> None:
    nominal = line_called(low, "nominal path 3.0°, earth curvature included")
    # Between the 400 points of the drawn line the curve is off its chord by less than 0.01 ft.
    assert at(nominal, 8.0) == pytest.approx(path_ft(8.0), abs=0.05)
    assert path_ft(8.0) == pytest.approx(1450.0 + 2547.5 + 56.5, abs=0.5)


def test_nominal_path_is_level_before_the_intercept(low: Figure) -> None:
    nominal = line_called(low, "nominal path 3.0°, earth curvature included")
    assert at(nominal, 11.0) == 4500.0


def test_below_limit_is_drawn_only_where_the_approach_is_monitored(low: Figure) -> None:
    limit = line_called(low, "below limit of the APM")
    assert at(limit, 6.0) == pytest.approx(path_ft(6.0) - 100.0, abs=0.05)
    assert min(limit.get_xdata()) == 1.5
    assert max(limit.get_xdata()) == 12.0


def test_above_limit_is_drawn_when_the_apm_watches_it(run: Run) -> None:
    apm = run.site.parameters.apm.model_copy(update={"kinds": ("below", "above"), "above_deg": 0.5})
    site = replace(run.site, parameters=run.site.parameters.with_tables(apm=apm))
    figure = profile_figure(replace(run, site=site), run.alerts[0])
    expected_ft = path_ft(6.0) + 300.0 + 6.0 * 1852.0 / 0.3048 * math.tan(math.radians(0.5))
    assert at(line_called(figure, "above limit of the APM"), 6.0) == pytest.approx(expected_ft, abs=0.05)


def test_the_flight_stands_at_its_distance_and_altitude_on_the_qnh(low: Figure) -> None:
    plots = line_called(low, "plots of LOW1")
    # Plot 20 is 12 NM - 2000 m - 20 * 4 s * 80 m/s before the threshold.
    distance_nm = (12.0 * 1852.0 - 2000.0 - 6400.0) / 1852.0
    assert plots.get_xdata()[20] == pytest.approx(distance_nm, abs=1e-6)
    flat_path_ft = THRESHOLD_AND_CROSSING_FT + distance_nm * 1852.0 / 0.3048 * math.tan(math.radians(3.0))
    assert plots.get_ydata()[20] == pytest.approx(flat_path_ft - 600.0, abs=0.01)


def test_both_alerts_of_the_flight_are_told_and_the_unseen_one_says_who_spoke(low: Figure) -> None:
    words = "\n".join(texts(low))
    assert "APM below, warning, 11:01:20" in words
    assert "600 ft below the path" in words
    assert "MSAW below, caution, 11:01:40" in words
    legend = [text.get_text() for text in low.legends[0].get_texts()]
    assert "MSAW alert, not shown (APM)" in legend


def test_the_words_stand_below_with_status_and_source(low: Figure) -> None:
    words = texts(low)
    assert "LOW1 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1001" in words
    assert "LOW1 APPROACH PATH WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1001" in words
    assert "ICAO words: ICAO Doc 4444 (PANS-ATM) 12.6.1.1" in words
    assert "Not for operational use." in words


def test_a_flight_off_the_approaches_is_drawn_against_the_floor_of_the_msaw(run: Run) -> None:
    figure = profile_figure(run, run.alerts[2])
    floor = line_called(figure, "floor of the MSAW, where it judged")
    # The hand-made conflicts hold a floor of 3,000 ft for 44 plots and 6,500 ft after that.
    assert floor.get_ydata()[0] == 3000.0
    assert floor.get_ydata()[-1] == 6500.0
    assert figure.axes[1].get_xlabel() == "distance flown, NM"


def test_a_volume_limit_given_as_flight_level_is_drawn_as_altitude(run: Run) -> None:
    figure = profile_figure(run, run.alerts[3])
    bands = [each for each in figure.axes[0].collections if "LS-X1" in str(each.get_label())]
    top_ft = bands[0].get_paths()[0].vertices[:, 1].max()
    # QNH 1001 is 12.25 hPa below standard, and one hPa is 27.4 ft at that pressure.
    assert top_ft == pytest.approx(6500.0 - 336.0, abs=3.0)


def test_an_altitude_spike_is_crossed_and_bends_no_line(run: Run) -> None:
    spiked = np.array(run.altitude_ft)
    spiked[170] = 28_975.0
    figure = profile_figure(replace(run, altitude_ft=spiked), run.alerts[3])
    assert max(line_called(figure, "plots of FINE3").get_ydata()) < 5000.0
    assert line_called(figure, "altitude spike, not judged (1)").get_ydata()[0] <= figure.axes[0].get_ylim()[1]


def test_a_call_sign_is_never_taken_for_a_formula(run: Run) -> None:
    alert = replace(run.alerts[2], callsign="$\\frac{$")
    figure = profile_figure(
        replace(run, alerts=(alert,), words=run.words[2:3], proposed_words=(None,), deliveries=(None,)), alert
    )
    figure.draw_without_rendering()
    assert any("$\\frac{$" in text for text in texts(figure))


def test_a_volume_beside_the_flight_still_shows_its_vertical_limits(run: Run) -> None:
    limits = line_called(profile_figure(run, run.alerts[3]), "vertical limits of LS-X1")
    assert limits.get_ydata()[0] == pytest.approx(6500.0 - 336.0, abs=3.0)


def test_one_picture_for_each_flight_on_one_approach(run: Run) -> None:
    assert [alert.alert_id for alert in profiled_alerts(run)] == [1, 4, 3]
    assert [approach_of(run, alert) for alert in run.alerts] == [0, 0, -1, -1]


def test_a_second_pass_over_the_approach_is_not_mixed_in(run: Run) -> None:
    rows = run.tracks.rows_of(0)
    x_m, y_m = np.array(run.tracks.x_m), np.array(run.tracks.y_m)
    x_m[rows.start + 40 : rows.start + 45] += 50_000.0
    figure = profile_figure(replace(run, tracks=run.tracks.with_columns(x_m=x_m, y_m=y_m)), run.alerts[0])
    assert len(line_called(figure, "plots of LOW1").get_xdata()) == 40


def test_each_of_two_passes_over_an_approach_has_its_own_picture_with_its_own_alert(run: Run) -> None:
    x_m = np.array(run.tracks.x_m)
    x_m[25:35] += 20_000.0
    second = replace(
        run.alerts[0], alert_id=9, start_time_s=float(run.tracks.time_s[45]), end_time_s=float(run.tracks.time_s[50])
    )
    twice = replace(
        run,
        tracks=replace(run.tracks, x_m=x_m),
        alerts=(run.alerts[0], second),
        words=run.words[:1] * 2,
        proposed_words=(None, None),
        deliveries=(None, None),
    )
    assert [alert.alert_id for alert in profiled_alerts(twice)] == [1, 9]
    for alert, own, other in ((run.alerts[0], "11:01:20", "11:03:00"), (second, "11:03:00", "11:01:20")):
        figure = profile_figure(twice, alert)
        words = "\n".join(texts(figure))
        assert f"APM below, warning, {own}" in words
        assert other not in words
        assert len(line_called(figure, "plots of LOW1").get_xdata()) == 25


def test_a_flight_without_an_alert_is_drawn_against_the_approach_it_joined(quiet_run: Run) -> None:
    figure = flight_figure(quiet_run, 0)
    words = texts(figure)
    assert any(word.startswith("LOW1   ") and "22" in word for word in words)
    assert at(line_called(figure, "nominal path 3.0°, earth curvature included"), 8.0) == pytest.approx(
        path_ft(8.0), abs=0.05
    )
    assert len(line_called(figure, "plots of LOW1").get_xdata()) == 60
    assert "MSAW judged 60 of 60 plots of this flight; APM judged 60 of 60 plots of this flight; " in "".join(words)


def test_a_flight_without_an_alert_and_off_the_approaches_is_drawn_against_the_floor(quiet_run: Run) -> None:
    figure = flight_figure(quiet_run, 1)
    floor = line_called(figure, "floor of the MSAW, where it judged")
    assert (floor.get_ydata()[0], floor.get_ydata()[-1]) == (3000.0, 6500.0)
    assert "APM judged 0 of 60 plots of this flight" in "".join(texts(figure))


def test_each_approach_of_a_flight_without_an_alert_has_its_own_picture(quiet_run: Run) -> None:
    x_m, approach = np.array(quiet_run.tracks.x_m), np.array(quiet_run.approach)
    x_m[25:35] += 20_000.0
    approach[25:35] = -1
    twice = replace(quiet_run, tracks=replace(quiet_run.tracks, x_m=x_m), approach=approach)
    assert passes_of(twice, 0) == (24, 59)
    for row in passes_of(twice, 0):
        drawn = line_called(flight_figure(twice, 0, row), "plots of LOW1")
        assert len(drawn.get_xdata()) == 25
    assert passes_of(twice, 1) == (60,)


def test_an_msaw_alert_behind_the_monitored_part_is_drawn_against_the_approach_just_flown() -> None:
    """Both alerts of the MSAW on the two approaches of paris-2022; the second begins after the APM has let go."""
    paris = run_scenario("paris-2022")
    msaw = [alert for alert in paris.alerts if alert.net == "MSAW"]
    assert [alert.on_final for alert in msaw] == [True, False]
    assert [paris.site.approaches[approach_of(paris, alert)].name for alert in msaw] == ["LFPG 27R"] * 2
    assert [alert.alert_id for alert in profiled_alerts(paris)] == [1, 3]
