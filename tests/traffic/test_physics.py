"""Flights obey physics and the limits of their aircraft; altimeters and temperature move barometric paths only."""

import math

import numpy as np
import pytest

from safetynets.altimetry import STANDARD_GRAVITY_MPS2, cold_error_ft
from safetynets.traffic import Flight, Weather, fly_truth
from safetynets.traffic.aircraft import AIRCRAFT
from tests.traffic.sites import PLANE, approach, site
from tests.traffic.test_scripted_flights import below_path_ft, flight

FINAL = (8.0, 1.0)
"""From here (NM) every flight below is established."""


def displacement_ft(path, weather=None, **more):
    """How far below the straight path in altitude, or in space, a landing is flown, on final approach."""
    truth, _ = fly_truth(
        [flight([{"do": "intercept", "approach": "LSGG 22", "path": path}], **more)], low_qnh(), 0.0, weather
    )
    along_nm, below_ft = below_path_ft(truth, path)
    final = (along_nm < FINAL[0]) & (along_nm > FINAL[1])
    return truth, along_nm[final], below_ft[final]


def low_qnh():
    return site(qnh_hpa=1001.0, terrain=None)


def test_an_ils_flown_with_1011_for_1001_is_not_displaced():
    _, _, below_ft = displacement_ft("ils", altimeter_hpa=1011.0)
    assert np.abs(below_ft).max() < 2.0


def test_a_baro_path_flown_with_1011_for_1001_is_274_ft_low():
    _, _, below_ft = displacement_ft("baro", altimeter_hpa=1011.0)
    assert np.allclose(below_ft, 274.5, atol=1.5)


def test_an_ils_is_not_displaced_by_cold_air():
    _, _, below_ft = displacement_ft("ils", Weather(qnh_hpa=1001.0, temperature_c=-20.0, station_elevation_ft=1365.0))
    assert np.abs(below_ft).max() < 2.0


def test_a_baro_path_in_minus_20_degrees_is_low_by_the_doc_8168_amount():
    cold = Weather(qnh_hpa=1001.0, temperature_c=-20.0, station_elevation_ft=1365.0)
    _, along_nm, below_ft = displacement_ft("baro", cold)
    heights_ft = 50.0 + along_nm * 6076.115 * math.tan(math.radians(3.0))
    assert np.allclose(below_ft, cold_error_ft(heights_ft, -20.0, 1365.0), atol=2.0)


def test_1000_ft_above_an_aerodrome_at_sea_level_in_minus_20_degrees_are_140_ft_less():
    # The value in the temperature correction table of ICAO Doc 8168 Volume I (recalled), which rounds up to 10 ft.
    cold = Weather(temperature_c=-20.0, station_elevation_ft=0.0)
    assert 1000.0 - cold.geometric_altitude_ft(1000.0, 1013.25) == pytest.approx(140.0, abs=10.0)


def test_the_altimeter_shows_the_path_all_the_way_down_in_cold_air():
    cold = Weather(qnh_hpa=1001.0, temperature_c=-20.0, station_elevation_ft=1365.0)
    truth, _, _ = displacement_ft("baro", cold)
    along_nm, _ = below_path_ft(truth, "baro")
    final = (along_nm < FINAL[0]) & (along_nm > FINAL[1])
    indicated_ft = truth.pressure_altitude_ft[final] - 336.4
    expected_ft = 1415.0 + along_nm[final] * 6076.115 * math.tan(math.radians(3.0))
    assert np.allclose(indicated_ft, expected_ft, atol=2.0)


def test_a_glide_path_is_captured_without_flying_through_it():
    truth, _ = fly_truth([flight([{"do": "intercept", "approach": "LSGG 22"}])], low_qnh(), 0.0)
    _, below_ft = below_path_ft(truth)
    # From below, in level flight: the path is neither crossed by more than a few feet nor met late.
    assert below_ft.min() > -5.0


def random_leg(random, clean_kt):
    legs = (
        {
            "do": "vectors",
            "heading_deg": random.uniform(0, 360),
            "turn": ("left", "right", "shorter")[random.integers(3)],
        },
        {"do": "descend_to", "altitude_ft": random.uniform(3000, 5000), "rate_fpm": 2000.0},
        {"do": "climb_to", "altitude_ft": random.uniform(6000, 9000), "rate_fpm": 4000.0},
        {"do": "level_off", "for_s": random.uniform(0, 40)},
        {"do": "speed", "speed_kt": random.uniform(0.8, 1.0) * clean_kt},
        {"do": "heading", "heading_deg": random.uniform(0, 360), "for_s": 40.0},
        {"do": "go_around", "altitude_ft": 9000.0, "straight_until_ft": 5000.0},
    )
    return legs[random.integers(len(legs))]


