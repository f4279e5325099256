"""The state of a plot of a study, as the walk writes it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined
from safetynets.engine.kernels.track_state import Carried, Levels, Prediction, Pressure, Received, levels_of, put_state


class Seen(NamedTuple):
    """Plots of whole tracks, the QNH, and how a net predicts paths; nothing is known of any track before (`before`)."""

    received: Received
    pressure: Pressure
    how: Prediction
    before: Carried


@inlined
def put_state_of(i: int, seen: Seen, state: NDArray[np.float64]) -> Levels:
    """Write what paths are predicted from, of plot i, and return its altitudes."""
    received = seen.received
    levels = levels_of(i, received, seen.pressure)
    first = i - 1 if i > 0 and received.track[i - 1] == received.track[i] else i
    put_state(state, i, first, 0, levels, received, seen.before, seen.how)
    return levels
