"""The kernel's servers as one system: from a submission to the link (relay/relay.py and agents/server.py, compiled).

Any setting of the stages, event by event; kernel_plain.py is the quick way through stages that only queue.
"""

from recallsim.engines.kernel_heap import drop_first, push
from recallsim.engines.kernel_layout import (
    BACKGROUND,
    BOUNCED,
    COUNT,
    HORIZON,
    IN_TRANSIT,
    INTERCEPT,
    KINDS,
    LATENCY,
    LATENCY_SHARED,
    LOSS,
    LOST,
    ORIGINAL,
    PRESENT,
    REQUEST,
    STAGE_COUNT,
    T_BACKGROUND,
    T_BATCH,
    T_BEGINS,
    T_CAN_FAIL,
    T_GAP,
    T_GRAIN,
    T_OUTAGE_COUNT,
    T_OUTAGES,
    T_SERVES,
    T_START,
    T_WORKERS,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_layout import INTERCEPTED as INTERCEPTED_PLACE
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    ARRIVE,
    BACKGROUND_JOB,
    BATCH_GRAIN,
    EMPTY_START,
    END,
    EVENT_SHIFT,
    GIVE_UP,
    HALT,
    IN_STAGE,
    J_EPOCH,
    J_FAILURES,
    J_FIRST,
    J_KIND,
    J_LAST,
    J_NEXT,
    J_NUMBER,
    J_STAGE,
    J_WITHDRAWN,
    LANES,
    OUT_OF_REACH,
    RECIPIENT_GRAIN,
    RESUME,
    RETURN,
    SUBMIT,
    TAKE_IN,
    TAKEN_BACK,
    W_FATE,
    W_FATE_AT,
    W_HOW,
    W_WHEN,
    W_WHERE,
    Y_ARRIVAL,
    Y_ARRIVALS,
    Y_BEGUN,
    Y_DOWN,
    Y_FREE,
    Y_HEADS,
    Y_IN_SERVICE,
    Y_INCOMING,
    Y_LAST_IN_SERVICE,
    Y_OWN,
    Y_WAITING,
    Y_WIDTH,
    Z_FAILED,
    Z_FREE_JOB,
    Z_HEAP,
    Z_JOBS,
    Z_LEFT,
    Z_NOW,
    Z_SUBMITS,
)
from recallsim.engines.kernel_stage import (
    attempt_fails,
    background_entity,
    begin_job,
    enter_standing,
    fill_job,
    forget,
    fresh_job,
    halt,
    job_at,
    join,
    note_passage,
    order_in,
    place_in_line,
    serve,
    stage_plan,
    stage_state,
    take_in,
    time_at,
    withdraw,
)
from transport.recall.decide import decide_intercepted, decide_undelivered
from transport.streams.purposes import ARRIVAL
from transport.streams.purposes import LATENCY as LATENCY_DRAW
from transport.streams.purposes import LOSS as LOSS_DRAW

# Everywhere here: p, f the plan; z the servers, j their jobs, h their events; w what became of each copy; o the columns of
# waits and sojourns; x scratch, twice as long as there are jobs.


