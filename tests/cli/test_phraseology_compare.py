"""`safetynets phraseology compare` and `say --wav`, as a working group types them."""

import json
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safetynets.cli.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["phraseology", *arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A rule set of one's own compared with ICAO, with an assumption varied."""
    folder = tmp_path_factory.mktemp("compare")
    file = folder / "ours.toml"
    assert run("new", "ours", "--from", "proposed-apm-directive", "--out", str(file)).exit_code == 0
    arguments = ("--rule-sets", f"icao,{file}", "--assume", "crew.decide_check_s=8", "--draws", "50")
    return run("compare", "geneva-early-descent", *arguments, "--out", str(folder / "out"), "--json"), folder / "out"


def test_one_page_and_its_numbers_are_written(written: tuple[Result, Path]) -> None:
    result, folder = written
    assert result.exit_code == 0
    assert sorted(file.name for file in folder.iterdir()) == ["phraseology.html", "phraseology.json"]


def test_a_rule_set_of_one_s_own_is_compared_under_the_assumption_given(written: tuple[Result, Path]) -> None:
    found = json.loads(written[0].stdout)
    (scenario,) = found["scenarios"]
    assert [row["name"] for row in scenario["rule_sets"]] == ["icao", "ours"]
    (varied,) = (row for row in found["assumptions"] if row["tag"] == "given")
    assert (varied["name"], varied["value"]) == ("crew.decide_check_s", "8 s")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("geneva-early-descnt",), "there is no scenario 'geneva-early-descnt'; write 'geneva-early-descent'"),
        (("geneva-early-descent", "--rule-sets", "icoa"), "no rule set is called 'icoa'; write 'icao'"),
        (("geneva-early-descent", "--rule-sets", "icao,icao"), "2 rule sets are called 'icao'"),
        (("geneva-early-descent", "--rule-sets", ","), "no rule set is named"),
        (("geneva-early-descent", "--assume", "crew.decide_chek_s=8"), "write 'crew.decide_check_s'"),
        (("geneva-early-descent", "--assume", "crew.decide_check_s=-8"), "-8 is outside 0 to 3600 s"),
        (("geneva-early-descent", "--assume", "crew.decide_check_s"), "is no assumption; write NAME=VALUE"),
        (("geneva-early-descent", "--draws", "0"), "0 draws are none"),
        (("geneva-early-descent", "--alert", "99"), "there is no alert 99"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_two(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("compare", *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_scenario_without_a_shown_alert_says_so(tmp_path: Path) -> None:
    result = run("compare", "zurich-approach", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "zurich-approach: no alert is shown" in result.output


def test_a_call_is_spoken_into_a_file_and_its_length_is_told(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    result = run("say", "--qnh", "1006", "--wav", str(file), "--wpm", "100", "--radio", "--json")
    (report,) = json.loads(result.stdout)
    with wave.open(str(file)) as heard:
        assert heard.getnframes() / heard.getframerate() == pytest.approx(report["audio"]["voice_s"], abs=0.2)
    assert report["audio"]["estimated_s"] == pytest.approx(10.2)
    assert report["audio"]["voice_s"] == pytest.approx(10.2, rel=0.15)


def test_plain_language_says_why_its_audio_is_shorter_than_the_estimate(tmp_path: Path) -> None:
    arguments = (
        "say",
        "--rule-set",
        "as-spoken",
        "--net",
        "APM",
        "--aerodrome",
        "LFPG",
        "--wav",
        str(tmp_path / "a.wav"),
    )
    assert "by syllables it is" in " ".join(run(*arguments).output.split())


def test_two_calls_do_not_go_into_one_file(tmp_path: Path) -> None:
    arguments = ("--rule-set", "icao", "--rule-set", "geneva", "--qnh", "1006", "--wav", str(tmp_path / "a.wav"))
    result = run("say", *arguments)
    assert result.exit_code == 2
    assert "2 calls cannot go into one file" in result.output
    assert list(tmp_path.iterdir()) == []
