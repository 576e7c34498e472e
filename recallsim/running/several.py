"""Several runs side by side: variants or cells under the same chance, over one pool of workers.

Chance is an address without a scenario in it, so runs with one seed meet the same people on the same day:
replication n of one belongs to replication n of every other. Each run has a store of its own, from which it
goes on; runs that are equal by fingerprint are simulated once.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from recallsim.estimate.shape import Tallied
from recallsim.running.conduct import LOOK_SECONDS, forget, outside_loops
from recallsim.running.errors import ReplicationError
from recallsim.running.experiment import Ruled
from recallsim.running.identity import identify
from recallsim.running.interruption import Interrupted, Interruption
from recallsim.running.lanes import Cell, CellOutcome, Lane, Settings
from recallsim.running.ledger import Enough, Fixed
from recallsim.running.progress import Progress, Silent
from recallsim.running.sizes import LOCAL_SECONDS, PIECE_SECONDS, SMALL_JOB_SECONDS
from recallsim.running.work import MOST_REPLICATIONS, SeveralWork, Work, perform
from recallsim.running.workers import Pool, default_workers
from recallsim.store.rows import Batch

if TYPE_CHECKING:
    from recallsim.estimate.stopping import Rule

__all__ = ["Cell", "CellOutcome", "Several", "Together", "run_several"]

_OPEN_RUNS: Final = 16
"""How many runs that decide each for itself are under way at once: memory and open files follow from it."""


class Together(Protocol):
    """A rule that looks at all runs after the same number of replications of each."""

    @property
    def maximum(self) -> int:
        """The most replications of each run."""
        ...

    def next_examined(self, n: int) -> int:
        """The first number of replications above `n` at which the rule looks, at most `maximum`."""
        ...

    def satisfied(self, values: Sequence[Tallied], bits: Sequence[Tallied | None]) -> bool:
        """Whether these replications of the runs, in the order of the cells, are enough."""
        ...


@dataclass(frozen=True, slots=True)
class Several:
    """What several runs have given.

    Attributes:
        outcomes: one for each cell, in their order.
        reached: whether the rule over all runs was satisfied; None where each had its own.
        signal: the signal that stopped them, or None.
        workers: the most processes that were allowed.
        seconds: by the wall clock.
    """

    outcomes: tuple[CellOutcome, ...]
    reached: bool | None
    signal: int | None
    workers: int
    seconds: float


def run_several(
    cells: Sequence[Cell],
    *,
    seed: int,
    rule: "Rule | int | Together",
    workers: int | None = None,
    folder: Path | None = None,
    bits: bool = False,
    keep: bool = True,
    record_failures: bool = False,
    confidence: float = 0.95,
    metrics: Sequence[str] = (),
    progress: Progress | None = None,
    done: Callable[[CellOutcome], None] | None = None,
    pool: Callable[[Work, int], Pool] = Pool,
) -> Several:
    """Run each cell until there are enough replications, with the same chance for all.

    The first Ctrl-C (or SIGTERM) ends all in order, with what is finished; the second at once.

    Args:
        cells: The runs; their names differ.
        seed: From 0 to 2^64-1, the same for all.
        rule: A `Rule` or a number, which each run follows by itself; or a rule over all of them.
        workers: The most processes; None: one for each processor. No result depends on it.
        folder: Where each run has its store, `<name>.sqlite`; None: nothing is kept. A store of that name
            that belongs to another scenario stays, and the run takes `<name>-<fingerprint>.sqlite`.
        bits: Whether it is kept and given who succeeded and who saw it.
        keep: Whether the outcomes hold values, curves and bits; without them memory does not grow with cells.
        record_failures: A replication that fails ends its own run only; else it ends all. A rule over all
            runs needs all, so there it always ends all.
        confidence: Of the estimates.
        metrics: Metrics to estimate besides those that each plan asks for.
        progress: Who watches; replications are counted over all runs.
        done: Called with each outcome when it is there, in any order, by the thread that conducts.
        pool: What gives the workers: `(work, workers) ->` an object like `Pool`.

    Raises:
        StoreError: A store cannot be used.
        ReplicationError: The engine failed; what was stored is safe.
        WorkersLost: Worker processes end again and again.
        ValueError: No cells, or a number of replications or workers below 1.
    """
    from recallsim.estimate.stopping import Rule

    most = default_workers() if workers is None else workers
    if most < 1 or not cells:
        raise ValueError(
            f"{len(cells)} runs by {most} workers were asked for; there has to be at least 1 of each"
        )
    began = time.perf_counter()
    together = None if isinstance(rule, int | Rule) else rule

    def own_rule(cell: Cell) -> Enough:
        if together is not None:
            return Fixed(together.next_examined(0))
        return Ruled(rule, cell.plan) if isinstance(rule, Rule) else Fixed(rule)  # type: ignore[arg-type]

    settings = Settings(folder, bits, keep, confidence, tuple(metrics), _wanted(rule))
    lanes = _lanes(cells, seed, own_rule, settings)
    # Signals reach the main thread only, so the interruption is listened for here, wherever the work is done.
    with Interruption() as interruption:
        runs = _Runs(
            lanes=tuple(dict.fromkeys(lanes)),
            order=lanes,
            together=together,
            workers=most,
            progress=progress or Silent(),
            interruption=interruption,
            record_failures=record_failures and together is None,
            done=done or _ignore,
            pool=pool,
        )
        outside_loops(runs.run)
    return Several(
        outcomes=tuple(lane.outcome(cell) for cell, lane in zip(cells, lanes, strict=True)),
        reached=runs.reached,
        signal=interruption.signal if runs.stopped else None,
        workers=most,
        seconds=time.perf_counter() - began,
    )


def _wanted(rule: "Rule | Together | int") -> int | None:
    """How many replications each run is to have; None where that depends on what comes out."""
    if isinstance(rule, int):
        return rule
    return rule.maximum if rule.next_examined(0) >= rule.maximum else None


def _lanes(
    cells: Sequence[Cell], seed: int, rule: Callable[[Cell], Enough], settings: Settings
) -> tuple[Lane, ...]:
    """The lane of each cell: the same one for all that are equal in what they simulate and count of it."""
    found: dict[tuple[object, ...], Lane] = {}
    lanes = []
    for cell in cells:
        identity = identify(cell.scenario, cell.plan, seed)
        key = (identity.fingerprint, identity.names, cell.plan.metrics, cell.engine)
        if key not in found:
            found[key] = Lane(identity, rule(cell), cell, seed, settings)
        found[key].cells.append(cell)
        lanes.append(found[key])
    return tuple(lanes)


def _ignore(_: CellOutcome) -> None:
    pass


@dataclass
class _Runs:
    """Several runs while they are under way.

    Attributes:
        lanes: the runs.
        order: of each cell, the run that stands for it.
        reached: whether the rule over all runs was satisfied; None where there is none.
        stopped: whether a signal came before there was enough.
    """

    lanes: tuple[Lane, ...]
    order: tuple[Lane, ...]
    together: Together | None
    workers: int
    progress: Progress
    interruption: Interruption
    record_failures: bool
    done: Callable[[CellOutcome], None]
    pool: Callable[[Work, int], Pool]

    def __post_init__(self) -> None:
        self.reached: bool | None = None
        self.stopped = False
        self._simulated = 0
        self._numbers = {id(lane): number for number, lane in enumerate(self.lanes)}
        self._waiting = deque(self.lanes)
        self._open: list[Lane] = []
        self._latest: Lane | None = None

    def run(self) -> None:
        """Work until there is enough, or until it is to stop; what was finished has then been put away."""
        try:
            self._open_next()
            self._look()  # what is kept may be enough, or let the rules look further
            self.progress.started(self._total(), self._done())
            try:
                self._work()
            except Interrupted as stop:
                forget(stop)
            finally:
                self.progress.finished(self._simulated)
            self._end()
        finally:
            for lane in self._open:
                lane.release()

    def _work(self) -> None:
        while self._going and self._small():
            self._here()
        if not self._going:
            return
        with self.pool(SeveralWork(tuple(lane.work for lane in self.lanes)), self.workers) as pool:
            while self._going:
                self._there(pool)

    @property
    def _going(self) -> bool:
        return bool(self._open) and not self.interruption.requested

    def _small(self) -> bool:
        """Whether starting processes is not worth it."""
        if self.workers == 1:
            return True
        if not any(lane.sizes.pieces for lane in self.lanes):
            return True  # one replication tells how long they take
        left = sum(lane.ledger.wanted() * lane.sizes.seconds for lane in (*self._open, *self._waiting))
        return left < SMALL_JOB_SECONDS

    def _here(self) -> None:
        lane = next(lane for lane in self._open if lane.ledger.wanted())
        self._expect(lane)
        piece = lane.ledger.take(lane.sizes.piece(lane.ledger.wanted(), 1, LOCAL_SECONDS), 0)
        assert piece is not None
        try:
            with self.interruption.breaking():
                batch = perform(lane.work, *piece)
        except ReplicationError as error:
            self._fail(lane, error)
        else:
            self._enter(lane, batch)
        self._settle()

    def _there(self, pool: Pool) -> None:
        left = sum(lane.ledger.wanted() for lane in (*self._open, *self._waiting)) if pool.free > 0 else 0
        for lane in self._open:
            while pool.free > 0 and lane.ledger.wanted():
                self._expect(lane)
                piece = lane.ledger.take(lane.sizes.piece(left, pool.workers, PIECE_SECONDS), 0)
                if piece is None:
                    break
                first, count = piece
                left -= count
                pool.give((self._numbers[id(lane)] * MOST_REPLICATIONS + first, count))
        try:
            batches, lost = pool.collect(LOOK_SECONDS)
        except ReplicationError as error:
            lane, number = self._place_of(error.replication)
            last = number + error.last - error.replication
            self._fail(lane, ReplicationError(number, last, error.what, error.trace))
        else:
            for code, count in lost:
                lane, first = self._place_of(code)
                lane.ledger.give_back(first, count)
                lane.sizes.lost()
            for batch in batches:
                lane, first = self._place_of(batch.first)
                self._enter(lane, batch.renumbered(first))
        self._settle()

    def _place_of(self, code: int) -> tuple[Lane, int]:
        number, replication = divmod(code, MOST_REPLICATIONS)
        return self.lanes[number], replication

    def _enter(self, lane: Lane, batch: Batch) -> None:
        if lane in self._open and lane.error is None:
            lane.enter(batch)
            self._latest = lane
            self._simulated += len(batch)

    def _expect(self, lane: Lane) -> None:
        if self._latest is not None and self._latest.work.engine == lane.work.engine:
            lane.sizes.expect(self._latest.sizes)

    def _fail(self, lane: Lane, error: ReplicationError) -> None:
        if lane.error is None:
            lane.fail(error)
        if not self.record_failures:
            assert lane.error is not None
            raise lane.error

    def _settle(self) -> None:
        """Look at the rules, and say how far things are."""
        self._look()
        self.progress.advanced(self._done(), self._frontier())

    def _look(self) -> None:
        """Look at the rules as far as the replications allow, and take in the next runs."""
        if self.together is not None:
            self._look_together(self.together)
        else:
            while ended := [lane for lane in self._open if lane.error or lane.ledger.used is not None]:
                for lane in ended:
                    self._close(lane, lane.usable, complete=lane.error is None)
                self._open_next()

    def _look_together(self, together: Together) -> None:
        while self._open and all(lane.ledger.used is not None for lane in self._open):
            n = self._open[0].ledger.frontier
            self.reached = together.satisfied(
                [lane.ledger.values(n) for lane in self.order], [lane.ledger.bits(n) for lane in self.order]
            )
            if self.reached or n >= together.maximum:
                for lane in tuple(self._open):
                    self._close(lane, n, complete=True)
            else:
                for lane in self._open:
                    lane.ledger.go_on(Fixed(together.next_examined(n)))

    def _open_next(self) -> None:
        room = len(self.lanes) if self.together is not None else _OPEN_RUNS
        while self._waiting and len(self._open) < room:
            lane = self._waiting.popleft()
            self._open.append(lane)
            lane.open(lane.ledger.maximum if self.together is None else self.together.maximum)

    def _close(self, lane: Lane, n: int, *, complete: bool) -> None:
        lane.close(n, complete=complete)
        self._open.remove(lane)
        for outcome in lane.outcomes:
            self.done(outcome)

    def _end(self) -> None:
        """Close what a signal has left open, with what is there; runs under one rule all at the same number."""
        self.stopped = bool(self._open or self._waiting)
        common = min((lane.usable for lane in self._open), default=0)
        for lane in tuple(self._open):
            self._close(lane, lane.usable if self.together is None else common, complete=False)
        for lane in self._waiting:
            lane.close(0, complete=False)

    def _done(self) -> int:
        return sum(lane.done for lane in self.lanes)

    def _frontier(self) -> int:
        return sum(lane.needed for lane in self.lanes)

    def _total(self) -> int | None:
        """How many replications there will be, None where that is not known yet."""
        known = all(lane.ledger.frontier == lane.ledger.maximum for lane in self._open)
        if self.together is not None:
            known = self.together.next_examined(0) == self.together.maximum
        return self._frontier() if known else None
