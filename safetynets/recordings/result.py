"""`ReadResult`: tracks as read, and what was found while reading them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safetynets.tracks.table import Tracks


@dataclass(frozen=True)
class ReadResult:
    """The tracks of a recording, and what was found while reading it.

    `counts` holds how many rows, plots, tracks, plots without altitude and so on there were; `notes` says in words what
    was left unused or had to be decided.
    """

    tracks: Tracks
    counts: dict[str, int]
    notes: tuple[str, ...]


def counted(tracks: Tracks, rows: int) -> dict[str, int]:
    """The counts that any table of tracks has.

    >>> counted(Tracks.from_columns({"time_s": [0.0], "track": [0]}), 1)["plots without pressure altitude"]
    1
    """
    return {
        "rows": rows,
        "plots": len(tracks),
        "tracks": tracks.track_count,
        "plots without pressure altitude": int(np.isnan(tracks.pressure_altitude_ft).sum()),
        "plots without velocity": int((np.isnan(tracks.vx_mps) | np.isnan(tracks.vy_mps)).sum()),
        "plots without position": int((np.isnan(tracks.latitude_deg) | np.isnan(tracks.longitude_deg)).sum()),
    }
