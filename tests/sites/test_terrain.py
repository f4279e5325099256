"""Terrain: never below its sources, voids and coarse data said, other datums refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import CRS, Transformer
from rasterio import Affine

from safetynets.errors import SiteError
from safetynets.geodesy import Plane
from safetynets.sites import Site, height_files, load_site, shipped_folder
from safetynets.sites.geometry import Terrain
from safetynets.sites.height_files import Heights, read_heights
from safetynets.sites.terrain import highest_within, terrain_on_plane
from safetynets.units import ft_to_m, m_to_ft
from tests.sites.site_texts import HEAD

WGS84_DEGREES = CRS.from_epsg(4326)
DATA = shipped_folder() / "data" / "terrain"


@pytest.fixture(scope="module")
def geneva() -> Site:
    return load_site("geneva")


@pytest.fixture(scope="module")
def zurich() -> Site:
    return load_site("zurich")


@pytest.fixture(scope="module")
def paris() -> Site:
    return load_site("paris")


def cells_at(terrain: Terrain, x_m, y_m) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row and column of the cell that holds each point, and whether there is one."""
    row = np.floor((np.asarray(y_m) - terrain.y0_m) / terrain.cell_m).astype(int)
    column = np.floor((np.asarray(x_m) - terrain.x0_m) / terrain.cell_m).astype(int)
    rows, columns = terrain.elevation_ft.shape
    return row, column, (row >= 0) & (row < rows) & (column >= 0) & (column < columns)


def samples_above_the_grid(heights: Heights, terrain: Terrain, plane: Plane) -> tuple[int, int]:
    """How many points of measured samples lie on the grid, and how many of those are higher than their cell."""
    rows, columns = np.nonzero(heights.measured)
    elevation_ft = m_to_ft(heights.elevation_m[rows, columns].astype(np.float64))
    to_plane = Transformer.from_crs(heights.crs, plane.crs, always_xy=True)
    on_grid, above = 0, 0
    for down, right in ((0.5, 0.5), (0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)):
        x_m, y_m = to_plane.transform(
            heights.u0 + (columns + right) * heights.du, heights.v0 - (rows + down) * heights.dv
        )
        row, column, inside = cells_at(terrain, x_m, y_m)
        on_grid += int(inside.sum())
        above += int((elevation_ft[inside] > terrain.elevation_ft[row[inside], column[inside]] + 1e-6).sum())
    return on_grid, above


def test_no_cell_of_geneva_is_below_any_sample_of_its_finest_source(geneva):
    heights = read_heights([DATA / "N46E006.hgt.gz"], "EGM96", "test")
    on_grid, above = samples_above_the_grid(heights, geneva.terrain, geneva.plane)
    # Centre and four corners of 1,424,322 measured samples; 40 NM reach over nine tenths of the tile.
    assert on_grid > 6_400_000
    assert above == 0


def test_no_cell_of_paris_is_below_any_sample(paris):
    heights = read_heights([DATA / "globe30s_paris.tif"], "MSL", "test")
    on_grid, above = samples_above_the_grid(heights, paris.terrain, paris.plane)
    assert on_grid > 150_000
    assert above == 0


def test_no_cell_of_zurich_outside_the_tiles_is_below_the_coarse_source(zurich):
    coarse = read_heights([DATA / "globe30s_switzerland_alps.tif"], "MSL", "test")
    rows, columns = np.indices(coarse.elevation_m.shape)
    latitude = coarse.v0 - (rows + 0.5) * coarse.dv
    longitude = coarse.u0 + (columns + 0.5) * coarse.du
    outside_tiles = (latitude < 46.98) | (latitude > 48.02) | (longitude < 6.98) | (longitude > 10.02)
    only = Heights(
        coarse.elevation_m, outside_tiles, coarse.u0, coarse.v0, coarse.du, coarse.dv, coarse.crs, coarse.notes
    )
    on_grid, above = samples_above_the_grid(only, zurich.terrain, zurich.plane)
    assert on_grid > 30_000
    assert above == 0


