"""The closeness of two aircraft compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from safetynets.engine.kernels.compiled import separate
from safetynets.engine.kernels.dispatch import implements, judge
from safetynets.engine.kernels.track_state import Received
from safetynets.engine.kernels.verdict import INSIDE, JUDGED, NO_KIND, verdict_of


class Inputs(NamedTuple):
    """Limits, and the plots of the second aircraft, row by row those of the first."""

    within_m: float
    within_ft: float
    hysteresis_ft: float
    other: Received


@implements(judge, Inputs)
@separate
def judge_plot(inputs, i, n, phase, time_s, state, levels, settled_s):
    other = inputs.other
    apart_m = np.hypot(state[0] - other.x_m[i], state[1] - other.y_m[i])
    apart_ft = abs(state[4] + levels.qnh_pressure_altitude_ft - other.pressure_altitude_ft[i])
    margin_m, margin_ft = apart_m - inputs.within_m, apart_ft - inputs.within_ft
    violation_s = 0.0 if margin_m < 0.0 and margin_ft < 0.0 else np.inf
    held_s = 0.0 if margin_m < 0.0 and margin_ft < inputs.hysteresis_ft else np.inf
    kind = INSIDE if violation_s == 0.0 else NO_KIND
    return verdict_of(
        JUDGED, margin_ft, margin_m, violation_s, held_s, kind, -1, np.nan, np.nan, np.nan, violation_s == 0.0
    )
