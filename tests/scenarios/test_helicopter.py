"""What leaves the helicopter out, and what the nets say of it when nothing does."""

import pytest

from safetynets.runs import run_scenario
from tests.scenarios import runs

JUDGED = {"msaw.excluded_ssr_codes": [], "apm.excluded_ssr_codes": []}


def counts(overrides):
    if not overrides:
        return runs.perfect("helicopter").manifest["counts"]
    return run_scenario("helicopter", overrides).manifest["counts"]


def all_left_out_for(found, reason):
    """Every plot that could be judged is excluded for this reason and no other."""
    msaw = found["nets"]["MSAW"]
    assert msaw["excluded"] == {reason: found["plots"] - sum(msaw["not_assessable"].values())}
    assert found["alerts"]["MSAW"]["alerts"] == found["alerts"]["APM"]["alerts"] == 0


def test_left_out_by_its_code_it_is_counted_as_excluded_and_not_as_silent():
    found = counts({})
    all_left_out_for(found, "ssr code")
    apw = found["nets"]["APW"]
    assert (apw["judged"], apw["excluded"]) == (found["nets"]["MSAW"]["excluded"]["ssr code"], {})


def test_judged_like_an_airliner_it_raises_four_msaw_alerts_and_one_of_the_apm():
    alerts = counts(JUDGED)["alerts"]
    assert (alerts["MSAW"]["alerts"], alerts["APM"]["alerts"]) == (4, 1)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [("flight_rules", ["IFR"], "flight rules"), ("inhibited_callsigns", ["REGA1"], "callsign inhibited")],
)
def test_flight_rules_and_call_sign_leave_it_out_as_well(key, value, reason):
    all_left_out_for(counts(JUDGED | {f"msaw.{key}": value, f"apm.{key}": value}), reason)


def test_an_inhibit_volume_around_its_base_silences_the_landing_and_nothing_else():
    found = counts(JUDGED | {"inhibit_volumes.Duebendorf.manual": "on"})
    assert set(found["nets"]["MSAW"]["excluded"]) == {"inhibit volume"}
    assert found["nets"]["MSAW"]["judged"] > 200
    assert (found["alerts"]["MSAW"]["alerts"], found["alerts"]["APM"]["alerts"]) == (3, 1)
