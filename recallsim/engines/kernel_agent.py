"""The kernel's recall agent: its line and its workers, for all recipients at once (agents/recall_agent.py, compiled).

What its last visit to a mailbox finds is decided when that recipient is lived through (kernel_removal.py); here it matters
only whether it finds the original at all, for if not, another attempt takes a worker's time from others.
"""

from recallsim.engines.kernel_heap import drop_first, push
from recallsim.engines.kernel_jobs import job_at, line_up, time_at
from recallsim.engines.kernel_layout import (
    AGENT,
    G_AT_SERVER,
    G_FIRST,
    G_PROCESSING,
    G_REACH,
    G_REFUSES,
    G_SIZE,
    G_WIDTH,
    GROUP_COUNT,
    GROUPS,
    ORIGINAL,
    PRESENT,
    PROCESS,
    REQUEST,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    J_ENTERED,
    J_FAILURES,
    J_NEXT,
    J_ORDER,
    J_PLACE,
    STRIPPED,
    W_HOW,
    W_MARKS,
    W_PLACE,
    W_WHEN,
    Z_COMING,
    Z_FATES,
    Z_FREE,
    Z_HEAP,
    Z_LINE,
    Z_LINE_ENDS,
    Z_NOW,
)
from recallsim.engines.kernel_systems_layout import (
    A_FAILURE,
    A_GAP_COUNT,
    A_GAPS,
    A_GIVE_UP,
    A_SERVICE,
    A_SHARED,
    A_WORKERS,
    COMES,
    ENDS,
    ENTITY_SHIFT,
    FAILED_BIT,
    GIVES_UP,
    GIVES_UP_LATER,
    SUB_SHIFT,
    TAKES_UP,
    TRIES,
    W_DOES,
    W_DOES_AT,
    W_FATE_ORDER,
    W_LEFT,
)
from transport.streams.purposes import AGENT_FAILURE, AGENT_SERVICE, MAILBOX_PROCESSES, RECIPIENT_REFUSES
from transport.timing import retry

# Jobs are rows of `j` by recipient number; `h` is the heap of events, `x` scratch, `w` what became of each copy.


def work(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, x: Ints) -> None:
    """Let the agent do all its work, to the horizon."""
    z[Z_HEAP] = 0
    z[Z_FREE] = p[p[AGENT] + A_WORKERS]
    z[Z_COMING] = z[Z_LINE] = z[Z_LINE_ENDS] = -1
    expect_requests(p, z, j, h, w)
    while z[Z_HEAP] > 0:
        z[Z_NOW] = h[0]
        number, what = h[2], h[3]
        drop_first(z, h)
        if what == COMES:
            come(p, f, z, j, h, number)
        elif what == TAKES_UP:
            take_up(p, f, z, j, h, x)
        else:
            end_attempt(p, f, z, j, h, w, number)


def expect_requests(p: Ints, z: Ints, j: Ints, h: Ints, w: Table) -> None:
    """Every request that comes to a mailbox within reach is a job."""
    for g in range(p[GROUP_COUNT]):
        group = p[GROUPS] + g * G_WIDTH
        if not p[group + G_AT_SERVER] or p[group + G_REACH]:
            continue
        for number in range(p[group + G_FIRST], p[group + G_FIRST] + p[group + G_SIZE]):
            if w[W_HOW + REQUEST, number] != PRESENT or w[W_MARKS, number] & STRIPPED:
                continue
            job = job_at(number)
            j[job + J_ENTERED], j[job + J_FAILURES] = w[W_WHEN + REQUEST, number], 0
            j[job + J_PLACE], j[job + J_ORDER] = w[W_PLACE, number], number
            push(p, z, h, w[W_WHEN + REQUEST, number], order_of(COMES, number, 0), number, COMES)


def order_of(sub: int, number: int, attempt: int) -> int:
    """The order of an event within its tick."""
    return sub << SUB_SHIFT | number << ENTITY_SHIFT | attempt


def come(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, number: int) -> None:
    """A job comes, or comes again; where there are workers for all, it does not stand in line."""
    if p[p[AGENT] + A_WORKERS] == 0:
        start_attempt(p, f, z, j, h, number)
        return
    if z[Z_COMING] < 0:
        push(p, z, h, z[Z_NOW], order_of(TAKES_UP, 0, 0), 0, TAKES_UP)
    j[job_at(number) + J_NEXT] = z[Z_COMING]
    z[Z_COMING] = number


