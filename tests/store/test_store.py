import sqlite3

import numpy as np
from store_fakes import GROUPS, NAMES, FakeWork, as_bytes, identity, run, summary

from recallsim.engines.observation import RECIPIENT_COLUMNS
from recallsim.store.digest import digest
from recallsim.store.realloop import run_in_real_loop
from recallsim.store.rows import Batch, column_of
from recallsim.store.store import opened


def query(path, sql):
    with sqlite3.connect(path) as database:
        rows = database.execute(sql).fetchall()
    database.close()
    return rows


def read(path, below, recorded=False, **changes):
    async def work():
        async with opened(path) as store:
            whose = identity(**changes)
            return await store.read(whose, await store.begin(whose), below, recorded=recorded)

    return run_in_real_loop(work())


def test_values_and_curves_come_back_bit_for_bit(tmp_path):
    """What is read from the store is what was put in, NaN and infinity included; -0.0 is 0.0 from the start."""
    path = tmp_path / "a.sqlite"
    finished = run(path, 12)
    stored = read(path, 12)
    fresh = FakeWork()(0, 12).normalised()
    assert stored.numbers == tuple(range(12))
    assert as_bytes(stored.values) == as_bytes(fresh.values) == as_bytes(finished.values)
    assert as_bytes(stored.curves) == as_bytes(fresh.curves) == as_bytes(finished.curves)
    assert np.isnan(fresh.values).any()
    assert np.isinf(fresh.values).any()


def test_recipients_come_back_bit_for_bit(tmp_path):
    """Recorded recipients are the engine's columns again, with NULL in the file where a tick is never."""
    path = tmp_path / "a.sqlite"
    run(path, 3, record=True)

    async def work():
        async with opened(path) as store:
            return await store.recipients(await store.begin(identity()), 2)

    found = run_in_real_loop(work())
    expected = FakeWork(record=True)(2, 1).recipients
    assert {name: column.tolist() for name, column in found.items()} == {
        name: expected[name].tolist() for name in RECIPIENT_COLUMNS
    }
    assert query(path, "select count(*) from recipient where seen is null") == [(3,)]
    assert query(path, "select max(decided) from recipient") == [(2**60,)]


def test_fixed_names_are_columns_and_the_scenarios_own_are_json(tmp_path):
    """Names that every scenario has are columns of `tally`; those of stages and parameters are keys of `extra`."""
    path = tmp_path / "a.sqlite"
    run(path, 1)
    columns = [row[0] for row in query(path, "select name from pragma_table_info('tally')")]
    assert [column_of(name) for name in NAMES] == [
        "succeeded",
        "reason_held",
        "delivery_ticks_original",
        None,
        None,
    ]
    assert columns == [
        *("run", "replication", "group_number", "succeeded", "reason_held", "delivery_ticks_original"),
        *("extra", "seen_by", "decided_by", "told_by"),
    ]
    keys = query(path, "select distinct j.key from tally, json_each(extra) j order by j.key")
    assert keys == [("over:delivery:3min",), ("wait_ticks:delivery:request",)]


def test_every_table_is_strict_and_the_file_says_whose_it_is(tmp_path):
    """The file is in WAL mode, knows its program and layout, and all its tables are strict."""
    path = tmp_path / "a.sqlite"
    run(path, 1)
    assert query(path, "pragma journal_mode") == [("wal",)]
    assert query(path, "pragma application_id") == [(0x7265636C,)]
    assert query(path, "pragma user_version") == [(2,)]
    assert query(path, "pragma integrity_check") == [("ok",)]
    assert query(path, "select name from pragma_table_list where type = 'table' and not strict") == [
        *[(name,) for name in ("sqlite_schema", "sqlite_temp_schema")]
    ]


def test_commits_are_synchronous(tmp_path):
    """A connection to a store waits for the disk at each commit."""

    async def work():
        async with opened(tmp_path / "a.sqlite") as store:
            return await store._connection.pragma("synchronous")

    assert run_in_real_loop(work()) == 2


