"""The kernel's expansion: how one message to everybody becomes one for each (transport/relay/expansion.py, compiled)."""

from typing import Final

from recallsim.engines.kernel_heap import push
from recallsim.engines.kernel_jobs import (
    background_entity,
    begin_job,
    fill_job,
    fresh_job,
    job_at,
    order_in,
    place_in_line,
    stage_plan,
    stage_state,
    time_at,
)
from recallsim.engines.kernel_layout import (
    BACKGROUND,
    COUNT,
    IN_TRANSIT,
    INTERCEPT,
    INTERCEPTED,
    LOSS,
    N_BEGINS_LIST,
    N_FIRST,
    N_LAST,
    N_LIST,
    N_WIDTH,
    ORIGINAL,
    PART_COUNT,
    PARTS,
    REQUEST,
    STAGE_COUNT,
    T_BATCH,
    T_GAP,
    T_GRAIN,
    T_SERVES,
    T_WIDTH,
    TAIL,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_link import send
from recallsim.engines.kernel_lists import ask_moderators, is_held, is_undivided
from recallsim.engines.kernel_servers_layout import (
    ARRIVE,
    BACKGROUND_JOB,
    BATCH_GRAIN,
    EVENT_SHIFT,
    IN_STAGE,
    J_FIRST,
    J_KIND,
    J_LAST,
    J_ORDINAL,
    MESSAGE_GRAIN,
    OUT_OF_REACH,
    RECIPIENT_GRAIN,
    STRIPPED,
    TAKEN_BACK,
    W_FATE,
    W_FATE_AT,
    W_HOW,
    W_MARKS,
    W_PLACE,
    W_WHEN,
    W_WHERE,
    Y_ARRIVAL,
    Y_ARRIVALS,
    Y_BEGUN,
    Y_OWN,
    Z_FAILED,
    Z_NOW,
)
from recallsim.engines.kernel_stage import enter_standing, join, withdraw
from recallsim.engines.kernel_tail import hand_over
from recallsim.engines.kernel_ways import next_stage
from transport.recall.decide import decide_intercepted
from transport.streams.purposes import ARRIVAL

EVERY_LIST: Final = -1

# Everywhere here: p, f the plan; z the servers, j their jobs, h their events; w what became of each copy; y what has come to
# the tail; o the columns of waits and sojourns.


def fill_distribution(
    p: Ints, z: Ints, j: Ints, job: int, kind: int, first: int, last: int, ordinal: int
) -> None:
    """Make a job of several recipients."""
    place = place_in_line(z, WHOLE, ordinal)
    fill_job(z, j, job, kind, 0, p[COUNT] + 1 + p[STAGE_COUNT], ordinal, place)
    j[job_at(job) + J_FIRST] = first
    j[job_at(job) + J_LAST] = last


def forward(
    p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, y: Table, o: Table, job: int, k: int
) -> None:
    """Hand a distribution to the first stage from `k` on that works on its kind, or to the link."""
    at = job_at(job)
    kind, first, last, ordinal = j[at + J_KIND], j[at + J_FIRST], j[at + J_LAST], j[at + J_ORDINAL]
    target = next_stage(p, kind, 0, k)
    if grain_of(p, target) == MESSAGE_GRAIN:
        enter(p, f, z, j, h, o, job, target)
    elif p[PART_COUNT] and (k == 0 or grain_of(p, k - 1) == MESSAGE_GRAIN):
        split(p, f, z, j, h, w, y, o, kind, k, EVERY_LIST)
    elif grain_of(p, target) == BATCH_GRAIN and not is_undivided(p, first, last):
        enter(p, f, z, j, h, o, job, target)
    else:
        take_apart(p, f, z, j, h, w, y, o, kind, first, last, ordinal, target)


def grain_of(p: Ints, k: int) -> int:
    """What a job of a stage is; on the link each is for one recipient."""
    return RECIPIENT_GRAIN if k == p[STAGE_COUNT] else p[stage_plan(p, k) + T_GRAIN]


def split(
    p: Ints,
    f: Floats,
    z: Ints,
    j: Ints,
    h: Ints,
    w: Table,
    y: Table,
    o: Table,
    kind: int,
    k: int,
    released: int,
) -> None:
    """Make a message one for each list and for those on none; some wait for moderators. `released`: that list's alone."""
    target, ordinal = next_stage(p, kind, 0, k), 0
    size = smallest_batch(p, kind, k)
    for part in range(p[PARTS], p[PARTS] + p[PART_COUNT] * N_WIDTH, N_WIDTH):
        number, first, last = p[part + N_LIST], p[part + N_FIRST], p[part + N_LAST]
        goes = number == released if released >= 0 else not is_held(p, number, kind)
        if goes:
            take_apart(p, f, z, j, h, w, y, o, kind, first, last, ordinal, target)
        elif released < 0 and p[part + N_BEGINS_LIST]:
            ask_moderators(p, f, z, h, number, kind, k)
        ordinal += (last - first) // size + 1


def smallest_batch(p: Ints, kind: int, k: int) -> int:
    """The recipients of one job where there are fewest: a part that is one batch may be divided again further on."""
    size = p[COUNT]
    for stage in range(stage_plan(p, k), stage_plan(p, p[STAGE_COUNT]), T_WIDTH):
        if p[stage + T_GRAIN] == BATCH_GRAIN and p[stage + T_SERVES + kind]:
            size = min(size, p[stage + T_BATCH])
    return size


def take_apart(
    p: Ints,
    f: Floats,
    z: Ints,
    j: Ints,
    h: Ints,
    w: Table,
    y: Table,
    o: Table,
    kind: int,
    first: int,
    last: int,
    ordinal: int,
    k: int,
) -> None:
    """Divide a message, or a part of one, into batches, or expand it, as the next stage, `k`, works."""
    if grain_of(p, k) == RECIPIENT_GRAIN:
        expand(p, f, z, j, h, w, y, o, kind, first, last, k)
        return
    size = p[stage_plan(p, k) + T_BATCH]
    for begin in range(first, last + 1, size):
        batch = fresh_job(z, j)
        if z[Z_FAILED]:
            return
        fill_distribution(p, z, j, batch, kind, begin, min(begin + size - 1, last), ordinal)
        enter(p, f, z, j, h, o, batch, k)
        ordinal += 1


def enter(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, job: int, k: int) -> None:
    """Let one own job enter a stage at the present tick."""
    count_in(p, f, z, j, h, o, k, 1)
    begin_job(z, j, job)
    join(p, f, z, j, h, o, job, k)


def count_in(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, k: int, jobs: int) -> None:
    """Own jobs come to a stage; with the first of them its stationary background begins."""
    state = stage_state(k)
    z[state + Y_OWN] += jobs
    if not z[state + Y_BEGUN]:
        z[state + Y_BEGUN] = 1
        begin_stationary(p, f, z, j, h, o, k)


def expand(
    p: Ints,
    f: Floats,
    z: Ints,
    j: Ints,
    h: Ints,
    w: Table,
    y: Table,
    o: Table,
    kind: int,
    first: int,
    last: int,
    k: int,
) -> None:
    """Make one job a recipient; a request takes effect here on what is under way (S1)."""
    if p[INTERCEPT] and kind == REQUEST:
        for number in range(first, last + 1):
            intercept(z, j, w, number)
    for number in range(first, last + 1):
        if w[W_HOW + kind, number] != IN_TRANSIT:
            continue
        target = next_stage(p, kind, number, k)
        if goes_straight(p, f, kind, target):
            send(p, f, z, w, kind, number)
            continue
        if target >= p[TAIL]:
            hand_over(z, y, kind, number)
            continue
        count_in(p, f, z, j, h, o, target, 1)
        job = kind * (p[COUNT] + 1) + number
        fill_job(z, j, job, kind, number, number, 0, w[W_PLACE, number])
        begin_job(z, j, job)
        if kind == ORIGINAL:
            w[W_WHERE, number] = IN_STAGE
        join(p, f, z, j, h, o, job, target)


def goes_straight(p: Ints, f: Floats, kind: int, target: int) -> bool:
    """Whether mail goes on the link at once, not by way of the tail: where it may be lost, its place among events counts."""
    return target == p[STAGE_COUNT] and (p[TAIL] > target or f[p[LOSS + kind]] > 0.0)


def intercept(z: Ints, j: Ints, w: Table, number: int) -> None:
    """Take the original of one recipient back wherever it waits, with the request (S1)."""
    where = w[W_WHERE, number]
    if where in (OUT_OF_REACH, TAKEN_BACK):
        return
    if where == IN_STAGE:
        withdraw(z, j, number)
    w[W_WHERE, number] = TAKEN_BACK
    w[W_HOW + ORIGINAL, number] = w[W_HOW + REQUEST, number] = INTERCEPTED
    w[W_WHEN + ORIGINAL, number] = w[W_WHEN + REQUEST, number] = z[Z_NOW]
    verdict = decide_intercepted()
    w[W_FATE, number] = verdict.status << 8 | verdict.reason
    w[W_FATE_AT, number] = z[Z_NOW]


def begin_stationary(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, k: int) -> None:
    """Begin a background in its stationary state."""
    enter_standing(p, f, z, j, h, o, k)
    z[stage_state(k) + Y_ARRIVAL] = z[Z_NOW]
    expect_foreign_mail(p, f, z, h, k)


def expect_foreign_mail(p: Ints, f: Floats, z: Ints, h: Ints, k: int) -> None:
    """Let the next foreign message arrive after its gap."""
    state, number = stage_state(k), z[stage_state(k) + Y_ARRIVALS]
    gap = time_at(f, z, p[stage_plan(p, k) + T_GAP], ARRIVAL, BACKGROUND_JOB + 13, k, BACKGROUND + k, number)
    z[state + Y_ARRIVAL] += gap
    order = order_in(z, 2 + 3 * k, background_entity(p, k), BACKGROUND_JOB, number)
    push(p, z, h, z[state + Y_ARRIVAL], order, k, ARRIVE << EVENT_SHIFT)


def strip(w: Table, first: int, last: int) -> None:
    """A stage has made an ordinary mail of a request (S9)."""
    for number in range(first, last + 1):
        w[W_MARKS, number] |= STRIPPED
