"""`Flight`: the flight that a fault is put into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.tracks import Tracks
from safetynets.traffic.altitudes import known_altitude_ft
from safetynets.traffic.places import Ground


@dataclass(frozen=True, eq=False)
class Flight:
    """One track of some, with the QNH where it is and the ground below, where that is known."""

    tracks: Tracks
    number: int
    qnh_hpa: float
    below: Ground | None = None

    @property
    def rows(self) -> slice:
        """The rows of its plots."""
        return self.tracks.rows_of(self.number)

    @property
    def time_s(self) -> NDArray[np.float64]:
        """Times of its plots (UTC seconds since 1970)."""
        return self.tracks.time_s[self.rows]

    @property
    def callsign(self) -> str:
        """Its call sign."""
        return str(self.tracks.callsign[self.number])

    @property
    def altitude_ft(self) -> NDArray[np.float64]:
        """The altitude of its plots on the QNH (ft), which is known for some of them at least."""
        return known_altitude_ft(self.tracks, self.number, self.qnh_hpa)
