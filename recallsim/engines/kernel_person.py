"""The kernel's person: meets mail, opens or previews it, and plans what follows (agents/person.py, compiled)."""

from recallsim.engines.kernel_checks import wake
from recallsim.engines.kernel_effects import process, see
from recallsim.engines.kernel_idle import has_changes
from recallsim.engines.kernel_layout import (
    AFTER,
    B_AWARE,
    B_GROUP,
    B_NOW,
    B_OFFSET,
    B_PEOPLE,
    B_REPLACEMENT_SEEN,
    B_SEATS,
    BY_CHECKS,
    BY_HAZARD,
    C_FOLDER,
    C_READ,
    C_SPENT,
    C_THERE,
    D_BY_HAND,
    D_DELAY,
    D_HANDS_IN,
    D_HOURS,
    D_HOURS_SIZE,
    D_INSIDE,
    D_LEVEL,
    D_MARKS,
    D_MARKS_AFTER,
    D_OUTSIDE,
    D_PREVIEW,
    D_PREVIEW_KINDS,
    D_READS,
    D_SETS_FLAG,
    EMPTY,
    G_CURIOSITY,
    G_HABITS,
    G_MAILBOX,
    G_NEVER,
    G_ON_ARRIVAL,
    G_ON_OPENING,
    H_AFTER,
    H_KINDS,
    H_ON_ARRIVAL,
    H_REPEAT,
    H_SHARE,
    H_WIDTH,
    HABIT_SHIFT,
    KEEP,
    LOOK,
    ON_LEAVE,
    ORIGINAL,
    PANE,
    PROCESS,
    PUBLIC,
    READS_NEVER,
    REQUEST,
    S_AGAIN,
    S_COME,
    S_DEVICE,
    S_FLAGS,
    S_MARKS,
    S_ON_SCREEN,
    S_PLACE,
    S_PLANNED,
    S_SAW,
    S_SHOWN_AT,
    S_SHOWS,
    S_VISIBLE,
    S_WHO,
    SHOWN,
    USER,
    WEEK,
    Floats,
    Ints,
)
from recallsim.engines.kernel_state import (
    copy_of,
    draw,
    due,
    happens,
    keep_in_mind,
    marks_of,
    seat_at,
    set_key,
    ticks_of,
    would_open,
)
from transport.streams.purposes import CURIOSITY, HAZARD, MARK_AFTER, MARK_SHARE, PREVIEW, READ_DELAY
from transport.streams.purposes import NEVER as NEVER_OPENS
from transport.timing import NEVER, advance, hazard_tick

# --- meeting mail -------------------------------------------------------------------------------------------


