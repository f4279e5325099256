"""A live monitor through a day of recording at speed max, and through random bytes.

    python -m benchmarks.live_endurance day --aircraft 600
    python -m benchmarks.live_endurance bytes --seconds 60

The day is 24 hours of traffic around Geneva as a capture of category 062: so many aircraft at a time, each for half an
hour, updated every 4 s; `safetynets live send --speed max` plays it. The bytes are datagrams of every length, some of
them whole blocks with octets changed, beside a feed of one aircraft; the monitor must count them and say nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.live_monitor import monitored
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.monitor import rejudged
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.recordings.containers_write import PCAP_START, packet
from safetynets.sites import load_site

SITE, LISTEN = "geneva", ("127.0.0.1", 18670)
DATE, MIDNIGHT_S, S_PER_DAY = "2026-03-02", 1_772_409_600, 86_400
EVERY_S, LIVES_S = 4, 1_800
RECORDS = 20
"""In a datagram."""
LONGEST = 1_400
LONGITUDE_DEG = 6.1
PLOTS = ("plots accepted", "plots late", "plots duplicate", "plots out of order", "plots ahead of time")
COUNTED = ("datagrams", "datagrams dropped", "octets outside blocks", "blocks undecodable")


def write_day(file: Path, aircraft: int) -> tuple[int, int]:
    """Write the day; return how many plots and datagrams it has."""
    site, chance = load_site(SITE), np.random.default_rng(1)
    plots = datagrams = 0
    number = np.arange(aircraft)
    begun_s = -chance.uniform(0.0, LIVES_S, aircraft)
    x_m, y_m = chance.uniform(-60e3, 60e3, (2, aircraft))
    course, level = chance.uniform(0.0, 2 * np.pi, aircraft), chance.uniform(50.0, 390.0, aircraft)
    with file.open("wb") as out:
        out.write(PCAP_START)
        for second in range(0, S_PER_DAY, EVERY_S):
            gone = second - begun_s > LIVES_S
            if gone.any():
                count = int(gone.sum())
                number[gone] = (number.max() + 1 + np.arange(count)) % (1 << 16)
                begun_s[gone] = second
                x_m[gone], y_m[gone] = chance.uniform(-60e3, 60e3, (2, count))
            run_m = 100.0 * (second - begun_s)
            latitude, longitude = site.plane.to_geographic(x_m + run_m * np.sin(course), y_m + run_m * np.cos(course))
            columns: dict[str, Any] = {
                "010/SAC": np.zeros(aircraft),
                "010/SIC": np.ones(aircraft),
                "040": number.astype(np.float64),
                "070": np.full(aircraft, float(second)),
                "105/LAT": latitude,
                "105/LON": longitude,
                "136": level,
                "185/VX": 100.0 * np.sin(course),
                "185/VY": 100.0 * np.cos(course),
                "220": np.zeros(aircraft),
            }
            encoded = encode(62, columns)
            for _, block in blocks(62, encoded, longest=3 + RECORDS * int(encoded.end[0])):
                out.write(packet(MIDNIGHT_S + second, block))
                datagrams += 1
            plots += aircraft
    return plots, datagrams


def day(aircraft: int) -> dict[str, Any]:
    """Play the day to a monitor at speed max."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "day.pcap"
        plots, datagrams = write_day(file, aircraft)
        with monitored(SITE, LISTEN, "--qnh-hpa", "1013.25", "--date", DATE) as monitor:
            load, begun, hours = os.getloadavg()[0], time.monotonic(), dict[str, list[float]]()
            command = [sys.executable, "-m", "safetynets", "live", "send", str(file), "--speed", "max"]
            sender = subprocess.Popen([*command, "--to", f"{LISTEN[0]}:{LISTEN[1]}"], stdout=subprocess.DEVNULL)
            while sender.poll() is None or monitor.count("datagrams") < datagrams:
                newest = monitor.look()["newest"]
                if newest:
                    hours.setdefault(newest[:13], []).append(monitor.memory_mb())
                time.sleep(0.25)
                if sender.poll() is not None and monitor.count("datagrams dropped"):
                    break
            took_s = time.monotonic() - begun
            time.sleep(1.5)
            return {
                "plots": plots,
                "datagrams sent": datagrams,
                **{what: monitor.count(what) for what in COUNTED},
                "took (s)": round(took_s, 1),
                "plots a second": round(plots / took_s),
                "memory at most, hour by hour (MB)": [round(max(some)) for _, some in sorted(hours.items())],
                "load average before and after": [round(load, 2), round(os.getloadavg()[0], 2)],
            }


def random_bytes(seconds: int, seed: int = 1) -> dict[str, Any]:
    """Send random bytes, and blocks with octets changed, beside one aircraft a second."""
    chance, sent, wanted = random.Random(seed), 0, 0
    with monitored(SITE, LISTEN, "--qnh-hpa", "1013.25") as monitor:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for second in range(seconds):
                begun = time.monotonic()
                ((_, block),) = blocks(62, encode(62, one_aircraft(second, time.time())))
                out.sendto(block, LISTEN)
                wanted += 1
                while time.monotonic() - begun < 1.0:
                    for _ in range(50):
                        out.sendto(rubbish(chance, block), LISTEN)
                        sent += 1
                    time.sleep(0.02)
        time.sleep(2.0)
        counts = {what: monitor.count(what) for what in COUNTED}
        plots = {what: monitor.count(what) for what in PLOTS}
        printed = monitor.printed.read_text()
        return {
            "random datagrams": sent,
            **counts,
            **plots,
            "plots of the aircraft": wanted,
            "of these judged, by a replay of what was recorded": replayed(monitor.folder),
            "tracebacks": printed.count("Traceback"),
            "printed": [line for line in printed.splitlines() if "listening" not in line][:10],
        }


def replayed(folder: Path) -> int:
    """How many plots of the aircraft are judged when what a monitor recorded is judged again."""
    nets = LiveNets(load_site(SITE, {"pressure_regions.*.qnh_hpa": 1013.25}), Feed(), keep=True)
    for _ in rejudged(nets, folder):
        pass
    return sum(int((np.abs(tracks.longitude_deg - LONGITUDE_DEG) < 1e-4).sum()) for tracks, _, _ in nets.parts)


def one_aircraft(second: int, at_s: float) -> dict[str, Any]:
    """The columns of one plot."""
    values = {"010/SAC": 0, "010/SIC": 1, "040": 7, "070": at_s % S_PER_DAY, "136": 250.0, "220": 0.0}
    values |= {"105/LAT": 46.2 + 0.001 * second, "105/LON": LONGITUDE_DEG, "185/VX": 0.0, "185/VY": 111.0}
    return {name: [value] for name, value in values.items()}


def rubbish(chance: random.Random, block: bytes) -> bytes:
    """Random bytes; now and then with the head of a block before them, or a block with octets changed."""
    kind = chance.random()
    if kind < 0.5:
        return chance.randbytes(chance.randint(0, LONGEST))
    if kind < 0.8:
        body = chance.randbytes(chance.randint(1, 200))
        return bytes([chance.choice((1, 4, 21, 34, 48, 62, 65))]) + (len(body) + 3).to_bytes(2, "big") + body
    octets = bytearray(block)
    for _ in range(chance.randint(1, 4)):
        octets[chance.randrange(3)] = chance.randrange(256)
    return bytes(octets)


def main() -> None:
    """Run one of the two and print what came of it."""
    parser = argparse.ArgumentParser()
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("day").add_argument("--aircraft", type=int, default=600)
    kinds.add_parser("bytes").add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    found = day(asked.aircraft) if asked.kind == "day" else random_bytes(asked.seconds)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
