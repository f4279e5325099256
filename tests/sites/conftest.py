from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from safetynets.errors import SiteError
from safetynets.sites import load_site
from tests.sites.site_texts import HEAD


@pytest.fixture
def site_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes a site file of the common head and the given text, and answers with its path."""

    def write(text: str = "", head: str = HEAD) -> Path:
        file = tmp_path / "site.toml"
        file.write_text(head + text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def refusal_of(site_of: Callable[..., Path]) -> Callable[..., str]:
    """The message with which a site file is refused, without the folder."""

    def refuse(text: str = "", head: str = HEAD, **overrides: object) -> str:
        file = site_of(text, head)
        with pytest.raises(SiteError) as caught:
            load_site(file, overrides)
        return str(caught.value).replace(str(file.parent) + "/", "")

    return refuse
