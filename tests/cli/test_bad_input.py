"""Bad input: one message that names file, key or row and the mend, exit 2, no traceback, nothing half-written."""

import gzip
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import rasterio

from safetynets.sites import shipped_folder

SHIPPED = shipped_folder()
LANDING = SHIPPED / "data" / "zurich-dlh4tr-2019-11-11.parquet"
HEADER = "timestamp,icao24,callsign,latitude,longitude,altitude\n"
ROW = "2021-10-07T12:00:00Z,3c664e,DLH4TR,47.5,8.5,14150\n"


def assert_refused(result, *said):
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    message = result.stderr.split("Error: ", 1)[1]
    for part in said:
        assert str(part) in message
    assert list(Path.cwd().rglob("*")) == [], "no run folder, whole or half"


def recording(tmp_path, text):
    file = tmp_path / "day.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def flat_site(tmp_path):
    """The smallest site there is, without terrain, so that reading a recording is nearly all there is to do."""
    folder = tmp_path / "flat"
    folder.mkdir()
    (folder / "site.toml").write_text(
        'title = "Flat"\ncentre_deg = [47.46, 8.55]\nsource = "made by hand"\n\n[[pressure_regions]]\nname = "all"\n'
        'source = "made by hand"\ntransition_altitude_ft = 7000\ntransition_level_fl = 80\n',
        encoding="utf-8",
    )
    return folder


def own_site(tmp_path, written="", instead=""):
    """A site of one's own: the shipped Geneva, with one thing written differently."""
    folder = tmp_path / "own" / "sites" / "geneva"
    folder.mkdir(parents=True)
    data = tmp_path / "own" / "data" / "terrain"
    data.mkdir(parents=True)
    for name in ("N46E006.hgt.gz", "globe30s_switzerland_alps.tif"):
        shutil.copy(SHIPPED / "data" / "terrain" / name, data)
    text = (SHIPPED / "sites" / "geneva" / "site.toml").read_text(encoding="utf-8")
    assert written in text
    (folder / "site.toml").write_text(text.replace(written, instead, 1), encoding="utf-8")
    return folder


def test_a_recording_that_is_missing(safetynets, flat_site):
    assert_refused(safetynets("replay", "nowhere.csv", "--site", flat_site), "nowhere.csv", "no such file", "check")


def test_a_scenario_with_a_typing_error(safetynets, tmp_path):
    file = tmp_path / "mine.toml"
    text = (SHIPPED / "zurich-approach.toml").read_text(encoding="utf-8")
    file.write_text(text.replace("qnh_hpa", "qnh_hp"), encoding="utf-8")
    assert_refused(safetynets("run", file), file, "line", "unknown key 'qnh_hp'", "write 'qnh_hpa'")


