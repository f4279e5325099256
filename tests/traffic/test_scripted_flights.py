"""Scripted flights do what their few lines say."""

import numpy as np
import pytest

from safetynets.errors import ScenarioError
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.traffic import Flight, Weather, fly, fly_truth
from tests.traffic.sites import PLANE, approach, flat_terrain, site

ON_FINAL = {"approach": "LSGG 22", "distance_nm": 14.0, "course_deg": 225.453, "altitude_ft": 5000, "speed_kt": 180}


def flight(legs, start=None, **more):
    values = {"callsign": "EZS1", "aircraft_type": "A20N", "start": {**ON_FINAL, **(start or {})}, "legs": legs}
    return Flight.model_validate({**values, **more})


def below_path_ft(tracks, path="ils"):
    along_nm, _ = along_and_across(approach(), tracks.x_m, tracks.y_m)
    return along_nm, path_altitude_ft(approach(), along_nm, path, 3.0) - tracks.geometric_altitude_ft


def test_a_flight_on_the_ils_follows_the_path_and_lands():
    truth, endings = fly_truth([flight([{"do": "intercept", "approach": "LSGG 22"}])], site(), 0.0)
    along_nm, below_ft = below_path_ft(truth)
    on_path = along_nm < 8.0
    assert np.abs(below_ft[on_path]).max() < 2.0
    assert endings[0].how == "landed"
    assert endings[0].altitude_ft == pytest.approx(1365.0, abs=10.0)


def test_an_early_descent_is_1500_ft_below_the_path_at_six_and_a_half_miles():
    # The event of 5 November 2023 in Geneva: low over the lake, then a go-around.
    legs = [
        {"do": "descend_to", "altitude_ft": 1975, "rate_fpm": 1400, "cleared": False},
        {"do": "intercept", "approach": "LSGG 22", "path": "localiser", "until_distance_nm": 6.4},
        {"do": "go_around", "altitude_ft": 7000},
    ]
    seen = fly([flight(legs)], site(), 4.0, 0.0)
    along_nm, below_ft = below_path_ft(seen)
    at = np.argmin(np.abs(along_nm - 6.5))
    assert below_ft[at] == pytest.approx(1500.0, abs=60.0)
    assert seen.geometric_altitude_ft[-1] == pytest.approx(7000.0, abs=25.0)
    assert np.isnan(seen.cleared_altitude_ft[at])


def test_a_downwind_blown_sideways_drifts_with_the_wind():
    legs = [{"do": "heading", "heading_deg": 45, "for_s": 120}]
    start = {"course_deg": 45.0, "distance_nm": 5.0, "offset_m": 6000.0}
    seen = fly([flight(legs, start)], site(), 4.0, 0.0, Weather(wind_from_deg=315, wind_kt=30))
    # Flown on the heading, the wind of 30 kt from the left carries it 15.4 m a second to the right.
    speed_mps = seen.vx_mps * np.cos(np.radians(45.0)) - seen.vy_mps * np.sin(np.radians(45.0))
    assert speed_mps[-1] == pytest.approx(15.4, abs=0.5)


def test_a_flight_flies_to_its_places_and_turns_early_enough():
    places = [(46.35, 6.30), (46.45, 6.20), (46.40, 6.00)]
    legs = [{"do": "fly_to", "latitude_deg": north, "longitude_deg": east} for north, east in places]
    truth, endings = fly_truth([flight(legs, {"altitude_ft": 7000})], site(), 0.0)
    for north, east in places[:-1]:
        x_m, y_m = PLANE.to_plane(north, east)
        # Turning inside the corner leaves it R (1/cos(half the turn) - 1) away: some hundred metres, under 1 NM here.
        assert 200.0 < np.hypot(truth.x_m - x_m, truth.y_m - y_m).min() < 1852.0
    x_m, y_m = PLANE.to_plane(*places[-1])
    assert np.hypot(truth.x_m[-1] - x_m, truth.y_m[-1] - y_m) < 150.0
    assert endings[0].how == "legs flown"


