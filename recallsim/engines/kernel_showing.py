"""The kernel's device: it shows what is delivered, and no longer what has left the mailbox (agents/client.py, compiled)."""

from recallsim.engines.kernel_folders import finds_moved
from recallsim.engines.kernel_forwarding import send_on
from recallsim.engines.kernel_idle import begin_idle, begin_idle_anew, has_changes, may_handle_request
from recallsim.engines.kernel_layout import (
    B_GROUP,
    B_NOW,
    B_SEATS,
    C_FETCHED,
    C_FOLDER,
    C_HERE,
    C_READ,
    C_THERE,
    D_IDLES,
    D_KEEPS_EARLY,
    D_SYNC,
    D_WAITS,
    G_HAS_CLOCKS,
    G_RULES,
    G_RULES_AT_CLIENT,
    KINDS,
    ORIGINAL,
    PUSH,
    R_FOLDER,
    R_FORWARD,
    R_MARK_READ,
    R_NUMBER,
    R_SHARE,
    R_STOP,
    R_WIDTH,
    REQUEST,
    S_DEVICE,
    S_FLAGS,
    S_LAGS,
    S_PLACE,
    S_SYNC_AT,
    S_VISIBLE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_meeting import meet
from recallsim.engines.kernel_presence import next_online
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
            if p[rule + R_FORWARD] and kind == ORIGINAL:
                send_on(p, f, s, p[rule + R_FORWARD])
            if p[rule + R_STOP]:
                return
        rule += R_WIDTH


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


def moved(p: Ints, f: Floats, s: Ints, kind: int, before: int, by: int) -> None:
    """A copy has come from the folder `before` to where it is now; all but the seat `by` learn of it."""
    goes = p[s[B_GROUP] + G_HAS_CLOCKS] and s[copy_of(kind) + C_FOLDER] != before
    if kind != REQUEST and not goes:
        return
    for place in range(s[B_SEATS]):
        seat = seat_at(place)
        if seat == by:
            continue
        if goes and s[seat + S_VISIBLE] >> kind & 1:
            finds_moved(p, f, s, seat, kind)
        if kind == REQUEST:
            begin_idle_anew(p, f, s, seat)


def show(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The device has it: rules of the client run, then its person may act on it."""
    device = s[seat + S_DEVICE]
    s[seat + S_VISIBLE] |= 1 << kind
    if p[s[B_GROUP] + G_RULES_AT_CLIENT] and s[seat + S_PLACE] == 0:
        before = s[copy_of(kind) + C_FOLDER]
        apply_rules(p, f, s, kind)
        if p[s[B_GROUP] + G_HAS_CLOCKS] and s[copy_of(kind) + C_FOLDER] != before:
            moved(p, f, s, kind, before, seat)
    if kind == REQUEST:
        if p[device + D_WAITS] and not s[seat + S_VISIBLE] & 1 and not may_handle_request(p, s, seat):
            return
        if p[device + D_IDLES]:
            begin_idle(p, f, s, seat)
    meet(p, f, s, seat, kind)
    if kind == ORIGINAL and s[copy_of(REQUEST) + C_THERE]:
        original_is_settled(p, f, s, seat)


def look_anew(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """Bring mailbox and device into line, but for what was done here to messages: flags, what is gone, what is new."""
    if not is_public(p, s):
        for kind in range(KINDS):
            there = s[copy_of(kind) + C_HERE] != 0 and s[copy_of(kind) + C_FETCHED] == 0
            if there and s[seat + S_FLAGS] >> kind & 1:
                s[copy_of(kind) + C_READ] = 1
    for kind in range(KINDS):
        copy = copy_of(kind)
        if s[copy + C_THERE] == 0:
            continue
        if s[copy + C_HERE] == 0 or s[copy + C_FETCHED] != 0:
            if s[seat + S_LAGS]:
                s[seat + S_VISIBLE] &= ~(1 << kind)
        elif not s[seat + S_VISIBLE] >> kind & 1:
            show(p, f, s, seat, kind)


def is_live(p: Ints, f: Floats, s: Ints, seat: int) -> bool:
    """Whether the device has everything at once: it is pushed to, and online."""
    device = s[seat + S_DEVICE]
    return p[device + D_SYNC] == PUSH and next_online(p, f, s, seat, s[B_NOW]) == s[B_NOW]


def learn(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """A seat that lags is to learn of a change: at once, or with its next sync.

    One that is live holds nothing back that was done here, so that there is nothing to hand in but flags.
    """
    if s[seat + S_SYNC_AT] < 0 and is_live(p, f, s, seat):
        look_anew(p, f, s, seat)
    else:
        has_changes(p, f, s, seat)
