"""The kernel's recipient: an event list in miniature, lived through to the horizon.

The next event is the least key (tick, rank); of equal keys the one that comes first in model.md's order: kind of message,
then device, then ordinal.
"""

from recallsim.engines.kernel_checks import next_check, sleep_until_check
from recallsim.engines.kernel_client import arrived, idle_over, sync
from recallsim.engines.kernel_effects import fate, original_arrived, request_arrived
from recallsim.engines.kernel_habits import keep
from recallsim.engines.kernel_idle import begin_idle_anew, may_handle_request
from recallsim.engines.kernel_layout import (
    B_DELIVERS,
    B_FATE,
    B_GROUP,
    B_KEEPS,
    B_KEEPS_AT,
    B_LOST_PLACE,
    B_NOW,
    B_RANK,
    B_SEATS,
    B_SETTLES,
    BY_CHECKS,
    C_DELIVERED,
    C_HERE,
    C_PLACE,
    C_THERE,
    D_HANDLING,
    D_OPEN,
    D_ORDER,
    D_PER_SESSION,
    D_READS,
    DELETE_ON_DELIVERY,
    EARLY,
    EMPTY,
    G_RULES_AT_CLIENT,
    HANDLES,
    INBOX,
    KEEP,
    KINDS,
    LOOK,
    OLDEST,
    ORIGINAL,
    PICKS_A_CHECK,
    PRESENT,
    RANDOM_ORDER,
    REQUEST,
    REQUEST_FIRST,
    S_CHECK,
    S_CHECK_NUMBER,
    S_CHECKING,
    S_COME,
    S_DEVICE,
    S_HANDLED,
    S_IDLE,
    S_MODE,
    S_OPENED,
    S_PICKS,
    S_PLACE,
    S_SYNC,
    S_VISIBLE,
    WAITS_FOR_CHECK,
    WAITS_FOR_MAIL,
    Floats,
    Ints,
)
from recallsim.engines.kernel_person import comes_to, handle, is_curious
from recallsim.engines.kernel_showing import apply_rules, original_is_settled
from recallsim.engines.kernel_state import (
    copy_of,
    draw,
    folder_of,
    happens,
    seat_at,
    set_key,
    ticks_of,
    would_open,
)
from transport.streams.purposes import HANDLING, OPEN
from transport.streams.purposes import ORDER as ORDER_DRAW


def live(p: Ints, f: Floats, s: Ints) -> None:
    """Live through everything that happens to one recipient."""
    while True:
        cell, key = next_event(s)
        entry, tick, order = -1, key >> 4, 0
        for k in range(s[B_KEEPS]):
            at = s[B_KEEPS_AT] + 2 * k
            in_mind = s[at] << 4 | KEEP
            if in_mind < key or (in_mind == key and entry >= 0 and s[at + 1] < order):
                entry, key, tick, order = k, in_mind, s[at], s[at + 1]
        if key == EMPTY:
            return
        s[B_NOW] = tick
        s[B_RANK] = key & 15
        if entry >= 0:
            keep(p, f, s, entry)
        elif cell < B_DELIVERS:
            happens_away(p, f, s, cell)
        elif cell < B_DELIVERS + KINDS:
            deliver(p, f, s, cell - B_DELIVERS)
        else:
            happens_at_seat(p, f, s, cell)


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
    return best, key


def happens_away(p: Ints, f: Floats, s: Ints, cell: int) -> None:
    """The original is certain not to come, or the recall was decided elsewhere."""
    if cell == B_FATE:
        fate(s)
        return
    s[B_SETTLES] = EMPTY
    s[copy_of(ORIGINAL) + C_PLACE] = s[B_LOST_PLACE]
    for place in range(s[B_SEATS]):
        original_is_settled(p, f, s, seat_at(place))


