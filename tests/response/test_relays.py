"""From the desk that is shown an alert to the one that speaks: what a relay costs, and what no desk means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safetynets.response import chain_of, draw, outcome_of, sobol, spoken_call, swings, timeline
from safetynets.response.encounter import straight_encounter
from safetynets.response.sensitivity import contact_cost
from safetynets.sites.delivery import Delivery, Relay
from tests.response.conftest import NO_DELAYS, call_of

TOWER = Delivery(("Tower",))
BY_HOTLINE = Delivery(("Approach",), (Relay("Approach", "Tower", "hotline"),))
NOBODY = Delivery(())
SEEN = Delivery(("Tower",), signals=("visual",))
SEEN_THEN_HEARD = replace(SEEN, later=(Delivery(("Tower, alarm",), delay_s=20.0),))
DESCENT = straight_encounter(height_ft=800.0, rate_fpm=-1200.0, lasts_s=60.0)


def test_a_desk_that_speaks_itself_loses_no_time(shipped):
    draws = draw(shipped, 300)
    call = spoken_call(call_of("icao"))
    for field in ("noticed_s", "speaks_s", "control_s"):
        without_desks, at_tower = (getattr(chain_of(call, draws, one), field) for one in (None, TOWER))
        np.testing.assert_array_equal(without_desks, at_tower)


def test_a_relay_delays_the_call_by_its_own_time_and_nothing_else(shipped):
    nobody_acts_yet = {"controller.already_acting_probability": 0}
    draws = draw(shipped.changed({"relay.hotline_s": 9, **nobody_acts_yet}), 300)
    call = spoken_call(call_of("icao"))
    direct, relayed = (chain_of(call, draws, one) for one in (TOWER, BY_HOTLINE))
    np.testing.assert_array_equal(relayed.noticed_s, direct.noticed_s)
    np.testing.assert_allclose(relayed.speaks_s, direct.speaks_s + 9.0)
    np.testing.assert_array_equal(relayed.relayed_s[0], relayed.noticed_s + 9.0)


def test_the_time_of_a_relay_that_is_not_taken_changes_nothing(shipped):
    slow = shipped.changed({"relay.telephone_s": 3600})
    call = spoken_call(call_of("icao"))
    outcomes = [outcome_of(replace(DESCENT, delivery=BY_HOTLINE), call, draw(one, 200)) for one in (shipped, slow)]
    np.testing.assert_array_equal(outcomes[0].least_clearance_ft, outcomes[1].least_clearance_ft)


def test_only_the_relay_that_is_taken_is_in_the_sensitivity(shipped):
    fixed = shipped.changed({**NO_DELAYS, "aircraft.pull_g": 0.25})
    calls = {"icao": spoken_call(call_of("icao"))}
    swung = {
        name: {one.assumption for one in swings(met, calls, draw(fixed, 20), contact_cost)[0]}
        for name, met in (("direct", DESCENT), ("relayed", replace(DESCENT, delivery=BY_HOTLINE)))
    }
    assert swung["relayed"] - swung["direct"] == {"relay.hotline_s"}
    streams = {row.stream for row in sobol(replace(DESCENT, delivery=BY_HOTLINE), calls["icao"], draw(fixed, 1), 8)}
    assert {name for name in streams if name.startswith("relay.")} == {"relay.hotline_s"}


def test_an_alert_delivered_to_no_desk_ends_as_if_nobody_had_called(shipped):
    draws = draw(shipped, 300)
    unseen = replace(DESCENT, delivery=NOBODY)
    called, silent = (outcome_of(unseen, call, draws) for call in (spoken_call(call_of("icao")), None))
    assert set(called.chain.calls) == {0}
    np.testing.assert_array_equal(called.least_clearance_ft, silent.least_clearance_ft)
    np.testing.assert_array_equal(called.least_clearance_ft, outcome_of(DESCENT, None, draws).least_clearance_ft)


def test_the_procedure_names_the_desk_and_gives_the_relay_its_own_step(shipped):
    call = call_of("icao")
    draws = draw(shipped.changed({**NO_DELAYS, "controller.reaction_s": 6, "relay.hotline_s": 9}), 1)
    steps = timeline(chain_of(spoken_call(call), draws, BY_HOTLINE), call, 0.0, BY_HOTLINE)
    told = [(step.actor, step.desk) for step in steps]
    assert told[1:5] == [
        ("display", "Approach"),
        ("controller", "Approach"),
        ("relay", "Tower"),
        ("frequency", "Tower"),
    ]
    relay = steps[3]
    assert (relay.starts_s, relay.ends_s, relay.does) == (6.0, 15.0, "is told by hotline")
    assert steps[5].starts_s == 15.0


@pytest.mark.parametrize(("delivery", "words"), [(NOBODY, "NO DESK"), (None, "no desks in this site")])
def test_the_procedure_says_aloud_that_there_is_no_desk(shipped, delivery, words):
    call = call_of("icao")
    steps = timeline(chain_of(spoken_call(call), draw(shipped, 50), delivery), call, 0.0, delivery)
    assert words in steps[1].does
    assert len(steps) == (2 if delivery is NOBODY else 8)


def test_an_alert_without_a_sound_is_noticed_later_or_missed(shipped):
    """Of two controllers who would act half miss it, those who act already excepted; the others take longer."""
    draws = draw(shipped.changed({"controller.visual_only_missed_probability": 0.5}), 4000)
    call = spoken_call(call_of("icao"))
    heard, seen = (chain_of(call, draws, one).noticed_s for one in (TOWER, SEEN))
    assert (seen >= heard).all()
    act, notice = np.isfinite(heard), np.isfinite(seen)
    assert not (notice & ~act).any()
    already = 0.1  # controller.already_acting_probability
    assert notice.sum() / act.sum() == pytest.approx(already + (1 - already) * 0.5, abs=0.04)


def test_an_alert_that_is_heard_later_is_noticed_then_at_the_latest(shipped):
    draws = draw(shipped.changed({"controller.visual_only_missed_probability": 1}), 500)
    call = spoken_call(call_of("icao"))
    at_once, later = (chain_of(call, draws, one) for one in (TOWER, SEEN_THEN_HEARD))
    waits = later.noticed_s > at_once.noticed_s
    np.testing.assert_allclose(later.noticed_s[waits], at_once.noticed_s[waits] + 20.0)
    assert waits.sum() > 400
    eager = draw(shipped.changed({"controller.visual_only_missed_probability": 0, "controller.visual_only_s": 0}), 500)
    np.testing.assert_array_equal(
        chain_of(call, eager, SEEN_THEN_HEARD).noticed_s, chain_of(call, eager, TOWER).noticed_s
    )


def test_an_alert_that_another_desk_is_shown_in_the_same_way_is_not_noticed_afresh(shipped):
    """So the shipped sites, whose desks all see and hear, answer as they did."""
    draws = draw(shipped, 300)
    call = spoken_call(call_of("icao"))
    handed_over = replace(TOWER, later=(Delivery(("Approach",), delay_s=5.0), Delivery((), delay_s=9.0)))
    np.testing.assert_array_equal(
        chain_of(call, draws, handed_over).manoeuvre_s, chain_of(call, draws, TOWER).manoeuvre_s
    )


def test_a_late_delivery_delays_everything_by_its_delay(shipped):
    draws = draw(shipped.changed({"controller.already_acting_probability": 0}), 300)
    call = spoken_call(call_of("icao"))
    prompt, late = (chain_of(call, draws, one) for one in (TOWER, replace(TOWER, delay_s=30.0)))
    np.testing.assert_allclose(late.noticed_s, prompt.noticed_s + 30.0)
    np.testing.assert_allclose(late.speaks_s, prompt.speaks_s + 30.0)


def test_what_holds_for_alerts_without_a_sound_is_in_the_sensitivity_of_those_alone(shipped):
    fixed = shipped.changed({**NO_DELAYS, "aircraft.pull_g": 0.25})
    calls = {"icao": spoken_call(call_of("icao"))}
    swung = {
        name: {one.assumption for one in swings(met, calls, draw(fixed, 20), contact_cost)[0]}
        for name, met in (("heard", replace(DESCENT, delivery=TOWER)), ("seen", replace(DESCENT, delivery=SEEN)))
    }
    assert swung["seen"] - swung["heard"] == {"controller.visual_only_missed_probability", "controller.visual_only_s"}
    assert swung["heard"] <= swung["seen"]
    decided = {row.stream for row in sobol(replace(DESCENT, delivery=SEEN), calls["icao"], draw(fixed, 1), 8)}
    assert {name for name in decided if "visual_only" in name} == swung["seen"] - swung["heard"]


def test_the_procedure_says_that_the_alert_is_seen_first_and_heard_later(shipped):
    draws = draw(shipped, 300)
    call = call_of("icao")
    steps = timeline(chain_of(spoken_call(call), draws, SEEN_THEN_HEARD), call, 0.0, SEEN_THEN_HEARD)
    shown = [step for step in steps if step.actor == "display"]
    assert [(step.desk, step.does) for step in shown] == [
        ("Tower", "shows it, without a sound"),
        ("Tower, alarm", "lets it be heard: the aircraft is in its volume"),
    ]
    assert shown[1].ends_s == 20.0
