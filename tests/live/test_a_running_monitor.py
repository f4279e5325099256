"""A monitor on a socket of this machine: what it tells, sends, records and decides."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from safetynets.engine.explain import explain
from safetynets.live.address import Address, open_to_send
from safetynets.live.journal import ALERTS, DECISIONS, lines, received
from safetynets.live.judging import Feed
from safetynets.live.monitor import LiveMonitor, Settings
from safetynets.live.play import MAX, play
from safetynets.live.replay import replay_live
from safetynets.recordings.asterix.decode import Decoder
from safetynets.recordings.asterix.fields import Fields
from safetynets.recordings.asterix.tables import load
from safetynets.runs import Run
from safetynets.runs.rule_sets import rule_sets_of
from tests.live.conftest import Datagrams, alerts_of

HOST = "127.0.0.1"
PATIENCE_S = 60.0
DAY = date(2021, 10, 7)
ALIVE, APM, END_OF_CONFLICT = 1, 8, 17


@contextmanager
def running(run: Run, folder: Path, day: date = DAY, **settings: Any) -> Iterator[LiveMonitor]:
    """A monitor that runs in a thread of its own, and is stopped in the end."""
    chosen = Settings(**{"listen": Address(HOST, 0), "folder": folder, "feed": Feed(date=day)} | settings)
    monitor = LiveMonitor(run.site, rule_sets_of(run.site), chosen, lambda _: None)
    thread = threading.Thread(target=monitor.run)
    thread.start()
    try:
        yield monitor
    finally:
        monitor.stop()
        thread.join(PATIENCE_S)


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, for a minute at most."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < give_up_s, "waited for a minute"
        time.sleep(0.01)


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket at which messages arrive."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind((HOST, 0))
        opened.setblocking(False)
        yield opened


def messages_at(opened: socket.socket) -> list[tuple[int, int]]:
    """The type and the alert (-1 for none) of the messages of category 004 that arrived."""
    decoder = Decoder(load(4), Fields({}, {"type": ("000",), "alert": ("040",)}))
    found = []
    while True:
        try:
            block = opened.recv(1 << 16)
        except BlockingIOError:
            return found
        octets = np.frombuffer(block, dtype=np.uint8)
        records = decoder.decode(octets, np.array([0]), np.array([len(octets)]))
        found.append((int(records.code("type")[0]), int(records.code("alert")[0])))


def alerts_logged(folder: Path) -> list[dict[str, Any]]:
    """The alerts of the log, as they were told last."""
    last = {tuple(line["key"]): line for line in lines(folder, ALERTS)}
    return sorted(last.values(), key=lambda line: (line["start_time_s"], line["icao24"], line["net"], line["group"]))


def test_the_capture_sent_to_a_monitor_gives_the_alerts_of_its_replay(
    replayed: Run, capture: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    with listening() as told:
        with running(replayed, folder, send=Address(HOST, told.getsockname()[1])) as monitor:
            sent = play(capture, Address(HOST, monitor.port), MAX, lambda _: None)
            until(lambda: monitor.health.counts["datagrams"] == sent.datagrams)
        messages = messages_at(told)

    alerts = alerts_logged(folder)
    wanted = json.loads(json.dumps(alerts_of(replayed)))
    assert [{name: line[name] for name in facts} for line, facts in zip(alerts, wanted, strict=True)] == wanted
    assert sum(len(some) for some, _ in received(folder)) == sent.datagrams
    assert {alert for message, alert in messages if message == APM} == {line["number"] for line in alerts}
    assert messages[0] == (ALIVE, -1)
    assert sorted(alert for message, alert in messages if message == END_OF_CONFLICT) == sorted(
        line["number"] for line in alerts
    )


def test_a_qnh_decided_while_it_runs_holds_for_what_comes_after_and_is_logged(
    replayed: Run, sent: Datagrams, tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    with running(replayed, folder) as monitor, open_to_send(Address(HOST, monitor.port)) as out:
        for _, datagram in sent[:100]:
            out.sendto(datagram, (HOST, monitor.port))
        until(lambda: monitor.health.counts["datagrams"] == 100)
        (folder / "commands.txt").write_text("qnh-hpa 1018\nvolume-off nowhere\n")
        until(lambda: monitor.health.counts["decisions refused"] == 1)
        for _, datagram in sent[100:]:
            out.sendto(datagram, (HOST, monitor.port))
            time.sleep(0.0002)
        until(lambda: monitor.health.counts["datagrams"] == len(sent))

    (decided,) = lines(folder, DECISIONS)
    assert (decided["verb"], decided["value"], decided["after"]) == ("qnh-hpa", "1018", 100)
    assert {line["qnh_hpa"] for line in alerts_logged(folder)} == {1018.0}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--site", "paris", "--send", "10.0.0.1:8600"], "--send: 10.0.0.1:8600 is not on this machine; say --really"),
        (["--site", "paris", "--send", "239.1.1.1:127.0.0.1:8600"], "say --really-send if it is really meant"),
        (["--site", "paris", "--listen", "8600"], "--listen: '8600' is no address; write [GROUP:]HOST:PORT"),
        (["--site", "paris", "--listen", "10.1.1.1:127.0.0.1:8600"], "'10.1.1.1' is no multicast group"),
        (["--site", "paris", "--really-send"], "--really-send: is given without --send"),
        (["--site", "nowhere"], "nowhere"),
        ([], "--site: is missing"),
    ],
)
def test_a_monitor_that_cannot_be_meant_is_refused(
    safetynets: Callable[..., Result], arguments: list[str], problem: str
) -> None:
    result = safetynets("live", *arguments)

    assert result.exit_code == 2
    assert problem in result.output
    assert result.output.startswith("NOT FOR OPERATIONAL USE.\n")
    assert not Path("out").exists()


def test_a_recording_is_not_sent_to_another_machine_unless_that_is_meant(
    safetynets: Callable[..., Result], capture: Path
) -> None:
    result = safetynets("live", "send", capture, "--to", "192.0.2.1:8600")

    assert result.exit_code == 2
    assert "is not on this machine; say --really-send" in result.output


def test_the_replay_of_what_was_recorded_gives_the_same_alerts_with_its_decisions(
    replayed: Run, sent: Datagrams, tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    with running(replayed, folder) as monitor, open_to_send(Address(HOST, monitor.port)) as out:
        for place, (_, datagram) in enumerate(sent[:2000]):
            out.sendto(datagram, (HOST, monitor.port))
            if place == 900:
                until(lambda: monitor.health.counts["datagrams"] == 901)
                monitor.ask("qnh-hpa 1018", "test")
                until(lambda: monitor.health.counts["decisions"] == 1)
            time.sleep(0.0002)
        until(lambda: monitor.health.counts["datagrams"] == 2000)

    again = replay_live(folder, "paris", {}, lambda _: None)

    # of an alert that lasts the log has what was known when it was told
    logged = [line for line in alerts_logged(folder) if line["end_time_s"] is not None]
    wanted = [alert for alert in json.loads(json.dumps(alerts_of(again))) if alert["end_time_s"] is not None]
    assert len(again.alerts) == len(alerts_logged(folder)) > len(wanted) > 3
    assert {alert["qnh_hpa"] for alert in wanted} == {1018.0, 1028.0}
    assert [{name: line[name] for name in facts} for line, facts in zip(logged, wanted, strict=True)] == wanted
    assert len(again.tracks) == len(again.altitude_ft) == len(again.conflicts[0])
    assert again.manifest["notes"] == ["decided while it ran: qnh-hpa 1018"]
    assert [(one["verb"], one["value"]) for one in again.manifest["decisions"]] == [("qnh-hpa", "1018")]
    for qnh_hpa in (1018.0, 1028.0):
        alert = next(one for one in again.alerts if one.qnh_hpa == qnh_hpa)
        steps = explain(again.tracks, again.site, alert.track, alert.start_time_s)
        assert next(step for step in steps if step.stage == "altitude").values["qnh_hpa"] == qnh_hpa
        shown = [step for step in steps if (step.stage, step.net) == ("arbitration", alert.net)]
        assert [step.values.get("start_time_s") for step in shown] == [alert.start_time_s]
