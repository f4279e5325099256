"""MSAW, slow and obvious: docs/nets.md, "MSAW"."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.geometry import Obstacle, Site, Terrain
from tests.oracle.areas import area_holds
from tests.oracle.plots import Plot
from tests.oracle.prediction import Position, altitude_ft, straight
from tests.oracle.slack import LETTER, Slack
from tests.oracle.stepping import first_s, steps_s

NO_FLOOR = -math.inf


def cells_under(terrain: Terrain, x: float, y: float, slack: Slack) -> Iterator[tuple[int, int]]:
    """All cells (row, column) whose closed square holds the point: two on an edge, four on a corner."""
    rows, columns = terrain.elevation_ft.shape
    near_row = math.floor((y - terrain.y0_m) / terrain.cell_m)
    near_column = math.floor((x - terrain.x0_m) / terrain.cell_m)
    for row in range(max(0, near_row - 1), min(rows, near_row + 2)):
        south = terrain.y0_m + row * terrain.cell_m - slack.m
        north = terrain.y0_m + (row + 1) * terrain.cell_m + slack.m
        for column in range(max(0, near_column - 1), min(columns, near_column + 2)):
            west = terrain.x0_m + column * terrain.cell_m - slack.m
            east = terrain.x0_m + (column + 1) * terrain.cell_m + slack.m
            if west <= x <= east and south <= y <= north:
                yield row, column


def gap_between_cells_m(row: int, column: int, other_row: int, other_column: int, cell_m: float) -> float:
    """Distance between the squares of two cells: 0 when they touch."""
    rows_between = max(abs(row - other_row) - 1, 0)
    columns_between = max(abs(column - other_column) - 1, 0)
    return cell_m * math.hypot(rows_between, columns_between)


def buffered_elevation_ft(terrain: Terrain, buffer_m: float) -> list[list[float]]:
    """For every cell with data the highest elevation of all cells nearer than the buffer; NaN without data."""
    elevation: list[list[float]] = terrain.elevation_ft.tolist()
    rows, columns = terrain.elevation_ft.shape
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    highest = [list(row) for row in elevation]
    for row, column in cells:
        for other_row, other_column in cells:
            gap = gap_between_cells_m(row, column, other_row, other_column, terrain.cell_m)
            if gap < buffer_m and elevation[other_row][other_column] > highest[row][column]:
                highest[row][column] = elevation[other_row][other_column]
    return highest


def obstacle_holds(obstacle: Obstacle, x: float, y: float, slack: Slack) -> bool:
    return math.hypot(x - obstacle.x_m, y - obstacle.y_m) <= obstacle.radius_m + slack.m


@dataclass(frozen=True)
class Source:
    """One thing that makes the floor at a point: its name, and the floor it makes."""

    name: str
    floor_ft: float


class MsawOracle:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.parameters: MsawParameters = site.parameters.msaw
        self.elevation_ft: list[list[float]] = []
        self.buffered_ft: list[list[float]] = []
        if site.terrain is not None:
            self.elevation_ft = site.terrain.elevation_ft.tolist()
            self.buffered_ft = buffered_elevation_ft(site.terrain, self.parameters.horizontal_buffer_m)

    def sources(self, x: float, y: float, slack: Slack = LETTER) -> Iterator[Source]:
        """Everything that makes a floor at the point."""
        for minimum in self.site.minimum_altitudes:
            if area_holds(minimum.area, x, y, slack):
                yield Source(minimum.name, minimum.minimum_ft - self.parameters.below_minimum_ft)
        for obstacle in self.site.obstacles:
            if obstacle_holds(obstacle, x, y, slack):
                yield Source(obstacle.name, obstacle.top_ft + self.parameters.terrain_clearance_ft)
        if self.site.terrain is not None:
            for row, column in cells_under(self.site.terrain, x, y, slack):
                if not math.isnan(self.buffered_ft[row][column]):
                    yield Source("terrain", self.buffered_ft[row][column] + self.parameters.terrain_clearance_ft)

    def floor_ft(self, x: float, y: float, slack: Slack = LETTER) -> float:
        return max((source.floor_ft for source in self.sources(x, y, slack)), default=NO_FLOOR)

    def covered(self, x: float, y: float, slack: Slack = LETTER) -> bool:
        """Whether the point lies in a minimum-altitude polygon or in a terrain cell with data."""
        if any(area_holds(minimum.area, x, y, slack) for minimum in self.site.minimum_altitudes):
            return True
        return self.has_terrain(x, y, slack)

    def has_terrain(self, x: float, y: float, slack: Slack = LETTER) -> bool:
        if self.site.terrain is None:
            return False
        cells = cells_under(self.site.terrain, x, y, slack)
        return any(not math.isnan(self.elevation_ft[row][column]) for row, column in cells)

    def violated(
        self, plot: Plot, tau_s: float, position: Position, *, higher_ft: float = 0.0, slack: Slack = LETTER
    ) -> bool:
        """Whether the predicted altitude at tau is below the floor there, `higher_ft` higher."""
        x, y = position(plot, tau_s)
        return altitude_ft(plot, tau_s, self.parameters) < self.floor_ft(x, y, slack) + higher_ft + slack.ft

    def time_to_violation_s(self, plot: Plot, position: Position, slack: Slack = LETTER) -> float:
        return first_s(lambda tau: self.violated(plot, tau, position, slack=slack), self.parameters.look_ahead_s)

    def hold_time_to_violation_s(self, plot: Plot, position: Position, slack: Slack = LETTER) -> float:
        higher_ft = self.parameters.hysteresis_ft
        look_ahead_s = self.parameters.look_ahead_s + self.parameters.hysteresis_s
        return first_s(lambda tau: self.violated(plot, tau, position, higher_ft=higher_ft, slack=slack), look_ahead_s)

    def path_is_covered(self, plot: Plot, position: Position, slack: Slack = LETTER) -> bool:
        """Whether the path has coverage throughout the look-ahead; a negative slack says surely."""
        return all(self.covered(*position(plot, tau), slack) for tau in steps_s(self.parameters.look_ahead_s))

    def escape_clears(self, plot: Plot, slack: Slack = LETTER, at_s: Sequence[float] = ()) -> bool:
        """Whether a climb begun after `escape_delay_s` stays above terrain and obstacles, and inside the data.

        A negative slack says surely clear, a positive one possibly. Besides the steps, the moments `at_s` are tried.
        """
        delay_s = self.parameters.escape_delay_s
        speed_mps = math.hypot(plot.vx_mps, plot.vy_mps)
        climb_ftps = speed_mps * math.tan(math.radians(self.parameters.escape_climb_deg)) / 0.3048
        for tau_s in (*steps_s(delay_s + self.parameters.escape_time_s), *at_s):
            x, y = straight(plot, tau_s)
            altitude = altitude_ft(plot, min(tau_s, delay_s), self.parameters)
            altitude += climb_ftps * max(0.0, tau_s - delay_s)
            opposite = Slack(-slack.m, -slack.ft)
            if not self.has_terrain(x, y, slack) or altitude < self.highest_ground_ft(x, y, opposite) - slack.ft:
                return False
        return True

    def highest_ground_ft(self, x: float, y: float, slack: Slack = LETTER) -> float:
        """The terrain elevation and the obstacles' tops, whichever is highest, without any clearance."""
        heights = [obstacle.top_ft for obstacle in self.site.obstacles if obstacle_holds(obstacle, x, y, slack)]
        if self.site.terrain is not None:
            cells = cells_under(self.site.terrain, x, y, slack)
            heights += [self.elevation_ft[row][column] for row, column in cells]
        return max((height for height in heights if not math.isnan(height)), default=NO_FLOOR)
