"""Areas of the site packed into arrays for the kernels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from safetynets.sites.geometry import Area, Limit, Volume

if TYPE_CHECKING:
    from safetynets.engine.kernels.shapes import Room, Shapes
    from safetynets.engine.kernels.volumes import Volumes

Circle = tuple[float, float, float]
"""x_m, y_m, radius_m."""


def pack(areas: Sequence[Area | Circle]) -> Shapes:
    """Polygons (with holes and parts) and circles as `Shapes`, in the given order."""
    from safetynets.engine.kernels.shapes import Shapes

    vertices: list[np.ndarray] = []
    first_vertex, first_ring = [0], [0]
    box = np.zeros((len(areas), 4))
    centre = np.zeros((len(areas), 2))
    radius = np.full(len(areas), -1.0)
    for i, area in enumerate(areas):
        if isinstance(area, tuple):
            x_m, y_m, radius_m = area
            centre[i], radius[i] = (x_m, y_m), radius_m
            box[i] = x_m - radius_m, y_m - radius_m, x_m + radius_m, y_m + radius_m
        else:
            box[i] = area.bounds
            for part in shapely.get_parts(area):
                for ring in rings(part):
                    vertices.append(ring)
                    first_vertex.append(first_vertex[-1] + len(ring))
        first_ring.append(len(first_vertex) - 1)
    return Shapes(
        vertices_m=np.concatenate(vertices) if vertices else np.empty((0, 2)),
        first_vertex=np.array(first_vertex, dtype=np.int64),
        first_ring=np.array(first_ring, dtype=np.int64),
        box_m=box,
        centre_m=centre,
        radius_m=radius,
    )


def packed(
    shapes: Shapes,
    limits: Iterable[tuple[Limit, Limit]],
    spans: Sequence[Sequence[tuple[float, float]]],
    wider_ft: NDArray[np.float64] | float = 0.0,
) -> Volumes:
    """Volumes as the kernels take them: shapes, floors and ceilings, the spans of time in which they are active.

    The limits are moved apart by `wider_ft` on both sides.
    """
    from safetynets.engine.kernels.volumes import Volumes

    floors, ceilings = zip(*limits, strict=True) if spans else ((), ())
    return Volumes(
        shapes=shapes,
        floor_ft=np.array([floor.value_ft for floor in floors], dtype=np.float64) - wider_ft,
        floor_is_level=np.array([floor.is_flight_level for floor in floors], dtype=np.bool_),
        ceiling_ft=np.array([ceiling.value_ft for ceiling in ceilings], dtype=np.float64) + wider_ft,
        ceiling_is_level=np.array([ceiling.is_flight_level for ceiling in ceilings], dtype=np.bool_),
        first_period=np.cumsum([0, *(len(span) for span in spans)], dtype=np.int64),
        active_s=np.array([period for span in spans for period in span], dtype=np.float64).reshape(-1, 2),
    )


def room_for_paths(*several: Shapes) -> Room:
    """Room for what is found of a path inside any of these shapes."""
    from safetynets.engine.kernels.shapes import Room

    vertices = [np.diff(shapes.first_vertex[shapes.first_ring]).max(initial=0) for shapes in several]
    meetings = 2 * int(max(vertices)) + 2
    return Room(np.empty((meetings + 1, 2)), np.empty(meetings), np.empty(meetings, dtype=np.bool_))


def rings(polygon: Polygon) -> list[np.ndarray]:
    """Closed rings (n, 2) of a polygon, the outer one first."""
    return [np.asarray(ring.coords)[:, :2].copy() for ring in (polygon.exterior, *polygon.interiors)]


QUARTER_CIRCLE_SEGMENTS = 32
"""Round corners of a widened polygon are chords, inside the true circle by at most 0.07 % of the buffer.

An arc is divided into whole steps of about 2.8 degrees; a short one may be a single step of up to one and a half."""


def widened(volume: Volume, buffer_m: float) -> Area | Circle:
    """The lateral shape of a volume widened by a buffer."""
    if volume.area is None:
        return volume.x_m, volume.y_m, volume.radius_m + buffer_m
    if buffer_m == 0.0:
        return volume.area
    return volume.area.buffer(buffer_m, quad_segs=QUARTER_CIRCLE_SEGMENTS)
