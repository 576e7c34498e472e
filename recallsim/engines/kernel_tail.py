"""The kernel's quick way through the last stages: those that take mail to one recipient, and only queue.

Attempts may fail there; else it is as in kernel_plain.py, whose sister this is for servers whose first stages do more.
What the event list of those hands over is a list in the order of its ticks. A stage is one pass over that list, in the order
in which jobs queue, with a heap of no more than the attempts to come; what leaves it is the list of the next.

Everywhere here: `y` the room for lists (kernel_servers_layout.py), row 0 ticks, row 1 number << 2 | kind; `h` the heap, of
which an entry is when an attempt begins, the job's place in line, its place in the list, how many attempts have failed; `w`
what becomes of each copy, a cell a recipient; `o` the passages; `u` uniforms and `t` ticks of one chunk.
"""

from typing import Final

from recallsim.engines.kernel_heap import add, drop_first
from recallsim.engines.kernel_jobs import place_in_line, stage_plan, stage_state, time_at
from recallsim.engines.kernel_layout import (
    BOUNCED,
    CHUNK,
    COUNT,
    E_ATTEMPTS,
    E_GAP_COUNT,
    E_GAPS,
    E_GIVE_UP,
    E_JITTER,
    E_WIDTH,
    HORIZON,
    KINDS,
    STAGE_COUNT,
    T_CAN_FAIL,
    T_FAILING,
    T_FAILURE,
    T_SERVES,
    T_SERVICE,
    T_SHARED,
    T_WORKERS,
    TAIL,
    UNDECIDED,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_order import line_up_all, sort_by_tick
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    W_AT,
    Y_LAST_ENTRY,
    Y_LINE,
    Y_LINES,
    Y_PEAK,
    Y_WAITING,
    Z_FAILED,
    Z_HANDED,
    Z_HEAP,
    Z_K0,
    Z_K1,
    Z_NOW,
    Z_REPLICATION,
    Z_ROW,
    Z_SUBMITS,
)
from recallsim.engines.kernel_travel import lose, pass_link, rank_of_passage, settle
from recallsim.engines.kernel_workers import FAR_AWAY, LONG_AGO, draw_services, free_all, take_worker
from transport.streams.philox import uniform
from transport.streams.purposes import FAILURE, RETRY_JITTER, SERVICE
from transport.timing import retry

NEVER_LEAVES: Final = 1 << 62
GIVEN_UP_BEFORE: Final = 2
"""So many ranks before the ends of services a stage gives up what waits for another attempt."""


def hand_over(z: Ints, y: Table, kind: int, number: int) -> None:
    """A copy comes to the tail at the present tick."""
    at = z[Z_HANDED]
    if at == len(y[0]):
        z[Z_FAILED] = 1
        return
    y[0, at], y[1, at] = z[Z_NOW], number << 2 | kind
    z[Z_HANDED] = at + 1


def pass_tail(p: Ints, f: Floats, z: Ints, h: Ints, w: Table, y: Table, o: Table, u: Floats, t: Ints) -> None:
    """Let what was handed over pass the stages of the tail, and the link."""
    jobs = z[Z_HANDED]
    for k in range(p[TAIL], p[STAGE_COUNT]):
        if k > p[TAIL]:
            jobs = sort_leavers(p, z, y, jobs)
        else:
            line_up_all(z, y, jobs)
        pass_stage(p, f, z, h, w, y, o, u, t, k, jobs)
        if z[Z_FAILED]:
            return
    ticks, copies, horizon = y[0], y[1], p[HORIZON]
    for n in range(jobs):
        if ticks[n] <= horizon:
            w[W_AT + (copies[n] & 3), copies[n] >> 2] = ticks[n]
    for kind in range(KINDS):
        if z[Z_SUBMITS + kind] >= 0:
            for first in range(1, p[COUNT] + 1, CHUNK):
                pass_link(p, f, z, w, u, t, kind, first, min(CHUNK, p[COUNT] + 1 - first), first)
    if not settle(p, w, 1, p[COUNT]):
        z[Z_FAILED] = UNDECIDED