@pytest.mark.parametrize(
    ("site", "latitude_deg", "longitude_deg", "elevation_m", "tolerance_m"),
    [
        # Height of the map; tolerance: SRTM 3" smooths sharp summits, by 30 m at the Mole (SOURCES.md of the sites).
        ("geneva", 46.0942, 6.1408, 1379, 15),
        ("geneva", 46.4256, 6.0992, 1677, 20),
        ("geneva", 46.2292, 6.3550, 1480, 25),
        ("geneva", 46.1067, 6.4561, 1863, 40),
        ("geneva", 46.40, 6.45, 372, 5),
        ("zurich", 47.3495, 8.4921, 870, 15),
        ("zurich", 47.4817, 8.3911, 866, 30),
        ("zurich", 47.0567, 8.4853, 1798, 30),
        ("zurich", 47.25, 8.66, 406, 10),
    ],
)
def test_known_heights_stand_in_the_grid(request, site, latitude_deg, longitude_deg, elevation_m, tolerance_m):
    loaded = request.getfixturevalue(site)
    x_m, y_m = loaded.plane.to_plane(latitude_deg, longitude_deg)
    row, column, _ = cells_at(loaded.terrain, x_m, y_m)
    # The summit may lie in the next cell: coordinates of maps are good to some 100 m.
    around = loaded.terrain.elevation_ft[row - 1 : row + 2, column - 1 : column + 2]
    assert ft_to_m(float(around.max())) == pytest.approx(elevation_m, abs=tolerance_m)


def test_grid_is_hardly_higher_than_the_flat_lake(geneva):
    x_m, y_m = geneva.plane.to_plane(46.45, 6.6)
    row, column, _ = cells_at(geneva.terrain, x_m, y_m)
    lake_m = ft_to_m(geneva.terrain.elevation_ft[row - 4 : row + 5, column - 4 : column + 5])
    assert lake_m.min() >= 369
    assert lake_m.max() <= 374


def test_filled_voids_and_coarse_terrain_are_said(geneva):
    voids, coarse = geneva.terrain.notes
    assert voids == (
        "N46E006.hgt.gz: 18,079 of 1,442,401 samples were void and were filled from the highest sample around each hole"
    )
    assert "1 km terrain (GLOBE 30 arc-second): narrow ridges up to 340 m too low" in coarse


def test_every_site_has_terrain_everywhere_on_its_grid(geneva, zurich, paris):
    for site in (geneva, zurich, paris):
        assert np.isfinite(site.terrain.elevation_ft).all()


def test_void_takes_the_highest_sample_around_its_hole(tmp_path):
    values = np.full((1201, 1201), 400, dtype=">i2")
    values[10:13, 10:13] = -32768
    values[9, 9] = 900
    values[500, 500] = -32768
    file = hgt(tmp_path, values)
    heights = read_heights([file], "EGM96", "test")
    assert (heights.elevation_m[10:13, 10:13] == 900).all()
    assert heights.elevation_m[500, 500] == 400
    assert not heights.measured[11, 11]
    assert "10 of 1,442,401 samples were void" in heights.notes[0]


def test_cell_over_a_filled_void_also_takes_the_coarser_source():
    plane = Plane(46.0, 6.0)
    fine = field(np.full((200, 200), 100.0), measured=False)
    coarse = field(np.full((20, 20), 800.0), spacing_deg=0.01)
    assert (terrain_on_plane([fine, coarse], plane, 1.0, 250.0).elevation_ft == m_to_ft(800.0)).all()
    measured = field(np.full((200, 200), 100.0))
    assert (terrain_on_plane([measured, coarse], plane, 1.0, 250.0).elevation_ft == m_to_ft(100.0)).all()


