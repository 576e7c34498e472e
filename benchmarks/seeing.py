"""How long the page takes from a slider's move to the numbers, and a report of a sweep of 10,000 cells.

    python benchmarks/seeing.py [scenario]

The slider of the time to notice is moved in a real browser, stop by stop and there and back, and each move is timed
from the event of the slider to the picture with the new numbers. Needs chromium, the extras `batch` and `web`, and
playwright.
"""

import shutil
import statistics
import subprocess
import sys
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from recallsim.reporting.page.cells import sweep
from recallsim.reporting.page.further import page_of

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
MOVES, RESTED = 40, 7
TIMED = """([key, place]) => new Promise(ended => {
  const slider = document.getElementById("slider-" + key);
  const began = performance.now();
  document.addEventListener("answered", event => requestAnimationFrame(() => ended({
    total: performance.now() - began, server: 1000 * event.detail.seconds, size: event.detail.size,
    engine: event.detail.engine,
  })), { once: true });
  slider.value = String(place);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def slider(file: str) -> None:
    """Moves the slider from stop to stop in a browser; no question is asked twice."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        command = [sys.executable, "-m", "recallsim", "serve", file]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(server.stdout.readline().strip())
            page.locator("body[data-state=answered]").wait_for(timeout=120_000)
            page.locator("body[data-engine=ready]").wait_for(timeout=300_000)
            moves(page)
            server.terminate()
        browser.close()


def moves(page: Page) -> None:
    """Times the moves of one page."""
    stops = int(page.locator("#slider-notices").get_attribute("max") or 0) + 1
    holds = int(page.locator("#slider-hold").get_attribute("max") or 0) + 1
    places = [("notices", place) for place in range(stops)]
    places += [("hold", place) for place in range(1, holds)]
    page.evaluate(TIMED, ["hold", 0])
    found: list[dict[str, Any]] = [page.evaluate(TIMED, [*place]) for place in places[:MOVES]]
    print(f"{found[-1]['size']}, {found[-1]['engine']} engine")
    told("slider to numbers in the browser", [each["total"] for each in found])
    server = statistics.median(each["server"] for each in found)
    print(f"  of these {server:.0f} ms (median) simulating and estimating")
    # A hand that has come to a slider and looked for some seconds: the page has computed its stops meanwhile.
    page.locator("#slider-workers").hover()
    page.locator("body[data-ahead=done]").wait_for(timeout=60_000)
    rested = [page.evaluate(TIMED, ["workers", place])["total"] for place in range(1, RESTED + 1)]
    told("along a slider that was pointed at for some seconds", rested)


def told(what: str, took: list[float]) -> None:
    """Prints the median and the 95th percentile."""
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{what}: median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, of {len(took)}")


def report_of_a_sweep() -> None:
    """Makes a report page of 100 x 100 cells."""
    rows = [
        {
            "group": "all",
            "metric": "unseen_success_rate",
            "a": a,
            "b": b,
            "mean": (a * b % 97) / 97,
            "low": (a * b % 97) / 100,
            "high": (a * b % 97) / 95,
        }
        for a in range(100)
        for b in range(100)
    ]
    began = time.perf_counter()
    text = page_of("A sweep", "10,000 cells", [], [sweep(rows, ["a", "b"])], [], ())
    print(f"report of 10,000 cells: {time.perf_counter() - began:.2f} s, {len(text) / 1e6:.2f} MB")


if __name__ == "__main__":
    slider(sys.argv[1] if len(sys.argv) > 1 else "configs/office.yaml")
    report_of_a_sweep()
