"""`safetynets site check`: a sound site has no finding, and each of many faults planted alone is found by its name."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from safetynets.adaptation.check import check_site
from safetynets.cli import main

ON = date(2026, 11, 27)

SOUND = """title = "A sound site"
centre_deg = [46.0, 6.0]
geoid_undulation_m = 50.0
source = "made for a test"

[terrain]
extent_nm = 20
cell_m = 500

[[terrain.sources]]
files = ["heights.tif"]
vertical_datum = "MSL"
source = "made for a test: a plain at 1,000 ft with one hill of 3,000 ft in the north-east"

[[pressure_regions]]
name = "everywhere"
transition_altitude_ft = 7000
transition_level_fl = 80
source = "made for a test"

[[approaches]]
name = "XXXX 36"
airport = "XXXX"
runway = "36"
threshold_deg = [46.0, 6.0]
threshold_elevation_ft = 1000
true_course_deg = 0
angle_deg = 3.0
intercept_altitude_ft = 4000
source = "made for a test"

[[approaches]]
name = "XXXX 18"
airport = "XXXX"
runway = "18"
threshold_deg = [46.0225, 6.0]
threshold_elevation_ft = 1000
true_course_deg = 180
angle_deg = 3.0
intercept_altitude_ft = 4000
source = "made for a test"

[[inhibit_volumes]]
name = "runway"
nets = ["MSAW"]
polygon_deg = [[45.93, 5.98], [45.93, 6.02], [46.0925, 6.02], [46.0925, 5.98]]
floor_ft = 0
ceiling_ft = 2500
reason = "final approach and departure"
source = "made for a test"

[[minimum_altitudes]]
name = "hill"
minimum_ft = 4100
polygon_deg = [[46.1, 6.2], [46.1, 6.3], [46.2, 6.3], [46.2, 6.2]]
source = "made for a test"

[[minimum_altitudes]]
name = "plain"
minimum_ft = 2100
polygon_deg = [[46.1, 6.1], [46.1, 6.2], [46.2, 6.2], [46.2, 6.1]]
source = "made for a test"

[[minimum_altitudes]]
name = "plain west"
minimum_ft = 2000
polygon_deg = [[46.1, 6.03], [46.1, 6.1], [46.2, 6.1], [46.2, 6.03]]
source = "made for a test"

[[volumes]]
name = "range"
purpose = "restricted"
centre_deg = [46.1, 5.9]
radius_nm = 2
floor_ft = 0
ceiling_ft = 5000
source = "made for a test"

[[obstacles]]
name = "mast"
position_deg = [45.9, 6.1]
top_ft = 1400
source = "made for a test"

[[desks]]
name = "Tower"
centre_deg = [46.0, 6.0]
radius_nm = 25
floor_ft = 0
ceiling_fl = 195
source = "made for a test"
"""

PLAIN_M, HILL_M = 304.8, 914.4


@pytest.fixture(scope="module")
def heights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain at 1,000 ft with a hill of 3,000 ft at 46.15 N 6.25 E, on a grid of 0.005 degrees."""
    import rasterio

    file = tmp_path_factory.mktemp("terrain") / "heights.tif"
    elevation_m = np.full((240, 240), PLAIN_M, dtype=np.float32)
    elevation_m[85:95, 165:175] = HILL_M
    with rasterio.open(
        file, "w", driver="GTiff", height=240, width=240, count=1, dtype="float32", crs="EPSG:4326",
        transform=rasterio.Affine(0.005, 0.0, 5.4, 0.0, -0.005, 46.6),
    ) as data:  # fmt: skip
        data.write(elevation_m, 1)
    return file


@pytest.fixture
def checked(tmp_path: Path, heights: Path):
    """Writes a site and answers with its findings as pairs (check, about)."""

    def check(text: str) -> list[tuple[str, str]]:
        (tmp_path / "heights.tif").write_bytes(heights.read_bytes())
        (tmp_path / "site.toml").write_text(text, encoding="utf-8")
        return [(finding.check, finding.about) for finding in check_site(tmp_path, ON).findings]

    return check


def test_sound_site_has_no_finding(checked):
    assert checked(SOUND) == []