def pass_servers(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, o: Table, x: Ints) -> None:
    """Let all mail to recipients pass the servers, event by event, to the horizon."""
    open_servers(p, f, z, j, h, o)
    while z[Z_HEAP] > 0 and not z[Z_FAILED]:
        tick, subject = h[0], h[2]
        what, epoch = h[3] >> EVENT_SHIFT, h[3] & ((1 << EVENT_SHIFT) - 1)
        drop_first(z, h)
        z[Z_NOW] = tick
        if what == END:
            if j[job_at(subject) + J_EPOCH] == epoch:  # else an outage made it start over
                end(p, f, z, j, h, w, o, x, subject)
        elif what == TAKE_IN:
            take_in(p, f, z, j, h, o, x, subject)
        elif what == RETURN:
            k = j[job_at(subject) + J_STAGE]
            if j[job_at(subject) + J_WITHDRAWN]:
                z[stage_state(k) + Y_OWN] -= 1
            else:
                join(p, f, z, j, h, o, subject, k)
        elif what == GIVE_UP:
            give_up(p, z, j, w, subject)
        elif what == ARRIVE:
            foreign_mail_arrives(p, f, z, j, h, o, subject)
        elif what == HALT:
            halt(p, z, j, subject)
        elif what == RESUME:
            z[stage_state(subject) + Y_DOWN] = 0
            serve(p, f, z, j, h, o, subject)
        else:
            z[Z_LEFT] -= 1
            job = fresh_job(z, j)
            fill_distribution(p, z, j, job, subject, 1, p[COUNT], 0)
            forward(p, f, z, j, h, w, o, x, job, 0)


def open_servers(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table) -> None:
    """Set the servers to work: what is to be submitted, outages, foreign mail."""
    z[Z_HEAP] = z[Z_LEFT] = z[Z_NOW] = 0
    z[Z_FREE_JOB] = -1
    z[Z_JOBS] = KINDS * (p[COUNT] + 1)
    for kind in range(KINDS):
        if z[Z_SUBMITS + kind] >= 0:
            z[Z_LEFT] += 1
            push(p, z, h, z[Z_SUBMITS + kind], order_in(z, 1, 0, kind, 0), kind, SUBMIT << EVENT_SHIFT)
    for k in range(p[STAGE_COUNT]):
        z[Z_NOW] = min(z[Z_NOW], p[stage_plan(p, k) + T_BEGINS])
    for k in range(p[STAGE_COUNT]):
        stage, state = stage_plan(p, k), stage_state(k)
        for cell in range(state, state + Y_WIDTH):
            z[cell] = 0
        z[state + Y_INCOMING] = z[state + Y_IN_SERVICE] = z[state + Y_LAST_IN_SERVICE] = -1
        for lane in range(LANES):
            z[state + Y_HEADS + lane] = -1
        z[state + Y_FREE] = max(p[stage + T_WORKERS], 1)
        z[state + Y_BEGUN] = 1
        for outage in range(p[stage + T_OUTAGE_COUNT]):
            at, order = p[stage + T_OUTAGES] + 2 * outage, order_in(z, 0, background_entity(p, k), 0, k)
            push(p, z, h, p[at], order, k, HALT << EVENT_SHIFT)
            push(p, z, h, p[at + 1], order, k, RESUME << EVENT_SHIFT)
        if not p[stage + T_BACKGROUND]:
            continue
        if p[stage + T_START] == EMPTY_START:
            z[state + Y_ARRIVAL] = p[stage + T_BEGINS]
            expect_foreign_mail(p, f, z, h, k)
        elif p[stage + T_OUTAGE_COUNT]:
            begin_stationary(p, f, z, j, h, o, k)
        else:
            z[state + Y_BEGUN] = 0


# --- foreign mail -------------------------------------------------------------------------------------------


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


def foreign_mail_arrives(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, k: int) -> None:
    """A foreign message arrives, as long as it can keep own mail waiting."""
    state, number = stage_state(k), z[stage_state(k) + Y_ARRIVALS]
    awaited = z[Z_LEFT] > 0 or (z[state + Y_OWN] > 0 and p[stage_plan(p, k) + T_CAN_FAIL] != 0)
    for earlier in range(k):
        awaited = awaited or z[stage_state(earlier) + Y_OWN] > 0
    if not awaited:
        return
    job = fresh_job(z, j)
    place = place_in_line(z, BACKGROUND + k, number)
    fill_job(z, j, job, BACKGROUND_JOB, 0, background_entity(p, k), number, place)
    begin_job(z, j, job)
    join(p, f, z, j, h, o, job, k)
    z[state + Y_ARRIVALS] += 1
    expect_foreign_mail(p, f, z, h, k)


