"""The kernel's forwarded copies, which no recall reaches (agents/forwarding.py and habits.py, compiled)."""

from recallsim.engines.kernel_layout import (
    B_FORWARDED,
    B_FORWARDED_SEEN,
    B_GROUP,
    B_HORIZON,
    B_NOW,
    DELIVER,
    G_HABITS,
    H_TO,
    H_WIDTH,
    HABIT_SHIFT,
    KEEP,
    LATENCY,
    ORIGINAL,
    OUTBOX,
    S_PLACE,
    Floats,
    Ints,
)
from recallsim.engines.kernel_presence import next_online
from recallsim.engines.kernel_state import due, has_copy, in_mind, keep_in_mind, single_ticks
from transport.streams.purposes import FORWARD_LATENCY


def forward(p: Ints, f: Floats, s: Ints, seat: int, kind: int) -> None:
    """The person forwards the original; it leaves now, or when a program that is offline comes online."""
    if not has_copy(s, seat, kind):
        return
    online = next_online(p, f, s, seat, s[B_NOW])
    if online == s[B_NOW]:
        leave_outbox(p, f, s)
    else:
        order = kind << 32 | s[seat + S_PLACE] << 16 | OUTBOX << HABIT_SHIFT
        keep_in_mind(s, online, KEEP, order, in_mind(OUTBOX, kind, s[seat + S_PLACE]))


def leave_outbox(p: Ints, f: Floats, s: Ints) -> None:
    """What a person has forwarded leaves."""
    send_on(p, f, s, p[p[s[B_GROUP] + G_HABITS] + 3 * H_WIDTH + H_TO])


def send_on(p: Ints, f: Floats, s: Ints, to: int) -> None:
    """The original goes on to so many people, each of whom sees it on arrival."""
    for ordinal in range(s[B_FORWARDED], s[B_FORWARDED] + to):
        ticks = single_ticks(f, s, p[LATENCY + ORIGINAL], FORWARD_LATENCY, ORIGINAL, 0, ordinal)
        if max(s[B_NOW] + ticks, due(s, 0, DELIVER)) <= s[B_HORIZON]:
            s[B_FORWARDED_SEEN] += 1
    s[B_FORWARDED] += to
