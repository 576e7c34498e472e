"""Which way mail takes through the stages: past those that do not work on its kind, or not on its recipient's mail."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from transport.relay.settings import Stage as Settings

Table = tuple[
    tuple[int, ...], ...
]  # by law, by stage: the first from there on that it stops at; len(stages) is the link


class Ways:
    """The ways of all recipients; recipients whose mail takes the same stages share one.

    Args:
        stages: in order of passage.
        count: how many recipients there are.

    Attributes:
        common: the way of everybody's mail while it is one job, and of each where nobody's differs.
        differ: whether recipients' ways differ.
    """

    def __init__(self, stages: tuple[Settings, ...], count: int) -> None:
        self._stages: Final = stages
        self.differ: Final = any(stage.members for stage in stages)
        self.common: Final[Table] = _table(stages, frozenset())
        self._tables: list[Table] = [self.common]
        self._of: Sequence[int] = ()
        if self.differ:
            self._of = self._sort(count)
        self._stops = [tuple(tuple(_stops(row)) for row in table) for table in self._tables]

    def _sort(self, count: int) -> "array[int]":
        """The number of each recipient's table; between two edges of spans all have the same."""
        spans = [span for stage in self._stages for span in stage.members]
        edges = sorted({1, count + 1, *(first for first, _ in spans), *(last + 1 for _, last in spans)})
        known: dict[frozenset[int], int] = {frozenset(): 0}
        of = array("H", [0]) * (count + 1)
        for first, following in pairwise(edges):
            passed_by = frozenset(
                place
                for place, stage in enumerate(self._stages)
                if stage.members and not any(low <= first <= high for low, high in stage.members)
            )
            if passed_by not in known:
                known[passed_by] = len(self._tables)
                self._tables.append(_table(self._stages, passed_by))
            of[first:following] = array("H", [known[passed_by]]) * (following - first)
        return of

    def next(self, law: int, number: int, stage: int) -> int:
        """The first stage from `stage` on at which that recipient's mail stops; the number of stages for the link."""
        return self._tables[self._of[number] if self._of else 0][law][stage]

    def stops(self, law: int, number: int) -> tuple[int, ...]:
        """Every stage at which that recipient's mail stops."""
        return self._stops[self._of[number] if self._of else 0][law]


def _table(stages: tuple[Settings, ...], passed_by: frozenset[int]) -> Table:
    def stops(law: int) -> Iterator[int]:
        for start in range(len(stages) + 1):
            serving = (k for k in range(start, len(stages)) if stages[k].serves[law] and k not in passed_by)
            yield next(serving, len(stages))

    return tuple(tuple(stops(law)) for law in range(4))


def _stops(row: tuple[int, ...]) -> Iterator[int]:
    stage = row[0]
    while stage < len(row) - 1:
        yield stage
        stage = row[stage + 1]
