"""What published texts ask of an approach path monitor: which approaches it watches, and that the FAA's can be set."""

import numpy as np
import pytest

from safetynets.engine.monitor import judge
from safetynets.evaluation.benchmark.baselines import BASELINES
from safetynets.evaluation.parameter_sets import site_with
from safetynets.sites.approach_path import path_altitude_ft
from safetynets.tracks import Tracks
from safetynets.units import M_PER_NM, nm_to_m
from tests.nets import situations
from tests.nets.flights import UPDATE_S, final_approach

PROFILE = ((0.0, 50.0), (2.0, 687.0), (6.0, 1962.0), (12.0, 3900.0))
"""The 3 degrees of the precision approach as a table of distances and altitudes."""


@pytest.mark.requirement("REQ-APM-NOT-CIRCLING")
@pytest.mark.parametrize(
    "published", [{"path": "ils"}, {"path": "papi"}, {"path": "baro"}, {"path": "profile", "profile": PROFILE}]
)
def test_precision_and_other_approaches_are_watched_alike(published):
    place = situations.site(approaches=(situations.approach(**published),))
    assert [alert.net for alert in judge(final_approach(low_ft=400.0), place).alerts] == ["APM"]
    assert judge(final_approach(), place).alerts == ()


def circling() -> Tracks:
    """Down the path of 36, from 2 NM before it level by the left of the field, and on to 18 from the north."""
    step_m = 70.0 * UPDATE_S
    corners_nm = [(0.0, -11.0), (0.0, -2.0), (-1.5, -0.6), (-1.5, 1.0), (0.0, 2.0), (0.0, 1.2)]
    corners_m = np.array(corners_nm) * M_PER_NM
    legs_m = np.hypot(*np.diff(corners_m, axis=0).T)
    along_m = np.arange(0.0, legs_m.sum(), step_m)
    x_m, y_m = (np.interp(along_m, np.append(0.0, np.cumsum(legs_m)), corners_m[:, axis]) for axis in (0, 1))
    down = along_m < legs_m[0]
    path_ft = path_altitude_ft(situations.approach(), -y_m / M_PER_NM)
    altitude_ft = np.where(down, path_ft, path_ft[down][-1])
    vx_mps, vy_mps = np.gradient(x_m) / UPDATE_S, np.gradient(y_m) / UPDATE_S
    return Tracks.from_columns(
        {
            "time_s": UPDATE_S * np.arange(len(x_m)),
            "track": np.zeros(len(x_m), dtype=int),
            "x_m": x_m,
            "y_m": y_m,
            "vx_mps": vx_mps,
            "vy_mps": vy_mps,
            "pressure_altitude_ft": altitude_ft,
            "vertical_rate_fpm": np.gradient(altitude_ft) / UPDATE_S * 60.0,
        },
        {"callsign": ["SWR123"]},
        plane=situations.PLANE,
    )


@pytest.mark.requirement("REQ-APM-NOT-CIRCLING")
def test_a_circling_aircraft_is_watched_down_to_where_it_breaks_off_and_no_longer():
    both = situations.approach(), situations.approach(name="18", runway="18", course_deg=180.0, true_course_deg=180.0)
    place = situations.site(approaches=both)
    flown = circling()
    watched = judge(flown, place)
    straight_in, broken_off = flown.y_m < -nm_to_m(2.5), np.abs(flown.x_m) > nm_to_m(0.7)
    assert (watched.approach[straight_in & (flown.y_m > -nm_to_m(9.0))] == 0).all()
    assert (watched.approach[broken_off] == -1).all()
    assert watched.alerts == ()


@pytest.mark.requirement("REQ-FAA-APPROACH-MONITOR")
def test_the_form_of_the_faa_alerts_on_two_of_three_scans_that_predict_and_on_one_that_is_low():
    place = site_with(situations.site(approaches=(situations.approach(),)), BASELINES["faa-like"])
    # 1,200 ft/min steeper than the path, from 30 NM on: 100 ft below it 15 s from when 200 ft of 300 are lost.
    flown = final_approach()
    lower_ft = np.maximum(0.0, 1200.0 / 60.0 * (flown.time_s - 120.0))
    steep = flown.with_columns(
        pressure_altitude_ft=flown.pressure_altitude_ft - lower_ft,
        vertical_rate_fpm=flown.vertical_rate_fpm - np.where(flown.time_s > 120.0, 1200.0, 0.0),
    )
    (alert,) = judge(steep, place).alerts
    predicted_s = flown.time_s[np.flatnonzero(lower_ft + 1200.0 / 60.0 * 15.0 * (flown.time_s > 120.0) > 100.0)]
    assert (alert.start_time_s, alert.first_conflict_time_s) == (predicted_s[1], predicted_s[0])
    # At once 150 ft below it, with the rate of the path: one scan.
    sunk = flown.with_columns(
        pressure_altitude_ft=flown.pressure_altitude_ft - np.where(flown.time_s > 120.0, 150.0, 0.0)
    )
    (alert,) = judge(sunk, place).alerts
    assert alert.start_time_s == flown.time_s[flown.time_s > 120.0][0]
