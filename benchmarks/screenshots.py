"""Pictures of the page and of a report as a browser shows them, to be looked at.

    python benchmarks/screenshots.py configs/office.yaml [folder]

Each at 1280 and 390 units across, in light and in dark; the report on paper too. Needs chromium, the extra `web`
and playwright.
"""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LOOKS = (
    ("wide", 1280, "light"),
    ("wide-dark", 1280, "dark"),
    ("narrow", 390, "light"),
    ("narrow-dark", 390, "dark"),
)


def main(scenario: str, folder: Path) -> None:
    """Takes the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "recallsim"]
    report, view = folder / "report.html", folder / "trace.html"
    subprocess.run(
        [*command, "run", scenario, "--quiet", "--no-store", "--replications", "40", "--report", report],
        check=True,
    )
    subprocess.run([*command, "trace", scenario, "--recipient", "17", "--view", view], check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        shoot(browser, report.resolve().as_uri(), folder, "report")
        shoot(browser, view.resolve().as_uri(), folder, "trace")
        with subprocess.Popen([*command, "serve", scenario], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            shoot(browser, server.stdout.readline().strip(), folder, "page", page_of_sliders=True)
            server.terminate()
        browser.close()


def shoot(browser: Browser, address: str, folder: Path, name: str, *, page_of_sliders: bool = False) -> None:
    """Takes the pictures of one address."""
    for look, width, scheme in LOOKS:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        if page_of_sliders:
            page.locator("body[data-state=answered]").wait_for(timeout=120_000)
            page.click("#play")
            page.wait_for_timeout(8000)
            page.click("#play")
        page.screenshot(path=folder / f"{name}-{look}.png", full_page=not page_of_sliders or width < 1000)
        if look == "wide" and not page_of_sliders:
            page.pdf(path=folder / f"{name}.pdf", format="A4", prefer_css_page_size=True)
        context.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else Path("screenshots"))
