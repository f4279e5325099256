"""Three users from their first command to the page that a colleague opens, by keys and clicks only.

A safety-net engineer looks into an alert and sends a link to it; a working group writes words and compares them; a
researcher changes a parameter and shows what it changes. One small run serves all three.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from safetynets.cli.main import main
from tests.browser.conftest import PHONE, assert_fits_its_width, watched_page

SCENARIO = "geneva-mva"


def typed_in(*arguments: str | Path) -> str:
    """What a command prints."""
    typed = CliRunner(env={"SAFETYNETS_CONFIG": "none"}).invoke(main, [str(one) for one in arguments])
    assert typed.exit_code == 0, typed.output
    return typed.stdout


def page_of(said: str) -> Path:
    """The page that a command names in its last sentence."""
    found = re.findall(r"page is (\S+\.html)", said)
    assert found, said
    return Path(found[-1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the users work."""
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def report(desk: Path) -> Path:
    """The page of the run that every walk begins with."""
    said = typed_in("run", SCENARIO, "--out", desk / "run", "--figures", "none")
    assert "1 alert" in said
    return page_of(said)


def opened(page: Page, file: Path, address: str = "") -> None:
    page.goto(file.as_uri() + address)
    expect(page.locator("#replay-clock")).not_to_have_text("–")


def reach(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def test_an_engineer_looks_into_an_alert_and_a_colleague_opens_the_link(
    browser_page: Page, chromium: Browser, report: Path, desk: Path, assert_accessible: Callable[[Page], None]
) -> None:
    page = browser_page
    opened(page, report)
    expect(page.locator("#verdict")).to_contain_text("1 alert")
    reach(page, "a.skip")
    page.keyboard.press("Enter")
    reach(page, "#alert-list summary")
    page.keyboard.press("Enter")
    row = page.locator("#alert-list > li").first
    expect(row.locator(".detail")).to_be_visible()
    why = row.locator(".detail strong").first.inner_text()
    # The page says what the command says.
    said = " ".join(typed_in("explain", desk / "run", "--alert", "1").split())
    assert why in said
    reach(page, ".to-replay a")
    page.keyboard.press("Enter")
    page.wait_for_url("**#alert=1**")
    clock = page.locator("#replay-clock").inner_text()
    assert_accessible(page)
    # The folder is sent as it is, and the end of the address with it.
    sent = desk / "sent"
    shutil.copytree(report.parent, sent)
    address = "#" + page.url.partition("#")[2]
    with watched_page(chromium, ("file:", "data:", "blob:", "about:"), offline=True, viewport=PHONE) as colleague:
        opened(colleague, sent / "report.html", address)
        expect(colleague.locator("#replay-clock")).to_have_text(clock)
        expect(colleague.locator("#replay-alert-panel")).to_contain_text(why)
        assert_fits_its_width(colleague)


@pytest.fixture(scope="module")
def words_page(desk: Path) -> Iterator[str]:
    """The address of the page of `safetynets phraseology new --page`, served while the module runs."""
    command = [sys.executable, "-u", "-m", "safetynets", "phraseology", "new", "--page", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=desk) as process:
        assert process.stdout is not None
        said = next((line for line in process.stdout if "page is at" in line), "")
        yield said.split("page is at ")[1].split()[0]
        process.terminate()


def test_a_working_group_writes_words_and_compares_them(
    local_page: Page, chromium: Browser, words_page: str, desk: Path, assert_accessible: Callable[[Page], None]
) -> None:
    page = local_page
    page.goto(words_page)
    page.wait_for_selector("body[data-answered]")
    reach(page, "#name")
    page.keyboard.press("Control+A")
    page.keyboard.type("group-words")
    page.locator(".rule [data-key=net]").select_option("MSAW")
    expect(page.locator("#calls .words")).to_contain_text("SWR123 TERRAIN ALERT, CLIMB IMMEDIATELY")
    page.click("#save")
    expect(page.locator("#state")).to_contain_text("Saved as ")
    file = desk / "group-words.toml"
    said = typed_in(
        "phraseology",
        "compare",
        SCENARIO,
        "--rule-sets",
        f"icao,{file}",
        "--draws",
        "50",
        "--out",
        desk / "words",
    )
    assert "Words of group-words" in said
    with watched_page(chromium, ("file:", "data:", "blob:", "about:"), offline=True, viewport=PHONE) as colleague:
        colleague.goto(page_of(said).as_uri())
        expect(colleague.locator(".calls article")).to_have_count(2)
        sounds = colleague.locator("audio")
        expect(sounds).to_have_count(2)
        sounds.first.focus()
        colleague.keyboard.press(" ")
        # Not wait_for_function, which evaluates text in the page: its policy forbids that.
        for _ in range(100):
            if sounds.first.evaluate("sound => sound.currentTime > 0"):
                break
            colleague.wait_for_timeout(100)
        assert sounds.first.evaluate("sound => sound.currentTime > 0")
        for fold in colleague.locator("summary").all():
            fold.click()
        assert_accessible(colleague)
        assert_fits_its_width(colleague)


def test_a_researcher_changes_a_parameter_and_shows_what_it_changes(
    browser_page: Page, report: Path, desk: Path, assert_accessible: Callable[[Page], None]
) -> None:
    changed = ("--set", "msaw.look_ahead_s=5", "--figures", "none")
    typed_in("run", SCENARIO, "--out", desk / "short", *changed)
    said = typed_in("compare", report.parent, desk / "short", "--out", desk / "comparison.html")
    assert "msaw.look_ahead_s: 40" in said
    page = browser_page
    page.goto(page_of(said).as_uri())
    expect(page.locator(".sentence").first).to_contain_text(said.splitlines()[0])
    expect(page.locator("body")).to_contain_text("msaw.look_ahead_s")
    reach(page, "summary")
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() >= 1
    assert_accessible(page)
