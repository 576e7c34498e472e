import sqlite3

import aiosqlite
import pytest
from nobody import as_nobody
from store_fakes import NAMES, identity, run

from recallsim.store.connection import explain
from recallsim.store.digest import digest
from recallsim.store.errors import StoreCorrupt, StoreError, StoreLocked, StoreMismatch
from recallsim.store.realloop import run_in_real_loop
from recallsim.store.store import opened

ADVICE = "Name another place with --store, or move this one away to start anew; nothing in it was changed."


def message(path, kind=StoreError, **changes):
    """What a run says about a store that it cannot use."""
    with pytest.raises(StoreError) as caught:
        run(path, 2, **changes)
    assert type(caught.value) is kind
    return str(caught.value)


def test_a_store_of_another_scenario_names_the_keys_that_changed(tmp_path):
    """Another scenario under the same file name is refused, with its changes, and the store stays as it was."""
    path = tmp_path / "a.sqlite"
    run(path, 2)
    before = digest(path)
    assert message(path, StoreMismatch, horizon="1d") == (
        f"{path}: the store belongs to another scenario ('office'), which differs in horizon. {ADVICE}"
    )
    assert digest(path) == before


def test_a_store_of_another_program_says_that_the_program_changed(tmp_path):
    """The same scenario with another fingerprint can only mean another model."""
    path = tmp_path / "a.sqlite"
    run(path, 2)
    assert message(path, StoreMismatch, fingerprint="other", version="1.3.0") == (
        f"{path}: the store was written by another version of the model (recallsim 1.2.3, this is 1.3.0), whose "
        f"replications cannot be mixed with new ones. {ADVICE}"
    )


def test_a_store_with_other_tallies_is_refused(tmp_path):
    """A program that counts other things does not add to a store."""
    path = tmp_path / "a.sqlite"
    run(path, 2)
    assert message(path, StoreMismatch, names=("failed", *NAMES[1:]), version="1.3.0") == (
        f"{path}: the store was written by recallsim 1.2.3, which counts other things than 1.3.0 does. {ADVICE}"
    )