def deliver(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """A message comes into the mailbox, with the rules that servers run (agents/post_office.py)."""
    copy = copy_of(kind)
    s[B_DELIVERS + kind] = EMPTY
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
        step(p, f, s, seat)
    else:
        comes_to(p, f, s, seat, which - S_COME)


# --- one check ----------------------------------------------------------------------------------------------


def step(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """A check begins, or goes on after a message was handled: handle what is unread, then sleep to the next check."""
    s[seat + S_COME] = EMPTY
    device, place = s[seat + S_DEVICE], s[seat + S_PLACE]
    if s[seat + S_MODE] == WAITS_FOR_CHECK:
        s[seat + S_CHECKING] = 1
        s[seat + S_IDLE] = EMPTY
        s[seat + S_HANDLED] = s[seat + S_OPENED] = s[seat + S_PICKS] = 0
    elif s[seat + S_PICKS] == p[device + D_PER_SESSION]:
        end_check(p, f, s, seat)
        return
    s[seat + S_MODE] = HANDLES
    number = s[seat + S_CHECK_NUMBER]
    while True:
        kind = pick(p, s, seat, number * PICKS_A_CHECK + s[seat + S_PICKS])
        if kind < 0:
            break
        s[seat + S_PICKS] += 1
        s[seat + S_HANDLED] |= 1 << kind
        if happens(s, f[p[device + D_OPEN + kind]], OPEN, kind, place, number):
            if kind == REQUEST and not s[seat + S_OPENED] >> ORIGINAL & 1 and is_curious(p, f, s, seat):
                s[seat + S_HANDLED] = s[seat + S_HANDLED] & ~(1 << REQUEST) | 1 << ORIGINAL
                kind = ORIGINAL
            s[seat + S_OPENED] |= 1 << kind
            handle(p, f, s, seat, kind)
            ticks = ticks_of(f, s, p[device + D_HANDLING], HANDLING, kind, place, number)
            if ticks > 0:
                set_key(s, seat + S_COME, s[B_NOW] + ticks, LOOK)
                return
        if s[seat + S_PICKS] == p[device + D_PER_SESSION]:
            break
    end_check(p, f, s, seat)


def end_check(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Nobody handles mail here any more: the idle wait begins anew, and the person sleeps."""
    s[seat + S_CHECKING] = 0
    begin_idle_anew(p, f, s, seat)
    number = s[seat + S_CHECK_NUMBER] + 1
    s[seat + S_CHECK_NUMBER] = number
    s[seat + S_CHECK] = next_check(p, f, s, seat, s[B_NOW], number)
    s[seat + S_MODE] = WAITS_FOR_MAIL
    for kind in range(KINDS):
        if could_handle(p, s, seat, kind):
            sleep_until_check(p, f, s, seat, s[B_NOW])
            return


def could_handle(p: Ints, s: Ints, seat: int, kind: int) -> bool:
    """Whether a check could handle the message: unread, visible; a request that waits is passed over."""
    if s[copy_of(kind) + C_THERE] == 0 or not s[seat + S_VISIBLE] >> kind & 1:
        return False
    if kind == REQUEST and not may_handle_request(p, s, seat):
        return False
    return would_open(p, s, seat, kind)


def pick(p: Ints, s: Ints, seat: int, ordinal: int) -> int:
    """The kind of the next message, not yet handled in this check: of the Inbox first, then in the person's order."""
    found, in_inbox, inbox, count = 0, 0, 0, 0
    for kind in range(KINDS):
        if not s[seat + S_HANDLED] >> kind & 1 and could_handle(p, s, seat, kind):
            found |= 1 << kind
            count += 1
            if folder_of(s, seat, kind) == INBOX:
                in_inbox |= 1 << kind
                inbox += 1
    if inbox:
        found, count = in_inbox, inbox
    if count == 0:
        return -1
    order = p[s[seat + S_DEVICE] + D_ORDER]
    if count > 1 and order == REQUEST_FIRST and found >> REQUEST & 1:
        return REQUEST
    wanted = -1
    if count > 1 and order == RANDOM_ORDER:
        wanted = int(draw(s, ORDER_DRAW, 0, s[seat + S_PLACE], ordinal) * count)
    chosen = -1
    for kind in range(KINDS):
        if not found >> kind & 1:
            continue
        if wanted >= 0:
            if wanted == 0:
                return kind
            wanted -= 1
        elif chosen < 0:
            chosen = kind
        elif order == OLDEST:
            if s[copy_of(kind) + C_DELIVERED] < s[copy_of(chosen) + C_DELIVERED]:
                chosen = kind
        elif s[copy_of(kind) + C_DELIVERED] >= s[copy_of(chosen) + C_DELIVERED]:
            chosen = kind
    return chosen
