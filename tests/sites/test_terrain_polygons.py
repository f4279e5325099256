"""Terrain polygons never lie below the grid they replace, and are much smaller."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import Polygon, STRtree

from safetynets.geodesy import Plane
from safetynets.sites import Site, load_site
from safetynets.sites.geometry import Terrain
from safetynets.sites.terrain_polygons import (
    TerrainPolygon,
    compression,
    simplified_outwards,
    terrain_polygons,
    to_geojson,
    to_site_toml,
)
from tests.sites.site_texts import HEAD


def cell_squares(terrain: Terrain) -> tuple[np.ndarray, np.ndarray]:
    """The closed square and the elevation (ft) of every cell with data."""
    rows, columns = np.nonzero(np.isfinite(terrain.elevation_ft))
    x_m, y_m = terrain.x0_m + columns * terrain.cell_m, terrain.y0_m + rows * terrain.cell_m
    return shapely.box(x_m, y_m, x_m + terrain.cell_m, y_m + terrain.cell_m), terrain.elevation_ft[rows, columns]


def cells_below(areas: list[Polygon], elevations_ft: np.ndarray, terrain: Terrain) -> int:
    """How many cells do not lie, with their whole square, inside one polygon of their own band.

    Stricter than need be: a polygon of a higher band would do as well.
    """
    squares, elevation_ft = cell_squares(terrain)
    levels_ft = np.unique(elevations_ft)
    level_of_cell = np.searchsorted(levels_ft, elevation_ft)
    below = 0
    for level, level_ft in enumerate(levels_ft):
        of_level = squares[level_of_cell == level]
        polygons = [area for area, area_ft in zip(areas, elevations_ft, strict=True) if area_ft == level_ft]
        _, covered = STRtree(of_level).query(polygons, predicate="covers")
        below += len(of_level) - len(np.unique(covered))
    return below + int((level_of_cell == len(levels_ft)).sum())


def of(polygons: tuple[TerrainPolygon, ...]) -> tuple[list[Polygon], np.ndarray]:
    return [polygon.area for polygon in polygons], np.array([polygon.elevation_ft for polygon in polygons])


@pytest.fixture(scope="module")
def geneva() -> Site:
    return load_site("geneva")


@pytest.fixture(scope="module")
def geneva_polygons(geneva) -> tuple[TerrainPolygon, ...]:
    return terrain_polygons(geneva.terrain, band_ft=500.0)


def test_no_cell_of_geneva_is_higher_than_its_polygons(geneva, geneva_polygons):
    assert cells_below(*of(geneva_polygons), geneva.terrain) == 0


def test_polygons_of_geneva_are_valid_and_tops_of_bands(geneva_polygons):
    areas, elevations_ft = of(geneva_polygons)
    assert shapely.is_valid(areas).all()
    assert (elevations_ft % 500 == 0).all()
    assert (np.diff(elevations_ft) >= 0).all()


def test_polygons_of_geneva_need_a_tenth_of_the_grid_and_lie_less_than_a_band_above_it(geneva, geneva_polygons):
    found = compression(geneva_polygons, geneva.terrain)
    assert found.cells == geneva.terrain.elevation_ft.size
    assert found.vertices < found.cells / 10
    # Half a band for the rounding up, the rest for the outward move of the edges on steep ground.
    assert 250 < found.mean_excess_ft < 500


def test_polygons_written_to_a_site_file_and_read_again_are_still_never_below(geneva, geneva_polygons, tmp_path):
    centre = f"centre_deg = [{geneva.plane.latitude_deg}, {geneva.plane.longitude_deg}]"
    text = to_site_toml(geneva_polygons, geneva.plane, 1000.0, "derived for a test")
    (tmp_path / "site.toml").write_text(HEAD.replace("centre_deg = [46.0, 6.0]", centre) + text, encoding="utf-8")
    minimum_altitudes = load_site(tmp_path).minimum_altitudes
    assert len(minimum_altitudes) == len(geneva_polygons)
    assert all(polygon.illustrative for polygon in minimum_altitudes)
    assert minimum_altitudes[0].source == "derived for a test"
    minimum_ft = np.array([polygon.minimum_ft for polygon in minimum_altitudes])
    areas = [polygon.area for polygon in minimum_altitudes]
    assert cells_below(areas, minimum_ft - 1000.0, geneva.terrain) == 0


def test_geojson_has_every_polygon_counter_clockwise_and_longitude_first(geneva, geneva_polygons):
    features = json.loads(to_geojson(geneva_polygons, geneva.plane))["features"]
    assert [feature["properties"]["name"] for feature in features] == [polygon.name for polygon in geneva_polygons]
    for feature in features:
        outer, *holes = feature["geometry"]["coordinates"]
        assert outer[0] == outer[-1]
        assert shapely.LinearRing(outer).is_ccw
        assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
        assert all(5 < longitude < 8 and 45 < latitude < 47 for longitude, latitude in outer)


def test_names_are_unique_and_two_derivations_are_the_same():
    paris = load_site("paris", {"terrain.cell_m": 500})
    polygons = terrain_polygons(paris.terrain, 250.0)
    again = to_geojson(terrain_polygons(load_site("paris", {"terrain.cell_m": 500}).terrain, 250.0), paris.plane)
    assert again == to_geojson(polygons, paris.plane)
    assert len({polygon.name for polygon in polygons}) == len(polygons)


@settings(max_examples=60)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 14), st.integers(1, 14)), elements=st.integers(-3, 40).map(float)),
    st.sampled_from([1.0, 5.0, 7.5]),
    st.sampled_from([0.0, 30.0, 100.0, 250.0, 800.0]),
)
def test_no_cell_of_any_grid_is_higher_than_its_polygons(elevation_ft, band_ft, tolerance_m):
    elevation_ft = np.where(elevation_ft == -3, np.nan, elevation_ft)
    terrain = Terrain(-300.0, 500.0, 100.0, elevation_ft, ())
    polygons = terrain_polygons(terrain, band_ft, tolerance_m)
    if not np.isfinite(elevation_ft).any():
        assert polygons == ()
        return
    assert cells_below(*of(polygons), terrain) == 0
    assert shapely.is_valid([polygon.area for polygon in polygons]).all()


def test_elevation_on_the_edge_of_a_band_belongs_to_the_band_below():
    terrain = Terrain(0.0, 0.0, 100.0, np.array([[500.0]]), ())
    assert [polygon.elevation_ft for polygon in terrain_polygons(terrain, 500.0)] == [500.0]


def test_wider_tolerance_gives_fewer_vertices_and_more_excess():
    terrain = load_site("geneva", {"terrain.cell_m": 500}).terrain
    fine, coarse = (
        compression(terrain_polygons(terrain, 1000.0, tolerance_m), terrain) for tolerance_m in (100.0, 1600.0)
    )
    assert coarse.vertices < fine.vertices / 2
    assert coarse.mean_excess_ft > fine.mean_excess_ft


def test_a_centre_on_the_edge_of_a_polygon_lies_below_its_top():
    """The polygon has a corner over the centre of each of the four cells, of which one is not known."""
    terrain = Terrain(0.0, 0.0, 100.0, np.array([[100.0, 200.0], [300.0, np.nan]]), ())
    found = compression([TerrainPolygon("square", 500.0, shapely.box(50.0, 50.0, 150.0, 150.0))], terrain)
    assert (found.cells, found.mean_excess_ft) == (3, 300.0)


def test_what_simplification_cuts_off_is_added_again(monkeypatch):
    comb = shapely.union_all([shapely.box(i * 10, 0, i * 10 + 1, 500) for i in range(20)] + [shapely.box(0, 0, 200, 5)])
    whole = shapely.Polygon
    assert simplified_outwards(comb, 100.0).covers(comb)
    monkeypatch.setattr(whole, "simplify", lambda *_: shapely.box(0, 0, 100, 100))
    assert simplified_outwards(comb, 100.0).covers(comb)


def test_polygons_of_a_hill_read_as_bands():
    plane = Plane(46.0, 6.0)
    steps = np.arange(-20, 20) * 100.0 + 50.0
    distance_m = np.hypot(*np.meshgrid(steps, steps))
    terrain = Terrain(-2000.0, -2000.0, 100.0, 2000.0 - distance_m, ())
    polygons = terrain_polygons(terrain, 500.0)
    # The corners lie 828 m farther out than 2,000 m: below sea level, and their band's top is sea level.
    assert [polygon.elevation_ft for polygon in polygons] == [-500.0, 0.0, 500.0, 1000.0, 1500.0, 2000.0]
    assert 'name = "terrain 2000 ft no. 1"' in to_site_toml(polygons, plane, 0.0, "a hill")
