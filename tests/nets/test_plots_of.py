"""Where tracks begin, found in parts side by side, against going through the plots."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from safetynets.engine.plots import plots_of
from safetynets.tracks import Tracks
from tests.nets.situations import PLANE, site

LENGTHS = [[], [1], [1, 2, 3], [64], [63, 1, 64, 65, 1], [200, 5, 129, 1, 1, 300], [1000], [2, 700, 2]]


@pytest.mark.parametrize("lengths", LENGTHS)
def test_tracks_start_where_their_number_changes(lengths):
    rng = np.random.default_rng(1)
    track = np.repeat(3 * np.arange(len(lengths), dtype=np.int32), lengths)
    time_s = np.concatenate([[], *(np.sort(rng.uniform(100.0, 900.0, length)) for length in lengths)])
    tracks = Tracks.from_columns({"track": track, "time_s": time_s}, plane=PLANE)
    with ThreadPoolExecutor(2) as pool:
        traffic = plots_of(tracks, site(), pool)
    assert traffic.start.tolist() == [0, *np.cumsum(lengths)]
    assert traffic.number.tolist() == [3 * k for k in range(len(lengths))]
    assert (traffic.from_s, traffic.now_s) == ((time_s.min(), time_s.max()) if len(time_s) else (0.0, 0.0))
