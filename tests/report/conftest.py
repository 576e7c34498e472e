"""A run that is small and real, its report, and what stands in a page."""

import contextlib
import io
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from recallsim.cli import run

SCENARIO = """\
name: small
title: A small one
seed: 7
horizon: 1d
replications: 24
sender:
  notices: {exponential: {mean: 10min}}
  recall: {system: outlook, tell_me: true}
transport:
  link: {latency: {exponential: {mean: 2s}}}
recipients:
  count: 20
  groups:
    - name: desk
      share: 0.7
      client: {kind: outlook-desktop, auto_process: 0.8, idle: 30s}
      person: {reads: {delay: {exponential: {mean: 20min}}}, preview: {share: 0.5}}
    - name: web
      share: 0.3
      client: {kind: web}
      person: {reads: {delay: {exponential: {mean: 40min}}}}
what_if:
  sooner: {sender.notices: 1min}
"""

HOSTILE = """\
name: hostile
title: "<script>alert(1)</script> [red] =cmd() ../x"
seed: 7
horizon: 1h
replications: 3
message: {subject: "<img src=x onerror=alert(2)>"}
sender: {notices: 5min, recall: {system: outlook, tell_me: true}}
recipients:
  count: 4
  groups:
    - name: desk
      client: {kind: outlook-desktop, auto_process: 1, idle: 30s}
      person: {reads: {delay: 20min}}
"""


class Page(HTMLParser):
    """What stands in an HTML page: its elements, and tables as rows of texts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.tables = []
        self.words = []
        self._cell = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


def recallsim(folder, *arguments):
    """Runs the command in a folder, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(arguments))
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder with a scenario, its store, and the report that `run --report` has written."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    done = recallsim(folder, "run", "small.yaml", "--quiet", "--report", "small.html")
    assert (done.returncode, done.stderr) == (0, "")
    text = (folder / "small.html").read_text(encoding="utf-8")
    return SimpleNamespace(folder=folder, text=text, page=Page(text), sentence=done.stdout.strip())


@pytest.fixture
def page():
    return Page


@pytest.fixture
def scenario_text():
    return SCENARIO


@pytest.fixture
def hostile_text():
    return HOSTILE


@pytest.fixture
def start():
    return recallsim