def sort_leavers(p: Ints, z: Ints, y: Table, jobs: int) -> int:
    """Make the list of the next stage of what has left one; how long it is."""
    ticks, copies, left, low, high = y[0], y[1], 0, p[HORIZON], 0
    for n in range(jobs):
        tick = ticks[n]
        if tick <= p[HORIZON]:
            ticks[left], copies[left] = tick, copies[n]
            low, high = min(low, tick), max(high, tick)
            left += 1
    sort_by_tick(z, y, left, low, high)
    return left


def pass_stage(
    p: Ints, f: Floats, z: Ints, h: Ints, w: Table, y: Table, o: Table, u: Floats, t: Ints, k: int, jobs: int
) -> None:
    """First come, first served: let a list pass a stage; its ticks become when each job leaves, if it does."""
    stage, state, ticks, copies = stage_plan(p, k), stage_state(k), y[0], y[1]
    can_fail = p[stage + T_CAN_FAIL] != 0
    z[Z_HEAP] = z[state + Y_LINE] = 0
    free_all(p, y, k)
    begin_line(z, k)
    for first in range(0, jobs, CHUNK):
        size = min(CHUNK, jobs - first)
        draw_services(p, f, z, y, u, t, k, first, size)
        if can_fail:
            draw_failures(z, y, u, k, first, size)
        for n in range(first, first + size):
            kind, number = copies[n] & 3, copies[n] >> 2
            if not p[stage + T_SERVES + kind]:
                continue
            while z[Z_HEAP] and comes_again_before(z, h, ticks[n], copies[n]):
                try_again(p, f, z, h, w, y, k)
            lasts, entered = t[n - first], ticks[n]
            ends = serve(p, z, y, k, entered, lasts)
            if ends - lasts <= p[HORIZON]:
                o[8 * k + kind, z[Z_ROW] + number - 1] = ends - lasts - entered
                if ends <= p[HORIZON]:
                    o[8 * k + 4 + kind, z[Z_ROW] + number - 1] = ends - entered
            fails = can_fail and u[n - first] < f[p[stage + T_FAILURE + kind]]
            end_attempt(p, f, z, h, w, y, k, n, ends, fails, 0)
    while z[Z_HEAP]:
        try_again(p, f, z, h, w, y, k)
    note_peak(p, z, y, k)


def draw_failures(z: Ints, y: Table, u: Floats, k: int, first: int, size: int) -> None:
    """The draws by which the first attempts of some jobs fail; a loop that the compiler makes vectors of."""
    k0, k1, replication, copies = z[Z_K0], z[Z_K1], z[Z_REPLICATION], y[1]
    for i in range(size):
        job = copies[first + i]
        u[i] = uniform(k0, k1, 0, FAILURE | (job & 3) << 8 | k << 16, job >> 2, replication)


def comes_again_before(z: Ints, h: Ints, tick: int, copy: int) -> bool:
    """Whether the first of the attempts to come begins before that copy comes to the stage: by tick, then place in line."""
    if h[0] != tick:
        return h[0] < tick
    return h[1] < place_of(z, copy)


def place_of(z: Ints, copy: int) -> int:
    """The place of a copy among those that come at one tick; those to one recipient by kind."""
    return place_in_line(z, copy >> 2, 0) << 2 | copy & 3


def try_again(p: Ints, f: Floats, z: Ints, h: Ints, w: Table, y: Table, k: int) -> None:
    """The first of the attempts to come begins."""
    tick, n, failures = h[0], h[2], h[3]
    drop_first(z, h)
    stage, kind, number = stage_plan(p, k), y[1, n] & 3, y[1, n] >> 2
    entity = WHOLE if p[stage + T_SHARED + kind] else number
    lasts = time_at(f, z, p[stage + T_SERVICE + kind], SERVICE, kind, k, entity, failures)
    ends = serve(p, z, y, k, tick, lasts)
    fails = draw_at(z, FAILURE, kind, k, number, failures) < f[p[stage + T_FAILURE + kind]]
    end_attempt(p, f, z, h, w, y, k, n, ends, fails, failures)


