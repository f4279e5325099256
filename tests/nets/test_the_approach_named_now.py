"""Parallel runways with staggered thresholds: which approach an alert of the APM is about."""

from __future__ import annotations

import numpy as np

from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets import situations

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


def landing_on_the_right_one(low_ft: float) -> Tracks:
    time_s = np.arange(0.0, 300.0, 4.0)
    y_m = -12.5 * M_PER_NM + SPEED_MPS * time_s
    to_threshold_nm = STAGGER_NM - y_m / M_PER_NM
    return Tracks.from_columns(
        {
            "time_s": time_s,
            "track": np.zeros(len(time_s)),
            "x_m": np.full(len(time_s), APART_M),
            "y_m": y_m,
            "vx_mps": np.zeros(len(time_s)),
            "vy_mps": np.full(len(time_s), SPEED_MPS),
            "pressure_altitude_ft": 50.0 + to_threshold_nm * FT_PER_NM_AT_3_DEG - low_ft,
            "vertical_rate_fpm": np.full(len(time_s), -SPEED_MPS / M_PER_NM * FT_PER_NM_AT_3_DEG * 60.0),
        },
        {"callsign": ["LOW1"]},
        plane=situations.PLANE,
    )


def test_the_alert_names_the_approach_joined_now_and_keeps_the_earlier_one():
    tracks, here = landing_on_the_right_one(low_ft=1000.0), parallel_runways()
    (alert,) = judge(tracks, here).alerts
    assert (alert.area, alert.earlier_areas) == ("36R", ("36L",))
    # The window of 36R opens 12 NM before its threshold, that is 2.5 NM of flight after the first plot.
    opens_s = 2.5 * M_PER_NM / SPEED_MPS
    assert alert.reannounced_times_s == (float(np.ceil(opens_s / 4.0) * 4.0),)


def test_it_is_the_same_plot_by_plot_and_from_the_few_plots_that_matter():
    tracks, here = landing_on_the_right_one(low_ft=1000.0), parallel_runways()
    wanted = repr(judge(tracks, here).alerts)
    monitor = Monitor(here)
    for row in range(len(tracks)):
        monitor.feed(tracks.select(np.array([row])))
    assert repr(monitor.alerts()) == wanted
    assert repr(alerts_of(tracks, here)) == wanted


def test_a_flight_that_keeps_to_its_approach_is_announced_by_one_name():
    tracks, here = landing_on_the_right_one(low_ft=300.0), parallel_runways()
    (alert,) = judge(tracks, here).alerts
    # 300 ft below the path of 36R is above that of 36L: only 36R is ever violated.
    assert (alert.area, alert.earlier_areas) == ("36R", ())
