from __future__ import annotations

from pathlib import Path

import pytest

from safetynets.recordings import read_tracks
from safetynets.tracks import Tracks

DATA = Path(__file__).parents[2] / "scenarios" / "data"


@pytest.fixture(scope="session")
def paris() -> Tracks:
    return read_tracks(DATA / "paris-2021-10-07.parquet").tracks


@pytest.fixture(scope="session")
def zurich_landing() -> Tracks:
    return read_tracks(DATA / "zurich-dlh4tr-2019-11-11.parquet").tracks


@pytest.fixture(scope="session")
def zurich_ground() -> Tracks:
    return read_tracks(DATA / "zurich-ground.parquet").tracks
