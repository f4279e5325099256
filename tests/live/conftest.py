"""An hour recorded at Paris as ASTERIX, and its replay with the parameters of the site, which alert a lot."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray

from safetynets.cli import main
from safetynets.engine.alerts import Alert
from safetynets.live.announcing import LiveEvent
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.play import datagrams
from safetynets.recordings import read_tracks
from safetynets.recordings.asterix import write
from safetynets.recordings.asterix.decode import Decoder
from safetynets.recordings.asterix.fields import PLOTS
from safetynets.recordings.asterix.tables import load
from safetynets.runs import Run
from safetynets.runs import replay as replay_recording
from safetynets.sites import Site, shipped_folder

QNH_HPA = 1028.0
Datagrams = Sequence[tuple[float, bytes]]


@pytest.fixture(scope="session")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording as a capture of category 062."""
    tracks = read_tracks(shipped_folder() / "data" / "paris-2021-10-07.parquet").tracks
    hour = tracks.select(tracks.time_s < tracks.time_s.min() + 3600.0)
    return write(hour, tmp_path_factory.mktemp("live") / "paris.pcap", "cat062")


@pytest.fixture(scope="session")
def replayed(capture: Path) -> Run:
    """The capture read as a file and replayed."""
    return replay_recording(capture, "paris", qnh_hpa=QNH_HPA)


@pytest.fixture(scope="session")
def sent(capture: Path) -> Datagrams:
    """The datagrams of the capture with their times."""
    return list(datagrams(capture))


@pytest.fixture
def safetynets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


def plots_of(sent: list[bytes]) -> list[int]:
    """How many plots each datagram has."""
    return [Decoder(load(62), PLOTS[62]).decode(*whole(one)).numbers["time_of_day_s"].size for one in sent]


def whole(datagram: bytes) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """A datagram of one block as the decoder takes it."""
    return np.frombuffer(datagram, dtype=np.uint8), np.array([0]), np.array([len(datagram)])


def judged(site: Site, portions: Iterable[Datagrams], feed: Feed | None = None) -> list[LiveEvent]:
    """What happened to alerts when datagrams came in these portions."""
    nets = LiveNets(site, feed or Feed())
    events = []
    for portion in portions:
        nets.receive([datagram for _, datagram in portion], [time_s for time_s, _ in portion])
        events += nets.judge()
    return [*events, *nets.judge(everything=True)]


def alerts_told(events: Iterable[LiveEvent]) -> list[dict[str, Any]]:
    """The alerts as they were told last, without their numbers."""
    last = {each.key: (each.alert, each.icao24) for each in events}
    return sorted((as_told(*one) for one in last.values()), key=order)


def alerts_of(run: Run) -> list[dict[str, Any]]:
    """The alerts of a replay, without their numbers."""
    return sorted((as_told(alert, str(run.tracks.icao24[alert.track])) for alert in run.alerts), key=order)


def as_told(alert: Alert, icao24: str) -> dict[str, Any]:
    """An alert without the numbers that depend on how the recording was read; unknown is None, so that it is equal."""
    facts = {name: value for name, value in vars(alert).items() if name not in ("alert_id", "track", "other_track")}
    known = {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in facts.items()}
    return known | {"icao24": icao24}


def order(facts: dict[str, Any]) -> tuple[Any, ...]:
    """The order of alerts."""
    return facts["start_time_s"], facts["icao24"], facts["net"], facts["group"]
