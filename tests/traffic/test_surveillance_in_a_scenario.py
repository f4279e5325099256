"""A scenario's flights are flown, faulted, seen by its sensors and judged."""

from pathlib import Path

import pytest

from safetynets.errors import ScenarioError
from safetynets.runs.execute import run_scenario

SCENARIO = """
name = "low"
title = "Low"
story = "A test."
site = "geneva"
sources = ["a test"]
start = 2024-03-01T09:00:00Z
seed = {seed}
[pressure]
qnh_hpa = 1013
source = "a test"
[[flights]]
callsign = "EZS1"
aircraft_type = "A20N"
start = {{ approach = "LSGG 22", distance_nm = 18, course_deg = 225, altitude_ft = 5000, speed_kt = 200 }}
legs = [{{ do = "intercept", approach = "LSGG 22" }}]
[[faults]]
fault = "wrong_glide_path"
callsign = "EZS1"
approach = "LSGG 22"
angle_deg = 2.2
{more}
"""
SENSORS = """
[[surveillance.radars]]
name = "Jura"
latitude_deg = 46.4247
longitude_deg = 6.0994
altitude_ft = 5500
"""


def run(folder: Path, more="", seed=0):
    file = folder / "low.toml"
    file.write_text(SCENARIO.format(more=more, seed=seed), encoding="utf-8")
    return run_scenario(file)


def apm_start_s(result):
    return next(alert.start_time_s for alert in result.alerts if alert.net == "APM")


def test_with_sensors_the_alert_comes_within_a_few_updates_of_perfect_surveillance(tmp_path):
    perfect = apm_start_s(run(tmp_path))
    for seed in (0, 1):
        # The rate lags two or three updates of 4 s, one altitude in 200 is missing, and two hits confirm an alert.
        assert abs(apm_start_s(run(tmp_path, SENSORS, seed)) - perfect) <= 16.0


def test_a_recording_cannot_be_looked_at_by_other_sensors(tmp_path):
    file = tmp_path / "mixed.toml"
    text = SCENARIO.format(more=SENSORS, seed=0)
    flight = text[text.index("[[flights]]") : text.index("[[faults]]")]
    file.write_text(text.replace(flight, '[recording]\nfile = "x.parquet"\nsource = "a test"\n'), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"\[surveillance\] is about flights"):
        run_scenario(file)
