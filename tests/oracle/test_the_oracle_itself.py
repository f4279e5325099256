"""The oracle against cases worked out by hand, so that it is not believed on its own word."""

from __future__ import annotations

import math

import pytest
import shapely
from shapely import MultiPolygon, Polygon

from safetynets.engine.reasons import Kind, Reason
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.nets.apw.parameters import ApwParameters
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.geometry import Limit, Period, Schedule, WeeklyPeriod
from safetynets.sites.parameters import Lifecycle, Parameters
from tests.nets.situations import approach, minimum, obstacle, parameters, site, square, terrain, volume
from tests.oracle import apm, apw
from tests.oracle.areas import distance_m, holds
from tests.oracle.lifecycle import JudgedPlot, episodes_of
from tests.oracle.msaw import MsawOracle
from tests.oracle.plots import Plot
from tests.oracle.prediction import altitude_ft, chord_error_m, straight, turning
from tests.oracle.slack import LETTER

WITH_HOLE = Polygon(
    [(0, 0), (10, 0), (10, 10), (5, 6), (0, 10)], holes=[[(2, 2), (4, 2), (4, 4), (2, 4)], [(4, 4), (5, 4), (5, 5)]]
)


def test_points_in_and_on_a_polygon_with_holes_are_held_as_shapely_says():
    area = MultiPolygon([WITH_HOLE, square(10, 10, 12, 12)])
    for x4 in range(-2, 50):
        for y4 in range(-2, 50):
            point = shapely.Point(x4 / 4, y4 / 4)
            assert holds(area, x4 / 4, y4 / 4) == shapely.covers(area, point)
            assert abs(distance_m(area, x4 / 4, y4 / 4)) == pytest.approx(area.boundary.distance(point), abs=1e-12)


def test_a_climb_is_credited_and_levels_off():
    plot = Plot(altitude_ft=3000.0, vertical_rate_fpm=1200.0, cleared_level_ft=3100.0)
    assert altitude_ft(plot, 4.0, MsawParameters(climb_credit=0.5)) == 3040.0
    assert altitude_ft(plot, 60.0, MsawParameters(climb_credit=0.5)) == 3100.0
    assert altitude_ft(plot, 60.0, MsawParameters(climb_credit=0.0)) == 3000.0
    assert altitude_ft(plot, 10.0, MsawParameters(use_cleared_level=False)) == 3200.0


def test_a_descent_just_past_its_level_stays_where_it_is_and_one_far_past_it_goes_on():
    busting = Plot(altitude_ft=2950.0, vertical_rate_fpm=-600.0, cleared_level_ft=3000.0)
    assert altitude_ft(busting, 10.0, MsawParameters(level_off_tolerance_ft=50.0)) == 2950.0
    assert altitude_ft(busting, 10.0, MsawParameters(level_off_tolerance_ft=49.0)) == 2850.0


def test_of_two_levels_the_one_reached_last_is_taken():
    plot = Plot(altitude_ft=5000.0, vertical_rate_fpm=-6000.0, cleared_level_ft=4000.0, selected_level_ft=3000.0)
    assert altitude_ft(plot, 60.0, MsawParameters()) == 3000.0


def test_a_right_turn_through_a_quarter_circle():
    plot = Plot(vy_mps=100.0, turn_rate_radps=math.pi / 2 / 30)
    radius_m = 100.0 / (math.pi / 2 / 30)
    assert turning(plot, 30.0) == pytest.approx((radius_m, radius_m))
    assert chord_error_m(plot) == pytest.approx(0.000152 * radius_m, rel=1e-2)


def test_level_flight_towards_a_higher_sector_violates_at_its_edge():
    low, high = minimum(2000, square(0, 0, 10_000, 10_000)), minimum(4000, square(10_000, 0, 20_000, 10_000))
    oracle = MsawOracle(site(minimum_altitudes=(low, high)))
    plot = Plot(x_m=8000.0, y_m=5000.0, vx_mps=100.0, altitude_ft=3000.0)
    assert oracle.floor_ft(8000.0, 5000.0) == 2000.0
    assert oracle.floor_ft(10_000.0, 5000.0) == 4000.0
    assert oracle.time_to_violation_s(plot, straight) == 20.0
    assert oracle.time_to_violation_s(Plot(x_m=8000.0, y_m=5000.0, altitude_ft=3000.0), straight) == math.inf


