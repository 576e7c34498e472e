"""The kernel's person, second half: opens or previews mail (agents/person.py, compiled)."""

from recallsim.engines.kernel_checks import clock_of
from recallsim.engines.kernel_effects import process
from recallsim.engines.kernel_layout import (
    AFTER,
    B_AWARE,
    B_GROUP,
    B_NOW,
    B_REPLACEMENT_SEEN,
    C_READ,
    C_SPENT,
    C_THERE,
    D_BY_HAND,
    D_CLOCK_COUNT,
    D_LEVEL,
    D_MARKS,
    D_MARKS_AFTER,
    D_PREVIEW,
    D_PREVIEW_KINDS,
    D_SETS_FLAG,
    EMPTY,
    G_CURIOSITY,
    G_ON_OPENING,
    HABIT_SHIFT,
    KEEP,
    ON_LEAVE,
    ORIGINAL,
    PANE,
    REQUEST,
    S_AGAIN,
    S_COME,
    S_DEVICE,
    S_FLAGS,
    S_LAGS,
    S_ON_SCREEN,
    S_PLACE,
    S_SHOWN_AT,
    S_SHOWS,
    S_UNFLAGS,
    S_VISIBLE,
    S_WHO,
    SHOWN,
    Floats,
    Ints,
)
from recallsim.engines.kernel_meeting import plan_habits
from recallsim.engines.kernel_seeing import see_at
from recallsim.engines.kernel_showing import learn
from recallsim.engines.kernel_state import (
    copy_of,
    due,
    happens,
    has_copy,
    in_mind,
    keep_in_mind,
    marks_of,
    would_open,
)
from transport.streams.purposes import CURIOSITY, PREVIEW


def comes_to(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The person comes to a message, unless it was marked unread since and has a fresh delay."""
    s[seat + S_COME + kind] = EMPTY
    if marks_of(p, s, seat, kind) == s[seat + S_AGAIN + kind]:
        comes_in_folder(p, f, s, seat, kind, 0)


def comes_in_folder(p: Ints, f: Floats, s: Ints, seat: int, kind: int, clock: int) -> None:
    """The same by the clock of a folder, 0 for none: unless the message has been moved since, and has another time."""
    if p[s[seat + S_DEVICE] + D_CLOCK_COUNT] and clock_of(p, s, seat, kind) != clock:
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
        leave_pane(p, f, s, seat)
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
        see_at(p, s, seat, SHOWN if previews else p[device + D_LEVEL])
    elif s[B_REPLACEMENT_SEEN] < 0:
        s[B_REPLACEMENT_SEEN] = now
    if not previews:
        mark_read(p, f, s, seat, kind)
    if p[group + G_ON_OPENING]:
        plan_habits(p, f, s, seat, kind, 0)


# --- the flag -----------------------------------------------------------------------------------------------


def mark_read(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """Set the flag here; the mailbox has it with the next sync of this device, from a POP device never."""
    device = s[seat + S_DEVICE]
    s[seat + S_FLAGS] |= 1 << kind
    if s[seat + S_LAGS]:
        s[seat + S_UNFLAGS] &= ~(1 << kind)
        learn(p, f, s, seat)
    elif p[device + D_SETS_FLAG]:
        s[copy_of(kind) + C_READ] = 1


def preview(p: Ints, s: Ints, seat: int, kind: int) -> None:
    """Show a message in the pane."""
    device = s[seat + S_DEVICE]
    s[seat + S_ON_SCREEN] = kind
    s[seat + S_SHOWN_AT] = s[B_NOW]
    s[seat + S_SHOWS] += 1
    if p[device + D_MARKS] == AFTER:
        tick = due(s, p[device + D_MARKS_AFTER], KEEP)
        place, ordinal = s[seat + S_PLACE], PANE << HABIT_SHIFT | s[seat + S_SHOWS] & 0xFFF
        keep_in_mind(s, tick, KEEP, kind << 32 | place << 16 | ordinal, in_mind(PANE, kind, place))


def shown_long_enough(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The pane has shown a message for a while; if it still does, the flag is set."""
    enough = s[B_NOW] - s[seat + S_SHOWN_AT] >= p[s[seat + S_DEVICE] + D_MARKS_AFTER]
    if s[seat + S_ON_SCREEN] == kind and enough:
        mark_shown(p, f, s, seat, kind)


def leave_pane(p: Ints, f: Floats, s: Ints, seat: int) -> None:
    """The selection moves on: with `on_leave` this is when the pane sets the flag."""
    kind = s[seat + S_ON_SCREEN]
    s[seat + S_ON_SCREEN] = -1
    if p[s[seat + S_DEVICE] + D_MARKS] == ON_LEAVE:
        mark_shown(p, f, s, seat, kind)


def mark_shown(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """Set the flag of what the pane has shown, unless it was taken away while it was on the screen."""
    if has_copy(s, seat, kind):
        mark_read(p, f, s, seat, kind)