def end_attempt(
    p: Ints, f: Floats, z: Ints, h: Ints, w: Table, y: Table, k: int, n: int, ends: int, fails: bool, failures: int
) -> None:  # fmt: skip
    """An attempt ends: the job leaves, comes again, or bounces; `failures`: of the attempts before."""
    if ends > p[HORIZON]:
        y[0, n] = NEVER_LEAVES
        return
    if not fails:
        y[0, n] = ends
        return
    kind, number = y[1, n] & 3, y[1, n] >> 2
    failing = p[stage_plan(p, k) + T_FAILING] + kind * E_WIDTH
    u, jitter = 0.5, f[p[failing + E_JITTER]]
    if jitter > 0.0:
        u = draw_at(z, RETRY_JITTER, kind, k, number, failures)
    first, size, entered = p[failing + E_GAPS], p[failing + E_GAP_COUNT], y[0, n]
    attempts, give_up = p[failing + E_ATTEMPTS], p[failing + E_GIVE_UP]
    then = retry(ends, entered, failures + 1, p, first, size, attempts, give_up, jitter, u)
    if then.tick > p[HORIZON]:
        y[0, n] = NEVER_LEAVES
    elif then.bounces:
        y[0, n] = NEVER_LEAVES
        passage = rank_of_passage(p, k)
        lose(w, kind, number, BOUNCED, then.tick, passage if then.tick == ends else passage - GIVEN_UP_BEFORE)
    else:
        add(z, h, then.tick, place_of(z, y[1, n]), n, failures + 1)


# --- the line -----------------------------------------------------------------------------------------------
# Of a stage's state, Y_LINE is how many jobs stand in its line, Y_WAITING how many of those are known to have begun,
# Y_LAST_ENTRY when the last of them came. Row Y_LINES of the stage keeps when each job's worker was free; of those who
# have begun only while there is room.


def begin_line(z: Ints, k: int) -> None:
    """Nobody has come yet."""
    state = stage_state(k)
    z[state + Y_LINE] = z[state + Y_WAITING] = z[state + Y_PEAK] = 0
    z[state + Y_LAST_ENTRY] = LONG_AGO


def serve(p: Ints, z: Ints, y: Table, k: int, entered: int, lasts: int) -> int:
    """When the service of a job ends that comes now, in the order in which jobs queue, and takes so long."""
    workers, state = p[stage_plan(p, k) + T_WORKERS], stage_state(k)
    if workers == 0:
        return entered + lasts
    if entered != z[state + Y_LAST_ENTRY]:
        note_peak(p, z, y, k)
        z[state + Y_LAST_ENTRY] = entered
    line, free, at = y[Y_LINES + k], y[Y_LINES + p[STAGE_COUNT] + k], z[state + Y_LINE]
    if at == len(line):
        at = forget_begun(z, line, state, entered)
        if 2 * at > len(line):
            z[Z_FAILED] = 1
            return NEVER_LEAVES
    was_free = line[at] = free[0]
    z[state + Y_LINE] = at + 1
    ends = min(max(entered, was_free) + lasts, FAR_AWAY)
    take_worker(free, workers, ends)
    return ends


def forget_begun(z: Ints, line: Ints, state: int, tick: int) -> int:
    """Take those out of a line that is full who began before that tick; how many are left."""
    begun = z[state + Y_WAITING]
    while begun < z[state + Y_LINE] and line[begun] < tick:
        begun += 1
    left = z[state + Y_LINE] - begun
    for n in range(left):
        line[n] = line[begun + n]
    z[state + Y_WAITING], z[state + Y_LINE] = 0, left
    return left


def note_peak(p: Ints, z: Ints, y: Table, k: int) -> None:
    """The greatest number of jobs that ever waited, once all are in line that came at one tick.

    Who finds a worker that is free at that very tick counts as waiting, since services end after that tick's jobs came.
    """
    state, line = stage_state(k), y[Y_LINES + k]
    begun, tick = z[state + Y_WAITING], z[state + Y_LAST_ENTRY]
    while begun < z[state + Y_LINE] and line[begun] < tick:
        begun += 1
    z[state + Y_WAITING] = begun
    z[state + Y_PEAK] = max(z[state + Y_PEAK], z[state + Y_LINE] - begun)