def test_a_descent_through_the_floor_violates_one_step_after_it():
    oracle = MsawOracle(site(minimum_altitudes=(minimum(2000, square(0, 0, 10_000, 10_000)),)))
    plot = Plot(x_m=5000.0, y_m=5000.0, altitude_ft=2100.0, vertical_rate_fpm=-600.0)
    assert oracle.time_to_violation_s(plot, straight) == 10.05
    assert oracle.hold_time_to_violation_s(plot, straight) == 5.05


def test_the_floor_on_the_edge_of_two_cells_is_that_of_the_higher():
    oracle = MsawOracle(
        site(
            terrain=terrain([[100.0, 900.0, math.nan]]),
            obstacles=(obstacle(100.0, 100.0, 50.0, 1000.0),),
            parameters=parameters(msaw={"terrain_clearance_ft": 500.0}),
        )
    )
    assert oracle.floor_ft(250.0, 250.0) == 600.0
    assert oracle.floor_ft(500.0, 250.0) == 1400.0
    assert oracle.floor_ft(100.0, 150.0) == 1500.0
    assert oracle.covered(1000.0, 250.0)
    assert not oracle.covered(1000.1, 250.0)


def test_a_buffer_reaches_the_cells_nearer_than_it():
    ridge = terrain([[0.0, 0.0, 0.0, 1000.0]], cell_m=100.0)
    for buffer_m, floor_ft in ((0.0, 0.0), (100.0, 0.0), (100.1, 1000.0)):
        made = parameters(msaw={"terrain_clearance_ft": 0.0, "horizontal_buffer_m": buffer_m})
        assert MsawOracle(site(terrain=ridge, parameters=made)).floor_ft(150.0, 50.0) == floor_ft


def test_an_escape_that_climbs_over_a_ridge_and_one_that_does_not():
    ridge = terrain([[0.0] * 20 + [2000.0] + [0.0] * 20], cell_m=500.0)
    made = parameters(msaw={"escape_delay_s": 10.0, "escape_climb_deg": 3.0, "escape_time_s": 100.0})
    oracle = MsawOracle(site(terrain=ridge, parameters=made))
    # At the ridge, 10 km on, the climb has gained (10,000 - 1,000 m) tan 3 deg = 1547 ft.
    assert oracle.escape_clears(Plot(y_m=250.0, vx_mps=100.0, altitude_ft=460.0))
    assert not oracle.escape_clears(Plot(y_m=250.0, vx_mps=100.0, altitude_ft=440.0))


def test_the_ils_path_at_ten_miles_includes_88_ft_of_curvature():
    d_m = 10 * 1852.0
    assert apm.curvature_ft(d_m) == pytest.approx(88.3, abs=0.1)
    ils, baro = approach(), approach(path="baro")
    assert apm.path_ft(ils, d_m) - apm.path_ft(baro, d_m) == pytest.approx(88.3, abs=0.1)
    assert apm.path_ft(baro, d_m) == pytest.approx(50.0 + 60761.15 * 0.0524078, abs=0.1)
    assert apm.nominal_ft(approach(intercept_altitude_ft=3000.0), d_m) == 3000.0
    assert apm.below_limit_ft(approach(intercept_altitude_ft=3000.0), d_m, ApmParameters(below_ft=150.0)) == 2850.0


def test_left_and_right_of_an_eastbound_course():
    eastbound = approach(course_deg=90.0)
    plot = Plot(x_m=-9260.0, y_m=300.0, vx_mps=70.0)
    assert apm.along_track_m(eastbound, plot.x_m, plot.y_m) == pytest.approx(9260.0)
    assert apm.cross_track_m(eastbound, plot.x_m, plot.y_m) == pytest.approx(-300.0)
    tight = approach(course_deg=90.0, half_width_m=100.0, splay_deg=1.0)
    everything = ApmParameters(kinds=("below", "above", "left", "right"))
    assert apm.margin(tight, Kind.LEFT, plot, 0.0, everything) == pytest.approx(100 + 161.63 - 300, abs=0.01)
    assert apm.violated(tight, Kind.LEFT, plot, 0.0, everything)
    assert not apm.violated(tight, Kind.RIGHT, plot, 0.0, everything)


def test_a_profile_is_constant_beyond_its_ends():
    profile = ((1.0, 1500.0), (5.0, 2500.0), (10.0, 5000.0))
    assert [apm.profile_ft(profile, d) for d in (0.5, 1.0, 3.0, 5.0, 6.0, 12.0)] == [1500, 1500, 2000, 2500, 3000, 5000]


