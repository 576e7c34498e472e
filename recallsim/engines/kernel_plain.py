"""The kernel's quick way through stages that only queue: one line, no failures, outages, foreign mail or interception.

There the ends of service follow from a recursion: a job starts when it has come and the first of c workers is free. So a
stage is one pass over its jobs in the order in which they queue, without a heap. Reports may pass the same stages, behind
all mail: that is looked into, and who comes too early is feedback, which the kernel does not do.
"""

from recallsim.engines.kernel_jobs import stage_plan, stage_state
from recallsim.engines.kernel_layout import (
    CHUNK,
    CLOCK,
    COUNT,
    HORIZON,
    IN_TRANSIT,
    KINDS,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    LOST,
    O_TOLD,
    O_TOLD_FIRST,
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
from recallsim.engines.kernel_link import undelivered
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    MOST_WORKERS_SORTED,
    V_LINE,
    V_SERVICE,
    W_AT,
    W_HOW,
    W_PLACE,
    W_REPORT,
    W_WHEN,
    Y_LAST_ENTRY,
    Y_LINE,
    Y_PEAK,
    Z_K0,
    Z_K1,
    Z_NOW,
    Z_REPLICATION,
    Z_ROW,
    Z_SUBMITS,
)
from transport.streams.laws import CONSTANT, sample_ticks, to_ticks
from transport.streams.philox import uniform
from transport.streams.purposes import LATENCY as LATENCY_DRAW
from transport.streams.purposes import LOSS as LOSS_DRAW
from transport.streams.purposes import QUEUE_ORDER, SERVICE

DIGIT = 11
LONG_AGO = -(1 << 60)

# Everywhere here: v room for jobs (kernel_servers_layout.py); u uniforms and t ticks of one chunk of recipients.


def fill_uniforms(z: Ints, u: Floats, word: int, first: int, size: int) -> None:
    """The draws at ordinal 0 of the recipients from `first` on; a loop that the compiler makes vectors of."""
    k0, k1, replication = z[Z_K0], z[Z_K1], z[Z_REPLICATION]
    for i in range(size):
        u[i] = uniform(k0, k1, 0, word, first + i, replication)


def fill_ticks(
    f: Floats, z: Ints, u: Floats, t: Ints, law: int, word: int, shared: int, first: int, size: int
) -> None:
    """The times of those recipients under one law."""
    clock = f[CLOCK]
    if f[law] == CONSTANT or shared:
        same = to_ticks(f[law + 1], clock)
        if f[law] != CONSTANT:
            same = sample_ticks(f, law, draw_at(z, word & 255, word >> 8 & 255, word >> 16, WHOLE, 0), clock)
        for i in range(size):
            t[i] = same
        return
    fill_uniforms(z, u, word, first, size)
    for i in range(size):
        t[i] = sample_ticks(f, law, u[i], clock)


def pass_plain_servers(p: Ints, f: Floats, z: Ints, v: Table, w: Table, o: Table, u: Floats, t: Ints) -> None:
    """Let all mail to recipients pass the servers, stage by stage, and over the link."""
    bounded = False
    for k in range(p[STAGE_COUNT]):
        bounded = bounded or p[stage_plan(p, k) + T_WORKERS] > 0
    if bounded:
        place_all(p, z, v, w, u)
    for kind in range(KINDS):
        if z[Z_SUBMITS + kind] >= 0:
            for number in range(1, p[COUNT] + 1):
                w[W_AT + kind, number] = z[Z_SUBMITS + kind]
    for k in range(p[STAGE_COUNT]):
        state = stage_state(k)
        z[state + Y_PEAK] = z[state + Y_LINE] = 0
        z[state + Y_LAST_ENTRY] = LONG_AGO
        if p[stage_plan(p, k) + T_WORKERS] == 0:
            for kind in range(KINDS):
                if comes_to(p, z, k, kind):
                    pass_unlimited(p, f, z, w, o, u, t, k, kind)
            continue
        free_all(p, v, k)
        for kind in range(KINDS):
            if comes_to(p, z, k, kind):
                draw_services(p, f, z, v, u, t, k, kind)
        queue(p, z, v, w, o, k, collect(p, z, v, w, k))
    for kind in range(KINDS):
        if z[Z_SUBMITS + kind] >= 0:
            pass_link(p, f, z, w, u, t, kind)


def comes_to(p: Ints, z: Ints, k: int, kind: int) -> bool:
    """Whether mail of a kind comes to a stage in this replication."""
    return p[stage_plan(p, k) + T_SERVES + kind] != 0 and z[Z_SUBMITS + kind] >= 0


