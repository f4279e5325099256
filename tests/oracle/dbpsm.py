"""The setting monitor, slow and obvious: docs/nets.md, "DBPSM". Everything is looked for afresh at every plot."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from safetynets.altimetry import setting_error_ft
from safetynets.engine.reasons import Kind, Reason
from safetynets.sites.geometry import PressureRegion, Site
from safetynets.tracks.table import PlotFlag, Tracks
from tests.oracle.state import altitude_ft, known, qnh_hpa, region_of

NOT_BELIEVED = PlotFlag.ALTITUDE_SPIKE | PlotFlag.DUPLICATE | PlotFlag.STUCK
YES = 1


@dataclass(frozen=True)
class Found:
    """What is found of one plot that nothing else keeps from being judged."""

    reason: Reason
    time_to_violation_s: float = math.inf
    hold_time_to_violation_s: float = math.inf
    kind: Kind = Kind.NONE
    area: str = ""
    error_ft: float = math.nan
    margin_ft: float = math.nan
    severe: bool = False


def rows_of(tracks: Tracks, track: int) -> list[int]:
    return [row for row in range(len(tracks)) if tracks.track[row] == track]


def previous(tracks: Tracks, row: int) -> int | None:
    """The plot before of the same track."""
    return row - 1 if row > 0 and tracks.track[row - 1] == tracks.track[row] else None


def half_step_hpa(setting: float) -> float:
    """Whole steps of 0.8 hPa from 800 hPa may come from ADS-B; all else comes in steps of 0.1 hPa."""
    if not known(setting):
        return math.nan
    steps = (setting - 800.0) / 0.8
    return 0.4 if abs(steps - round(steps)) * 0.8 < 0.01 else 0.05


def may_be_standard(setting: float) -> bool:
    return abs(setting - 1013.25) <= half_step_hpa(setting) + 0.25


def level_ft(region: PressureRegion | None) -> float:
    return math.nan if region is None else region.transition_level_fl * 100.0


def below_since_s(tracks: Tracks, row: int, site: Site) -> float:
    """Since when the flight has been at or below the transition level, without a gap; NaN where it is not."""
    since_s = math.nan
    at: int | None = row
    while at is not None:
        pressure_altitude = float(tracks.pressure_altitude_ft[at])
        believed = known(pressure_altitude) and not PlotFlag(int(tracks.flags[at])) & NOT_BELIEVED
        if believed and tracks.coasted[at] != YES:
            region = region_of_plot(tracks, at, site)
            if not pressure_altitude <= level_ft(region):
                return since_s
            since_s = float(tracks.time_s[at])
        before = previous(tracks, at)
        gap = before is not None and tracks.time_s[at] - tracks.time_s[before] > site.parameters.dbpsm.max_gap_s
        at = None if gap else before
    return since_s


def region_of_plot(tracks: Tracks, row: int, site: Site) -> PressureRegion | None:
    x, y = float(tracks.x_m[row]), float(tracks.y_m[row])
    return region_of(site, x, y) if known(x, y) else None


def remaining_s(tracks: Tracks, row: int, site: Site) -> float:
    since_s = below_since_s(tracks, row, site)
    settling_s = site.parameters.dbpsm.settling_s
    return max(0.0, settling_s - (float(tracks.time_s[row]) - since_s)) if known(since_s) else settling_s


def reason_of(tracks: Tracks, row: int, site: Site) -> Reason:
    """Why the setting of a plot is not judged."""
    parameters = site.parameters.dbpsm
    region = region_of_plot(tracks, row, site)
    setting = float(tracks.baro_setting_hpa[row])
    pressure_altitude, rate_fpm = float(tracks.pressure_altitude_ft[row]), float(tracks.vertical_rate_fpm[row])
    if region is None or not pressure_altitude <= level_ft(region):
        return Reason.ABOVE_TRANSITION
    qnh = qnh_hpa(region, float(tracks.time_s[row]))
    altitude = altitude_ft(pressure_altitude, qnh if known(qnh) else setting)
    in_layer = altitude > region.transition_altitude_ft
    if in_layer and not rate_fpm <= -parameters.descent_fpm:
        return Reason.ABOVE_TRANSITION
    climbs = rate_fpm >= parameters.descent_fpm
    near = altitude > region.transition_altitude_ft - parameters.preselection_ft
    if climbs and near and may_be_standard(setting):
        return Reason.PRESELECTED
    if not known(setting):
        return Reason.NOTHING_SENT
    age_s, before = float(tracks.baro_setting_age_s[row]), previous(tracks, row)
    if age_s > parameters.max_setting_age_s:
        return Reason.STALE_VALUE
    if before is not None and 0.0 < tracks.time_s[row] - tracks.time_s[before] <= age_s + 0.001:
        return Reason.STALE_VALUE
    return Reason.JUDGED


def refers(tracks: Tracks, row: int, site: Site) -> bool:
    """Whether others may be held against the setting of a plot."""
    flawed = PlotFlag(int(tracks.flags[row])) & NOT_BELIEVED or tracks.coasted[row] == YES
    if flawed or tracks.on_ground[row] == YES or not known(float(tracks.pressure_altitude_ft[row])):
        return False
    return reason_of(tracks, row, site) is Reason.JUDGED and remaining_s(tracks, row, site) == 0.0


def others_hpa(tracks: Tracks, row: int, site: Site) -> list[float]:
    """The last setting of every other flight that is near enough in time and place."""
    parameters, now_s = site.parameters.dbpsm, float(tracks.time_s[row])
    found = []
    for track in sorted({int(number) for number in tracks.track} - {int(tracks.track[row])}):
        sent = [at for at in rows_of(tracks, track) if tracks.time_s[at] < now_s and refers(tracks, at, site)]
        if not sent or tracks.time_s[sent[-1]] < now_s - parameters.reference_window_s:
            continue
        away_m = math.hypot(tracks.x_m[sent[-1]] - tracks.x_m[row], tracks.y_m[sent[-1]] - tracks.y_m[row])
        if away_m <= parameters.reference_radius_nm * 1852.0:
            found.append(float(tracks.baro_setting_hpa[sent[-1]]))
    return found


def spread_hpa(settings: list[float]) -> float:
    """The interquartile range."""
    if len(settings) < 2:
        return 0.0
    lower, _, upper = statistics.quantiles(settings, n=4, method="inclusive")
    return upper - lower


def reference_hpa(tracks: Tracks, row: int, site: Site) -> float:
    parameters = site.parameters.dbpsm
    if parameters.reference == "given":
        return qnh_hpa(region_of_plot(tracks, row, site), float(tracks.time_s[row]))
    settings = others_hpa(tracks, row, site)
    if len(settings) < parameters.reference_flights or spread_hpa(settings) > parameters.reference_spread_hpa:
        return math.nan
    return statistics.median(settings)


def dialled(setting: float) -> list[int]:
    """The whole hectopascals that a setting may be."""
    half = half_step_hpa(setting) + 0.05
    return [hpa for hpa in range(700, 1200) if setting - half <= hpa <= setting + half]


def one_digit_differs(one: int, other: int) -> bool:
    return sum(a != b for a, b in zip(f"{one:04}", f"{other:04}", strict=True)) == 1


def neighbours_transposed(one: int, other: int) -> bool:
    digits = f"{other:04}"
    swapped = [digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(3)]
    return one != other and f"{one:04}" in swapped


def likely_cause(setting: float, reference: float, tracks: Tracks, row: int, site: Site) -> str:
    half, spoken = half_step_hpa(setting), {math.floor(reference), round(reference)}
    if may_be_standard(setting):
        return "standard setting left in"
    own = region_of_plot(tracks, row, site)
    for region in site.pressure_regions:
        if region is not own and abs(qnh_hpa(region, float(tracks.time_s[row])) - setting) <= half + 0.5:
            return f"QNH of {region.name} set"
    as_inches = [(inches + hpa % 100 / 100.0) * 33.8638866667 for hpa in spoken for inches in (28, 29, 30)]
    if any(abs(hpa - setting) <= half + 0.05 for hpa in as_inches):
        return "hectopascals read as inches"
    in_inches = f"{reference / 33.8638866667:.2f}"
    if any(str(hpa) in ("9" + in_inches[-2:], "10" + in_inches[-2:]) for hpa in dialled(setting)):
        return "inches read as hectopascals"
    if any(neighbours_transposed(hpa, said) for hpa in dialled(setting) for said in spoken):
        return "digits transposed"
    if any(one_digit_differs(hpa, said) for hpa in dialled(setting) for said in spoken):
        return "a digit slipped"
    return ""


def found_at(tracks: Tracks, row: int, site: Site) -> Found:
    """What the monitor finds of a plot that nothing else keeps from being judged."""
    parameters = site.parameters.dbpsm
    reason = reason_of(tracks, row, site)
    if reason is not Reason.JUDGED:
        return Found(reason)
    reference = reference_hpa(tracks, row, site)
    if not known(reference):
        return Found(Reason.QNH_UNKNOWN)
    setting = float(tracks.baro_setting_hpa[row])
    error_ft = setting_error_ft(setting, reference)
    widest = parameters.limit_hpa + half_step_hpa(setting)
    wrong = abs(setting - reference) > widest
    allowed_ft = abs(setting_error_ft(reference + math.copysign(widest, setting - reference), reference))
    if setting == reference:
        allowed_ft = abs(setting_error_ft(reference - widest, reference))
    margin_ft = allowed_ft - abs(error_ft)
    left_s = remaining_s(tracks, row, site)
    if not wrong:
        held = margin_ft < parameters.hysteresis_ft
        return Found(reason, math.inf, left_s if held else math.inf, error_ft=error_ft, margin_ft=margin_ft)
    too_low = setting > reference
    cause = likely_cause(setting, reference, tracks, row, site)
    region = region_of_plot(tracks, row, site)
    assert region is not None
    return Found(
        reason=reason,
        time_to_violation_s=left_s,
        hold_time_to_violation_s=left_s,
        kind=Kind.BELOW if too_low else Kind.ABOVE,
        area=f"{region.name}: {cause}" if cause else region.name,
        error_ft=error_ft,
        margin_ft=margin_ft,
        severe=abs(error_ft) > (parameters.severe_low_ft if too_low else parameters.severe_high_ft),
    )
