"""A run made by hand: a ridge north of an aerodrome with two approaches, one volume, three tracks and four alerts.

Track 0 (LOW1) flies 600 ft below the 3 degree path of runway 22: an APM alert, and an MSAW alert that it suppresses.
Track 1 (RIDGE2) flies level towards the ridge: an MSAW alert. Track 2 (FINE3) flies the path of runway 04 through the
volume: an APW alert. Every expected value in the tests is worked out from the constants below.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapely import Polygon, box

from safetynets.altimetry import mode_c_ft
from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.net import Net
from safetynets.engine.reasons import Kind, Reason
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.geodesy import Plane
from safetynets.nets.apm import NET as APM
from safetynets.nets.apw import NET as APW
from safetynets.nets.msaw import NET as MSAW
from safetynets.phraseology.situation import Call
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
from tests.reports.made_study import study_made_by_hand

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
    if net is APM:
        reason[60:120] = Reason.NOT_ON_APPROACH
    assessable = reason == 0
    minimum_ft = np.where(assessable, 3000.0, np.nan)
    if net is MSAW:
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
        kind=np.where(inside, Kind.BELOW if net is not APW else Kind.INSIDE, Kind.NONE).astype(np.int8),
        area=np.zeros(count, dtype=np.int32),
        altitude_ft=np.full(count, 4000.0),
        minimum_ft=minimum_ft,
        lateral_deviation_m=np.full(count, np.nan),
        vertical_deviation_ft=np.full(count, np.nan),
        severe=inside,
        other_track=np.full(count, -1, dtype=np.int32),
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
            _conflicts(MSAW, "", ("South", "Ridge"), {0: (23, 36), 1: (34, 46)}),
            _conflicts(APM, "ILS 22", ("ILS 22", "ILS 04"), {0: (18, 30)}),
            _conflicts(APW, "LS-X1", ("LS-X1",), {2: (20, 59)}),
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


@pytest.fixture(scope="session")
def study() -> StudyOutcome:
    """A study made by hand."""
    return study_made_by_hand()
