"""The finals of generated traffic scatter as those of the real recording do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safetynets.recordings import read_tracks
from safetynets.sites import load_site
from safetynets.sites.geometry import Site
from safetynets.tracks import clean, derive
from safetynets.traffic.generator import GeneratorSettings, Request, generate_day, load_settings, measure, read_finals
from safetynets.traffic.generator.final_scatter import DISTANCES_NM, Finals, Wander, settings_table

RECORDING = Path(__file__).parents[2] / "scenarios" / "data" / "paris-2021-10-07.parquet"
QNH_HPA = 1028.0
FLIGHTS = 150
RESAMPLED = 50
NEAR, MIDDLE, FAR = DISTANCES_NM <= 3.0, (DISTANCES_NM > 3.0) & (DISTANCES_NM <= 6.5), DISTANCES_NM > 6.5


def changed(settings: GeneratorSettings, **tables: dict[str, Any]) -> GeneratorSettings:
    """The settings with some values of some tables replaced."""
    raw = settings.model_dump()
    for table, values in tables.items():
        raw[table].update(values)
    return GeneratorSettings.model_validate(raw)


@pytest.fixture(scope="module")
def paris() -> Site:
    return load_site("paris")


@pytest.fixture(scope="module")
def real(paris: Site) -> Finals:
    return read_finals(derive(clean(read_tracks(RECORDING).tracks)).on_plane(paris.plane), paris, QNH_HPA)


@pytest.fixture(scope="module")
def generated(paris: Site) -> Finals:
    """Arrivals by instruments in still air, for the wind of the real day is not known."""
    settings = changed(
        load_settings("paris"),
        mix={"arrivals": 1.0, "vectors": 0.0, "vfr": 0.0, "visual": 0.0, "go_arounds": 0.0},
        day={"wind_mean_kt": 0.0, "temperature_mean_c": 15.0, "temperature_sd_c": 0.0},
    )
    day = generate_day(Request(settings, 0, 0.0, FLIGHTS, 1, 0.0))
    return read_finals(day.tracks.on_plane(paris.plane), paris, day.weather.qnh_hpa)


def pooled(sd: np.ndarray, where: np.ndarray) -> float:
    return float(np.sqrt(np.mean(sd[where] ** 2)))


def statistics(finals: Finals) -> dict[str, float]:
    """The figures that are compared, by name."""
    found = measure(finals)
    values = {}
    deviations: dict[str, Wander] = {"vertical": found.vertical, "cross-track": found.cross_track}
    for name, wander in deviations.items():
        for part, where in (("near", NEAR), ("middle", MIDDLE), ("far", FAR)):
            values[f"{name} sd, {part}"] = pooled(wander.sd, where)
        for lag, distance_nm in ((1, 0.5), (2, 1.0), (4, 2.0)):
            values[f"{name} correlation over {distance_nm} NM"] = float(wander.correlation[lag])
    for distance_nm in (2.0, 6.0, 10.0):
        here = distance_nm == DISTANCES_NM
        values[f"speed at {distance_nm} NM"] = float(found.speed_median_kt[here][0])
        values[f"speed sd around {distance_nm} NM"] = pooled(found.speed_sd_kt, np.abs(DISTANCES_NM - distance_nm) < 1)
        values[f"rate at {distance_nm} NM"] = float(found.rate_median_fpm[here][0])
    for part, where in (("near", NEAR), ("middle", MIDDLE), ("far", FAR)):
        values[f"rate sd, {part}"] = pooled(found.rate_sd_fpm, where)
    values["level segment"] = float(found.level_quantiles_nm[2])
    return values


def test_the_settings_carry_what_the_recording_shows(real: Finals) -> None:
    table = settings_table(measure(real))
    for site in ("geneva", "paris", "zurich"):
        carried = load_settings(site).final_scatter.model_dump()
        del carried["source"]
        assert {name: list(value) if isinstance(value, tuple) else value for name, value in carried.items()} == table


def test_the_recording_has_the_seventy_finals_it_is_said_to_have(real: Finals) -> None:
    assert len(real) == 70
    assert sorted(set(real.approach)) == [
        "LFPG 08L",
        "LFPG 08R",
        "LFPG 09R",
        "LFPG 26L",
        "LFPG 27L",
        "LFPO 06",
        "LFPO 25",
    ]


def test_generated_finals_scatter_as_the_recorded_ones_do(real: Finals, generated: Finals) -> None:
    """Each figure differs by no more than 3 standard errors, found by drawing the flights of both again."""
    assert len(generated) > 0.9 * FLIGHTS
    random = np.random.default_rng(1)
    errors = {}
    for finals in (real, generated):
        again = [statistics(finals.rows(random.integers(0, len(finals), len(finals)))) for _ in range(RESAMPLED)]
        for name in again[0]:
            errors[name] = errors.get(name, 0.0) + float(np.var([one[name] for one in again]))
    of_real, of_generated = statistics(real), statistics(generated)
    off = {
        name: round((of_generated[name] - of_real[name]) / np.sqrt(errors[name]), 1)
        for name in of_real
        if abs(of_generated[name] - of_real[name]) > 3.0 * np.sqrt(errors[name])
    }
    told = {name: (round(of_real[name], 2), round(of_generated[name], 2)) for name in of_real}
    assert not off, (off, told)
