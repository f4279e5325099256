"""Draw the pictures of the README from a real run.

python docs/pictures/draw.py
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario

HERE = Path(__file__).parent
PICTURES = {"figures/profile-1-AFR15XV.png": "paris-wrong-qnh.png"}


def main() -> None:
    """Run `paris-wrong-qnh` and keep its pictures here."""
    with tempfile.TemporaryDirectory() as folder:
        run = run_scenario("paris-wrong-qnh")
        written = write_run_folder(run, Path(folder) / "run", replace=False, figures="all")
        for figure, picture in PICTURES.items():
            shutil.copyfile(written / figure, HERE / picture)


if __name__ == "__main__":
    main()
