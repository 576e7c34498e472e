"""The kernel's people who have notifications, or folders with a clock of their own (agents/attentive.py, compiled)."""

from recallsim.engines.kernel_checks import clock_of
from recallsim.engines.kernel_folders import meet_in_folder, never_opens
from recallsim.engines.kernel_layout import (
    B_AWARE,
    B_GROUP,
    B_NOW,
    C_READ,
    D_NOTIFIED,
    D_REACTION,
    G_GLIMPSE,
    G_GLIMPSE_KINDS,
    INBOX,
    LOOK,
    ORIGINAL,
    REACTION,
    REQUEST,
    S_DEVICE,
    S_PLACE,
    S_WHO,
    Floats,
    Ints,
)
from recallsim.engines.kernel_people_layout import GLIMPSED, REACTS
from recallsim.engines.kernel_presence import is_away
from recallsim.engines.kernel_running import after
from recallsim.engines.kernel_seeing import see_at
from recallsim.engines.kernel_state import (
    copy_of,
    due,
    folder_of,
    happens_once,
    in_mind,
    keep_in_mind,
    single_ticks,
)
from transport.streams.purposes import GLIMPSE, NOTIFIED
from transport.streams.purposes import REACTION as REACTION_DRAW
from transport.timing import NEVER


def meets_otherwise(p: Ints, f: Floats, s: Ints, seat: int, kind: int, again: int) -> bool:
    """Whether the person comes to a message by its notification, or by the clock of its folder, and by nothing else."""
    copy = copy_of(kind)
    is_new = again == 0 and s[copy + C_READ] == 0
    if is_new and folder_of(s, seat, kind) == INBOX and is_notified(p, f, s, seat, kind):
        return True
    clock = clock_of(p, s, seat, kind)
    if clock == 0:
        return False
    meet_in_folder(p, f, s, seat, kind, clock)
    return True


def is_notified(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> bool:
    """The notification shows a line, and perhaps makes the person open the message: then nothing else will."""
    group, device, place = s[B_GROUP], s[seat + S_DEVICE], s[seat + S_PLACE]
    if p[group + G_GLIMPSE_KINDS] >> kind & 1:
        shows = happens_once(s, f[p[group + G_GLIMPSE]], GLIMPSE, 0, s[seat + S_WHO], 0)
        if shows and not is_away(p, f, s, seat):
            glimpse(p, s, seat, kind)
    share = f[p[device + D_NOTIFIED]]
    if share <= 0.0 or never_opens(p, f, s, seat) or not happens_once(s, share, NOTIFIED, kind, place, 0):
        return False
    ticks = single_ticks(f, s, p[device + D_REACTION], REACTION_DRAW, kind, place, 0)
    tick = after(p, f, s, seat, s[B_NOW], ticks)
    if tick < NEVER:
        if tick == s[B_NOW]:
            tick = due(s, 0, LOOK)
        order = kind << 32 | place << 16 | REACTS
        keep_in_mind(s, tick, LOOK, order, in_mind(REACTION, kind, place))
    return True


def glimpse(p: Ints, s: Ints, seat: int, kind: int) -> None:
    """A line in a notification."""
    if kind == ORIGINAL:
        see_at(p, s, seat, GLIMPSED)
    elif kind == REQUEST and s[B_AWARE] < 0:
        s[B_AWARE] = s[B_NOW]
