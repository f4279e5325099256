"""Judging parameter sets on what was kept of the plots against full runs of each, alert by alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.monitor import judge
from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import JudgedAlerts, judged_alerts
from safetynets.errors import StudyError, TracksError
from safetynets.evaluation.judging import Prepared, prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import Range, range_of
from safetynets.geodesy import Plane
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.nets.apw.parameters import ApwParameters
from safetynets.nets.msaw import NET as MSAW_NET
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.recordings import read_tracks
from safetynets.runs.execute import run_scenario
from safetynets.sites import load_site, shipped_folder
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import (
    ArbitrationParameters,
    Eligibility,
    Lifecycle,
    Parameters,
    Prediction,
    parameter_models,
)
from safetynets.tracks import Tracks, clean, derive
from tests.net_numbers import APM, MSAW
from tests.nets import situations
from tests.nets.flights import final_approach, flight
from tests.nets.random_situations import lattices
from tests.nets.test_coarse_filter import flights_over, sites
from tests.nets.test_every_parameter_matters import ROWS, with_approach

OF_ALL_NETS: dict[str, Any] = {
    "minimum_track_age_s": (0.0, 12.0),
    "flight_rules": [("IFR",), ("IFR", "unknown"), ("IFR", "VFR", "unknown"), ("VFR",)],
    "eligible_ssr_codes": [(), ("1000",), ("1000", "7000")],
    "excluded_ssr_codes": [(), ("1000",), ("7000",)],
    "inhibited_callsigns": [(), ("SWR1",), ("SWR1", "HBABC")],
    "current_m": (1, 2),
    "current_n": (2, 4),
    "predicted_m": (1, 3),
    "predicted_n": (3, 5),
    "warning_time_s": (0.0, 15.0),
    "imminent_s": (0.0, 6.0),
    "max_gap_s": (1.0, 20.0),
    "hysteresis_ft": (0.0, 300.0),
    "hysteresis_s": (0.0, 6.0),
    "clear_n": (1, 3),
    "track_lost_s": (4.0, 20.0),
    "not_assessable_s": (4.0, 60.0),
    "minimum_duration_s": (0.0, 20.0),
    "reannounce_ratio": (0.0, 1.0),
}
OF_PREDICTION: dict[str, Any] = {
    "look_ahead_s": (0.0, 15.0),
    "climb_credit": (0.0, 1.0),
    "level_off_tolerance_ft": (0.0, 500.0),
    "hypotheses": ["straight", "any", "all"],
}
OF_ONE_NET: dict[str, dict[str, Any]] = {
    "msaw": {
        "below_minimum_ft": (0.0, 600.0),
        "terrain_clearance_ft": (0.0, 1500.0),
        "horizontal_buffer_m": [0.0, 600.0],
        "escape_delay_s": (0.0, 15.0),
        "escape_climb_deg": (0.0, 6.0),
        "escape_time_s": (0.0, 30.0),
    },
    "apm": {
        "look_ahead_s": (0.0, 15.0),
        "kinds": [("below",), ("above", "left"), ("below", "right"), ("left",)],
        "below_ft": (0.0, 500.0),
        "below_deg": (0.0, 1.0),
        "above_ft": (0.0, 500.0),
        "above_deg": (0.0, 1.0),
        "hysteresis_m": (0.0, 300.0),
        "capture_half_width_m": (200.0, 3000.0),
        "capture_splay_deg": (1.0, 20.0),
        "join_angle_deg": (10.0, 90.0),
        "join_ceiling_ft": (1000.0, 10_000.0),
        "join_max_climb_fpm": (0.0, 1000.0),
        "go_around_fpm": (0.0, 1000.0),
        "switch_margin_deg": (0.0, 3.0),
    },
    "apw": {"hysteresis_m": (0.0, 800.0)},
    "arbitration": {"rule": ["apm_speaks_on_final", "one_alert_called_msaw", "show_all"]},
}
OF_ITEMS: dict[str, Any] = {
    "minimum_altitudes.*.minimum_ft": (1000.0, 3000.0),
    "obstacles.*.top_ft": (500.0, 3000.0),
    "approaches.*.half_width_m": (50.0, 500.0),
    "volumes.*.lateral_buffer_m": (0.0, 800.0),
    "volumes.*.manual": ["on", "off"],
    "inhibit_volumes.*.manual": ["on", "off"],
}


def every_parameter() -> dict[str, Any]:
    """How far each parameter is varied: an interval, a list of choices, or None for yes and no.

    Those of nets that a study judges whole for each set are left out: there is nothing to go wrong.
    """
    reach: dict[str, Any] = {}
    for net, model in parameter_models().items():
        if net not in OF_ONE_NET:
            continue
        for name, field in model.model_fields.items():
            if field.annotation is bool:
                reach[f"{net}.{name}"] = None
                continue
            shared = OF_ALL_NETS | (OF_PREDICTION if net != "apm" else {})
            reach[f"{net}.{name}"] = OF_ONE_NET[net].get(name, shared.get(name))
    return reach


def ranges_at(here: Site, reach: dict[str, Any]) -> dict[str, Range]:
    ranges = {}
    for key, how_far in reach.items():
        if isinstance(how_far, tuple):
            ranges[key] = range_of(here, key, low=how_far[0], high=how_far[1])
        else:
            ranges[key] = range_of(here, key, choices=how_far)
    return ranges


def assert_equal(alerts: JudgedAlerts, full_run: JudgedAlerts) -> None:
    for column in fields(JudgedAlerts):
        judged, wanted = getattr(alerts, column.name), getattr(full_run, column.name)
        assert judged.dtype == wanted.dtype
        np.testing.assert_array_equal(judged, wanted, column.name)


def full_run(tracks: Tracks, here: Site, values: dict[str, Any]) -> JudgedAlerts:
    return judged_alerts(judge(tracks, site_with(here, values)).alerts)


def alert_counts(tracks: Tracks, here: Site, key: str, how_far: Any, values: Sequence[Any]) -> list[int]:
    """How many alerts each value of a parameter gives, which are those of a full run with it."""
    prepared = prepare(tracks, here, ranges_at(here, {key: how_far}))
    counts = []
    for value in values:
        alerts = prepared.judge({key: value})
        assert_equal(alerts, full_run(tracks, here, {key: value}))
        counts.append(len(alerts))
    return counts


def rows_left_out(prepared: Prepared, tracks: Tracks, setting: Site) -> dict[str, list[int]]:
    """The rows at which a full run finds something, now, predicted or to hold on to, and that are not kept."""
    watched = judge(tracks, setting)
    missing = {}
    for found in watched.conflicts:
        kept = prepared.kept(setting, found.net, found.group).rows
        rows = np.flatnonzero(found.assessable & (found.hold_time_to_violation_s < np.inf))
        missing[f"{found.net.name} {found.group}"] = np.setdiff1d(rows, kept).tolist()
    return {name: rows for name, rows in missing.items() if rows}


@st.composite
def studies(draw: st.DrawFn, here: Site) -> tuple[dict[str, Range], list[dict[str, Any]]]:
    """Ranges of a few parameters of any kind, and three sets within them."""
    reach = every_parameter() | {key: OF_ITEMS[key] for key in OF_ITEMS if getattr(here, key.partition(".")[0])}
    keys = draw(st.lists(st.sampled_from(sorted(reach)), min_size=1, max_size=9, unique=True))
    ranges = ranges_at(here, {key: reach[key] for key in keys})
    shares = st.sampled_from([0.0, 0.25, 0.4, 0.77, 0.999999])
    sets = [
        {key: one.value_at(draw(shares)) for key, one in ranges.items() if draw(st.integers(0, 5))} for _ in range(3)
    ]
    return ranges, sets


def refused(here: Site, values: dict[str, Any]) -> bool:
    try:
        site_with(here, values)
    except StudyError:
        return True
    return False


@settings(max_examples=25)
@given(data=st.data(), on_lattice=lattices)
def test_sets_of_a_random_study_are_judged_as_full_runs(data, on_lattice):
    here = data.draw(sites(on_lattice))
    tracks = data.draw(flights_over(here, on_lattice))
    ranges, sets = data.draw(studies(here))
    note(str(tracks))
    prepared = prepare(tracks, here, ranges)
    for values in sets:
        if refused(here, values):
            with pytest.raises(StudyError):
                prepared.judge(values)
            continue
        assert_equal(prepared.judge(values), full_run(tracks, here, values))
        assert rows_left_out(prepared, tracks, site_with(here, values)) == {}


@pytest.mark.parametrize("key", [f"{net}.{name}" for net, rows in ROWS.items() for name in rows])
def test_each_parameter_is_judged_where_it_matters(key):
    net, _, name = key.partition(".")
    value, tracks, build, more = ROWS[net][name]
    here = build(parameters=Parameters(**{net: parameter_models()[net](**more)}))
    present = getattr(getattr(here.parameters, net), name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    how_far = tuple(sorted((present, value))) if is_number else [present, value]
    prepared = prepare(tracks, here, ranges_at(here, {key: how_far}))
    for values in ({key: value}, {key: present}, {}):
        assert_equal(prepared.judge(values), full_run(tracks, here, values))


def test_a_gap_that_ends_an_approach_is_judged_as_it_is_joined():
    flown = final_approach(low_ft=200.0)
    late = np.arange(len(flown)) >= 20
    climbing = flown.with_columns(
        time_s=flown.time_s + 21.0 * late, vertical_rate_fpm=np.where(late, 400.0, flown.vertical_rate_fpm)
    )
    here = with_approach()
    prepared = prepare(climbing, here, ranges_at(here, {"apm.max_gap_s": (20.0, 60.0)}))
    ends_s = []
    for gap_s in (20.0, 60.0):
        alerts = prepared.judge({"apm.max_gap_s": gap_s})
        assert_equal(alerts, full_run(climbing, here, {"apm.max_gap_s": gap_s}))
        ends_s.append(alerts.end_s.tolist())
    assert ends_s[0] != ends_s[1]


def test_of_alerts_that_start_together_the_apm_speaks_first():
    high_floor = situations.minimum(9000.0, situations.square(-9e4, -9e4, 9e4, 9e4))
    here = situations.site(
        approaches=(situations.approach(end_distance_nm=4.0),),
        minimum_altitudes=(high_floor,),
        parameters=Parameters(arbitration=ArbitrationParameters(rule="one_alert_called_msaw")),
    )
    # Once both go on to the last plot, once the APM stops watching before and the MSAW outlasts it.
    for past_the_end, wanted in ((False, {APM: True, MSAW: False}), (True, {APM: True, MSAW: True})):
        flown = final_approach(low_ft=300.0)
        if not past_the_end:
            flown = flown.select(flown.y_m < -5.0 * 1852.0)
        prepared = prepare(flown, here, ranges_at(here, {"apm.below_ft": (40.0, 300.0)}))
        alerts = prepared.judge({})
        assert alerts.start_s[0] == alerts.start_s[1]
        assert {int(net): bool(shown) for net, shown in zip(alerts.net, alerts.shown, strict=True)} == wanted
        assert_equal(alerts, full_run(flown, here, {}))


def test_an_alert_that_ends_with_the_last_plot_on_final_is_never_shown():
    """The approach is watched until 4 NM; the high sector ends between the last plot there and the one before."""
    flown = final_approach(low_ft=0.0)
    edge_m = flown.y_m[flown.y_m <= -4.0 * 1852.0][-1] - 100.0
    here = situations.site(
        approaches=(situations.approach(end_distance_nm=4.0),),
        minimum_altitudes=(
            situations.minimum(9000.0, situations.square(-9e4, -9e4, 9e4, edge_m), "high"),
            situations.minimum(0.0, situations.square(-9e4, edge_m, 9e4, 9e4), "low"),
        ),
        parameters=Parameters(
            msaw=MsawParameters(look_ahead_s=0.0, clear_n=1),
            arbitration=ArbitrationParameters(rule="apm_speaks_on_final"),
        ),
    )
    prepared = prepare(flown, here, ranges_at(here, {"apm.below_ft": (40.0, 300.0)}))
    alerts = prepared.judge({})
    assert_equal(alerts, full_run(flown, here, {}))
    assert (alerts.net.tolist(), alerts.shown.tolist()) == ([MSAW], [False])


BEND_NM = 5.0
BENT = ((0.0, 50.0), (4.0, 1500.0), (BEND_NM, 1500.0), (7.0, 3100.0))
"""Seven and a half degrees down to 5 NM, and level from there to 4 NM."""


def test_where_the_path_bends_only_what_is_ahead_counts_at_a_short_look_ahead():
    """Just past the bend, 95 ft low and sinking at 1.5 ft/s: 100 ft low in 3.3 s, and more than that 2 s ago."""
    final = situations.approach(path="profile", profile=BENT)
    here = situations.site(
        approaches=(final,),
        parameters=Parameters(apm=ApmParameters(minimum_track_age_s=0.0, hysteresis_s=0.0, imminent_s=0.0)),
    )
    flown = flight(altitude_ft=[1500.0, *[1405.0] * 6], vy_mps=70.0, vertical_rate_fpm=-90.0)
    flown = flown.with_columns(y_m=np.full(len(flown), -1852.0 * (BEND_NM - 0.002)))
    assert alert_counts(flown, here, "apm.look_ahead_s", (0.0, 16.0), (3.0, 4.0)) == [0, 1]


def test_of_two_paths_into_two_volumes_the_later_entry_is_judged_at_each_look_ahead():
    """North at 100 m/s and turning right at 0.03 rad/s: A is 20 s ahead straight on, B 32.9 s ahead in the turn."""
    here = situations.site(
        volumes=(
            situations.volume(situations.square(-300.0, 2000.0, 300.0, 4000.0), name="A", group="both"),
            situations.volume(situations.square(1500.0, 1000.0, 3000.0, 4000.0), name="B", group="both"),
        ),
        parameters=Parameters(
            apw=ApwParameters(minimum_track_age_s=2.0, hypotheses="all", warning_time_s=60.0, predicted_m=1)
        ),
    )
    track_rad = np.array([-0.06, 0.0])
    flown = flight(altitude_ft=[3000.0, 3000.0], vx_mps=0.0).with_columns(
        time_s=np.array([0.0, 2.0]),
        x_m=np.array([-10.0, 0.0]),
        y_m=np.array([-200.0, 0.0]),
        vx_mps=100.0 * np.sin(track_rad),
        vy_mps=100.0 * np.cos(track_rad),
    )
    assert alert_counts(flown, here, "apw.look_ahead_s", (10.0, 60.0), (32.0, 34.0)) == [0, 1]


def test_a_track_that_begins_late_in_the_day_is_judged_from_each_age_on():
    here = situations.site(minimum_altitudes=(situations.minimum(2000.0, situations.square(-9e4, -9e4, 9e4, 9e4)),))
    flown = flight(altitude_ft=1500.0, vx_mps=80.0, duration_s=60.0, start_s=43_200.0)
    prepared = prepare(flown, here, ranges_at(here, {"msaw.minimum_track_age_s": (0.0, 60.0)}))
    for age_s in (0.0, 24.0):
        alerts = prepared.judge({"msaw.minimum_track_age_s": age_s})
        assert_equal(alerts, full_run(flown, here, {"msaw.minimum_track_age_s": age_s}))
        assert alerts.start_s.tolist() == [43_200.0 + age_s]


def test_an_obstacle_ahead_in_a_sector_is_judged_at_each_clearance():
    """The sector asks for less than is flown; the mast is passed 700 ft above its top."""
    here = situations.site(
        minimum_altitudes=(situations.minimum(1000.0, situations.square(-9e4, -9e4, 9e4, 9e4)),),
        obstacles=(situations.obstacle(4000.0, 0.0, 200.0, 800.0),),
    )
    flown = flight(altitude_ft=1500.0, vx_mps=80.0, duration_s=40.0)
    assert alert_counts(flown, here, "msaw.terrain_clearance_ft", (300.0, 1000.0), (600.0, 800.0)) == [0, 1]


def test_a_sector_a_hair_ahead_of_an_aircraft_that_hardly_moves_is_judged_at_each_look_ahead():
    """At a billionth of a metre a second the edge is 10 s ahead; nearer than a billionth of a metre is on it."""
    here = situations.site(
        minimum_altitudes=(
            situations.minimum(1000.0, situations.square(-9e4, -9e4, 9e4, 9e4)),
            situations.minimum(2000.0, situations.square(1e-8, -9e4, 9e4, 9e4)),
        ),
        parameters=Parameters(msaw=MsawParameters(hysteresis_s=0.0)),
    )
    hovers = flight(altitude_ft=1500.0, vx_mps=1e-9, duration_s=60.0)
    hovers = hovers.with_columns(x_m=np.zeros(len(hovers)))
    assert alert_counts(hovers, here, "msaw.look_ahead_s", (4.0, 16.0), (8.5, 9.5)) == [0, 1]


def test_a_sector_ahead_of_where_a_descent_ends_is_judged_at_each_look_ahead():
    """Level at 2,900 ft in 10 s; the high sector is 22 s farther on."""
    everywhere, ahead = situations.square(-9e4, -9e4, 9e4, 9e4), situations.square(32.0 * 80.0, -9e4, 9e4, 9e4)
    usual = {"minimum_track_age_s": 0.0, "hysteresis_s": 0.0, "warning_time_s": 60.0}
    here = situations.site(
        minimum_altitudes=(situations.minimum(1000.0, everywhere), situations.minimum(4000.0, ahead, "high")),
        parameters=Parameters(msaw=MsawParameters(**usual)),
    )
    levels = flight(altitude_ft=[3000.0] * 6, vx_mps=80.0, vertical_rate_fpm=-600.0, cleared_altitude_ft=2900.0)
    levels = levels.with_columns(x_m=np.zeros(len(levels)))
    assert alert_counts(levels, here, "msaw.look_ahead_s", (20.0, 60.0), (31.0, 33.0)) == [0, 1]


def test_every_parameter_is_varied_here():
    unvaried = [key for key, how_far in every_parameter().items() if how_far is None]
    yes_or_no = [
        key
        for key in unvaried
        if parameter_models()[key.partition(".")[0]].model_fields[key.partition(".")[2]].annotation is bool
    ]
    assert unvaried == yes_or_no
    assert {net.key for net in nets() if net.studied is not None} <= set(OF_ONE_NET)
    known = {name for model in (Eligibility, Lifecycle, Prediction) for name in model.model_fields}
    assert set(OF_ALL_NETS) | set(OF_PREDICTION) <= known


STUDY: dict[str, Any] = {
    "msaw.terrain_clearance_ft": (200.0, 1000.0),
    "msaw.below_minimum_ft": (0.0, 300.0),
    "msaw.look_ahead_s": (20.0, 60.0),
    "msaw.warning_time_s": (15.0, 60.0),
    "msaw.predicted_m": (1, 3),
    "msaw.predicted_n": (3, 5),
    "msaw.hysteresis_ft": (0.0, 100.0),
    "msaw.clear_n": (1, 4),
    "apm.below_ft": (40.0, 300.0),
    "apm.below_deg": (0.0, 0.4),
    "apm.look_ahead_s": (0.0, 25.0),
    "apm.hysteresis_s": (0.0, 4.0),
    "apw.look_ahead_s": (10.0, 80.0),
    "apw.hysteresis_m": (0.0, 300.0),
    "inhibit_volumes.*.manual": ["on", "off"],
}


def drawn_sets(ranges: dict[str, Range], count: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(7)
    return [{key: one.value_at(random.random()) for key, one in ranges.items()} for _ in range(count)]


def test_a_real_quarter_of_an_hour_of_paris_is_judged_as_full_runs():
    here = load_site("paris", {"pressure_regions.*.qnh_hpa": 1018})
    recording = read_tracks(shipped_folder() / "data" / "paris-2021-10-07.parquet").tracks
    start_s = np.median(recording.time_s)
    tracks = derive(clean(recording)).on_plane(here.plane)
    tracks = tracks.select((tracks.time_s >= start_s) & (tracks.time_s < start_s + 900.0))
    reach = {key: STUDY[key] for key in STUDY if getattr(here, key.partition(".")[0], ()) or "*" not in key}
    ranges = ranges_at(here, reach)
    sets = drawn_sets(ranges, 4)
    prepared = prepare(tracks, here, ranges)
    judged = prepared.judge_many(sets, threads=1)
    assert min(len(alerts) for alerts in judged) > 0
    for values, alerts in zip(sets, judged, strict=True):
        assert_equal(alerts, full_run(tracks, here, values))
    for one, three in zip(judged, prepared.judge_many(sets, threads=3), strict=True):
        assert_equal(three, one)


@pytest.mark.parametrize("name", ["geneva-mva", "zurich-wall"])
def test_a_scenario_is_judged_as_full_runs(name):
    run = run_scenario(name)
    reach = {key: STUDY[key] for key in STUDY if getattr(run.site, key.partition(".")[0], ()) or "*" not in key}
    ranges = ranges_at(run.site, reach)
    prepared = prepare(run.tracks, run.site, ranges)
    for values in [{}, *drawn_sets(ranges, 6)]:
        assert_equal(prepared.judge(values), full_run(run.tracks, run.site, values))


def test_sets_that_share_a_prediction_keep_one():
    run = run_scenario("geneva-mva")
    ranges = ranges_at(run.site, {"msaw.terrain_clearance_ft": (200.0, 900.0), "msaw.climb_credit": (0.0, 1.0)})
    prepared = prepare(run.tracks, run.site, ranges)
    first, second = ({"msaw.terrain_clearance_ft": clearance_ft} for clearance_ft in (300.0, 800.0))
    other = first | {"msaw.climb_credit": 0.5}
    kept = [prepared.kept(site_with(run.site, values), MSAW_NET, "msaw") for values in (first, second, other)]
    assert kept[0] is kept[1]
    assert kept[0] is not kept[2]


def test_a_value_outside_its_range_is_refused_by_name():
    here = load_site("geneva")
    nobody = Tracks.from_columns({"time_s": [], "track": []}, plane=here.plane)
    prepared = prepare(nobody, here, ranges_at(here, {"msaw.look_ahead_s": (20.0, 60.0)}))
    assert len(prepared.judge({"msaw.look_ahead_s": 60.0})) == 0
    with pytest.raises(StudyError, match=r"msaw.look_ahead_s: 61.0 is outside its range"):
        prepared.judge({"msaw.look_ahead_s": 61.0})
    with pytest.raises(StudyError, match=r"msaw.clear_n: is not among the varied parameters"):
        prepared.judge({"msaw.clear_n": 3})


def test_tracks_of_another_plane_are_refused():
    here = load_site("geneva")
    with pytest.raises(TracksError, match="not on the plane"):
        prepare(Tracks.from_columns({"time_s": [], "track": []}, plane=Plane(10.0, 20.0)), here, {})
