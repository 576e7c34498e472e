"""Where an experiment keeps its replications: a store for one run, as plain functions over the real loop."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from recallsim.running.ledger import Ledger
from recallsim.store.realloop import RealLoop
from recallsim.store.rows import Batch, EstimateRow, Identity
from recallsim.store.store import Store, Stored, opened

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate

_ROWS_READ: Final = 1000
"""So many tallies are read at once: a few megabytes."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where and as what replications are kept.

    Attributes:
        path: the store's file; None: nothing is kept.
        identity: the run.
        record: whether recipients are kept, too.
        bits: whether the bits of the recipients are kept, too.
        wanted: how many replications there are to be; None: as many as a precision takes.
    """

    path: Path | None
    identity: Identity
    record: bool = False
    bits: bool = False
    wanted: int | None = None


class Shelf(Protocol):
    """A place for the replications of one run."""

    def read_into(self, ledger: Ledger, below: int) -> int:
        """Enter what is kept of the replications numbered below `below`, and say how many that were."""
        ...

    def must_have_room(self) -> None:
        """Raise where no batch can be put away, before any is computed."""
        ...

    def keep(self, batch: Batch) -> None:
        """Put a batch away for good, or raise."""
        ...

    def estimate(self, estimates: "Sequence[Estimate]", confidence: float, *, complete: bool) -> None:
        """Put the run's estimates away, in place of earlier ones, and whether it has all that was wanted."""
        ...

    def end(self, *, complete: bool) -> None:
        """Note that the work on the run has ended, and whether it has all that was wanted."""
        ...


@contextmanager
def shelf(keeping: Keeping) -> Iterator[Shelf]:
    """Open the place for one run, for as long as the block lasts."""
    if keeping.path is None:
        yield _NoShelf()
        return
    with RealLoop() as loop:
        opening = opened(keeping.path)
        store = loop.run(_entered(opening))
        try:
            run = loop.run(store.begin(keeping.identity, keeping.wanted))
            yield _StoreShelf(loop, store, keeping, run)
        finally:
            loop.run(_left(opening))


async def _entered(opening: Any) -> Store:
    store: Store = await opening.__aenter__()
    return store


async def _left(opening: Any) -> None:
    await opening.__aexit__(None, None, None)


class _StoreShelf:
    """One run in an open store."""

    def __init__(self, loop: RealLoop, store: Store, keeping: Keeping, run: int) -> None:
        self._loop, self._store, self._keeping, self._run = loop, store, keeping, run

    def read_into(self, ledger: Ledger, below: int) -> int:
        since: int | None = 0
        entered = 0
        while since is not None:
            found = self._read(since, below)
            for at, number in enumerate(found.numbers):
                bits = None if found.bits is None else found.bits[at]
                ledger.stored(number, found.values[at], found.curves[at], bits)
            entered += len(found.numbers)
            since = found.further
        return entered

    def _read(self, since: int, below: int) -> Stored:
        keeping = self._keeping
        most = max(1, _ROWS_READ // (len(keeping.identity.groups) + 1))
        return self._loop.run(
            self._store.read(
                keeping.identity,
                self._run,
                below,
                recorded=keeping.record,
                bits=keeping.bits,
                since=since,
                most=most,
            )
        )

    def must_have_room(self) -> None:
        self._store.must_be_writable()

    def keep(self, batch: Batch) -> None:
        self._loop.run(self._store.add(self._keeping.identity, self._run, batch))

    def estimate(self, estimates: "Sequence[Estimate]", confidence: float, *, complete: bool) -> None:
        rows = [
            EstimateRow(e.variant, e.group, e.metric, e.mean, e.low, e.high, e.replications, e.degenerate)
            for e in estimates
        ]
        self._loop.run(self._store.estimate(self._run, rows, confidence, complete=complete))

    def end(self, *, complete: bool) -> None:
        self._loop.run(self._store.end(self._run, complete=complete))


class _NoShelf:
    """Nothing is kept."""

    def read_into(self, ledger: Ledger, below: int) -> int:
        return 0

    def must_have_room(self) -> None:
        pass

    def keep(self, batch: Batch) -> None:
        pass

    def estimate(self, estimates: "Sequence[Estimate]", confidence: float, *, complete: bool) -> None:
        pass

    def end(self, *, complete: bool) -> None:
        pass