def take_up(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, x: Ints) -> None:
    """Those who came at one tick stand in line by a uniform of their own, so that no group goes first."""
    count, number = 0, z[Z_COMING]
    z[Z_COMING] = -1
    while number >= 0:
        x[count] = number
        count += 1
        number = j[job_at(number) + J_NEXT]
    line_up(j, x, count)
    for n in range(count):
        j[job_at(x[n]) + J_NEXT] = -1
        if z[Z_LINE] < 0:
            z[Z_LINE] = x[n]
        else:
            j[job_at(z[Z_LINE_ENDS]) + J_NEXT] = x[n]
        z[Z_LINE_ENDS] = x[n]
    serve_line(p, f, z, j, h)


def serve_line(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints) -> None:
    """Give work to the free workers."""
    while z[Z_FREE] and z[Z_LINE] >= 0:
        number = z[Z_LINE]
        z[Z_LINE] = j[job_at(number) + J_NEXT]
        z[Z_FREE] -= 1
        start_attempt(p, f, z, j, h, number)


def start_attempt(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, number: int) -> None:
    """A worker sets about a mailbox."""
    agent, attempt = p[AGENT], j[job_at(number) + J_FAILURES]
    entity = WHOLE if p[agent + A_SHARED] else number
    ticks = time_at(f, z, p[agent + A_SERVICE], AGENT_SERVICE, REQUEST, 0, entity, attempt)
    push(p, z, h, z[Z_NOW] + ticks, order_of(ENDS, number, attempt), number, ENDS)


# --- what an attempt finds ----------------------------------------------------------------------------------


def end_attempt(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, number: int) -> None:
    """An attempt ends: it is the last one, or another follows."""
    agent, now, job = p[AGENT], z[Z_NOW], job_at(number)
    if p[agent + A_WORKERS]:
        z[Z_FREE] += 1
        serve_line(p, f, z, j, h)
    left = w[W_LEFT, number]
    gone = left >= 0 and left >> 1 < now << 4 | PROCESS
    if gone and left & 1:
        return  # an administrator was quicker
    if z[Z_FATES] >= 0:
        z[Z_FATES] += 1
        w[W_FATE_ORDER, number] = z[Z_FATES]
    failed = takes_place(f, z, p[agent + A_FAILURE], AGENT_FAILURE, REQUEST, number, j[job + J_FAILURES])
    j[job + J_FAILURES] += 1
    if not failed and ends_the_recall(p, f, z, w, number, gone):
        w[W_DOES, number], w[W_DOES_AT, number] = TRIES, now
        return
    first, size, give_up = p[agent + A_GAPS], p[agent + A_GAP_COUNT], p[agent + A_GIVE_UP]
    then = retry(now, j[job + J_ENTERED], j[job + J_FAILURES], p, first, size, 0, give_up, 0.0, 0.0)
    if then.bounces:
        does = GIVES_UP if then.tick == now else GIVES_UP_LATER
        w[W_DOES, number], w[W_DOES_AT, number] = does | (FAILED_BIT if failed else 0), then.tick
    else:
        push(p, z, h, then.tick, order_of(COMES, number, j[job + J_FAILURES]), number, COMES)


def ends_the_recall(p: Ints, f: Floats, z: Ints, w: Table, number: int, gone: bool) -> bool:
    """Whether an attempt that does not fail comes to a decision: there is an original, or the mailbox is closed to it."""
    group = group_of(p, number)
    if not takes_place(f, z, p[group + G_PROCESSING], MAILBOX_PROCESSES, 0, number, 0):
        return True
    if takes_place(f, z, p[group + G_REFUSES], RECIPIENT_REFUSES, 0, number, 0):
        return True
    came = w[W_HOW + ORIGINAL, number] == PRESENT and w[W_WHEN + ORIGINAL, number] <= z[Z_NOW]
    return came and not gone


def takes_place(f: Floats, z: Ints, share: int, purpose: int, kind: int, number: int, ordinal: int) -> bool:
    """Whether something of that share happens; certain things draw nothing."""
    if f[share] <= 0.0:
        return False
    return f[share] >= 1.0 or draw_at(z, purpose, kind, 0, number, ordinal) < f[share]


def group_of(p: Ints, number: int) -> int:
    """Where the group of a recipient stands."""
    low, high = 0, p[GROUP_COUNT] - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if p[p[GROUPS] + middle * G_WIDTH + G_FIRST] <= number:
            low = middle
        else:
            high = middle - 1
    return p[GROUPS] + low * G_WIDTH