def pass_unlimited(
    p: Ints, f: Floats, z: Ints, w: Table, o: Table, u: Floats, t: Ints, k: int, kind: int
) -> None:
    """A stage with workers for all."""
    stage, horizon = stage_plan(p, k), p[HORIZON]
    law, word = p[stage + T_SERVICE + kind], SERVICE | kind << 8 | k << 16
    for first in range(1, p[COUNT] + 1, CHUNK):
        size = min(CHUNK, p[COUNT] + 1 - first)
        fill_ticks(f, z, u, t, law, word, p[stage + T_SHARED + kind], first, size)
        for i in range(size):
            begins, row = w[W_AT + kind, first + i], z[Z_ROW] + first + i - 1
            if 0 <= begins <= horizon:
                w[W_AT + kind, first + i] = begins + t[i]
                o[8 * k + kind, row] = 0
                if begins + t[i] <= horizon:
                    o[8 * k + 4 + kind, row] = t[i]


# --- stages with few workers --------------------------------------------------------------------------------


def draw_services(p: Ints, f: Floats, z: Ints, v: Table, u: Floats, t: Ints, k: int, kind: int) -> None:
    """Draw how long each job of a kind is served."""
    stage = stage_plan(p, k)
    law, word = p[stage + T_SERVICE + kind], SERVICE | kind << 8 | k << 16
    for first in range(1, p[COUNT] + 1, CHUNK):
        size = min(CHUNK, p[COUNT] + 1 - first)
        fill_ticks(f, z, u, t, law, word, p[stage + T_SHARED + kind], first, size)
        for i in range(size):
            v[V_SERVICE, (first + i) << 2 | kind] = t[i]


def place_all(p: Ints, z: Ints, v: Table, w: Table, u: Floats) -> None:
    """Number the recipients as they queue where many enter at one tick: W_PLACE lists them in that order."""
    count = p[COUNT]
    for first in range(1, count + 1, CHUNK):
        size = min(CHUNK, count + 1 - first)
        fill_uniforms(z, u, QUEUE_ORDER, first, size)
        for i in range(size):
            v[0, first + i - 1] = int(u[i] * 4503599627370496.0)
            v[1, first + i - 1] = first + i
    # Sorting by the upper half of the 52 bits nearly always suffices; neighbours are put right afterwards.
    for shift in range(19, 52, DIGIT):
        spread(v, count, shift, 0, 2)
        for i in range(count):
            v[0, i], v[1, i] = v[2, i], v[3, i]
    for i in range(1, count):
        key, number, at = v[0, i], v[1, i], i
        while at > 0 and (v[0, at - 1] > key or (v[0, at - 1] == key and v[1, at - 1] > number)):
            v[0, at], v[1, at] = v[0, at - 1], v[1, at - 1]
            at -= 1
        v[0, at], v[1, at] = key, number
    for i in range(count):
        w[W_PLACE, i + 1] = v[1, i]


def spread(v: Table, jobs: int, shift: int, source: int, target: int) -> None:
    """One stable pass of a radix sort by 11 bits of row `source` of `v`; the row below it goes along."""
    key, job, key_to, job_to = v[source], v[source + 1], v[target], v[target + 1]
    places, cells = v[4], 1 << DIGIT
    for cell in range(cells + 1):
        places[cell] = 0
    for i in range(jobs):
        places[(key[i] >> shift & cells - 1) + 1] += 1
    for cell in range(cells):
        places[cell + 1] += places[cell]
    for i in range(jobs):
        cell = key[i] >> shift & cells - 1
        at = places[cell]
        places[cell] = at + 1
        key_to[at] = key[i]
        job_to[at] = job[i]


def collect(p: Ints, z: Ints, v: Table, w: Table, k: int) -> int:
    """List the jobs that enter a stage, row 0 their ticks, row 1 number << 2 | kind, in the order in which they queue."""
    jobs, low, high = 0, p[HORIZON], 0
    if enters_at_once(p, z, w, k):
        for _ in range(KINDS):
            kind = next_to_enter(p, z, w, k, low if jobs else -1)
            if kind >= 0 and w[W_AT + kind, 1] <= p[HORIZON]:
                low = w[W_AT + kind, 1]
                for at in range(1, p[COUNT] + 1):
                    v[0, jobs], v[1, jobs] = low, w[W_PLACE, at] << 2 | kind
                    jobs += 1
        return jobs
    for at in range(1, p[COUNT] + 1):
        number = w[W_PLACE, at]
        for kind in range(KINDS):
            if comes_to(p, z, k, kind):
                tick = w[W_AT + kind, number]
                if 0 <= tick <= p[HORIZON]:
                    v[0, jobs], v[1, jobs] = tick, number << 2 | kind
                    low, high = min(low, tick), max(high, tick)
                    jobs += 1
    sort_by_tick(v, jobs, low, high)
    return jobs


