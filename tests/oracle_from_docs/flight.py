"""A plot as docs/nets.md sees it, and the path that is predicted from it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

FT_M = 0.3048
CHORD_RAD = math.radians(2.0)
LEAST_TURN_RADPS = 1e-6


def pressure_altitude_ft(pressure_hpa: float) -> float:
    """ICAO Doc 7488, from the defining constants of the standard atmosphere."""
    exponent = 287.05287 * 0.0065 / 9.80665
    return 288.15 / 0.0065 * (1.0 - (pressure_hpa / 1013.25) ** exponent) / FT_M


@dataclass
class Plot:
    """One plot with what is known of its flight, before and after the QNH is applied."""

    time_s: float
    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    pressure_altitude_ft: float
    vertical_rate_fpm: float
    cleared_ft: float
    selected_ft: float
    baro_setting_hpa: float
    visual: int
    coasted: int
    on_ground: int
    spike: bool
    stuck: bool
    duplicate: bool
    age_s: float
    turn_radps: float = 0.0
    qnh_hpa: float = math.nan
    altitude_ft: float = math.nan
    cleared_level_ft: float = math.nan
    selected_level_ft: float = math.nan

    @property
    def qnh_ft(self) -> float:
        """Pressure altitude of the QNH."""
        return pressure_altitude_ft(self.qnh_hpa)


class Leg(NamedTuple):
    """A straight part of a path: from `start_s` to `end_s`, position and altitude at its start, and how they change."""

    start_s: float
    end_s: float
    x_m: float
    y_m: float
    z_ft: float
    vx_mps: float
    vy_mps: float
    w_ftps: float

    def at(self, tau_s: float) -> tuple[float, float, float]:
        t = tau_s - self.start_s
        return self.x_m + self.vx_mps * t, self.y_m + self.vy_mps * t, self.z_ft + self.w_ftps * t


def place(plot: Plot, site: Any) -> None:
    """Apply the QNH of the region that contains the plot, the smallest of several."""
    best = None
    for region in site.pressure_regions:
        if region.area is None:
            size = math.inf
        elif inside(rings_of(region.area), plot.x_m, plot.y_m):
            size = region.area.area
        else:
            continue
        if best is None or size < best[0]:
            best = (size, region)
    if best is None:
        return
    region = best[1]
    for from_s, qnh_hpa in region.qnh:
        if from_s <= plot.time_s:
            plot.qnh_hpa = qnh_hpa
    plot.altitude_ft = plot.pressure_altitude_ft - plot.qnh_ft
    plot.cleared_level_ft = level_ft(plot.cleared_ft, region, plot.qnh_ft)
    if math.isnan(plot.baro_setting_hpa):
        plot.selected_level_ft = level_ft(plot.selected_ft, region, plot.qnh_ft)
    else:
        plot.selected_level_ft = plot.selected_ft + pressure_altitude_ft(plot.baro_setting_hpa) - plot.qnh_ft


def level_ft(value_ft: float, region: Any, qnh_ft: float) -> float:
    """A level at or below the transition altitude is an altitude, above it a flight level."""
    return value_ft if value_ft <= region.transition_altitude_ft else value_ft - qnh_ft


def turn_rates(plots: list[Plot], max_gap_s: float) -> None:
    """The change of track since the previous plot by the time between them, where both are the flight's own."""
    for before, plot in itertools.pairwise(plots):
        own = all(
            not math.isnan(p.x_m) and not math.isnan(p.vx_mps) and p.coasted != 1 and not p.stuck and not p.duplicate
            for p in (before, plot)
        )
        moving = all(math.hypot(p.vx_mps, p.vy_mps) > 0.0 for p in (before, plot)) if own else False
        apart_s = plot.time_s - before.time_s
        if not moving or not 0.0 < apart_s <= max_gap_s:
            continue
        change = math.atan2(plot.vx_mps, plot.vy_mps) - math.atan2(before.vx_mps, before.vy_mps)
        change = math.remainder(change, 2 * math.pi)
        rate = change / apart_s
        plot.turn_radps = 0.0 if abs(rate) <= LEAST_TURN_RADPS else rate


def level_off_s(plot: Plot, w_ftps: float, parameters: Any) -> float:
    """When the path levels off: at the level reached last of those that count, inf for never."""
    at_s = []
    if w_ftps == 0.0:
        return math.inf
    for used, level in (
        (parameters.use_cleared_level, plot.cleared_level_ft),
        (parameters.use_selected_level, plot.selected_level_ft),
    ):
        if not used or math.isnan(level):
            continue
        ahead_ft = (level - plot.altitude_ft) * math.copysign(1.0, w_ftps)
        if ahead_ft >= 0.0:
            at_s.append(ahead_ft / abs(w_ftps))
        elif ahead_ft >= -parameters.level_off_tolerance_ft:
            at_s.append(0.0)
    return max(at_s) if at_s else math.inf


