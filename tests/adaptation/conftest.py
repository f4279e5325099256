from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = Path(__file__).parent / "files"

SITE = """title = "A test site"
centre_deg = [47.6, 8.4]
source = "made for a test"

[[pressure_regions]]
name = "everywhere"
transition_altitude_ft = 5000
transition_level_fl = 60
source = "made for a test"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a small site without areas, at 47.6 N 8.4 E."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    return folder


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of adaptation data and answers with its path."""

    def write(text: str, name: str = "data.txt") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write
