"""MSAW, as docs/nets.md has it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tests.oracle_from_docs.flight import (
    FT_M,
    Leg,
    Plot,
    circle_crossings_s,
    crossings_s,
    cuts,
    inside,
    level_off_s,
    path,
    rings_of,
)
from tests.oracle_from_docs.verdict import Verdict, of_hypotheses

TERRAIN = "terrain"


class Floor:
    """The floor over a site: polygons, obstacles and terrain."""

    def __init__(self, site: Any) -> None:
        p = self.p = site.parameters.msaw
        self.polygons = [(m.name, m.minimum_ft - p.below_minimum_ft, rings_of(m.area)) for m in site.minimum_altitudes]
        self.obstacles = [(o.name, o.top_ft, o.x_m, o.y_m, o.radius_m) for o in site.obstacles]
        self.terrain = site.terrain
        self.elevation: list[list[float]] = []
        self.highest: list[list[float]] = []
        if site.terrain is not None:
            self.elevation = site.terrain.elevation_ft.tolist()
            self.highest = [
                [self._highest(r, c, p.horizontal_buffer_m) for c in range(len(row))]
                for r, row in enumerate(self.elevation)
            ]

    def _highest(self, row: int, column: int, buffer_m: float) -> float:
        """The highest of all cells whose square lies nearer than the buffer; a cell without data stays without."""
        here = self.elevation[row][column]
        if math.isnan(here) or buffer_m <= 0.0:
            return here
        cell = self.terrain.cell_m
        for r, line in enumerate(self.elevation):
            for c, there in enumerate(line):
                apart_m = math.hypot(max(0, abs(r - row) - 1) * cell, max(0, abs(c - column) - 1) * cell)
                if apart_m < buffer_m and there > here:
                    here = there
        return here

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        if self.terrain is None:
            return None
        column, row = (
            math.floor((x - self.terrain.x0_m) / self.terrain.cell_m),
            math.floor((y - self.terrain.y0_m) / self.terrain.cell_m),
        )
        if 0 <= row < len(self.elevation) and 0 <= column < len(self.elevation[0]):
            return row, column
        return None

    def at(self, x: float, y: float) -> tuple[float, str, bool]:
        """Floor, what it is of, and whether the point is covered."""
        floor, of, covered = -math.inf, "", False
        for name, minimum, rings in self.polygons:
            if inside(rings, x, y):
                covered = True
                if minimum > floor:
                    floor, of = minimum, name
        for name, top, cx, cy, radius in self.obstacles:
            if math.hypot(x - cx, y - cy) <= radius and top + self.p.terrain_clearance_ft > floor:
                floor, of = top + self.p.terrain_clearance_ft, name
        cell = self.cell(x, y)
        if cell is not None:
            elevation = self.highest[cell[0]][cell[1]]
            if not math.isnan(elevation):
                covered = True
                if elevation + self.p.terrain_clearance_ft > floor:
                    floor, of = elevation + self.p.terrain_clearance_ft, TERRAIN
        return floor, of, covered

    def solid_ft(self, x: float, y: float) -> float:
        """The elevation or the top of an obstacle, whichever is higher; inf outside the terrain data."""
        cell = self.cell(x, y)
        if cell is None or math.isnan(self.elevation[cell[0]][cell[1]]):
            return math.inf
        return max(
            [
                self.elevation[cell[0]][cell[1]],
                *(o[1] for o in self.obstacles if math.hypot(x - o[2], y - o[3]) <= o[4]),
            ]
        )

    def events_s(self, leg: Leg) -> Iterator[float]:
        for _, _, rings in self.polygons:
            yield from crossings_s(leg, rings)
        for _, _, x, y, radius in self.obstacles:
            yield from circle_crossings_s(leg, x, y, radius)
        if self.terrain is not None:
            rows, columns = len(self.elevation), len(self.elevation[0])
            for start, speed, zero, count in (
                (leg.x_m, leg.vx_mps, self.terrain.x0_m, columns),
                (leg.y_m, leg.vy_mps, self.terrain.y0_m, rows),
            ):
                if speed != 0.0:
                    for k in range(count + 1):
                        yield leg.start_s + (zero + k * self.terrain.cell_m - start) / speed


def judge(plot: Plot, floor: Floor) -> Verdict:
    p = floor.p
    here, of_here, covered = floor.at(plot.x_m, plot.y_m)
    if not covered:
        return Verdict("outside coverage")
    w = plot.vertical_rate_fpm / 60.0
    w = w * p.climb_credit if w > 0.0 else w
    level_s = level_off_s(plot, w, p)
    turns = [0.0] if p.hypotheses == "straight" or plot.turn_radps == 0.0 else [0.0, plot.turn_radps]
    each = [_first(plot, floor, turn, level_s) for turn in turns]
    verdict = of_hypotheses(each, p.hypotheses)
    verdict.margin_ft = plot.altitude_ft - here
    if not 0.0 < verdict.violation_s < math.inf:
        verdict.area, verdict.minimum_ft = of_here, here
    if verdict.violation_s == 0.0:
        verdict.area, verdict.minimum_ft = of_here, here
    verdict.severe = verdict.violation_s == 0.0
    if p.escape_test and verdict.violation_s < math.inf:
        verdict.severe = not _escapes(plot, floor, level_s)
    return verdict


def _first(plot: Plot, floor: Floor, turn_radps: float, level_s: float) -> Verdict:
    p = floor.p
    found = _below(plot, floor, turn_radps, level_s, p.look_ahead_s, 0.0)
    held = _below(plot, floor, turn_radps, level_s, p.look_ahead_s + p.hysteresis_s, p.hysteresis_ft)
    found.hold_s = held.violation_s
    found.undecided = found.violation_s == math.inf and found.leaves_coverage
    return found


def _below(plot: Plot, floor: Floor, turn_radps: float, level_s: float, for_s: float, higher_ft: float) -> Verdict:
    """The first moment of a path below the floor, and whether it leaves the coverage before."""
    found = Verdict("")
    for leg in path(plot, for_s, turn_radps, floor.p.climb_credit, level_s):
        for start_s, end_s in cuts(leg, floor.events_s(leg)):
            x, y, _ = leg.at((start_s + end_s) / 2)
            limit, of, covered = floor.at(x, y)
            found.leaves_coverage |= not covered
            below_s = _below_s(leg.at(start_s)[2], leg.w_ftps, limit + higher_ft, start_s, end_s)
            if below_s < math.inf:
                found.violation_s, found.area, found.minimum_ft = below_s, of, limit
                return found
    return found


def _below_s(z_ft: float, w_ftps: float, limit_ft: float, start_s: float, end_s: float) -> float:
    if z_ft < limit_ft:
        return start_s
    if w_ftps < 0.0:
        at_s = start_s + (limit_ft - z_ft) / w_ftps
        if at_s < end_s:
            return at_s
    return math.inf


def _escapes(plot: Plot, floor: Floor, level_s: float) -> bool:
    """Whether following the path, then climbing straight ahead, stays clear of terrain and obstacles."""
    p = floor.p
    legs = path(plot, p.escape_delay_s, 0.0, p.climb_credit, level_s)
    x, y, z = legs[-1].at(p.escape_delay_s) if legs else (plot.x_m, plot.y_m, plot.altitude_ft)
    climb_ftps = math.hypot(plot.vx_mps, plot.vy_mps) * math.tan(math.radians(p.escape_climb_deg)) / FT_M
    legs.append(
        Leg(p.escape_delay_s, p.escape_delay_s + p.escape_time_s, x, y, z, plot.vx_mps, plot.vy_mps, climb_ftps)
    )
    for leg in legs:
        for start_s, end_s in cuts(leg, floor.events_s(leg)):
            x, y, _ = leg.at((start_s + end_s) / 2)
            if min(leg.at(start_s)[2], leg.at(end_s)[2]) < floor.solid_ft(x, y):
                return False
    return True