def path(plot: Plot, for_s: float, turn_radps: float, climb_credit: float, level_s: float) -> list[Leg]:
    """The legs of the predicted path over the first `for_s` seconds."""
    w = plot.vertical_rate_fpm / 60.0
    w = w * climb_credit if w > 0.0 else w
    horizontal = list(_horizontal(plot, for_s, turn_radps))
    legs = []
    for start_s, end_s, x, y, vx, vy in horizontal:
        for first_s, last_s, rate in ((start_s, min(end_s, level_s), w), (max(start_s, level_s), end_s, 0.0)):
            if last_s > first_s or (first_s == last_s == start_s == end_s):
                z = plot.altitude_ft + w * min(first_s, level_s)
                legs.append(
                    Leg(first_s, last_s, x + vx * (first_s - start_s), y + vy * (first_s - start_s), z, vx, vy, rate)
                )
    return legs


def _horizontal(plot: Plot, for_s: float, turn_radps: float) -> Iterator[tuple[float, ...]]:
    if turn_radps == 0.0:
        yield 0.0, for_s, plot.x_m, plot.y_m, plot.vx_mps, plot.vy_mps
        return
    speed = math.hypot(plot.vx_mps, plot.vy_mps)
    course = math.atan2(plot.vx_mps, plot.vy_mps)
    radius = speed / turn_radps
    count = max(1, math.ceil(abs(turn_radps) * for_s / CHORD_RAD))

    def at(tau_s: float) -> tuple[float, float]:
        now = course + turn_radps * tau_s
        return (
            plot.x_m + radius * (math.cos(course) - math.cos(now)),
            plot.y_m + radius * (math.sin(now) - math.sin(course)),
        )

    for k in range(count):
        start_s, end_s = for_s * k / count, for_s * (k + 1) / count
        (x0, y0), (x1, y1) = at(start_s), at(end_s)
        for_leg = end_s - start_s
        if for_leg > 0.0:
            yield start_s, end_s, x0, y0, (x1 - x0) / for_leg, (y1 - y0) / for_leg


Rings = list[list[tuple[float, float]]]


def rings_of(area: Any) -> Rings:
    """The corners of shells and holes of a polygon or several."""
    return [list(ring.coords) for part in getattr(area, "geoms", [area]) for ring in (part.exterior, *part.interiors)]


def inside(rings: Rings, x: float, y: float) -> bool:
    """Even-odd rule: a ray to the east crosses the rings an odd number of times."""
    odd = False
    for ring in rings:
        x0, y0 = ring[0]
        for x1, y1 in ring[1:]:
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
            x0, y0 = x1, y1
    return odd


def crossings_s(leg: Leg, rings: Rings) -> Iterator[float]:
    """When a leg crosses the edges of rings."""
    px, py, vx, vy = leg.x_m, leg.y_m, leg.vx_mps, leg.vy_mps
    for ring in rings:
        x0, y0 = ring[0]
        for x1, y1 in ring[1:]:
            ex, ey = x1 - x0, y1 - y0
            across = vx * ey - vy * ex
            if across != 0.0:
                along = ((x0 - px) * vy - (y0 - py) * vx) / across
                if -1e-9 <= along <= 1.0 + 1e-9:
                    yield leg.start_s + ((x0 - px) * ey - (y0 - py) * ex) / across
            x0, y0 = x1, y1


def circle_crossings_s(leg: Leg, x_m: float, y_m: float, radius_m: float) -> Iterator[float]:
    """When a leg crosses a circle."""
    dx, dy = leg.x_m - x_m, leg.y_m - y_m
    for root in roots(
        leg.vx_mps**2 + leg.vy_mps**2, 2 * (dx * leg.vx_mps + dy * leg.vy_mps), dx**2 + dy**2 - radius_m**2
    ):
        yield leg.start_s + root


def roots(a: float, b: float, c: float) -> list[float]:
    """Real roots of a·t² + b·t + c."""
    if a == 0.0:
        return [] if b == 0.0 else [-c / b]
    square = b * b - 4 * a * c
    if square < 0.0:
        return []
    q = -0.5 * (b + math.copysign(math.sqrt(square), b))
    return [q / a] + ([c / q] if q != 0.0 else [])


def cuts(leg: Leg, events_s: Iterator[float] | list[float]) -> list[tuple[float, float]]:
    """The parts of a leg between its events, in order."""
    inner = sorted(s for s in events_s if leg.start_s < s < leg.end_s)
    at = [leg.start_s, *inner, leg.end_s]
    return list(itertools.pairwise(at))
