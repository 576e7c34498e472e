"""Runs are watched from outside while they go on."""

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import store_fakes

import recallsim
from recallsim.store import growing
from recallsim.store.digest import digest
from recallsim.store.growing import Watcher
from recallsim.store.reading import held

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
    told = (run.file, run.scenario, run.seed, run.recipients, run.standing[:3])
    assert told == (path, "watched", "3", 20, ("complete", 8, 8))
    assert run.success == pytest.approx(result.estimate("success_rate").mean, abs=1e-12)


@contextmanager
def changed(path):
    """A store, laid open to be changed by hand."""
    database = sqlite3.connect(path)
    with closing(database), database:
        yield database


def ago(seconds):
    """A moment as stores write it."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def state(path):
    """What a watcher that knows nothing says of the only run of a store."""
    (run,) = Watcher(path.parent).look()
    return run.standing.state


def under_way(path, begun, kept):
    """Makes it a run that a command has begun so long ago, and that has kept its replications so long ago."""
    with changed(path) as database:
        database.execute("update attempt set ended = null, begun = ?", (ago(begun),))
        database.executemany(
            "update replication set seconds = 0.1, stored = ? where replication = ?",
            [(ago(seconds), number) for number, seconds in enumerate(kept)],
        )


def test_an_interrupted_run_is_not_complete(tmp_path):
    """Ctrl-C leaves estimates that cover what is there; still the run is interrupted, until it has gone on."""
    path = tmp_path / "stopped.sqlite"
    stopped = store_fakes.run(path, 30, work=store_fakes.FakeWork(signals_at=4))
    assert [(run.state, run.replications) for run in held(path)] == [("interrupted", stopped.n)]
    store_fakes.run(path, 30)
    assert [(run.state, run.replications) for run in held(path)] == [("complete", 30)]


def test_a_run_keeps_how_many_were_wanted(kept):
    """Also an interrupted one: it has some of those."""
    path, _ = kept
    with changed(path) as database:
        database.execute("update attempt set ended = 'interrupted', wanted = 30")
    (run,) = Watcher(path.parent).look()
    assert run.standing[:3] == ("interrupted", 8, 30)


def test_what_was_wanted_is_told_while_a_run_goes_on(kept):
    """A run whose command has not ended, and that has kept something just now, is running."""
    path, _ = kept
    under_way(path, 8, range(7, -1, -1))
    (run,) = Watcher(path.parent).look()
    assert run.standing[:3] == ("running", 8, 8)


def test_a_precision_has_no_number_that_is_wanted(tmp_path):
    """Where a precision decides nobody knows before how many there will be."""
    path = tmp_path / "watched.sqlite"
    recallsim.run(SCENARIO, seed=3, precision=0.4, workers=1, store=path)
    (run,) = Watcher(tmp_path).look()
    assert (run.standing.state, run.standing.wanted) == ("complete", None)


@pytest.mark.parametrize(
    ("begun", "kept_ago", "expected"),
    [
        (14, (13, 12, 11, 10, 9, 8, 7, 6), "interrupted"),
        (12, (11, 10, 9, 8, 7, 6, 5, 4), "running"),
        (180, (160, 140, 120, 100, 80, 60, 50, 20), "running"),
        (20, (7200, 7100, 7000, 6900, 6800, 6700, 6600, 6500), "running"),
        (90, (7200, 7100, 7000, 6900, 6800, 6700, 6600, 6500), "interrupted"),
    ],
    ids=["gone", "at work", "slow", "goes on", "never went on"],
)
def test_a_run_that_rests_for_too_long_was_interrupted(kept, begun, kept_ago, expected):
    """After a kill nobody notes an end: three times the mean gap between replications, 5 s at least, tells it."""
    path, _ = kept
    under_way(path, begun, kept_ago)
    assert state(path) == expected


def test_a_store_of_an_earlier_version_is_read_and_goes_on(kept):
    """Without the table its estimates tell whether it is complete; the next command puts the table in."""
    path, _ = kept
    with changed(path) as database:
        database.execute("drop table attempt")
        database.execute("update replication set stored = ?", (ago(60),))
    before = digest(path)
    assert state(path) == "complete"
    with changed(path) as database:
        database.execute("update estimate set replications = 3")
    assert state(path) == "not complete"
    recallsim.run(SCENARIO, seed=3, replications=8, workers=1, store=path)
    assert (state(path), digest(path)) == ("complete", before)


def test_the_run_that_was_kept_last_comes_first(tmp_path):
    """Runs of one file and of several, by when their last replication was kept."""
    for seed, store in ((1, "a"), (2, "a"), (3, "b"), (4, "b")):
        path = tmp_path / f"{store}.sqlite"
        recallsim.run(SCENARIO, seed=seed, replications=2, workers=1, store=path)
        with changed(path) as database:
            database.execute(
                "update replication set stored = ? where run = (select run from run where seed = ?)",
                (ago({1: 10, 2: 40, 3: 20, 4: 30}[seed]), str(seed)),
            )
    assert [run.seed for run in Watcher(tmp_path).look()] == ["1", "3", "4", "2"]


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
