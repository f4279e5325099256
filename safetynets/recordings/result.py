"""`ReadResult`: tracks as read, and what was found while reading them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.names import Meaning
from safetynets.tracks.columns import release_memory
from safetynets.tracks.table import Tracks


@dataclass(frozen=True)
class ReadResult:
    """The tracks of a recording, and what was found while reading it.

    Attributes
    ----------
    tracks
        The tracks.
    counts
        How many rows, plots, tracks, plots without altitude and so on there were.
    notes
        What was left unused or had to be decided, in words.
    warnings
        What contradicts itself, in words, with the likely cause and what mends it.
    refused
        Whether it contradicts itself beyond doubt, so that only a reading that is not strict gives it.
    format
        What the file was recognised as.
    columns
        For each column of the file that was used, what it was taken for and how its unit is known.
    details
        What else the format says, ready for JSON; for ASTERIX see `AsterixRecording.summary`.
    """

    tracks: Tracks
    counts: dict[str, int]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    refused: bool = False
    format: str = ""
    columns: Mapping[str, Meaning] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


def counted(tracks: Tracks, rows: int) -> dict[str, int]:
    """The counts that any table of tracks has.

    >>> counted(Tracks.from_columns({"time_s": [0.0], "track": [0]}), 1)["plots without pressure altitude"]
    1
    """
    return {
        "rows": rows,
        "plots": len(tracks),
        "tracks": tracks.track_count,
        "plots without pressure altitude": _unknown(tracks.pressure_altitude_ft),
        "plots without velocity": _unknown(tracks.vx_mps, tracks.vy_mps),
        "plots without position": _unknown(tracks.latitude_deg, tracks.longitude_deg),
    }


def _unknown(*columns: NDArray[np.float64]) -> int:
    """How many plots lack one of the columns; where none does, a sum tells."""
    with np.errstate(over="ignore", invalid="ignore"):
        if not any(_sum_is_nan(values) for values in columns):
            return 0
    unknown = int(np.logical_or.reduce([np.isnan(values) for values in columns]).sum())
    release_memory(*columns)
    return unknown


def _sum_is_nan(values: NDArray[np.float64]) -> bool:
    total = values.sum()
    release_memory(values)
    return bool(np.isnan(total))
