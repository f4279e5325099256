"""Plots a second of each net on the real Paris traffic: three hours, every plot as received and every 4 s."""

from dataclasses import replace

import pytest

from safetynets.engine.monitor import Monitor, judge
from safetynets.nets.apm import NET as APM
from safetynets.nets.apw import NET as APW
from safetynets.nets.msaw import NET as MSAW
from safetynets.recordings import read_tracks
from safetynets.sites import load_site, shipped_folder
from safetynets.tracks import clean, derive

RECORDING = shipped_folder() / "data" / "paris-2021-10-07.parquet"
VOLUME_SITE = "zurich"
"""Paris has no volumes; those of Zurich are asked about the Paris traffic moved to the plane of Zurich."""


@pytest.fixture(scope="module")
def site():
    return load_site("paris", {"pressure_regions.*.qnh_hpa": 1028})


@pytest.fixture(scope="module")
def tracks(site):
    return derive(clean(read_tracks(RECORDING).tracks)).on_plane(site.plane)


def judged_by(net, tracks, site):
    """Every plot judged by one net, with eligibility and lifecycle."""
    return Monitor(site, (net,)).feed(tracks)


def measure(benchmark, tracks, function):
    benchmark.extra_info["plots"] = len(tracks)
    benchmark.pedantic(function, rounds=5, warmup_rounds=1)


def test_reading(benchmark, tracks):
    measure(benchmark, tracks, lambda: read_tracks(RECORDING))


def test_cleaning(benchmark, tracks):
    measure(benchmark, tracks, lambda: clean(tracks))


def test_msaw(benchmark, tracks, site):
    measure(benchmark, tracks, lambda: judged_by(MSAW, tracks, site))


def test_apm(benchmark, tracks, site):
    measure(benchmark, tracks, lambda: judged_by(APM, tracks, site))


def test_apw(benchmark, tracks, site):
    there = load_site(VOLUME_SITE, {"pressure_regions.*.qnh_hpa": 1028})
    moved = replace(tracks, plane=None).with_columns(
        latitude_deg=tracks.latitude_deg - site.plane.latitude_deg + there.plane.latitude_deg,
        longitude_deg=tracks.longitude_deg - site.plane.longitude_deg + there.plane.longitude_deg,
    )
    moved = moved.on_plane(there.plane)
    measure(benchmark, moved, lambda: judged_by(APW, moved, there))


def test_everything_from_eligibility_to_alerts(benchmark, tracks, site):
    measure(benchmark, tracks, lambda: judge(tracks, site))