def random_flights(count):
    random = np.random.default_rng(20231105)
    types = sorted(AIRCRAFT)
    for number in range(count):
        kind = types[number % len(types)]
        clean_kt = AIRCRAFT[kind].clean_speed_kt
        legs = [random_leg(random, clean_kt) for _ in range(random.integers(2, 6))]
        if number % 10 == 0:
            legs.append({"do": "intercept", "approach": "LSGG 22", "until_distance_nm": 1.0})
        start = {
            "latitude_deg": 46.30,
            "longitude_deg": 6.25,
            "course_deg": random.uniform(0, 360),
            "altitude_ft": random.uniform(4000, 8000),
            "speed_kt": random.uniform(0.8, 1.0) * clean_kt,
        }
        values = {"callsign": f"T{number}", "aircraft_type": kind, "start": start, "legs": legs, "fly_on_s": 20.0}
        yield Flight.model_validate(values)


@pytest.fixture(scope="module")
def thousand_flights():
    where = site(terrain=None, approaches=(approach(),))
    return fly_truth(list(random_flights(1000)), where, 0.0)[0]


def per_flight(truth, column):
    for number in range(truth.track_count):
        yield AIRCRAFT[truth.aircraft_type[number]], column[truth.rows_of(number)]


def test_a_thousand_random_flights_keep_their_climb_and_descent_rates(thousand_flights):
    truth = thousand_flights
    for limits, rate_fpm in per_flight(truth, truth.vertical_rate_fpm):
        assert rate_fpm.max() <= limits.climb_fpm + 1e-6
        assert rate_fpm.min() >= -limits.descent_fpm - 1e-6


def test_the_vertical_rate_of_a_thousand_random_flights_has_no_steps(thousand_flights):
    truth = thousand_flights
    for limits, rate_fpm in per_flight(truth, truth.vertical_rate_fpm):
        most_fpm_a_second = limits.pull_up_g * STANDARD_GRAVITY_MPS2 / 0.3048 * 60.0
        assert np.abs(np.diff(rate_fpm)).max() <= most_fpm_a_second + 1e-6


def test_altitude_is_the_sum_of_the_vertical_rate(thousand_flights):
    truth = thousand_flights
    same = np.diff(truth.track) == 0
    mean_fpm = 0.5 * (truth.vertical_rate_fpm[1:] + truth.vertical_rate_fpm[:-1])
    climbed_ft = np.diff(truth.pressure_altitude_ft)
    # Inside the second the rate may change by 241 ft/min (0.25 g for half a second) and back: 241 / 2 / 60 = 2 ft.
    assert np.abs(climbed_ft - mean_fpm / 60.0)[same].max() < 2.1


def test_over_a_whole_landing_the_vertical_rate_adds_up_to_the_altitude():
    truth, _ = fly_truth([flight([{"do": "intercept", "approach": "LSGG 22"}])], low_qnh(), 0.0)
    rate_ftps = truth.vertical_rate_fpm / 60.0
    climbed_ft = np.concatenate([[0.0], np.cumsum(0.5 * (rate_ftps[1:] + rate_ftps[:-1]))])
    # At 0.05 g the rate bends by 48 ft/min in half a second: a corner is worth 0.4 ft, and corners do not add up.
    assert np.abs(truth.pressure_altitude_ft - truth.pressure_altitude_ft[0] - climbed_ft).max() < 1.0


def turn_rates_degps(truth):
    for number in range(truth.track_count):
        rows = truth.rows_of(number)
        course_rad = np.unwrap(np.arctan2(truth.vx_mps[rows], truth.vy_mps[rows]))
        yield (
            AIRCRAFT[truth.aircraft_type[number]],
            np.degrees(np.diff(course_rad)),
            np.hypot(truth.vx_mps[rows], truth.vy_mps[rows]),
        )


def test_a_thousand_random_flights_turn_no_faster_and_no_tighter_than_their_bank(thousand_flights):
    for limits, rate_degps, speed_mps in turn_rates_degps(thousand_flights):
        # A speed that falls by 1 kt in a second makes the turn of a slow helicopter 1 % faster.
        assert np.abs(rate_degps).max() <= 1.01 * limits.turn_rate_degps
        bank_deg = np.degrees(np.arctan(np.radians(np.abs(rate_degps)) * speed_mps[1:] / STANDARD_GRAVITY_MPS2))
        # The speed at the end of the second stands for that of the whole: a kt a second is 0.2 degrees of bank.
        assert bank_deg.max() <= limits.bank_deg + 0.3


def test_the_turn_rate_of_a_thousand_random_flights_has_no_steps(thousand_flights):
    for limits, rate_degps, speed_mps in turn_rates_degps(thousand_flights):
        roll_rad = math.radians(limits.roll_rate_degps)
        slope = STANDARD_GRAVITY_MPS2 / speed_mps.min() / math.cos(math.radians(limits.bank_deg)) ** 2
        assert np.abs(np.diff(rate_degps)).max() <= math.degrees(roll_rad * slope) + 1e-6


