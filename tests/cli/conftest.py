from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from safetynets.cli import main


@pytest.fixture
def safetynets(tmp_path, monkeypatch) -> Callable[..., Result]:
    """The command, run in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])
