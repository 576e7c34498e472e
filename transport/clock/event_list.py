"""The list of events to come: a heap whose key *is* the rule for equal times, and behind it those that lie far ahead.

An entry is `(tick, order, function, a, b)`; it fires as `function(a, b)`. Keys of pending entries are unique (a test
run checks that with `strict`), so entries never have to compare functions.

What lies far ahead, such as the opening of a message next week, may be put into `late`, which is sorted only when its
earliest entries are due; these become the `line`, from which they go one by one, beside the heap. The heap stays small
however many wait, and so do the costs of everything that is near.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from transport.errors import TiedEvents

TICK: Final = itemgetter(0)
FEWEST: Final = 32
"""So many late entries are brought into the line at once, at least."""

Entry = tuple[int, int, Callable[[Any, Any], object], Any, Any]


class EventList:
    """Events in the order (tick, rank, entity, index).

    Attributes:
        heap: near entries; hot code pushes onto it directly.
        line: near entries that were late, the earliest at the end.
        late: entries at tick `bound` or later, in no order; hot code appends to it directly.
        bound: everything before this tick is in the heap or in the line.
    """

    __slots__ = ("_keys", "bound", "heap", "late", "line", "strict")

    def __init__(self, *, strict: bool = False) -> None:
        self.heap: list[Entry] = []
        self.line: list[Entry] = []
        self.late: list[Entry] = []
        self.bound = 0
        self.strict = strict
        self._keys: dict[tuple[int, int], Callable[[Any, Any], object]] = {}

    def push(self, tick: int, order: int, function: Callable[[Any, Any], object], a: Any, b: Any) -> None:
        """Add an event."""
        self.add((tick, order, function, a, b))

    def add(self, entry: Entry) -> None:
        """Add an entry.

        Raises:
            TiedEvents: `strict` is set and another pending event has the very same key.
        """
        if self.strict:
            tick, order, function = entry[:3]
            if (tick, order) in self._keys:
                raise TiedEvents(tick, order, self._keys[tick, order], function)
            self._keys[tick, order] = function
            heappush(self.heap, entry)
        elif entry[0] < self.bound:
            heappush(self.heap, entry)
        else:
            self.late.append(entry)

    def add_all(self, entries: list[Entry]) -> None:
        """Add many entries; what is near joins the line, which costs less than as many pushes."""
        if self.strict or len(entries) < FEWEST:
            for entry in entries:
                self.add(entry)
            return
        bound, line = self.bound, self.line
        near = [entry for entry in entries if entry[0] < bound]
        if near:
            line += near
            line.sort(reverse=True)
            entries = [entry for entry in entries if entry[0] >= bound]
        self.late += entries

    def pop(self) -> Entry:
        """Take the next event of the heap."""
        entry = heappop(self.heap)
        if self.strict:
            del self._keys[entry[:2]]
        return entry

    def bring_near(self) -> None:
        """Move the earliest of the late entries into the line, which is empty.

        The latest of all stays behind while it can: with the horizon in the line, nothing would be late any more.
        """
        late = self.late
        late.sort(key=TICK, reverse=True)
        taken = max(1, min(max(FEWEST, len(late) >> 2), len(late) - 1))
        while taken < len(late) and late[-taken - 1][0] == late[-taken][0]:
            taken += 1
        self.bound = late[-taken][0] + 1
        self.line += late[-taken:]
        self.line.sort(reverse=True)  # by the whole key, which is quick where ticks are in order already
        del late[-taken:]

    def clear(self) -> None:
        """Forget everything."""
        self.heap.clear()
        self.line.clear()
        self.late.clear()
        self._keys.clear()

    def __len__(self) -> int:
        return len(self.heap) + len(self.line) + len(self.late)

    def __iter__(self) -> Iterator[Entry]:
        """The pending entries, in no particular order."""
        return chain(self.heap, self.line, self.late)
