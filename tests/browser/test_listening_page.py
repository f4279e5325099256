"""The listening test from disk, without a network, by keyboard alone; what it saves is what the analysis reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from safetynets.evaluation.listening.design import items_of
from safetynets.evaluation.listening.results import read_results
from safetynets.phraseology import Situation, load_rule_set
from safetynets.reports.listening_page import write_listening_page
from tests.browser.conftest import assert_fits_its_width

SITUATION = Situation(
    net="MSAW",
    kind="below",
    severity="warning",
    callsign="SWR123",
    vectored=False,
    on_final=False,
    visual=False,
    qnh_hpa=1013.0,
    minimum_flight_altitude_ft=7000.0,
    area="",
)
RULE_SETS = [load_rule_set(name) for name in ("icao", "faa")]


@pytest.fixture(scope="module")
def test_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test of two calls, one of each rule set."""
    items = items_of(RULE_SETS, SITUATION, rates_wpm=[300.0], noises_db=[-20.0], overlaps=[True], voices=["en-gb"])
    file = tmp_path_factory.mktemp("listening") / "test.html"
    write_listening_page(items, file, 0, lambda _: None)
    return file


def begin(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    page.fill("#place", "1")
    page.focus("#agree")
    page.keyboard.press("Enter")


def test_it_is_done_by_keyboard_and_its_results_are_read(browser_page: Page, test_page: Path, tmp_path: Path) -> None:
    page = browser_page
    begin(page, test_page)
    for call in range(2):
        expect(page.locator("#trial-title")).to_have_text(f"Call {call + 1} of 2")
        page.keyboard.press("Enter")
        expect(page.locator("#act")).to_be_enabled()
        if call == 0:
            page.keyboard.press(" ")
        expect(page.locator("#answer-title")).to_be_visible(timeout=30_000)
        page.keyboard.press("Enter")
        expect(page.locator("#missing")).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.type("999")
        page.keyboard.press("Enter")
    page.focus("#save")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    saved.value.save_as(tmp_path / "results.json")
    # Order 1 of two calls begins with the second: that of the FAA, which gives no altimeter setting.
    (faa, icao), _ = read_results([tmp_path / "results.json"])
    assert (faa.asks, faa.call_sign_first, icao.gives_qnh) == ("check", False, True)
    assert 0.5 < icao.asked_s < 10.0
    assert (faa.rule_set, icao.rule_set) == ("faa", "icao")
    assert 0.0 <= faa.act_s < 20.0
    assert icao.act_s != icao.act_s
    assert (faa.instruction_right, icao.instruction_right) == (True, True)
    assert (faa.qnh_right, icao.qnh_right) == (None, False)


def test_a_screen_reader_is_told_what_there_is(browser_page: Page, test_page: Path) -> None:
    page = browser_page
    page.goto(test_page.as_uri())
    expect(page.get_by_role("region", name="Before you begin")).to_be_visible()
    expect(page.get_by_role("group", name="I am")).to_be_visible()
    begin(page, test_page)
    # The heading has the focus, so that it is read; what happens is read as a status.
    expect(page.get_by_role("heading", name="Call 1 of 2")).to_be_focused()
    expect(page.get_by_role("button", name="Play (Enter)")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Listen")
    expect(page.get_by_role("button", name="I act (space bar)")).to_be_enabled()
    expect(page.get_by_role("heading", name="What were you told?")).to_be_focused(timeout=30_000)
    assert page.get_by_role("group", name="To do").get_by_role("radio").count() == 3
    expect(page.get_by_role("textbox", name="QNH or altimeter setting")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose what you were told to do")


def test_it_is_accessible_and_fits_a_phone(
    phone_page: Page, test_page: Path, assert_accessible: Callable[[Page], None]
) -> None:
    phone_page.goto(test_page.as_uri())
    assert_accessible(phone_page)
    begin(phone_page, test_page)
    expect(phone_page.locator("#trial-title")).to_be_focused()
    assert_accessible(phone_page)
    assert_fits_its_width(phone_page)
