"""The kernel's lists: parts of a message, and what waits for moderators (relay/lists.py, agents/moderator.py, compiled)."""

from typing import Final

from recallsim.engines.kernel_heap import push
from recallsim.engines.kernel_jobs import order_in, time_at
from recallsim.engines.kernel_layout import (
    COUNT,
    L_APPROVE,
    L_EXPIRES,
    L_KINDS,
    L_MODERATORS,
    L_READS,
    L_WIDTH,
    LISTS,
    N_FIRST,
    N_LAST,
    N_LIST,
    N_WIDTH,
    PART_COUNT,
    PARTS,
    REJECTED,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_link import keep_from
from recallsim.engines.kernel_obstacles import MOST_TICKS
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    APPROVE,
    BY_MODERATOR,
    DECIDE,
    EVENT_SHIFT,
    EXPIRE,
    W_MARKS,
    Z_LEFT,
    Z_NOW,
)
from transport.streams.purposes import APPROVAL, MODERATOR_READS

LOOKS: Final = 250
"""The sub-rank of a moderator's look: after all that servers do at that tick."""


def list_at(p: Ints, number: int) -> int:
    """Where the plan of a list stands."""
    return p[LISTS] + number * L_WIDTH


def is_held(p: Ints, number: int, kind: int) -> bool:
    """Whether a kind of message to that list, -1 for none, waits for a moderator."""
    return number >= 0 and p[list_at(p, number) + L_KINDS] >> kind & 1 != 0


def is_undivided(p: Ints, first: int, last: int) -> bool:
    """Whether these recipients are those of a whole message, or of a whole part of one."""
    if p[PART_COUNT] == 0:
        return first == 1 and last == p[COUNT]
    for part in range(p[PARTS], p[PARTS] + p[PART_COUNT] * N_WIDTH, N_WIDTH):
        if p[part + N_FIRST] == first:
            return p[part + N_LAST] == last
    return False


def ask_moderators(p: Ints, f: Floats, z: Ints, h: Ints, number: int, kind: int, k: int) -> None:
    """A message waits before stage `k`: find out who decides when, and whether that is in time."""
    each = list_at(p, number)
    decided, law = MOST_TICKS, p[each + L_READS + kind]
    for moderator in range(p[each + L_MODERATORS]):
        decided = min(decided, time_at(f, z, law, MODERATOR_READS, kind, number, WHOLE, moderator))
    z[Z_LEFT] += 1
    subject, what = number << 2 | kind, DECIDE
    if decided > p[each + L_EXPIRES + kind]:
        decided, what = p[each + L_EXPIRES + kind], EXPIRE
    push(p, z, h, z[Z_NOW] + decided, order_in(z, LOOKS, 0, 0, subject), subject, what << EVENT_SHIFT | k)


def decide_list(p: Ints, f: Floats, z: Ints, h: Ints, w: Table, subject: int, k: int) -> None:
    """A moderator has read a message: it goes on from stage `k` on the next tick, or is refused."""
    number, kind = subject >> 2, subject & 3
    share = f[p[list_at(p, number) + L_APPROVE + kind]]
    passes = share >= 1.0 or (share > 0.0 and draw_at(z, APPROVAL, kind, number, WHOLE, 0) < share)
    if passes:
        push(p, z, h, z[Z_NOW] + 1, order_in(z, 1, 1, 0, subject), subject, APPROVE << EVENT_SHIFT | k)
    else:
        return_list(p, z, w, subject, REJECTED)


def return_list(p: Ints, z: Ints, w: Table, subject: int, place: int) -> None:
    """A message to a list goes back to the sender."""
    number, kind = subject >> 2, subject & 3
    z[Z_LEFT] -= 1
    for part in range(p[PARTS], p[PARTS] + p[PART_COUNT] * N_WIDTH, N_WIDTH):
        if p[part + N_LIST] != number:
            continue
        first, last = p[part + N_FIRST], p[part + N_LAST]
        keep_from(z, w, kind, first, last, place)
        for recipient in range(first, last + 1):
            w[W_MARKS, recipient] |= BY_MODERATOR << kind
