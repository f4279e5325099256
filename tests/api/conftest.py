"""A small recording as people have it: one landing at Zurich, as CSV, seen every four seconds, 350 ft low."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import safetynets as sn
from safetynets.sites import shipped_folder
from safetynets.tracks import resample

LOW_FT = 350.0


@pytest.fixture(scope="session")
def low_landing() -> pd.DataFrame:
    """The flight as a data frame with the columns of a recording; from 6,000 ft down it is low at QNH 1013."""
    tracks = resample(sn.read_tracks(shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"), 4.0)
    altitude_ft = tracks.pressure_altitude_ft
    low_ft = np.where(altitude_ft < 6000.0, altitude_ft - LOW_FT, altitude_ft)
    return pd.DataFrame(
        {
            "timestamp": pd.to_datetime(tracks.time_s, unit="s", utc=True),
            "icao24": "3c664e",
            "callsign": "DLH4TR",
            "latitude": tracks.latitude_deg,
            "longitude": tracks.longitude_deg,
            "altitude": low_ft,
            "groundspeed": np.hypot(tracks.vx_mps, tracks.vy_mps) * 3600 / 1852,
            "track": np.degrees(np.arctan2(tracks.vx_mps, tracks.vy_mps)) % 360,
            "vertical_rate": tracks.vertical_rate_fpm,
        }
    )


@pytest.fixture
def my_day(low_landing: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`my-day.csv` in a folder of its own, which is the current one."""
    monkeypatch.chdir(tmp_path)
    low_landing.to_csv("my-day.csv", index=False)
    return tmp_path / "my-day.csv"


@pytest.fixture(scope="session")
def run(low_landing: pd.DataFrame) -> sn.Run:
    """The landing replayed at QNH 1013."""
    return sn.replay(sn.Tracks.from_pandas(low_landing), "zurich", qnh_hpa=1013)
