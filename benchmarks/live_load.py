"""The load of a live monitor: aircraft at 1 Hz on the wire, then a flood of many times as many, then the load again.

    python -m benchmarks.live_load --tracks 5000 --seconds 600
    python -m benchmarks.live_load --tracks 5000 --seconds 20 --flood-seconds 10
    python -m benchmarks.live_load --tracks 5000 --seconds 20 --flood-seconds 10 --flood 60

The monitor runs as a user starts it, the sender in a process of its own; this process reads what the monitor sends and
shows, as a display and a browser would. One aircraft in twenty-five, 2,000 at most, circles and dips below a minimum
altitude every two minutes, so that alerts start and end all the time.

Two latencies are printed, both of the load before the flood. That of the ticks is the monitor's own: from the arrival
of the oldest datagram that was judged together with others to the moment when all they led to was sent; it says that of
99 % of its last 20,000 ticks, and printed is the greatest that it said once a second. That of the alerts is taken
outside: from the time in the plot, which is the moment at which it is sent, to the arrival of the message.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import sys
import threading
import time
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.live_monitor import Monitored, first_and_last, monitored
from safetynets.recordings.asterix.decode import Decoder
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.recordings.asterix.fields import Fields
from safetynets.recordings.asterix.tables import load
from safetynets.sites import Site, load_site

SITE = "geneva"
LISTEN, ALERTS = ("127.0.0.1", 18660), ("127.0.0.1", 18661)
RECORDS = 4
"""In a datagram."""
SLOTS = 128
"""Of a second: the steps of the time in category 062. In those left over the next second is encoded."""
BUSY_SLOTS = 112
ONE_IN, MOST_CIRCLING = 25, 2_000
DIP_FT, DIP_S, CIRCLE_M, CIRCLE_MPS = 2_000.0, 120.0, 3_000.0, 100.0
SOURCES = 8
"""Between which the aircraft are shared, for one has 65,536 track numbers."""
AFTER_S = 30
ALIVE = ("--alive-s", "0.5")
START_TYPES = (4, 5, 8)
S_PER_DAY = 86_400


class Aircraft:
    """Straight paths around the airport, above everything, but for those that dip below a minimum altitude."""

    def __init__(self, site: Site, count: int, seed: int = 1) -> None:
        chance = np.random.default_rng(seed)
        self.site, self.count = site, count
        self.x_m, self.y_m = chance.uniform(-120e3, 120e3, (2, count))
        self.course, self.speed = chance.uniform(0.0, 2 * np.pi, count), chance.uniform(80.0, 240.0, count)
        self.level_ft = chance.uniform(20_000.0, 39_000.0, count)
        self.phase = chance.uniform(0.0, 2 * np.pi, count)
        self.dips = np.arange(count) % ONE_IN == 0
        self.dips[ONE_IN * MOST_CIRCLING :] = False
        areas = [each for each in site.minimum_altitudes if each.area.area > 16 * CIRCLE_M**2]
        for place, one in enumerate(np.flatnonzero(self.dips).tolist()):
            area = areas[place % len(areas)]
            point = area.area.representative_point()
            self.x_m[one], self.y_m[one], self.level_ft[one] = point.x, point.y, area.minimum_ft

    def second(self, after_s: int, at_s: int) -> list[list[bytes]]:
        """The datagrams of one second, slot by slot: every aircraft once."""
        slot = np.arange(self.count) // RECORDS * BUSY_SLOTS // (-(-self.count // RECORDS))
        run_s = after_s + slot / SLOTS
        turned = self.phase + CIRCLE_MPS / CIRCLE_M * run_s
        vx, vy = self.speed * np.sin(self.course), self.speed * np.cos(self.course)
        x_m, y_m = self.x_m + vx * run_s, self.y_m + vy * run_s
        vx = np.where(self.dips, CIRCLE_MPS * np.cos(turned), vx)
        vy = np.where(self.dips, -CIRCLE_MPS * np.sin(turned), vy)
        x_m = np.where(self.dips, self.x_m + CIRCLE_M * np.sin(turned), x_m)
        y_m = np.where(self.dips, self.y_m + CIRCLE_M * np.cos(turned), y_m)
        dip = self.phase + 2 * np.pi / DIP_S * run_s
        level_ft = self.level_ft + np.where(self.dips, DIP_FT * np.cos(dip), 0.0)
        rate_fpm = np.where(self.dips, -DIP_FT * np.sin(dip) * 2 * np.pi / DIP_S * 60.0, 0.0)
        latitude, longitude = self.site.plane.to_geographic(x_m, y_m)
        columns = {
            "010/SAC": np.zeros(self.count),
            "010/SIC": 1.0 + np.arange(self.count) % SOURCES,
            "040": np.arange(self.count) // float(SOURCES),
            "070": (at_s + slot / SLOTS) % S_PER_DAY,
            "105/LAT": latitude,
            "105/LON": longitude,
            "136": level_ft / 100.0,
            "185/VX": vx,
            "185/VY": vy,
            "220": rate_fpm,
        }
        found: list[list[bytes]] = [[] for _ in range(BUSY_SLOTS)]
        records = encode(62, columns)
        first = 0
        for _, block in blocks(62, records, longest=3 + RECORDS * int(records.end[0])):
            found[int(slot[first])].append(block)
            first += RECORDS
        return found


def send(tracks: int, seconds: int, flood_s: int, times: int, answers: multiprocessing.Queue[dict[str, Any]]) -> None:
    """Send the load, the flood and the load again; answer when the flood began and ended, and what was sent."""
    site = load_site(SITE)
    few, many = Aircraft(site, tracks), Aircraft(site, times * tracks)
    phases = [(few, seconds)] + ([(many, flood_s), (few, AFTER_S)] if flood_s else [])
    sent, after_s, marks, latest_s = 0, 0, [], 0.0
    start_s = int(time.time()) + 3 + flood_s * times // 20
    flood = {after_s: many.second(after_s, start_s + after_s) for after_s in range(seconds, seconds + flood_s)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for aircraft, lasts_s in phases:
            marks.append(float(start_s + after_s))
            for _ in range(lasts_s):
                slots = flood.pop(after_s, None) or aircraft.second(after_s, start_s + after_s)
                for slot, datagrams in enumerate(slots):
                    wait_s = start_s + after_s + slot / SLOTS - time.time()
                    if wait_s > 0.0:
                        time.sleep(wait_s)
                    latest_s = max(latest_s, -wait_s)
                    for datagram in datagrams:
                        out.sendto(datagram, LISTEN)
                    sent += len(datagrams)
                after_s += 1
    answers.put({"sent": sent, "phases_s": marks, "sender_latest_ms": latest_s * 1e3})


class Display(threading.Thread):
    """Reads what the monitor sends: when each message arrived, and what its flags are."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(ALERTS)
        self.came: list[tuple[float, bytes]] = []

    def run(self) -> None:
        """Receive."""
        while True:
            block = self._socket.recv(1 << 16)
            self.came.append((time.time(), block))

    def read(self, until_s: float) -> tuple[NDArray[np.float64], NDArray[np.int64], list[tuple[float, str]]]:
        """Latency (s) of each start of an alert up to a time, the number of messages a type, and states with times."""
        flags = {"overload": ("060/OL",), "degraded": ("060/DG",), "overflow": ("060/OF",)}
        fields = Fields({"time_s": ("020",)}, {"type": ("000",), **flags})
        octets = np.frombuffer(b"".join(block for _, block in self.came), dtype=np.uint8)
        end = np.cumsum([len(block) for _, block in self.came])
        found = Decoder(load(4), fields).decode(octets, end - [len(block) for _, block in self.came], end)
        came_s = np.array([at_s for at_s, _ in self.came])[found.block]
        kind = found.code("type")
        late_s = (came_s % S_PER_DAY - found.numbers["time_s"] + S_PER_DAY / 2) % S_PER_DAY - S_PER_DAY / 2
        alive = kind == 1
        said = {name: found.code(name)[alive] == 1 for name in flags}
        words = [" ".join(name for name in flags if said[name][one]) or "well" for one in range(int(alive.sum()))]
        states = list(zip(came_s[alive].tolist(), words, strict=True))
        starts = np.isin(kind, START_TYPES) & (came_s < until_s)
        return late_s[starts], np.bincount(kind, minlength=32), states


