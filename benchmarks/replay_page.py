"""How large the page of a run is, how soon it opens and how smoothly it scrubs in Chromium.

    python -m benchmarks.replay_page

Three runs: ten aircraft for an hour and 2,000 flights into high ground, each with its alert, made here, and three
hours of Paris as recorded (284,505 plots). Opening is from the order to load the file until the charts and the first
alert are on the screen, by the clock of the page. The first screen is the HTML up to the list of alerts without the
pictures and sounds in it, which is what a browser reads before it can paint. Scrolling moves the page by 40 pixels in
every frame, through the list of alerts. Scrubbing sets the time slider to a new moment in every frame that the browser
paints, ten seconds of flight apart, over the middle of the recording. The processor time of the page's main thread for
each such frame says what is possible where the machine has nothing else to do: 30 frames a second leave it 33 ms.
"""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from safetynets.recordings import write_parquet
from safetynets.reports.folder import write_run_folder
from safetynets.runs import Run, replay
from safetynets.sites import load_site
from safetynets.tracks import Tracks

PARIS = Path(__file__).parent.parent / "scenarios" / "data" / "paris-2021-10-07.parquet"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
FRAMES = 150
OPENINGS = 5

_DATA = re.compile(r'(?<=")data:[^"]*')
_SCROLL = """async (frames) => {
    const begin = performance.now();
    for (let frame = 0; frame < frames; frame++) {
        window.scrollBy(0, 40);
        await new Promise((painted) => requestAnimationFrame(painted));
    }
    const rate = 1000 * frames / (performance.now() - begin);
    window.scrollTo(0, 0);
    return rate;
}"""
_SCRUB = """async (frames) => {
    const slider = document.getElementById("replay-scrub");
    const middle = Number(slider.max) / 2;
    const begin = performance.now();
    for (let frame = 0; frame < frames; frame++) {
        slider.value = middle + 10 * (frame - frames / 2);
        slider.dispatchEvent(new Event("input"));
        await new Promise((painted) => requestAnimationFrame(painted));
    }
    return 1000 * frames / (performance.now() - begin);
}"""


def ten_aircraft_for_an_hour(folder: Path) -> Run:
    """Ten aircraft that wind about Geneva for an hour, a plot every 4 s."""
    plots, aircraft = 900, 10
    site = load_site("geneva")
    time_s = np.tile(np.arange(plots) * 4.0, aircraft)
    track = np.repeat(np.arange(aircraft), plots)
    course_rad = track + 0.9 * np.sin(time_s / 300.0 + track) + time_s / 400.0
    vx_mps, vy_mps = 110.0 * np.sin(course_rad), 110.0 * np.cos(course_rad)
    x_m, y_m = (
        np.concatenate([np.cumsum(4.0 * each[track == one]) for one in range(aircraft)]) for each in (vx_mps, vy_mps)
    )
    latitude_deg, longitude_deg = site.plane.to_geographic(x_m, y_m)
    tracks = Tracks.from_columns(
        {
            "time_s": 1.7e9 + time_s,
            "track": track,
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "pressure_altitude_ft": 7000.0 + 3000.0 * np.sin(time_s / 400.0 + track),
            "vx_mps": vx_mps,
            "vy_mps": vy_mps,
            "vertical_rate_fpm": 450.0 * np.cos(time_s / 400.0 + track),
        },
        {"callsign": [f"TEN{number}" for number in range(aircraft)]},
    )
    write_parquet(tracks, folder / "ten.parquet")
    return replay(folder / "ten.parquet", "geneva", qnh_hpa=1013.0)


def two_thousand_alerts(folder: Path) -> Run:
    """2,000 flights, one every 5 s, that fly level for two minutes over the Jura at 3,500 ft, each into an alert."""
    flights, plots = 2000, 30
    site = load_site("geneva")
    at_s = np.tile(np.arange(plots) * 4.0, flights)
    track = np.repeat(np.arange(flights), plots)
    side_m = 400.0 * (track % 25) - 5000.0
    latitude_deg, longitude_deg = site.plane.to_geographic(-9000.0 - 110.0 * at_s, 14_000.0 + side_m)
    tracks = Tracks.from_columns(
        {
            "time_s": 1.7e9 + 5.0 * track + at_s,
            "track": track,
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "pressure_altitude_ft": np.full(len(track), 3500.0),
            "vx_mps": np.full(len(track), -110.0),
            "vy_mps": np.zeros(len(track)),
            "vertical_rate_fpm": np.zeros(len(track)),
        },
        {"callsign": [f"LOW{number}" for number in range(flights)]},
    )
    write_parquet(tracks, folder / "low.parquet")
    return replay(folder / "low.parquet", "geneva", qnh_hpa=1013.0)


def measured(browser: Browser, name: str, run: Run, folder: Path) -> Iterator[str]:
    """The lines of the report about one run."""
    begin = time.perf_counter()
    page_file = write_run_folder(run, folder / name, replace=False) / "report.html"
    yield f"{name}: {len(run.tracks):,} plots, {run.tracks.track_count} tracks, {len(run.alerts)} alerts"
    yield f"  written in {time.perf_counter() - begin:.1f} s, {page_file.stat().st_size / 1e6:.1f} MB"
    text = page_file.read_text(encoding="utf-8")
    first = _DATA.sub("", text[: text.index('<section id="alerts"')])
    yield f"  first screen: {len(first.encode()) / 1e3:.0f} kB of text"
    openings, opening_busy_s, rates, busy_ms, scrolled = [], [], [], [], []
    for _ in range(OPENINGS):
        context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        openings.append(_opened_s(page, page_file))
        opening_busy_s.append(_main_thread_s(session))
        page.wait_for_timeout(500)
        scrolled.append(float(page.evaluate(_SCROLL, FRAMES)))
        before_s = _main_thread_s(session)
        rates.append(float(page.evaluate(_SCRUB, FRAMES)))
        busy_ms.append(1000.0 * (_main_thread_s(session) - before_s) / FRAMES)
        context.close()
    yield f"  opens in {statistics.median(openings):.2f} s (median of {OPENINGS}, worst {max(openings):.2f} s)"
    yield f"  main thread: {statistics.median(opening_busy_s):.2f} s of processor time until it is open"
    yield f"  scrolls at {statistics.median(scrolled):.0f} frames a second (median, worst {min(scrolled):.0f})"
    yield f"  scrubs at {statistics.median(rates):.0f} frames a second (median of {OPENINGS}, worst {min(rates):.0f})"
    yield f"  main thread: {statistics.median(busy_ms):.0f} ms of processor time a frame"


def _main_thread_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "ThreadTime"))


def _opened_s(page: Page, file: Path) -> float:
    page.goto(file.as_uri(), wait_until="commit")
    while not (drawn_ms := page.evaluate("performance.getEntriesByName('replay-drawn').map((mark) => mark.startTime)")):
        page.wait_for_timeout(50)
    return float(drawn_ms[0]) / 1000.0


def main() -> None:
    """Measure both runs and print."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        runs = {
            "ten-aircraft": ten_aircraft_for_an_hour(folder),
            "two-thousand-alerts": two_thousand_alerts(folder),
            "paris": replay(PARIS, "paris", qnh_hpa=1028.0),
        }
        for title, run in runs.items():
            for line in measured(browser, title, run, folder):
                print(line, flush=True)


if __name__ == "__main__":
    main()
