"""The altitudes that aircraft send as selected against their cleared levels: which may be judged, and how far off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import implements, judge, passes_over
from safetynets.engine.kernels.downlinked import is_stale
from safetynets.engine.kernels.track_state import Levels, Received
from safetynets.engine.kernels.verdict import JUDGED, NO_KIND, Verdict, nothing, verdict_of
from safetynets.engine.reasons import Kind, Reason
from safetynets.kernel_cache import njit
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]

BEFORE, PAST = int(Kind.BEFORE), int(Kind.PAST)
NOTHING_SENT, STALE = int(Reason.NOTHING_SENT), int(Reason.STALE_VALUE)
NO_CLEARED_LEVEL, OTHER_SOURCE = int(Reason.NO_CLEARED_LEVEL), int(Reason.OTHER_SOURCE)
ON_FINAL_APPROACH = int(Reason.ON_FINAL_APPROACH)


class How(NamedTuple):
    """The parameters that say which altitudes may be judged; `sources[s + 1]` is about source s of `AltitudeSource`."""

    settling_s: float
    max_gap_s: float
    max_age_s: float
    tolerance_ft: float
    sources: NDArray[np.bool_]


class Finals(NamedTuple):
    """The regions of final approaches: threshold, course vector, start, intercept altitude, and how wide."""

    threshold_m: Floats
    course: Floats
    start_nm: Floats
    intercept_ft: Floats
    half_width_m: float
    splay_m_per_nm: float
    angle_cosine: float


class Limits(NamedTuple):
    """The thresholds: how far off a selected altitude may be."""

    tolerance_ft: float
    hysteresis_ft: float
    level_ft: float
    warning_time_s: float


class Agreed(NamedTuple):
    """What is remembered of each track: its last cleared and selected level, since when, and when its last plot was."""

    cleared_ft: Floats
    selected_ft: Floats
    since_s: Floats
    last_s: Floats


class Altitudes(NamedTuple):
    """The selected altitudes of plots, from row `first_row` of the tracks on.

    `reason` is `Reason.JUDGED`, or why the altitude is not; `remaining_s` how long either level may still be set.
    """

    first_row: int
    reason: NDArray[np.int8]
    remaining_s: Floats
    cleared_ft: Floats
    selected_ft: Floats


class Inputs(NamedTuple):
    """What a plot is judged by."""

    altitudes: Altitudes
    finals: Finals
    limits: Limits


@inlined
def _reason(
    i: int, elapsed_s: float, received: Received, age_s: NDArray[np.float32], source: NDArray[np.int8], how: How
) -> int:
    """Why the selected altitude of plot i is not judged, or `JUDGED`."""
    if np.isnan(received.cleared_altitude_ft[i]):
        return NO_CLEARED_LEVEL
    if np.isnan(received.selected_altitude_ft[i]):
        return NOTHING_SENT
    if is_stale(age_s[i], elapsed_s, how.max_age_s):
        return STALE
    return JUDGED if how.sources[source[i] + 1] else OTHER_SOURCE


@njit(cache=True, nogil=True)
def follow(
    first: int,
    received: Received,
    age_s: NDArray[np.float32],
    source: NDArray[np.int8],
    how: How,
    agreed: Agreed,
    out: Altitudes,
) -> None:
    """Write what may be judged of the plots from row `first` on; `agreed` is carried on."""
    for row in range(len(out.reason)):
        i = first + row
        k, time_s = received.track[i], received.time_s[i]
        elapsed_s = time_s - agreed.last_s[k]
        if not 0.0 <= elapsed_s <= how.max_gap_s:
            agreed.cleared_ft[k] = agreed.selected_ft[k] = agreed.since_s[k] = np.nan
        agreed.last_s[k] = time_s
        reason = _reason(i, elapsed_s, received, age_s, source, how)
        cleared_ft, selected_ft = received.cleared_altitude_ft[i], received.selected_altitude_ft[i]
        if reason == JUDGED:
            changed = abs(cleared_ft - agreed.cleared_ft[k]) > how.tolerance_ft
            changed = changed or abs(selected_ft - agreed.selected_ft[k]) > how.tolerance_ft
            if changed or np.isnan(agreed.since_s[k]):
                agreed.cleared_ft[k], agreed.selected_ft[k], agreed.since_s[k] = cleared_ft, selected_ft, time_s
        out.reason[row], out.cleared_ft[row], out.selected_ft[row] = reason, cleared_ft, selected_ft
        out.remaining_s[row] = how.settling_s
        if not np.isnan(agreed.since_s[k]):
            out.remaining_s[row] = max(0.0, how.settling_s - (time_s - agreed.since_s[k]))


@inlined
def is_on_final(x_m: float, y_m: float, vx_mps: float, vy_mps: float, altitude_ft: float, finals: Finals) -> bool:
    """Whether an aircraft is on a final approach: in its region, not above its intercept altitude, along its course."""
    for a in range(len(finals.start_nm)):
        east, north = finals.course[a, 0], finals.course[a, 1]
        from_x_m, from_y_m = x_m - finals.threshold_m[a, 0], y_m - finals.threshold_m[a, 1]
        along_nm = -(from_x_m * east + from_y_m * north) / M_PER_NM
        across_m = abs(from_x_m * north - from_y_m * east)
        inside = 0.0 <= along_nm <= finals.start_nm[a] and altitude_ft <= finals.intercept_ft[a]
        inside = inside and across_m <= finals.half_width_m + along_nm * finals.splay_m_per_nm
        speed_mps = np.hypot(vx_mps, vy_mps)
        if inside and vx_mps * east + vy_mps * north >= finals.angle_cosine * speed_mps:
            return True
    return False


@implements(passes_over, Inputs)
@inlined
def is_as_cleared(inputs: Inputs, i: int, n: int, received: Received) -> bool:
    """Whether the altitude of a plot is not judged, or as cleared, or not yet for long enough another to count."""
    altitudes, limits = inputs.altitudes, inputs.limits
    row = i - altitudes.first_row
    deviates = abs(altitudes.selected_ft[row] - altitudes.cleared_ft[row]) > limits.tolerance_ft
    return not (altitudes.reason[row] == JUDGED and deviates and altitudes.remaining_s[row] <= limits.warning_time_s)


@implements(judge, Inputs)
@separate
def judge_plot(
    inputs: Inputs,
    i: int,
    n: int,
    phase: int,
    time_s: float,
    state: Floats,
    levels: Levels,
    settled_s: float,
) -> Verdict:
    """Judge the selected altitude of one plot (`dispatch.judge`)."""
    altitudes, limits = inputs.altitudes, inputs.limits
    row = i - altitudes.first_row
    if is_on_final(state[0], state[1], state[2], state[3], state[4], inputs.finals):
        return nothing(ON_FINAL_APPROACH)
    if altitudes.reason[row] != JUDGED:
        return nothing(altitudes.reason[row])
    cleared_ft, selected_ft, remaining_s = (
        altitudes.cleared_ft[row],
        altitudes.selected_ft[row],
        altitudes.remaining_s[row],
    )
    deviation_ft = selected_ft - cleared_ft
    margin_ft = limits.tolerance_ft - abs(deviation_ft)
    deviates = abs(deviation_ft) > limits.tolerance_ft
    own_ft = state[4] if cleared_ft <= levels.transition_ft else state[4] + levels.qnh_pressure_altitude_ft
    to_cleared_ft, to_selected_ft = cleared_ft - own_ft, selected_ft - own_ft
    past = abs(to_cleared_ft) <= limits.level_ft or to_cleared_ft * deviation_ft > 0.0
    away = to_cleared_ft * to_selected_ft < 0.0
    kind = NO_KIND
    if deviates:
        kind = PAST if past else BEFORE
    violation_s = remaining_s if deviates else np.inf
    held_s = remaining_s if deviates or margin_ft < limits.hysteresis_ft else np.inf
    severe = deviates and (past or away)
    return verdict_of(JUDGED, margin_ft, np.nan, violation_s, held_s, kind, -1, np.nan, np.nan, deviation_ft, severe)
