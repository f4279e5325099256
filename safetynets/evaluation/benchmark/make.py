"""Make the benchmark: real approaches with faults put in, generated days, and published accidents as a fixed set."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.special import ndtri

from safetynets import __version__
from safetynets.engine.monitor import judge
from safetynets.evaluation.benchmark.final_faults import displaced_flight
from safetynets.evaluation.benchmark.final_pairs import final_pairs
from safetynets.evaluation.benchmark.pairs import Pair, pairs_of
from safetynets.evaluation.benchmark.tables import (
    BENCHMARK,
    PLACES,
    SITUATION_COLUMNS,
    SITUATIONS,
    write_csv,
    write_sums,
)
from safetynets.evaluation.benchmark.terminal import BELOW_MINIMUM_FT, INSIDE_S, NEAR_GROUND_FT, strayed
from safetynets.evaluation.search.faulty_flights import FaultyFlights, load_model, moved_m
from safetynets.evaluation.search.situation import Situation, flights_of, open_situation, untold
from safetynets.recordings import write_parquet
from safetynets.runs import run_scenario
from safetynets.runs.changed_site import ALL_REGIONS
from safetynets.sites import Site, load_site
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft
from safetynets.sites.geometry import Area, Volume
from safetynets.tracks import Tracks
from safetynets.tracks.portions import joined
from safetynets.traffic.generator import load_settings
from safetynets.traffic.generator.day import generate_day
from safetynets.traffic.generator.movements import Label, Request
from safetynets.units import S_PER_DAY

VERSION = 1
BELOW_FT, BESIDE_M = 250.0, 600.0
"""From here on a flight on final must be alerted; less than half of it is ordinary flying, between them it is void."""
ORDINARY_SHARE = 0.5
TRAIN_SHARE = 0.5
RECORDING = "paris-arrivals"
ACCIDENTS = ("geneva-2023", "geneva-2024", "lyon-2010", "paris-2022", "zurich-1990", "zurich-2001")
QUANTITIES = 5
PUBLISHED_S = 120.0
"""Ground-based safety nets warn up to two minutes ahead: EUROCONTROL-GUID-160 Part I as quoted in IFATCA WP 86 2.12."""
LOW_FT = 3000.0
GENERATED = ("zurich", "geneva")
FIRST_DAYS = {False: date(2024, 1, 1), True: date(2024, 7, 1)}
"""The first generated day: those of the final split are others."""
MOVEMENTS = 300
STRAYED = 20
PAIRS = 100
PAIRS_FILE = "pairs.parquet"
FAULTS_SHARE = 0.15
TASK_OF = {
    "into_volume": "airspace",
    "turn_towards_terrain": "terrain",
    "vectored_below_minimum": "terrain",
    "wrong_step": "terrain",
    "through_cleared_level": "terrain",
    "wrong_altimeter_setting": "wrong setting",
    "standard_setting_kept": "wrong setting",
}
"""The task of a kind of fault; of the others "low on final"."""


@dataclass(frozen=True)
class Made:
    """How many flights a benchmark has, by task, split and truth."""

    folder: Path
    counts: dict[str, int]


def make_benchmark(
    folder: Path,
    *,
    faulty: int,
    seed: int,
    movements: int = MOVEMENTS,
    stray: int = STRAYED,
    pairs: int = PAIRS,
    final: bool = False,
    tell: Callable[[str], None] = untold,
) -> Made:
    """Write a benchmark to a new folder: plots, situations, rules and checksums; the same seed gives the same bytes.

    Parameters
    ----------
    folder
        Where to; it must not be there yet.
    faulty
        Flights with a fault for each real approach.
    seed
        Of the draws; that of a final split is its keeper's secret.
    movements
        Of each generated day.
    stray
        Flights of a generated day that stray, for each of the tasks terrain and airspace.
    pairs
        Pairs of flights in each split, half of which must be alerted.
    final
        Make the final split: other faults and other pairs, by generators written independently of those for training.
    tell
        Called with a few words before each stage.
    """
    folder.mkdir(parents=True)
    rows: list[dict[str, Any]] = []
    places: dict[str, Any] = {}
    tell("reading the real approaches")
    situation = open_situation(RECORDING)
    flights = approaches_of(situation)
    tell(f"putting faults into {len(flights)} approaches")
    rows += _on_final(folder, situation, flights, faulty, seed, final=final)
    places["paris.parquet"] = place_of(situation.site)
    if pairs:
        tell("making pairs of flights")
        rows += _pairs(folder, situation, pairs, seed, final=final)
        places[PAIRS_FILE] = place_of(situation.site)
    for site in GENERATED:
        for number, split in enumerate(("final",) if final else ("train", "rank")):
            tell(f"generating a day of {site}")
            day = FIRST_DAYS[final] + timedelta(days=number)
            told, qnh_hpa = _generated(folder, site, day, split, movements, stray, seed, final=final)
            rows += told
            place = place_of(load_site(site, {ALL_REGIONS: qnh_hpa}))
            places |= dict.fromkeys(sorted({row["file"] for row in told}), place)
    if not final:
        for name in ACCIDENTS:
            tell(f"adding the accident {name}")
            told_of, site_of_it = _accident(folder, name)
            rows.append(told_of)
            places[told_of["file"]] = place_of(site_of_it)
    write_csv(folder / SITUATIONS, SITUATION_COLUMNS, rows)
    (folder / PLACES).write_text(json.dumps(places, indent=1) + "\n", encoding="utf-8", newline="\n")
    (folder / BENCHMARK).write_text(_about(final=final), encoding="utf-8", newline="\n")
    write_sums(folder)
    counts: dict[str, int] = {}
    for row in rows:
        key = f"{row['task']} {row['split']} {row['truth']}"
        counts[key] = counts.get(key, 0) + 1
    return Made(folder, counts)


@dataclass(frozen=True)
class Approached:
    """A real flight that joins an approach: its number in the recording and the approach's place at the site."""

    number: int
    approach: int


