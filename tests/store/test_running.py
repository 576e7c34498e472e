import asyncio
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import pytest
from store_fakes import NAMES, FakeWork, as_bytes, run

from recallsim.running.errors import ReplicationError, RunningError, WorkersLost
from recallsim.running.ledger import Fixed, Ledger
from recallsim.running.process_start import deaf_children
from recallsim.running.sizes import Sizes
from recallsim.store.digest import digest

# Slow enough that a pool of workers is used, fast enough for a test: some 10 ms a replication.
SLOW = FakeWork(labour=25)


@pytest.fixture(autouse=True)
def pool_for_everything(monkeypatch):
    """No job counts as small, so that more than one worker means processes; and pieces of work are short."""
    monkeypatch.setattr("recallsim.running.conduct.SMALL_JOB_SECONDS", 0.0)
    monkeypatch.setattr("recallsim.running.conduct.LOCAL_SECONDS", 0.03)
    monkeypatch.setattr("recallsim.running.conduct.PIECE_SECONDS", 0.05)


@dataclass(frozen=True)
class Every:
    """A rule that looks every `step` replications and has enough after `enough`."""

    enough: int
    maximum: int = 60
    step: int = 10

    def next_examined(self, n):
        return min(n - n % self.step + self.step, self.maximum)

    def satisfied(self, values):
        return len(values) >= self.enough


class Watch:
    """Remembers what it was told, and may press Ctrl-C, `times` in all, when some replications are done."""

    def __init__(self, presses_at=-1, times=1, number=signal.SIGINT):
        self.told, self.presses_at, self.presses, self.number = [], presses_at, times, number

    def started(self, total, resumed):
        self.told.append(("started", total, resumed))

    def advanced(self, done, target):
        self.told.append(("advanced", done, target))
        while self.presses and 0 <= self.presses_at <= done:
            self.presses -= 1
            os.kill(os.getpid(), self.number)

    def finished(self, simulated):
        self.told.append(("finished",))


def test_the_numbers_do_not_depend_on_the_workers(tmp_path):
    """One, two and three workers leave the very same store."""
    found = {}
    for workers in (1, 2, 3):
        path = tmp_path / f"{workers}.sqlite"
        finished = run(path, 30, work=SLOW, workers=workers)
        found[workers] = (digest(path), as_bytes(finished.values), as_bytes(finished.curves), finished.n)
    assert found[1] == found[2] == found[3]


def test_a_rule_uses_the_first_number_at_which_it_holds_with_any_workers(tmp_path):
    """What was computed ahead is neither used nor stored, so the stores are equal."""
    found = {}
    for workers in (1, 2, 3):
        path = tmp_path / f"{workers}.sqlite"
        finished = run(path, rule=Every(15), work=SLOW, workers=workers)
        found[workers] = (digest(path), finished.n, finished.reached, as_bytes(finished.values))
    assert found[1] == found[2] == found[3]
    assert found[1][1:3] == (20, True)


def test_a_rule_that_never_holds_ends_at_the_maximum(tmp_path):
    """Reaching the maximum is an answer, too."""
    finished = run(None, rule=Every(99, maximum=25))
    assert (finished.n, finished.reached) == (25, False)


def test_a_run_without_a_store_gives_the_same_values(tmp_path):
    """A store is where results are kept, not where they come from."""
    assert as_bytes(run(None, 5).values) == as_bytes(run(tmp_path / "a.sqlite", 5).values)
    assert [path.name for path in tmp_path.iterdir()] == ["a.sqlite"]


def test_a_finished_run_computes_nothing_again(tmp_path):
    """The same command once more reads everything from the store."""
    path = tmp_path / "a.sqlite"
    first = run(path, 12)
    watch = Watch()
    again = run(path, 12, work=FakeWork(fails_at=3), progress=watch)
    assert (as_bytes(again.values), again.resumed, first.resumed) == (as_bytes(first.values), 12, 0)
    assert watch.told == [("started", 12, 12), ("finished",)]


