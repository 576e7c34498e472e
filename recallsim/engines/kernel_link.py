"""The kernel's link into the mailboxes, and what does not get so far (transport/relay/mishaps.py, compiled)."""

from recallsim.engines.kernel_jobs import time_at
from recallsim.engines.kernel_layout import (
    AGAIN,
    BOUNCED,
    DUPLICATE,
    HORIZON,
    IN_TRANSIT,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    LOST,
    ORIGINAL,
    PRESENT,
    REJECTED,
    REQUEST,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    OUT_OF_REACH,
    W_FATE,
    W_FATE_AT,
    W_HOW,
    W_WHEN,
    W_WHERE,
    Z_NOW,
)
from transport.recall.decide import decide_undelivered
from transport.streams.purposes import DUPLICATE as DUPLICATE_DRAW
from transport.streams.purposes import LATENCY as LATENCY_DRAW
from transport.streams.purposes import LOSS as LOSS_DRAW


def send(p: Ints, f: Floats, z: Ints, w: Table, kind: int, number: int) -> None:
    """Put one recipient's mail on the link."""
    if kind == ORIGINAL:
        w[W_WHERE, number] = OUT_OF_REACH
    odds = f[p[LOSS + kind]]
    if odds > 0.0 and draw_at(z, LOSS_DRAW, kind, 0, number, 0) < odds:
        undelivered(z, w, kind, number, LOST)
        return
    entity = WHOLE if p[LATENCY_SHARED + kind] else number
    ticks = time_at(f, z, p[LATENCY + kind], LATENCY_DRAW, kind, 0, entity, 0)
    odds = f[p[DUPLICATE + kind]]
    if odds > 0.0 and draw_at(z, DUPLICATE_DRAW, kind, 0, number, 0) < odds:
        # The copy that comes second is dropped by its message id.
        ticks = min(ticks, time_at(f, z, p[LATENCY + kind], LATENCY_DRAW, kind, 0, entity, AGAIN))
    tick = z[Z_NOW] + ticks
    if tick <= p[HORIZON]:
        w[W_WHEN + kind, number] = tick
        w[W_HOW + kind, number] = PRESENT


def undelivered(z: Ints, w: Table, kind: int, number: int, place: int) -> None:
    """A message bounced, was refused or was lost on its way to one recipient (R7.3, R7.5)."""
    w[W_HOW + kind, number] = place
    w[W_WHEN + kind, number] = z[Z_NOW]
    if kind == REQUEST:
        original = w[W_HOW + ORIGINAL, number]
        verdict = decide_undelivered(original not in (BOUNCED, LOST, REJECTED))
        w[W_FATE, number] = verdict.status << 8 | verdict.reason
        w[W_FATE_AT, number] = z[Z_NOW]


def keep_from(z: Ints, w: Table, kind: int, first: int, last: int, place: int) -> None:
    """A message ends here for those of its recipients from whom it was not taken back before."""
    for number in range(first, last + 1):
        if w[W_HOW + kind, number] != IN_TRANSIT:
            continue
        if kind == ORIGINAL:
            w[W_WHERE, number] = OUT_OF_REACH
        undelivered(z, w, kind, number, place)
