"""A Dask cluster in the place of local processes: the same numbers, whatever dies."""

import os
import signal
import subprocess
import sys
from functools import partial

import pytest
from click.testing import CliRunner
from process_groups import group_is_gone, start_group
from store_fakes import FakeWork, identity, summary

from recallsim.arguments import RequestError
from recallsim.cli import commands
from recallsim.errors import RecallsimError
from recallsim.running import conduct as conducting
from recallsim.running import dask_pool
from recallsim.running.conduct import conduct
from recallsim.running.dask_pool import DaskPool
from recallsim.running.errors import ReplicationError
from recallsim.running.ledger import Fixed
from recallsim.running.pools import pool_for
from recallsim.running.progress import Silent
from recallsim.running.shelf import Keeping
from recallsim.running.workers import Pool
from recallsim.store.digest import digest

# Dask leaves sockets and loops to the end of the process.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and two workers on this machine, for all tests."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        host="127.0.0.1",
        silence_logs=50,
    ) as cluster:
        yield cluster


@pytest.fixture
def there(cluster, monkeypatch):
    """One experiment with the stand-ins by the cluster's workers."""
    monkeypatch.setattr(conducting, "SMALL_JOB_SECONDS", 0.0)
    monkeypatch.setattr(conducting, "PIECE_SECONDS", 0.02)

    def run(path, n, work):
        pool = partial(DaskPool, cluster.scheduler_address)
        keeping = Keeping(path, identity())
        return conduct(work, Fixed(n), 2, keeping, Silent(), summary, 0.95, pool)[0]

    return run


def here(path, n):
    return conduct(FakeWork(), Fixed(n), 1, Keeping(path, identity()), Silent(), summary, 0.95)[0]


def test_a_cluster_gives_the_same_store(there, tmp_path):
    """Dask's workers or this process: the same digest."""
    there(tmp_path / "there.sqlite", 40, FakeWork(labour=2))
    here(tmp_path / "here.sqlite", 40)
    assert digest(tmp_path / "there.sqlite") == digest(tmp_path / "here.sqlite")


def test_a_killed_worker_of_a_cluster_loses_nothing(there, tmp_path):
    """A worker that kills itself in a replication: another does the work, and the digest is the same."""
    marker = tmp_path / "died"
    there(tmp_path / "there.sqlite", 24, FakeWork(labour=2, dies_at=7, marker=str(marker)))
    here(tmp_path / "here.sqlite", 24)
    assert marker.exists()
    assert digest(tmp_path / "there.sqlite") == digest(tmp_path / "here.sqlite")


def test_an_error_on_a_cluster_names_the_replication(there):
    """What the engine raises in a worker comes back with the number of its replication."""
    with pytest.raises(ReplicationError) as caught:
        there(None, 20, FakeWork(fails_at=11))
    assert (caught.value.replication, caught.value.what) == (11, "RuntimeError: a copy got lost")


def test_no_address_means_processes_of_this_machine():
    """Without `--dask` nothing of Dask is imported."""
    code = (
        "import sys; from recallsim.running.pools import pool_for; pool_for(None);"
        "print([name for name in ('distributed', 'dask') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, pool_for(None)) == ("[]\n", Pool)


def test_a_missing_dask_says_what_to_install(monkeypatch):
    """Where dask.distributed is not installed, one line says how to install it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RecallsimError) as caught:
        DaskPool("local", FakeWork(), 1)
    assert str(caught.value).startswith(
        "--dask needs distributed, which is not installed: pip install 'recallsim[dask]', or in a clone: make extras"
    )


@pytest.mark.prove
def test_a_killed_coordinator_leaves_no_local_cluster_behind(tmp_path):
    """After kill -9 of a command with `--dask local`, scheduler and workers end, and the same command goes on."""
    script = tmp_path / "coordinator.py"
    script.write_text(
        "import recallsim.running.conduct as c; c.SMALL_JOB_SECONDS = 0.0; c.PIECE_SECONDS = 0.05\n"
        "from recallsim.running.pools import pool_for\n"
        "from recallsim.running.ledger import Fixed\n"
        "from recallsim.running.shelf import Keeping\n"
        "from pathlib import Path\n"
        "from store_fakes import FakeWork, identity, summary\n"
        "class Printing:\n"
        "    def started(self, total, resumed): print('ready', flush=True)\n"
        "    def advanced(self, done, target): print(done, flush=True)\n"
        "    def finished(self, simulated): pass\n"
        "if __name__ == '__main__':\n"
        f"    keeping = Keeping(Path({str(tmp_path / 'a.sqlite')!r}), identity())\n"
        "    work = FakeWork(labour=20)\n"
        "    c.conduct(work, Fixed(40), 2, keeping, Printing(), summary, 0.95, pool_for('local'))\n"
        "    print('complete', flush=True)\n"
    )
    process = start_group([sys.executable, str(script)])
    for _ in range(4):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    with process:
        process.stdout.read()
    assert group_is_gone(process, seconds=20.0)
    again = start_group([sys.executable, str(script)])
    with again:
        assert again.stdout.read().split("\n")[-2] == "complete"
    here(tmp_path / "here.sqlite", 40)
    assert digest(tmp_path / "a.sqlite") == digest(tmp_path / "here.sqlite")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "http://127.0.0.1:8786"])
def test_a_wrong_address_is_said_however_small_the_job(address, monkeypatch, tmp_path):
    """Exit code 2 and one line, before anything runs, though the job would be done without any worker."""
    monkeypatch.setattr(dask_pool, "_KNOCK_SECONDS", 0.5)
    scenario = tmp_path / "small.yaml"
    scenario.write_text("recipients: {count: 1, groups: [{name: staff}]}\n")
    done = CliRunner().invoke(
        commands, ["run", str(scenario), "--replications", "1", "--no-store", "--quiet", "--dask", address]
    )
    assert isinstance(done.exception, RequestError)
    assert str(done.exception).startswith(f"no Dask scheduler answers at {address} (")
    assert str(done.exception).endswith(
        f"; start one with `dask scheduler`, and workers with `dask worker {address}`"
    )


def test_a_scheduler_that_answers_is_enough(cluster):
    """Knocking at the address of a scheduler raises nothing."""
    assert dask_pool.knock(cluster.scheduler_address) is None
