"""Hypothesis strategies: situations on a coarse lattice, where degeneracies really happen, and generic ones.

On the lattice positions, speeds and altitudes are round numbers, so that edges are shared, paths run along edges and
through corners, levels lie exactly on floors and ceilings, and whole seconds are computed without rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from shapely import MultiPoint, MultiPolygon, Polygon, box

from safetynets.sites.geometry import Area, Terrain
from tests.nets.situations import terrain

REACH = 6
PITCH_M = 500.0

lattices = st.booleans()


def coordinates(on_lattice: bool, pitch_m: float = PITCH_M) -> st.SearchStrategy[float]:
    if on_lattice:
        return st.integers(-REACH, REACH).map(lambda k: k * pitch_m)
    return st.floats(-REACH * pitch_m, REACH * pitch_m).map(lambda value_m: round(value_m, 3))


def points(on_lattice: bool) -> st.SearchStrategy[tuple[float, float]]:
    return st.tuples(coordinates(on_lattice), coordinates(on_lattice))


def _valid(corners: list[tuple[float, float]], hole: list[tuple[float, float]]) -> Polygon:
    """The polygon as drawn where it is one, else as near to it as a valid polygon comes."""
    with_hole = Polygon(corners, [hole])
    if with_hole.is_valid and with_hole.area > 1.0:
        return with_hole
    shell = Polygon(corners)
    if shell.is_valid and shell.area > 1.0:
        return shell
    hull = MultiPoint(corners).convex_hull
    if isinstance(hull, Polygon) and hull.area > 1.0:
        return hull
    x, y = corners[0]
    return box(x, y, x + PITCH_M, y + PITCH_M)


@st.composite
def areas(draw: st.DrawFn, on_lattice: bool) -> Area:
    shape = draw(st.sampled_from(["box", "box with hole", "any", "two"]))
    if shape == "any":
        corners = draw(st.lists(points(on_lattice), min_size=3, max_size=6, unique=True))
        hole = draw(st.lists(points(on_lattice), min_size=3, max_size=3, unique=True))
        return _valid(corners, hole)
    x, y = draw(points(on_lattice))
    width, height = (draw(st.integers(1, 8)) * PITCH_M for _ in range(2))
    if shape == "box":
        return box(x, y, x + width, y + height)
    if shape == "two":
        return MultiPolygon(
            [box(x, y, x + width, y + height), box(x + width, y + height, x + 2 * width, y + 9 * height)]
        )
    shell = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    east, north = draw(st.integers(0, 2)) * width / 4, draw(st.integers(0, 2)) * height / 4
    hole = [(x + east, y + north), (x + east + width / 2, y + north + height / 4), (x + east, y + north + height / 2)]
    return _valid(shell, hole)


ROUND_FT = [1000.0, 2000.0, 3000.0]
"""Altitudes at which floors and ceilings are, and near and at which aircraft fly and level off."""
round_altitudes_ft = st.sampled_from(ROUND_FT)
altitudes_ft = {
    True: st.tuples(round_altitudes_ft, st.sampled_from([-200.0, -100.0, -50.0, 0.0, 50.0, 70.0, 100.0, 200.0])).map(
        sum
    ),
    False: st.floats(0.0, 4000.0),
}
levels_ft = {
    True: st.one_of(st.just(np.nan), round_altitudes_ft),
    False: st.one_of(st.just(np.nan), altitudes_ft[False]),
}
speeds_mps = {
    True: st.integers(-6, 6).map(lambda k: k * 50.0),
    False: st.one_of(st.just(0.0), st.floats(-320.0, 320.0)),
}
vertical_rates_fpm = {
    True: st.sampled_from([0.0, -600.0, 600.0, -1000.0, 1300.0, -1700.0, -12_000.0, 49_999.0, -50_000.0]),
    False: st.one_of(st.just(0.0), st.floats(-4000.0, 4000.0), st.floats(-50_000.0, 50_000.0)),
}
shares = {True: st.sampled_from([0.0, 0.5, 1.0]), False: st.floats(0.0, 1.0)}
look_aheads_s = {True: st.sampled_from([0.0, 8.0, 10.0]), False: st.sampled_from([0.0, 1.37, 7.5, 10.0])}


@st.composite
def plots(draw: st.DrawFn, on_lattice: bool) -> dict[str, float]:
    return {
        "x_m": draw(coordinates(on_lattice, PITCH_M / 2 if on_lattice else PITCH_M)),
        "y_m": draw(coordinates(on_lattice, PITCH_M / 2 if on_lattice else PITCH_M)),
        "vx_mps": draw(speeds_mps[on_lattice]),
        "vy_mps": draw(speeds_mps[on_lattice]),
        "altitude_ft": draw(altitudes_ft[on_lattice]),
        "vertical_rate_fpm": draw(vertical_rates_fpm[on_lattice]),
        "cleared_level_ft": draw(levels_ft[on_lattice]),
        "selected_level_ft": draw(levels_ft[on_lattice]),
    }


@st.composite
def terrains(draw: st.DrawFn, on_lattice: bool, *, voids: bool = True, cells: int = 10) -> Terrain:
    """Flat land with ridges one cell thin, single peaks and voids."""
    elevation_ft = np.full((cells, cells), draw(st.sampled_from([0.0, 300.0])))
    index = st.integers(0, cells - 1)
    for _ in range(draw(st.integers(0, 2))):
        line, high = draw(index), draw(st.sampled_from([800.0, 1500.0, 2500.0]))
        if draw(st.booleans()):
            elevation_ft[line, :] = high
        else:
            elevation_ft[:, line] = high
    for row, column in draw(st.lists(st.tuples(index, index), max_size=6)):
        elevation_ft[row, column] = draw(st.sampled_from([500.0, 2000.0, 3500.0]))
    if voids:
        for row, column in draw(st.lists(st.tuples(index, index), max_size=4)):
            elevation_ft[row, column] = np.nan
    corner_m = -cells * PITCH_M / 2
    shift_m = 0.0 if on_lattice else draw(st.floats(-300.0, 300.0))
    return terrain(elevation_ft, cell_m=PITCH_M, x0_m=corner_m + shift_m, y0_m=corner_m - shift_m)


@st.composite
def prediction_parameters(draw: st.DrawFn, on_lattice: bool) -> dict[str, Any]:
    return {
        "look_ahead_s": draw(look_aheads_s[on_lattice]),
        "climb_credit": draw(shares[on_lattice]),
        "use_cleared_level": draw(st.booleans()),
        "use_selected_level": draw(st.booleans()),
        "level_off_tolerance_ft": draw(st.sampled_from([0.0, 200.0, 1000.0])),
        "hysteresis_ft": draw(st.sampled_from([0.0, 50.0, 100.0])),
        "hysteresis_s": draw(st.sampled_from([0.0, 2.0])),
    }
