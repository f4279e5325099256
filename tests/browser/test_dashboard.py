"""The dashboard in a browser: a slider changes the table, a link brings it back, nothing is fetched outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario

ADDRESS = "The dashboard is at "


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The dashboard of a small run, served by the command in a process of its own; its address and where it saves."""
    folder = tmp_path_factory.mktemp("dashboard")
    write_run_folder(run_scenario("geneva-mva"), folder / "run", replace=False)
    arguments = ["dashboard", str(folder / "run"), "--port", "0", "--save-to", str(folder / "sets")]
    command = [sys.executable, "-u", "-m", "safetynets", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        said = next((line for line in process.stdout if line.startswith(ADDRESS)), "")
        yield said.removeprefix(ADDRESS).split()[0], folder / "sets"
        process.terminate()


@pytest.fixture
def dashboard(served: tuple[str, Path], local_page: Page) -> Page:
    local_page.goto(served[0])
    local_page.wait_for_selector("body[data-ready]")
    return local_page


def move(page: Page, key: str, value: str) -> None:
    """Move a slider and wait for the answer."""
    before = page.evaluate("document.body.dataset.answered || '0'")
    page.click(f"button[data-net={key.partition('.')[0]}]")
    page.locator(f"[id='c-{key}']").fill(value)
    # Not wait_for_function, which evaluates text in the page: its policy forbids that.
    page.wait_for_selector(f"body[data-answered]:not([data-answered='{before}'])")


def test_a_slider_changes_the_alert_table_the_counts_and_the_map(dashboard: Page) -> None:
    rows = dashboard.locator("#alerts tbody tr")
    expect(rows).to_have_count(1)
    assert "same" in rows.first.inner_text()
    move(dashboard, "msaw.below_minimum_ft", "2000")
    expect(rows.first).to_contain_text("lost")
    expect(dashboard.locator("#count")).to_contain_text("0 shown: 0 gained, 1 lost")
    fills = "Bokeh.documents[0].get_model_by_name('alerts').data.fill"
    assert dashboard.evaluate(f"Array.from({fills})") == [0]
    dashboard.click("#reset")
    expect(rows.first).to_contain_text("same")


def test_a_move_is_undone_and_done_again(dashboard: Page) -> None:
    rows = dashboard.locator("#alerts tbody tr")
    expect(dashboard.locator("#undo")).to_be_disabled()
    move(dashboard, "msaw.below_minimum_ft", "2000")
    dashboard.locator("[id='c-msaw.below_minimum_ft']").dispatch_event("change")
    expect(rows.first).to_contain_text("lost")
    dashboard.keyboard.press("Control+z")
    expect(rows.first).to_contain_text("same")
    dashboard.click("#redo")
    expect(rows.first).to_contain_text("lost")
    assert dashboard.locator("[id='c-msaw.below_minimum_ft']").input_value() == "2000"
    dashboard.click("#undo")
    expect(rows.first).to_contain_text("same")
    expect(dashboard.locator("#undo")).to_be_disabled()


def test_it_opens_on_the_net_that_alerts_with_its_parameters_under_headings(dashboard: Page) -> None:
    expect(dashboard.locator("button[data-net=msaw]")).to_have_attribute("aria-pressed", "true")
    headings = dashboard.locator(".of-net[data-net=msaw] h2").all_inner_texts()
    assert headings[:2] == ["Which flights are judged", "When an alert begins and ends"]


def test_an_alert_is_one_click_from_its_replay(dashboard: Page) -> None:
    with dashboard.context.expect_page() as opened:
        dashboard.get_by_role("link", name="replay MSAW").click()
    expect(opened.value.locator("#replay-clock")).not_to_have_text("–")
    assert "/replay/run#" in opened.value.url


def test_the_keyboard_moves_a_slider_one_step(dashboard: Page) -> None:
    slider = dashboard.locator("[id='c-msaw.look_ahead_s']")
    slider.focus()
    dashboard.keyboard.press("ArrowRight")
    expect(dashboard.locator("[data-key='msaw.look_ahead_s'] output")).to_have_text("41")
    expect(dashboard.locator("#took")).to_contain_text("Judged in")


def test_the_link_opens_the_same_setting(dashboard: Page) -> None:
    move(dashboard, "msaw.below_minimum_ft", "2000")
    dashboard.click("#copy")
    dashboard.wait_for_url("**/?msaw.below_minimum_ft=2000")
    dashboard.reload()
    dashboard.wait_for_selector("body[data-ready]")
    assert dashboard.locator("[id='c-msaw.below_minimum_ft']").input_value() == "2000"
    expect(dashboard.locator("#count")).to_contain_text("1 lost")


def test_a_link_that_names_no_parameter_says_so(dashboard: Page, served: tuple[str, Path]) -> None:
    dashboard.goto(f"{served[0]}?mswa.look_ahead_s=40")
    expect(dashboard.locator("#refusal")).to_contain_text("mswa.look_ahead_s: is not among the controls")


def test_a_setting_that_cannot_be_is_refused_and_the_table_stays(dashboard: Page) -> None:
    move(dashboard, "msaw.current_m", "2")
    expect(dashboard.locator("#refusal")).to_contain_text("2 of the last 1 plots can never be")
    expect(dashboard.locator("#alerts tbody tr")).to_have_count(1)


def test_a_setting_is_saved_and_why_is_answered(dashboard: Page, served: tuple[str, Path]) -> None:
    move(dashboard, "msaw.look_ahead_s", "60")
    dashboard.click("#alerts tbody button")
    expect(dashboard.locator("#why")).to_contain_text("The controller sees it as MSAW")
    dashboard.fill("#save-name", "sixty")
    dashboard.click("#save button")
    expect(dashboard.locator("#done")).to_contain_text("sixty.toml")
    assert "value = 60.0" in (served[1] / "sixty.toml").read_text(encoding="utf-8")


def test_the_dashboard_is_accessible(dashboard: Page, assert_accessible: Callable[[Page], None]) -> None:
    assert_accessible(dashboard)
