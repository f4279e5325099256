from __future__ import annotations

from pathlib import Path

import pytest

from safetynets.recordings import read_tracks
from safetynets.tracks import Tracks

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def reference() -> Tracks:
    """The flight that all small files hold: level at 4,000 ft, then down at 700 ft/min, at 140 kt towards Zurich."""
    return read_tracks(DATA / "reference.csv").tracks
