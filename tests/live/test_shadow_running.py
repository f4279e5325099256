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
from safetynets.exports.finished import read_finished
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
    safetynets: Callable[..., Result], operational: Path, capture: Path, tmp_path: Path
) -> None:
    lower = replay_recording(capture, "paris", qnh_hpa=QNH_HPA, overrides={"apm.below_ft": 120})
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
