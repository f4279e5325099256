"""Situations of single flights over flat ground at sea level, every time and category worked out by hand."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq

from safetynets.engine.net import nets
from safetynets.errors import TracksError
from safetynets.evaluation.labels import Category, LabelRules, Truth, label
from safetynets.sites.geometry import Limit
from safetynets.tracks import PlotFlag, Tracks
from tests.net_numbers import APM, APW
from tests.nets.situations import PLANE, approach, minimum, site, square, terrain, volume

FLAT = terrain(np.zeros((240, 240)), x0_m=-60_000.0, y0_m=-60_000.0)
SPEED_MPS = 72.0
NM_M = 1852.0
UPDATE_S = 4.0
# The moment between two plots is found by halving 4 s twelve times; interpolating a curved path adds less.
TO_THE_MOMENT_S = 0.02


def path_ft(distance_nm):
    """The 3 degree path over a threshold at sea level, with the curvature of the earth, as engines.md gives it."""
    along_ft = distance_nm * NM_M / 0.3048
    return 50.0 + along_ft * math.tan(math.radians(3.0)) + 88.3 * (distance_nm / 10.0) ** 2


def flight(x_m, y_m, altitude_ft, *, vx_mps=0.0, vy_mps=SPEED_MPS, **more):
    """A flight from plane positions and altitudes, seen every 4 s from time 1000 on."""
    count = len(np.broadcast_arrays(x_m, y_m, altitude_ft)[0])
    time_s = 1000.0 + UPDATE_S * np.arange(count)
    altitude_ft = np.broadcast_to(np.asarray(altitude_ft, dtype=float), count)
    rate_fpm = np.gradient(altitude_ft, time_s) * 60.0 if count > 1 else np.zeros(count)
    columns = {
        "time_s": time_s,
        "track": np.zeros(count, dtype=int),
        "x_m": np.broadcast_to(x_m, count),
        "y_m": np.broadcast_to(y_m, count),
        "vx_mps": np.broadcast_to(vx_mps, count),
        "vy_mps": np.broadcast_to(vy_mps, count),
        "pressure_altitude_ft": altitude_ft,
        "vertical_rate_fpm": rate_fpm,
    }
    facts = {name: [more.pop(name)] for name in ("callsign", "flight_rules", "ssr_code") if name in more}
    return Tracks.from_columns({**columns, **more}, {"callsign": ["TEST1"], **facts}, PLANE)


def arrival(low_ft, from_nm=10.0, to_nm=0.0):
    """A straight final approach northwards, everywhere `low_ft` below the path."""
    y_m = np.arange(-from_nm * NM_M, -to_nm * NM_M, SPEED_MPS * UPDATE_S)
    return flight(0.0, y_m, path_ft(-y_m / NM_M) - low_ft)


def level(height_ft, x_m=30_000.0, **more):
    """Three minutes level over open country."""
    return flight(x_m, np.arange(-5000.0, 8000.0, SPEED_MPS * UPDATE_S), np.full(46, height_ft), **more)


def aerodrome(**parts):
    return site(terrain=FLAT, approaches=(approach(),), **parts)


def generated(tracks, **columns):
    return replace(Truth.nothing(tracks.track_count, generated=True), **columns)


def with_fault(tracks, *, up_ft=0.0, right_m=0.0, start_s=1040.0, fault="wrong_altimeter_setting", **columns):
    one = {"start_s": [start_s], "up_ft": [up_ft], "right_m": [right_m]}
    return generated(
        tracks, fault=np.array([fault]), **{name: np.array(value) for name, value in one.items()}, **columns
    )


def categories(tracks, place, truth=None):
    found = label(tracks, place, generated(tracks) if truth is None else truth)
    return [
        (nets()[net].name, Category(category).word) for net, category in zip(found.net, found.category, strict=True)
    ]


def test_an_arrival_on_the_path_is_no_situation():
    assert categories(arrival(0.0), aerodrome()) == []


def test_an_arrival_three_hectopascals_low_is_no_situation():
    # 3 hPa are 82 ft: three fifths of the path's height where that is 205 ft, 0.49 NM before the threshold: landing.
    assert categories(arrival(82.0), aerodrome()) == []


def test_an_arrival_ten_hectopascals_low_is_necessary_from_300_ft_above_the_ground_on():
    found = label(arrival(275.0), aerodrome(), generated(arrival(275.0)))
    event_nm = brentq(lambda distance_nm: path_ft(distance_nm) - 575.0, 0.5, 5.0)
    event_s = 1000.0 + (10.0 - event_nm) * NM_M / SPEED_MPS
    assert found.net.tolist() == [APM]
    assert found.category.tolist() == [Category.NECESSARY]
    assert found.event_s[0] == pytest.approx(event_s, abs=TO_THE_MOMENT_S)
    # Straight on at its rate it meets the floor where it does: foreseen as early as is looked for, two minutes before.
    assert found.event_s[0] - found.known_s[0] == pytest.approx(120.0, abs=UPDATE_S)
    assert found.source.tolist() == ["true clearance"]


def test_an_arrival_six_hectopascals_low_is_desirable_before_it_is_necessary():
    # 170 ft low: more than 165 ft below the path within 6 NM; three fifths of its height at 425 ft, 1.18 NM out.
    tracks = arrival(170.0, to_nm=1.5)
    assert categories(tracks, aerodrome()) == [("APM", "desirable")]
    assert categories(arrival(170.0), aerodrome()) == [("APM", "necessary")]


@pytest.mark.parametrize(
    ("height_ft", "category"), [(250.0, "necessary"), (400.0, "desirable"), (900.0, "unnecessary"), (1100.0, None)]
)
def test_level_flight_over_open_country_is_judged_by_its_height(height_ft, category):
    assert categories(level(height_ft), aerodrome()) == ([("MSAW", category)] if category else [])


def test_a_flight_is_as_bad_as_its_worst_moment():
    height_ft = np.concatenate([np.full(15, 900.0), np.full(6, 250.0), np.full(25, 900.0)])
    tracks = flight(30_000.0, np.arange(46) * 288.0, height_ft)
    found = label(tracks, aerodrome(), generated(tracks))
    assert found.category.tolist() == [Category.NECESSARY]
    # From 900 ft at plot 14 to 250 ft at plot 15 in a straight line, 300 ft is passed after 600/650 of the 4 s.
    assert found.event_s[0] == pytest.approx(1000.0 + 4.0 * (14 + 600.0 / 650.0), abs=TO_THE_MOMENT_S)
    assert found.least_clearance_ft[0] == 250.0


def test_a_situation_lasts_from_two_minutes_before_until_ten_seconds_after():
    height_ft = np.concatenate([np.full(15, 2000.0), np.full(6, 900.0), np.full(25, 2000.0)])
    tracks = flight(30_000.0, np.arange(46) * 288.0, height_ft)
    found = label(tracks, aerodrome(), generated(tracks))
    assert found.from_s.tolist() == [1000.0 + 4.0 * 15 - 120.0]
    assert found.to_s.tolist() == [1000.0 + 4.0 * 20 + 10.0]
    assert found.resolved.tolist() == [True]


def test_a_climb_out_near_a_runway_is_no_situation_and_the_same_climb_elsewhere_is_one():
    climb_ft = 50.0 + 80.0 * np.arange(40)
    y_m = 2500.0 + np.arange(40) * 200.0
    assert categories(flight(0.0, y_m, climb_ft), aerodrome()) == []
    assert categories(flight(30_000.0, y_m, climb_ft), aerodrome()) == [("MSAW", "necessary")]


@pytest.mark.parametrize("sight", [{"flight_rules": "VFR"}, {"ssr_code": "7000"}, {"visual": np.ones(46, dtype=int)}])
def test_a_flight_that_keeps_clear_by_sight_is_no_situation(sight):
    assert categories(level(250.0, **sight), aerodrome()) == []


def test_a_visual_flight_with_a_fault_is_a_situation_from_the_fault_on():
    tracks = level(250.0)
    by_sight = np.array([True])
    assert categories(tracks, aerodrome(), generated(tracks, by_sight=by_sight)) == []
    found = label(tracks, aerodrome(), with_fault(tracks, up_ft=-800.0, start_s=1060.0, by_sight=by_sight))
    assert found.category.tolist() == [Category.NECESSARY]
    assert found.fault.tolist() == ["wrong_altimeter_setting"]


def test_a_true_altitude_below_the_altitude_on_the_qnh_is_what_counts():
    tracks = level(700.0, geometric_altitude_ft=np.full(46, 250.0))
    assert categories(tracks, aerodrome()) == [("MSAW", "necessary")]


@pytest.mark.parametrize(("altitude_ft", "category"), [(3100.0, None), (2800.0, "unnecessary"), (2600.0, "desirable")])
def test_below_a_minimum_altitude_by_300_ft_an_alert_is_desirable(altitude_ft, category):
    place = aerodrome(minimum_altitudes=(minimum(3000.0, square(20_000.0, -20_000.0, 40_000.0, 20_000.0)),))
    assert categories(level(altitude_ft), place) == ([("MSAW", category)] if category else [])


def into_a_circle(beside_m=0.0, **parts):
    """A flight at 3,000 ft northwards at 100 m/s past the middle of a circle of 1 km, from 5 km south of it."""
    tracks = flight(beside_m, np.arange(-5000.0, 5000.0, 400.0), 3000.0, vy_mps=100.0)
    return label(tracks, site(volumes=(volume(**parts),)), generated(tracks))


def test_a_climb_below_a_minimum_altitude_is_a_departure():
    place = aerodrome(minimum_altitudes=(minimum(9000.0, square(20_000.0, -20_000.0, 40_000.0, 20_000.0)),))
    assert categories(flight(30_000.0, np.arange(46) * 288.0, 1500.0 + 100.0 * np.arange(46)), place) == []


def test_a_descent_far_below_the_path_is_desirable_long_before_it_is_low():
    # At 9 NM the path is at 2,990 ft: three quarters of it are 2,240 ft, and 6 NM are far ahead.
    far_nm = np.arange(9.0, 7.5, -288.0 / NM_M)
    below = flight(0.0, -far_nm * NM_M, 0.7 * path_ft(far_nm))
    above = flight(0.0, -far_nm * NM_M, 0.8 * path_ft(far_nm))
    assert categories(below, aerodrome()) == [("APM", "desirable")]
    assert categories(above, aerodrome()) == []


def test_inside_a_volume_is_necessary_from_the_moment_of_entry():
    found = into_a_circle()
    assert (found.net.tolist(), found.category.tolist()) == ([APW], [Category.NECESSARY])
    assert found.event_s[0] == pytest.approx(1040.0, abs=TO_THE_MOMENT_S)


@pytest.mark.parametrize(
    ("beside_m", "parts", "category"),
    [
        (1300.0, {}, Category.UNNECESSARY),
        (1600.0, {}, None),
        (1300.0, {"lateral_buffer_m": 400.0}, Category.DESIRABLE),
        (0.0, {"ceiling": Limit(2850.0, False)}, Category.UNNECESSARY),
        (0.0, {"ceiling": Limit(2850.0, False), "vertical_buffer_ft": 160.0}, Category.DESIRABLE),
        (0.0, {"floor": Limit(3250.0, False)}, None),
        (0.0, {"allowed_callsigns": ("TEST1",)}, None),
    ],
)
def test_beside_a_volume_it_is_judged_by_how_near(beside_m, parts, category):
    assert into_a_circle(beside_m, **parts).category.tolist() == ([] if category is None else [category])


def test_a_turn_into_a_volume_could_be_known_from_the_turn_on():
    # Northwards 5 km west of the middle until 1040 s, then east at 100 m/s: it enters 40 s later.
    x_m = np.concatenate([np.full(10, -5000.0), -5000.0 + 400.0 * np.arange(20)])
    y_m = np.concatenate([-4000.0 + 400.0 * np.arange(10), np.zeros(20)])
    east = (np.arange(30) >= 10) * 100.0
    tracks = flight(x_m, y_m, 3000.0, vx_mps=east, vy_mps=100.0 - east)
    found = label(tracks, site(volumes=(volume(),)), generated(tracks))
    assert found.event_s[0] == pytest.approx(1080.0, abs=TO_THE_MOMENT_S)
    assert found.known_s[0] == 1040.0


def test_a_spike_near_the_ground_is_void():
    altitude_ft = np.full(46, 5000.0)
    altitude_ft[20] = 100.0
    flags = np.where(altitude_ft < 1000.0, int(PlotFlag.ALTITUDE_SPIKE), 0)
    tracks = flight(30_000.0, np.arange(46) * 288.0, altitude_ft, flags=flags)
    assert categories(tracks, aerodrome()) == [("MSAW", "void")]
    assert categories(tracks.with_columns(flags=np.zeros(46, dtype=np.uint8)), aerodrome()) == [("MSAW", "necessary")]


def test_a_spike_far_above_everything_is_nothing():
    flags = np.where(np.arange(46) == 20, int(PlotFlag.ALTITUDE_SPIKE), 0)
    tracks = flight(30_000.0, np.arange(46) * 288.0, np.full(46, 5000.0), flags=flags)
    assert categories(tracks, aerodrome()) == []


def test_a_recorded_flight_that_ends_low_elsewhere_has_landed_and_a_generated_one_has_not():
    tracks = flight(30_000.0, np.arange(60) * 288.0, np.linspace(3000.0, 220.0, 60))
    recording = label(tracks, aerodrome())
    assert recording.category.tolist() == [Category.VOID]
    assert recording.source.tolist() == ["flown future"]
    assert label(tracks, aerodrome(), generated(tracks)).category.tolist() == [Category.NECESSARY]


def test_a_recorded_flight_that_dips_and_climbs_away_resolved_by_itself():
    height_ft = np.concatenate([np.full(30, 2000.0), np.full(6, 280.0), np.full(30, 2000.0)])
    found = label(flight(30_000.0, np.arange(66) * 288.0, height_ft), aerodrome())
    assert found.category.tolist() == [Category.NECESSARY]
    assert (found.resolved.tolist(), found.least_clearance_ft.tolist()) == ([True], [280.0])


def test_a_great_fault_of_which_nothing_came_is_desirable():
    tracks = arrival(0.0)
    found = label(tracks, aerodrome(), with_fault(tracks, up_ft=-400.0, start_s=1040.0))
    assert (found.category.tolist(), found.source.tolist()) == ([Category.DESIRABLE], ["put in"])
    assert (found.from_s.tolist(), found.to_s.tolist()) == ([1040.0], [float(tracks.time_s[-1])])


@pytest.mark.parametrize("displacement", [{"up_ft": -100.0}, {"up_ft": 400.0}, {"right_m": 100.0}])
def test_a_fault_that_is_small_or_brings_the_flight_up_is_no_situation(displacement):
    tracks = arrival(0.0)
    assert categories(tracks, aerodrome(), with_fault(tracks, **displacement)) == []


def test_a_situation_begins_with_the_fault_that_made_it():
    tracks = arrival(275.0, from_nm=14.0)
    found = label(tracks, aerodrome(), with_fault(tracks, up_ft=-275.0, start_s=1002.0))
    assert (found.from_s.tolist(), found.category.tolist()) == ([1002.0], [Category.NECESSARY])


def test_the_runway_in_the_other_direction_excuses_nobody_who_is_low_on_final_approach():
    """The reciprocal threshold 1 NM ahead: what lies beyond its runway is final approach, and not a landing."""
    other = approach(name="ILS 18", course_deg=180.0, y_m=NM_M)
    tracks = arrival(275.0, to_nm=0.5)
    alone, both = (
        label(tracks, site(terrain=FLAT, approaches=approaches), generated(tracks))
        for approaches in ((approach(),), (approach(), other))
    )
    np.testing.assert_equal(both.rows(), alone.rows())


def test_a_faulty_flight_whose_track_ends_in_the_air_is_carried_on():
    # The last plot is at 2 NM; straight on it is 300 ft above the ground at about 1.64 NM, 10 s later.
    tracks = arrival(275.0, to_nm=2.0)
    assert categories(tracks, aerodrome()) == [("APM", "desirable")]
    assert categories(tracks, aerodrome(), with_fault(tracks, up_ft=-275.0)) == [("APM", "necessary")]


def test_a_fault_into_a_volume_is_the_area_warning_s_business():
    tracks = arrival(0.0)
    found = label(tracks, aerodrome(), with_fault(tracks, right_m=2000.0, fault="into_volume"))
    assert found.net.tolist() == [APW]


def test_labels_do_not_depend_on_the_parameters_of_the_nets():
    tracks = arrival(275.0)
    place = aerodrome()
    strict = replace(
        place,
        parameters=place.parameters.with_tables(
            apm=place.parameters.apm.model_copy(update={"below_ft": 1000.0, "kinds": ()})
        ),
    )
    np.testing.assert_equal(label(tracks, place).rows(), label(tracks, strict).rows())


def test_the_order_of_approaches_and_volumes_does_not_matter():
    approaches = (approach(), approach(name="ILS 09", course_deg=90.0, x_m=3000.0))
    volumes = (volume(y_m=-14_000.0), volume(name="R-2", group="R-2", x_m=500.0, y_m=-14_000.0))
    tracks = flight(0.0, np.arange(-15_000.0, 0.0, 288.0), np.linspace(3200.0, 60.0, 53))
    one, other = (
        label(tracks, site(terrain=FLAT, approaches=approaches[::step], volumes=volumes[::step])) for step in (1, -1)
    )
    np.testing.assert_equal(one.rows(), other.rows())
    assert len(one)


def test_tracks_on_another_plane_are_refused():
    with pytest.raises(TracksError, match="not on the plane"):
        label(Tracks.from_columns({"time_s": [0.0], "track": [0]}), aerodrome())


def test_thresholds_out_of_order_are_refused_by_name():
    with pytest.raises(ValueError, match="600 for necessary, 500 for desirable"):
        LabelRules(necessary_clearance_ft=600.0)


@pytest.mark.parametrize("name", sorted(LabelRules.model_fields))
def test_every_threshold_matters(name):
    """With a value of its own each threshold changes the labels of at least one of these flights."""
    low = {"necessary_path_share": 0.1, "desirable_path_share": 0.6, "understandable_path_share": 0.75}
    changed = {
        **{f"{word}_clearance_ft": 0.9 * getattr(LabelRules(), f"{word}_clearance_ft") for word in WORDS},
        **low,
        "desirable_below_path_ft": 200.0,
        "understandable_below_path_ft": 50.0,
        "path_from_nm": 1.0,
        "landing_nm": 1.6,
        "final_half_width_m": 5000.0,
        "final_splay_deg": 30.0,
        "near_runway_nm": 0.0,
        "climbing_fpm": 5000.0,
        "desirable_below_minimum_ft": 500.0,
        "beside_volume_m": 200.0,
        "beside_volume_ft": 50.0,
        "carried_on_s": 0.0,
        "put_in_below_ft": 500.0,
        "put_in_beside_m": 5000.0,
        "look_back_s": 60.0,
        "look_after_s": 20.0,
        "join_s": 0.0,
        "at_the_edge_s": 0.0,
        "landed_below_ft": 0.0,
    }
    rules = LabelRules(**{name: changed[name]})
    assert any(repr(label(*one, rules).rows()) != as_usual for one, as_usual in _many_labelled_flights())


WORDS = ("necessary", "desirable", "understandable")


@cache
def _many_labelled_flights():
    return [(one, repr(label(*one).rows())) for one in _many_flights()]


def _many_flights():
    place = aerodrome(
        minimum_altitudes=(minimum(3000.0, square(20_000.0, -20_000.0, 40_000.0, 20_000.0)),),
        volumes=(volume(x_m=-30_000.0, radius_m=1000.0),),
    )
    open_country = aerodrome()
    beside_m = np.arange(-2.5 * NM_M, -1.5 * NM_M, 288.0)
    high, dip = np.full(20, 2000.0), np.full(5, 900.0)
    gap = np.concatenate([high, dip, np.full(3, 2000.0), dip, high])
    for tracks, where in (
        (arrival(275.0), place),
        (arrival(170.0, to_nm=1.5), place),
        (arrival(80.0, to_nm=2.0), place),
        (arrival(150.0, to_nm=4.0), place),
        (arrival(130.0, to_nm=1.05), place),
        (flight(0.0, np.arange(-4.0 * NM_M, -2.8 * NM_M, 288.0), 800.0), place),
        (flight(400.0, beside_m, path_ft(-beside_m / NM_M)), place),
        (level(2600.0), place),
        (level(285.0), open_country),
        (level(480.0), open_country),
        (level(950.0), open_country),
        (flight(0.0, 2500.0 + np.arange(40) * 200.0, 50.0 + 80.0 * np.arange(40)), open_country),
        (flight(600.0, np.arange(-10_000.0, -2000.0, 288.0), 280.0), open_country),
        (flight(30_000.0, np.arange(len(gap)) * 288.0, gap), open_country),
        (flight(-31_300.0, np.arange(-5000.0, 5000.0, 288.0), 3000.0), place),
        (flight(-30_000.0, np.arange(-5000.0, 5000.0, 288.0), 4150.0), place),
    ):
        yield tracks, where, generated(tracks)
    yield arrival(0.0), place, with_fault(arrival(0.0), up_ft=-400.0)
    yield arrival(0.0), place, with_fault(arrival(0.0), right_m=1000.0)
    yield arrival(275.0, to_nm=2.0), place, with_fault(arrival(275.0, to_nm=2.0), up_ft=-275.0)
    descends = flight(30_000.0, np.arange(60) * 288.0, np.linspace(3000.0, 220.0, 60))
    yield descends, open_country, None
    dips = np.concatenate([np.full(30, 2000.0), np.full(6, 150.0), np.full(30, 2000.0)])
    yield flight(30_000.0, np.arange(66) * 288.0, dips), open_country, None
    dips_late = np.concatenate([np.full(30, 2000.0), np.full(6, 280.0), np.full(8, 2000.0)])
    yield flight(30_000.0, np.arange(44) * 288.0, dips_late), open_country, None
