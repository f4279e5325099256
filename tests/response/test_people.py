"""Controllers who act already, act, or do not; read-backs that leave out or replace; the order over each span."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safetynets.response import chain_of, draw, outcome_of, spoken_call, swings
from safetynets.response.conversation import SHORT_SYLLABLES
from safetynets.response.encounter import straight_encounter
from safetynets.response.sensitivity import not_enough_cost, ranking
from safetynets.sites.delivery import Delivery, Relay
from tests.response.conftest import NO_DELAYS, NO_SLIPS, call_of

DESCENT = straight_encounter(height_ft=800.0, rate_fpm=-1200.0, lasts_s=60.0)


def test_a_controller_acts_already_or_acts_or_does_not(shipped):
    """Of 20,000 draws the shares are within three standard errors (0.6 %) of what the assumptions say."""
    three = {"controller.does_not_act_probability": 0.3, "controller.already_acting_probability": 0.5}
    draws = draw(shipped.changed(three), 20_000)
    chain = chain_of(spoken_call(call_of("icao")), draws)
    never = np.isinf(chain.noticed_s)
    already = chain.noticed_s == chain.shown_s
    assert never.mean() == pytest.approx(0.3, abs=0.01)
    assert already.mean() == pytest.approx(0.7 * 0.5, abs=0.01)
    assert (chain.noticed_s[~never & ~already] > chain.shown_s[~never & ~already]).all()


def test_who_acts_already_waits_for_no_relay(shipped):
    draws = draw(shipped.changed({"controller.already_acting_probability": 1, **NO_SLIPS}), 50)
    relayed = Delivery(("Approach",), (Relay("Approach", "Tower", "telephone"),))
    chain = chain_of(spoken_call(call_of("icao")), draws, relayed)
    acts = np.isfinite(chain.noticed_s)
    np.testing.assert_array_equal(chain.relayed_s[0][acts], chain.shown_s[acts])
    np.testing.assert_array_equal(chain.noticed_s[acts], chain.shown_s[acts])


def wrong(shipped, **changes):
    """Everything without delay; every read-back wrong, as far as `changes` do not say otherwise."""
    return shipped.changed({**NO_DELAYS, **{f"crew.{key}_probability": value for key, value in changes.items()}})


def test_a_check_whose_qnh_is_taken_in_wrongly_is_followed_as_one_without(shipped):
    acts = {"acts_on_check_with_qnh": 1, "acts_on_check_without_qnh": 0}
    call = spoken_call(call_of("icao"))
    for substitutes, catches, climbs in ((0, 0, True), (1, 0, False)):
        of = wrong(shipped, substitutes=substitutes, **acts)
        chain = chain_of(call, draw(of.changed({"controller.catches_readback_error_probability": catches}), 5))
        assert np.isfinite(chain.control_s).all() == climbs
        assert set(chain.calls) == {1}


def test_a_wrong_read_back_that_is_noticed_costs_a_second_call_and_no_more(shipped):
    """Of half the read-backs being wrong, all are noticed: those are told again in the same words."""
    of = wrong(shipped, substitutes=0.5, acts_on_check_with_qnh=1, acts_on_check_without_qnh=0)
    draws = draw(
        of.changed({"controller.catches_readback_error_probability": 1, "speech.rate_syllables_per_s": 5}), 400
    )
    chain = chain_of(spoken_call(call_of("icao")), draws)
    waits_s = sum(draws.value(name) for name in ("crew.answer_s", "crew.say_again_s", "controller.repeat_s"))
    once, twice = chain.calls == 1, chain.calls == 2
    assert 0.4 < once.mean() < 0.6
    np.testing.assert_allclose(chain.understood_s[once], 30 / 5.0)
    np.testing.assert_allclose(chain.understood_s[twice], 60 / 5.0 + waits_s[twice])
    assert np.isfinite(chain.control_s[once | twice]).all()


def test_an_order_has_no_number_whose_replacement_matters_and_loses_by_omission_alone(shipped):
    nobody_notices = {"controller.catches_readback_error_probability": 0}
    call = spoken_call(call_of("proposed-apm-directive"))
    replaced = draw(wrong(shipped, substitutes=1, acts_on_information=0).changed(nobody_notices), 50)
    assert np.isfinite(chain_of(call, replaced).control_s).all()
    left_out = draw(wrong(shipped, omits=1, acts_on_information=0).changed(nobody_notices), 4000)
    # Two items, the alert and the order: every second omission leaves out the order.
    assert np.isinf(chain_of(call, left_out).control_s).mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("slope", "longer"),
    [("omits_per_item", {"items": 8}), ("omits_per_ten_syllables", {"syllables": 80}),
     ("substitutes_per_ten_syllables", {"syllables": 80})],
)  # fmt: skip
def test_read_back_errors_grow_with_complexity_and_with_length(shipped, slope, longer):
    of = wrong(shipped, **{slope: 0.05}, acts_on_check_with_qnh=1, acts_on_check_without_qnh=0)
    draws = draw(of.changed({"controller.catches_readback_error_probability": 0}), 2000)
    call = spoken_call(call_of("icao"))
    short = replace(call.first, items=1, syllables=SHORT_SYLLABLES)
    lost = [
        np.isinf(chain_of(replace(call, first=first), draws).control_s).mean()
        for first in (short, replace(short, **longer))
    ]
    assert lost[0] == 0.0
    # 0.05 for each of 7 further items, an eighth of them about the QNH; 0.05 for each of 6 times ten syllables.
    assert lost[1] == pytest.approx(0.05 * 7 / 8 if "item" in slope else 0.05 * 6, abs=0.03)


def test_the_spread_of_a_gamma_is_moved_with_its_mean_as_it_is(shipped):
    calls = {"icao": spoken_call(call_of("icao"))}
    found, _ = swings(DESCENT, calls, draw(shipped, 100), not_enough_cost)
    swing = next(each for each in found if each.assumption == "crew.decide_check_s.cv")
    assert (swing.values[0], swing.values[-1]) == shipped["crew.decide_check_s"].swept_cv
    means = [
        draw(shipped.changed({swing.assumption: value}), 50_000).value("crew.decide_check_s").mean()
        for value in (swing.values[0], swing.values[-1])
    ]
    assert means == pytest.approx([12.0, 12.0], rel=0.02)


def test_the_order_is_told_at_every_value_of_a_span(shipped):
    calls = {name: spoken_call(call_of(name)) for name in ("icao", "proposed-apm-directive")}
    encounter = straight_encounter(height_ft=1600.0, rate_fpm=-1200.0, lasts_s=90.0)
    draws = draw(shipped, 400)
    found, _ = swings(encounter, {**calls, "france": None}, draws, not_enough_cost)
    swing = next(each for each in found if each.assumption == "crew.acts_on_directive_probability")
    assert swing.orders[-1] == (("proposed-apm-directive",), ("icao",))
    assert all({label for group in order for label in group} == set(calls) for order in swing.orders)
    at_last = draws.under(shipped.changed({swing.assumption: swing.values[-1]}))
    costs = {name: not_enough_cost(outcome_of(encounter, call, at_last)) for name, call in calls.items()}
    assert ranking(costs) == swing.orders[-1]
