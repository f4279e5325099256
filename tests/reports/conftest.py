"""A run made by hand: a ridge north of an aerodrome with two approaches, one volume, three tracks and four alerts.

Track 0 (LOW1) flies 600 ft below the 3 degree path of runway 22: an APM alert, and an MSAW alert that it suppresses.
Track 1 (RIDGE2) flies level towards the ridge: an MSAW alert. Track 2 (FINE3) flies the path of runway 04 through the
volume: an APW alert. Every expected value in the tests is worked out from the constants below.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shapely import Polygon, box

from safetynets.altimetry import mode_c_ft
from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.front import costs, dominators
from safetynets.evaluation.study.metrics import Condition, better
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.evaluation.study.recommend import recommend
from safetynets.evaluation.study.sensitivity import one_at_a_time
from safetynets.geodesy import Plane
from safetynets.nets.alerts import Alert
from safetynets.nets.conflicts import Conflicts, Kind, Net, Reason
from safetynets.phraseology.situation import Call
from safetynets.runs.manifest import json_ready
from safetynets.runs.run import Run
from safetynets.sites.geometry import (
    Approach,
    InhibitVolume,
    Limit,
    MinimumAltitude,
    Obstacle,
    PressureRegion,
    Schedule,
    Site,
    Terrain,
    Volume,
)
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks

START_S = 1_699_182_000.0
"""2023-11-05 11:00:00 UTC."""
QNH_HPA = 1001.0
NM_M = 1852.0
RUNWAY_COURSE_DEG = 225.0
THRESHOLD_ELEVATION_FT = 1400.0
CROSSING_HEIGHT_FT = 50.0
ALWAYS = Schedule(permanent=True, on=True, periods=(), weekly=())


def _approach(runway: str, x_m: float, y_m: float, course_deg: float) -> Approach:
    return Approach(
        name=f"ILS {runway}",
        airport="LSXX",
        runway=runway,
        x_m=x_m,
        y_m=y_m,
        threshold_elevation_ft=THRESHOLD_ELEVATION_FT,
        course_deg=course_deg,
        true_course_deg=course_deg,
        path="ils",
        angle_deg=3.0,
        threshold_crossing_height_ft=CROSSING_HEIGHT_FT,
        profile=(),
        intercept_altitude_ft=4500.0,
        start_distance_nm=12.0,
        end_distance_nm=1.5,
        half_width_m=200.0,
        splay_deg=3.0,
        source="made by hand",
        illustrative=True,
    )


def _terrain() -> Terrain:
    cell_m = 500.0
    x_m = np.arange(-40_000.0, 40_000.0, cell_m) + cell_m / 2
    x, y = np.meshgrid(x_m, x_m)
    ridge_ft = 4000.0 * np.exp(-(((y - 20_000.0 - 0.2 * x) / 3000.0) ** 2)) * (1 + 0.2 * np.sin(x / 2500.0))
    elevation_ft = 1300.0 + ridge_ft + 60.0 * np.sin(x / 1700.0) * np.cos(y / 1300.0)
    elevation_ft[:6, :6] = np.nan
    return Terrain(x0_m=-40_000.0, y0_m=-40_000.0, cell_m=cell_m, elevation_ft=elevation_ft, notes=("made by hand",))


def _site() -> Site:
    return Site(
        name="handmade",
        title="A ridge made by hand",
        folder=Path("handmade"),
        plane=Plane(latitude_deg=46.238, longitude_deg=6.109),
        geoid_undulation_m=51.0,
        terrain=_terrain(),
        minimum_altitudes=(
            MinimumAltitude("South", 3000.0, box(-30_000, -30_000, 30_000, 12_000), "made by hand", True),
            MinimumAltitude("Ridge", 6500.0, box(-30_000, 12_000, 30_000, 34_000), "made by hand", False),
        ),
        obstacles=(Obstacle("Mast", -9000.0, 15_000.0, 200.0, 4200.0, "made by hand", True),),
        approaches=(
            _approach("22", 1400.0, 1400.0, RUNWAY_COURSE_DEG),
            _approach("04", -1400.0, -1400.0, RUNWAY_COURSE_DEG - 180.0),
        ),
        volumes=(
            Volume(
                name="LS-X1",
                group="LS-X1",
                purpose="restricted",
                area=Polygon([(-12_000, -17_000), (-5000, -17_000), (-5000, -9000), (-12_000, -9000)]),
                x_m=np.nan,
                y_m=np.nan,
                radius_m=np.nan,
                floor=Limit(0.0, False),
                ceiling=Limit(6500.0, True),
                lateral_buffer_m=500.0,
                vertical_buffer_ft=0.0,
                schedule=ALWAYS,
                allowed_callsigns=(),
                allowed_ssr_codes=(),
                allowed_flight_rules=(),
                source="made by hand",
                illustrative=True,
            ),
        ),
        inhibit_volumes=(
            InhibitVolume(
                "Circuit",
                ("MSAW",),
                box(-3000, -3000, 3000, 3000),
                Limit(0.0, False),
                Limit(3000.0, False),
                ALWAYS,
                "aerodrome circuit",
                "made by hand",
                True,
            ),
        ),
        pressure_regions=(PressureRegion("all", None, ((0.0, QNH_HPA),), 6000.0, 70.0, "estimated from the tracks"),),
        parameters=Parameters(),
        parameter_sources={"apm.below_ft": "chosen for this test"},
        input_files=(),
    )


def _tracks(plane: Plane) -> tuple[Tracks, np.ndarray]:
    """Three tracks of 60 plots every 4 s, and their altitudes on the QNH."""
    step = np.arange(60) * 4.0
    speed_mps = 80.0
    along_m = 12.0 * NM_M - 2000.0 - speed_mps * step
    out_x, out_y = np.sin(np.radians(45.0)), np.cos(np.radians(45.0))
    low_ft = np.minimum(4000.0, THRESHOLD_ELEVATION_FT + 50.0 + along_m / 0.3048 * np.tan(np.radians(3.0)) - 600.0)
    fine_ft = np.minimum(4500.0, THRESHOLD_ELEVATION_FT + 50.0 + along_m / 0.3048 * np.tan(np.radians(3.0)) + 10.0)
    x_m = [1400.0 + along_m * out_x, -15_000.0 + 0.0 * step, -1400.0 - along_m * out_x]
    y_m = [1400.0 + along_m * out_y, -2000.0 + speed_mps * step, -1400.0 - along_m * out_y]
    altitude_ft = [low_ft, np.full(60, 4700.0), fine_ft]
    vx_mps = [np.full(60, -speed_mps * out_x), np.zeros(60), np.full(60, speed_mps * out_x)]
    vy_mps = [np.full(60, -speed_mps * out_y), np.full(60, speed_mps), np.full(60, speed_mps * out_y)]
    x, y, altitude = np.concatenate(x_m), np.concatenate(y_m), np.concatenate(altitude_ft)
    latitude_deg, longitude_deg = plane.to_geographic(x, y)
    tracks = Tracks.from_columns(
        {
            "time_s": START_S + np.tile(step, 3),
            "track": np.repeat([0, 1, 2], 60),
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "x_m": x,
            "y_m": y,
            "pressure_altitude_ft": mode_c_ft(altitude, QNH_HPA),
            "vx_mps": np.concatenate(vx_mps),
            "vy_mps": np.concatenate(vy_mps),
            "flags": np.where(np.arange(180) == 170, 1, 0),
        },
        {"callsign": ["LOW1", "RIDGE2", "FINE3"]},
        plane=plane,
    )
    return tracks, altitude


def _conflicts(net: Net, group: str, areas: tuple[str, ...], hit: dict[int, tuple[int, int]]) -> Conflicts:
    """One table in which track k is in conflict on its plots first..last; for the APM track 1 is not on approach."""
    count = 180
    inside = np.zeros(count, dtype=bool)
    for track, (first, last) in hit.items():
        inside[track * 60 + first : track * 60 + last + 1] = True
    reason = np.zeros(count, dtype=np.int8)
    reason[170] = Reason.ALTITUDE_SPIKE
    if net is Net.APM:
        reason[60:120] = Reason.NOT_ON_APPROACH
    assessable = reason == 0
    minimum_ft = np.where(assessable, 3000.0, np.nan)
    if net is Net.MSAW:
        minimum_ft[60 + 44 : 120] = 6500.0
    return Conflicts(
        net=net,
        group=group,
        areas=areas,
        assessable=assessable,
        reason=reason,
        margin_ft=np.where(inside, -100.0, 500.0),
        margin_m=np.full(count, np.nan),
        time_to_violation_s=np.where(inside, 0.0, np.inf),
        hold_time_to_violation_s=np.where(inside, 0.0, np.inf),
        kind=np.where(inside, Kind.BELOW if net is not Net.APW else Kind.INSIDE, Kind.NONE).astype(np.int8),
        area=np.zeros(count, dtype=np.int32),
        altitude_ft=np.full(count, 4000.0),
        minimum_ft=minimum_ft,
        lateral_deviation_m=np.full(count, np.nan),
        vertical_deviation_ft=np.full(count, np.nan),
        severe=inside,
    )


def _alert(run_tracks: Tracks, altitude_ft: np.ndarray, plot: int, **facts: object) -> Alert:
    values: dict[str, object] = {
        "severity": "warning",
        "callsign": run_tracks.callsign[run_tracks.track[plot]],
        "track": int(run_tracks.track[plot]),
        "first_conflict_time_s": float(run_tracks.time_s[plot]) - 8.0,
        "start_time_s": float(run_tracks.time_s[plot]),
        "end_time_s": float(run_tracks.time_s[plot]) + 40.0,
        "end_reason": "cleared",
        "time_to_violation_s": 0.0,
        "margin_ft": -500.0,
        "worst_margin_ft": -510.0,
        "margin_m": np.nan,
        "altitude_ft": float(altitude_ft[plot]),
        "minimum_ft": float(altitude_ft[plot]) + 500.0,
        "lateral_deviation_m": np.nan,
        "vertical_deviation_ft": np.nan,
        "latitude_deg": float(run_tracks.latitude_deg[plot]),
        "longitude_deg": float(run_tracks.longitude_deg[plot]),
        "vectored": -1,
        "visual": -1,
        "on_final": False,
        "qnh_hpa": QNH_HPA,
        "reannounced_times_s": (),
        "shown": True,
        "shown_time_s": float(run_tracks.time_s[plot]),
        "shown_as": facts["net"],
        "suppressed_by": "",
    }
    return Alert(**{**values, **facts})  # type: ignore[arg-type]


def _call(callsign: str, status: str) -> Call:
    text = f"{callsign} LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1001"
    if status == "proposed":
        text = f"{callsign} APPROACH PATH WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1001"
    return Call(
        text=text,
        rule_set="icao" if status == "standard" else "wp86",
        rule="12.6.1.1",
        source="ICAO Doc 4444 (PANS-ATM) 12.6.1.1" if status == "standard" else "after IFATCA WP 86 (2018) 2.18",
        status=status,  # type: ignore[arg-type]
        controller_action="inform the aircraft",
        responsible="crew",
        responsibility_reason="own navigation",
    )


@pytest.fixture(scope="session")
def run() -> Run:
    site = _site()
    tracks, altitude_ft = _tracks(site.plane)
    alerts = (
        _alert(
            tracks,
            altitude_ft,
            20,
            alert_id=1,
            net="APM",
            kind="below",
            area="ILS 22",
            group="ILS 22",
            vertical_deviation_ft=-600.0,
            lateral_deviation_m=12.0,
            on_final=True,
        ),
        _alert(
            tracks,
            altitude_ft,
            25,
            alert_id=2,
            net="MSAW",
            kind="below",
            severity="caution",
            area="South",
            group="",
            on_final=True,
            shown=False,
            suppressed_by="APM",
        ),
        _alert(tracks, altitude_ft, 60 + 36, alert_id=3, net="MSAW", kind="below", area="Ridge", group=""),
        _alert(
            tracks,
            altitude_ft,
            120 + 22,
            alert_id=4,
            net="APW",
            kind="inside",
            area="LS-X1",
            group="LS-X1",
            end_time_s=np.nan,
            end_reason="",
        ),
    )
    approach = np.repeat(np.array([0, -1, 1], dtype=np.int32), 60)
    return Run(
        name="handmade",
        title="A run made by hand",
        site=site,
        tracks=tracks,
        altitude_ft=altitude_ft,
        approach=approach,
        conflicts=(
            _conflicts(Net.MSAW, "", ("South", "Ridge"), {0: (23, 36), 1: (34, 46)}),
            _conflicts(Net.APM, "ILS 22", ("ILS 22", "ILS 04"), {0: (18, 30)}),
            _conflicts(Net.APW, "LS-X1", ("LS-X1",), {2: (20, 59)}),
        ),
        alerts=alerts,
        words=tuple(_call(alert.callsign, "standard") for alert in alerts),
        proposed_words=tuple(_call(a.callsign, "proposed") if a.net == "APM" else None for a in alerts),
        manifest={
            "package": {"name": "safetynets", "version": "0.1.0"},
            "seed": 0,
            "inputs": [{"file": "site.toml", "sha256": "0" * 64}],
        },
        deliveries=(None,) * len(alerts),
    )


@pytest.fixture(scope="session")
def quiet_run(run: Run) -> Run:
    """The same traffic without an alert."""
    return replace(run, alerts=(), words=(), proposed_words=(), deliveries=())


def _study_results(count: int) -> pd.DataFrame:
    """Sets of two parameters whose shares follow from them: wider is more nuisance and less missed.

    The first set is the present one. Every count is a whole number of 100 alerts, of 80 necessary situations, or of 60
    that could be in time.
    """
    share = np.linspace(0.0, 1.0, count)
    clearance_ft = np.concatenate([[500.0], 200.0 + 600.0 * share[1:]])
    look_ahead_s = np.concatenate([[60.0], 20.0 + 10.0 * (np.arange(1, count) * 7 % 8)])
    wide = (clearance_ft - 200.0) / 600.0 + (look_ahead_s - 20.0) / 140.0
    columns: dict[str, object] = {
        "set": np.arange(count),
        "msaw.terrain_clearance_ft": clearance_ft,
        "msaw.look_ahead_s": look_ahead_s,
    }
    for prefix in ("", "msaw_"):
        nuisance, missed = np.round(10 + 40 * wide).astype(int), np.round(12 * np.maximum(1.0 - wide, 0.0)).astype(int)
        late = np.round(30 * np.maximum(1.2 - wide, 0.0)).astype(int)
        for name, counted, of in (("nuisance", nuisance, 100), ("missed", missed, 80), ("late", late, 60)):
            ends = ("", "_low", "_high")
            values = dict(zip(ends, intervals.share(counted, of), strict=True))
            columns |= {f"{prefix}{name}_share{end}": value for end, value in values.items()}
        columns |= {
            f"{prefix}alerts": np.full(count, 100),
            f"{prefix}nuisance_alerts": nuisance,
            f"{prefix}necessary": np.full(count, 80),
            f"{prefix}missed": missed,
            f"{prefix}in_time_possible": np.full(count, 60),
            f"{prefix}late": late,
            f"{prefix}warning_time_p05_s": 4.0 + 10.0 * wide,
            f"{prefix}warning_time_p50_s": 20.0 + 20.0 * wide,
            f"{prefix}alerts_per_1000_flights": np.full(count, 50.0),
            f"{prefix}alerts_per_hour": np.full(count, 1.25),
            f"{prefix}duration_p50_s": np.full(count, 30.0),
        }
    return pd.DataFrame(columns)


def _changed_alert(change: str, before_s: float | None, after_s: float | None, **facts: object) -> dict[str, object]:
    moved_s = None if before_s is None or after_s is None else after_s - before_s
    values: dict[str, object] = {
        "change": change,
        "day": "2024-01-01",
        "net": "MSAW",
        "group": "",
        "area": "terrain",
        "callsign": "LOW1",
        "track": 3,
        "category": "necessary",
        "fault": "early_descent",
        "before_s": before_s,
        "after_s": after_s,
        "moved_s": moved_s,
        "why_before": [],
        "why_after": [],
    }
    return values | facts


@pytest.fixture(scope="session")
def study() -> StudyOutcome:
    """A study of 33 sets made by hand, but for the fronts, recommendation and sensitivities, which are computed."""
    results = _study_results(33)
    objectives = ["nuisance_share", "missed_share", "warning_time_p50_s"]
    ranges = {
        key: Range(key, "number", low=low, high=high)
        for key, low, high in (("msaw.terrain_clearance_ft", 200.0, 800.0), ("msaw.look_ahead_s", 20.0, 90.0))
    }
    conditions = [Condition.parse("missed <= present")]
    recommendation = recommend(results, ranges, objectives, conditions)
    by = dominators(costs([results[name].to_numpy() for name in objectives], objectives))
    chosen = recommendation.set
    assert chosen not in (None, 0)
    lost = _changed_alert(
        "lost",
        START_S,
        None,
        category="unnecessary",
        fault="",
        callsign="<b>NIL2</b>",
        why_before=["Level at 4,700 ft.", "The floor ahead is 4,750 ft."],
        why_after=["The floor ahead is 4,450 ft."],
    )
    moved = _changed_alert("moved", START_S + 60.0, START_S + 55.0)
    sizes = (3.0, 9.0)
    return StudyOutcome(
        results=results,
        days=pd.concat(
            [
                results.assign(day=f"one-{size:g}", necessary=40, missed=(results["missed"] * weight).astype(int))
                for size, weight in zip(sizes, (1.0, 0.25), strict=True)
            ]
        ),
        manifest=json_ready(
            {
                "package": {"name": "safetynets", "version": "0"},
                "name": "by-hand",
                "title": "A study made by hand",
                "site": {"name": "handmade", "title": "A ridge made by hand"},
                "design": {"method": "latin-hypercube", "sets": 33, "seed": 0},
                "objectives": [{"metric": name, "better": better(name)} for name in objectives],
                "constraints": ["missed <= present"],
                "ranges": [
                    {
                        "key": one.key,
                        "kind": one.kind,
                        "low": one.low,
                        "high": one.high,
                        "choices": [],
                        "unit": one.key.rpartition("_")[2],
                        "meaning": "as its name says",
                        "present": float(results[one.key][0]),
                    }
                    for one in ranges.values()
                ],
                "parameters": [
                    {
                        "name": "msaw.look_ahead_s",
                        "value": 60.0,
                        "unit": "s",
                        "meaning": "as its name says",
                        "source": "made by hand",
                    }
                ],
                "inputs": [{"file": "one.parquet", "sha256": "0" * 64}],
                "days": [
                    {
                        "day": f"one-{size:g}",
                        "file": "one.parquet",
                        "copy": "",
                        "qnh_hpa": 1001.0,
                        "flights": 1000,
                        "plots": 200_000,
                        "hours": 24.0,
                        "faults": {"wrong_altimeter_setting": 40},
                        "fault_size": size,
                        "categories": {"necessary": 40},
                    }
                    for size in sizes
                ],
                "skipped_days": [{"day": "two", "file": "two.parquet", "problem": "is not Parquet"}],
                "sets": 33,
                "present": 0,
                "front": np.flatnonzero(by < 0).tolist(),
                "dominated": [{"set": int(row), "by": int(by[row])} for row in np.flatnonzero(by >= 0)],
                "admissible": np.flatnonzero(results["missed"] <= results["missed"][0]).tolist(),
                "recommended": {"set": chosen, "reason": recommendation.reason, "rule": recommendation.rule},
                "sensitivity": {
                    "one_at_a_time": one_at_a_time(results, ranges, objectives),
                    "sobol": {
                        "note": "Exact.",
                        "method": "by hand",
                        "rows": [
                            {"metric": "missed_share", "key": key, "first": first, "total": first + 0.1}
                            for key, first in zip(ranges, (0.6, 0.3), strict=True)
                        ],
                    },
                },
                "comparison": {
                    "before_name": "present",
                    "after_name": f"set {chosen}",
                    "values": {key: [float(results[key][0]), float(results[key][chosen])] for key in ranges},
                    "before": {},
                    "after": {},
                    "counts": {net: {"gained": 0, "lost": 1, "moved": 1, "same": 98} for net in ("MSAW", "all")},
                    "changed": [moved, lost],
                    "explained": 1,
                    "sentence": "Nuisance 30 % to 20 %, nothing necessary lost.",
                    "caveats": ["Made by hand."],
                    "traffic": [],
                },
            }
        ),
    )
