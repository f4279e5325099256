"""`safetynets tracks convert`, and ASTERIX in the other commands that read a recording."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.recordings import read_tracks
from safetynets.sites import shipped_folder

LANDING = shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"
RADAR = "25/201=47.45,8.55,480"


def run(*arguments: object):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def convert(*arguments: object):
    return run("tracks", "convert", *arguments)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    file = tmp_path / "day.pcap"
    assert convert(LANDING, file, "--to", "cat062").exit_code == 0
    return file


def test_a_table_becomes_asterix_and_a_table_again(capture: Path, tmp_path: Path) -> None:
    table = tmp_path / "back.csv"
    told = convert(capture, table, "--to", "csv", "--json")
    assert json.loads(told.output) == {"file": table.as_posix(), "format": "csv", "plots": 848, "tracks": 1}
    before, back = read_tracks(LANDING).tracks, read_tracks(table).tracks
    np.testing.assert_array_equal(back.time_s, before.time_s)
    assert back.callsign.tolist() == ["DLH4TR"]


@pytest.mark.parametrize("category", ["cat062", "cat021", "cat048"])
@pytest.mark.parametrize("ending", [".ast", ".ff", ".pcap"])
def test_each_category_is_written_in_each_container_and_read(tmp_path: Path, category: str, ending: str) -> None:
    file = tmp_path / f"day{ending}"
    written = convert(LANDING, file, "--to", category, "--radar", RADAR)
    assert written.output == f"{file}: 848 plots, 1 track, as {category}\n"
    day = () if ending == ".pcap" else ("--date", "2019-11-11")
    told = convert(file, tmp_path / "day.parquet", "--to", "parquet", "--radar", RADAR, *day)
    assert told.exit_code == 0, told.output
    assert len(read_tracks(tmp_path / "day.parquet").tracks) == 848


def test_what_was_understood_of_asterix_is_told(capture: Path) -> None:
    told = run("tracks", "check", capture).output
    assert "day.pcap: ASTERIX in pcap: category 062 edition 1.21" in told
    assert "category 062 edition 1.21: 848 records in 848 blocks" in told
    assert "source 0/1: 848 plots, an update every 1 s" in told
    facts = json.loads(run("tracks", "check", capture, "--json").output)
    assert facts["asterix"]["container"] == "pcap"


def test_a_profile_keeps_the_date_and_the_radar_for_the_next_day(tmp_path: Path) -> None:
    file, profile = tmp_path / "day.ast", tmp_path / "radar.toml"
    convert(LANDING, file, "--to", "cat048", "--radar", RADAR)
    said = ("--radar", RADAR, "--date", "2019-11-11", "--edition", "048=1.32", "--save-profile", profile)
    first = run("tracks", "check", file, "--json", *said)
    again = run("tracks", "check", file, "--json", "--profile", profile)
    assert first.exit_code == again.exit_code == 0
    assert again.output == first.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{table}", "day.ast", "--to", "cat048"], "say --radar SAC/SIC="),
        (["{table}", "day.bin", "--to", "cat062"], "unknown extension '.bin'; give one of .ast, .ff, .pcap"),
        (["{table}", "day.csv", "--to", "parquet"], "named '.csv' but written as parquet"),
        (["{table}", "day.ast", "--to", "cat048", "--radar", "25=1,2,3"], "is no place of a radar"),
        (["{raw}", "day.csv", "--to", "csv"], "say --date YYYY-MM-DD"),
        (["{raw}", "day.csv", "--to", "csv", "--date", "2019-11-11", "--edition", "062=9"], "unknown edition '9'"),
        (["{raw}", "{raw}", "--to", "cat021", "--date", "2019-11-11"], "IN and OUT are one file"),
        (["nowhere.pcap", "day.csv", "--to", "csv"], "no such file"),
    ],
)
def test_what_cannot_be_converted_is_refused_in_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    raw = tmp_path / "raw.ast"
    convert(LANDING, raw, "--to", "cat062")
    places = {"{table}": LANDING, "{raw}": raw}
    given = [places.get(one, tmp_path / one if "." in one and "=" not in one else one) for one in arguments]
    told = convert(*given)
    assert told.exit_code == 2
    assert message in told.output
    assert "Traceback" not in told.output
    assert sorted(one.name for one in tmp_path.iterdir()) == ["raw.ast"]