class Sample(NamedTuple):
    """The monitor at a time (s since 1970): its memory (MB), the time of its cores (s) and what it says of itself."""

    at_s: float
    memory_mb: float
    cpu_s: float
    health: dict[str, Any]


def watch(monitor: Monitored, sender: BaseProcess) -> list[Sample]:
    """Load what the page shows once a second while the sender sends."""
    samples = []
    while sender.is_alive():
        begun = time.monotonic()
        health = monitor.look()["health"]
        samples.append(Sample(time.time(), monitor.memory_mb(), monitor.cpu_s(), health))
        time.sleep(max(0.0, begun + 1.0 - time.monotonic()))
    return samples


def main() -> None:
    """Run the load and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--flood-seconds", type=int, default=0)
    parser.add_argument("--flood", type=int, default=10, help="so many times the tracks")
    asked = parser.parse_args()
    display = Display()
    display.start()
    with monitored(SITE, LISTEN, "--qnh-hpa", "1013.25", "--send", ":".join(map(str, ALERTS)), *ALIVE) as monitor:
        found = measured(monitor, display, asked.tracks, asked.seconds, asked.flood_seconds, asked.flood)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def measured(
    monitor: Monitored, display: Display, tracks: int, seconds: int, flood_s: int, times: int
) -> dict[str, Any]:
    """Send, and say what the monitor and the display say of it."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[dict[str, Any]] = context.Queue()
    sender = context.Process(target=send, args=(tracks, seconds, flood_s, times, answers))
    load_before = os.getloadavg()
    sender.start()
    samples = watch(monitor, sender)
    if answers.empty():
        sys.exit("the sender failed")
    answer = answers.get()
    time.sleep(2.0)
    begun_s, *flood = answer["phases_s"]
    until_s = flood[0] if flood else begun_s + seconds
    late_s, types, states = display.read(until_s)
    loaded = [one for one in samples if begun_s < one.at_s < until_s]
    settled = loaded[len(loaded) // 10 :]

    def greatest(name: str) -> float:
        return max(float(one.health[name]) for one in settled)

    used_s, busy = loaded[-1].cpu_s - loaded[0].cpu_s, [one.health["busy_share"] for one in settled]
    memory_mb = [one.memory_mb for one in loaded]
    found = {
        "tracks": tracks,
        "seconds": seconds,
        "load average before and after": [round(each[0], 2) for each in (load_before, os.getloadavg())],
        "datagrams sent": answer["sent"],
        "datagrams received": monitor.count("datagrams"),
        "datagrams dropped by the system": monitor.count("datagrams dropped"),
        "receive to send of ticks, p99 (ms)": greatest("latency_p99_ms"),
        "judging of ticks, p99 (ms)": greatest("judging_p99_ms"),
        "judging of ticks, p99 of a core (ms)": greatest("judging_cpu_p99_ms"),
        "alerts started": len(late_s),
        "plot sent to alert received, p50, p99 and greatest (ms)": np.round(
            np.quantile(late_s, [0.5, 0.99, 1.0]) * 1e3, 1
        ).tolist(),
        "sender behind its own times at most (ms)": round(answer["sender_latest_ms"], 1),
        "memory, median of the first and of the last minute (MB)": first_and_last(memory_mb, 60),
        "cores that the monitor used": round(used_s / (loaded[-1].at_s - loaded[0].at_s), 2),
        "busy share of its time, median and greatest": [statistics.median(busy), max(busy)],
        "messages": {int(kind): int(count) for kind, count in enumerate(types) if count},
    }
    if flood:
        found |= flooded(samples, states, until_s, flood[1])
    return found


def flooded(samples: list[Sample], states: list[tuple[float, str]], begun_s: float, ended_s: float) -> dict[str, Any]:
    """What came of a flood between two times (s since 1970)."""
    overload = [at_s for at_s, word in states if "overload" in word and at_s >= begun_s]
    well = [at_s for at_s, word in states if word == "well" and at_s > ended_s]
    changed = [one for before, one in itertools.pairwise(states) if one[1] != before[1]]
    within = [one for one in samples if begun_s <= one.at_s < ended_s + AFTER_S]
    dropped = [one.health["counts"].get("datagrams dropped", 0) for one in within]
    return {
        "overload said after the flood began (s)": round(overload[0] - begun_s, 2) if overload else None,
        "well after the flood ended (s)": round(well[0] - ended_s, 2) if well else None,
        "states (s after the flood began)": [
            f"{at_s - begun_s:.2f} {word}" for at_s, word in changed if begun_s <= at_s < ended_s + AFTER_S
        ],
        "behind at most, said once a second (s)": max(one.health["behind_s"] for one in within),
        "busy share of its time at most": max(one.health["busy_share"] for one in within),
        "datagrams dropped in the flood and after it": dropped[-1] - dropped[0],
        "memory at most (MB)": round(max(one.memory_mb for one in within), 1),
    }


if __name__ == "__main__":
    main()
