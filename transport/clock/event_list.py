"""The list of events to come: a heap whose key *is* the rule for equal times, and behind it a list of late ones.

An entry is `(tick, order, function, a, b)`; it fires as `function(a, b)`. Keys of pending entries are unique (a test
run checks that with `strict`), so the heap never has to compare functions.

What lies far ahead, such as the opening of a message next week, may be put into `late`, which is sorted only when its
earliest entries are due: the heap stays small however many wait, and so do the costs of everything that is near.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import chain
from typing import Any, Final

from transport.errors import TiedEvents

FEWEST: Final = 256
"""So many late entries are brought near at once, at least."""

Entry = tuple[int, int, Callable[[Any, Any], object], Any, Any]


class EventList:
    """Events in the order (tick, rank, entity, index).

    Attributes:
        heap: the near entries; hot code pushes onto it directly.
        late: entries at tick `bound` or later, in no order; hot code appends to it directly.
        bound: everything before this tick is in the heap.
    """

    __slots__ = ("_keys", "bound", "heap", "late", "strict")

    def __init__(self, *, strict: bool = False) -> None:
        self.heap: list[Entry] = []
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

    def pop(self) -> Entry:
        """Take the next event."""
        entry = heappop(self.heap)
        if self.strict:
            del self._keys[entry[:2]]
        return entry

    def bring_near(self) -> None:
        """Move the earliest of the late entries into the heap."""
        late = self.late
        late.sort()
        taken = min(max(FEWEST, len(late) >> 2), len(late))
        while taken < len(late) and late[taken][0] == late[taken - 1][0]:
            taken += 1
        self.bound = late[taken - 1][0] + 1
        for entry in late[:taken]:
            heappush(self.heap, entry)
        del late[:taken]

    def clear(self) -> None:
        """Forget everything."""
        self.heap.clear()
        self.late.clear()
        self._keys.clear()

    def __len__(self) -> int:
        return len(self.heap) + len(self.late)

    def __iter__(self) -> Iterator[Entry]:
        """The pending entries, in no particular order."""
        return chain(self.heap, self.late)
