"""A recording at a site: with a QNH it is judged, without one that is said aloud."""

import csv
import json
from pathlib import Path

import pytest

from safetynets.engine.explain import explain
from safetynets.errors import ScenarioError
from safetynets.reports.folder import write_run_folder
from safetynets.runs import replay
from safetynets.runs.moment import plot_at
from safetynets.runs.reload import rejudge, reload_run
from safetynets.sites import shipped_folder
from safetynets.spreadsheet import restored

LANDING = shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"


def test_without_a_qnh_nothing_is_judged_and_that_is_said_with_the_numbers():
    run = replay(LANDING, "zurich")
    assert run.alerts == ()
    assert all(counts["judged"] == 0 for counts in run.manifest["counts"]["nets"].values())
    (msaw,) = [said for said in run.manifest["warnings"] if said.startswith("MSAW")]
    without = run.manifest["counts"]["nets"]["MSAW"]["not_assessable"]["qnh unknown"]
    assert f"{without} of 848 plots could not be judged because no QNH is known" in msaw


def test_with_a_qnh_it_is_judged_and_the_source_of_the_qnh_is_kept():
    run = replay(LANDING, "zurich", qnh_hpa=1009, qnh_source="estimated")
    assert run.manifest["warnings"] == []
    assert run.manifest["counts"]["nets"]["APM"]["judged"] > 150
    assert "qnh_hpa: estimated" in run.manifest["pressure"][0]["source"]
    assert f"data/{LANDING.name}" in {row["file"] for row in run.manifest["inputs"]}


def test_a_run_folder_judged_once_more_gives_the_same_run(zurich, tmp_path):
    again = rejudge(write_run_folder(zurich, tmp_path / "run", replace=False))
    assert again.alerts == zurich.alerts
    assert again.words == zurich.words
    assert again.manifest == zurich.manifest
    assert (again.title, again.deliveries) == (zurich.title, zurich.deliveries)


def test_a_run_folder_read_back_explains_the_same_plot(zurich, tmp_path):
    folder = write_run_folder(zurich, tmp_path / "run", replace=False)
    reloaded = reload_run(folder)
    track, time_s = plot_at(reloaded.tracks, "DLH4TR", "18:08:00")
    again, before = (explain(of.tracks, of.site, track, time_s) for of in (reloaded, zurich))
    assert [(step.stage, step.net, step.text) for step in again] == [
        (step.stage, step.net, step.text) for step in before
    ]


def test_a_call_sign_that_a_spreadsheet_would_run_is_made_harmless_and_reads_back(tmp_path):
    """All call signs and addresses of the case are invented; the flight is reconstructed, not recorded."""
    case = Path(__file__).parents[1] / "cases" / "27-formula" / "28-02.csv"
    run = replay(case, "zurich", qnh_hpa=1013)
    folder = write_run_folder(run, tmp_path / "run", replace=False, figures="none")
    assert {alert.callsign for alert in run.alerts} == {"=CMD|'/C CALC'!A0"}
    with (folder / "alerts.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    cells = [cell for row in rows for cell in row.values() if cell and not cell.lstrip("-").replace(".", "").isdigit()]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    assert {restored(row["callsign"]) for row in rows} == {"=CMD|'/C CALC'!A0"}
    assert all(restored(row["words"]) == call.text for row, call in zip(rows, run.words, strict=True))
    assert {row["callsign"] for row in json.loads((folder / "alerts.json").read_text())} == {"=CMD|'/C CALC'!A0"}


def test_a_run_whose_site_has_changed_is_not_explained(zurich, tmp_path):
    folder = write_run_folder(zurich, tmp_path / "run", replace=False)
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    hashes = [row["sha256"] for row in zurich.manifest["inputs"] if row["file"].endswith("site.toml")]
    (folder / "manifest.json").write_text(manifest.replace(hashes[0], "0" * 64), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"site\.toml is not the one of this run"):
        reload_run(folder)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="is no run folder"):
        reload_run(tmp_path)


@pytest.mark.parametrize(
    ("callsign", "moment", "said"),
    [
        ("DLH4TT", "18:00:00", "the most like it are DLH4TR"),
        ("DLH4TR", "noon", "'noon' is no time"),
        ("DLH4TR", "03:00:00", "choose a time from 2019-11-11T17:55"),
    ],
)
def test_a_plot_that_is_not_there_is_refused_with_what_there_is(zurich, callsign, moment, said):
    with pytest.raises(ScenarioError, match=said):
        plot_at(zurich.tracks, callsign, moment)


def test_a_moment_may_be_said_in_three_ways(zurich):
    wanted = plot_at(zurich.tracks, "DLH4TR", "18:05:00")
    assert plot_at(zurich.tracks, "DLH4TR", "2019-11-11T18:05:00Z") == wanted
    assert plot_at(zurich.tracks, "DLH4TR", "2019-11-11T19:05:00+01:00") == wanted
    assert plot_at(zurich.tracks, "DLH4TR", str(wanted[1])) == wanted
