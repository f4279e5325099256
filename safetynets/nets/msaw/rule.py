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

from safetynets.engine.blocks import Canvas, Limits, canvas_of, in_blocks, table
from safetynets.engine.candidates import FloorBounds
from safetynets.engine.layers import FLOOR
from safetynets.engine.net import Subjects
from safetynets.engine.track_state import forecast
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.geometry import Site, Terrain
from safetynets.sites.terrain import highest_within

if TYPE_CHECKING:
    from safetynets.engine.kernels.terrain import Grid
    from safetynets.nets.msaw.kernel import Escape, Inputs, Outlook, Surface

TERRAIN = "terrain"
NO_TERRAIN = Terrain(-5e8, -5e8, 1e9, np.empty((0, 0)), ())
"""One cell without data under every path: in small ones a path would be walked metre by metre for nothing."""


def groups(site: Site) -> tuple[str, ...]:
    """The one group of areas."""
    return ("msaw",)


def areas(site: Site, group: str) -> tuple[str, ...]:
    """Names of the polygons, the obstacles and the terrain."""
    return surfaces(site)[2]


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges a plot by."""
    from safetynets.engine.shapes import room_for_paths
    from safetynets.nets.msaw.kernel import Inputs

    surface, bare_surface, _ = surfaces(site)
    parameters = site.parameters.msaw
    return Inputs(
        surface=surface,
        bare_surface=bare_surface,
        outlook=outlook_of(site),
        forecast=forecast(parameters),
        escape=escape_of(parameters),
        room=room_for_paths(surface.shapes, bare_surface.shapes),
    )


def escape_of(parameters: MsawParameters) -> Escape:
    """The escape test as the kernel takes it."""
    from safetynets.nets.msaw.kernel import Escape

    return Escape(
        asked_for=parameters.escape_test,
        delay_s=parameters.escape_delay_s,
        climb_tan=float(np.tan(np.radians(parameters.escape_climb_deg))),
        climb_s=parameters.escape_time_s,
    )


def covers(site: Site, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points lie in a minimum-altitude polygon or in a terrain cell with data; of an unknown point it is True."""
    from safetynets.nets.msaw.kernel import write_covered

    covered = np.empty(len(x_m), dtype=np.bool_)
    write_covered(x_m, y_m, surfaces(site)[0], covered)
    return covered


def bounds(site: Site, from_s: float, to_s: float) -> FloorBounds:
    """What the coarse filter asks of every plot: is its path below the highest floor near it."""
    parameters = site.parameters.msaw
    return FloorBounds(
        paint=paint_floors,
        look_ahead_s=parameters.look_ahead_s,
        turns=parameters.hypotheses == "any",
    )


@lru_cache(maxsize=8)
def surfaces(site: Site) -> tuple[Surface, Surface, tuple[str, ...]]:
    """The floor of the site, the bare terrain and obstacles under it, and the names of the areas.

    Areas are taken in the order of their names, so that the order in the site file never matters.
    """
    from safetynets.engine.shapes import pack
    from safetynets.nets.msaw.kernel import Surface

    parameters = site.parameters.msaw
    polygons = sorted(site.minimum_altitudes, key=lambda polygon: polygon.name)
    obstacles = sorted(site.obstacles, key=lambda obstacle: obstacle.name)
    circles = [(obstacle.x_m, obstacle.y_m, obstacle.radius_m) for obstacle in obstacles]
    tops_ft = np.array([obstacle.top_ft for obstacle in obstacles])
    minima_ft = np.array([polygon.minimum_ft for polygon in polygons])
    grid = _grid(NO_TERRAIN)
    bare_grid = grid
    if site.terrain is not None:
        buffered = highest_within(site.terrain, parameters.horizontal_buffer_m)
        grid = _grid(buffered)
        bare_grid = _grid(site.terrain)
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


def _grid(terrain: Terrain) -> Grid:
    """The terrain as the kernel takes it: never to be written, so that all sites run the same compiled code."""
    from safetynets.engine.kernels.terrain import Grid

    cells = terrain.elevation_ft.view()
    cells.flags.writeable = False
    return Grid(terrain.x0_m, terrain.y0_m, terrain.cell_m, cells)


@lru_cache(maxsize=8)
def outlook_of(site: Site) -> Outlook:
    """The highest floors of the MSAW in boxes of blocks, inf where a part of the box has no terrain data."""
    from safetynets.nets.msaw.kernel import Outlook

    canvas = canvas_of(site, Limits())
    paint_floors(canvas, site)
    highest_ft = np.where(_complete(canvas, site), canvas.top_ft[FLOOR], np.inf)
    lattice, entries = table(canvas, highest_ft[np.newaxis], outside_ft=np.inf)
    return Outlook(lattice, entries[:, 0].copy())


def paint_floors(canvas: Canvas, site: Site) -> None:
    """Paint the floors of a site on blocks."""
    surface, _, _ = surfaces(site)
    grid = surface.grid
    if grid.elevation_ft.size:
        floors_ft = np.nan_to_num(grid.elevation_ft, nan=-np.inf) + surface.terrain_clearance_ft
        place, highest_ft = in_blocks(canvas, grid, floors_ft, np.maximum)
        canvas.top_ft[FLOOR][place] = highest_ft
    parameters = site.parameters.msaw
    for polygon in site.minimum_altitudes:
        canvas.paint(FLOOR, polygon.area, polygon.minimum_ft - parameters.below_minimum_ft)
    for obstacle in site.obstacles:
        circle = obstacle.x_m, obstacle.y_m, obstacle.radius_m
        canvas.paint(FLOOR, circle, obstacle.top_ft + parameters.terrain_clearance_ft)


def _complete(canvas: Canvas, site: Site) -> NDArray[np.bool_]:
    """The blocks all of which has terrain data."""
    surface, _, _ = surfaces(site)
    complete = np.zeros(canvas.top_ft.shape[1:], dtype=np.bool_)
    known = np.isfinite(surface.grid.elevation_ft)
    if known.size:
        cells = round(canvas.block_m / surface.grid.cell_m)
        # The last blocks may reach beyond the grid.
        whole = np.pad(known, [(0, -length % cells) for length in known.shape])
        place, all_known = in_blocks(canvas, surface.grid, whole, np.logical_and)
        complete[place] = all_known
    return complete
