"""What the nets say about every shipped scenario, row by row, in a table that a reviewer can read."""

import difflib

import pytest

from safetynets.runs import list_scenarios
from tests.scenarios import golden_table, page, runs

WITH_GOLDEN = [name for name in list_scenarios() if golden_table.golden_file(name).exists()]
HOW_TO_MEND = "if that is meant: python -m tests.scenarios.write_golden {name}, then look at the difference"


def assert_same(found: str, expected: str, name: str) -> None:
    """Fail with the lines that differ."""
    if found != expected:
        lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "golden", "now", lineterm="", n=0)
        pytest.fail("\n".join((f"{name} has changed", *lines, HOW_TO_MEND.format(name=name))), pytrace=False)


@pytest.mark.parametrize("name", WITH_GOLDEN)
def test_a_scenario_says_what_its_golden_table_says(name):
    expected = golden_table.golden_file(name).read_text(encoding="utf-8")
    assert_same(golden_table.text(runs.perfect(name), runs.start_s(name)), expected, name)


@pytest.mark.parametrize("name", [name for name in WITH_GOLDEN if page.page_file(name).exists()])
def test_the_page_of_a_scenario_holds_its_golden_table(name):
    (found,) = page.BLOCK.findall(page.page_file(name).read_text(encoding="utf-8"))
    assert_same(page.block(name), found, name)


@pytest.mark.parametrize("name", list_scenarios())
def test_every_shipped_scenario_has_a_golden_table_a_page_and_a_line_in_the_index(name):
    assert golden_table.golden_file(name).is_file(), HOW_TO_MEND.format(name=name)
    assert page.page_file(name).is_file(), f"write docs/scenarios/{name}.md"
    assert f"(scenarios/{name}.md)" in page.INDEX.read_text(encoding="utf-8"), f"name {name} in docs/scenarios.md"


def test_no_golden_table_and_no_page_is_left_of_a_scenario_that_is_gone():
    shipped = set(list_scenarios())
    assert {file.stem for file in golden_table.FOLDER.glob("*.csv")} <= shipped
    assert {file.stem for file in page.FOLDER.glob("*.md")} <= shipped
    assert set(runs.bounds()) <= shipped


@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_says_where_it_is_from_and_what_is_reconstructed(name):
    scenario = runs.scenario(name)
    assert scenario.name == name
    assert scenario.sources
    assert scenario.reconstructed, "each says what is not as it was"
