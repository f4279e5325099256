"""Make the paper: run its notebook, which makes every number and figure, and set it: python docs/paper/make.py.

Without Typst (the extra `paper`, or the program on the path) the numbers and figures are made all the same.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NOTEBOOK = HERE / "apm-phraseologies.ipynb"
SOURCE = HERE / "apm-phraseologies.typ"
PDF = ROOT / "out" / "paper" / "apm-phraseologies.pdf"
SECONDS_PER_CELL = 1800
NO_TYPST = (
    "No Typst was found, so no PDF is set: python -m pip install typst, or put the program typst on the path. "
    "Numbers, figures and notebook are written."
)


def run_notebook() -> None:
    """Execute the notebook anew, which writes numbers.json and the figures."""
    spec = importlib.util.spec_from_file_location("run_all", ROOT / "notebooks" / "run_all.py")
    assert spec is not None
    assert spec.loader is not None
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    runner.SECONDS_PER_CELL = SECONDS_PER_CELL
    runner.HERE = HERE
    nbformat.write(runner.executed(NOTEBOOK), NOTEBOOK)


def set_paper(into: Path = PDF) -> bool:
    """Set the paper from its source and numbers.json; False where there is no Typst."""
    into.parent.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("typst") is not None:
        import typst

        typst.compile(str(SOURCE), output=str(into))
        return True
    program = shutil.which("typst")
    if program is None:
        return False
    subprocess.run([program, "compile", str(SOURCE), str(into)], check=True)
    return True


def main() -> int:
    """Make everything; --set-only sets the paper from the numbers that are there."""
    if "--set-only" not in sys.argv[1:]:
        run_notebook()
        print(f"written: {HERE / 'numbers.json'}, figures and notebook")
    if set_paper():
        print(f"written: {PDF}")
    else:
        print(NO_TYPST)
    return 0


if __name__ == "__main__":
    sys.exit(main())
