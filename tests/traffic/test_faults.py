"""Each fault does to a flight, scripted or recorded, what its line says, and the result still looks flown."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from shapely import box

from safetynets.errors import ScenarioError
from safetynets.recordings import read_tracks
from safetynets.sites import load_site
from safetynets.sites.approach_path import along_and_across, on_approach
from safetynets.sites.geometry import Limit, MinimumAltitude, Schedule, Volume
from safetynets.tracks import clean, resample
from safetynets.traffic import Fault, apply_faults, fly
from tests.traffic.sites import approach, flat_terrain, site
from tests.traffic.test_scripted_flights import below_path_ft, flight

FAULT = TypeAdapter(Fault)
PARIS = Path(__file__).parents[2] / "scenarios" / "data" / "paris-2021-10-07.parquet"
ALWAYS = Schedule(permanent=True, on=True, periods=(), weekly=())


def beside(metres, name="LSGG 22R"):
    """A second runway, parallel and to the right (north-west) of runway 22, and 40 ft higher."""
    first = approach()
    course = np.radians(first.course_deg)
    return approach(
        name=name,
        runway="22R",
        x_m=first.x_m + metres * np.cos(course),
        y_m=first.y_m - metres * np.sin(course),
        threshold_elevation_ft=1405.0,
    )


def volume(x_m, y_m, **changes):
    values = {
        "name": "wall",
        "group": "wall",
        "purpose": "terrain_wall",
        "area": box(x_m - 1000, y_m - 1000, x_m + 1000, y_m + 1000),
        "x_m": np.nan,
        "y_m": np.nan,
        "radius_m": np.nan,
        "floor": Limit(0.0, False),
        "ceiling": Limit(3500.0, False),
        "lateral_buffer_m": 0.0,
        "vertical_buffer_ft": 0.0,
        "schedule": ALWAYS,
        "allowed_callsigns": (),
        "allowed_ssr_codes": (),
        "allowed_flight_rules": (),
        "source": "test",
        "illustrative": True,
    }
    return Volume(**{**values, **changes})


# 14 NM before runway 22, 3 km to the right of the course.
WALL = volume(*on_approach(approach(), 14.0, 3000.0))
WHERE = site(approaches=(approach(), beside(1500.0)), terrain=flat_terrain(1220.0), volumes=(WALL,))


@pytest.fixture(scope="module")
def landing():
    """A scripted flight: level at 5,000 ft, then the ILS; plots each second."""
    legs = [{"do": "intercept", "approach": "LSGG 22"}]
    return fly([flight(legs, {"distance_nm": 30, "altitude_ft": 5000})], WHERE, 1.0, 1_700_000_000.0)


@pytest.fixture(scope="module")
def paris():
    """A real arrival to runway 26L of Paris CDG on 7 October 2021, and the site with that day's (estimated) QNH."""
    where = load_site("paris", {"pressure_regions.*.qnh_hpa": 1028}, {"pressure_regions.*.qnh_hpa": "estimated"})
    recording = read_tracks(PARIS).tracks
    rows = recording.rows_of(list(recording.callsign).index("AFR15XV"))
    return resample(clean(recording.select(rows)), 4.0).on_plane(where.plane), where


def put_in(tracks, where=WHERE, callsign="EZS1", **settings):
    after, (record,) = apply_faults(tracks, [FAULT.validate_python({"callsign": callsign, **settings})], where)
    return after, record


def at_nm(tracks, distance_nm, name="LSGG 22", where=WHERE):
    """The row at which the flight is at this distance before the threshold."""
    chosen = next(candidate for candidate in where.approaches if candidate.name == name)
    along_nm, _ = along_and_across(chosen, tracks.x_m, tracks.y_m)
    return int(np.argmin(np.abs(along_nm - distance_nm)))


def below_ft(tracks, distance_nm):
    return below_path_ft(tracks)[1][at_nm(tracks, distance_nm)]


