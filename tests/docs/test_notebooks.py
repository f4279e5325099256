"""Each notebook, executed from a fresh kernel: what it says is what it says in the repository."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 200_000


def test_there_is_a_notebook_for_each_kind_of_user() -> None:
    for name in ("tuning-msaw", "phraseology-for-apm", "replaying-geneva-and-zurich", "your-own-recording"):
        assert ROOT / "notebooks" / f"{name}.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_run_anew_says_what_it_said(path: Path, tmp_path: Path) -> None:
    # In a process of its own: the sockets and event loop of a kernel client warn when they are collected.
    again = tmp_path / path.name
    command = [sys.executable, str(ROOT / "notebooks" / "run_all.py"), path.stem, "--into", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    runner = _runner()
    kept, fresh = (runner.text_of(nbformat.read(one, as_version=4)) for one in (path, again))
    assert fresh == kept, "to mend: python notebooks/run_all.py, and read the difference"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_executed_in_order_and_tells_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(text) <= MOST_BYTES
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert notebook.metadata == nbformat.from_dict(_runner().KERNEL)
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
    for output in (output for cell in cells for output in cell.outputs):
        output.get("data", {}).pop("image/png", None)
    for told in (str(ROOT), str(Path.home()), " at 0x", "/tmp/"):
        assert told not in nbformat.writes(notebook)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_that_it_is_not_for_operational_use(path: Path) -> None:
    first = nbformat.read(path, as_version=4).cells[0].source
    assert "othing here is for operational use" in first.replace("\n", " ")


def _runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_all", ROOT / "notebooks" / "run_all.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