def test_a_longer_run_extends_a_shorter_one(tmp_path):
    """Only what is missing is computed, and the store ends as if it had been one run."""
    run(tmp_path / "a.sqlite", 5)
    longer = run(tmp_path / "a.sqlite", 12)
    run(tmp_path / "b.sqlite", 12)
    assert longer.resumed == 5
    assert digest(tmp_path / "a.sqlite") == digest(tmp_path / "b.sqlite")


def test_a_shorter_run_takes_the_first_replications(tmp_path):
    """Fewer replications than are stored are the first of them, and none is lost."""
    path = tmp_path / "a.sqlite"
    longer = run(path, 12)
    shorter = run(path, 5)
    assert as_bytes(shorter.values) == as_bytes(longer.values[:5])
    assert run(path, 12).resumed == 12


def test_recording_recipients_later_computes_them_again(tmp_path):
    """A run without recipients, repeated with them, ends as if they had been asked for at once."""
    run(tmp_path / "a.sqlite", 4)
    recorded = run(tmp_path / "a.sqlite", 6, record=True)
    run(tmp_path / "b.sqlite", 6, record=True)
    assert recorded.resumed == 0
    assert digest(tmp_path / "a.sqlite") == digest(tmp_path / "b.sqlite")
    assert run(tmp_path / "a.sqlite", 6, record=True).resumed == 6


def test_a_metric_asked_for_later_is_counted_again_and_the_others_are_kept(tmp_path):
    """Replications without a value for a new name do not count; afterwards both names are there."""
    path = tmp_path / "a.sqlite"
    first = run(path, 4)
    more = run(path, 4, names=(*NAMES[:4], "over:delivery:1h"))
    assert more.resumed == 0
    again = run(path, 4)
    assert (again.resumed, as_bytes(again.values)) == (4, as_bytes(first.values))
    assert as_bytes(run(path, 4, names=(*NAMES[:4], "over:delivery:1h")).values) == as_bytes(more.values)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(tmp_path, workers):
    """An interrupted run returns its first replications; the same command again ends with the very same store."""
    path = tmp_path / "a.sqlite"
    stopped = run(path, 30, work=SLOW, workers=workers, progress=Watch(presses_at=6))
    assert stopped.signal == signal.SIGINT
    assert 1 <= stopped.n < 30
    assert as_bytes(stopped.values) == as_bytes(SLOW(0, stopped.n).normalised().values)
    resumed = run(path, 30, work=SLOW, workers=workers)
    run(tmp_path / "whole.sqlite", 30)
    assert resumed.resumed >= stopped.n
    assert digest(path) == digest(tmp_path / "whole.sqlite")


def test_ctrl_c_breaks_into_a_long_replication(tmp_path):
    """In this process the replication under way is given up, not waited for."""
    stopped = run(tmp_path / "a.sqlite", 12, work=FakeWork(signals_at=4, labour=200))
    assert (stopped.n, stopped.signal) == (4, signal.SIGINT)


def test_sigterm_ends_a_run_in_order(tmp_path):
    """SIGTERM is taken like the first Ctrl-C, and named in the outcome."""
    stopped = run(tmp_path / "a.sqlite", 12, progress=Watch(presses_at=1, number=signal.SIGTERM))
    assert stopped.signal == signal.SIGTERM
    assert 1 <= stopped.n < 12


@pytest.mark.parametrize("workers", [1, 2])
def test_the_second_ctrl_c_ends_at_once(tmp_path, workers):
    """Whoever presses twice does not want to wait; what is stored is safe all the same."""
    path = tmp_path / "a.sqlite"
    with pytest.raises(KeyboardInterrupt):
        run(path, 30, work=SLOW, workers=workers, progress=Watch(presses_at=4, times=2))
    run(path, 30)
    run(tmp_path / "whole.sqlite", 30)
    assert digest(path) == digest(tmp_path / "whole.sqlite")


