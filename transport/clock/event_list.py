"""The list of events to come: a heap whose key *is* the rule for equal times, and behind it those that lie far ahead.

An entry is `(tick, order, function, a, b)`; it fires as `function(a, b)`. Keys of pending entries are unique (a test
run checks that with `strict`), so entries never have to compare functions.

What lies ahead, such as the opening of a message next week, may be put into `late`. From there it goes into one of many
bins, each for a stretch of time; a bin is sorted when the one before it is used up, and becomes the `line`, from which
entries go one by one, beside the heap. So the heap stays small however many wait, and nothing is ever sorted as a whole.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import chain
from typing import Any, Final

from transport.errors import TiedEvents

FEWEST: Final = 32
"""So many late entries are brought into the line at once, at least."""
BIN: Final = 128
"""So many entries are to come into one bin."""
MOST: Final = 1024
"""A bin into which more have come is cut again when its turn comes."""
SAMPLE: Final = 2048
"""From so many entries at most it is judged where to cut time into bins."""

Entry = tuple[int, int, Callable[[Any, Any], object], Any, Any]


class EventList:
    """Events in the order (tick, rank, entity, index).

    Attributes:
        heap: near entries; hot code pushes onto it directly.
        soon: a heap of few: entries that are likely to be the next; hot code pushes onto it directly.
        line: near entries that were late, the earliest at the end.
        late: entries at tick `bound` or later, in no order; hot code appends to it directly.
        bound: everything before this tick is in the heap or in the line.
    """

    __slots__ = (
        "_behind",
        "_bins",
        "_edges",
        "_keys",
        "_used",
        "bound",
        "heap",
        "late",
        "line",
        "soon",
        "strict",
    )

    def __init__(self, *, strict: bool = False) -> None:
        self.heap: list[Entry] = []
        self.soon: list[Entry] = []
        self.line: list[Entry] = []
        self.late: list[Entry] = []
        self.bound = 0
        self.strict = strict
        self._edges: list[
            int
        ] = []  # bin k is for ticks before edge k, the last one for everything from the last edge on
        self._bins: list[list[Entry]] = [[]]
        self._used = 0  # bins
        self._behind = 0  # entries in bins
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

    def bring_near(self) -> bool:
        """Make the earliest of the late entries the line, which is empty; false: nothing is late."""
        late, line, bins = self.late, self.line, self._bins
        self._behind += len(late)
        if not self._behind:
            return False
        edges = self._edges
        for entry in late:
            bins[bisect_right(edges, entry[0])].append(entry)
        late.clear()
        while not line:
            if self._used == len(self._edges) or len(self._bins[self._used]) > MOST:
                self._cut()
            line += self._bins[self._used]
            self._bins[self._used] = []
            self.bound = self._edges[self._used]
            self._used += 1
        self._behind -= len(line)
        line.sort(reverse=True)
        return True

    def _cut(self) -> None:
        """Cut the next bin into several, but for the latest eighth of it.

        The latest of all stays behind while it can: with the horizon in the line, nothing would be late any more.
        """
        entries = self._bins[self._used]
        step = len(entries) // SAMPLE + 1
        ticks = sorted([entry[0] for entry in entries[::step]])
        last = max(0, min(max(FEWEST, len(ticks) * 7 >> 3), len(ticks) - 1) - 1)
        places = chain(range(BIN // step, last, BIN // step + 1), (last,))
        fresh = sorted({ticks[place] + 1 for place in places})
        self._edges = edges = fresh + self._edges[self._used :]
        empty: list[list[Entry]] = [[] for _ in range(len(fresh) + 1)]
        self._bins = bins = empty + self._bins[self._used + 1 :]
        self._used = 0
        for entry in entries:
            bins[bisect_right(edges, entry[0])].append(entry)

    def clear(self) -> None:
        """Forget everything."""
        self.heap.clear()
        self.soon.clear()
        self.line.clear()
        self.late.clear()
        self._edges, self._bins, self._used, self._behind = [], [[]], 0, 0
        self._keys.clear()

    def __len__(self) -> int:
        return len(self.heap) + len(self.soon) + len(self.line) + len(self.late) + self._behind

    def __iter__(self) -> Iterator[Entry]:
        """The pending entries, in no particular order."""
        return chain(self.heap, self.soon, self.line, self.late, *self._bins)
