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
from scipy import ndimage

from safetynets.nets.conflicts import Conflicts, Kind, Net, Reason
from safetynets.nets.picture import Picture, forecast, motion
from safetynets.sites.geometry import Site
from safetynets.sites.terrain import highest_within

if TYPE_CHECKING:
    from safetynets.nets.kernels.msaw import Outlook, Surface

TERRAIN = "terrain"


def msaw_conflicts(picture: Picture, reason: NDArray[np.int8], site: Site) -> Conflicts:
    """Conflicts of every plot with the floor of the site.

    `reason` holds, per plot, `Reason.JUDGED` or why the plot is not to be judged.
    """
    from safetynets.nets.kernels import msaw as kernel

    parameters = site.parameters.msaw
    surface, bare_surface, areas = surfaces(site)
    count = len(picture)
    verdicts = kernel.Verdicts(
        floor_ft=np.full(count, np.nan),
        floor_area=np.full(count, -1, dtype=np.int32),
        violation_s=np.full(count, np.inf),
        hold_violation_s=np.full(count, np.inf),
        area=np.full(count, -1, dtype=np.int32),
        minimum_ft=np.full(count, np.nan),
        undecided=np.zeros(count, dtype=np.bool_),
        severe=np.zeros(count, dtype=np.bool_),
    )
    escape = kernel.Escape(
        asked_for=parameters.escape_test,
        delay_s=parameters.escape_delay_s,
        climb_tan=float(np.tan(np.radians(parameters.escape_climb_deg))),
        climb_s=parameters.escape_time_s,
    )
    kernel.judge(
        reason == Reason.JUDGED,
        motion(picture, parameters),
        surface,
        bare_surface,
        outlook_of(site),
        forecast(parameters),
        escape,
        verdicts,
    )

    found = reason.copy()
    found[(reason == Reason.JUDGED) & (verdicts.floor_area < 0)] = Reason.OUTSIDE_COVERAGE
    found[(reason == Reason.JUDGED) & verdicts.undecided] = Reason.PATH_LEAVES_COVERAGE
    return Conflicts(
        net=Net.MSAW,
        group="msaw",
        areas=areas,
        assessable=found == Reason.JUDGED,
        reason=found,
        margin_ft=picture.altitude_ft - verdicts.floor_ft,
        margin_m=np.full(count, np.nan),
        time_to_violation_s=verdicts.violation_s,
        hold_time_to_violation_s=verdicts.hold_violation_s,
        kind=np.where(verdicts.violation_s < np.inf, Kind.BELOW, Kind.NONE).astype(np.int8),
        area=verdicts.area,
        altitude_ft=picture.altitude_ft,
        minimum_ft=verdicts.minimum_ft,
        lateral_deviation_m=np.full(count, np.nan),
        vertical_deviation_ft=np.full(count, np.nan),
        severe=verdicts.severe,
    )


@lru_cache(maxsize=8)
def surfaces(site: Site) -> tuple[Surface, Surface, tuple[str, ...]]:
    """The floor of the site, the bare terrain and obstacles under it, and the names of the areas.

    Areas are taken in the order of their names, so that the order in the site file never matters.
    """
    from safetynets.nets.kernels.msaw import Surface
    from safetynets.nets.kernels.terrain import Grid
    from safetynets.nets.shapes import pack

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


REACH_AT_MPS = 250.0
"""The outlook is good for aircraft up to this speed (486 kt); faster ones are judged without it."""
BLOCKS_A_REACH = 4


@lru_cache(maxsize=8)
def outlook_of(site: Site) -> Outlook:
    """The highest floors within reach of coarse blocks of the site, to tell at a glance that nothing is near."""
    from safetynets.nets.kernels.msaw import Outlook

    surface, _, _ = surfaces(site)
    parameters = site.parameters.msaw
    grid, shapes = surface.grid, surface.shapes
    reach_m = max(grid.cell_m, REACH_AT_MPS * (parameters.look_ahead_s + parameters.hysteresis_s))
    if grid.elevation_ft.size == 0:
        return Outlook(0.0, 0.0, 1.0, 0.0, np.empty((0, 0)), np.empty((0, 0), dtype=np.bool_))
    cells = max(1, int(reach_m / BLOCKS_A_REACH / grid.cell_m))
    block_m = cells * grid.cell_m
    known = np.isfinite(grid.elevation_ft)
    floors_ft = np.where(known, grid.elevation_ft + surface.terrain_clearance_ft, -np.inf)
    rows, columns = (range(0, length, cells) for length in floors_ft.shape)
    highest_ft = np.maximum.reduceat(np.maximum.reduceat(floors_ft, rows, axis=0), columns, axis=1)
    complete = np.logical_and.reduceat(np.logical_and.reduceat(known, rows, axis=0), columns, axis=1)
    # The last blocks may reach beyond the grid, where there is no data.
    complete[-1, :] &= known.shape[0] % cells == 0
    complete[:, -1] &= known.shape[1] % cells == 0
    for i, floor_ft in enumerate(surface.floor_ft):
        west, south, east, north = (shapes.box_m[i] - np.tile((grid.x0_m, grid.y0_m), 2)) / block_m
        within = np.s_[max(0, int(south) - 1) : max(0, int(north) + 2), max(0, int(west) - 1) : max(0, int(east) + 2)]
        highest_ft[within] = np.maximum(highest_ft[within], floor_ft)
    size = 2 * (int(reach_m / block_m) + 1) + 1
    return Outlook(
        x0_m=grid.x0_m,
        y0_m=grid.y0_m,
        block_m=block_m,
        reach_m=reach_m,
        highest_ft=ndimage.maximum_filter(highest_ft, size=size, mode="constant", cval=-np.inf),
        complete=ndimage.minimum_filter(complete, size=size, mode="constant", cval=False),
    )