def test_an_early_descent_flies_the_same_profile_earlier(landing):
    after, record = put_in(landing, fault="early_descent", early_nm=2.0)
    # 6 NM out it is where it should be at 4: 2 NM of 3 degrees are 637 ft, and the earth curves away by 18 more.
    assert below_ft(after, 6.0) == pytest.approx(655.0, abs=5.0)
    assert record.contact.startswith("contact with the ground at ")
    # Its path would cross a threshold 2 NM early; it goes on down to the ground 195 ft lower, 0.61 NM further.
    assert below_path_ft(after)[0][-1] == pytest.approx(1.39, abs=0.05)


def test_a_flight_that_meets_the_ground_anyway_is_cut_where_it_now_does():
    hill = site(terrain=flat_terrain(2000.0))
    legs = [{"do": "intercept", "approach": "LSGG 22"}]
    before = fly([flight(legs, {"distance_nm": 30, "altitude_ft": 5000})], hill, 4.0, 1_700_000_000.0)
    assert before.geometric_altitude_ft[-2] > 2000.0 >= before.geometric_altitude_ft[-1]
    after, record = put_in(before, hill, fault="wrong_altimeter_setting", error_hpa=1.0)
    # 1 hPa is 27 ft, the last plots are 50 ft apart: it comes to the ground in the same four seconds, but earlier.
    assert record.displacement_ft == pytest.approx(-27.0, abs=1.0)
    assert record.contact.startswith("contact with the ground at ")
    assert after.time_s.tolist() == before.time_s[:-1].tolist()
    assert after.geometric_altitude_ft[-1] > 2000.0


def test_an_early_descent_that_levels_off_joins_the_path_again(landing):
    after, record = put_in(landing, fault="early_descent", early_nm=2.0, level_off_ft=2500.0)
    assert record.contact == ""
    assert below_ft(after, 6.0) == pytest.approx(655.0, abs=5.0)
    assert after.geometric_altitude_ft[at_nm(after, 4.5)] == pytest.approx(2500.0, abs=10.0)
    assert below_ft(after, 2.0) == pytest.approx(0.0, abs=5.0)


def test_a_late_descent_is_high(landing):
    after, record = put_in(landing, fault="late_descent", late_nm=1.5)
    # 1.5 NM of 3 degrees are 478 ft, and 18 for the curvature between 6 and 7.5 NM.
    assert below_ft(after, 6.0) == pytest.approx(-496.0, abs=5.0)
    assert record.displacement_ft > 0.0


def test_the_standard_setting_kept_on_a_low_day_is_low_by_the_difference():
    where = site(qnh_hpa=990.0, transition_altitude_ft=7000.0)
    level = fly([flight([], fly_on_s=60)], where, 1.0, 0.0)
    after, record = put_in(level, where, fault="standard_setting_kept")
    # 1013.25 for 990: 23.25 hPa of about 27.5 ft.
    assert record.displacement_ft == pytest.approx(-643.0, abs=3.0)
    assert np.allclose(after.baro_setting_hpa, 1013.25)


def test_a_wrong_setting_is_gone_once_the_ils_is_captured(landing):
    after, record = put_in(landing, fault="wrong_altimeter_setting", error_hpa=10, ils=True, approach="LSGG 22")
    assert record.displacement_ft == pytest.approx(-274.0, abs=3.0)
    assert after.geometric_altitude_ft[at_nm(after, 14.0)] == pytest.approx(5000.0 - 274.0, abs=3.0)
    assert below_ft(after, 5.0) == pytest.approx(0.0, abs=3.0)


def test_a_wrong_step_is_flown_before_it_may_be(landing):
    after, record = put_in(
        landing, fault="wrong_step", approach="LSGG 22", from_distance_nm=12.0, altitude_ft=2500.0, rate_fpm=1500
    )
    assert after.geometric_altitude_ft[at_nm(after, 6.0)] == pytest.approx(2500.0, abs=5.0)
    assert below_ft(after, 2.0) == pytest.approx(0.0, abs=5.0)
    assert record.start_time_s == pytest.approx(landing.time_s[at_nm(landing, 12.0)], abs=15.0)


