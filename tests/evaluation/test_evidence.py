"""Requirements and their tags fit each other, and the pack says first what is not verified."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.errors import EvidenceError
from safetynets.evaluation.evidence.requirements import (
    Requirement,
    answers,
    check_tags,
    load_requirements,
    results_of,
    tags_of,
)
from safetynets.exports.cat004 import Options, messages
from safetynets.exports.finished_run import read_finished
from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario

ROOT = Path(__file__).parents[2]


def test_no_requirement_is_without_a_test_or_a_reason_and_no_tag_without_a_requirement():
    assert check_tags(load_requirements(), tags_of(ROOT / "tests")) == []


def test_every_requirement_says_its_source_and_what_it_names_is_there():
    for each in load_requirements():
        assert each.says
        assert each.source
        assert [file for file in (*each.pages, *each.figures) if not (ROOT / file).is_file()] == []
        assert [name for name in each.scenarios if not (ROOT / "scenarios" / f"{name}.toml").is_file()] == []


def test_no_number_of_a_text_that_was_not_read_is_given():
    text = (ROOT / "safetynets" / "evaluation" / "evidence" / "requirements.toml").read_text(encoding="utf-8")
    assert "MSAW-0" not in text
    assert "STCA-0" not in text


ONE = Requirement("REQ-ONE", "something", "ours")
SPARED = Requirement("REQ-SPARED", "something else", "ours", not_verified="no software can")


def test_what_does_not_fit_is_said():
    tags = {"tests/test_a.py::test_b": ["REQ-NONE", "REQ-SPARED"]}
    assert check_tags([ONE, SPARED], tags) == [
        "tests/test_a.py::test_b: there is no requirement REQ-NONE",
        "REQ-ONE: no test has its tag, and it does not say why it is not verified",
        "REQ-SPARED: is said to be not verified, and has a test",
    ]


JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_b[1]"/>
<testcase classname="tests.test_a" name="test_b[2]">{inner}</testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("inner", "result"), [("", "passed"), ("<failure/>", "failed"), ("<error/>", "failed"), ("<skipped/>", "not run")]
)
def test_a_requirement_is_as_good_as_the_worst_of_its_tests(tmp_path, inner, result):
    (tmp_path / "tests.xml").write_text(JUNIT.format(inner=inner))
    tags = {"tests/test_a.py::test_b": ["REQ-ONE"], "tests/test_a.py::test_c": ["REQ-OTHER"]}
    found = answers([ONE, SPARED, Requirement("REQ-OTHER", "x", "ours")], tags, results_of(tmp_path / "tests.xml"))
    assert {answer.requirement.id: answer.result for answer in found} == {
        "REQ-SPARED": "not verified",
        "REQ-ONE": result,
        "REQ-OTHER": "not run",
    }
    assert found[0].requirement is SPARED


def test_the_pack_says_first_what_is_not_verified(tmp_path):
    tags = tags_of(ROOT / "tests")
    cases = "".join(
        f'<testcase classname="{test.partition(".py::")[0].replace("/", ".")}" name="{test.partition("::")[2]}"/>'
        for test in tags
    )
    (tmp_path / "tests.xml").write_text(f"<testsuite>{cases}</testsuite>")
    arguments = ["evidence", "--out", str(tmp_path / "pack"), "--junit", str(tmp_path / "tests.xml")]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "pack" / "evidence.json").read_text(encoding="utf-8"))
    results = [row["result"] for row in told["requirements"]]
    spared = results.count("not verified")
    assert results == ["not verified"] * spared + ["passed"] * (len(results) - spared)
    assert 0 < spared < 9
    assert all(row["not_verified"] for row in told["requirements"][:spared])
    page = (tmp_path / "pack" / "evidence.html").read_text(encoding="utf-8")
    assert page.index("REQ-OPERATIONAL") < page.index("REQ-DETECT")
    assert str(tmp_path) not in page
    assert "safetynets/evaluation/evidence/requirements.toml" in told["files"]
    assert "docs/pictures/state-graph.svg" in told["files"]
    assert 'src="data:image/svg+xml;base64,' in page


@pytest.mark.requirement("REQ-IDENTIFIES")
def test_an_alert_identifies_its_aircraft_in_the_table_on_the_page_on_the_wire_and_in_the_words(tmp_path):
    run = run_scenario("geneva-mva", {"terrain.cell_m": 1000})
    folder = write_run_folder(run, tmp_path / "run", replace=False, figures="none")
    (callsign,) = {alert.callsign for alert in run.alerts}
    assert callsign in (folder / "report.html").read_text(encoding="utf-8")
    table = json.loads((folder / "alerts.json").read_text(encoding="utf-8"))
    assert {row["callsign"] for row in table} == {callsign}
    assert all(row["words"].startswith(callsign) for row in table)
    sent = [row for row in messages(read_finished(folder), Options()) if row["000"] != 1]
    assert len(sent) >= 2 * len(run.alerts)
    assert {row["170/AI1"] for row in sent} == {callsign}


def test_results_that_are_none_are_refused(tmp_path):
    (tmp_path / "no.xml").write_text("no results")
    with pytest.raises(EvidenceError, match="is no JUnit file"):
        results_of(tmp_path / "no.xml")
    with pytest.raises(EvidenceError, match="there are no tests"):
        tags_of(tmp_path / "tests")
