"""The kernel's checks: what is handled in one, message by message (agents/sessions.py, compiled)."""

from recallsim.engines.kernel_checks import (
    clock_of,
    habit_of,
    next_check,
    place_of,
    set_step,
    sleep_until_check,
)
from recallsim.engines.kernel_idle import begin_idle_anew, may_handle_request
from recallsim.engines.kernel_layout import (
    B_NOW,
    C_DELIVERED,
    C_THERE,
    D_CLOCK_COUNT,
    D_HANDLING,
    D_OPEN,
    D_ORDER,
    D_PER_SESSION,
    EMPTY,
    HANDLES,
    INBOX,
    KINDS,
    OLDEST,
    ORIGINAL,
    PICKS_A_CHECK,
    RANDOM_ORDER,
    REQUEST,
    REQUEST_FIRST,
    S_CHECK,
    S_CHECK_NUMBER,
    S_CHECKING,
    S_DEVICE,
    S_HANDLED,
    S_IDLE,
    S_MODE,
    S_OPENED,
    S_PICKS,
    S_VISIBLE,
    WAITS_FOR_CHECK,
    WAITS_FOR_MAIL,
    Floats,
    Ints,
)
from recallsim.engines.kernel_person import handle, is_curious
from recallsim.engines.kernel_state import copy_of, draw, folder_of, happens, ticks_of, would_open
from transport.streams.purposes import HANDLING, OPEN
from transport.streams.purposes import ORDER as ORDER_DRAW


def step(p: Ints, f: Floats, s: Ints, seat: int, clock: int) -> None:
    """A check begins, or goes on after a message was handled: handle what is unread, then sleep to the next check."""
    habit, most = habit_of(p, s, seat, clock), p[s[seat + S_DEVICE] + D_PER_SESSION]
    if s[habit + S_MODE] == WAITS_FOR_CHECK:
        begin_check(s, seat, habit, 0)
    elif s[habit + S_PICKS] == most:
        end_check(p, f, s, seat, clock)
        return
    while True:
        ordinal = s[habit + S_CHECK_NUMBER] * PICKS_A_CHECK + s[habit + S_PICKS]
        kind = pick(p, s, seat, clock, ordinal)
        if kind < 0:
            break
        s[habit + S_PICKS] += 1
        ticks = take(p, f, s, seat, clock, kind)
        if ticks > 0:
            set_step(p, s, seat, clock, s[B_NOW] + ticks)
            return
        if s[habit + S_PICKS] == most:
            break
    end_check(p, f, s, seat, clock)


def begin_check(s: Ints, seat: int, habit: int, picks: int) -> None:
    """Somebody handles mail here, and has made so many picks: the idle worker waits."""
    s[seat + S_CHECKING] += 1
    s[seat + S_IDLE] = EMPTY
    s[habit + S_HANDLED] = s[habit + S_OPENED] = 0
    s[habit + S_PICKS] = picks
    s[habit + S_MODE] = HANDLES


def take(p: Ints, f: Floats, s: Ints, seat: int, clock: int, kind: int) -> int:
    """Open a message or leave it: the ticks that takes."""
    habit, device, place = habit_of(p, s, seat, clock), s[seat + S_DEVICE], place_of(p, s, seat, clock)
    number = s[habit + S_CHECK_NUMBER]
    s[habit + S_HANDLED] |= 1 << kind
    if not happens(s, f[p[device + D_OPEN + kind]], OPEN, kind, place, number):
        return 0
    if kind == REQUEST and not s[habit + S_OPENED] >> ORIGINAL & 1 and is_curious(p, f, s, seat):
        s[habit + S_HANDLED] = s[habit + S_HANDLED] & ~(1 << REQUEST) | 1 << ORIGINAL
        kind = ORIGINAL
    s[habit + S_OPENED] |= 1 << kind
    handle(p, f, s, seat, kind)
    return ticks_of(f, s, p[device + D_HANDLING], HANDLING, kind, place, number)


def end_check(p: Ints, f: Floats, s: Ints, seat: int, clock: int) -> None:
    """Nobody handles mail here any more: the idle wait begins anew, and the person sleeps."""
    habit = habit_of(p, s, seat, clock)
    s[seat + S_CHECKING] -= 1
    begin_idle_anew(p, f, s, seat)
    number = s[habit + S_CHECK_NUMBER] + 1
    s[habit + S_CHECK_NUMBER] = number
    s[habit + S_CHECK] = next_check(p, f, s, seat, clock, s[B_NOW], number)
    s[habit + S_MODE] = WAITS_FOR_MAIL
    for kind in range(KINDS):
        if could_handle(p, s, seat, clock, kind):
            sleep_until_check(p, f, s, seat, habit, clock, s[B_NOW])
            return


# --- which message is next ----------------------------------------------------------------------------------


def could_handle(p: Ints, s: Ints, seat: int, clock: int, kind: int) -> bool:
    """Whether a check could handle the message: unread, visible; a request that waits is passed over."""
    if s[copy_of(kind) + C_THERE] == 0 or not s[seat + S_VISIBLE] >> kind & 1:
        return False
    if kind == REQUEST and not may_handle_request(p, s, seat):
        return False
    if p[s[seat + S_DEVICE] + D_CLOCK_COUNT] and clock_of(p, s, seat, kind) != clock:
        return False
    return would_open(p, s, seat, kind)


def pick(p: Ints, s: Ints, seat: int, clock: int, ordinal: int) -> int:
    """The kind of the next message, not yet handled in this check: of the Inbox first, then in the person's order."""
    found = unhandled(p, s, seat, clock)
    inbox = in_inbox(s, seat, found)
    if inbox:
        found = inbox
    count = (found & 1) + (found >> 1 & 1) + (found >> 2 & 1)
    if count == 0:
        return -1
    order, wanted = p[s[seat + S_DEVICE] + D_ORDER], -1
    if count > 1 and order == REQUEST_FIRST and found >> REQUEST & 1:
        return REQUEST
    if count > 1 and order == RANDOM_ORDER:
        wanted = int(draw(s, ORDER_DRAW, 0, place_of(p, s, seat, clock), ordinal) * count)
    return chosen(s, found, order, wanted)


def unhandled(p: Ints, s: Ints, seat: int, clock: int) -> int:
    """Bit set of what this check could still handle."""
    handled, found = s[habit_of(p, s, seat, clock) + S_HANDLED], 0
    for kind in range(KINDS):
        if not handled >> kind & 1 and could_handle(p, s, seat, clock, kind):
            found |= 1 << kind
    return found


def in_inbox(s: Ints, seat: int, kinds: int) -> int:
    """Those of them that lie in the Inbox."""
    found = 0
    for kind in range(KINDS):
        if kinds >> kind & 1 and folder_of(s, seat, kind) == INBOX:
            found |= 1 << kind
    return found


def chosen(s: Ints, kinds: int, order: int, wanted: int) -> int:
    """The oldest or the newest of some kinds, or the one at place `wanted` if that is not below 0."""
    best = -1
    for kind in range(KINDS):
        if not kinds >> kind & 1:
            continue
        if wanted >= 0:
            if wanted == 0:
                return kind
            wanted -= 1
        elif best < 0:
            best = kind
        elif order == OLDEST:
            if s[copy_of(kind) + C_DELIVERED] < s[copy_of(best) + C_DELIVERED]:
                best = kind
        elif s[copy_of(kind) + C_DELIVERED] >= s[copy_of(best) + C_DELIVERED]:
            best = kind
    return best
