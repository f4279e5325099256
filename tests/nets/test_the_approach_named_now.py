"""Parallel runways with staggered thresholds: which approach an alert of the APM is about."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from safetynets.engine.explain import explain
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets import situations
from tests.nets.flights import final_approach

AT_ONCE = Parameters(apm=ApmParameters(minimum_track_age_s=0.0))
M_PER_NM = 1852.0
FT_PER_NM_AT_3_DEG = np.tan(np.radians(3.0)) * M_PER_NM / 0.3048
STAGGER_NM, APART_M, SPEED_MPS = 2.0, 600.0, 70.0


def parallel_runways():
    """The threshold of the right one lies 2 NM further on, so that the window of the left one opens first."""
    return situations.site(
        approaches=(
            situations.approach(name="36L", runway="36L"),
            situations.approach(name="36R", runway="36R", x_m=APART_M, y_m=STAGGER_NM * M_PER_NM),
        ),
        parameters=Parameters(apm=ApmParameters(minimum_track_age_s=0.0)),
    )


def flown(low_ft: float, x_m: np.ndarray, vx_mps: np.ndarray, y_m: np.ndarray) -> Tracks:
    """Northwards, on the path of the right one but so much lower, at these places beside the left one."""
    to_threshold_nm = STAGGER_NM - y_m / M_PER_NM
    return Tracks.from_columns(
        {
            "time_s": (y_m - y_m[0]) / SPEED_MPS,
            "track": np.zeros(len(y_m)),
            "x_m": x_m,
            "y_m": y_m,
            "vx_mps": vx_mps,
            "vy_mps": np.full(len(y_m), SPEED_MPS),
            "pressure_altitude_ft": 50.0 + to_threshold_nm * FT_PER_NM_AT_3_DEG - low_ft,
            "vertical_rate_fpm": np.full(len(y_m), -SPEED_MPS / M_PER_NM * FT_PER_NM_AT_3_DEG * 60.0),
        },
        {"callsign": ["LOW1"]},
        plane=situations.PLANE,
    )


Y_M = -12.5 * M_PER_NM + SPEED_MPS * np.arange(0.0, 300.0, 4.0)


def landing_on_the_right_one(low_ft: float) -> Tracks:
    return flown(low_ft, np.full(len(Y_M), APART_M), np.zeros(len(Y_M)), Y_M)


def sidestepping(low_ft: float) -> Tracks:
    """On the course of the left one until the window of the right one is open, then over to that one at 20 m/s."""
    x_m = np.clip(20.0 * (Y_M + 7.0 * M_PER_NM) / SPEED_MPS, 0.0, APART_M)
    return flown(low_ft, x_m, np.where((x_m > 0.0) & (x_m < APART_M), 20.0, 0.0), Y_M)


def test_the_alert_names_the_approach_joined_now_and_keeps_the_earlier_one():
    (alert,) = judge(sidestepping(low_ft=1000.0), parallel_runways()).alerts
    assert (alert.area, alert.earlier_areas) == ("36R", ("36L",))
    assert len(alert.reannounced_times_s) == 1


def test_it_is_the_same_plot_by_plot_and_from_the_few_plots_that_matter():
    here = parallel_runways()
    for tracks in (sidestepping(low_ft=1000.0), landing_on_the_right_one(low_ft=1000.0)):
        wanted = repr(judge(tracks, here).alerts)
        monitor = Monitor(here)
        for row in range(len(tracks)):
            monitor.feed(tracks.select(np.array([row])))
        assert repr(monitor.alerts()) == wanted
        assert repr(alerts_of(tracks, here)) == wanted


def test_a_flight_waits_for_the_window_of_the_approach_whose_course_it_flies():
    tracks, here = landing_on_the_right_one(low_ft=1000.0), parallel_runways()
    seen = judge(tracks, here)
    (alert,) = seen.alerts
    assert (alert.area, alert.earlier_areas, alert.reannounced_times_s) == ("36R", (), ())
    # The window of 36R opens 12 NM before its threshold: 2.5 NM of flight after the first plot, 2 NM after that of 36L.
    opens_s = float(np.ceil(2.5 * M_PER_NM / SPEED_MPS / 4.0) * 4.0)
    assert alert.start_time_s == opens_s
    assert set(seen.approach[tracks.time_s < opens_s].tolist()) == {-1}


def test_it_waits_as_well_where_it_flies_beside_the_course_inside_the_sides_of_its_window():
    """1,500 m beside the right one and 2,100 m beside the left one, 13 NM out: the sides are 3,100 m off there."""
    beside = flown(1000.0, np.full(len(Y_M), APART_M + 1500.0), np.zeros(len(Y_M)), Y_M)
    joined = judge(beside, parallel_runways()).approach
    assert joined[joined >= 0][0] == 1


def test_a_flight_between_the_two_joins_the_one_it_is_nearer_to():
    nearer_left = flown(1000.0, np.full(len(Y_M), 0.4 * APART_M), np.zeros(len(Y_M)), Y_M)
    joined = judge(nearer_left, parallel_runways()).approach
    assert joined[joined >= 0][0] == 0


def test_what_it_is_joined_to_is_remembered_over_a_plot_elsewhere_that_cannot_be_judged():
    """Low and climbing too fast to join, after a plot 8 km beside without an altitude: joined since before that."""
    here = situations.site(approaches=(situations.approach(),), parameters=AT_ONCE)
    on_path = final_approach(from_nm=6.0, speed_mps=60.0).select(np.arange(12))
    row = np.arange(len(on_path))
    tracks = on_path.with_columns(
        x_m=np.where(row == 5, 8000.0, 0.0),
        pressure_altitude_ft=np.where(row == 5, np.nan, on_path.pressure_altitude_ft - 300.0 * (row > 5)),
        vertical_rate_fpm=np.where(row > 4, 400.0, on_path.vertical_rate_fpm),
    )
    (alert,) = judge(tracks, here).alerts
    assert alert.first_conflict_time_s == tracks.time_s[6]
    assert repr(alerts_of(tracks, here)) == repr((alert,))


HOVERS = {"y_m": -5.4 * M_PER_NM, "vy_mps": 0.0, "vertical_rate_fpm": 0.0, "pressure_altitude_ft": 1500.0}
TURNS_OFF = {"vx_mps": 40.0, "vy_mps": 40.0, "pressure_altitude_ft": 1000.0}
BALLOONS = {"pressure_altitude_ft": 2600.0, "vertical_rate_fpm": 0.0}


@pytest.mark.parametrize(
    ("later", "parameters"),
    [
        pytest.param(HOVERS, {}, id="without a track"),
        pytest.param(TURNS_OFF, {}, id="45 degrees off the course"),
        pytest.param(BALLOONS, {"kinds": ("above",), "join_ceiling_ft": 2500.0}, id="above the join ceiling"),
    ],
)
def test_what_it_is_joined_to_is_remembered_where_it_would_join_nothing(later, parameters):
    """On the path down to 5.4 NM at 1,770 ft, from the sixth plot on as is said: the APM alerts."""
    apm = Parameters(apm=ApmParameters(minimum_track_age_s=0.0, **parameters))
    on_path = final_approach(from_nm=6.0, speed_mps=60.0).select(np.arange(12))
    changed = {
        name: np.where(np.arange(len(on_path)) > 5, value, getattr(on_path, name)) for name, value in later.items()
    }
    tracks = on_path.with_columns(**changed)
    here = situations.site(approaches=(situations.approach(),), parameters=apm)
    (alert,) = judge(tracks, here).alerts
    assert alert.start_time_s > tracks.time_s[5]
    assert repr(alerts_of(tracks, here)) == repr((alert,))


def test_what_it_is_joined_to_is_remembered_where_it_would_wait_for_another():
    """It joins the left one, and is on the course of the right one, and low, before the window of that opens."""
    over = np.arange(len(Y_M)) > 8
    on_the_left_path_ft = STAGGER_NM * FT_PER_NM_AT_3_DEG - 120.0  # so much the earth falls away at 11.5 NM
    sidestep = flown(on_the_left_path_ft, np.where(over, APART_M, 0.0), np.zeros(len(Y_M)), Y_M)
    low = sidestep.with_columns(pressure_altitude_ft=sidestep.pressure_altitude_ft - 300.0 * over)
    tracks = low.select((Y_M > -11.9 * M_PER_NM) & (Y_M < -10.2 * M_PER_NM))
    watched = judge(tracks, parallel_runways())
    assert set(watched.approach.tolist()) == {0}
    (alert,) = watched.alerts
    assert repr(alerts_of(tracks, parallel_runways())) == repr((alert,))


def test_no_flight_waits_for_an_approach_to_another_aerodrome():
    left, right = parallel_runways().approaches
    here = dataclasses.replace(parallel_runways(), approaches=(left, dataclasses.replace(right, airport="YYYY")))
    joined = judge(landing_on_the_right_one(low_ft=1000.0), here).approach
    assert joined[joined >= 0][0] == 0


def test_explain_says_what_it_waits_for():
    tracks, here = landing_on_the_right_one(low_ft=1000.0), parallel_runways()
    explained = explain(tracks, here, 0, 60.0)
    assert "36L: nearer to the course of 36R, which is monitored from 12 NM" in repr(explained)


def test_a_flight_that_keeps_to_its_approach_is_announced_by_one_name():
    tracks, here = landing_on_the_right_one(low_ft=300.0), parallel_runways()
    (alert,) = judge(tracks, here).alerts
    # 300 ft below the path of 36R is above that of 36L: only 36R is ever violated.
    assert (alert.area, alert.earlier_areas) == ("36R", ())
