"""Minimum Safe Altitude Warning: is the aircraft, or will it be, below the lowest safe altitude.

The rule: `altitude < floor`, where the floor at a point is the highest of the minimum altitudes less
`below_minimum_ft`, the obstacles' tops plus `terrain_clearance_ft`, and the terrain plus `terrain_clearance_ft`
(docs/nets.md, MSAW).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Conflicts, Net, conflicts_of, room_for
from safetynets.engine.track_state import TrackState, forecast, motion
from safetynets.sites.geometry import Site
from safetynets.sites.terrain import highest_within

if TYPE_CHECKING:
    from safetynets.engine.kernels.legs import Forecast
    from safetynets.engine.kernels.shapes import Room
    from safetynets.nets.msaw.kernel import Escape, Outlook, Surface

TERRAIN = "terrain"


def msaw_conflicts(picture: TrackState, reason: NDArray[np.int8], site: Site) -> Conflicts:
    """Conflicts of every plot with the floor of the site.

    `reason` holds, per plot, `Reason.JUDGED` or why the plot is not to be judged.
    """
    from safetynets.nets.msaw import kernel

    verdicts = room_for(len(picture))
    kernel.judge(reason, motion(picture, site.parameters.msaw), *asked(site), verdicts)
    _, _, areas = surfaces(site)
    return conflicts_of(Net.MSAW, "msaw", areas, verdicts, picture.altitude_ft)


def asked(site: Site) -> tuple[Surface, Surface, Outlook, Forecast, Escape, Room]:
    """What the kernel judges a plot by."""
    from safetynets.engine.shapes import room_for_paths
    from safetynets.nets.blocks import outlook_of
    from safetynets.nets.msaw.kernel import Escape

    parameters = site.parameters.msaw
    surface, bare_surface, _ = surfaces(site)
    escape = Escape(
        asked_for=parameters.escape_test,
        delay_s=parameters.escape_delay_s,
        climb_tan=float(np.tan(np.radians(parameters.escape_climb_deg))),
        climb_s=parameters.escape_time_s,
    )
    room = room_for_paths(surface.shapes, bare_surface.shapes)
    return surface, bare_surface, outlook_of(site), forecast(parameters), escape, room


@lru_cache(maxsize=8)
def surfaces(site: Site) -> tuple[Surface, Surface, tuple[str, ...]]:
    """The floor of the site, the bare terrain and obstacles under it, and the names of the areas.

    Areas are taken in the order of their names, so that the order in the site file never matters.
    """
    from safetynets.engine.kernels.terrain import Grid
    from safetynets.engine.shapes import pack
    from safetynets.nets.msaw.kernel import Surface

    parameters = site.parameters.msaw
    polygons = sorted(site.minimum_altitudes, key=lambda polygon: polygon.name)
    obstacles = sorted(site.obstacles, key=lambda obstacle: obstacle.name)
    circles = [(obstacle.x_m, obstacle.y_m, obstacle.radius_m) for obstacle in obstacles]
    tops_ft = np.array([obstacle.top_ft for obstacle in obstacles])
    minima_ft = np.array([polygon.minimum_ft for polygon in polygons])
    grid = Grid(0.0, 0.0, 1.0, np.empty((0, 0)))
    bare_grid = grid
    if site.terrain is not None:
        buffered = highest_within(site.terrain, parameters.horizontal_buffer_m)
        grid = Grid(buffered.x0_m, buffered.y0_m, buffered.cell_m, buffered.elevation_ft)
        bare_grid = Grid(site.terrain.x0_m, site.terrain.y0_m, site.terrain.cell_m, site.terrain.elevation_ft)
    floor = Surface(
        shapes=pack([*(polygon.area for polygon in polygons), *circles]),
        polygon_count=len(polygons),
        floor_ft=np.concatenate((minima_ft - parameters.below_minimum_ft, tops_ft + parameters.terrain_clearance_ft)),
        grid=grid,
        terrain_clearance_ft=parameters.terrain_clearance_ft,
    )
    bare = Surface(shapes=pack(circles), polygon_count=0, floor_ft=tops_ft, grid=bare_grid, terrain_clearance_ft=0.0)
    names = (*(polygon.name for polygon in polygons), *(obstacle.name for obstacle in obstacles), TERRAIN)
    return floor, bare, names
