"""The kernel's stage: workers, service, failed attempts, what waits in line (transport/relay/stage.py, compiled)."""

from recallsim.engines.kernel_heap import push
from recallsim.engines.kernel_jobs import (
    append,
    background_entity,
    begin_job,
    event_of,
    fill_job,
    fresh_job,
    job_at,
    line_up,
    order_in,
    remember,
    stage_plan,
    stage_state,
    time_at,
)
from recallsim.engines.kernel_layout import (
    BACKGROUND,
    E_ATTEMPTS,
    E_GAP_COUNT,
    E_GAPS,
    E_GIVE_UP,
    E_JITTER,
    E_WIDTH,
    T_BACKGROUND_LANE,
    T_BACKGROUND_SERVICE,
    T_CAN_FAIL,
    T_FAILING,
    T_FAILURE,
    T_FAULT_COUNT,
    T_INTERVAL,
    T_LANE,
    T_LANES,
    T_LOAD,
    T_OUTAGE_COUNT,
    T_PACE,
    T_SERVICE,
    T_SHARED,
    T_UNLIMITED,
    T_WORKERS,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_obstacles import (
    NO_TROUBLE,
    is_greylisted,
    meet_faults,
    pace_allows,
    pace_opens,
    take_pace,
)
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    BACKGROUND_JOB,
    BOUNCES,
    COMES_AGAIN,
    END,
    EVENT_SHIFT,
    GIVE_UP,
    IS_REJECTED,
    J_ENTERED,
    J_EPOCH,
    J_FAILURES,
    J_FIRST,
    J_KIND,
    J_LAST,
    J_NEXT,
    J_NUMBER,
    J_ORDINAL,
    J_PREVIOUS,
    J_STAGE,
    J_TROUBLE,
    J_WAITS,
    J_WITHDRAWN,
    PASSES,
    REJECT,
    RETURN,
    STANDING_JOB,
    TAKE_IN,
    WAKE,
    Y_DOWN,
    Y_FOREIGN,
    Y_FREE,
    Y_HEADS,
    Y_IN_SERVICE,
    Y_INCOMING,
    Y_LAST_IN_SERVICE,
    Y_OWN,
    Y_PEAK,
    Y_TAILS,
    Y_WAITING,
    Y_WAKES,
    Z_FAILED,
    Z_NOW,
    Z_ROW,
)
from transport.relay.stationary import stationary_jobs
from transport.streams.purposes import FAILURE, RETRY_JITTER, SERVICE, STANDING
from transport.timing import retry


def join(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, job: int, k: int) -> None:
    """Take a job at the present tick; where there are workers for all, nobody waits to be taken in."""
    state = stage_state(k)
    j[job_at(job) + J_STAGE] = k
    if p[stage_plan(p, k) + T_UNLIMITED] and not z[state + Y_DOWN]:
        start(p, f, z, j, h, o, job, k)
        return
    if z[Z_FAILED]:
        return  # the job may be another's
    if z[state + Y_INCOMING] < 0:
        push(p, z, h, z[Z_NOW], order_in(z, 2 + 3 * k + 1, 0, 0, 0), k, TAKE_IN << EVENT_SHIFT)
    j[job_at(job) + J_NEXT] = z[state + Y_INCOMING]
    z[state + Y_INCOMING] = job


def take_in(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, x: Ints, k: int) -> None:
    """Line up what came in at this tick, and give work to the free workers."""
    stage, state = stage_plan(p, k), stage_state(k)
    count, job = 0, z[state + Y_INCOMING]
    z[state + Y_INCOMING] = -1
    while job >= 0:
        x[count] = job
        count += 1
        job = j[job_at(job) + J_NEXT]
    line_up(j, x, count)
    for n in range(count):
        job = x[n]
        at = job_at(job)
        kind = j[at + J_KIND]
        if j[at + J_WITHDRAWN]:
            z[state + Y_OWN] -= 1
            continue
        lane = p[stage + T_BACKGROUND_LANE] if kind >= BACKGROUND_JOB else p[stage + T_LANE + kind]
        append(z, j, state, lane, job)
        z[state + Y_WAITING] += 1
        if kind >= BACKGROUND_JOB:
            z[state + Y_FOREIGN] += 1
    if z[state + Y_FREE]:
        serve(p, f, z, j, h, o, k)
    note_peak(z, state)


def note_peak(z: Ints, state: int) -> None:
    """The greatest number of the scenario's own jobs that ever waited."""
    z[state + Y_PEAK] = max(z[state + Y_PEAK], z[state + Y_WAITING] - z[state + Y_FOREIGN])


