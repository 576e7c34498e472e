"""One of several runs while it is under way: its books, its store and how its work is cut."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from recallsim.estimate.shape import Tallied
from recallsim.running.errors import ReplicationError
from recallsim.running.ledger import Enough, Fixed, Ledger
from recallsim.running.pile import Stretch
from recallsim.running.shelf import Keeping, Shelf, shelf
from recallsim.running.sizes import Sizes
from recallsim.running.work import Engine, EngineWork
from recallsim.store.errors import StoreMismatch
from recallsim.store.rows import CURVE_POINTS, CURVES, Batch, Identity

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.estimate.estimates import Estimate
    from recallsim.scenario import Scenario

_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """One of several runs: a variant, or a cell of a design.

    Attributes:
        name: what it is called, in estimates and as the name of its store.
        scenario: the resolved scenario.
        plan: what was drawn up from it.
        engine: `(plan, seed, first, count) -> Observation`, a function of a module.
    """

    name: str
    scenario: "Scenario"
    plan: "Plan"
    engine: Engine


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What a run has given.

    Attributes:
        cell: the run.
        values: tallies of the replications that count: [n, groups + 1, names]; empty where they were not to
            be kept.
        curves: their curves, likewise.
        bits: [n, 2, bytes], who succeeded and who saw it; None where they were not asked for.
        n: how many replications count.
        reached: whether the run's own rule was satisfied.
        estimates: over these replications; () where there are none.
        store: the file, or None.
        resumed: how many of them the store had already.
        error: why the run ended early, or None.
    """

    cell: Cell
    values: Tallied
    curves: Tallied
    bits: Stretch | None
    n: int
    reached: bool
    estimates: "tuple[Estimate, ...]"
    store: Path | None
    resumed: int
    error: ReplicationError | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every one of several runs.

    Attributes:
        folder: where the stores are; None: nothing is kept.
        bits: whether the bits of the recipients are kept and given.
        keep: whether the outcomes hold values, curves and bits.
        confidence: of the estimates.
        metrics: to estimate besides those that each plan asks for.
        wanted: how many replications each is to have; None: that is not known before.
    """

    folder: Path | None
    bits: bool
    keep: bool
    confidence: float
    metrics: tuple[str, ...]
    wanted: int | None = None


class Lane:
    """One run among several; cells that are equal by fingerprint share one.

    Attributes:
        cells: the cells that it stands for.
        work: what is done.
        ledger: the books.
        sizes: how the work is cut.
        error: why it ended early, or None.
        outcomes: one for each cell, once it is closed.
    """

    def __init__(self, identity: Identity, rule: Enough, cell: Cell, seed: int, settings: Settings) -> None:
        self.cells: list[Cell] = []
        self.work = EngineWork(cell.engine, cell.plan, seed, bits=settings.bits)
        self.ledger = Ledger(rule, settings.folder)
        self.sizes = Sizes(identity.recipients)
        self.error: ReplicationError | None = None
        self.outcomes: tuple[CellOutcome, ...] = ()
        self._identity, self._settings, self._seed, self._cell = identity, settings, seed, cell
        self._stack = ExitStack()
        self._place: Shelf | None = None
        self._path: Path | None = None
        self._resumed = 0

    def open(self, below: int) -> None:
        """Open the store and enter what it has of the replications numbered below `below`."""
        folder, name = self._settings.folder, file_name(self._cell.name)
        if folder is None:
            self._place = self._stack.enter_context(shelf(self._keeping(None)))
        else:
            try:
                self._shelve(folder / f"{name}.sqlite")
            except StoreMismatch:
                # The cell was changed since. Both answers are worth keeping.
                self._shelve(folder / f"{name}-{self._identity.fingerprint[:8]}.sqlite")
        assert self._place is not None
        self._resumed = self._place.read_into(self.ledger, below)
        self.ledger.advance()
        if self.ledger.used is None:
            self._place.must_have_room()

    def _shelve(self, path: Path) -> None:
        self._place = self._stack.enter_context(shelf(self._keeping(path)))
        self._path = path

    def _keeping(self, path: Path | None) -> Keeping:
        return Keeping(path, self._identity, bits=self._settings.bits, wanted=self._settings.wanted)

    def enter(self, batch: Batch) -> None:
        """Enter replications that were just computed, and store those that count."""
        assert self._place is not None
        self.sizes.note(len(batch), batch.seconds)
        self.ledger.enter(batch)
        self.ledger.advance()
        for due in self.ledger.release():
            self._place.keep(due)

    def fail(self, error: ReplicationError) -> None:
        """End with an error."""
        self.error = error.located(self._cell.name, self._seed, self._path)

    def outcome(self, cell: Cell) -> CellOutcome:
        """What came of one of its cells."""
        return next(each for each in self.outcomes if each.cell is cell)

    @property
    def kept(self) -> int:
        """How many replications the store had when it was opened."""
        return self._resumed

    @property
    def done(self) -> int:
        """How many replications are there of those needed for certain."""
        return self.outcomes[0].n if self.outcomes else self.ledger.done

    @property
    def needed(self) -> int:
        """How many replications are needed for certain."""
        return self.outcomes[0].n if self.outcomes else self.ledger.frontier

    @property
    def usable(self) -> int:
        """How many replications count as things are."""
        n = self.ledger.prefix if self.ledger.used is None else self.ledger.used
        return min(n, self.ledger.frontier)

    def close(self, n: int, *, complete: bool) -> None:
        """Estimate from the first `n` replications, keep that and whether it is all, and close the store."""
        ledger, settings = self.ledger, self._settings
        values, curves = self._nothing()
        bits = None
        if n:
            values = ledger.values(n)
            curves = ledger.curves(n) if settings.keep else curves
            bits = ledger.bits(n) if settings.keep else None
        estimates = self._estimates(values) if n else ()
        if self._place is not None:
            self._place.estimate(estimates, settings.confidence, complete=complete)
        empty, _ = self._nothing()
        self.outcomes = tuple(
            CellOutcome(
                cell=cell,
                values=values if settings.keep else empty,
                curves=curves,
                bits=bits,
                n=n,
                reached=ledger.reached and ledger.used == n,
                estimates=tuple(replace(each, variant=cell.name) for each in estimates),
                store=self._path,
                resumed=min(self._resumed, n),
                error=self.error,
            )
            for cell in self.cells
        )
        self.release()

    def end(self, *, complete: bool) -> None:
        """Note in the store that the work has ended, and close it: nothing is estimated."""
        if self._place is not None:
            self._place.end(complete=complete)
        self.release()

    def release(self) -> None:
        """Close the store and forget what it holds."""
        self._stack.close()
        self._place = None
        self.ledger = Ledger(Fixed(1))

    def _nothing(self) -> tuple[Tallied, Tallied]:
        groups, names = len(self._identity.groups) + 1, len(self._identity.names)
        return np.empty((0, groups, names)), np.empty((0, groups, len(CURVES), CURVE_POINTS), dtype=np.int32)

    def _estimates(self, values: Tallied) -> "tuple[Estimate, ...]":
        from recallsim.estimate.estimates import estimate

        cell, settings = self._cell, self._settings
        return estimate(
            values, cell.plan, confidence=settings.confidence, variant=cell.name, metrics=settings.metrics
        )


def file_name(name: str) -> str:
    """A name in letters, digits and a few signs, so that it can be a file's on every system."""
    kept = "".join(c if c.isalnum() or c in "+-_. " else "-" for c in name)[:_LONGEST_NAME].strip(" .")
    return kept or "run"
