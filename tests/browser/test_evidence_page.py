"""The page of an evidence pack from disk: no network, no overflow on a phone, what is not verified first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from safetynets.evaluation.evidence.pack import facts
from safetynets.evaluation.evidence.requirements import answers, load_requirements, tags_of
from safetynets.reports.evidence_page import evidence_page
from tests.browser.conftest import assert_fits_its_width

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As if one tagged test had failed, one had not been run, and every other had passed."""
    tags = tags_of(ROOT / "tests")
    results = dict.fromkeys(tags, "passed")
    failed, absent = sorted(test for test, names in tags.items() if names == ["REQ-QNH"])
    results[failed] = "failed"
    del results[absent]
    page = tmp_path_factory.mktemp("pack") / "evidence.html"
    page.write_text(evidence_page(facts(answers(load_requirements(), tags, results), ROOT), ROOT), encoding="utf-8")
    return page


def test_what_is_not_verified_stands_first_and_then_what_failed(
    browser_page: Page, pack: Path, assert_accessible: Callable[[Page], None]
) -> None:
    page = browser_page
    page.goto(pack.as_uri())
    assert_accessible(page)
    headings = page.locator("h2").all_inner_texts()
    assert [heading.partition(" (")[0] for heading in headings] == ["Not verified", "Failed", "Passed", "Files"]
    assert page.locator("section").nth(1).locator("h3").all_inner_texts() == ["REQ-QNH"]
    figure = page.locator("#REQ-ALERT details")
    expect(figure.locator("img")).to_be_hidden()
    figure.locator("summary").click()
    expect(figure.locator("img")).to_be_visible()
    assert page.evaluate("document.querySelector('#REQ-ALERT img').naturalWidth") > 100


def test_the_page_fits_a_phone(phone_page: Page, pack: Path, assert_accessible: Callable[[Page], None]) -> None:
    phone_page.goto(pack.as_uri())
    assert_accessible(phone_page)
    assert_fits_its_width(phone_page)
