import tracemalloc

import numpy as np
import pytest
from store_fakes import FakeWork, as_bytes, run

from recallsim.running import pile
from recallsim.running.errors import RunningError
from recallsim.running.ledger import Fixed, Ledger
from recallsim.running.pile import Pile
from recallsim.store.digest import digest
from recallsim.store.rows import Batch


@pytest.fixture
def little_memory(monkeypatch):
    """Chunks of eight, and none is kept in memory once it is full."""
    monkeypatch.setattr(pile, "MOST_BYTES", 0)
    monkeypatch.setattr(pile, "CHUNK_BYTES", 1)


def arrays(n):
    return np.random.default_rng(1).normal(size=(n, 3, 5))


def piled(whole, pieces, folder=None):
    found = Pile(whole.shape[1:], whole.dtype, folder)
    for low, high in pieces:
        found.put(low, whole[low:high])
    return found.stretch(0, len(whole))


@pytest.mark.parametrize(
    "pieces", [[(0, 30)], [(7, 9), (20, 30), (0, 7), (9, 20)], [(n, n + 1) for n in range(30)]]
)
def test_what_is_read_is_what_was_put_in(little_memory, tmp_path, pieces):
    """Whole, in part, number by number and some at a time, in whatever order it came."""
    whole = arrays(30)
    found = piled(whole, pieces, tmp_path)
    assert as_bytes(found) == whole.tobytes()
    assert (len(found), found.shape, found.ndim) == (30, (30, 3, 5), 3)
    assert [as_bytes(found[:, row, -1]) for row in range(3)] == [
        whole[:, row, -1].tobytes() for row in range(3)
    ]
    assert as_bytes(found[5:21][:, 2, 0]) == whole[5:21, 2, 0].tobytes()
    assert as_bytes(found[4]) == whole[4].tobytes()
    assert np.concatenate(list(found[3:].blocks())).tobytes() == whole[3:].tobytes()


def test_nothing_is_left_of_the_file(little_memory, tmp_path):
    """The file has no name, so that it goes with the process."""
    found = piled(arrays(30), [(0, 30)], tmp_path)
    assert (len(found), list(tmp_path.iterdir())) == (30, [])


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(little_memory, tmp_path):
    """The file is then where temporary files are."""
    whole = arrays(30)
    assert as_bytes(piled(whole, [(0, 30)], tmp_path / "missing")) == whole.tobytes()


def test_a_full_disk_is_said_in_words(little_memory, monkeypatch):
    """No traceback, and what can be done."""

    class Full:
        def seek(self, place):
            return place

        def close(self):
            pass

        def write(self, data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(pile.tempfile, "TemporaryFile", lambda **_: Full())
    with pytest.raises(RunningError) as caught:
        piled(arrays(30), [(0, 30)])
    assert str(caught.value) == (
        "there is no room for what is counted of the replications ([Errno 28] No space left on device). What is stored "
        "is safe; make room in the store's folder and where temporary files are, then give the same command again."
    )


def test_a_run_is_the_same_with_little_memory(tmp_path, monkeypatch):
    """Computed and resumed, with replications in memory and in a file: the same store, values and curves."""
    plenty = run(tmp_path / "a.sqlite", 40)
    monkeypatch.setattr(pile, "MOST_BYTES", 0)
    monkeypatch.setattr(pile, "CHUNK_BYTES", 1)
    run(tmp_path / "b.sqlite", 25)
    little = run(tmp_path / "b.sqlite", 40)
    assert (little.resumed, digest(tmp_path / "a.sqlite")) == (25, digest(tmp_path / "b.sqlite"))
    assert as_bytes(little.values) == as_bytes(plenty.values)
    assert as_bytes(little.curves) == as_bytes(plenty.curves)


def test_replications_are_read_from_the_store_some_at_a_time(tmp_path, monkeypatch):
    """However many are read at once, all are found."""
    first = run(tmp_path / "a.sqlite", 20)
    monkeypatch.setattr("recallsim.running.shelf._ROWS_READ", 12)
    again = run(tmp_path / "a.sqlite", 20)
    assert (again.resumed, as_bytes(again.values)) == (20, as_bytes(first.values))


def test_a_piece_that_comes_twice_is_entered_once():
    """Also where only a part of it was there."""
    ledger, work = Ledger(Fixed(12)), FakeWork()
    for first, count in ((4, 4), (2, 4), (0, 4), (6, 6)):
        ledger.enter(work(first, count))
    ledger.advance()
    assert (ledger.prefix, ledger.used) == (12, 12)
    assert as_bytes(ledger.values(12)) == work(0, 12).values.tobytes()


def test_memory_does_not_grow_with_replications(monkeypatch):
    """Ten times the replications take no more memory, to a few bytes a replication."""
    monkeypatch.setattr(pile, "MOST_BYTES", 1 << 16)
    monkeypatch.setattr(pile, "CHUNK_BYTES", 1 << 12)
    values, curves = np.ones((50, 3, 40)), np.ones((50, 3, 3, 64), dtype=np.int32)
    peaks = []
    for n in (1_000, 10_000):
        tracemalloc.start()
        ledger = Ledger(Fixed(n))
        for first in range(0, n, 50):
            assert ledger.take(50, 0) == (first, 50)
            ledger.enter(Batch(first, values, curves))
            ledger.advance()
            assert sum(len(part) for part in ledger.release()) == 50
        assert len(ledger.values(n)[:, 0, 0]) == n
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        del ledger
    assert peaks[1] - peaks[0] < 10 * 9_000
