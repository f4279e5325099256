"""The pictures of docs/explanation: those in the repository are those that the package draws now."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from safetynets.reports.house_style import figure_bytes

DOCS = Path(__file__).parents[2] / "docs"
QUICK = ("explain-msaw.svg", "explain-apm.svg", "explain-lifecycle.svg")
"""Those that need no recording to be read."""


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_explanations", DOCS / "draw_explanations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", QUICK)
def test_a_picture_is_drawn_as_it_stands_in_the_repository(name: str, drawing: ModuleType) -> None:
    drawn = figure_bytes(drawing.draw(drawing.PICTURES[name]))
    assert drawn == (DOCS / "pictures" / name).read_bytes(), "to mend: python docs/draw_explanations.py"


def test_every_picture_of_the_explanation_is_drawn_and_every_one_drawn_is_shown(drawing: ModuleType) -> None:
    page = (DOCS / "explanation" / "what-a-net-sees.md").read_text(encoding="utf-8")
    assert {name for name in drawing.PICTURES if f"pictures/{name}" in page} == set(drawing.PICTURES)
    assert page.count("```{figure}") == page.count(":alt:") == len(drawing.PICTURES)
