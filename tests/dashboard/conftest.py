"""A dashboard with one small day: a flight towards a higher minimum altitude at Geneva."""

from __future__ import annotations

import pytest

from safetynets.dashboard.traffic import Day
from safetynets.dashboard.tuning import Tuning
from safetynets.evaluation.labels import Truth, label
from safetynets.evaluation.metrics import traffic_amount
from safetynets.runs import run_scenario


def tuning_of(scenario: str) -> Tuning:
    run = run_scenario(scenario)
    situations = label(run.tracks, run.site, Truth.nothing(run.tracks.track_count))
    return Tuning(Day(run.title, run.site, run.tracks, situations, traffic_amount(run.tracks)))


@pytest.fixture(scope="session")
def tuning() -> Tuning:
    return tuning_of("geneva-mva")
