"""Results made by hand, for tests of what is shown of them, and the command as a user starts it."""

import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from recallsim.result import GroupSize, Result


@dataclass(frozen=True)
class Given:
    """An estimate with numbers of the test's own choosing."""

    variant: str
    group: str
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    replications: int = 120
    degenerate: bool = False


def given(metric, mean, half=None, group="all", low=None, high=None):
    if mean is None:
        return Given("base", group, metric, None, None, None)
    if half is not None:
        low, high = mean - half, mean + half
    return Given("base", group, metric, mean, low, high, degenerate=low == high and low is not None)


def result(estimates, groups=(("all", 2000),), **changes):
    fields = {
        "scenario": "office",
        "title": "Salary sheet to 2,000 colleagues",
        "fingerprint": "ab" * 32,
        "seed": 20261120,
        "engine": "agents",
        "replications": 120,
        "confidence": 0.95,
        "precision_reached": None,
        "version": "0.1.0",
        "estimates": tuple(estimates),
        "groups": tuple(GroupSize(*group) for group in groups),
        "horizon": 604800.0,
        "elapsed": 41.7,
    }
    return Result(**{**fields, **changes})


def office(groups=("desk", "desk+phone", "phone-first", "web", "partners"), **changes):
    """A result as large as the worked example's."""
    means = {
        "success_rate": 0.431, "failed_rate": 0.352, "refused_rate": 0.0, "pending_rate": 0.217, "doomed_rate": 0.1,
        "reason:deleted_unread": 0.431, "reason:already_read": 0.251, "reason:different_folders": 0.0712,
        "reason:other_organisation": 0.03, "unseen_success_rate": 0.406, "seen_success_rate": 0.025, "seen_rate": 0.52,
        "seen_before_notice_rate": 0.22, "seen_before_request_rate": 0.03, "seen_while_processing_rate": 0.1,
        "seen_after_processing_rate": 0.06, "seen_never_processed_rate": 0.11, "seen_after_removal_rate": 0.0,
        "failed_unseen_rate": 0.002, "aware_rate": 0.8, "aware_unseen_rate": 0.4, "overtaken_rate": 0.01,
        "told_success_rate": 0.425, "told_failure_rate": 0.348, "told_bounce_rate": 0.0,
        "told_success_though_seen_rate": 0.024, "replacement_new_only_rate": 0.43, "replacement_both_rate": 0.55,
        "replacement_old_only_rate": 0.001, "replacement_none_rate": 0.0, "replacement_seen_first_rate": 0.3,
        "all_succeeded": 0.0, "none_saw": 0.0, "seen_count": 1040.0, "exposure_seconds": 180000.0,
        "decision_seconds_p50": 310.0, "decision_seconds_p90": 86000.0, "decision_seconds_p99": math.nan,
        "delivery_seconds:original": 3.3, "delivery_seconds:request": 3.2, "wait_seconds:delivery": 1.9,
        "sojourn_seconds:delivery": 1.94, "peak_queue:delivery": 1987.0, "last_delivery_seconds:original": 41.0,
        "success_variance": 0.0012, "icc": 0.0043, "design_effect": 9.6, "waited_over:delivery:3min": 0.0123,
    }  # fmt: skip
    found = []
    for shift, group in enumerate([*groups, "all"]):
        for metric, mean in means.items():
            if mean == 0.0:
                found.append(given(metric, 0.0, group=group, low=0.0, high=0.0247))
            else:
                found.append(given(metric, mean * (1 - shift / 50), mean * 0.031, group=group))
    return result(found, groups=[(group, 400) for group in groups], **changes)


SMALL = """\
name: small
title: A small one
seed: 7
horizon: 1d
replications: 12
sender: {notices: 5min, recall: {system: outlook, tell_me: true}}
transport:
  delivery: {workers: 2, service: {exponential: {mean: 2s}}}
  link: {latency: 1s}
recipients:
  count: 10
  groups:
    - name: desk
      share: 0.7
      client: {kind: outlook-desktop, auto_process: 1, idle: 30s}
      person: {reads: {delay: {original: {exponential: {mean: 20min}}}}}
    - name: web
      share: 0.3
      client: {kind: web}
      person: {reads: {delay: {original: {exponential: {mean: 40min}}}}}
"""


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Command:
    """The command, started in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder

    def environment(self, **changes):
        kept = {
            key: value
            for key, value in os.environ.items()
            if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
        }
        found = os.pathsep.join(
            [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        return kept | {"PYTHONUTF8": "1", "COLUMNS": "100", "PYTHONPATH": found} | changes

    def __call__(self, *arguments, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "recallsim", *arguments],
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, text, name="small.yaml"):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


class Here(Command):
    """The command within the test's own process: the same, but for the start of an interpreter."""

    def __init__(self, folder, capsys):
        super().__init__(folder)
        self.capsys = capsys

    def __call__(self, *arguments):
        from recallsim.cli import run

        self.capsys.readouterr()
        code = run(list(arguments))
        out, err = self.capsys.readouterr()
        return Finished(code, out, err)


@pytest.fixture
def command(tmp_path):
    return Command(tmp_path)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return Here(tmp_path, capsys)


@pytest.fixture
def small():
    return SMALL


@pytest.fixture(name="given")
def given_fixture():
    return given


@pytest.fixture(name="result")
def result_fixture():
    return result


@pytest.fixture(name="office")
def office_fixture():
    return office