def test_the_handlers_of_signals_are_put_back(tmp_path):
    """After a run Ctrl-C means what it meant before."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    run(None, 2)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_works_inside_a_running_event_loop(tmp_path, workers):
    """A notebook has a loop running already; the public functions are synchronous there, too."""

    async def notebook():
        return run(tmp_path / "a.sqlite", 12, workers=workers, work=SLOW)

    assert as_bytes(asyncio.run(notebook()).values) == as_bytes(run(None, 12).values)


def test_an_error_inside_a_running_event_loop_comes_out(tmp_path):
    """The thread beside the loop hands its errors back."""

    async def notebook():
        return run(tmp_path / "a.sqlite", 12, work=FakeWork(fails_at=2))

    with pytest.raises(ReplicationError):
        asyncio.run(notebook())


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_engine_names_the_replication(tmp_path, workers):
    """Whatever piece of work it was in, the replication that failed is found, and what came before is stored."""
    path = tmp_path / "a.sqlite"
    with pytest.raises(ReplicationError) as caught:
        run(path, 30, workers=workers, work=FakeWork(labour=25, fails_at=17))
    assert str(caught.value) == "replication 17 failed: RuntimeError: a copy got lost"
    assert "store_fakes.py" in caught.value.trace
    run(path, 30)
    run(tmp_path / "whole.sqlite", 30)
    assert digest(path) == digest(tmp_path / "whole.sqlite")


def test_an_error_says_how_to_see_it_again(tmp_path):
    """With the run's name, seed and store the error has its advice."""
    error = ReplicationError(17, 17, "RuntimeError: lost", "").located("office", 7, tmp_path / "a.sqlite")
    assert str(error) == (
        "replication 17 failed: RuntimeError: lost\n"
        f"The replications in {tmp_path / 'a.sqlite'} are safe. To see it alone: "
        "recallsim trace SCENARIO --replication 17 --set seed=7 ('office')."
    )
    assert str(ReplicationError(3, 5, "RuntimeError: lost", "")) == (
        "replications 3 to 5 failed together, though none does alone: RuntimeError: lost"
    )


def test_a_killed_worker_is_survived(tmp_path):
    """The work of a worker that was killed is done again, and the store is the same."""
    path = tmp_path / "a.sqlite"
    work = FakeWork(labour=25, dies_at=9, marker=str(tmp_path / "died"))
    finished = run(path, 30, workers=2, work=work)
    run(tmp_path / "whole.sqlite", 30)
    assert (tmp_path / "died").exists()
    assert finished.n == 30
    assert digest(path) == digest(tmp_path / "whole.sqlite")


