"""Pictures of the page and of a report as a browser shows them, to be looked at.

    python benchmarks/screenshots.py configs/office.yaml [folder [folder of the README's pictures]]

Each at 1280 and 390 units across, in light and in dark; the report on paper too. Two of them, the page with a pinned
variant and the beginning of a report, are those that README.md shows. Needs chromium, the extras `batch` and `web`,
and playwright.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LOOKS = (
    ("wide", 1280, "light"),
    ("wide-dark", 1280, "dark"),
    ("narrow", 390, "light"),
    ("narrow-dark", 390, "dark"),
)
README = (1280, 1180)


def main(scenario: str, folder: Path, readme: Path | None) -> None:
    """Takes the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed (apt-get install chromium)")
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "recallsim"]
    report, view = folder / "report.html", folder / "trace.html"
    subprocess.run(
        [*command, "run", scenario, "--quiet", "--no-store", "--replications", "40", "--report", report],
        check=True,
    )
    subprocess.run([*command, "trace", scenario, "--recipient", "17", "--view", view], check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        shoot(browser, report.resolve().as_uri(), folder, "report")
        shoot(browser, view.resolve().as_uri(), folder, "trace")
        with subprocess.Popen([*command, "serve", scenario], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            shoot(browser, address, folder, "page", sliders=True)
            if readme is not None:
                for name, where in (("page", address), ("report", report.resolve().as_uri())):
                    width, height = README
                    page = browser.new_page(viewport={"width": width, "height": height})
                    page.goto(where)
                    if name == "page":
                        compare(page)
                    page.screenshot(path=readme / f"{name}.png")
            server.terminate()
        browser.close()


def shoot(browser: Browser, address: str, folder: Path, name: str, *, sliders: bool = False) -> None:
    """Takes the pictures of one address; of the page with the sliders, with a replication half played too."""
    for look, width, scheme in LOOKS:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        if sliders:
            compare(page)
            page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
            page.click("#play")
            page.wait_for_timeout(6000)
            page.click("#play")
            page.locator(".play").screenshot(path=folder / f"play-{look}.png")
        else:
            page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
        if look == "wide" and not sliders:
            page.pdf(path=folder / f"{name}.pdf", format="A4", prefer_css_page_size=True)
        context.close()


def compare(page: Page) -> None:
    """Pins a hold of half a minute, and lets the sender notice after a minute instead."""
    page.locator("body[data-state=answered]").wait_for(timeout=120_000)
    page.locator("body[data-engine=ready]").wait_for(timeout=300_000)
    _set(page, "hold", "30 s")
    _answered(page, "document.getElementById('pin').click()")
    _answered(page, "document.getElementById('reset').click()")
    _set(page, "notices", "1 min")
    page.evaluate("scrollTo(0, 0)")


def _set(page: Page, key: str, label: str) -> None:
    _answered(
        page,
        f"""const {{ controls }} = window.whatIf.scenario();
        const place = controls.find(each => each.key === "{key}").stops.findIndex(stop => stop.label === "{label}");
        const slider = document.getElementById("slider-{key}");
        slider.value = String(place);
        slider.dispatchEvent(new Event("input", {{ bubbles: true }}));""",
    )


def _answered(page: Page, act: str) -> None:
    page.evaluate(
        f"""() => new Promise(ended => {{
          document.addEventListener("answered", () => ended(), {{ once: true }});
          {act}
        }})"""
    )


if __name__ == "__main__":
    folders = [Path(each) for each in sys.argv[2:]]
    main(
        sys.argv[1], folders[0] if folders else Path("screenshots"), folders[1] if len(folders) > 1 else None
    )
