"""The speed limit compiled: pressure altitude against the level, now and along the present rate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from safetynets.engine.kernels.compiled import separate
from safetynets.engine.kernels.dispatch import implements, judge
from safetynets.engine.kernels.verdict import BELOW_FLOOR, JUDGED, NO_KIND, verdict_of


class Inputs(NamedTuple):
    """Limits, and how far ahead a descent through the level counts."""

    limit_mps: float
    below_ft: float
    warn_s: float
    hysteresis_ft: float


@implements(judge, Inputs)
@separate
def judge_plot(inputs, i, n, phase, time_s, state, levels, settled_s):
    pressure_altitude_ft, rate_ftps = state[4] + levels.qnh_pressure_altitude_ft, state[5]
    fast = np.hypot(state[2], state[3]) > inputs.limit_mps
    times_s = np.inf, np.inf
    if fast:
        times_s = (
            _first_below_s(pressure_altitude_ft, rate_ftps, inputs.below_ft, inputs.warn_s),
            _first_below_s(pressure_altitude_ft, rate_ftps, inputs.below_ft + inputs.hysteresis_ft, inputs.warn_s),
        )
    kind = BELOW_FLOOR if times_s[0] < np.inf else NO_KIND
    margin_ft = pressure_altitude_ft - inputs.below_ft
    return verdict_of(JUDGED, margin_ft, np.nan, times_s[0], times_s[1], kind, 0, np.nan, np.nan, np.nan, False)


@separate
def _first_below_s(altitude_ft, rate_ftps, limit_ft, warn_s):
    if altitude_ft < limit_ft:
        return 0.0
    if rate_ftps >= 0.0:
        return np.inf
    reached_s = (limit_ft - altitude_ft) / rate_ftps
    return reached_s if reached_s <= warn_s else np.inf
