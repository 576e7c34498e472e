"""One replication of very many recipients, part by part: the servers first, then recipients, who are independent then.

Nothing is kept of a part but what its reader makes of it. Of all recipients at once only the ends of service in stages with
few workers stand in memory, eight bytes for each stage and kind of mail, and the order in which they queue.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final, TypeVar

import numpy as np

from agents.records import Plan
from recallsim.engines.kernel_layout import PEOPLE, SERVERS, UNDECIDED
from recallsim.engines.kernel_plan import Packed, is_plain, pack
from recallsim.engines.observation import Observation
from recallsim.engines.rooms import MOMENTS, Columns, Room, address_of, entrance

T = TypeVar("T")

LARGE: Final = 2_000_000
"""A replication of more recipients comes in parts, where it can."""
SIZE: Final = 1 << 18
"""Recipients of a part: a multiple of eight, so that their bits can be put together."""

Reader = Callable[[Observation, Plan], T]


def comes_in_parts(plan: Plan) -> bool:
    """Whether a plan is so large that it is better done in parts, and can be: stages that only queue, reports apart."""
    return plan.count > LARGE and is_plain(plan) and not plan.reports_shared and not plan.weighted


def parts(
    plan: Plan,
    seed: int,
    replication: int,
    read: Reader[T],
    *,
    threads: int,
    kernel: Callable[..., Any],
    size: int = SIZE,
) -> Iterator[T]:
    """What `read` makes of each part of one replication, in the order of the recipients.

    Args:
        plan: what is simulated.
        seed: from 0 to 2^64-1.
        replication: which.
        read: is given the observation of a part, and the plan as it would be with these recipients alone; it is called on
            the threads.
        threads: how many parts at once.
        kernel: compiled, or `kernel.replicate`.
        size: recipients of a part, a multiple of eight.
    """
    packed = pack(plan)
    moments = np.empty((len(MOMENTS) + len(plan.stages), 1), dtype=np.int64)
    address = address_of(plan, replication)
    room = _served(plan, packed, seed, address, kernel, moments)
    numbers = np.array([replication], dtype=np.int64)

    def one(first: int) -> T:
        last = min(first + size - 1, plan.count)
        columns, factor = Columns.of(plan, packed, last + 1 - first), 1
        while True:
            own = room.for_people(packed, factor)
            enter = entrance(kernel, packed, own, columns, moments)
            failed = enter(seed, address, PEOPLE, (first, last), (0, 0))
            if failed == UNDECIDED:
                raise ValueError(
                    f"in replication {replication} two copies to one recipient were lost at one tick; which went first the"
                    " batch engine does not tell part by part; use a finer clock, or --engine agents"
                )
            if not failed:
                seen = columns.observation(plan, seed, numbers, moments, first, last)
                return read(seen, part_of(plan, first, last))
            factor *= 4

    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[T]] = deque()
        for first in range(1, plan.count + 1, size):
            if len(under_way) > threads:
                yield under_way.popleft().result()
            under_way.append(pool.submit(one, first))
        while under_way:
            yield under_way.popleft().result()


def _served(
    plan: Plan, packed: Packed, seed: int, address: int, kernel: Callable[..., Any], moments: Any
) -> Room:
    """The room in which the servers have done their work."""
    nothing, factor = Columns.of(plan, packed, 0), 1
    while True:
        room = Room.of(plan, packed, factor, each=1)
        enter = entrance(kernel, packed, room, nothing, moments)
        if not enter(seed, address, SERVERS, (1, 0), (0, 0)):
            return replace(room, y=room.y[:, :1].copy())  # the lists are not needed any more
        factor *= 4


def part_of(plan: Plan, first: int, last: int) -> Plan:
    """The plan of some of the recipients: every group, with as many of them as it has there."""
    groups = []
    for group in plan.groups:
        low, high = max(group.first, first), min(group.first + group.size - 1, last)
        groups.append(replace(group, first=low, size=max(high + 1 - low, 0)))
    return replace(plan, groups=tuple(groups), count=last + 1 - first)
