"""Terrain polygons: the height grid as bands of elevation that engineers can draw, publish and argue about.

The area of a band is the union of all cells higher than the band's floor, and its elevation is the band's top, so the
areas are nested and the highest that holds a point counts. Each area is simplified outwards: it is first grown by a
little more than the tolerance, then simplified by the tolerance, and whatever that cut off is added again. So every
cell lies wholly inside an area that is at least as high as the cell.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from safetynets.geodesy import Plane
from safetynets.sites.geometry import Area, Terrain

__all__ = ["Compression", "TerrainPolygon", "compression", "terrain_polygons"]

MARGIN_M = 1.0
"""Growth beyond the tolerance; covers rounding, and that of the written degrees (six decimals, 0.1 m)."""
DECIMALS = 6


@dataclass(frozen=True, eq=False)
class TerrainPolygon:
    """A polygon inside which no terrain is taken for higher than the top of its band.

    Attributes
    ----------
    name
        Such as "terrain 1000 ft no. 1".
    elevation_ft
        Top of the band (ft above mean sea level).
    area
        The polygon on the plane of the site (m).
    """

    name: str
    elevation_ft: float
    area: Polygon


@dataclass(frozen=True)
class Compression:
    """How much smaller the polygons are than the grid they replace, and what that costs.

    Attributes
    ----------
    cells
        Cells of the grid that are known.
    polygons, vertices
        How many polygons and vertices replace them.
    mean_excess_ft
        How far the polygons lie above the grid (ft), averaged over these cells.
    """

    cells: int
    polygons: int
    vertices: int
    mean_excess_ft: float


def terrain_polygons(terrain: Terrain, band_ft: float, tolerance_m: float | None = None) -> tuple[TerrainPolygon, ...]:
    """Polygons that nowhere lie below the terrain grid.

    Parameters
    ----------
    terrain
        The grid.
    band_ft
        Height of a band (ft).
    tolerance_m
        How far an edge may move outwards (m); by default one cell.

    Returns
    -------
    tuple of TerrainPolygon
        The lowest first; areas are nested, and the highest that holds a point counts.

    Examples
    --------
    >>> hill = Terrain(0.0, 0.0, 100.0, np.array([[120.0, 120.0], [120.0, 640.0]]), ())
    >>> [(polygon.name, polygon.elevation_ft) for polygon in terrain_polygons(hill, 500.0)]
    [('terrain 500 ft no. 1', 500.0), ('terrain 1000 ft no. 1', 1000.0)]
    """
    tolerance_m = terrain.cell_m if tolerance_m is None else tolerance_m
    known = terrain.elevation_ft[np.isfinite(terrain.elevation_ft)]
    if not known.size:
        return ()
    lowest, highest = int(np.ceil(known.min() / band_ft)), int(np.ceil(known.max() / band_ft))
    polygons: list[TerrainPolygon] = []
    for band in range(lowest, highest + 1):
        higher = np.nan_to_num(terrain.elevation_ft, nan=-np.inf) > (band - 1) * band_ft
        area = simplified_outwards(union_of_cells(higher, terrain), tolerance_m)
        parts = sorted(shapely.get_parts(area), key=lambda part: part.bounds)
        top_ft = band * band_ft
        polygons += [
            TerrainPolygon(f"terrain {top_ft:g} ft no. {number}", top_ft, part)
            for number, part in enumerate(parts, start=1)
        ]
    return tuple(polygons)


def simplified_outwards(area: Area, tolerance_m: float) -> Area:
    """An area that covers the given one, with fewer vertices and edges at most about twice the tolerance farther out.

    Grown with square corners the edge lies at least `tolerance_m` plus a margin outside, and simplification is meant
    to move it by `tolerance_m` at most. Where it does more (in thin parts, at the ends of rings), what is missing is
    added.
    """
    grown = area.buffer(tolerance_m + MARGIN_M, join_style="mitre")
    simplified = _merged(grown.simplify(tolerance_m))
    needed = area.buffer(MARGIN_M / 2, join_style="mitre")
    return simplified if simplified.covers(needed) else _merged(simplified, needed)


def _merged(*areas: shapely.Geometry) -> Area:
    merged = shapely.union_all(np.concatenate([shapely.get_parts(area) for area in areas]))
    assert isinstance(merged, Polygon | MultiPolygon)
    return merged


def compression(polygons: Sequence[TerrainPolygon], terrain: Terrain) -> Compression:
    """How many vertices replace how many cells, and how far the polygons lie above the centres of the cells.

    Parameters
    ----------
    polygons
        As `terrain_polygons` gives them.
    terrain
        The grid that they replace.

    Returns
    -------
    Compression
        Counts, and the mean excess (ft).

    Examples
    --------
    >>> hill = Terrain(0.0, 0.0, 100.0, np.array([[120.0, 120.0], [120.0, 640.0]]), ())
    >>> found = compression(terrain_polygons(hill, 500.0), hill)
    >>> found.cells, found.polygons, found.mean_excess_ft
    (4, 2, 750.0)
    """
    known = np.isfinite(terrain.elevation_ft)
    steps = np.arange(0.5, max(terrain.elevation_ft.shape)) * terrain.cell_m
    rows, columns = terrain.elevation_ft.shape
    x_m, y_m = np.meshgrid(terrain.x0_m + steps[:columns], terrain.y0_m + steps[:rows])
    heights_ft = np.full(terrain.elevation_ft.shape, -np.inf)
    for polygon in polygons:
        left, bottom, right, top = polygon.area.bounds
        near = known & (x_m >= left) & (x_m <= right) & (y_m >= bottom) & (y_m <= top)
        shapely.prepare(polygon.area)
        inside = shapely.intersects_xy(polygon.area, x_m[near], y_m[near])
        heights_ft[near] = np.where(inside, np.maximum(heights_ft[near], polygon.elevation_ft), heights_ft[near])
    return Compression(
        cells=int(known.sum()),
        polygons=len(polygons),
        vertices=sum(int(shapely.get_num_coordinates(polygon.area)) for polygon in polygons),
        mean_excess_ft=float((heights_ft - terrain.elevation_ft)[known].mean()),
    )


def to_geojson(polygons: Sequence[TerrainPolygon], plane: Plane) -> str:
    """The polygons as a GeoJSON text (RFC 7946: longitude before latitude, outer rings counter-clockwise)."""
    features = []
    for polygon in polygons:
        area = orient(polygon.area)
        rings = [_degrees(ring.coords, plane) for ring in (area.exterior, *area.interiors)]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": polygon.name, "elevation_ft": polygon.elevation_ft},
                "geometry": {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in ring] for ring in rings]},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features}) + "\n"


def to_site_toml(polygons: Sequence[TerrainPolygon], plane: Plane, clearance_ft: float, derivation: str) -> str:
    """The polygons as `[[minimum_altitudes]]` of a site file, each `clearance_ft` above its band's top.

    They are marked illustrative: derived from a grid, they stand in no chart. `derivation` says from what and how.
    """
    return "\n".join(_table(polygon, plane, clearance_ft, derivation) for polygon in polygons)


def _table(polygon: TerrainPolygon, plane: Plane, clearance_ft: float, derivation: str) -> str:
    outer, *holes = [_degrees(ring.coords, plane) for ring in (polygon.area.exterior, *polygon.area.interiors)]
    lines = [
        "[[minimum_altitudes]]",
        f"name = {json.dumps(polygon.name)}",
        f"minimum_ft = {polygon.elevation_ft + clearance_ft:g}",
        f"polygon_deg = {json.dumps(outer)}",
        *([f"holes_deg = {json.dumps(holes)}"] if holes else []),
        "illustrative = true",
        f"source = {json.dumps(derivation, ensure_ascii=False)}",
    ]
    return "\n".join(lines) + "\n"


def _degrees(coordinates: shapely.coords.CoordinateSequence, plane: Plane) -> list[tuple[float, float]]:
    x_m, y_m = np.asarray(coordinates).T[:2]
    latitude_deg, longitude_deg = plane.to_geographic(x_m, y_m)
    corners = zip(latitude_deg.tolist(), longitude_deg.tolist(), strict=True)
    return [(round(latitude, DECIMALS), round(longitude, DECIMALS)) for latitude, longitude in corners]


def union_of_cells(wanted: NDArray[np.bool_], terrain: Terrain) -> MultiPolygon:
    """The outlines of the wanted cells of a grid, joined where they share an edge."""
    from rasterio import Affine
    from rasterio.features import shapes

    to_plane = Affine(terrain.cell_m, 0.0, terrain.x0_m, 0.0, terrain.cell_m, terrain.y0_m)
    found = shapes(wanted.astype(np.uint8), mask=wanted, connectivity=4, transform=to_plane)
    outlines = [shapely.geometry.shape(outline) for outline, _ in found]
    return MultiPolygon([outline for outline in outlines if isinstance(outline, Polygon)])