def enter_standing(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, k: int) -> None:
    """Find the stage in its stationary state; exponential service has no memory."""
    stage, state = stage_plan(p, k), stage_state(k)
    u = draw_at(z, STANDING, 0, k, BACKGROUND + k, 0)
    jobs = stationary_jobs(f[p[stage + T_LOAD]], p[stage + T_WORKERS], u)
    for ordinal in range(jobs):
        job = fresh_job(z, j)
        if z[Z_FAILED]:
            return
        fill_job(z, j, job, STANDING_JOB, 0, background_entity(p, k), ordinal, 0)
        begin_job(z, j, job)
        j[job_at(job) + J_STAGE] = k
        append(z, j, state, p[stage + T_BACKGROUND_LANE], job)
    z[state + Y_WAITING] += jobs
    z[state + Y_FOREIGN] += jobs
    serve(p, f, z, j, h, o, k)


# --- service ------------------------------------------------------------------------------------------------


def serve(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, k: int) -> None:
    """Give work to the free workers, first lane first."""
    stage, state = stage_plan(p, k), stage_state(k)
    if z[state + Y_DOWN]:
        return
    for lane in range(p[stage + T_LANES]):
        while z[state + Y_HEADS + lane] >= 0 and z[state + Y_FREE]:
            job = z[state + Y_HEADS + lane]
            at = job_at(job)
            if p[stage + T_INTERVAL] >= 0 and not j[at + J_WITHDRAWN]:
                if not pace_allows(f, p[stage + T_PACE], z[Z_NOW]):
                    wake_at(p, z, h, k, pace_opens(f, p[stage + T_PACE]))
                    return
                take_pace(f, p[stage + T_INTERVAL], p[stage + T_PACE], z[Z_NOW])
            z[state + Y_HEADS + lane] = j[at + J_NEXT]
            if j[at + J_WITHDRAWN]:
                continue
            z[state + Y_WAITING] -= 1
            j[at + J_WAITS] = 0
            if j[at + J_KIND] >= BACKGROUND_JOB:
                z[state + Y_FOREIGN] -= 1
            if p[stage + T_WORKERS]:
                z[state + Y_FREE] -= 1
            start(p, f, z, j, h, o, job, k)


def wake_at(p: Ints, z: Ints, h: Ints, k: int, tick: int) -> None:
    """Let a stage whose own pace keeps jobs waiting serve again at a tick, once."""
    state = stage_state(k)
    if not z[state + Y_WAKES]:
        z[state + Y_WAKES] = 1
        push(p, z, h, tick, order_in(z, 2 + 3 * k + 1, 0, 0, 1), k, WAKE << EVENT_SHIFT)


def start(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, job: int, k: int) -> None:
    """A worker takes a job; the end of its service is an event."""
    stage, state, at = stage_plan(p, k), stage_state(k), job_at(job)
    kind, number, failures = j[at + J_KIND], j[at + J_NUMBER], j[at + J_FAILURES]
    if kind >= BACKGROUND_JOB:
        law = p[stage + T_BACKGROUND_SERVICE]
        ticks = time_at(f, z, law, SERVICE, kind + 13, k, BACKGROUND + k, j[at + J_ORDINAL])
    else:
        if failures == 0 and j[at + J_EPOCH] == 0:
            note_passage(p, z, j, o, job, 8 * k + kind)
        shared = p[stage + T_SHARED + kind] != 0
        entity = WHOLE if shared or number == 0 else number
        ordinal = failures if shared else j[at + J_ORDINAL] << 16 | failures
        ticks = time_at(f, z, p[stage + T_SERVICE + kind], SERVICE, kind, k, entity, ordinal)
        if p[stage + T_FAULT_COUNT]:
            ticks = meet_faults(p, f, z, j, job, k, ticks)
    if p[stage + T_OUTAGE_COUNT]:
        remember(z, j, state, job)
    push(p, z, h, z[Z_NOW] + ticks, event_of(z, j, job, 2), job, END << EVENT_SHIFT | j[at + J_EPOCH])


def note_passage(p: Ints, z: Ints, j: Ints, o: Table, job: int, row: int) -> None:
    """Note the time in the stage up to now, for everybody whom the job is for; row: 8 a stage, waits then sojourns."""
    at = job_at(job)
    ticks = z[Z_NOW] - j[at + J_ENTERED]
    for number in range(j[at + J_FIRST], j[at + J_LAST] + 1):
        o[row, z[Z_ROW] + number - 1] = ticks


