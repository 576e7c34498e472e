"""The kernel's mail of one chunk of recipients on its way: through the stages, over the link, where stages only queue.

What a stage with few workers does was found out before for all recipients (kernel_plain.py): when each service ends. All
else follows from draws that are made here, so that nothing has to be kept of it.

Everywhere here: `u` uniforms and `t` ticks of the chunk; `w` what becomes of its copies, a cell a recipient; `o` the
passages, whose row of the chunk's first recipient is `row`.
"""

from recallsim.engines.kernel_ends import cells_each, may_come_to, row_of_ends
from recallsim.engines.kernel_layout import (
    CLOCK,
    HORIZON,
    IN_TRANSIT,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    LOST,
    ORIGINAL,
    PRESENT,
    REPORT,
    STAGE_COUNT,
    T_SERVES,
    T_SERVICE,
    T_SHARED,
    T_WORKERS,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_order import fill_uniforms
from recallsim.engines.kernel_relay import undelivered
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import V_ORDER, W_AT, W_HOW, W_WHEN, Z_NOW, Z_SUBMITS
from recallsim.engines.kernel_stage import stage_plan
from transport.streams.laws import CONSTANT, sample_ticks, to_ticks
from transport.streams.purposes import LATENCY as LATENCY_DRAW
from transport.streams.purposes import LOSS as LOSS_DRAW
from transport.streams.purposes import SERVICE


def comes_to(p: Ints, z: Ints, k: int, kind: int) -> bool:
    """Whether mail of a kind comes to a stage in this replication."""
    return may_come_to(p, k, kind) and (kind == REPORT or z[Z_SUBMITS + kind] >= 0)


def same_for_all(p: Ints, f: Floats, z: Ints, law: int, word: int, shared: int) -> int:
    """The ticks that a law gives to everybody alike, -1 where each has a draw of its own."""
    if f[law] == CONSTANT:
        return to_ticks(f[law + 1], f[CLOCK])
    if shared:
        return sample_ticks(f, law, draw_at(z, word & 255, word >> 8 & 255, word >> 16, WHOLE, 0), f[CLOCK])
    return -1


def fill_ticks(
    p: Ints, f: Floats, z: Ints, u: Floats, t: Ints, law: int, word: int, shared: int, first: int, size: int
) -> None:
    """The times of the recipients from `first` on under one law."""
    same, clock = same_for_all(p, f, z, law, word, shared), f[CLOCK]
    if same >= 0:
        for i in range(size):
            t[i] = same
        return
    fill_uniforms(z, u, word, first, size)
    for i in range(size):
        t[i] = sample_ticks(f, law, u[i], clock)


def set_out(z: Ints, v: Table, w: Table, kind: int, first: int, size: int) -> None:
    """The tick at which each mail of a kind sets out, -1 for none."""
    if kind != REPORT:
        for i in range(size):
            w[W_AT + kind, i] = z[Z_SUBMITS + kind]
        return
    asked = v[V_ORDER]
    for i in range(size):
        w[W_AT + REPORT, i] = asked[first + i] >> 2


def pass_stages(
    p: Ints,
    f: Floats,
    z: Ints,
    v: Table,
    w: Table,
    u: Floats,
    t: Ints,
    kind: int,
    first: int,
    size: int,
    last: int,
) -> None:
    """Let the chunk's mail of a kind pass the stages before stage `last`."""
    horizon = p[HORIZON]
    set_out(z, v, w, kind, first, size)
    for k in range(last):
        if not comes_to(p, z, k, kind):
            continue
        stage = stage_plan(p, k)
        if p[stage + T_WORKERS]:
            ends, step = v[row_of_ends(p, k, kind)], cells_each(p, v)
            for i in range(size):
                if 0 <= w[W_AT + kind, i] <= horizon:
                    w[W_AT + kind, i] = ends[step * (first + i)]
            continue
        word = SERVICE | kind << 8 | k << 16
        fill_ticks(p, f, z, u, t, p[stage + T_SERVICE + kind], word, p[stage + T_SHARED + kind], first, size)
        for i in range(size):
            if 0 <= w[W_AT + kind, i] <= horizon:
                w[W_AT + kind, i] += t[i]


def note_passages(
    p: Ints, f: Floats, z: Ints, v: Table, w: Table, o: Table, u: Floats, t: Ints, kind: int, first: int, size: int,
    row: int,
) -> None:  # fmt: skip
    """Let the chunk's mail of a kind pass all stages, and write down how long it waited, and how long it was there."""
    horizon = p[HORIZON]
    set_out(z, v, w, kind, first, size)
    for k in range(p[STAGE_COUNT]):
        if not may_come_to(p, k, kind):
            continue
        waits, sojourns = o[8 * k + kind], o[8 * k + 4 + kind]
        if not comes_to(p, z, k, kind):
            for i in range(size):
                waits[row + i] = sojourns[row + i] = -1
            continue
        stage = stage_plan(p, k)
        word, few, step = SERVICE | kind << 8 | k << 16, p[stage + T_WORKERS] != 0, cells_each(p, v)
        ends_of = v[row_of_ends(p, k, kind) if few else 0]
        if few and step == 2:
            for i in range(size):
                t[i] = ends_of[step * (first + i) + 1]
        else:
            law, shared = p[stage + T_SERVICE + kind], p[stage + T_SHARED + kind]
            fill_ticks(p, f, z, u, t, law, word, shared, first, size)
        for i in range(size):
            entered = w[W_AT + kind, i]
            wait = sojourn = -1
            if 0 <= entered <= horizon:
                ends = ends_of[step * (first + i)] if few else entered + t[i]
                if ends - t[i] <= horizon:
                    wait = ends - t[i] - entered
                    if ends <= horizon:
                        sojourn = ends - entered
                w[W_AT + kind, i] = ends
            waits[row + i] = wait
            sojourns[row + i] = sojourn


# --- the link -----------------------------------------------------------------------------------------------


def fill_link(p: Ints, f: Floats, z: Ints, u: Floats, t: Ints, kind: int, first: int, size: int) -> float:
    """How long the link takes with the chunk's mail of a kind, its draws of loss, and the odds of that."""
    odds, word = f[p[LOSS + kind]], LATENCY_DRAW | kind << 8
    fill_ticks(p, f, z, u, t, p[LATENCY + kind], word, p[LATENCY_SHARED + kind], first, size)
    if odds > 0.0:
        fill_uniforms(z, u, LOSS_DRAW | kind << 8, first, size)
    return odds


def pass_link(
    p: Ints, f: Floats, z: Ints, w: Table, u: Floats, t: Ints, kind: int, first: int, size: int
) -> None:
    """Over the link into the mailboxes; a copy may be lost on it."""
    horizon = p[HORIZON]
    odds = fill_link(p, f, z, u, t, kind, first, size)
    for i in range(size):
        sent = w[W_AT + kind, i]
        if sent > horizon:
            continue
        if odds > 0.0 and u[i] < odds:
            z[Z_NOW] = sent
            lose(p, z, w, kind, i)
        elif sent + t[i] <= horizon:
            w[W_WHEN + kind, i] = sent + t[i]
            w[W_HOW + kind, i] = PRESENT


def lose(p: Ints, z: Ints, w: Table, kind: int, at: int) -> None:
    """A copy is lost on the link, a request perhaps while its original, lost later, still is on its way."""
    how = w[W_HOW + ORIGINAL, at]
    late = kind != ORIGINAL and how == LOST and is_lost_before(p, z, w, kind, at)
    if late:
        w[W_HOW + ORIGINAL, at] = IN_TRANSIT
    undelivered(z, w, kind, at, LOST)
    if late:
        w[W_HOW + ORIGINAL, at] = LOST


def is_lost_before(p: Ints, z: Ints, w: Table, kind: int, at: int) -> bool:
    """Whether this copy left the servers before the original did: at one tick, in order of passage."""
    mine, its = z[Z_NOW], w[W_WHEN + ORIGINAL, at]
    if mine != its:
        return mine < its
    return last_stage(p, kind) < last_stage(p, ORIGINAL)


def last_stage(p: Ints, kind: int) -> int:
    """The last stage that works on a kind, -1 for none."""
    found = -1
    for k in range(p[STAGE_COUNT]):
        if p[stage_plan(p, k) + T_SERVES + kind]:
            found = k
    return found
