"""STCA against the oracle, on thousands of random pairs, and what must not matter: mirror, exchange, up and down."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.altimetry import pressure_altitude_ft
from safetynets.engine.reasons import Kind, Reason
from safetynets.errors import SiteError
from safetynets.nets.stca import NET as STCA
from safetynets.nets.stca.parameters import StcaParameters
from safetynets.sites.geometry import Desk, Limit, PressureRegion, Site
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets import situations
from tests.nets.pairs_of_aircraft import columns_of, judged, plots_of_pairs, tracks_of_pairs
from tests.oracle import stca
from tests.oracle.comparison import assert_first_violation
from tests.oracle.plots import Plot
from tests.oracle.slack import POSSIBLY, SURELY, Slack

NOW_S = 1000.0
QNHS_HPA = [1013.25, 1003.0]
LEVELS_FT = [3000.0, 4000.0, 6000.0, 7000.0]
KNIFE_EDGE = 1e-6


def site_with(qnh_hpa: float = 1013.25, **values: Any) -> Site:
    region = PressureRegion("everywhere", None, ((-math.inf, qnh_hpa),), 5000.0, 60.0, "made by hand")
    return situations.site(pressure_regions=(region,), parameters=Parameters(stca=StcaParameters(**values)))


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    vertical_ft = draw(st.sampled_from([500.0, 750.0, 900.0]))
    return {
        "look_ahead_s": draw(st.sampled_from([0.0, 12.0, 20.0])),
        "look_ahead_terminal_s": draw(st.sampled_from([0.0, 7.3, 15.0])),
        "lateral_nm": draw(st.sampled_from([0.5, 1.0, 2.0])),
        "lateral_terminal_nm": draw(st.sampled_from([0.3, 0.7])),
        "vertical_ft": vertical_ft,
        "vertical_level_off_ft": draw(st.sampled_from([vertical_ft, 400.0])),
        "vertical_current_ft": draw(st.sampled_from([400.0, 800.0])),
        "vertical_diverging_ft": draw(st.sampled_from([300.0, 650.0, 950.0])),
        "diverging_share": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "fast_divergence_kt": draw(st.sampled_from([0.0, 50.0, 150.0, 1500.0])),
        "crossed_angle_deg": draw(st.sampled_from([0.0, 15.0, 90.0, 170.0])),
        "major_share": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "floor_ft": draw(st.sampled_from([-2000.0, 2500.0, 4000.0])),
        "terminal_radius_nm": draw(st.sampled_from([0.0, 1.0, 60.0])),
        "terminal_ceiling_ft": draw(st.sampled_from([4500.0, 15_000.0])),
        "use_cleared_level": draw(st.booleans()),
        "use_selected_level": draw(st.booleans()),
        "level_off_tolerance_ft": draw(st.sampled_from([0.0, 200.0])),
        "hysteresis_m": draw(st.sampled_from([0.0, 200.0])),
        "hysteresis_ft": draw(st.sampled_from([0.0, 50.0])),
        "hysteresis_s": draw(st.sampled_from([0.0, 2.0])),
    }


metres = st.one_of(
    st.sampled_from([0.0, 926.0, 1852.0, -3704.0]), st.floats(-4000.0, 4000.0).map(lambda m: round(m, 2))
)
# To a millimetre a second: the course of an aircraft that moves by less than an atom in a day is a matter of rounding.
speeds_mps = st.one_of(
    st.sampled_from([0.0, 80.0, -80.0, 150.0, -200.0]), st.floats(-250.0, 250.0).map(lambda mps: round(mps, 3))
)
levels_ft = st.one_of(st.just(math.nan), st.sampled_from(LEVELS_FT))


@st.composite
def aircraft(draw: st.DrawFn) -> dict[str, float]:
    return {
        "time_s": NOW_S - draw(st.sampled_from([0.0, 0.0, 1.0, 3.7, 9.0])),
        "x_m": draw(metres),
        "y_m": draw(metres),
        "vx_mps": draw(speeds_mps),
        "vy_mps": draw(speeds_mps),
        "pressure_altitude_ft": draw(st.sampled_from(LEVELS_FT)) + draw(st.sampled_from([0.0, 100.0, -150.0, 500.0])),
        "vertical_rate_fpm": draw(st.sampled_from([0.0, 0.0, 600.0, -1200.0, 3000.0, -6000.0, 77.7])),
        "cleared_altitude_ft": draw(levels_ft),
        "selected_altitude_ft": draw(levels_ft),
    }


pairs = st.lists(st.tuples(aircraft(), aircraft()), min_size=1, max_size=12)


def tracks_from(drawn: list[tuple[dict[str, float], dict[str, float]]]) -> Tracks:
    return tracks_of_pairs(columns_of([one for one, _ in drawn]), columns_of([other for _, other in drawn]))


@settings(max_examples=100)
@given(values=rules(), qnh_hpa=st.sampled_from(QNHS_HPA), drawn=pairs)
def test_stca_finds_what_the_oracle_finds(values, qnh_hpa, drawn):
    here, tracks = site_with(qnh_hpa, **values), tracks_from(drawn)
    found = judged(STCA, tracks, here)
    for row, (one, other) in enumerate(plots_of_pairs(tracks, here)):
        note(f"{one}\n{other}")
        at_s, limits = max(one.time_s, other.time_s), here.parameters.stca
        if is_on_a_knife_edge(one, other, at_s, limits):
            continue
        if stca.too_low(one, other, at_s, limits):
            assert found.reason[row] == Reason.TOO_LOW
            continue
        assert found.assessable[row]
        minima = stca.minima(one, other, at_s, limits)
        held = stca.held(minima, stca.diverges_fast(one, other, at_s, limits), limits)
        major = stca.share_of(minima, limits.major_share)
        time_s, hold_s = found.time_to_violation_s[row], found.hold_time_to_violation_s[row]
        assert_first(time_s, one, other, at_s, minima, limits)
        assert_first(hold_s, one, other, at_s, held, limits)
        assert hold_s <= time_s
        terminal = stca.in_terminal_area(one, at_s, limits) and stca.in_terminal_area(other, at_s, limits)
        assert found.areas[found.area[row]] == ("terminal area" if terminal else "en-route airspace")
        assert_kind_and_severity(found, row, one, other, at_s, minima, major, limits)
        apart_m, apart_ft = stca.separation(one, other, at_s, limits)
        assert found.margin_m[row] == _about(apart_m - minima.lateral_m)
        vertical_ft = max(minima.current_ft, minima.predicted_ft)
        assert found.margin_ft[row] == _about(apart_ft - vertical_ft)
        from_limit_ft = abs(stca.place(one, at_s, limits)[2] - found.minimum_ft[row])
        assert from_limit_ft == _about(abs(apart_ft - vertical_ft))


def _about(value: float) -> Any:
    return pytest.approx(value, abs=1e-6)


def assert_first(
    found_s: float, one: Plot, other: Plot, at_s: float, minima: stca.Minima, limits: StcaParameters
) -> None:
    """Found is where the steps see it: a violation at the end of the look-ahead is none, for it begins after it."""

    def violated(tau_s: float, slack: Slack) -> bool:
        sure_of_the_end = slack.ft < 0.0 and tau_s == minima.look_ahead_s and tau_s > 0.0
        return not sure_of_the_end and stca.infringed(one, other, at_s, tau_s, minima, limits, slack)

    assert_first_violation(found_s, minima.look_ahead_s, violated, possible=Slack(1e-3, 1e-3))


def assert_kind_and_severity(found, row, one, other, at_s, minima, major, limits):
    time_s = found.time_to_violation_s[row]
    if math.isinf(time_s):
        assert (found.kind[row], found.severe[row]) == (Kind.NONE, False)
        return

    def now(vertical_ft: float, slack: Slack) -> bool:
        apart_m, apart_ft = stca.separation(one, other, at_s, limits)
        return apart_m < minima.lateral_m + slack.m and apart_ft < vertical_ft + slack.ft

    current = found.kind[row] == Kind.CURRENT_PROXIMITY
    assert now(minima.current_ft, SURELY) <= current <= now(minima.current_ft, POSSIBLY)
    steps = [step / 20.0 for step in range(math.floor(20.0 * major.look_ahead_s))]
    surely = any(stca.infringed(one, other, at_s, tau_s, major, limits, SURELY) for tau_s in steps)
    assert not surely or found.severe[row]
    if found.severe[row]:
        finer = [step / 200.0 for step in range(math.floor(200.0 * major.look_ahead_s) + 1)]
        # A step of 5 ms at 500 m/s closing and 200 ft/s is 2.5 m and 1 ft.
        assert any(stca.infringed(one, other, at_s, tau_s, major, limits, Slack(2.5, 1.0)) for tau_s in finer)


def is_on_a_knife_edge(one: Plot, other: Plot, at_s: float, limits: StcaParameters) -> bool:
    """Whether rounding decides which minima apply."""
    rate_mps = stca.range_rate_mps(one, other, at_s, limits)
    rates = [rate_mps, rate_mps - limits.fast_divergence_kt * stca.MPS_PER_KT]
    angle_deg = stca.angle_of_courses_deg(one, other)
    times_s = stca.times_to_crossing_s(one, other, at_s, limits)
    parallel = min(abs(math.sin(math.radians(angle_deg))), 1.0) < KNIFE_EDGE
    edges = [*rates, angle_deg - limits.crossed_angle_deg, *(() if parallel else times_s)]
    for plot in (one, other):
        x, y, up = stca.place(plot, at_s, limits)
        edges.append(math.hypot(x, y) - limits.terminal_radius_nm * stca.M_PER_NM)
        edges += [up - limits.terminal_ceiling_ft, up - limits.floor_ft]
        levels = (plot.cleared_level_ft, plot.selected_level_ft)
        edges += [abs(level - plot.altitude_ft) - limits.level_off_tolerance_ft for level in levels]
        edges += [level - plot.altitude_ft for level in levels if level != plot.altitude_ft]
    # Exact zeros are no matter of rounding where both compute them without any.
    return any(0.0 < abs(edge) < KNIFE_EDGE for edge in edges) or (parallel and rate_mps != 0.0)


def numbers(found, rows=slice(None)) -> dict[str, np.ndarray]:
    names = ("time_to_violation_s", "hold_time_to_violation_s", "margin_ft", "margin_m", "severe", "kind", "area")
    return {name: getattr(found, name)[rows] for name in names}


@settings(max_examples=30)
@given(values=rules(), drawn=pairs)
def test_the_aircraft_of_a_pair_may_be_exchanged(values, drawn):
    here = site_with(**values)
    found, exchanged = (
        judged(STCA, tracks_from(some), here) for some in (drawn, [(other, one) for one, other in drawn])
    )
    for name, column in numbers(found).items():
        np.testing.assert_array_equal(getattr(exchanged, name), column, err_msg=name)


@settings(max_examples=30)
@given(values=rules(), drawn=pairs)
def test_a_mirror_changes_nothing(values, drawn):
    here = site_with(**values)
    mirrored = [tuple({**each, "x_m": -each["x_m"], "vx_mps": -each["vx_mps"]} for each in pair) for pair in drawn]
    found, again = judged(STCA, tracks_from(drawn), here), judged(STCA, tracks_from(mirrored), here)
    for name, column in numbers(found).items():
        np.testing.assert_array_equal(getattr(again, name), column, err_msg=name)


@settings(max_examples=30)
@given(values=rules(), drawn=pairs)
def test_above_is_the_mirror_of_below(values, drawn):
    """Everything vertical is mirrored about 5,000 ft, where neither floor nor terminal area is in the way."""
    here = site_with(**{**values, "floor_ft": -2000.0, "terminal_ceiling_ft": 60_000.0})

    def turned_over(each: dict[str, float]) -> dict[str, float]:
        flipped = {name: 10_000.0 - each[name] for name in each if name.endswith("altitude_ft")}
        return each | flipped | {"vertical_rate_fpm": -each["vertical_rate_fpm"]}

    found = judged(STCA, tracks_from(drawn), here)
    again = judged(STCA, tracks_from([(turned_over(one), turned_over(other)) for one, other in drawn]), here)
    for name in ("time_to_violation_s", "hold_time_to_violation_s", "margin_ft"):
        np.testing.assert_allclose(getattr(again, name), getattr(found, name), atol=1e-6, err_msg=name)
    np.testing.assert_array_equal(again.kind, found.kind)


def meeting(**more: float) -> tuple[dict[str, float], dict[str, float]]:
    """Head on at 200 m/s each from 40 km apart, level at 10,000 ft, both plots now."""
    still = {"vertical_rate_fpm": 0.0, "cleared_altitude_ft": math.nan, "selected_altitude_ft": math.nan}
    east = {"time_s": NOW_S, "x_m": 60_000.0, "y_m": 0.0, "vx_mps": 200.0, "vy_mps": 0.0}
    west = {"time_s": NOW_S, "x_m": 100_000.0, "y_m": 0.0, "vx_mps": -200.0, "vy_mps": 0.0}
    level = {"pressure_altitude_ft": 10_000.0, **still}
    return {**level, **east}, {**level, **west, **more}


def one_pair(pair: tuple[dict[str, float], dict[str, float]], **values: Any) -> dict[str, Any]:
    found = judged(STCA, tracks_from([pair]), site_with(**values))
    return {name: column[0] for name, column in numbers(found).items()}


@pytest.mark.requirement("REQ-STCA")
def test_head_on_both_minima_are_lost_when_five_miles_are_left():
    # 40,000 m close at 400 m/s to 9,260 m.
    assert one_pair(meeting())["time_to_violation_s"] == _about((40_000.0 - 5 * 1852.0) / 400.0)


@pytest.mark.requirement("REQ-STCA")
def test_a_thousand_feet_of_separation_are_enough_and_seven_hundred_are_not():
    assert one_pair(meeting(pressure_altitude_ft=11_000.0))["time_to_violation_s"] == math.inf
    assert one_pair(meeting(pressure_altitude_ft=10_700.0))["time_to_violation_s"] < 120.0


def test_a_descent_to_a_cleared_level_a_thousand_feet_above_is_no_conflict():
    descending = {"pressure_altitude_ft": 14_000.0, "vertical_rate_fpm": -3000.0}
    # 4,000 ft at 50 ft/s: 750 ft above after 65 s, when 14 km are left; 5 NM are left at 76.9 s.
    assert one_pair(meeting(**descending))["time_to_violation_s"] == _about((40_000.0 - 5 * 1852.0) / 400.0)
    assert one_pair(meeting(**descending, cleared_altitude_ft=11_000.0))["time_to_violation_s"] == math.inf
    past = {"pressure_altitude_ft": 10_700.0, "vertical_rate_fpm": -600.0, "cleared_altitude_ft": 11_000.0}
    assert one_pair(meeting(**past))["time_to_violation_s"] < math.inf


def test_a_pair_that_has_passed_and_diverges_is_held_against_half_the_distance():
    apart = {"x_m": 60_000.0 - 6000.0}
    assert one_pair(meeting(**apart))["time_to_violation_s"] == math.inf
    assert one_pair(meeting(**apart), diverging_share=1.0)["kind"] == Kind.CURRENT_PROXIMITY
    assert one_pair(meeting(x_m=60_000.0 - 4000.0))["time_to_violation_s"] == 0.0


def test_the_positions_of_two_plots_are_brought_to_one_moment():
    older = meeting(time_s=NOW_S - 10.0)
    # In ten seconds the second aircraft has flown 2,000 m.
    assert one_pair(older)["time_to_violation_s"] == _about((40_000.0 - 2000.0 - 5 * 1852.0) / 400.0)


def test_a_level_reached_since_the_plot_is_kept():
    level_off = {"pressure_altitude_ft": 11_100.0, "vertical_rate_fpm": -3000.0, "cleared_altitude_ft": 11_000.0}
    # 100 ft at 50 ft/s take 2 s; without the level it would be 400 ft lower by now.
    assert one_pair(meeting(**level_off, time_s=NOW_S - 10.0))["margin_ft"] == _about(1000.0 - 800.0)
    assert one_pair(meeting(**level_off, time_s=NOW_S - 10.0))["time_to_violation_s"] == math.inf


def test_exactly_the_minimum_is_separation():
    assert one_pair(meeting(pressure_altitude_ft=10_750.0))["time_to_violation_s"] == math.inf
    assert one_pair(meeting(pressure_altitude_ft=10_749.0))["time_to_violation_s"] < math.inf
    assert one_pair(meeting(x_m=60_000.0 + 5 * 1852.0, vx_mps=200.0))["time_to_violation_s"] == math.inf
    near = {"x_m": 60_000.0 + 5 * 1852.0 - 1.0, "vx_mps": 200.0}
    assert one_pair(meeting(**near, pressure_altitude_ft=10_800.0))["time_to_violation_s"] == math.inf
    assert one_pair(meeting(**near, pressure_altitude_ft=10_799.0))["time_to_violation_s"] == 0.0


def test_the_terminal_area_counts_where_both_are_in_it():
    both = {"x_m": 10_000.0}, {"x_m": 30_000.0}
    one, other = meeting()
    inside = ({**one, **both[0]}, {**other, **both[1]})
    assert one_pair(inside)["time_to_violation_s"] == _about((20_000.0 - 3 * 1852.0) / 400.0)
    outside = ({**one, "x_m": 45_000.0}, {**other, "x_m": 65_000.0})
    assert one_pair(outside)["time_to_violation_s"] == _about((20_000.0 - 5 * 1852.0) / 400.0)


def test_the_terminal_area_may_be_the_delivery_volumes_of_desks():
    one, other = meeting()
    pair = ({**one, "x_m": 45_000.0}, {**other, "x_m": 65_000.0})
    desk = Desk(
        name="Approach",
        nets=("STCA",),
        area=situations.square(40_000.0, -9000.0, 70_000.0, 9000.0),
        x_m=0.0,
        y_m=0.0,
        radius_m=0.0,
        floor=Limit(5000.0, False),
        ceiling=Limit(10_000.0, True),
        relay_to="",
        relay_by=None,
        source="made by hand",
        illustrative=True,
    )
    for moved_m, lateral_nm in ((0.0, 3.0), (-5001.0, 5.0)):
        moved = tuple({**each, "x_m": each["x_m"] + moved_m} for each in pair)
        here = replace(site_with(terminal_desks=("Approach",)), desks=(desk,))
        [time_s] = judged(STCA, tracks_from([moved]), here).time_to_violation_s
        assert time_s == _about((20_000.0 - lateral_nm * 1852.0) / 400.0)
    with pytest.raises(SiteError, match="no desk is called 'Tower'"):
        judged(STCA, tracks_from([pair]), site_with(terminal_desks=("Tower",)))


def test_altitudes_of_two_pressure_regions_are_compared_as_pressure_altitudes():
    """The same pressure altitude is the same level, whatever the QNH on either side."""
    west = PressureRegion("west", situations.square(-2e5, -2e5, 8e4, 2e5), ((0.0, 990.0),), 5000.0, 60.0, "by hand")
    east = PressureRegion("east", None, ((0.0, 1030.0),), 5000.0, 60.0, "by hand")
    here = replace(site_with(), pressure_regions=(west, east))
    found = judged(STCA, tracks_from([meeting(pressure_altitude_ft=10_100.0)]), here)
    assert found.margin_ft[0] == _about(100.0 - 800.0)
    assert pressure_altitude_ft(990.0) - pressure_altitude_ft(1030.0) > 1000.0


def brute_force_s(one: dict[str, np.ndarray], other: dict[str, np.ndarray], step_s: float = 0.01) -> np.ndarray:
    """First step at which both minima are lost, of pairs without levels: every step of 0.01 s, nothing clever."""
    first_s = np.full(len(one["x_m"]), math.inf)
    for step in range(round(120.0 / step_s), -1, -1):
        tau_s = step * step_s
        apart_m = np.hypot(
            other["x_m"] - one["x_m"] + (other["vx_mps"] - one["vx_mps"]) * tau_s,
            other["y_m"] - one["y_m"] + (other["vy_mps"] - one["vy_mps"]) * tau_s,
        )
        rate_ftps = (other["vertical_rate_fpm"] - one["vertical_rate_fpm"]) / 60.0
        apart_ft = other["pressure_altitude_ft"] - one["pressure_altitude_ft"] + rate_ftps * tau_s
        first_s[(apart_m < 5 * 1852.0) & (np.abs(apart_ft) < 750.0)] = tau_s
    return first_s


def random_pairs(count: int, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Pairs within 40 km and 6,000 ft, at 60 to 260 m/s, climbing or descending at up to 3,000 ft/min."""
    draw, both = np.random.default_rng(seed), []
    for _ in range(2):
        speed_mps, course_rad = draw.uniform(60.0, 260.0, count), draw.uniform(0.0, 2.0 * math.pi, count)
        both.append(
            {
                "time_s": np.full(count, NOW_S),
                "x_m": draw.uniform(-20_000.0, 20_000.0, count),
                "y_m": draw.uniform(-20_000.0, 20_000.0, count),
                "vx_mps": speed_mps * np.sin(course_rad),
                "vy_mps": speed_mps * np.cos(course_rad),
                "pressure_altitude_ft": draw.uniform(10_000.0, 16_000.0, count),
                "vertical_rate_fpm": draw.choice([0.0, 1.0], count) * draw.uniform(-3000.0, 3000.0, count),
            }
        )
    return both[0], both[1]


