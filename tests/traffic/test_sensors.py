"""What surveillance sees has the errors that were asked for, and the tracker the lag of its kind."""

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Terrain
from safetynets.traffic import Surveillance, fly_truth, see
from safetynets.traffic.sensors.adsb import adsb_plots
from safetynets.traffic.sensors.mode_c import sent_altitude_ft
from safetynets.traffic.sensors.models import Adsb, ModeC, Radar
from safetynets.traffic.sensors.radar import Horizon, elevation_rad, horizon, radar_plots, radar_position
from tests.traffic.sites import PLANE, flat_terrain, site
from tests.traffic.test_scripted_flights import flight

CERTAIN = 1e-4
"""A statistic that is right fails its test once in 10,000 seeds; the seeds here are fixed."""
WHERE = site()
DOLE = {"name": "La Dole", "latitude_deg": 46.4247, "longitude_deg": 6.0994, "altitude_ft": 5500.0}
"""About where the radar of Geneva stands; altitude and performance are ours."""
EXACT = ModeC(step_ft=0, missing_probability=0, garbled_probability=0)


def truth_of(legs, start=None, **more):
    return fly_truth([flight(legs, start, **more)], WHERE, 0.0)[0]


@pytest.fixture(scope="module")
def long_flight():
    """Two hours in wide circles about 30 NM from the radar: enough looks to do statistics on."""
    legs = [{"do": "heading", "heading_deg": heading, "for_s": 600} for heading in (90, 180, 270, 0) * 3]
    start = {"latitude_deg": 46.6, "longitude_deg": 6.2, "approach": None, "distance_nm": None, "altitude_ft": 9000}
    return truth_of(legs, start)


def radar(**changes):
    return Radar(**{**DOLE, "screened_by_terrain": False, **changes})


def plots_of(truth, chosen, mode_c=EXACT, seed=1, hidden=None):
    hidden = horizon(chosen, PLANE, None) if hidden is None else hidden
    return radar_plots(truth, 0, chosen, hidden, PLANE, mode_c, seed)


def errors_of(truth, chosen, plots):
    """Errors of plots along (m) and across (deg) the line of sight."""
    east_m, north_m = radar_position(chosen, PLANE)
    true_x_m, true_y_m = (np.interp(plots.time_s, truth.time_s, values) for values in (truth.x_m, truth.y_m))
    true_rad = np.arctan2(true_x_m - east_m, true_y_m - north_m)
    seen_rad = np.arctan2(plots.x_m - east_m, plots.y_m - north_m)
    along_m = np.hypot(plots.x_m - east_m, plots.y_m - north_m) - np.hypot(true_x_m - east_m, true_y_m - north_m)
    return along_m, np.degrees((seen_rad - true_rad + math.pi) % (2 * math.pi) - math.pi)


def assert_spread(errors, asked):
    """The variance of normal errors is what was asked for (chi-squared, two-sided), and their mean is zero."""
    count = len(errors)
    low, high = stats.chi2.ppf([CERTAIN / 2, 1 - CERTAIN / 2], count)
    assert low < np.sum(errors**2) / asked**2 < high
    assert abs(errors.mean()) < stats.norm.ppf(1 - CERTAIN / 2) * asked / math.sqrt(count)


def assert_share(found, of, asked):
    low, high = stats.binom.ppf([CERTAIN / 2, 1 - CERTAIN / 2], of, asked)
    assert low <= found <= high


def test_range_and_azimuth_errors_are_as_asked(long_flight):
    chosen = radar(range_noise_m=80.0, azimuth_noise_deg=0.1, detection_probability=1.0)
    plots = plots_of(long_flight, chosen)
    assert len(plots) > 1700
    along_m, azimuth_deg = errors_of(long_flight, chosen, plots)
    # 30 NM away and 3,500 ft above the antenna slant and ground range differ by 0.2 %.
    assert_spread(along_m, 80.0)
    assert_spread(azimuth_deg, 0.1)


def test_the_share_of_looks_that_detect_is_as_asked(long_flight):
    every = plots_of(long_flight, radar(detection_probability=1.0))
    some = sum(len(plots_of(long_flight, radar(detection_probability=0.8), seed=seed)) for seed in range(5))
    # 9,000 looks: a share of 2 % more or less would be noticed.
    assert_share(some, 5 * len(every), 0.8)


