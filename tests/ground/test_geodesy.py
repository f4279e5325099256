"""The plane against the ellipsoid, by pyproj.Geod, which shares no code with the projection."""

import numpy as np
import pytest
from pyproj import Geod

from safetynets.geodesy import Plane, destination, mean_sea_level_altitude_ft
from safetynets.units import m_to_nm, nm_to_m

GEOD = Geod(ellps="WGS84")
ZURICH = Plane(latitude_deg=47.458, longitude_deg=8.548)


@pytest.mark.parametrize(("distance_nm", "allowed_share"), [(10.0, 1e-5), (60.0, 2e-4), (200.0, 1e-3)])
@pytest.mark.parametrize("course_deg", [0.0, 77.0, 180.0, 285.0])
def test_distances_from_the_centre_are_those_of_the_ellipsoid(distance_nm, allowed_share, course_deg):
    longitude, latitude, _ = GEOD.fwd(8.548, 47.458, course_deg, nm_to_m(distance_nm))
    x_m, y_m = ZURICH.to_plane(latitude, longitude)
    assert np.hypot(x_m, y_m) == pytest.approx(nm_to_m(distance_nm), rel=allowed_share)
    # From the centre a geodesic leaves at its azimuth; the sphere's and the ellipsoid's differ by less than 0.01 deg.
    assert np.degrees(np.arctan2(x_m, y_m)) % 360.0 == pytest.approx(course_deg, abs=0.01)


def test_a_true_course_becomes_a_course_on_the_plane():
    latitude, longitude = 48.4, 10.2
    for course_deg in (0.0, 63.0, 154.0, 310.0):
        further_longitude, further_latitude, _ = GEOD.fwd(longitude, latitude, course_deg, 100.0)
        x_m, y_m = ZURICH.to_plane([latitude, further_latitude], [longitude, further_longitude])
        on_plane_deg = np.degrees(np.arctan2(x_m[1] - x_m[0], y_m[1] - y_m[0]))
        expected_deg = course_deg + float(ZURICH.convergence_deg(latitude, longitude))
        assert (on_plane_deg - expected_deg + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-3)


def test_a_path_of_one_minute_straight_on_the_plane_is_a_geodesic_to_half_a_metre():
    # 60 s at 250 m/s, 100 NM from the centre, across the radius, where the bow is greatest.
    x_m, y_m = np.array([-7500.0, 0.0, 7500.0]), np.full(3, nm_to_m(100.0))
    latitude, longitude = ZURICH.to_geographic(x_m, y_m)
    azimuth, _, length_m = GEOD.inv(longitude[0], latitude[0], longitude[2], latitude[2])
    middle_longitude, middle_latitude, _ = GEOD.fwd(longitude[0], latitude[0], azimuth, length_m / 2)
    _, _, bow_m = GEOD.inv(middle_longitude, middle_latitude, longitude[1], latitude[1])
    assert bow_m < 0.5


def test_positions_come_back_and_unknown_stays_unknown():
    latitude, longitude = np.array([47.0, np.nan, 48.9]), np.array([7.5, 8.0, 9.9])
    back_latitude, back_longitude = ZURICH.to_geographic(*ZURICH.to_plane(latitude, longitude))
    np.testing.assert_allclose(back_latitude, latitude, atol=1e-10)
    np.testing.assert_allclose(back_longitude[[0, 2]], longitude[[0, 2]], atol=1e-10)
    assert np.isnan(back_longitude[1])
    assert np.isnan(ZURICH.convergence_deg(np.nan, 8.0))


def test_a_destination_lies_at_its_distance_and_course():
    latitude, longitude = destination(46.2504, 6.12699, 45.453, nm_to_m(6.5))
    azimuth, _, distance_m = GEOD.inv(6.12699, 46.2504, longitude, latitude)
    assert m_to_nm(distance_m) == pytest.approx(6.5, abs=1e-9)
    assert azimuth == pytest.approx(45.453, abs=1e-9)


def test_ellipsoid_heights_are_lowered_by_the_undulation():
    # At Zurich mean sea level is 47 m, 154.2 ft, above the ellipsoid.
    assert mean_sea_level_altitude_ft(np.array([1554.2]), 47.0)[0] == pytest.approx(1400.0, abs=0.1)
