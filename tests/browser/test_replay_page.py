"""The page of a run in a browser: it opens from disk, plays, jumps, tells the words, and can be used by everybody.

The run is Lyon 2010: TAR750 low on the approach to runway 35L, and LATER1 after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from safetynets.reports.folder import write_run_folder
from safetynets.reports.formats import clock
from safetynets.runs import Run, run_scenario
from tests.browser.conftest import assert_fits_its_width


@pytest.fixture(scope="module")
def run() -> Run:
    return run_scenario("lyon-2010", {"arbitration.rule": "apm_speaks_on_final", "msaw.look_ahead_s": 0})


@pytest.fixture(scope="module")
def report(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(run, tmp_path_factory.mktemp("run") / "lyon", replace=False, voice=True) / "report.html"


@pytest.fixture
def page(browser_page: Page, report: Path) -> Page:
    return opened(browser_page, report)


def opened(page: Page, report: Path) -> Page:
    page.goto(report.as_uri())
    expect(page.locator("#replay-clock")).not_to_have_text("–")
    return page


def source(page: Page, name: str) -> dict[str, Any]:
    """The columns of a data source of the charts as lists."""
    columns: dict[str, Any] = page.evaluate(
        """name => {
            const data = Bokeh.documents[0].get_model_by_name(name).data;
            const entries = data instanceof Map ? [...data.entries()] : Object.entries(data);
            return Object.fromEntries(entries.map(([column, values]) => [column, Array.from(values)]));
        }""",
        name,
    )
    return columns


def position_of(page: Page, name: str) -> tuple[float, float]:
    aircraft = source(page, "aircraft")
    at = aircraft["name"].index(name)
    return aircraft["x"][at], aircraft["y"][at]


def seconds_of(text: str | None) -> int:
    hours, minutes, seconds = map(int, str(text).split(":"))
    return 3600 * hours + 60 * minutes + seconds


def range_of(page: Page, chart: str, axis: str) -> list[float]:
    ends: list[float] = page.evaluate(
        "([chart, axis]) => { const r = Bokeh.documents[0].get_model_by_name(chart)[axis]; return [r.start, r.end]; }",
        [chart, axis],
    )
    return ends


def sizes_of(page: Page, chart: str, *names: str) -> list[float]:
    """Properties of a chart in pixels."""
    sizes: list[float] = page.evaluate(
        "([chart, names]) => names.map((name) => Bokeh.documents[0].get_model_by_name(chart)[name])",
        [chart, list(names)],
    )
    return sizes


def test_it_opens_at_the_first_alert_with_its_words(page: Page, run: Run) -> None:
    expect(page.locator("#replay-clock")).to_have_text(clock(run.alerts[0].start_time_s))
    said = page.locator("#replay-alert-panel")
    expect(said).to_contain_text(run.words[0].text)
    expect(said.locator(".alert").first).to_have_text("LOW ALTITUDE WARNING")
    expect(said.locator(".QNH").first).to_have_text("1013")


def test_aircraft_are_where_their_plots_are(page: Page, run: Run) -> None:
    alert = run.alerts[0]
    row = run.tracks.rows_of(alert.track).start + int(
        np.argmin(np.abs(run.tracks.time_s[run.tracks.rows_of(alert.track)] - alert.start_time_s))
    )
    x_m, y_m = position_of(page, "TAR750")
    # positions travel in whole metres
    assert abs(x_m - run.tracks.x_m[row]) <= 0.5
    assert abs(y_m - run.tracks.y_m[row]) <= 0.5


def test_the_label_tells_altitude_trend_speed_and_the_alert(page: Page, run: Run) -> None:
    labels, warnings = source(page, "labels"), source(page, "warnings")
    assert warnings["text"] == ["APM"]
    (label,) = (text for text in labels["text"] if text.startswith("TAR750"))
    numbers = re.fullmatch(r"TAR750\n(\d{3})(.) (\d{3})", label)
    assert numbers is not None
    row = run.tracks.rows_of(run.alerts[0].track).start + int(
        np.searchsorted(run.tracks.time_s[run.tracks.rows_of(run.alerts[0].track)], run.alerts[0].start_time_s)
    )
    assert int(numbers[1]) == round(float(run.altitude_ft[row]) / 100.0)
    assert numbers[2] == "↓"
    # velocities travel in steps of 0.1 m/s
    speed_kt = np.hypot(run.tracks.vx_mps[row], run.tracks.vy_mps[row]) / 0.514444
    assert int(numbers[3]) == pytest.approx(speed_kt, abs=1.0)
    expect(page.locator("#replay-state")).to_contain_text(f"{run.altitude_ft[row]:.0f} ft, −")


def test_play_moves_the_aircraft_and_pause_holds_them(page: Page) -> None:
    before = position_of(page, "TAR750")
    page.locator("#replay-play").click()
    page.wait_for_timeout(600)
    page.locator("#replay-play").click()
    held = position_of(page, "TAR750")
    # half a second at ten times and at least 100 kt
    assert np.hypot(held[0] - before[0], held[1] - before[1]) > 100.0
    page.wait_for_timeout(200)
    assert position_of(page, "TAR750") == held


def test_next_and_previous_jump_from_alert_to_alert(page: Page, run: Run) -> None:
    page.get_by_role("button", name="Next alert").click()
    expect(page.locator("#replay-clock")).to_have_text(clock(run.alerts[1].start_time_s))
    expect(page.locator("#replay-alert-panel")).to_contain_text(run.words[1].text)
    page.get_by_role("button", name="Next alert").click()
    expect(page.locator("#replay-status")).to_have_text("No later alert")
    page.get_by_role("button", name="Previous alert").click()
    expect(page.locator("#replay-clock")).to_have_text(clock(run.alerts[0].start_time_s))


def test_choosing_an_alert_shows_its_words_its_flight_and_why(page: Page, run: Run) -> None:
    page.locator("#replay-alert").select_option("2")
    said = page.locator("#replay-alert-panel")
    expect(said).to_contain_text("LATER1")
    expect(said).to_contain_text("GO AROUND")
    expect(said.locator(".why")).to_contain_text("The alert is active since")
    said.get_by_role("link", name="procedure").first.click()
    expect(page.locator("#procedures")).to_contain_text("Responsible for terrain clearance: crew")
    expect(page.locator("#procedure-1")).to_be_visible()
    assert page.locator("#replay-flight").input_value() == str(run.alerts[1].track)


def test_the_call_of_the_chosen_alert_can_be_heard(page: Page) -> None:
    page.locator("#replay-alert-panel").get_by_role("button", name="Hear: TAR750 LOW ALTITUDE WARNING").click()
    heard = page.locator("#call-1-icao")
    expect(heard).to_have_js_property("paused", False)
    page.wait_for_timeout(500)
    assert page.evaluate("document.getElementById('call-1-icao').currentTime") > 0.0


def test_a_tap_on_the_timeline_chooses_the_alert_there(page: Page, run: Run) -> None:
    start, end = range_of(page, "timeline", "x_range")
    outer_px, inner_px, height_px = sizes_of(page, "timeline", "outer_width", "inner_width", "outer_height")
    share = (1000.0 * run.alerts[1].start_time_s - start) / (end - start)
    # the frame ends six pixels before the right edge of the chart; the lane of the APM is in the middle of three
    across_px = outer_px - 6 - (1 - share) * inner_px
    page.locator("#replay-timeline").click(position={"x": across_px, "y": 0.40 * height_px})
    expect(page.locator("#replay-alert-panel")).to_contain_text("LATER1")


def test_the_profile_follows_the_flight(page: Page) -> None:
    first = range_of(page, "profile", "x_range")
    now = source(page, "profile_now")
    assert now["flown_nm"][0] == pytest.approx(np.mean(first), abs=0.01)
    page.locator("#replay-forward").click()
    moved = range_of(page, "profile", "x_range")
    # 4 s at 100 to 300 kt
    assert 0.1 < moved[0] - first[0] < 0.35
    assert source(page, "profile_now")["flown_nm"][0] == pytest.approx(np.mean(moved), abs=0.01)


def test_the_profile_has_terrain_floor_and_the_limits_of_the_approach(page: Page) -> None:
    lines = source(page, "profile-lines")
    known = {name: np.array([value for value in lines[name] if value is not None], dtype=float) for name in lines}
    for name in ("altitude_ft", "terrain_ft", "floor_ft", "below_ft", "path_ft"):
        assert np.isfinite(known[name]).sum() > 10
    assert "0 at the threshold" in page.evaluate("Bokeh.documents[0].get_model_by_name('profile').below[0].axis_label")


def test_another_flight_can_be_chosen_from_the_list(page: Page) -> None:
    page.locator("#replay-flight").select_option(label="LATER1")
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('path').data.x.length") > 10
    expect(page.locator("#replay-state")).not_to_be_empty()


def test_scrubbing_goes_to_any_moment(page: Page, run: Run) -> None:
    page.locator("#replay-scrub").fill("60")
    assert seconds_of(page.locator("#replay-clock").text_content()) == seconds_of(
        clock(float(run.tracks.time_s.min()) + 60.0)
    )


def test_the_keyboard_does_what_the_buttons_do(page: Page, run: Run) -> None:
    start = seconds_of(clock(run.alerts[0].start_time_s))
    read = page.locator("#replay-clock")
    page.keyboard.press("ArrowRight")
    assert seconds_of(read.text_content()) == start + 4
    page.keyboard.press("Shift+ArrowLeft")
    assert seconds_of(read.text_content()) == start + 4 - 60
    page.keyboard.press("n")
    assert seconds_of(read.text_content()) == start
    page.keyboard.press("n")
    expect(page.locator("#replay-alert-panel")).to_contain_text("LATER1")
    page.keyboard.press("p")
    assert seconds_of(read.text_content()) == start
    page.keyboard.press("+")
    assert page.locator("#replay-speed").input_value() == "20"
    page.keyboard.press("Space")
    expect(page.locator("#replay-play")).to_have_text("Pause")
    page.keyboard.press("Space")
    expect(page.locator("#replay-play")).to_have_text("Play")


def test_the_address_says_what_is_shown_and_shows_what_it_says(page: Page, report: Path, run: Run) -> None:
    later = run.alerts[1]
    page.keyboard.press("n")
    expect(page).to_have_url(f"{report.as_uri()}#alert=2")
    page.keyboard.press("ArrowRight")
    moment = datetime.fromtimestamp(later.start_time_s + 4.0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    expect(page).to_have_url(f"{report.as_uri()}#alert=2&time={moment}")
    page.goto("about:blank")
    page.goto(f"{report.as_uri()}#alert=2&time={moment}")
    expect(page.locator("#replay-clock")).to_have_text(clock(later.start_time_s + 4.0))
    expect(page.locator("#replay-alert-panel")).to_contain_text("LATER1")
    page.evaluate("location.hash = '#alert=1'")
    expect(page.locator("#replay-alert-panel")).to_contain_text("TAR750")


def test_a_row_opens_what_happened_and_takes_the_replay_there(page: Page, run: Run) -> None:
    row = page.locator("#alert-2")
    row.locator("summary").click()
    expect(row.locator(".why")).to_be_visible()
    expect(page.locator("#replay-clock")).to_have_text(clock(run.alerts[1].start_time_s))
    row.get_by_role("link", name="Show in the replay").click()
    expect(page.locator("#replay-clock")).to_be_in_viewport()


def test_the_list_is_searched_filtered_and_sorted(page: Page) -> None:
    rows = page.locator("#alert-list > li:visible")
    expect(rows).to_have_count(2)
    # list items would be numbered anew whenever rows are hidden: 13 s for 2,000 alerts, against 0.1 s
    expect(rows.first).to_have_css("display", "block")
    page.keyboard.press("/")
    page.keyboard.type("later")
    expect(rows).to_have_count(1)
    expect(page.locator("#alert-count")).to_have_text("1 of 2 alerts")
    page.locator("#alert-search").fill("")
    page.locator("#alert-which").select_option("hidden")
    expect(rows).to_have_count(0)
    page.locator("#alert-which").select_option("")
    page.locator("#alert-sort").select_option("flight")
    assert page.locator("#alert-list .flight").all_text_contents() == ["LATER1", "TAR750"]
    page.locator("#places button").first.click()
    expect(page.locator("#alert-search")).to_have_value("LFLL 36R")
    expect(rows).to_have_count(2)


def test_the_wheel_zooms_the_map_and_layers_go_on_and_off(page: Page) -> None:
    before = np.diff(range_of(page, "map", "x_range"))[0]
    page.locator("#replay-map").hover()
    page.mouse.wheel(0, -240)
    page.wait_for_timeout(300)
    assert np.diff(range_of(page, "map", "x_range"))[0] < before
    page.locator(".replay-layers summary").click()
    page.get_by_label("Terrain", exact=True).uncheck()
    shown = page.evaluate(
        "Bokeh.documents[0].get_model_by_name('map').renderers.filter(({name}) => name === 'layer-land')[0].visible"
    )
    assert shown is False


def test_range_and_bearing_are_measured_by_two_taps_and_by_the_keyboard(page: Page) -> None:
    page.locator("#replay-measure").click()
    box = page.locator("#replay-map").bounding_box()
    assert box is not None
    for share in (0.25, 0.75):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.08 * box["height"])
        page.wait_for_timeout(500)  # two taps, no double tap
    ends = source(page, "measured")
    range_nm = (ends["x1"][0] - ends["x0"][0]) / 1852.0
    # both taps are as far north: due east, to half a pixel
    assert source(page, "measured-words")["text"][0].startswith(f"{range_nm:.1f} NM 090°")
    page.keyboard.press("Escape")
    assert source(page, "measured")["x0"] == []
    page.keyboard.press("r")
    near = source(page, "aircraft")["name"]
    if len(near) > 1:
        assert len(source(page, "measured")["x0"]) == 1


def test_a_metre_east_is_as_long_as_a_metre_north_at_every_size(page: Page) -> None:
    for width, height in ((1280, 720), (700, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        across, up = (np.diff(range_of(page, "map", axis))[0] for axis in ("x_range", "y_range"))
        inner_width, inner_height = sizes_of(page, "map", "inner_width", "inner_height")
        assert across / inner_width == pytest.approx(up / inner_height, rel=0.01)


def test_a_row_far_down_the_list_unfolds_to_what_the_first_rows_unfold_to(
    run: Run, report: Path, browser_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfolded(of: Path, *, elements_at_first: bool) -> str:
        page = opened(browser_page, of)
        row = page.locator("#alert-list > li").nth(1)
        assert (row.locator(".detail > *").count() > 0) is elements_at_first
        row.locator("summary").click()
        expect(row.locator(".detail")).to_contain_text("procedure")
        return row.locator(".detail").inner_text()

    first = unfolded(report, elements_at_first=True)
    monkeypatch.setattr("safetynets.reports.page.UNFOLDED", 1)
    far = write_run_folder(run, tmp_path / "far", replace=False, voice=True, figures="none") / "report.html"
    assert unfolded(far, elements_at_first=False) == first
    # A row that waits for the reader is there where it is searched for, and on paper.
    rows = browser_page.locator("#alert-list > li")
    browser_page.evaluate("document.querySelectorAll('#alert-list > li')[1].classList.add('later')")
    assert not rows.nth(1).is_visible()
    browser_page.fill("#alert-search", str(rows.nth(1).get_attribute("data-flight")))
    expect(rows.nth(1)).to_be_visible()
    browser_page.evaluate("document.querySelectorAll('#alert-list > li')[1].classList.add('later')")
    browser_page.emulate_media(media="print")
    assert rows.nth(1).is_visible()


def test_nobody_is_kept_out(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert_accessible(page)


def test_on_a_phone_everything_is_there_and_nothing_is_wider_than_it(
    phone_page: Page, report: Path, assert_accessible: Callable[[Page], None]
) -> None:
    page = opened(phone_page, report)
    assert_fits_its_width(page)
    for name in ("map", "profile", "timeline", "play", "next"):
        box = page.locator(f"#replay-{name}").bounding_box()
        assert box is not None
        assert box["width"] > 30
        assert box["height"] >= 30
    page.locator("#replay-next").tap()
    expect(page.locator("#replay-status")).to_contain_text("LATER1")
    assert_accessible(page)
