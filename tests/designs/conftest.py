"""A small scenario whose answers are known, and designs over it."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "store" / "support"))

# V01: read after Exp(60 min), the recall at D, latency Exp(2 min), by hand after Exp(10 min).
V01 = """\
name: v01
seed: 3
horizon: 14d
replications: 40
sender: {notices: 5min, recall: {system: outlook}}
transport: {link: {latency: {request: {exponential: {mean: 2min}}, default: 0s}}}
recipients:
  count: 50
  groups:
    - name: people
      client: {kind: outlook-desktop}
      person: {reads: {delay: {original: {exponential: {mean: 60min}}, request: {exponential: {mean: 10min}}}}}
"""


@pytest.fixture
def v01():
    """The text of the scenario."""
    return V01


class Done(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def run_command(tmp_path, monkeypatch, capsys):
    """Run a command on the text of a scenario, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(name, text, *options):
        from recallsim import cli

        Path("v01.yaml").write_text(text)
        code = cli.run([name, "v01.yaml", *options])
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return run
