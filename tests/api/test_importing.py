"""`import safetynets` imports nothing but itself, and each name is loaded when it is first used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import safetynets

FEW = 10
"""Modules of the standard library that an interpreter may not have loaded at its start."""


def imported_by(statement: str) -> set[str]:
    """The modules that a statement imports in a fresh interpreter."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_of_it_and_nothing_heavy() -> None:
    imported = imported_by("import safetynets; dir(safetynets)")
    assert {name for name in imported if name.startswith("safetynets")} == {"safetynets"}
    assert len(imported) <= FEW


def test_loading_a_site_needs_neither_the_compiler_nor_a_plotting_library() -> None:
    imported = imported_by("import safetynets; safetynets.load_site")
    assert not {"numba", "matplotlib", "bokeh"} & imported


@pytest.mark.parametrize("name", [name for name in safetynets.__all__ if name != "__version__"])
def test_every_name_is_what_the_stub_says(name: str) -> None:
    value = getattr(safetynets, name)
    assert value.__name__ == name
    assert value.__doc__


def test_the_stub_names_what_the_package_has() -> None:
    stub = ast.parse(Path(safetynets.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    named = {
        alias.asname: f"{node.module}" for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert named == {name: f"safetynets.api.{home}" for name, home in safetynets._HOME.items()}


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'replays'"):
        _ = safetynets.replays
