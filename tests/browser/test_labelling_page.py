"""The page on which an expert labels situations, in a browser: by keys and by mouse, kept, and saved as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from safetynets.evaluation.labels import Category, Situations, label
from safetynets.evaluation.labels.ballots import read_ballot
from safetynets.evaluation.labels.deidentify import deidentified
from safetynets.reports.labelling_page import PAGE, write_labelling_folder
from tests.browser.conftest import assert_fits_its_width
from tests.evaluation.test_labels import aerodrome, arrival, generated


@pytest.fixture(scope="module")
def situations_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three situations of one low arrival at the made aerodrome."""
    tracks, place = arrival(275.0), aerodrome()
    one = label(tracks, place, generated(tracks)).rows()[0]
    situations = Situations.from_rows([{**one, "from_s": one["from_s"] + 10.0 * i} for i in range(3)])
    folder = tmp_path_factory.mktemp("labels") / "to-label"
    write_labelling_folder(
        deidentified(tracks, place, situations, 1), place, folder, folder.with_suffix(".csv"), lambda _: None
    )
    return folder / PAGE


@pytest.fixture
def page(browser_page: Page, situations_page: Path) -> Page:
    browser_page.goto(situations_page.as_uri())
    expect(browser_page.get_by_role("status")).to_have_text("0 of 3 labelled")
    return browser_page


def saved(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save ballot.csv").click()
    assert download.value.suggested_filename == "ballot.csv"
    download.value.save_as(folder / "ballot.csv")
    return folder / "ballot.csv"


def test_an_expert_labels_with_the_keyboard_and_saves_what_the_command_reads(page: Page, tmp_path: Path) -> None:
    page.locator("#S001 input[type=radio]").first.focus()
    for key in ("1", "n", "5", "n", "p"):
        page.keyboard.press(key)
    page.locator("#S002").get_by_label("Comment").fill('says "no", twice')
    expect(page.get_by_role("status")).to_have_text("2 of 3 labelled")
    votes = read_ballot(saved(page, tmp_path))
    assert {name: vote.category for name, vote in votes.items()} == {"S001": Category.NECESSARY, "S002": Category.VOID}
    assert votes["S002"].comment == 'says "no", twice'


def test_a_digit_in_a_comment_labels_nothing(page: Page) -> None:
    page.locator("#S001").get_by_label("Comment").press_sequentially("1 of 2, n 3")
    expect(page.get_by_role("status")).to_have_text("0 of 3 labelled")


def test_what_was_labelled_is_still_there_when_the_page_is_opened_again(page: Page) -> None:
    page.locator("#S003").get_by_label("4 undesirable").check()
    page.reload()
    expect(page.get_by_role("status")).to_have_text("1 of 3 labelled")
    expect(page.locator("#S003").get_by_label("4 undesirable")).to_be_checked()


def test_everybody_can_use_the_page(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    assert_accessible(page)


def test_on_a_phone_nothing_runs_over_the_edge(phone_page: Page, situations_page: Path) -> None:
    phone_page.goto(situations_page.as_uri())
    assert_fits_its_width(phone_page)
