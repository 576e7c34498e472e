"""The kernel's quick way through stages that only queue: one line, no failures, outages, foreign mail or interception.

There the ends of service follow from a recursion: a job starts when it has come and the first of c workers is free. So a
stage is one pass over its jobs in the order in which they queue, without a heap. Reports may pass the same stages, behind
all mail: that is looked into, and who comes too early is feedback, which the kernel does not do.

Everywhere here: `v` rows of recipients, `y` room for lists of jobs (kernel_servers_layout.py); `u` uniforms and `t` ticks of
one chunk; `w` the tick of each mail of a chunk.
"""

from recallsim.engines.kernel_ends import cells_each, row_of_ends
from recallsim.engines.kernel_jobs import stage_plan, stage_state
from recallsim.engines.kernel_layout import (
    CHUNK,
    COUNT,
    HORIZON,
    KINDS,
    O_TOLD_FIRST,
    Q_TOLD,
    REPORT,
    REPORTS_SHARED,
    STAGE_COUNT,
    T_SERVES,
    T_SERVICE,
    T_SHARED,
    T_WORKERS,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_order import order_all, sort_by_tick
from recallsim.engines.kernel_servers_layout import (
    V_ORDER,
    W_AT,
    Y_LAST_ENTRY,
    Y_LINE,
    Y_LINES,
    Y_PEAK,
    Z_FAILED,
    Z_K0,
    Z_K1,
    Z_REPLICATION,
    Z_SUBMITS,
)
from recallsim.engines.kernel_times import sample_all
from recallsim.engines.kernel_travel import (
    comes_to,
    fill_link,
    note_passages,
    pass_stages,
    same_for_all,
)
from recallsim.engines.kernel_workers import FAR_AWAY, LONG_AGO, draw_services, free_all, take_worker
from transport.streams.philox import uniform
from transport.streams.purposes import SERVICE


def pass_plain_servers(p: Ints, f: Floats, z: Ints, v: Table, w: Table, y: Table, u: Floats, t: Ints) -> None:
    """Find out when each service ends in the stages with few workers."""
    ordered = False
    for k in range(p[STAGE_COUNT]):
        state = stage_state(k)
        z[state + Y_PEAK] = z[state + Y_LINE] = 0
        z[state + Y_LAST_ENTRY] = LONG_AGO
        if p[stage_plan(p, k) + T_WORKERS] == 0:
            continue
        free_all(p, y, k)
        if not enters_at_once(p, z, k):
            queue(p, f, z, v, y, u, t, k, collect(p, f, z, v, w, y, u, t, k))
            continue
        if not ordered:
            order_all(p, z, v, y, u)
            ordered = True
        queue_at_once(p, f, z, v, y, u, t, k)


# --- stages that each kind enters at one tick ---------------------------------------------------------------------------


def enters_at_once(p: Ints, z: Ints, k: int) -> bool:
    """Whether each kind enters the stage at one tick, no two at the same: so it is at the first of them."""
    for kind in range(KINDS):
        if not comes_to(p, z, k, kind):
            continue
        for earlier in range(k):
            if p[stage_plan(p, earlier) + T_SERVES + kind]:
                return False
        for other in range(kind):
            if comes_to(p, z, k, other) and z[Z_SUBMITS + other] == z[Z_SUBMITS + kind]:
                return False
    return True


def next_to_enter(p: Ints, z: Ints, k: int, after: int) -> int:
    """The kind that enters the stage first after tick `after`, -1 for none."""
    found = -1
    for kind in range(KINDS):
        if not comes_to(p, z, k, kind) or z[Z_SUBMITS + kind] <= after:
            continue
        if found < 0 or z[Z_SUBMITS + kind] < z[Z_SUBMITS + found]:
            found = kind
    return found


def queue_at_once(p: Ints, f: Floats, z: Ints, v: Table, y: Table, u: Floats, t: Ints, k: int) -> None:
    """First come, first served: let the kinds pass a stage one after the other, each in the order of V_ORDER.

    A job waits from the taking in of its tick until a worker's end; who is free at the very tick counts as waiting, since
    services end after that tick's jobs were taken in. Row Y_LINES of the stage keeps when each job's worker was free, for
    the reports that come after.
    """
    stage, state = stage_plan(p, k), stage_state(k)
    keeps = p[REPORTS_SHARED] != 0 and p[stage + T_SERVES + REPORT] != 0
    line, jobs = y[Y_LINES + k], 0
    kind = next_to_enter(p, z, k, -1)
    now = z[Z_SUBMITS + kind] if kind >= 0 else LONG_AGO
    then = tick_after(p, z, k, now)
    last = tick_after(p, z, k, then)
    free_now = free_then = free_at_last = (
        0  # how many workers had been free before those ticks, one for each job so far
    )
    while kind >= 0:
        for first in range(0, p[COUNT], CHUNK):
            size = min(CHUNK, p[COUNT] - first)
            serve_in_order(p, f, z, v, y, u, t, k, kind, first, size)
            free_now += count_below(t, size, now)
            free_then += count_below(t, size, then)
            free_at_last += count_below(t, size, last)
            if keeps:
                for i in range(size):
                    line[jobs + first + i] = t[i]
        jobs += p[COUNT]
        z[state + Y_PEAK] = max(z[state + Y_PEAK], jobs - free_now)
        z[state + Y_LAST_ENTRY] = now
        kind = next_to_enter(p, z, k, now)
        now, then = then, last
        free_now, free_then = free_then, free_at_last
    z[state + Y_LINE] = jobs


def tick_after(p: Ints, z: Ints, k: int, tick: int) -> int:
    """When the kind enters the stage that comes first after a tick; long ago if none does."""
    kind = next_to_enter(p, z, k, tick)
    return z[Z_SUBMITS + kind] if kind >= 0 and tick >= 0 else LONG_AGO


def count_below(t: Ints, size: int, tick: int) -> int:
    """How many of the chunk's ticks are before that one."""
    found = 0
    for i in range(size):
        found += t[i] < tick
    return found


def serve_in_order(
    p: Ints,
    f: Floats,
    z: Ints,
    v: Table,
    y: Table,
    u: Floats,
    t: Ints,
    k: int,
    kind: int,
    first: int,
    size: int,
) -> None:
    """Serve some of a kind's jobs, from place `first` on; `t` becomes when the worker of each was free."""
    stage, order, free = stage_plan(p, k), v[V_ORDER], y[Y_LINES + p[STAGE_COUNT] + k]
    law, word, workers = p[stage + T_SERVICE + kind], SERVICE | kind << 8 | k << 16, p[stage + T_WORKERS]
    same, entered = same_for_all(p, f, z, law, word, p[stage + T_SHARED + kind]), z[Z_SUBMITS + kind]
    if same >= 0:
        for i in range(size):
            t[i] = same
    else:
        k0, k1, replication = z[Z_K0], z[Z_K1], z[Z_REPLICATION]
        for i in range(size):
            u[i] = uniform(k0, k1, 0, word, order[first + i], replication)
        sample_all(f, law, u, t, size)
    ends_of, step = v[row_of_ends(p, k, kind)], cells_each(p, v)
    for i in range(size):
        was_free, at = free[0], step * order[first + i]
        ends = min(max(entered, was_free) + t[i], FAR_AWAY)
        take_worker(free, workers, ends)
        ends_of[at] = ends
        if step == 2:
            ends_of[at + 1] = t[i]
        t[i] = was_free


# --- other stages with few workers --------------------------------------------------------------------------------------


def collect(p: Ints, f: Floats, z: Ints, v: Table, w: Table, y: Table, u: Floats, t: Ints, k: int) -> int:
    """List the mail that enters a stage, row 0 its ticks, row 1 number << 2 | kind, in the order in which it queues."""
    jobs, low, high = 0, p[HORIZON], 0
    for first in range(1, p[COUNT] + 1, CHUNK):
        size = min(CHUNK, p[COUNT] + 1 - first)
        for kind in range(KINDS):
            if comes_to(p, z, k, kind):
                pass_stages(p, f, z, v, w, u, t, kind, first, size, k)
                for i in range(size):
                    tick = w[W_AT + kind, i]
                    if tick <= p[HORIZON]:
                        if jobs == len(y[0]):
                            z[Z_FAILED] = 1
                            return 0
                        y[0, jobs], y[1, jobs] = tick, (first + i) << 2 | kind
                        low, high = min(low, tick), max(high, tick)
                        jobs += 1
    sort_by_tick(z, y, jobs, low, high)
    return jobs


def queue(p: Ints, f: Floats, z: Ints, v: Table, y: Table, u: Floats, t: Ints, k: int, jobs: int) -> None:
    """First come, first served: let the listed jobs pass a stage, after those that have passed it before (queue_at_once)."""
    stage, state, line, free = (
        stage_plan(p, k),
        stage_state(k),
        y[Y_LINES + k],
        y[Y_LINES + p[STAGE_COUNT] + k],
    )
    workers, waiting_from, before, step = p[stage + T_WORKERS], 0, z[state + Y_LINE], cells_each(p, v)
    for kind in range(KINDS + 1):
        t[2 * CHUNK + kind] = row_of_ends(p, k, kind)
    for first in range(0, jobs, CHUNK):
        size = min(CHUNK, jobs - first)
        draw_services(p, f, z, y, u, t, k, first, size)
        for i in range(size):
            n = first + i
            entered, job = y[0, n], y[1, n]
            was_free = free[0]
            ends = min(max(entered, was_free) + t[i], FAR_AWAY)
            take_worker(free, workers, ends)
            line[before + n] = was_free
            row, at = t[2 * CHUNK + (job & 3)], step * (job >> 2)
            v[row, at] = ends
            if step == 2:
                v[row, at + 1] = t[i]
            if n + 1 == jobs or y[0, n + 1] != entered:
                while waiting_from < before + n + 1 and line[waiting_from] < entered:
                    waiting_from += 1
                z[state + Y_PEAK] = max(z[state + Y_PEAK], before + n + 1 - waiting_from)
    if jobs:
        z[state + Y_LAST_ENTRY] = y[0, jobs - 1]
    z[state + Y_LINE] = before + jobs


# --- reports through the same stages ------------------------------------------------------------------------------------


def pass_reports(
    p: Ints,
    f: Floats,
    z: Ints,
    v: Table,
    w: Table,
    y: Table,
    o: Table,
    c: Table,
    q: Table,
    u: Floats,
    t: Ints,
    row: int,
) -> bool:
    """Let the reports of all recipients pass the stages behind all mail; false if one came before the last of it.

    Row V_ORDER has become when each is sent, and what it says: tick << 2 | told, -1 for none. `c` and `q` are the
    columns of the recipients, in which is written what the sender is told.
    """
    for k in range(p[STAGE_COUNT]):
        stage = stage_plan(p, k)
        if not p[stage + T_SERVES + REPORT] or p[stage + T_WORKERS] == 0:
            continue
        jobs, low, high = 0, p[HORIZON], 0
        for first in range(1, p[COUNT] + 1, CHUNK):
            size = min(CHUNK, p[COUNT] + 1 - first)
            pass_stages(p, f, z, v, w, u, t, REPORT, first, size, k)
            for i in range(size):
                tick = w[W_AT + REPORT, i]
                if 0 <= tick <= p[HORIZON]:
                    y[0, jobs], y[1, jobs] = tick, (first + i) << 2 | REPORT
                    low, high = min(low, tick), max(high, tick)
                    jobs += 1
        if jobs and low <= z[stage_state(k) + Y_LAST_ENTRY]:
            return False
        sort_by_tick(z, y, jobs, low, high)
        queue(p, f, z, v, y, u, t, k, jobs)
    for first in range(1, p[COUNT] + 1, CHUNK):
        size = min(CHUNK, p[COUNT] + 1 - first)
        note_passages(p, f, z, v, w, o, u, t, REPORT, first, size, row + first - 1)
        odds = fill_link(p, f, z, u, t, REPORT, first, size)
        for i in range(size):
            sent = w[W_AT + REPORT, i]
            lost = odds > 0.0 and u[i] < odds
            if sent >= 0 and sent + t[i] <= p[HORIZON] and not lost:
                c[O_TOLD_FIRST, row + first + i - 1] = sent + t[i]
                q[Q_TOLD, row + first + i - 1] = v[V_ORDER, first + i] & 3
    return True
