"""Files that nest too deep are refused with a message, whatever they are: found by `make attack`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from safetynets.errors import InputError
from safetynets.evaluation.comparison.sources import load_parameters
from safetynets.evaluation.study.load import load_study
from safetynets.phraseology.loading import load_rule_set
from safetynets.recordings import read_profile
from safetynets.runs.folder import read_manifest
from safetynets.runs.scenario import load_scenario
from safetynets.sites import load_site
from safetynets.traffic.generator.settings import load_settings

DEEP = 100_000


@pytest.mark.parametrize(
    "load", [load_site, load_scenario, load_study, load_rule_set, load_parameters, load_settings, read_profile]
)
@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * DEEP + "]" * DEEP,
        "a = " + "{b=" * DEEP + "1" + "}" * DEEP,
        ".".join("a" * 2000) + " = 1",
        " . ".join(['"a"'] * 9) + " = 1",
        "".join(f"[k{number}.a.a.a.a.a.a]\n" for number in range(17_000)),
        f"a = {2**63}",
        "#" * 2_000_001,
    ],
    ids=["lists", "tables", "a key", "a key in quotes", "headers", "an integer of 65 bits", "a large file"],
)
def test_toml(load: Callable[[Path], object], text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=r"mine\.toml"):
        load(file)


def test_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"a":' * DEEP + "1" + "}" * DEEP)
    with pytest.raises(InputError, match="is not the manifest of a run"):
        read_manifest(tmp_path)