def test_a_radar_looks_once_a_turn_when_it_points_at_the_flight(long_flight):
    chosen = radar(period_s=5.0, detection_probability=1.0, range_noise_m=0.0, azimuth_noise_deg=0.0)
    plots = plots_of(long_flight, chosen)
    east_m, north_m = radar_position(chosen, PLANE)
    pointing_deg = plots.time_s % 5.0 / 5.0 * 360.0
    azimuth_deg = np.degrees(np.arctan2(plots.x_m - east_m, plots.y_m - north_m)) % 360.0
    assert np.abs((pointing_deg - azimuth_deg + 180.0) % 360.0 - 180.0).max() < 0.1
    assert np.diff(plots.time_s).max() < 6.0


def test_nothing_is_seen_in_the_cone_of_silence():
    over = {"latitude_deg": 46.40, "longitude_deg": 6.0994, "approach": None, "distance_nm": None, "course_deg": 0.0}
    truth = truth_of([], {**over, "altitude_ft": 12_000}, fly_on_s=120)
    chosen = radar(detection_probability=1.0, period_s=1.0, range_noise_m=0.0, azimuth_noise_deg=0.0)
    plots = plots_of(truth, chosen)
    east_m, north_m = radar_position(chosen, PLANE)
    distance_m = np.hypot(truth.x_m - east_m, truth.y_m - north_m)
    # 6,500 ft above the antenna the cone of 45 degrees is as wide as it is high: 1,981 m.
    assert distance_m.min() < 300.0
    assert np.hypot(plots.x_m - east_m, plots.y_m - north_m).min() == pytest.approx(1981.0, abs=130.0)


def test_terrain_hides_what_lies_low_behind_it():
    grid = np.full((240, 240), 1000.0)
    grid[:, 160] = 4000.0
    terrain = Terrain(-60_000.0, -60_000.0, 500.0, grid, ())
    chosen = Radar(name="low", latitude_deg=46.238, longitude_deg=6.109, altitude_ft=1100.0)
    hidden = horizon(chosen, PLANE, terrain)
    # The ridge is 884 m above the antenna, 20 km to the east; the bent earth falls away by 24 m there, and by 94 m at
    # 40 km. Seen over it at 40 km is what is 2 · (884 - 24) + 94 = 1,814 m above the antenna.
    east_rad, far_m = np.array([math.pi / 2.0]), np.array([40_000.0])
    for above_m, expected in ((1780.0, True), (1850.0, False)):
        angle_rad = elevation_rad(far_m, np.array([above_m]))
        assert hidden.hides(east_rad, far_m, angle_rad)[0] == expected
    assert not hidden.hides(np.array([-math.pi / 2.0]), far_m, np.array([0.0]))[0]


def test_beyond_its_range_a_radar_sees_nothing(long_flight):
    plots = plots_of(long_flight, radar(max_range_nm=5.0))
    east_m, north_m = radar_position(radar(), PLANE)
    assert np.all(np.hypot(plots.x_m - east_m, plots.y_m - north_m) < 5.0 * 1852.0 + 300.0)
    assert isinstance(horizon(radar(), PLANE, None), Horizon)


def test_mode_c_comes_in_steps_and_is_missing_as_often_as_asked(long_flight):
    times_s = np.linspace(0.0, 7000.0, 20_000)
    asked = ModeC(step_ft=100, missing_probability=0.03, garbled_probability=0.0)
    sent_ft = sent_altitude_ft(long_flight, 0, times_s, asked, seed=1)
    assert_share(np.isnan(sent_ft).sum(), 20_000, 0.03)
    assert not (sent_ft[np.isfinite(sent_ft)] % 100.0).any()


def test_the_error_of_a_step_is_that_of_rounding():
    truth = truth_of([{"do": "climb_to", "altitude_ft": 20_000, "rate_fpm": 1500, "wait": True}])
    times_s = np.linspace(20.0, 500.0, 5000)
    true_ft = np.interp(times_s, truth.time_s, truth.pressure_altitude_ft)
    for step_ft in (25, 100):
        asked = ModeC(step_ft=step_ft, missing_probability=0, garbled_probability=0)
        error_ft = sent_altitude_ft(truth, 0, times_s, asked, seed=1) - true_ft
        assert np.abs(error_ft).max() <= step_ft / 2.0
        # A steady climb takes every value within a step equally often: step / sqrt(12).
        assert error_ft.std() == pytest.approx(step_ft / math.sqrt(12.0), rel=0.03)


