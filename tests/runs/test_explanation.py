"""`explain`: one sentence first, then what decided; nothing unknown is printed as a number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safetynets.cli import main
from safetynets.reports.folder import write_run_folder
from safetynets.runs import Run, run_scenario


@pytest.fixture(scope="module")
def geneva() -> Run:
    return run_scenario("geneva-early-descent")


@pytest.fixture(scope="module")
def folder(geneva: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(geneva, tmp_path_factory.mktemp("runs") / "geneva", replace=False, figures="none")


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing at Zurich, where the APW watches two groups of volumes far away."""
    folder = tmp_path_factory.mktemp("runs") / "zurich"
    return write_run_folder(run_scenario("zurich-approach"), folder, replace=False, figures="none", trace="none")


def explained(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)])


def test_an_alert_is_explained_by_its_number_in_one_sentence_first(folder: Path, geneva: Run) -> None:
    first = geneva.alerts[0]
    said = " ".join(explained(folder, "--alert", 1).stdout.split())
    assert said.startswith("DESCENT1 at ")
    headline = f"APM alert since {said.split(' UTC')[0].split(' at ')[1]} UTC: below LSGG 22"
    assert headline in said
    assert f"at {first.altitude_ft:,.0f} ft with a limit of {first.minimum_ft:,.0f} ft; the controller sees it." in said
    assert said.index(headline) < said.index("eligibility")


def test_the_same_text_comes_by_call_sign_alone_in_small_letters(folder: Path) -> None:
    assert explained(folder, "--callsign", "descent1").stdout == explained(folder, "--alert", 1).stdout


def test_volumes_that_had_no_part_are_folded_into_one_line_and_shown_with_all(landing: Path) -> None:
    short = explained(landing, "--callsign", "DLH4TR", "--time", "18:05").stdout
    assert short.count("LS-R31") == 1
    assert "APW, 2 groups of volumes (LS-R31, " in " ".join(short.split())
    assert "No alert: the MSAW has 3,092 ft to its limit and predicts no violation." in short
    whole = explained(landing, "--callsign", "DLH4TR", "--time", "18:05", "--all").stdout
    assert len(whole.splitlines()) > len(short.splitlines())
    assert "nan" not in (short + whole).split()


def test_no_number_that_is_unknown_is_printed(landing: Path) -> None:
    for moment in ("17:58:00", "18:05:00", "18:08:00", "18:10:20"):
        result = explained(landing, "--callsign", "DLH4TR", "--time", moment, "--all")
        assert result.exit_code == 0, result.output
        assert " nan" not in result.stdout


def test_json_holds_the_sentence_and_every_stage(folder: Path) -> None:
    told = json.loads(explained(folder, "--alert", 1, "--json").stdout)
    assert told["headline"].startswith("APM alert since")
    assert {step["stage"] for step in told["steps"]} >= {"plot", "violation", "lifecycle", "arbitration", "desk"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--callsign", "DESCENTT"), "no flight 'DESCENTT'; the most like it are DESCENT"),
        (("--alert", 99), "there is no alert 99"),
        ((), "give --alert, or --callsign and --time"),
        (("--alert", 1, "--callsign", "OTHER"), "alert 1 is of DESCENT1"),
        (("--callsign", "DESCENT1", "--time", "soon"), "'soon' is no time"),
    ],
)
def test_what_cannot_be_found_is_refused_with_what_is_near(folder: Path, asked: tuple[object, ...], said: str) -> None:
    result = explained(folder, *asked)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_flight_without_an_alert_needs_a_time(landing: Path) -> None:
    result = explained(landing, "--callsign", "DLH4TR")
    assert result.exit_code == 2
    assert "when? DLH4TR has no alert; give a time, such as 18:05" in result.stderr