def test_cell_beyond_the_finer_source_takes_the_coarser_one_and_beyond_both_has_no_data():
    plane = Plane(46.0, 6.0)
    fine = field(np.full((20, 20), 100.0))
    coarse = field(np.full((6, 6), 200.0), spacing_deg=0.01)
    terrain = terrain_on_plane([fine, coarse], plane, 3.0, 250.0)
    half = len(terrain.elevation_ft) // 2
    assert terrain.elevation_ft[half, half] == m_to_ft(100.0)
    assert terrain.elevation_ft[half + 8, half] == m_to_ft(200.0)
    assert np.isnan(terrain.elevation_ft[0, 0])
    assert "cells have no height data" in terrain.notes[-1]


FIRST_CELL, ALL_CELLS = -8, range(-8, 8)
"""The cells of 250 m from the centre of a terrain of 1 NM, south to north or west to east."""


@pytest.mark.parametrize(
    ("towards", "covered", "touched"),
    [
        ((0.0, 0.0), ALL_CELLS, ALL_CELLS),
        # An edge of the fine sample 111 m north or south, or 77 m east or west, of the centre cuts the cell there.
        ((0.051, 0.0), range(1, 8), range(0, 8)),
        ((-0.051, 0.0), range(-8, -1), range(-8, 0)),
        ((0.0, 0.051), range(1, 8), range(0, 8)),
        ((0.0, -0.051), range(-8, -1), range(-8, 0)),
    ],
)
def test_only_a_cell_that_lies_wholly_in_the_finer_source_goes_without_the_coarser_one(towards, covered, touched):
    plane = Plane(46.0, 6.0)
    fine = field(np.array([[100.0]]), centre=(46.0 + towards[0], 6.0 + towards[1]), spacing_deg=0.1)
    coarse = field(np.array([[800.0]]), spacing_deg=1.0)
    both, alone = (terrain_on_plane(sources, plane, 1.0, 250.0).elevation_ft for sources in ([fine, coarse], [fine]))
    across = np.s_[-FIRST_CELL, :] if towards[1] else np.s_[:, -FIRST_CELL]
    assert np.round(ft_to_m(both[across])).tolist() == [100.0 if cell in covered else 800.0 for cell in ALL_CELLS]
    assert np.isfinite(alone[across]).tolist() == [cell in touched for cell in ALL_CELLS]


def test_a_cell_takes_the_samples_that_touch_it_and_none_a_cell_away():
    """The high sample begins at the centre, where the next cell south touches it."""
    south_m, north_m = 100.0, 800.0
    heights = field(np.array([[north_m], [south_m]]), spacing_deg=0.1)
    elevation_ft = terrain_on_plane([heights], Plane(46.0, 6.0), 1.0, 250.0).elevation_ft
    assert (elevation_ft[: -FIRST_CELL - 1] == m_to_ft(south_m)).all()
    assert (elevation_ft[-FIRST_CELL - 1 :] == m_to_ft(north_m)).all()


@settings(max_examples=40)
@given(
    arrays(np.float64, (12, 12), elements=st.floats(0.0, 4000.0)),
    st.floats(20.0, 900.0),
    st.floats(-0.01, 0.01),
    st.floats(40.0, 60.0),
)
def test_no_grid_is_below_any_point_of_any_sample(elevation_m, cell_m, shift_deg, latitude_deg):
    """Random points of every sample's rectangle, corners included, against the cell that holds them."""
    plane = Plane(latitude_deg, 6.0)
    heights = field(elevation_m, centre=(latitude_deg + shift_deg, 6.0 + shift_deg), spacing_deg=0.002)
    terrain = terrain_on_plane([heights], plane, 0.8, cell_m)
    on_grid, above = samples_above_the_grid(heights, terrain, plane)
    assert on_grid > 0
    assert above == 0


def field(elevation_m, centre=(46.0, 6.0), spacing_deg=0.001, measured=True) -> Heights:
    """Heights centred on a place, on WGS 84."""
    rows, columns = elevation_m.shape
    return Heights(
        elevation_m,
        np.full(elevation_m.shape, measured),
        centre[1] - columns / 2 * spacing_deg,
        centre[0] + rows / 2 * spacing_deg,
        spacing_deg,
        spacing_deg,
        WGS84_DEGREES,
        (),
    )


