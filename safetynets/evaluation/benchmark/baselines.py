"""The alerts of the nets of this package about a benchmark, as the table that the scorer takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetynets.engine.monitor import judge
from safetynets.evaluation.benchmark.tables import PLACES, SITUATION_COLUMNS, SITUATIONS, rows_of, write_csv
from safetynets.evaluation.parameter_sets import site_with
from safetynets.recordings import read_tracks
from safetynets.runs.place import changed_site, changes_of
from safetynets.runs.scenario import load_scenario
from safetynets.sites import Site, load_site
from safetynets.text_files import read_json

ANSWER_COLUMNS = ("flight", "net", "start", "end")

ONE_SCAN = {"current_m": 1, "current_n": 1, "predicted_m": 1, "predicted_n": 1}
TWO_OF_THREE = {"current_m": 1, "current_n": 1, "predicted_m": 2, "predicted_n": 3}

BASELINES: dict[str, dict[str, Any]] = {
    "shipped": {},
    "naive": {f"{net}.{key}": value for net in ("msaw", "apm", "apw") for key, value in ONE_SCAN.items()},
    "faa-like": {f"apm.{key}": value for key, value in TWO_OF_THREE.items()}
    | {"apm.below_ft": 100.0, "apm.below_deg": 0.0, "apm.look_ahead_s": 15.0},
    "tuned-paris": {
        "apm.below_ft": 150.0,
        "apm.below_deg": 0.0,
        "apm.look_ahead_s": 0.0,
        "apm.current_m": 2,
        "apm.current_n": 3,
    },
}
"""`naive` alerts without confirmation; `faa-like` predicts 15 s ahead, 2 of 3 scans, 100 ft below, after an NTSB
accident report; `tuned-paris` is that of the scenario paris-wrong-qnh, tuned on part of the same recording."""


def write_answers(folder: Path, file: Path, values: Mapping[str, Any]) -> int:
    """Judge every flight of a benchmark with a parameter set, and write its alerts; return how many.

    Raises
    ------
    InputError
        For a benchmark that cannot be used, and a parameter that no net has.
    """
    of_files: dict[str, tuple[str, set[str]]] = {}
    for _, row in rows_of(folder / SITUATIONS, SITUATION_COLUMNS):
        of_files.setdefault(row["file"], (row["site"], set()))[1].add(row["flight"])
    facts = read_json(folder / PLACES)
    rows = []
    for name, (site, flights) in sorted(of_files.items()):
        place = site_with(site_of(site, facts[name]["qnh_hpa"]), values)
        tracks = read_tracks(folder / name).tracks.on_plane(place.plane)
        for alert in judge(tracks, place).alerts:
            if alert.callsign in flights and alert.shown:
                end = "" if math.isnan(alert.end_time_s) else f"{alert.end_time_s:.3f}"
                rows.append(
                    {"flight": alert.callsign, "net": alert.net, "start": f"{alert.start_time_s:.3f}", "end": end}
                )
    rows.sort(key=lambda row: (row["flight"], float(row["start"]), row["net"]))
    write_csv(file, ANSWER_COLUMNS, list({(r["flight"], r["net"], r["start"]): r for r in rows}.values()))
    return len(rows)


def site_of(name: str, qnh_hpa: float) -> Site:
    """A site of the benchmark under the QNH of a file; Paris watches as far as in the scenario of its recording."""
    changes = {"pressure_regions.*.qnh_hpa": qnh_hpa}
    if name != "paris":
        return load_site(name, changes)
    scenario = load_scenario("paris-arrivals").scenario
    ranges = [c for c in changes_of(scenario) if c.address.startswith("approaches")]
    return changed_site(load_site(name, changes), ranges)
