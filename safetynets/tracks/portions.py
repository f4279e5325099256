"""Tracks in portions: a change to a long recording made a portion at a time, and several tables as one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.tracks.columns import new_column, release_memory
from safetynets.tracks.table import Tracks, column_names

PORTION_PLOTS = 1 << 18
THREADS = 2


def map_portions(tracks: Tracks, change: Callable[[Tracks], Tracks], plots: int = PORTION_PLOTS) -> Tracks:
    """Apply `change` to tracks portion by portion: it must treat each track by itself and keep every plot.

    What is in memory at once, besides the columns, does not grow with the recording, and the result is that of
    `change(tracks)`.

    Parameters
    ----------
    tracks
        Any tracks.
    change
        From tracks to tracks with other columns; several threads call it.
    plots
        About so many plots make a portion; each has its tracks whole.

    Returns
    -------
    Tracks
        The same plots in the same order.

    Examples
    --------
    >>> from safetynets.tracks import clean
    >>> tracks = Tracks.from_columns({"time_s": [0.0, 60.0, 0.0], "track": [0, 0, 1]})
    >>> map_portions(tracks, clean, plots=1).flags.tolist() == clean(tracks).flags.tolist()
    True
    """
    if len(tracks) <= plots:
        return change(tracks)
    columns: dict[str, NDArray[Any]] = {}
    plane = tracks.plane
    working: deque[tuple[slice, Tracks, Future[Tracks]]] = deque()

    def put() -> None:
        nonlocal plane
        rows, before, coming = working.popleft()
        after = coming.result()
        plane = after.plane
        for name in column_names("plot"):
            values = getattr(after, name)
            if values is not getattr(before, name):
                if name not in columns:
                    columns[name] = new_column(len(tracks), values.dtype)
                columns[name][rows] = values
                release_memory(columns[name])

    with ThreadPoolExecutor(THREADS) as pool:
        for rows in tracks.portions(plots):
            portion = tracks.select(rows)
            working.append((rows, portion, pool.submit(change, portion)))
            if len(working) > THREADS:
                put()
        while working:
            put()
    for column in columns.values():
        column.flags.writeable = False
    return replace(tracks, **columns, plane=plane)


def joined(parts: list[Tracks]) -> Tracks:
    """Tracks of one plane as one table, in their order."""
    numbers = np.cumsum([0, *(part.track_count for part in parts)])
    plots: dict[str, ArrayLike] = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0)
        for name in column_names("plot")
    }
    plots["track"] = (
        np.concatenate([part.track + number for part, number in zip(parts, numbers, strict=False)])
        if parts
        else np.empty(0, dtype=np.int32)
    )
    facts: dict[str, ArrayLike] = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0, dtype=object)
        for name in column_names("track")
    }
    return Tracks.from_columns(plots, facts, parts[0].plane if parts else None)
