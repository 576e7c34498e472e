"""The list of events to come: a heap whose key *is* the rule for equal times.

An entry is `(tick, order, function, a, b)`; it fires as `function(a, b)`. Keys of pending entries are unique (a test
run checks that with `strict`), so the heap never has to compare functions.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

from transport.errors import TiedEvents

Entry = tuple[int, int, Callable[[Any, Any], object], Any, Any]


class EventList:
    """Events in the order (tick, rank, entity, index).

    Attributes:
        heap: the entries; hot code pushes onto it directly.
    """

    __slots__ = ("_keys", "heap", "strict")

    def __init__(self, *, strict: bool = False) -> None:
        self.heap: list[Entry] = []
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

    def __len__(self) -> int:
        return len(self.heap)

    def __iter__(self) -> Iterator[Entry]:
        """The pending entries, in no particular order."""
        return iter(self.heap)
