"""The alerts from the few plots that can matter against those from all plots, field by field."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.alerts import in_order
from safetynets.engine.candidates import CoarseFilter, chunks, coarse_filter_of
from safetynets.engine.follow import alerts_of, candidates, follower_of
from safetynets.engine.kernels.legs import ROUNDING_FT
from safetynets.engine.monitor import Judged, judge
from safetynets.engine.net import Net
from safetynets.errors import TracksError
from safetynets.geodesy import Plane
from safetynets.nets.apm import NET as APM
from safetynets.recordings import read_tracks
from safetynets.runs.execute import run_scenario
from safetynets.sites import load_site, shipped_folder
from safetynets.sites.approach_path import path_altitude_ft
from safetynets.sites.geometry import Approach, InhibitVolume, Limit, PressureRegion, Site
from safetynets.tracks import PlotFlag, Tracks, clean, derive
from safetynets.units import nm_to_m
from tests.nets.random_situations import areas, coordinates, lattices, plots, prediction_parameters, terrains
from tests.nets.situations import (
    ALWAYS,
    PLANE,
    approach,
    minimum,
    obstacle,
    parameters,
    picture,
    site,
    square,
    tracks_of,
    volume,
)
from tests.nets.test_against_the_oracle_apm import EVERY_KIND, any_rate_fpm, apm_parameters, approaches, plots_near
from tests.nets.test_against_the_oracle_apw import CALLSIGNS, FLIGHT_RULES, SSR_CODES, volumes
from tests.nets.test_against_the_oracle_lifecycle import lifecycle_parameters

FAR = 40.0
"""So many times farther from the site a flight may be: there the coarse filter has something to leave out."""

MADE = ALWAYS, "made", "made", True
"""When an inhibit volume is active, why, its source, and that it is illustrative."""

KEPT = ("time_s", "track", "x_m", "y_m", "vx_mps", "vy_mps", "vertical_rate_fpm")
KEPT += ("visual", "on_ground", "coasted", "flags")

NO_ROWS = np.empty(0, dtype=np.int64)
SCENARIOS = sorted(path.stem for path in shipped_folder().glob("*.toml"))


def assert_same_alerts(tracks: Tracks, here: Site, threads: int = 1) -> Judged:
    watched = judge(tracks, here)
    alerts = alerts_of(tracks, here, threads)
    assert repr(alerts) == repr(watched.alerts)
    return watched


def hits_left_out(watched: Judged, sifted: dict[Net, np.ndarray]) -> dict[str, list[int]]:
    """The rows at which a net found a violation, now or predicted, and that are not among its candidates."""
    missing = {}
    for found in watched.conflicts:
        hits = np.flatnonzero(found.assessable & (found.time_to_violation_s < np.inf))
        missing[f"{found.net.name} {found.group}"] = np.setdiff1d(hits, sifted.get(found.net, NO_ROWS)).tolist()
    return {name: rows for name, rows in missing.items() if rows}


@st.composite
def sites(draw: st.DrawFn, on_lattice: bool) -> Site:
    """Something of everything, with every parameter drawn."""
    qnh = st.sampled_from([((-np.inf, 1013.25),), ((0.0, 1028.0), (30.0, 990.0)), ((16.0, 1001.0),)])
    regions = [
        PressureRegion(f"region {n}", draw(st.none() | areas(True)), draw(qnh), 5000.0, 60.0, "made")
        for n in range(draw(st.integers(1, 2)))
    ]
    silent = InhibitVolume(
        "silent",
        draw(st.sampled_from([("MSAW",), ("APM", "APW")])),
        draw(areas(on_lattice)),
        Limit(0.0, False),
        Limit(draw(st.sampled_from([1500.0, 9000.0])), draw(st.booleans())),
        *MADE,
    )
    nets = [
        draw(lifecycle_parameters()) | draw(prediction_parameters(on_lattice)) | {"minimum_track_age_s": 0.0}
        for _ in range(2)
    ]
    turning = {"hypotheses": draw(st.sampled_from(["straight", "straight", "any", "all"]))}
    joining = {
        "kinds": draw(st.just(("below",)) | st.sets(st.sampled_from(EVERY_KIND)).map(sorted).map(tuple)),
        "capture_splay_deg": draw(st.sampled_from([1.0, 5.0])),
        "require_runway": draw(st.sampled_from([False, False, True])),
        "go_around_fpm": draw(st.sampled_from([0.0, 500.0])),
    }
    joined = draw(lifecycle_parameters()) | draw(apm_parameters) | joining
    return site(
        minimum_altitudes=tuple(minimum(2000.0, area) for area in draw(st.lists(areas(on_lattice), max_size=1))),
        obstacles=(obstacle(draw(coordinates(on_lattice)), 0.0, 500.0, 1500.0),) * draw(st.integers(0, 1)),
        terrain=draw(st.none() | terrains(on_lattice)),
        approaches=tuple(draw(approaches(number)) for number in range(draw(st.integers(0, 3)))),
        volumes=tuple(draw(volumes(on_lattice, 0.0, number)) for number in range(draw(st.integers(0, 2)))),
        inhibit_volumes=(silent,) * draw(st.integers(0, 1)),
        pressure_regions=tuple(regions),
        parameters=parameters(
            msaw=nets[0] | turning,
            apm=joined,
            apw=nets[1] | turning,
        ),
    )


@st.composite
def flights_over(draw: st.DrawFn, here: Site, on_lattice: bool) -> Tracks:
    """Three tracks that jump about the site, near its approaches and far away; some plots lack something."""
    flown: list[dict[str, float]] = []
    for track in range(3):
        away = draw(st.sampled_from([1.0, 1.0, FAR]))
        near = [plots_near(final, any_rate_fpm | st.just(-700.0)) for final in here.approaches]
        for row in range(draw(st.integers(0, 10))):
            plot = draw(st.one_of(plots(on_lattice), *near))
            place = {name: away * plot[name] for name in ("x_m", "y_m")}
            more = {
                "time_s": 4.0 * row + draw(st.sampled_from([0.0, 0.0, 0.5])),
                "visual": draw(st.sampled_from([0, 0, 0, 1])),
                "on_ground": draw(st.sampled_from([0, 0, 0, 1])),
                "coasted": draw(st.sampled_from([0, 0, 0, 1])),
                "flags": draw(st.sampled_from([0, 0, 0, int(PlotFlag.STUCK), int(PlotFlag.DUPLICATE)])),
            }
            flown.append(plot | place | more | {"track": track})
            if draw(st.integers(0, 9)) == 0:
                flown[-1][draw(st.sampled_from(["x_m", "vx_mps", "altitude_ft", "vertical_rate_fpm"]))] = np.nan
    names = {"altitude_ft": "pressure_altitude_ft", "cleared_level_ft": "cleared_altitude_ft"}
    names |= {"selected_level_ft": "selected_altitude_ft"} | {name: name for name in KEPT}
    columns = {column: [plot.get(name, np.nan) for plot in flown] for name, column in names.items()}
    facts = {"callsign": CALLSIGNS, "ssr_code": SSR_CODES, "flight_rules": FLIGHT_RULES, "runway": ["0", "1", "2", ""]}
    return Tracks.from_columns(columns, facts, plane=PLANE)


@settings(max_examples=40)
@given(data=st.data(), on_lattice=lattices)
def test_a_random_site_gives_the_alerts_of_all_plots(data, on_lattice):
    here = data.draw(sites(on_lattice))
    tracks = data.draw(flights_over(here, on_lattice))
    note(str(tracks))
    watched = assert_same_alerts(tracks, here)
    assert hits_left_out(watched, candidates(tracks, here)) == {}


def test_more_alerts_than_the_first_log_holds_are_all_found():
    """Eighty flights dip below the minimum for one plot each: 160 events from 80 candidates, and room for 64 more."""
    here = site(
        minimum_altitudes=(minimum(2000.0, square(-5000.0, -5000.0, 5000.0, 5000.0)),),
        parameters=parameters(msaw={"look_ahead_s": 0.0, "minimum_duration_s": 0.0, "minimum_track_age_s": 0.0}),
    )
    dips = [
        {"track": track, "time_s": time_s, "altitude_ft": altitude_ft}
        for track in range(80)
        for time_s, altitude_ft in ((0.0, 2500.0), (4.0, 1500.0), (8.0, 2500.0), (12.0, 2500.0))
    ]
    watched = assert_same_alerts(tracks_of(picture(dips)), here)
    assert [(alert.track, alert.start_time_s) for alert in watched.alerts] == [(track, 4.0) for track in range(80)]


def test_below_the_minimum_in_an_inhibit_volume_is_no_candidate_and_beside_it_is_one():
    """The volume covers the west of the sector up to 3,000 ft; 1,500 ft is below the minimum on both sides."""
    west = InhibitVolume(
        "west", ("MSAW",), square(-9000.0, -9000.0, 0.0, 9000.0), Limit(0.0, False), Limit(3000.0, False), *MADE
    )
    here = site(
        minimum_altitudes=(minimum(2000.0, square(-9000.0, -9000.0, 9000.0, 9000.0)),),
        inhibit_volumes=(west,),
        parameters=parameters(msaw={"look_ahead_s": 0.0, "minimum_track_age_s": 0.0}),
    )
    seen = picture(
        [
            {"track": track, "x_m": x_m, "altitude_ft": 1500.0}
            for track, x_m in enumerate((-5000.0, -100.0, 100.0, 5000.0))
        ]
    )
    [rows] = [rows.tolist() for net, rows in candidates(tracks_of(seen), here).items() if net.name == "MSAW"]
    assert rows == [2, 3]


def assert_low_on_final_is_a_candidate(flown: list[dict[str, float]], here: Site) -> None:
    """The last of these plots is a hit of the APM, so that the coarse filter must keep it."""
    moving = {"vy_mps": 70.0, "vertical_rate_fpm": -700.0}
    tracks = tracks_of(picture([{**moving, **plot, "time_s": 4.0 * row} for row, plot in enumerate(flown)]))
    watched = judge(tracks, here)
    [found] = [found for found in watched.conflicts if found.net is APM]
    assert found.assessable[-1]
    assert found.time_to_violation_s[-1] < np.inf
    assert hits_left_out(watched, candidates(tracks, here)) == {}


def on_final(d_nm: float, above_ft: float, final: Approach | None = None, **more: float) -> dict[str, float]:
    altitude_ft = float(path_altitude_ft(final or approach(), d_nm)) + above_ft
    return {"y_m": -nm_to_m(d_nm), "altitude_ft": altitude_ft, **more}


@pytest.mark.parametrize(
    "flown",
    [
        pytest.param([on_final(8.5, 0.0, vertical_rate_fpm=-2000.0)], id="on the path, sinks below it in 15 s"),
        pytest.param([on_final(8.5, 130.0, vertical_rate_fpm=-2500.0)], id="above the highest limit, sinks below it"),
        pytest.param([on_final(8.6, -150.0), on_final(8.5, -200.0, vertical_rate_fpm=4000.0)], id="low, climbs above"),
    ],
)
def test_an_aircraft_that_is_low_on_final_now_or_in_15_s_is_a_candidate(flown):
    """At 8.5 NM the path is at 2,820 ft; nothing is monitored below more than 2,900 ft, 100 ft below the intercept."""
    here = site(
        approaches=(approach(intercept_altitude_ft=3000.0),), parameters=parameters(apm={"minimum_track_age_s": 0.0})
    )
    assert_low_on_final_is_a_candidate(flown, here)


def test_an_aircraft_that_turns_back_on_final_below_the_path_is_a_candidate():
    """Level 70 ft below the path, and outbound: in 15 s the path is 180 ft higher."""
    here = site(approaches=(approach(),), parameters=parameters(apm={"minimum_track_age_s": 0.0}))
    outbound = {"vy_mps": -70.0, "vertical_rate_fpm": 0.0}
    assert_low_on_final_is_a_candidate([on_final(5.1, 0.0), on_final(5.0, -70.0, **outbound)], here)


def test_a_hair_above_the_upper_limit_on_final_is_a_candidate():
    here = site(approaches=(approach(),), parameters=parameters(apm={"minimum_track_age_s": 0.0, "kinds": ("above",)}))
    sinking = on_final(5.0, 300.0 + ROUNDING_FT / 2.0, vertical_rate_fpm=-2000.0)
    assert_low_on_final_is_a_candidate([sinking], here)


STEEP, SHALLOW = approach(angle_deg=3.5), approach(name="RNP 36", x_m=40.0, angle_deg=2.5)


def test_low_on_a_steep_approach_is_a_candidate_on_the_very_course_of_a_shallow_one_beside():
    """It joined the steep one, which another takes over from only where its angle is smaller by 1 degree."""
    here = site(approaches=(STEEP, SHALLOW), parameters=parameters(apm={"minimum_track_age_s": 0.0}))
    flown = [on_final(5.1, 0.0, STEEP), on_final(5.0, -200.0, STEEP, x_m=40.0)]
    assert_low_on_final_is_a_candidate(flown, here)


def test_low_on_final_is_a_candidate_where_it_crosses_the_course_of_another_runway():
    """The other course is 50 degrees off: no flight on this one joins that, however near."""
    x_m, d_nm, east = 400.0, 5.0, np.radians(50.0)
    crossing = approach(
        name="ILS 05",
        runway="05",
        course_deg=50.0,
        true_course_deg=50.0,
        x_m=x_m + nm_to_m(d_nm) * np.sin(east),
        y_m=-nm_to_m(d_nm) + nm_to_m(d_nm) * np.cos(east),
        threshold_elevation_ft=-500.0,
    )
    here = site(approaches=(approach(), crossing), parameters=parameters(apm={"minimum_track_age_s": 0.0}))
    assert_low_on_final_is_a_candidate([on_final(d_nm, -200.0, x_m=x_m)], here)


@pytest.mark.parametrize(
    ("altitude_ft", "rate_fpm", "vx_mps"),
    [
        pytest.param(1999.5, 3000.0, 80.0, id="leaves both in a moment, upwards"),
        pytest.param(1500.0, 0.0, 50_000.0, id="so fast that its path is not walked"),
    ],
)
def test_inside_a_volume_and_below_a_minimum_is_a_candidate_of_both_nets(altitude_ft, rate_fpm, vx_mps):
    area = square(-9000.0, -9000.0, 9000.0, 9000.0)
    here = site(
        minimum_altitudes=(minimum(2000.0, area),),
        volumes=(volume(area, floor=Limit(1000.0, False), ceiling=Limit(2000.0, False)),),
        parameters=parameters(msaw={"minimum_track_age_s": 0.0}, apw={"minimum_track_age_s": 0.0}),
    )
    plot = {"altitude_ft": altitude_ft, "vertical_rate_fpm": rate_fpm, "vx_mps": vx_mps}
    found = {net.name: rows.tolist() for net, rows in candidates(tracks_of(picture([plot])), here).items()}
    assert (found["MSAW"], found["APW"]) == ([0], [0])


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_chunks_hold_all_tracks_and_the_last_are_small_so_that_the_threads_end_together(threads):
    start = np.arange(0, 10_000_001, 1000)
    found = chunks(start, threads)
    assert [first for first, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == len(start) - 1
    part = 10_000_000 / threads
    sizes = [start[end] - start[first] for first, end in found]
    assert max(sizes) < part
    assert sizes[-1] < 0.2 * part


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_gives_its_alerts(name):
    run = run_scenario(name)
    assert repr(alerts_of(run.tracks, run.site)) == repr(run.alerts)


def test_the_real_paris_traffic_gives_its_alerts_with_any_number_of_threads():
    here = load_site("paris", {"pressure_regions.*.qnh_hpa": 1028})
    recording = read_tracks(shipped_folder() / "data" / "paris-2021-10-07.parquet").tracks
    tracks = derive(clean(recording)).on_plane(here.plane)
    watched = assert_same_alerts(tracks, here, threads=3)
    assert len(watched.alerts) > 40
    assert repr(alerts_of(tracks, here, threads=1)) == repr(watched.alerts)
    sifted = candidates(tracks, here)
    assert hits_left_out(watched, sifted) == {}
    assert max(len(rows) for rows in sifted.values()) < len(tracks) / 10


def test_tracks_on_another_plane_are_refused():
    tracks = partial(Tracks.from_columns, {"time_s": [0.0], "track": [0]})
    with pytest.raises(TracksError, match="plane of the site"):
        alerts_of(tracks(plane=Plane(latitude_deg=47.0, longitude_deg=8.0)), site())


def test_no_plots_give_no_alerts():
    assert len(alerts_of(Tracks.from_columns({"time_s": [], "track": []}, plane=PLANE), site())) == 0


class EveryPlot(CoarseFilter):
    """A filter that lets every plot through, for every net that judges its track."""

    def candidates(self, first, end, judges):
        start = self.plots.start
        rows, lengths = np.arange(start[first], start[end]), np.diff(start[first : end + 1])
        return {net: rows[np.repeat(judged, lengths)] for net, judged in judges.items()}


@settings(max_examples=20)
@given(data=st.data(), on_lattice=lattices)
def test_alerts_do_not_depend_on_which_other_plots_are_taken_for_possible_hits(data, on_lattice):
    here = data.draw(sites(on_lattice))
    tracks = data.draw(flights_over(here, on_lattice))
    every = EveryPlot(**vars(coarse_filter_of(tracks, here)))
    chunks = [(0, len(every.plots.start) - 1)] * (len(tracks) > 0)
    alerts = in_order([follower_of(every).alerts(*chunk) for chunk in chunks])
    assert repr(alerts) == repr(judge(tracks, here).alerts)