def polygon(name: str, minimum_ft: float, south: float, west: float, north: float, east: float) -> str:
    corners = f"[[{south}, {west}], [{south}, {east}], [{north}, {east}], [{north}, {west}]]"
    head = f'\n[[minimum_altitudes]]\nname = "{name}"\nminimum_ft = {minimum_ft}\n'
    return f'{head}polygon_deg = {corners}\nsource = "test"\n'


def swap(old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


HILL = 'name = "hill"\nminimum_ft = 4100'
WEST = 'name = "plain west"\nminimum_ft = 2000'
COURSE = "true_course_deg = 0\nangle_deg = 3.0"
RING = "[[46.1, 6.03], [46.1, 6.1], [46.2, 6.1], [46.2, 6.03]]"
RUNWAY = "[[45.93, 5.98], [45.93, 6.02], [46.0925, 6.02], [46.0925, 5.98]]"
CEILING = "floor_ft = 0\nceiling_ft = 2500"
ELEVATION = "threshold_deg = [46.0, 6.0]\nthreshold_elevation_ft = 1000"

REGION = """
[[parameter_regions]]
name = "north"
centre_deg = [46.1, 6.0]
radius_nm = 5
{manual}
source = "test"
parameters.apm.below_ft = {below_ft}
"""

FAULTS = {
    "a minimum 500 ft above the hill": (swap(HILL, HILL.replace("4100", "3500")), ("minimum-below-terrain", "hill")),
    "a minimum below an obstacle": (
        swap("position_deg = [45.9, 6.1]\ntop_ft = 1400", "position_deg = [46.15, 6.15]\ntop_ft = 1400"),
        ("minimum-below-terrain", "plain"),
    ),
    "a value with a digit too many": (
        swap(WEST, WEST.replace("2000", "20000")),
        ("minimum-far-above-terrain", "plain west"),
    ),
    "a value unlike its neighbours": (
        SOUND + polygon("north", 11_000, 46.2, 6.03, 46.25, 6.3),
        ("minimum-unlike-neighbours", "north"),
    ),
    "two polygons that overlap": (
        SOUND + polygon("over", 2200, 46.12, 6.05, 46.18, 6.15),
        ("minimum-overlap", "plain and over"),
    ),
    "the same outline twice": (
        SOUND + polygon("again", 2100, 46.1, 6.1, 46.2, 6.2),
        ("minimum-duplicate", "plain and again"),
    ),
    "an overlap of 70 m": (swap(RING, RING.replace("6.1]", "6.101]")), ("minimum-sliver", "plain and plain west")),
    "a gap that polygons enclose": (
        SOUND
        + polygon("south", 2000, 46.0, 6.1, 46.05, 6.3)
        + polygon("link", 2000, 46.05, 6.1, 46.1, 6.12)
        + polygon("link 2", 2000, 46.05, 6.25, 46.1, 6.3),
        ("minimum-gap", "hill and plain and south"),
    ),
    "a polygon 80 m wide": (SOUND + polygon("thin", 2000, 45.9, 6.1, 45.95, 6.101), ("minimum-narrow", "thin")),
    "a polygon beyond the terrain": (
        SOUND + polygon("far", 2000, 46.4, 6.1, 46.5, 6.2),
        ("minimum-outside-terrain", "far"),
    ),
    "a ring that crosses itself": (
        swap(RING, "[[46.1, 6.03], [46.2, 6.1], [46.1, 6.1], [46.2, 6.03]]"),
        ("load", "line 67: minimum_altitudes.plain west.polygon_deg"),
    ),
    "latitude and longitude swapped": (
        swap(RING, "[[6.03, 46.1], [6.1, 46.1], [6.1, 46.2], [6.03, 46.2]]"),
        ("load", "line 67: minimum_altitudes.plain west.polygon_deg"),
    ),
    "an obstacle with its digits swapped": (
        swap("position_deg = [45.9, 6.1]", "position_deg = [49.5, 6.1]"),
        ("far-away", "mast"),
    ),
    "an obstacle given by its height": (swap("top_ft = 1400", "top_ft = 400"), ("obstacle-underground", "mast")),
    "a course of the other direction": (
        swap(COURSE, COURSE.replace("= 0", "= 180")),
        ("course-off-designator", "XXXX 36"),
    ),
    "a course 4 degrees off the runway": (swap(COURSE, COURSE.replace("= 0", "= 4")), ("course-off-runway", "XXXX 36")),
    "an angle of 1.3 degrees": (swap(COURSE, COURSE.replace("3.0", "1.3")), ("angle-unusual", "XXXX 36")),
    "an elevation in metres": (swap(ELEVATION, ELEVATION.replace("1000", "305")), ("threshold-elevation", "XXXX 36")),
    "a path through the hill": (
        swap("threshold_deg = [46.0225, 6.0]", "threshold_deg = [46.08, 6.252]"),
        ("path-near-ground", "XXXX 18"),
    ),
    "a minimum over the final approach": (
        SOUND + polygon("final", 3500, 45.86, 5.95, 45.9, 6.05),
        ("path-below-minimum", "final"),
    ),
    "an intercept below the threshold": (
        swap(COURSE + "\nintercept_altitude_ft = 4000", COURSE + "\nintercept_altitude_ft = 1200"),
        ("intercept-too-low", "XXXX 36"),
    ),
    "a join ceiling below the approach": (
        SOUND + '\n[apm]\njoin_ceiling_ft = 3000\n[apm.source]\njoin_ceiling_ft = "test"\n',
        ("load", "line 94: apm.join_ceiling_ft"),
    ),
    "a window that the capture region does not reach": (
        SOUND + '\n[apm]\ncapture_half_width_m = 100\ncapture_splay_deg = 1\n[apm.source]\ncapture_half_width_m = "t"\n'
        'capture_splay_deg = "t"\n',
        ("capture-narrow", "XXXX 36"),
    ),
    "no inhibit volume in the south": (
        swap(RUNWAY, RUNWAY.replace("45.93", "46.0")),
        ("inhibit-misses-final", "XXXX 36"),
    ),
    "no inhibit volume for a departure": (
        swap(RUNWAY, RUNWAY.replace("45.93", "45.985")),
        ("inhibit-misses-departure", "XXXX 18"),
    ),
    "an inhibit volume that silences the APM": (
        swap('nets = ["MSAW"]', 'nets = ["MSAW", "APM"]'),
        ("inhibit-covers-approach", "runway"),
    ),
    "an inhibit volume 15 NM long": (
        swap(RUNWAY, RUNWAY.replace("45.93", "45.75")).replace(CEILING, CEILING.replace("2500", "5000")),
        ("inhibit-too-long", "runway"),
    ),
    "an inhibit volume under the ground": (
        swap(CEILING, CEILING.replace("2500", "900")),
        ("inhibit-never-applies", "runway"),
    ),
    "an inhibit volume switched off": (
        swap(CEILING, CEILING + '\nmanual = "off"'),
        ("inhibit-never-applies", "runway"),
    ),
    "a volume under the ground": (swap("ceiling_ft = 5000", "ceiling_ft = 500"), ("volume-underground", "range")),
    "a dead schedule": (
        swap(
            "ceiling_ft = 5000",
            "ceiling_ft = 5000\nactive = [{ from = 2020-01-01T00:00:00Z, to = 2020-01-02T00:00:00Z }]",
        ),
        ("schedule-dead", "range"),
    ),
    "limits that change places": (swap("ceiling_ft = 5000", "ceiling_fl = 12"), ("limits-may-cross", "range")),
    "a volume without a desk": (swap("radius_nm = 25", "radius_nm = 5"), ("without-desk", "range")),
    "a net that no desk is shown": (
        swap("radius_nm = 25", 'radius_nm = 25\nnets = ["MSAW", "APM"]'),
        ("net-without-desk", "APW"),
    ),
    "transition altitude and level swapped": (
        swap("transition_level_fl = 80", "transition_level_fl = 60"),
        ("transition", "everywhere"),
    ),
    "no terrain under the approach": (swap("extent_nm = 20", "extent_nm = 9"), ("terrain-missing", "XXXX 36")),
    "parameters of a region that are those of the site": (
        SOUND + REGION.format(manual="", below_ft=100),
        ("parameters-as-the-site", "north"),
    ),
    "parameters of a region that is switched off": (
        SOUND + REGION.format(manual='manual = "off"', below_ft=200),
        ("parameters-never-apply", "north"),
    ),
    "an approach that no configuration opens": (
        SOUND + '\n[[configurations]]\nname = "South"\nmanual = "off"\napproaches = ["XXXX 18"]\nsource = "test"\n',
        ("approach-closed", "XXXX 18"),
    ),
    "an approach twice": (
        SOUND
        + SOUND[SOUND.index("[[approaches]]") : SOUND.index('[[approaches]]\nname = "XXXX 18')].replace(
            'name = "XXXX 36"', 'name = "again"'
        ),
        ("approach-twice", "XXXX 36 and again"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_planted_alone_is_found(checked, fault):
    text, expected = FAULTS[fault]
    assert expected in checked(text)


def test_findings_have_a_place_and_a_mend(tmp_path, heights):
    (tmp_path / "heights.tif").write_bytes(heights.read_bytes())
    (tmp_path / "site.toml").write_text(FAULTS["a minimum 500 ft above the hill"][0], encoding="utf-8")
    (finding,) = check_site(tmp_path, ON).findings
    assert finding.text == "3,500 ft is 500 ft above terrain of 3,000 ft"
    assert finding.mend == "4,000 ft is 1,000 ft above it; compare with the chart"
    assert finding.place_deg is not None
    away_deg = math.dist(finding.place_deg, (46.15, 6.25))
    assert away_deg < 0.05  # on the hill, which is 0.05 degrees wide


@pytest.mark.parametrize("name", ["basel", "flat", "geneva", "guam", "lyon", "paris", "zurich"])
def test_shipped_sites_have_no_error_and_only_what_is_explained(name):
    """Zurich: the hills west of runway 28 rise faster than the slowest departure; flights turn left there.

    Guam: nothing public at hand says how far mean sea level is from the ellipsoid there.
    """
    explained = {
        "guam": {("no-undulation", "guam")},
        "zurich": {("inhibit-misses-departure", "LSZH 28"), ("inhibit-never-applies", "Duebendorf")},
        "paris": set(),
    }
    findings = {(one.check, one.about) for one in check_site(name, ON).findings if one.check != "volume-off"}
    assert findings == explained.get(name, set())


def test_command_writes_words_json_and_a_page(tmp_path, heights):
    (tmp_path / "heights.tif").write_bytes(heights.read_bytes())
    (tmp_path / "site.toml").write_text(FAULTS["an inhibit volume that silences the APM"][0], encoding="utf-8")
    page = tmp_path / "page.html"
    words = CliRunner().invoke(main, ["site", "check", str(tmp_path), "--out", str(page)])
    assert words.exit_code == 1  # an error is among the findings
    assert "error: runway: the APM is silent on 'XXXX 36' from 4.2 to 2.0 NM" in words.output
    assert "2 errors, 0 warnings, 0 notes" in words.output
    html = page.read_text(encoding="utf-8")
    assert "the APM is silent on" in html
    assert "data:image/png;base64," in html
    assert "://" not in html  # no address: nothing is fetched
    told = json.loads(CliRunner().invoke(main, ["site", "check", str(tmp_path), "--json"]).output)
    assert told["counts"] == {"error": 2, "warning": 0, "note": 0}
    assert told["findings"][0]["latitude_deg"] == pytest.approx(45.96, abs=0.05)


def test_site_without_findings_exits_with_0(tmp_path, heights):
    (tmp_path / "heights.tif").write_bytes(heights.read_bytes())
    (tmp_path / "site.toml").write_text(SOUND, encoding="utf-8")
    done = CliRunner().invoke(main, ["site", "check", str(tmp_path)])
    assert (done.exit_code, done.output.count("\n")) == (0, 1)


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "html"])
def test_chart_is_drawn_twice_with_the_same_bytes(tmp_path, heights, suffix):
    (tmp_path / "heights.tif").write_bytes(heights.read_bytes())
    (tmp_path / "site.toml").write_text(SOUND, encoding="utf-8")
    charts = []
    for number in (1, 2):
        file = tmp_path / f"{number}.{suffix}"
        done = CliRunner().invoke(main, ["site", "draw", str(tmp_path), "--out", str(file)])
        assert done.exit_code == 0, done.output
        charts.append(file.read_bytes())
    assert len(charts[0]) > 10_000
    assert hashlib.sha256(charts[0]).digest() == hashlib.sha256(charts[1]).digest()
    assert "2 approaches, 3 minimum altitudes" in done.output
