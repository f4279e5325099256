"""The page of lead times from disk: no network, no overflow on a phone, its silent nets opened by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from safetynets.evaluation.lead_time import lead_times
from safetynets.reports.lead_time_page import write_lead_times
from safetynets.response import draw, load_assumptions
from safetynets.runs import run_scenario
from tests.browser.conftest import assert_fits_its_width


@pytest.fixture(scope="module")
def paris_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = lead_times(run_scenario("paris-2022"), draw(load_assumptions(), 500))
    return write_lead_times(found, tmp_path_factory.mktemp("lead") / "out")


def test_the_silent_nets_say_why(
    browser_page: Page, paris_page: Path, assert_accessible: Callable[[Page], None]
) -> None:
    page = browser_page
    page.goto(paris_page.as_uri())
    assert_accessible(page)
    silent = page.locator("details").first
    expect(silent.get_by_text("the approach has no glide path").first).to_be_hidden()
    silent.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(silent.get_by_text("the approach has no glide path").first).to_be_visible()


def test_the_longest_bar_is_that_of_the_earliest_net_and_it_fits_a_phone(phone_page: Page, paris_page: Path) -> None:
    page = phone_page
    page.goto(paris_page.as_uri())
    assert_fits_its_width(page)
    widths = page.eval_on_selector_all("section:first-of-type .bar .left", "all => all.map(e => e.offsetWidth)")
    assert widths[0] == max(widths) > 200
    assert min(widths) > 0
