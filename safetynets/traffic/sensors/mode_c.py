"""Mode C: altitudes in steps, sometimes missing, garbled or late."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.tracks import Tracks
from safetynets.traffic.sensors.models import ModeC
from safetynets.traffic.sensors.plots import Purpose, stream, truth_at

Floats = NDArray[np.float64]

GARBLED_FT = (-1000.0, 50_000.0)
"""A garbled reply says anything between the least altitude of the code and a high flight."""


def in_steps_ft(pressure_altitude_ft: Floats, step_ft: float) -> Floats:
    """Altitudes to the nearest step; unchanged for a step of 0.

    >>> in_steps_ft(np.array([1012.0, 1013.0]), 25.0).tolist()
    [1000.0, 1025.0]
    """
    if step_ft == 0.0:
        return pressure_altitude_ft
    return np.round(pressure_altitude_ft / step_ft) * step_ft


def sent_altitude_ft(truth: Tracks, number: int, time_s: Floats, mode_c: ModeC, seed: int, sensor: int = 0) -> Floats:
    """The pressure altitudes that the replies of one flight give at these times; NaN where one is missing."""
    rows = truth.rows_of(number)
    random = stream(seed, str(truth.callsign[number]), Purpose.MODE_C, sensor)
    late, garbled, missing = random.random((3, len(time_s)))
    nonsense_ft = random.uniform(*GARBLED_FT, len(time_s))
    asked_s = np.where(late < mode_c.late_probability, time_s - mode_c.late_s, time_s)
    altitude_ft = truth_at(truth, rows, "pressure_altitude_ft", asked_s)
    altitude_ft = np.where(garbled < mode_c.garbled_probability, nonsense_ft, altitude_ft)
    altitude_ft = in_steps_ft(altitude_ft, float(mode_c.step_ft))
    return np.where(missing < mode_c.missing_probability, np.nan, altitude_ft)