PLAIN = {
    "terminal_radius_nm": 0.0,
    "vertical_current_ft": 750.0,
    "vertical_diverging_ft": 750.0,
    "diverging_share": 1.0,
    "floor_ft": -2000.0,
}
"""No terminal area, and the same minima for every pair."""


def disagreement(count: int, seed: int) -> tuple[int, float, int]:
    """Of random pairs: how many infringe, the largest difference (s) to brute force, and how many one of them misses.

    An infringement shorter than a step may fall between two steps; it is no miss of the closed form.
    """
    one, other = random_pairs(count, seed)
    exact_s = judged(STCA, tracks_of_pairs(one, other), site_with(**PLAIN)).time_to_violation_s
    stepped_s = brute_force_s(one, other)
    both = np.isfinite(exact_s) & np.isfinite(stepped_s)
    missed = np.isinf(exact_s) & np.isfinite(stepped_s) & (stepped_s < 120.0)
    return int(both.sum()), float(np.abs(exact_s[both] - stepped_s[both]).max()), int(missed.sum())


def test_the_closed_form_agrees_with_brute_force_at_a_hundredth_of_a_second():
    infringing, largest_s, missed = disagreement(3000, seed=17)
    assert infringing > 100
    # The step at or after the exact moment is at most a hundredth of a second later.
    assert largest_s <= 0.01 + 1e-6
    assert missed == 0