def test_an_aircraft_1500_ft_low_joins_and_a_go_around_leaves_at_its_second_climbing_plot():
    north = approach()
    low = [
        Plot(time_s=4.0 * i, y_m=-12_000.0 + 280.0 * i, vy_mps=70.0, altitude_ft=600.0, vertical_rate_fpm=rate)
        for i, rate in enumerate((-700.0, -700.0, 800.0, 100.0, 800.0, 900.0, 900.0))
    ]
    assert apm.joined_approaches(low, [Reason.JUDGED] * 7, "", "", site(approaches=(north,))) == [0, 0, 0, 0, 0, -1, -1]


def test_a_parallel_runway_takes_over_only_beyond_the_margin():
    left, right = approach(name="36L", x_m=-500.0), approach(name="36R", x_m=500.0)
    made = Parameters(apm=ApmParameters(switch_margin_deg=1.0))
    # 1 degree of difference in deviation at 10 km is about 174 m of difference in distance: 87 m past the middle.
    drifting = [Plot(x_m=x, y_m=-10_000.0, vy_mps=70.0, altitude_ft=1000.0) for x in (-20, 20, 80, 95, -80)]
    assert apm.joined_approaches(
        drifting, [Reason.JUDGED] * 5, "", "", site(approaches=(left, right), parameters=made)
    ) == [0, 0, 0, 1, 1]


def test_above_and_below_a_volume_are_the_same_and_its_edge_belongs_to_it():
    box_2000_4000 = volume(square(-1000, -1000, 1000, 1000))
    no_look = ApwParameters()
    for altitude, is_inside in ((1999.0, False), (2000.0, True), (4000.0, True), (4001.0, False)):
        assert apw.violated(box_2000_4000, Plot(altitude_ft=altitude), 0.0, straight, no_look) == is_inside
    edge = Plot(x_m=1000.0, altitude_ft=3000.0)
    assert apw.violated(box_2000_4000, edge, 0.0, straight, no_look)
    assert not apw.violated(box_2000_4000, Plot(x_m=1000.1, altitude_ft=3000.0), 0.0, straight, no_look)


def test_a_flight_level_is_lower_in_feet_on_the_qnh_on_a_high_pressure_day():
    above_fl40 = volume(None, floor=Limit(4000.0, True), ceiling=Limit(9900.0, True))
    plot = Plot(altitude_ft=4300.0, qnh_pressure_altitude_ft=-400.0)
    assert apw.limit_ft(above_fl40.floor, plot) == 4400.0
    assert apw.vertical_distance_ft(above_fl40, plot, plot.altitude_ft) == 100.0


def test_periods_end_before_their_end_and_weekly_ones_run_past_midnight():
    noon_to_one = Schedule(False, False, (Period(43_200.0, 46_800.0),), ())
    assert [apw.is_active(noon_to_one, t) for t in (43_199.9, 43_200.0, 46_799.9, 46_800.0)] == [
        False,
        True,
        True,
        False,
    ]
    sunday_night = Schedule(False, False, (), (WeeklyPeriod(6, 23 * 3600.0, 2 * 3600.0),))
    sunday_2023_11_05_s = 1_699_142_400.0
    hours = (22.9, 23.0, 24.9, 25.0)
    assert [apw.is_active(sunday_night, sunday_2023_11_05_s + h * 3600) for h in hours] == [False, True, True, False]


def plots(*times_to_violation_s: float, period_s: float = 4.0) -> list[JudgedPlot]:
    return [JudgedPlot(period_s * i, Reason.JUDGED, t, t) for i, t in enumerate(times_to_violation_s)]


def test_two_predicted_hits_of_three_start_an_alert_and_two_clear_plots_end_it():
    defaults = Lifecycle(minimum_duration_s=0.0)
    [alert] = episodes_of(plots(math.inf, 30.0, math.inf, 25.0, math.inf, math.inf), defaults, 20.0)
    assert (alert.start_time_s, alert.end_time_s, alert.end_reason) == (12.0, 20.0, "cleared")


def test_a_track_that_vanishes_is_lost_twenty_seconds_later():
    [alert] = episodes_of(plots(0.0, 0.0), Lifecycle(), 1000.0)
    assert (alert.start_time_s, alert.end_time_s, alert.end_reason) == (0.0, 24.0, "track lost")
    [still] = episodes_of(plots(0.0, 0.0), Lifecycle(), 10.0)
    assert math.isnan(still.end_time_s)


def test_halved_time_is_announced_again_once():
    [alert] = episodes_of(plots(40.0, 32.0, 24.0, 15.0, 12.0, 6.0, 0.0, 0.0), Lifecycle(imminent_s=60.0), 28.0)
    assert alert.reannounced_times_s == [12.0, 20.0, 24.0]


def test_the_letter_has_no_slack():
    assert LETTER.m == LETTER.ft == 0.0