def test_too_steep_a_descent_leaves_the_path_at_its_angle(landing):
    after, record = put_in(landing, fault="too_steep", approach="LSGG 22", from_distance_nm=8.0, angle_deg=4.0)
    # Over 3 NM 4 degrees lose 1,275 ft; the path loses 955 ft and, for the curvature, 34 more.
    assert below_ft(after, 5.0) == pytest.approx(286.0, abs=8.0)
    assert record.contact.startswith("contact with the ground")


def test_a_descent_through_the_cleared_level_goes_on_and_comes_back():
    legs = [{"do": "descend_to", "altitude_ft": 4000, "rate_fpm": 1200, "wait": True}]
    before = fly([flight(legs, {"altitude_ft": 6000, "distance_nm": 25}, fly_on_s=200)], WHERE, 1.0, 0.0)
    after, record = put_in(before, fault="through_cleared_level", cleared_ft=4000, by_ft=600, for_s=80)
    assert after.geometric_altitude_ft.min() == pytest.approx(3400.0, abs=10.0)
    assert after.geometric_altitude_ft[-1] == pytest.approx(4000.0, abs=5.0)
    assert record.displacement_ft == pytest.approx(-600.0, abs=10.0)
    lowest = np.argmin(after.geometric_altitude_ft)
    assert after.cleared_altitude_ft[lowest] == 4000.0


@pytest.mark.parametrize("angle_deg", [2.0, 2.5, 5.0])
def test_a_wrong_glide_path_has_its_angle_and_leads_to_the_runway(landing, angle_deg):
    after, _ = put_in(landing, fault="wrong_glide_path", approach="LSGG 22", angle_deg=angle_deg, from_distance_nm=8)
    for distance_nm in (7.0, 4.0, 2.0):
        row = at_nm(after, distance_nm)
        along_nm = below_path_ft(after)[0][row]
        expected_ft = along_nm * 6076.115 * (np.tan(np.radians(3.0)) - np.tan(np.radians(angle_deg)))
        assert below_path_ft(after)[1][row] == pytest.approx(expected_ft, abs=5.0)


def test_a_lateral_offset_moves_the_flight_beside_its_course(landing):
    after, record = put_in(landing, fault="lateral_offset", approach="LSGG 22", from_distance_nm=12, right_m=-600.0)
    along_nm, across_m = along_and_across(WHERE.approaches[0], after.x_m, after.y_m)
    assert across_m[np.argmin(np.abs(along_nm - 5.0))] == pytest.approx(-600.0, abs=5.0)
    assert abs(across_m[np.argmin(np.abs(along_nm - 12.5))]) < 5.0
    assert record.displacement_m == pytest.approx(-600.0, abs=0.1)


def test_a_wrong_runway_is_flown_as_the_right_one_would_have_been(landing):
    after, record = put_in(landing, fault="wrong_runway", approach="LSGG 22", instead="LSGG 22R", from_distance_nm=10.0)
    other = WHERE.approaches[1]
    along_nm, across_m = along_and_across(other, after.x_m, after.y_m)
    near = (along_nm < 4.0) & (along_nm > 0.5)
    assert np.abs(across_m[near]).max() < 5.0
    height_ft = after.geometric_altitude_ft[near] - other.threshold_elevation_ft
    # A 3 degree path 50 ft over the threshold, seen from the other threshold; the earth curves by 14 ft in 4 NM.
    assert np.allclose(height_ft, 50.0 + along_nm[near] * 6076.115 * np.tan(np.radians(3.0)), atol=15.0)
    assert record.displacement_m == pytest.approx(1500.0, abs=5.0)


