"""The run folder: whole or not at all, and the same bytes every time."""

from __future__ import annotations

import base64
import csv
import errno
import hashlib
import json
import math
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from safetynets.engine.alerts import Alert
from safetynets.errors import ScenarioError
from safetynets.reports import folder as folder_module
from safetynets.reports.folder import write_run_folder
from safetynets.runs.run import Run


@pytest.fixture(scope="module")
def written(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(
        run, tmp_path_factory.mktemp("runs") / "handmade", replace=False, figures="all", trace="all"
    )


def hashes(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_folder_holds_what_is_promised(written: Path) -> None:
    assert set(hashes(written)) == {
        "alerts.csv",
        "alerts.json",
        "alerts.parquet",
        "conflicts.parquet",
        "tracks.parquet",
        "manifest.json",
        "report.html",
        *(f"figures/{name}.{suffix}" for name in ("map", "timeline") for suffix in ("png", "svg")),
        *(
            f"figures/profile-{name}.{suffix}"
            for name in ("1-LOW1", "3-RIDGE2", "4-FINE3")
            for suffix in ("png", "svg")
        ),
    }


def test_two_runs_give_the_same_bytes(written: Path, run: Run, tmp_path: Path) -> None:
    again = write_run_folder(run, tmp_path / "again", replace=False, figures="all", trace="all")
    assert hashes(again) == hashes(written)


def test_csv_json_and_parquet_tell_the_same(written: Path, run: Run) -> None:
    rows = json.loads((written / "alerts.json").read_text(encoding="utf-8"))
    with (written / "alerts.csv").open(encoding="utf-8", newline="") as stream:
        cells = list(csv.DictReader(stream))
    table = pq.read_table(written / "alerts.parquet").to_pylist()
    assert len(rows) == len(cells) == len(table) == len(run.alerts)
    for alert, row, cell, stored in zip(run.alerts, rows, cells, table, strict=True):
        for column in fields(Alert):
            value = getattr(alert, column.name)
            if isinstance(value, float) and math.isnan(value):
                assert row[column.name] is None
                assert cell[column.name] == ""
                assert math.isnan(stored[column.name])
            elif isinstance(value, float):
                assert row[column.name] == float(cell[column.name]) == stored[column.name] == value
            elif isinstance(value, str):
                assert row[column.name] == cell[column.name] == stored[column.name] == value
    assert rows[0]["start_time_utc"] == cells[0]["start_time_utc"] == "2023-11-05T11:01:20.000Z"
    assert rows[3]["end_time_utc"] is None
    assert rows[0]["proposed_words_status"] == cells[0]["proposed_words_status"] == "proposed"
    assert rows[2]["proposed_words"] is None
    assert rows[0]["responsible"] == "crew"


def test_conflicts_of_every_net_stand_below_each_other_with_time_and_call_sign(written: Path, run: Run) -> None:
    table = pq.read_table(written / "conflicts.parquet").to_pandas()
    assert table["net"].tolist() == ["MSAW"] * 180 + ["APM"] * 180 + ["APW"] * 180
    assert table["time_s"].tolist() == run.tracks.time_s.tolist() * 3
    assert table["callsign"].tolist() == (["LOW1"] * 60 + ["RIDGE2"] * 60 + ["FINE3"] * 60) * 3
    msaw = table[table["net"] == "MSAW"]
    assert msaw["kind"].tolist()[23] == "below"
    assert msaw["kind"].tolist()[0] == ""
    assert msaw["reason"].tolist()[170] == "altitude spike"
    assert table[table["net"] == "APM"]["reason"].tolist()[60] == "not on approach"
    assert msaw["area"].tolist()[0] == "South"
    assert np.isinf(msaw["time_to_violation_s"].tolist()[0])


def test_an_unfinished_folder_is_not_left_behind(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_module, "report_page", fails)
    with pytest.raises(ScenarioError, match="the disk is full"):
        write_run_folder(
            replace(run, alerts=(), words=(), proposed_words=(), deliveries=()),
            tmp_path / "run",
            replace=False,
            figures="none",
        )
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_run_that_was_there(
    quiet_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run_folder(quiet_run, tmp_path / "run", replace=False, figures="none")
    before = hashes(path)

    def fails(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder_module, "report_page", fails)
    with pytest.raises(KeyboardInterrupt):
        write_run_folder(quiet_run, path, replace=True, figures="none")
    assert hashes(path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["run"]


def test_a_run_is_replaced_only_when_that_is_allowed(quiet_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.mkdir()
    write_run_folder(quiet_run, path, replace=False, figures="none")
    (path / "old.txt").write_text("left from before")
    with pytest.raises(ScenarioError, match="holds a run already; choose another folder"):
        write_run_folder(quiet_run, path, replace=False, figures="none")
    write_run_folder(quiet_run, path, replace=True, figures="none")
    assert not (path / "old.txt").exists()


@pytest.mark.parametrize("is_folder", [True, False])
def test_what_is_no_run_folder_is_never_overwritten(quiet_run: Run, tmp_path: Path, is_folder: bool) -> None:
    path = tmp_path / "precious"
    file = path / "thesis.txt" if is_folder else path
    file.parent.mkdir(exist_ok=True)
    file.write_text("precious")
    with pytest.raises(ScenarioError, match="is not a run folder") as refused:
        write_run_folder(quiet_run, path, replace=True, figures="none")
    assert refused.value.mend == "choose a folder that does not exist yet"
    assert file.read_text() == "precious"


def test_a_hostile_call_sign_stays_inside_the_folder(run: Run, tmp_path: Path) -> None:
    alert = replace(run.alerts[2], callsign="../../<evil>")
    one = replace(run, alerts=(alert,), words=run.words[2:3], proposed_words=(None,), deliveries=(None,))
    path = write_run_folder(one, tmp_path / "run", replace=False, figures="all")
    assert (path / "figures" / "profile-3-evil.png").is_file()
    assert [each.name for each in tmp_path.iterdir()] == ["run"]


def test_steps_are_told_in_order(quiet_run: Run, tmp_path: Path) -> None:
    told: list[str] = []
    write_run_folder(quiet_run, tmp_path / "run", replace=False, steps=told.append, figures="all")
    profiles = [f"profile of {name}" for name in ("LOW1", "RIDGE2", "FINE3")]
    assert told == ["alerts", "conflicts", "tracks", "map", "timeline", *profiles, "replay", "page"]


def test_few_figures_are_those_that_the_page_holds(run: Run, tmp_path: Path) -> None:
    path = write_run_folder(run, tmp_path / "run", replace=False)
    assert {each.name for each in (path / "figures").iterdir()} == {"map.png", "timeline.svg"}
    page = (path / "report.html").read_text(encoding="utf-8")
    for name in ("map.png", "timeline.svg"):
        assert base64.b64encode((path / "figures" / name).read_bytes()).decode() in page


def test_without_figures_there_is_neither_a_folder_nor_a_picture(run: Run, tmp_path: Path) -> None:
    path = write_run_folder(run, tmp_path / "run", replace=False, figures="none")
    assert not (path / "figures").exists()
    assert "<img" not in (path / "report.html").read_text(encoding="utf-8")


def test_the_trace_holds_the_plots_of_the_alerted_flights_unless_all_are_wanted(
    written: Path, run: Run, tmp_path: Path
) -> None:
    one = replace(run, alerts=run.alerts[:1], words=run.words[:1], proposed_words=(None,), deliveries=(None,))
    path = write_run_folder(one, tmp_path / "run", replace=False, figures="none")
    whole = pq.read_table(written / "conflicts.parquet").to_pylist()
    some = pq.read_table(path / "conflicts.parquet").to_pylist()
    assert len(some) == 3 * 60
    # repr, for a NaN equals nothing
    assert repr(some) == repr([row for row in whole if row["callsign"] == "LOW1"])


def test_without_a_trace_there_is_no_file_of_it(quiet_run: Run, tmp_path: Path) -> None:
    path = write_run_folder(quiet_run, tmp_path / "run", replace=False, figures="none", trace="none")
    assert not (path / "conflicts.parquet").exists()


def test_a_run_without_an_alert_has_tables_with_their_columns(quiet_run: Run, tmp_path: Path) -> None:
    path = write_run_folder(quiet_run, tmp_path / "run", replace=False, figures="none")
    assert json.loads((path / "alerts.json").read_text()) == []
    header = (path / "alerts.csv").read_text().splitlines()
    assert len(header) == 1
    assert header[0].startswith("alert_id,net,kind,severity,callsign")
    assert "words" in pq.read_table(path / "alerts.parquet").column_names


def test_the_few_flights_of_a_run_without_an_alert_have_their_profiles(quiet_run: Run, tmp_path: Path) -> None:
    path = write_run_folder(quiet_run, tmp_path / "run", replace=False, figures="all")
    for track, name in enumerate(("LOW1", "RIDGE2", "FINE3")):
        assert (path / "figures" / f"flight-{track}-{name}.svg").is_file()
