"""Situations that the tests of the closed loop share."""

from __future__ import annotations

import pytest

from safetynets.phraseology import Call, Situation, load_rule_set, say
from safetynets.response import Assumptions, load_assumptions

NO_SLIPS = {
    "crew.omits_probability": 0,
    "crew.omits_per_item_probability": 0,
    "crew.omits_per_ten_syllables_probability": 0,
    "crew.substitutes_probability": 0,
    "crew.substitutes_per_ten_syllables_probability": 0,
}
"""Every read-back is right."""
NO_DELAYS = {
    "display.delay_s": 0,
    "controller.reaction_s": 0,
    "controller.does_not_act_probability": 0,
    "controller.already_acting_probability": 0,
    "controller.looks_elsewhere_probability": 0,
    "frequency.busy_probability": 0,
    "frequency.stepped_on_probability": 0,
    "crew.not_heard_probability": 0,
    "crew.asks_again_per_item_probability": 0,
    **NO_SLIPS,
    "crew.decide_directive_s": 0,
    "crew.decide_check_s": 0,
    "crew.acts_on_directive_probability": 1,
    "aircraft.delay_s": 0,
}
"""Everything without delay and without loss but the time the words take."""


@pytest.fixture(scope="session")
def shipped() -> Assumptions:
    return load_assumptions()


def call_of(rule_set: str, net: str = "APM", aerodrome: str | None = None) -> Call:
    """What a rule set says to SWR123, low on a final approach, on its own navigation."""
    return say(
        Situation(
            net=net,  # type: ignore[arg-type]
            kind="below",
            severity="warning",
            callsign="SWR123",
            vectored=False,
            on_final=True,
            visual=False,
            qnh_hpa=1006.0,
            minimum_flight_altitude_ft=None,
            area="LSGG 22",
            aerodrome=aerodrome,
        ),
        load_rule_set(rule_set),
    )
