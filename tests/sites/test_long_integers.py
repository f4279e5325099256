"""An integer of a hundred thousand digits, which Python refuses to convert, is refused as TOML that cannot be read."""

import pytest

from safetynets.errors import SiteError
from safetynets.sites import load_site


def test_a_site_with_an_integer_too_long_to_convert_is_refused(tmp_path):
    (tmp_path / "site.toml").write_text("title = " + "9" * 100_000, encoding="utf-8")
    with pytest.raises(SiteError, match="TOML"):
        load_site(tmp_path)