def enters_at_once(p: Ints, z: Ints, w: Table, k: int) -> bool:
    """Whether each kind enters the stage at one tick, no two at the same: so it is at the first of them."""
    ticks = 0
    for kind in range(KINDS):
        if not comes_to(p, z, k, kind):
            continue
        for earlier in range(k):
            if p[stage_plan(p, earlier) + T_SERVES + kind]:
                return False
        for other in range(kind):
            if comes_to(p, z, k, other) and z[Z_SUBMITS + other] == z[Z_SUBMITS + kind]:
                return False
        ticks += 1
    return ticks > 0


def next_to_enter(p: Ints, z: Ints, w: Table, k: int, after: int) -> int:
    """The kind that enters the stage first after tick `after`, -1 for none."""
    found = -1
    for kind in range(KINDS):
        if not comes_to(p, z, k, kind) or z[Z_SUBMITS + kind] <= after:
            continue
        if found < 0 or z[Z_SUBMITS + kind] < z[Z_SUBMITS + found]:
            found = kind
    return found


def sort_by_tick(v: Table, jobs: int, low: int, high: int) -> None:
    """Sort the list of jobs by tick; those of one tick keep their order."""
    key, job = v[0], v[1]
    for i in range(jobs):
        key[i] -= low
    shift, source = 0, 0
    while jobs and (high - low) >> shift:
        spread(v, jobs, shift, source, 2 - source)
        source = 2 - source
        shift += DIGIT
    sorted_key, sorted_job = v[source], v[source + 1]
    for i in range(jobs):
        key[i] = sorted_key[i] + low
        job[i] = sorted_job[i]


def free_all(p: Ints, v: Table, k: int) -> None:
    """All workers of a stage are free, and have been for long."""
    for worker in range(p[stage_plan(p, k) + T_WORKERS]):
        v[V_LINE + p[STAGE_COUNT] + k, worker] = LONG_AGO


def queue(p: Ints, z: Ints, v: Table, w: Table, o: Table, k: int, jobs: int) -> None:
    """First come, first served: let the listed jobs pass a stage, after those that have passed it before.

    A job waits from the taking in of its tick until a worker's end; who is free at the very tick counts as waiting, since
    services end after that tick's jobs were taken in. Row V_LINE of the stage keeps when each job's worker was free.
    """
    stage, state, line, free = stage_plan(p, k), stage_state(k), v[V_LINE + k], v[V_LINE + p[STAGE_COUNT] + k]
    workers, horizon, row = p[stage + T_WORKERS], p[HORIZON], z[Z_ROW]
    done, waiting_from, before = z[state + Y_LINE], 0, z[state + Y_LINE]
    for n in range(jobs):
        entered, job = v[0, n], v[1, n]
        number, kind = job >> 2, job & 3
        was_free = free[0]
        starts = max(entered, was_free)
        ends = starts + v[V_SERVICE, job]
        take_worker(free, workers, ends)
        line[done + n] = was_free
        if starts <= horizon:
            o[8 * k + kind, row + number - 1] = starts - entered
            if ends <= horizon:
                o[8 * k + 4 + kind, row + number - 1] = ends - entered
        w[W_AT + kind, number] = ends
        if n + 1 == jobs or v[0, n + 1] != entered:
            while waiting_from < before + n + 1 and line[waiting_from] < entered:
                waiting_from += 1
            z[state + Y_PEAK] = max(z[state + Y_PEAK], before + n + 1 - waiting_from)
    if jobs:
        z[state + Y_LAST_ENTRY] = v[0, jobs - 1]
    z[state + Y_LINE] = done + jobs


def take_worker(free: Ints, workers: int, ends: int) -> None:
    """The first worker to be free is busy until `ends`: a sorted row for few workers, a heap for many."""
    if workers <= MOST_WORKERS_SORTED:
        at = 0
        while at + 1 < workers and free[at + 1] < ends:
            free[at] = free[at + 1]
            at += 1
        free[at] = ends
        return
    at = 0
    while True:
        below = 2 * at + 1
        if below >= workers:
            break
        if below + 1 < workers and free[below + 1] < free[below]:
            below += 1
        if ends <= free[below]:
            break
        free[at] = free[below]
        at = below
    free[at] = ends


