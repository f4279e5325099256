"""What the commands print and write."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from safetynets import __version__
from safetynets.sites import list_sites

IN_EVERY_RUN_FOLDER = {
    "alerts.csv",
    "alerts.json",
    "alerts.parquet",
    "conflicts.parquet",
    "manifest.json",
    "report.html",
    "tracks.parquet",
}


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout


def test_help_needs_none_of_the_heavy_libraries():
    loaded = python("-c", "import sys, safetynets.cli; print(*sys.modules)").split()
    assert not {"numpy", "pandas", "numba", "shapely", "matplotlib", "rich", "pydantic"} & set(loaded)


def test_the_package_runs_as_a_module():
    assert python("-m", "safetynets", "--version").split()[-1] == __version__
    assert "Not for operational use." in python("-m", "safetynets", "--help").replace("\n  ", " ")


def test_a_run_prints_its_alerts_with_their_words_and_says_where_the_page_is(safetynets):
    result = safetynets("run", "geneva-early-descent")
    assert result.exit_code == 0, result.output
    printed = " ".join(result.stdout.split())
    assert "DESCENT1 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1013." in printed
    assert "out/geneva-early-descent/report.html" in result.stdout
    folder = Path("out/geneva-early-descent")
    assert {path.name for path in folder.iterdir() if path.is_file()} == IN_EVERY_RUN_FOLDER
    assert {path.suffix for path in (folder / "figures").iterdir()} == {".png", ".svg"}


def test_json_is_all_there_is_on_standard_output_and_holds_the_same_as_the_folder(safetynets):
    result = safetynets("run", "geneva-early-descent", "--json", "--out", "here")
    printed = json.loads(result.stdout)
    assert printed["folder"] == "here"
    assert printed["manifest"] == json.loads(Path("here/manifest.json").read_text(encoding="utf-8"))
    written = json.loads(Path("here/alerts.json").read_text(encoding="utf-8"))
    assert [alert["words"] for alert in printed["alerts"]] == [alert["words"] for alert in written]
    apm = [alert for alert in printed["alerts"] if alert["net"] == "APM"]
    assert apm
    assert all(alert["proposed_words"] and alert["words_source"] for alert in apm)


def test_an_override_changes_the_result_and_is_recorded(safetynets):
    wide = ("--set", "apm.below_ft=3000", "--set", "msaw.terrain_clearance_ft=0")
    printed = json.loads(safetynets("run", "geneva-early-descent", "--json", *wide).stdout)
    assert printed["alerts"] == []
    assert printed["manifest"]["overrides"] == {"apm.below_ft": "3000", "msaw.terrain_clearance_ft": "0"}


def test_a_run_folder_is_replaced_by_the_next_run_and_explains_its_alert(safetynets):
    for _ in range(2):
        result = safetynets("run", "geneva-early-descent", "--json", "--out", "here")
        assert result.exit_code == 0, result.output
    alert = next(alert for alert in json.loads(result.stdout)["alerts"] if alert["net"] == "APM")
    moment = str(alert["start_time_s"])
    explained = safetynets("explain", "here", "--callsign", "DESCENT1", "--time", moment, "--net", "apm", "--json")
    steps = json.loads(explained.stdout)["steps"]
    assert {step["net"] for step in steps} == {"", "APM"}
    assert any("LSGG 22" in step["text"] and "iolated" in step["text"] for step in steps)
    assert "LSGG 22" in safetynets("explain", "here", "--callsign", "DESCENT1", "--time", moment).stdout


@pytest.mark.parametrize(("command", "known"), [("scenarios", "paris-wrong-qnh"), ("sites", "geneva")])
def test_what_is_shipped_is_listed_for_people_and_for_machines(safetynets, command, known):
    assert known in safetynets(command).stdout
    assert known in [row["name"] for row in json.loads(safetynets(command, "--json").stdout)]


def test_every_shipped_site_says_its_approaches(safetynets):
    rows = json.loads(safetynets("sites", "--json").stdout)
    assert [row["name"] for row in rows] == list(list_sites())
    assert all(row["approaches"] for row in rows)


@pytest.mark.parametrize("name", ["polygons.geojson", "polygons.toml"])
def test_terrain_polygons_are_written_whole(safetynets, name):
    result = safetynets("terrain", "polygons", "geneva", "--band-ft", "5000", "--tolerance-m", "2000", "--out", name)
    assert result.exit_code == 0, result.output
    assert "corners replace" in result.stdout
    assert [path.name for path in Path.cwd().iterdir()] == [name]
    text = Path(name).read_text(encoding="utf-8")
    assert "terrain 5000 ft" in text
    assert ("minimum_ft = 6000" in text) == name.endswith(".toml")
