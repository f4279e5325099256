"""The results page of the benchmark from disk: no network, wide tables scrolled on a phone, the curve drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from safetynets.evaluation.benchmark.score import Value
from safetynets.reports.benchmark_page import HEADLINE, SHOWN, benchmark_page
from tests.browser.conftest import assert_fits_its_width


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scores = {key: Value(0.5, 0.25, 0.75) for _, key, _, _ in SHOWN}
    none = dict.fromkeys(scores, Value(float("nan"), float("nan"), float("nan")))
    better = scores | {HEADLINE: Value(0.9, 0.8, 1.0)}
    found = {"mine": {"all": scores, "pairs": none}, "yours": {"all": better, "pairs": scores}}
    curves = [
        {"table": "mine", "score": 1.0, "nuisance_per_1000": 4.0, "missed": 0.1},
        {"table": "mine", "score": 2.0, "nuisance_per_1000": 1.0, "missed": 0.4},
        {"table": "yours", "score": 1.0, "nuisance_per_1000": 30.0, "missed": 0.0},
    ]
    page = tmp_path_factory.mktemp("results") / "results.html"
    page.write_text(benchmark_page(found, curves, {"licence": "Apache-2.0"}, 1234, "rank"), encoding="utf-8")
    return page


def test_the_page_says_who_leads_and_can_be_read_by_ear(
    browser_page: Page, results: Path, assert_accessible: Callable[[Page], None]
) -> None:
    browser_page.goto(results.as_uri())
    assert_accessible(browser_page)
    said = browser_page.locator("#verdict").inner_text()
    assert said == "yours detects 90% (80-100) in time at 1 nuisance alert per 1,000 flights."
    assert browser_page.evaluate("document.querySelector('img').naturalWidth") > 300


def test_wide_tables_scroll_within_themselves_on_a_phone(
    phone_page: Page, results: Path, assert_accessible: Callable[[Page], None]
) -> None:
    phone_page.goto(results.as_uri())
    assert_accessible(phone_page)
    assert_fits_its_width(phone_page)
