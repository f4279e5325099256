"""The state of a plot, slow and obvious: docs/nets.md, "State of a plot", and the turn rate of "Predicted path"."""

from __future__ import annotations

import math
from bisect import bisect_right

from safetynets.altimetry import pressure_altitude_ft
from safetynets.sites.geometry import PressureRegion, Site
from safetynets.tracks.table import PlotFlag, Tracks
from tests.oracle.areas import holds

UNKNOWN = float("nan")


def region_of(site: Site, x: float, y: float) -> PressureRegion | None:
    """The smallest pressure region that holds the point; one without an area is everywhere."""
    smallest: PressureRegion | None = None
    for region in site.pressure_regions:
        if region.area is not None and not holds(region.area, x, y):
            continue
        if smallest is None or size_m2(region) < size_m2(smallest):
            smallest = region
    return smallest


def size_m2(region: PressureRegion) -> float:
    return math.inf if region.area is None else float(region.area.area)


def qnh_hpa(region: PressureRegion | None, time_s: float) -> float:
    """The QNH that was valid last; unknown before the first."""
    if region is None:
        return UNKNOWN
    last = bisect_right([from_s for from_s, _ in region.qnh], time_s) - 1
    return region.qnh[last][1] if last >= 0 else UNKNOWN


def known(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)


def altitude_ft(pressure_altitude: float, qnh: float) -> float:
    return pressure_altitude - pressure_altitude_ft(qnh)


def level_as_altitude_ft(level_ft: float, region: PressureRegion, qnh: float) -> float:
    """A level at or below the transition altitude is an altitude, above it a flight level."""
    if level_ft <= region.transition_altitude_ft:
        return level_ft
    return level_ft - pressure_altitude_ft(qnh)


def selected_as_altitude_ft(selected_ft: float, setting_hpa: float, region: PressureRegion, qnh: float) -> float:
    """A selected level is an altitude on the setting the aircraft sends, where it sends one."""
    if known(setting_hpa):
        return selected_ft + pressure_altitude_ft(setting_hpa) - pressure_altitude_ft(qnh)
    return level_as_altitude_ft(selected_ft, region, qnh)


def tells_a_course(tracks: Tracks, plot: int) -> bool:
    """A plot with a position and a velocity of its own: neither extrapolated nor a repetition."""
    own = known(*(float(column[plot]) for column in (tracks.x_m, tracks.y_m, tracks.vx_mps, tracks.vy_mps)))
    repeats = PlotFlag(int(tracks.flags[plot])) & (PlotFlag.DUPLICATE | PlotFlag.STUCK)
    return own and tracks.coasted[plot] != 1 and not repeats


def turn_rate_radps(tracks: Tracks, plot: int, max_gap_s: float) -> float:
    """Change of track since the plot before over the time between, clockwise positive; 0 where it is not known."""
    if plot == 0 or tracks.track[plot - 1] != tracks.track[plot]:
        return 0.0
    elapsed_s = float(tracks.time_s[plot] - tracks.time_s[plot - 1])
    if not (tells_a_course(tracks, plot - 1) and tells_a_course(tracks, plot)) or not 0.0 < elapsed_s <= max_gap_s:
        return 0.0
    before, now = (math.atan2(tracks.vx_mps[at], tracks.vy_mps[at]) for at in (plot - 1, plot))
    turned = (now - before + math.pi) % (2.0 * math.pi) - math.pi
    return turned / elapsed_s
