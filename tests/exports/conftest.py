"""The run made by hand of the reports, in a folder, and a real one: alerts, trace and tracks without pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safetynets.cli import main
from safetynets.engine.alerts import Alert
from safetynets.exports.finished_run import FinishedRun
from safetynets.recordings import write_parquet
from safetynets.reports.files import write_alerts, write_conflicts, write_json
from safetynets.runs import Run, run_scenario
from safetynets.runs.manifest import json_ready
from tests.reports.conftest import run as by_hand

__all__ = ["by_hand"]


def write_tables(run: Run, folder: Path) -> Path:
    """What the exports read of a run folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_alerts(run, folder)
    write_conflicts(run, folder / "conflicts.parquet", "alerted")
    write_parquet(run.tracks, folder / "tracks.parquet")
    write_json(json_ready(run.manifest), folder / "manifest.json")
    return folder


@pytest.fixture(scope="session")
def handmade(by_hand: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[Alert]], FinishedRun]:
    """The run made by hand with other alerts."""
    folder = write_tables(by_hand, tmp_path_factory.mktemp("handmade"))

    def finished(alerts: Sequence[Alert]) -> FinishedRun:
        rows = tuple(
            asdict(alert) | {"words": f"{alert.callsign} CHECK YOUR ALTITUDE", "desk": "Tower"} for alert in alerts
        )
        manifest = {"name": "handmade", "title": "A run made by hand"}
        return FinishedRun(folder, manifest, by_hand.site, by_hand.tracks, tuple(alerts), rows)

    return finished


@pytest.fixture(scope="session")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real run with one alert of the APW."""
    return write_tables(run_scenario("zurich-wall"), tmp_path_factory.mktemp("runs") / "zurich-wall")


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same run with its alerts taken out."""
    silent = replace(run_scenario("zurich-wall"), alerts=(), words=(), proposed_words=(), deliveries=())
    return write_tables(silent, tmp_path_factory.mktemp("quiet") / "zurich-wall")


@pytest.fixture
def safetynets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, run in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])