def test_a_turn_towards_terrain_is_a_standard_turn_and_ends_the_track(landing):
    after, record = put_in(
        landing,
        fault="turn_towards_terrain",
        approach="LSGG 22",
        from_distance_nm=12.0,
        turn_deg=-70.0,
        for_s=90.0,
        level=True,
    )
    course_deg = np.degrees(np.unwrap(np.arctan2(after.vx_mps, after.vy_mps)))
    assert course_deg[-1] - course_deg[0] == pytest.approx(-70.0, abs=0.5)
    assert np.abs(np.diff(course_deg)).max() <= 3.01
    # The turn rate comes in over five seconds: 0.6 degrees a second more, each second.
    assert np.abs(np.diff(course_deg, 2)).max() < 0.65
    assert after.time_s[-1] == pytest.approx(record.start_time_s + 90.0, abs=6.0)
    assert np.allclose(np.diff(after.x_m), 0.5 * (after.vx_mps[1:] + after.vx_mps[:-1]), atol=0.5)


def test_a_vector_below_the_minimum_is_low_inside_the_polygon_and_vectored():
    minimum = MinimumAltitude("hills", 4500.0, box(9_000, 8_000, 15_000, 20_000), "test", True)
    where = site(approaches=(approach(),), minimum_altitudes=(minimum,))
    before = fly([flight([], {"altitude_ft": 6000, "distance_nm": 20}, fly_on_s=500)], where, 1.0, 0.0)
    after, record = put_in(before, where, fault="vectored_below_minimum", minimum="hills", by_ft=300.0)
    inside = (after.x_m >= 9_000) & (after.x_m <= 15_000) & (after.y_m >= 8_000) & (after.y_m <= 20_000)
    # Corners are flown round over 20 s: the first and last ten inside are not yet, and no longer, at the level.
    middle = np.flatnonzero(inside)[12:-12]
    assert np.allclose(after.geometric_altitude_ft[middle], 4200.0, atol=10.0)
    assert np.all(after.vectored[inside] == 1)
    assert after.vectored[0] == 0
    assert after.geometric_altitude_ft[-1] == pytest.approx(6000.0, abs=5.0)
    assert record.displacement_ft == pytest.approx(-1800.0, abs=10.0)


def test_a_flight_strays_into_a_volume_and_back(landing):
    after, _ = put_in(landing, fault="into_volume", volume="wall", stay_s=20.0)
    inner = WALL.area.representative_point()
    inside = (np.abs(after.x_m - inner.x) <= 1000.0) & (np.abs(after.y_m - inner.y) <= 1000.0)
    inside &= after.geometric_altitude_ft <= 3500.0
    assert inside.sum() > 10
    last = at_nm(after, 1.0)
    assert abs(along_and_across(WHERE.approaches[0], after.x_m, after.y_m)[1][last]) < 5.0
    assert np.hypot(after.vx_mps, after.vy_mps).max() < 140.0


RECORDED = [
    {"fault": "wrong_altimeter_setting", "error_hpa": 10},
    {"fault": "wrong_altimeter_setting", "error_hpa": 10, "ils": True, "approach": "LFPG 26L"},
    {"fault": "standard_setting_kept"},
    {"fault": "early_descent", "early_nm": 2.0},
    {"fault": "early_descent", "early_nm": 2.0, "level_off_ft": 2000.0},
    {"fault": "late_descent", "late_nm": 1.5},
    {"fault": "wrong_step", "approach": "LFPG 26L", "from_distance_nm": 10.0, "altitude_ft": 2000.0},
    {"fault": "too_steep", "approach": "LFPG 26L", "from_distance_nm": 7.0, "angle_deg": 4.5, "level_off_ft": 700.0},
    {"fault": "through_cleared_level", "cleared_ft": 4000.0, "by_ft": 500.0, "for_s": 60.0},
    {"fault": "wrong_glide_path", "approach": "LFPG 26L", "angle_deg": 2.3},
    {"fault": "lateral_offset", "approach": "LFPG 26L", "from_distance_nm": 9.0, "right_m": 500.0},
    {"fault": "wrong_runway", "approach": "LFPG 26L", "instead": "LFPG 26R"},
    {"fault": "turn_towards_terrain", "approach": "LFPG 26L", "from_distance_nm": 8.0, "turn_deg": 60.0},
]


