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
    B_NOW,
    B_SEATS,
    C_FETCHED,
    C_FOLDER,
    C_HERE,
    C_PLACE,
    C_READ,
    C_THERE,
    D_IDLES,
    D_KEEPS_EARLY,
    D_SHOWS_AT_ONCE,
    D_SYNC,
    D_WAITS,
    EMPTY,
    FETCH,
    FETCHED,
    G_RULES,
    G_RULES_AT_CLIENT,
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
    S_DEVICE,
    S_FLAGS,
    S_IDLE,
    S_PLACE,
    S_SYNC,
    S_SYNC_AT,
    S_VISIBLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_person import meet
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
    if not fetches and not is_public(p, s):
        for kind in range(KINDS):
            if s[copy_of(kind) + C_THERE] and s[seat + S_FLAGS] >> kind & 1:
                s[copy_of(kind) + C_READ] = 1
    for kind in range(KINDS):
        copy = copy_of(kind)
        if s[copy + C_THERE] == 0 or s[copy + C_HERE] == 0 or s[copy + C_FETCHED] != 0:
            continue
        if s[seat + S_VISIBLE] >> kind & 1:
            continue
        if fetches:
            fetch(p, f, s, seat, kind)
        show(p, f, s, seat, kind)


def fetch(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """POP: the copy leaves the server for good; other devices lose it (R6.3)."""
    copy = copy_of(kind)
    s[copy + C_FETCHED] = 1
    s[copy + C_PLACE] = FETCHED
    settle_elsewhere(p, f, s, kind)
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if other != seat:
            s[other + S_VISIBLE] &= ~(1 << kind)


def settle_elsewhere(p: Ints, f: Floats, s: Ints, kind: int) -> None:
    """The original left the mailbox at one seat: at those that never showed it, the request waits no longer (R7.1)."""
    if kind != ORIGINAL:
        return
    for place in range(s[B_SEATS]):
        other = seat_at(place)
        if not s[other + S_VISIBLE] >> ORIGINAL & 1:
            original_is_settled(p, f, s, other)


def original_is_settled(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """The original came, or is certain not to come: a request that waited for it is left alone no longer."""
    device = s[seat + S_DEVICE]
    if s[copy_of(REQUEST) + C_THERE] == 0 or not s[seat + S_VISIBLE] >> REQUEST & 1:
        return
    if not p[device + D_WAITS] and not p[device + D_KEEPS_EARLY]:
        return
    if p[device + D_IDLES]:
        begin_idle(p, f, s, seat)
    if p[device + D_WAITS]:
        meet(p, f, s, seat, REQUEST)


def idle_over(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """The idle worker comes round."""
    s[seat + S_IDLE] = EMPTY
    if would_take(s, seat):
        process(p, f, s, seat)
