"""Intervals, the time there is, the procedure, and what the answer hangs on."""

from __future__ import annotations

import numpy as np
import pytest

from safetynets.response import chain_of, draw, outcome_of, sobol, spoken_call, swings, timeline
from safetynets.response.encounter import straight_encounter
from safetynets.response.outcome import difference_of_shares, latest_manoeuvre_s, quantile, share_of
from safetynets.response.sensitivity import contact_cost, surely_better
from tests.response.conftest import NO_DELAYS, call_of

DESCENT = straight_encounter(height_ft=500.0, rate_fpm=-1200.0, lasts_s=60.0)


def test_wilson_s_interval_is_that_of_its_formula():
    share = share_of(30, 200)
    z, p, n = 1.959964, 0.15, 200
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert (share.low, share.high) == pytest.approx((middle - half, middle + half), abs=1e-6)


def test_what_never_happened_is_bounded_by_the_rule_of_three_and_so_is_what_always_did():
    assert (share_of(0, 1000).high, share_of(1000, 1000).low) == (0.003, 0.997)
    assert share_of(0, 2).high == 1.0


def test_the_interval_of_a_median_covers_it_in_about_95_of_100_samples():
    rng = np.random.default_rng(5)
    found = [quantile(rng.exponential(1.0, 200), 0.5) for _ in range(200)]
    covered = np.mean([one.low <= np.log(2) <= one.high for one in found])
    # 200 samples: 95 % give or take three standard errors of 1.5 %.
    assert 0.905 <= covered <= 0.995


def test_the_difference_of_shares_is_that_of_the_pairs():
    one = np.arange(1000) < 300
    gap = difference_of_shares(one, np.arange(1000) < 250, seed=0)
    assert gap.value == pytest.approx(0.05)
    assert 0.03 < gap.low < gap.value < gap.high < 0.07
    assert difference_of_shares(one, one, seed=0).high == 0.0


def test_the_last_moment_to_climb_is_that_of_the_closed_form(shipped):
    draws = draw(
        shipped.changed({"aircraft.pull_g": 0.25, "aircraft.spool_up_s": 0, "aircraft.climb_rate_fpm": 1500}), 1
    )
    arrest_ft = 20.0**2 / (2 * 0.25 * 9.80665 / 0.3048)
    last_s = (500.0 - 100.0 - arrest_ft) / 20.0
    # Moments are half a second apart.
    assert last_s - 0.5 <= latest_manoeuvre_s(DESCENT, draws, 100.0) <= last_s + 0.5
    high = straight_encounter(height_ft=5000.0, rate_fpm=-600.0, lasts_s=60.0)
    assert latest_manoeuvre_s(high, draws, 100.0) == np.inf
    low = straight_encounter(height_ft=20.0, rate_fpm=-1200.0, lasts_s=60.0)
    assert latest_manoeuvre_s(low, draws, 100.0) == -np.inf


def test_the_procedure_goes_from_the_net_to_the_aircraft_without_a_gap(shipped):
    call = call_of("icao")
    draws = draw(shipped.changed({**NO_DELAYS, "controller.reaction_s": 6, "crew.decide_check_s": 10}), 1)
    steps = timeline(chain_of(spoken_call(call), draws), call, first_conflict_s=-8.0)
    assert [step.actor for step in steps] == [
        "net", "display", "controller", "frequency", "frequency", "crew", "crew", "aircraft",
    ]  # fmt: skip
    assert (steps[0].starts_s, steps[0].ends_s) == (-8.0, 0.0)
    assert (steps[2].starts_s, steps[2].ends_s) == (0.0, 6.0)
    assert steps[4].starts_s == 6.0
    assert steps[6].ends_s == pytest.approx(steps[6].starts_s + 10.0)
    assert steps[7].ends_s == steps[6].ends_s


def test_where_no_words_exist_the_procedure_ends_with_the_controller(shipped):
    call = call_of("france")
    steps = timeline(chain_of(None, draw(shipped, 50)), call)
    assert [step.actor for step in steps] == ["net", "display", "controller"]


def test_a_crew_that_obeys_checks_more_surely_than_orders_turns_the_order_round(shipped):
    calls = {name: spoken_call(call_of(name)) for name in ("icao", "proposed-apm-directive")}
    encounter = straight_encounter(height_ft=1600.0, rate_fpm=-1200.0, lasts_s=90.0)
    draws = draw(shipped.changed({"crew.acts_on_directive_probability": 0.85}), 400)
    found, changes = swings(encounter, calls, draws, contact_cost)
    present = {name: contact_cost(outcome_of(encounter, call, draws)) for name, call in calls.items()}
    assert surely_better(present["proposed-apm-directive"], present["icao"])
    turned = next(change for change in changes if change.assumption == "crew.acts_on_check_with_qnh_probability")
    assert (turned.better, turned.worse) == ("icao", "proposed-apm-directive")
    assert turned.value == 1.0
    assert not any(swing.assumption.startswith("outcome.") for swing in found)
    assert [swing.width for swing in found] == sorted((swing.width for swing in found), reverse=True)


def test_an_assumption_that_plays_no_part_swings_nothing(shipped):
    calls = {"directive": spoken_call(call_of("proposed-apm-directive"))}
    found, changes = swings(DESCENT, calls, draw(shipped, 200), contact_cost)
    widths = {swing.assumption: swing.width for swing in found}
    assert widths["crew.decide_check_s"] == widths["crew.acts_on_information_probability"] == 0.0
    assert widths["controller.reaction_s"] > 0.1
    assert changes == ()


def test_sobol_indices_name_the_only_thing_that_varies(shipped):
    fixed = shipped.changed(
        {
            **NO_DELAYS,
            "crew.acts_on_check_with_qnh_probability": 1,
            "speech.rate_syllables_per_s": 6,
            "aircraft.pull_g": 0.25,
            "controller.reaction_s": {"distribution": "uniform", "min": 2.0, "max": 8.0},
        }
    )
    found = sobol(DESCENT, spoken_call(call_of("icao")), draw(fixed, 1), base=1024)
    assert found[0].stream == "controller.reaction_s"
    # Descent at a constant rate: the least clearance is linear in the reaction, and nothing else matters.
    assert found[0].total == pytest.approx(1.0, abs=0.05)
    assert all(abs(row.total) < 0.02 for row in found[1:])


def test_nothing_varies_when_nobody_is_called(shipped):
    assert sobol(DESCENT, None, draw(shipped, 1), base=8) == ()
