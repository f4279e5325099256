"""A bench with one small day: a flight towards a higher minimum altitude at Geneva."""

from __future__ import annotations

import pytest

from safetynets.dashboard.bench import Bench
from safetynets.dashboard.traffic import Day
from safetynets.evaluation.labels import Truth, label
from safetynets.evaluation.metrics import traffic_amount
from safetynets.runs import run_scenario


def bench_of(scenario: str) -> Bench:
    run = run_scenario(scenario)
    situations = label(run.tracks, run.site, Truth.nothing(run.tracks.track_count))
    return Bench(Day(run.title, run.site, run.tracks, situations, traffic_amount(run.tracks)))


@pytest.fixture(scope="session")
def bench() -> Bench:
    return bench_of("geneva-mva")
