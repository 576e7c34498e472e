"""The page's application, asked without a network; and a real browser, where there is one."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from recallsim.web.app import application
from recallsim.web.estimating import listed

TOKEN = "the-token"
PORT = 8123
ROOT = Path(__file__).parents[2]

SCENARIO = """\
name: small
title: "A small <b>one</b>"
seed: 7
horizon: 1d
replications: 24
sender:
  notices: {exponential: {mean: 10min}}
  recall: {system: outlook, tell_me: true}
transport:
  delivery: {workers: 1, service: {exponential: {mean: 2s}}, background: {rate: 7.5/min}}
  link: {latency: {exponential: {mean: 2s}}}
recipients:
  count: 20
  groups:
    - name: desk
      share: 0.7
      client: {kind: outlook-desktop, auto_process: 0.8, idle: 30s}
      person: {reads: {delay: {exponential: {mean: 20min}}}}
    - name: phone
      share: 0.3
      client: {kind: mobile}
      person: {reads: {delay: {exponential: {mean: 40min}}}}
"""

HOSTILE = """\
name: hostile
title: "<img src=x onerror=alert(1)> [red] =cmd() ../x"
seed: 7
horizon: 1h
replications: 4
sender: {notices: 5min, recall: {system: outlook, tell_me: true}}
recipients:
  count: 6
  groups:
    - name: desk
      client: {kind: outlook-desktop, auto_process: 1, idle: 30s}
      person: {reads: {delay: 20min}}
"""

CHROMIUM = shutil.which("chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def hostile(file):
    path = file.with_name("<b>hostile.yaml")
    path.write_text(HOSTILE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def one(file):
    return listed("0", str(file))


async def _asked(app, method, path, headers, body):
    head, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": head, "raw_path": head.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(key.encode(), value.encode()) for key, value in headers], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
    }  # fmt: skip
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    sent = []
    left = asyncio.Event()

    async def receive():
        if parts:
            return parts.pop(0)
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            left.set()

    await app(scope, receive, send)
    text = b"".join(message.get("body", b"") for message in sent[1:])
    found = {key.decode().lower(): value.decode() for key, value in sent[0]["headers"]}
    return SimpleNamespace(status=sent[0]["status"], headers=found, text=text.decode("utf-8"))


class Client:
    """Asks the application as a browser on this machine would."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, path, data=None, *, method=None, token=TOKEN, headers=()):
        given = [("host", f"127.0.0.1:{PORT}"), *headers]
        if any(key == "host" for key, _ in headers):
            given = list(headers)
        if token is not None:
            given.append(("x-recallsim-token", token))
        body = b"" if data is None else data if isinstance(data, bytes) else json.dumps(data).encode()
        given.append(("content-length", str(len(body))))
        return await _asked(self.app, method or ("GET" if data is None else "POST"), path, given, body)

    async def lines(self, path, data):
        """The lines of an answer that comes bit by bit."""
        answer = await self(path, data)
        return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def client_of(one):
    """A client of a page that watches a folder."""
    return lambda results: Client(application({"0": one}, TOKEN, PORT, results=results))


@pytest.fixture
def client(client_of, tmp_path):
    return client_of(tmp_path / "results")


def _absent(what):
    """Skips where a developer has no browser; fails where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing; .ci/run and `make test` install it")
    pytest.skip(f"{what} is not installed: the page is not tried in a browser")


@pytest.fixture(scope="module")
def browser():
    """Chromium, driven by playwright; it keeps a loop running, so it must be gone before any test with a loop."""
    if CHROMIUM is None:
        _absent("chromium")
    if find_spec("playwright") is None:
        _absent("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def axe():
    """The text of axe-core, which knows what makes pages unusable."""
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        _absent("axe-playwright-python")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(file, hostile):
    """The address at which `recallsim serve` serves the small scenario and one with hostile names."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, "-m", "recallsim", "serve", file.name, hostile.name, "--engine", "agents"],
        cwd=file.parent,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def opened(browser, address):
    """The page, opened and answered, with everything it asked for and complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="no-preference")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    watched = SimpleNamespace(page=page, requests=[], complaints=[], context=context)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("console", lambda message: watched.complaints.append(message.text))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.goto(address)
    page.locator("body[data-state=answered]").wait_for()
    yield watched
    context.close()
