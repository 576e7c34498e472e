"""Conducting an experiment: pieces of work go out, batches come in, go to the store and into the books.

Small jobs, and those for one worker, are done in this process; the others by a pool. Which of the two it is,
how the work is cut and who finishes first changes no number.
"""

import asyncio
import gc
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from recallsim.estimate.shape import Tallied
from recallsim.running.interruption import Interrupted, Interruption
from recallsim.running.ledger import Enough, Ledger
from recallsim.running.progress import Progress
from recallsim.running.shelf import Keeping, shelf
from recallsim.running.sizes import LOCAL_SECONDS, PIECE_SECONDS, SMALL_JOB_SECONDS, Sizes
from recallsim.running.work import Work, perform
from recallsim.running.workers import Pool
from recallsim.store.rows import CURVE_POINTS, CURVES, Batch

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of the replications.

    Attributes:
        values: tallies of the replications that count, from number 0 on: [n, groups + 1, names].
        curves: their curves: [n, groups + 1, 3, 64].
        n: how many count.
        reached: whether the rule was satisfied.
        signal: the signal that stopped the experiment, or None.
        resumed: how many of them the store had already.
        seconds: by the wall clock.
    """

    values: Tallied
    curves: Tallied
    n: int
    reached: bool
    signal: int | None
    resumed: int
    seconds: float


def conduct(
    work: Work,
    rule: Enough,
    workers: int,
    keeping: Keeping,
    progress: Progress,
    summarise: "Callable[[Tallied], tuple[Estimate, ...]]",
    confidence: float,
    pool: Callable[[Work, int], Pool] = Pool,
) -> "tuple[Finished, tuple[Estimate, ...]]":
    """Do a piece of work until a rule is satisfied: the part of an experiment that knows no scenario."""
    if workers < 1:
        raise ValueError(f"{workers} workers were asked for; there has to be at least 1")
    began = time.perf_counter()
    # Signals reach the main thread only, so the interruption is listened for here, wherever the work is done.
    with Interruption() as interruption, shelf(keeping) as place:

        def everything() -> "tuple[Finished, tuple[Estimate, ...]]":
            ledger = Ledger(rule, None if keeping.path is None else keeping.path.parent)
            resumed = place.read_into(ledger, rule.maximum)
            target = rule.maximum if ledger.frontier == rule.maximum else None
            ledger.advance()
            if ledger.used is None:  # what is kept is not enough, and there must be room for more
                place.must_have_room()
            sizes = Sizes(keeping.identity.recipients)
            conductor = Conductor(work, ledger, workers, sizes, place.keep, progress, interruption, pool)
            progress.started(target, resumed)
            try:
                conductor.run()
            finally:
                progress.finished(conductor.simulated)
            n = ledger.prefix if ledger.used is None else ledger.used
            n = min(n, ledger.frontier)
            groups, names = len(keeping.identity.groups) + 1, len(keeping.identity.names)
            values: Tallied = ledger.values(n) if n else np.empty((0, groups, names))
            curves: Tallied = (
                ledger.curves(n) if n else np.empty((0, groups, len(CURVES), CURVE_POINTS), dtype=np.int32)
            )
            seconds = time.perf_counter() - began
            stopped = interruption.signal if ledger.used is None else None
            finished = Finished(values, curves, n, ledger.reached, stopped, min(resumed, n), seconds)
            estimates = summarise(values) if n else ()
            place.estimate(estimates, confidence, complete=ledger.used is not None)
            return finished, estimates

        return outside_loops(everything)


# How often the conductor looks whether it is to stop, where a signal cannot wake it.
LOOK_SECONDS: Final = 0.2


@dataclass
class Conductor:
    """One experiment while it runs.

    Attributes:
        work: what is done.
        ledger: the books; changed as the work goes on.
        workers: the most processes.
        sizes: how the work is cut.
        keep: where batches are put.
        progress: who watches.
        interruption: who may stop it.
        pool: what gives the workers.
        simulated: how many replications have come of it so far.
    """

    work: Work
    ledger: Ledger
    workers: int
    sizes: Sizes
    keep: Callable[[Batch], None]
    progress: Progress
    interruption: Interruption
    pool: Callable[[Work, int], Pool] = Pool
    simulated: int = 0

    def run(self) -> None:
        """Work until there is enough, or until it is to stop; what was finished has then been put away."""
        try:
            self.ledger.advance()
            while self._going and self._small():
                self._here()
            if self._going:
                with self.pool(self.work, self.workers) as pool:
                    while self._going:
                        self._there(pool)
        except Interrupted as stop:
            forget(stop)

    @property
    def _going(self) -> bool:
        return self.ledger.used is None and not self.interruption.requested

    def _small(self) -> bool:
        """Whether starting processes is not worth it."""
        if self.workers == 1:
            return True
        left = self.ledger.wanted() * self.sizes.seconds
        if left < SMALL_JOB_SECONDS:
            return True
        # What is known so far may be far off; a little work in this process is the price of knowing better.
        if not self.sizes.pieces:
            return left < 3.0 * SMALL_JOB_SECONDS
        return self.sizes.pieces == 1 and self.sizes.seconds < 0.1 * SMALL_JOB_SECONDS

    def _here(self) -> None:
        piece = self.ledger.take(self.sizes.piece(self.ledger.wanted(), 1, LOCAL_SECONDS), 0)
        if piece is None:
            raise AssertionError("nothing left to do, and not enough")
        with self.interruption.breaking():
            batch = perform(self.work, *piece)
        self._enter(batch)

    def _there(self, pool: Pool) -> None:
        while pool.free > 0:
            size = self.sizes.piece(max(self.ledger.wanted(), 1), pool.workers, PIECE_SECONDS)
            piece = self.ledger.take(size, pool.workers * size)
            if piece is None:
                break
            pool.give(piece)
        batches, lost = pool.collect(LOOK_SECONDS)
        for piece in lost:
            self.ledger.give_back(*piece)
        if lost:
            self.sizes.lost()
        for batch in batches:
            self._enter(batch)

    def _enter(self, batch: Batch) -> None:
        self.simulated += len(batch)
        self.sizes.note(len(batch), batch.seconds)
        self.ledger.enter(batch)
        self.ledger.advance()
        for due in self.ledger.release():
            self.keep(due)
        self.progress.advanced(self.ledger.done, self.ledger.frontier)


def forget(stop: Interrupted) -> None:
    """Drop what a replication leaves that was broken off; its coroutines complain of it, and nobody minds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        stop.__traceback__ = None
        gc.collect()


def outside_loops(function: Callable[[], T]) -> T:
    """Call a function in a thread without a running asyncio loop: this one, or a new one in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function()
    results: list[T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call, name="recallsim-experiment", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
