"""What a supervisor decides while the monitor runs: judged so from then on, logged, replayed and explained."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from safetynets.engine.explain import explain
from safetynets.errors import ScenarioError
from safetynets.live.address import Address
from safetynets.live.journal import ALERTS, DECISIONS, lines
from safetynets.live.judging import Feed
from safetynets.live.monitor import LiveMonitor, Settings
from safetynets.live.play import datagrams
from safetynets.live.replay import replay_live
from safetynets.recordings.asterix import write
from safetynets.runs import Run
from safetynets.runs.decisions import apply, parse
from safetynets.runs.rule_sets import rule_sets_of
from safetynets.sites import Site, load_site
from safetynets.tracks import Tracks

SITE, CHANGES = "zurich", {"pressure_regions.*.qnh_hpa": 1013.25}
AT_S = 1.7e9
EVERY_S = 4
DECIDED = {
    -math.inf: "volume-off {volume}",
    40: "volume-on {volume}",
    80: "inhibit ONE1",
    84: "acknowledge 2",
    120: "volume-off {volume}",
    160: "release ONE1",
    164: "volume-as-scheduled {volume}",
    168: "volume-on {volume}",
}
"""By the time (s) of the plots after which it is decided, the first before any plot."""


def in_a_volume(site: Site, folder: Path) -> tuple[str, Path]:
    """A volume, and the recording of two flights that circle in it for 200 s."""
    volume = max(site.volumes, key=lambda one: one.area.area)
    middle = volume.area.representative_point()
    time_s = np.tile(AT_S + np.arange(0.0, 200.0, EVERY_S), 2)
    track = np.repeat([0, 1], len(time_s) // 2)
    turn = 0.1 * (time_s - AT_S) + track
    latitude_deg, longitude_deg = site.plane.to_geographic(
        middle.x + 500.0 * np.sin(turn), middle.y + 500.0 * np.cos(turn)
    )
    level_ft = (volume.floor.value_ft + min(volume.ceiling.value_ft, volume.floor.value_ft + 4000.0)) / 2.0
    plots = {
        "track": track,
        "time_s": time_s,
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "pressure_altitude_ft": np.full(len(track), level_ft),
        "vx_mps": 50.0 * np.cos(turn),
        "vy_mps": -50.0 * np.sin(turn),
        "vertical_rate_fpm": np.zeros(len(track)),
    }
    flights = {"callsign": ["ONE1", "TWO2"], "icao24": ["000001", "000002"], "ssr_code": ["1001", "1002"]}
    return volume.name, write(Tracks.from_columns(plots, flights), folder / "two.pcap", "cat062")


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(SITE, CHANGES)


@pytest.fixture(scope="module")
def folder(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a monitor recorded while all these decisions were taken."""
    base = tmp_path_factory.mktemp("decisions")
    volume, file = in_a_volume(site, base)
    settings = Settings(listen=Address("127.0.0.1", 0), folder=base / "live", feed=Feed())
    monitor = LiveMonitor(site, rule_sets_of(site), settings, lambda _: None)
    due = list(DECIDED)
    for time_s, datagram in (0.0, b""), *datagrams(file):
        monitor._take([datagram], [time_s])
        while due and monitor.nets.order.newest_s >= AT_S + due[0]:
            with (settings.folder / "commands.txt").open("a") as commands:
                commands.write(DECIDED[due.pop(0)].format(volume=volume) + "\n")
            monitor._decide()
    monitor._receiver.stop()
    monitor._journal.close()
    return settings.folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return replay_live(folder, SITE, {}, lambda _: None)


def test_a_volume_and_a_flight_are_judged_as_decided_and_all_is_logged(folder: Path) -> None:
    told = [(line["what"], line["callsign"]) for line in lines(folder, ALERTS) if line["net"] == "APW"]

    assert told == [
        ("start", "ONE1"),
        ("start", "TWO2"),
        ("end", "ONE1"),
        ("end", "TWO2"),
        ("start", "ONE1"),
        ("start", "TWO2"),
    ]
    decided = lines(folder, DECISIONS)
    assert [line["verb"] for line in decided] == [text.split()[0] for text in DECIDED.values()]
    assert [line["time_s"] and line["time_s"] - AT_S for line in decided] == [None, *list(DECIDED)[1:]]
    assert {line["by"] for line in decided} == {"commands.txt"}


def test_the_replay_of_it_gives_the_same_alerts(folder: Path, run: Run) -> None:
    logged = [
        (line["callsign"], line["start_time_s"], line["end_time_s"], line["end_reason"])
        for line in {line["number"]: line for line in lines(folder, ALERTS)}.values()
    ]

    assert [
        (one.callsign, one.start_time_s, one.end_time_s if one.end_time_s == one.end_time_s else None, one.end_reason)
        for one in run.alerts
    ] == logged


@pytest.mark.parametrize(
    ("after_s", "reason", "shown"),
    [(20, "", False), (60, "", True), (100, "inhibited", False), (190, "", True)],
)
def test_a_moment_is_explained_with_what_was_decided_by_then(run: Run, after_s: int, reason: str, shown: bool) -> None:
    track = run.tracks.callsign.tolist().index("ONE1")

    steps = [one for one in explain(run.tracks, run.site, track, AT_S + after_s) if one.net == "APW"]

    assert any(reason in one.text for one in steps if one.stage == "eligibility")
    assert any(one.values["shown"] for one in steps if one.stage == "arbitration") == shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("qnh-hpa 29.92", "29.92 hPa is no QNH; give 850 to 1100 hPa"),
        ("qnh-hpa 1013 nowhere", "there is no pressure region 'nowhere'"),
        ("volume-off nowhere", "there is no volume 'nowhere'"),
        ("acknowledge SWR1", "'SWR1' is no number of an alert"),
        ("inhibit", "has no value"),
        ("volume-of X", "'volume-of' is no decision"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(site: Site, text: str, problem: str) -> None:
    with pytest.raises(ScenarioError, match=problem):
        apply(site, parse(text), 0.0, site)
