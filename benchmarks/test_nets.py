"""Plots a second of each net on the real Paris traffic: three hours, every plot as received and every 4 s."""

from dataclasses import replace

import pytest

from safetynets.engine.eligibility import reasons
from safetynets.engine.monitor import judge
from safetynets.engine.track_state import LastPlots, track_state_of
from safetynets.nets.apm import NET as APM
from safetynets.nets.apm import rule as apm
from safetynets.nets.apw import NET as APW
from safetynets.nets.apw.rule import apw_conflicts
from safetynets.nets.msaw import NET as MSAW
from safetynets.nets.msaw.rule import msaw_conflicts
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


def judged_by(tracks, site, net):
    picture, _ = track_state_of(tracks, site, LastPlots.none(tracks.track_count))
    first_s = tracks.time_s[[tracks.rows_of(number).start for number in range(tracks.track_count)]]
    return picture, reasons(tracks, picture, site, net, first_s)


def measure(benchmark, tracks, function):
    benchmark.extra_info["plots"] = len(tracks)
    benchmark.pedantic(function, rounds=5, warmup_rounds=1)


def test_reading(benchmark, tracks):
    measure(benchmark, tracks, lambda: read_tracks(RECORDING))


def test_cleaning(benchmark, tracks):
    measure(benchmark, tracks, lambda: clean(tracks))


def test_msaw(benchmark, tracks, site):
    picture, reason = judged_by(tracks, site, MSAW)
    measure(benchmark, tracks, lambda: msaw_conflicts(picture, reason, site))


def test_apm(benchmark, tracks, site):
    picture, reason = judged_by(tracks, site, APM)

    def joined_and_judged():
        approach, _ = apm.join_approaches(picture, tracks, reason, site)
        return apm.apm_conflicts(picture, reason, approach, site)

    measure(benchmark, tracks, joined_and_judged)


def test_apw(benchmark, tracks, site):
    there = load_site(VOLUME_SITE, {"pressure_regions.*.qnh_hpa": 1028})
    moved = replace(tracks, plane=None).with_columns(
        latitude_deg=tracks.latitude_deg - site.plane.latitude_deg + there.plane.latitude_deg,
        longitude_deg=tracks.longitude_deg - site.plane.longitude_deg + there.plane.longitude_deg,
    )
    moved = moved.on_plane(there.plane)
    picture, reason = judged_by(moved, there, APW)
    measure(benchmark, moved, lambda: apw_conflicts(picture, moved, reason, there))


def test_everything_from_eligibility_to_alerts(benchmark, tracks, site):
    measure(benchmark, tracks, lambda: judge(tracks, site))