@pytest.mark.parametrize("settings", RECORDED, ids=[f"{number}-{row['fault']}" for number, row in enumerate(RECORDED)])
def test_a_recorded_flight_with_a_fault_still_looks_flown(paris, settings):
    before, where = paris
    after, record = put_in(before, where, "AFR15XV", **settings)
    count = len(after)
    old_ft, new_ft = before.pressure_altitude_ft[:count], after.pressure_altitude_ft
    good = np.isfinite(new_ft) & (after.flags == 0)
    # Mode C in steps of 25 ft, as recorded.
    assert not (new_ft[good] % 25.0).any()
    added_ft = (new_ft - old_ft)[good]
    # In 4 s the displacement changes by no more than 2,200 ft/min would, rounding of both altitudes included.
    assert np.abs(np.diff(added_ft)).max() <= 2200.0 / 60.0 * 4.0 * np.diff(after.time_s[good]).max() / 4.0 + 50.0
    # The rate never changes by more than 0.12 g beyond the changes that were recorded.
    recorded = np.abs(np.diff(before.vertical_rate_fpm[:count])).max()
    assert np.abs(np.diff(after.vertical_rate_fpm)).max() <= recorded + 0.12 * 32.17 * 60.0 * 4.0
    # Altitude and rate tell the same story: 25 ft steps and the recorded 64 ft/min steps leave 100 ft over a minute.
    flying = good & (after.time_s < after.time_s[0] + 860.0)
    altitude_ft, rate_ftps = new_ft[flying], after.vertical_rate_fpm[flying] / 60.0
    climbed_ft = np.cumsum(0.5 * (rate_ftps[1:] + rate_ftps[:-1]) * np.diff(after.time_s[flying]))
    drift_ft = (altitude_ft[1:] - altitude_ft[0]) - climbed_ft
    assert np.abs(drift_ft[15:] - drift_ft[:-15]).max() < 150.0
    assert record.displacement_ft != 0.0 or record.displacement_m != 0.0


SCRIPTED = [
    {"fault": "wrong_altimeter_setting", "error_hpa": 10},
    {"fault": "early_descent", "early_nm": 2.0, "level_off_ft": 2500.0},
    {"fault": "late_descent", "late_nm": 1.5},
    {"fault": "wrong_step", "approach": "LSGG 22", "from_distance_nm": 12.0, "altitude_ft": 2500.0},
    {"fault": "too_steep", "approach": "LSGG 22", "from_distance_nm": 8.0, "angle_deg": 4.0},
    {"fault": "wrong_glide_path", "approach": "LSGG 22", "angle_deg": 2.3},
    {"fault": "lateral_offset", "approach": "LSGG 22", "from_distance_nm": 9.0, "right_m": 500.0},
    {"fault": "wrong_runway", "approach": "LSGG 22", "instead": "LSGG 22R"},
    {"fault": "into_volume", "volume": "wall"},
    {"fault": "turn_towards_terrain", "approach": "LSGG 22", "from_distance_nm": 8.0, "turn_deg": 60.0},
]


@pytest.mark.parametrize("settings", SCRIPTED, ids=[row["fault"] for row in SCRIPTED])
def test_a_scripted_flight_with_a_fault_has_no_steps(landing, settings):
    after, _ = put_in(landing, **settings)
    assert np.abs(np.diff(after.vertical_rate_fpm)).max() <= 0.12 * 32.17 * 60.0
    mean_fpm = 0.5 * (after.vertical_rate_fpm[1:] + after.vertical_rate_fpm[:-1])
    assert np.allclose(np.diff(after.pressure_altitude_ft), mean_fpm / 60.0, atol=1.5)
    for place, velocity in ((after.x_m, after.vx_mps), (after.y_m, after.vy_mps)):
        assert np.allclose(np.diff(place), 0.5 * (velocity[1:] + velocity[:-1]), atol=1.0)
    course_deg = np.degrees(np.unwrap(np.arctan2(after.vx_mps, after.vy_mps)))
    assert np.abs(np.diff(course_deg)).max() <= 3.1