def approaches_of(situation: Situation) -> list[Approached]:
    """The flights of a recording that join an approach of the site."""
    assert situation.recorded is not None
    judged = judge(situation.recorded, situation.site)
    found = {}
    for row in np.flatnonzero(judged.approach >= 0):
        found[int(situation.recorded.track[row])] = int(judged.approach[row])
    return [Approached(number, approach) for number, approach in sorted(found.items())]


def _on_final(
    folder: Path, situation: Situation, flights: Sequence[Approached], faulty: int, seed: int, *, final: bool
) -> list[dict[str, Any]]:
    """Every real approach as it flew, and with faults; whole flights go to one split, so that no approach is in two."""
    model, site = load_model(), situation.site
    assert situation.recorded is not None
    tracks: list[Tracks] = []
    rows: list[dict[str, Any]] = []
    shares = np.cumsum([fault.share for fault in model.faults])
    for place, flight in enumerate(flights):
        random = np.random.default_rng([seed, place, int(final)])
        split = "final" if final else ("train" if place < TRAIN_SHARE * len(flights) else "rank")
        clean = flights_of(situation.recorded, [flight.number])
        for copy in range(faulty + 1):
            name, fault, flown = f"F{place:03d}{copy:02d}", "", clean
            if copy and final:
                flown, fault = displaced_flight(clean, site.approaches[flight.approach], random)
            elif copy:
                kind = model.faults[int(np.searchsorted(shares, random.random()))]
                drawn = FaultyFlights(situation, model, kind, seed, flight=(clean, site.approaches[flight.approach]))
                flown, fault = drawn.flown(drawn.told(ndtri(random.random(QUANTITIES)))), kind.fault
            flown = flown.with_columns(callsign=np.array([name], dtype=object))
            truth, from_s, event_s = truth_of(flown, clean, site, flight.approach)
            if not copy:
                truth = "ordinary"
            tracks.append(flown)
            task = TASK_OF.get(fault, "low on final")
            rows.append(_row(name, "paris", task, split, "2021-10-07", fault, truth, (from_s, event_s), flown))
    write_parquet(joined(tracks), folder / "paris.parquet")
    return rows


def _pairs(folder: Path, situation: Situation, count: int, seed: int, *, final: bool) -> list[dict[str, Any]]:
    """Pairs, of which no real flight is in both `train` and `rank`; those of the final split are drawn otherwise."""
    recorded, site = situation.recorded, situation.site
    assert recorded is not None
    made: list[tuple[str, Iterable[Pair]]]
    if final:
        made = [("final", final_pairs(recorded, site, place_of(site)["qnh_hpa"], count, seed))]
    else:
        made = [(split, pairs_of(recorded, site, count, seed, n)) for n, split in enumerate(("train", "rank"))]
    rows: list[dict[str, Any]] = []
    tracks: list[Tracks] = []
    for split, pairs in made:
        for pair in pairs:
            tracks += [flights_of(pair.tracks, [one]) for one in (0, 1)]
            about = pair.name, "paris", "pairs", split, "2021-10-07", "", pair.truth
            rows.append(_row(*about, (pair.begin_s, pair.event_s), pair.tracks, PAIRS_FILE, pair.end_s))
    write_parquet(joined(tracks), folder / PAIRS_FILE)
    return rows


