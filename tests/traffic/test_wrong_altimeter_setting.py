"""A wrong altimeter setting put into a flight displaces it by the feet it stands for, and still looks flown."""

import numpy as np
import pytest

from safetynets.errors import ScenarioError
from safetynets.traffic import apply_faults, fly
from safetynets.traffic.faults.models import WrongAltimeterSetting
from tests.traffic.sites import approach, flat_terrain, site
from tests.traffic.test_scripted_flights import below_path_ft, flight


def put_in(tracks, where, **settings):
    fault = WrongAltimeterSetting.model_validate({"fault": "wrong_altimeter_setting", "callsign": "EZS1", **settings})
    return apply_faults(tracks, [fault], where)


def an_approach(where):
    return fly(
        [
            flight(
                [{"do": "intercept", "approach": "LSGG 22", "path": "baro"}], {"altitude_ft": 7000, "distance_nm": 22}
            )
        ],
        where,
        1.0,
        0.0,
    )


def test_1011_for_1001_is_274_ft_low():
    where = site(qnh_hpa=1001.0, transition_altitude_ft=6000.0)
    _, (record,) = put_in(an_approach(where), where, set_hpa=1011)
    assert record.displacement_ft == pytest.approx(-274.0, abs=1.0)


def test_the_displaced_flight_is_as_low_as_one_flown_with_the_wrong_setting():
    where = site(qnh_hpa=1001.0, transition_altitude_ft=6000.0, approaches=(approach("baro"),))
    low, _ = put_in(an_approach(where), where, set_hpa=1011)
    along_nm, below_ft = below_path_ft(low, "baro")
    final = (along_nm < 6.0) & (along_nm > 1.0)
    assert np.allclose(below_ft[final], 274.5, atol=3.0)


def test_altitude_and_rate_stay_continuous_and_agree():
    where = site(qnh_hpa=1001.0, transition_altitude_ft=6000.0)
    before = an_approach(where)
    low, (record,) = put_in(before, where, set_hpa=1011)
    count = len(low)
    added_fpm = low.vertical_rate_fpm - before.vertical_rate_fpm[:count]
    added_ft = low.pressure_altitude_ft - before.pressure_altitude_ft[:count]
    # 274 ft over 103 s: the acceleration of the ramp is at most 5.77 * 274 / 103² ft/s², 9 fpm a second.
    assert np.abs(np.diff(added_fpm)).max() < 10.0
    assert np.abs(added_fpm).max() <= 301.0
    assert np.allclose(np.gradient(added_ft, low.time_s) * 60.0, added_fpm, atol=10.0)
    assert np.allclose(low.geometric_altitude_ft - before.geometric_altitude_ft[:count], added_ft, atol=1e-6)
    assert np.all(added_ft[low.time_s < record.start_time_s - 15.0] == 0.0)
    assert np.all(low.baro_setting_hpa[low.time_s > record.full_time_s] == 1011.0)


def test_the_fault_begins_at_the_transition_altitude():
    where = site(qnh_hpa=1001.0, transition_altitude_ft=6000.0)
    before = an_approach(where)
    _, (record,) = put_in(before, where, set_hpa=1011)
    at = np.argmin(np.abs(before.time_s - record.start_time_s))
    # The first half foot of the ramp shows some 15 s after it begins: 180 ft on a 3 degree path.
    assert 5800.0 < before.geometric_altitude_ft[at] <= 6000.0


def test_a_flight_that_would_meet_the_ground_ends_there_with_the_place():
    where = site(qnh_hpa=1001.0, transition_altitude_ft=6000.0, terrain=flat_terrain(1365.0))
    before = an_approach(where)
    low, (record,) = apply_faults(
        before,
        [WrongAltimeterSetting(fault="wrong_altimeter_setting", callsign="EZS1", error_hpa=10)],
        where,
    )
    along_nm, _ = below_path_ft(low)
    # The path crosses the threshold 50 ft up; 274 ft lower it meets the ground 224 ft / tan 3 = 0.70 NM short.
    assert along_nm[-1] == pytest.approx(0.70, abs=0.05)
    assert record.contact.startswith("contact with the ground at 46.2")
    assert record.least_clearance_ft == 0.0
    assert len(low) < len(before)


def test_other_flights_are_left_alone():
    where = site(qnh_hpa=1001.0)
    legs = [{"do": "heading", "heading_deg": 90, "for_s": 60}]
    both = fly([flight(legs), flight(legs, callsign="SWR2")], where, 4.0, 0.0)
    low, _ = put_in(both, where, set_hpa=1011)
    rows = both.rows_of(1)
    assert np.array_equal(low.pressure_altitude_ft[rows], both.pressure_altitude_ft[rows])
    assert low.pressure_altitude_ft[0] == pytest.approx(both.pressure_altitude_ft[0] - 274.5, abs=1.0)


def test_a_call_sign_that_is_not_there_is_refused():
    where = site()
    tracks = fly([flight([], fly_on_s=8.0)], where, 4.0, 0.0)
    fault = WrongAltimeterSetting(fault="wrong_altimeter_setting", callsign="XYZ", set_hpa=1000)
    with pytest.raises(ScenarioError, match="XYZ: no track has this call sign"):
        apply_faults(tracks, [fault], where)


def test_a_flight_that_stays_high_is_refused():
    where = site(transition_altitude_ft=4000.0)
    tracks = fly([flight([], fly_on_s=8.0)], where, 4.0, 0.0)
    with pytest.raises(ScenarioError, match="does not end below the transition altitude of 4000 ft"):
        put_in(tracks, where, set_hpa=1000)