def test_a_thousand_random_flights_gain_no_more_energy_than_their_engines_give(thousand_flights):
    truth = thousand_flights
    for number in range(truth.track_count):
        rows = truth.rows_of(number)
        limits = AIRCRAFT[truth.aircraft_type[number]]
        speed_mps = np.hypot(truth.vx_mps[rows], truth.vy_mps[rows])
        energy_ft = truth.geometric_altitude_ft[rows] + speed_mps**2 / (2.0 * STANDARD_GRAVITY_MPS2) / 0.3048
        power_fpm = np.diff(energy_ft) * 60.0
        # At constant indicated speed true speed grows by 1.6 % in 1,000 ft: at 250 kt indicated and 9,000 ft, 147 m/s,
        # v²/g · 1.6 % / 1,000 ft is 11 % more energy than the climb itself.
        assert power_fpm.max() <= 1.12 * limits.climb_fpm + 10.0
        assert power_fpm.min() >= -1.12 * limits.descent_fpm - 10.0


def test_positions_are_the_sum_of_the_velocities(thousand_flights):
    truth = thousand_flights
    same = np.diff(truth.track) == 0
    moved_m = np.hypot(
        np.diff(truth.x_m) - 0.5 * (truth.vx_mps[1:] + truth.vx_mps[:-1]),
        np.diff(truth.y_m) - 0.5 * (truth.vy_mps[1:] + truth.vy_mps[:-1]),
    )
    # A turn at 3 degrees a second at 130 m/s: the trapezoid of one second is 0.03 m off that of two half seconds.
    assert moved_m[same].max() < 0.15


def test_a_hold_is_flown_round_its_fix_in_standard_turns():
    hold = {
        "do": "hold",
        "latitude_deg": 46.30,
        "longitude_deg": 6.25,
        "inbound_course_deg": 90.0,
        "turns": 2,
        "altitude_ft": 6000.0,
    }
    start = {"latitude_deg": 46.3, "longitude_deg": 6.1, "course_deg": 90.0, "altitude_ft": 6000.0, "speed_kt": 200.0}
    truth, _ = fly_truth(
        [Flight(callsign="EZS1", aircraft_type="A20N", start=start, legs=[hold])], site(terrain=None), 0.0
    )
    x_m, y_m = PLANE.to_plane(46.30, 6.25)
    near = np.hypot(truth.x_m - x_m, truth.y_m - y_m) < 200.0
    passes = np.count_nonzero(np.diff(near.astype(int)) == 1)
    assert passes == 3
    # 200 kt indicated are 113 m/s at 6,000 ft: 25 degrees of bank turn it round in 78 s, and rolling in and out takes
    # 12 more; with a minute outbound and a minute inbound a racetrack takes 300 s.
    first, last = np.flatnonzero(near)[0], np.flatnonzero(near)[-1]
    assert truth.time_s[last] - truth.time_s[first] == pytest.approx(600.0, abs=30.0)


@pytest.mark.parametrize("from_deg", [0.0, 90.0, 180.0, 270.0])
def test_a_hold_in_a_gale_is_flown_and_left(from_deg):
    hold = {"do": "hold", "latitude_deg": 46.3, "longitude_deg": 6.25, "inbound_course_deg": 90.0, "turns": 3}
    start = {"latitude_deg": 46.3, "longitude_deg": 6.1, "course_deg": 90.0, "altitude_ft": 9000.0, "speed_kt": 200.0}
    held = Flight.model_validate({"callsign": "EZS1", "aircraft_type": "A20N", "start": start, "legs": [hold]})
    gale = Weather(wind_from_deg=from_deg, wind_kt=90.0)
    truth, (ending,) = fly_truth([held], site(terrain=None), 0.0, gale)
    assert ending.how == "legs flown"
    # Three racetracks of 5 minutes in still air; with half the airspeed against it, the way back takes twice as long.
    assert 600.0 < truth.time_s[-1] < 2700.0


def test_with_wind_the_course_over_the_ground_is_flown():
    windy = Weather(wind_from_deg=135.0, wind_kt=40.0)
    truth, endings = fly_truth([flight([{"do": "intercept", "approach": "LSGG 22"}])], site(), 0.0, windy)
    along_nm, below_ft = below_path_ft(truth)
    final = (along_nm < 8.0) & (along_nm > 0.0)
    course_deg = np.degrees(np.arctan2(truth.vx_mps[final], truth.vy_mps[final])) % 360.0
    assert np.allclose(course_deg, approach().course_deg, atol=0.5)
    assert np.abs(below_ft[final]).max() < 3.0
    assert endings[0].how == "landed"
