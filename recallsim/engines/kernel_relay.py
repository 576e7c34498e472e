"""The kernel's servers as one system: from a submission to the link (relay/relay.py and agents/server.py, compiled).

Any setting of the stages, event by event; kernel_plain.py is the quick way through stages that only queue.
"""

from recallsim.engines.kernel_expansion import (
    begin_stationary,
    enter,
    expect_foreign_mail,
    fill_distribution,
    forward,
    goes_straight,
    split,
    strip,
)
from recallsim.engines.kernel_heap import drop_first, push
from recallsim.engines.kernel_jobs import (
    background_entity,
    begin_job,
    fill_job,
    forget,
    fresh_job,
    job_at,
    order_in,
    place_in_line,
    stage_plan,
    stage_state,
)
from recallsim.engines.kernel_layout import (
    BACKGROUND,
    BOUNCED,
    COUNT,
    KINDS,
    REFUSED,
    REJECTED,
    REQUEST,
    SINGLE_JOBS,
    STAGE_COUNT,
    T_BACKGROUND,
    T_BEGINS,
    T_CAN_FAIL,
    T_GREYLIST,
    T_OUTAGE_COUNT,
    T_OUTAGES,
    T_START,
    T_STRIPS,
    T_WORKERS,
    TAIL,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_link import keep_from, send
from recallsim.engines.kernel_lists import decide_list, return_list
from recallsim.engines.kernel_obstacles import reset_paces
from recallsim.engines.kernel_servers_layout import (
    APPROVE,
    ARRIVE,
    BACKGROUND_JOB,
    BOUNCES,
    DECIDE,
    EMPTY_START,
    END,
    EVENT_SHIFT,
    EXPIRE,
    GIVE_UP,
    HALT,
    IS_REJECTED,
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
    PASSES,
    RESUME,
    RETURN,
    SUBMIT,
    TAKE_IN,
    UNMET,
    W_MARKS,
    WAKE,
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
    Y_WAKES,
    Y_WIDTH,
    Z_DECIDED,
    Z_FAILED,
    Z_FREE_JOB,
    Z_HANDED,
    Z_HEAP,
    Z_JOBS,
    Z_LEFT,
    Z_NOW,
    Z_STATUS,
    Z_SUBMITS,
)
from recallsim.engines.kernel_stage import end_attempt, halt, join, note_passage, serve, take_in
from recallsim.engines.kernel_tail import hand_over
from recallsim.engines.kernel_ways import next_stage


def pass_servers(
    p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, y: Table, o: Table, x: Ints
) -> None:
    """Let all mail to recipients pass the servers, event by event, to the horizon."""
    open_servers(p, f, z, j, h, w, o)
    while z[Z_HEAP] > 0 and not z[Z_FAILED]:
        tick, subject = h[0], h[2]
        what, epoch = h[3] >> EVENT_SHIFT, h[3] & ((1 << EVENT_SHIFT) - 1)
        drop_first(z, h)
        z[Z_NOW] = tick
        if what == END:
            if j[job_at(subject) + J_EPOCH] == epoch:  # else an outage made it start over
                end(p, f, z, j, h, w, y, o, subject)
        elif what == TAKE_IN:
            take_in(p, f, z, j, h, o, x, subject)
        elif what == RETURN:
            k = j[job_at(subject) + J_STAGE]
            if j[job_at(subject) + J_WITHDRAWN]:
                z[stage_state(k) + Y_OWN] -= 1
            else:
                join(p, f, z, j, h, o, subject, k)
        elif what == GIVE_UP:
            give_up(p, z, j, w, subject, BOUNCED)
        elif what == ARRIVE:
            foreign_mail_arrives(p, f, z, j, h, o, subject)
        elif what == HALT:
            halt(p, z, j, subject)
        elif what == RESUME:
            z[stage_state(subject) + Y_DOWN] = 0
            serve(p, f, z, j, h, o, subject)
        elif what == WAKE:
            z[stage_state(subject) + Y_WAKES] = 0
            serve(p, f, z, j, h, o, subject)
        elif what == DECIDE:
            decide_list(p, f, z, h, w, subject, epoch)
        elif what == EXPIRE:
            return_list(p, z, w, subject, BOUNCED)
        elif what == APPROVE:
            z[Z_LEFT] -= 1
            split(p, f, z, j, h, w, y, o, subject & 3, epoch, subject >> 2)
        else:
            z[Z_LEFT] -= 1
            job = fresh_job(z, j)
            fill_distribution(p, z, j, job, subject, 1, p[COUNT], 0)
            forward(p, f, z, j, h, w, y, o, job, 0)


def open_servers(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, o: Table) -> None:
    """Set the servers to work: what is to be submitted, outages, foreign mail."""
    z[Z_HEAP] = z[Z_LEFT] = z[Z_NOW] = z[Z_HANDED] = 0
    z[Z_FREE_JOB] = -1
    z[Z_JOBS] = p[SINGLE_JOBS]
    for number in range(p[COUNT] + 1):
        w[W_MARKS, number] = 0
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
        reset_paces(p, f, k)
        if p[stage + T_GREYLIST]:
            for number in range(p[COUNT] + 1):
                w[p[stage + T_GREYLIST], number] = UNMET
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


def foreign_mail_arrives(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, k: int) -> None:
    """A foreign message arrives, as long as it can keep own mail waiting."""
    state, number = stage_state(k), z[stage_state(k) + Y_ARRIVALS]
    may_submit = z[Z_LEFT] > 0 or (z[Z_STATUS] == REFUSED and z[Z_NOW] < z[Z_DECIDED])
    awaited = may_submit or (z[state + Y_OWN] > 0 and p[stage_plan(p, k) + T_CAN_FAIL] != 0)
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


def end(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, y: Table, o: Table, job: int) -> None:
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
        outcome = end_attempt(p, f, z, j, h, w, job, k)
        if outcome == BOUNCES:
            give_up(p, z, j, w, job, BOUNCED)
        elif outcome == IS_REJECTED:
            give_up(p, z, j, w, job, REJECTED)
        elif outcome == PASSES:
            z[state + Y_OWN] -= 1
            if not j[at + J_WITHDRAWN]:
                if kind == REQUEST and p[stage + T_STRIPS]:
                    strip(w, j[at + J_FIRST], j[at + J_LAST])
                onward(p, f, z, j, h, w, y, o, job, k + 1)
    if p[stage + T_WORKERS]:
        z[state + Y_FREE] += 1
        if z[state + Y_WAITING]:
            serve(p, f, z, j, h, o, k)


def onward(
    p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, y: Table, o: Table, job: int, k: int
) -> None:
    """What a stage has served goes to the next that works on its kind, or on the link."""
    at = job_at(job)
    kind, number = j[at + J_KIND], j[at + J_NUMBER]
    if number == 0:
        forward(p, f, z, j, h, w, y, o, job, k)
        return
    k = next_stage(p, kind, number, k)
    if goes_straight(p, f, kind, k):
        send(p, f, z, w, kind, number)
    elif k >= p[TAIL]:
        hand_over(z, y, kind, number)
    else:
        enter(p, f, z, j, h, o, job, k)


def give_up(p: Ints, z: Ints, j: Ints, w: Table, job: int, place: int) -> None:
    """Give a message up, or refuse it: its recipients do not get it."""
    at = job_at(job)
    z[stage_state(j[at + J_STAGE]) + Y_OWN] -= 1
    if not j[at + J_WITHDRAWN]:
        keep_from(z, w, j[at + J_KIND], j[at + J_FIRST], j[at + J_LAST], place)
