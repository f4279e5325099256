"""Pages that stand beside those of a run in a browser: a site's check, map and polygons, and a folder of days."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from safetynets.cli import main
from tests.browser.conftest import PHONE, assert_fits_its_width

ROWS_OF_A_FLIGHT = "timestamp,icao24,callsign,latitude,longitude,altitude,track,groundspeed,vertical_rate\n" + "".join(
    f"{1_700_000_000 + 4 * row},4b1800,LOW1,{46.30:.4f},{6.00 - 0.0017 * row:.4f},3500,270,240,0\n" for row in range(40)
)
COMMANDS = {
    "check.html": ("site", "check", "zurich", "--out", "check.html"),
    "map.html": ("site", "draw", "zurich", "--out", "map.html"),
    "polygons/report.html": (
        *("site", "polygons", "geneva", "--optimise", "--within", "present", "--block-nm", "2"),
        *("--at-most", "4", "--out", "polygons"),
    ),
    "out/days.html": (
        *("replay", "days", "--site", "geneva", "--qnh-hpa", "1013", "--out", "out"),
        *("--figures", "none", "--trace", "none"),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two days of one flight into the Jura."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "days").mkdir()
    for day in ("monday", "tuesday"):
        (folder / "days" / f"{day}.csv").write_text(ROWS_OF_A_FLIGHT, encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", COMMANDS)
def test_it_is_accessible_and_fits_a_phone(
    page: str,
    folder: Path,
    browser_page: Page,
    monkeypatch: pytest.MonkeyPatch,
    assert_accessible: Callable[[Page], None],
) -> None:
    monkeypatch.chdir(folder)
    made = CliRunner(env={"SAFETYNETS_CONFIG": "none"}).invoke(main, list(COMMANDS[page]))
    assert made.exit_code == 0, made.output
    browser_page.goto((folder / page).as_uri())
    assert browser_page.get_by_text("Not for operational use.").first.is_visible()
    assert_accessible(browser_page)
    browser_page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert_fits_its_width(browser_page)
