"""How long one move on the dashboard takes, from the slider to the redrawn table in Chromium.

    python -m benchmarks.dashboard RUN|STUDY

Prints the median and the worst of thirty moves for each of some parameters, with what of it was judging. The first move
of each, which may prepare the day anew, is told apart.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time

from playwright.sync_api import Page, sync_playwright

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
MOVES = 30
MOVED = {
    "msaw.terrain_clearance_ft": [300 + 20 * step for step in range(MOVES)],
    "msaw.look_ahead_s": [20 + step for step in range(MOVES)],
    "msaw.predicted_m": [1 + step % 3 for step in range(MOVES)],
    "apm.below_ft": [60 + 20 * step for step in range(MOVES)],
}


def seconds_of(page: Page, key: str, value: float) -> tuple[float, float]:
    """Seconds from a move to the answer on the page, and those that the server says it judged."""
    before = page.evaluate("document.body.dataset.answered || '0'")
    begin = time.perf_counter()
    page.evaluate(
        """([id, value]) => { const slider = document.getElementById(id); slider.value = value;
                              slider.dispatchEvent(new Event("input", {bubbles: true})); }""",
        [f"c-{key}", str(value)],
    )
    page.wait_for_selector(f"body[data-answered]:not([data-answered='{before}'])")
    took = time.perf_counter() - begin
    return took, float(page.inner_text("#took").split()[2]) / 1000.0


def tell(page: Page) -> None:
    """Move each parameter through its values and print how long it took."""
    for key, values in MOVED.items():
        first, *others = [seconds_of(page, key, value) for value in values]
        whole, judging = zip(*others, strict=True)
        print(
            f"{key}: median {1000 * statistics.median(whole):.0f} ms, worst {1000 * max(whole):.0f} ms, "
            f"of which judging {1000 * statistics.median(judging):.0f} ms; first {1000 * first[0]:.0f} ms"
        )


def main() -> None:
    """Serve, move, print."""
    command = [sys.executable, "-u", "-m", "safetynets", "dashboard", *sys.argv[1:], "--port", "0"]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as playwright:
        assert process.stdout is not None
        address = next(line.split()[4] for line in process.stdout if line.startswith("The dashboard is at"))
        print(f"ready in {time.perf_counter() - begin:.1f} s")
        try:
            page = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS)).new_page()
            page.set_default_timeout(120_000)
            page.goto(address)
            page.wait_for_selector("body[data-ready]")
            print(page.inner_text("header p"))
            tell(page)
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
