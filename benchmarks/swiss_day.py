"""A generated day of Zurich with faults, every 4 s, repeated day after day until there are plots enough."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np

from safetynets.recordings import read_tracks
from safetynets.sites import Site, load_site
from safetynets.tracks import Tracks, clean, column_names, derive, resample
from safetynets.traffic.generator import load_settings, write_days

SITE = "zurich"
MOVEMENTS = 1500
UPDATE_S = 4.0
DAY_S = 86_400.0


def swiss_day(seed: int = 1) -> tuple[Site, Tracks]:
    """The site, and a day of its traffic of which 2 % of the arrivals have a fault."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(SITE)
        files = write_days(
            settings,
            Path(folder),
            start=date(2024, 1, 1),
            days=1,
            movements=MOVEMENTS,
            seed=seed,
            faults_share=0.02,
            worker_count=2,
        )
        recorded = read_tracks(files[0].tracks).tracks
    site = load_site(SITE, {"pressure_regions.*.qnh_hpa": 1013})
    return site, resample(derive(clean(recorded)).on_plane(site.plane), UPDATE_S)


def repeated(tracks: Tracks, plots: int) -> Tracks:
    """The tracks over and over, each time a day later and as other tracks, cut off after so many plots."""
    times = -(-plots // len(tracks))
    columns = {name: np.tile(getattr(tracks, name), times)[:plots] for name in column_names("plot")}
    copy = np.repeat(np.arange(times), len(tracks))[:plots]
    columns["time_s"] += copy * DAY_S
    columns["track"] = (columns["track"] + copy * tracks.track_count).astype(np.int32)
    flights = {name: np.tile(getattr(tracks, name), times) for name in column_names("track")}
    return Tracks.taking(columns, flights, tracks.plane)
