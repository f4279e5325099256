"""The page of a live monitor in a browser, while aircraft on the wire fly below a minimum altitude."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from safetynets.live.address import Address
from safetynets.live.drawn import site_drawn
from safetynets.live.judging import Feed
from safetynets.live.monitor import LiveMonitor, Settings
from safetynets.live.serve import Page as LivePage
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.runs.rule_sets import rule_sets_of
from safetynets.sites import Site, load_site
from tests.browser.conftest import PHONE, assert_fits_its_width, watched_page

HOST = "127.0.0.1"
CALLSIGNS = ["SWR123", "EZY45KL", "GAFFR", "HBZZY"]
LEVELS = [50.0, 60.0, 250.0, 310.0]
"""Two below the minimum altitude of the polygon that each is in, two far above."""
CIRCLE_M, SPEED_MPS = 1_000.0, 60.0
STEP_S = 0.05
PATIENCE_MS = 30_000
LOCAL = (f"http://{HOST}:", "data:", "blob:", "about:")


def second_of_traffic(site: Site, second: int) -> bytes:
    """The four aircraft, each on a small circle."""
    jura, _, voirons = (each.area.representative_point() for each in site.minimum_altitudes)
    turn = SPEED_MPS / CIRCLE_M * second
    x_m = np.array([jura.x, voirons.x, 15_000.0, -20_000.0]) + CIRCLE_M * np.sin(turn)
    y_m = np.array([jura.y, voirons.y, 8_000.0, -15_000.0]) + CIRCLE_M * np.cos(turn)
    latitude, longitude = site.plane.to_geographic(x_m, y_m)
    columns: dict[str, Any] = {
        "010/SAC": [0] * 4,
        "010/SIC": [1] * 4,
        "040": list(range(4)),
        "070": [43_200.0 + second] * 4,
        "105/LAT": latitude,
        "105/LON": longitude,
        "136": LEVELS,
        "185/VX": [SPEED_MPS * np.cos(turn)] * 4,
        "185/VY": [-SPEED_MPS * np.sin(turn)] * 4,
        "220": [0.0] * 4,
        "245/STI": [0] * 4,
        "245/CHR": CALLSIGNS,
    }
    ((_, block),) = blocks(62, encode(62, columns))
    return block


@contextmanager
def monitored(folder: Path) -> Iterator[LivePage]:
    """A monitor with its page, fed with a second of traffic every twentieth of a second."""
    site = load_site("geneva", {"pressure_regions.*.qnh_hpa": 1013.25})
    settings = Settings(listen=Address(HOST, 0), folder=folder / "live", feed=Feed(date=date(2026, 1, 1)))
    monitor = LiveMonitor(site, rule_sets_of(site), settings, lambda _: None)
    page = LivePage(
        0,
        "Geneva, live",
        site_drawn(site),
        monitor.now,
        monitor.facts,
        lambda text: monitor.ask(text, "page"),
    )
    ended = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            second = 0
            while not ended.wait(STEP_S):
                out.sendto(second_of_traffic(site, second), (HOST, monitor.port))
                second += 1

    threads = [threading.Thread(target=monitor.run), threading.Thread(target=send)]
    page.start()
    for thread in threads:
        thread.start()
    try:
        yield page
    finally:
        ended.set()
        threads[1].join()
        monitor.stop()
        threads[0].join()
        page.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePage]:
    with monitored(tmp_path_factory.mktemp("live")) as page:
        yield page


@pytest.fixture
def live(served: LivePage, local_page: Page) -> Page:
    local_page.goto(served.address)
    return local_page


def test_it_shows_the_tracks_the_alerts_with_their_words_and_the_health(live: Page) -> None:
    rows = live.locator("#rows li")
    expect(rows).to_have_count(2, timeout=PATIENCE_MS)
    expect(rows.filter(has_text="SWR123")).to_contain_text("MSAW")
    expect(rows.filter(has_text="SWR123")).to_contain_text(
        "LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1013"
    )
    expect(live.locator("#state")).to_have_text("well")
    expect(live.locator("#map circle")).to_have_count(4)
    expect(live.locator("#map text", has_text="GAFFR")).to_have_count(1, timeout=PATIENCE_MS)
    expect(live.locator("#facts")).to_contain_text("plots accepted")
    expect(live.locator(".notice")).to_have_text("Not for operational use.")


def test_an_alert_is_acknowledged_and_decisions_are_taken_or_refused_on_the_page(live: Page) -> None:
    row = live.locator("#rows li", has_text="EZY45KL")
    row.get_by_role("button").click()
    expect(row).to_contain_text("acknowledged")
    live.fill("#text", "qnh-hpa 1009")
    live.press("#text", "Enter")
    expect(live.locator("#said")).to_contain_text("decided: qnh-hpa 1009")
    live.fill("#text", "volume-off nowhere")
    live.press("#text", "Enter")
    expect(live.locator("#said")).to_contain_text("there is no volume 'nowhere'")


def test_a_new_alert_sounds_when_that_is_asked_for(served: LivePage, local_page: Page) -> None:
    local_page.add_init_script(
        "window.sounds = 0; window.AudioContext = class { constructor() { window.sounds += 1; this.currentTime = 0; }"
        " createOscillator() { return {connect() {}, start() {}, stop() {}}; } resume() {} };"
    )
    local_page.goto(served.address)
    expect(local_page.locator("#rows li")).to_have_count(2, timeout=PATIENCE_MS)
    assert local_page.evaluate("window.sounds") == 0
    local_page.get_by_label("sound").check()
    local_page.fill("#text", "inhibit SWR123")
    local_page.press("#text", "Enter")
    expect(local_page.locator("#rows li")).to_have_count(1, timeout=PATIENCE_MS)
    local_page.fill("#text", "release SWR123")
    local_page.press("#text", "Enter")
    expect(local_page.locator("#rows li")).to_have_count(2, timeout=PATIENCE_MS)
    assert local_page.evaluate("window.sounds") == 1


def test_it_is_accessible_and_fits_a_phone(
    served: LivePage, chromium: Browser, assert_accessible: Callable[[Page], None]
) -> None:
    with watched_page(chromium, LOCAL, offline=False, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        page.goto(served.address)
        expect(page.locator("#rows li")).to_have_count(2, timeout=PATIENCE_MS)
        assert_accessible(page)
        assert_fits_its_width(page)
