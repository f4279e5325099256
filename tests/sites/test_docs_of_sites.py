from __future__ import annotations

from pathlib import Path

import pytest

from safetynets.sites.key_tables import _value, tables, with_tables

PAGE = Path(__file__).parents[2] / "docs" / "sites.md"


@pytest.mark.requirement("REQ-LOCAL-INSTRUCTIONS")
def test_tables_of_the_page_are_those_of_the_models():
    """To mend: python -m safetynets.sites.key_tables docs/sites.md."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page


def test_page_has_every_table():
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables().items():
        assert f"<!-- table: {name} -->" in page
        assert table in page


def test_every_key_and_parameter_has_a_meaning():
    for table in tables().values():
        for row in table.splitlines()[2:]:
            key, *_, meaning = [cell.strip() for cell in row.strip("|").split("|")]
            assert meaning not in ("", "None"), key


@pytest.mark.parametrize(
    ("value", "written"), [(999_999, "999,999"), (1_000_000, "1000000"), (-1_000_000, "-1000000"), (2.5, "2.5")]
)
def test_a_default_of_a_million_or_more_is_written_with_all_its_digits(value, written):
    assert _value(value) == written
