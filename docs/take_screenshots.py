"""Take the pictures of the pages that stand in docs/pictures, in headless Chromium without a network.

    python docs/take_screenshots.py

Only the dashboard and the page of words are served, by this machine to itself. The same pages give the same pictures
on the same machine; fonts and their smoothing differ from machine to machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario

PICTURES = Path(__file__).parent / "pictures"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
LAPTOP, PHONE = (1280, 720), (390, 844)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the scenario replayed, the size of the window, and the keys pressed before it is taken."""

    name: str
    scenario: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


SHOTS = (
    Shot("replay-paris", "paris-wrong-qnh", LAPTOP, ("ArrowRight",) * 3),
    Shot("replay-geneva", "geneva-mva", LAPTOP, ("ArrowRight",) * 6),
    Shot("replay-zurich-wall", "zurich-wall", LAPTOP, ("ArrowRight",) * 3),
    Shot("replay-phone", "paris-2022", PHONE, ("ArrowRight",) * 2),
)


def take(browser: Browser, shot: Shot, report: Path) -> None:
    """Open a report, press the keys, and keep what the window then shows of the replay."""
    width, height = shot.size
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(report.as_uri())
    expect(page.locator("#replay-clock")).not_to_have_text("–")
    page.evaluate("document.getElementById('replay').scrollIntoView()")
    for key in shot.keys:
        page.keyboard.press(key)
    page.wait_for_timeout(1500)
    picture = PICTURES / f"{shot.name}.png"
    picture.write_bytes(page.screenshot())
    print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
    context.close()


def take_dashboard(browser: Browser, run: Path) -> None:
    """Serve the dashboard of a run, open it by a link with another look-ahead, and keep what the window then shows."""
    command = [sys.executable, "-u", "-m", "safetynets", "dashboard", str(run), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = next(line.split()[4] for line in process.stdout if line.startswith("The dashboard is at"))
            width, height = LAPTOP
            page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            page.goto(f"{address}?msaw.look_ahead_s=60")
            page.wait_for_selector("body[data-ready]")
            page.wait_for_timeout(1500)
            picture = PICTURES / "dashboard.png"
            Image.open(BytesIO(page.screenshot())).quantize(256).save(picture, optimize=True)
            print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
        finally:
            process.terminate()


def take_words(browser: Browser, folder: Path) -> None:
    """Serve the page on which a rule set is written, and keep what the window shows of it."""
    command = [sys.executable, "-u", "-m", "safetynets", "phraseology", "new", "--page", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            assert process.stdout is not None
            address = next(line.split()[4] for line in process.stdout if line.startswith("The page is at"))
            width, height = LAPTOP
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address)
            page.wait_for_selector("body[data-answered]")
            picture = PICTURES / "words-page.png"
            Image.open(BytesIO(page.screenshot())).quantize(256).save(picture, optimize=True)
            print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
        finally:
            process.terminate()


def main() -> None:
    """Take every picture."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        reports: dict[str, Path] = {}
        for shot in SHOTS:
            if shot.scenario not in reports:
                whole = write_run_folder(run_scenario(shot.scenario), Path(folder) / shot.scenario, replace=False)
                reports[shot.scenario] = whole / "report.html"
            take(browser, shot, reports[shot.scenario])
        take_dashboard(browser, reports["paris-wrong-qnh"].parent)
        take_words(browser, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
