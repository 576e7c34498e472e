"""Stores that cannot be written: what they hold is there all the same, and nothing is added or lost."""

import shutil

import pytest
from nobody import as_nobody
from store_fakes import FakeWork, identity, run

from recallsim.store.digest import digest
from recallsim.store.errors import StoreReadOnly
from recallsim.store.exporting import export
from recallsim.store.reading import held
from recallsim.store.realloop import run_in_real_loop
from recallsim.store.store import opened


def sealed(folder):
    """Take everybody's right to write in a folder."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)


@pytest.fixture
def kept(unprivileged):
    """A store of two replications in a folder where nobody may write."""
    path = unprivileged / "a.sqlite"
    run(path, 2)
    sealed(unprivileged)
    return path


def test_what_it_holds_can_be_read(kept, tmp_path):
    """Listing, digest and export want to read only, and leave nothing behind."""
    before = kept.read_bytes()
    tmp_path.chmod(0o777)

    def read():
        (one,) = held(kept)
        return one.replications, digest(kept), export([kept], "tallies", "csv", out)

    with (tmp_path / "out.csv").open("w", newline="") as out:
        found = as_nobody(read)
    assert found == (2, digest(kept), 2 * 3)
    assert ([path.name for path in kept.parent.iterdir()], kept.read_bytes()) == (["a.sqlite"], before)


def test_a_complete_run_answers_again(kept):
    """The same run is answered from what is there, and fewer replications too."""
    again, fewer = as_nobody(lambda: [run(kept, n) for n in (2, 1)])
    assert [(each.n, each.resumed) for each in (again, fewer)] == [(2, 2), (1, 1)]


def test_a_longer_run_is_refused_before_anything_is_computed(kept):
    """What it would have to add cannot be put in, and the store stays as it is."""
    before = kept.read_bytes()
    with pytest.raises(StoreReadOnly) as caught:
        as_nobody(lambda: run(kept, 3, work=FakeWork(fails_at=2)))
    assert str(caught.value) == (
        f"{kept}: the store is read-only, so no results can be added. "
        "Make the file and its folder writable, or name another place with --store."
    )
    assert kept.read_bytes() == before


def test_another_seed_is_refused(kept):
    """A run that is not there cannot be begun."""
    with pytest.raises(StoreReadOnly):
        as_nobody(lambda: run(kept, 2, seed=8))


def test_a_read_only_file_in_a_writable_folder_is_as_good(unprivileged):
    """The file alone decides, and nothing is left beside it."""
    path = unprivileged / "a.sqlite"
    run(path, 2)
    path.chmod(0o444)
    unprivileged.chmod(0o777)
    assert as_nobody(lambda: run(path, 2)).resumed == 2
    with pytest.raises(StoreReadOnly):
        as_nobody(lambda: run(path, 3))
    assert [each.name for each in unprivileged.iterdir()] == ["a.sqlite"]


@pytest.mark.parametrize("beside", [("-wal",), ("-wal", "-shm")])
def test_what_a_killed_writer_left_in_the_log_is_there_too(tmp_path, unprivileged, beside):
    """A store whose replications are still in its log shows all of them, also from a medium that is read-only."""
    path, copied = tmp_path / "a.sqlite", unprivileged / "a.sqlite"

    async def work():
        async with opened(path) as store:
            key = await store.begin(identity())
            await store.add(identity(), key, FakeWork()(0, 3))
            for ending in ("", *beside):
                shutil.copyfile(f"{path}{ending}", f"{copied}{ending}")

    run_in_real_loop(work())
    sealed(unprivileged)
    whole = digest(path)
    (one,) = as_nobody(lambda: held(copied))
    assert (one.replications, as_nobody(lambda: digest(copied))) == (3, whole)
