"""Execute every notebook of this folder anew and write it back with its outputs.

python notebooks/run_all.py [NAME ...] [--into FOLDER]

When nothing has changed, nothing changes: what depends on the machine or the moment is not kept.
"""

from __future__ import annotations

import argparse
import base64
import os
from io import BytesIO
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

HERE = Path(__file__).parent
SECONDS_PER_CELL = 120
QUIET = "--IPKernelApp.log_level=40"
FIGURES = "--InlineBackend.print_figure_kwargs={'dpi': 72, 'bbox_inches': 'tight', 'metadata': {'Software': None}}"
COLOURS = 64
"""Pictures are kept small, for they lie in the repository with the notebooks."""
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(path: Path) -> NotebookNode:
    """The notebook with the outputs of a fresh run, and nothing in it that says when, where or how fast it ran."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name=KERNEL["kernelspec"]["name"],
        extra_arguments=[FIGURES, QUIET],
        record_timing=False,
        resources={"metadata": {"path": str(HERE)}},
    )
    client.execute(env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    notebook.metadata = nbformat.from_dict(KERNEL)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", ()):
                output.data["image/png"] = _smaller(output.data["image/png"])
    return notebook


def text_of(notebook: NotebookNode) -> list[tuple[str, list[str]]]:
    """Source and text outputs of every cell: what must be the same each time, on every machine."""
    return [(cell.source, [_text(output) for output in cell.get("outputs", ())]) for cell in notebook.cells]


def notebooks() -> list[Path]:
    """Every notebook of this folder."""
    return sorted(HERE.glob("*.ipynb"))


def _smaller(picture: str) -> str:
    """A PNG (base64) with few colours."""
    buffer = BytesIO()
    Image.open(BytesIO(base64.b64decode(picture))).convert("RGB").quantize(COLOURS).save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _text(output: NotebookNode) -> str:
    if "data" in output:
        return str(output.data.get("text/plain", ""))
    return str(output.get("text", output.get("ename", "")))


def main() -> None:
    """Execute and write the notebooks named, or all."""
    arguments = argparse.ArgumentParser(description="Execute the notebooks anew.")
    arguments.add_argument("names", nargs="*", help="which; all where none is named")
    arguments.add_argument("--into", type=Path, default=HERE, help="the folder to write them to")
    asked = arguments.parse_args()
    for path in notebooks():
        if not asked.names or path.stem in asked.names:
            written = asked.into / path.name
            nbformat.write(executed(path), written)
            print(written.name, f"{written.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