# --- to the recipients --------------------------------------------------------------------------------------


def fill_distribution(
    p: Ints, z: Ints, j: Ints, job: int, kind: int, first: int, last: int, ordinal: int
) -> None:
    """Make a job of several recipients."""
    place = place_in_line(z, WHOLE, ordinal)
    fill_job(z, j, job, kind, 0, p[COUNT] + 1 + p[STAGE_COUNT], ordinal, place)
    j[job_at(job) + J_FIRST] = first
    j[job_at(job) + J_LAST] = last


def next_stage(p: Ints, kind: int, k: int) -> int:
    """The first stage from `k` on that works on a kind, or the number of stages: the link."""
    while k < p[STAGE_COUNT] and not p[stage_plan(p, k) + T_SERVES + kind]:
        k += 1
    return k


def forward(
    p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, o: Table, x: Ints, job: int, k: int
) -> None:
    """Hand a distribution to the first stage from `k` on that works on its kind, or to the link."""
    at = job_at(job)
    kind, first, last = j[at + J_KIND], j[at + J_FIRST], j[at + J_LAST]
    k = next_stage(p, kind, k)
    grain = RECIPIENT_GRAIN if k == p[STAGE_COUNT] else p[stage_plan(p, k) + T_GRAIN]
    if grain == RECIPIENT_GRAIN:
        expand(p, f, z, j, h, w, o, kind, first, last, k)
    elif grain == BATCH_GRAIN and first == 1 and last == p[COUNT]:
        size = p[stage_plan(p, k) + T_BATCH]
        for ordinal in range((p[COUNT] + size - 1) // size):
            batch, begin = fresh_job(z, j), 1 + ordinal * size
            if z[Z_FAILED]:
                return
            fill_distribution(p, z, j, batch, kind, begin, min(begin + size - 1, p[COUNT]), ordinal)
            enter(p, f, z, j, h, o, batch, k)
    else:
        enter(p, f, z, j, h, o, job, k)


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
    o: Table,
    kind: int,
    first: int,
    last: int,
    k: int,
) -> None:
    """Make one job a recipient; a request takes effect here on what is under way (S1)."""
    count = 0
    for number in range(first, last + 1):
        if p[INTERCEPT] and kind == REQUEST:
            intercept(z, j, w, number)
        if goes_on(p, w, kind, number):
            count += 1
    at_link = k == p[STAGE_COUNT]
    if count and not at_link:
        count_in(p, f, z, j, h, o, k, count)
    for number in range(first, last + 1):
        if not goes_on(p, w, kind, number):
            continue
        if at_link:
            send(p, f, z, w, kind, number)
            continue
        job = kind * (p[COUNT] + 1) + number
        fill_job(z, j, job, kind, number, number, 0, place_in_line(z, number, 0))
        begin_job(z, j, job)
        if kind == ORIGINAL:
            w[W_WHERE, number] = IN_STAGE
        join(p, f, z, j, h, o, job, k)


def goes_on(p: Ints, w: Table, kind: int, number: int) -> bool:
    """Whether a copy still is to be delivered when its distribution is expanded."""
    return w[W_HOW + kind, number] == IN_TRANSIT


def intercept(z: Ints, j: Ints, w: Table, number: int) -> None:
    """Take the original of one recipient back wherever it waits, with the request (S1)."""
    where = w[W_WHERE, number]
    if where in (OUT_OF_REACH, TAKEN_BACK):
        return
    if where == IN_STAGE:
        withdraw(z, j, number)
    w[W_WHERE, number] = TAKEN_BACK
    w[W_HOW + ORIGINAL, number] = w[W_HOW + REQUEST, number] = INTERCEPTED_PLACE
    w[W_WHEN + ORIGINAL, number] = w[W_WHEN + REQUEST, number] = z[Z_NOW]
    verdict = decide_intercepted()
    w[W_FATE, number] = verdict.status << 8 | verdict.reason
    w[W_FATE_AT, number] = z[Z_NOW]


