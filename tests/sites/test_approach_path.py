"""The path of an approach is one: what the traffic flies and the figures draw is what the APM watches."""

import numpy as np
import pytest

from safetynets.nets.apm import kernel
from safetynets.nets.apm.rule import packed_approaches
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft, on_approach, path_altitude_ft
from tests.traffic.sites import approach, site

PROFILE = ((1.0, 1700.0), (4.0, 2700.0), (4.5, 3000.0), (9.0, 3000.0), (12.0, 5000.0))
DISTANCES_NM = np.concatenate((np.linspace(-2.0, 20.0, 111), [distance_nm for distance_nm, _ in PROFILE]))


@pytest.mark.parametrize("path", ["ils", "baro", "profile"])
def test_the_path_that_is_flown_is_the_path_that_is_watched(path):
    one = approach(path, profile=PROFILE)
    packed = packed_approaches(site(approaches=(one,)))
    watched_ft = [kernel.path_altitude_ft(packed, 0, distance_nm) for distance_nm in DISTANCES_NM]
    assert path_altitude_ft(one, DISTANCES_NM).tolist() == watched_ft
    assert [float(path_altitude_ft(one, float(distance_nm))) for distance_nm in DISTANCES_NM] == watched_ft


def test_along_and_across_are_those_the_apm_measures_and_lead_back_to_the_place():
    one = approach()
    x_m, y_m = on_approach(one, 7.5, -400.0)
    assert along_and_across(one, x_m, y_m) == pytest.approx((7.5, -400.0), abs=1e-9)
    assert along_and_across(one, x_m, y_m) == kernel.along_and_cross(
        packed_approaches(site(approaches=(one,))), 0, x_m, y_m
    )


def test_a_profile_joins_its_points_and_is_level_beyond_them():
    expected_ft = np.interp(DISTANCES_NM, *zip(*PROFILE, strict=True))
    assert path_altitude_ft(approach("profile", profile=PROFILE), DISTANCES_NM) == pytest.approx(expected_ft, abs=1e-9)


def test_the_earth_curves_away_below_an_ils_by_88_ft_at_10_nm():
    assert path_altitude_ft(approach("ils"), 10.0) - path_altitude_ft(approach("baro"), 10.0) == pytest.approx(
        88.3, abs=0.1
    )


def test_a_path_may_be_flown_at_another_angle_than_the_published_one():
    # One degree more over 5 NM: 30,380.6 ft times tan 4 deg less tan 3 deg.
    assert path_altitude_ft(approach(), 5.0, angle_deg=4.0) - path_altitude_ft(approach(), 5.0) == pytest.approx(
        532.2, abs=0.1
    )


@pytest.mark.parametrize("path", ["ils", "profile"])
def test_where_the_distance_is_unknown_so_is_the_path(path):
    assert np.isnan(path_altitude_ft(approach(path, profile=PROFILE), np.array([np.nan]))).all()


def test_nominal_is_never_above_the_intercept_altitude():
    one = approach(intercept_altitude_ft=3000.0)
    assert nominal_altitude_ft(one, np.array([3.0, 15.0])) == pytest.approx([2378.3, 3000.0], abs=0.1)
