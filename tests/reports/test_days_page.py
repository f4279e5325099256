"""The page over many days: it counts what the days count, leads to their pages, and says which cannot be used."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.reports.days_page import DayOutcome, days_page
from safetynets.reports.verdict import became_actual
from safetynets.runs.run import Run
from safetynets.sites import shipped_folder


@pytest.fixture
def outcome(run: Run) -> DayOutcome:
    return DayOutcome(
        name="monday & co",
        alerts=run.alerts,
        actual=became_actual(run),
        flights=run.tracks.track_count,
        first_s=float(run.tracks.time_s.min()),
        plots={"MSAW": {"plots": 180, "judged": 179, "excluded": {}, "not_assessable": {"altitude spike": 1}}},
    )


def readable(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("</style>")[1].split("<script")[0]).split())


def test_two_days_are_counted_together_and_the_same_track_number_is_two_flights(outcome: DayOutcome) -> None:
    other = DayOutcome(**{**vars(outcome), "name": "tuesday"})
    text = readable(days_page([outcome, other], "a week"))
    assert "2 days. 8 alerts: 4 MSAW (Ridge 2, South 2), 2 APM (ILS 22), 2 APW (LS-X1);" in text
    assert "6 flights of 6." in text
    assert "monday &amp; co 5 November 2023 3 4 1 APM, 1 APW, 2 MSAW 0 1 MSAW 0.6" in text


def test_each_row_leads_to_its_moment_in_the_page_of_its_run(outcome: DayOutcome) -> None:
    page = days_page([outcome], "a day")
    assert re.findall(r'href="([^"]+)"', page) == [
        "monday%20%26%20co/report.html",
        *(f"monday%20%26%20co/report.html#alert={number}" for number in (1, 2, 3, 4)),
    ]


def test_a_day_that_cannot_be_used_is_said_on_the_page(outcome: DayOutcome) -> None:
    text = readable(days_page([outcome, DayOutcome(name="broken", problem="broken.csv: <no plots>")], "days"))
    assert "1 day cannot be used: broken: broken.csv: &lt;no plots&gt;" in text
    assert text.startswith("days Not for operational use. 1 day. 4 alerts")


def test_a_folder_of_days_is_replayed_day_by_day_with_one_page_over_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "days").mkdir()
    landing = shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"
    shutil.copy(landing, tmp_path / "days" / "a-day.parquet")
    shutil.copy(Path(__file__).parents[1] / "cases" / "27-formula" / "28-02.csv", tmp_path / "days" / "b-day.csv")
    asked = ["replay", "days", "--site", "zurich", "--qnh-hpa", "1009", "--figures", "none", "--out", "out"]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    assert {each.name for each in (tmp_path / "out").iterdir()} == {"a-day", "b-day", "days.html"}
    page = (tmp_path / "out" / "days.html").read_text(encoding="utf-8")
    alerts = json.loads((tmp_path / "out" / "b-day" / "alerts.json").read_text(encoding="utf-8"))
    assert page.count('<li data-net="') == len(alerts) > 0
    for alert in alerts:
        assert f"b-day/report.html#alert={alert['alert_id']}" in page
    assert "The page over all days is out/days.html" in result.output
