"""The batch engine: replications through the compiled kernel, several at once on threads.

Its answers are those of the agents, bit for bit: same plan, same draws, same functions of the basement.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.records import Plan
from recallsim.engines import kernel_layout as layout
from recallsim.engines.kernel_people_layout import HABIT_CELLS
from recallsim.engines.kernel_plan import Packed, is_plain, pack
from recallsim.engines.kernel_servers_layout import J_WIDTH, LEAST_CELLS, V_LINE, W_ROWS, Y_WIDTH, Z_STAGES
from recallsim.engines.observation import Column, Observation
from recallsim.engines.refusals import refusal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FEEDBACK: Final = 2
"""What the kernel answers where a report could keep mail waiting."""
MOMENTS: Final = ("released", "noticed", "asked", "replaced")


class FeedbackError(ValueError):
    """What recipients did came back into the servers' queues, where it might have kept others' mail waiting."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The engine as a function of a plan; it pickles.

    Attributes:
        threads: how many replications at once.
        falls_back: whether the agents do what turns out to be feedback; the answers are theirs anyway.
        rooms: what threads have worked in, for the next call.
    """

    threads: int
    falls_back: bool = False
    rooms: "list[_Room]" = field(default_factory=list, repr=False, compare=False)

    def __reduce__(self) -> tuple[type["Batch"], tuple[int, bool]]:
        """Pickle without the rooms."""
        return Batch, (self.threads, self.falls_back)

    def __call__(self, plan: Plan, seed: int, first: int, count: int) -> Observation:
        """Run the replications `first` to `first + count - 1` of a plan."""
        try:
            return simulate_on(plan, seed, first, count, threads=self.threads, rooms=self.rooms)
        except FeedbackError:
            if not self.falls_back:
                raise
            from recallsim.engines import agents

            return agents.simulate(plan, seed, first, count)


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
    replicate: Callable[..., int] | None = None,
    rooms: "list[_Room] | None" = None,
) -> Observation:
    """The same on so many threads.

    Args:
        plan: what is simulated.
        seed: from 0 to 2^64-1.
        first, count: which replications.
        threads: how many at once, at most.
        replicate: the kernel; None: the compiled one.
        rooms: rooms to work in, from a call before; those of this call are left there.

    Raises:
        ValueError: the engine does not do something that the plan asks for.
    """
    if why := refusal(plan):
        raise ValueError(why)
    if replicate is None:
        from recallsim.engines.compile import kernel

        replicate = kernel()
    run = _Run(plan, pack(plan), seed, first, count, replicate, [] if rooms is None else rooms)
    if threads == 1 or count == 1:
        for number in range(count):
            run.one(number)
    else:
        with ThreadPoolExecutor(min(threads, count)) as pool:
            list(pool.map(run.one, range(count)))
    return run.observation()


@dataclass(slots=True)
class _Room:
    """What one thread works in; grows when the kernel says that there is too little."""

    key: tuple[int, ...]
    s: Ints
    z: Ints
    j: Ints
    h: Ints
    w: Ints
    x: Ints
    v: Ints
    u: Floats

    @staticmethod
    def key_of(plan: Plan, packed: Packed, factor: int) -> tuple[int, ...]:
        """What the size of a room follows from: first how much there is of what turned out to be too little."""
        grains = [cell for stage in plan.stages for cell in (stage.grain.value, stage.batch, stage.workers)]
        cells = [int(packed.p[cell]) for cell in (layout.SEATS, layout.FOLDER_CLOCKS, layout.ROOM)]
        return (factor, *cells, plan.count, is_plain(plan), *grains)

    @staticmethod
    def of(plan: Plan, packed: Packed, factor: int) -> "_Room":
        """Room for a replication of a plan."""
        key = _Room.key_of(plan, packed, factor)
        _, seats, folders, more, *_ = key
        plain, stages = is_plain(plan), len(plan.stages)
        jobs = 1 if plain else 3 * (plan.count + 1) + 64 * factor
        if not plain:
            batches = (plan.count // max(stage.batch, 1) for stage in plan.stages if stage.grain == 1)
            jobs += 3 * sum(1 + each for each in batches)
        line = max(4 * (plan.count + 1), LEAST_CELLS, *(stage.workers for stage in plan.stages), 0)

        def cells(*shape: int) -> Ints:
            return np.zeros(shape, dtype=np.int64)

        return _Room(
            key=key,
            s=cells(layout.SEAT + seats * (layout.S_WIDTH + folders * HABIT_CELLS) + more * factor),
            z=cells(Z_STAGES + stages * Y_WIDTH),
            j=cells(jobs * J_WIDTH),
            h=cells(4 * (jobs + 64 * factor)),
            w=cells(W_ROWS, plan.count + 1),
            x=cells(max(2 * jobs, layout.CHUNK)),
            v=cells(V_LINE + 2 * stages, line if plain and stages else LEAST_CELLS),
            u=np.zeros(layout.CHUNK),
        )


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
        rooms: list[_Room],
    ) -> None:
        self.plan = plan
        self.packed = packed
        self.seed = seed
        self.first = first
        self.kernel = kernel
        rows = count * plan.count
        self.columns = np.empty((len(layout.COLUMNS), rows), dtype=np.int64)
        self.passages = np.full((8 * len(plan.stages), rows), -1, dtype=np.int64)
        self.moments = np.empty((len(MOMENTS) + len(plan.stages), count), dtype=np.int64)
        self._rooms = rooms
        self._factor = 1

    def one(self, number: int) -> None:
        """Live through one replication."""
        while True:
            room = self._enter_room()
            failed = self.kernel(
                self.packed.p,
                self.packed.f,
                room.s,
                room.z,
                room.j,
                room.h,
                room.w,
                room.x,
                room.v,
                room.u,
                self.seed & 0xFFFFFFFF,
                self.seed >> 32,
                self.first + number,
                number * self.plan.count,
                number,
                self.columns,
                self.passages,
                self.moments,
            )
            if not failed:
                self._rooms.append(room)
                return
            if failed == FEEDBACK:
                raise FeedbackError(
                    f"in replication {self.first + number} a report comes to the servers before the last mail to a recipient"
                    " has; the batch engine does not do such feedback (transport.reports: shared); use --engine agents"
                )
            self._factor = max(self._factor, 4 * room.key[0])
            self.passages[:, number * self.plan.count : (number + 1) * self.plan.count] = -1

    def _enter_room(self) -> _Room:
        """A room that is free and large enough, or a new one."""
        key = _Room.key_of(self.plan, self.packed, self._factor)
        while self._rooms:
            try:
                room = self._rooms.pop()
            except IndexError:  # another thread took it
                break
            if room.key == key:
                return room
        return _Room.of(self.plan, self.packed, key[0])

    def observation(self) -> Observation:
        """The columns, with their names."""
        plan, count = self.plan, self.moments.shape[1]
        numbers = np.arange(self.first, self.first + count, dtype=np.int64)
        groups = np.repeat(
            np.array([group.number for group in plan.groups], dtype=np.int64),
            [group.size for group in plan.groups],
        )
        recipients: dict[str, Column] = {
            "replication": np.repeat(numbers, plan.count),
            "group": np.tile(groups, count),
        }
        recipients |= dict(zip(layout.COLUMNS, self.columns, strict=True))
        replications: dict[str, Column] = {"replication": numbers}
        replications |= dict(zip(MOMENTS, self.moments, strict=False))
        waits, sojourns = {}, {}
        for k, stage in enumerate(plan.stages):
            replications[f"peak_queue:{stage.name}"] = self.moments[len(MOMENTS) + k]
            for kind in range(4):
                waits[k, kind] = self.passages[8 * k + kind]
                sojourns[k, kind] = self.passages[8 * k + 4 + kind]
        return Observation(recipients, replications, waits, sojourns)
