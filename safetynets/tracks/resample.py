"""Resampling a recording to a surveillance update period, without inventing a plot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.tracks.cleaning import count_flags
from safetynets.tracks.table import PlotFlag, Tracks


def resample(tracks: Tracks, update_s: float) -> Tracks:
    """Keep for each track and each tick the last plot at or before it that came after the tick before.

    Ticks are the multiples of `update_s` since 1970, the same for every track and every recording. A plot keeps its own
    time, values and flags; nothing is interpolated, and a tick without a plot has no row. Of plots at the same time the
    first stands. A gap that ended at a plot that is left out stands before the plot that is kept
    (`PlotFlag.AFTER_GAP`). `left_out` counts the rest.

    Parameters
    ----------
    tracks
        Any tracks.
    update_s
        The surveillance update period (s).

    Returns
    -------
    Tracks
        The plots kept.

    Raises
    ------
    TracksError
        When `update_s` is not a positive number.

    Examples
    --------
    >>> tracks = Tracks.from_columns({"time_s": [0.0, 1.0, 2.0, 3.0, 4.0], "track": [0] * 5})
    >>> resample(tracks, 4.0).time_s.tolist()
    [0.0, 4.0]
    """
    kept = _kept(tracks, update_s)
    chosen = tracks.select(kept)
    flags = chosen.flags.copy()
    flags[np.searchsorted(kept, np.flatnonzero(tracks.flags & PlotFlag.AFTER_GAP))] |= np.uint8(PlotFlag.AFTER_GAP)
    return chosen.with_columns(flags=flags)


def left_out(tracks: Tracks, update_s: float) -> dict[str, int]:
    """Count the plots that `resample` leaves out, so that no spike vanishes unseen.

    Parameters
    ----------
    tracks
        Tracks that were cleaned (`clean`).
    update_s
        The surveillance update period (s).

    Returns
    -------
    dict of str to int
        All ("plots"), and those that carry each flag.

    Raises
    ------
    TracksError
        When `update_s` is not a positive number.

    Examples
    --------
    >>> left_out(Tracks.from_columns({"time_s": [1.0, 2.0], "track": [0, 0], "flags": [1, 0]}), 4.0)["altitude spike"]
    1
    """
    out = np.ones(len(tracks), dtype=bool)
    out[_kept(tracks, update_s)] = False
    return {"plots": int(out.sum()), **count_flags(tracks.select(out))}


def _kept(tracks: Tracks, update_s: float) -> NDArray[np.intp]:
    if not (np.isfinite(update_s) and update_s > 0):
        raise TracksError(f"update_s is {update_s}", mend="give the update period in seconds, such as 4")
    repeat = np.zeros(len(tracks), dtype=bool)
    repeat[1:] = (np.diff(tracks.track) == 0) & (np.diff(tracks.time_s) == 0)
    rows = np.flatnonzero(~repeat)
    tick, track = np.ceil(tracks.time_s[rows] / update_s), tracks.track[rows]
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = (np.diff(track) != 0) | (np.diff(tick) != 0)
    return rows[last]
