"""The books of one experiment: which replications are there, which come next, when there are enough.

Replications are numbered from 0 and looked at in that order, so that the answer depends neither on the
workers nor on which of them was faster. Up to the *frontier* (the next number of replications at which the
rule is examined) all replications are needed for certain; beyond it a few are computed ahead, but kept out of
the store until the frontier has passed them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

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

    def satisfied(self, values: Values) -> bool:
        """Whether these replications are enough."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A plain number of replications."""

    maximum: int

    def next_examined(self, n: int) -> int:
        """Look at the end only."""
        return self.maximum

    def satisfied(self, values: Values) -> bool:
        """All are there."""
        return len(values) >= self.maximum


class Ledger:
    """Which replications are done, under way and still to be stored.

    Attributes:
        frontier: how many replications are needed for certain.
        used: how many the answer is taken from, once that is known.
        reached: whether the rule was satisfied there.
    """

    def __init__(self, rule: Enough) -> None:
        self._rule = rule
        self._values: dict[int, Values] = {}
        self._curves: dict[int, Curves] = {}
        self._bits: dict[int, Bits] = {}
        self._unwritten: list[Batch] = []
        self._taken: set[int] = set()
        self._prefix = 0
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
        return min(len(self._values), self.frontier)

    @property
    def prefix(self) -> int:
        """How many replications are there without a gap, from 0."""
        return self._prefix

    def stored(self, number: int, values: Values, curves: Curves, bits: Bits | None = None) -> None:
        """Enter a replication that the store has already."""
        self._taken.add(number)
        self._values[number], self._curves[number] = values, curves
        if bits is not None:
            self._bits[number] = bits

    def enter(self, batch: Batch) -> None:
        """Enter replications that were just computed."""
        self._unwritten.append(batch)
        for offset in range(len(batch)):
            self._values[batch.first + offset] = batch.values[offset]
            self._curves[batch.first + offset] = batch.curves[offset]
            if batch.bits is not None:
                self._bits[batch.first + offset] = batch.bits[offset]

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
        return sum(number not in self._taken for number in range(self._prefix, self.frontier))

    def advance(self) -> None:
        """Look at the rule as far as the replications without a gap allow."""
        while self._prefix in self._values:
            self._prefix += 1
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

    def values(self, n: int, since: int = 0) -> Values:
        """Give the values of the replications from `since` to `n` - 1, of which there is at least one."""
        return np.stack([self._values[number] for number in range(since, n)])

    def bits(self, n: int) -> Bits | None:
        """Give the bits of the first `n` replications, None where none were asked for."""
        return np.stack([self._bits[number] for number in range(n)]) if n and self._bits else None

    def curves(self, n: int) -> Curves:
        """Give the curves of the first `n` replications, of which there is at least one."""
        return np.stack([self._curves[number] for number in range(n)])