def test_a_scenario_that_is_not_toml(safetynets, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("name = 'mine'\n[pressure\n", encoding="utf-8")
    assert_refused(safetynets("run", file), file, "not valid TOML", "line 2")


def test_a_parameter_in_an_unknown_unit(safetynets):
    result = safetynets("run", "zurich-approach", "--set", "apm.below_m=30")
    assert_refused(result, "apm.below_m", "write 'below_ft'")


def test_a_pressure_in_inches(safetynets):
    result = safetynets("replay", LANDING, "--site", "zurich", "--qnh-hpa", "29.92")
    assert_refused(result, "29.92 hPa is not a plausible QNH", "write 1013.2")


def test_a_polygon_that_crosses_itself(safetynets, flat_site):
    file = flat_site / "site.toml"
    bow_tie = "polygon_deg = [[47.0, 8.0], [47.2, 8.2], [47.2, 8.0], [47.0, 8.2]]"
    sector = f'\n[[minimum_altitudes]]\nname = "North"\nsource = "drawn"\nminimum_ft = 3000\n{bow_tie}\n'
    file.write_text(file.read_text(encoding="utf-8") + sector, encoding="utf-8")
    result = safetynets("replay", LANDING, "--site", flat_site)
    line = file.read_text(encoding="utf-8").splitlines().index(bow_tie) + 1
    assert_refused(result, file, f"line {line}: minimum_altitudes.North.polygon_deg", "cross")


def test_a_recording_without_altitude(safetynets, tmp_path, flat_site):
    file = recording(tmp_path, HEADER.replace(",altitude", "") + ROW.rpartition(",")[0] + "\n")
    assert_refused(safetynets("replay", file, "--site", flat_site), file, "altitude")


def test_a_truncated_parquet(safetynets, tmp_path, flat_site):
    file = tmp_path / "cut.parquet"
    file.write_bytes(LANDING.read_bytes()[:5000])
    assert_refused(safetynets("replay", file, "--site", flat_site), file)


def test_a_truncated_gzip(safetynets, tmp_path, flat_site):
    file = tmp_path / "cut.csv.gz"
    file.write_bytes(gzip.compress((HEADER + ROW * 50).encode())[:60])
    assert_refused(safetynets("replay", file, "--site", flat_site), file, "gzip")


def test_heights_on_another_datum(safetynets, tmp_path):
    site = own_site(tmp_path, 'vertical_datum = "EGM96"', 'vertical_datum = "WGS84"')
    assert_refused(safetynets("replay", LANDING, "--site", site), "site.toml", "vertical_datum", "WGS84", "EGM96")


def test_heights_whose_file_says_another_datum(safetynets, tmp_path):
    site = own_site(tmp_path)
    file = site.parents[1] / "data" / "terrain" / "globe30s_switzerland_alps.tif"
    with rasterio.open(file) as heights:
        values, profile = heights.read(), heights.profile
    profile["crs"] = "EPSG:4979"
    with rasterio.open(file, "w", **profile) as heights:
        heights.write(values)
    result = safetynets("replay", LANDING, "--site", site)
    assert_refused(result, "globe30s_switzerland_alps.tif")


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_parameter_that_is_no_number(safetynets, value):
    result = safetynets("run", "zurich-approach", "--set", f"apm.below_ft={value}")
    assert_refused(result, "apm.below_ft", "finite")


def test_a_position_that_is_infinite(safetynets, tmp_path, flat_site):
    file = recording(tmp_path, HEADER + ROW + ROW.replace("47.5", "inf").replace("12:00:00", "12:00:01"))
    assert_refused(safetynets("replay", file, "--site", flat_site), file, "row 2", "latitude", "inf")


@pytest.mark.parametrize("name", ["empty.csv", "empty.parquet", "empty.json"])
def test_an_empty_recording(safetynets, tmp_path, flat_site, name):
    file = tmp_path / name
    file.write_bytes(b"")
    assert_refused(safetynets("replay", file, "--site", flat_site), file, "is empty")


def test_a_recording_of_no_row(safetynets, tmp_path, flat_site):
    file = recording(tmp_path, HEADER)
    assert_refused(safetynets("replay", file, "--site", flat_site), file)


def test_a_site_that_is_not_there(safetynets):
    assert_refused(safetynets("replay", LANDING, "--site", "zurch"), "zurch", "write 'zurich'")


def test_an_update_period_that_is_not_positive(safetynets, flat_site):
    assert_refused(safetynets("replay", LANDING, "--site", flat_site, "--update-s", "0"), "update")


def test_a_folder_that_holds_something_else_is_not_overwritten(safetynets, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert_refused(safetynets("run", "zurich-approach", "--out", theirs), theirs, "not overwritten")
    assert (theirs / "thesis.txt").read_text(encoding="utf-8") == "years of work"


@pytest.mark.parametrize("command", [("run", "zurich-approach"), ("replay", LANDING, "--site", "zurich")])
def test_a_place_that_cannot_be_written_is_said_before_the_work(safetynets, tmp_path, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "safetynets.runs.execute", None)  # whoever begins to work falls over this
    (tmp_path / "a-file").write_text("a file", encoding="utf-8")
    place = tmp_path / "a-file" / "run"
    assert_refused(safetynets(*command, "--out", place), place, "'a-file' is a file", "choose another folder")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_leaves_nothing_and_says_so_by_its_exit_code(tmp_path, number, code):
    stopped = (
        "import os, signal, safetynets.output\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored where the tests run in the background
        "whole = safetynets.output.whole_folder\n"
        "class Stopping:\n"
        "    def __init__(self, path): self.inner = whole(path)\n"
        f"    def __enter__(self): (self.inner.__enter__() / 'half').touch(); os.kill(os.getpid(), {number})\n"
        "    def __exit__(self, *how): return self.inner.__exit__(*how)\n"
        "safetynets.output.whole_folder = Stopping\n"
        "from safetynets.cli import main; main(['run', 'zurich-approach', '--out', 'run'])"
    )
    ended = subprocess.run([sys.executable, "-c", stopped], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (code, "Stopped; nothing unfinished is left behind.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_that_python_drops_in_a_destructor_stops_the_run_all_the_same(tmp_path, number, code):
    """As numba and LLVM have them while they compile."""
    stopped = (
        "import os, signal, time, safetynets.runs.execute\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Dropping:\n"
        f"    def __del__(self): os.kill(os.getpid(), {number}); time.sleep(5)\n"
        "def compiling(*_, **__):\n"
        "    Dropping()\n"
        "    for _ in range(1000): time.sleep(0.01)\n"
        "safetynets.runs.execute.run_scenario = compiling\n"
        "from safetynets.cli import main; main(['run', 'zurich-approach', '--out', 'run'])"
    )
    ended = subprocess.run([sys.executable, "-c", stopped], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (code, "Stopped; nothing unfinished is left behind.\n")


def test_who_interrupts_while_the_commands_are_imported_sees_no_traceback(tmp_path):
    stopped = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'safetynets.cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "import safetynets.cli"
    )
    ended = subprocess.run([sys.executable, "-c", stopped], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")


def test_a_terrain_file_of_an_unknown_kind(safetynets):
    assert_refused(safetynets("terrain", "polygons", "geneva", "--out", "polygons.shp"), ".shp", ".geojson")


def test_nan_altitudes_are_unknown_and_not_an_error(safetynets, tmp_path, flat_site):
    rows = [ROW.replace("12:00:00", f"12:00:{second:02d}").replace("14150", "nan") for second in range(20)]
    result = safetynets("replay", recording(tmp_path, HEADER + "".join(rows)), "--site", flat_site, "--qnh-hpa", "1009")
    assert result.exit_code == 0, result.output
    assert "not one of 20 plots was judged" in result.stderr
