"""Runs are watched from outside while they go on."""

import sqlite3

import pytest

import recallsim
from recallsim.store import growing
from recallsim.store.growing import Watcher

SCENARIO = """\
name: watched
horizon: 1d
sender: {notices: 5min, recall: {system: outlook}}
recipients:
  count: 20
  groups:
    - name: desk
      client: {kind: outlook-desktop, auto_process: 0.5, idle: 30s}
      person: {reads: {delay: {exponential: {mean: 20min}}}}
"""


@pytest.fixture
def kept(tmp_path):
    """A complete run, and its result."""
    path = tmp_path / "results" / "watched.sqlite"
    return path, recallsim.run(SCENARIO, seed=3, replications=8, workers=1, store=path)


def test_a_complete_run_is_told_with_its_success(kept):
    """The share so far of a complete run is its success rate."""
    path, result = kept
    (run,) = Watcher(path.parent).look()
    told = (run.file, run.scenario, run.seed, run.recipients, run.replications, run.complete)
    assert told == (path, "watched", "3", 20, 8, True)
    assert run.success == pytest.approx(result.estimate("success_rate").mean, abs=1e-12)


def test_a_run_under_way_is_not_complete(kept):
    """While estimates are missing, or cover less than what is kept, somebody is at work or was."""
    path, _ = kept
    watcher = Watcher(path.parent)
    assert [run.complete for run in watcher.look()] == [True]
    with sqlite3.connect(path) as database:
        database.execute("update estimate set replications = 3")
    assert [(run.complete, run.idle is not None) for run in watcher.look()] == [(False, True)]
    with sqlite3.connect(path) as database:
        database.execute("delete from estimate")
    assert [(run.complete, run.variant) for run in watcher.look()] == [(False, "")]


def test_what_has_not_changed_is_not_read_anew(kept, monkeypatch):
    """A complete run is read once; the latest files come first, and what is no store is left out."""
    path, _ = kept
    path.with_name("broken.sqlite").write_bytes(b"no database at all" * 100)
    read = []
    whole = growing._read
    monkeypatch.setattr(growing, "_read", lambda file: read.append(file.name) or whole(file))
    watcher = Watcher(path.parent)
    for _ in range(2):
        assert [run.file.name for run in watcher.look()] == ["watched.sqlite"]
    assert sorted(read) == ["broken.sqlite", "watched.sqlite"]


def test_a_folder_that_is_not_there_has_no_runs(tmp_path):
    """`serve` may be begun before anything was run."""
    assert Watcher(tmp_path / "results").look() == []
