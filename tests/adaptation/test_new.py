"""`safetynets site new`: a runnable site from an aerodrome's identifier, with terrain and a few answers."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from safetynets.adaptation import check_site
from safetynets.cli import main
from safetynets.sites import load_site, shipped_folder
from tests.adaptation.conftest import FILES
from tests.adaptation.test_check import ON

TERRAIN = [shipped_folder() / "data" / "terrain" / name for name in ("N47E007.hgt.gz", "globe30s_switzerland_alps.tif")]

ANSWERS = """source = "made for a test"
transition_altitude_ft = 7000
geoid_undulation_m = 48
terrain_vertical_datum = "MSL"
terrain_source = "SRTM, NASA/USGS, and GLOBE, NOAA, public domain"
"""


def run(out: Path, answers: str, identifier: str = "LFSB", terrain=TERRAIN, more=()):
    """`safetynets site new` on the extract of OurAirports that is beside the tests."""
    file = out.parent / "given.toml"
    file.write_text(answers, encoding="utf-8")
    words = ["site", "new", identifier, "--out", str(out), "--answers", str(file)]
    words += ["--airports", str(FILES / "airports.csv"), "--runways", str(FILES / "runways.csv")]
    words += [word for one in terrain for word in ("--terrain", str(one))] + [*more]
    return CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def basel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "basel"
    done = run(folder, ANSWERS)
    assert done.exit_code == 0, done.output
    return folder


def test_site_has_the_long_runway_its_courses_and_its_elevations(basel):
    site = load_site(basel)
    assert [approach.name for approach in site.approaches] == ["LFSB 15", "LFSB 33"]
    first, second = site.approaches
    assert first.true_course_deg == pytest.approx(154.83, abs=0.01)  # along the runway, from end to end
    assert (second.true_course_deg - first.true_course_deg) % 360 == pytest.approx(180.0, abs=0.03)
    assert (first.threshold_elevation_ft, second.threshold_elevation_ft, first.angle_deg) == (865.0, 882.0, 3.0)
    assert (site.geoid_undulation_m, site.pressure_regions[0].transition_level_fl) == (48.0, 80.0)


def test_site_is_clean_by_its_own_checks(basel):
    assert [finding for finding in check_site(basel, ON).findings if finding.severity != "note"] == []


def test_terrain_is_clipped_and_unchanged(basel, tmp_path):
    """The same grid as from the whole files: clipping moves and loses no sample that the site needs."""
    import numpy as np

    text = (basel / "site.toml").read_text(encoding="utf-8")
    for file in TERRAIN:
        text = text.replace(f"terrain/{file.name.split('.')[0]}.tif", str(file))
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    whole, clipped = load_site(tmp_path).terrain, load_site(basel).terrain
    assert np.array_equal(whole.elevation_ft, clipped.elevation_ft, equal_nan=True)
    assert sum(file.stat().st_size for file in basel.rglob("*")) < 1_500_000


def test_site_made_again_from_its_own_answers_has_the_same_bytes(basel, tmp_path):
    again = tmp_path / "basel"
    done = run(again, (basel / "answers.toml").read_text(encoding="utf-8"))
    assert done.exit_code == 0, done.output
    files = sorted(file.relative_to(basel) for file in basel.rglob("*") if file.is_file())
    assert files == sorted(file.relative_to(again) for file in again.rglob("*") if file.is_file())
    assert all((basel / file).read_bytes() == (again / file).read_bytes() for file in files)


@pytest.fixture(scope="module")
def day(basel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 generated movements at Basel, none with a fault."""
    out = tmp_path_factory.mktemp("days")
    words = ["traffic", "generate", str(basel / "traffic.toml"), "--movements-per-day", "40", "--seed", "1"]
    done = CliRunner().invoke(main, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out / "2024-01-01.parquet"


@pytest.fixture
def without(basel, tmp_path) -> Path:
    """Basel without its inhibit volumes."""
    folder = tmp_path / "without"
    shutil.copytree(basel, folder)
    text = (folder / "site.toml").read_text(encoding="utf-8")
    (folder / "site.toml").write_text(text[: text.index("[[inhibit_volumes]]")], encoding="utf-8")
    return folder


def test_inhibit_volumes_silence_ordinary_flights_which_flood_without_them(basel, without, day):
    """A site without them gave 179 alerts where 10 are right, and nothing said that they were needed."""
    from safetynets.runs import replay

    runs = {folder.name: replay(day, folder, qnh_hpa=1013) for folder in (basel, without)}
    alerts = {name: Counter(alert.net for alert in run.alerts) for name, run in runs.items()}
    assert alerts["without"]["MSAW"] > 20  # an alert for most of the 35 arrivals and departures
    assert alerts["basel"]["MSAW"] <= 1
    assert alerts["basel"]["APM"] == alerts["without"]["APM"]
    warned = [text for text in runs["without"].manifest["warnings"] if "of its threshold have an MSAW alert" in text]
    assert [text.partition(":")[0] for text in warned] == ["LFSB 15", "LFSB 33"]
    assert not [text for text in runs["basel"].manifest["warnings"] if "MSAW alert" in text]


def test_check_with_traffic_says_what_it_shows_and_proposes_the_volumes(basel, without, day, tmp_path):
    """The proposed volumes, put into the site, are those that `site new` makes: then nothing is found."""
    proposed = tmp_path / "proposed.toml"
    words = ["site", "check", str(without), "--traffic", str(day), "--qnh-hpa", "1013", "--proposed", str(proposed)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "(alerts-cluster)" in done.output
    assert "no inhibit volume covers its final approach and the departures over it" in done.output
    file = without / "site.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n" + proposed.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_site(without).inhibit_volumes[0].area.equals(load_site(basel).inhibit_volumes[0].area)
    again = CliRunner().invoke(main, words[:-2])
    assert "(alerts-cluster)" not in again.output
    assert "0 errors, 0 warnings" in again.output


def test_minimum_that_everybody_flies_below_is_found(without, day):
    from safetynets.runs import replay
    from safetynets.runs.site_findings import traffic_findings

    file = without / "site.toml"
    corners = "[[47.45, 7.4], [47.45, 7.7], [47.75, 7.7], [47.75, 7.4]]"
    area = f'\n[[minimum_altitudes]]\nname = "city"\nminimum_ft = 9000\npolygon_deg = {corners}\nsource = "test"\n'
    file.write_text(file.read_text(encoding="utf-8") + area, encoding="utf-8")
    found = {one.check: one for one in traffic_findings(replay(day, without, qnh_hpa=1013))}
    assert found["minimum-flown-below"].about == "city"
    assert "flights over it are below its 9,000 ft" in found["minimum-flown-below"].text


def test_everything_that_is_missing_is_asked_for_at_once(tmp_path):
    done = run(tmp_path / "site", 'source = "made for a test"\n')
    assert done.exit_code == 2
    assert "transition_altitude_ft = ...   # transition altitude (ft)" in done.output
    assert "terrain_vertical_datum = ...   # what the heights are above" in done.output
    assert "terrain_source = ...   # where the height files are from" in done.output
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("answers", "identifier", "said"),
    [
        (
            ANSWERS + "transition_altitute_ft = 7000\n",
            "LFSB",
            "an answer to no question: 'transition_altitute_ft'",
        ),
        (ANSWERS + 'runways = ["15", "16"]\n', "LFSB", "no runway '16' at LFSB; use 15, 33, 07, 25"),
        (ANSWERS.replace("7000", '"7000"'), "LFSB", "transition_altitude_ft: '7000' is no number"),
        (ANSWERS, "LSZX", "no aerodrome 'LSZX' in OurAirports"),
        (ANSWERS, "LFST", "covers [48.538, 7.628]; give the tile of the place"),
    ],
)
def test_answers_and_places_that_cannot_be_used_are_refused_and_nothing_is_left(tmp_path, answers, identifier, said):
    done = run(tmp_path / "site", answers, identifier, TERRAIN[:1])
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())
    assert [file.name for file in tmp_path.iterdir()] == ["given.toml"]


