"""The pages of a study and of a comparison in a browser: nothing is fetched, readable on a phone, accessible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from safetynets.evaluation.comparison.comparison import ChangedAlert, Comparison
from safetynets.reports.comparison_page import write_comparison_page
from safetynets.reports.study_page import study_page
from tests.browser.conftest import assert_fits_its_width
from tests.reports.made_study import study_made_by_hand


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder, study = tmp_path_factory.mktemp("pages"), study_made_by_hand()
    of_study = folder / "study.html"
    of_study.write_text(study_page(study), encoding="utf-8")
    told = study.manifest["comparison"]
    rows = [{str(name): study.results.iloc[row][name] for name in study.results.columns} for row in (0, 17)]
    unknown = dict.fromkeys(("before_s", "after_s", "moved_s"), float("nan"))
    changed = tuple(
        ChangedAlert(**unknown | {name: value for name, value in one.items() if value is not None})
        for one in told["changed"]
    )
    comparison = Comparison(**{**told, "before": rows[0], "after": rows[1], "changed": changed})
    return [of_study, write_comparison_page(comparison, folder)]


def test_the_pages_are_accessible_and_every_fold_opens(
    pages: list[Path], browser_page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    for page in pages:
        browser_page.goto(page.as_uri())
        for fold in browser_page.locator("summary").all():
            fold.click()
        assert browser_page.locator("details:not([open])").count() == 0
        assert_accessible(browser_page)


def test_every_picture_is_drawn(pages: list[Path], browser_page: Page) -> None:
    browser_page.goto(pages[0].as_uri())
    widths = browser_page.locator("img").evaluate_all("images => images.map(one => one.naturalWidth)")
    assert len(widths) == 8
    assert min(widths) > 400


def test_on_a_phone_the_page_is_not_wider_than_the_screen(pages: list[Path], phone_page: Page) -> None:
    for page in pages:
        phone_page.goto(page.as_uri())
        assert_fits_its_width(phone_page)


def test_the_links_of_a_page_lead_to_its_parts(pages: list[Path], browser_page: Page) -> None:
    browser_page.goto(pages[0].as_uri())
    targets = browser_page.locator("nav a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    assert len(targets) == 8
    for target in targets:
        assert browser_page.locator(target).count() == 1
