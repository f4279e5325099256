"""A short recording on the wire, at its own speed, at speed max and to a group, gives the alerts of its replay."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safetynets.live.address import Address, address, open_to_send
from safetynets.live.play import MAX, play
from safetynets.recordings.asterix import write
from safetynets.runs import Run
from safetynets.runs import replay as replay_recording
from safetynets.sites import load_site
from safetynets.tracks import Tracks
from tests.live.conftest import alerts_of
from tests.live.test_a_running_monitor import HOST, alerts_logged, running, until

AT_S, EVERY_S, LASTS_S = 1.7e9, 0.25, 3.0
DAY = datetime.fromtimestamp(AT_S, UTC).date()
GROUP = "239.255.77.1"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of two aircraft, four times a second, one of them below the minimum altitude of a polygon."""
    site = load_site("geneva")
    area = site.minimum_altitudes[0]
    middle = area.area.representative_point()
    time_s = np.tile(AT_S + np.arange(0.0, LASTS_S + EVERY_S, EVERY_S), 2)
    track = np.repeat([0, 1], len(time_s) // 2)
    latitude_deg, longitude_deg = site.plane.to_geographic(
        np.full(len(track), middle.x), middle.y + 80.0 * (time_s - AT_S)
    )
    plots = {
        "track": track,
        "time_s": time_s,
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "pressure_altitude_ft": np.where(track == 0, area.minimum_ft - 1500.0, 20_000.0),
        "vx_mps": np.zeros(len(track)),
        "vy_mps": np.full(len(track), 80.0),
        "vertical_rate_fpm": np.zeros(len(track)),
    }
    flights = {"callsign": ["LOW1", "HIGH2"], "icao24": ["000001", "000002"], "ssr_code": ["1001", "1002"]}
    return write(Tracks.from_columns(plots, flights), tmp_path_factory.mktemp("wire") / "two.pcap", "cat062")


@pytest.fixture(scope="module")
def replay(recording: Path) -> Run:
    return replay_recording(recording, "geneva", qnh_hpa=1013.25, overrides={"msaw.minimum_track_age_s": 0})


def logged_as(run: Run, folder: Path) -> list[dict[str, Any]]:
    """The alerts of the log, with the columns of the alerts of the run."""
    names = alerts_of(run)[0]
    return [{name: line[name] for name in names} for line in alerts_logged(folder)]


@pytest.mark.parametrize(("speed", "by_batch"), [(1.0, False), (MAX, False), (MAX, True)])
def test_it_gives_the_alerts_of_its_replay(
    replay: Run, recording: Path, tmp_path: Path, speed: float, by_batch: bool
) -> None:
    with running(replay, tmp_path / "live", DAY, by_batch=by_batch) as monitor:
        begun = time.monotonic()
        sent = play(recording, Address(HOST, monitor.port), speed, lambda _: None)
        took_s = time.monotonic() - begun
        until(lambda: monitor.nets.counts["plots put to the nets"] == len(replay.tracks))

    assert [alert.callsign for alert in replay.alerts] == ["LOW1"]
    assert logged_as(replay, tmp_path / "live") == json.loads(json.dumps(alerts_of(replay)))
    assert sent.recorded_s > 2.0
    assert took_s >= sent.recorded_s / speed


def test_it_is_received_from_a_group_on_a_named_interface(replay: Run, recording: Path, tmp_path: Path) -> None:
    assert address(f"{GROUP}:lo:0", "--listen") == Address(HOST, 0, GROUP)
    with running(replay, tmp_path / "live", DAY, listen=address(f"{GROUP}:lo:0", "--listen")) as monitor:
        sent = play(recording, Address(HOST, monitor.port, GROUP), MAX, lambda _: None)
        until(lambda: monitor.nets.counts["plots put to the nets"] == len(replay.tracks))
        until(lambda: monitor.health.counts["datagrams"] == sent.datagrams)

    assert logged_as(replay, tmp_path / "live") == json.loads(json.dumps(alerts_of(replay)))


def test_random_bytes_at_the_socket_are_counted_and_nothing_else_comes_of_them(
    replay: Run, recording: Path, tmp_path: Path
) -> None:
    chance = random.Random(1)
    with running(replay, tmp_path / "live", DAY) as monitor, open_to_send(Address(HOST, monitor.port)) as out:
        for _ in range(400):
            out.sendto(chance.randbytes(chance.randint(0, 1400)), (HOST, monitor.port))
            time.sleep(0.001)
        play(recording, Address(HOST, monitor.port), MAX, lambda _: None)
        until(lambda: monitor.nets.counts["plots put to the nets"] == len(replay.tracks))
        lost = monitor.nets.decoding.lost_octets

    assert lost > 100_000
    assert logged_as(replay, tmp_path / "live") == json.loads(json.dumps(alerts_of(replay)))
