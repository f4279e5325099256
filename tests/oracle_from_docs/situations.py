"""Random sites and random flights, drawn from continua."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from shapely import Polygon

from safetynets.sites.geometry import InhibitVolume, Limit, Period, PressureRegion, Schedule, Site
from safetynets.tracks.table import PlotFlag, Tracks
from tests.nets.situations import ALWAYS, PLANE, approach, minimum, obstacle, parameters, site, terrain, volume
from tests.oracle_from_docs.flight import Plot

Rng = np.random.Generator
REACH_M = 12_000.0
DAY_S = 1_000_000.0
FLIGHT_S = 120.0


def polygon(rng: Rng, reach_m: float = REACH_M) -> Polygon:
    """A star-shaped polygon, sometimes with a hole."""
    x, y = rng.uniform(-reach_m, reach_m, 2)
    corners = int(rng.integers(3, 8))
    size_m = rng.uniform(800.0, 9000.0)
    angles = np.sort(rng.uniform(0, 2 * math.pi, corners))
    if np.diff(angles, append=angles[0] + 2 * math.pi).max() > 0.9 * math.pi:
        angles = (np.arange(corners) + rng.uniform(0, 0.6, corners)) * 2 * math.pi / corners
    radii = size_m * rng.uniform(0.4, 1.0, corners)
    shell = [(x + r * math.sin(a), y + r * math.cos(a)) for r, a in zip(radii, angles, strict=True)]
    outer = Polygon(shell)
    if rng.random() < 0.25:
        small = [(x + (px - x) * 0.2, y + (py - y) * 0.2) for px, py in shell]
        with_hole = Polygon(shell, [small])
        if with_hole.is_valid:
            return with_hole
    return outer if outer.is_valid and outer.area > 1.0 else Polygon(shell).convex_hull


def schedule(rng: Rng, always: float) -> Schedule:
    if rng.random() < always:
        return ALWAYS
    start_s = DAY_S + rng.uniform(-60.0, FLIGHT_S)
    periods = [Period(start_s, start_s + rng.uniform(5.0, FLIGHT_S))]
    if rng.random() < 0.3:
        later_s = periods[0].end_s + rng.uniform(5.0, 60.0)
        periods.append(Period(later_s, later_s + rng.uniform(5.0, 60.0)))
    return Schedule(permanent=False, on=False, periods=tuple(periods), weekly=())


def limits(rng: Rng) -> tuple[Limit, Limit]:
    low = rng.uniform(-500.0, 4000.0)
    high = low + rng.uniform(300.0, 4000.0)
    return Limit(low, bool(rng.random() < 0.3)), Limit(
        high + (600.0 if rng.random() < 0.5 else 0.0), bool(rng.random() < 0.3)
    )


def inhibit_volume(rng: Rng, net: str, number: int) -> InhibitVolume:
    low, high = limits(rng)
    return InhibitVolume(f"quiet {number}", (net,), polygon(rng), low, high, schedule(rng, 0.6), "quiet", "drawn", True)


def pressure_regions(rng: Rng) -> tuple[PressureRegion, ...]:
    def by_time() -> tuple[tuple[float, float], ...]:
        first_s = -math.inf if rng.random() < 0.9 else DAY_S + rng.uniform(0.0, 40.0)
        values = [(first_s, float(rng.uniform(960.0, 1045.0)))]
        if rng.random() < 0.4:
            values.append((DAY_S + rng.uniform(45.0, FLIGHT_S), float(rng.uniform(960.0, 1045.0))))
        return tuple(values)

    regions = [PressureRegion("everywhere", None, by_time(), float(rng.uniform(2000.0, 6000.0)), 70.0, "drawn")]
    for number in range(int(rng.integers(0, 3))):
        regions.append(
            PressureRegion(
                f"region {number}", polygon(rng), by_time(), float(rng.uniform(2000.0, 6000.0)), 70.0, "drawn"
            )
        )
    return tuple(regions)


def eligibility(rng: Rng) -> dict[str, Any]:
    if rng.random() < 0.6:
        return {"flight_rules": ("IFR", "VFR", "unknown"), "minimum_track_age_s": 0.0, "excluded_ssr_codes": ()}
    return {
        "minimum_track_age_s": float(rng.choice([0.0, rng.uniform(0.5, 15.0)])),
        "use_coasted_plots": bool(rng.random() < 0.3),
        "flight_rules": [("IFR", "unknown"), ("IFR", "VFR", "unknown"), ("IFR", "VFR", "unknown"), ("IFR",)][
            int(rng.integers(0, 4))
        ],
        "eligible_ssr_codes": () if rng.random() < 0.85 else ("1000", "2000"),
        "excluded_ssr_codes": ("7000",) if rng.random() < 0.7 else ("7000", "2000"),
        "inhibited_callsigns": () if rng.random() < 0.8 else ("AAA1",),
        "judge_visual": bool(rng.random() < 0.5),
    }


def lifecycle(rng: Rng) -> dict[str, Any]:
    current_n, predicted_n = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    return {
        "current_m": int(rng.integers(1, current_n + 1)),
        "current_n": current_n,
        "predicted_m": int(rng.integers(1, predicted_n + 1)),
        "predicted_n": predicted_n,
        "warning_time_s": float(rng.choice([180.0, rng.uniform(2.0, 60.0)])),
        "imminent_s": float(rng.choice([0.0, rng.uniform(1.0, 30.0)])),
        "max_gap_s": float(rng.uniform(6.0, 30.0)),
        "hysteresis_ft": float(rng.uniform(1.0, 200.0)),
        "hysteresis_s": float(rng.uniform(0.1, 8.0)),
        "clear_n": int(rng.integers(1, 4)),
        "track_lost_s": float(rng.uniform(3.0, 40.0)),
        "not_assessable_s": float(rng.uniform(3.0, 40.0)),
        "minimum_duration_s": float(rng.choice([0.0, rng.uniform(1.0, 40.0)])),
        "reannounce_ratio": float(rng.choice([0.0, rng.uniform(0.1, 1.0)])),
    }


def prediction(rng: Rng) -> dict[str, Any]:
    return {
        "look_ahead_s": float(rng.choice([rng.uniform(1.0, 25.0), rng.uniform(25.0, 90.0)])),
        "climb_credit": float(rng.choice([0.0, 1.0, rng.uniform(0.0, 1.0)])),
        "use_cleared_level": bool(rng.random() < 0.6),
        "use_selected_level": bool(rng.random() < 0.6),
        "level_off_tolerance_ft": float(rng.uniform(0.0, 800.0)),
        "hypotheses": str(rng.choice(["straight", "straight", "any", "all"])),
    }


def msaw_site(rng: Rng) -> Site:
    here: dict[str, Any] = {
        "minimum_altitudes": tuple(
            minimum(float(rng.uniform(500.0, 4000.0)), polygon(rng), f"sector {k}")
            for k in range(int(rng.integers(0, 5)))
        ),
        "obstacles": tuple(
            obstacle(
                *rng.uniform(-REACH_M, REACH_M, 2),
                float(rng.uniform(50.0, 2500.0)),
                float(rng.uniform(200.0, 3500.0)),
                f"mast {k}",
            )
            for k in range(int(rng.integers(0, 3)))
        ),
    }
    if rng.random() < 0.7 or not here["minimum_altitudes"]:
        rows, columns = (int(n) for n in rng.integers(5, 18, 2))
        elevation_ft = rng.uniform(0.0, 3500.0, (rows, columns))
        elevation_ft[rng.random((rows, columns)) < rng.choice([0.0, 0.15])] = np.nan
        cell_m = float(rng.uniform(700.0, 2500.0))
        here["terrain"] = terrain(
            elevation_ft,
            cell_m,
            float(rng.uniform(-0.9, -0.3) * columns * cell_m),
            float(rng.uniform(-0.9, -0.3) * rows * cell_m),
        )
    msaw = (
        eligibility(rng)
        | lifecycle(rng)
        | prediction(rng)
        | {
            "below_minimum_ft": float(rng.uniform(0.0, 300.0)),
            "terrain_clearance_ft": float(rng.uniform(0.0, 1000.0)),
            "horizontal_buffer_m": float(rng.choice([0.0, rng.uniform(1.0, 5000.0)])),
            "escape_test": bool(rng.random() < 0.4),
            "escape_delay_s": float(rng.uniform(0.0, 40.0)),
            "escape_climb_deg": float(rng.uniform(0.0, 10.0)),
            "escape_time_s": float(rng.uniform(1.0, 90.0)),
        }
    )
    return _site(rng, "MSAW", here, parameters(msaw=msaw))


def apm_site(rng: Rng) -> Site:
    approaches = []
    course = float(rng.uniform(0.0, 360.0))
    for k in range(int(rng.integers(1, 4))):
        if rng.random() < 0.3:
            course = float(rng.uniform(0.0, 360.0))
        kind = str(rng.choice(["ils", "papi", "baro", "profile"]))
        end_nm = float(rng.uniform(0.0, 2.5))
        start_nm = end_nm + float(rng.uniform(2.0, 9.0))
        angle = float(rng.uniform(2.0, 6.0))
        more: dict[str, Any] = {}
        if kind == "profile":
            distances = np.sort(rng.uniform(0.0, 11.0, int(rng.integers(2, 5))))
            heights = distances * 318.0 * rng.uniform(0.7, 1.3, len(distances)) + rng.uniform(0.0, 300.0)
            more = {
                "profile": tuple((float(d), float(h)) for d, h in zip(distances, heights, strict=True)),
                "angle_deg": math.nan,
            }
        approaches.append(
            approach(
                **{
                    "name": f"approach {k}",
                    "airport": str(rng.choice(["AAAA", "BBBB"])),
                    "runway": f"{k:02}",
                    "x_m": float(rng.uniform(-2500.0, 2500.0)),
                    "y_m": float(rng.uniform(-2500.0, 2500.0)),
                    "threshold_elevation_ft": float(rng.uniform(-50.0, 1500.0)),
                    "course_deg": course,
                    "true_course_deg": course,
                    "path": kind,
                    "angle_deg": angle,
                    "threshold_crossing_height_ft": float(rng.uniform(20.0, 100.0)),
                    "intercept_altitude_ft": float(rng.uniform(1500.0, 6000.0)),
                    "start_distance_nm": start_nm,
                    "end_distance_nm": end_nm,
                    "half_width_m": float(rng.uniform(50.0, 800.0)),
                    "splay_deg": float(rng.uniform(0.0, 6.0)),
                }
                | more
            )
        )
    kinds = [k for k in ("below", "above", "left", "right") if rng.random() < 0.55] or ["below"]
    apm = (
        eligibility(rng)
        | lifecycle(rng)
        | {
            "look_ahead_s": float(rng.uniform(0.0, 30.0)),
            "kinds": tuple(kinds),
            "below_ft": float(rng.uniform(0.0, 300.0)),
            "below_deg": float(rng.uniform(0.0, 0.8)),
            "above_ft": float(rng.uniform(0.0, 500.0)),
            "above_deg": float(rng.uniform(0.0, 1.5)),
            "hysteresis_m": float(rng.uniform(0.1, 200.0)),
            "capture_half_width_m": float(rng.uniform(100.0, 2500.0)),
            "capture_splay_deg": float(rng.uniform(0.0, 15.0)),
            "join_angle_deg": float(rng.uniform(10.0, 90.0)),
            "join_ceiling_ft": float(rng.uniform(2000.0, 8000.0)),
            "join_max_climb_fpm": float(rng.uniform(0.0, 1500.0)),
            "require_destination": bool(rng.random() < 0.15),
            "require_runway": bool(rng.random() < 0.15),
            "go_around_fpm": float(rng.uniform(100.0, 1500.0)),
            "switch_margin_deg": float(rng.uniform(0.0, 3.0)),
        }
    )
    return _site(rng, "APM", {"approaches": tuple(approaches)}, parameters(apm=apm))


def apw_site(rng: Rng) -> Site:
    volumes = []
    for k in range(int(rng.integers(1, 4))):
        low, high = limits(rng)
        circle = rng.random() < 0.4
        volumes.append(
            volume(
                None if circle else polygon(rng),
                name=f"area {k}",
                group="shared" if rng.random() < 0.3 else f"area {k}",
                x_m=float(rng.uniform(-8000.0, 8000.0)),
                y_m=float(rng.uniform(-8000.0, 8000.0)),
                radius_m=float(rng.uniform(500.0, 6000.0)),
                floor=low,
                ceiling=high,
                lateral_buffer_m=float(rng.choice([0.0, rng.uniform(10.0, 1500.0)])),
                vertical_buffer_ft=float(rng.choice([0.0, rng.uniform(10.0, 500.0)])),
                schedule=schedule(rng, 0.6),
                allowed_callsigns=("AAA1",) if rng.random() < 0.15 else (),
                allowed_ssr_codes=("1000",) if rng.random() < 0.15 else (),
                allowed_flight_rules=("VFR",) if rng.random() < 0.15 else (),
            )
        )
    apw = eligibility(rng) | lifecycle(rng) | prediction(rng) | {"hysteresis_m": float(rng.uniform(1.0, 300.0))}
    return _site(rng, "APW", {"volumes": tuple(volumes)}, parameters(apw=apw))


def _site(rng: Rng, net: str, parts: dict[str, Any], its_parameters: Any) -> Site:
    others = {name: "not compared here" for name in ("MSAW", "APM", "APW") if name != net}
    quiet = tuple(inhibit_volume(rng, net, k) for k in range(int(rng.random() < 0.3)))
    return site(
        **parts,
        parameters=its_parameters,
        inhibit_volumes=quiet,
        pressure_regions=pressure_regions(rng),
        switched_off=others,
    )


FACTS = {
    "callsign": ["AAA1", "BBB2", "CCC3", ""],
    "ssr_code": ["1000", "1000", "2000", "2000", "3000", "3000", "7000", ""],
    "flight_rules": ["IFR", "IFR", "IFR", "VFR", ""],
    "destination": ["AAAA", "BBBB", ""],
    "runway": ["00", "01", ""],
}


def flights(rng: Rng, here: Site, count: int) -> tuple[Tracks, list[list[Plot]], list[dict[str, str]]]:
    """So many random flights, as the product takes them and as the oracle does."""
    columns: dict[str, list[float]] = {}
    plots: list[list[Plot]] = []
    facts: list[dict[str, str]] = []
    for track in range(count):
        one = approaching(rng, here) if here.approaches and rng.random() < 0.8 else anywhere(rng)
        plots.append(one)
        facts.append({name: str(rng.choice(values)) for name, values in FACTS.items()})
        for plot in one:
            flags = (
                PlotFlag.ALTITUDE_SPIKE * plot.spike | PlotFlag.STUCK * plot.stuck | PlotFlag.DUPLICATE * plot.duplicate
            )
            for name, value in {
                "time_s": plot.time_s,
                "track": track,
                "x_m": plot.x_m,
                "y_m": plot.y_m,
                "vx_mps": plot.vx_mps,
                "vy_mps": plot.vy_mps,
                "pressure_altitude_ft": plot.pressure_altitude_ft,
                "vertical_rate_fpm": plot.vertical_rate_fpm,
                "cleared_altitude_ft": plot.cleared_ft,
                "selected_altitude_ft": plot.selected_ft,
                "baro_setting_hpa": plot.baro_setting_hpa,
                "visual": plot.visual,
                "coasted": plot.coasted,
                "on_ground": plot.on_ground,
                "flags": int(flags),
            }.items():
                columns.setdefault(name, []).append(value)
    given = {name: np.array(values) for name, values in columns.items()}
    rows = {name: [f[name] for f in facts] for name in FACTS}
    return Tracks.from_columns(given, rows, plane=PLANE), plots, facts


def anywhere(rng: Rng) -> list[Plot]:
    """A flight through the middle of things, straight or turning, climbing or descending."""
    x, y = rng.uniform(-REACH_M, REACH_M, 2)
    course = rng.uniform(0.0, 2 * math.pi)
    speed = float(rng.choice([0.0, rng.uniform(20.0, 250.0)], p=[0.02, 0.98]))
    turn = float(rng.choice([0.0, rng.uniform(-0.06, 0.06)]))
    altitude = rng.uniform(0.0, 5500.0)
    rate = float(rng.choice([0.0, rng.uniform(-3000.0, 2500.0)], p=[0.15, 0.85]))
    return _flown(rng, x, y, course, speed, turn, altitude, rate)


def approaching(rng: Rng, here: Site) -> list[Plot]:
    """A flight near a final approach, high, low, beside it or going around."""
    a = here.approaches[int(rng.integers(0, len(here.approaches)))]
    course = math.radians(a.course_deg)
    d_m = 1852.0 * rng.uniform(a.end_distance_nm - 1.0, a.start_distance_nm + 1.5)
    c_m = float(rng.normal(0.0, 700.0))
    x = a.x_m - d_m * math.sin(course) + c_m * math.cos(course)
    y = a.y_m - d_m * math.cos(course) - c_m * math.sin(course)
    altitude = a.threshold_elevation_ft + d_m * 0.0524 / 0.3048 + rng.normal(0.0, 350.0) + rng.uniform(-300.0, 500.0)
    rate = float(rng.choice([rng.uniform(-1200.0, -300.0), rng.uniform(-2500.0, 2500.0)]))
    return _flown(
        rng,
        x,
        y,
        course + rng.normal(0.0, 0.25),
        rng.uniform(40.0, 110.0),
        float(rng.choice([0.0, rng.uniform(-0.02, 0.02)])),
        altitude,
        rate,
    )


def _flown(
    rng: Rng, x: float, y: float, course: float, speed: float, turn: float, altitude: float, rate: float
) -> list[Plot]:
    count = int(rng.integers(2, 14))
    troubled = rng.random() < 0.5
    time_s = first_s = DAY_S + rng.uniform(0.0, 30.0)
    plots = []
    cleared, selected = (float(rng.choice([math.nan, rng.uniform(500.0, 9000.0)])) for _ in range(2))
    setting = float(rng.choice([math.nan, rng.uniform(960.0, 1045.0)]))

    def sometimes(share: float) -> bool:
        return bool(troubled and rng.random() < share)

    for k in range(count):
        if k:
            step_s = rng.uniform(3.0, 6.0) if rng.random() < 0.9 else rng.uniform(6.0, 45.0)
            if turn != 0.0:
                course += turn * step_s
            x, y = x + speed * math.sin(course) * step_s, y + speed * math.cos(course) * step_s
            altitude += rate / 60.0 * step_s + rng.normal(0.0, 15.0)
            time_s += step_s
            if rng.random() < 0.12:
                rate = float(rng.choice([0.0, rng.uniform(-2500.0, 2500.0)]))
            if rng.random() < 0.08:
                turn = float(rng.choice([0.0, rng.uniform(-0.06, 0.06)]))
        no_position, no_velocity = sometimes(0.04), sometimes(0.04)
        plots.append(
            Plot(
                time_s=float(time_s),
                x_m=math.nan if no_position else float(x),
                y_m=math.nan if no_position else float(y),
                vx_mps=math.nan if no_velocity else speed * math.sin(course),
                vy_mps=math.nan if no_velocity else speed * math.cos(course),
                pressure_altitude_ft=math.nan if sometimes(0.1) else float(altitude),
                vertical_rate_fpm=float(rate),
                cleared_ft=cleared,
                selected_ft=selected,
                baro_setting_hpa=setting,
                visual=int(sometimes(0.1)),
                coasted=int(sometimes(0.1)),
                on_ground=int(sometimes(0.03)),
                spike=sometimes(0.05),
                stuck=sometimes(0.05),
                duplicate=sometimes(0.03),
                age_s=float(time_s - first_s),
            )
        )
    return plots
