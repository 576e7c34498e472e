"""The kernel's afterthoughts: a message is marked unread, moved, deleted (agents/habits.py, compiled)."""

from recallsim.engines.kernel_client import settle_elsewhere
from recallsim.engines.kernel_idle import begin_idle_anew
from recallsim.engines.kernel_layout import (
    B_GROUP,
    B_KEEPS,
    B_KEEPS_AT,
    B_NOW,
    B_REMOVED,
    B_SEATS,
    B_STATUS,
    C_FETCHED,
    C_FOLDER,
    C_HERE,
    C_MARKED,
    C_PLACE,
    C_READ,
    C_SPENT,
    DELETED_ITEMS,
    G_FLAG_SETS_NOTHING_OFF,
    G_HABITS,
    H_FOLDER,
    H_HARD,
    H_WIDTH,
    HABIT_SHIFT,
    ORIGINAL,
    PANE,
    PENDING,
    REMOVED_BY_PERSON,
    REQUEST,
    S_FLAGS,
    S_MARKS,
    S_VISIBLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_person import meet, shown_long_enough, unplan
from recallsim.engines.kernel_state import copy_of, is_public, is_read, seat_at


def keep(p: Ints, f: Floats, s: Ints, entry: int) -> None:
    """Do what stands in that entry of the list, and strike it out."""
    first = s[B_KEEPS_AT]
    order = s[first + 2 * entry + 1]
    s[B_KEEPS] -= 1
    last = first + 2 * s[B_KEEPS]
    s[first + 2 * entry] = s[last]
    s[first + 2 * entry + 1] = s[last + 1]
    kind, seat, code = order >> 32, seat_at(order >> 16 & 0xFFFF), (order & 0xFFFF) >> HABIT_SHIFT
    if code == PANE:
        shown_long_enough(p, s, seat, kind)
    elif code == 1:
        mark_unread(p, f, s, seat, kind)
    elif code == 2:
        move(p, f, s, kind)
    else:
        delete(p, f, s, kind)


def mark_unread(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """R4.3; once the recall is over, a flag that sets nothing else off may stay as it is."""
    copy, public = copy_of(kind), is_public(p, s)
    over = s[B_STATUS] != PENDING and p[s[B_GROUP] + G_FLAG_SETS_NOTHING_OFF] != 0
    if s[copy + C_HERE] == 0 or over or not is_read(p, s, seat, kind):
        return
    s[seat + S_MARKS + kind] += 1
    unplan(p, s, seat, kind)
    if not public:
        s[copy + C_READ] = 0
        s[copy + C_MARKED] += 1
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if other == seat or not public:
            s[other + S_FLAGS] &= ~(1 << kind)
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if (other == seat or not public) and s[other + S_VISIBLE] >> kind & 1:
            meet(p, f, s, other, kind)
            if kind == REQUEST:
                begin_idle_anew(p, f, s, other)


def move(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """The message goes to the folder that the person moves such mail to."""
    copy = copy_of(kind)
    if s[copy + C_HERE] == 0 or s[copy + C_SPENT] != 0:
        return
    s[copy + C_FOLDER] = p[p[s[B_GROUP] + G_HABITS] + H_WIDTH + H_FOLDER]
    if kind == REQUEST:
        for place in range(s[B_SEATS]):
            begin_idle_anew(p, f, s, seat_at(place))


def delete(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """The message goes to Deleted Items, or for good."""
    copy = copy_of(kind)
    if s[copy + C_HERE] == 0 or s[copy + C_SPENT] != 0:
        return
    if not p[p[s[B_GROUP] + G_HABITS] + 2 * H_WIDTH + H_HARD]:
        s[copy + C_FOLDER] = DELETED_ITEMS
        return
    s[copy + C_HERE] = 0
    s[copy + C_PLACE] = REMOVED_BY_PERSON
    if kind == ORIGINAL:
        s[B_REMOVED] = s[B_NOW]
    if s[copy + C_FETCHED] == 0:
        settle_elsewhere(p, f, s, kind)
