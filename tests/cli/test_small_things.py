"""What every command can be told, the file of defaults, completion, and the check of an installation."""

from __future__ import annotations

import ast
import itertools
import json
import webbrowser
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from safetynets.cli import doctor
from safetynets.cli.main import main

COMMANDS = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
SAY = ("phraseology", "say", "--callsign", "SWR123")


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env={"SAFETYNETS_CONFIG": "none", **environment}).invoke(main, arguments)


def leaves(group: click.Group) -> list[click.Command]:
    found: list[click.Command] = []
    for command in group.commands.values():
        found += leaves(command) if isinstance(command, click.Group) else [command]
    return found


def test_every_command_can_be_quiet_and_verbose():
    for command in leaves(main):
        words = {word for option in command.params for word in option.opts}
        assert {"-q", "--quiet", "-v", "--verbose"} <= words, command.name


def test_a_quiet_command_prints_nothing_but_json_and_errors():
    assert run(*SAY, "--qnh", "1006", "--quiet").output == ""
    assert json.loads(run(*SAY, "--qnh", "1006", "--quiet", "--json").stdout)[0]["rule"] == "msaw-check"
    refused = run("phraseology", "check", "icoa", "-q")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "write 'icao'" in refused.stderr


def test_a_verbose_command_says_on_standard_error_what_it_does_and_how_long_it_took(tmp_path: Path):
    config = tmp_path / "mine.toml"
    config.write_text('[phraseology.say]\nqnh = 1013\nrule-set = ["faa", "icao"]\n', encoding="utf-8")
    said = run("--config", str(config), *SAY, "--verbose")
    assert f"defaults from {config}" in said.stderr
    assert said.stderr.rstrip().endswith(" s  done")
    assert "defaults" not in said.stdout


def test_defaults_come_from_a_file_and_what_is_typed_goes_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "safetynets.toml").write_text(
        '[phraseology.say]\nqnh = 1013\ncallsign = "DLH4TR"\nown-navigation = false\n', encoding="utf-8"
    )
    runner = CliRunner()
    (told,) = json.loads(runner.invoke(main, ["phraseology", "say", "--json"]).stdout)
    assert told["text"].startswith("DLH4TR TERRAIN ALERT")
    (told,) = json.loads(runner.invoke(main, [*SAY, "--own-navigation", "--json"]).stdout)
    assert told["text"] == "SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1013."
    assert run(*SAY).stdout.startswith("call"), "SAFETYNETS_CONFIG=none uses no file"


def test_the_file_of_the_user_is_found_where_there_is_none_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "safetynets").mkdir()
    (tmp_path / "safetynets" / "config.toml").write_text("[phraseology.say]\nqnh = 1001\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said = CliRunner(env={"XDG_CONFIG_HOME": str(tmp_path)}).invoke(main, [*SAY, "--json"])
    assert "QNH IS 1001" in json.loads(said.stdout)[0]["text"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rnu]\nout = 'x'", "rnu: there is no command 'rnu'; write 'run'"),
        ("[run]\nouT = 'x'", "run.ouT: there is no option 'ouT'; write 'out'"),
        ("run = 3", "run: must be a table of options; write [run]"),
        ("[run]\nout = ['x', 'y']", "run.out: must be one value"),
        ("[run", "not valid TOML"),
    ],
)
def test_a_wrong_file_of_defaults_is_one_message(tmp_path: Path, text: str, said: str):
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    result = run("--config", str(file), "scenarios")
    assert result.exit_code == 2
    assert said in result.output
    assert str(file) in result.output
    assert "Traceback" not in result.output


def test_a_page_opens_in_the_browser_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", lambda address: opened.append(address) or 0)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    arguments = ("site", "check", "zurich", "--out", str(tmp_path / "zurich.html"))
    assert "The page is" in run(*arguments).stdout
    assert opened == []
    run(*arguments, "--open")
    assert opened == [(tmp_path / "zurich.html").as_uri()]


def test_something_is_shown_before_anything_is_imported_that_takes_a_while():
    late = []
    for file in sorted(Path(doctor.__file__).parent.glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef) or not any(map(shows_progress, function.body)):
                continue
            before = itertools.takewhile(
                lambda part: not shows_progress(part) and "click.echo(" not in ast.unparse(part), function.body
            )
            late += [
                f"{file.name}, {function.name}: {part.module}"
                for part in before
                if isinstance(part, ast.ImportFrom) and str(part.module).startswith("safetynets.")
                if not str(part.module).startswith(("safetynets.cli.", "safetynets.errors"))
            ]
    assert late == []


def shows_progress(part: ast.stmt) -> bool:
    return isinstance(part, ast.With) and any("stages()" in ast.unparse(each.context_expr) for each in part.items)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_as_the_page_says(shell: str):
    runner = CliRunner(env={"_SAFETYNETS_COMPLETE": f"{shell}_source"})
    assert f"_SAFETYNETS_COMPLETE={shell}_complete" in runner.invoke(main, prog_name="safetynets").stdout
    assert f"_SAFETYNETS_COMPLETE={shell}_source" in COMMANDS.read_text(encoding="utf-8")


def test_doctor_says_what_there_is_and_that_nothing_is_wrong():
    found = run("doctor")
    assert found.exit_code == 0, found.output
    assert "Nothing is wrong." in found.stdout
    told = json.loads(run("doctor", "--json").stdout)
    assert set(doctor.EXTRAS) == set(told["extras"])
    assert told["kernel_cache"]["kept"]
    assert told["scenarios"] > 30


def test_doctor_names_what_is_wrong_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "PACKAGES", (*doctor.PACKAGES, "absent-package"))
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 1e18)
    found = run("doctor")
    assert found.exit_code == 1
    assert "WRONG: the package absent-package is not installed: pip install" in found.stdout
    assert "MB left" in found.stdout