def test_garbled_altitudes_come_as_often_as_asked(long_flight):
    times_s = np.linspace(0.0, 7000.0, 20_000)
    asked = ModeC(step_ft=25, missing_probability=0, garbled_probability=0.01)
    sent_ft = sent_altitude_ft(long_flight, 0, times_s, asked, seed=1)
    wrong = np.abs(sent_ft - np.interp(times_s, long_flight.time_s, long_flight.pressure_altitude_ft)) > 50.0
    # One in 500 of the garbled ones is right by chance.
    assert_share(wrong.sum(), 20_000, 0.01 * 0.998)


def test_a_late_altitude_is_the_one_of_before():
    truth = truth_of([{"do": "climb_to", "altitude_ft": 20_000, "rate_fpm": 1500, "wait": True}])
    asked = ModeC(step_ft=0, missing_probability=0, garbled_probability=0, late_probability=1.0, late_s=4.0)
    sent_ft = sent_altitude_ft(truth, 0, np.array([200.0]), asked, seed=1)
    # 1,500 ft/min for 4 s.
    assert np.interp(200.0, truth.time_s, truth.pressure_altitude_ft) - sent_ft[0] == pytest.approx(100.0, abs=1.0)


def test_adsb_comes_as_often_and_as_exact_as_asked(long_flight):
    asked = Adsb(period_s=1.0, position_noise_m=20.0, reception_probability=0.9, age_s=0.0)
    plots = adsb_plots(long_flight, 0, asked, EXACT, seed=1)
    assert_share(len(plots), int(long_flight.time_s[-1] - long_flight.time_s[0]), 0.9)
    for seen, name in ((plots.x_m, "x_m"), (plots.y_m, "y_m")):
        assert_spread(seen - np.interp(plots.time_s, long_flight.time_s, getattr(long_flight, name)), 20.0)


def test_an_old_adsb_position_lies_behind_the_aircraft():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 300}], {"course_deg": 90.0})
    asked = Adsb(position_noise_m=0.0, reception_probability=1.0, age_s=2.0)
    plots = adsb_plots(truth, 0, asked, EXACT, seed=1)
    later = plots.time_s > 5.0
    behind_m = np.interp(plots.time_s, truth.time_s, truth.x_m) - plots.x_m
    assert np.median(behind_m[later]) == pytest.approx(2.0 * truth.vx_mps[100], rel=0.02)


def surveillance(**changes):
    values = {"radars": [{**DOLE, "screened_by_terrain": False}]}
    return Surveillance.model_validate({**values, **changes})


def test_perfect_surveillance_is_the_truth():
    truth = truth_of([{"do": "intercept", "approach": "LSGG 22"}])
    seen = see(truth, Surveillance(), WHERE, 4.0, 0.0)
    assert np.array_equal(seen.pressure_altitude_ft, truth.pressure_altitude_ft[::4])
    assert np.allclose(seen.x_m, truth.x_m[::4])


def test_a_straight_flight_is_tracked_up_to_now_as_well_as_its_plots_were_measured():
    truth = truth_of([{"do": "heading", "heading_deg": 225.453, "for_s": 600}], {"distance_nm": 25.0})
    seen = see(truth, surveillance(), WHERE, 4.0, 0.0, seed=3)
    settled = (seen.time_s > 60.0) & (seen.coasted == 0) & (seen.time_s <= truth.time_s[-1])
    error_m = np.hypot(
        seen.x_m - np.interp(seen.time_s, truth.time_s, truth.x_m),
        seen.y_m - np.interp(seen.time_s, truth.time_s, truth.y_m),
    )[settled]
    chosen = radar()
    plots = plots_of(truth, chosen)
    along_m, azimuth_deg = errors_of(truth, chosen, plots)
    east_m, north_m = radar_position(chosen, PLANE)
    raw_m = np.hypot(along_m, np.radians(azimuth_deg) * np.hypot(plots.x_m - east_m, plots.y_m - north_m))
    # The track is for now, up to 4.5 s or 420 m after its last plot, and yet hardly further off than the plot was then.
    assert np.sqrt(np.mean(error_m**2)) < 1.2 * np.sqrt(np.mean(raw_m**2))
    speed_error_mps = np.hypot(seen.vx_mps - truth.vx_mps[100], seen.vy_mps - truth.vy_mps[100])[settled]
    assert np.median(speed_error_mps) < 8.0