# --- the link -----------------------------------------------------------------------------------------------


def pass_link(p: Ints, f: Floats, z: Ints, w: Table, u: Floats, t: Ints, kind: int) -> None:
    """Over the link into the mailboxes; a copy may be lost on it."""
    horizon, odds = p[HORIZON], f[p[LOSS + kind]]
    word = LATENCY_DRAW | kind << 8
    for first in range(1, p[COUNT] + 1, CHUNK):
        size = min(CHUNK, p[COUNT] + 1 - first)
        fill_ticks(f, z, u, t, p[LATENCY + kind], word, p[LATENCY_SHARED + kind], first, size)
        if odds > 0.0:
            fill_uniforms(z, u, LOSS_DRAW | kind << 8, first, size)
        for i in range(size):
            number = first + i
            sent = w[W_AT + kind, number]
            if sent > horizon:
                continue
            if odds > 0.0 and u[i] < odds:
                z[Z_NOW] = sent
                lose(p, z, w, kind, number)
            elif sent + t[i] <= horizon:
                w[W_WHEN + kind, number] = sent + t[i]
                w[W_HOW + kind, number] = PRESENT


def lose(p: Ints, z: Ints, w: Table, kind: int, number: int) -> None:
    """A copy is lost on the link, a request perhaps while its original, lost later, still is on its way."""
    how = w[W_HOW + ORIGINAL, number]
    late = kind != ORIGINAL and how == LOST and is_lost_before(p, z, w, kind, number)
    if late:
        w[W_HOW + ORIGINAL, number] = IN_TRANSIT
    undelivered(z, w, kind, number, LOST)
    if late:
        w[W_HOW + ORIGINAL, number] = LOST


def is_lost_before(p: Ints, z: Ints, w: Table, kind: int, number: int) -> bool:
    """Whether this copy left the servers before the original did: at one tick, in order of passage."""
    mine, its = z[Z_NOW], w[W_WHEN + ORIGINAL, number]
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


# --- reports through the same stages ------------------------------------------------------------------------


def pass_reports(
    p: Ints, f: Floats, z: Ints, v: Table, w: Table, o: Table, c: Table, u: Floats, t: Ints
) -> bool:
    """Let the reports of all recipients pass the stages behind all mail; false if one came before the last of it.

    `c` are the columns of the recipients, in which is written what the sender is told.
    """
    for k in range(p[STAGE_COUNT]):
        stage, state = stage_plan(p, k), stage_state(k)
        if not p[stage + T_SERVES + REPORT]:
            continue
        if p[stage + T_WORKERS] == 0:
            pass_unlimited(p, f, z, w, o, u, t, k, REPORT)
            continue
        jobs, low, high = 0, p[HORIZON], 0
        for at in range(1, p[COUNT] + 1):
            number = w[W_PLACE, at]
            tick = w[W_AT + REPORT, number]
            if 0 <= tick <= p[HORIZON]:
                v[0, jobs], v[1, jobs] = tick, number << 2 | REPORT
                low, high = min(low, tick), max(high, tick)
                jobs += 1
        if jobs and low <= z[state + Y_LAST_ENTRY]:
            return False
        sort_by_tick(v, jobs, low, high)
        draw_services(p, f, z, v, u, t, k, REPORT)
        queue(p, z, v, w, o, k, jobs)
    odds = f[p[LOSS + REPORT]]
    word = LATENCY_DRAW | REPORT << 8
    for first in range(1, p[COUNT] + 1, CHUNK):
        size = min(CHUNK, p[COUNT] + 1 - first)
        fill_ticks(f, z, u, t, p[LATENCY + REPORT], word, p[LATENCY_SHARED + REPORT], first, size)
        if odds > 0.0:
            fill_uniforms(z, u, LOSS_DRAW | REPORT << 8, first, size)
        for i in range(size):
            sent, row = w[W_AT + REPORT, first + i], z[Z_ROW] + first + i - 1
            lost = odds > 0.0 and u[i] < odds
            if sent >= 0 and sent + t[i] <= p[HORIZON] and not lost:
                c[O_TOLD, row] = w[W_REPORT, first + i]
                c[O_TOLD_FIRST, row] = sent + t[i]
    return True
