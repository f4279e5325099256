"""Chromium without a network. A page that logs an error or asks for anything outside itself fails its test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
LAPTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=30_000)  # a machine may have other work than these tests
_OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules of axe that can find in dark what they did not find in light: nothing but colours differs."""
_WITHIN_THE_PAGE = ("file:", "data:", "blob:", "about:")


def assert_fits_its_width(page: Page) -> None:
    """Fails where a page, once its figures have taken their sizes, is wider than the screen it is shown on."""
    assert page.viewport_size is not None
    screen_px = page.viewport_size["width"]  # on a phone window.innerWidth grows with the page
    fits = "screen => document.documentElement.scrollWidth <= screen"
    with suppress(PlaywrightTimeout):
        page.wait_for_function(fits, arg=screen_px, timeout=5_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= screen_px


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this folder: closed with it, for its event loop would disturb other tests."""
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM: the pages were not tested in a browser (make browser, or apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def watched_page(browser: Browser, allowed: tuple[str, ...], *, offline: bool, **options: Any) -> Iterator[Page]:
    """A page in a context of its own; afterwards it has logged no error and asked for nothing but what is allowed."""
    context = browser.new_context(offline=offline, **{"viewport": LAPTOP, **options})
    context.set_default_timeout(30_000)
    context.set_default_navigation_timeout(60_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(allowed) else faults.append(asked.url[:200]))
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page of 1280x720 with the network cut."""
    with watched_page(chromium, _WITHIN_THE_PAGE, offline=True) as page:
        yield page


@pytest.fixture
def phone_page(chromium: Browser) -> Iterator[Page]:
    """A page as on a phone, 390x844 with a touch screen, with the network cut."""
    with watched_page(chromium, _WITHIN_THE_PAGE, offline=True, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        yield page


@pytest.fixture
def local_page(chromium: Browser) -> Iterator[Page]:
    """A page of 1280x720 for what is served on this machine; nothing else may be asked for."""
    local = ("http://127.0.0.1:", "ws://127.0.0.1:", "http://localhost:", "ws://localhost:", *_WITHIN_THE_PAGE)
    with watched_page(chromium, local, offline=False) as page:
        yield page


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Fails where axe finds anything of any level on a page in light or in dark, and says what and where."""

    def check(page: Page) -> None:
        for scheme, options in (("light", {}), ("dark", _OF_COLOURS)):
            page.emulate_media(color_scheme=scheme)
            found = [
                f"{scheme}, {each['impact']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
                for each in Axe().run(page, options=options).response["violations"]
            ]
            assert found == []

    return check
