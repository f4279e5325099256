"""Closed polygons and circles against a straight path: the exact times at which the path is inside."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.ordering import insert

Floats = NDArray[np.float64]

EDGE_TOLERANCE_M = 1e-9
"""A point nearer to an edge than this lies on it; a billionth of a metre absorbs the rounding of coordinates."""


class Shapes(NamedTuple):
    """Polygons and circles packed into arrays.

    Shape i has the rings `first_ring[i]` to `first_ring[i + 1]`, ring r the vertices `first_vertex[r]` to
    `first_vertex[r + 1]`, the first repeated at the end. A circle has no rings and a radius that is not negative.
    """

    vertices_m: Floats
    first_vertex: NDArray[np.int64]
    first_ring: NDArray[np.int64]
    box_m: Floats
    centre_m: Floats
    radius_m: Floats


@inlined
def length(x: float, y: float) -> float:
    """Length of a vector, in a third of the time of `np.hypot`; one shorter than 1e-154 has none."""
    return np.sqrt(x * x + y * y)


@inlined
def contains(shapes: Shapes, i: int, x: float, y: float) -> bool:
    """Whether the closed shape i holds the point."""
    if shapes.radius_m[i] >= 0.0:
        return np.hypot(x - shapes.centre_m[i, 0], y - shapes.centre_m[i, 1]) <= shapes.radius_m[i]
    box = shapes.box_m[i]
    if (
        x < box[0] - EDGE_TOLERANCE_M
        or x > box[2] + EDGE_TOLERANCE_M
        or y < box[1] - EDGE_TOLERANCE_M
        or y > box[3] + EDGE_TOLERANCE_M
    ):
        return False
    return is_within(shapes.vertices_m, shapes.first_vertex, shapes.first_ring[i], shapes.first_ring[i + 1], x, y)


@separate
def is_within(
    vertices_m: Floats, first_vertex: NDArray[np.int64], first_ring: int, end_ring: int, x: float, y: float
) -> bool:
    """Whether the closed polygon of these rings holds the point."""
    odd, near = False, False
    for ring in range(first_ring, end_ring):
        for k in range(first_vertex[ring], first_vertex[ring + 1] - 1):
            ax, ay, bx, by = vertices_m[k, 0], vertices_m[k, 1], vertices_m[k + 1, 0], vertices_m[k + 1, 1]
            odd = odd != _is_west_of(x, y, ax, ay, bx, by)
            near |= not _is_beside(x, y, ax, ay, bx, by)
    if not near:
        return odd
    for ring in range(first_ring, end_ring):
        for k in range(first_vertex[ring], first_vertex[ring + 1] - 1):
            ax, ay, bx, by = vertices_m[k, 0], vertices_m[k, 1], vertices_m[k + 1, 0], vertices_m[k + 1, 1]
            if not _is_beside(x, y, ax, ay, bx, by) and np.hypot(*_to_edge(x, y, ax, ay, bx, by)) <= EDGE_TOLERANCE_M:
                return True
    return odd


@inlined
def _is_west_of(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether a ray from the point to the east crosses the edge; an odd number of crossings surrounds a point."""
    across = (y - ay) * (bx - ax) - (x - ax) * (by - ay)
    return ((ay > y) != (by > y)) & ((across > 0.0) == (by > ay)) & (across != 0.0)