def brute_force_highest(elevation_ft: np.ndarray, cell_m: float, buffer_m: float) -> np.ndarray:
    out = elevation_ft.copy()
    cells = list(np.ndindex(elevation_ft.shape))
    for row, column in cells:
        if np.isnan(elevation_ft[row, column]) or buffer_m <= 0:
            continue
        for other_row, other_column in cells:
            down_m = max(abs(other_row - row) - 1, 0) * cell_m
            right_m = max(abs(other_column - column) - 1, 0) * cell_m
            if np.hypot(down_m, right_m) < buffer_m and elevation_ft[other_row, other_column] > out[row, column]:
                out[row, column] = elevation_ft[other_row, other_column]
    return out


@given(
    arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(-1, 9).map(float)),
    st.sampled_from([0.0, 1.0, 100.0, 100.1, 141.5, 250.0, 424.2, 500.0, 3000.0]),
)
def test_highest_within_a_buffer_is_what_brute_force_finds(elevation_ft, buffer_m):
    elevation_ft = np.where(elevation_ft < 0, np.nan, elevation_ft)
    found = highest_within(Terrain(0.0, 0.0, 100.0, elevation_ft, ()), buffer_m).elevation_ft
    np.testing.assert_array_equal(found, brute_force_highest(elevation_ft, 100.0, buffer_m))


def test_terrain_with_a_buffer_cannot_be_changed(geneva):
    assert not highest_within(geneva.terrain, 500.0).elevation_ft.flags.writeable


def test_no_buffer_changes_nothing(geneva):
    assert highest_within(geneva.terrain, 0.0) is geneva.terrain


# Files that cannot be used


def hgt(folder: Path, values: np.ndarray) -> Path:
    file = folder / "N46E006.hgt"
    file.write_bytes(values.astype(">i2").tobytes())
    return file


def geotiff(
    folder: Path,
    crs: object,
    values: np.ndarray | None = None,
    units: str = "m",
    scale: float = 1.0,
    **profile: object,
) -> Path:
    values = np.full((40, 40), 400, dtype=np.float32) if values is None else values
    file = folder / "heights.tif"
    profile = {"transform": Affine(0.01, 0, 5.8, 0, -0.01, 46.2), "nodata": None} | profile
    with rasterio.open(
        file, "w", driver="GTiff", height=40, width=40, count=1, dtype=values.dtype, crs=crs, **profile
    ) as data:
        data.write(values, 1)
        data.units = (units,)
        data.scales = (scale,)
    return file


def terrain_text(file: str, datum: str = "EGM96") -> str:
    return f"""
[terrain]
extent_nm = 5
[[terrain.sources]]
files = ["{file}"]
vertical_datum = "{datum}"
source = "made for a test"
"""


def test_geotiff_in_another_horizontal_crs_is_brought_onto_the_plane(site_of, tmp_path):
    easting, northing = Transformer.from_crs(4326, 32632, always_xy=True).transform(6.0, 46.0)
    geotiff(tmp_path, "EPSG:32632", transform=Affine(1000, 0, easting - 20_000, 0, -1000, northing + 20_000))
    site = load_site(site_of(terrain_text("heights.tif")))
    assert np.unique(site.terrain.elevation_ft) == pytest.approx([m_to_ft(400.0)])


@pytest.mark.parametrize("datum", ["WGS84", "ellipsoid", "unknown", "LN02", ""])
def test_heights_above_anything_but_mean_sea_level_are_refused(refusal_of, tmp_path, datum):
    geotiff(tmp_path, "EPSG:4326")
    assert "vertical_datum" in (message := refusal_of(terrain_text("heights.tif", datum)))
    assert "convert them to mean sea level and write one of EGM96, EGM2008, MSL" in message or "is empty" in message
    assert "terrain.sources[1].vertical_datum" in message


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:4979", "heights are above the ellipsoid"),
        ("EPSG:4326+3855", "the file says its heights are 'EGM2008 height', the site says 'EGM96'"),
        ("EPSG:4326+5728", "the file says its heights are 'LN02 height', the site says 'EGM96'"),
        ("EPSG:4326+5703", "the site says 'EGM96'"),
        ("EPSG:4326+5714", "the file says its heights are 'MSL height', the site says 'EGM96'"),
    ],
)
def test_file_that_says_another_datum_than_the_site_is_refused(refusal_of, tmp_path, crs, said):
    geotiff(tmp_path, crs)
    message = refusal_of(terrain_text("heights.tif"))
    assert said in message
    assert "convert the heights to metres above mean sea level" in message


