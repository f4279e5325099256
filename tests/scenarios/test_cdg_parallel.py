"""How the glide path of 27R is intercepted, beside the final of 26L."""

import numpy as np

from safetynets.runs import run_scenario
from safetynets.units import m_to_nm
from tests.scenarios import runs


def test_only_the_flights_that_meet_the_path_from_the_wrong_side_alert():
    alerts = runs.perfect("cdg-parallel").alerts
    assert [(alert.callsign, alert.net, alert.area.partition(",")[0]) for alert in alerts] == [
        ("HIGH1", "APW", "27R from above"),
        ("LOW1", "APW", "27R from below"),
    ]


def test_the_low_flight_comes_level_with_the_one_beside_it_closer_than_the_radar_minimum():
    tracks = runs.perfect("cdg-parallel").tracks
    low, beside = (tracks.rows_of(list(tracks.callsign).index(name)) for name in ("LOW1", "BESIDE1"))
    time_s, one, other = np.intersect1d(tracks.time_s[low], tracks.time_s[beside], return_indices=True)
    apart_ft = np.abs(tracks.geometric_altitude_ft[low][one] - tracks.geometric_altitude_ft[beside][other])
    apart_nm = m_to_nm(
        np.hypot(tracks.x_m[low][one] - tracks.x_m[beside][other], tracks.y_m[low][one] - tracks.y_m[beside][other])
    )
    assert len(time_s) > 80
    # Less than 1,000 ft and less than 3 NM apart, before the low flight is on its path at 8 NM.
    assert np.any((apart_ft < 100.0) & (apart_nm < 2.1))
    (alert,) = [alert for alert in runs.perfect("cdg-parallel").alerts if alert.callsign == "LOW1"]
    assert alert.start_time_s < time_s[np.argmax(apart_ft < 500.0)], (
        "the alert comes before half of the 1,000 ft are lost"
    )


def test_switched_off_the_volumes_leave_the_same_flights_alone():
    assert run_scenario("cdg-parallel", {"volumes.*.manual": "off"}).alerts == ()
