"""What must not matter, and what must mirror: order, place, direction, how a polygon is drawn, above against below."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity, box
from shapely.geometry.base import BaseGeometry

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.states import judge_states
from safetynets.engine.track_state import TrackState
from safetynets.nets.apm import NET as APM
from safetynets.nets.apw import NET as APW
from safetynets.nets.msaw import NET as MSAW
from safetynets.sites.geometry import Area, Limit, Site
from tests.nets.random_situations import ROUND_FT, areas, lattices, plots, prediction_parameters
from tests.nets.situations import (
    approach,
    minimum,
    obstacle,
    parameters,
    picture,
    site,
    square,
    tracks_of,
    volume,
)

EVERYWHERE = minimum(0.0, square(-90_000, -90_000, 90_000, 90_000), "everywhere")
ABOUT_S = 1e-6
BIG_M = 20_000.0


@st.composite
def sectors(draw: st.DrawFn, on_lattice: bool) -> list[tuple[float, Area]]:
    return draw(st.lists(st.tuples(st.sampled_from(ROUND_FT), areas(on_lattice)), min_size=1, max_size=4))


@st.composite
def situations(draw: st.DrawFn, on_lattice: bool) -> tuple[Site, TrackState]:
    """A site of sectors, and of a volume over each of them, and plots."""
    drawn = draw(sectors(on_lattice))
    common = draw(prediction_parameters(on_lattice))
    here = site(
        minimum_altitudes=(
            EVERYWHERE,
            *(minimum(minimum_ft, area, f"sector {n}") for n, (minimum_ft, area) in enumerate(drawn)),
        ),
        obstacles=(obstacle(500.0, -500.0, 777.0, 2000.0), obstacle(-1000.0, 0.0, 300.0, 2500.0, "tower")),
        volumes=tuple(
            volume(
                area,
                name=f"volume {n}",
                group="one",
                floor=Limit(floor_ft, False),
                ceiling=Limit(floor_ft + 500.0, False),
            )
            for n, (floor_ft, area) in enumerate(drawn)
        ),
        parameters=parameters(msaw=common, apw=common | {"hysteresis_m": 0.0}),
    )
    return here, picture(draw(st.lists(plots(on_lattice), min_size=1, max_size=20)))


def both_nets(here: Site, seen: TrackState) -> tuple[Conflicts, Conflicts]:
    [apw] = judge_states(APW, seen, tracks_of(seen), here)
    [msaw] = judge_states(MSAW, seen, tracks_of(seen), here)
    return msaw, apw


def numbers(found: Conflicts) -> dict[str, np.ndarray]:
    columns = ("time_to_violation_s", "hold_time_to_violation_s", "margin_ft", "severe", "kind", "reason", "minimum_ft")
    return {name: getattr(found, name) for name in columns}


@settings(max_examples=14)
@given(data=st.data(), on_lattice=lattices)
def test_the_order_of_polygons_obstacles_and_volumes_never_matters(data, on_lattice):
    here, seen = data.draw(situations(on_lattice))
    shuffled = replace(
        here,
        minimum_altitudes=tuple(data.draw(st.permutations(here.minimum_altitudes))),
        obstacles=tuple(reversed(here.obstacles)),
        volumes=tuple(data.draw(st.permutations(here.volumes))),
    )
    for found, again in zip(both_nets(here, seen), both_nets(shuffled, seen), strict=True):
        for name, values in numbers(found).items():
            np.testing.assert_array_equal(values, numbers(again)[name])
        names = [[each.areas[area] for area in each.area] for each in (found, again)]
        assert names[0] == names[1]


@settings(max_examples=14)
@given(data=st.data(), on_lattice=lattices)
def test_more_corners_on_the_edges_of_a_polygon_change_nothing(data, on_lattice):
    here, seen = data.draw(situations(on_lattice))
    seen = off_the_edges(seen)
    pitch_m = data.draw(st.sampled_from([250.0, 125.0]))
    denser = with_areas(here, lambda area: shapely.segmentize(area, pitch_m))
    assert_the_same(here, denser, seen, seen)


@settings(max_examples=14)
@given(data=st.data(), on_lattice=lattices)
def test_a_polygon_cut_in_two_along_a_line_is_the_same(data, on_lattice):
    here, seen = data.draw(situations(on_lattice))
    seen = off_the_edges(seen)
    at_m = data.draw(st.sampled_from([-500.0, 0.0, 250.0, 1000.0]))
    sides = [box(-BIG_M, -BIG_M, at_m, BIG_M), box(at_m, -BIG_M, BIG_M, BIG_M)]
    if data.draw(st.booleans()):
        sides = [affinity.rotate(side, 90.0, origin=(0.0, 0.0)) for side in sides]

    def halves(part):
        cut = [polygon_parts(shapely.intersection(part.area, side)) for side in sides]
        return [replace(part, area=half, name=f"{part.name}{n}") for n, half in enumerate(cut) if half is not None]

    cut = replace(
        here,
        minimum_altitudes=(EVERYWHERE, *(half for part in here.minimum_altitudes[1:] for half in halves(part))),
        volumes=tuple(half for part in here.volumes for half in halves(part)),
    )
    assert_the_same(here, cut, seen, seen)


@settings(max_examples=14)
@given(
    data=st.data(),
    angle_deg=st.floats(-180.0, 180.0),
    east_m=st.floats(-50_000, 50_000),
    north_m=st.floats(-9000, 9000),
)
def test_the_whole_situation_may_be_moved_and_turned(data, angle_deg, east_m, north_m):
    here, seen = data.draw(situations(False))
    seen = off_the_edges(seen)
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    matrix = [cos, -sin, sin, cos, east_m, north_m]

    def moved(x, y):
        return x * cos - y * sin + east_m, x * sin + y * cos + north_m

    there = with_areas(here, lambda area: affinity.affine_transform(area, matrix))
    masts = []
    for mast in here.obstacles:
        x_m, y_m = moved(mast.x_m, mast.y_m)
        masts.append(replace(mast, x_m=x_m, y_m=y_m))
    there = replace(there, obstacles=tuple(masts))
    x_m, y_m = moved(seen.x_m, seen.y_m)
    also_seen = replace(
        seen,
        x_m=x_m,
        y_m=y_m,
        vx_mps=seen.vx_mps * cos - seen.vy_mps * sin,
        vy_mps=seen.vx_mps * sin + seen.vy_mps * cos,
    )
    assert_the_same(here, there, seen, also_seen)


@settings(max_examples=14)
@given(data=st.data(), on_lattice=lattices)
def test_below_a_volume_is_the_mirror_of_above_it(data, on_lattice):
    """Everything vertical is mirrored about 2,000 ft; climbs are believed as descents are."""
    here, seen = data.draw(situations(on_lattice))
    believed = here.parameters.apw.model_copy(update={"climb_credit": 1.0})
    here = replace(here, parameters=here.parameters.with_tables(apw=believed))
    mirror_ft = 4000.0
    there = replace(
        here,
        volumes=tuple(
            replace(
                part,
                floor=Limit(mirror_ft - part.ceiling.value_ft, False),
                ceiling=Limit(mirror_ft - part.floor.value_ft, False),
            )
            for part in here.volumes
        ),
    )
    also_seen = replace(
        seen,
        altitude_ft=mirror_ft - seen.altitude_ft,
        vertical_rate_fpm=-seen.vertical_rate_fpm,
        cleared_level_ft=mirror_ft - seen.cleared_level_ft,
        selected_level_ft=mirror_ft - seen.selected_level_ft,
    )
    [found] = judge_states(APW, seen, tracks_of(seen), here)
    [mirrored] = judge_states(APW, also_seen, tracks_of(also_seen), there)
    tolerance = 0.0 if on_lattice else 1e-9
    np.testing.assert_allclose(mirrored.time_to_violation_s, found.time_to_violation_s, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(mirrored.margin_ft, found.margin_ft, atol=1e-9)


@settings(max_examples=14)
@given(data=st.data(), course_deg=st.floats(0.0, 360.0))
def test_left_of_a_course_is_the_mirror_of_right_of_it(data, course_deg):
    flown = picture(data.draw(st.lists(plots(False), min_size=1, max_size=20)))
    flown = replace(flown, y_m=flown.y_m - 9000.0)
    mirrored = replace(flown, x_m=-flown.x_m, vx_mps=-flown.vx_mps)
    times = []
    for seen, kind in ((flown, "left"), (mirrored, "right")):
        turned = turned_by(seen, course_deg)
        here = site(
            approaches=(approach(course_deg=course_deg, half_width_m=300.0),),
            parameters=parameters(apm={"kinds": (kind,)}),
        )
        [found] = judge_states(APM, turned, tracks_of(turned), here)
        times.append(found.time_to_violation_s)
    np.testing.assert_allclose(times[0], times[1], atol=ABOUT_S)


def turned_by(seen: TrackState, course_deg: float) -> TrackState:
    cos, sin = math.cos(math.radians(course_deg)), math.sin(math.radians(course_deg))
    return replace(
        seen,
        x_m=seen.x_m * cos + seen.y_m * sin,
        y_m=seen.y_m * cos - seen.x_m * sin,
        vx_mps=seen.vx_mps * cos + seen.vy_mps * sin,
        vy_mps=seen.vy_mps * cos - seen.vx_mps * sin,
    )


def with_areas(here: Site, change: Callable[[Area], Area]) -> Site:
    return replace(
        here,
        minimum_altitudes=tuple(replace(part, area=change(part.area)) for part in here.minimum_altitudes),
        volumes=tuple(replace(part, area=change(part.area)) for part in here.volumes),
    )


def polygon_parts(geometry: BaseGeometry) -> Area | None:
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and part.area > 0.0]
    return shapely.union_all(parts) if parts else None


def off_the_edges(seen: TrackState) -> TrackState:
    """The same plots a little aside and higher, so that rounding does not decide whether an edge or a limit is met."""
    return replace(seen, x_m=seen.x_m + 0.123_456_7, y_m=seen.y_m + 0.076_543_2, altitude_ft=seen.altitude_ft + 0.37)


def assert_the_same(here: Site, there: Site, seen: TrackState, also_seen: TrackState) -> None:
    for found, again in zip(both_nets(here, seen), both_nets(there, also_seen), strict=True):
        np.testing.assert_allclose(found.time_to_violation_s, again.time_to_violation_s, atol=ABOUT_S, rtol=0.0)
        np.testing.assert_allclose(found.hold_time_to_violation_s, again.hold_time_to_violation_s, atol=ABOUT_S, rtol=0)
        assert found.severe.tolist() == again.severe.tolist()
        assert found.reason.tolist() == again.reason.tolist()
        if found.net is MSAW:
            np.testing.assert_allclose(found.margin_ft, again.margin_ft, atol=1e-6)