def truth_of(flown: Tracks, clean: Tracks, site: Site, approach: int) -> tuple[str, float, float]:
    """Whether a flight on final must be alerted, from when on, and by when: its last plot that is watched.

    A flight that still turns on to the course is beside it without a fault: what counts is how far it was moved.
    """
    place = site.approaches[approach]
    distance_nm, across_m = along_and_across(place, flown.x_m, flown.y_m)
    altitude_ft = judge(flown, site).altitude_ft
    watched = (place.end_distance_nm <= distance_nm) & (distance_nm <= place.start_distance_nm)
    beside_m = np.minimum(np.abs(across_m), moved_m(flown, clean))
    off = np.maximum((nominal_altitude_ft(place, distance_nm) - altitude_ft) / BELOW_FT, beside_m / BESIDE_M)
    off = np.where(watched & np.isfinite(off), off, 0.0)
    first_s, last_s = float(flown.time_s[0]), float(flown.time_s[-1])
    if off.max(initial=0.0) < ORDINARY_SHARE:
        return "ordinary", first_s, last_s
    if off.max() < 1.0:
        return "void", first_s, last_s
    begins_s = float(flown.time_s[np.argmax(off >= ORDINARY_SHARE)])
    return "must", begins_s, max(begins_s, float(flown.time_s[np.flatnonzero(watched)[-1]]))


def place_of(site: Site) -> dict[str, Any]:
    """What a program needs to know of a place: its QNH, approaches, minimum altitudes and volumes."""
    approaches = [
        {
            "name": approach.name,
            "latitude_deg": round(float(site.plane.to_geographic(approach.x_m, approach.y_m)[0]), 7),
            "longitude_deg": round(float(site.plane.to_geographic(approach.x_m, approach.y_m)[1]), 7),
            "threshold_elevation_ft": approach.threshold_elevation_ft,
            "threshold_crossing_height_ft": approach.threshold_crossing_height_ft,
            "course_deg": approach.course_deg,
            "path": approach.path,
            "angle_deg": approach.angle_deg,
            "intercept_altitude_ft": approach.intercept_altitude_ft,
            "start_distance_nm": approach.start_distance_nm,
            "end_distance_nm": approach.end_distance_nm,
        }
        for approach in site.approaches
    ]
    qnh_hpa = site.pressure_regions[0].qnh[0][1] if site.pressure_regions and site.pressure_regions[0].qnh else None
    return {
        "site": site.name,
        "qnh_hpa": qnh_hpa,
        "approaches": approaches,
        "minimum_altitudes": [
            {"name": each.name, "minimum_ft": each.minimum_ft, "rings_deg": _rings_deg(site, each.area)}
            for each in site.minimum_altitudes
        ],
        "volumes": [
            {
                "name": each.name,
                "floor_ft": each.floor.value_ft,
                "floor_is_flight_level": each.floor.is_flight_level,
                "ceiling_ft": each.ceiling.value_ft,
                "ceiling_is_flight_level": each.ceiling.is_flight_level,
                "permanent": each.schedule.permanent,
                "allowed_flight_rules": list(each.allowed_flight_rules),
                "rings_deg": _rings_deg(site, _area_of(each)),
            }
            for each in site.volumes
        ],
    }


def _rings_deg(site: Site, area: Area) -> list[list[list[float]]]:
    """The outer rings of an area as latitudes and longitudes."""
    rings = []
    for part in shapely.get_parts(area):
        x_m, y_m = shapely.get_coordinates(part.exterior).T
        rings.append(np.round(np.column_stack(site.plane.to_geographic(x_m, y_m)), 6).tolist())
    return rings


def _area_of(volume: Volume) -> Area:
    """A volume as a polygon; a circle becomes one of 64 corners a quarter."""
    return volume.area or shapely.Point(volume.x_m, volume.y_m).buffer(volume.radius_m, quad_segs=64)


def _generated(
    folder: Path, site: str, day: date, split: str, movements: int, stray: int, seed: int, *, final: bool
) -> tuple[list[dict[str, Any]], float]:
    """A day of the traffic generator, whose labels say what was put in, and flights of it that stray.

    In the final split the generator of the others puts in nothing.
    """
    number = (day - date(1970, 1, 1)).days
    request = Request(
        settings=load_settings(site),
        day=number,
        start_time_s=number * S_PER_DAY,
        movements=movements,
        seed=seed,
        faults_share=0.0 if final else FAULTS_SHARE,
    )
    generated = generate_day(request)
    names = [f"{site[0].upper()}{number}{place:04d}" for place in range(generated.tracks.track_count)]
    file = f"{site}-{day.isoformat()}.parquet"
    write_parquet(generated.tracks.with_columns(callsign=np.array(names, dtype=object)), folder / file)
    rows = []
    for place, label in enumerate(generated.labels):
        mine = generated.tracks.rows_of(place)
        if mine.start == mine.stop:
            continue
        flown = flights_of(generated.tracks, [place])
        truth, times = _truth_of_label(label, flown)
        task = TASK_OF.get(label.fault, "low on final") if label.fault else "ordinary traffic"
        rows.append(_row(names[place], site, task, split, day.isoformat(), label.fault, truth, times, flown, file))
    ordinary = [place for place, label in enumerate(generated.labels) if not label.fault]
    random = np.random.default_rng([seed, number, 5])
    qnh_hpa = generated.weather.qnh_hpa
    place_then = load_site(site, {ALL_REGIONS: qnh_hpa})
    astray, file = [], f"{site}-{day.isoformat()}-strayed.parquet"
    for place, one in enumerate(strayed(generated.tracks, ordinary, place_then, qnh_hpa, stray, random, final=final)):
        name = f"{site[0].upper()}{number}S{place:03d}"
        astray.append(one.tracks.with_columns(callsign=np.array([name], dtype=object)))
        times = one.begin_s, one.event_s
        rows.append(_row(name, site, one.task, split, day.isoformat(), one.fault, one.truth, times, one.tracks, file))
    if astray:
        write_parquet(joined(astray), folder / file)
    return rows, qnh_hpa


