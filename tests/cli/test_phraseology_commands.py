"""The commands of docs/phraseology.md, as a newcomer types them."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safetynets.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "phraseology.md"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["phraseology", *arguments])


def block(language: str, start: str = "") -> str:
    """The first block of code of the page in this language that starts so."""
    found = re.search(rf"```{language}\n({start}.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def my_words(tmp_path: Path) -> str:
    """The first rule set of the page, saved as the page says."""
    file = tmp_path / "my-words.toml"
    file.write_text(block("toml", "name = "), encoding="utf-8")
    return str(file)


def test_the_first_rule_set_of_the_page_is_sound_and_speaks(my_words: str) -> None:
    assert run("check", my_words).exit_code == 0
    arguments = ("--net", "APM", "--on-final", "--callsign", "SWR123", "--qnh", "1006", "--json")
    (call,) = json.loads(run("say", "--rule-set", my_words, *arguments).stdout)
    assert call["text"] == "SWR123 TERRAIN ALERT, CLIMB IMMEDIATELY, QNH IS 1006."
    assert call["spoken"] == "SWISS ONE TWO THREE TERRAIN ALERT CLIMB IMMEDIATELY QNH IS ONE ZERO ZERO SIX"
    assert call["correct_readbacks"][0] == "CLIMBING, QNH 1006, SWR123"
    assert call["follow_ups"][0]["text"] == "SWR123 CLIMB IMMEDIATELY."


def test_two_rule_sets_are_compared_in_one_command(my_words: str) -> None:
    result = run("say", "--rule-set", my_words, "--rule-set", "icao", "--net", "APM", "--qnh", "1006")
    assert result.exit_code == 0
    assert "TERRAIN ALERT" in result.stdout
    assert "LOW ALTITUDE WARNING" in result.stdout


def test_a_rule_set_is_started_from_another_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert run("new", "mine", "--from", "icao", "--out", str(file)).exit_code == 0
    assert run("check", str(file)).exit_code == 0
    assert file.read_text(encoding="utf-8").startswith('name = "mine"')
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_an_answer_of_the_crew_is_taken_apart() -> None:
    answer = "Checking, QNH one zero one one, Swiss one two three"
    result = run("say", "--qnh", "1001", "--readback", answer, "--json")
    assert json.loads(result.stdout)[0]["answer_errors"] == ["wrong value in QNH: expected 1001, heard 1011"]


def test_the_list_names_every_shipped_rule_set() -> None:
    names = {row["name"] for row in json.loads(run("list", "--json").stdout)}
    assert {"icao", "proposed-apw", "as-spoken"} <= names


def test_the_words_of_icao_phraseology_are_listed() -> None:
    words = run("words").stdout.split()
    assert "TERRAIN" in words
    assert "OKAY" not in words


def test_the_check_reports_what_sounds_alike() -> None:
    found = json.loads(run("check", "icao", "--json").stdout)
    assert any({pair["first"], pair["second"]} == {"TERRAIN ALERT", "TRAFFIC ALERT"} for pair in found["near_sounding"])


def test_the_durations_of_the_page_are_those_of_the_command() -> None:
    row = re.search(r"\| ICAO 12\.6\.1\.1 with the QNH \|(.*)\|", PAGE.read_text(encoding="utf-8"))
    assert row
    words, *seconds = (float(cell) for cell in row[1].split("|"))
    measures = json.loads(run("say", "--qnh", "1006", "--json").stdout)[0]["measures"]
    assert measures["words"] == words
    ends = [measures["timings"][f"{rate} words/min"]["end_s"] for rate in (100, 150, 180)]
    assert ends == pytest.approx(seconds, abs=0.06)  # the page rounds to a tenth


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "icoa"), "no rule set is called 'icoa'; write 'icao'"),
        (("check", "nowhere.toml"), "nowhere.toml: there is no such file"),
        (("say", "--callsign", "SWR 1"), "'SWR 1' is no call sign"),
        (("say", "--callsign", ""), "'' is no call sign"),
        (("say", "--callsign", "SWQ123"), "no telephony designator is known for 'SWQ'"),
        (("say", "--rule", "msaw-check"), "give the QNH"),
        (("say", "--qnh", "29.92"), "29.92 is not in the range"),
        (("say", "--rule", "msaw-check"), "need (number), which is not known here"),
        (("say", "--net", "APW", "--purpose", "terrain"), "unknown purpose 'terrain'; write 'terrain_wall'"),
        (("new", "icao"), "a rule set called 'icao' comes with the package"),
        (("new", "my words"), "'my words' is no name for a rule set"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_two(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_rule_set_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("mine", encoding="utf-8")
    result = run("new", "mine", "--out", str(file))
    assert result.exit_code == 2
    assert file.read_text(encoding="utf-8") == "mine"


def test_the_python_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python"), str(PAGE), "exec"), {})  # the page is ours, and this is what proves it
    assert "QNH IS 1006. proposed 6.8" in capsys.readouterr().out


def test_an_entry_that_changes_nothing_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert run("new", "mine", "--from", "faa", "--out", str(file)).exit_code == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('readback = ["instruction"]', 'readback = ["instruction", "QNH"]', 1), encoding="utf-8"
    )
    result = run("check", str(file))
    assert result.exit_code == 0
    said = "on-final: the read-back of QNH is never expected: the words do not give (number)"
    assert f"warning: {said}" in result.stderr
    assert json.loads(run("check", str(file), "--json").stdout)["warnings"] == [said]


@pytest.mark.parametrize("name", ["icao", "faa", "france", "geneva", "zurich", "proposed-apw", "as-spoken"])
def test_no_shipped_rule_set_has_an_entry_that_changes_nothing(name: str) -> None:
    assert json.loads(run("check", name, "--json").stdout)["warnings"] == []
