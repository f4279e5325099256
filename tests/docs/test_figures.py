"""The pictures of docs/figures.md: each is there, told with the command that draws it, and unchanged."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from safetynets.reports.displays.kinds import KINDS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_figures", DOCS / "draw_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_kind_of_figure_is_told_with_its_picture_and_command(drawing: ModuleType) -> None:
    text = (DOCS / "figures.md").read_text(encoding="utf-8")
    assert set(drawing.DRAWN) == set(KINDS)
    for kind in KINDS:
        assert f"safetynets figure {kind} " in text
    named = re.findall(r"\{figure\} (\S+)", text)
    assert sorted(Path(name).stem for name in named) == sorted(f"figure-{kind}" for kind in KINDS)
    for name in named:
        assert (DOCS / name).is_file()


def test_a_picture_drawn_again_is_the_one_that_is_kept(drawing: ModuleType) -> None:
    file, content = drawing.picture("timeline")
    assert (DOCS / "pictures" / file).read_bytes() == content, "python docs/draw_figures.py timeline"
