"""The kernel's client, second half: what is delivered becomes visible, and rules run (agents/client.py, compiled)."""

from recallsim.engines.kernel_effects import process
from recallsim.engines.kernel_idle import (
    has_changes,
    would_take,
)
from recallsim.engines.kernel_layout import (
    B_HELD,
    B_HELD_AT,
    B_SEATS,
    C_FETCHED,
    C_HERE,
    C_PLACE,
    C_SPENT,
    C_THERE,
    D_SHOWS_AT_ONCE,
    D_SYNC,
    EMPTY,
    FETCH,
    FETCHED,
    HELD_MARK,
    HELD_MOVE,
    KINDS,
    S_DELETED,
    S_DEVICE,
    S_FOLDER,
    S_IDLE,
    S_LAGS,
    S_PLACE,
    S_SYNC,
    S_SYNC_AT,
    S_UNFLAGS,
    S_VISIBLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_mailbox import (
    delete_copy,
    mark_copy_unread,
    move_copy,
    removed,
)
from recallsim.engines.kernel_showing import is_live, look_anew, show
from recallsim.engines.kernel_state import copy_of, seat_at


def arrived(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The mailbox has something new: show it now, or with the next sync."""
    if p[s[seat + S_DEVICE] + D_SHOWS_AT_ONCE] or is_live(p, f, s, seat):
        show(p, f, s, seat, kind)
    else:
        has_changes(p, f, s, seat)


def sync(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """One event: hand in this device's flags, fetch what is new, show it."""
    s[seat + S_SYNC] = EMPTY
    s[seat + S_SYNC_AT] = -1
    if s[seat + S_LAGS] and s[B_HELD]:
        hand_in(p, f, s, seat)
    if p[s[seat + S_DEVICE] + D_SYNC] != FETCH:
        look_anew(p, f, s, seat)
        return
    for kind in range(KINDS):
        copy = copy_of(kind)
        gone = s[copy + C_HERE] == 0 or s[copy + C_FETCHED] != 0
        if s[copy + C_THERE] and not gone and not s[seat + S_VISIBLE] >> kind & 1:
            fetch(p, f, s, seat, kind)
            show(p, f, s, seat, kind)


def fetch(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """POP: the copy leaves the server for good; other devices lose it (R6.3)."""
    copy = copy_of(kind)
    s[copy + C_FETCHED] = 1
    if s[copy + C_SPENT] == 0:  # a notice is no copy of a message that was sent
        s[copy + C_PLACE] = FETCHED
    removed(p, f, s, kind)
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if other != seat and not s[other + S_LAGS]:
            s[other + S_VISIBLE] &= ~(1 << kind)


def hand_in(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """What was done here since the last sync is done at the mailbox now, to copies that are still there."""
    place, first = s[seat + S_PLACE], s[B_HELD_AT]
    s[seat + S_UNFLAGS] = s[seat + S_DELETED] = 0
    for kind in range(KINDS):
        s[seat + S_FOLDER + kind] = -1
    entry = 0
    while entry < s[B_HELD]:
        held = s[first + entry]
        if held >> 40 != place:
            entry += 1
            continue
        s[B_HELD] -= 1
        for later in range(entry, s[B_HELD]):
            s[first + later] = s[first + later + 1]
        act, kind = held >> 32 & 255, held >> 24 & 255
        if s[copy_of(kind) + C_HERE] == 0 or s[copy_of(kind) + C_FETCHED] != 0:
            continue
        if act == HELD_MOVE:
            move_copy(p, f, s, kind, held & 0xFFFFFF, seat)
        elif act == HELD_MARK:
            mark_copy_unread(p, f, s, kind, seat)
        else:
            delete_copy(p, f, s, kind)


def idle_over(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """The idle worker comes round."""
    s[seat + S_IDLE] = EMPTY
    if would_take(p, s, seat):
        process(p, f, s, seat)
