"""Every parameter of every net changes some result; a parameter without a row here fails the last test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from safetynets.engine.monitor import judge
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.nets.apw.parameters import ApwParameters
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.geometry import Limit, Site
from safetynets.sites.parameters import ArbitrationParameters, Parameters
from safetynets.tracks import Tracks
from tests.nets import situations
from tests.nets.flights import final_approach, flight

NETS = {"msaw": MsawParameters, "apm": ApmParameters, "apw": ApwParameters, "arbitration": ArbitrationParameters}

EVERYWHERE = situations.square(-9e4, -9e4, 9e4, 9e4)
SECTORS = (
    situations.minimum(2000.0, situations.square(-9e4, -9e4, 20_000, 9e4), "lowland"),
    situations.minimum(6000.0, situations.square(20_000, -9e4, 9e4, 9e4), "highland"),
)
RIDGE = situations.terrain(
    np.where(np.arange(80) == 40, 3000.0, 0.0)[None, :].repeat(80, axis=0), 500.0, 0.0, -20_000.0
)


def towards_the_highland(**more: Any) -> Tracks:
    """Level at 4,000 ft, 100 m/s, towards a sector of 6,000 ft that begins 100 s ahead."""
    return flight(**{"altitude_ft": 4000.0, "x_m": 10_000.0, "vx_mps": 100.0, "duration_s": 120.0, **more})


def at_the_ridge(altitude_ft: float, x_m: float, duration_s: float = 60.0) -> Tracks:
    """Level, 100 m/s, towards a ridge of 3,000 ft at x = 20 km."""
    return flight(altitude_ft=altitude_ft, x_m=x_m, vx_mps=100.0, duration_s=duration_s)


def nearer(**more: Any) -> Tracks:
    """The same, 80 s before the highland."""
    return towards_the_highland(x_m=12_000.0, **more)


def dipping(*altitudes_ft: float, **more: Any) -> Tracks:
    """Plots of these altitudes over the lowland."""
    return flight(altitude_ft=list(altitudes_ft), x_m=-80_000.0, vx_mps=80.0, **more)


def with_sectors(**more: Any) -> Site:
    return situations.site(minimum_altitudes=SECTORS, **more)


def volumes_like_sectors(**more: Any) -> Site:
    """The sectors as volumes: to be below the minimum is to be inside."""
    blocks = (
        situations.volume(
            sector.area,
            name=sector.name,
            group="all",
            floor=Limit(-5000.0, False),
            ceiling=Limit(sector.minimum_ft, False),
        )
        for sector in SECTORS
    )
    return situations.site(volumes=tuple(blocks), **more)


def approach_like_sectors(**more: Any) -> Site:
    """The sectors as an approach flown eastwards: a profile of 2,100 ft that jumps to 6,100 ft at x = 20 km."""
    edge_nm = 60_000.0 / 1852.0
    steps = situations.approach(
        x_m=80_000.0,
        course_deg=90.0,
        path="profile",
        profile=((0.0, 6100.0), (edge_nm, 6100.0), (edge_nm + 1e-9, 2100.0), (100.0, 2100.0)),
        start_distance_nm=90.0,
    )
    return situations.site(approaches=(steps,), **more)


def with_volume(**more: Any) -> Site:
    block = situations.volume(
        situations.square(20_000, -9e4, 9e4, 9e4), floor=Limit(3000.0, False), ceiling=Limit(5000.0, False)
    )
    return situations.site(volumes=(block,), **more)


def with_approach(**more: Any) -> Site:
    return situations.site(approaches=(situations.approach(),), **more)


def two_approaches(**more: Any) -> Site:
    parallel = situations.approach(name="ILS 36R", x_m=1500.0, threshold_elevation_ft=400.0)
    return situations.site(approaches=(situations.approach(), parallel), **more)


def over_the_ridge(**more: Any) -> Site:
    return situations.site(terrain=RIDGE, **more)


def descending(**more: Any) -> Tracks:
    """Descending over the lowland at 1,500 ft/min from 4,000 ft: 2,000 ft after 80 s."""
    return flight(**{"altitude_ft": 4000.0, "x_m": -80_000.0, "vx_mps": 80.0, "vertical_rate_fpm": -1500.0,
                     "duration_s": 100.0, **more})  # fmt: skip


def turning_north(x_m: float) -> Tracks:
    """A left turn of 1.5 deg/s from east to north, 15 km before the highland."""
    time_s = np.arange(0.0, 60.1, 4.0)
    angle = np.radians(90.0 - 1.5 * time_s)
    vx, vy = 150.0 * np.sin(angle), 150.0 * np.cos(angle)
    return Tracks.from_columns(
        {
            "time_s": time_s,
            "track": np.zeros(len(time_s), dtype=int),
            "x_m": x_m + np.concatenate(([0.0], np.cumsum(4.0 * vx[:-1]))),
            "y_m": np.concatenate(([0.0], np.cumsum(4.0 * vy[:-1]))),
            "vx_mps": vx,
            "vy_mps": vy,
            "pressure_altitude_ft": np.full(len(time_s), 4000.0),
            "vertical_rate_fpm": np.zeros(len(time_s)),
        },
        plane=situations.PLANE,
    )


def drifting(cross_m: float = 0.0, **more: Any) -> Tracks:
    return final_approach(x_m=cross_m, **more)


LOW = dipping(*[3000.0] * 6, *[1900.0] * 6, *[3000.0] * 6)
BUMPY = dipping(*[3000.0] * 6, *[1900.0, 2020.0] * 4, *[3000.0] * 6)
GAPPY = Tracks.from_columns(
    {name: getattr(LOW, name) for name in ("track", "x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft")}
    | {"vertical_rate_fpm": LOW.vertical_rate_fpm, "time_s": LOW.time_s + 21.0 * (LOW.time_s > 26.0)},
    plane=situations.PLANE,
)
ON_AND_OFF = dipping(*[3000.0] * 4, *[1900.0] * 2, *[3000.0] * 2, *[1900.0] * 2, *[3000.0] * 6)
UNKNOWN_FOR_A_WHILE = dipping(*[3000.0] * 4, *[1900.0] * 4, *[np.nan] * 6, *[1900.0] * 4, *[3000.0] * 6)

# What a parameter is changed to, the tracks and the site in which that matters, and what else must be set for it.
Row = tuple[Any, Tracks, Any, dict[str, Any]]
ELIGIBILITY: dict[str, Row] = {
    "minimum_track_age_s": (30.0, LOW, with_sectors, {}),
    "use_coasted_plots": (True, dipping(*[1900.0] * 9, coasted=1), with_sectors, {}),
    "flight_rules": (("IFR",), LOW, with_sectors, {}),
    "eligible_ssr_codes": (("1000",), LOW, with_sectors, {}),
    "excluded_ssr_codes": (("1234",), dipping(*[1900.0] * 9, facts={"ssr_code": ["1234"]}), with_sectors, {}),
    "inhibited_callsigns": (("SWR123",), LOW, with_sectors, {}),
    "judge_visual": (True, dipping(*[1900.0] * 9, visual=1), with_sectors, {}),
}
LIFECYCLE: dict[str, Row] = {
    "current_m": (2, dipping(*[1900.0] * 9), with_sectors, {"current_n": 3, "predicted_m": 3}),
    "current_n": (3, dipping(3000.0, 3000.0, 3000.0, 1900.0, 3000.0, 1900.0, 3000.0, 3000.0), with_sectors,
                  {"current_m": 2, "current_n": 2, "look_ahead_s": 0.0, "predicted_m": 3}),
    "predicted_m": (1, towards_the_highland(), with_sectors, {}),
    "predicted_n": (2, dipping(3000.0, 3000.0, 3000.0, 1900.0, 3000.0, 1900.0, 3000.0, 3000.0), with_sectors,
                    {"current_m": 2, "current_n": 2, "look_ahead_s": 0.0}),
    "warning_time_s": (20.0, towards_the_highland(), with_sectors, {}),
    "imminent_s": (40.0, towards_the_highland(), with_sectors, {}),
    "max_gap_s": (60.0, GAPPY, with_sectors, {"current_m": 2, "current_n": 2, "predicted_m": 2, "predicted_n": 2}),
    "hysteresis_ft": (0.0, BUMPY, with_sectors, {"clear_n": 1, "minimum_duration_s": 0.0}),
    "hysteresis_s": (30.0, turning_north(12_000.0), with_sectors, {"minimum_duration_s": 0.0, "clear_n": 1}),
    "clear_n": (4, ON_AND_OFF, with_sectors, {}),
    "track_lost_s": (40.0, GAPPY, with_sectors, {}),
    "not_assessable_s": (8.0, UNKNOWN_FOR_A_WHILE, with_sectors, {}),
    "minimum_duration_s": (30.0, ON_AND_OFF, with_sectors, {}),
    "reannounce_ratio": (0.9, towards_the_highland(), with_sectors, {}),
}  # fmt: skip
PREDICTION: dict[str, Row] = {
    "look_ahead_s": (20.0, towards_the_highland(), with_sectors, {}),
    "climb_credit": (0.0, towards_the_highland(vertical_rate_fpm=1500.0), with_sectors, {}),
    "use_cleared_level": (False, descending(cleared_altitude_ft=2500.0, duration_s=56.0), with_sectors, {}),
    "use_selected_level": (False, descending(selected_altitude_ft=2500.0, duration_s=56.0), with_sectors, {}),
    "level_off_tolerance_ft": (1000.0, descending(cleared_altitude_ft=3600.0, duration_s=64.0), with_sectors, {}),
    "hypotheses": ("all", turning_north(13_000.0), with_sectors, {}),
}
ROWS: dict[str, dict[str, Row]] = {
    "msaw": ELIGIBILITY
    | LIFECYCLE
    | PREDICTION
    | {
        "below_minimum_ft": (300.0, LOW, with_sectors, {}),
        "terrain_clearance_ft": (300.0, at_the_ridge(3400.0, 14_000.0), over_the_ridge, {}),
        "horizontal_buffer_m": (1000.0, at_the_ridge(3400.0, 12_000.0, 36.0), over_the_ridge, {}),
        "escape_test": (True, at_the_ridge(2000.0, 14_000.0, 40.0), over_the_ridge, {}),
        "escape_delay_s": (60.0, at_the_ridge(2700.0, 14_000.0, 24.0), over_the_ridge,
                           {"escape_test": True}),
        "escape_climb_deg": (0.0, at_the_ridge(2700.0, 14_000.0, 24.0), over_the_ridge,
                             {"escape_test": True}),
        "escape_time_s": (5.0, at_the_ridge(2700.0, 15_000.0, 20.0),
                          over_the_ridge, {"escape_test": True, "escape_climb_deg": 0.0}),
    },
    "apm": {name: (value, tracks, with_approach, more) for name, (value, tracks, more) in {
        "minimum_track_age_s": (60.0, drifting(low_ft=200.0), {}),
        "use_coasted_plots": (True, drifting(low_ft=200.0, coasted=1), {}),
        "flight_rules": (("IFR",), drifting(low_ft=200.0), {}),
        "eligible_ssr_codes": (("1000",), drifting(low_ft=200.0), {}),
        "excluded_ssr_codes": (("1234",), drifting(low_ft=200.0, facts={"ssr_code": ["1234"]}), {}),
        "inhibited_callsigns": (("SWR123",), drifting(low_ft=200.0), {}),
        "judge_visual": (True, drifting(low_ft=200.0, visual=1), {}),
        "current_m": (3, drifting(low_ft=200.0), {"current_n": 3, "predicted_m": 3}),
        "imminent_s": (15.0, drifting(low_ft=99.0, vx_mps=5.0), {"kinds": ("left", "right", "below")}),
        "look_ahead_s": (0.0, drifting(vx_mps=20.0), {"kinds": ("left", "right")}),
        "warning_time_s": (0.0, drifting(vx_mps=20.0), {"kinds": ("left", "right")}),
        "kinds": (("above",), drifting(low_ft=200.0), {}),
        "below_ft": (300.0, drifting(low_ft=200.0), {}),
        "below_deg": (0.5, drifting(low_ft=200.0), {}),
        "above_ft": (100.0, drifting(low_ft=-200.0), {"kinds": ("above",)}),
        "above_deg": (0.5, drifting(low_ft=-350.0), {"kinds": ("above",)}),
        "hysteresis_ft": (0.0, drifting(low_ft=np.where(np.arange(73) < 20, 120.0, 70.0)), {}),
        "hysteresis_m": (500.0, drifting(cross_m=1500.0, vx_mps=-8.0), {"kinds": ("left", "right")}),
        "capture_half_width_m": (100.0, drifting(cross_m=900.0, low_ft=200.0), {"capture_splay_deg": 0.0}),
        "capture_splay_deg": (0.0, drifting(cross_m=1500.0, low_ft=200.0), {}),
        "join_angle_deg": (5.0, drifting(vx_mps=15.0, low_ft=200.0), {}),
        "join_ceiling_ft": (3000.0, drifting(low_ft=200.0), {}),
        "join_max_climb_fpm": (1500.0, flight(altitude_ft=1000.0, y_m=-15_000.0, vy_mps=70.0, vertical_rate_fpm=1000.0,
                                              duration_s=30.0), {"go_around_fpm": 5000.0}),
        "require_destination": (True, drifting(low_ft=200.0), {}),
        "require_runway": (True, drifting(low_ft=200.0), {}),
        "go_around_fpm": (100.0, flight(altitude_ft=1000.0, y_m=-15_000.0, vy_mps=70.0, vertical_rate_fpm=200.0), {}),
    }.items()}
    | {"switch_margin_deg": (9.0, drifting(cross_m=100.0, vx_mps=4.0, low_ft=200.0), two_approaches, {})},
    "apw": {name: (value, tracks, with_volume, more) for name, (value, tracks, more) in {
        "minimum_track_age_s": (60.0, towards_the_highland(), {}),
        "use_coasted_plots": (True, towards_the_highland(coasted=1), {}),
        "flight_rules": (("IFR",), towards_the_highland(), {}),
        "eligible_ssr_codes": (("1000",), towards_the_highland(), {}),
        "excluded_ssr_codes": (("1234",), towards_the_highland(facts={"ssr_code": ["1234"]}), {}),
        "inhibited_callsigns": (("SWR123",), towards_the_highland(), {}),
        "judge_visual": (True, towards_the_highland(visual=1), {}),
        "look_ahead_s": (20.0, towards_the_highland(), {}),
        "warning_time_s": (20.0, towards_the_highland(), {}),
        "climb_credit": (0.0, towards_the_highland(vertical_rate_fpm=800.0), {}),
        "use_cleared_level": (False, nearer(altitude_ft=7000.0, vertical_rate_fpm=-2000.0,
                                                          cleared_altitude_ft=5500.0, duration_s=44.0), {}),
        "use_selected_level": (False, nearer(altitude_ft=7000.0, vertical_rate_fpm=-2000.0,
                                                           selected_altitude_ft=5500.0, duration_s=44.0), {}),
        "level_off_tolerance_ft": (1000.0, nearer(altitude_ft=7000.0, vertical_rate_fpm=-1500.0,
                                                                cleared_altitude_ft=6500.0, duration_s=44.0), {}),
        "hypotheses": ("all", turning_north(10_000.0), {}),
        "imminent_s": (60.0, towards_the_highland(), {}),
        "reannounce_ratio": (0.9, towards_the_highland(), {}),
        "hysteresis_ft": (900.0, towards_the_highland(x_m=30_000.0, altitude_ft=4800.0, vertical_rate_fpm=600.0), {}),
        "hysteresis_m": (4000.0, turning_north(9_800.0), {}),
        "hysteresis_s": (60.0, turning_north(9_800.0), {}),
    }.items()},
    "arbitration": {
        "rule": ("show_all", drifting(low_ft=1500.0),
                 lambda **more: with_approach(minimum_altitudes=(situations.minimum(9000.0, EVERYWHERE),), **more), {}),
    },
}  # fmt: skip
for net, like_sectors in (("apm", approach_like_sectors), ("apw", volumes_like_sectors)):
    for name, (value, tracks, _, more) in LIFECYCLE.items():
        ROWS[net].setdefault(name, (value, tracks, like_sectors, {"look_ahead_s": 40.0, **more}))


def outcome(tracks: Tracks, watched: Site) -> str:
    seen = judge(tracks, watched)
    return repr((seen.alerts, [found.reason.tolist() for found in seen.conflicts]))


@pytest.mark.requirement("REQ-EVERY-PARAMETER")
@pytest.mark.parametrize(("net", "name"), [(net, name) for net, rows in ROWS.items() for name in rows])
def test_changing_a_parameter_changes_a_result(net, name):
    value, tracks, build, more = ROWS[net][name]
    model = NETS[net]
    before = build(parameters=Parameters(**{net: model(**more)}))
    after = build(parameters=Parameters(**{net: model(**{**more, name: value})}))
    assert getattr(getattr(before.parameters, net), name) != value
    assert outcome(tracks, before) != outcome(tracks, after)


@pytest.mark.parametrize("net", NETS)
def test_every_parameter_has_a_row(net):
    assert set(NETS[net].model_fields) == set(ROWS[net])
