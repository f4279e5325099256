"""Situations handed out to an expert and taken back: what leaves the house, and what comes of it.

The flights are those of the Swiss rescue helicopters over Zurich that ship with the package: real call signs, addresses
and times, none of which may leave.
"""

import base64
import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.evaluation.labels import Situations, label
from safetynets.evaluation.labels.candidates import to_label, with_alerts
from safetynets.evaluation.labels.deidentify import deidentified
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.recordings import read_tracks
from tests.evaluation.test_labels import aerodrome, arrival, generated, level
from tests.evaluation.test_metrics import alert, judged

RECORDING = Path("scenarios/data/rega-zurich.parquet").resolve()


def safetynets(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The folder handed out; the key stands beside it."""
    folder = tmp_path_factory.mktemp("labels") / "export"
    done = safetynets(
        "label", "export", RECORDING, "--site", "zurich", "--qnh-hpa", 1013, "--void", "--seed", 7, "--out", folder
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def key(export):
    with Path(f"{export}.key.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def texts(folder):
    """Every file as text, without the bytes of the pictures, in which any word may turn up."""
    for path in sorted(folder.iterdir()):
        yield path.name, re.sub(r"base64,[A-Za-z0-9+/=]+", "", path.read_text(encoding="utf-8"))


def test_nothing_that_is_handed_out_says_who_flew_or_when(export):
    original = read_tracks(RECORDING).tracks
    who = {*map(str, original.callsign), *map(str, original.icao24), *map(str, original.ssr_code)} - {
        "",
        "7000",
        "2000",
    }
    first, last = original.time_s.min(), original.time_s.max()
    days = {str(np.datetime64(int(moment), "s"))[:10] for moment in (first, last)}
    when = {*days, *(day.replace("-", "") for day in days), *(str(int(moment))[:6] for moment in (first, last))}
    assert who
    for name, text in texts(export):
        for secret in who | when:
            assert secret.lower() not in f"{name} {text}".lower()


def test_times_count_from_the_begin_of_each_situation(export):
    tracks = read_tracks(export / "tracks.csv").tracks
    for number in range(tracks.track_count):
        assert tracks.time_s[tracks.rows_of(number)][0] == 0.0
    assert (tracks.ssr_code == "").all()
    assert np.isnan(tracks.baro_setting_hpa).all()


def test_the_geometry_is_that_of_the_flight(export, key):
    given, handed_out = traffic_to_label(RECORDING, "zurich", 1013.0), read_tracks(export / "tracks.csv").tracks
    true = given.tracks
    for number, row in enumerate(key):
        rows = handed_out.rows_of(number)
        of_flight = true.rows_of(int(row["track"]))
        begins = np.searchsorted(true.time_s[of_flight], float(row["from_s"]) - 60.0)
        same = slice(of_flight.start + begins, of_flight.start + begins + (rows.stop - rows.start))
        np.testing.assert_array_equal(handed_out.latitude_deg[rows], true.latitude_deg[same])
        np.testing.assert_allclose(handed_out.time_s[rows], true.time_s[same] - true.time_s[same][0], atol=1e-6)
        # 1013 hPa: altitude on the QNH is 7 ft below pressure altitude, and what is handed out is on the QNH.
        differs_ft = handed_out.pressure_altitude_ft[rows] - true.pressure_altitude_ft[same]
        np.testing.assert_allclose(differs_ft[np.isfinite(differs_ft)], -6.8, atol=0.1)


def test_the_key_says_which_flight_it_was(key):
    given = traffic_to_label(RECORDING, "zurich", 1013.0)
    assert [row["situation"] for row in key] == [f"S{number:03d}" for number in range(1, len(key) + 1)]
    for row in key:
        assert row["callsign"] == given.tracks.callsign[int(row["track"])]


def test_the_page_runs_its_own_script_and_fetches_nothing(export):
    page = (export / "situations.html").read_text(encoding="utf-8")
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1).replace("&#39;", "'")
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
    assert re.findall(r"(?:https?:)?//[a-z]", re.sub(r"base64,[^\"]+", "", page)) == []


def test_the_page_asks_for_one_of_five_categories_of_each_situation(export, key):
    page = (export / "situations.html").read_text(encoding="utf-8")
    for row in key:
        asked = re.findall(rf'type="radio" name="{row["situation"]}" value="(\w+)"', page)
        assert asked == ["necessary", "desirable", "unnecessary", "undesirable", "void"]
    assert "unnecessary</strong>" in page


def test_a_quiet_recording_leaves_nothing_to_hand_out(tmp_path):
    quiet = tmp_path / "high.csv"
    rows = [f"2024-01-01T12:00:{second:02d}Z,SWR1,47.5,{8.5 + second / 1000},20000" for second in range(0, 60, 4)]
    quiet.write_text("timestamp,callsign,latitude,longitude,altitude\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = safetynets("label", "export", quiet, "--site", "zurich", "--qnh-hpa", 1013, "--out", tmp_path / "new")
    assert done.exit_code == 2
    assert "holds no situation to label" in done.output
    assert list(tmp_path.iterdir()) == [quiet]


def test_what_the_expert_says_comes_back_to_the_flight(export, key, tmp_path):
    ballot, labels, out = (tmp_path / name for name in ("ballot.csv", "expert.csv", "labels.csv"))
    ballot.write_text('situation,category,comment\nS001,necessary,"low, he said"\n', encoding="utf-8")
    assert safetynets("label", "read", ballot, "--key", f"{export}.key.csv", "--out", labels).exit_code == 0
    done = safetynets(
        "label", "make", RECORDING, "--site", "zurich", "--qnh-hpa", 1013, "--expert", labels, "--out", out
    )
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as stream:
        by_expert = [row for row in csv.DictReader(stream) if row["source"] == "expert"]
    assert [(row["callsign"], row["category"]) for row in by_expert] == [(key[0]["callsign"], "necessary")]


def test_two_ballots_are_compared(tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("situation,category\nS1,necessary\nS2,void\nS3,void\nS4,necessary\n", encoding="utf-8")
    other.write_text("situation,category\nS1,necessary\nS2,void\nS3,necessary\nS4,void\n", encoding="utf-8")
    done = safetynets("label", "agree", one, other)
    # Two of four alike, and chance makes half of them so.
    assert done.output.startswith("4 situations labelled by both, 50% alike; Cohen's kappa 0.00 (-0.98 to 0.98)")
    assert "S3" in done.output
    assert '"agreed_share": 0.5' in safetynets("label", "agree", one, other, "--json").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("make", RECORDING, "--out", "x.csv"), "no site is given; name it with --site"),
        (("make", RECORDING, "--site", "nowhere", "--out", "x.csv"), "nowhere"),
        (("make", RECORDING, "--site", "zurich", "--out", "x.csv"), "no altitude of any plot is known; give the QNH"),
        (("make", "none.parquet", "--site", "zurich", "--out", "x.csv"), "none.parquet"),
        (("make", ".", "--site", "zurich", "--out", "x.csv"), "is no run folder"),
        (("export", RECORDING, "--site", "zurich", "--out", "full"), "is there and not empty"),
        (("export", RECORDING, "--site", "zurich", "--out", "new", "--key", "new/key.csv"), "lies in the folder"),
        (("export", RECORDING, "--site", "zurich", "--out", "new", "--key", "full/a.csv"), "is there already"),
        (("read", "full/a.csv", "--key", "full/a.csv", "--out", "x.csv"), "full/a.csv: "),
        (("agree", "full/a.csv", "full/a.csv"), "no column 'situation'"),
    ],
)
def test_what_cannot_be_done_is_one_message_and_exit_2(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.csv").write_text("category\nvoid\n", encoding="utf-8")
    done = safetynets("label", *arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.csv", "full"]


def three_flights():
    """Situations of two flights, one of them with two, at the made aerodrome."""
    tracks, place = arrival(275.0), aerodrome()
    found = label(tracks, place, generated(tracks)).rows()[0]
    return tracks, place, Situations.from_rows([found, {**found, "from_s": found["from_s"] + 60.0}])


def test_one_flight_keeps_its_made_up_name_and_the_seed_decides_it():
    tracks, place, situations = three_flights()
    given = deidentified(tracks, place, situations, seed=1)
    assert given.flights[0] == given.flights[1]
    assert given.names == ("S001", "S002")
    again = deidentified(tracks, place, situations, seed=1)
    np.testing.assert_equal(given.situations.rows(), again.situations.rows())
    orders = {tuple(deidentified(tracks, place, situations, seed).situations.from_s) for seed in range(12)}
    assert len(orders) == 2


def test_an_alert_about_nothing_is_handed_out_too_and_one_about_a_situation_is_not():
    tracks = level(250.0)
    found = label(tracks, aerodrome(), generated(tracks))
    its, alone = alert(0, 1050.0, 1070.0), {**alert(0, 1050.0, 1070.0), "net": 2}
    assert len(with_alerts(found, judged(its), tracks)) == len(found)
    more = with_alerts(found, judged(its, alone), tracks)
    assert more.source.tolist() == [*found.source.tolist(), "alert"]
    assert (more.from_s[-1], more.to_s[-1]) == (1050.0, 1070.0)


def test_a_sample_is_drawn_by_its_seed_and_leaves_void_situations_out():
    rows = [
        {"net": 0, "track": track, "from_s": 0.0, "to_s": 1.0, "category": 5 if track % 2 else 3} for track in range(20)
    ]
    situations = Situations.from_rows(rows)
    drawn = [to_label(situations, 4, seed).track.tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(track % 2 == 0 for track in drawn[0] + drawn[2])
    assert len(to_label(situations, None, 0, void=True)) == 20
