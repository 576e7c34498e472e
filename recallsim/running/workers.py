"""The workers: local processes that outlive neither the work nor the process that gives it.

Each watches two things from a thread: its parent's sentinel, which fires when the parent is gone in whatever
way (`kill -9` included), and a pipe whose other end the pool closes when the work is to stop at once. A
worker that dies takes down the whole of a `concurrent.futures` pool; it is then made anew and the lost pieces
are given out again.
"""

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_any
from typing import Any, Final, Self

from recallsim.running.errors import RunningError, WorkersLost
from recallsim.running.main_module import hidden_main
from recallsim.running.process_start import deaf_children
from recallsim.running.work import MOST_REPLICATIONS, EngineWork, SeveralWork, Work, perform
from recallsim.store.rows import Batch

_LOSSES_BEFORE_GIVING_UP: Final = 3

Piece = tuple[int, int]


def default_workers() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """Worker processes for one piece of work, for as long as the `with` block lasts."""

    def __init__(self, work: Work, workers: int) -> None:
        self.workers = workers
        self._blob = _pickled(work)
        self._modules = _modules_of(work)
        self._losses = 0
        self._pieces: dict[Future[Batch], Piece] = {}
        self._start()

    def _start(self) -> None:
        methods = multiprocessing.get_all_start_methods()
        context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if context.get_start_method() == "forkserver":
            # The server of forks imports these once, so that a worker begins in milliseconds.
            context.set_forkserver_preload([__name__, *self._modules])
        self._leash, self._stop = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=_begin, initargs=(self._blob, self._leash)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._stop.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._leash.close()

    @property
    def free(self) -> int:
        """How many more pieces keep the workers busy, one waiting for the first to be free.

        When workers were lost twice running, pieces go out one by one: so the one that kills is found.
        """
        most = self.workers + 1 if self._losses < _LOSSES_BEFORE_GIVING_UP - 1 else 1
        return most - len(self._pieces)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._pieces

    def give(self, piece: Piece) -> None:
        """Hand out a piece of work."""
        with hidden_main(needed=b"__main__" in self._blob), deaf_children():
            try:
                future = self._executor.submit(_perform, *piece)
            except (
                BrokenProcessPool,
                ConnectionError,
                EOFError,
            ) as error:  # of these, the server of forks died
                future = Future()
                future.set_exception(BrokenProcessPool(str(error)))
        self._pieces[future] = piece

    def collect(self, seconds: float) -> tuple[Sequence[Batch], Sequence[Piece]]:
        """Wait for results and give those that have come, and the pieces that were lost with a worker.

        Args:
            seconds: the longest wait.

        Raises:
            ReplicationError: The engine raised in a worker.
            WorkersLost: Workers end again and again.
        """
        finished, _ = wait(self._pieces, timeout=seconds, return_when=FIRST_COMPLETED)
        batches, lost, failed = [], [], []
        for future in finished:
            error = future.exception()
            if error is not None and not isinstance(error, BrokenProcessPool):
                failed.append(future)
                continue
            piece = self._pieces.pop(future)
            if error is None:
                batches.append(future.result())
            else:
                lost.append(piece)
        if failed and not (batches or lost):  # else it stays, and its turn comes when nothing else is there
            del self._pieces[failed[0]]
            failed[0].result()
        if batches:
            self._losses = 0
        if lost:
            # A pool breaks as a whole: every other piece is lost with it, whether its future says so yet or
            # not.
            wait(self._pieces)
            for future, piece in self._pieces.items():
                if future.exception() is None:
                    batches.append(future.result())
                else:
                    lost.append(piece)
            self._pieces.clear()
            self._count_loss(lost)
            self._renew()
        return batches, lost

    def _count_loss(self, lost: Sequence[Piece]) -> None:
        self._losses += 1
        if self._losses >= _LOSSES_BEFORE_GIVING_UP:
            first, count = min(lost)
            raise WorkersLost(
                f"a worker process was killed {self._losses} times in a row while it ran replications from "
                f"{first % MOST_REPLICATIONS} to {(first + count - 1) % MOST_REPLICATIONS}, most likely for "
                "want of memory. What is stored is safe: "
                "give the same command again with fewer --workers, or on a larger machine."
            )

    def _renew(self) -> None:
        self._end()
        self._start()


def _pickled(work: Work) -> bytes:
    try:
        return pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise RunningError(
            f"the work cannot be sent to worker processes ({error}): "
            "the engine has to be a function of a module; or run with one worker."
        ) from error


def _modules_of(work: Work) -> list[str]:
    """The modules that the work needs, as far as it can be told; the user's script is never one of them."""
    if isinstance(work, SeveralWork):
        return sorted({name for each in work.works for name in _modules_of(each)})
    if not isinstance(work, EngineWork):
        return []
    engine = getattr(work.engine, "__module__", "__main__")
    return [name for name in (engine, "recallsim.estimate.tally") if name != "__main__"]


# What a worker process holds: its work, as bytes until the first piece. An initializer has no other place to
# leave it.
_work: list[Any] = []


def _begin(blob: bytes, leash: Connection) -> None:
    """Prepare a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_watch, args=(leash,), daemon=True).start()
    _work[:] = [blob]


def _watch(leash: Connection) -> None:
    parent = multiprocessing.parent_process()
    wait_for_any([leash] if parent is None else [leash, parent.sentinel])
    os._exit(1)


def _perform(first: int, count: int) -> Batch:
    if isinstance(_work[0], bytes):
        _work[0] = pickle.loads(_work[0])
        gc.collect()
        gc.freeze()
    work: Work = _work[0]
    return perform(work, first, count)
