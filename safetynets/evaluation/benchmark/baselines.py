"""The alerts of the nets of this package about a benchmark, as the table that the scorer takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetynets.airborne import judge_flight
from safetynets.engine.monitor import judge
from safetynets.evaluation.benchmark.make import PAIRS_FILE
from safetynets.evaluation.benchmark.pairs import pair_name
from safetynets.evaluation.benchmark.tables import PLACES, SITUATION_COLUMNS, SITUATIONS, rows_of, write_csv
from safetynets.evaluation.parameter_sets import site_with
from safetynets.recordings import read_tracks
from safetynets.runs.changed_site import changed_site, changes_of
from safetynets.runs.scenario import load_scenario
from safetynets.sites import Site, load_site
from safetynets.text_files import read_json

ANSWER_COLUMNS = ("flight", "net", "start", "end")

ONE_SCAN = {"current_m": 1, "current_n": 1, "predicted_m": 1, "predicted_n": 1}
TWO_OF_THREE = {"current_m": 1, "current_n": 1, "predicted_m": 2, "predicted_n": 3}

BASELINES: dict[str, dict[str, Any]] = {
    "shipped": {},
    "naive": {f"{net}.{key}": value for net in ("msaw", "apm", "apw", "stca") for key, value in ONE_SCAN.items()},
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

    Pairs are judged by the STCA alone, and other flights by every other net that is on.

    Raises
    ------
    InputError
        For a benchmark that cannot be used, and a parameter that no net has.
    """
    rows: list[dict[str, str]] = []
    for name, site, qnh_hpa, flights in _files(folder):
        place = site_with(site_of(site, qnh_hpa, pairs=name == PAIRS_FILE), values)
        tracks = read_tracks(folder / name).tracks.on_plane(place.plane)
        for alert in judge(tracks, place).alerts:
            flight = pair_name(alert.callsign, alert.other_callsign) if alert.other_callsign else alert.callsign
            if flight in flights and alert.shown:
                rows.append(_answer(flight, alert.net, alert.start_time_s, alert.end_time_s))
    return _write(file, rows)


def write_answers_on_board(folder: Path, file: Path) -> int:
    """What the nets on board would have said about every flight of a benchmark, as its table; return how many alerts.

    The equipment is that of `Equipment()`: a perfect position. Pairs have no net on board here.
    """
    rows: list[dict[str, str]] = []
    for name, site, qnh_hpa, flights in _files(folder):
        if name == PAIRS_FILE:
            continue
        place = site_of(site, qnh_hpa)
        tracks = read_tracks(folder / name).tracks.on_plane(place.plane)
        altitude_ft = judge(tracks, place).altitude_ft
        for track in range(tracks.track_count):
            flight = str(tracks.callsign[track])
            if flight not in flights:
                continue
            for outcome in judge_flight(tracks, altitude_ft, track, place).outcomes():
                rows += [_answer(flight, outcome.mode.key, spoken.start_s, spoken.end_s) for spoken in outcome.spoken]
    return _write(file, rows)


def _files(folder: Path) -> Iterator[tuple[str, str, float, set[str]]]:
    """Each file of a benchmark: its name, its site, the QNH, and the flights that are asked about."""
    of_files: dict[str, tuple[str, set[str]]] = {}
    for _, row in rows_of(folder / SITUATIONS, SITUATION_COLUMNS):
        of_files.setdefault(row["file"], (row["site"], set()))[1].add(row["flight"])
    facts = read_json(folder / PLACES)
    for name, (site, flights) in sorted(of_files.items()):
        yield name, site, facts[name]["qnh_hpa"], flights


def _answer(flight: str, net: str, start_s: float, end_s: float) -> dict[str, str]:
    return {"flight": flight, "net": net, "start": f"{start_s:.3f}", "end": "" if math.isnan(end_s) else f"{end_s:.3f}"}


def _write(file: Path, rows: list[dict[str, str]]) -> int:
    rows.sort(key=lambda row: (row["flight"], float(row["start"]), row["net"]))
    write_csv(file, ANSWER_COLUMNS, list({(r["flight"], r["net"], r["start"]): r for r in rows}.values()))
    return len(rows)


def site_of(name: str, qnh_hpa: float, *, pairs: bool = False) -> Site:
    """A site of the benchmark under the QNH of a file; Paris watches as far as in the scenario of its recording.

    For pairs the STCA is on.
    """
    changes: dict[str, Any] = {"pressure_regions.*.qnh_hpa": qnh_hpa}
    if pairs:
        changes["switched_on"] = ("STCA",)
    if name != "paris":
        return load_site(name, changes)
    scenario = load_scenario("paris-arrivals").scenario
    ranges = [c for c in changes_of(scenario) if c.address.startswith("approaches")]
    return changed_site(load_site(name, changes), ranges)
