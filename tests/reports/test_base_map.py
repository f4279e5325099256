"""The base map: what lies under the chart of a site, where it lies, and nothing where the data are not installed."""

import numpy as np
import pytest
from shapely import Point

from safetynets.geodesy import Plane
from safetynets.reports import base_map as module
from safetynets.reports.base_map import base_map
from safetynets.reports.replay.site_layer import layers
from safetynets.reports.site_map_page import site_map_page
from safetynets.sites import load_site

REACH_M = 60_000.0
ROUGH_M = 4_000.0  # the data are good to some kilometres


@pytest.fixture(scope="module")
def around_geneva():
    return load_site("geneva").plane, base_map(load_site("geneva").plane, REACH_M)


def test_lake_geneva_lies_off_lausanne_and_not_over_the_runway(around_geneva):
    plane, found = around_geneva
    off_lausanne, runway = (Point(plane.to_plane(*place)) for place in ((46.45, 6.6), (46.238, 6.109)))
    assert any(lake.contains(off_lausanne) for lake in found.lakes)
    assert all(lake.distance(runway) > 0.0 for lake in found.lakes)


def test_towns_stand_where_they_are_the_largest_first_and_none_within_another(around_geneva):
    plane, found = around_geneva
    geneva, lausanne = found.towns[:2]
    assert (geneva.name, lausanne.name) == ("Geneva", "Lausanne")
    assert np.hypot(*np.subtract(plane.to_plane(46.5197, 6.6323), (lausanne.x_m, lausanne.y_m))) < ROUGH_M
    places = np.array([(town.x_m, town.y_m) for town in found.towns])
    apart_m = np.hypot(*(places[:, np.newaxis] - places).transpose(2, 0, 1)) + 1e9 * np.eye(len(places))
    assert apart_m.min() >= module.APART_M
    assert len(found.towns) <= module.MOST_TOWNS


def test_nothing_reaches_beyond_the_square_that_is_asked_for(around_geneva):
    _, found = around_geneva
    for points in (*found.rivers, *found.borders, *found.coasts):
        assert np.abs(points).max() <= REACH_M + 1.0


def test_an_island_across_the_date_line_has_its_coast():
    taveuni = Plane(-16.85, 179.97)
    shores = np.concatenate(base_map(taveuni, REACH_M).coasts)
    assert shores[:, 0].min() < 0.0 < shores[:, 0].max()


def test_without_the_packages_there_is_no_base_map_and_no_layer_of_that_name(monkeypatch):
    with_map = site_map_page(load_site("flat"))
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    base_map.cache_clear()
    assert not base_map(Plane(46.0, 6.0), REACH_M)
    assert "layer-base-map" not in [name for name, _ in layers()]
    without = site_map_page(load_site("flat"))
    base_map.cache_clear()
    assert "layer-base-map" in with_map
    assert "layer-base-map" not in without
