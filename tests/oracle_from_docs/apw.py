"""APW, as docs/nets.md has it.

Lateral buffers of polygons are rounded by chords, so each volume is taken a little smaller and a little larger.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from tests.oracle_from_docs.flight import Leg, Plot, circle_crossings_s, cuts, inside, level_off_s, path, rings_of
from tests.oracle_from_docs.verdict import Verdict, of_hypotheses

CHORDS = 0.0008
"""The round corners are chords that lie at most 0.07 % of the buffer inside the arc."""
FINE = 128
"""Chords of a quarter of a circle here: they lie 0.002 % inside."""


class Wide:
    """A volume widened laterally by so much."""

    def __init__(self, volume: Any, wider_m: float, smallest: bool) -> None:
        self.circle = volume.area is None
        if self.circle:
            self.x_m, self.y_m, self.radius_m = volume.x_m, volume.y_m, volume.radius_m + wider_m
        else:
            buffer_m = wider_m * (1.0 - CHORDS if smallest else 1.0 + 1e-4)
            self.area = volume.area.buffer(buffer_m, quad_segs=FINE) if wider_m > 0.0 else volume.area
            shapely.prepare(self.area)
            rings = [np.array(ring) for ring in rings_of(self.area)]
            self.from_xy = np.concatenate([ring[:-1] for ring in rings])
            self.edge_xy = np.concatenate([np.diff(ring, axis=0) for ring in rings])

    def contains(self, x: float, y: float) -> bool:
        if self.circle:
            return math.hypot(x - self.x_m, y - self.y_m) <= self.radius_m
        return bool(shapely.contains_xy(self.area, x, y))

    def events_s(self, leg: Leg) -> list[float]:
        if self.circle:
            return list(circle_crossings_s(leg, self.x_m, self.y_m, self.radius_m))
        ex, ey = self.edge_xy[:, 0], self.edge_xy[:, 1]
        dx, dy = self.from_xy[:, 0] - leg.x_m, self.from_xy[:, 1] - leg.y_m
        across = leg.vx_mps * ey - leg.vy_mps * ex
        with np.errstate(divide="ignore", invalid="ignore"):
            along = (dx * leg.vy_mps - dy * leg.vx_mps) / across
            at_s = (dx * ey - dy * ex) / across
        hit = (along >= -1e-9) & (along <= 1.0 + 1e-9)
        return (leg.start_s + at_s[hit]).tolist()

    def edge_m(self, x: float, y: float) -> float:
        """Distance to the edge, negative inside."""
        if self.circle:
            return math.hypot(x - self.x_m, y - self.y_m) - self.radius_m
        away = self.area.boundary.distance(shapely.Point(x, y))
        return -away if self.contains(x, y) else away


class Watched:
    """A volume with its shapes: as drawn, widened, and widened more while an alert is active."""

    def __init__(self, volume: Any, p: Any, smallest: bool) -> None:
        self.volume = volume
        self.bare = Wide(volume, 0.0, smallest)
        self.wide = Wide(volume, volume.lateral_buffer_m, smallest)
        self.held = Wide(volume, volume.lateral_buffer_m + p.hysteresis_m, smallest)

    def active(self, at_s: float) -> bool:
        schedule = self.volume.schedule
        return schedule.permanent or schedule.on or any(b.start_s <= at_s < b.end_s for b in schedule.periods)

    def limits_ft(self, plot: Plot, wider_ft: float) -> tuple[float, float]:
        low, high = (
            limit.value_ft - plot.qnh_ft if limit.is_flight_level else limit.value_ft
            for limit in (self.volume.floor, self.volume.ceiling)
        )
        return low - wider_ft, high + wider_ft

    def allows(self, facts: dict[str, str]) -> bool:
        v = self.volume
        return (
            facts["callsign"] in v.allowed_callsigns
            or facts["ssr_code"] in v.allowed_ssr_codes
            or facts["flight_rules"] in v.allowed_flight_rules
        )

    def first_s(self, plot: Plot, leg: Leg, shape: Wide, wider_ft: float) -> float:
        low, high = self.limits_ft(plot, wider_ft)
        events = shape.events_s(leg)
        if leg.w_ftps != 0.0:
            events += [leg.start_s + (limit - leg.z_ft) / leg.w_ftps for limit in (low, high)]
        events += [edge - plot.time_s for b in self.volume.schedule.periods for edge in (b.start_s, b.end_s)]
        for start_s, end_s in cuts(leg, events):
            middle_s = (start_s + end_s) / 2
            x, y, z = leg.at(middle_s)
            if low <= z <= high and self.active(plot.time_s + middle_s) and shape.contains(x, y):
                return start_s
        return math.inf


def judge(plot: Plot, volumes: list[Watched], facts: dict[str, str], p: Any) -> Verdict:
    watched = [w for w in volumes if not w.allows(facts)]
    if not watched:
        return Verdict("allowed in")
    rate = plot.vertical_rate_fpm / 60.0
    rate = rate * p.climb_credit if rate > 0.0 else rate
    level_s = level_off_s(plot, rate, p)
    turns = [0.0] if p.hypotheses == "straight" or plot.turn_radps == 0.0 else [0.0, plot.turn_radps]
    each = []
    for turn in turns:
        one = Verdict("")
        for w in watched:
            buffer_ft = w.volume.vertical_buffer_ft
            at_s = _first_s(w, plot, path(plot, p.look_ahead_s, turn, p.climb_credit, level_s), w.wide, buffer_ft)
            if at_s < one.violation_s:
                one.violation_s, one.area = at_s, w.volume.name
            longer = path(plot, p.look_ahead_s + p.hysteresis_s, turn, p.climb_credit, level_s)
            one.hold_s = min(one.hold_s, _first_s(w, plot, longer, w.held, buffer_ft + p.hysteresis_ft))
        each.append(one)
    verdict = of_hypotheses(each, p.hypotheses)
    verdict.kind = "inside" if verdict.violation_s < math.inf else ""
    z = plot.altitude_ft
    verdict.severe = verdict.violation_s < math.inf and any(
        w.bare.contains(plot.x_m, plot.y_m)
        and w.limits_ft(plot, 0.0)[0] <= z <= w.limits_ft(plot, 0.0)[1]
        and w.active(plot.time_s)
        for w in watched
    )
    if len(watched) == 1:
        low, high = watched[0].limits_ft(plot, watched[0].volume.vertical_buffer_ft)
        verdict.margin_m = watched[0].wide.edge_m(plot.x_m, plot.y_m)
        verdict.margin_ft = max(low - z, z - high)
        verdict.area = watched[0].volume.name
    return verdict


def _first_s(watched: Watched, plot: Plot, legs: list[Leg], shape: Wide, wider_ft: float) -> float:
    return min((watched.first_s(plot, leg, shape, wider_ft) for leg in legs), default=math.inf)


def region_contains(area: Any, x: float, y: float) -> bool:
    """Whether a polygon contains a point."""
    return inside(rings_of(area), x, y)
