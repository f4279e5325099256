"""The real recordings that are shipped hold what their sources hold, dirt and all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from safetynets.geodesy import mean_sea_level_altitude_ft
from safetynets.recordings import read_tracks
from safetynets.tracks import Tracks
from safetynets.units import mps_to_kt

DATA = Path(__file__).parents[2] / "scenarios" / "data"


def test_paris_holds_every_row_of_the_three_hours(paris: Tracks) -> None:
    assert len(paris) == 284_505
    assert len(set(paris.icao24)) == 213
    assert int(np.isnan(paris.pressure_altitude_ft).sum()) == 50_665
    assert int((paris.pressure_altitude_ft > 60_000).sum()) == 463
    noon_s = 1_633_608_000.0  # 2021-10-07 12:00 UTC
    assert noon_s <= paris.time_s.min() < noon_s + 5
    assert noon_s + 3 * 3600 - 5 < paris.time_s.max() <= noon_s + 3 * 3600
    assert np.isnan(paris.geometric_altitude_ft).all()
    assert paris.plane is None


def test_the_first_plot_of_a_paris_arrival_is_as_it_was_received(paris: Tracks) -> None:
    first = paris.rows_of(paris.callsign.tolist().index("MSR799")).start
    assert paris.time_s[first] == 1_633_608_773.0
    assert paris.pressure_altitude_ft[first] == 13_650.0
    assert paris.latitude_deg[first] == 48.4824371338
    assert paris.longitude_deg[first] == 3.8288057767
    assert mps_to_kt(np.hypot(paris.vx_mps[first], paris.vy_mps[first])) == pytest.approx(325.0)
    assert np.degrees(np.arctan2(paris.vx_mps[first], paris.vy_mps[first])) % 360 == pytest.approx(311.1362180242)
    assert paris.vertical_rate_fpm[first] == -896.0


def test_the_zurich_landing_has_its_altitudes_above_mean_sea_level(zurich_landing: Tracks) -> None:
    assert len(zurich_landing) == 848
    assert zurich_landing.callsign.tolist() == ["DLH4TR"]
    assert zurich_landing.pressure_altitude_ft[0] == 14_150.0
    expected_ft = mean_sea_level_altitude_ft(np.array([13_850.0]), 47.0)
    assert zurich_landing.geometric_altitude_ft[0] == expected_ft[0]
    assert int(np.isnan(zurich_landing.geometric_altitude_ft).sum()) == 1
    assert (zurich_landing.pressure_altitude_ft > 25_000).sum() == 3


@pytest.mark.parametrize(
    ("name", "plots", "tracks"), [("rega-zurich", 339, 1), ("rega-st-gallen", 1080, 1), ("zurich-ground", 17_132, 10)]
)
def test_the_other_recordings_are_whole(name: str, plots: int, tracks: int) -> None:
    result = read_tracks(DATA / f"{name}.parquet")
    assert len(result.tracks) == result.counts["rows"] == plots
    assert result.tracks.track_count == tracks


def test_every_recording_names_its_source_and_is_small() -> None:
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    recordings = sorted(DATA.glob("*.parquet"))
    assert len(recordings) >= 5
    for path in recordings:
        assert f"`{path.name}`" in sources
        assert path.stat().st_size < 6_000_000
