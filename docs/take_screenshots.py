"""Take the pictures of the pages that stand in docs/pictures, in headless Chromium without a network.

    python docs/take_screenshots.py
    python docs/take_screenshots.py walks

The second takes those of the walks alone: each page at 1440 and at 390 pixels, in light and in dark. Only the dashboard
and the page of words are served, by this machine to itself. The same pages give the same pictures on the same machine;
fonts and their smoothing differ from machine to machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario
from tests.evaluation.made_days import write_days

PICTURES = Path(__file__).parent / "pictures"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
LAPTOP, PHONE, DESK = (1280, 720), (390, 844), (1440, 900)


_PLAIN = """folder => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "~/words");
}"""
"""The folder in which the pictures are taken is nobody's."""


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


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[str]:
    """The address of a page that a command serves."""
    command = [sys.executable, "-u", "-m", "safetynets", *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            assert process.stdout is not None
            yield next(line.split(" is at ")[1].split()[0] for line in process.stdout if " is at " in line)
        finally:
            process.terminate()


def take_served(browser: Browser, address: str, name: str, ready: str, folder: Path) -> None:
    """Open a served page, and keep what the window shows of it."""
    width, height = LAPTOP
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.goto(address)
    page.wait_for_selector(f"body[data-{ready}]")
    page.wait_for_timeout(1500)
    page.evaluate(_PLAIN, str(folder))
    picture = PICTURES / f"{name}.png"
    Image.open(BytesIO(page.screenshot())).quantize(256).save(picture, optimize=True)
    print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
    page.close()


def take_walk(browser: Browser, address: str, name: str, folder: Path) -> None:
    """Keep what a page shows at first at a desk and on a phone, in light and in dark."""
    for width, height in (DESK, PHONE):
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        page.goto(address)
        page.wait_for_timeout(2000)
        page.evaluate(_PLAIN, str(folder))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(500)
            picture = PICTURES / f"walk-{name}-{width}-{scheme}.webp"
            Image.open(BytesIO(page.screenshot())).convert("RGB").save(picture, quality=70, method=6)
            print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
        page.close()


def take_walks(browser: Browser, folder: Path) -> None:
    """The pages of the walks of docs/tutorial/desks.md, made by the commands that stand there."""

    def typed(*words: str) -> None:
        subprocess.run([sys.executable, "-m", "safetynets", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)

    typed("run", "paris-wrong-qnh", "--out", "out/paris-wrong-qnh")
    take_walk(browser, (folder / "out/paris-wrong-qnh/report.html").as_uri() + "#alert=1", "run", folder)
    typed("phraseology", "compare", "paris-wrong-qnh", "--rule-sets", "icao,proposed-apm-path", "--out", "words")
    take_walk(browser, (folder / "words/phraseology.html").as_uri(), "words", folder)
    with served(folder, "phraseology", "new", "--page") as address:
        take_walk(browser, address, "new", folder)
    with served(folder, "dashboard", "out/paris-wrong-qnh") as address:
        take_walk(browser, f"{address}?msaw.look_ahead_s=60", "dashboard", folder)
    typed("run", "paris-wrong-qnh", "--set", "msaw.look_ahead_s=60", "--out", "out/longer")
    typed("compare", "out/paris-wrong-qnh", "out/longer", "--out", "comparison.html")
    take_walk(browser, (folder / "comparison.html").as_uri(), "comparison", folder)
    typed("monitor", str(write_days(folder / "month")))
    take_walk(browser, (folder / "month/monitor.html").as_uri(), "month", folder)


def main() -> None:
    """Take every picture, or those of the walks alone."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        take_walks(browser, Path(folder))
        if sys.argv[1:] == ["walks"]:
            return
        reports: dict[str, Path] = {}
        for shot in SHOTS:
            if shot.scenario not in reports:
                whole = write_run_folder(run_scenario(shot.scenario), Path(folder) / shot.scenario, replace=False)
                reports[shot.scenario] = whole / "report.html"
            take(browser, shot, reports[shot.scenario])
        with served(Path(folder), "dashboard", str(reports["paris-wrong-qnh"].parent)) as address:
            take_served(browser, f"{address}?msaw.look_ahead_s=60", "dashboard", "ready", Path(folder))
        with served(Path(folder), "phraseology", "new", "--page") as address:
            take_served(browser, address, "words-page", "answered", Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
