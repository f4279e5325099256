"""Runs of the shipped scenarios, each made once: as surveillance sees it perfectly, and through radar and tracker."""

import csv
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from safetynets.engine.alerts import Alert
from safetynets.engine.monitor import judge
from safetynets.runs import Run, Scenario, load_scenario, run_scenario
from safetynets.runs.traffic import of_scenario

SEEDS = (1, 2, 3)
BOUNDS_FILE = Path(__file__).parent / "sensor_bounds.csv"

RADARS = MappingProxyType(
    {
        "geneva": {
            "name": "Jura (illustrative)",
            "latitude_deg": 46.4247,
            "longitude_deg": 6.0994,
            "altitude_ft": 5600.0,
        },
        "zurich": {
            "name": "airport (illustrative)",
            "latitude_deg": 47.46,
            "longitude_deg": 8.55,
            "altitude_ft": 1700.0,
        },
        "flat": {"name": "airport (illustrative)", "latitude_deg": 50.03, "longitude_deg": 8.02, "altitude_ft": 400.0},
        "lyon": {"name": "airport (illustrative)", "latitude_deg": 45.72, "longitude_deg": 5.08, "altitude_ft": 950.0},
        "paris": {"name": "airport (illustrative)", "latitude_deg": 49.01, "longitude_deg": 2.55, "altitude_ft": 500.0},
    }
)
"""One radar a site; its period, noise and misses, Mode C and the tracker are the simulator defaults."""


class Bound(NamedTuple):
    """How far the sensors may move the alerts of a scenario: at most so many seconds sooner or later."""

    sooner_s: float
    later_s: float


@cache
def scenario(name: str) -> Scenario:
    """The scenario as written."""
    return load_scenario(name).scenario


def is_on_ground(name: str) -> bool:
    """Whether some flight of a scenario begins on the ground."""
    return any(flight.start.on_ground for flight in scenario(name).flights)


@cache
def perfect(name: str) -> Run:
    """The run of the scenario as it is shipped."""
    return run_scenario(name)


@cache
def with_sensors(name: str, seed: int) -> tuple[Alert, ...]:
    """The alerts of a scripted scenario seen by one radar of 4 s and a tracker."""
    site = perfect(name).site
    radars = [dict(RADARS[site.name])]
    loaded = load_scenario(name, {"seed": seed, "surveillance.perfect": False, "surveillance.radars": radars})
    return judge(of_scenario(loaded, site, lambda _: None).tracks, site).alerts


def start_s(name: str) -> float:
    """Start of a scenario, UTC seconds since 1970: as written, or the first plot of its recording."""
    start = scenario(name).start
    return float(perfect(name).tracks.time_s.min()) if start is None else start.timestamp()


@cache
def bounds() -> dict[str, Bound]:
    """The stated bound of each scripted scenario."""
    with BOUNDS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["scenario"]: Bound(float(row["sooner_s"]), float(row["later_s"])) for row in csv.DictReader(lines)}
