"""The kernel's person, first half: meets mail, and plans what follows (agents/person.py and habits.py, compiled)."""

from recallsim.engines.kernel_attentive import meets_otherwise
from recallsim.engines.kernel_checks import wake
from recallsim.engines.kernel_folders import never_opens, opening_tick, rank_of_opening
from recallsim.engines.kernel_layout import (
    B_GROUP,
    B_NOW,
    BY_CHECKS,
    C_FOLDER,
    C_READ,
    C_SPENT,
    D_ATTENTIVE,
    D_READS,
    EMPTY,
    FORWARDS,
    G_HABIT_COUNT,
    G_HABITS,
    G_MAILBOX,
    G_ON_ARRIVAL,
    H_AFTER,
    H_KINDS,
    H_ON_ARRIVAL,
    H_PURPOSE,
    H_REPEAT,
    H_SHARE,
    H_WIDTH,
    HABIT_SHIFT,
    KEEP,
    OPENING,
    READS_NEVER,
    S_AGAIN,
    S_COME,
    S_DEVICE,
    S_MARKS,
    S_PLACE,
    S_PLANNED,
    S_WHO,
    USER,
    Floats,
    Ints,
)
from recallsim.engines.kernel_state import (
    copy_of,
    due,
    happens,
    happens_once,
    in_mind,
    keep_in_mind,
    marks_of,
    seat_at,
    set_key,
    single_ticks,
    ticks_of,
    would_open,
)
from transport.timing import NEVER


def meet(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """A message has become visible here, or unread again: sooner or later the person comes to it."""
    group, device, copy = s[B_GROUP], s[seat + S_DEVICE], copy_of(kind)
    again = marks_of(p, s, seat, kind)
    if p[group + G_ON_ARRIVAL] and again == 0:
        plan_habits(p, f, s, seat, kind, 1)
    if p[device + D_ATTENTIVE] and meets_otherwise(p, f, s, seat, kind, again):
        return
    if p[device + D_READS] == READS_NEVER:
        return
    if (s[copy + C_FOLDER] != 0 or s[copy + C_READ] != 0) and not would_open(p, s, seat, kind):
        return
    if never_opens(p, f, s, seat):
        return
    if p[device + D_READS] == BY_CHECKS:
        wake(p, f, s, seat)
        return
    rank = rank_of_opening(p, f, s, seat, kind)
    tick = opening_tick(p, f, s, seat, kind, again, 0)
    is_coming = s[seat + S_COME + kind] != EMPTY and s[seat + S_AGAIN + kind] == again
    if tick < NEVER and tick == s[B_NOW]:
        tick = due(s, 0, rank)
    if not is_coming:
        s[seat + S_AGAIN + kind] = again
        set_key(s, seat + S_COME + kind, tick, rank)
    elif tick < NEVER:
        place = s[seat + S_PLACE]
        order, what = kind << 32 | place << 16 | again & 0x7FFF, in_mind(OPENING, kind, place) | again << 40
        keep_in_mind(s, tick, rank, order, what)


# --- what follows (agents/habits.py) ------------------------------------------------------------------------


def plan_habits(p: Ints, f: Floats, s: Ints, seat: int, kind: int, on_arrival: int) -> None:
    """Set off what a person does some time after meeting a message (`on_arrival`: 1), or after opening it (0)."""
    habit = p[s[B_GROUP] + G_HABITS]
    for code in range(1, p[s[B_GROUP] + G_HABIT_COUNT] + 1):
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
    share, after = p[habit + H_PURPOSE], p[habit + H_PURPOSE] + 1
    if code >= FORWARDS:
        if not happens_once(s, f[p[habit + H_SHARE]], share, 0, who, 0):
            return
        ticks = single_ticks(f, s, p[habit + H_AFTER], after, kind, who, again)
    else:
        if not happens(s, f[p[habit + H_SHARE]], share, 0, who, 0):
            return
        ticks = ticks_of(f, s, p[habit + H_AFTER], after, kind, who, again)
    if ticks < NEVER:
        place = s[seat + S_PLACE]
        order = kind << 32 | place << 16 | code << HABIT_SHIFT | again & 0xFFF
        keep_in_mind(s, due(s, ticks, KEEP), KEEP, order, in_mind(code, kind, place))


def unplan(s: Ints, seat: int, kind: int) -> None:
    """A message marked unread is new mail again to that reader: what it sets off may be set off anew."""
    s[seat_at(s[seat + S_WHO]) + S_PLANNED + kind] = 0