def test_answers_about_one_approach(tmp_path):
    answers = ANSWERS + '\n[approaches."15"]\nangle_deg = 3.2\nintercept_altitude_ft = 4500\n'
    assert run(tmp_path / "site", answers).exit_code == 0
    first, second = load_site(tmp_path / "site").approaches
    assert (first.angle_deg, first.intercept_altitude_ft, second.angle_deg) == (3.2, 4500.0, 3.0)


CHART = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "all round", "minimum_ft": 3700},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[6.9, 47.2], [8.2, 47.2], [8.2, 48.0], [6.9, 48.0], [6.9, 47.2]]],
            },
        }
    ],
}
FROM_THE_CHART = """source = "made for a test"
transition_altitude_ft = 7000
minimum_altitudes_source = "drawn for a test"
"""


def test_site_is_made_from_a_chart_of_minima_alone(tmp_path):
    """No terrain: the inhibit volumes end where the path is above the minimum less 500 ft, the look-ahead included.

    A path of 3 degrees from 915 ft is at 3,200 ft after 7.2 NM, or 7.0 as the earth curves away under it; 40 s at
    150 kt are 1.7 NM more.
    """
    chart = tmp_path / "chart.geojson"
    chart.write_text(json.dumps(CHART), encoding="utf-8")
    done = run(tmp_path / "basel", FROM_THE_CHART, terrain=(), more=("--minimum-altitudes", str(chart)))
    assert done.exit_code == 0, done.output
    site = load_site(tmp_path / "basel")
    assert site.terrain is None
    assert [(one.name, one.minimum_ft) for one in site.minimum_altitudes] == [("all round", 3700.0)]
    assert site.parameters.msaw.below_minimum_ft == 500.0
    assert {approach.intercept_altitude_ft for approach in site.approaches} == {4000.0}
    assert "minimum altitudes, with the look-ahead at 150 kt, 8.7 NM" in site.inhibit_volumes[0].source
    findings = {(one.check, one.severity) for one in check_site(tmp_path / "basel", ON).findings}
    assert findings == {("inhibit-too-long", "note"), ("no-undulation", "note")}


