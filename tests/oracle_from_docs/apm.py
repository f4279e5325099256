"""APM, as docs/nets.md has it: joining, then judging."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracle_from_docs.flight import FT_M, Leg, Plot, path, roots
from tests.oracle_from_docs.verdict import Verdict

NM_M = 1852.0
EARTH_M = 6_371_008.8
KINDS = ("below", "above", "left", "right")


def seen_from(approach: Any, x_m: float, y_m: float) -> tuple[float, float]:
    """Along-track distance to the threshold (NM, positive before it) and cross-track (m, right of course positive)."""
    course = math.radians(approach.course_deg)
    dx, dy = x_m - approach.x_m, y_m - approach.y_m
    along, across = dx * math.sin(course) + dy * math.cos(course), dx * math.cos(course) - dy * math.sin(course)
    return -along / NM_M, across


def path_ft(approach: Any, d_nm: float) -> float:
    if approach.path == "profile":
        points = approach.profile
        if d_nm <= points[0][0]:
            return points[0][1]
        for (d0, h0), (d1, h1) in itertools.pairwise(points):
            if d_nm <= d1:
                return h0 + (h1 - h0) * (d_nm - d0) / (d1 - d0)
        return points[-1][1]
    d_m = d_nm * NM_M
    height = d_m * math.tan(math.radians(approach.angle_deg)) / FT_M
    if approach.path != "baro":
        height += d_m * d_m / (2 * EARTH_M) / FT_M
    return approach.threshold_elevation_ft + approach.threshold_crossing_height_ft + height


def beyond(
    approach: Any, p: Any, kind: str, d_nm: float, c_m: float, z_ft: float, closer_ft: float, closer_m: float
) -> float:
    """How far inside the limit of a kind: negative is violated."""
    nominal = min(path_ft(approach, d_nm), approach.intercept_altitude_ft)
    d_ft = d_nm * NM_M / FT_M
    if kind == "below":
        return z_ft - (nominal - p.below_ft - d_ft * math.tan(math.radians(p.below_deg)) + closer_ft)
    if kind == "above":
        return nominal + p.above_ft + d_ft * math.tan(math.radians(p.above_deg)) - closer_ft - z_ft
    limit = approach.half_width_m + d_nm * NM_M * math.tan(math.radians(approach.splay_deg)) - closer_m
    return c_m + limit if kind == "left" else limit - c_m


def first_s(approach: Any, p: Any, kind: str, leg: Leg, closer_ft: float, closer_m: float) -> float:
    """The first moment of a leg at which a kind is violated while the approach is monitored there."""

    def d_at(tau: float) -> float:
        return seen_from(approach, *leg.at(tau)[:2])[0]

    def value(tau: float) -> float:
        x, y, z = leg.at(tau)
        return beyond(approach, p, kind, *seen_from(approach, x, y), z, closer_ft, closer_m)

    d0, slope = d_at(0.0), d_at(1.0) - d_at(0.0)
    marks = [approach.start_distance_nm, approach.end_distance_nm, *(d for d, _ in approach.profile)]
    if approach.path != "profile":
        tan = math.tan(math.radians(approach.angle_deg))
        base = approach.threshold_elevation_ft + approach.threshold_crossing_height_ft - approach.intercept_altitude_ft
        curvature = 0.0 if approach.path == "baro" else 1.0 / (2 * EARTH_M)
        marks += [r / NM_M for r in roots(curvature, tan, base * FT_M)]
    else:
        points = approach.profile
        for (a, ha), (b, hb) in itertools.pairwise(points):
            if hb != ha:
                marks.append(a + (approach.intercept_altitude_ft - ha) * (b - a) / (hb - ha))
    at = sorted({0.0, leg.end_s, *((m - d0) / slope for m in marks if slope != 0.0)})
    at = [s for s in at if 0.0 <= s <= leg.end_s]
    parts = list(itertools.pairwise(at)) or [(0.0, 0.0)]
    for start_s, end_s in parts:
        if not approach.end_distance_nm <= d_at((start_s + end_s) / 2) <= approach.start_distance_nm:
            continue
        length = end_s - start_s
        lo, mid, hi = value(start_s), value((start_s + end_s) / 2), value(end_s)
        if lo < 0.0:
            return start_s
        if length == 0.0:
            continue
        a, b = 2 * (lo - 2 * mid + hi), -3 * lo + 4 * mid - hi  # in t from 0 to 1
        for root in sorted(roots(a, b, lo)):
            after = root + 1e-7
            if 0.0 <= root < 1.0 and a * after * after + b * after + lo < 0.0:
                return start_s + root * length
    return math.inf


def judge(plot: Plot, approach: Any, p: Any) -> Verdict:
    d, c = seen_from(approach, plot.x_m, plot.y_m)
    nominal = min(path_ft(approach, d), approach.intercept_altitude_ft)
    margins = {kind: beyond(approach, p, kind, d, c, plot.altitude_ft, 0.0, 0.0) for kind in p.kinds}
    verdict = Verdict("", area=approach.name, lateral_m=c, vertical_ft=plot.altitude_ft - nominal)
    verdict.margin_ft = min((margins[k] for k in ("below", "above") if k in margins), default=math.nan)
    verdict.margin_m = min((margins[k] for k in ("left", "right") if k in margins), default=math.nan)
    for look_ahead_s, closer_ft, closer_m in (
        (p.look_ahead_s, 0.0, 0.0),
        (p.look_ahead_s + p.hysteresis_s, p.hysteresis_ft, p.hysteresis_m),
    ):
        leg = path(plot, look_ahead_s, 0.0, 1.0, math.inf)[0]
        times = {k: first_s(approach, p, k, leg, closer_ft, closer_m) for k in KINDS if k in p.kinds}
        earliest = min(times.values(), default=math.inf)
        if closer_m == 0.0 and closer_ft == 0.0 and look_ahead_s == p.look_ahead_s and verdict.kind == "":
            verdict.violation_s = earliest
            verdict.kind = next((k for k in KINDS if earliest < math.inf and times.get(k) == earliest), "")
        verdict.hold_s = earliest
    verdict.severe = verdict.violation_s == 0.0
    return verdict


@dataclass
class Joining:
    """Which approach a flight has joined, plot after plot."""

    approaches: Any
    p: Any
    destination: str
    runway: str
    joined: int = -1
    climbing: int = 0
    landed: bool = False
    last_s: float = math.nan
    history: list[int] = field(default_factory=list)

    def inside(self, k: int, plot: Plot) -> bool:
        a = self.approaches[k]
        d, c = seen_from(a, plot.x_m, plot.y_m)
        wide = self.p.capture_half_width_m + d * NM_M * math.tan(math.radians(self.p.capture_splay_deg))
        return a.end_distance_nm <= d <= a.start_distance_nm and abs(c) <= wide

    def may_join(self, k: int, plot: Plot) -> bool:
        a, p = self.approaches[k], self.p
        if not self.inside(k, plot) or math.hypot(plot.vx_mps, plot.vy_mps) == 0.0:
            return False
        track = math.degrees(math.atan2(plot.vx_mps, plot.vy_mps))
        return (
            abs(math.remainder(track - a.course_deg, 360.0)) <= p.join_angle_deg
            and plot.altitude_ft <= p.join_ceiling_ft
            and plot.vertical_rate_fpm <= p.join_max_climb_fpm
            and (not p.require_destination or self.destination == a.airport)
            and (not p.require_runway or self.runway == a.runway)
        )

    def deviation_deg(self, k: int, plot: Plot) -> float:
        d, c = seen_from(self.approaches[k], plot.x_m, plot.y_m)
        return math.degrees(math.atan2(abs(c), d * NM_M))

    def waits_for(self, k: int, best: int, plot: Plot) -> bool:
        """Whether the flight is on an approach of the same aerodrome that it has not come to yet, not on the best."""
        a, p = self.approaches[k], self.p
        (d, c), (_, c_of_best) = (seen_from(self.approaches[n], plot.x_m, plot.y_m) for n in (k, best))
        track = math.degrees(math.atan2(plot.vx_mps, plot.vy_mps))
        return (
            a.airport == self.approaches[best].airport
            and d > a.start_distance_nm
            and abs(c) <= p.capture_half_width_m + d * NM_M * math.tan(math.radians(p.capture_splay_deg))
            and abs(math.remainder(track - a.course_deg, 360.0)) <= p.join_angle_deg
            and (not p.require_destination or self.destination == a.airport)
            and (not p.require_runway or self.runway == a.runway)
            and abs(c) < abs(c_of_best)
        )

    def step(self, plot: Plot, reason: str, excluded: bool) -> int:
        gap = plot.time_s - self.last_s > self.p.max_gap_s
        self.last_s = plot.time_s
        if gap:
            self.joined, self.climbing, self.landed = -1, 0, False
        if reason and not excluded:
            return self.joined
        if excluded:
            self.joined, self.climbing, self.landed = -1, 0, False
            return -1
        self.climbing = self.climbing + 1 if plot.vertical_rate_fpm > self.p.go_around_fpm else 0
        if self.joined >= 0 and not self.inside(self.joined, plot):
            a = self.approaches[self.joined]
            self.landed = seen_from(a, plot.x_m, plot.y_m)[0] < a.end_distance_nm
            self.joined = -1
        if self.climbing >= 2:
            self.joined, self.landed = -1, False
            return -1
        if self.landed and not any(self.inside(k, plot) for k in range(len(self.approaches))):
            self.landed = False
        if self.landed:
            return -1
        could = [k for k in range(len(self.approaches)) if k != self.joined and self.may_join(k, plot)]
        if could:
            best = min(could, key=lambda k: self.deviation_deg(k, plot))
            if self.joined < 0:
                self.joined = -1 if any(self.waits_for(k, best, plot) for k in range(len(self.approaches))) else best
            elif self.deviation_deg(best, plot) < self.deviation_deg(self.joined, plot) - self.p.switch_margin_deg:
                self.joined = best
        return self.joined
