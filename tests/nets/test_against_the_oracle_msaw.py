"""MSAW against the oracle, on thousands of random situations."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, note, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.reasons import Kind, Reason
from safetynets.engine.states import judge_states
from safetynets.nets.msaw import NET as MSAW
from safetynets.sites.geometry import Site
from tests.nets.random_situations import areas, coordinates, lattices, plots, prediction_parameters, terrains
from tests.nets.situations import minimum, obstacle, parameters, picture, site, square, terrain, tracks_of
from tests.oracle.comparison import assert_between, assert_first_violation
from tests.oracle.msaw import MsawOracle
from tests.oracle.plots import Plot, plots_of
from tests.oracle.prediction import straight
from tests.oracle.slack import HAIR_FT, HAIR_M, LETTER, POSSIBLY, SURELY, Slack

PLOTS = 10


@st.composite
def sites(draw: st.DrawFn, on_lattice: bool) -> Site:
    minimum_altitudes = [
        minimum(draw(st.sampled_from([0.0, 1000.0, 2000.0, 2000.0, 3000.0])), area, f"sector {number}")
        for number, area in enumerate(draw(st.lists(areas(on_lattice), max_size=4)))
    ]
    obstacles = [
        obstacle(draw(coordinates(on_lattice)), draw(coordinates(on_lattice)), radius_m, 1500.0, f"mast {number}")
        for number, radius_m in enumerate(draw(st.lists(st.sampled_from([0.0, 500.0, 1234.5]), max_size=2)))
    ]
    msaw = draw(prediction_parameters(on_lattice)) | {
        "below_minimum_ft": draw(st.sampled_from([0.0, 100.0])),
        "terrain_clearance_ft": draw(st.sampled_from([0.0, 500.0])),
        "horizontal_buffer_m": draw(st.sampled_from([0.0, 0.0, 500.0, 500.5, 1200.0])),
    }
    return site(
        minimum_altitudes=tuple(minimum_altitudes),
        obstacles=tuple(obstacles),
        terrain=draw(st.none() | terrains(on_lattice)),
        parameters=parameters(msaw=msaw),
    )


@settings(max_examples=80)
@given(data=st.data(), on_lattice=lattices)
def test_msaw_finds_what_the_oracle_finds(data, on_lattice):
    here = data.draw(sites(on_lattice))
    seen = picture(data.draw(st.lists(plots(on_lattice), min_size=1, max_size=2 * PLOTS)))
    found = judge_states(MSAW, seen, tracks_of(seen), here)[0]
    oracle = MsawOracle(here)
    for row, plot in enumerate(plots_of(seen)):
        note(str(plot))
        assert_same_judgement(found, row, plot, oracle, on_lattice)


def assert_same_judgement(found: Conflicts, row: int, plot: Plot, oracle: MsawOracle, on_lattice: bool) -> None:
    reason = Reason(int(found.reason[row]))
    assert found.assessable[row] == (reason is Reason.JUDGED)
    sure, possible = (LETTER, LETTER) if on_lattice else (SURELY, POSSIBLY)
    if reason is Reason.OUTSIDE_COVERAGE:
        assert not oracle.covered(plot.x_m, plot.y_m, sure)
        return
    assert oracle.covered(plot.x_m, plot.y_m, possible)

    least, most = (oracle.floor_ft(plot.x_m, plot.y_m, slack) for slack in (sure, possible))
    assert_between(found.margin_ft[row], plot.altitude_ft - most, plot.altitude_ft - least)
    assert found.altitude_ft[row] == plot.altitude_ft
    assert math.isnan(found.margin_m[row])
    assert found.severe[row] == (found.time_to_violation_s[row] == 0.0)

    msaw = oracle.parameters
    levels_are_exact = Slack(HAIR_M, 0.0 if on_lattice else HAIR_FT)
    if reason is Reason.PATH_LEAVES_COVERAGE:
        assert oracle.time_to_violation_s(plot, straight, SURELY) == math.inf
        assert not is_surely_covered(plot, oracle)
        assert found.kind[row] == Kind.NONE
        return
    time_s = found.time_to_violation_s[row]
    if not 0.0 < time_s < math.inf:
        assert_between(found.minimum_ft[row], least, most)
    assert_first_violation(
        time_s,
        msaw.look_ahead_s,
        lambda tau_s, slack: oracle.violated(plot, tau_s, straight, slack=slack),
        possible=levels_are_exact,
        whole_seconds_by_the_letter=on_lattice,
    )
    hold_s = found.hold_time_to_violation_s[row]
    assert_first_violation(
        hold_s,
        msaw.look_ahead_s + msaw.hysteresis_s,
        lambda tau_s, slack: oracle.violated(plot, tau_s, straight, higher_ft=msaw.hysteresis_ft, slack=slack),
        possible=levels_are_exact,
        whole_seconds_by_the_letter=on_lattice,
    )
    assert hold_s <= time_s
    if math.isinf(time_s):
        assert oracle.path_is_covered(plot, straight, POSSIBLY)
        assert found.kind[row] == Kind.NONE
    else:
        assert found.kind[row] == Kind.BELOW


def is_surely_covered(plot: Plot, oracle: MsawOracle) -> bool:
    """Shapely's word on the straight path, because the steps would stride over a thin gap."""
    parts = [sector.area for sector in oracle.site.minimum_altitudes]
    terrain = oracle.site.terrain
    if terrain is not None:
        for row, column in np.argwhere(np.isfinite(terrain.elevation_ft)):
            west, south = terrain.x0_m + column * terrain.cell_m, terrain.y0_m + row * terrain.cell_m
            parts.append(box(west, south, west + terrain.cell_m, south + terrain.cell_m))
    end = straight(plot, oracle.parameters.look_ahead_s)
    path = LineString([(plot.x_m, plot.y_m), end])
    surely = shapely.union_all(parts).buffer(-HAIR_M)
    return surely.covers(path if path.length > 0.0 else shapely.Point(plot.x_m, plot.y_m))


