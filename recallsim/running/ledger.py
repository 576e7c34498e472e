"""The books of one experiment: which replications are there, which come next, when there are enough.

Replications are numbered from 0 and looked at in that order, so that the answer depends neither on the
workers nor on which of them was faster. Up to the *frontier* (the next number of replications at which the
rule is examined) all replications are needed for certain; beyond it a few are computed ahead, but kept out of
the store until the frontier has passed them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from recallsim.estimate.shape import Tallied
from recallsim.running.pile import Pile, Stretch
from recallsim.store.rows import Batch, Bits, Curves, Values


class Enough(Protocol):
    """The rule that ends an experiment."""

    @property
    def maximum(self) -> int:
        """The most replications."""
        ...

    def next_examined(self, n: int) -> int:
        """The first number of replications above `n` at which the rule looks, at most `maximum`."""
        ...

    def satisfied(self, values: Tallied) -> bool:
        """Whether these replications are enough."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A plain number of replications."""

    maximum: int

    def next_examined(self, n: int) -> int:
        """Look at the end only."""
        return self.maximum

    def satisfied(self, values: Tallied) -> bool:
        """All are there."""
        return len(values) >= self.maximum


class Ledger:
    """Which replications are done, under way and still to be stored.

    Args:
        rule: says how many there are to be.
        folder: where what is too much for memory may lie; None: where temporary files are.

    Attributes:
        frontier: how many replications are needed for certain.
        used: how many the answer is taken from, once that is known.
        reached: whether the rule was satisfied there.
    """

    def __init__(self, rule: Enough, folder: Path | None = None) -> None:
        self._rule = rule
        self._folder = folder
        self._values: Pile | None = None
        self._curves: Pile | None = None
        self._bits: Pile | None = None
        self._unwritten: list[Batch] = []
        self._prefix = 0
        # Of the numbers from the prefix on; those below it are there, hence taken.
        self._taken: set[int] = set()
        self._there: set[int] = set()
        self.frontier = self._rule.next_examined(0)
        self.used: int | None = None
        self.reached = False

    @property
    def maximum(self) -> int:
        """The most replications that there can be."""
        return self._rule.maximum

    @property
    def done(self) -> int:
        """How many replications are there of those needed for certain; those ahead stand in for gaps."""
        return min(self._prefix + len(self._there), self.frontier)

    @property
    def prefix(self) -> int:
        """How many replications are there without a gap, from 0."""
        return self._prefix

    def stored(self, number: int, values: Values, curves: Curves, bits: Bits | None = None) -> None:
        """Enter a replication that the store has already."""
        self._taken.add(number)
        self._put(number, values[None], curves[None], None if bits is None else bits[None])

    def enter(self, batch: Batch) -> None:
        """Enter replications that were just computed."""
        self._unwritten.append(batch)
        self._put(batch.first, batch.values, batch.curves, batch.bits)

    def _put(self, first: int, values: Values, curves: Curves, bits: Bits | None) -> None:
        for low, high in self._new(first, first + len(values)):
            part = slice(low - first, high - first)
            self._values = self._piled(self._values, low, values[part])
            self._curves = self._piled(self._curves, low, curves[part])
            if bits is not None:
                self._bits = self._piled(self._bits, low, bits[part])
            self._there.update(range(low, high))
        while self._prefix in self._there:
            self._there.discard(self._prefix)
            self._taken.discard(self._prefix)
            self._prefix += 1

    def _new(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The stretches of these numbers that are not there yet: a piece may be done twice, or in part."""
        begin = None
        for number in range(low, high + 1):
            new = number < high and number >= self._prefix and number not in self._there
            if new and begin is None:
                begin = number
            elif not new and begin is not None:
                yield begin, number
                begin = None

    def _piled(self, pile: Pile | None, first: int, arrays: NDArray[Any]) -> Pile:
        found = Pile(arrays.shape[1:], arrays.dtype, self._folder) if pile is None else pile
        found.put(first, arrays)
        return found

    def go_on(self, rule: Enough) -> None:
        """Take another rule, from the replications on that are there."""
        self._rule = rule
        self.used, self.reached = None, False
        self.frontier = rule.next_examined(0)
        self.advance()

    def take(self, most: int, ahead: int) -> tuple[int, int] | None:
        """Take the next replications nobody works on, as (first, count); None where enough are under way.

        Args:
            most: the largest count.
            ahead: how many replications may be computed beyond the frontier.
        """
        limit = min(self.frontier + ahead, self._rule.maximum)
        first = self._prefix
        while first < limit and first in self._taken:
            first += 1
        if first >= limit:
            return None
        count = 1
        while count < most and first + count < limit and first + count not in self._taken:
            count += 1
        self._taken.update(range(first, first + count))
        return first, count

    def give_back(self, first: int, count: int) -> None:
        """Undo a `take` whose work was lost."""
        self._taken.difference_update(range(first, first + count))

    def wanted(self) -> int:
        """How many replications before the frontier nobody has taken yet."""
        left = self.frontier - self._prefix - sum(number < self.frontier for number in self._taken)
        return max(left, 0)

    def advance(self) -> None:
        """Look at the rule as far as the replications without a gap allow."""
        while self.used is None and self._prefix >= self.frontier:
            if self._rule.satisfied(self.values(self.frontier)):
                self.used, self.reached = self.frontier, True
            elif self.frontier >= self._rule.maximum:
                self.used = self.frontier
            else:
                self.frontier = self._rule.next_examined(self.frontier)

    def release(self) -> Iterator[Batch]:
        """Give what is to be written now: everything before the frontier that was not written yet."""
        kept = []
        for batch in self._unwritten:
            due, rest = batch.part(0, self.frontier), batch.part(self.frontier, self._rule.maximum)
            if len(rest):
                kept.append(rest)
            if len(due):
                yield due
        self._unwritten = kept

    def values(self, n: int, since: int = 0) -> Stretch:
        """Give the values of the replications from `since` to `n` - 1, of which there is at least one."""
        assert self._values is not None
        return self._values.stretch(since, n)

    def bits(self, n: int) -> Stretch | None:
        """Give the bits of the first `n` replications, None where none were asked for."""
        return self._bits.stretch(0, n) if n and self._bits is not None else None

    def curves(self, n: int) -> Stretch:
        """Give the curves of the first `n` replications, of which there is at least one."""
        assert self._curves is not None
        return self._curves.stretch(0, n)