@inlined
def _is_beside(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether the point is outside the box around the edge."""
    return (
        (x < min(ax, bx) - EDGE_TOLERANCE_M)
        | (x > max(ax, bx) + EDGE_TOLERANCE_M)
        | (y < min(ay, by) - EDGE_TOLERANCE_M)
        | (y > max(ay, by) + EDGE_TOLERANCE_M)
    )


@inlined
def _to_edge(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """The way from the nearest point of an edge to a point."""
    ex, ey = bx - ax, by - ay
    length2 = ex * ex + ey * ey
    share = 0.0
    if length2 > 0.0:
        share = min(1.0, max(0.0, ((x - ax) * ex + (y - ay) * ey) / length2))
    return x - ax - share * ex, y - ay - share * ey


@separate
def signed_distance_m(shapes: Shapes, i: int, x: float, y: float) -> float:
    """Distance from the point to the edge of shape i, negative inside."""
    if shapes.radius_m[i] >= 0.0:
        return np.hypot(x - shapes.centre_m[i, 0], y - shapes.centre_m[i, 1]) - shapes.radius_m[i]
    vertices_m, first_vertex = shapes.vertices_m, shapes.first_vertex
    first_ring, end_ring = shapes.first_ring[i], shapes.first_ring[i + 1]
    nearest2, inside = np.inf, False
    for ring in range(first_ring, end_ring):
        for k in range(first_vertex[ring], first_vertex[ring + 1] - 1):
            ax, ay, bx, by = vertices_m[k, 0], vertices_m[k, 1], vertices_m[k + 1, 0], vertices_m[k + 1, 1]
            inside = inside != _is_west_of(x, y, ax, ay, bx, by)
            dx, dy = _to_edge(x, y, ax, ay, bx, by)
            nearest2 = min(nearest2, dx * dx + dy * dy)
    nearest = np.sqrt(nearest2)
    if nearest <= 2.0 * EDGE_TOLERANCE_M:
        inside = is_within(vertices_m, first_vertex, first_ring, end_ring, x, y)
    return -nearest if inside else nearest


@inlined
def distance_to_box_m(shapes: Shapes, i: int, x: float, y: float) -> float:
    """Distance from the point to the bounding box of shape i, 0 inside; the shape is never nearer."""
    west, south, east, north = shapes.box_m[i]
    return length(max(west - x, 0.0, x - east), max(south - y, 0.0, y - north))


@inlined
def box_missed(shapes: Shapes, i: int, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether the straight path between two points stays clear of the bounding box of shape i."""
    box = shapes.box_m[i]
    return (
        max(x0, x1) < box[0] - EDGE_TOLERANCE_M
        or min(x0, x1) > box[2] + EDGE_TOLERANCE_M
        or max(y0, y1) < box[1] - EDGE_TOLERANCE_M
        or min(y0, y1) > box[3] + EDGE_TOLERANCE_M
    )


class Room(NamedTuple):
    """Where `inside_intervals` writes what it finds, for shapes of up to so many vertices."""

    intervals: Floats
    times: Floats
    touches: NDArray[np.bool_]


@separate
def inside_intervals(
    shapes: Shapes, i: int, x: float, y: float, vx: float, vy: float, duration_s: float, room: Room
) -> int:
    """Write the times (s) at which a straight path is inside closed shape i, and return how many spans there are.

    They are the first rows of `room.intervals`: (from, to), ascending. A mere touch is a row whose two times are equal.
    """
    if box_missed(shapes, i, x, y, x + vx * duration_s, y + vy * duration_s):
        return 0
    intervals, times, touches = room.intervals, room.times, room.touches
    if length(vx, vy) * duration_s <= EDGE_TOLERANCE_M:
        # It stays where it is; dividing by the square of so small a speed would underflow.
        if contains(shapes, i, x, y):
            intervals[0, 0], intervals[0, 1] = 0.0, duration_s
            return 1
        return 0
    if shapes.radius_m[i] >= 0.0:
        dx, dy = x - shapes.centre_m[i, 0], y - shapes.centre_m[i, 1]
        return _inside_circle(dx, dy, vx, vy, shapes.radius_m[i], duration_s, intervals)
    met = _meetings(shapes, i, x, y, vx, vy, duration_s, times, touches)
    count = 0
    open_until = -1.0
    for k in range(met):
        if k > 0 and times[k] > times[k - 1]:
            middle_s = 0.5 * (times[k - 1] + times[k])
            if contains(shapes, i, x + vx * middle_s, y + vy * middle_s):
                if open_until != times[k - 1]:
                    intervals[count, 0] = times[k - 1]
                    count += 1
                intervals[count - 1, 1] = times[k]
                open_until = times[k]
        if touches[k] and open_until != times[k]:
            intervals[count, 0] = times[k]
            intervals[count, 1] = times[k]
            count += 1
            open_until = times[k]
    return count


@inlined
def _meetings(
    shapes: Shapes,
    i: int,
    x: float,
    y: float,
    vx: float,
    vy: float,
    duration_s: float,
    times: Floats,
    touches: NDArray[np.bool_],
) -> int:
    """Write the ascending times at which the path meets an edge, with its two ends, and which are on an edge."""
    times[0], times[1], touches[0], touches[1] = 0.0, duration_s, False, False
    count = 2
    speed = length(vx, vy)
    near_side = EDGE_TOLERANCE_M * speed
    vertices_m, first_vertex = shapes.vertices_m, shapes.first_vertex
    for ring in range(shapes.first_ring[i], shapes.first_ring[i + 1]):
        bx, by = vertices_m[first_vertex[ring], 0] - x, vertices_m[first_vertex[ring], 1] - y
        side_b = vx * by - vy * bx
        for k in range(first_vertex[ring], first_vertex[ring + 1] - 1):
            ax, ay, side_a = bx, by, side_b
            bx, by = vertices_m[k + 1, 0] - x, vertices_m[k + 1, 1] - y
            side_b = vx * by - vy * bx
            if (side_a > near_side and side_b > near_side) or (side_a < -near_side and side_b < -near_side):
                continue
            ex, ey = bx - ax, by - ay
            if abs(side_a) <= near_side and abs(side_b) <= near_side:
                ends = ((ax * vx + ay * vy) / speed**2, (bx * vx + by * vy) / speed**2)
                for t in (max(0.0, min(ends)), min(duration_s, max(ends))):
                    if 0.0 <= t <= duration_s and min(ends) <= t <= max(ends):
                        count = insert(times, touches, count, t, True)
            else:
                turn = vx * ey - vy * ex
                if turn != 0.0:
                    t = (ax * ey - ay * ex) / turn
                    slack_s = EDGE_TOLERANCE_M / speed
                    if -slack_s <= t <= duration_s + slack_s:
                        count = insert(times, touches, count, min(duration_s, max(0.0, t)), True)
    return count


@inlined
def _inside_circle(
    dx: float, dy: float, vx: float, vy: float, radius_m: float, duration_s: float, intervals: Floats
) -> int:
    speed2 = vx * vx + vy * vy
    nearest_s = -(dx * vx + dy * vy) / speed2
    across_m = (dx * vy - dy * vx) / np.sqrt(speed2)
    if abs(across_m) > radius_m:
        return 0
    half_s = np.sqrt((radius_m - abs(across_m)) * (radius_m + abs(across_m)) / speed2)
    start_s, end_s = max(0.0, nearest_s - half_s), min(duration_s, nearest_s + half_s)
    if start_s > end_s:
        return 0
    intervals[0, 0], intervals[0, 1] = start_s, end_s
    return 1
