"""The kernels are Python that numba compiles: run as Python they find the same, or one of the two is wrong."""

import os
import subprocess
import sys
from pathlib import Path

from safetynets.runs import run_scenario


def alerts_of(run):
    return [[alert.net, str(alert.kind), alert.area, alert.start_time_s, alert.end_time_s] for alert in run.alerts]


def test_a_departure_that_turns_away_from_terrain_alerts_at_the_same_moment_without_the_compiler():
    script = (
        "from safetynets.runs import run_scenario\n"
        "from tests.scenarios.test_uncompiled import alerts_of\n"
        "print(alerts_of(run_scenario('departure-turn')))\n"
    )
    uncompiled = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert uncompiled.stdout.strip() == str(alerts_of(run_scenario("departure-turn")))
