"""The kernel's recipient: an event list in miniature, lived through to the horizon.

The next event is the least key (tick, rank); of equal keys the one that comes first in model.md's order: kind of message,
then device, then ordinal.
"""

from recallsim.engines.kernel_client import arrived, idle_over, sync
from recallsim.engines.kernel_company import step_in_company, wake_up
from recallsim.engines.kernel_effects import fate, original_arrived, request_arrived
from recallsim.engines.kernel_habits import keep
from recallsim.engines.kernel_layout import (
    B_AGENT,
    B_DELIVERS,
    B_FATE,
    B_GROUP,
    B_KEEPS,
    B_KEEPS_AT,
    B_LOST_PLACE,
    B_NOW,
    B_PURGE,
    B_RANK,
    B_SEATS,
    B_SETTLES,
    B_WAKES,
    BY_CHECKS,
    C_DELIVERED,
    C_HERE,
    C_PLACE,
    C_THERE,
    D_CLOCKS,
    D_INBOX,
    D_READS,
    DELETE_ON_DELIVERY,
    EARLY,
    EMPTY,
    FOLDER_CHECK,
    FOLDER_OPENING,
    G_AT_SERVER,
    G_RULES_AT_CLIENT,
    G_WATCHED,
    KEEP,
    KEPT_CELLS,
    KINDS,
    LOOK,
    ORIGINAL,
    PANE,
    PRESENT,
    REQUEST,
    S_AGAIN,
    S_COME,
    S_DEVICE,
    S_IDLE,
    S_SYNC,
    SEAT,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import CLOCK_WIDTH
from recallsim.engines.kernel_person import comes_in_folder, comes_to
from recallsim.engines.kernel_removal import take_request, visit
from recallsim.engines.kernel_sessions import step
from recallsim.engines.kernel_showing import apply_rules, original_is_settled
from recallsim.engines.kernel_state import (
    copy_of,
    marks_of,
    seat_at,
)


def live(p: Ints, f: Floats, s: Ints) -> None:
    """Live through everything that happens to one recipient."""
    while True:
        cell, key = next_event(s)
        entry, order = -1, 0
        for k in range(s[B_KEEPS]):
            at = s[B_KEEPS_AT] + KEPT_CELLS * k
            if s[at] > key:
                continue
            if s[at] == key:
                if entry < 0:
                    order = order_of(p, s, cell)
                if s[at + 1] >= order:
                    continue
            entry, key, order = k, s[at], s[at + 1]
        if key == EMPTY:
            return
        s[B_NOW] = key >> 4
        s[B_RANK] = key & 15
        if entry >= 0:
            comes_to_mind(p, f, s, entry)
        elif cell < B_DELIVERS:
            happens_away(p, f, s, cell)
        elif cell < B_DELIVERS + KINDS:
            deliver(p, f, s, cell - B_DELIVERS)
        elif cell < SEAT:
            visit(p, f, s, cell)
        else:
            happens_at_seat(p, f, s, cell)
        if s[B_WAKES]:
            wake_up(p, f, s)


def next_event(s: Ints) -> tuple[int, int]:
    """The cell with the least key, and the key; of equal ones the first in the order in which they are looked at."""
    best, key = -1, EMPTY
    for cell in range(B_SETTLES, B_DELIVERS + KINDS):
        if s[cell] < key:
            best, key = cell, s[cell]
    for place in range(s[B_SEATS]):
        seat = seat_at(place)
        if s[seat + S_SYNC] < key:
            best, key = seat + S_SYNC, s[seat + S_SYNC]
    for kind in range(KINDS):
        for place in range(s[B_SEATS]):
            cell = seat_at(place) + S_COME + kind
            if s[cell] < key:
                best, key = cell, s[cell]
            if kind == REQUEST:
                cell = seat_at(place) + S_IDLE
                if s[cell] < key:
                    best, key = cell, s[cell]
    for cell in range(B_AGENT, B_PURGE + 1):
        if s[cell] < key:
            best, key = cell, s[cell]
    return best, key


def order_of(p: Ints, s: Ints, cell: int) -> int:
    """Where within its tick and rank an event of a seat stands, by what is kept in mind.

    Recall agent and administrator come after it, any other event before.
    """
    if cell in (B_AGENT, B_PURGE):
        return EMPTY
    if cell < seat_at(0):
        return -1
    place = (cell - seat_at(0)) // (seat_at(1) - seat_at(0))
    seat = seat_at(place)
    which = cell - seat
    if which == S_SYNC:
        return -1
    if which == S_IDLE:
        return REQUEST << 32 | place << 16 | 0x8000
    if p[s[seat + S_DEVICE] + D_READS] == BY_CHECKS:
        return place << 16
    kind = which - S_COME
    return kind << 32 | place << 16 | s[seat + S_AGAIN + kind] & 0x7FFF


def happens_away(p: Ints, f: Floats, s: Ints, cell: int) -> None:
    """The original is certain not to come, or the recall was decided elsewhere."""
    if cell == B_FATE:
        fate(p, f, s)
        return
    s[B_SETTLES] = EMPTY
    if s[B_RANK] == KEEP:
        s[B_RANK] = LOOK  # a moderator looked, after everybody else
    s[copy_of(ORIGINAL) + C_PLACE] = s[B_LOST_PLACE]
    for place in range(s[B_SEATS]):
        original_is_settled(p, f, s, seat_at(place))


def deliver(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """A message comes into the mailbox, with the rules that servers run (agents/post_office.py)."""
    copy = copy_of(kind)
    s[B_DELIVERS + kind] = EMPTY
    if kind == REQUEST and p[s[B_GROUP] + G_WATCHED] and is_taken(p, s):
        take_request(p, f, s)
        return
    s[copy + C_THERE] = 1
    s[copy + C_HERE] = 1
    s[copy + C_DELIVERED] = s[B_NOW]
    if not p[s[B_GROUP] + G_RULES_AT_CLIENT]:
        apply_rules(p, f, s, kind)
    s[copy + C_PLACE] = PRESENT
    if kind == REQUEST:
        request_arrived(p, f, s)
    elif kind == ORIGINAL and p[EARLY] == DELETE_ON_DELIVERY:
        original_arrived(p, f, s)
    if s[copy + C_HERE]:
        for place in range(s[B_SEATS]):
            arrived(p, f, s, seat_at(place), kind)


def is_taken(p: Ints, s: Ints) -> bool:
    """Whether a request that comes now is never shown: the recall agent takes it, or a notice is there (S2, S13)."""
    return p[s[B_GROUP] + G_AT_SERVER] != 0 or s[copy_of(REQUEST) + C_THERE] != 0


def comes_to_mind(p: Ints, f: Floats, s: Ints, entry: int) -> None:
    """What stands in that entry of the list happens, and is struck out."""
    at = s[B_KEEPS_AT] + KEPT_CELLS * entry
    what = s[at + 2]
    s[B_KEEPS] -= 1
    last = s[B_KEEPS_AT] + KEPT_CELLS * s[B_KEEPS]
    for k in range(KEPT_CELLS):
        s[at + k] = s[last + k]
    code, kind, seat = what & 255, what >> 8 & 255, seat_at(what >> 16 & 0xFFFF)
    if code <= PANE:
        keep(p, f, s, code, seat, kind)
        return
    again, clock = what >> 40, p[s[seat + S_DEVICE] + D_CLOCKS] + (what >> 32 & 255) * CLOCK_WIDTH
    if code == FOLDER_CHECK:
        step(p, f, s, seat, clock)
    elif marks_of(p, s, seat, kind) == again:
        comes_in_folder(p, f, s, seat, kind, clock if code == FOLDER_OPENING else 0)


def happens_at_seat(p: Ints, f: Floats, s: Ints, cell: int) -> None:
    """A sync, an opening, a step of a check, or the idle worker."""
    place = (cell - seat_at(0)) // (seat_at(1) - seat_at(0))
    seat = seat_at(place)
    which = cell - seat
    if which == S_SYNC:
        sync(p, f, s, seat)
    elif which == S_IDLE:
        idle_over(p, f, s, seat)
    elif p[s[seat + S_DEVICE] + D_READS] == BY_CHECKS:
        s[cell] = EMPTY
        if p[s[seat + S_DEVICE] + D_INBOX]:
            step_in_company(p, f, s, seat)
        else:
            step(p, f, s, seat, 0)
    else:
        comes_to(p, f, s, seat, which - S_COME)
