"""Alerts of an operational system, read from its messages of category 004, beside those of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from safetynets.exports.cat004 import write_cat004
from safetynets.exports.finished_run import read_finished
from safetynets.recordings.asterix.alert_messages import read_alert_messages
from safetynets.runs import Run
from safetynets.runs import replay as replay_recording
from tests.exports.conftest import write_tables
from tests.live.conftest import QNH_HPA


@pytest.fixture(scope="module")
def run_folder(replayed: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(replayed, tmp_path_factory.mktemp("shadow") / "paris")


@pytest.fixture(scope="module")
def operational(run_folder: Path) -> Path:
    """What a system would have sent that has the parameters of the site."""
    file = run_folder.parent / "operational.ff"
    write_cat004(read_finished(run_folder), file)
    return file


@pytest.fixture(scope="module")
def lower(capture: Path) -> Run:
    """The same traffic with 120 ft below the path instead of 100."""
    return replay_recording(capture, "paris", qnh_hpa=QNH_HPA, overrides={"apm.below_ft": 120})


def test_the_messages_of_an_alert_are_one_alert_from_its_start_to_its_end(operational: Path, run_folder: Path) -> None:
    run = read_finished(run_folder)

    sent = read_alert_messages(operational, date(2021, 10, 7))

    told = [(alert.callsign, alert.start_s, alert.end_s, alert.type) for alert in sent.alerts]
    # a message has the time to 1/128 s; these plots are on full seconds
    assert told == [(alert.callsign, alert.start_time_s, alert.end_time_s, 8) for alert in run.alerts]
    assert sent.undecodable == 0


def test_a_system_compared_with_its_own_run_gains_and_loses_nothing(
    safetynets: Callable[..., Result], operational: Path, run_folder: Path
) -> None:
    found = compared(safetynets("compare", operational, run_folder, "--explain", "0", "--json"))

    assert found["counts"]["all"] == {"gained": 0, "lost": 0, "moved": 0, "same": 13}
    assert "The recording holds 13 alerts" in found["caveats"][0]


def test_another_parameter_set_loses_alerts_and_starts_others_later(
    safetynets: Callable[..., Result], operational: Path, lower: Run, tmp_path: Path
) -> None:
    folder = write_tables(lower, tmp_path / "lower")

    result = safetynets("compare", operational, folder, "--explain", "1", "--json", "--out", tmp_path / "page")

    found = compared(result)
    counts = found["counts"]["APM"]
    assert counts["lost"] > 0
    assert counts["gained"] == 0
    assert counts["lost"] + counts["moved"] + counts["same"] == 13
    assert (tmp_path / "page" / "comparison.html").read_text().count("operational.ff") > 0
    assert all(not one["why_before"] for one in found["changed"])
    assert any(one["why_after"] for one in found["changed"])


def test_an_alert_about_an_aircraft_that_the_run_does_not_have_is_told(
    safetynets: Callable[..., Result], run_folder: Path, tmp_path: Path
) -> None:
    run = read_finished(run_folder)
    stranger = replace(run.alerts[0], callsign="STRANGE")
    codes = run.tracks.ssr_code.copy()
    codes[stranger.track] = ""
    strange = replace(run, alerts=(stranger, *run.alerts[1:]), tracks=run.tracks.with_columns(ssr_code=codes))
    write_cat004(strange, tmp_path / "operational.pcap")

    found = compared(safetynets("compare", tmp_path / "operational.pcap", run_folder, "--explain", "0", "--json"))

    assert found["counts"]["all"]["gained"] == 1
    assert "1 of them are about an aircraft that the run does not have at that time: not compared." in found["caveats"]


@pytest.mark.parametrize("content", [b"", b"timestamp,icao24\n", b"\x30\x00\x05\x80\x00"])
def test_what_is_no_recording_of_alerts_is_refused(
    safetynets: Callable[..., Result], run_folder: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "alerts.ast"
    file.write_bytes(content)

    result = safetynets("compare", file, run_folder)

    assert result.exit_code == 2
    assert "alerts.ast" in result.output


def compared(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def week(run_folder: Path, tmp_path: Path) -> Path:
    """A folder with the one run, as a week of one day."""
    folder = tmp_path / "week"
    folder.mkdir()
    (folder / "paris").symlink_to(run_folder)
    return folder


def test_the_weekly_page_counts_ours_against_theirs_by_the_day(
    safetynets: Callable[..., Result], run_folder: Path, week: Path, tmp_path: Path
) -> None:
    run = read_finished(run_folder)
    *_, longest = sorted(run.alerts, key=lambda alert: alert.end_time_s - alert.shown_time_s)
    later = replace(longest, shown_time_s=longest.shown_time_s + 9.0)
    missing = next(alert for alert in run.alerts if alert is not longest)
    theirs = replace(run, alerts=tuple({longest: later}.get(alert, alert) for alert in run.alerts if alert != missing))
    write_cat004(theirs, tmp_path / "paris.ff")

    found = compared(safetynets("monitor", week, "--operational", tmp_path / "paris.ff", "--json"))

    assert found["operational"][""] == {"both": 11, "moved": 1, "only ours": 1, "only theirs": 0}
    page = (week / "monitor.html").read_text(encoding="utf-8")
    assert "Beside the operational system: 12 alerts of both (1 of them at another time), 1 only ours" in page
    # ours starts 9 s before theirs
    assert "ours −9 s" in page


def test_a_recording_that_says_no_date_and_has_the_name_of_no_run_is_refused(
    safetynets: Callable[..., Result], operational: Path, week: Path
) -> None:
    result = safetynets("monitor", week, "--operational", operational)
    assert result.exit_code == 2
    assert "operational.ff: --operational: says no date, and its name is that of no run" in result.output


def test_the_weekly_page_says_which_set_would_have_removed_which_alert(
    safetynets: Callable[..., Result], run_folder: Path, week: Path, lower: Run, tmp_path: Path
) -> None:
    """The same alerts are gone as in a run with these parameters."""
    wider = tmp_path / "wider.toml"
    wider.write_text('[[parameters]]\nname = "apm.below_ft"\nvalue = 120\nsource = "a trial"\n')
    as_it_is = tmp_path / "as-it-is.toml"
    as_it_is.write_text('[[parameters]]\nname = "apm.below_ft"\nvalue = 100\nsource = "the present one"\n')

    found = compared(safetynets("monitor", week, "--try", wider, "--try", as_it_is, "--labels", "rules", "--json"))

    tried = {one["name"]: one for one in found["tried"]}
    gone = {
        alert.alert_id
        for alert in read_finished(run_folder).alerts
        if not any(
            (other.callsign, other.net) == (alert.callsign, alert.net)
            and other.start_time_s <= alert.end_time_s
            and other.end_time_s >= alert.start_time_s
            for other in lower.alerts
        )
    }
    assert len(gone) > 0
    assert set(tried["wider"]["removed"]["paris"]) == gone
    assert tried["as-it-is"]["removed"] == {"paris": []}
    page = (week / "monitor.html").read_text(encoding="utf-8")
    assert "Which alert which set removes" in page


def test_a_set_that_the_site_would_refuse_is_named(
    safetynets: Callable[..., Result], week: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[parameters]]\nname = "apm.below_feet"\nvalue = 120\nsource = "a trial"\n')
    result = safetynets("monitor", week, "--try", wrong)
    assert result.exit_code == 2
    assert "'apm.below_feet': nothing is called 'below_feet'; write 'below_ft'" in result.output
    assert not (week / "monitor.html").exists()
