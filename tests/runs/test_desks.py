"""To which desk the alerts of a run are delivered, and that none is lost in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from safetynets.engine.explain import explain
from safetynets.runs.desks import deliveries, desk_columns, desk_steps, undelivered
from safetynets.runs.execute import run_scenario
from safetynets.runs.run import Run
from safetynets.sites.delivery import Relay

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def paris_2022() -> Run:
    return run_scenario("paris-2022")


def test_the_msaw_of_paris_2022_comes_up_in_the_tower(paris_2022):
    """As it did: the sources of the scenario say that the MSAW alerted in the tower."""
    desks = {
        (alert.net, alert.alert_id): desk for alert, desk in zip(paris_2022.alerts, paris_2022.deliveries, strict=True)
    }
    assert {desk.desk for (net, _), desk in desks.items() if net == "MSAW"} == {"CDG Tower"}
    assert all(desk.relays == () for desk in desks.values())
    assert paris_2022.manifest["warnings"] == []


def test_an_alert_that_is_shown_later_is_delivered_where_the_aircraft_is_then(paris_2022):
    """The first alert comes up at Approach; were it shown a minute and a half later, it would come up in the tower."""
    first = paris_2022.alerts[0]
    late = replace(first, shown_time_s=first.start_time_s + 90.0)
    told = deliveries([first, late], paris_2022.tracks, paris_2022.altitude_ft, paris_2022.site)
    assert [delivery.desk for delivery in told] == ["Paris Approach", "CDG Tower"]


def test_an_alert_on_the_last_miles_of_zurich_is_told_to_the_tower():
    run = run_scenario("zurich-2001", {"terrain.cell_m": 1000})
    (delivery,) = run.deliveries
    assert delivery.relays == (Relay("Zurich Approach (last miles)", "Zurich Tower", "hotline"),)
    assert desk_columns(delivery) == {
        "desk": "Zurich Approach (last miles)",
        "desk_that_speaks": "Zurich Tower",
        "relayed_by": "hotline",
        "desk_signal": "both",
        "delivery_delay_s": 0.0,
        "later_deliveries": None,
    }


@pytest.fixture(scope="module")
def centennial() -> Run:
    return run_scenario(SCENARIOS / "cases" / "centennial-2005.toml")


def test_at_centennial_the_tower_sees_the_alert_first_and_hears_it_inside_5_nm(centennial):
    """As the NTSB found: on the display only from 10.7 NM on, heard within 5 NM of the airport."""
    (delivery,) = centennial.deliveries
    (later,) = delivery.later
    assert (delivery.desk, delivery.signal, delivery.delay_s) == ("Centennial Tower (display)", "visual", 0.0)
    assert (later.desk, later.signal) == ("Centennial Tower (alarm)", "both")
    row = int(np.searchsorted(centennial.tracks.time_s, centennial.alerts[0].shown_time_s + later.delay_s))
    away_nm = np.hypot(centennial.tracks.x_m, centennial.tracks.y_m) / 1852.0
    assert away_nm[row] <= 5.0 < away_nm[row - 1]
    assert desk_columns(delivery)["later_deliveries"] == f"{later.delay_s:.1f} s: Centennial Tower (alarm) (both)"


def test_an_alert_that_starts_outside_every_volume_is_said_to_be_late(centennial):
    """Without the display of the tower, and without approach, the alert comes up when the aircraft flies into 5 NM."""
    late = replace(
        centennial.site, desks=tuple(desk for desk in centennial.site.desks if desk.name == "Centennial Tower (alarm)")
    )
    told = deliveries(centennial.alerts, centennial.tracks, centennial.altitude_ft, late)
    assert told[0].desk == "Centennial Tower (alarm)"
    assert told[0].delay_s == centennial.deliveries[0].later[0].delay_s
    (said,) = undelivered(centennial.alerts, told)
    assert "96 s late: it starts outside every delivery volume of the APM" in said


@pytest.mark.requirement("REQ-DELIVERY")
def test_an_alert_that_no_desk_is_shown_is_said_aloud():
    run = run_scenario("geneva-mva", {"desks.*.nets": ["APM"], "terrain.cell_m": 1000})
    assert [delivery.desks for delivery in run.deliveries] == [()]
    (warning,) = run.manifest["warnings"]
    assert "alert 1 (MSAW, SWR59N) is delivered to NO DESK" in warning
    assert desk_columns(run.deliveries[0])["desk"] == "no desk"


def test_an_alert_that_is_not_shown_needs_no_desk():
    run = run_scenario("geneva-early-descent", {"desks.*.nets": ["APM"], "terrain.cell_m": 1000})
    assert [alert.shown for alert in run.alerts] == [True, False]
    assert run.manifest["warnings"] == []


def test_the_explanation_of_a_plot_names_the_desk_of_each_net(paris_2022):
    alert = paris_2022.alerts[1]
    steps = explain(paris_2022.tracks, paris_2022.site, alert.track, alert.start_time_s)
    told = [step for step in desk_steps(steps, paris_2022.tracks, paris_2022.site, alert.track) if step.stage == "desk"]
    assert {step.net: step.values["desk"] for step in told} == {
        "MSAW": "CDG Tower",
        "APM": "CDG Tower",
        "APW": "Paris Approach",
    }


def test_a_site_without_desks_has_one_controller():
    run = run_scenario("lyon-2010")
    assert set(run.deliveries) == {None}
    alert = run.alerts[0]
    steps = explain(run.tracks, run.site, alert.track, alert.start_time_s)
    told = [step.text for step in desk_steps(steps, run.tracks, run.site, alert.track) if step.stage == "desk"]
    assert told
    assert all("no desks in this site: delivered to one controller" in text for text in told)