def test_the_views_speak_in_words(tmp_path):
    """A user of SQL finds groups, outcomes, curves and estimates by name and in seconds."""
    path = tmp_path / "a.sqlite"
    finished = run(path, 2, record=True)
    assert query(path, "select distinct group_name from tallies order by 1") == [
        ("all",),
        ("desk",),
        ("web",),
    ]
    assert query(path, "select seed, metric, high, replications from estimates") == [
        ("7", "success_rate", None, 2)
    ]
    assert query(path, "select mean from estimates") == [(summary(finished.values)[0].mean,)]
    curve = query(
        path, "select seen from curves where replication = 1 and group_name = 'web' order by seconds"
    )
    assert [row[0] for row in curve] == finished.curves[1, 1, 0].tolist()
    words = query(path, "select distinct status, told from outcomes order by 1, 2")
    assert {told for _, told in words} == {"nothing", "success"}
    assert query(path, "select decided_seconds from outcomes where recipient = 1 and replication = 1") == [
        (2**60 * 1e-6,)
    ]


def test_seeds_live_side_by_side_in_one_file(tmp_path):
    """Another seed of the same scenario adds a run and leaves the first as it was."""
    path = tmp_path / "a.sqlite"
    first = run(path, 3)
    run(path, 2, seed=2**64 - 1)
    assert query(path, "select seed from run order by run") == [("7",), (str(2**64 - 1),)]
    assert as_bytes(read(path, 3).values) == as_bytes(first.values)
    assert as_bytes(read(path, 3, seed=2**64 - 1).values) == as_bytes(
        FakeWork(2**64 - 1)(0, 2).normalised().values
    )


def test_the_digest_does_not_see_the_wall_clock_nor_the_order_of_the_seeds(tmp_path):
    """Files with the same replications have one digest, whenever and in whatever order they were made."""
    run(tmp_path / "a.sqlite", 3)
    run(tmp_path / "a.sqlite", 3, seed=8)
    run(tmp_path / "b.sqlite", 3, seed=8)
    run(tmp_path / "b.sqlite", 3)
    run(tmp_path / "c.sqlite", 4)
    with sqlite3.connect(tmp_path / "b.sqlite") as database:
        database.execute("update replication set seconds = 1e9, stored = 'never'")
        database.execute("update run set created = 'never'")
    database.close()
    assert digest(tmp_path / "a.sqlite") == digest(tmp_path / "b.sqlite")
    assert digest(tmp_path / "c.sqlite") != digest(tmp_path / "a.sqlite")


def test_the_digest_sees_the_last_bit_of_a_value(tmp_path):
    """One unit in the last place of one value changes the digest."""
    path = tmp_path / "a.sqlite"
    run(path, 3)
    before = digest(path)
    value = query(path, "select succeeded from tally where replication = 2 and group_number = 1")[0][0]
    with sqlite3.connect(path) as database:
        database.execute(
            "update tally set succeeded = ? where replication = 2 and group_number = 1",
            [np.nextafter(value, 9.0)],
        )
    database.close()
    assert digest(path) != before


def test_a_batch_is_cut_where_it_is_asked_to_be():
    """The parts of a batch hold its replications and their recipients, and nothing else."""
    batch = FakeWork(record=True)(4, 5)
    low, high = batch.part(0, 6), batch.part(6, 100)
    assert (low.first, len(low), high.first, len(high)) == (4, 2, 6, 3)
    assert high.values.tobytes() == batch.values[2:].tobytes()
    assert low.recipients["replication"].tolist() == [4] * 5 + [5] * 5
    assert [len(batch.part(0, 4)), len(batch.part(9, 12))] == [0, 0]
    assert isinstance(low, Batch)


def test_the_last_group_is_all_of_them(tmp_path):
    """The groups of the plan are stored with their first recipient and size, and after them `all`."""
    run(tmp_path / "a.sqlite", 1)
    rows = query(
        tmp_path / "a.sqlite", "select name, first_recipient, size from recipient_group order by group_number"
    )
    assert rows == [*[(group.name, group.first, group.size) for group in GROUPS], ("all", 1, 5)]