def test_the_track_lags_in_a_turn_and_recovers():
    legs = [{"do": "heading", "heading_deg": 90, "for_s": 120}, {"do": "heading", "heading_deg": 180, "for_s": 200}]
    truth = truth_of(legs, {"course_deg": 90.0})
    seen = see(truth, surveillance(mode_c={"missing_probability": 0}), WHERE, 4.0, 0.0, seed=1)
    course_deg = np.degrees(np.arctan2(seen.vx_mps, seen.vy_mps))
    true_deg = np.degrees(np.interp(seen.time_s, truth.time_s, np.unwrap(np.arctan2(truth.vx_mps, truth.vy_mps))))
    behind_deg = (true_deg - course_deg + 180.0) % 360.0 - 180.0
    turning = (seen.time_s > 126.0) & (seen.time_s < 160.0)
    # At 2.7 degrees a second a track one or two updates of 4 s behind, and as much for the filter, is 10 to 40 behind.
    assert 10.0 < behind_deg[turning].max() < 40.0
    assert np.abs(behind_deg[(seen.time_s > 220.0) & (seen.time_s < 310.0)]).max() < 8.0


def test_the_vertical_rate_lags_at_a_level_off():
    legs = [{"do": "descend_to", "altitude_ft": 3000, "rate_fpm": 1500, "wait": True}]
    truth = truth_of(legs, {"altitude_ft": 6000.0}, fly_on_s=60.0)
    seen = see(
        truth, surveillance(mode_c={"missing_probability": 0, "garbled_probability": 0}), WHERE, 4.0, 0.0, seed=1
    )
    true_fpm = np.interp(seen.time_s, truth.time_s, truth.vertical_rate_fpm)
    levelling = (true_fpm > -1200.0) & (true_fpm < -100.0) & (seen.time_s > 60.0)
    assert (seen.vertical_rate_fpm - true_fpm)[levelling].min() < -150.0
    steady = (true_fpm < -1490.0) & (seen.time_s > 60.0)
    assert np.median(seen.vertical_rate_fpm[steady]) == pytest.approx(-1500.0, abs=60.0)


def test_a_garbled_altitude_is_handed_on_but_does_not_bend_the_rate():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 1200}])
    garbling = {"missing_probability": 0, "garbled_probability": 0.02}
    seen = see(truth, surveillance(mode_c=garbling), WHERE, 4.0, 0.0, seed=2)
    settled = (seen.time_s > 60.0) & (seen.time_s < 1150.0)
    garbled = np.abs(seen.pressure_altitude_ft - 5000.0) > 100.0
    assert np.count_nonzero(garbled & settled) >= 2
    # 25 ft steps at level make the rate uncertain by some 100 ft/min; 20,000 ft in one update would make it 100,000.
    assert np.abs(seen.vertical_rate_fpm[settled]).max() < 300.0


def test_missed_plots_coast_and_a_lost_flight_is_dropped():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 600}])
    poor = {**DOLE, "screened_by_terrain": False, "detection_probability": 0.6}
    seen = see(truth, surveillance(radars=[poor]), WHERE, 4.0, 0.0)
    assert 0.2 < np.mean(seen.coasted == 1) < 0.6
    assert np.all(np.isnan(seen.pressure_altitude_ft[seen.coasted == 1]))
    assert seen.time_s[-1] <= truth.time_s[-1] + 16.0 + 4.5


def test_system_tracks_come_at_the_update_period():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 200}])
    seen = see(truth, surveillance(), WHERE, 5.0, 0.0)
    assert np.allclose(np.diff(seen.time_s), 5.0)
    assert np.allclose(seen.time_s % 5.0, 0.0)


