"""`safetynets phraseology new`: asked in a terminal, answered from a file, or copied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safetynets.cli import phraseology_new
from safetynets.cli.main import main
from safetynets.phraseology import load_rule_set

PAGE = Path(__file__).parents[2] / "docs" / "phraseology.md"


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["phraseology", *arguments], input=typed)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """The answers of the page."""
    (text,) = re.findall(r"```toml\n(# Answers.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "answers.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_answers_of_the_page_make_a_rule_set_that_is_sound(answers: Path, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    result = run("new", "--answers", str(answers), "--out", str(file))
    assert result.exit_code == 0, result.output
    assert run("check", str(file)).exit_code == 0
    rule_set = load_rule_set(file)
    assert rule_set.rules[0].readback == ("instruction", "QNH")
    # The rest is that of ICAO, but for the rules that are never reached now.
    assert {rule.name for rule in load_rule_set("icao").rules} - {rule.name for rule in rule_set.rules} == {
        "apm-below-check-without-qnh",
        "apm-below-check",
        "apm-below-vectored",
    }


def test_it_asks_and_shows_each_call_before_it_asks_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phraseology_new, "nobody_to_ask", lambda: False)
    file = tmp_path / "asked.toml"
    typed = [
        "A title",
        "Two controllers, to try it",
        "none",
        *("APM", "below", "any", "(aircraft call sign) TERRAIN ALERT, CLIMB.", "TERRAIN ALERT", "CLIMBS", "-", "", ""),
        *("APM", "below", "any", "(aircraft call sign) TERRAIN ALERT, CLIMB.", "TERRAIN ALERT", "CLIMB", "-", "", ""),
        "y",
        *("msaw", "below", "vectored", "(aircraft call sign) LOW ALTITUDE.", "", "-", "-", "", ""),
        "n",
    ]
    result = run("new", "asked", "--out", str(file), typed="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert "the words 'CLIMBS' are not in the text" in result.output
    assert "It is said: SWR123 TERRAIN ALERT, CLIMB." in result.output
    assert "It is said: SWR123 LOW ALTITUDE." in result.output
    assert [rule.name for rule in load_rule_set(file).rules] == ["apm-below", "msaw-below-vectored", "everything-else"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "there is nobody to ask: standard input is no terminal; give --answers FILE"),
        (("--answers", "absent.toml"), "absent.toml: there is no such file"),
        (("--from", "icao", "--answers", "absent.toml"), "--from, --answers and --page exclude each other"),
        (("--page", "--out", "x.toml"), "--out: the page asks for the name"),
        (("../x", "--from", "icao"), "'../x' is no name for a rule set"),
    ],
)
def test_what_cannot_be_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("new", *arguments)
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert said in result.output


def test_everything_wrong_in_a_file_of_answers_is_said_with_its_line(answers: Path, tmp_path: Path) -> None:
    text = answers.read_text(encoding="utf-8").replace('net = "APM"', 'net = "APN"').replace("title", "titel")
    answers.write_text(text, encoding="utf-8")
    result = run("new", "--answers", str(answers), "--out", str(tmp_path / "x.toml"))
    assert result.exit_code == 2
    assert "3 problems:" in result.output
    assert "titel" in result.output
    assert re.search(r"line \d+: rule\[1\]\.net: no net is called \'APN\'; write \'APW\'", result.output)
    assert not (tmp_path / "x.toml").exists()