def test_a_lost_server_of_forks_is_no_closed_output(tmp_path, monkeypatch):
    """A pipe that breaks while a worker is begun loses a worker, and the run goes on with another."""
    submit, broken = ProcessPoolExecutor.submit, []

    def breaks_once(executor, *arguments):
        if not broken:
            broken.append(executor)
            raise BrokenPipeError
        return submit(executor, *arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", breaks_once)
    finished = run(tmp_path / "a.sqlite", 30, workers=2, work=SLOW)
    assert (len(broken), finished.n) == (1, 30)


def test_ctrl_c_does_not_reach_a_process_that_begins():
    """What is begun inside `deaf_children` has SIGINT blocked; whoever began it hears as before."""
    code = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with deaf_children():
        inside = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    outside = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert (inside.stdout, outside.stdout, after) == ("True\n", "False\n", before)


def test_workers_that_are_killed_again_and_again_end_the_run(tmp_path):
    """A replication that no worker survives is an error that says so, not an endless loop."""
    with pytest.raises(WorkersLost) as caught:
        run(tmp_path / "a.sqlite", 3, workers=2, work=FakeWork(labour=25, dies_at=1))
    assert str(caught.value) == (
        "a worker process was killed 3 times in a row while it ran replications from 1 to 1, most likely for "
        "want of memory. What is stored is safe: give the same command again with fewer --workers, or on a "
        "larger machine."
    )


def test_work_that_does_not_pickle_says_so():
    """A lambda cannot go to another process."""
    with pytest.raises(RunningError) as caught:
        run(None, 5, workers=2, work=lambda first, count: None)
    assert str(caught.value).startswith("the work cannot be sent to worker processes (")
    assert str(caught.value).endswith(
        "): the engine has to be a function of a module; or run with one worker."
    )


@pytest.mark.parametrize("workers", [0, -3])
def test_less_than_one_worker_is_an_error(workers):
    """There is nobody to do the work."""
    with pytest.raises(ValueError) as caught:
        run(None, 5, workers=workers)
    assert str(caught.value) == f"{workers} workers were asked for; there has to be at least 1"


def test_small_jobs_start_no_process(monkeypatch):
    """What is done in a second is done here."""
    monkeypatch.setattr("recallsim.running.conduct.SMALL_JOB_SECONDS", 1.0)
    monkeypatch.setattr("recallsim.running.conduct.Pool", None)
    assert run(None, 30, workers=2).n == 30


def test_progress_hears_of_every_step():
    """The watcher is told the whole, each advance and the end."""
    watch = Watch()
    run(None, rule=Every(15), progress=watch)
    assert watch.told[0] == ("started", None, 0)
    assert [entry[1] for entry in watch.told[1:-1]] == sorted(entry[1] for entry in watch.told[1:-1])
    assert watch.told[-2:] == [("advanced", 20, 20), ("finished",)]


def test_the_ledger_keeps_what_is_ahead_until_the_frontier_has_passed():
    """Replications beyond the next examination are held back, and released in full when they are needed."""
    ledger = Ledger(Every(15))
    assert [ledger.take(8, 4) for _ in range(3)] == [(0, 8), (8, 6), None]
    work = FakeWork()
    ledger.enter(work(8, 6))
    ledger.advance()
    assert [(part.first, len(part)) for part in ledger.release()] == [(8, 2)]
    ledger.enter(work(0, 8))
    ledger.advance()
    assert [(part.first, len(part)) for part in ledger.release()] == [(10, 4), (0, 8)]
    assert (ledger.frontier, ledger.prefix, ledger.used) == (20, 14, None)
    ledger.give_back(14, 0)
    assert ledger.take(99, 0) == (14, 6)


def test_pieces_grow_with_the_speed_and_shrink_towards_the_end():
    """The first piece is one replication; then half a second's worth, but never more than a fair share of the rest."""
    sizes = Sizes(recipients=100)
    assert sizes.piece(1000, 2, 0.5) == 1
    sizes.note(1, 0.01)
    assert sizes.piece(1000, 2, 0.5) == 50
    assert sizes.piece(12, 2, 0.5) == 3
    sizes.lost()
    assert sizes.piece(1000, 2, 0.5) == 1


def test_a_run_learns_from_another_how_long_replications_take():
    """Its first piece is a tenth of a second's worth, as recipients took in the other; a lost worker undoes that."""
    other, sizes = Sizes(recipients=100), Sizes(recipients=50)
    other.note(1, 0.5)
    sizes.expect(other)
    assert sizes.piece(1000, 2, 0.5) == 1
    other.note(10, 0.1)
    sizes.expect(other)
    assert (sizes.piece(1000, 2, 0.5), sizes.piece(40, 2, 0.5), sizes.piece(1000, 2, 0.05)) == (20, 10, 10)
    sizes.note(20, 0.2)
    sizes.expect(other)
    assert sizes.piece(1000, 2, 0.5) == 50
    sizes.lost()
    sizes.expect(other)
    assert sizes.piece(1000, 2, 0.5) == 1


def test_what_is_ahead_is_not_wanted():
    """Wanted are replications before the frontier that nobody has; there are none where all are there and more."""
    ledger = Ledger(Every(15))
    ledger.take(20, 4)
    ledger.give_back(3, 2)
    assert ledger.wanted() == 2
    ledger.take(20, 4)
    ledger.enter(FakeWork()(0, 18))
    assert ledger.wanted() == 0


def test_a_plain_number_is_a_rule_that_looks_once():
    """Fixed numbers are examined at their end only."""
    rule = Fixed(9)
    assert (rule.next_examined(0), rule.satisfied([0] * 9), rule.satisfied([0] * 8)) == (9, True, False)