def test_a_national_datum_is_not_taken_for_mean_sea_level(refusal_of, tmp_path):
    geotiff(tmp_path, "EPSG:4326+5703")
    assert "the site says 'MSL'" in refusal_of(terrain_text("heights.tif", "MSL"))


@pytest.mark.parametrize(
    ("crs", "datum"), [("EPSG:4326+5773", "EGM96"), ("EPSG:4326+3855", "EGM2008"), ("EPSG:4326+5714", "MSL")]
)
def test_file_that_says_the_datum_of_the_site_is_accepted(site_of, tmp_path, crs, datum):
    geotiff(tmp_path, crs)
    assert load_site(site_of(terrain_text("heights.tif", datum))).terrain.elevation_ft.max() == m_to_ft(400.0)


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.01, 0, 5.8, 0, 0.01, 45.8),
        Affine(0.01, 0, 5.8, 0, 0, 46.2),
        Affine(-0.01, 0, 6.2, 0, -0.01, 46.2),
        Affine(0.01, 0.001, 5.8, 0, -0.01, 46.2),
        Affine(0.01, 0, 5.8, 0.001, -0.01, 46.2),
    ],
    ids=["south up", "of no height", "east to west", "leaning", "sloping"],
)
def test_a_grid_that_is_not_north_up_is_refused(refusal_of, tmp_path, transform):
    geotiff(tmp_path, "EPSG:4326", transform=transform)
    assert "the grid is turned or upside down; resample it north up" in refusal_of(terrain_text("heights.tif"))


def test_a_file_of_as_many_heights_as_are_read_is_read_and_one_of_more_refused(tmp_path, monkeypatch):
    file = geotiff(tmp_path, "EPSG:4326")
    monkeypatch.setattr(height_files, "MOST_SAMPLES", 40 * 40)
    assert read_heights([file], "EGM96", "").elevation_m.shape == (40, 40)
    monkeypatch.setattr(height_files, "MOST_SAMPLES", 40 * 40 - 1)
    with pytest.raises(SiteError, match="the file holds 1,600 heights, more than are read"):
        read_heights([file], "EGM96", "")


def test_file_without_coordinates_is_refused(refusal_of, tmp_path):
    geotiff(tmp_path, None)
    assert "heights.tif: the file has no coordinate reference system" in refusal_of(terrain_text("heights.tif"))


def test_missing_height_file_is_named(refusal_of):
    assert "nowhere.hgt: there is no such height file" in refusal_of(terrain_text("nowhere.hgt"))


