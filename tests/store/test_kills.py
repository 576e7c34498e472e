import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from process_groups import end, group_is_gone, start_group, workers_of
from store_fakes import FakeWork, run

from recallsim.store.digest import digest

SUPPORT = Path(__file__).parent / "support"
ROOT = Path(__file__).parents[2]
N = 40
LABOUR = 20


def start(store, *rest, workers=2):
    """Start a coordinator in a process group of its own."""
    command = [
        sys.executable,
        str(SUPPORT / "store_script.py"),
        str(store),
        str(N),
        str(workers),
        str(LABOUR),
    ]
    return start_group([*command, *rest])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The digest of an uninterrupted run."""
    path = tmp_path_factory.mktemp("whole") / "whole.sqlite"
    run(path, N, work=FakeWork())
    return digest(path)


def integrity(path):
    with sqlite3.connect(path) as database:
        answer = database.execute("pragma integrity_check").fetchall()
    database.close()
    return answer


def kill_and_resume(path, whole, lines, before=lambda process: None):
    """Kill a coordinator when it has printed so many lines, after something else; then the same command again."""
    process = start(path)
    before(process)
    for _ in range(lines):
        process.stdout.readline()
    process.kill()
    end(process)
    assert group_is_gone(process)
    assert integrity(path) == [("ok",)]
    again = start(path)
    assert end(again)[-1] == f"complete {N}"
    assert group_is_gone(again)
    assert digest(path) == whole


@pytest.mark.parametrize("lines", [1, 4])
def test_a_killed_run_goes_on_and_leaves_nobody_behind(tmp_path, whole, lines):
    """After kill -9 no worker outlives the coordinator, and the same command ends with the same store."""
    kill_and_resume(tmp_path / "a.sqlite", whole, lines)


@pytest.mark.prove
@pytest.mark.parametrize("number", range(20))
def test_workers_and_coordinator_may_be_killed_at_any_moment(tmp_path, whole, number):
    """A worker and then the coordinator are killed at random moments: nobody is left, and the store ends the same."""
    chance = random.Random(number)

    def kill_a_worker(process):
        for _ in range(chance.randrange(1, 4)):
            process.stdout.readline()
        if workers := workers_of(process.pid):
            os.kill(chance.choice(workers), signal.SIGKILL)

    kill_and_resume(tmp_path / "a.sqlite", whole, chance.randrange(1, 6), kill_a_worker)


@pytest.mark.parametrize("commit", [1, 2, 4])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_around_a_commit_loses_nothing_that_was_committed(tmp_path, whole, commit, when):
    """Killed just before or after its n-th commit, a run goes on and ends with the same store."""
    path = tmp_path / "a.sqlite"
    process = start(path, str(commit), when, workers=1)
    assert "complete" not in end(process)[-1:]
    assert process.returncode == -signal.SIGKILL
    assert integrity(path) == [("ok",)]
    run(path, N)
    assert digest(path) == whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_ends_a_run_in_order(tmp_path, whole, number):
    """Ctrl-C in a terminal reaches the workers as well: no traceback, partial results, nobody left behind."""
    path = tmp_path / "a.sqlite"
    process = start(path)
    for _ in range(3):
        process.stdout.readline()
    os.killpg(process.pid, number)
    lines = end(process)
    assert process.returncode == 0
    assert [line for line in lines if not line.isdigit()] == [lines[-1]]
    assert lines[-1].startswith("interrupted ")
    assert group_is_gone(process)
    run(path, N)
    assert digest(path) == whole


def test_a_script_without_a_guard_does_not_run_again_in_its_workers(tmp_path):
    """Three lines without `if __name__` are a program, too: the workers do not import them."""
    script = tmp_path / "three_lines.py"
    script.write_text(
        "import recallsim.running.conduct as c; c.SMALL_JOB_SECONDS = 0.0\n"
        "from store_fakes import FakeWork, run\n"
        "print('n', run(None, 8, work=FakeWork(labour=20), workers=2).n, flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(SUPPORT)])},
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("n 8\n", "", 0)
