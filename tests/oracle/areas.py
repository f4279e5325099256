"""Is a point in an area, and how far is it from the edge: ray casting and point-to-segment distances, edge by edge."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from shapely import MultiPolygon, Polygon

from tests.oracle.slack import Slack

Edge = tuple[float, float, float, float]


def polygons_of(area: Polygon | MultiPolygon) -> list[Polygon]:
    return [area] if isinstance(area, Polygon) else list(area.geoms)


def edges_of(polygon: Polygon) -> Iterator[Edge]:
    for ring in (polygon.exterior, *polygon.interiors):
        corners = list(ring.coords)
        for (ax, ay), (bx, by) in itertools.pairwise(corners):
            yield ax, ay, bx, by


def lies_on(edge: Edge, x: float, y: float) -> bool:
    ax, ay, bx, by = edge
    in_line = (bx - ax) * (y - ay) == (by - ay) * (x - ax)
    return in_line and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)


def is_crossed_by_ray_to_the_east(edge: Edge, x: float, y: float) -> bool:
    ax, ay, bx, by = edge
    if (ay > y) == (by > y):
        return False
    return x < ax + (y - ay) * (bx - ax) / (by - ay)


def distance_to_edge_m(edge: Edge, x: float, y: float) -> float:
    ax, ay, bx, by = edge
    length_squared = (bx - ax) ** 2 + (by - ay) ** 2
    if length_squared == 0.0:
        return math.hypot(x - ax, y - ay)
    share = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length_squared
    share = min(1.0, max(0.0, share))
    return math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))


def holds(area: Polygon | MultiPolygon, x: float, y: float) -> bool:
    """Whether the closed area holds the point: edges and corners belong to it, also those of its holes."""
    for polygon in polygons_of(area):
        inside = False
        for edge in edges_of(polygon):
            if lies_on(edge, x, y):
                return True
            if is_crossed_by_ray_to_the_east(edge, x, y):
                inside = not inside
        if inside:
            return True
    return False


def distance_m(area: Polygon | MultiPolygon, x: float, y: float) -> float:
    """Distance to the edge of the area, negative inside."""
    to_edge = min(distance_to_edge_m(edge, x, y) for polygon in polygons_of(area) for edge in edges_of(polygon))
    return -to_edge if holds(area, x, y) else to_edge


def is_far_from(area: Polygon | MultiPolygon, x: float, y: float, reach_m: float) -> bool:
    """Whether the point is outside the box around the area by more than `reach_m`; saves most of the work."""
    west, south, east, north = area.bounds
    return x < west - reach_m or x > east + reach_m or y < south - reach_m or y > north + reach_m


def area_holds(area: Polygon | MultiPolygon, x: float, y: float, slack: Slack) -> bool:
    if is_far_from(area, x, y, slack.m):
        return False
    if slack.m == 0.0:
        return holds(area, x, y)
    return distance_m(area, x, y) <= slack.m
