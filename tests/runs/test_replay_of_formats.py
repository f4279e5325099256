"""A flight 300 ft low on final to Zurich alerts the same, whatever program recorded it, and as the pages show it."""

import re
import shlex
import shutil
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.errors import SiteError, TracksError
from safetynets.recordings import Profile
from safetynets.runs import replay
from safetynets.runs.traffic import recorded
from safetynets.sites import load_site

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "recordings" / "data"


@cache
def alerts(name: str | Path, day_utc: date | None = None) -> list[tuple[str, str, str]]:
    """Net, kind and start (UTC) of the alerts of a recording at Zurich on the standard pressure."""
    run = replay(DATA / name, "zurich", qnh_hpa=1013.25, profile=Profile.of(date=day_utc))
    return [
        (str(one.net), str(one.kind), datetime.fromtimestamp(one.start_time_s, UTC).strftime("%H:%M:%SZ"))
        for one in run.alerts
    ]


def test_the_reference_flight_alerts_the_apm_and_then_the_msaw():
    assert alerts("reference.csv") == [("APM", "below", "22:01:24Z"), ("MSAW", "below", "22:03:20Z")]


@pytest.mark.parametrize(
    "name",
    [
        "opensky-state-vectors.csv",
        "opensky-trino.parquet",
        "flightradar24.csv",
        "sbs-basestation.csv",
        "callsign-underscore.csv",
    ],
)
def test_every_format_alerts_within_a_plot_of_the_reference(name: str):
    def second(moment: str) -> float:
        return datetime.strptime(moment, "%H:%M:%SZ").timestamp()

    found, expected = alerts(name), alerts("reference.csv")
    assert [one[:2] for one in found] == [one[:2] for one in expected]
    # Rounded courses and rates, or none, move the prediction by a plot; the trace of Trino descends all the time.
    apart = [abs(second(a[2]) - second(b[2])) for a, b in zip(found, expected, strict=True)]
    assert max(apart) <= (4.0 if name != "opensky-trino.parquet" else 40.0)


@pytest.mark.parametrize(("ending", "day_utc"), [(".pcap", None), (".ast", date(2023, 11, 14))])
def test_asterix_of_the_reference_flight_alerts_as_the_reference(ending: str, day_utc: date | None, tmp_path):
    day = tmp_path / f"day{ending}"
    to = ("--to", "cat062")
    told = CliRunner().invoke(main, ["tracks", "convert", str(DATA / "reference.csv"), str(day), *to])
    assert told.exit_code == 0, told.output
    assert alerts(day, day_utc) == alerts("reference.csv")


RADAR = """
[[radars]]
name = "south of the runway"
sac = 25
sic = 201
position_deg = [47.40, 8.60]
antenna_altitude_m = 600
source = "made for this test"
"""


def test_a_recording_of_range_and_azimuth_needs_no_word_of_a_radar_that_the_site_knows(tmp_path):
    day = tmp_path / "day.pcap"
    to = ("--to", "cat048", "--radar", "25/201=47.40,8.60,600")
    told = CliRunner().invoke(main, ["tracks", "convert", str(DATA / "reference.csv"), str(day), *to])
    assert told.exit_code == 0, told.output
    with pytest.raises(TracksError, match=r"25/201 .*give the site \[\[radars\]\]"):
        recorded(day, None, load_site("zurich"), print)
    (tmp_path / "data").symlink_to(ROOT / "scenarios" / "data")
    shutil.copytree(ROOT / "scenarios" / "sites" / "zurich", tmp_path / "sites" / "zurich")
    site = tmp_path / "sites" / "zurich" / "site.toml"
    site.write_text(site.read_text(encoding="utf-8") + RADAR, encoding="utf-8")
    by_site = recorded(day, None, load_site(site), print)
    said = recorded(day, None, load_site("zurich"), print, Profile.of(radars=["25/201=47.40,8.60,600"]))
    assert (by_site.tracks.x_m == said.tracks.x_m).all()
    site.write_text(site.read_text(encoding="utf-8") + RADAR.replace("south", "north"), encoding="utf-8")
    with pytest.raises(SiteError, match="SAC 25, SIC 201 is that of 'south of the runway'"):
        load_site(site)


def test_the_date_of_a_capture_is_taken_and_one_that_was_given_otherwise_is_said(tmp_path):
    day = tmp_path / "day.pcap"
    CliRunner().invoke(main, ["tracks", "convert", str(DATA / "reference.csv"), str(day), "--to", "cat062"])
    read = recorded(day, None, load_site("zurich"), print, Profile.of(date=date(2024, 3, 1)))
    assert read.notes[-1] == "the capture is of 2023-11-14, which is taken, not the date that was given, 2024-03-01"


def test_altitudes_of_zero_alert_nothing_and_the_flight_alerts_once_they_are_over():
    found = alerts("altitude-zero.csv")
    assert [one[:2] for one in found] == [("APM", "below"), ("MSAW", "below")]
    assert found[0][2] >= "22:01:40Z"
    assert found[1][2] == "22:03:20Z"


def commands_of(page: str) -> list[list[str]]:
    lines = [line.strip() for line in (ROOT / page).read_text(encoding="utf-8").splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("safetynets ") and "opensky" in line]


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial/first-replay.md"])
def test_the_opensky_commands_of_a_page_do_what_it_says(page: str, tmp_path, monkeypatch):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    check, replayed = commands_of(page)
    looked = CliRunner().invoke(main, check)
    assert looked.exit_code == 0
    assert "baroaltitude: altitude in m (OpenSky state vectors), converted to ft" in looked.stdout
    ran = CliRunner().invoke(main, replayed)
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.index("APM") < ran.stdout.index("MSAW")
    assert (tmp_path / "out" / "opensky-state-vectors" / "report.html").is_file()


def test_a_recording_of_another_place_is_said_and_so_are_swapped_coordinates(tmp_path):
    site, text = load_site("zurich"), (DATA / "reference.csv").read_text(encoding="utf-8")
    assert recorded(DATA / "reference.csv", None, site, print).warnings == ()
    # Without speeds only the site can tell that the two columns are swapped.
    bare = ["timestamp,icao24,longitude,latitude,altitude"]
    rows = [line.split(",") for line in text.splitlines()[1:]]
    bare += [",".join([row[0], row[1], *row[3:6]]) for row in rows]
    day = tmp_path / "day.csv"
    day.write_text("\n".join(bare), encoding="utf-8")
    (warning,) = recorded(day, None, site, print).warnings
    assert "latitude and longitude are swapped; say --columns latitude=longitude,longitude=latitude" in warning
    mended = Profile.of(columns=["latitude=longitude,longitude=latitude"])
    assert recorded(day, None, site, print, mended).warnings == ()
    day.write_text(text.replace(",47.", ",-33."), encoding="utf-8")
    *_, warning = recorded(day, None, site, print).warnings  # the first says that positions and courses disagree
    assert re.match(r"no plot lies within 250 NM of the site, the nearest 4,8\d\d NM away; check the site", warning)
