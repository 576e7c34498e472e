"""The kernel's stage: workers, service, failed attempts, what waits in line (transport/relay/stage.py, compiled)."""

from recallsim.engines.kernel_heap import push
from recallsim.engines.kernel_layout import (
    BACKGROUND,
    CLOCK,
    STAGES,
    T_ATTEMPTS,
    T_BACKGROUND_LANE,
    T_BACKGROUND_SERVICE,
    T_CAN_FAIL,
    T_FAILURE,
    T_GAP_COUNT,
    T_GAPS,
    T_GIVE_UP,
    T_JITTER,
    T_LANE,
    T_LANES,
    T_LOAD,
    T_OUTAGE_COUNT,
    T_SERVICE,
    T_SHARED,
    T_WIDTH,
    T_WORKERS,
    WHOLE,
    Floats,
    Ints,
    Table,
)
from recallsim.engines.kernel_sender import draw_at
from recallsim.engines.kernel_servers_layout import (
    BACKGROUND_JOB,
    END,
    EVENT_SHIFT,
    GIVE_UP,
    J_ENTERED,
    J_EPOCH,
    J_FAILURES,
    J_FIRST,
    J_KIND,
    J_LAST,
    J_NEXT,
    J_NUMBER,
    J_ORDER,
    J_ORDINAL,
    J_PLACE,
    J_PREVIOUS,
    J_STAGE,
    J_WAITS,
    J_WIDTH,
    J_WITHDRAWN,
    RETURN,
    STANDING_JOB,
    TAKE_IN,
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
    Y_WIDTH,
    Z_ENTITY_BITS,
    Z_FAILED,
    Z_FREE_JOB,
    Z_JOBS,
    Z_NOW,
    Z_ORDINAL_BITS,
    Z_ROW,
    Z_STAGES,
)
from transport.relay.stationary import stationary_jobs
from transport.streams.laws import CONSTANT, sample_ticks, to_ticks
from transport.streams.purposes import FAILURE, QUEUE_ORDER, RETRY_JITTER, SERVICE, STANDING
from transport.timing import retry


def stage_plan(p: Ints, k: int) -> int:
    """Where the plan of stage `k` stands in `p`."""
    return p[STAGES] + k * T_WIDTH


def stage_state(k: int) -> int:
    """Where the state of stage `k` stands in `z`."""
    return Z_STAGES + k * Y_WIDTH


def order_in(z: Ints, sub: int, entity: int, kind: int, ordinal: int) -> int:
    """The order of an event within its tick: sub-rank (2 + 3 a stage; 0 switches, 1 the sender), entity, kind, ordinal."""
    high = sub << z[Z_ENTITY_BITS] | entity
    return (high << 3 | kind) << z[Z_ORDINAL_BITS] | ordinal


def time_at(
    f: Floats, z: Ints, law: int, purpose: int, kind: int, place: int, entity: int, ordinal: int
) -> int:
    """The time at an address, in ticks; a constant draws nothing."""
    if f[law] == CONSTANT:
        return to_ticks(f[law + 1], f[CLOCK])
    return sample_ticks(f, law, draw_at(z, purpose, kind, place, entity, ordinal), f[CLOCK])


# --- jobs ---------------------------------------------------------------------------------------------------


def job_at(job: int) -> int:
    """Where a job stands."""
    return job * J_WIDTH


def fresh_job(z: Ints, j: Ints) -> int:
    """A job that is nobody's: one that was given back, or a new one."""
    job = z[Z_FREE_JOB]
    if job >= 0:
        z[Z_FREE_JOB] = j[job_at(job) + J_NEXT]
        return job
    if (z[Z_JOBS] + 1) * J_WIDTH > len(j):
        z[Z_FAILED] = 1
        return z[Z_JOBS] - 1
    z[Z_JOBS] += 1
    return z[Z_JOBS] - 1


def fill_job(
    z: Ints, j: Ints, job: int, kind: int, number: int, entity: int, ordinal: int, place: int
) -> None:
    """Make a job: `entity` is its recipient's number or what stands for a crowd, `place` its place in line."""
    at = job_at(job)
    j[at + J_KIND] = kind
    j[at + J_NUMBER] = j[at + J_FIRST] = j[at + J_LAST] = number
    j[at + J_ORDINAL] = ordinal
    j[at + J_WITHDRAWN] = j[at + J_WAITS] = 0
    j[at + J_PLACE] = place
    j[at + J_ORDER] = order_in(z, 0, entity, kind, ordinal)


def place_in_line(z: Ints, entity: int, ordinal: int) -> int:
    """The place of an entity among jobs that enter at one tick: its uniform as a whole number."""
    return int(draw_at(z, QUEUE_ORDER, 0, 0, entity, ordinal) * 4503599627370496.0)


def event_of(z: Ints, j: Ints, job: int, sub: int) -> int:
    """The order of an event of a job at its stage."""
    shift = z[Z_ENTITY_BITS] + 3 + z[Z_ORDINAL_BITS]
    return (2 + 3 * j[job_at(job) + J_STAGE] + sub) << shift | j[job_at(job) + J_ORDER]


# --- coming in ----------------------------------------------------------------------------------------------


def join(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, o: Table, job: int, k: int) -> None:
    """Take a job at the present tick; where there are workers for all, nobody waits to be taken in."""
    state = stage_state(k)
    j[job_at(job) + J_STAGE] = k
    if p[stage_plan(p, k) + T_WORKERS] == 0 and not z[state + Y_DOWN]:
        start(p, f, z, j, h, o, job, k)
        return
    if z[Z_FAILED]:
        return  # the job may be another's
    if z[state + Y_INCOMING] < 0:
        push(p, z, h, z[Z_NOW], order_in(z, 2 + 3 * k + 1, 0, 0, 0), k, TAKE_IN << EVENT_SHIFT)
    j[job_at(job) + J_NEXT] = z[state + Y_INCOMING]
    z[state + Y_INCOMING] = job


