"""Fourteen failures seen in other safety-net programs; each is a situation that must not fail here.

Numbers 5 (a parameter declared and never used), 11 (memory that grows), 12 (work at import) and parts of 7 and 13 are
proved in the tests of the rooms they belong to; the rest is here.
"""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon

from safetynets.altimetry import altitude_ft
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.net import nets_at
from safetynets.engine.reasons import Reason
from safetynets.errors import TracksError
from safetynets.nets.apm import NET as APM
from safetynets.sites.geometry import Limit, PressureRegion
from safetynets.tracks import Tracks
from tests.nets.flights import final_approach, flight
from tests.nets.situations import PLANE, approach, minimum, parameters, site, square, terrain, volume

LOWLAND = minimum(2000.0, square(-50_000, -50_000, 20_000, 50_000), "lowland")
HIGHLAND = minimum(6000.0, square(20_000, -50_000, 50_000, 50_000), "highland")


@pytest.mark.requirement("REQ-DETECT")
def test_01_level_flight_towards_a_higher_sector_alerts():
    towards = flight(altitude_ft=4000.0, x_m=10_000.0, vx_mps=100.0, duration_s=88.0)
    alerts = judge(towards, site(minimum_altitudes=(LOWLAND, HIGHLAND))).alerts
    assert [(alert.net, alert.kind, alert.area) for alert in alerts] == [("MSAW", "below", "highland")]
    # At 100 m/s the edge is 100 s away; the look-ahead of 40 s sees it first from the plot at 60 s, 4 km before it,
    # and two of three plots confirm at 64 s with 36 s to go.
    assert alerts[0].start_time_s == 64.0
    assert alerts[0].time_to_violation_s == pytest.approx(36.0, abs=1e-9)


@pytest.mark.requirement("REQ-DETECT", "REQ-VOLUMES")
@pytest.mark.parametrize(
    ("start_ft", "rate_fpm"), [(6000.0, -1500.0), (1000.0, 1500.0)], ids=["from above", "from below"]
)
def test_02_entering_a_volume_vertically_while_laterally_inside_alerts(start_ft, rate_fpm):
    watched = site(
        volumes=(volume(square(-5e4, -5e4, 5e4, 5e4), floor=Limit(3000.0, False), ceiling=Limit(4000.0, False)),)
    )
    alerts = judge(flight(altitude_ft=start_ft, vertical_rate_fpm=rate_fpm, vx_mps=80.0), watched).alerts
    assert [alert.net for alert in alerts] == ["APW"]
    # 2,000 ft to the nearer limit at 25 ft/s.
    assert alerts[0].time_to_violation_s + alerts[0].start_time_s == pytest.approx(80.0, abs=1e-9)


@pytest.mark.requirement("REQ-QNH")
def test_03_on_a_low_qnh_day_mode_c_is_not_compared_with_feet_above_mean_sea_level():
    low_day = PressureRegion("low", None, ((0.0, 983.25),), 5000.0, 70.0, "made by hand")
    watched = site(minimum_altitudes=(minimum(4000.0, square(-5e4, -5e4, 5e4, 5e4)),), pressure_regions=(low_day,))
    # 30 hPa low: Mode C 4,600 ft is altitude 3,771 ft, below a minimum of 4,000 ft that Mode C is well above.
    low = judge(flight(altitude_ft=altitude_ft(4600.0, 983.25), qnh_hpa=983.25), watched).alerts
    assert [alert.net for alert in low] == ["MSAW"]
    assert low[0].altitude_ft == pytest.approx(3771.0, abs=1.0)
    assert low[0].qnh_hpa == 983.25


def test_04_overlapping_polygons_give_the_same_answer_in_any_order():
    high = minimum(5000.0, square(-5e4, -5e4, 5e4, 5e4), "zz high")
    low = minimum(3000.0, square(-5e4, -5e4, 5e4, 5e4), "aa low")
    level = flight(altitude_ft=4000.0, vx_mps=80.0)
    one, other = (judge(level, site(minimum_altitudes=order)).alerts for order in ((high, low), (low, high)))
    assert repr(one) == repr(other)
    assert one[0].area == "zz high"
    assert one[0].margin_ft == -1000.0


@pytest.mark.requirement("REQ-STATUS")
def test_06_a_net_that_cannot_judge_raises_or_says_why_but_never_falls_silent():
    unknown_qnh = site(
        minimum_altitudes=(HIGHLAND,), pressure_regions=(), approaches=(approach(),), volumes=(volume(),)
    )
    seen = judge(flight(altitude_ft=1000.0, x_m=30_000.0, vx_mps=80.0), unknown_qnh)
    assert {found.net for found in seen.conflicts} == set(nets_at(unknown_qnh))
    for found in seen.conflicts:
        assert not found.assessable.any()
        assert set(found.reason[3:].tolist()) == {Reason.QNH_UNKNOWN}
    with pytest.raises(TracksError, match="not on the plane"):
        judge(Tracks.from_columns({"time_s": [0.0], "track": [0]}), unknown_qnh)


def test_07_a_crosswind_does_not_move_the_predicted_path():
    # The aircraft heads north-east into the wind but tracks due north along a wall to its east; heading would hit it.
    wall = site(volumes=(volume(square(1000, -5e4, 9000, 5e4)),))
    assert judge(flight(altitude_ft=3000.0, vy_mps=100.0), wall).alerts == ()
    towards = judge(flight(altitude_ft=3000.0, vy_mps=100.0, vx_mps=20.0, duration_s=40.0), wall).alerts
    assert [alert.net for alert in towards] == ["APW"]


