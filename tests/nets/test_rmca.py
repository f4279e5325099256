"""The runway monitor in situations: each test is one, on a runway of 3,000 m that begins at the origin."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.explain import explain
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.reasons import Reason
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of
from safetynets.nets.rmca import NET as RMCA
from safetynets.nets.rmca.kernel import CROSSING, NO_KIND, OPPOSITE, Craft, conflict_of
from safetynets.nets.rmca.rule import limits_of, packed_ends
from safetynets.sites.geometry import Runway, Site
from safetynets.tracks import Tracks
from tests.nets.runways import CROSSED, arrival, departure, plots, runway, site, standing, tracks_of
from tests.nets.test_against_the_oracle_rmca import FIRSTS, SECONDS, SLOPING, aircraft
from tests.oracle.rmca import Aircraft


def judged(*seen: dict[str, Any], at: Site | None = None) -> tuple[Tracks, Conflicts, list[Alert]]:
    tracks, monitor = tracks_of(*seen), Monitor(at or site(), [RMCA])
    [found] = monitor.feed(tracks).conflicts
    return tracks, found, list(monitor.alerts())


def alerts(*seen: dict[str, Any], at: Site | None = None) -> list[Alert]:
    return judged(*seen, at=at)[2]


@pytest.mark.requirement("REQ-RUNWAY-MONITORING")
def test_an_arrival_to_an_occupied_runway_alerts_at_stage_one_and_rises_to_stage_two():
    # 4,000 m at 70 m/s: 30 s to the threshold from 27.1 s on, so at the plot of 28 s, and confirmed by the next.
    tracks, found, [alert] = judged(arrival("ARR1"), standing("OCC2", 0.0, 2000.0))
    assert (alert.callsign, alert.other_callsign, alert.kind, alert.area) == ("ARR1", "OCC2", "arrival", "XXXX 36")
    assert (alert.first_conflict_time_s, alert.start_time_s) == (28.0, 29.0)
    assert alert.time_to_violation_s == pytest.approx((4000.0 - 29.0 * 70.0) / 70.0)
    own = tracks.rows_of(0)
    # The last 15 s before the threshold are stage two, and so is the flight over the runway.
    severe_from_s = tracks.time_s[own][found.severe[own]].min()
    assert severe_from_s == np.ceil(4000.0 / 70.0 - 15.0)
    assert alert.severity == "warning"


def test_an_arrival_to_a_runway_that_is_vacated_in_time_is_silent():
    taxiing = plots("TAXI2", np.arange(0.0, 60.0), 8.0 * (np.arange(0.0, 60.0) - 35.0), 2000.0, vx_mps=8.0)
    # It is inside from 25.6 s to 44.4 s; the arrival passes the threshold at 57 s.
    assert alerts(arrival("ARR1"), taxiing) == []


def test_a_crossing_aircraft_that_stops_on_the_runway_is_no_longer_expected_to_leave():
    time_s = np.arange(0.0, 60.0)
    x_m = np.minimum(8.0 * (time_s - 35.0), 0.0)
    stops = plots("TAXI2", time_s, x_m, 2000.0, vx_mps=np.where(time_s < 35.0, 8.0, 0.0))
    [alert] = alerts(arrival("ARR1"), stops)
    assert alert.first_conflict_time_s == 36.0


@pytest.mark.parametrize(("x_m", "count"), [(75.0, 1), (75.1, 0), (-75.0, 1), (-90.0, 0)])
def test_an_aircraft_at_the_holding_position_does_not_occupy_the_runway(x_m, count):
    assert len(alerts(arrival("ARR1"), standing("HOLD2", x_m, 1000.0))) == count


@pytest.mark.parametrize(("y_m", "count"), [(-75.0, 1), (-76.0, 0), (3075.0, 1), (3076.0, 0)])
def test_the_protected_area_extends_beyond_both_ends(y_m, count):
    assert len(alerts(arrival("ARR1"), standing("HOLD2", 0.0, y_m))) == count


@pytest.mark.parametrize(("y_m", "count"), [(-75.0, 1), (-76.0, 0), (3000.0, 0)])
def test_an_aircraft_that_rolls_departs_from_the_edge_of_the_protected_area_on(y_m, count):
    """At 25 m/s northwards at one place; at the far end the other, 500 m before it, is behind."""
    rolls = plots("DEP1", np.arange(0.0, 20.0), 0.0, y_m, vy_mps=25.0)
    assert len(alerts(rolls, standing("OCC2", 0.0, 2500.0, seconds=20.0))) == count


def test_an_arrival_beside_the_course_is_watched_while_it_is_within_the_angle_of_the_runway():
    """300 m beside, in the corridor of 75 m and 10 degrees to each side until 1,276 m before the threshold."""
    [alert] = alerts(
        arrival("ARR1", x_m=300.0), standing("OCC2", 0.0, 2000.0), at=site(aligned_deg=10.0, max_gap_s=4.0)
    )
    assert alert.first_conflict_time_s == 28.0


def test_a_position_on_the_ground_of_unknown_accuracy_is_not_assessable_and_never_no_alert():
    unsure = standing("OCC2", 0.0, 2000.0, accuracy_m=np.nan)
    tracks, found, none = judged(arrival("ARR1"), unsure)
    assert none == []
    # The first plot of the arrival comes before any of the other, and the first 2 s its track is too young.
    reasons = {Reason(reason) for reason in found.reason[tracks.rows_of(0)][3:]}
    assert reasons == {Reason.POSITION_ACCURACY_UNKNOWN}
    assert not found.assessable[tracks.rows_of(0)].any()
    assert len(alerts(arrival("ARR1"), unsure, at=site(unknown_accuracy="accepted"))) == 1


def test_it_is_not_assessable_wherever_its_position_says_that_it_is():
    tracks, found, _ = judged(arrival("ARR1"), standing("APRON2", 900.0, 1500.0, accuracy_m=np.nan))
    assert Reason(found.reason[tracks.rows_of(0)][10]) is Reason.POSITION_ACCURACY_UNKNOWN


def test_a_position_on_the_ground_that_is_not_accurate_enough_is_not_assessable():
    for accuracy_m, reason in ((30.0, Reason.JUDGED), (30.1, Reason.POSITION_NOT_ACCURATE)):
        tracks, found, _ = judged(arrival("ARR1"), standing("OCC2", 0.0, 2000.0, accuracy_m=accuracy_m))
        assert Reason(found.reason[tracks.rows_of(0)][40]) is reason


def test_an_arrival_needs_no_accuracy_but_a_departure_does():
    unsure = departure("DEP1") | {"position_accuracy_m": np.full(45, np.nan)}
    tracks, found, none = judged(unsure, standing("OCC2", 0.0, 2500.0))
    assert none == []
    rolling = np.flatnonzero(tracks.vy_mps[tracks.rows_of(0)] > 21.0)
    assert (found.reason[rolling] == Reason.POSITION_ACCURACY_UNKNOWN).all()


def test_a_departure_against_an_occupied_runway_is_stage_two_from_forty_knots_on():
    [alert] = alerts(departure("DEP1"), standing("OCC2", 10.0, 2000.0))
    assert (alert.callsign, alert.kind, alert.severity) == ("DEP1", "departure", "warning")
    # 40 kt is 20.6 m/s: at 2 m/s2 that is 10.3 s after the start of the roll at 10 s.
    assert alert.start_time_s == 21.0
    assert alert.time_to_violation_s == 0.0


def test_a_departure_behind_one_that_runs_away_from_it_is_silent():
    ahead = departure("DEP1", after_s=0.0)
    behind = departure("DEP2", at_m=0.0, after_s=12.0)
    assert alerts(ahead, behind) == []


def test_an_arrival_behind_a_departure_that_lifts_off_is_silent_once_it_has_left_upwards():
    time_s = np.arange(0.0, 60.0)
    airborne = plots("DEP2", time_s, 0.0, 1500.0 + 60.0 * time_s, 0.0, 60.0, 30.0 * time_s, 1800.0, 0)
    assert alerts(arrival("ARR1"), airborne) == []


def test_a_landing_aircraft_alerts_only_if_it_cannot_stop_before_the_other():
    # It lands at 60 m/s and decelerates at 1.5 m/s2: it needs 1,200 m.
    time_s = np.arange(0.0, 40.0)
    landing = plots(
        "LAND1",
        time_s,
        0.0,
        np.where(time_s < 10.0, -600.0 + 60.0 * time_s, 60.0 * (time_s - 10.0) - 0.75 * (time_s - 10.0) ** 2),
        vy_mps=np.where(time_s < 10.0, 60.0, 60.0 - 1.5 * (time_s - 10.0)),
        altitude_ft=10.0,
        rate_fpm=0.0,
        on_ground=time_s >= 10.0,
    )
    far, near = standing("OCC2", 0.0, 1300.0), standing("OCC2", 0.0, 1100.0)
    for other in (far, near):
        # In the air it alerts in either case; on the ground the alert stays only where it cannot stop.
        tracks, found, _ = judged(landing, other)
        on_ground = tracks.on_ground[tracks.rows_of(0)] == 1
        assert (found.time_to_violation_s[tracks.rows_of(0)][on_ground][:15] == 0.0).all() == (other is near)


def test_opposite_arrivals_alert_for_both_once_each_is_in_stage_one():
    north = arrival("NORTH1", from_m=-3500.0)
    south = arrival("SOUTH2", from_m=-4200.0)
    south |= {"y_m": 3000.0 - south["y_m"], "vy_mps": -south["vy_mps"], "time_s": south["time_s"] + 0.3}
    one, two = sorted(alerts(north, south), key=lambda alert: alert.callsign)
    assert (one.callsign, one.area, one.kind) == ("NORTH1", "XXXX 36", "opposite")
    assert (two.callsign, two.area, two.kind) == ("SOUTH2", "XXXX 18", "opposite")
    # The later of the two is 30 s from its threshold 30.3 s after the start.
    assert one.first_conflict_time_s == 31.0
    assert two.first_conflict_time_s == pytest.approx(30.3)


def test_a_departure_towards_an_arrival_is_opposite_traffic_for_both():
    down = departure("DOWN2", at_m=50.0, after_s=25.0, seconds=50.0)
    down |= {"y_m": 3000.0 - down["y_m"], "vy_mps": -down["vy_mps"]}
    found = alerts(arrival("ARR1"), down)
    kinds = {(alert.callsign, alert.kind) for alert in found}
    assert kinds == {("ARR1", "arrival"), ("DOWN2", "opposite")} or kinds == {
        ("ARR1", "opposite"),
        ("DOWN2", "opposite"),
    }


def test_two_aircraft_that_pass_the_intersection_of_crossing_runways_together_alert():
    here = site(runway(), CROSSED)
    time_s = np.arange(0.0, 55.0)
    # ARR1 passes the intersection, 1,000 m beyond its threshold, at 71.4 s; a departure of 09 has 1,000 m to it.
    for start_s, count in ((38.0, 1), (0.0, 0)):
        rolls_s = np.maximum(time_s - start_s, 0.0)
        crossing = plots("DEP2", time_s + 0.2, np.minimum(-950.0 + rolls_s**2, 1400.0), 1000.0, vx_mps=2.0 * rolls_s)
        found = [alert for alert in alerts(arrival("ARR1"), crossing, at=here) if alert.callsign == "ARR1"]
        assert [alert.kind for alert in found] == ["crossing"] * count


def test_a_go_around_ends_the_alert():
    time_s = np.arange(0.0, 90.0)
    climbs_s = np.maximum(time_s - 40.0, 0.0)
    flown = arrival("ARR1", seconds=90.0)
    flown |= {
        "pressure_altitude_ft": np.where(climbs_s > 0.0, 250.0 + 30.0 * climbs_s, flown["pressure_altitude_ft"]),
        "vertical_rate_fpm": np.where(climbs_s > 0.0, 1800.0, flown["vertical_rate_fpm"]),
    }
    [alert] = alerts(flown, standing("OCC2", 0.0, 2000.0, seconds=90.0))
    assert alert.end_reason == "cleared"
    assert alert.end_time_s == 42.0


def test_an_aircraft_that_stops_its_departure_ends_the_alert():
    time_s = np.arange(0.0, 60.0)
    speed_mps = np.clip(np.minimum(2.0 * (time_s - 10.0), 30.0 - 3.0 * (time_s - 25.0)), 0.0, None)
    stops = plots("DEP1", time_s, 0.0, np.cumsum(speed_mps), vy_mps=speed_mps)
    [alert] = alerts(stops, standing("OCC2", 0.0, 2000.0))
    assert alert.end_reason == "cleared"


def test_the_other_nets_do_not_judge_an_aircraft_on_the_ground():
    tracks = tracks_of(arrival("ARR1"), standing("OCC2", 0.0, 2000.0, altitude_ft=0.0, rate_fpm=0.0))
    for found in judge(tracks, site()).conflicts:
        if found.net is not RMCA:
            assert (found.reason[tracks.rows_of(1)][8:] == Reason.ON_GROUND).all()


def everything() -> Tracks:
    """Arrival, landing, departure and crossing traffic at two runways, at plots of different times."""
    taxiing = plots("TAXI4", np.arange(0.0, 60.0), 8.0 * (np.arange(0.0, 60.0) - 50.0), 2000.0, vx_mps=8.0)
    landed = arrival("LAND5", from_m=-700.0, seconds=40.0) | {"on_ground": (np.arange(40) >= 11).astype(int)}
    return tracks_of(
        arrival("ARR1", seconds=70.0),
        standing("OCC2", 0.0, 2900.0, seconds=70.0),
        departure("DEP3", after_s=20.0),
        taxiing,
        landed | {"time_s": landed["time_s"] + 0.7, "position_accuracy_m": np.full(40, 3.0)},
    )


@pytest.mark.parametrize("portions", [2, 7, 71])
def test_plots_in_portions_and_all_at_once_give_the_same_alerts(portions):
    tracks, here = everything(), site(runway(), CROSSED)
    wanted = judge(tracks, here).alerts
    assert len(wanted) >= 4
    monitor = Monitor(here)
    for from_s, to_s in pairwise(np.linspace(tracks.time_s.min(), tracks.time_s.max() + 0.1, portions + 1)):
        monitor.feed(tracks.select((tracks.time_s >= from_s) & (tracks.time_s < to_s)))
    assert repr(monitor.alerts()) == repr(wanted)
    assert repr(alerts_of(tracks, here)) == repr(wanted)


def test_a_study_of_its_parameters_gives_what_full_runs_give():
    tracks, here = everything(), site(runway(), CROSSED)
    time = range_of(here, "rmca.warning_time_s", low=10.0, high=60.0)
    wide = range_of(here, "runways.18/36.holding_distance_m", low=60.0, high=120.0)
    prepared = prepare(tracks, here, {time.key: time, wide.key: wide})
    for values in ({time.key: 20.0, wide.key: 75.0}, {time.key: 45.0, wide.key: 110.0}):
        wanted = judged_alerts(judge(tracks, site_with(here, values)).alerts)
        assert prepared.judge(values).start_s.tolist() == wanted.start_s.tolist()


def test_the_order_of_the_tracks_does_not_matter():
    first, second = arrival("ARR1"), standing("OCC2", 0.0, 2000.0)
    [one], [two] = alerts(first, second), alerts(second, first)
    assert (one.callsign, one.start_time_s, one.kind) == (two.callsign, two.start_time_s, two.kind)
    assert (one.other_callsign, one.margin_m) == (two.other_callsign, two.margin_m)


def test_it_is_explained_with_both_aircraft():
    tracks = tracks_of(arrival("ARR1"), standing("OCC2", 0.0, 2000.0))
    steps = [step for step in explain(tracks, site(), 0, 45.0) if step.net == "RMCA"]
    assert [step.stage for step in steps] == ["runway", "violation", "lifecycle", "arbitration"]
    assert steps[0].text == "ARR1 arrives on XXXX 36, OCC2 occupies it."
    assert steps[0].values["XXXX 36: to_threshold_s"] == pytest.approx((4000.0 - 45.0 * 70.0) / 70.0)
    assert "Predicted to be violated in 12.1 s, arrival: XXXX 36" in steps[1].text
    assert "nan" not in steps[1].text
    assert steps[3].values["severity"] == "warning"


def craft_of(one: Aircraft, mirrored: bool = False) -> Craft:
    sign = -1.0 if mirrored else 1.0
    rate_ftps = one.rate_fpm / 60.0
    return Craft(
        sign * one.at.real,
        one.at.imag,
        sign * one.velocity.real,
        one.velocity.imag,
        one.altitude_ft,
        rate_ftps,
        one.on_ground,
        one.came_from_the_air,
    )


def mirrored(one: Runway) -> Runway:
    return replace(one, x_m=(-one.x_m[0], -one.x_m[1]))


def turned_round(one: Runway) -> Runway:
    """The same runway with its ends given in the other order."""
    return replace(
        one,
        designators=one.designators[::-1],
        x_m=one.x_m[::-1],
        y_m=one.y_m[::-1],
        displaced_threshold_m=one.displaced_threshold_m[::-1],
        elevation_ft=one.elevation_ft[::-1],
    )


@settings(max_examples=60)
@given(data=st.data())
def test_left_and_right_and_the_order_of_the_ends_do_not_matter(data):
    runways = data.draw(st.sampled_from([(runway(), CROSSED), (SLOPING,)]))
    limits = limits_of(site().parameters.rmca)
    pairs = data.draw(
        st.lists(st.tuples(aircraft(runways, FIRSTS), aircraft(runways, SECONDS)), min_size=20, max_size=30)
    )
    for one, other in pairs:
        # Away from the limits of a runway along the plane's axes mirroring is exact; else it is within rounding.
        found = conflict_of(craft_of(one), craft_of(other), packed_ends(runways), limits)
        again = conflict_of(
            craft_of(one, True), craft_of(other, True), packed_ends(tuple(map(mirrored, runways))), limits
        )
        assert (again.time_s, again.kind, again.end) == (pytest.approx(found.time_s, abs=1e-6), found.kind, found.end)
        if runways[0] is not SLOPING:
            other_way = tuple(map(turned_round, runways))
            again = conflict_of(craft_of(one), craft_of(other), packed_ends(other_way), limits)
            assert again.time_s == pytest.approx(found.time_s, abs=1e-6)


@settings(max_examples=60)
@given(data=st.data())
def test_opposite_and_crossing_traffic_is_the_same_conflict_for_both_aircraft(data):
    runways, limits = (runway(), CROSSED), limits_of(site().parameters.rmca)
    moving = aircraft(runways, ("arrives", "rolls"))
    for one, other in data.draw(st.lists(st.tuples(moving, moving), min_size=20, max_size=30)):
        first, second = craft_of(one), craft_of(other)
        if first.rate_ftps > limits.climb_ftps or second.rate_ftps > limits.climb_ftps or first.landed or second.landed:
            continue
        found = conflict_of(first, second, packed_ends(runways), limits)
        again = conflict_of(second, first, packed_ends(runways), limits)
        if found.kind in (OPPOSITE, CROSSING) and again.kind in (NO_KIND, OPPOSITE, CROSSING):
            assert again.time_s == pytest.approx(found.time_s, abs=1e-6)
