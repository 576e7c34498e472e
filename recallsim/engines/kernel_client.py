"""The kernel's client, second half: what is delivered becomes visible, and rules run (agents/client.py, compiled)."""

from recallsim.engines.kernel_effects import process
from recallsim.engines.kernel_idle import (
    begin_idle,
    has_changes,
    may_handle_request,
    next_online,
    would_take,
)
from recallsim.engines.kernel_layout import (
    B_GROUP,
    B_HELD,
    B_HELD_AT,
    B_NOW,
    B_SEATS,
    C_FETCHED,
    C_FOLDER,
    C_HERE,
    C_PLACE,
    C_READ,
    C_SPENT,
    C_THERE,
    D_IDLES,
    D_SHOWS_AT_ONCE,
    D_SYNC,
    D_WAITS,
    EMPTY,
    FETCH,
    FETCHED,
    G_RULES,
    G_RULES_AT_CLIENT,
    HELD_MARK,
    HELD_MOVE,
    KINDS,
    ORIGINAL,
    PUSH,
    R_FOLDER,
    R_MARK_READ,
    R_NUMBER,
    R_SHARE,
    R_STOP,
    R_WIDTH,
    REQUEST,
    S_DELETED,
    S_DEVICE,
    S_FLAGS,
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
    original_is_settled,
    removed,
)
from recallsim.engines.kernel_meeting import meet
from recallsim.engines.kernel_state import copy_of, happens, is_public, seat_at
from transport.streams.purposes import RULE


def apply_rules(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """Run the rules that this recipient has on a message that has just come (agents/rules.py)."""
    group, copy, moved = s[B_GROUP], copy_of(kind), False
    rule = p[group + G_RULES + kind]
    for _ in range(p[group + G_RULES + KINDS + kind]):
        if happens(s, f[p[rule + R_SHARE]], RULE, 0, p[rule + R_NUMBER], 0):
            if p[rule + R_FOLDER] >= 0 and not moved:
                s[copy + C_FOLDER] = p[rule + R_FOLDER]
                moved = True
            if p[rule + R_MARK_READ]:
                s[copy + C_READ] = 1
            if p[rule + R_STOP]:
                return
        rule += R_WIDTH


def arrived(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The mailbox has something new: show it now, or with the next sync."""
    device = s[seat + S_DEVICE]
    if p[device + D_SHOWS_AT_ONCE] or (
        p[device + D_SYNC] == PUSH and next_online(p, s, device, s[B_NOW]) == s[B_NOW]
    ):
        show(p, f, s, seat, kind)
    else:
        has_changes(p, s, seat)


def show(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The device has it: rules of the client run, then its person may act on it."""
    device = s[seat + S_DEVICE]
    s[seat + S_VISIBLE] |= 1 << kind
    if p[s[B_GROUP] + G_RULES_AT_CLIENT] and s[seat + S_PLACE] == 0:
        apply_rules(p, f, s, kind)
    if kind == REQUEST:
        if p[device + D_WAITS] and not s[seat + S_VISIBLE] & 1 and not may_handle_request(p, s, seat):
            return
        if p[device + D_IDLES]:
            begin_idle(p, f, s, seat)
    meet(p, f, s, seat, kind)
    if kind == ORIGINAL and s[copy_of(REQUEST) + C_THERE]:
        original_is_settled(p, f, s, seat)


def sync(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """One event: hand in this device's flags, fetch what is new, show it."""
    s[seat + S_SYNC] = EMPTY
    s[seat + S_SYNC_AT] = -1
    fetches = p[s[seat + S_DEVICE] + D_SYNC] == FETCH
    if s[seat + S_LAGS] and s[B_HELD]:
        hand_in(p, f, s, seat)
    if not fetches and not is_public(p, s):
        for kind in range(KINDS):
            there = s[copy_of(kind) + C_HERE] != 0 and s[copy_of(kind) + C_FETCHED] == 0
            if there and s[seat + S_FLAGS] >> kind & 1:
                s[copy_of(kind) + C_READ] = 1
    for kind in range(KINDS):
        copy = copy_of(kind)
        gone = s[copy + C_HERE] == 0 or s[copy + C_FETCHED] != 0
        if s[copy + C_THERE] and gone and s[seat + S_LAGS]:
            s[seat + S_VISIBLE] &= ~(1 << kind)
        if s[copy + C_THERE] == 0 or gone or s[seat + S_VISIBLE] >> kind & 1:
            continue
        if fetches:
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