def send(p: Ints, f: Floats, z: Ints, w: Table, kind: int, number: int) -> None:
    """Put one recipient's mail on the link."""
    if kind == ORIGINAL:
        w[W_WHERE, number] = OUT_OF_REACH
    odds = f[p[LOSS + kind]]
    if odds > 0.0 and draw_at(z, LOSS_DRAW, kind, 0, number, 0) < odds:
        undelivered(z, w, kind, number, LOST)
        return
    entity = WHOLE if p[LATENCY_SHARED + kind] else number
    tick = z[Z_NOW] + time_at(f, z, p[LATENCY + kind], LATENCY_DRAW, kind, 0, entity, 0)
    if tick <= p[HORIZON]:
        w[W_WHEN + kind, number] = tick
        w[W_HOW + kind, number] = PRESENT


def undelivered(z: Ints, w: Table, kind: int, number: int, place: int) -> None:
    """A message bounced or was lost on its way to one recipient (R7.3, R7.5)."""
    w[W_HOW + kind, number] = place
    w[W_WHEN + kind, number] = z[Z_NOW]
    if kind == REQUEST:
        original = w[W_HOW + ORIGINAL, number]
        verdict = decide_undelivered(original != BOUNCED and original != LOST)
        w[W_FATE, number] = verdict.status << 8 | verdict.reason
        w[W_FATE_AT, number] = z[Z_NOW]


def end(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, o: Table, x: Ints, job: int) -> None:
    """The service of a job ends: it goes on, or this attempt failed; and its worker is free."""
    at = job_at(job)
    k, kind = j[at + J_STAGE], j[at + J_KIND]
    stage, state = stage_plan(p, k), stage_state(k)
    if p[stage + T_OUTAGE_COUNT]:
        forget(z, j, state, job)
    if kind >= BACKGROUND_JOB:
        j[at + J_NEXT] = z[Z_FREE_JOB]
        z[Z_FREE_JOB] = job
    else:
        if j[at + J_FAILURES] == 0:
            note_passage(p, z, j, o, job, 8 * k + 4 + kind)
        outcome = attempt_fails(p, f, z, j, h, job, k)
        if outcome == 2:
            give_up(p, z, j, w, job)
        elif outcome == 0:
            z[state + Y_OWN] -= 1
            if not j[at + J_WITHDRAWN]:
                onward(p, f, z, j, h, w, o, x, job, k + 1)
    if p[stage + T_WORKERS]:
        z[state + Y_FREE] += 1
        if z[state + Y_WAITING]:
            serve(p, f, z, j, h, o, k)


def onward(
    p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, o: Table, x: Ints, job: int, k: int
) -> None:
    """What a stage has served goes to the next that works on its kind, or on the link."""
    at = job_at(job)
    kind, number = j[at + J_KIND], j[at + J_NUMBER]
    if number == 0:
        forward(p, f, z, j, h, w, o, x, job, k)
        return
    k = next_stage(p, kind, k)
    if k == p[STAGE_COUNT]:
        send(p, f, z, w, kind, number)
    else:
        enter(p, f, z, j, h, o, job, k)


def give_up(p: Ints, z: Ints, j: Ints, w: Table, job: int) -> None:
    """Give a message up: its recipients do not get it."""
    at = job_at(job)
    kind = j[at + J_KIND]
    z[stage_state(j[at + J_STAGE]) + Y_OWN] -= 1
    if j[at + J_WITHDRAWN]:
        return
    for number in range(j[at + J_FIRST], j[at + J_LAST] + 1):
        if w[W_HOW + kind, number] != IN_TRANSIT:
            continue  # taken back while it was in a job of several
        if kind == ORIGINAL:
            w[W_WHERE, number] = OUT_OF_REACH
        undelivered(z, w, kind, number, BOUNCED)
