"""Alerts over many days: when a rate changed, what chance explains, where alerts gather, what labels say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from safetynets.errors import StudyError
from safetynets.evaluation.labels import Category, Situations
from safetynets.evaluation.labels.files import EXPERT
from safetynets.evaluation.monitoring.change_points import change_points
from safetynets.evaluation.monitoring.control_chart import MOVING_RANGE, control_chart
from safetynets.evaluation.monitoring.hot_spots import RADIUS_NM, hot_spots
from safetynets.evaluation.monitoring.over_time import OverTime, over_time
from safetynets.evaluation.monitoring.rates import dispersion, ratio
from safetynets.evaluation.monitoring.run_day import UNLABELLED, RunDay, categories, in_order, read_day, run_folders
from safetynets.geodesy import WGS84
from safetynets.units import m_to_nm
from tests.evaluation.made_days import HOT_SPOT_DEG, alert, write_days


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunDay, ...]:
    """Thirty generated days with other parameters from day 15 on."""
    folder = write_days(tmp_path_factory.mktemp("month") / "runs")
    return in_order([read_day(each) for each in run_folders(folder)])


@pytest.fixture(scope="module")
def over(days: tuple[RunDay, ...]) -> OverTime:
    return over_time(days)


def test_the_change_on_day_15_is_found_dated_and_tied_to_the_parameter_changed_then(over: OverTime) -> None:
    apm = over.of("APM")
    assert apm is not None
    assert apm.changes is not None
    (change,) = apm.changes
    assert change.day + 1 == change.found.day + 1 == 15
    assert change.found.first <= 14 <= change.found.last
    assert change.parameters is not None
    assert change.parameters.values == {"apm.below_ft": (100.0, 150.0)}
    # 60 and 20 for each 1,000 were generated: 20 / 60 lies in the interval
    assert change.ratio[1] < 1 / 3 < change.ratio[2]
    assert change.before[1] < 60.0 < change.before[2]
    assert change.after[1] < 20.0 < change.after[2]


def test_quiet_days_before_it_do_not_move_the_date_of_a_change_that_the_manifests_know(
    days: tuple[RunDay, ...], over: OverTime
) -> None:
    def with_so_many(number: int, most: int) -> RunDay:
        of_apm = [one for one in days[number].alerts if one.net == "APM"]
        others = [one for one in days[number].alerts if one.net != "APM"]
        return replace(days[number], alerts=[*others, *of_apm[:most]])

    quiet = [*days]
    quiet[11], quiet[12] = with_so_many(11, 3), with_so_many(12, 3)
    apm = over_time(quiet).of("APM")
    assert apm is not None
    assert apm.changes is not None
    (change,) = apm.changes
    assert change.found.day < 14 <= change.found.last, "the rates alone say an earlier day, and are not sure"
    assert change.day == 14
    whole = over.of("APM")
    assert whole is not None
    assert whole.changes is not None
    assert change.after[0] == whole.changes[0].after[0], "the rates are those before and from the day it is dated to"


def test_a_net_whose_parameters_did_not_change_shows_no_change(over: OverTime) -> None:
    msaw = over.of("MSAW")
    assert msaw is not None
    assert msaw.changes == ()
    assert {one.net for one in over.before_after} == {"", "APM"}


def test_the_planted_hot_spot_is_the_first(over: OverTime) -> None:
    first = over.hot_spots[0]
    *_, away_m = WGS84.inv(first.longitude_deg, first.latitude_deg, HOT_SPOT_DEG[1], HOT_SPOT_DEG[0])
    assert m_to_nm(away_m) < RADIUS_NM / 2
    assert first.nets == {"MSAW": first.flights}
    assert next(iter(first.places)) == "Albis"


def test_no_alert_is_in_two_hot_spots_and_each_is_within_its_radius(over: OverTime) -> None:
    members = [(day, one.alert_id) for spot in over.hot_spots for day, one in spot.members]
    assert len(members) == len(set(members))
    for spot in over.hot_spots:
        for _, one in spot.members:
            *_, away_m = WGS84.inv(spot.longitude_deg, spot.latitude_deg, one.longitude_deg, one.latitude_deg)
            assert m_to_nm(away_m) < RADIUS_NM * 1.001  # the plane is not the ellipsoid


def test_a_flight_alerted_ten_times_is_no_hot_spot(days: tuple[RunDay, ...]) -> None:
    often = tuple(alert(number, track=7, latitude_deg=47.0, longitude_deg=8.0) for number in range(1, 11))
    assert hot_spots([replace(days[0], alerts=often, category=None)]) == ()


@pytest.mark.parametrize("shape", [np.inf, 8.0])
def test_days_of_one_rate_show_no_change_however_much_they_vary(shape: float) -> None:
    random = np.random.default_rng(4)
    amount = random.uniform(0.1, 0.3, 30)
    found = 0
    for _ in range(40):
        rate = 50.0 * (np.ones(30) if np.isinf(shape) else random.gamma(shape, 1.0 / shape, 30))
        found += bool(change_points(random.poisson(rate * amount), amount))
    assert found <= 1  # 1 in 1,000 each: two of 40 would be one in 1,300


def test_one_day_of_many_alerts_hides_no_change() -> None:
    count = [10, 12, 11, 9, 10, 90, 11, 12, 10, 9, 11, 13, 10, 12, 3, 2, 4, 3, 2, 60, 3, 4, 2, 3, 4, 2, 3, 3]
    (found,) = change_points(count, np.ones(28))
    assert found.day == 14


def test_the_span_of_days_holds_the_true_day_as_often_as_it_says() -> None:
    random = np.random.default_rng(9)
    amount = np.full(30, 0.2)
    held = found = 0
    for _ in range(60):
        rate = np.where(np.arange(30) < 14, 60.0, 25.0)
        for one in change_points(random.poisson(rate * amount), amount):
            found += 1
            held += one.first <= 14 <= one.last
    assert found >= 50
    # 95 %; fewer than 9 in 10 of 50 would be one chance in 40
    assert held >= 0.9 * found


def test_the_limits_are_those_of_a_u_chart_where_days_vary_as_counts_do() -> None:
    count, amount = np.array([3.0, 5.0, 4.0, 6.0]), np.array([1.0, 2.0, 1.0, 2.0])
    chart = control_chart(count, amount)
    centre = 18.0 / 6.0
    assert chart.centre == pytest.approx(np.full(4, centre))
    assert chart.sigma_z == (1.0,)
    assert chart.high == pytest.approx(centre + 3.0 * np.sqrt(centre / amount))
    assert chart.low == pytest.approx(np.maximum(centre - 3.0 * np.sqrt(centre / amount), 0.0))


def test_days_that_vary_of_themselves_widen_the_limits_by_their_moving_ranges() -> None:
    count = np.tile([40.0, 160.0], 10)
    chart = control_chart(count, np.ones(20))
    z = (count - 100.0) / 10.0
    assert chart.sigma_z[0] == pytest.approx(np.abs(np.diff(z)).mean() / MOVING_RANGE)
    assert not chart.beyond.any()  # a u-chart would call every day a signal: 40 and 160 are 6 sigma away


def test_eight_days_on_one_side_are_a_signal_and_seven_are_not() -> None:
    counts = [9.0] * 8 + [11.0] * 7 + [9.5]
    chart = control_chart(counts, np.ones(16))
    assert chart.in_run.tolist() == [True] * 8 + [False] * 8


def test_a_stage_has_its_own_centre_line() -> None:
    chart = control_chart([60.0] * 5 + [20.0] * 5, np.ones(10), [5])
    assert chart.centre.tolist() == [60.0] * 5 + [20.0] * 5
    assert not chart.beyond.any()


@pytest.mark.parametrize(("before", "after"), [((30, 2.0), (10, 3.0)), ((0, 1.0), (4, 1.0)), ((5, 1.0), (0, 1.0))])
def test_the_interval_of_a_ratio_is_that_of_the_binomial_given_both_counts(
    before: tuple[int, float], after: tuple[int, float]
) -> None:
    found = ratio(before, after)
    exact = stats.binomtest(after[0], after[0] + before[0]).proportion_ci(0.95, method="exact")
    traffic = before[1] / after[1]
    ends = [np.inf if share == 1.0 else share / (1 - share) * traffic for share in (exact.low, exact.high)]
    assert found[1:] == pytest.approx(ends)


def test_counts_that_vary_less_than_chance_do_not_narrow_an_interval() -> None:
    assert dispersion([10, 10, 10, 10], np.ones(4)) == 1.0


def test_two_runs_over_the_same_hours_are_refused_by_name(days: tuple[RunDay, ...]) -> None:
    with pytest.raises(StudyError, match="2024-01-01 and again are runs over the same hours"):
        in_order([*days, replace(days[0], name="again")])


def test_a_flight_that_ends_after_midnight_reaches_into_the_next_day(days: tuple[RunDay, ...]) -> None:
    late = replace(days[0], last_s=days[1].first_s + 1800.0)
    assert [day.name for day in in_order([late, days[1]])] == ["2024-01-01", "2024-01-02"]


@pytest.mark.parametrize(("source", "of_untouched"), [(EXPERT, UNLABELLED), ("flown future", 0)])
def test_an_alert_that_experts_did_not_look_at_is_not_called_a_nuisance(source: str, of_untouched: int) -> None:
    known = Situations.from_rows(
        [{"net": 0, "track": 3, "from_s": 0.0, "to_s": 60.0, "category": Category.NECESSARY, "source": source}]
    )
    alerts = [alert(1, net="MSAW", track=3, start_time_s=30.0), alert(2, net="MSAW", track=4, start_time_s=30.0)]
    assert categories(alerts, known) == (int(Category.NECESSARY), of_untouched)


def test_wrong_labels_widen_the_rates_of_nuisance_and_no_others(days: tuple[RunDay, ...]) -> None:
    def labelled(day: RunDay) -> RunDay:
        """Every third alert is wanted, the others are a nuisance."""
        wanted = [int(Category.NECESSARY if each % 3 == 0 else Category.UNDESIRABLE) for each in range(len(day.alerts))]
        return replace(day, category=tuple(wanted))

    known = [labelled(day) for day in days]
    sure, unsure = over_time(known), over_time(known, labels_wrong_share=0.05)
    alerts, nuisance = (unsure.of("", what) for what in ("alerts", "nuisance"))
    plain = sure.of("", "nuisance")
    assert alerts is not None
    assert nuisance is not None
    assert plain is not None
    assert alerts.total == sure.series[0].total
    # Rogan and Gladen: an end p of the share may stand for (p - 0.05) / 0.9.
    value, low, high = plain.total
    at_all = alerts.total[0]
    assert nuisance.total[0] == value
    assert nuisance.total[1] == pytest.approx(min(low, (low / at_all - 0.05) / 0.9 * at_all))
    assert nuisance.total[2] == pytest.approx(max(high, (high / at_all - 0.05) / 0.9 * at_all))
    (was,), (now,) = (
        [one for one in each.before_after if (one.net, one.what) == ("APM", "nuisance")] for each in (sure, unsure)
    )
    assert now.ratio[0] == was.ratio[0]
    assert now.ratio[1] <= was.ratio[1] < was.ratio[2] <= now.ratio[2]


def test_rates_by_operator_count_the_flights_that_flew(over: OverTime, days: Sequence[RunDay]) -> None:
    flown = sum(int((day.flights.operator == "SWR").sum()) for day in days)
    row = next(row for row in over.tables["operator"] if row.key == ("SWR",))
    assert row.flights == flown
    assert row.alerts == sum(one.callsign.startswith("SWR") for day in days for one in day.alerts)


def test_a_day_whose_site_has_changed_since_counts_without_labels(tmp_path: Path) -> None:
    folder = write_days(tmp_path / "one", days=1)
    (day,) = [read_day(each, "rules") for each in run_folders(folder)]
    assert day.category is None
    assert "is not the one of this run" in day.label_problem
    assert len(day.alerts) > 0


def test_a_call_sign_alerted_twice_on_one_day_is_no_repeat_flight(days: tuple[RunDay, ...]) -> None:
    twice = tuple(alert(number, callsign="SWR100", track=0) for number in (1, 2))
    only = [replace(days[0], alerts=twice), replace(days[1], alerts=())]
    assert over_time(only).repeat_flights == ()
    both = [replace(days[0], alerts=twice), replace(days[1], alerts=twice[:1])]
    (found,) = over_time(both).repeat_flights
    assert (found.callsign, found.days_alerted, found.alerts) == ("SWR100", 2, 3)


def test_the_generated_days_are_read_as_written(days: tuple[RunDay, ...], tmp_path: Path) -> None:
    folder = write_days(tmp_path / "one", days=1)
    (again,) = [read_day(each) for each in run_folders(folder)]
    assert again.flights.count == 200
    assert [one.callsign for one in again.alerts] == [one.callsign for one in days[0].alerts]
    assert again.category is None
    assert again.nuisance == (None,) * len(again.alerts)
