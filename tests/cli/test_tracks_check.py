"""`safetynets tracks check`, and the options that say how a recording is read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "recordings" / "data"


def test_one_screen_says_what_was_understood(safetynets):
    result = safetynets("tracks", "check", DATA / "opensky-state-vectors.csv")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "opensky-state-vectors.csv: CSV, OpenSky state vectors"
    assert lines[1] == "  71 plots, 1 track, 1 aircraft by address"
    assert lines[2] == "  2023-11-14T22:00:00Z to 2023-11-14T22:04:40Z, a plot every 4 s, no gaps"
    assert lines[3] == "  pressure altitudes of 1,500 to 4,000 ft, in steps of 25 ft"
    assert "  baroaltitude: altitude in m (OpenSky state vectors), converted to ft" in lines
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 120


def test_the_same_for_machines(safetynets):
    result = safetynets("tracks", "check", DATA / "altitude-zero.csv", "--json")
    facts = json.loads(result.stdout)
    assert facts["altitudes"]["zeros_unknown"] == 5
    assert facts["not_assessable"] == {"no pressure altitude": 5}
    assert facts["coverage"]["selected_altitude"] == 0.0
    assert facts["times"]["update_period_s"] == 4.0
    assert facts["refused"] is False


def test_a_recording_that_replay_refuses_is_checked_to_the_end(safetynets):
    result = safetynets("tracks", "check", DATA / "groundspeed-mps.csv")
    assert result.exit_code == 1
    assert "REFUSED BY REPLAY" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("the speeds are m/s; say --units groundspeed=mps")
    mended = safetynets("tracks", "check", DATA / "groundspeed-mps.csv", "--units", "groundspeed=mps")
    assert mended.exit_code == 0
    assert "  groundspeed: groundspeed in mps (given), converted to kt" in mended.stdout


def test_what_was_said_once_is_saved_for_the_next_day(safetynets, tmp_path):
    first, _, rest = (DATA / "altitude-metres.csv").read_text().partition("\n")
    day = tmp_path / "day.csv"
    day.write_text(first.replace("latitude", "y").replace("longitude", "x").replace("altitude", "h") + "\n" + rest)
    refused = safetynets("tracks", "check", day)
    assert refused.exit_code == 2
    assert "3 problems" in refused.stderr
    said = ("--columns", "y=latitude,x=longitude", "--columns", "h=altitude", "--units", "altitude=m")
    saved = safetynets("tracks", "check", day, *said, "--save-profile", "my-radar.toml")
    assert saved.exit_code == 0, saved.output
    again = safetynets("tracks", "check", day, "--profile", "my-radar.toml")
    assert again.stdout == saved.stdout
    assert "h: altitude in m (given), converted to ft" in again.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--columns", "latitude=y"], "a recording has no column 'y'; write y=latitude"),
        (["--columns", "lat"], "--columns 'lat' is no KEY=VALUE; write --columns lat=latitude"),
        (["--units", "altitude=furlong"], "unknown unit 'furlong'; use one of ft, m, km, fl, kft"),
        (["--units", "callsign=m"], "unknown unit 'm'; use one of none: it has no unit"),
        (["--columns", "nowhere=squawk"], "--columns names 'nowhere', which is no column of this file"),
        (["--profile", "missing.toml"], "missing.toml: there is no such file; check the path"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_with_the_mend(safetynets, options, said):
    result = safetynets("tracks", "check", DATA / "reference.csv", *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_all_problems_of_a_profile_come_at_once(safetynets, tmp_path):
    profile = tmp_path / "my.toml"
    profile.write_text('altitude_reference = "feet"\ncolums = 1\n[units]\nspeed = "kt"\naltitude = "mm"\n')
    result = safetynets("tracks", "check", DATA / "reference.csv", "--profile", profile)
    assert result.exit_code == 2
    expected = ("4 problems", "unknown key 'colums'; write 'columns'", "altitude_reference is 'feet'", "unit 'mm'")
    for said in expected:
        assert said in result.stderr


def test_a_refusal_imports_nothing_heavy(tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("when,where\n1,2\n")
    watched = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from safetynets.cli import main\n"
        "for words in (['replay', 'missing.csv', '--site', 'zurich'], ['replay', sys.argv[1], '--site', 'zurich'],\n"
        "              ['replay', sys.argv[1], '--site', 'zurich', '--units', 'altitude=mm'],\n"
        "              ['tracks', 'check', sys.argv[1]]):\n"
        "    assert CliRunner().invoke(main, words).exit_code == 2\n"
        "heavy = ('numba', 'pandas', 'pyarrow', 'bokeh', 'matplotlib', 'scipy')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", watched, str(wrong)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert answer.stdout.strip() == "[]"
