"""What leaves the helicopter out, and what the nets say of it when nothing does."""

import pytest

from safetynets.runs import run_scenario
from tests.scenarios import runs

JUDGED = {"msaw.excluded_ssr_codes": [], "apm.excluded_ssr_codes": []}


def counts(overrides):
    if not overrides:
        return runs.perfect("helicopter").manifest["counts"]
    return run_scenario("helicopter", overrides).manifest["counts"]


def test_left_out_by_its_code_it_is_counted_as_excluded_and_not_as_silent():
    nets = counts({})["nets"]
    assert nets["MSAW"]["excluded"] == nets["APM"]["excluded"] == {"ssr code": 281}
    assert nets["APW"]["judged"] == 281, "the APW watches every flight, with whatever code"


def test_judged_like_an_airliner_it_raises_four_msaw_alerts_and_one_of_the_apm():
    alerts = counts(JUDGED)["alerts"]
    assert (alerts["MSAW"]["alerts"], alerts["APM"]["alerts"]) == (4, 1)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"msaw.flight_rules": ["IFR"], "apm.flight_rules": ["IFR"]}, "flight rules"),
        ({"msaw.inhibited_callsigns": ["REGA1"], "apm.inhibited_callsigns": ["REGA1"]}, "callsign inhibited"),
    ],
)
def test_flight_rules_and_call_sign_leave_it_out_as_well(rule, reason):
    found = counts(JUDGED | rule)
    assert found["nets"]["MSAW"]["excluded"] == {reason: 281}
    assert found["alerts"]["MSAW"]["alerts"] == found["alerts"]["APM"]["alerts"] == 0


def test_an_inhibit_volume_around_its_base_silences_the_landing_and_nothing_else():
    found = counts(JUDGED | {"inhibit_volumes.Duebendorf.manual": "on"})
    assert found["nets"]["MSAW"]["excluded"] == {"inhibit volume": 35}
    assert (found["alerts"]["MSAW"]["alerts"], found["alerts"]["APM"]["alerts"]) == (3, 1)
