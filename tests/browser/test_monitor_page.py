"""The page over thirty generated days, and the report as PDF and Markdown: what a safety manager reads and hands in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from safetynets.cli import main
from tests.browser.conftest import assert_fits_its_width
from tests.evaluation.made_days import write_days


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty generated days with other parameters from day 15 on, one of them broken off, and their page."""
    folder = write_days(tmp_path_factory.mktemp("monitor") / "month")
    (folder / "2024-01-01" / "report.html").write_text("<title>a run</title>", encoding="utf-8")
    (folder / "2024-01-31").mkdir()
    (folder / "2024-01-31" / "manifest.json").write_text((folder / "2024-01-30" / "manifest.json").read_text())
    result = CliRunner().invoke(main, ["monitor", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    (folder / "told.json").write_text(result.stdout)
    return folder


@pytest.fixture(scope="module")
def told(month: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((month / "told.json").read_text())
    return found


def test_the_change_is_found_and_dated_and_the_planted_hot_spot_is_first_in_the_list(
    month: Path, told: dict[str, Any]
) -> None:
    page = (month / "monitor.html").read_text(encoding="utf-8")
    findings = re.findall(r"<li>(.*?)</li>", page[page.index('id="findings"') : page.index("<nav")])
    assert findings[0].startswith(
        "APM: the rate changed on day 15, 15 January 2024, when apm.below_ft went from 100 to 150 (by the rates alone "
    )
    assert any(each.startswith("First hot spot: Albis (47.30") for each in findings)
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index('id="hot-spots-table"') :], re.DOTALL)
    assert "Albis" in rows[1]
    assert next(iter(told["hot_spots"][0]["places"])) == "Albis"
    (change,) = next(one["changes"] for one in told["series"] if one["net"] == "APM")
    assert (change["day"], change["date"]) == (15, "2024-01-15")


def test_a_run_that_cannot_be_used_is_named_and_not_counted(month: Path, told: dict[str, Any]) -> None:
    assert len(told["days"]) == 30
    (problem,) = told["problems"]
    assert problem.startswith("2024-01-31: ")
    assert "Left out: 2024-01-31: " in (month / "monitor.html").read_text(encoding="utf-8")


def test_without_labels_nothing_is_said_of_nuisance(told: dict[str, Any], month: Path) -> None:
    assert {one["what"] for one in told["series"]} == {"alerts"}
    assert "No labels: alerts are counted" in (month / "monitor.html").read_text(encoding="utf-8")


def test_the_report_says_the_same_as_the_page_in_markdown_and_in_pdf(month: Path) -> None:
    markdown = (month / "monitor.md").read_text(encoding="utf-8")
    assert "**Not for operational use.**" in markdown
    assert "- APM: the rate changed on day 15, 15 January 2024" in markdown
    assert re.search(r"\| 1 \| Albis \(47\.30\d° N 8\.\d+° E\) \| MSAW \d+ \|", markdown)
    assert "[2024-01-01](2024-01-01/report.html)" in markdown
    pdf = (month / "monitor.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) >= 5
    assert b"CreationDate" not in pdf


def test_only_the_days_of_a_month_are_counted(month: Path) -> None:
    result = CliRunner().invoke(main, ["monitor", str(month), "--month", "2024-02", "--json"])
    assert result.exit_code == 2
    assert "no run is of 2024-02" in result.output


def test_the_page_is_accessible_and_each_finding_leads_to_its_place(
    month: Path, browser_page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    browser_page.goto((month / "monitor.html").as_uri())
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name="Hot spots").click()
    assert "#hot-spots" in browser_page.url
    browser_page.get_by_text("Each net").click()
    assert browser_page.locator("figure img").count() == 4  # all nets, MSAW, APM, and the map
    browser_page.get_by_role("link", name="2024-01-01", exact=True).click()
    assert browser_page.title() == "a run"


def test_on_a_phone_nothing_makes_the_page_wider_than_the_screen(month: Path, phone_page: Page) -> None:
    phone_page.goto((month / "monitor.html").as_uri())
    assert_fits_its_width(phone_page)
    assert phone_page.get_by_role("region", name="Table: By week").is_visible()
