"""The settings that aircraft send against a reference QNH: which may be judged, against what, and how far off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import STANDARD_PRESSURE_HPA
from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import implements, judge, passes_over
from safetynets.engine.kernels.downlinked import is_stale
from safetynets.engine.kernels.track_state import Levels, Received, pressure_altitude_ft
from safetynets.engine.kernels.verdict import JUDGED, NO_KIND, Verdict, nothing, verdict_of
from safetynets.engine.reasons import Kind, Reason
from safetynets.kernel_cache import njit
from safetynets.tracks.table import PlotFlag

Floats = NDArray[np.float64]

TOO_LOW, TOO_HIGH = int(Kind.BELOW), int(Kind.ABOVE)
QNH_UNKNOWN = int(Reason.QNH_UNKNOWN)
ABOVE_TRANSITION, PRESELECTED = int(Reason.ABOVE_TRANSITION), int(Reason.PRESELECTED)
NOTHING_SENT, STALE = int(Reason.NOTHING_SENT), int(Reason.STALE_VALUE)
NOT_BELIEVED = int(PlotFlag.ALTITUDE_SPIKE | PlotFlag.DUPLICATE | PlotFlag.STUCK)

COARSE_STEP_HPA, FINE_STEP_HPA = 0.8, 0.1
"""Steps of the setting in the ADS-B target state and in Mode S register 4,0, both from 800 hPa (docs/nets.md)."""
ON_STEP_HPA = 0.01
STANDARD_WITHIN_HPA = 0.25
"""A crew may dial 1013 or 1013.25 for the standard setting."""
HPA_PER_INHG = 33.8638866667

UNKNOWN_CAUSE, STANDARD, HPA_AS_INCHES, INCHES_AS_HPA, TRANSPOSED, SLIPPED = range(6)
CAUSES = 6


class How(NamedTuple):
    """The parameters that say which settings may be judged, and what they are held against."""

    settling_s: float
    max_gap_s: float
    max_age_s: float
    descent_fpm: float
    preselection_ft: float
    window_s: float
    radius_m: float
    fewest: int
    widest_hpa: float


class Limits(NamedTuple):
    """The thresholds: how far off a setting may be."""

    limit_hpa: float
    hysteresis_ft: float
    severe_low_ft: float
    severe_high_ft: float
    warning_time_s: float


class Pressures(NamedTuple):
    """Pressure region, its QNH and transition of each plot; region -1 is none, unknown is NaN."""

    region: NDArray[np.int64]
    qnh_hpa: Floats
    altitude_ft: Floats
    level_ft: Floats


class Sent(NamedTuple):
    """What is remembered of each track.

    Since when it has been at or below the transition level, when its last plot was, and its last setting that others
    can be held against, with time and place; `earlier` is the last one before that moment.
    """

    below_since_s: Floats
    last_s: Floats
    sent_s: Floats
    sent_hpa: Floats
    sent_x_m: Floats
    sent_y_m: Floats
    earlier_s: Floats
    earlier_hpa: Floats
    earlier_x_m: Floats
    earlier_y_m: Floats


class Settings(NamedTuple):
    """The settings of plots, from row `first_row` of the tracks on.

    `reason` is `Reason.JUDGED`, or why the setting is not; `remaining_s` how long the flight still has to set the QNH;
    `half_step_hpa` half the step in which the source sends it. `flights` and `spread_hpa` are of the others
    whose median `reference_hpa` is.
    """

    first_row: int
    reason: NDArray[np.int8]
    remaining_s: Floats
    setting_hpa: Floats
    half_step_hpa: Floats
    refers: NDArray[np.bool_]
    region: NDArray[np.int64]
    reference_hpa: Floats
    flights: NDArray[np.int64]
    spread_hpa: Floats


class Inputs(NamedTuple):
    """What a plot is judged by; row n of `other_hpa` is the QNH of every region at the time of setting n."""

    settings: Settings
    limits: Limits
    other_hpa: Floats


@inlined
def half_step_hpa(setting_hpa: float) -> float:
    """Half the step in which a setting was sent: the coarse one where the value is on it."""
    steps = (setting_hpa - 800.0) / COARSE_STEP_HPA
    on_step = abs(steps - np.round(steps)) * COARSE_STEP_HPA < ON_STEP_HPA
    return 0.5 * (COARSE_STEP_HPA if on_step else FINE_STEP_HPA)


@inlined
def is_standard(setting_hpa: float, half_hpa: float) -> bool:
    """Whether a setting may be the standard one."""
    return abs(setting_hpa - STANDARD_PRESSURE_HPA) <= half_hpa + STANDARD_WITHIN_HPA


@inlined
def _reason(
    i: int,
    row: int,
    elapsed_s: float,
    half_hpa: float,
    received: Received,
    age_s: NDArray[np.float32],
    at: Pressures,
    how: How,
) -> int:
    """Why the setting of plot i, row `row` of the pressures, is not judged, or `JUDGED`."""
    pressure_ft, rate_fpm = received.pressure_altitude_ft[i], received.vertical_rate_fpm[i]
    if not pressure_ft <= at.level_ft[row]:
        return ABOVE_TRANSITION
    setting_hpa = received.baro_setting_hpa[i]
    on_hpa = setting_hpa if np.isnan(at.qnh_hpa[row]) else at.qnh_hpa[row]
    above_ft = pressure_ft - pressure_altitude_ft(on_hpa) - at.altitude_ft[row]
    if above_ft > 0.0 and not rate_fpm <= -how.descent_fpm:
        return ABOVE_TRANSITION
    if rate_fpm >= how.descent_fpm and above_ft > -how.preselection_ft and is_standard(setting_hpa, half_hpa):
        return PRESELECTED
    if np.isnan(setting_hpa):
        return NOTHING_SENT
    return STALE if is_stale(age_s[i], elapsed_s, how.max_age_s) else JUDGED


@njit(cache=True, nogil=True)
def follow(
    first: int, received: Received, age_s: NDArray[np.float32], at: Pressures, how: How, sent: Sent, out: Settings
) -> None:
    """Write what may be judged of the plots from row `first` on, one row of `at` each; `sent` is carried on."""
    for row in range(len(at.region)):
        i = first + row
        k, time_s = received.track[i], received.time_s[i]
        elapsed_s = time_s - sent.last_s[k]
        if not 0.0 <= elapsed_s <= how.max_gap_s:
            sent.below_since_s[k] = np.nan
        sent.last_s[k] = time_s
        pressure_ft, setting_hpa = received.pressure_altitude_ft[i], received.baro_setting_hpa[i]
        believed = received.flags[i] & NOT_BELIEVED == 0 and received.coasted[i] != 1 and np.isfinite(pressure_ft)
        if believed:
            if not pressure_ft <= at.level_ft[row]:
                sent.below_since_s[k] = np.nan
            elif np.isnan(sent.below_since_s[k]):
                sent.below_since_s[k] = time_s
        half_hpa = half_step_hpa(setting_hpa)
        reason = _reason(i, row, elapsed_s, half_hpa, received, age_s, at, how)
        remaining_s = max(0.0, how.settling_s - (time_s - sent.below_since_s[k]))
        if np.isnan(sent.below_since_s[k]):
            remaining_s = how.settling_s
        refers = believed and reason == JUDGED and remaining_s == 0.0 and received.on_ground[i] != 1
        refers = refers and np.isfinite(received.x_m[i]) and np.isfinite(received.y_m[i])
        if refers:
            if sent.sent_s[k] != time_s:
                sent.earlier_s[k], sent.earlier_hpa[k] = sent.sent_s[k], sent.sent_hpa[k]
                sent.earlier_x_m[k], sent.earlier_y_m[k] = sent.sent_x_m[k], sent.sent_y_m[k]
            sent.sent_s[k], sent.sent_hpa[k] = time_s, setting_hpa
            sent.sent_x_m[k], sent.sent_y_m[k] = received.x_m[i], received.y_m[i]
        out.reason[row], out.remaining_s[row], out.refers[row] = reason, remaining_s, refers
        out.setting_hpa[row], out.half_step_hpa[row], out.region[row] = setting_hpa, half_hpa, at.region[row]


@njit(cache=True, nogil=True)
def find_medians(
    order: NDArray[np.int64], first: int, end: int, received: Received, how: How, before: Sent, out: Settings
) -> None:
    """Write the median of the others' settings for the rows from `first` to before `end`, with count and spread.

    `order` are all rows by time, `before` what was known of each track before the first of them. Only settings from
    before the moment of a plot count, of each other flight its last.
    """
    tracks, from_s = len(before.sent_s), received.time_s[order[0]] if len(order) > 0 else 0.0
    sent_s, sent_hpa = before.sent_s.copy(), before.sent_hpa.copy()
    x_m, y_m = before.sent_x_m.copy(), before.sent_y_m.copy()
    among, here = np.empty(tracks, np.int64), np.empty(tracks, np.float64)
    listed, known = np.zeros(tracks, np.bool_), 0
    for k in range(tracks):
        if np.isfinite(sent_s[k]):
            among[known], listed[k] = k, True
            known += 1
        if sent_s[k] == from_s:
            sent_s[k], sent_hpa[k] = before.earlier_s[k], before.earlier_hpa[k]
            x_m[k], y_m[k] = before.earlier_x_m[k], before.earlier_y_m[k]
    begin = 0
    while begin < len(order):
        time_s, stop = received.time_s[order[begin]], begin
        while stop < len(order) and received.time_s[order[stop]] == time_s:
            stop += 1
        for place in range(begin, stop):
            i = order[place]
            if not first <= i < end or out.reason[i] != JUDGED:
                continue
            count, kept = 0, 0
            for place_among in range(known):
                k = among[place_among]
                if sent_s[k] < time_s - how.window_s and time_s > from_s:
                    listed[k] = False
                    continue
                among[kept] = k
                kept += 1
                away_m = np.hypot(x_m[k] - received.x_m[i], y_m[k] - received.y_m[i])
                in_time = time_s - how.window_s <= sent_s[k] < time_s
                if k != received.track[i] and in_time and away_m <= how.radius_m:
                    here[count] = sent_hpa[k]
                    count += 1
            known = kept
            out.flights[i] = count
            if count > 0:
                ordered = np.sort(here[:count])
                out.spread_hpa[i] = _quantile(ordered, 0.75) - _quantile(ordered, 0.25)
                if count >= how.fewest and out.spread_hpa[i] <= how.widest_hpa:
                    out.reference_hpa[i] = _quantile(ordered, 0.5)
        if begin == 0:
            for k in range(tracks):
                if before.sent_s[k] == from_s:
                    sent_s[k], sent_hpa[k] = before.sent_s[k], before.sent_hpa[k]
                    x_m[k], y_m[k] = before.sent_x_m[k], before.sent_y_m[k]
        for place in range(begin, stop):
            i = order[place]
            if out.refers[i]:
                k = received.track[i]
                sent_s[k], sent_hpa[k], x_m[k], y_m[k] = time_s, out.setting_hpa[i], received.x_m[i], received.y_m[i]
                if not listed[k]:
                    among[known], listed[k] = k, True
                    known += 1
        begin = stop


@njit(cache=True, nogil=True)
def _quantile(ordered: Floats, share: float) -> float:
    """The quantile of ordered values, linear between them."""
    place = share * (len(ordered) - 1)
    lower = int(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (place - lower) * (ordered[upper] - ordered[lower])


@inlined
def _dialled_slip(setting: int, spoken: int) -> int:
    """Whether one digit of a setting differs from what was spoken, or two neighbours are transposed."""
    differ, last, transposed, scale = 0, -2, False, 1
    for place in range(4):
        one, other = setting // scale % 10, spoken // scale % 10
        if one != other:
            differ += 1
            if differ == 2 and place == last + 1:
                below = scale // 10
                transposed = one == spoken // below % 10 and other == setting // below % 10
            last = place
        scale *= 10
    if differ == 1:
        return SLIPPED
    return TRANSPOSED if differ == 2 and transposed else UNKNOWN_CAUSE


@separate
def likely_cause(setting_hpa: float, half_hpa: float, reference_hpa: float, region: int, other_hpa: Floats) -> int:
    """The likely cause of a wrong setting; from `CAUSES` on, `CAUSES` + r is the QNH of region r."""
    if is_standard(setting_hpa, half_hpa):
        return STANDARD
    for r in range(len(other_hpa)):
        if r != region and abs(other_hpa[r] - setting_hpa) <= half_hpa + 0.5:
            return CAUSES + r
    for spoken in (int(np.floor(reference_hpa)), int(np.round(reference_hpa))):
        for inches in (2800, 2900, 3000):
            read_hpa = (inches + spoken % 100) / 100.0 * HPA_PER_INHG
            if abs(read_hpa - setting_hpa) <= half_hpa + 0.05:
                return HPA_AS_INCHES
    hundredths = int(np.round(reference_hpa / HPA_PER_INHG * 100.0)) % 100
    lowest, highest = int(np.ceil(setting_hpa - half_hpa - 0.05)), int(np.floor(setting_hpa + half_hpa + 0.05))
    for dialled in range(lowest, highest + 1):
        if dialled == 900 + hundredths or dialled == 1000 + hundredths:
            return INCHES_AS_HPA
    found = UNKNOWN_CAUSE
    for dialled in range(lowest, highest + 1):
        for spoken in (int(np.floor(reference_hpa)), int(np.round(reference_hpa))):
            slip = _dialled_slip(dialled, spoken)
            if slip == TRANSPOSED or (slip == SLIPPED and found == UNKNOWN_CAUSE):
                found = slip
    return found


@implements(passes_over, Inputs)
@inlined
def is_right(inputs: Inputs, i: int, n: int, received: Received) -> bool:
    """Whether the setting of a plot is not judged, or not wrong, or wrong too early to count."""
    settings, limits = inputs.settings, inputs.limits
    row = i - settings.first_row
    off_hpa = abs(settings.setting_hpa[row] - settings.reference_hpa[row])
    wrong = off_hpa > limits.limit_hpa + settings.half_step_hpa[row]
    counts = settings.remaining_s[row] <= limits.warning_time_s
    return not (settings.reason[row] == JUDGED and wrong and counts)


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
    """Judge the setting of one plot (`dispatch.judge`)."""
    settings, limits = inputs.settings, inputs.limits
    row = i - settings.first_row
    if settings.reason[row] != JUDGED:
        return nothing(settings.reason[row])
    setting_hpa, half_hpa = settings.setting_hpa[row], settings.half_step_hpa[row]
    reference_hpa, remaining_s = settings.reference_hpa[row], settings.remaining_s[row]
    if np.isnan(reference_hpa):
        return nothing(QNH_UNKNOWN)
    off_hpa, widest_hpa = setting_hpa - reference_hpa, limits.limit_hpa + half_hpa
    at_reference_ft = pressure_altitude_ft(reference_hpa)
    error_ft = pressure_altitude_ft(setting_hpa) - at_reference_ft
    allowed_hpa = reference_hpa + (widest_hpa if off_hpa > 0.0 else -widest_hpa)
    margin_ft = abs(pressure_altitude_ft(allowed_hpa) - at_reference_ft) - abs(error_ft)
    wrong = abs(off_hpa) > widest_hpa
    violation_s = remaining_s if wrong else np.inf
    held_s = remaining_s if wrong or margin_ft < limits.hysteresis_ft else np.inf
    kind, area = NO_KIND, -1
    if wrong:
        kind = TOO_LOW if off_hpa > 0.0 else TOO_HIGH
        region = settings.region[row]
        others = inputs.other_hpa[row]
        cause = likely_cause(setting_hpa, half_hpa, reference_hpa, region, others)
        area = region * (CAUSES + len(others)) + cause
    severe = wrong and (error_ft < -limits.severe_low_ft or error_ft > limits.severe_high_ft)
    return verdict_of(JUDGED, margin_ft, np.nan, violation_s, held_s, kind, area, np.nan, np.nan, error_ft, severe)
