"""`Plots`: what the sensors measure of one flight, before any tracker."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from safetynets.tracks import Tracks

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plots:
    """Measurements of one flight in the order in which they arrive.

    `time_s` is when a position holds, `arrival_s` when the tracker gets it; `variance_m2` is the (count, 2, 2)
    covariance of the position; altitudes are NaN where none came.
    """

    time_s: Floats
    arrival_s: Floats
    x_m: Floats
    y_m: Floats
    variance_m2: Floats
    pressure_altitude_ft: Floats
    geometric_altitude_ft: Floats

    def __len__(self) -> int:
        return len(self.time_s)


class Purpose(IntEnum):
    """What randomness is for; each purpose has its own stream."""

    RADAR = 0
    ADSB = 1
    MODE_C = 2


def stream(seed: int, callsign: str, purpose: Purpose, sensor: int = 0) -> np.random.Generator:
    """Randomness of one flight, purpose and sensor: another flight in the scenario does not change it."""
    key = (int(purpose), sensor, zlib.crc32(callsign.encode()))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def joined(plots: Sequence[Plots]) -> Plots:
    """The plots of several sensors as the tracker gets them."""
    columns = {column.name: np.concatenate([getattr(part, column.name) for part in plots]) for column in fields(Plots)}
    order = np.lexsort((columns["time_s"], columns["arrival_s"]))
    return Plots(**{name: values[order] for name, values in columns.items()})


def truth_at(truth: Tracks, rows: slice, name: str, time_s: Floats) -> Floats:
    """A column of the truth at any times of a flight, interpolated."""
    values: Floats = np.interp(time_s, truth.time_s[rows], getattr(truth, name)[rows])
    return values