def test_07_distances_of_an_approach_are_nautical_miles_and_its_widths_metres():
    # 1 NM after the start of monitoring, 300 m right of course, where the funnel is 200 m + tan 3 deg * 11 NM wide.
    watched = site(approaches=(approach(),), parameters=parameters(apm={"kinds": ("left", "right")}))
    seen = judge(flight(altitude_ft=3500.0, x_m=300.0, y_m=-11 * 1852.0, vy_mps=70.0, duration_s=16.0), watched)
    found = next(found for found in seen.conflicts if found.net is APM)
    assert found.margin_m[2] == pytest.approx(
        200.0 + np.tan(np.radians(3.0)) * (11 * 1852.0 - 8 * 70.0) - 300.0, abs=1e-6
    )


def test_08_the_look_ahead_is_used():
    ahead = flight(altitude_ft=4000.0, x_m=10_000.0, vx_mps=100.0, duration_s=88.0)
    for look_ahead_s, start_s in ((40.0, 64.0), (20.0, 84.0)):
        watched = site(
            minimum_altitudes=(LOWLAND, HIGHLAND), parameters=parameters(msaw={"look_ahead_s": look_ahead_s})
        )
        assert [alert.start_time_s for alert in judge(ahead, watched).alerts] == [start_s]
    none = site(minimum_altitudes=(LOWLAND, HIGHLAND), parameters=parameters(msaw={"look_ahead_s": 0.0}))
    assert judge(ahead, none).alerts == ()


@pytest.mark.requirement("REQ-CONTINUES")
def test_09_an_alert_ends_does_not_flicker_and_can_start_again():
    sector = site(minimum_altitudes=(minimum(4000.0, square(-9e4, -9e4, 9e4, 9e4)),))
    dips = [4100.0] * 5 + [3900.0] * 4 + [4020.0, 3990.0] * 4 + [4100.0] * 6 + [3900.0] * 4 + [4100.0] * 6
    alerts = judge(flight(altitude_ft=dips, vx_mps=80.0), sector).alerts
    # Between 4,020 and 3,990 ft the hysteresis of 50 ft holds the first alert; 4,100 ft for two plots ends it.
    assert [(alert.start_time_s, alert.end_time_s, alert.end_reason) for alert in alerts] == [
        (20.0, 72.0, "cleared"),
        (92.0, 112.0, "cleared"),
    ]


def test_09_an_alert_ends_when_its_track_is_lost():
    sector = site(minimum_altitudes=(minimum(4000.0, square(-9e4, -9e4, 9e4, 9e4)),))
    low = flight(altitude_ft=[3900.0] * 5, vx_mps=80.0)
    other = flight(altitude_ft=[5000.0] * 40, vx_mps=80.0)
    both = Tracks.from_columns(
        {
            name: np.concatenate((getattr(low, name), getattr(other, name)))
            for name in ("time_s", "x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft", "vertical_rate_fpm")
        }
        | {"track": [0] * 5 + [1] * 40},
        plane=PLANE,
    )
    (alert,) = judge(both, sector).alerts
    assert (alert.end_time_s, alert.end_reason) == (16.0 + 20.0, "track lost")


@pytest.mark.requirement("REQ-DETERMINISM")
def test_10_a_second_run_gives_what_the_first_gave():
    watched = site(approaches=(approach(),), minimum_altitudes=(LOWLAND, HIGHLAND), terrain=terrain([[100.0] * 9] * 9))
    low = final_approach(low_ft=300.0)
    assert repr(judge(low, watched).alerts) == repr(judge(low, watched).alerts)


def test_13_a_sector_with_repeated_and_collinear_vertices_judges_as_the_plain_one():
    plain = Polygon([(2e4, -5e4), (5e4, -5e4), (5e4, 5e4), (2e4, 5e4)])
    awkward = Polygon([(2e4, -5e4), (2e4, -5e4), (3e4, -5e4), (5e4, -5e4), (5e4, 5e4), (2e4, 5e4), (2e4, 0), (2e4, 0)])
    towards = flight(altitude_ft=4000.0, x_m=10_000.0, vx_mps=100.0, duration_s=120.0)
    one, other = (
        judge(towards, site(minimum_altitudes=(LOWLAND, minimum(6000.0, shape, "highland")))).alerts
        for shape in (plain, awkward)
    )
    assert repr(one) == repr(other)


def test_14_above_and_below_are_symmetric():
    restricted = site(
        volumes=(volume(square(-5e4, -5e4, 5e4, 5e4), floor=Limit(3000.0, False), ceiling=Limit(5000.0, False)),)
    )
    (from_below,) = judge(flight(altitude_ft=1500.0, vertical_rate_fpm=1000.0, vx_mps=80.0), restricted).alerts
    (from_above,) = judge(flight(altitude_ft=6500.0, vertical_rate_fpm=-1000.0, vx_mps=80.0), restricted).alerts
    assert from_below.start_time_s == from_above.start_time_s
    assert from_below.time_to_violation_s == from_above.time_to_violation_s
    assert from_below.margin_ft == from_above.margin_ft

    both = site(
        approaches=(approach(),),
        parameters=parameters(apm={"kinds": ("below", "above"), "below_ft": 200.0, "above_ft": 200.0}),
    )
    (low,) = judge(final_approach(low_ft=300.0), both).alerts
    (high,) = judge(final_approach(low_ft=-300.0), both).alerts
    assert (low.kind, high.kind) == ("below", "above")
    assert low.start_time_s == high.start_time_s
    assert low.margin_ft == pytest.approx(high.margin_ft, abs=1e-6)


def test_plots_older_than_those_already_fed_are_refused():
    monitor = Monitor(site())
    monitor.feed(flight(altitude_ft=4000.0, start_s=100.0))
    with pytest.raises(TracksError, match="in the order of time"):
        monitor.feed(flight(altitude_ft=4000.0))
