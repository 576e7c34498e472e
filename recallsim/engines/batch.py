"""The batch engine: replications through the compiled kernel, several at once on threads.

Its answers are those of the agents, bit for bit: same plan, same draws, same functions of the basement.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np

from agents.records import Plan
from recallsim.engines.kernel_layout import PEOPLE, SERVERS, UNDECIDED
from recallsim.engines.kernel_plan import Packed, pack
from recallsim.engines.observation import Observation
from recallsim.engines.parts import Reader, T, comes_in_parts, parts
from recallsim.engines.refusals import refusal
from recallsim.engines.rooms import MOMENTS, Columns, Entrance, Room, address_of, entrance

Place = TypeVar("Place")

FEEDBACK: Final = 2
"""What the kernel answers where a report could keep mail waiting."""


class FeedbackError(ValueError):
    """What recipients did came back into the servers' queues, where it might have kept others' mail waiting."""


MOST_KNOWN: Final = 4
"""Plans that are kept as the kernel takes them: pieces of a few runs take turns."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The engine as a function of a plan; it pickles.

    Attributes:
        threads: how many replications at once.
        falls_back: whether the agents do what turns out to be feedback; the answers are theirs anyway.
        rooms: what threads have worked in, for the next call.
        packed: the plans that were met last, as the kernel takes them.
        columns: what calls before have filled; it is filled again when nobody looks at it any more.
    """

    threads: int
    falls_back: bool = False
    rooms: "list[Room]" = field(default_factory=list, repr=False, compare=False)
    packed: "list[tuple[Plan, Packed]]" = field(default_factory=list, repr=False, compare=False)
    columns: "list[Columns]" = field(default_factory=list, repr=False, compare=False)

    def __reduce__(self) -> tuple[type["Batch"], tuple[int, bool]]:
        """Pickle without the rooms and plans."""
        return Batch, (self.threads, self.falls_back)

    def __call__(
        self, plan: Plan, seed: int, first: int, count: int, before: Callable[[], None] | None = None
    ) -> Observation:
        """Run the replications `first` to `first + count - 1` of a plan.

        Args:
            plan, seed, first, count: as for every engine.
            before: called before each replication, in its thread; what it raises ends the run.
        """
        try:
            return simulate_on(
                plan,
                seed,
                first,
                count,
                threads=self.threads,
                rooms=self.rooms,
                before=before,
                known=self.packed,
                kept=self.columns,
            )
        except FeedbackError:
            if not self.falls_back:
                raise
            from recallsim.engines import agents

            return agents.simulate(plan, seed, first, count)

    def comes_in_parts(self, plan: Plan) -> bool:
        """Whether a replication of a plan is better read part by part."""
        return comes_in_parts(plan) and not refusal(plan)

    def parts(self, plan: Plan, seed: int, replication: int, read: Reader[T]) -> Iterator[T]:
        """What `read` makes of each part of one replication (parts.py)."""
        from recallsim.engines.compile import kernel

        return parts(plan, seed, replication, read, threads=self.threads, kernel=kernel())


def simulate(plan: Plan, seed: int, first: int, count: int) -> Observation:
    """Run the replications `first` to `first + count - 1` of a plan on one thread.

    Raises:
        ValueError: the engine does not do something that the plan asks for.
    """
    return simulate_on(plan, seed, first, count, threads=1)


def simulate_on(
    plan: Plan,
    seed: int,
    first: int,
    count: int,
    *,
    threads: int,
    before: Callable[[], None] | None = None,
    replicate: Callable[..., int] | None = None,
    rooms: "list[Room] | None" = None,
    known: "list[tuple[Plan, Packed]] | None" = None,
    kept: "list[Columns] | None" = None,
) -> Observation:
    """The same on so many threads.

    Args:
        plan: what is simulated.
        seed: from 0 to 2^64-1.
        first, count: which replications.
        threads: how many at once, at most.
        before: called before each replication.
        replicate: the kernel; None: the compiled one.
        rooms: rooms to work in, from a call before; those of this call are left there.
        known: plans of calls before, as the kernel takes them; this call's is left there.
        kept: columns of calls before; this call's are left there.

    Raises:
        ValueError: the engine does not do something that the plan asks for.
    """
    packed = _packed(plan, [] if known is None else known)
    if replicate is None:
        from recallsim.engines.compile import kernel

        replicate = kernel()
    kept = [] if kept is None else kept
    run = _Run(plan, packed, seed, first, count, replicate, [] if rooms is None else rooms, kept)

    def one(number: int) -> None:
        if before is not None:
            before()
        run.one(number)

    try:
        if threads == 1 or count == 1:
            for number in range(count):
                one(number)
        else:
            with ThreadPoolExecutor(min(threads, count)) as pool:
                list(pool.map(one, range(count)))
    finally:
        run.leave()
    observation = run.observation()
    run.columns.leave(kept)  # now that there are views of them, nobody else takes them
    return observation


def _packed(plan: Plan, known: "list[tuple[Plan, Packed]]") -> Packed:
    """The plan as the kernel takes it; what was worked out for the same plan a call before is taken again."""
    for one, packed in known:
        if one is plan:
            return packed
    if why := refusal(plan):
        raise ValueError(why)
    found = pack(plan)
    known[:] = [(plan, found), *known[: MOST_KNOWN - 1]]
    return found


def _taken(places: "list[Place]") -> "Place | None":
    """The last of some places, which other threads take as well."""
    try:
        return places.pop()
    except IndexError:
        return None


class _Run:
    """Consecutive replications, and the columns that they fill."""

    def __init__(
        self,
        plan: Plan,
        packed: Packed,
        seed: int,
        first: int,
        count: int,
        kernel: Callable[..., Any],
        rooms: list[Room],
        kept: list[Columns],
    ) -> None:
        self.plan = plan
        self.packed = packed
        self.seed = seed
        self.first = first
        self.kernel = kernel
        rows = count * plan.count
        self.columns = Columns.again(kept, plan, packed, rows)
        self.moments = np.empty((len(MOMENTS) + len(plan.stages), count), dtype=np.int64)
        self._rooms = rooms
        self._free: list[tuple[Room, Entrance]] = []
        self._events: _Run | None = None
        least = Room.key_of(plan, packed, 1)
        grown = [room.key for room in rooms if room.key[0] == least[0]]
        self._key = max(grown, default=least, key=lambda key: key[1])

    def one(self, number: int) -> None:
        """Live through one replication."""
        while True:
            room, enter = self._enter_room()
            row = number * self.plan.count
            address = address_of(self.plan, self.first + number)
            failed = enter(self.seed, address, SERVERS | PEOPLE, (1, self.plan.count), (row, number))
            if not failed:
                self._free.append((room, enter))
                return
            if failed == UNDECIDED and not self.plan.reports_shared:
                self._free.append((room, enter))
                self._by_events().one(number)
                return
            if failed == UNDECIDED:
                raise FeedbackError(
                    f"in replication {self.first + number} two copies to one recipient were lost at one tick, and where"
                    " reports pass the same workers (transport.reports: shared) the batch engine does not tell which went"
                    " first; use --engine agents"
                )
            if failed == FEEDBACK:
                raise FeedbackError(
                    f"in replication {self.first + number} a report comes to the servers before the last mail to a recipient"
                    " has; the batch engine does not do such feedback (transport.reports: shared); use --engine agents"
                )
            self._key = Room.key_of(self.plan, self.packed, max(self._key[1], 4 * room.key[1]))

    def _enter_room(self) -> tuple[Room, Entrance]:
        """A room that is free and large enough, or a new one, and its entrance."""
        key = self._key
        while (free := _taken(self._free)) is not None:
            if free[0].key == key:
                return free
        while (room := _taken(self._rooms)) is not None:
            if room.key == key:
                break
        else:
            room = Room.of(self.plan, self.packed, key[1])
        return room, entrance(self.kernel, self.packed, room, self.columns, self.moments)

    def _by_events(self) -> "_Run":
        """The same run, with all mail passing the servers event by event."""
        if self._events is None:
            run = copy(self)
            run.packed = pack(self.plan, by_events=True)
            run._free, run._rooms, run._key = [], [], Room.key_of(self.plan, run.packed, 1)
            self._events = run
        return self._events

    def leave(self) -> None:
        """Leave the rooms for other runs."""
        self._rooms += [room for room, _ in self._free]
        self._free.clear()

    def observation(self) -> Observation:
        """The columns, with their names."""
        count = self.moments.shape[1]
        numbers = np.arange(self.first, self.first + count, dtype=np.int64)
        return self.columns.observation(self.plan, self.seed, numbers, self.moments, 1, self.plan.count)
