"""Every envelope against the same table read one moment at a time, on thousands of moments at random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetynets.airborne.judge import judge_state, spans
from safetynets.airborne.modes import NO_CONFIGURATION, REASONS, times_below_s
from safetynets.airborne.state import STEP_S
from safetynets.units import fpm_to_ftps
from tests.airborne.moments import mode, moments
from tests.nets import situations
from tests.oracle import airborne

COUNT = 6000


@pytest.fixture(scope="module")
def state():
    """Moments at random, many of them on the corners of the envelopes."""
    rng = np.random.default_rng(17)

    def any_of(low, high, *corners):
        values = rng.uniform(low, high, COUNT)
        picked = rng.random(COUNT) < 0.25
        return np.where(picked, rng.choice(corners, COUNT), values)

    return moments(
        COUNT * STEP_S,
        radio_ft=any_of(0.0, 2600.0, 10.0, 30.0, 150.0, 284.0, 300.0, 500.0, 789.0, 1220.0, 1500.0, 2450.0)
        * rng.choice([1.0, 0.2], COUNT),
        rate_fpm=any_of(-8000.0, 1000.0, -400.0, -500.0, -1000.0, 0.0, -700.0) * rng.choice([1.0, 0.2], COUNT),
        closure_fpm=any_of(-1000.0, 9000.0, 0.0, 3000.0),
        speed_kt=any_of(80.0, 330.0, 159.0, 190.0, 250.0, 280.0),
        dots=np.where(rng.random(COUNT) < 0.2, np.nan, any_of(-3.0, 4.0, -2.0, 0.0, 1.3, 2.0)),
        loss_ft=any_of(0.0, 200.0, 0.0),
        edge_nm=any_of(0.0, 14.9, 0.0, 0.05, 1.0, 1.5, 4.0, 5.0, 12.0),
        distance_nm=any_of(0.0, 14.9, 0.5, 1.0, 1.8, 2.3, 5.0),
        above_field_ft=any_of(-50.0, 800.0, 0.0, 200.0, 300.0, 350.0),
        climbs_away=rng.random(COUNT) < 0.3,
    )


def judged(name, state):
    flight = judge_state(state, [mode(name)])
    return flight.judged[mode(name)]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Mode 1 SINK RATE", lambda s, i: airborne.sink_rate(s.radio_ft[i], s.rate_fpm[i], s.dots[i])),
        ("Mode 1 PULL UP", lambda s, i: airborne.pull_up(s.radio_ft[i], s.rate_fpm[i])),
        (
            "Mode 3 DON'T SINK",
            lambda s, i: s.climbs_away[i] and airborne.sinks(s.radio_ft[i], s.loss_ft[i], s.rate_fpm[i]),
        ),
        ("Mode 5 GLIDESLOPE (soft)", lambda s, i: airborne.soft_glide_path(s.radio_ft[i], s.dots[i], s.rate_fpm[i])),
        ("Mode 5 GLIDESLOPE (hard)", lambda s, i: airborne.hard_glide_path(s.radio_ft[i], s.dots[i], s.rate_fpm[i])),
        ("TCF TOO LOW, TERRAIN", lambda s, i: airborne.terrain_floor(s.radio_ft[i], s.edge_nm[i])),
        ("RFCF TOO LOW, TERRAIN", lambda s, i: airborne.field_floor(s.above_field_ft[i], s.edge_nm[i])),
        (
            "PDA class C TOO LOW, TERRAIN",
            lambda s, i: airborne.premature_least(s.radio_ft[i], s.distance_nm[i], s.rate_fpm[i]),
        ),
        (
            "PDA TOO LOW, TERRAIN",
            lambda s, i: airborne.premature_product(s.above_field_ft[i], s.distance_nm[i], s.rate_fpm[i]),
        ),
    ],
)
def test_an_envelope_is_the_table_read_moment_by_moment(name, rule, state):
    found = judged(name, state)
    expected = np.array([rule(state, i) for i in range(COUNT)])
    assert not found.reason.any()
    assert 20 < expected.sum() < COUNT - 20
    np.testing.assert_array_equal(found.inside, expected)


def test_mode_2_judges_where_the_flaps_do_not_matter(state):
    found = judged("Mode 2 TERRAIN, PULL UP", state)
    answers = np.array(
        [
            [
                airborne.closure(
                    state.radio_ft[i],
                    state.closure_fpm[i],
                    state.rate_fpm[i],
                    state.speed_kt[i],
                    landing_flaps=flaps,
                    as_on_approach=bool(abs(state.dots[i]) < 2.0 or state.climbs_away[i]),
                )
                for i in range(COUNT)
            ]
            for flaps in (False, True)
        ]
    )
    _same_for_every_configuration(found, answers)


def test_mode_4_judges_where_gear_and_flaps_do_not_matter(state):
    found = judged("Mode 4 TOO LOW", state)
    answers = np.array(
        [
            [
                not state.climbs_away[i]
                and airborne.unsafe_terrain(state.radio_ft[i], state.speed_kt[i], gear_down=gear, landing_flaps=flaps)
                for i in range(COUNT)
            ]
            for gear, flaps in ((False, False), (True, False), (False, True), (True, True))
        ]
    )
    _same_for_every_configuration(found, answers)


def _same_for_every_configuration(found, answers):
    depends = answers.any(axis=0) & ~answers.all(axis=0)
    assert depends.sum() > 20
    assert answers.all(axis=0).sum() > 20
    np.testing.assert_array_equal(found.inside, answers.all(axis=0))
    np.testing.assert_array_equal(found.reason == REASONS.index(NO_CONFIGURATION), depends)


@pytest.mark.parametrize("warning", [False, True])
def test_the_forward_look_is_the_path_walked_in_small_steps(warning):
    rng = np.random.default_rng(3)
    count, cell_m = 300, 400.0
    heights_ft = rng.uniform(0.0, 1500.0, (60, 60))
    course = rng.uniform(0.0, 2.0 * np.pi, count)
    speed_kt = rng.uniform(70.0, 200.0, count)
    speed_mps = speed_kt * 1852.0 / 3600.0
    state = moments(
        count * STEP_S,
        terrain=situations.terrain(heights_ft, cell_m=cell_m, x0_m=-12_000.0, y0_m=-12_000.0),
        x_m=rng.uniform(-5000.0, 5000.0, count),
        y_m=rng.uniform(-5000.0, 5000.0, count),
        vx_mps=speed_mps * np.sin(course),
        vy_mps=speed_mps * np.cos(course),
        speed_kt=speed_kt,
        true_ft=rng.uniform(1200.0, 2600.0, count),
        radio_ft=500.0,
        rate_fpm=rng.choice([0.0, -300.0, -900.0, 600.0], count),
        distance_nm=rng.uniform(1.0, 20.0, count),
    )

    def elevation_ft(x_m, y_m):
        return heights_ft[int((y_m + 12_000.0) // cell_m), int((x_m + 12_000.0) // cell_m)]

    found = judged("FLTA " + ("TERRAIN AHEAD, PULL UP" if warning else "CAUTION TERRAIN"), state)
    differ = 0
    for i in range(count):
        look_s = airborne.looks_s(state.distance_nm[i], speed_kt[i]) * (0.5 if warning else 1.0)
        below_s = airborne.too_near_s(
            elevation_ft,
            state.x_m[i],
            state.y_m[i],
            state.vx_mps[i],
            state.vy_mps[i],
            state.true_ft[i],
            fpm_to_ftps(state.rate_fpm[i]),
            airborne.clearance_ft(state.distance_nm[i], state.rate_fpm[i]),
            look_s,
        )
        assert found.inside[i] or below_s == np.inf, "a step inside is a violation"
        differ += bool(found.inside[i]) != (below_s < np.inf)
        if below_s < np.inf:
            exact_s = found.margin[i] + look_s
            assert below_s - 0.051 <= exact_s <= below_s + 1e-6
    # What the steps miss is shorter than one of them.
    assert differ <= 2
    assert 50 < found.inside.sum() < 250


def test_a_ridge_thinner_than_a_step_is_not_missed():
    heights_ft = np.zeros((4, 4000))
    heights_ft[:, 3000] = 3000.0
    terrain = situations.terrain(heights_ft, cell_m=1.0, x0_m=0.0, y0_m=-2.0)
    state = moments(terrain=terrain, x_m=0.5, y_m=0.5, vx_mps=300.0, vy_mps=0.0, true_ft=2000.0)
    times_s = times_below_s(state, state.true_ft, np.full(len(state), 12.0), np.zeros(len(state)))
    assert times_s == pytest.approx(2999.5 / 300.0)


@given(st.lists(st.booleans(), max_size=60), st.sampled_from([0.0, 0.2, 0.8, 1.0, 2.0]))
def test_an_alert_begins_when_the_envelope_has_been_held(inside, held_s):
    found = [start for start, _ in spans(np.array(inside, dtype=bool), held_s)]
    assert found == airborne.held(inside, held_s, STEP_S)