def test_another_flight_does_not_change_what_is_seen_of_this_one():
    legs = [{"do": "heading", "heading_deg": 90, "for_s": 200}]
    alone, _ = fly_truth([flight(legs)], WHERE, 0.0)
    both, _ = fly_truth([flight(legs, callsign="ABC"), flight(legs)], WHERE, 0.0)
    seen_alone = see(alone, surveillance(adsb={}), WHERE, 4.0, 0.0, seed=5)
    seen_both = see(both, surveillance(adsb={}), WHERE, 4.0, 0.0, seed=5)
    assert np.array_equal(seen_alone.x_m, seen_both.x_m[seen_both.rows_of(1)])
    again = see(alone, surveillance(adsb={}), WHERE, 4.0, 0.0, seed=5)
    assert np.array_equal(seen_alone.x_m, again.x_m)
    other_seed = see(alone, surveillance(adsb={}), WHERE, 4.0, 0.0, seed=6)
    assert not np.array_equal(seen_alone.x_m, other_seed.x_m[: len(seen_alone)])


def test_swapped_tracks_carry_each_other_away():
    legs = [{"do": "heading", "heading_deg": 90, "for_s": 200}]
    truth, _ = fly_truth([flight(legs), flight(legs, {"altitude_ft": 8000}, callsign="SWR2")], WHERE, 0.0)
    seen = see(
        truth,
        Surveillance.model_validate({"swapped_tracks": [{"callsigns": ["EZS1", "SWR2"], "from_s": 100, "for_s": 40}]}),
        WHERE,
        4.0,
        0.0,
    )
    altitude_ft, time_s = (values[seen.rows_of(0)] for values in (seen.geometric_altitude_ft, seen.time_s))
    during = (time_s >= 100.0) & (time_s < 140.0)
    assert np.allclose(altitude_ft[during], 8000.0, atol=1.0)
    assert np.allclose(altitude_ft[~during], 5000.0, atol=1.0)


def test_a_duplicate_track_has_the_same_call_sign_beside_the_first():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 200}])
    double = {"callsign": "EZS1", "from_s": 100, "for_s": 40, "offset_m": 400}
    seen = see(truth, Surveillance.model_validate({"duplicate_tracks": [double]}), WHERE, 4.0, 0.0)
    assert seen.callsign.tolist() == ["EZS1", "EZS1"]
    copy = seen.rows_of(1)
    first = np.isin(seen.time_s[seen.rows_of(0)], seen.time_s[copy])
    assert np.allclose(seen.x_m[copy] - seen.x_m[seen.rows_of(0)][first], 400.0)
    assert copy.stop - copy.start == 10


def test_a_swap_with_a_flight_that_is_not_there_is_refused():
    truth = truth_of([], fly_on_s=20)
    swap = Surveillance.model_validate({"swapped_tracks": [{"callsigns": ["EZS1", "XXX"], "from_s": 0}]})
    with pytest.raises(ScenarioError, match="XXX: no flight has this call sign"):
        see(truth, swap, WHERE, 4.0, 0.0)


def test_perfect_switches_the_sensors_off():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 60}])
    seen = see(truth, surveillance(perfect=True), WHERE, 4.0, 0.0)
    assert np.array_equal(seen.x_m, see(truth, Surveillance(), WHERE, 4.0, 0.0).x_m)
    assert not np.array_equal(seen.x_m[:5], see(truth, surveillance(), WHERE, 4.0, 0.0).x_m[:5])


def test_surveillance_without_sensors_is_refused():
    with pytest.raises(ValidationError, match="needs 'radars' or 'adsb'"):
        Surveillance(perfect=False)


def test_a_radar_behind_flat_ground_sees_a_landing_to_the_end():
    truth = truth_of([{"do": "intercept", "approach": "LSGG 22"}])
    near = Radar(name="field", latitude_deg=46.238, longitude_deg=6.109, altitude_ft=1500.0, detection_probability=1.0)
    plots = plots_of(truth, near, hidden=horizon(near, PLANE, flat_terrain(1220.0)))
    assert plots.time_s[-1] > truth.time_s[-1] - 5.0


def test_a_radar_reply_without_altitude_does_not_hide_the_one_of_adsb():
    truth = truth_of([{"do": "heading", "heading_deg": 90, "for_s": 300}])
    seen = see(truth, surveillance(adsb={"reception_probability": 1.0}), WHERE, 4.0, 0.0, seed=1)
    inside = (seen.time_s > 10.0) & (seen.time_s < truth.time_s[-1])
    # Radar plots carry no geometric altitude; one ADS-B report a second does.
    assert np.isfinite(seen.geometric_altitude_ft[inside]).all()
    assert np.isfinite(seen.pressure_altitude_ft[inside]).all()
