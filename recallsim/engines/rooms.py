"""What the kernel works in and what it fills: arrays whose sizes follow from a plan."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from agents.records import Plan
from recallsim.engines import kernel_layout as layout
from recallsim.engines.kernel_ends import may_come_to, row_of_ends
from recallsim.engines.kernel_people_layout import HABIT_CELLS
from recallsim.engines.kernel_plan import Packed, first_greylist
from recallsim.engines.kernel_servers_layout import J_WIDTH, LEAST_CELLS, Y_LINES, Y_WIDTH, Z_STAGES
from recallsim.engines.machine_code import Kernel
from recallsim.engines.observation import Column, Observation
from transport.errors import ConservationError
from transport.streams.philox import paired

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ORDERED_AT_ONCE: Final = 1 << 22
"""So many recipients are put in order at once; more, part by part."""
MOST_COLUMNS: Final = 2
MOMENTS: Final = ("released", "noticed", "asked", "replaced")


@dataclass(slots=True)
class Room:
    """What one thread works in; grows when the kernel says that there is too little."""

    key: tuple[bytes, int]
    s: Ints
    z: Ints
    j: Ints
    h: Ints
    w: Ints
    x: Ints
    v: Ints
    y: Ints
    u: Floats

    @staticmethod
    def key_of(plan: Plan, packed: Packed, factor: int) -> tuple[bytes, int]:
        """What the size of a room follows from."""
        return (packed.p.tobytes(), factor)

    @staticmethod
    def of(plan: Plan, packed: Packed, factor: int, each: int = 2) -> "Room":
        """Room for a replication of a plan, with so many cells for a recipient in the rows of its services."""
        plain, quick, singles = (
            int(packed.p[cell]) for cell in (layout.PLAIN, layout.TAIL, layout.SINGLE_JOBS)
        )
        stages = len(plan.stages)
        quick = quick <= stages
        jobs = 1 if plain else singles + 64 * factor
        if not plain:
            batches = (plan.count // max(stage.batch, 1) for stage in plan.stages if stage.grain == 1)
            jobs += 3 * sum(1 + each + _divisions(plan) for each in batches)
        lists = sum(stage.greylist is not None for stage in plan.stages)
        again = factor * plan.count // 8  # attempts to come in the tail
        few = quick and any(stage.workers for stage in plan.stages)
        line = min(plan.count + 1, ORDERED_AT_ONCE)
        if plan.reports_shared or stages > 1 or factor > 1:
            line = 4 * (plan.count + 1)
        if quick and not plain:
            few, line = True, 3 * (plan.count + 1) + min(factor, 4) * (plan.count + 64)
        line = max(line if few else 0, LEAST_CELLS, *(stage.workers for stage in plan.stages), 0)

        return Room(
            key=Room.key_of(plan, packed, factor),
            s=_cells(_people(packed, factor)),
            z=_cells(Z_STAGES + stages * Y_WIDTH),
            j=_cells(jobs * J_WIDTH),
            h=_cells(4 * (jobs + 64 * factor + (again if quick else 0))),
            w=_cells(first_greylist(plan) + lists, layout.CHUNK if plain else plan.count + 1),
            x=_cells(max(4 * jobs, 3 * layout.CHUNK)),
            v=_cells(row_of_ends(packed.p.tolist(), stages, 0) if plain else 1, each * (plan.count + 1)),
            y=_cells(Y_LINES + 2 * stages, line),
            u=np.zeros(2 * layout.CHUNK),
        )

    def for_people(self, packed: Packed, factor: int) -> Self:
        """A room of its own for one part of the recipients, once the servers have done their work in this one."""
        return replace(
            self,
            s=_cells(_people(packed, factor)),
            z=self.z.copy(),
            w=np.zeros_like(self.w),
            x=np.zeros_like(self.x),
            u=np.zeros_like(self.u),
        )


def _divisions(plan: Plan) -> int:
    """Into how many parts lists divide a message, at most."""
    return sum(1 + 2 * len(each.spans) for each in plan.lists)


def _cells(*shape: int) -> Ints:
    return np.zeros(shape, dtype=np.int64)


def _people(packed: Packed, factor: int) -> int:
    """How many cells a recipient needs."""
    seats, folders, more = (int(packed.p[cell]) for cell in (layout.SEATS, layout.FOLDER_CLOCKS, layout.ROOM))
    return layout.SEAT + seats * (layout.S_WIDTH + folders * HABIT_CELLS) + more * factor


@dataclass(frozen=True, slots=True)
class Columns:
    """What the kernel fills, a row a column; what it leaves alone is not looked at.

    Attributes:
        ticks, codes: of the recipients.
        passages: eight rows a stage, waits by kind and sojourns by kind.
        used: which of those rows are filled.
    """

    ticks: Ints
    codes: NDArray[np.int8]
    passages: Ints
    used: tuple[int, ...]

    @staticmethod
    def of(plan: Plan, packed: Packed, rows: int) -> "Columns":
        """Room for so many recipients."""
        p = packed.p.tolist()
        return Columns(
            np.empty((len(layout.TICK_COLUMNS), rows), dtype=np.int64),
            np.empty((len(layout.CODE_COLUMNS), rows), dtype=np.int8),
            np.empty((8 * len(plan.stages), rows), dtype=np.int64),
            tuple(
                8 * k + kind + half
                for k in range(len(plan.stages))
                for kind in range(layout.KINDS + 1)
                for half in (0, 4)
                if may_come_to(p, k, kind)
            ),
        )

    @staticmethod
    def again(kept: "list[Columns]", plan: Plan, packed: Packed, rows: int) -> "Columns":
        """Columns that a run before has left and that nobody looks at any more, if there are some that fit; else new ones.

        To wait for the pages of new memory took a tenth of the first replications of 100,000 in a process, nothing later,
        when the process keeps what was given back.
        """
        new, still = Columns.of(plan, packed, rows), []
        while True:
            try:
                one = kept.pop()
            except IndexError:  # or another thread took it
                break
            if one.is_free and one.used == new.used and one.passages.shape == new.passages.shape:
                new = one
                break
            still.append(one)
        kept += [one for one in still if not one.is_free]
        return new

    @property
    def is_free(self) -> bool:
        """Whether nobody has a view of any of them: each would hold the array."""
        held = 3  # by this record, by the tuple here, and by the call
        return max(map(sys.getrefcount, (self.ticks, self.codes, self.passages))) <= held

    def leave(self, kept: "list[Columns]") -> None:
        """Leave them for another run, two at most; the methods of a list let no other thread in between."""
        kept.append(self)
        if len(kept) > MOST_COLUMNS:
            with suppress(IndexError):
                kept.pop(0)

    def observation(
        self, plan: Plan, seed: int, numbers: Ints, moments: Ints, first: int, last: int
    ) -> Observation:
        """The recipients `first` to `last` of those replications."""
        count, size = len(numbers), last + 1 - first
        ends = np.cumsum([group.size for group in plan.groups])
        groups = np.array([group.number for group in plan.groups], dtype=np.int64)[
            np.searchsorted(ends, np.arange(first - 1, last), side="right")
        ]
        recipients: dict[str, Column] = {
            "replication": np.repeat(numbers, size),
            "group": np.tile(groups, count),
        }
        recipients |= dict(zip(layout.TICK_COLUMNS, self.ticks, strict=True))
        recipients |= dict(zip(layout.CODE_COLUMNS, self.codes, strict=True))
        replications: dict[str, Column] = {"replication": numbers}
        replications |= dict(zip(MOMENTS, moments, strict=False))
        waits, sojourns = {}, {}
        never = np.broadcast_to(np.int64(-1), count * size)
        for k, stage in enumerate(plan.stages):
            replications[f"peak_queue:{stage.name}"] = moments[len(MOMENTS) + k]
            for kind in range(layout.KINDS + 1):
                row = 8 * k + kind
                there = row in self.used
                waits[k, kind] = self.passages[row] if there else never
                sojourns[k, kind] = self.passages[row + 4] if there else never
        return Observation(recipients, replications, waits, sojourns, seed)


def address_of(plan: Plan, replication: int) -> int:
    """What stands for a replication in the address of its draws."""
    return paired(replication) if plan.antithetic else replication


_NUMBERS: Final = 9
"""Arguments of the kernel that are numbers; they stand between the room and the columns."""

Entrance = Callable[[int, int, int, tuple[int, int], tuple[int, int]], int]
"""The kernel with a room and columns: of seed, replication's address, part, recipients (first, last), place (row, column).
A copy in two places, or in none, raises a `ConservationError`."""


def entrance(
    kernel: Callable[..., Any], packed: Packed, room: Room, columns: Columns, moments: Ints
) -> Entrance:
    """The entrance of the kernel (kernel.replicate) from one room, for one thread at a time."""
    f = packed.f.copy() if packed.keeps_paces else packed.f
    before = (packed.p, f, room.s, room.z, room.j, room.h, room.w, room.x, room.v, room.y, room.u)
    behind, cells = (columns.ticks, columns.codes, columns.passages, moments), len(room.s)

    if isinstance(kernel, Kernel):
        call = kernel.among(before, _NUMBERS, behind)
    else:

        def call(*numbers: int) -> int:
            return int(kernel(*before, *numbers, *behind))

    def enter(
        seed: int, replication: int, part: int, recipients: tuple[int, int], place: tuple[int, int]
    ) -> int:
        if packed.keeps_paces:
            f[:] = packed.f
        answer = call(cells, seed & 0xFFFFFFFF, seed >> 32, replication, part, *recipients, *place)
        if answer == layout.UNBALANCED:
            number = int(moments[0, place[1]])
            raise ConservationError(f"a copy to recipient {number} was lost or made")
        return answer

    return enter