def test_a_locked_store_says_so(tmp_path):
    """A store in which another program is writing is left alone after a short wait."""
    path = tmp_path / "a.sqlite"
    run(path, 2)
    before = digest(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")

    async def work():
        async with opened(path, busy=0.05) as store:
            await store.begin(identity())

    with pytest.raises(StoreLocked) as caught:
        run_in_real_loop(work())
    other.execute("rollback")
    other.close()
    assert str(caught.value) == (
        f"{path}: the store is locked: another program held it for more than 0.05 s. "
        "Close that program or wait for its end, then give the same command again; nothing is lost."
    )
    assert digest(path) == before


def test_a_folder_that_may_not_be_written_says_so(unprivileged):
    """A new store in a read-only folder is an error before anything is computed."""
    unprivileged.chmod(0o555)
    path = unprivileged / "a.sqlite"
    assert as_nobody(lambda: message(path)) == (
        f"{path}: the store cannot be opened or made there. Make its folder writable, or name another store."
    )
    deeper = unprivileged / "results" / "a.sqlite"
    assert as_nobody(lambda: message(deeper)) == (
        f"{deeper}: the folder for the store cannot be made (Permission denied). Name another place with --store."
    )


def test_a_folder_in_place_of_a_file_says_so(tmp_path):
    """A folder is no store."""
    assert message(tmp_path) == (
        f"{tmp_path}: a folder, not a store. Name a file, such as {tmp_path / 'run.sqlite'}."
    )


def test_a_file_in_place_of_a_folder_says_so(tmp_path):
    """A store cannot lie below a file."""
    (tmp_path / "results").write_text("")
    path = tmp_path / "results" / "a.sqlite"
    assert message(path) == (
        f"{path}: the folder for the store cannot be made (File exists). Name another place with --store."
    )


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    """Somebody's text file is not a store and keeps its text."""
    path = tmp_path / "a.sqlite"
    path.write_text("Dear diary, " * 100)
    assert message(path, StoreCorrupt) == (
        f"{path}: not a store: the file is no SQLite database. Nothing in it was changed. "
        "Name another store, or move this one away."
    )
    assert path.read_text() == "Dear diary, " * 100


def test_the_database_of_another_program_is_left_alone(tmp_path):
    """Somebody's own SQLite file is not a store and is not touched by a byte."""
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("create table recipes (name text)")
    database.close()
    before = path.read_bytes()
    assert message(path) == (
        f"{path}: not a store: the SQLite database of another program. Nothing in it was changed. "
        "Name another store."
    )
    assert path.read_bytes() == before


def test_a_store_in_a_later_layout_is_left_alone(tmp_path):
    """A store of a later version is not guessed at."""
    path = tmp_path / "a.sqlite"
    run(path, 2)
    with sqlite3.connect(path) as database:
        database.execute("pragma user_version = 3")
    database.close()
    assert message(path) == (
        f"{path}: a store in layout 3; this recallsim reads layout 2. Nothing in it was changed. "
        "Name another store, or use the version that wrote it."
    )


def test_a_damaged_store_says_so(tmp_path):
    """Bytes overwritten in the middle of the file are found before the store is used."""
    path = tmp_path / "a.sqlite"
    run(path, 12)
    content = bytearray(path.read_bytes())
    content[8192:16384] = b"\xff" * 8192
    path.write_bytes(content)
    found = message(path, StoreCorrupt)
    assert found.startswith(f"{path}: the store is damaged (")
    assert found.endswith(
        "). Nothing in it was changed. Move it away or name another store; the run then starts anew."
    )
    assert path.read_bytes() == bytes(content)


def test_a_store_without_some_tallies_is_damaged(tmp_path):
    """A replication without its tallies is not quietly skipped."""
    path = tmp_path / "a.sqlite"
    run(path, 2)
    with sqlite3.connect(path) as database:
        database.execute("delete from tally where replication = 1 and group_number = 0")
    database.close()
    assert message(path, StoreCorrupt) == (
        f"{path}: the store is damaged (5 tallies for 2 replications of 3 groups). Nothing in it was changed. "
        "Move it away or name another store; the run then starts anew."
    )


def test_a_missing_store_has_no_digest(tmp_path):
    """Reading what is not there makes nothing."""
    with pytest.raises(StoreError) as caught:
        digest(tmp_path / "a.sqlite")
    assert (
        str(caught.value)
        == f"{tmp_path / 'a.sqlite'}: there is no such store. Give the file that a run has named."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [1, 2, 5, 9])
def test_a_failing_commit_loses_its_own_batch_only(tmp_path, monkeypatch, failing):
    """The disk fills up at the n-th commit: an error that says so, everything before is kept, and the run goes on later."""
    path = tmp_path / "a.sqlite"
    run(tmp_path / "whole.sqlite", 12)
    execute, commits = aiosqlite.Connection.execute, []

    async def full(connection, sql, parameters=None):
        if sql == "commit":
            commits.append(sql)
            if len(commits) == failing:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
        return await execute(connection, sql, parameters)

    monkeypatch.setattr(aiosqlite.Connection, "execute", full)
    monkeypatch.setattr("recallsim.running.conduct.LOCAL_SECONDS", 0.0)
    with pytest.raises(StoreError) as caught:
        run(path, 12)
    monkeypatch.undo()
    assert str(caught.value) == (
        f"{path}: the disk is full. The replications stored so far are safe; "
        "make room, then give the same command again to go on."
    )
    with sqlite3.connect(path) as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
    database.close()
    run(path, 12)
    assert digest(path) == digest(tmp_path / "whole.sqlite")


FAILURES = {
    "full": (sqlite3.SQLITE_FULL, "database or disk is full", "the disk is full"),
    "broken": (sqlite3.SQLITE_IOERR, "disk I/O error", "the store failed: disk I/O error"),
}


def failing_at(monkeypatch, number, code, text):
    """Let the n-th call to the database fail, whatever it is; gives what counts the calls."""
    call, calls = aiosqlite.Connection._execute, []

    async def failing(connection, function, *rest, **more):
        calls.append(function)
        if len(calls) == number:
            error = sqlite3.OperationalError(text)
            error.sqlite_errorcode = code
            raise error
        return await call(connection, function, *rest, **more)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", failing)
    monkeypatch.setattr("recallsim.running.conduct.LOCAL_SECONDS", 0.0)
    return calls


def complaint(path):
    """What a run says of a store that it cannot use; nothing where it can."""
    try:
        run(path, 3)
    except StoreError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("failure", ["full", pytest.param("broken", marks=pytest.mark.prove)])
def test_whichever_call_fails_nothing_is_lost_and_nothing_is_wrong(tmp_path, failure):
    """The n-th call to the database fails, for every n: a clear error, a whole file, and the run goes on to the same end."""
    code, text, said = FAILURES[failure]
    run(tmp_path / "whole.sqlite", 3)
    whole, n = digest(tmp_path / "whole.sqlite"), 0
    while True:
        n += 1
        path = tmp_path / f"{n}.sqlite"
        with pytest.MonkeyPatch.context() as monkeypatch:
            calls = failing_at(monkeypatch, n, code, text)
            told = complaint(path)
        assert (n, told == "" or told.startswith(f"{path}: {said}")) == (n, True)
        run(path, 3)
        with sqlite3.connect(path) as database:
            assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        database.close()
        assert (n, digest(path)) == (n, whole)
        if len(calls) < n:
            break
    assert n > 40


def test_other_failures_of_the_file_are_told_as_they_are(tmp_path):
    """What SQLite says is passed on where there is nothing better to say."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    assert str(explain(tmp_path / "a.sqlite", error)) == (
        f"{tmp_path / 'a.sqlite'}: the store failed: disk I/O error. The replications stored so far are safe; "
        "when the cause is mended, give the same command again to go on."
    )
