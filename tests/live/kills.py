"""A live monitor that is killed (SIGKILL) at random moments and started again.

An hour recorded at Paris goes to a monitor in a process of its own, with a decision in the file of commands now and
then. One life in four is killed while it starts or goes on, the others while datagrams come. In the end the log is held
against what the recorded datagrams and decisions give when they are judged in one go: everything that happened to an
alert stands there once, under one number, and every decision once.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from safetynets.live.address import Address
from safetynets.live.event_messages import mark_of
from safetynets.live.journal import ALERTS, COMMANDS, DECISIONS, lines, received
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.monitor import LiveMonitor, Settings, rejudged
from safetynets.live.play import datagrams
from safetynets.recordings import read_tracks
from safetynets.recordings.asterix import write
from safetynets.runs.rule_sets import rule_sets_of
from safetynets.sites import Site, load_site, shipped_folder

HOST = "127.0.0.1"
FEED = Feed(date=date(2021, 10, 7))
"""The day of the recording. By the day of arrival its hour from 12:00 would be of two days at midnight."""
OVERRIDES = {"pressure_regions.*.qnh_hpa": 1028.0}
BETWEEN_S = 0.002
"""Between two datagrams, which were a second apart when they were recorded."""
KILLED_AT_START = 0.25
START_S = 0.5
WARM = "SAFETYNETS_WARM_LIVES"
"""Set where lives are forked from a process that has compiled what judges."""
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Found:
    """What came of it: kills, how many in the start, and what the log has against what it should have."""

    kills: int
    at_start: int
    sent: int
    recorded: int
    told: Counter[tuple[object, ...]]
    wanted: Counter[tuple[object, ...]]
    numbers: int
    alerts: int
    decided: list[str]
    asked: list[str]

    @property
    def problems(self) -> list[str]:
        """What is wrong; nothing when all is well."""
        lost, twice = self.wanted - self.told, self.told - self.wanted
        found = [f"{sum(lost.values())} events are lost: {sorted(lost, key=str)[:3]}"] if lost else []
        found += [f"{sum(twice.values())} events are told twice: {sorted(twice, key=str)[:3]}"] if twice else []
        if self.numbers != self.alerts:
            found.append(f"{self.alerts} alerts have {self.numbers} numbers")
        if self.decided != self.asked:
            found.append(f"decided {self.decided}, asked {self.asked}")
        return found


def paris() -> Site:
    """The site with the QNH of the recording."""
    return load_site("paris", OVERRIDES)


def monitor_of(folder: Path, port: int, say: Callable[[str], None]) -> LiveMonitor:
    """A monitor of the site that writes a folder."""
    site = paris()
    settings = Settings(listen=Address(HOST, port), folder=folder, feed=FEED)
    return LiveMonitor(site, rule_sets_of(site), settings, say)


def live(folder: Path, port: int, said: Connection) -> None:
    """One life of the monitor."""
    monitor = monitor_of(folder, port, said.send)
    signal.signal(signal.SIGTERM, lambda _number, _frame: monitor.stop())
    monitor.run()


def killed(folder: Path, sent: Sequence[tuple[float, bytes]], kills: int, seed: int) -> Found:
    """Send the datagrams to a monitor that is killed so often, and say what stands in its log."""
    chance = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.live.kills"])
    os.environ[WARM] = "1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    asked: list[str] = []
    at, at_start = 0, 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for life in range(kills + 1):
            hear, said = context.Pipe(duplex=False)
            process = context.Process(target=live, args=(folder, port, said))
            process.start()
            said.close()
            if life < kills and life and chance.random() < KILLED_AT_START:
                time.sleep(chance.uniform(0.0, START_S))
                at_start += 1
            else:
                _listens(hear)
                if life % 5 == 2 or life == kills:
                    asked.append(f"qnh-hpa {chance.randint(1018, 1028)}")
                    with (folder / COMMANDS).open("a", encoding="utf-8") as commands:
                        commands.write(f"{asked[-1]}\n")
                share = (len(sent) - at) // (kills + 1 - life)
                for _, datagram in sent[at : at + (chance.randint(1, 2 * share) if life < kills else len(sent))]:
                    out.sendto(datagram, (HOST, port))
                    time.sleep(BETWEEN_S)
                    at += 1
            if life < kills:
                assert process.pid is not None
                os.kill(process.pid, signal.SIGKILL)
            else:
                time.sleep(1.0)
                process.terminate()
            process.join(PATIENCE_S)
            hear.close()
    del os.environ[WARM]
    told = [mark_of(line) for line in lines(folder, ALERTS)]
    nets = LiveNets(paris(), FEED)
    wanted = [(each.what, each.time_s, each.key) for some in rejudged(nets, folder) for each in some]
    numbers = {(line["number"], tuple(line["key"])) for line in lines(folder, ALERTS)}
    return Found(
        kills=kills,
        at_start=at_start,
        sent=at,
        recorded=sum(len(some) for some, _ in received(folder)),
        told=Counter(told),
        wanted=Counter(wanted),
        numbers=len({number for number, _ in numbers}),
        alerts=len({key for _, key in numbers}),
        decided=[line["verb"] + " " + line["value"] for line in lines(folder, DECISIONS) if "value" in line],
        asked=asked,
    )


def _listens(hear: Connection) -> None:
    while True:
        assert hear.poll(PATIENCE_S), "the monitor does not listen"
        if "listening" in hear.recv():
            return


def recorded(folder: Path) -> list[tuple[float, bytes]]:
    """The datagrams of an hour at Paris."""
    tracks = read_tracks(shipped_folder() / "data" / "paris-2021-10-07.parquet").tracks
    hour = tracks.select(tracks.time_s < tracks.time_s.min() + 3600.0)
    return list(datagrams(write(hour, folder / "paris.pcap", "cat062")))


if WARM in os.environ:
    with tempfile.TemporaryDirectory() as nowhere:
        monitor_of(Path(nowhere) / "live", 0, lambda _: None).warm_up()
