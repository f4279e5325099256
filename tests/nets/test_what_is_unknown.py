"""What a net could not judge, and a margin that it does not know, are said so: never excluded, never zero."""

import math

import pytest

from safetynets.engine.follow import alerts_of
from safetynets.engine.kernels.verdict import is_excluded
from safetynets.engine.monitor import judge
from safetynets.engine.reasons import Reason
from safetynets.engine.track_state import track_state_of
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.runs.counts import plots_by_net
from safetynets.sites.parameters import Parameters
from tests.nets import situations
from tests.nets.flights import final_approach, flight

BY_RULE = {
    "flight rules",
    "ssr code",
    "callsign inhibited",
    "visual",
    "inhibit volume",
    "on ground",
    "not on approach",
    "allowed in",
    "no other aircraft",
    "too low",
    "above transition",
    "preselected",
    "on final approach",
}
"""The rules that exclude a plot (docs/nets.md); all other reasons say that the net could not judge it."""


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.JUDGED])
def test_a_plot_is_excluded_by_a_rule_or_cannot_be_judged(reason):
    assert reason.not_assessable == (reason.word not in BY_RULE)
    assert bool(is_excluded(int(reason))) == (reason.word in BY_RULE)


def test_a_judged_plot_is_neither():
    assert not Reason.JUDGED.not_assessable
    assert not is_excluded(int(Reason.JUDGED))


def test_plots_of_a_track_too_young_are_not_assessable_and_not_excluded():
    here = situations.site(
        minimum_altitudes=(situations.minimum(2000.0, situations.square(-5000, -5000, 5000, 5000)),),
        parameters=Parameters(msaw=MsawParameters(minimum_track_age_s=8.0)),
    )
    found = judge(flight(altitude_ft=1000.0, duration_s=12.0), here).conflicts[0]
    assert [Reason(reason) for reason in found.reason] == [*[Reason.TRACK_TOO_YOUNG] * 2, *[Reason.JUDGED] * 2]
    assert found.assessable.tolist() == [False, False, True, True]
    counted = plots_by_net([found])["MSAW"]
    assert (counted["excluded"], counted["not_assessable"]) == ({}, {"track too young": 2})


@pytest.mark.parametrize("alerts_in", [lambda tracks, here: judge(tracks, here).alerts, alerts_of])
def test_an_alert_without_any_vertical_margin_has_an_unknown_worst_margin(alerts_in):
    """An APM that watches the sides only has no margin in feet to be the worst."""
    here = situations.site(
        approaches=(situations.approach(),), parameters=Parameters(apm=ApmParameters(kinds=("left", "right")))
    )
    alerts = alerts_in(final_approach(x_m=0.0, vx_mps=20.0), here)
    assert {(alert.net, alert.kind) for alert in alerts} == {("APM", "right")}
    assert all(math.isnan(alert.worst_margin_ft) for alert in alerts)


@pytest.mark.parametrize(("missing", "known"), [("", True), ("x_m", False), ("y_m", False), ("vx_mps", False)])
def test_a_turn_is_taken_from_whole_plots_only(missing, known):
    """Three plots of a turn at 3 degrees a second; without one coordinate of the second nothing is known of it."""
    plots = [
        {"time_s": 4.0 * k, "vx_mps": 90.0 * math.sin(0.21 * k), "vy_mps": 90.0 * math.cos(0.21 * k)} for k in range(3)
    ]
    plots[1] |= {missing: math.nan} if missing else {}
    found = track_state_of(situations.tracks_of(situations.picture(plots)), situations.site(), longest_turn_s=5.0)
    rate_radps = 0.21 / 4.0 if known else 0.0
    assert found.turn_rate_radps.tolist() == pytest.approx([0.0, rate_radps, rate_radps], abs=1e-12)
