"""One finding about a site, and what the checks ask of its terrain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from safetynets.sites.geometry import Site

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

Floats = NDArray[np.float64]
PointM = tuple[float, float]


@dataclass(frozen=True)
class SiteFinding:
    """Something about a site that its owner should know.

    Attributes
    ----------
    check
        Which check found it, such as "minimum-below-terrain".
    severity
        "error": a net is blind or wrong there; "warning": probably not meant; "note": to be known.
    about
        The thing of the site that it is about.
    text, mend
        What was found, and what to do about it.
    place_deg
        Latitude and longitude of the place, or None for the site as a whole.
    """

    check: str
    severity: Severity
    about: str
    text: str
    mend: str
    place_deg: tuple[float, float] | None = None


Check = Callable[[Site], Iterator[SiteFinding]]


def at(site: Site, point_m: PointM) -> tuple[float, float]:
    """Latitude and longitude of a point of the plane, to some metres."""
    latitude_deg, longitude_deg = site.plane.to_geographic(*point_m)
    return round(float(latitude_deg), 4), round(float(longitude_deg), 4)


def inside_of(area: BaseGeometry) -> PointM:
    """A point within an area."""
    point = area.representative_point()
    return float(point.x), float(point.y)


def ground_ft(site: Site, x_m: ArrayLike, y_m: ArrayLike) -> Floats:
    """Elevation (ft) of the terrain cells under plane positions; NaN where there is no data."""
    x_m, y_m = np.atleast_1d(np.asarray(x_m, dtype=np.float64)), np.atleast_1d(np.asarray(y_m, dtype=np.float64))
    elevation_ft = np.full(x_m.shape, np.nan)
    if site.terrain is None:
        return elevation_ft
    grid = site.terrain.elevation_ft
    column = np.floor((x_m - site.terrain.x0_m) / site.terrain.cell_m).astype(np.intp)
    row = np.floor((y_m - site.terrain.y0_m) / site.terrain.cell_m).astype(np.intp)
    held = (row >= 0) & (row < grid.shape[0]) & (column >= 0) & (column < grid.shape[1])
    elevation_ft[held] = grid[row[held], column[held]]
    return elevation_ft


def cells_of(site: Site, area: BaseGeometry) -> tuple[Floats, Floats, Floats]:
    """Elevation (ft) and centre (m) of every terrain cell that an area touches."""
    from rasterio import Affine
    from rasterio.features import rasterize

    nothing = np.empty(0)
    if site.terrain is None or area.is_empty:
        return nothing, nothing, nothing
    terrain, (left, bottom, right, top) = site.terrain, area.bounds
    rows, columns = terrain.elevation_ft.shape
    column0, column1 = (int((edge - terrain.x0_m) // terrain.cell_m) for edge in (left, right))
    row0, row1 = (int((edge - terrain.y0_m) // terrain.cell_m) for edge in (bottom, top))
    column0, column1 = max(column0, 0), min(column1, columns - 1)
    row0, row1 = max(row0, 0), min(row1, rows - 1)
    if column1 < column0 or row1 < row0:
        return nothing, nothing, nothing
    x0_m, y0_m = terrain.x0_m + column0 * terrain.cell_m, terrain.y0_m + row0 * terrain.cell_m
    touched = rasterize(
        [area],
        out_shape=(row1 - row0 + 1, column1 - column0 + 1),
        transform=Affine(terrain.cell_m, 0.0, x0_m, 0.0, terrain.cell_m, y0_m),
        all_touched=True,
        dtype=np.uint8,
    ).astype(bool)
    row, column = np.nonzero(touched)
    heights = terrain.elevation_ft[row0 + row, column0 + column]
    x_m = np.asarray(x0_m + (column + 0.5) * terrain.cell_m, dtype=np.float64)
    y_m = np.asarray(y0_m + (row + 0.5) * terrain.cell_m, dtype=np.float64)
    return heights, x_m, y_m


def highest_in(site: Site, area: BaseGeometry) -> tuple[float, PointM] | None:
    """The highest terrain (ft) that an area touches, and where; None where no terrain is known."""
    heights, x_m, y_m = cells_of(site, area)
    if not np.isfinite(heights).any():
        return None
    top = int(np.nanargmax(heights))
    return float(heights[top]), (float(x_m[top]), float(y_m[top]))
