"""With radar and tracker between truth and nets, alerts come when they came, within what each page states."""

import pytest

from safetynets.engine.alerts import Alert
from safetynets.runs import list_scenarios
from tests.scenarios import runs

SCRIPTED = [name for name in list_scenarios() if not runs.scenario(name).recording and not runs.is_on_ground(name)]
"""Radars see nothing of what is on the ground."""


def first_starts_s(alerts: tuple[Alert, ...]) -> dict[tuple[str, str, str, str], float]:
    """When each net first alerted about each flight, kind and area."""
    found: dict[tuple[str, str, str, str], float] = {}
    for alert in alerts:
        found.setdefault((alert.net, alert.kind, alert.area, alert.callsign), alert.start_time_s)
    return found


@pytest.mark.parametrize("name", SCRIPTED)
def test_every_scripted_scenario_states_how_far_sensors_may_move_its_alerts(name):
    assert name in runs.bounds(), f"add {name} to sensor_bounds.csv"


@pytest.mark.parametrize("seed", runs.SEEDS)
@pytest.mark.parametrize("name", sorted(runs.bounds()))
def test_sensors_move_no_alert_by_more_than_stated(name, seed):
    seen, true = first_starts_s(runs.with_sensors(name, seed)), first_starts_s(runs.perfect(name).alerts)
    assert seen.keys() == true.keys(), "the sensors neither hide an alert nor make one"
    for alert, start_s in true.items():
        assert -runs.bounds()[name].sooner_s <= seen[alert] - start_s <= runs.bounds()[name].later_s, alert