def begin_job(z: Ints, j: Ints, job: int) -> None:
    """A job enters a stage for the first time."""
    at = job_at(job)
    j[at + J_ENTERED] = z[Z_NOW]
    j[at + J_FAILURES] = j[at + J_EPOCH] = 0


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


def goes_before(j: Ints, a: int, b: int) -> bool:
    """Whether job `a` goes before `b` of those that enter at one tick: by place, then entity, kind, ordinal."""
    a, b = job_at(a), job_at(b)
    if j[a + J_PLACE] != j[b + J_PLACE]:
        return j[a + J_PLACE] < j[b + J_PLACE]
    return j[a + J_ORDER] < j[b + J_ORDER]


def line_up(j: Ints, x: Ints, count: int) -> None:
    """Sort the first `count` cells of `x`, which are jobs; merges runs, with the second half of `x` to merge into."""
    half = len(x) // 2
    width, source, target = 1, 0, half
    while width < count:
        for low in range(0, count, 2 * width):
            a, end_a = low, min(low + width, count)
            b, end_b = end_a, min(low + 2 * width, count)
            for at in range(low, end_b):
                if a < end_a and (b >= end_b or not goes_before(j, x[source + b], x[source + a])):
                    x[target + at] = x[source + a]
                    a += 1
                else:
                    x[target + at] = x[source + b]
                    b += 1
        source, target = target, source
        width *= 2
    if source:
        for at in range(count):
            x[at] = x[half + at]


def append(z: Ints, j: Ints, state: int, lane: int, job: int) -> None:
    """Let a job stand at the end of a lane."""
    j[job_at(job) + J_NEXT] = -1
    j[job_at(job) + J_WAITS] = 1
    if z[state + Y_HEADS + lane] < 0:
        z[state + Y_HEADS + lane] = job
    else:
        j[job_at(z[state + Y_TAILS + lane]) + J_NEXT] = job
    z[state + Y_TAILS + lane] = job


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


def background_entity(p: Ints, k: int) -> int:
    """What stands for a stage's background in orders: above every recipient, below the whole distribution."""
    return p[0] + 1 + k


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
    if p[stage + T_OUTAGE_COUNT]:
        remember(z, j, state, job)
    push(p, z, h, z[Z_NOW] + ticks, event_of(z, j, job, 2), job, END << EVENT_SHIFT | j[at + J_EPOCH])


def note_passage(p: Ints, z: Ints, j: Ints, o: Table, job: int, row: int) -> None:
    """Note the time in the stage up to now, for everybody whom the job is for; row: 8 a stage, waits then sojourns."""
    at = job_at(job)
    ticks = z[Z_NOW] - j[at + J_ENTERED]
    for number in range(j[at + J_FIRST], j[at + J_LAST] + 1):
        o[row, z[Z_ROW] + number - 1] = ticks


def remember(z: Ints, j: Ints, state: int, job: int) -> None:
    """Append a job to those in service, in the order in which they began."""
    last = z[state + Y_LAST_IN_SERVICE]
    j[job_at(job) + J_PREVIOUS] = last
    j[job_at(job) + J_NEXT] = -1
    if last < 0:
        z[state + Y_IN_SERVICE] = job
    else:
        j[job_at(last) + J_NEXT] = job
    z[state + Y_LAST_IN_SERVICE] = job


def forget(z: Ints, j: Ints, state: int, job: int) -> None:
    """Take a job out of those in service."""
    before, behind = j[job_at(job) + J_PREVIOUS], j[job_at(job) + J_NEXT]
    if before < 0:
        z[state + Y_IN_SERVICE] = behind
    else:
        j[job_at(before) + J_NEXT] = behind
    if behind < 0:
        z[state + Y_LAST_IN_SERVICE] = before
    else:
        j[job_at(behind) + J_PREVIOUS] = before


# --- failed attempts, outages -------------------------------------------------------------------------------


def attempt_fails(p: Ints, f: Floats, z: Ints, j: Ints, h: Ints, job: int, k: int) -> int:
    """Whether the attempt that has just ended failed, 1 if so, and see to the next one; 2: the message bounces now."""
    stage, at = stage_plan(p, k), job_at(job)
    kind, number = j[at + J_KIND], j[at + J_NUMBER]
    odds = f[p[stage + T_FAILURE + kind]]
    if not p[stage + T_CAN_FAIL] or odds <= 0.0 or j[at + J_WITHDRAWN]:
        return 0
    entity, attempt = number if number else WHOLE, j[at + J_ORDINAL] << 16 | j[at + J_FAILURES]
    if draw_at(z, FAILURE, kind, k, entity, attempt) >= odds:
        return 0
    u, jitter = 0.5, f[p[stage + T_JITTER]]
    if jitter > 0.0:
        u = draw_at(z, RETRY_JITTER, kind, k, entity, attempt)
    j[at + J_FAILURES] += 1
    first, size, now = p[stage + T_GAPS], p[stage + T_GAP_COUNT], z[Z_NOW]
    entered, failures = j[at + J_ENTERED], j[at + J_FAILURES]
    attempts, give_up = p[stage + T_ATTEMPTS], p[stage + T_GIVE_UP]
    then = retry(now, entered, failures, p, first, size, attempts, give_up, jitter, u)
    if then.bounces and then.tick <= now:
        return 2
    what = GIVE_UP if then.bounces else RETURN
    push(p, z, h, then.tick, event_of(z, j, job, 0), job, what << EVENT_SHIFT)
    return 1


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