def meet(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """A message has become visible here, or unread again: sooner or later the person comes to it."""
    group, device, copy = s[B_GROUP], s[seat + S_DEVICE], copy_of(kind)
    again = marks_of(p, s, seat, kind)
    if p[group + G_ON_ARRIVAL] and again == 0:
        plan_habits(p, f, s, seat, kind, 1)
    if p[device + D_READS] == READS_NEVER:
        return
    if (s[copy + C_FOLDER] != 0 or s[copy + C_READ] != 0) and not would_open(p, s, seat, kind):
        return
    if happens(s, f[p[group + G_NEVER]], NEVER_OPENS, 0, s[seat + S_WHO], 0):
        return
    if p[device + D_READS] == BY_CHECKS:
        wake(p, f, s, seat)
        return
    rank = PROCESS if kind == REQUEST and p[device + D_BY_HAND] else LOOK
    tick = opening_tick(p, f, s, seat, kind, again)
    s[seat + S_COME + kind] = EMPTY
    if tick >= NEVER:
        return
    if tick == s[B_NOW]:
        tick = due(s, 0, rank)
    s[seat + S_AGAIN + kind] = again
    set_key(s, seat + S_COME + kind, tick, rank)


def opening_tick(p: Ints, f: Floats, s: Ints, seat: int, kind: int, again: int) -> int:
    """The tick at which the person comes to a message, by delay or by hazard."""
    device, now, place = s[seat + S_DEVICE], s[B_NOW], s[seat + S_PLACE]
    hours, size, offset = p[device + D_HOURS], p[device + D_HOURS_SIZE], s[B_OFFSET]
    if p[device + D_READS] == BY_HAZARD:
        u = draw(s, HAZARD, kind, place, again)
        inside, outside = f[p[device + D_INSIDE]], f[p[device + D_OUTSIDE]]
        tick = hazard_tick(p, hours, size, p[WEEK], now + offset, inside, outside, u)
        return tick - offset if tick < NEVER else NEVER
    ticks = ticks_of(f, s, p[device + D_DELAY + kind], READ_DELAY, kind, place, again)
    if size == 0:
        return now + ticks
    return advance(p, hours, size, p[WEEK], now + offset, ticks) - offset


def comes_to(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The person comes to a message, unless it was marked unread since and has a fresh delay."""
    s[seat + S_COME + kind] = EMPTY
    if marks_of(p, s, seat, kind) != s[seat + S_AGAIN + kind]:
        return
    if not s[seat + S_VISIBLE] >> kind & 1 or not would_open(p, s, seat, kind):
        return
    if kind == REQUEST and is_curious(p, f, s, seat):
        handle(p, f, s, seat, ORIGINAL)
    handle(p, f, s, seat, kind)


# --- handling one message -----------------------------------------------------------------------------------


def is_curious(p: Ints, f: Floats, s: Ints, seat: int) -> bool:
    """Whether the person, about to open the request, opens the unread original first."""
    share = f[p[s[B_GROUP] + G_CURIOSITY]]
    original, request = copy_of(ORIGINAL), copy_of(REQUEST)
    if share <= 0.0 or s[original + C_THERE] == 0 or s[request + C_THERE] == 0 or s[request + C_SPENT] != 0:
        return False
    if not s[seat + S_VISIBLE] >> ORIGINAL & 1 or not would_open(p, s, seat, ORIGINAL):
        return False
    return happens(s, share, CURIOSITY, 0, s[seat + S_WHO], 0)


def handle(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """Open a message, or show it in the reading pane: what is seen, flagged and decided falls now."""
    group, device, now = s[B_GROUP], s[seat + S_DEVICE], s[B_NOW]
    if s[seat + S_ON_SCREEN] >= 0:
        leave_pane(p, s, seat)
    previews = False
    if p[device + D_PREVIEW_KINDS] >> kind & 1:
        previews = happens(s, f[p[device + D_PREVIEW]], PREVIEW, 0, s[seat + S_PLACE], 0)
    if previews:
        preview(p, s, seat, kind)
    if kind == REQUEST:
        if s[B_AWARE] < 0:
            s[B_AWARE] = now
        if p[device + D_BY_HAND] and not previews and s[copy_of(REQUEST) + C_SPENT] == 0:
            process(p, f, s, seat)
    elif kind == ORIGINAL:
        see(s, SHOWN if previews else p[device + D_LEVEL])
        count_person(s, seat)
    elif s[B_REPLACEMENT_SEEN] < 0:
        s[B_REPLACEMENT_SEEN] = now
    if not previews:
        mark_read(p, s, seat, kind)
    if p[group + G_ON_OPENING]:
        plan_habits(p, f, s, seat, kind, 0)


def count_person(s: Ints, seat: int) -> None:
    """Count the person at this seat among those who saw the original, once."""
    if s[seat + S_SAW]:
        return
    s[seat + S_SAW] = 1
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if other != seat and s[other + S_SAW] and s[other + S_WHO] == s[seat + S_WHO]:
            return
    s[B_PEOPLE] += 1


# --- the flag -----------------------------------------------------------------------------------------------


def mark_read(p: Ints, s: Ints, seat: int, kind: int) -> None:
    """Set the flag here; the mailbox has it with the next sync of this device, from a POP device never."""
    device = s[seat + S_DEVICE]
    s[seat + S_FLAGS] |= 1 << kind
    if p[device + D_SETS_FLAG]:
        s[copy_of(kind) + C_READ] = 1
    elif p[device + D_HANDS_IN]:
        has_changes(p, s, seat)


def preview(p: Ints, s: Ints, seat: int, kind: int) -> None:
    """Show a message in the pane."""
    device = s[seat + S_DEVICE]
    s[seat + S_ON_SCREEN] = kind
    s[seat + S_SHOWN_AT] = s[B_NOW]
    s[seat + S_SHOWS] += 1
    if p[device + D_MARKS] == AFTER:
        tick = due(s, p[device + D_MARKS_AFTER], KEEP)
        ordinal = PANE << HABIT_SHIFT | s[seat + S_SHOWS] & 0xFFF
        keep_in_mind(s, tick, kind << 32 | s[seat + S_PLACE] << 16 | ordinal)


def shown_long_enough(p: Ints, s: Ints, seat: int, kind: int) -> None:
    """The pane has shown a message for a while; if it still does, the flag is set."""
    enough = s[B_NOW] - s[seat + S_SHOWN_AT] >= p[s[seat + S_DEVICE] + D_MARKS_AFTER]
    if s[seat + S_ON_SCREEN] == kind and enough:
        mark_read(p, s, seat, kind)


def leave_pane(p: Ints, s: Ints, seat: int) -> None:
    """The selection moves on: with `on_leave` this is when the pane sets the flag."""
    kind = s[seat + S_ON_SCREEN]
    s[seat + S_ON_SCREEN] = -1
    if p[s[seat + S_DEVICE] + D_MARKS] == ON_LEAVE:
        mark_read(p, s, seat, kind)


# --- what follows (agents/habits.py) ------------------------------------------------------------------------


def plan_habits(p: Ints, f: Floats, s: Ints, seat: int, kind: int, on_arrival: int) -> None:
    """Set off what a person does some time after meeting a message (`on_arrival`: 1), or after opening it (0)."""
    habit = p[s[B_GROUP] + G_HABITS]
    for code in range(1, 4):
        if p[habit + H_SHARE] >= 0 and p[habit + H_ON_ARRIVAL] == on_arrival:
            plan_habit(p, f, s, seat, kind, habit, code)
        habit += H_WIDTH


def plan_habit(p: Ints, f: Floats, s: Ints, seat: int, kind: int, habit: int, code: int) -> None:
    """Set one habit off; shown or opened again before it is marked unread, a message sets off nothing twice."""
    who, once = s[seat + S_WHO], 1 << code
    planned = seat_at(who) + S_PLANNED + kind
    if s[copy_of(kind) + C_SPENT] != 0 or not p[habit + H_KINDS] >> kind & 1 or s[planned] & once:
        return
    s[planned] |= once
    again = marks_of(p, s, seat, kind)
    done = again if p[s[B_GROUP] + G_MAILBOX] == USER else s[seat + S_MARKS + kind]
    if 0 <= p[habit + H_REPEAT] <= done:
        return
    # The purposes of the three habits follow one another: share and time of marking, moving, deleting.
    share, after = MARK_SHARE + 2 * (code - 1), MARK_AFTER + 2 * (code - 1)
    if not happens(s, f[p[habit + H_SHARE]], share, kind, who, 0):
        return
    ticks = ticks_of(f, s, p[habit + H_AFTER], after, kind, who, again)
    if ticks < NEVER:
        order = kind << 32 | s[seat + S_PLACE] << 16 | code << HABIT_SHIFT | again & 0xFFF
        keep_in_mind(s, due(s, ticks, KEEP), order)


def unplan(p: Ints, s: Ints, seat: int, kind: int) -> None:
    """A message marked unread is new mail again: what it sets off may be set off anew."""
    if p[s[B_GROUP] + G_MAILBOX] == PUBLIC:
        s[seat_at(s[seat + S_WHO]) + S_PLANNED + kind] = 0
        return
    for place in range(s[B_SEATS]):
        s[seat_at(place) + S_PLANNED + kind] = 0
