"""The page on which a rule set is written: previewed, heard and saved by keyboard, and answering this machine only."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from safetynets.phraseology import load_rule_set
from tests.browser.conftest import assert_fits_its_width

ADDRESS = "The page is at "


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The page, served by the command in a process of its own; its address and the folder it saves into."""
    folder = tmp_path_factory.mktemp("words")
    command = [sys.executable, "-u", "-m", "safetynets", "phraseology", "new", "--page", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder) as process:
        assert process.stdout is not None
        said = next((line for line in process.stdout if line.startswith(ADDRESS)), "")
        yield said.removeprefix(ADDRESS).split()[0], folder
        process.terminate()


@pytest.fixture
def page(served: tuple[str, Path], local_page: Page) -> Page:
    local_page.goto(served[0])
    local_page.wait_for_selector("body[data-answered]")
    return local_page


def answered(page: Page, act: Callable[[], object]) -> None:
    """Do something and wait for the preview that follows."""
    before = page.evaluate("document.body.dataset.answered")
    act()
    page.wait_for_selector(f"body[data-answered]:not([data-answered='{before}'])")


def test_words_are_written_seen_heard_and_saved_by_keyboard(page: Page, served: tuple[str, Path]) -> None:
    page.focus("#name")
    for typed in ("ours", "Go around on every alert below the path"):
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.focus(".rule [data-key=action]")
    page.keyboard.press("Control+A")
    page.keyboard.type("GO AROUND")
    expect(page.locator(".rule .wrong")).to_contain_text("the words 'GO AROUND' are not in the text")
    expect(page.locator("#save")).to_be_disabled()
    page.focus(".rule [data-key=text]")
    page.keyboard.press("Control+A")
    answered(page, lambda: page.keyboard.type("(aircraft call sign) TERRAIN ALERT, GO AROUND"))
    expect(page.locator("#calls .words")).to_have_text("SWR123 TERRAIN ALERT, GO AROUND")
    expect(page.locator("#calls .instruction")).to_have_text("GO AROUND")
    expect(page.locator("#calls")).to_contain_text("Spoken: swiss one two three terrain alert go around")
    page.focus("#calls button")
    with page.expect_response("**/sound") as heard:
        page.keyboard.press("Enter")
    assert (heard.value.status, heard.value.headers["content-type"]) == (200, "audio/wav")
    assert int(heard.value.headers["content-length"]) > 20_000
    expect(page.locator("#state")).to_contain_text("Alert 1 is heard")
    page.focus("#save")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("Saved as ")
    file = served[1] / "ours.toml"
    rule_set = load_rule_set(file)
    assert (rule_set.title, rule_set.rules[0].action) == ("Go around on every alert below the path", "GO AROUND")
    assert "msaw-check" in [rule.name for rule in rule_set.rules]
    # What this page saved it may save again; a file that somebody else changed it leaves alone.
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("Saved as ")
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("Not saved: ")
    assert file.read_text(encoding="utf-8").endswith("# mine\n")
    page.reload()
    expect(page.locator("#name")).to_have_value("ours")


def test_words_for_another_alert_are_added_and_removed(page: Page) -> None:
    answered(page, lambda: page.click("#add"))
    assert page.locator(".rule").count() == 2
    page.locator(".rule [data-key=text]").nth(1).fill("(aircraft call sign) LOW ALTITUDE")
    page.locator(".rule [data-key=text]").nth(1).evaluate("field => field.setSelectionRange(21, 33)")
    answered(page, lambda: page.locator("[data-takes=alert]").nth(1).click())
    expect(page.locator("#calls .alert").nth(1)).to_have_text("LOW ALTITUDE")
    answered(page, lambda: page.locator("[data-removes]").nth(1).click())
    expect(page.locator("#calls .card")).to_have_count(1)


def test_it_is_accessible_and_fits_a_phone(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits_its_width(page)


def ask(address: str, does: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
    try:
        connection.request("POST", does, body, {"Host": place.netloc, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


DRAFT = {"name": "theirs", "title": "T", "rule": [{"net": "APM", "text": "(aircraft call sign) LOW"}]}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Token": "guessed"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
    ],
)
def test_another_page_can_neither_read_nor_save(served: tuple[str, Path], headers: dict[str, str], status: int) -> None:
    for does in ("/preview", "/sound", "/save"):
        assert ask(served[0], does, json.dumps({"draft": DRAFT}).encode(), **headers)[0] == status
    assert not (served[1] / "theirs.toml").exists()


@pytest.mark.parametrize("name", ["../theirs", "icao", "a b", "", "/etc/theirs"])
def test_a_name_that_is_no_file_of_the_folder_is_refused(page: Page, served: tuple[str, Path], name: str) -> None:
    token = json.loads(page.locator("#data").text_content() or "")["token"]
    before = sorted(served[1].parent.rglob("*"))
    status, said = ask(served[0], "/save", json.dumps({"draft": DRAFT | {"name": name}}).encode(), **{"X-Token": token})
    assert status == 200
    assert "refusal" in json.loads(said)
    assert sorted(served[1].parent.rglob("*")) == before
