"""What the commands print and write."""

import contextlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from safetynets import __version__
from safetynets.cli import main
from safetynets.runs import list_scenarios
from safetynets.sites import list_sites, shipped_folder

IN_EVERY_RUN_FOLDER = {
    "alerts.csv",
    "alerts.json",
    "alerts.parquet",
    "conflicts.parquet",
    "manifest.json",
    "report.html",
    "tracks.parquet",
}


LANDING = shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout


def test_help_needs_none_of_the_heavy_libraries():
    loaded = python("-c", "import sys, safetynets.cli; print(*sys.modules)").split()
    assert not {"numpy", "pandas", "numba", "shapely", "matplotlib", "rich", "pydantic"} & set(loaded)


def test_the_package_runs_as_a_module():
    assert python("-m", "safetynets", "--version").split()[-1] == __version__
    assert "Not for operational use." in python("-m", "safetynets", "--help").replace("\n  ", " ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty folder in which the early descent is run, once for people and then once for machines."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def for_people(folder):
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["run", "geneva-early-descent"])


@pytest.fixture(scope="module")
def for_machines(folder, for_people):
    assert for_people.exit_code == 0, "the first run is there to be replaced"
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["run", "geneva-early-descent", "--json"])


def test_a_run_prints_its_alerts_with_their_words_and_says_where_the_page_is(for_people, folder):
    assert for_people.exit_code == 0, for_people.output
    printed = " ".join(for_people.stdout.split())
    assert "DESCENT1 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1013." in printed
    assert "out/geneva-early-descent/report.html" in for_people.stdout
    written = folder / "out" / "geneva-early-descent"
    assert {path.name for path in written.iterdir() if path.is_file()} == IN_EVERY_RUN_FOLDER
    assert {path.name for path in (written / "figures").iterdir()} == {"map.png", "timeline.svg"}


def test_a_second_run_replaces_the_first_and_its_json_holds_the_same_as_the_folder(for_machines, folder):
    printed = json.loads(for_machines.stdout)
    assert printed["folder"] == "out/geneva-early-descent"
    written = folder / printed["folder"]
    assert [path.name for path in written.parent.iterdir()] == ["geneva-early-descent"]
    assert printed["manifest"] == json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    alerts = json.loads((written / "alerts.json").read_text(encoding="utf-8"))
    assert [alert["words"] for alert in printed["alerts"]] == [alert["words"] for alert in alerts]
    apm = [alert for alert in printed["alerts"] if alert["net"] == "APM"]
    assert apm
    assert all(alert["proposed_words"] and alert["words_source"] for alert in apm)


def test_a_run_at_ones_own_site_is_explained_with_the_site_only_and_the_message_says_so(
    for_machines, folder, safetynets, tmp_path
):
    moved = tmp_path / "run"
    shutil.copytree(folder / json.loads(for_machines.stdout)["folder"], moved)
    manifest = json.loads((moved / "manifest.json").read_text(encoding="utf-8"))
    manifest["site"]["name"] = "my-site"
    (moved / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    refused = safetynets("explain", moved, "--alert", "1")
    assert refused.exit_code == 2
    assert "is a run at 'my-site', which is no shipped site; give the site's folder with --site" in refused.stderr


def test_the_alert_of_a_run_is_explained(for_machines, folder, safetynets):
    alert = next(alert for alert in json.loads(for_machines.stdout)["alerts"] if alert["net"] == "APM")
    asked = (folder / "out" / "geneva-early-descent", "--callsign", "DESCENT1", "--time", alert["start_time_s"])
    steps = json.loads(safetynets("explain", *asked, "--net", "apm", "--json").stdout)["steps"]
    assert {step["net"] for step in steps} == {"", "APM"}
    assert any("LSGG 22" in step["text"] and "iolated" in step["text"] for step in steps)
    assert "LSGG 22" in safetynets("explain", *asked).stdout


def test_an_override_changes_the_result_and_is_recorded(safetynets):
    wide = ("--set", "apm.below_ft=3000", "--set", "msaw.terrain_clearance_ft=0")
    printed = json.loads(safetynets("run", "geneva-early-descent", "--json", *wide).stdout)
    assert printed["alerts"] == []
    assert printed["manifest"]["overrides"] == {"apm.below_ft": "3000", "msaw.terrain_clearance_ft": "0"}


def test_without_a_qnh_the_command_ends_well_but_says_aloud_that_nothing_was_judged(safetynets):
    result = safetynets("replay", LANDING, "--site", "zurich", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["alerts"] == []
    warnings = result.stderr.splitlines()
    assert [line.split(":")[0] for line in warnings] == ["WARNING MSAW", "WARNING APM", "WARNING APW"]
    assert all("of 848 plots could not be judged because no QNH is known" in line for line in warnings)


def test_the_shipped_scenarios_are_listed_for_people_and_for_machines(safetynets):
    assert "paris-wrong-qnh" in safetynets("scenarios").stdout
    assert [row["name"] for row in json.loads(safetynets("scenarios", "--json").stdout)] == list(list_scenarios())


def test_the_shipped_sites_are_listed_with_their_approaches(safetynets):
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


def test_the_page_of_a_run_plays_its_calls_when_asked_to(safetynets):
    result = safetynets("run", "geneva-early-descent", "--voice", "--out", "heard")
    assert result.exit_code == 0, result.output
    assert "<audio controls" in Path("heard", "report.html").read_text(encoding="utf-8")
    assert all(file.read_bytes().startswith(b"RIFF") for file in Path("heard", "audio").iterdir())


@pytest.mark.parametrize("command", [("run", "geneva-early-descent"), ("replay", LANDING, "--site", "zurich")])
def test_a_voice_that_is_not_installed_is_missed_before_the_work_is_done(safetynets, monkeypatch, command):
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    result = safetynets(*command, "--voice")
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        "Error: --voice: no speech synthesiser is installed, so the page cannot play the calls; "
        "install the extra: pip install 'safetynets[voice]', or leave the option out"
    ]
    assert list(Path.cwd().iterdir()) == []
