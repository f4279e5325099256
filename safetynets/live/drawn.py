"""The site as the live page draws it."""

from __future__ import annotations

from typing import Any

from safetynets.reports.site_shapes import drawn_volumes, volume_shape
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Site
from safetynets.units import nm_to_m

LEAST_HALF_M = nm_to_m(15.0)
MARGIN = 0.06


def site_drawn(site: Site) -> dict[str, Any]:
    """The outlines of volumes and minimum-altitude polygons, the approaches, and the frame (m on the plane)."""
    shapes = [volume_shape(volume) for volume in drawn_volumes(site)] + [each.area for each in site.minimum_altitudes]
    rings = [
        [[round(x_m), round(y_m)] for x_m, y_m in part.exterior.coords]
        for shape in shapes
        for part in getattr(shape, "geoms", [shape])
    ]
    approaches = [
        [list(map(round, on_approach(each, distance_nm, 0.0))) for distance_nm in (0.0, each.start_distance_nm)]
        for each in site.approaches
    ]
    corners = [point for ring in (*rings, *approaches) for point in ring]
    corners += [[-LEAST_HALF_M, -LEAST_HALF_M], [LEAST_HALF_M, LEAST_HALF_M]]
    xs, ys = [x_m for x_m, _ in corners], [y_m for _, y_m in corners]
    margin_m = MARGIN * max(max(xs) - min(xs), max(ys) - min(ys))
    frame_m = [min(xs) - margin_m, min(ys) - margin_m, max(xs) + margin_m, max(ys) + margin_m]
    return {"rings": rings, "approaches": approaches, "frame_m": frame_m}
