"""The plots of all tracks as the kernels walk over them."""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.track_state import check_plane, pressure_of, received
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.plots import Plots

PARTS = 4
"""Number of parts in which the starts of the tracks are sought at once."""


def plots_of(tracks: Tracks, site: Site, pool: Executor | None = None) -> Plots:
    """The tracks with where each of them begins, and the QNH of the site; without plots the times are 0.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    from safetynets.engine.kernels import plots as kernel

    check_plane(tracks, site)

    def part(span: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int32], float, float]:
        start, number = np.empty(tracks.track_count, dtype=np.int64), np.empty(tracks.track_count, dtype=np.int32)
        count, from_s, to_s = kernel.starts(tracks.track, tracks.time_s, *span, start, number)
        return start[:count], number[:count], from_s, to_s

    bounds = np.linspace(0, len(tracks), PARTS + 1).astype(int).tolist()
    start, number, from_s, to_s = zip(*(map if pool is None else pool.map)(part, pairwise(bounds)), strict=True)
    return kernel.Plots(
        start=np.concatenate((*start, [len(tracks)])),
        number=np.concatenate(number),
        received=received(tracks),
        pressure=pressure_of(tracks.x_m, tracks.y_m, site),
        from_s=min(from_s) if len(tracks) else 0.0,
        now_s=max(to_s) if len(tracks) else 0.0,
    )


def last_row(tracks: Tracks, track: int, time_s: float) -> int:
    """The row of the last plot of a track up to a time; the first where there is none."""
    rows = tracks.rows_of(track)
    after = int(np.searchsorted(tracks.time_s[rows], time_s, side="right"))
    return int(rows.start) + max(after - 1, 0)
