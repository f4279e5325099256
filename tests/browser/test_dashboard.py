"""The dashboard in a browser: a slider changes the table, a link brings it back, nothing is fetched outside."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario

ADDRESS = "The dashboard is at "


@contextmanager
def serving(*arguments: str | Path) -> Iterator[str]:
    """The address of a dashboard, served by the command in a process of its own."""
    command = [sys.executable, "-u", "-m", "safetynets", "dashboard", *map(str, arguments), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if line.startswith(ADDRESS)), "")
            yield said.removeprefix(ADDRESS).split()[0]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run."""
    return write_run_folder(run_scenario("geneva-mva"), tmp_path_factory.mktemp("dashboard") / "run", replace=False)


@pytest.fixture(scope="module")
def served(run: Path) -> Iterator[tuple[str, Path]]:
    """The address of the dashboard of the run, and where it saves."""
    sets = run.parent / "sets"
    with serving(run, "--save-to", sets) as address:
        yield address, sets


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


def test_before_and_after_are_shown_on_the_map_and_a_lost_alert_leads_to_its_replay(dashboard: Page) -> None:
    def on_the_map() -> dict[str, tuple[bool, int]]:
        """For each sort of mark whether it is shown, and how many there are."""
        return {
            name: (shown, count)
            for name, shown, count in dashboard.evaluate(
                """() => Bokeh.documents[0].get_model_by_name("map").renderers
                    .filter(({name}) => ["both", "before", "after"].includes(name))
                    .map(({name, visible, glyph, data_source}) => [name, visible,
                        Array.from(data_source.data[glyph.x.field]).filter(Number.isFinite).length])"""
            )
        }

    move(dashboard, "msaw.below_minimum_ft", "2000")
    assert on_the_map() == {"both": (True, 1), "before": (False, 1), "after": (False, 0)}
    dashboard.click("button[data-shows=before]")
    expect(dashboard.locator("button[data-shows=before]")).to_have_attribute("aria-pressed", "true")
    assert on_the_map() == {"both": (False, 1), "before": (True, 1), "after": (False, 0)}
    dashboard.click("button[data-shows=after]")
    assert on_the_map()["after"] == (True, 0)
    # A click on the lost alert on the map tells why, and leads to its replay.
    dashboard.click("button[data-shows=both]")
    dashboard.evaluate(
        """() => {
            const map = Bokeh.documents[0].get_model_by_name("map");
            const {x_m, y_m} = Bokeh.documents[0].get_model_by_name("alerts").data;
            map.x_range.setv({start: x_m[0] - 20000, end: x_m[0] + 20000});
            map.y_range.setv({start: y_m[0] - 20000, end: y_m[0] + 20000});
        }"""
    )
    dashboard.wait_for_timeout(300)
    width, height = dashboard.evaluate(
        """() => {
            const {inner_width, inner_height} = Bokeh.documents[0].get_model_by_name("map");
            return [inner_width, inner_height];
        }"""
    )
    box = dashboard.locator(".map .bk-Figure").bounding_box()
    assert box is not None
    dashboard.mouse.click(box["x"] + width / 2, box["y"] + height / 2)
    expect(dashboard.locator("#why h3")).to_contain_text("Why: ")
    with dashboard.context.expect_page() as opened:
        dashboard.locator("#why a").click()
    expect(opened.value.locator("#replay-clock")).not_to_have_text("–")


def test_the_list_keeps_what_is_asked_for(dashboard: Page) -> None:
    rows = dashboard.locator("#alerts tbody tr")
    dashboard.select_option("#which", "lost")
    expect(rows).to_have_count(0)
    move(dashboard, "msaw.below_minimum_ft", "2000")
    expect(rows).to_have_count(1)
    dashboard.select_option("#which", "nuisance")
    expect(rows).to_have_count(0)
    expect(dashboard.locator("#count")).to_contain_text("0 listed.")


def test_of_a_month_a_sample_is_judged_first_and_then_all_days(run: Path, local_page: Page, tmp_path: Path) -> None:
    for day in ("01", "02", "03"):
        shutil.copytree(run, tmp_path / "month" / day)
    with serving(tmp_path / "month", "--sample", "2") as address:
        local_page.goto(address)
        local_page.wait_for_selector("body[data-ready]")
        expect(local_page.locator("#days")).to_have_text("month: a sample of 2 of 3 days (01, 03)")
        expect(local_page.locator("#alerts tbody tr")).to_have_count(2)
        move(local_page, "msaw.below_minimum_ft", "2000")
        expect(local_page.locator("#count")).to_contain_text("2 lost")
        local_page.click("#all-days")
        expect(local_page.locator("#days")).to_have_text("month: all 3 days")
        expect(local_page.locator("#count")).to_contain_text("3 lost")
        expect(local_page.locator("#all-days")).to_be_hidden()
        links = [link.get_attribute("href") for link in local_page.locator("#alerts tbody a").all()]
        assert {str(link).partition("#")[0] for link in links} == {"/replay/01", "/replay/02", "/replay/03"}
        local_page.goto("about:blank")


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
