"""The kernel's mail of one chunk of recipients on its way: through the stages, over the link, where stages only queue.

What a stage with few workers does was found out before for all recipients (kernel_plain.py): when each service ends. All
else follows from draws that are made here, so that nothing has to be kept of it.

Everywhere here: `u` uniforms and `t` ticks of the chunk; `w` what becomes of its copies, a cell a recipient; `o` the
passages, whose row of the chunk's first recipient is `row`.
"""

from recallsim.engines.kernel_ends import cells_each, may_come_to, row_of_ends
from recallsim.engines.kernel_jobs import stage_plan
from recallsim.engines.kernel_layout import (
    BOUNCED,
    CLOCK,
    COUNT,
    HORIZON,
    IN_TRANSIT,
    KINDS,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    LOST,
    ORIGINAL,
    PRESENT,
    REJECTED,
    REPORT,
    REQUEST,
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
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    V_ORDER,
    W_AT,
    W_FATE,
    W_FATE_AT,
    W_HOW,
    W_WHEN,
    Z_SUBMITS,
)
from recallsim.engines.kernel_times import sample_all
from transport.recall.decide import decide_undelivered
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
    same = same_for_all(p, f, z, law, word, shared)
    if same >= 0:
        for i in range(size):
            t[i] = same
        return
    fill_uniforms(z, u, word, first, size)
    sample_all(f, law, u, t, size)


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


def forget_passages(p: Ints, o: Table, row: int) -> None:
    """No mail of a replication, whose first recipient has that row, has passed any stage."""
    for k in range(p[STAGE_COUNT]):
        for kind in range(KINDS + 1):
            if may_come_to(p, k, kind):
                waits, sojourns = o[8 * k + kind], o[8 * k + 4 + kind]
                for i in range(row, row + p[COUNT]):
                    waits[i] = sojourns[i] = -1


# --- the link -----------------------------------------------------------------------------------------------


def fill_link(p: Ints, f: Floats, z: Ints, u: Floats, t: Ints, kind: int, first: int, size: int) -> float:
    """How long the link takes with the chunk's mail of a kind, its draws of loss, and the odds of that."""
    odds, word = f[p[LOSS + kind]], LATENCY_DRAW | kind << 8
    fill_ticks(p, f, z, u, t, p[LATENCY + kind], word, p[LATENCY_SHARED + kind], first, size)
    if odds > 0.0:
        fill_uniforms(z, u, LOSS_DRAW | kind << 8, first, size)
    return odds


def pass_link(
    p: Ints, f: Floats, z: Ints, w: Table, u: Floats, t: Ints, kind: int, first: int, size: int, cell: int
) -> None:
    """Over the link into the mailboxes, where a copy may be lost; the first of the chunk has its copies in that cell."""
    horizon, rank = p[HORIZON], rank_of_passage(p, last_stage(p, kind))
    odds = fill_link(p, f, z, u, t, kind, first, size)
    whens, hows, leaves = w[W_WHEN + kind], w[W_HOW + kind], w[W_AT + kind]
    for i in range(size):
        sent = leaves[cell + i]
        if sent < 0 or sent > horizon or hows[cell + i] != IN_TRANSIT:
            continue
        if odds > 0.0 and u[i] < odds:
            lose(w, kind, cell + i, LOST, sent, rank)
        elif sent + t[i] <= horizon:
            whens[cell + i] = sent + t[i]
            hows[cell + i] = PRESENT


def rank_of_passage(p: Ints, k: int) -> int:
    """The rank within its tick of what ends with a service of stage `k`, and so on; -1 is the sender's submission."""
    return 2 + 3 * k + 2


def lose(w: Table, kind: int, cell: int, how: int, tick: int, rank: int) -> None:
    """A copy does not come to its mailbox."""
    w[W_HOW + kind, cell] = how
    w[W_WHEN + kind, cell] = tick
    w[W_AT + kind, cell] = rank


def settle(p: Ints, w: Table, first: int, last: int) -> bool:
    """Decide the recalls in these cells whose request was lost: was the original, if that is lost too, lost before?

    Of what was lost before the tail the event list has decided; but there it was not known what the tail was to lose.

    Returns:
        False where that takes the event list: both left one stage at one tick, where one worker may have been taken over by
        jobs that took no time, each of which ends after the one whose end it waited for.
    """
    for cell in range(first, last + 1):
        if not is_lost(w, REQUEST, cell):
            continue
        gone, tick, rank = is_lost(w, ORIGINAL, cell), w[W_WHEN + REQUEST, cell], w[W_AT + REQUEST, cell]
        its_tick, its_rank = w[W_WHEN + ORIGINAL, cell], w[W_AT + ORIGINAL, cell]
        if rank < 0 and (not gone or its_rank < 0):
            continue
        if gone and its_tick == tick and its_rank == rank and ends_at_workers(p, rank):
            return False
        gone = gone and (its_tick < tick or (its_tick == tick and its_rank <= rank))
        verdict = decide_undelivered(not gone)
        w[W_FATE, cell] = verdict.status << 8 | verdict.reason
        w[W_FATE_AT, cell] = tick
    return True


def ends_at_workers(p: Ints, rank: int) -> bool:
    """Whether it is the rank of what ends with a service of a stage that has few workers."""
    for k in range(p[STAGE_COUNT]):
        if rank == rank_of_passage(p, k):
            return p[stage_plan(p, k) + T_WORKERS] != 0
    return False


def is_lost(w: Table, kind: int, cell: int) -> bool:
    """Whether a copy ended with the servers."""
    return w[W_HOW + kind, cell] in (BOUNCED, LOST, REJECTED)


def last_stage(p: Ints, kind: int) -> int:
    """The last stage that works on a kind, -1 for none."""
    found = -1
    for k in range(p[STAGE_COUNT]):
        if p[stage_plan(p, k) + T_SERVES + kind]:
            found = k
    return found