def test_the_record_tells_the_true_clearance(landing):
    after, record = put_in(landing, fault="wrong_step", approach="LSGG 22", from_distance_nm=12.0, altitude_ft=1800.0)
    at = np.argmin(np.abs(after.time_s - record.least_clearance_time_s))
    assert record.least_clearance_ft == pytest.approx(after.geometric_altitude_ft[at] - 1220.0, abs=0.1)
    off_runway = np.abs(below_path_ft(after)[0]) > 0.5
    begun = after.time_s >= record.start_time_s
    assert record.least_clearance_ft <= (after.geometric_altitude_ft - 1220.0)[off_runway & begun].min() + 0.1


def test_two_faults_add_up(landing):
    faults = [
        FAULT.validate_python({"fault": "wrong_altimeter_setting", "callsign": "EZS1", "error_hpa": 10}),
        FAULT.validate_python(
            {
                "fault": "lateral_offset",
                "callsign": "EZS1",
                "approach": "LSGG 22",
                "from_distance_nm": 12,
                "right_m": 400,
            }
        ),
    ]
    after, records = apply_faults(landing, faults, WHERE)
    along_nm, across_m = along_and_across(WHERE.approaches[0], after.x_m, after.y_m)
    row = np.argmin(np.abs(along_nm - 5.0))
    assert across_m[row] == pytest.approx(400.0, abs=5.0)
    assert below_path_ft(after)[1][row] == pytest.approx(274.0, abs=5.0)
    assert [record.fault for record in records] == ["wrong_altimeter_setting", "lateral_offset"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"fault": "into_volume", "volume": "wal"}, "site 'test' has no volume 'wal'; write 'wall'"),
        ({"fault": "vectored_below_minimum", "minimum": "x", "by_ft": 1}, "use one of none: the site has none"),
        ({"fault": "wrong_step", "from_time": "1999-01-01T00:00:00Z", "altitude_ft": 2000}, "begins before or after"),
        ({"fault": "through_cleared_level", "cleared_ft": 9000, "by_ft": 100}, "does not descend to 9000 ft"),
        (
            {"fault": "wrong_step", "approach": "LSGG 22", "from_distance_nm": 9, "altitude_ft": 6000},
            "changes nothing in this flight",
        ),
        (
            {"fault": "wrong_step", "approach": "LSGG 22", "from_distance_nm": 50, "altitude_ft": 3000},
            "does not approach 'LSGG 22' through 50 NM",
        ),
        (
            {"fault": "wrong_runway", "approach": "LSGG 22", "instead": "LSGG 22R", "from_distance_nm": 1},
            "it takes 112 s to move over",
        ),
    ],
)
def test_a_fault_that_cannot_be_put_in_says_why(landing, settings, said):
    with pytest.raises(ScenarioError, match=said):
        put_in(landing, **settings)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"fault": "wrong_altimeter_setting"}, "give either 'set_hpa' or 'error_hpa'"),
        ({"fault": "too_steep", "approach": "LSGG 22", "from_distance_nm": 5}, "give either 'angle_deg' or 'rate_fpm'"),
        ({"fault": "lateral_offset", "right_m": 100}, "give 'from_time', or 'approach' and 'from_distance_nm'"),
        ({"fault": "early_descent", "early_nm": -1}, "greater than 0"),
        ({"fault": "early_descent", "early_nm": 1, "approach": "LSGG 22"}, "has no effect without 'from_distance_nm'"),
        ({"fault": "wrong_altimeter_setting", "error_hpa": 1, "ils": True}, "'ils' needs 'approach'"),
        ({"fault": "late_descent", "late_nmi": 1}, "Extra inputs are not permitted"),
    ],
)
def test_a_fault_that_says_too_little_or_too_much_is_refused(settings, said):
    with pytest.raises(ValidationError, match=said):
        FAULT.validate_python({"callsign": "EZS1", **settings})