@settings(max_examples=80)
@given(
    altitude_ft=st.floats(2000.0, 40_000.0),
    rate_fpm=st.floats(-6000.0, -1.0),
    minimum_ft=st.sampled_from([1000.0, 1700.0, 2000.0]),
)
def test_a_descent_cleared_to_exactly_the_minimum_altitude_stays_silent_however_long_it_is(
    altitude_ft, rate_fpm, minimum_ft
):
    here = site(
        minimum_altitudes=(minimum(minimum_ft, square(-50_000, -50_000, 50_000, 50_000)),),
        parameters=parameters(msaw={"look_ahead_s": 180.0}),
    )
    seen = picture([{"altitude_ft": altitude_ft, "vertical_rate_fpm": rate_fpm, "cleared_level_ft": minimum_ft}])
    assert judge_states(MSAW, seen, tracks_of(seen), here)[0].time_to_violation_s[0] == math.inf


def test_a_speed_too_small_to_be_squared_is_standing_still():
    here = site(
        minimum_altitudes=(minimum(1000.0, square(-500, -500, 500, 500)),),
        obstacles=(obstacle(0.0, 0.0, 300.0, 1800.0),),
    )
    seen = picture([{"vx_mps": 1e-200, "altitude_ft": 2000.0}, {"vy_mps": -1e-310, "altitude_ft": 2500.0}])
    assert judge_states(MSAW, seen, tracks_of(seen), here)[0].time_to_violation_s.tolist() == [0.0, math.inf]


def test_on_the_edge_of_a_ridge_and_flying_away_from_it_is_still_below_it_now():
    here = site(terrain=terrain([[1800.0, 0.0, 0.0]]), parameters=parameters(msaw={"terrain_clearance_ft": 500.0}))
    seen = picture([{"x_m": 500.0, "y_m": 250.0, "vx_mps": 10.0, "altitude_ft": 2000.0}])
    found = judge_states(MSAW, seen, tracks_of(seen), here)[0]
    assert (found.time_to_violation_s[0], found.hold_time_to_violation_s[0], found.margin_ft[0]) == (0.0, 0.0, -300.0)


CORNERS_M = [(0.0, 0.0), (2000.0, 0.0), (2000.0, 2000.0), (0.0, 2000.0)]
# Start and velocity of level flights at 1,500 ft, and when they cross into the sector: by hand, along x or y alone.
CROSSINGS = [
    ((-1000.0, 500.0, 100.0, 50.0), 10.0),  # the western edge, at y = 1,000 m
    ((1000.0, -500.0, 25.0, 50.0), 10.0),  # the southern, at x = 1,250 m
    ((3000.0, 1500.0, -100.0, -25.0), 10.0),  # the eastern, at y = 1,250 m
    ((500.0, 2600.0, 50.0, -60.0), 10.0),  # the northern, at x = 1,000 m
    ((-1000.0, 3500.0, 100.0, 50.0), math.inf),  # none: past the north-western corner
]


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("turn", [1, -1])
def test_a_path_crosses_into_a_sector_at_the_same_moment_from_whichever_corner_it_is_drawn(first, turn):
    here = site(
        minimum_altitudes=(
            minimum(0.0, square(-50_000.0, -50_000.0, 50_000.0, 50_000.0), "all around"),
            minimum(2000.0, Polygon([CORNERS_M[(first + turn * k) % 4] for k in range(4)])),
        ),
        parameters=parameters(msaw={"look_ahead_s": 30.0}),
    )
    names = ("x_m", "y_m", "vx_mps", "vy_mps")
    seen = picture([dict(zip(names, path, strict=True)) | {"altitude_ft": 1500.0} for path, _ in CROSSINGS])
    found = judge_states(MSAW, seen, tracks_of(seen), here)[0]
    # Whole metres and seconds: the rounding of a division.
    assert found.time_to_violation_s.tolist() == pytest.approx([time_s for _, time_s in CROSSINGS], abs=1e-9)


@pytest.mark.parametrize(
    ("x_m", "y_m", "covered"),
    [(500.0, 500.0, True), (1000.0, 1000.0, True), (1500.0, 1500.0, False), (1001.0, 1000.0, False)],
)
def test_beside_a_slanting_edge_is_outside_though_within_the_box_around_it(x_m, y_m, covered):
    """A triangle with its right angle at the origin; the slanting edge goes through (1000, 1000) and is part of it."""
    here = site(minimum_altitudes=(minimum(2000.0, Polygon([(0.0, 0.0), (2000.0, 0.0), (0.0, 2000.0)])),))
    seen = picture([{"x_m": x_m, "y_m": y_m, "altitude_ft": 1500.0}])
    found = judge_states(MSAW, seen, tracks_of(seen), here)[0]
    assert Reason(int(found.reason[0])) is (Reason.JUDGED if covered else Reason.OUTSIDE_COVERAGE)