def test_site_without_terrain_and_without_a_chart_is_refused(tmp_path):
    done = run(tmp_path / "basel", ANSWERS, terrain=())
    assert done.exit_code == 2
    assert "neither terrain nor minimum altitudes" in done.output
    assert "--minimum-altitudes" in done.output


def test_folder_that_is_there_is_not_overwritten(basel):
    done = run(basel, ANSWERS)
    assert done.exit_code == 2
    assert "is there already; choose another name with --out" in done.output


def test_questions_are_asked_on_a_terminal(tmp_path):
    from safetynets.adaptation.aerodromes import find_aerodrome
    from safetynets.adaptation.answers import read_answers
    from safetynets.adaptation.new_site import new_site

    asked: list[str] = []

    def answer(question: str, _: str) -> str:
        asked.append(question)
        typed = {
            "transition altitude (ft)": "7000",
            "where your": "a test",
            "where the height": "SRTM",
            "what the": "MSL",
        }
        return next((text for start, text in typed.items() if question.startswith(start)), "")

    aerodrome = find_aerodrome("LFSB", FILES / "airports.csv", FILES / "runways.csv")
    made = new_site(aerodrome, tmp_path / "site", TERRAIN, read_answers(None, answer))
    assert made.approaches == ("LFSB 15", "LFSB 33")
    assert "angle of approach 15 (°)" in asked
    assert load_site(tmp_path / "site").pressure_regions[0].transition_level_fl == 80.0