def _truth_of_label(label: Label, flown: Tracks) -> tuple[str, tuple[float, float]]:
    first_s, last_s = float(flown.time_s[0]), float(flown.time_s[-1])
    if not label.fault:
        return "ordinary", (first_s, last_s)
    far = abs(label.fault_displacement_ft) >= BELOW_FT or abs(label.fault_displacement_m) >= BESIDE_M
    begins_s = min(max(first_s, label.fault_start_time_s), last_s)
    lowest_s = label.least_clearance_time_s
    event_s = lowest_s if begins_s < lowest_s <= last_s else last_s
    return ("must" if far or label.fault_contact else "void"), (begins_s, event_s)


def _accident(folder: Path, name: str) -> tuple[dict[str, Any], Site]:
    """A published event as it is shipped, to be alerted in the two minutes before the flight is lowest."""
    run = run_scenario(name)
    track = min(run.alerts, key=lambda each: each.start_time_s).track
    rows = run.tracks.rows_of(track)
    flight = f"A-{name}"
    mine = flights_of(run.tracks, [track]).with_columns(callsign=np.array([flight], dtype=object))
    write_parquet(mine, folder / f"{flight}.parquet")
    first_s = float(run.tracks.time_s[rows][0])
    event_s = float(run.tracks.time_s[rows][first_low(run.altitude_ft[rows])])
    times = max(first_s, event_s - PUBLISHED_S), event_s
    day = str(np.datetime64(int(run.tracks.time_s[rows][0]), "s"))[:10]
    file = f"{flight}.parquet"
    row = _row(flight, run.site.name, "published", "rank", day, "published", "must", times, mine, file)
    return row, run.site


def first_low(altitude_ft: NDArray[np.float64]) -> int:
    """The lowest plot of a flight, of several approaches that of the first: before it has climbed 1,000 ft again.

    >>> first_low(np.array([3000.0, 1500.0, 2000.0, 4000.0, 1000.0]))
    1
    """
    lowest_ft = np.minimum.accumulate(altitude_ft)
    climbed = np.flatnonzero((altitude_ft > lowest_ft + 1000.0) & (lowest_ft < LOW_FT))
    return int(np.argmin(altitude_ft[: int(climbed[0]) if len(climbed) else len(altitude_ft)]))


def _row(
    flight: str,
    site: str,
    task: str,
    split: str,
    day: str,
    fault: str,
    truth: str,
    times: tuple[float, float],
    flown: Tracks,
    file: str = "paris.parquet",
    end_s: float | None = None,
) -> dict[str, Any]:
    return {
        "flight": flight,
        "file": file,
        "site": site,
        "task": task,
        "split": split,
        "day": day,
        "fault": fault,
        "truth": truth,
        "from_s": round(times[0], 3),
        "event_s": round(times[1], 3),
        "end_s": round(float(flown.time_s[-1]) if end_s is None else end_s, 3),
    }


def _about(*, final: bool) -> str:
    facts = {
        "version": VERSION,
        "made_by": f"safetynets {__version__}",
        "final": final,
        "notice": "Not for operational use.",
        "licence": "the recording: sample of the Python package traffic 2.13 (MIT); everything else: Apache-2.0",
        "must": f"{BELOW_FT:g} ft below the nominal altitude or {BESIDE_M:g} m beside the course while it is watched",
        "must_pair": "less than half of 3 NM and of 1,000 ft left at once, above 3,000 ft",
        "must_terrain": f"{BELOW_MINIMUM_FT:g} ft below a minimum altitude or {NEAR_GROUND_FT:g} ft above the ground",
        "must_airspace": f"{INSIDE_S:g} s inside an active volume",
        "ordinary": f"never {BELOW_FT * ORDINARY_SHARE:g} ft or {BESIDE_M * ORDINARY_SHARE:g} m; or as really flown",
        "rules": "docs/public-benchmark.md",
    }
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items())
