"""Why this alert, and why not that one: the explanation says what the nets did."""

import numpy as np
import pytest

from safetynets.engine.explain import explain
from safetynets.engine.monitor import judge
from safetynets.errors import TracksError
from tests.nets import situations
from tests.nets.flights import final_approach, flight


def stage(steps, name, net):
    return next(step for step in steps if step.stage == name and step.net == net)


WATCHED = situations.site(
    approaches=(situations.approach(),), terrain=situations.terrain(np.full((90, 20), 800.0), 500.0, -5000.0, -40_000.0)
)
LOW = final_approach(low_ft=300.0)


def test_an_alert_is_explained_by_its_margin_limit_and_count():
    (alert,) = (alert for alert in judge(LOW, WATCHED).alerts if alert.net == "APM")
    steps = explain(LOW, WATCHED, 0, alert.start_time_s)
    violation = stage(steps, "violation", "APM")
    assert violation.values["margin_ft"] == alert.margin_ft
    assert violation.values["minimum_ft"] == alert.minimum_ft
    assert violation.values["vertical_deviation_ft"] == pytest.approx(-300.0, abs=1e-3)
    assert stage(steps, "approach", "APM").text == "Joined to ILS 36."
    assert stage(steps, "lifecycle", "APM").values["active"]
    assert "sees it as APM" in stage(steps, "arbitration", "APM").text


def test_a_silence_is_explained_too():
    steps = explain(LOW, WATCHED, 0, 40.0)
    violation = stage(steps, "violation", "MSAW")
    assert violation.text.startswith("No violation now or within the look-ahead; altitude ")
    assert f"limit 1,300 ft, margin {violation.values['margin_ft']:+,.0f} ft" in violation.text
    assert stage(steps, "floor", "MSAW").values["terrain: floor_ft"] == 1300.0
    assert stage(steps, "arbitration", "MSAW").text == "There is nothing to show."


def test_a_plot_that_cannot_be_judged_is_never_called_clear():
    blind = situations.site(approaches=(situations.approach(),), pressure_regions=())
    steps = explain(LOW, blind, 0, 40.0)
    for net in ("MSAW", "APM"):
        assert stage(steps, "eligibility", net).text == "The plot is not assessable: qnh unknown."
        assert stage(steps, "violation", net).text == "Not judged: qnh unknown."
    assert stage(steps, "altitude", "").text == "No QNH is known here, so no altitude can be known."


def test_the_explained_plot_is_the_last_one_at_or_before_the_time():
    assert stage(explain(LOW, WATCHED, 0, 43.9), "plot", "").values["time_s"] == 40.0
    with pytest.raises(TracksError, match=r"SWR123: no plot at or before -1\.0 s; its plots are from 0\.0"):
        explain(LOW, WATCHED, 0, -1.0)


def test_every_plot_of_a_flight_is_explained_as_the_whole_recording_judged_it():
    turning = flight(altitude_ft=900.0, y_m=-30_000.0, vy_mps=90.0, vertical_rate_fpm=-300.0, duration_s=60.0)
    seen = judge(turning, WATCHED)
    for row, time_s in enumerate(turning.time_s):
        steps = explain(turning, WATCHED, 0, float(time_s))
        for found in seen.conflicts:
            said = stage(steps, "violation", found.net.name).values
            assert said["time_to_violation_s"] == found.time_to_violation_s[row]
            assert said["assessable"] == found.assessable[row]
            active = any(
                alert.net == found.net.name and alert.start_time_s <= time_s and not alert.end_time_s <= time_s
                for alert in seen.alerts
            )
            assert stage(steps, "lifecycle", found.net.name).values["active"] == active
