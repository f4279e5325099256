"""The paper on phraseologies: its text holds no result of its own, and its numbers are what the model says now."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

PAPER = Path(__file__).parents[2] / "docs" / "paper"
TEXT = (PAPER / "apm-phraseologies.typ").read_text(encoding="utf-8")
NUMBERS = json.loads((PAPER / "numbers.json").read_text(encoding="utf-8"))


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PAPER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def results() -> ModuleType:
    return module("results")


def test_numbers_made_anew_with_few_draws_are_those_of_the_file(results):
    fresh, kept = json.loads(json.dumps(results.sample())), NUMBERS["sample"]
    for key in ("answers", "without", "nobody", "time_there_is", "ordered_by"):
        assert fresh[key] == kept[key], "to mend: make paper, and read what changed"
    spans = [
        [(row["name"], [span["span"] for span in row["spans"]]) for row in of["over_spans"]] for of in (fresh, kept)
    ]
    assert spans[0] == spans[1], "to mend: make paper"


def test_the_words_and_the_assumptions_are_those_of_today(results):
    assert results.words() == NUMBERS["words"]
    shipped = {
        one.name: one.words
        for one in results.load_assumptions().by_name.values()
        if not one.name.startswith("outcome.")
    }
    assert {one["name"]: one["value"] for one in NUMBERS["assumptions"]} == shipped


def test_no_result_is_written_into_the_text():
    """Digits stand there in widths of columns and pictures, names of files and a comparison with none alone."""
    results = TEXT.partition("// results\n")[2].partition("// end of results\n")[0]
    assert len(results) > 3000
    prose = re.sub(r"\b1fr\b|\b100%|zurich90|== 0 ", "", results)
    assert [line for line in prose.splitlines() if re.search(r"\d", line)] == []


def test_every_conclusion_is_claimed_and_holds():
    claimed = set(re.findall(r'#claim\("(\w+)"\)', TEXT))
    assert claimed == set(NUMBERS["claims"])
    assert all(NUMBERS["claims"].values())


def test_every_figure_of_the_text_is_there():
    named = re.findall(r'image\("(figures/[\w-]+\.svg)"', TEXT)
    assert len(named) >= 2
    for name in named:
        assert (PAPER / name).is_file()


def test_it_says_that_people_are_simulated_and_ends_with_what_is_asked_of_the_meeting():
    assert "No controller and no crew was measured" in TEXT
    assert "Not for operational use" in TEXT
    headings = re.findall(r"#section\[([^\]]+)\]", TEXT)
    assert (headings[0], headings[-3:]) == ("Introduction", ["Conclusions", "Action by the meeting", "References"])


def test_the_notebook_was_run_in_order_and_shows_no_error():
    notebook = nbformat.read(PAPER / "apm-phraseologies.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)


def test_without_typst_it_is_said_in_a_sentence(tmp_path):
    """A Python that has no typst, and a path with no program of that name."""
    code = (
        "import sys; sys.modules['typst'] = None; sys.argv = ['make.py', '--set-only']; import runpy\n"
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'typst' else found(name, *rest)\n"
        f"runpy.run_path({str(PAPER / 'make.py')!r}, run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-c", code], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("No Typst was found, so no PDF is set")
