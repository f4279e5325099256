"""Parameter sets as things: saved, listed, shown, held against each other, and taken by run and replay."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safetynets.cli import main
from safetynets.evaluation.comparison.sources import load_parameters


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(each) for each in arguments])


def saved(command: Callable[..., Result], name: str, *values: str) -> Path:
    sets = [part for value in values for part in ("--set", value)]
    result = command("parameters", "save", name, "--site", "flat", *sets, "--source", "a trial")
    assert result.exit_code == 0, result.output
    return Path("parameter-sets") / f"{name}.toml"


def test_a_set_is_saved_with_its_source_and_listed(command: Callable[..., Result]) -> None:
    file = saved(command, "wider", "apm.below_ft=150", "msaw.look_ahead_s=60")
    found = load_parameters(file)
    assert [(each.address, each.value, each.source) for each in found.changes] == [
        ("apm.below_ft", 150, "a trial"),
        ("msaw.look_ahead_s", 60, "a trial"),
    ]
    rows = json.loads(command("parameters", "list", "--json").stdout)
    assert rows == [{"file": file.as_posix(), "name": "wider", "values": "apm.below_ft = 150, msaw.look_ahead_s = 60"}]


def test_a_set_is_not_saved_over_another(command: Callable[..., Result]) -> None:
    file = saved(command, "wider", "apm.below_ft=150")
    before = file.read_bytes()
    result = command("parameters", "save", "wider", "--site", "flat", "--set", "apm.below_ft=200")
    assert result.exit_code == 2
    assert "is there already" in result.output
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("value", "said"), [("apm.bellow_ft=150", "write 'below_ft'"), ("apm.below_ft=-5", "apm.below_ft"), ("", "--set")]
)
def test_what_the_site_would_refuse_is_not_saved(command: Callable[..., Result], value: str, said: str) -> None:
    result = command("parameters", "save", "wrong", "--site", "flat", *(("--set", value) if value else ()))
    assert result.exit_code == 2
    assert said in result.output
    assert not Path("parameter-sets").exists()


def test_show_says_value_unit_default_and_source(command: Callable[..., Result]) -> None:
    file = saved(command, "wider", "apm.below_ft=150")
    rows = json.loads(command("parameters", "show", file, "--site", "flat", "--net", "apm", "--json").stdout)
    (row,) = [row for row in rows if row["name"] == "apm.below_ft"]
    assert (row["value"], row["unit"], row["default"]) == (150.0, "ft", 100.0)
    assert all(row["name"].startswith("apm.") for row in rows)


def test_diff_names_the_values_that_differ_and_no_others(command: Callable[..., Result]) -> None:
    wider, both = (
        saved(command, "wider", "apm.below_ft=150"),
        saved(command, "both", "apm.below_ft=150", "msaw.clear_n=4"),
    )
    of_site = json.loads(command("parameters", "diff", "flat", wider, "--site", "flat", "--json").stdout)
    assert of_site == {"apm.below_ft": [100.0, 150.0]}
    assert "msaw.clear_n" in command("parameters", "diff", wider, both, "--site", "flat").stdout
    assert "No value differs" in command("parameters", "diff", wider, wider, "--site", "flat").stdout


def test_a_set_without_a_site_is_refused_with_the_mend(command: Callable[..., Result]) -> None:
    file = saved(command, "wider", "apm.below_ft=150")
    result = command("parameters", "show", file)
    assert result.exit_code == 2
    assert "name it with --site" in result.output


def test_a_run_takes_a_set_and_a_set_is_saved_of_a_run(command: Callable[..., Result]) -> None:
    """The run says where each value is from; --set overrides the file; the set of the run is the same again."""
    file = saved(command, "wider", "apm.below_ft=150", "msaw.look_ahead_s=60")
    result = command(
        *(
            "run",
            "flat-ground-low",
            "--parameters",
            file,
            "--set",
            "msaw.look_ahead_s=50",
            "--figures",
            "none",
            "--json",
        )
    )
    assert result.exit_code == 0, result.output
    rows = {row["name"]: row for row in json.loads(result.stdout)["manifest"]["parameters"]}
    assert (rows["apm.below_ft"]["value"], rows["apm.below_ft"]["source"]) == (150.0, "a trial")
    assert rows["msaw.look_ahead_s"]["value"] == 50.0
    assert command("parameters", "save", "again", "--of", "out/flat-ground-low").exit_code == 0
    kept = {each.address: each.value for each in load_parameters(Path("parameter-sets/again.toml")).changes}
    assert kept["apm.below_ft"] == 150
    assert float(kept["msaw.look_ahead_s"]) == 50.0
    assert not any(key.startswith("pressure_regions") for key in kept)
