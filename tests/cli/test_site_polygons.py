"""`safetynets site polygons --optimise`: from the terrain and a day of traffic to polygons for a site."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest

from safetynets.recordings.parquet_file import write_parquet
from safetynets.tracks import Tracks

ASKED = ("site", "polygons", "geneva", "--optimise", "--within", "present", "--block-nm", "1", "--at-most", "5")


@pytest.fixture(scope="module")
def over_the_voirons(tmp_path_factory) -> Path:
    """Ten flights at 6,900 ft over the polygon "Voirons and Mole", whose minimum is 7,500 ft."""
    time_s = np.arange(0.0, 600.0, 4.0)
    flights = 10
    columns = {
        "time_s": np.tile(1_700_000_000.0 + time_s, flights) + np.repeat(np.arange(flights) * 900.0, len(time_s)),
        "track": np.repeat(np.arange(flights), len(time_s)),
        "latitude_deg": np.full(flights * len(time_s), 46.25),
        "longitude_deg": np.tile(6.0 + time_s / 600.0 * 0.6, flights),
        "pressure_altitude_ft": np.full(flights * len(time_s), 6900.0),
    }
    tracks = Tracks.from_columns(columns, {"callsign": [f"TEST{number}" for number in range(flights)]})
    return write_parquet(tracks, tmp_path_factory.mktemp("traffic") / "day.parquet")


def test_the_folder_holds_polygons_front_and_page(safetynets, over_the_voirons, tmp_path):
    out = tmp_path / "polygons"
    asked = (*ASKED, "--traffic", str(over_the_voirons), "--qnh-hpa", "1013", "--out", str(out))
    told = safetynets(*asked)
    assert told.exit_code == 0, told.stderr
    assert told.stdout.startswith("5 polygons cover all 10,699 cells high enough and give")
    rows = list(csv.DictReader((out / "front.csv").read_text().splitlines()))
    assert [row["polygons"] for row in rows] == ["5", "4", "3"], "the three parts touch nowhere"
    lost = [float(row["lost_nm2_kft"]) for row in rows]
    assert lost == sorted(lost), "fewer polygons lose more airspace"
    minima = tomllib.loads((out / "polygons.toml").read_text())["minimum_altitudes"]
    assert len(minima) == 5
    assert all(one["minimum_ft"] % 100 == 0 and one["illustrative"] for one in minima)
    page = (out / "report.html").read_text()
    assert "Not for operational use" in page
    assert "the site as it is gives 10 alerts of 10 flights" in page


def test_the_same_site_gives_the_same_bytes(safetynets, tmp_path):
    files = []
    for name in ("one", "two"):
        assert safetynets(*ASKED, "--out", str(tmp_path / name)).exit_code == 0
        files.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert files[0] == files[1]
    assert "without traffic nothing is said of nuisance" in files[0]["report.html"].decode()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at-most", "2"), "cannot be covered by 2 polygons"),
        (("--choose", "6"), "6 polygons are more than --at-most 5"),
        (("--choose", "2"), "no division has 2 polygons; choose from 3 to 5"),
    ],
)
def test_what_cannot_be_is_refused_with_its_mend(safetynets, tmp_path, options, said):
    told = safetynets(*ASKED, *options, "--out", str(tmp_path / "out"))
    assert told.exit_code == 2
    assert said in told.stderr.replace("\n", " ")
    assert not (tmp_path / "out").exists()


def test_traffic_that_no_qnh_is_known_for_is_refused(safetynets, over_the_voirons, tmp_path):
    told = safetynets(*ASKED, "--traffic", str(over_the_voirons), "--out", str(tmp_path / "out"))
    assert told.exit_code == 2
    assert "no plot of the traffic can be judged" in told.stderr
