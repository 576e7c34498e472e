"""Replications on demand: whoever selects among runs asks for the first n of some, and gets just these.

As in `recallsim.running.several`, all runs share one seed, one pool of workers, and go on from their stores.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from recallsim.estimate.shape import Tallied
from recallsim.running.conduct import LOOK_SECONDS, forget
from recallsim.running.errors import ReplicationError
from recallsim.running.identity import identify
from recallsim.running.interruption import Interrupted, Interruption
from recallsim.running.lanes import Cell, Lane, Settings
from recallsim.running.ledger import Fixed
from recallsim.running.progress import Progress, Silent
from recallsim.running.sizes import LOCAL_SECONDS, PIECE_SECONDS, SMALL_JOB_SECONDS
from recallsim.running.work import MOST_REPLICATIONS, SeveralWork, Work, perform
from recallsim.running.workers import Pool, default_workers
from recallsim.store.rows import Batch


class Stopped(Exception):  # noqa: N818 - the user's wish, no error
    """Ctrl-C or SIGTERM came before the replications asked for were there; what is finished is stored.

    Attributes:
        signal: the number of the signal.
    """

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


class Gathering:
    """Several runs that are open for as long as the `with` block lasts.

    Args:
        cells: The runs; their names differ.
        seed: From 0 to 2^64-1, the same for all.
        most: The most replications of any run.
        workers: The most processes; None: one for each processor. No result depends on it.
        folder: Where each run has its store, `<name>.sqlite`; None: nothing is kept.
        confidence: Of the estimates.
        progress: Who watches; replications are counted over all runs.
        pool: What gives the workers.

    Raises:
        StoreError: A store cannot be used.
        ReplicationError: The engine failed; what was stored is safe.
        WorkersLost: Worker processes end again and again.
        Stopped: A signal came.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        *,
        seed: int,
        most: int,
        workers: int | None = None,
        folder: Path | None = None,
        confidence: float = 0.95,
        progress: Progress | None = None,
        pool: Callable[[Work, int], Pool] = Pool,
    ) -> None:
        settings = Settings(folder, bits=False, keep=True, confidence=confidence, metrics=())
        self._lanes = []
        for cell in cells:
            lane = Lane(identify(cell.scenario, cell.plan, seed), Fixed(1), cell, seed, settings)
            lane.cells.append(cell)
            self._lanes.append(lane)
        self._most = most
        self.workers = default_workers() if workers is None else workers
        self._progress = progress or Silent()
        self._make_pool = pool
        self._pool: Pool | None = None
        self._interruption = Interruption()
        self._simulated = 0
        self._asked = [0] * len(self._lanes)

    def __enter__(self) -> Self:
        self._interruption.__enter__()
        try:
            for lane in self._lanes:
                lane.open(self._most)
            self._progress.started(None, sum(lane.kept for lane in self._lanes))
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._pool is not None:
                self._pool.__exit__(kind, error, trace)
            for lane in self._lanes:
                if error is None or isinstance(error, Stopped):
                    lane.end(complete=self._interruption.signal is None)
                lane.release()
        finally:
            self._progress.finished(self._simulated)
            self._interruption.__exit__(kind, error, trace)

    @property
    def asked(self) -> int:
        """How many replications were asked for in all, whether they had to be simulated or were kept."""
        return sum(self._asked)

    def part(self, run: int, since: int, n: int) -> Tallied:
        """The tallies of a run's replications from `since` to `n` - 1: [n - since, groups + 1, names]."""
        return self._lanes[run].ledger.values(n, since)

    def gather(self, runs: Sequence[int], n: int) -> None:
        """See to it that the first `n` replications of some runs are there."""
        for run in runs:
            self._asked[run] = max(self._asked[run], n)
        wanted = [self._lanes[run] for run in runs]
        for lane in wanted:
            if lane.ledger.prefix < n:
                lane.ledger.go_on(Fixed(n))
        try:
            while missing := [lane for lane in wanted if lane.ledger.prefix < n]:
                if self._interruption.signal is not None:
                    raise Stopped(self._interruption.signal)
                if self._pool is None and self._small(missing):
                    self._here(missing[0])
                else:
                    self._there(missing)
        except Interrupted as stop:
            forget(stop)
            assert self._interruption.signal is not None
            raise Stopped(self._interruption.signal) from None

    def close(self) -> None:
        """Estimate from the replications that were asked for of each run, and keep that."""
        for lane, n in zip(self._lanes, self._asked, strict=True):
            lane.close(n, complete=True)

    def _small(self, missing: Sequence[Lane]) -> bool:
        """Whether starting processes is not worth it."""
        if self.workers == 1 or not any(lane.sizes.pieces for lane in self._lanes):
            return True
        left = sum(lane.ledger.wanted() * lane.sizes.seconds for lane in missing)
        return left < SMALL_JOB_SECONDS

    def _here(self, lane: Lane) -> None:
        piece = lane.ledger.take(lane.sizes.piece(lane.ledger.wanted(), 1, LOCAL_SECONDS), 0)
        assert piece is not None
        with self._interruption.breaking():
            try:
                batch = perform(lane.work, *piece)
            except ReplicationError as error:
                lane.fail(error)
                assert lane.error is not None
                raise lane.error from error.__cause__
        self._entered(lane, batch)

    def _there(self, missing: Sequence[Lane]) -> None:
        if self._pool is None:
            work = SeveralWork(tuple(lane.work for lane in self._lanes))
            self._pool = self._make_pool(work, self.workers).__enter__()
        pool = self._pool
        left = sum(lane.ledger.wanted() for lane in missing)
        for lane in missing:
            while pool.free > 0 and lane.ledger.wanted():
                piece = lane.ledger.take(lane.sizes.piece(left, pool.workers, PIECE_SECONDS), 0)
                if piece is None:
                    break
                first, count = piece
                left -= count
                pool.give((self._lanes.index(lane) * MOST_REPLICATIONS + first, count))
        try:
            batches, lost = pool.collect(LOOK_SECONDS)
        except ReplicationError as error:
            lane, number = self._place_of(error.replication)
            last = number + error.last - error.replication
            lane.fail(ReplicationError(number, last, error.what, error.trace))
            assert lane.error is not None
            raise lane.error from None
        for code, count in lost:
            lane, first = self._place_of(code)
            lane.ledger.give_back(first, count)
            lane.sizes.lost()
        for batch in batches:
            lane, first = self._place_of(batch.first)
            self._entered(lane, batch.renumbered(first))

    def _place_of(self, code: int) -> tuple[Lane, int]:
        run, replication = divmod(code, MOST_REPLICATIONS)
        return self._lanes[run], replication

    def _entered(self, lane: Lane, batch: Batch) -> None:
        lane.enter(batch)
        self._simulated += len(batch)
        there, wanted = (
            sum(each) for each in zip(*((lane.done, lane.needed) for lane in self._lanes), strict=True)
        )
        self._progress.advanced(there, wanted)
