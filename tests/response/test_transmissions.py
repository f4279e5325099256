"""What a crew is asked, when it knows, and which of several transmissions it acts on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safetynets.response import chain_of, draw, spoken_call
from safetynets.response.transmissions import Step
from tests.response.conftest import NO_DELAYS, call_of

RATE = {"speech.rate_syllables_per_s": 5.0}


def test_a_check_is_known_when_the_qnh_that_goes_with_it_has_been_said():
    """The QNH ends the call of 30 syllables; the instruction ends 10 before it, and is not enough."""
    call = spoken_call(call_of("icao")).first
    assert (call.asks, call.gives_qnh, call.items) == ("check", True, 3)
    assert call.syllables_until_asked == call.syllables == 30


def test_an_order_is_known_when_it_has_been_said_and_not_only_at_the_end_of_the_call():
    order = spoken_call(call_of("as-spoken", aerodrome="LFLL")).first
    assert (order.asks, order.call_sign_first, order.plain) == ("directive", False, True)
    # TRAFFIC ALERT HEU GO AROUND: 2 + 2 + 1 + 1 + 2; the second GO AROUND is no longer needed.
    assert (order.syllables_until_asked, order.syllables) == (8, 11)


def test_a_question_asks_for_nothing_and_is_known_at_its_end():
    call = spoken_call(call_of("as-spoken", aerodrome="LFPG")).first
    assert (call.asks, call.syllables_until_asked) == ("information", call.syllables)


@pytest.mark.parametrize(
    ("rule_set", "no_answer", "persists", "again"),
    [
        ("icao", False, False, False),
        ("proposed-apm-directive", True, False, False),
        ("proposed-apm-msaw-words", True, True, False),
        ("as-spoken", False, False, True),
    ],
)
def test_the_second_steps_of_a_rule_set_are_taken_over(rule_set, no_answer, persists, again):
    call = spoken_call(call_of(rule_set, aerodrome="LFLL"))
    found = (call.no_answer is not None, call.alert_persists is not None, call.say_again is not None)
    assert found == (no_answer, persists, again)


def test_who_asks_to_say_again_hears_the_words_for_that(shipped):
    """Asked twice, granted twice: first call, then the words of "say again" once in full and once until the order."""
    all_hear = {"crew.not_heard_without_call_sign_probability": 0, "crew.not_heard_plain_probability": 0}
    draws = draw(shipped.changed({**NO_DELAYS, **RATE, **all_hear, "crew.asks_again_per_item_probability": 1}), 5)
    call = spoken_call(call_of("as-spoken", aerodrome="LFLL"))
    chain = chain_of(call, draws)
    waits_s = sum(draws.value(name) for name in ("crew.answer_s", "crew.say_again_s", "controller.repeat_s"))
    spoken = call.first.syllables + call.say_again.syllables + call.say_again.syllables_until_asked
    np.testing.assert_allclose(chain.understood_s, spoken / 5.0 + 2.0 * waits_s)


def test_who_missed_the_first_call_decides_by_the_words_of_the_second(shipped):
    """A check that is not heard, then an order after five seconds: the crew takes the time of an order."""
    half = shipped.changed(
        {
            **NO_DELAYS,
            **RATE,
            "crew.not_heard_probability": 0.5,
            "crew.decide_directive_s": 3,
            "crew.decide_check_s": 20,
        }
    )
    draws = draw(half, 400)
    order = spoken_call(call_of("proposed-apm-directive")).first
    call = replace(spoken_call(call_of("icao")), no_answer=Step(5.0, order))
    chain = chain_of(call, draws)
    second = chain.calls == 2
    assert 0.1 < second.mean() < 0.4
    begins_s = call.first.syllables / 5.0 + 5.0
    heard = second & np.isfinite(chain.understood_s)
    np.testing.assert_allclose(chain.understood_s[heard], begins_s + order.syllables_until_asked / 5.0)
    np.testing.assert_allclose(chain.control_s[heard] - chain.understood_s[heard], 3.0)
    first = (chain.calls == 1) & np.isfinite(chain.control_s)
    np.testing.assert_allclose(chain.control_s[first] - chain.understood_s[first], 20.0)


def test_no_crew_is_called_more_than_three_times(shipped):
    deaf = draw(shipped.changed({**NO_DELAYS, "crew.not_heard_probability": 1}), 50)
    assert set(chain_of(spoken_call(call_of("proposed-apm-directive")), deaf).calls) == {3}


def test_a_call_in_plain_language_and_without_call_sign_is_missed_more_often(shipped):
    draws = draw(shipped, 4000)
    heard = [
        np.isfinite(chain_of(spoken_call(call_of(name, aerodrome="LFLL")), draws).understood_s).mean()
        for name in ("proposed-apm-directive", "as-spoken")
    ]
    assert heard[0] - heard[1] > 0.05
