"""How long the page takes from a slider's move to the numbers, and a report of a sweep of 10,000 cells.

    python benchmarks/seeing.py [scenario] [--output FILE]

Sliders are moved in a real browser on the machine that computes, and each move is timed from the event of the slider
to the end of the frame that has its numbers. No question is asked twice, so that nothing but the page's own look
ahead can have an answer there already. Three hands are told apart: one that jumps from slider to slider, to where the
page has not looked ahead, while it looks elsewhere; one that drags a slider over several stops, of which the last is
timed; and one that comes to a slider, looks for some seconds, and moves it. Needs chromium, the extras `batch` and
`web`, and playwright. Writes benchmarks/results/seeing.md.
"""

import argparse
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from race_results import machine

from recallsim.reporting.page.cells import sweep
from recallsim.reporting.page.further import page_of

HERE = Path(__file__).parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
JUMPS, DRAGS, RESTED = 40, 10, 7
PAUSE = 300
"""Milliseconds between two jumps: the page has drawn everything and looks ahead."""
STOPS, STEP = 5, 80
"""A drag goes over so many stops, with so many milliseconds between them."""
TIMED = """async ([key, places, pause, step]) => {
  const wait = (time) => new Promise((later) => setTimeout(later, time));
  const slider = document.getElementById("slider-" + key);
  const control = window.whatIf.scenario().controls.find((each) => each.key === key);
  const wanted = control.stops[places.at(-1)].value;
  let began = 0;
  const shown = new Promise((ended) => document.addEventListener("numbers", function heard(event) {
    const { asked, numbers } = event.detail;
    if (asked.values[key] !== wanted) return;
    document.removeEventListener("numbers", heard);
    requestAnimationFrame(() => setTimeout(() => ended({
      total: performance.now() - began, server: 1000 * numbers.seconds, size: numbers.size, engine: numbers.engine,
    })));
  }));
  const drawn = new Promise((ended) => document.addEventListener("answered", function heard() {
    if (!began) return;
    document.removeEventListener("answered", heard);
    ended();
  }));
  await wait(pause);
  for (const place of places) {
    if (place !== places[0]) await wait(step);
    began = performance.now();
    slider.value = String(place);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const told = await shown;
  await drawn;
  return told;
}"""


def slider(file: str) -> Iterator[str]:
    """Moves the sliders from stop to stop in a browser; no question is asked twice."""
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
            yield from moves(page)
            server.terminate()
        browser.close()


def moves(page: Page) -> Iterator[str]:
    """Times the moves of one page."""
    found: list[dict[str, Any]] = []
    for move in jumps(page):
        found.append(page.evaluate(TIMED, [*move, PAUSE, 0]))
    yield told(
        f"from a jump to the numbers ({found[-1]['size']}, {found[-1]['engine']} engine)", "150 ms", found
    )
    yield told("from the last stop of a drag", "", [dragged(page, number) for number in range(DRAGS)])
    # A hand that has come to a slider and looked for some seconds: the page has computed its stops meanwhile.
    page.locator("#slider-workers").hover()
    page.locator("body[data-ahead=done]").wait_for(timeout=60_000)
    rested = [page.evaluate(TIMED, ["workers", [place], PAUSE, 0]) for place in range(1, RESTED + 1)]
    yield told("along a slider that was pointed at for some seconds", "", rested)


def jumps(page: Page) -> list[tuple[str, list[int]]]:
    """Moves of two sliders in turn, each to another place every time, so that no two places are ever together twice."""
    places = {key: places_of(page, key) for key in ("notices", "auto")}
    pairs = zip(*(far_apart(each) for each in places.values()), strict=False)
    turns = [(key, [place]) for pair in pairs for key, place in zip(places, pair, strict=True)]
    return turns[:JUMPS]


def places_of(page: Page, key: str) -> int:
    """How many stops a slider has."""
    return int(page.locator(f"#slider-{key}").get_attribute("max") or 0) + 1


def far_apart(places: int) -> list[int]:
    """All places, none next to the one before."""
    half = (places + 1) // 2
    turns = [place for low in range(half) for place in (low, low + half)]
    return [place for place in turns if place < places]


def dragged(page: Page, number: int) -> dict[str, Any]:
    """Holds the message for another time, which makes all else new, and drags a slider there or back."""
    page.evaluate(TIMED, ["hold", [1 + number % (places_of(page, "hold") - 1)], PAUSE, 0])
    way = range(6, 6 + STOPS) if number % 2 == 0 else range(5 + STOPS, 5, -1)
    found: dict[str, Any] = page.evaluate(TIMED, ["notices", [*way], PAUSE, STEP])
    return found


def told(what: str, goal: str, found: list[dict[str, Any]]) -> str:
    """The median and the 95th percentile, and the median of what the server took, then or ahead."""
    took = [each["total"] for each in found]
    p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
    server = statistics.median(each["server"] for each in found)
    return f"| {what}, {len(took)} moves | {goal} | {statistics.median(took):.0f} ms | {p95:.0f} ms | {server:.0f} ms |"


def report_of_a_sweep() -> Iterator[str]:
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
    yield f"| a report of 10,000 cells, {len(text) / 1e6:.2f} MB | 5 s | {time.perf_counter() - began:.2f} s | | |"


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default=str(HERE.parent / "configs" / "office.yaml"))
    parser.add_argument(
        "--output", type=Path, default=HERE / "results" / "seeing.md", help="file of the results"
    )
    options = parser.parse_args()
    text = [
        f"# Seeing it\n\n{datetime.date.today():%Y-%m-%d}, {machine()}. Load of the machine: {os.getloadavg()[0]:.1f}."
        " The browser computes on the same processors.\n",
        "| what | goal | median | 95 % of moves | of it, simulating and estimating |",
        "|---|---|---|---|---|",
    ]
    for line in chain(slider(options.scenario), report_of_a_sweep()):
        text.append(line)
        print(line, flush=True)
    options.output.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
