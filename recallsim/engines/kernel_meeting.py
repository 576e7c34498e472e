"""The kernel's person, first half: meets mail, and plans what follows (agents/person.py and habits.py, compiled)."""

from recallsim.engines.kernel_checks import wake
from recallsim.engines.kernel_layout import (
    B_GROUP,
    B_NOW,
    B_OFFSET,
    BY_CHECKS,
    BY_DELAY,
    BY_HAZARD,
    C_FOLDER,
    C_READ,
    C_SPENT,
    D_BY_HAND,
    D_DELAY,
    D_HOURS,
    D_HOURS_SIZE,
    D_INSIDE,
    D_OUTSIDE,
    D_PREVIEW,
    D_PREVIEW_KINDS,
    D_READS,
    EMPTY,
    G_HABITS,
    G_MAILBOX,
    G_NEVER,
    G_ON_ARRIVAL,
    H_AFTER,
    H_KINDS,
    H_ON_ARRIVAL,
    H_REPEAT,
    H_SHARE,
    H_WIDTH,
    HABIT_SHIFT,
    KEEP,
    LOOK,
    PROCESS,
    READS_NEVER,
    REQUEST,
    S_AGAIN,
    S_COME,
    S_DEVICE,
    S_MARKS,
    S_PLACE,
    S_PLANNED,
    S_WHO,
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
from transport.streams.purposes import HAZARD, MARK_AFTER, MARK_SHARE, PREVIEW, READ_DELAY
from transport.streams.purposes import NEVER as NEVER_OPENS
from transport.timing import NEVER, advance, hazard_tick


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
    rank = LOOK
    if kind == REQUEST and p[device + D_BY_HAND] and p[device + D_READS] == BY_DELAY:
        shown = p[device + D_PREVIEW_KINDS] >> REQUEST & 1
        glances = shown and happens(s, f[p[device + D_PREVIEW]], PREVIEW, 0, s[seat + S_PLACE], 0)
        rank = LOOK if glances else PROCESS
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
    if not happens(s, f[p[habit + H_SHARE]], share, 0, who, 0):
        return
    ticks = ticks_of(f, s, p[habit + H_AFTER], after, kind, who, again)
    if ticks < NEVER:
        order = kind << 32 | s[seat + S_PLACE] << 16 | code << HABIT_SHIFT | again & 0xFFF
        keep_in_mind(s, due(s, ticks, KEEP), order)


def unplan(s: Ints, seat: int, kind: int) -> None:
    """A message marked unread is new mail again to that reader: what it sets off may be set off anew."""
    s[seat_at(s[seat + S_WHO]) + S_PLANNED + kind] = 0