# --- failed attempts, outages -------------------------------------------------------------------------------


def end_attempt(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, w: Table, job: int, k: int) -> int:
    """How the attempt that is over now ended: PASSES, COMES_AGAIN, which is seen to, BOUNCES now, or IS_REJECTED."""
    stage, at = stage_plan(p, k), job_at(job)
    if not p[stage + T_CAN_FAIL] or j[at + J_WITHDRAWN]:
        return PASSES
    trouble = j[at + J_TROUBLE] if p[stage + T_FAULT_COUNT] else NO_TROUBLE
    if trouble == REJECT:
        return IS_REJECTED
    if trouble == NO_TROUBLE and not meets_failure(p, f, z, j, job, k):
        number = j[at + J_NUMBER]
        if number == 0 or not is_greylisted(p, f, z, w, j[at + J_KIND], number, k):
            return PASSES
    return follow_failure(p, f, z, j, h, job, k)


def meets_failure(p: Ints, f: Floats, z: Ints, j: Ints, job: int, k: int) -> bool:
    """Whether the attempt meets the odds of failure."""
    at = job_at(job)
    kind, number = j[at + J_KIND], j[at + J_NUMBER]
    odds = f[p[stage_plan(p, k) + T_FAILURE + kind]]
    if odds <= 0.0:
        return False
    attempt = j[at + J_ORDINAL] << 16 | j[at + J_FAILURES]
    return draw_at(z, FAILURE, kind, k, number if number else WHOLE, attempt) < odds


def follow_failure(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, job: int, k: int) -> int:
    """See to what follows a failed attempt (transport/relay/retries.py)."""
    at = job_at(job)
    kind, number = j[at + J_KIND], j[at + J_NUMBER]
    failing = p[stage_plan(p, k) + T_FAILING] + kind * E_WIDTH
    u, jitter = 0.5, f[p[failing + E_JITTER]]
    if jitter > 0.0:
        attempt = j[at + J_ORDINAL] << 16 | j[at + J_FAILURES]
        u = draw_at(z, RETRY_JITTER, kind, k, number if number else WHOLE, attempt)
    j[at + J_FAILURES] += 1
    first, size, now = p[failing + E_GAPS], p[failing + E_GAP_COUNT], z[Z_NOW]
    entered, failures = j[at + J_ENTERED], j[at + J_FAILURES]
    attempts, give_up = p[failing + E_ATTEMPTS], p[failing + E_GIVE_UP]
    then = retry(now, entered, failures, p, first, size, attempts, give_up, jitter, u)
    if then.bounces and then.tick <= now:
        return BOUNCES
    what = GIVE_UP if then.bounces else RETURN
    push(p, z, h, then.tick, event_of(z, j, job, 0), job, what << EVENT_SHIFT)
    return COMES_AGAIN


def withdraw(z: Ints, j: Ints, job: int) -> None:
    """Take a job back (S1): one that waits leaves at once, one in service at its end, undelivered."""
    at = job_at(job)
    state = stage_state(j[at + J_STAGE])
    j[at + J_WITHDRAWN] = 1
    if j[at + J_WAITS]:
        z[state + Y_WAITING] -= 1
        z[state + Y_OWN] -= 1


def halt(p: Ints, z: Ints, j: Ints, k: int) -> None:
    """Begin an outage: what is in service goes back to the head of its line, what comes waits."""
    stage, state = stage_plan(p, k), stage_state(k)
    z[state + Y_DOWN] = 1
    job = z[state + Y_LAST_IN_SERVICE]
    while job >= 0:
        at = job_at(job)
        before, kind = j[at + J_PREVIOUS], j[at + J_KIND]
        j[at + J_EPOCH] += 1
        if p[stage + T_WORKERS]:
            z[state + Y_FREE] += 1
        if j[at + J_WITHDRAWN]:
            z[state + Y_OWN] -= 1
        else:
            j[at + J_WAITS] = 1
            z[state + Y_WAITING] += 1
            if kind >= BACKGROUND_JOB:
                z[state + Y_FOREIGN] += 1
            if z[state + Y_HEADS] < 0:
                z[state + Y_TAILS] = job
            j[at + J_NEXT] = z[state + Y_HEADS]
            z[state + Y_HEADS] = job
        job = before
    z[state + Y_IN_SERVICE] = z[state + Y_LAST_IN_SERVICE] = -1
    note_peak(z, state)
