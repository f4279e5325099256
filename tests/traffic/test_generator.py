"""Days of generated traffic: the same twice, flown within the limits, clear of the ground, labelled."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from safetynets.altimetry import pressure_altitude_ft
from safetynets.cli import main
from safetynets.errors import ScenarioError
from safetynets.recordings import read_tracks
from safetynets.runs import replay
from safetynets.sites import load_site
from safetynets.tracks import Tracks
from safetynets.traffic.aircraft import aircraft
from safetynets.traffic.fly import NeverEndsError
from safetynets.traffic.generator import (
    GeneratedDay,
    GeneratorSettings,
    Request,
    generate_day,
    load_settings,
    movements,
    write_days,
)
from safetynets.traffic.generator.movements import day_weather, movement

STILL_AIR = {"wind_mean_kt": 0.0}
G_FPM_PER_KTPS = 0.514444 / 9.80665 * 196.85 * 0.514444
"""Rate of climb (ft/min) that a change of one knot of speed in a second is worth, for each knot of speed."""


def changed(settings: GeneratorSettings, **tables: dict[str, Any]) -> GeneratorSettings:
    raw = settings.model_dump()
    for table, values in tables.items():
        raw[table].update(values)
    return GeneratorSettings.model_validate(raw)


def a_day(
    site: str, movements: int, *, faults_share: float = 0.0, seed: int = 3, **tables: dict[str, Any]
) -> GeneratedDay:
    settings = changed(load_settings(site), **tables)
    return generate_day(Request(settings, 19723, 1_704_067_200.0, movements, seed, faults_share))


@pytest.fixture(scope="module")
def zurich() -> GeneratedDay:
    """120 movements in still air, so that speed over the ground is airspeed."""
    return a_day("zurich", 120, day=STILL_AIR)


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_same_bytes_twice_and_whatever_the_number_of_workers(tmp_path: Path) -> None:
    settings = load_settings("zurich")
    for name, workers in (("once", 1), ("again", 1), ("two workers", 2)):
        write_days(settings, tmp_path / name, start=date(2024, 1, 1), days=1, movements=8, seed=5, worker_count=workers)
    once = files_of(tmp_path / "once")
    assert sorted(once) == ["2024-01-01.json", "2024-01-01.labels.csv", "2024-01-01.parquet"]
    assert files_of(tmp_path / "again") == once
    assert files_of(tmp_path / "two workers") == once


def test_a_day_is_the_same_whatever_other_days_are_generated_with_it(tmp_path: Path) -> None:
    settings = load_settings("zurich")
    write_days(settings, tmp_path / "two", start=date(2024, 1, 1), days=2, movements=4, seed=5)
    write_days(settings, tmp_path / "one", start=date(2024, 1, 2), days=1, movements=4, seed=5)
    both, second = files_of(tmp_path / "two"), files_of(tmp_path / "one")
    assert {name: both[name] for name in second} == second
    assert both["2024-01-01.labels.csv"] != both["2024-01-02.labels.csv"]


def test_another_seed_gives_other_traffic() -> None:
    one, other = (a_day("zurich", 3, seed=seed) for seed in (1, 2))
    assert one.labels != other.labels
    assert one.weather != other.weather


def test_the_qnh_of_the_days_scatters_as_asked() -> None:
    """Of 200 days, mean and standard deviation within 3 standard errors, half a hectopascal more for the rounding."""
    settings = load_settings("zurich")
    qnh_hpa = np.array([day_weather(Request(settings, day, 0.0, 1, 1, 0.0)).qnh_hpa for day in range(200)])
    sd_hpa = settings.day.qnh_sd_hpa
    assert abs(qnh_hpa.mean() - settings.day.qnh_mean_hpa) < 3.0 * sd_hpa / np.sqrt(200) + 0.5
    assert abs(qnh_hpa.std() - sd_hpa) < 3.0 * sd_hpa / np.sqrt(400) + 0.5


@pytest.mark.parametrize("site", ["geneva", "paris", "zurich"])
def test_no_ordinary_arrival_flies_below_the_terrain(site: str) -> None:
    """Judged on the height grid itself, from every plot outside the 0.5 NM before a threshold."""
    arrivals = {"arrivals": 1.0, "vectors": 0.0, "vfr": 0.0}
    day, loaded = a_day(site, 25, mix=arrivals), load_site(site)
    tracks, terrain = day.tracks.on_plane(loaded.plane), loaded.terrain
    assert terrain is not None
    column = ((tracks.x_m - terrain.x0_m) // terrain.cell_m).astype(int)
    row = ((tracks.y_m - terrain.y0_m) // terrain.cell_m).astype(int)
    height_ft = tracks.geometric_altitude_ft - terrain.elevation_ft[row, column]
    from_threshold_m = np.min([np.hypot(tracks.x_m - a.x_m, tracks.y_m - a.y_m) for a in loaded.approaches], axis=0)
    assert height_ft[from_threshold_m > 926.0].min() > 0.0
    assert height_ft[from_threshold_m > 3 * 1852.0].min() > 250.0
    assert all(label.ended == "landed" and label.least_clearance_ft > 0.0 for label in day.labels)


def test_speeds_rates_and_turns_stay_within_the_aircraft_table(zurich: GeneratedDay) -> None:
    """Wandering adds at most 600 ft/min (3 standard deviations of 200).

    Held is indicated speed, so true speed grows with height: a climb at 250 kt takes 12 % more energy than its rate.
    """
    tracks = zurich.tracks
    for number in range(tracks.track_count):
        rows, limits = tracks.rows_of(number), aircraft(str(tracks.aircraft_type[number]))
        vx, vy = tracks.vx_mps[rows], tracks.vy_mps[rows]
        speed_kt = np.hypot(vx, vy) / 0.514444
        rate_fpm = tracks.vertical_rate_fpm[rows]
        turn_degps = np.abs((np.diff(np.degrees(np.arctan2(vx, vy))) + 180.0) % 360.0 - 180.0) / 4.0
        assert turn_degps.max(initial=0.0) <= limits.turn_rate_degps * 1.02, tracks.callsign[number]
        bank_deg = np.degrees(np.arctan(np.radians(turn_degps) * speed_kt[1:] * 0.514444 / 9.80665))
        assert bank_deg.max(initial=0.0) <= limits.bank_deg + 1.0, tracks.callsign[number]
        assert rate_fpm.max() <= limits.climb_fpm + 1.0
        assert rate_fpm.min() >= -limits.descent_fpm - 600.0
        acceleration_ktps = np.diff(speed_kt) / 4.0
        energy_fpm = rate_fpm[1:] + G_FPM_PER_KTPS * speed_kt[1:] * acceleration_ktps
        assert energy_fpm.max(initial=0.0) <= limits.climb_fpm * 1.15, tracks.callsign[number]
        assert energy_fpm.min(initial=0.0) >= -limits.descent_fpm * 1.15, tracks.callsign[number]


def test_rates_and_headings_have_no_steps(zurich: GeneratedDay) -> None:
    """In 4 s, 0.05 g changes a rate by 386 ft/min, the 0.25 g of a go-around by 1,931; wandering adds 0.03 g."""
    tracks = zurich.tracks
    same = tracks.track[1:] == tracks.track[:-1]
    change_fpm = np.abs(np.diff(tracks.vertical_rate_fpm))[same]
    assert change_fpm.max() <= 1931.0 + 230.0
    assert np.mean(change_fpm > 386.0 + 230.0) < 0.001


def test_every_kind_of_movement_is_there_with_what_is_known_of_it(zurich: GeneratedDay) -> None:
    tracks, labels = zurich.tracks, zurich.labels
    by_kind = {
        kind: [n for n, label in enumerate(labels) if label.kind == kind]
        for kind in ("arrival", "departure", "vectors", "vfr")
    }
    assert [len(by_kind[kind]) > 0 for kind in by_kind] == [True] * 4
    for number in by_kind["vfr"]:
        assert tracks.flight_rules[number] in ("VFR", "")
    assert "7000" in {tracks.ssr_code[number] for number in by_kind["vfr"]}
    for kind in ("arrival", "vectors"):
        for number in by_kind[kind]:
            rows = tracks.rows_of(number)
            assert np.isfinite(tracks.cleared_altitude_ft[rows]).any()
            assert (tracks.vectored[rows] == 1).any()
    assert all(tracks.destination[number] == "LSZH" for number in by_kind["arrival"])
    assert set(tracks.flight_rules[by_kind["departure"]]) == {"IFR"}
    assert len(set(tracks.callsign)) == tracks.track_count == len(labels)
    assert not (tracks.pressure_altitude_ft % 25.0).any()


def test_visual_approaches_and_go_arounds_are_flown() -> None:
    mix = {"arrivals": 1.0, "vectors": 0.0, "vfr": 0.0, "visual": 0.5, "visual_flagged": 1.0, "go_arounds": 0.5}
    day = a_day("zurich", 12, mix=mix)
    for number, label in enumerate(day.labels):
        rows = day.tracks.rows_of(number)
        assert (day.tracks.visual[rows] == 1).any() == label.visual
        climbs = day.tracks.vertical_rate_fpm[rows].max() > 1000.0
        assert climbs == label.go_around
        assert label.ended == "landed"
    assert 0 < sum(label.visual for label in day.labels) < 12
    assert 0 < sum(label.go_around for label in day.labels) < 12


def test_no_flight_keeps_straight_above_the_level_that_it_climbs_to() -> None:
    """As movement 41 of 10 January 2024 at Zurich with seed 5 did: straight until 4,253 ft, cleared to 4,200 ft."""
    settings = load_settings("zurich")
    request = Request(settings, 19732, 19732 * 86_400.0, 150, 5, 0.0)
    _, label = movement(request, 40)
    assert (label.callsign, label.go_around, label.ended) == ("SWR41", True, "landed")


def test_flights_level_off_at_the_level_they_are_cleared_to(zurich: GeneratedDay) -> None:
    """A level is an altitude on the QNH or a flight level; half a step of Mode C and the last feet may be missing."""
    tracks = zurich.tracks
    ifr = np.isin(tracks.track, [n for n, label in enumerate(zurich.labels) if label.kind != "vfr"])
    level = ifr & (np.abs(tracks.vertical_rate_fpm) < 20.0) & np.isfinite(tracks.cleared_altitude_ft)
    above_ft = (tracks.pressure_altitude_ft - tracks.cleared_altitude_ft)[level]
    on_qnh_ft = above_ft - pressure_altitude_ft(zurich.weather.qnh_hpa)
    off_ft = np.minimum(np.abs(above_ft), np.abs(on_qnh_ft))
    assert level.sum() > 500
    assert np.mean(off_ft <= 12.5 + 15.0) > 0.98


def test_faults_are_labelled_and_raise_approach_path_alerts(tmp_path: Path) -> None:
    """Ordinary arrivals alert on some approaches; with a fault in each, on several times as many."""
    settings = changed(
        load_settings("zurich"), mix={"arrivals": 1.0, "vectors": 0.0, "vfr": 0.0, "visual": 0.0, "go_arounds": 0.0}
    )
    alerting = {}
    for share in (0.0, 1.0):
        files = write_days(
            settings, tmp_path, start=date(2024, 1, 1), days=1, movements=20, seed=2, faults_share=share
        )[0]
        told = json.loads(files.day.read_text())
        with files.labels.open(newline="") as rows:
            labels = list(csv.DictReader(rows))
        assert sum(bool(label["fault"]) for label in labels) == sum(told["faults"].values()) >= 0.9 * 20 * share
        assert all((label["fault_start_time_s"] != "") == bool(label["fault"]) for label in labels)
        run = replay(
            files.tracks,
            "zurich",
            qnh_hpa=told["qnh_hpa"],
            overrides={"apm.below_ft": 150, "apm.look_ahead_s": 0, "apm.current_m": 2, "apm.current_n": 3},
        )
        alerting[share] = len({alert.track for alert in run.alerts if alert.net in ("APM", "MSAW")})
    assert alerting[0.0] <= 2
    assert alerting[1.0] >= 10


def test_the_table_reads_back_as_it_was_generated(tmp_path: Path) -> None:
    settings = load_settings("geneva")
    files = write_days(settings, tmp_path, start=date(2024, 3, 1), days=1, movements=6, seed=1)[0]
    read = read_tracks(files.tracks).tracks
    with files.labels.open(newline="") as rows:
        labels = list(csv.DictReader(rows))
    assert read.track_count == len(labels) == 6
    assert sorted(read.callsign) == sorted(label["callsign"] for label in labels)
    assert {label["kind"] for label in labels} <= {"arrival", "departure", "vectors", "vfr"}
    midnight_s = 1_709_251_200.0
    assert read.time_s.min() >= midnight_s
    assert all(midnight_s <= float(label["start_time_s"]) < midnight_s + 86_400.0 for label in labels)


def test_sensors_may_be_asked_for() -> None:
    seen = {}
    for name, sensors in (("perfect", {}), ("ADS-B", {"adsb": {"position_noise_m": 100.0}})):
        seen[name] = a_day("zurich", 2, surveillance={"sensors": sensors}).tracks
    assert _unrest_m(seen["ADS-B"]) > 5.0 * _unrest_m(seen["perfect"])


def _unrest_m(tracks: Tracks) -> float:
    rows = tracks.rows_of(0)
    return float(np.median(np.abs(np.diff(tracks.x_m[rows], 3))))


def test_the_command_writes_the_days_and_says_what_is_in_them(tmp_path: Path) -> None:
    arguments = ["traffic", "generate", "zurich", "--movements-per-day", "3", "--out", str(tmp_path / "days"), "--json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [day["date"] for day in told] == ["2024-01-01"]
    assert told[0]["movements"] == sum(told[0]["kinds"].values()) == 3
    assert (tmp_path / "days" / "2024-01-01.parquet").is_file()


def test_a_site_without_settings_is_refused_with_the_nearest(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["traffic", "generate", "zurick", "--out", str(tmp_path / "days")])
    assert result.exit_code == 2
    assert "'zurich'" in result.output
    assert not (tmp_path / "days").exists()


def test_a_mistake_in_the_settings_is_named_with_its_line_and_mend(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "scenarios" / "traffic" / "zurich.toml"
    for good, bad, said in (
        ("go_arounds =", "go_around =", "write 'go_arounds'"),
        ("arrivals = 0.42", "arrivals = 0.95", "add up to more than 1"),
        ("C172 = 5", "C17 = 5", "write 'C172'"),
    ):
        mistaken = tmp_path / "mistaken.toml"
        mistaken.write_text(shipped.read_text(encoding="utf-8").replace(good, bad, 1), encoding="utf-8")
        with pytest.raises(ScenarioError, match=said) as refused:
            load_settings(mistaken)
        assert "line " in str(refused.value)


def test_a_flight_that_never_ends_is_drawn_again(monkeypatch):
    fly, asked = movements.fly_truth, []

    def endless_at_first(*arguments: Any) -> Any:
        asked.append(arguments)
        if len(asked) == 1:
            raise NeverEndsError("still in leg 8 (go_around) after 6 hours")
        return fly(*arguments)

    monkeypatch.setattr(movements, "fly_truth", endless_at_first)
    _, label = movements.movement(Request(load_settings("geneva"), 19723, 1_704_067_200.0, 5, 3, 0.0), 2)
    assert label.attempts == len(asked) >= 2
    assert label.ended in ("landed", "legs flown")


def test_traffic_at_a_site_without_terrain_keeps_above_its_minimum_altitudes():
    """At Guam vectors are 1,000 ft above the minimum altitudes at least, where the ground is 1,000 ft below them."""
    day = a_day("guam", 30)
    site = load_site("guam")
    assert {label.ended for label in day.labels} <= {"landed", "legs flown"}
    vectored = [number for number, label in enumerate(day.labels) if label.kind == "vectors"]
    assert vectored
    for number in vectored:
        rows = day.tracks.rows_of(number)
        x_m, y_m = day.tracks.x_m[rows], day.tracks.y_m[rows]
        altitude_ft = day.tracks.pressure_altitude_ft[rows] - pressure_altitude_ft(day.weather.qnh_hpa)
        for one in site.minimum_altitudes:
            inside = shapely.contains_xy(one.area, x_m, y_m) & np.isfinite(altitude_ft)
            assert (altitude_ft[inside] >= one.minimum_ft - 100.0).all()  # sensors and wind on the way
