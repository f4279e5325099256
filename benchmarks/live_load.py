"""The load of a live monitor: tracks at 1 Hz on the wire, then a flood, then the load again.

    python benchmarks/live_load.py --tracks 5000 --seconds 600

The monitor runs in a process of its own, as a user starts it; the sender and this script share the machine with it. It
prints what was sent, received and dropped, the latency of 99 % of the ticks from the arrival of a datagram to the end
of what it led to, the time of judging, and the memory in the first and in the last minute.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np

from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.sites import load_site

RECORDS = 4
"""In a datagram."""


def second_of_traffic(tracks: int, second: int, seed: int = 1) -> list[bytes]:
    """The datagrams of one second: every aircraft once, on a straight path around Geneva."""
    site = load_site("geneva")
    chance = np.random.default_rng(seed)
    x_m, y_m = chance.uniform(-120e3, 120e3, (2, tracks))
    course, speed = chance.uniform(0.0, 2 * np.pi, tracks), chance.uniform(80.0, 240.0, tracks)
    level = chance.uniform(120.0, 390.0, tracks)
    vx, vy = speed * np.sin(course), speed * np.cos(course)
    latitude, longitude = site.plane.to_geographic(x_m + vx * second, y_m + vy * second)
    columns = {
        "010/SAC": np.zeros(tracks),
        "010/SIC": np.ones(tracks),
        "040": np.arange(tracks, dtype=np.float64),
        "070": np.full(tracks, (time.time() % 86_400)),
        "105/LAT": latitude,
        "105/LON": longitude,
        "136": level,
        "185/VX": vx,
        "185/VY": vy,
        "220": np.zeros(tracks),
    }
    return [block for _, block in blocks(62, encode(62, columns), longest=3 + RECORDS * 40)]


def facts_of(address: str) -> dict[str, float]:
    """The counters that the monitor serves."""
    with urllib.request.urlopen(f"{address}metrics", timeout=10) as answer:
        lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def memory_mb(process: int) -> float:
    """Resident memory (MB)."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Run the load and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--flood-seconds", type=int, default=0)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    command = [sys.executable, "-m", "safetynets", "live", "--site", "geneva", "--qnh-hpa", "1013", "--page", "0"]
    command += ["--listen", "127.0.0.1:18660", "--send", "127.0.0.1:18661", "--out", str(folder / "live")]
    monitor = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert monitor.stdout is not None
    address = ""
    for line in monitor.stdout:
        if line.startswith("The page is at"):
            address = line.split()[-1]
        if line.startswith("listening"):
            break
    sent, memory = 0, []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for second in range(asked.seconds + asked.flood_seconds + (10 if asked.flood_seconds else 0)):
            flood = asked.seconds <= second < asked.seconds + asked.flood_seconds
            begun = time.monotonic()
            datagrams = second_of_traffic(asked.tracks, second)
            for place, datagram in enumerate(datagrams):
                for _ in range(10 if flood else 1):
                    out.sendto(datagram, ("127.0.0.1", 18660))
                    sent += 1
                ahead_s = begun + 0.9 * place / len(datagrams) - time.monotonic()
                if ahead_s > 0.002:
                    time.sleep(ahead_s)
            time.sleep(max(0.0, begun + 1.0 - time.monotonic()))
            memory.append(memory_mb(monitor.pid))
    time.sleep(2.0)
    facts = facts_of(address)
    monitor.terminate()
    monitor.wait()
    received = facts['safetynets_count{what="datagrams"}']
    first, last = memory[: min(60, len(memory))], memory[-min(60, len(memory)) :]
    print(
        json.dumps(
            {
                "tracks": asked.tracks,
                "seconds": asked.seconds,
                "datagrams sent": sent,
                "datagrams received": int(received),
                "datagrams dropped by the system": int(facts['safetynets_count{what="datagrams dropped"}']),
                "latency p99 ms": facts["safetynets_latency_p99_ms"],
                "judging p99 ms": facts["safetynets_judging_p99_ms"],
                "memory MB, median of the first minute": round(float(np.median(first)), 1),
                "memory MB, median of the last minute": round(float(np.median(last)), 1),
                "overloaded in the end": bool(facts['safetynets_state{state="overload"}']),
            },
            indent=2,
        )
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
