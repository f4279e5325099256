"""From the words to the outcome: exact at both ends, never better for delay, and the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.response import chain_of, draw, least_clearance_ft, outcome_of, spoken_call
from safetynets.response.encounter import straight_encounter
from safetynets.sites.delivery import Delivery, Relay
from tests.response.conftest import NO_DELAYS, call_of

DESCENT = straight_encounter(height_ft=800.0, rate_fpm=-1200.0, lasts_s=60.0)
RELAYED = replace(
    DESCENT,
    delivery=Delivery(
        ("Centre", "Approach"),
        (
            Relay("Centre", "Approach", "telephone"),
            Relay("Approach", "Director", "hotline"),
            Relay("Director", "Tower", "voice"),
        ),
    ),
)
"""The same descent, its alert delivered to a desk three relays away from the one that speaks."""
SETS = ("icao", "proposed-apm-directive", "proposed-apm-msaw-words", "proposed-apm-path")
DELAYS = (
    "display.delay_s",
    "relay.voice_s",
    "relay.hotline_s",
    "relay.telephone_s",
    "controller.reaction_s",
    "controller.looks_elsewhere_s",
    "controller.compose_plain_s",
    "controller.repeat_s",
    "controller.repeats_unasked_s",
    "frequency.wait_s",
    "crew.answer_s",
    "crew.say_again_s",
    "crew.decide_directive_s",
    "crew.decide_check_s",
    "crew.decide_information_s",
    "aircraft.delay_s",
    "aircraft.spool_up_s",
)
HARMS = (
    *DELAYS,
    "controller.does_not_act_probability",
    "controller.looks_elsewhere_probability",
    "frequency.busy_probability",
    "frequency.stepped_on_probability",
    "crew.not_heard_probability",
)


@pytest.mark.parametrize("rule_set", SETS)
def test_a_crew_that_never_hears_the_call_ends_as_if_there_had_been_none(shipped, rule_set):
    draws = draw(shipped.changed({"crew.not_heard_probability": 1}), 500)
    called = outcome_of(DESCENT, spoken_call(call_of(rule_set)), draws)
    silent = outcome_of(DESCENT, None, draws)
    assert (called.chain.calls > 0).any()
    np.testing.assert_array_equal(called.least_clearance_ft, silent.least_clearance_ft)
    assert silent.contact.count == 500


def test_no_words_are_no_call(shipped):
    draws = draw(shipped, 200)
    assert spoken_call(call_of("france")) is None
    assert np.isinf(chain_of(None, draws).manoeuvre_s).all()


@pytest.mark.parametrize("rule_set", SETS)
def test_without_any_delay_the_outcome_is_the_best_the_geometry_allows(shipped, rule_set):
    """Speech is made instantaneous by a call of no syllables; then everything happens at the alert itself."""
    draws = draw(shipped.changed({**NO_DELAYS, "crew.acts_on_check_with_qnh_probability": 1}), 300)
    call = spoken_call(call_of(rule_set))
    instant = replace(call, first=replace(call.first, syllables=0, syllables_until_asked=0))
    outcome = outcome_of(DESCENT, instant, draws)
    best_ft = least_clearance_ft(
        DESCENT,
        np.zeros(300),
        draws.value("aircraft.pull_g"),
        draws.value("aircraft.climb_rate_fpm"),
        draws.value("aircraft.spool_up_s"),
    )
    np.testing.assert_array_equal(outcome.chain.manoeuvre_s, 0.0)
    np.testing.assert_array_equal(outcome.least_clearance_ft, best_ft)
    closed_form_ft = 800.0 - 20.0**2 / (2 * draws.value("aircraft.pull_g") * 9.80665 / 0.3048)
    # The lowest point falls between two looks half a second apart: a quarter second of the hardest pull, 0.36 ft.
    assert np.abs(outcome.least_clearance_ft - closed_form_ft).max() < 0.4


def test_with_nothing_else_taking_time_the_words_alone_delay_the_manoeuvre(shipped):
    draws = draw(shipped.changed({**NO_DELAYS, "speech.rate_syllables_per_s": 5.0}), 10)
    directive, check = (spoken_call(call_of(name)) for name in ("proposed-apm-directive", "icao"))
    # "Swiss one two three terrain alert go around immediately": 1+1+1+1+2+2+1+2+5 = 16 syllables.
    assert chain_of(directive, draws).control_s[0] == pytest.approx(16 / 5.0)
    assert chain_of(check, draws).said_s[0] > chain_of(directive, draws).said_s[0]


@settings(deadline=None, max_examples=40)
@given(
    rule_set=st.sampled_from((*SETS, "as-spoken")),
    harm=st.sampled_from(HARMS),
    share=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    seed=st.integers(0, 5),
)
def test_more_delay_or_more_loss_is_never_better(shipped, rule_set, harm, share, seed):
    low, high = shipped[harm].swept
    less, more = sorted(low + each * (high - low) for each in share)
    call = spoken_call(call_of(rule_set, aerodrome="LFLL"))
    draws = draw(shipped, 60, seed)
    outcomes = [outcome_of(RELAYED, call, draws.under(shipped.changed({harm: value}))) for value in (less, more)]
    assert (outcomes[1].chain.manoeuvre_s >= outcomes[0].chain.manoeuvre_s).all()
    assert (outcomes[1].least_clearance_ft <= outcomes[0].least_clearance_ft + 1e-9).all()


def test_faster_speech_is_never_worse(shipped):
    draws = draw(shipped, 300)
    call = spoken_call(call_of("icao"))
    slow, fast = (
        outcome_of(DESCENT, call, draws.under(shipped.changed({"speech.rate_syllables_per_s": rate})))
        for rate in (4, 7)
    )
    assert (fast.least_clearance_ft >= slow.least_clearance_ft).all()
    assert (fast.least_clearance_ft > slow.least_clearance_ft).any()


def test_the_same_seed_gives_the_same_draws_and_another_gives_others(shipped):
    call = spoken_call(call_of("icao"))
    one, again, other = (outcome_of(DESCENT, call, draw(shipped, 200, seed)).least_clearance_ft for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_rule_sets_meet_the_same_controllers_and_aircraft(shipped):
    draws = draw(shipped, 200)
    chains = [chain_of(spoken_call(call_of(name)), draws) for name in SETS]
    for chain in chains[1:]:
        np.testing.assert_array_equal(chain.noticed_s, chains[0].noticed_s)


def test_varying_one_assumption_leaves_every_other_draw_as_it_was(shipped):
    as_shipped, varied = draw(shipped, 100), draw(shipped.changed({"frequency.wait_s": 4}), 100)
    np.testing.assert_array_equal(as_shipped.value("controller.reaction_s"), varied.value("controller.reaction_s"))


@pytest.mark.parametrize("harm", HARMS)
def test_every_delay_and_loss_changes_some_outcome(shipped, harm):
    """A parameter that is declared and not used would be a lie in the sensitivity study."""
    draws = draw(shipped, 400)
    calls = [spoken_call(call_of(name, aerodrome="LFPG")) for name in ("as-spoken", *SETS)]
    low, high = (
        [outcome_of(RELAYED, call, draws.under(shipped.changed({harm: value}))).chain for call in calls]
        for value in shipped[harm].swept
    )
    if harm == "aircraft.spool_up_s":
        rising = straight_encounter(height_ft=500.0, rate_fpm=0.0, lasts_s=60.0, ground_ft=10.0 * np.arange(121))
        low_ft, high_ft = (
            outcome_of(rising, calls[1], draws.under(shipped.changed({harm: value}))).least_clearance_ft
            for value in shipped[harm].swept
        )
        assert (high_ft < low_ft).any()
    else:
        assert any((a.manoeuvre_s != b.manoeuvre_s).any() for a, b in zip(low, high, strict=True))


def test_a_call_that_is_asked_for_again_is_said_twice_and_understood_the_second_time(shipped):
    always = shipped.changed({**NO_DELAYS, "crew.asks_again_per_item_probability": 1})
    draws = draw(always, 1)
    call = spoken_call(call_of("as-spoken", aerodrome="LFLL"))
    chain = chain_of(call, draws)
    waits_s = sum(draws.value(name)[0] for name in ("crew.answer_s", "crew.say_again_s", "controller.repeat_s"))
    assert chain.calls[0] >= 2
    assert chain.understood_s[0] > chain.said_s[0] + waits_s


def test_the_second_step_reaches_a_crew_that_did_not_act_on_the_first(shipped):
    stubborn = shipped.changed({**NO_DELAYS, "crew.acts_on_check_with_qnh_probability": 0})
    chain = chain_of(spoken_call(call_of("proposed-apm-msaw-words")), draw(stubborn, 1))
    assert chain.control_s[0] > chain.said_s[0] + 10.0
    assert np.isfinite(chain.control_s[0])
    assert np.isinf(chain_of(spoken_call(call_of("icao")), draw(stubborn, 1)).control_s[0])
