"""The shipped sites: what they say is true of the places, and what we drew is marked."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import numpy as np
import pytest
import shapely

from safetynets.sites import Site, list_sites, load_site
from safetynets.sites.geometry import Approach
from safetynets.units import FT_PER_NM, nm_to_m


@pytest.fixture(scope="module", params=["basel", "geneva", "lyon", "paris", "zurich"])
def site(request) -> Site:
    return load_site(request.param)


def highest_ft(site: Site, area: shapely.Geometry) -> float:
    """The highest cell that touches an area."""
    terrain = site.terrain
    rows, columns = np.indices(terrain.elevation_ft.shape)
    x_m, y_m = terrain.x0_m + columns * terrain.cell_m, terrain.y0_m + rows * terrain.cell_m
    left, bottom, right, top = area.buffer(terrain.cell_m).bounds
    near = (x_m >= left) & (x_m <= right) & (y_m >= bottom) & (y_m <= top)
    squares = shapely.box(x_m[near], y_m[near], x_m[near] + terrain.cell_m, y_m[near] + terrain.cell_m)
    shapely.prepare(area)
    return float(terrain.elevation_ft[near][shapely.intersects(area, squares)].max())


def on_final(approach: Approach, distance_nm: float, right_m: float = 0.0) -> tuple[float, float]:
    course = math.radians(approach.course_deg)
    along_m = -nm_to_m(distance_nm)
    return (
        approach.x_m + along_m * math.sin(course) + right_m * math.cos(course),
        approach.y_m + along_m * math.cos(course) - right_m * math.sin(course),
    )


def path_ft(approach: Approach, distance_nm: float) -> float:
    slope = math.tan(math.radians(approach.angle_deg)) * FT_PER_NM
    return approach.threshold_elevation_ft + approach.threshold_crossing_height_ft + distance_nm * slope


def test_shipped_sites_are_found_by_name():
    assert list_sites() == ("basel", "flat", "geneva", "guam", "lyon", "paris", "zurich")


def test_guam_speaks_the_words_of_the_faa_and_knows_its_chart_alone():
    guam = load_site("guam")
    assert (guam.rule_set, guam.terrain, guam.parameters.msaw.below_minimum_ft) == ("faa", None, 500.0)
    # As the chart of 2026-04 has them: the hills in the south, the island, Rota, Saipan and Tinian, and the sea.
    assert [one.minimum_ft for one in guam.minimum_altitudes] == [2600.0, 2300.0, 2900.0, 2800.0, 1800.0]
    assert all("FAA" in one.source for one in guam.minimum_altitudes)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("geneva", ["LSGG 22", "LSGG 04"]),
        ("lyon", ["LFLL 36R", "LFLL 36L"]),
        ("zurich", ["LSZH 14", "LSZH 16", "LSZH 28", "LSZH 34"]),
        (
            "paris",
            [f"LFPG {runway}" for runway in ["26L", "26R", "27L", "27R", "08L", "08R", "09L", "09R"]]
            + [f"LFPO {runway}" for runway in ["06", "24", "07", "25", "02", "20"]],
        ),
    ],
)
def test_site_has_its_approaches(name, expected):
    approaches = load_site(name, {"terrain.cell_m": 2000}).approaches
    assert [approach.name for approach in approaches] == expected
    assert all(approach.name == f"{approach.airport} {approach.runway}" for approach in approaches)


def test_courses_agree_with_the_runways_they_lead_to(site):
    """The course, followed from one threshold, leads along the runway: to within 15 m at 2 NM beyond."""
    by_name = {approach.name: approach for approach in site.approaches}
    opposite = {"22": "04", "26L": "08R", "26R": "08L", "27L": "09R", "27R": "09L", "24": "06", "25": "07", "20": "02"}
    pairs = [
        (by_name[f"{approach.airport} {runway}"], by_name[f"{approach.airport} {other}"])
        for approach in site.approaches
        for runway, other in opposite.items()
        if approach.runway == runway and f"{approach.airport} {other}" in by_name
    ]
    for one, other in pairs:
        course = math.radians(one.course_deg)
        dx, dy = other.x_m - one.x_m, other.y_m - one.y_m
        assert dx * math.sin(course) + dy * math.cos(course) > 2000
        # A localiser course may differ from the runway's direction by the error of its two ends: 0.1 degrees.
        assert abs(dx * math.cos(course) - dy * math.sin(course)) < 10
        assert abs((one.true_course_deg - other.true_course_deg) % 360 - 180) < 0.2


def test_displaced_thresholds_are_applied():
    paris = load_site("paris", {"terrain.cell_m": 2000})
    by_name = {approach.name: approach for approach in paris.approaches}
    x_m, y_m = paris.plane.to_plane(48.998798, 2.610179)
    moved_m = math.hypot(by_name["LFPG 26R"].x_m - float(x_m), by_name["LFPG 26R"].y_m - float(y_m))
    assert moved_m == pytest.approx(1969 * 0.3048, rel=3e-4)
    x_m, y_m = paris.plane.to_plane(48.994900, 2.602430)
    assert (by_name["LFPG 26L"].x_m, by_name["LFPG 26L"].y_m) == pytest.approx((float(x_m), float(y_m)), abs=0.01)


@pytest.mark.parametrize(
    ("name", "approach", "distance_nm", "altitude_ft"),
    [
        # Elevation + 50 ft + distance along the angle, as computed by hand for the real events.
        ("geneva", "LSGG 22", 6.0, 3326),
        ("geneva", "LSGG 22", 10.0, 4599),
        ("zurich", "LSZH 34", 8.0, 4241),
        ("zurich", "LSZH 14", 8.0, 3999),
    ],
)
def test_paths_pass_the_altitudes_computed_by_hand(name, approach, distance_nm, altitude_ft):
    found = {item.name: item for item in load_site(name, {"terrain.cell_m": 2000}).approaches}[approach]
    assert path_ft(found, distance_nm) == pytest.approx(altitude_ft, abs=1)


def test_zurich_34_says_that_its_angle_is_in_doubt():
    approach = load_site("zurich", {"terrain.cell_m": 2000}).approaches[3]
    assert approach.angle_deg == 3.3
    assert "one navigation file 3.0" in approach.source


def test_threshold_elevation_agrees_with_the_terrain(site):
    for approach in site.approaches:
        column = int((approach.x_m - site.terrain.x0_m) // site.terrain.cell_m)
        row = int((approach.y_m - site.terrain.y0_m) // site.terrain.cell_m)
        # The cell is the highest ground, building or tree within some hundred metres; a GLOBE sample is a mean of 1 km.
        assert -60 <= site.terrain.elevation_ft[row, column] - approach.threshold_elevation_ft <= 130


def test_polygons_drawn_by_us_are_marked_and_keep_the_rule_they_were_drawn_by(site):
    """Highest terrain plus 1,000 ft, rounded up to 500 ft."""
    for polygon in site.minimum_altitudes:
        assert polygon.illustrative
        assert polygon.minimum_ft == math.ceil((highest_ft(site, polygon.area) + 1000) / 500) * 500
    for volume in site.volumes:
        assert volume.illustrative == (volume.purpose != "restricted")
        if volume.purpose == "terrain_wall":
            assert volume.ceiling.value_ft == math.ceil((highest_ft(site, volume.area) + 1000) / 500) * 500
            assert highest_ft(site, volume.area) > 4000
    assert all(volume.illustrative for volume in site.inhibit_volumes)


def test_geneva_has_minimum_altitudes_and_one_alert_called_msaw():
    geneva = load_site("geneva")
    assert [polygon.name for polygon in geneva.minimum_altitudes] == ["Jura ridge", "Saleve", "Voirons and Mole"]
    assert geneva.parameters.arbitration.rule == "one_alert_called_msaw"
    assert "WP 86" in geneva.parameter_sources["arbitration.rule"]


def test_aircraft_on_final_is_inside_an_inhibit_volume_wherever_the_msaw_would_speak(site):
    """On the path at 150 kt, 300 m off to either side: an MSAW of 500 ft and 40 s is silent or inhibited."""
    terrain, speed_nm_s, ahead_s = site.terrain, 150 / 3600, 40

    def elevation_ft(x_m: float, y_m: float) -> float:
        row, column = int((y_m - terrain.y0_m) // terrain.cell_m), int((x_m - terrain.x0_m) // terrain.cell_m)
        return float(terrain.elevation_ft[row, column])

    spoke = 0
    for approach in site.approaches:
        for distance_nm in np.arange(0.0, 10.0, 0.1):
            for right_m in (-300.0, 0.0, 300.0):
                altitude_ft = min(path_ft(approach, distance_nm), approach.intercept_altitude_ft)
                fall_ft_s = speed_nm_s * math.tan(math.radians(approach.angle_deg)) * FT_PER_NM
                speaks = any(
                    altitude_ft - fall_ft_s * tau_s
                    < elevation_ft(*on_final(approach, distance_nm - speed_nm_s * tau_s, right_m)) + 500
                    for tau_s in range(0, ahead_s + 1, 4)
                )
                spoke += speaks
                inhibited = any(
                    shapely.intersects_xy(volume.area, *on_final(approach, distance_nm, right_m))
                    and volume.floor.value_ft <= altitude_ft <= volume.ceiling.value_ft
                    for volume in site.inhibit_volumes
                    if "MSAW" in volume.nets
                )
                assert inhibited or not speaks, (approach.name, distance_nm, right_m)
    assert spoke > 0


def test_inhibit_volumes_of_a_final_end_before_five_miles_so_that_an_early_descent_is_seen(site):
    for approach in site.approaches:
        own = [
            volume
            for volume in site.inhibit_volumes
            if approach.runway[:2] in volume.name and (approach.airport in volume.name or site.name != "paris")
        ]
        assert own
        assert any(shapely.intersects_xy(volume.area, *on_final(approach, 3.0)) for volume in own)
        assert not any(shapely.intersects_xy(volume.area, *on_final(approach, 5.2)) for volume in own)


def test_restricted_area_of_zurich_has_the_outline_of_its_source():
    area = load_site("zurich", {"terrain.cell_m": 2000}).volumes[1]
    assert (area.name, area.ceiling.value_ft, area.floor.value_ft) == ("LS-R31", 8500.0, 0.0)
    assert "no lower limit" in area.source
    site = load_site("zurich", {"terrain.cell_m": 2000})
    # Corner 1: 47 11 16 N, 8 28 04 E.
    x_m, y_m = site.plane.to_plane(47 + 11 / 60 + 16 / 3600, 8 + 28 / 60 + 4 / 3600)
    assert shapely.distance(shapely.Point(float(x_m), float(y_m)), area.area.exterior) < 1.0


def test_everything_has_a_source_and_no_machine_path(site):
    for items in (
        site.minimum_altitudes,
        site.obstacles,
        site.approaches,
        site.volumes,
        site.inhibit_volumes,
        site.pressure_regions,
        site.desks,
    ):
        for item in items:
            assert item.source
            assert not re.search(r"(^|\s)/\w+/", item.source)


def test_input_files_are_the_site_file_and_its_height_files():
    names = [file.name for file in load_site("geneva").input_files]
    assert names == ["site.toml", "N46E006.hgt.gz", "globe30s_switzerland_alps.tif"]
    assert all(file.is_file() for file in load_site("geneva").input_files)


def test_loading_twice_gives_the_same_site(site):
    again = load_site(site.name)
    assert np.array_equal(again.terrain.elevation_ft, site.terrain.elevation_ft)
    assert again.parameters == site.parameters
    assert [approach.course_deg for approach in again.approaches] == [item.course_deg for item in site.approaches]


def test_importing_the_room_opens_no_file_and_loads_no_raster_library():
    code = (
        "import sys, safetynets.sites, safetynets.sites.terrain_polygons\n"
        "assert not {'rasterio', 'numba', 'matplotlib', 'pandas'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_volumes_around_a_glide_path_leave_room_for_the_path_and_are_switched_off():
    """300 ft above and below the path of 27R, and level flight at the intercept altitude, are in none of them."""
    paris = load_site("paris", {"terrain.cell_m": 2000})
    (approach,) = [approach for approach in paris.approaches if approach.name == "LFPG 27R"]
    assert not any(volume.schedule.ever for volume in paris.volumes)
    for volume in paris.volumes:
        near_nm, far_nm = (int(word) for word in re.search(r", (\d+) to (\d+) NM", volume.name).groups())
        for distance_nm in np.linspace(near_nm, far_nm, 21):
            curvature_ft = (distance_nm * 1852) ** 2 / (2 * 6_371_008.8) / 0.3048
            nominal_ft = min(path_ft(approach, distance_nm) + curvature_ft, approach.intercept_altitude_ft)
            if volume.purpose == "glide_path_from_above":
                assert volume.floor.value_ft > nominal_ft + 299
            else:
                assert volume.ceiling.value_ft < nominal_ft - 299
            if near_nm < distance_nm < far_nm:
                assert volume.area.contains(shapely.Point(on_final(approach, distance_nm)))