def test_two_flights_start_when_they_are_told_on_one_time_base():
    one = flight([{"do": "heading", "heading_deg": 90, "for_s": 60}])
    two = flight([{"do": "heading", "heading_deg": 90, "for_s": 60}], callsign="SWR2", start_s=30.0)
    seen = fly([one, two], site(), 4.0, 1_000_000.0)
    assert seen.track_count == 2
    assert seen.time_s[seen.rows_of(0)][0] == 1_000_000.0
    assert seen.time_s[seen.rows_of(1)][0] == 1_000_032.0
    assert np.allclose(np.diff(seen.time_s[seen.rows_of(1)]), 4.0)


def test_between_two_seconds_a_cleared_level_is_the_old_one_and_not_the_mean():
    legs = [
        {"do": "heading", "heading_deg": 90, "for_s": 30.5},
        {"do": "descend_to", "altitude_ft": 3000},
        {"do": "heading", "heading_deg": 90, "for_s": 60},
    ]
    seen = fly([flight(legs)], site(), 0.3, 0.0)
    assert set(seen.cleared_altitude_ft) == {5000.0, 3000.0}
    assert set(seen.vectored) == {0}


def test_a_flight_into_rising_ground_ends_there():
    _, endings = fly_truth(
        [flight([{"do": "descend_to", "altitude_ft": 2500, "wait": True}], fly_on_s=600.0)],
        site(terrain=flat_terrain(2600.0)),
        0.0,
    )
    assert endings[0].how == "contact with the ground"
    assert endings[0].altitude_ft == pytest.approx(2600.0, abs=15.0)


def test_the_crew_flies_flight_levels_on_standard_and_altitudes_on_its_setting():
    levels = [
        flight([], {"altitude_ft": None, "flight_level": 90}, callsign="A", fly_on_s=8),
        flight([], {"altitude_ft": 5000}, callsign="B", fly_on_s=8),
        flight([], {"altitude_ft": 5000}, callsign="C", fly_on_s=8, altimeter_hpa=1011.0),
    ]
    truth, _ = fly_truth(levels, site(qnh_hpa=1001.0), 0.0)
    first = [truth.rows_of(number).start for number in range(3)]
    assert truth.pressure_altitude_ft[first[0]] == 9000.0
    assert truth.geometric_altitude_ft[first[1]] == pytest.approx(5000.0, abs=0.1)
    assert truth.geometric_altitude_ft[first[2]] == pytest.approx(5000.0 - 274.0, abs=1.0)
    assert truth.baro_setting_hpa[first].tolist() == [1013.25, 1001.0, 1011.0]


def test_an_unknown_approach_is_refused_with_the_nearest_name():
    with pytest.raises(ScenarioError, match="EZS1: site 'test' has no approach 'LSGG 23'; write 'LSGG 22'"):
        fly([flight([{"do": "intercept", "approach": "LSGG 23"}])], site(), 4.0, 0.0)


def test_a_leg_that_never_ends_is_refused():
    far = {"do": "heading", "heading_deg": 90, "for_s": 7200}
    with pytest.raises(ScenarioError, match=r"EZS1: still in leg 4 \(heading\) after 6 hours"):
        fly([flight([far] * 5)], site(), 4.0, 0.0)


@pytest.mark.parametrize(
    ("level", "fits"),
    [({"altitude_ft": 4200}, False), ({"flight_level": 42}, False), ({"altitude_ft": 4300}, True)],
)
def test_a_climb_that_never_gets_as_high_as_it_keeps_straight_is_refused(level, fits):
    legs = [{"do": "go_around", **level, "straight_until_ft": 4300}]
    flights = [flight(legs, {"altitude_ft": 3000})]
    if fits:
        assert fly(flights, site(), 4.0, 0.0).geometric_altitude_ft[-1] > 4250.0
    else:
        with pytest.raises(ScenarioError, match="EZS1: the go_around keeps straight until 4,300 ft, 100 ft above"):
            fly(flights, site(), 4.0, 0.0)
