"""Run folders of generated days, cheap to write: alerts drawn from known rates, tracks of a few plots, manifests.

Every day at Zurich has 200 flights. APM alerts are spread over the finals of two runways; up to a given day there are
60 for each 1,000 flights, from then on 20, because `apm.below_ft` is another. MSAW alerts are scattered over 30 NM by
30 NM, but for a planted hot spot where one flight in 50 is alerted all the time.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from safetynets.engine.alerts import Alert
from safetynets.recordings import write_parquet
from safetynets.tracks import Tracks

MIDNIGHT_S = 1_704_067_200.0
"""2024-01-01 00:00:00 UTC."""
DAY_S = 86_400.0
FLIGHTS = 200
HOT_SPOT_DEG = (47.30, 8.80)
BEFORE, AFTER = 60.0, 20.0
OPERATORS = ("SWR", "DLH", "EZY", "BAW")
_FINALS_DEG = {"LSZH 14": (47.48, 8.536, 0.10, -0.09), "LSZH 34": (47.36, 8.60, -0.12, 0.03)}
"""Threshold, and how far (latitude and longitude) the final reaches."""


def alert(number: int, **facts: Any) -> Alert:
    """An alert of the APM with what is given; the rest is unknown or ordinary."""
    start_s = float(facts.get("start_time_s", MIDNIGHT_S))
    values: dict[str, Any] = {column.name: np.nan for column in fields(Alert)}
    values |= {
        "alert_id": number,
        "net": "APM",
        "kind": "below",
        "severity": "caution",
        "callsign": "",
        "track": 0,
        "area": "LSZH 14",
        "group": "",
        "first_conflict_time_s": start_s,
        "start_time_s": start_s,
        "end_time_s": start_s + 20.0,
        "end_reason": "clear",
        "time_to_violation_s": 5.0,
        "vectored": -1,
        "visual": -1,
        "on_final": True,
        "reannounced_times_s": (),
        "shown": True,
        "shown_time_s": start_s,
        "shown_as": "APM",
        "suppressed_by": "",
    }
    return Alert(**values | facts)


def write_days(
    folder: Path, days: int = 30, change: int | None = 15, seed: int = 1, below_ft: tuple[float, float] = (100.0, 150.0)
) -> Path:
    """Run folders of so many days from 1 January 2024; from day number `change` (from 1) on there are fewer alerts."""
    random = np.random.default_rng(seed)
    for day in range(days):
        changed = change is not None and day + 1 >= change
        write_day(folder, day, AFTER if changed else BEFORE, below_ft[changed], random)
    return folder


def write_day(folder: Path, day: int, per_1000: float, below_ft: float, random: np.random.Generator) -> Path:
    begin_s = MIDNIGHT_S + day * DAY_S
    start_s = np.sort(random.uniform(begin_s + 6 * 3600.0, begin_s + 22 * 3600.0, FLIGHTS))
    operator = random.integers(len(OPERATORS), size=FLIGHTS)
    names = [f"{OPERATORS[who]}{number + 100}" for number, who in enumerate(operator)]
    alerts: list[Alert] = []
    positions = {}
    for track in np.flatnonzero(random.random(FLIGHTS) < per_1000 / 1000.0).tolist():
        area = list(_FINALS_DEG)[int(random.integers(2))]
        latitude_deg, longitude_deg, north_deg, east_deg = _FINALS_DEG[area]
        along = random.uniform(0.1, 1.0)
        at = latitude_deg + along * north_deg, longitude_deg + along * east_deg
        positions[track] = at
        alerts.append(_alert(names, start_s, track, at, net="APM", area=area))
    for track in np.flatnonzero(random.random(FLIGHTS) < 0.03).tolist():
        planted = random.random() < 0.6
        if planted:
            at = tuple(np.array(HOT_SPOT_DEG) + random.normal(0.0, 0.004, 2))
        else:
            at = 47.2 + random.uniform(0.0, 0.5), 8.2 + random.uniform(0.0, 0.7)
        if track in positions:
            continue
        positions[track] = at
        alerts.append(_alert(names, start_s, track, at, net="MSAW", area="Albis" if planted else "TMA", on_final=False))
    return write_run(folder / f"2024-01-{day + 1:02d}", begin_s, start_s, names, positions, alerts, below_ft)


def _alert(names: list[str], start_s: Any, track: int, at: Any, **facts: Any) -> Alert:
    return alert(
        0,
        callsign=names[track],
        track=track,
        start_time_s=float(start_s[track]) + 60.0,
        latitude_deg=float(at[0]),
        longitude_deg=float(at[1]),
        shown_as=facts["net"],
        **facts,
    )


def write_run(
    folder: Path, begin_s: float, start_s: Any, names: list[str], positions: Any, alerts: list[Alert], below_ft: float
) -> Path:
    """A run folder with a plot every minute of each flight, one of them at its alert, on the way to the south."""
    folder.mkdir(parents=True)
    count = len(names)
    middle = np.array([positions.get(track, (47.2, 8.5)) for track in range(count)])
    track = np.repeat(np.arange(count), 3)
    offset = np.tile([-1.0, 0.0, 1.0], count)
    tracks = Tracks.from_columns(
        {
            "time_s": np.repeat(start_s, 3) + 60.0 * (offset + 1.0),
            "track": track,
            "latitude_deg": middle[track, 0] - 0.05 * offset,
            "longitude_deg": middle[track, 1],
            "pressure_altitude_ft": np.full(3 * count, 4000.0),
        },
        {
            "callsign": names,
            "aircraft_type": ["A320" if number % 3 else "A388" for number in range(count)],
            "wake": ["M" if number % 3 else "J" for number in range(count)],
        },
    )
    write_parquet(tracks, folder / "tracks.parquet")
    ordered = sorted(alerts, key=lambda one: one.start_time_s)
    rows = [vars(one) | {"alert_id": number} for number, one in enumerate(ordered, 1)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "alerts.parquet")
    manifest = {
        "package": {"name": "safetynets", "version": "0.1.0"},
        "name": folder.name,
        "title": f"{folder.name} at Zurich",
        "recording": f"{folder.name}.parquet",
        "site": {"name": "zurich"},
        "site_overrides": {"pressure_regions.*.qnh_hpa": 1000.0 + begin_s / DAY_S % 30},
        "inputs": [
            {"file": f"{folder.name}.parquet", "sha256": folder.name},
            {"file": "sites/zurich/site.toml", "sha256": "1"},
        ],
        "parameters": [{"name": "apm.below_ft", "value": below_ft}, {"name": "msaw.look_ahead_s", "value": 40.0}],
        "counts": {
            "approaches_joined": {"LSZH 14": count // 2, "LSZH 34": count // 2},
            "nets": {
                net: {"plots": 3 * count, "judged": 3 * count, "excluded": {}, "not_assessable": {}}
                for net in ("MSAW", "APM", "APW")
            },
        },
        "faults": [],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
