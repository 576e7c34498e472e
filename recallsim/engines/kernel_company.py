"""The kernel's checks of an inbox in which other mail takes its turn (agents/inbox.py, compiled).

A backlog is the list of the other mail that nobody has handled yet, a piece of `s` for each seat (kernel_people_layout.py).
"""

from recallsim.engines.kernel_checks import first_check, next_check, set_step
from recallsim.engines.kernel_layout import (
    B_BACKLOG_ROOM,
    B_BACKLOGS_AT,
    B_FAILED,
    B_HORIZON,
    B_NOW,
    B_SEATS,
    B_WAKES,
    C_DELIVERED,
    CLOCK,
    D_FIRST_GAP,
    D_INBOX,
    D_ORDER,
    D_PER_SESSION,
    D_STATIONARY,
    GONE,
    LOOK,
    OLDEST,
    RANDOM_ORDER,
    REQUEST,
    REQUEST_FIRST,
    S_CHECK,
    S_CHECK_NUMBER,
    S_DEVICE,
    S_MODE,
    S_ON_SCREEN,
    S_PICKS,
    S_PLACE,
    S_WAKES,
    SITS_DOWN,
    WAITS_FOR_CHECK,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import (
    LOG_HEAD,
    LOG_MAIL,
    LOG_NEXT,
    LOG_NUMBER,
    LOG_TAIL,
    MAIL_GAP,
    MAIL_HANDLING,
    MAIL_OPENED,
    OTHER_MAIL,
    PICKS_IN_COMPANY,
)
from recallsim.engines.kernel_person import leave_pane
from recallsim.engines.kernel_sessions import begin_check, chosen, end_check, in_inbox, pick, take, unhandled
from recallsim.engines.kernel_state import copy_of, draw, due, happens_once, seat_at, single_ticks
from transport.streams.laws import sample, to_ticks
from transport.streams.purposes import (
    FIRST_GAP,
    FIRST_GAP_AGE,
    INBOX_HANDLING,
    INBOX_MAIL,
    INBOX_OPEN,
    INBOX_STANDING,
)
from transport.streams.purposes import ORDER as ORDER_DRAW

OTHERS = 3
"""What `choose` gives where it is the turn of the other mail: OTHERS + its place in the backlog."""
WORD = 0xFFFFFFFF


# --- to and from checks -------------------------------------------------------------------------------------


def wake_up(p: Ints, f: Floats, s: Ints) -> None:
    """What has happened woke people: one after the other steps on to the next check that matters."""
    turn = 1
    while turn <= s[B_WAKES]:
        for place in range(s[B_SEATS]):
            if s[seat_at(place) + S_WAKES] == turn:
                s[seat_at(place) + S_WAKES] = 0
                skip(p, f, s, seat_at(place))
        turn += 1
    s[B_WAKES] = 0


def skip(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Step through the checks before now; one that is not over by now goes on when its reader is free."""
    if s[seat + S_MODE] == SITS_DOWN:
        open_backlog(p, f, s, seat)
        s[seat + S_CHECK_NUMBER] = 0
        s[seat + S_CHECK] = first_check(p, f, s, seat, 0)
    not_before = due(s, 0, LOOK)
    while s[seat + S_CHECK] < not_before:
        now, picks = s[seat + S_CHECK], 0
        while not is_over(p, s, seat, picks) and comes(p, f, s, seat, now) > 0:
            ordinal = s[seat + S_CHECK_NUMBER] * PICKS_IN_COMPANY + picks
            now += handle_other(p, f, s, seat, next_other(p, s, seat, ordinal))
            picks += 1
            if now >= not_before:
                begin_check(s, seat, seat, picks)
                if now > s[B_HORIZON]:
                    s[seat + S_MODE] = GONE
                else:
                    set_step(p, s, seat, 0, now)
                return
        s[seat + S_CHECK_NUMBER] += 1
        s[seat + S_CHECK] = next_check(p, f, s, seat, 0, now, s[seat + S_CHECK_NUMBER])
    if s[seat + S_CHECK] > s[B_HORIZON]:
        s[seat + S_MODE] = GONE
        return
    s[seat + S_MODE] = WAITS_FOR_CHECK
    set_step(p, s, seat, 0, s[seat + S_CHECK])


def step_in_company(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """A check begins or goes on: handle ours and the other mail one by one, each chosen anew."""
    if s[seat + S_MODE] == WAITS_FOR_CHECK:
        begin_check(s, seat, seat, 0)
    while not is_over(p, s, seat, s[seat + S_PICKS]):
        ordinal = s[seat + S_CHECK_NUMBER] * PICKS_IN_COMPANY + s[seat + S_PICKS]
        found = choose(p, s, seat, ordinal, comes(p, f, s, seat, s[B_NOW]))
        if found < 0:
            break
        s[seat + S_PICKS] += 1
        if found >= OTHERS:
            ticks = handle_other(p, f, s, seat, found - OTHERS)
        else:
            ticks = take(p, f, s, seat, 0, found)
        if ticks > 0:
            set_step(p, s, seat, 0, s[B_NOW] + ticks)
            return
    end_check(p, f, s, seat, 0)


def is_over(p: Ints, s: Ints, seat: int, picks: int) -> bool:
    """Whether a check is over after so many picks."""
    return picks > 0 and picks == p[s[seat + S_DEVICE] + D_PER_SESSION]


# --- which message is next ----------------------------------------------------------------------------------


def choose(p: Ints, s: Ints, seat: int, ordinal: int, others: int) -> int:
    """The next message, ours (its kind) or another (OTHERS + its place); what lies in the Inbox goes first; -1 for none."""
    if others == 0:
        return pick(p, s, seat, 0, ordinal)
    ours = in_inbox(s, seat, unhandled(p, s, seat, 0))
    if ours == 0:
        return OTHERS + next_other(p, s, seat, ordinal)
    order = p[s[seat + S_DEVICE] + D_ORDER]
    if order == RANDOM_ORDER:
        count = (ours & 1) + (ours >> 1 & 1) + (ours >> 2 & 1)
        place = int(draw(s, ORDER_DRAW, 0, s[seat + S_PLACE], ordinal) * (count + others))
        return chosen(s, ours, order, place) if place < count else OTHERS + place - count
    if order == REQUEST_FIRST and ours >> REQUEST & 1:
        return REQUEST
    kind, log = chosen(s, ours, order, -1), log_of(s, seat)
    delivered = s[copy_of(kind) + C_DELIVERED]
    if order == OLDEST:
        return kind if delivered <= s[log + LOG_MAIL + 2 * s[log + LOG_HEAD]] else OTHERS
    newest = s[log + LOG_MAIL + 2 * (s[log + LOG_TAIL] - 1)]
    return kind if delivered > newest else OTHERS + others - 1


def next_other(p: Ints, s: Ints, seat: int, ordinal: int) -> int:
    """The place of the next of the other mail alone."""
    log, order = log_of(s, seat), p[s[seat + S_DEVICE] + D_ORDER]
    count = s[log + LOG_TAIL] - s[log + LOG_HEAD]
    if order == OLDEST:
        return 0
    if order == RANDOM_ORDER and count > 1:
        return int(draw(s, ORDER_DRAW, 0, s[seat + S_PLACE], ordinal) * count)
    return count - 1


# --- the backlog --------------------------------------------------------------------------------------------


def log_of(s: Ints, seat: int) -> int:
    """Where the backlog of a seat stands."""
    return s[B_BACKLOGS_AT] + s[seat + S_PLACE] * s[B_BACKLOG_ROOM]


def open_backlog(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """What waits at t = 0; a stationary start has not looked at the inbox since the gap under way began."""
    log, device, since = log_of(s, seat), s[seat + S_DEVICE], 0
    if p[device + D_STATIONARY]:
        whole = sample(f, p[device + D_FIRST_GAP], draw(s, FIRST_GAP, 0, s[seat + S_PLACE], 0))
        passed = 1.0 - draw(s, FIRST_GAP_AGE, 0, s[seat + S_PLACE], 0)
        since = -to_ticks(passed * whole, f[CLOCK])
    s[log + LOG_HEAD] = s[log + LOG_TAIL] = number = 0
    tick = -gap_of(p, f, s, seat, INBOX_STANDING, 0)
    while tick >= since and add(s, seat, tick, -(number + 1)):
        number += 1
        tick -= max(gap_of(p, f, s, seat, INBOX_STANDING, number), 1)
    first, last = log + LOG_MAIL, log + LOG_MAIL + 2 * (number - 1)
    while first < last:
        s[first], s[last] = s[last], s[first]
        s[first + 1], s[last + 1] = s[last + 1], s[first + 1]
        first += 2
        last -= 2
    s[log + LOG_NUMBER] = 0
    s[log + LOG_NEXT] = gap_of(p, f, s, seat, INBOX_MAIL, 0)


def gap_of(p: Ints, f: Floats, s: Ints, seat: int, purpose: int, ordinal: int) -> int:
    """The gap before a message of the other mail."""
    law = p[p[s[seat + S_DEVICE] + D_INBOX] + MAIL_GAP]
    return single_ticks(f, s, law, purpose, OTHER_MAIL, s[seat + S_PLACE], ordinal)


def comes(p: Ints, f: Floats, s: Ints, seat: int, tick: int) -> int:
    """Let come what does by a tick; how many wait then."""
    log = log_of(s, seat)
    while s[log + LOG_NEXT] <= tick and add(s, seat, s[log + LOG_NEXT], s[log + LOG_NUMBER]):
        s[log + LOG_NUMBER] += 1
        s[log + LOG_NEXT] += gap_of(p, f, s, seat, INBOX_MAIL, s[log + LOG_NUMBER])
    return s[log + LOG_TAIL] - s[log + LOG_HEAD]


def add(s: Ints, seat: int, tick: int, number: int) -> bool:
    """Let one more wait, if there is room for it."""
    log = log_of(s, seat)
    if LOG_MAIL + 2 * s[log + LOG_TAIL] + 2 > s[B_BACKLOG_ROOM]:
        if s[log + LOG_HEAD] == 0:
            s[B_FAILED] = 1
            return False
        first, count = log + LOG_MAIL, 2 * (s[log + LOG_TAIL] - s[log + LOG_HEAD])
        for cell in range(count):
            s[first + cell] = s[first + 2 * s[log + LOG_HEAD] + cell]
        s[log + LOG_TAIL] -= s[log + LOG_HEAD]
        s[log + LOG_HEAD] = 0
    at = log + LOG_MAIL + 2 * s[log + LOG_TAIL]
    s[at] = tick
    s[at + 1] = number
    s[log + LOG_TAIL] += 1
    return True


def handle_other(p: Ints, f: Floats, s: Ints, seat: int, place: int) -> int:
    """Handle the one at that place: the ticks it takes. Opening it takes the selection from what the pane shows."""
    log, mail = log_of(s, seat), p[s[seat + S_DEVICE] + D_INBOX]
    at = log + LOG_MAIL + 2 * (s[log + LOG_HEAD] + place)
    number = s[at + 1] & WORD
    if place == 0:
        s[log + LOG_HEAD] += 1
    else:
        s[log + LOG_TAIL] -= 1
        for cell in range(at, log + LOG_MAIL + 2 * s[log + LOG_TAIL]):
            s[cell] = s[cell + 2]
    if not happens_once(s, f[p[mail + MAIL_OPENED]], INBOX_OPEN, OTHER_MAIL, s[seat + S_PLACE], number):
        return 0
    if s[seat + S_ON_SCREEN] >= 0:
        leave_pane(p, f, s, seat)
    return single_ticks(f, s, p[mail + MAIL_HANDLING], INBOX_HANDLING, OTHER_MAIL, s[seat + S_PLACE], number)