@pytest.mark.parametrize("name", ["heights.tif", "N46E006.hgt", "N46E006.hgt.gz"])
@pytest.mark.parametrize("content", [b"", b"not heights", b"\x1f\x8b\x08\x00broken"])
def test_file_that_holds_no_heights_is_refused(refusal_of, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    message = refusal_of(terrain_text(name))
    assert f"{name}: cannot be read as heights" in message
    assert "fetch the file again" in message


def test_truncated_tile_is_refused(refusal_of, tmp_path):
    whole = (DATA / "N46E006.hgt.gz").read_bytes()
    (tmp_path / "N46E006.hgt.gz").write_bytes(whole[: len(whole) // 2])
    assert "N46E006.hgt.gz: cannot be read as heights" in refusal_of(terrain_text("N46E006.hgt.gz"))
    (tmp_path / "N46E006.hgt").write_bytes(gzip.decompress(whole)[:1_000_000])
    assert "N46E006.hgt: cannot be read as heights" in refusal_of(terrain_text("N46E006.hgt"))


def test_reading_a_tile_leaves_nothing_beside_it(site_of, tmp_path):
    (tmp_path / "N46E006.hgt.gz").write_bytes((DATA / "N46E006.hgt.gz").read_bytes())
    load_site(site_of(terrain_text("N46E006.hgt.gz")))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["N46E006.hgt.gz", "site.toml"]


@pytest.mark.parametrize("value", [-9999.0, 20_000.0])
def test_heights_that_cannot_be_metres_are_refused(refusal_of, tmp_path, value):
    values = np.full((40, 40), 400, dtype=np.float32)
    values[3, 3] = value
    geotiff(tmp_path, "EPSG:4326", values)
    assert f"an elevation of {value:g} m is not of this earth" in refusal_of(terrain_text("heights.tif"))


@pytest.mark.parametrize("said", [{"units": "ft"}, {"units": "us-ft"}, {"scale": 0.1}])
def test_file_that_says_its_heights_are_not_plain_metres_is_refused(refusal_of, tmp_path, said):
    geotiff(tmp_path, "EPSG:4326", **said)
    assert "not plain metres; convert them to one band of metres" in refusal_of(terrain_text("heights.tif"))


def test_nan_and_infinity_in_a_height_file_are_voids(site_of, tmp_path):
    values = np.full((40, 40), 400, dtype=np.float32)
    values[20, 20], values[10, 10] = np.nan, np.inf
    geotiff(tmp_path, "EPSG:4326", values)
    site = load_site(site_of(terrain_text("heights.tif")))
    assert site.terrain.elevation_ft.max() == m_to_ft(400.0)
    assert "2 of 1,600 samples were void" in site.terrain.notes[0]


def test_file_of_voids_only_is_refused(refusal_of, tmp_path):
    geotiff(tmp_path, "EPSG:4326", np.full((40, 40), -32768, dtype=np.int16), nodata=-32768)
    assert "heights.tif: the file holds voids only" in refusal_of(terrain_text("heights.tif"))


def test_files_of_one_set_must_lie_on_one_grid(refusal_of, tmp_path):
    geotiff(tmp_path, "EPSG:4326")
    (tmp_path / "N46E006.hgt.gz").write_bytes((DATA / "N46E006.hgt.gz").read_bytes())
    message = refusal_of(terrain_text('N46E006.hgt.gz", "heights.tif'))
    assert "heights.tif: the file does not lie on the grid of N46E006.hgt.gz" in message
    assert "[[terrain.sources]] table of its own" in message


def test_files_of_one_set_must_have_samples_of_one_size(tmp_path):
    """Those of the second file are half as long and half as wide, and begin on the grid of the first."""
    (tmp_path / "fine").mkdir()
    coarse = geotiff(tmp_path, "EPSG:4326")
    fine = geotiff(tmp_path / "fine", "EPSG:4326", transform=Affine(0.005, 0, 6.2, 0, -0.005, 46.2))
    with pytest.raises(SiteError, match=r"the file does not lie on the grid of heights\.tif"):
        read_heights([coarse, fine], "EGM96", "")


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_tiles_keep_their_places_in_whatever_order_they_are_given(tmp_path, order):
    """Four tiles of 40 by 40 samples, each of one height; the first given is not always the north-west."""
    corners = {100: (5.8, 46.2), 200: (6.2, 46.2), 300: (5.8, 45.8), 400: (6.2, 45.8)}
    files = []
    for height_m, (west_deg, north_deg) in corners.items():
        (tmp_path / str(height_m)).mkdir()
        values = np.full((40, 40), height_m, dtype=np.float32)
        transform = Affine(0.01, 0, west_deg, 0, -0.01, north_deg)
        files.append(geotiff(tmp_path / str(height_m), "EPSG:4326", values, transform=transform))
    heights = read_heights([files[place] for place in order], "EGM96", "")
    assert (heights.u0, heights.v0) == (pytest.approx(5.8), pytest.approx(46.2))
    wanted = np.kron([[100.0, 200.0], [300.0, 400.0]], np.ones((40, 40)))
    np.testing.assert_array_equal(heights.elevation_m, wanted)


def test_tiles_side_by_side_have_no_seam(zurich):
    x_m, y_m = zurich.plane.to_plane(np.linspace(47.2, 47.8, 400), np.full(400, 9.0))
    row, column, inside = cells_at(zurich.terrain, x_m, y_m)
    assert inside.all()
    seam = zurich.terrain.elevation_ft[row, column]
    beside = np.maximum(zurich.terrain.elevation_ft[row, column - 1], zurich.terrain.elevation_ft[row, column + 1])
    # Across a seam the ground goes on: no wall, no trench.
    assert np.abs(seam - beside).max() < 1500
    assert np.median(np.abs(seam - beside)) < 150


def test_site_without_terrain_has_none(site_of):
    assert load_site(site_of(head=HEAD)).terrain is None


ANTIMERIDIAN = Path(__file__).parent / "data" / "antimeridian"


def test_tiles_on_both_sides_of_180_degrees_are_one_terrain() -> None:
    terrain = load_site(ANTIMERIDIAN).terrain
    assert terrain is not None
    assert terrain.notes == ()
    # Both tiles are 700 m everywhere, the first from 179 to 180 E, the second from 180 to 179 W.
    np.testing.assert_allclose(terrain.elevation_ft, 2297.0, atol=0.5)


@pytest.mark.parametrize("files", [["S17E179.hgt.gz"], ["S17W180.hgt.gz"]])
def test_a_tile_on_one_side_of_180_degrees_covers_its_side_only(files: list[str]) -> None:
    heights = read_heights([ANTIMERIDIAN / name for name in files], "EGM96", "")
    terrain = terrain_on_plane([heights], Plane(-16.5, 180.0), 5.0, 250.0)
    known = np.isfinite(terrain.elevation_ft)
    west, east = known[:, : known.shape[1] // 2 - 1].all(), known[:, known.shape[1] // 2 + 1 :].all()
    assert (west, east) == (files == ["S17E179.hgt.gz"], files == ["S17W180.hgt.gz"])


def test_files_far_apart_are_refused_before_a_grid_over_both_is_made(tmp_path: Path) -> None:
    for name in ("N00E000.hgt.gz", "S80E170.hgt.gz"):
        (tmp_path / name).write_bytes((ANTIMERIDIAN / "S17E179.hgt.gz").read_bytes())
    with pytest.raises(SiteError, match=r"lie so far apart that one grid over them has [\d,]+ samples; give files"):
        read_heights([tmp_path / "N00E000.hgt.gz", tmp_path / "S80E170.hgt.gz"], "EGM96", "")


def test_a_site_that_is_loaded_again_has_the_terrain_of_its_files_as_they_are_now(site_of, tmp_path):
    file = site_of(terrain_text("heights.tif"))
    geotiff(tmp_path, "EPSG:4326")
    first = load_site(file).terrain
    assert load_site(file, {"msaw.look_ahead_s": 60}).terrain is first, "made once while the files stay the same"
    geotiff(tmp_path, "EPSG:4326", np.full((40, 40), 500, dtype=np.float32))
    assert np.unique(load_site(file).terrain.elevation_ft) == pytest.approx([m_to_ft(500.0)])
    file = site_of(terrain_text("heights.tif").replace("extent_nm = 5", "extent_nm = 4"))
    assert load_site(file).terrain.elevation_ft.shape < first.elevation_ft.shape


def test_more_cells_than_a_machine_holds_are_refused_before_they_are_made(tmp_path: Path) -> None:
    text = (ANTIMERIDIAN / "site.toml").read_text(encoding="utf-8")
    (tmp_path / "site.toml").write_text(text.replace("extent_nm=20", "extent_nm=300").replace("=250", "=20"))
    with pytest.raises(SiteError, match=r"300 NM around in cells of 20 m are 3,086,\d+,\d+ cells; make the cells"):
        load_site(tmp_path)
